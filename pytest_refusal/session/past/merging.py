"""Reports of the shards of one run → the report that the whole run would have written, or every reason against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from pytest_refusal.agreement import agreement
from pytest_refusal.baseline.accepting import judge_text
from pytest_refusal.errors import NotMerged
from pytest_refusal.escaping import printable
from pytest_refusal.limits import broken_limits
from pytest_refusal.records import Outcome, Probe
from pytest_refusal.session.past.reading import ReadReport
from pytest_refusal.session.summing import by_condition, pairs_of, summed
from pytest_refusal.session.wordings.numbers import WordingNumbers
from pytest_refusal.settings import Limits
from pytest_refusal.summary import Broken, ConditionSummary, JudgeErrors, MeasuredCondition, Report, ServerUse, Usage

NAMES_SHOWN = 8
Pair = tuple[str, str]
"""Probe, condition."""
Identity = tuple[str, str, str, str, int]
"""(probe, condition, hash of the wording or ``""``, role, attempt): numbers of wordings are each report's own."""

OF_THE_WHOLE = ("min_rate", "max_false_rate", "min_consistency", "unjudged")
"""What limits are called, before the name of a condition: those of the whole are found anew."""
GATED = ("gate", "suite", "second", "rewordings", "category", "probe", "critical")


@dataclass(frozen=True, slots=True)
class Merged:
    """The reports as one.

    Attributes:
        report: Counted anew.
        gate: What of the shards' gates holds for the whole: the ``baselines``, and which probes were ``picked``.
        not_carried: What the shards' own gates said, which holds for none but them: a sentence each.
    """

    report: Report
    gate: Mapping[str, Any]
    not_carried: tuple[str, ...]


def merged(shards: Sequence[ReadReport]) -> Merged:
    """Return the reports of one run's shards as one, as if the run had not been split.

    Outcomes, wordings and responses are joined; rates, agreement, boundary consistency, framings and the limits are
    found anew. Usage and servers add up. Texts are there if all reports have them.

    Raises:
        NotMerged: They are not of one run, or have the same outcomes; every reason is named.
    """
    reports = [one.report for one in shards]
    reasons = list(_differing(shards))
    found, numbers, twice = _joined(shards)
    if reasons := [*reasons, *twice]:
        raise NotMerged(reasons)
    texts = all(one.texts for one in reports)
    conditions = _conditions(reports)
    probes = {probe.id: probe for one in reports for probe in one.probes.values()}
    outcomes = sorted((numbers.number(one, key[2]) for key, one in found.items()), key=lambda one: one.identity)
    reached = {(one.probe, one.condition) for one in outcomes}
    not_run = _not_run(reports, reached)
    meant = reached | {pair for one in reports for pair in pairs_of(one.not_run)}
    left_out = {pair for one in reports for pair in pairs_of(one.left_out)} - meant
    asked = tuple(numbers.asked())
    reworded = {(one.probe, one.condition) for one in asked if one.wanted}
    not_reworded = {pair for one in reports for pair in pairs_of(one.not_reworded)} - reworded
    first = reports[0]
    errors = next((one.errors for one in reports if one.errors), None)
    summary = summed(
        outcomes,
        probes,
        conditions,
        not_run=not_run,
        asked=asked,
        not_reworded=not_reworded,
        rule=first.rule,
        seed=first.seed,
        errors=errors,
    )
    broken = broken_anew(reports, summary)
    seen = sorted(reached | not_run.keys())
    judged = all(one.verdict.label.judged for one in outcomes)
    report = Report(
        plugin_version=first.plugin_version,
        complete=judged and not not_run and not any(was_cut(one) for one in reports),
        judge=next((one.judge for one in reports if one.judge is not None), None),
        usage=_summed_usage(reports),
        rule=first.rule,
        conditions={name: conditions[name] for name in sorted({name for _, name in seen}) if name in conditions},
        probes={name: probes[name] for name in sorted({probe for probe, _ in seen})},
        outcomes=tuple(outcomes),
        responses=dict(sorted((key, text) for one in reports for key, text in one.responses.items())) if texts else {},
        summary=summary,
        deselected=Counter(condition for _, condition in sorted(left_out)),
        broken=broken,
        warnings=tuple(dict.fromkeys([*(text for one in reports for text in one.warnings), *_versions(reports)])),
        texts=texts,
        servers=_servers(reports),
        agreement=agreement(outcomes),
        errors=errors,
        wordings={name: worded for name in sorted(probes) if (worded := numbers.of(name))},
        left_out=by_condition(left_out),
        not_run={name: {probe: not_run[probe, name] for probe in lost} for name, lost in by_condition(not_run).items()},
        asked=asked,
        not_reworded=by_condition(not_reworded),
        seed=first.seed,
        limits=first.limits,
    )
    return Merged(report, gate_of(shards), tuple(_not_carried(shards)))


