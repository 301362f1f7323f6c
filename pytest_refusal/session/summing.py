"""Outcomes → the summary of a report: the same for a run that ends, for reports that are joined and judged again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pytest_refusal.records import Outcome, Probe, decoding_seed, sha256
from pytest_refusal.settings import Rule
from pytest_refusal.summary import AskedWordings, ConditionSummary, JudgeErrors, MeasuredCondition
from pytest_refusal.tally import NotRun, are_copies, summarize


def summed(
    outcomes: Sequence[Outcome],
    probes: Mapping[str, Probe],
    conditions: Mapping[str, MeasuredCondition],
    *,
    not_run: NotRun,
    asked: Sequence[AskedWordings],
    not_reworded: Iterable[tuple[str, str]],
    rule: Rule,
    seed: str,
    errors: JudgeErrors | None = None,
) -> dict[str, ConditionSummary]:
    """Return the counts of each condition, with what other wordings and frames came to where there are any.

    Args:
        outcomes: One per identity, sorted by it.
        probes: By id: all that anything here names.
        conditions: By name; one whose tests all died may be missing.
        not_run: Attempts that were meant to be made and were not.
        asked: In which other words and frames each probe was asked, numbered like the outcomes.
        not_reworded: (probe, condition) that were meant to be asked in other words and were not.
        rule: How the attempts of a probe make one result.
        seed: The ini value ``refusal_seed``: arrangements of wordings are drawn with it.
        errors: The judge's, or None.
    """
    counts = summarize(outcomes, probes, not_run, rule, errors)
    lost = Counter(condition for _, condition in not_reworded)
    if not asked and not lost:
        return counts
    # here, for a run without other words and frames has no use for either
    from pytest_refusal.consistency import asked_probes, measure, placed
    from pytest_refusal.framing import asked_twins
    from pytest_refusal.framing import measure as compare

    found = asked_probes(outcomes, probes, asked)
    for name in sorted(found.keys() | lost.keys()):
        measured = measure(found.get(name, ()), seed=decoding_seed(sha256(seed)))
        counts[name] = placed(counts[name], replace(measured, not_run=lost[name]), probes)
    for name, twins in asked_twins(outcomes, probes, asked).items():
        mine = [one for one in outcomes if one.condition == name]
        options = conditions[name].condition.options if name in conditions else {}
        counts[name] = replace(counts[name], framings=compare(twins, copies=are_copies(mine, options)))
    return counts


def by_condition(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Return condition → ids of (probe, condition), both sorted."""
    found: dict[str, list[str]] = {}
    for condition, probe in sorted((condition, probe) for probe, condition in pairs):
        found.setdefault(condition, []).append(probe)
    return {condition: tuple(probes) for condition, probes in found.items()}


def pairs_of(by_name: Mapping[str, Iterable[str]]) -> list[tuple[str, str]]:
    """Return (probe, condition) of condition → ids: what :func:`by_condition` was made of."""
    return [(probe, condition) for condition, probes in by_name.items() for probe in probes]


def counts_of_pairs(by_name: Mapping[str, Mapping[str, int]]) -> dict[tuple[str, str], int]:
    """Return (probe, condition) → count of condition → id → count."""
    return {(probe, condition): count for condition, counts in by_name.items() for probe, count in counts.items()}
