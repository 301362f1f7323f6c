"""A report judged again: its answers and a judge → the report as this judge counts it. Nothing is asked of a target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pytest_refusal.agreement import agreement
from pytest_refusal.protocols import Judge
from pytest_refusal.records import FramedForm, Label, Outcome, Probe, Response, Verdict
from pytest_refusal.session.gating.judged_again import Each, rests_on_acts, verdict_of
from pytest_refusal.session.past.merging import broken_anew, was_cut
from pytest_refusal.session.summing import counts_of_pairs, pairs_of, summed
from pytest_refusal.summary import Report


@dataclass(frozen=True, slots=True)
class Rejudged:
    """A report after it was judged again.

    Attributes:
        report: With the new verdicts, counted anew; as it was where answers are missing.
        labels: (label before, label now) → answers that were judged, those that stay among them.
        moved: (probe, condition) → (label before, label now) → answers, of those that differ; sorted.
        kept: Answers whose verdict stays, for it rests on acts or on a provider's filter.
        silent: Attempts without an answer: the target failed.
        missing: (probe, condition) of judged attempts whose text the report does not have, sorted.
        failures: Why the judge gave no verdict, for each answer that it failed on.
    """

    report: Report
    labels: Mapping[tuple[Label, Label], int] = field(default_factory=dict)
    moved: Mapping[tuple[str, str], Mapping[tuple[Label, Label], int]] = field(default_factory=dict)
    kept: int = 0
    silent: int = 0
    missing: tuple[tuple[str, str], ...] = ()
    failures: tuple[str, ...] = ()


def rejudged(report: Report, judge: Judge, *, each: Each = map) -> Rejudged:
    """Judge every answer of a report again, whatever its role and wording.

    A verdict that rests on what was done (a forbidden call or text, a tool call without a word) or on a provider's
    filter stays. The votes and scores of the judges before go, and so does the smallest flip of a probe that moved.

    Args:
        report: That was read, with texts.
        judge: Acts before words, as in a run.
        each: How the answers are gone through; a judge that may be called on any thread can be called on many.
    """
    todo: list[int] = []
    missing: set[tuple[str, str]] = set()
    kept = silent = 0
    for number, one in enumerate(report.outcomes):
        text, verdict = report.responses.get(one.request), one.verdict
        if text is None:
            silent += verdict.label is Label.ERROR
            if verdict.label is not Label.ERROR:
                missing.add((one.probe, one.condition))
        elif rests_on_acts(verdict.label.value, text, verdict.kind, verdict.violation):
            kept += 1
        else:
            todo.append(number)
    if missing:
        return Rejudged(report, missing=tuple(sorted(missing)))
    outcomes = list(report.outcomes)
    asked = [
        (as_asked(report, outcomes[number]), Response(report.responses[outcomes[number].request])) for number in todo
    ]
    said: dict[int, Verdict] = dict(zip(todo, each(lambda one: verdict_of(judge, *one), asked), strict=True))
    moved: dict[tuple[str, str], Counter[tuple[Label, Label]]] = {}
    labels: Counter[tuple[Label, Label]] = Counter()
    for number, one in enumerate(report.outcomes):
        # votes and scores of the judges before would be counted beside those of this one
        now = said.get(number, replace(one.verdict, votes=(), scores={}))
        outcomes[number] = replace(one, verdict=now)
        pair = (one.verdict.label, now.label)
        if number in said:
            labels[pair] += 1
        if pair[0] is not pair[1]:
            moved.setdefault((one.probe, one.condition), Counter())[pair] += 1
    return Rejudged(
        _counted(report, outcomes, judge, frozenset(moved)),
        labels,
        {key: moved[key] for key in sorted(moved)},
        kept,
        silent,
        (),
        tuple(one.reason for one in said.values() if one.label is Label.ERROR),
    )


def as_asked(report: Report, outcome: Outcome) -> Probe:
    """Return the probe of an outcome in the words that it was asked in."""
    probe = report.probes[outcome.probe]
    worded = report.wordings.get(outcome.probe, {}).get(outcome.wording)
    if worded is None:
        return probe
    asked = probe.reworded(worded.text)
    return replace(asked, prefill=worded.prefill) if isinstance(worded, FramedForm) else asked


def _counted(report: Report, outcomes: list[Outcome], judge: Judge, moved: frozenset[tuple[str, str]]) -> Report:
    errors = report.errors if judge.identity == report.judge else None
    asked = tuple(replace(one, smallest=None) if (one.probe, one.condition) in moved else one for one in report.asked)
    summary = summed(
        outcomes,
        report.probes,
        report.conditions,
        not_run=counts_of_pairs(report.not_run),
        asked=asked,
        not_reworded=pairs_of(report.not_reworded),
        rule=report.rule,
        seed=report.seed,
        errors=errors,
    )
    judged = all(one.verdict.label.judged for one in outcomes)
    return replace(
        report,
        judge=judge.identity,
        errors=errors,
        outcomes=tuple(outcomes),
        asked=asked,
        summary=summary,
        agreement=agreement(outcomes),
        complete=judged and not any(map(bool, report.not_run.values())) and not was_cut(report),
        broken=broken_anew([report], summary),
    )