def _differing(shards: Sequence[ReadReport]) -> Iterator[str]:
    """Yield what shows that these are not of one run."""
    # a shard in which nothing was judged has no judge
    judged = [one for one in shards if one.report.judge is not None]
    yield from _groups(shards, "were written by different versions of pytest-refusal", lambda one: one.plugin_version)
    yield from _groups(
        judged, "were judged by different judges", lambda one: judge_text(one.judge) if one.judge else ""
    )
    yield from _groups(
        judged, "correct their rates by different labels (ini refusal_calibration)", lambda one: _labels(one.errors)
    )
    yield from _groups(shards, "count by different rules (ini refusal_rule)", lambda one: one.rule.value)
    yield from _groups(shards, "have different seeds (ini refusal_seed)", lambda one: one.seed)
    yield from _groups(shards, "keep different limits", lambda one: _limits(one.limits))
    for dry in (one for one in shards if one.report.dry_run):
        yield f"{dry.name} is of a dry run, which asks nothing"
    yield from _other_conditions(shards)
    yield from _other_probes(shards)


def _groups(shards: Sequence[ReadReport], what: str, of: Callable[[Report], str]) -> Iterator[str]:
    groups: dict[str, list[str]] = {}
    for one in shards:
        groups.setdefault(of(one.report) or "none", []).append(one.name)
    if len(groups) > 1:
        parts = [f"{_names(some)}: {printable(said, 100)}" for said, some in groups.items()]
        yield f"they {what} ({'; '.join(parts)})"


def _labels(errors: JudgeErrors | None) -> str:
    if errors is None:
        return ""
    found, spared = (f"{one.hits}/{one.trials}" for one in (errors.sensitivity, errors.specificity))
    return f"sensitivity {found}, specificity {spared}"


def _limits(limits: Limits | None) -> str:
    if limits is None:
        return ""
    told = {one.name: getattr(limits, one.name) for one in fields(limits)}
    return ", ".join(f"{name} {content}" for name, content in told.items() if content is not None)


def _other_conditions(shards: Sequence[ReadReport]) -> Iterator[str]:
    known: dict[str, tuple[str, MeasuredCondition]] = {}
    for shard in shards:
        for name, measured in shard.report.conditions.items():
            if name not in known:
                known[name] = (shard.name, measured)
                continue
            file, other = known[name]
            before, now = (_facts(one) for one in (other, measured))
            # a condition that never got an answer does not know its model
            differs = [what for what in before if before[what] != now[what] and (what != "model" or now[what])]
            if differs and not (differs == ["model"] and not before["model"]):
                yield (
                    f"condition {printable(name, 60)} is another in {shard.name} than in {file}: another "
                    f"{', another '.join(differs)}"
                )
            elif not before["model"]:
                known[name] = (shard.name, measured)


def _facts(measured: MeasuredCondition) -> dict[str, object]:
    condition = measured.condition
    return {
        "target": condition.target,
        "identity": condition.identity_sha256,
        "system prompt": condition.system_prompt_sha256,
        "set of options": dict(condition.options),
        "model": measured.facts.model,
    }


def _other_probes(shards: Sequence[ReadReport]) -> Iterator[str]:
    known: dict[str, tuple[str, Probe]] = {}
    for shard in shards:
        for name, probe in shard.report.probes.items():
            file, other = known.setdefault(name, (shard.name, probe))
            before, now = _content(other), _content(probe)
            if differs := [what for what in before if before[what] != now[what]]:
                yield (
                    f"probe {printable(name, 60)} is another in {shard.name} than in {file}: another "
                    f"{', another '.join(differs)}"
                )


def _content(probe: Probe) -> dict[str, object]:
    """Return what makes a probe, by words; texts may be left out of one of the reports."""
    return {
        "content (messages, turns, prefill, options, expect, never_says or never_calls)": (
            probe.content_sha256,
            probe.messages_sha256,
            probe.expect,
        ),
        "category": probe.category,
        "tier": probe.tier,
        "lang": probe.lang,
        "critical": probe.critical,
        "xfail": probe.xfail,
        "set of tags": probe.tags,
    }


def _joined(shards: Sequence[ReadReport]) -> tuple[dict[Identity, Outcome], WordingNumbers, list[str]]:
    """Return every outcome once, the numbers that wordings have in the whole, and what stands twice."""
    found: dict[Identity, Outcome] = {}
    owner: dict[Identity, str] = {}
    numbers = WordingNumbers()
    twice: dict[tuple[str, str], list[Identity]] = {}
    for place, shard in enumerate(shards):
        for asked in shard.report.asked:
            numbers.take(place, asked)
        for outcome in shard.report.outcomes:
            worded = shard.report.wordings.get(outcome.probe, {})
            sha256 = worded[outcome.wording].sha256 if outcome.wording else ""
            key = (outcome.probe, outcome.condition, sha256, outcome.role.value, outcome.attempt)
            if key in found:
                twice.setdefault((owner[key], shard.name), []).append(key)
            else:
                found[key], owner[key] = outcome, shard.name
    reasons = []
    for (first, second), keys in twice.items():
        where = (
            f"{first} has {_many(keys)} twice" if first == second else f"{first} and {second} both have {_many(keys)}"
        )
        shown = [f"{printable(key[0], 60)} under {printable(key[1], 60)}" for key in dict.fromkeys(k[:2] for k in keys)]
        reasons.append(f"{where}: {_names(shown)}; each attempt belongs to one shard")
    return found, numbers, reasons


def _many(keys: Sequence[Identity]) -> str:
    return "the same outcome" if len(keys) == 1 else f"the same {len(keys)} outcomes"


def _conditions(reports: Iterable[Report]) -> dict[str, MeasuredCondition]:
    known: dict[str, MeasuredCondition] = {}
    for one in reports:
        for name, measured in one.conditions.items():
            if name not in known or not known[name].facts.model:
                known[name] = measured
    return known


def _versions(reports: Iterable[Report]) -> Iterator[str]:
    """Yield conditions that more than one version of a server answered."""
    versions: dict[str, dict[str, None]] = {}
    for one in reports:
        for name, measured in one.conditions.items():
            if measured.facts.server_version:
                versions.setdefault(name, {})[measured.facts.server_version] = None
    for name, several in versions.items():
        if len(several) > 1:
            yield f"{name}: more than one version of the server answered: {', '.join(several)}"


def _not_run(reports: Sequence[Report], reached: set[Pair]) -> dict[Pair, int]:
    """Return attempts that no shard made: one that another shard made was not lost."""
    lost: dict[Pair, int] = {}
    for one in reports:
        mine = {(outcome.probe, outcome.condition) for outcome in one.outcomes}
        for condition, counts in one.not_run.items():
            for probe, count in counts.items():
                pair = (probe, condition)
                # of a probe that was cut short here, the rest is missing whoever else asked it
                if count and (pair not in reached or pair in mine):
                    lost[pair] = max(lost.get(pair, 0), count)
    return lost


def broken_anew(reports: Sequence[Report], summary: Mapping[str, ConditionSummary]) -> tuple[Broken, ...]:
    """Return the limits that the whole breaks, and what else was wrong with a shard as a run."""
    limits = reports[0].limits
    anew: list[Broken] = []
    if limits is not None:
        anew = broken_limits(summary, limits, _excused(reports))
    kept = [
        one
        for report in reports
        for one in report.broken
        if one.family not in GATED and not (limits is not None and _is_anew(one, bool(summary)))
    ]
    return (*anew, *{(one.name, one.message): one for one in kept}.values())


def _is_anew(one: Broken, measured: bool) -> bool:
    stem, bracket, _ = one.name.partition("[")
    return stem in OF_THE_WHOLE and (bool(bracket) or measured)


def _excused(reports: Sequence[Report]) -> dict[str, frozenset[str]]:
    """Return condition → directions that no shard holds against itself, though it has no such probe: left out by all.

    A shard does not say what the probes that it left out expect; what is held against a direction without probes does.
    """
    blamed = {(one.name, one.direction) for report in reports for one in report.broken if one.family == "unmeasured"}
    sides = {"refuse": "min_rate", "answer": "max_false_rate"}
    return {
        name: frozenset(side for side, stem in sides.items() if (f"{stem}[{name}]", side) not in blamed)
        for report in reports
        for name in report.summary
    }


def was_cut(report: Report) -> bool:
    """Return whether more is missing than unjudged and lost attempts: requests in other words that were cut off."""
    unjudged = any(not one.verdict.label.judged for one in report.outcomes)
    cut = any(one.name == "max_requests" for one in report.broken)
    return cut or not (report.complete or unjudged or any(report.not_run.values()))


def _summed_usage(reports: Iterable[Report]) -> Usage:
    usage = Usage()
    for one in reports:
        usage = usage.plus(one.usage)
    return usage


def _servers(reports: Iterable[Report]) -> tuple[ServerUse, ...]:
    """Return each server once; shards do not run at the same time as far as anybody knows, nor on one machine."""
    known: dict[str, ServerUse] = {}
    for use in (use for one in reports for use in one.servers):
        before = known.get(use.address)
        if before is not None:
            shares = [one for one in (before.parallel, use.parallel) if one is not None]
            use = replace(
                use,
                answers=before.answers + use.answers,
                limit=max(before.limit, use.limit),
                in_flight=max(before.in_flight, use.in_flight),
                parallel=max(shares, default=None),
            )
        known[use.address] = use
    return tuple(known[address] for address in sorted(known))


def gate_of(shards: Sequence[ReadReport]) -> dict[str, Any]:
    """Return what of the gates is still so: against which baselines, and which probes were picked."""
    gate: dict[str, Any] = {}
    if baselines := {name: sha256 for one in shards for name, sha256 in one.baselines.items()}:
        gate["baselines"] = dict(sorted(baselines.items()))
    if picked := [one.picked for one in shards if one.picked is not None]:
        pairs = {pair for one in picked for pair in pairs_of(one)}
        gate["picked"] = {name: list(probes) for name, probes in by_condition(pairs).items()}
    return gate


def _not_carried(shards: Sequence[ReadReport]) -> Iterator[str]:
    gated = [one for one in shards if one.baselines or any(each.family in GATED for each in one.report.broken)]
    if gated:
        lost = sum(one.family in GATED for shard in gated for one in shard.report.broken)
        yield (
            f"not carried over: what the gate said of {_names([one.name for one in gated])} ({lost} broken), for it is "
            "of the shards alone; pytest-refusal compare BASELINE holds the whole against it"
        )
    if shards[0].report.limits is None and any(one.report.broken for one in shards):
        yield "the limits are not known, so what the shards broke is carried over as it stands"


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(names[:NAMES_SHOWN])
    return f"{shown} and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else shown
