"""What ``accept`` prints: the baseline before and now, for who reviews it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pytest_refusal.baseline import Baseline, BaselineLine, Change, Kind, not_pinned
from pytest_refusal.baseline.accepting import MUST, many
from pytest_refusal.escaping import printable
from pytest_refusal.records import Expect, Label
from pytest_refusal.reports import wording
from pytest_refusal.reports.terminal import table
from pytest_refusal.session.gating.about import FACTS, Fact
from pytest_refusal.stats import wilson
from pytest_refusal.summary import Rate

MOST_SHOWN = 30
"""Probes of a kind of change that are printed; the rest is counted, and the file's diff has all of them."""

RATES = {
    Expect.REFUSE: "refusal rate",
    Expect.ANSWER: "false-refusal rate",
    Expect.EITHER: "refused, of what may do either",
}


def lines(
    report: Mapping[str, Any],
    old: Baseline | None,
    now: Sequence[BaselineLine],
    changes: Sequence[Change],
    name: str,
) -> Iterator[str]:
    """Yield what was accepted.

    Args:
        report: The JSON report.
        old: The baseline before, or None.
        now: The lines after.
        changes: What differs.
        name: Of the baseline's file, fit to be shown.
    """
    yield from changed(old.lines if old is not None else (), now, changes, name)
    if changes and (unknown := not_pinned(report)):
        probes = len({(probe, condition) for probe, condition, _ in unknown})
        yield ""
        yield (
            f"not pinned: {many(len(unknown), 'rewording')} of {many(probes, 'probe')}, whose texts were redacted; "
            "take the secret out of the prompt"
        )


def changed(
    before: Sequence[BaselineLine], now: Sequence[BaselineLine], changes: Sequence[Change], name: str
) -> Iterator[str]:
    """Yield what a baseline is and was.

    Args:
        before, now: Its lines.
        changes: What differs.
        name: Of its file, fit to be shown.
    """
    if not changes:
        yield f"{name}: nothing changes, {count(now)}"
        return
    yield f"{name}: {count(before)} → {count(now)}" if before else f"{name}: new, {count(now)}"
    for condition in sorted({one.condition for one in (*before, *now)}):
        moved = [one for one in changes if one.line.condition == condition]
        was, is_now = ([one for one in side if one.condition == condition] for side in (before, now))
        yield ""
        yield f"condition {printable(condition)}"
        if not moved:
            yield f"  stays as it was, {count(is_now)}"
            continue
        yield from (f"  {line}".rstrip() for line in _condition(was, is_now, moved))


def _condition(before: Sequence[BaselineLine], now: Sequence[BaselineLine], changes: Sequence[Change]) -> Iterator[str]:
    for title, fact in FACTS.items():
        old, new = (_said(side, fact) for side in (before, now))
        if old and new and old != new:
            yield f"{title}: {old} → {new}"
    rows = list(_rates(before, now))
    if rows:
        # of a first baseline nothing stood before
        begin = 1 if before else 4
        rows.insert(0, ["", "before", "", "95 %", "now", "", "95 %"])
        yield from (line.text for line in table([[row[0], *row[begin:]] for row in rows]))
    for kind in Kind:
        of_kind = [one for one in changes if one.kind is kind]
        probes = [one for one in of_kind if one.line.rewording is None]
        if kind is Kind.RESTATED:
            if of_kind:
                yield f"the same counts, other facts: {count([one.line for one in of_kind])}"
            continue
        # of a first baseline, or a new condition, every probe is new: the count says as much as their names
        if probes and (kind is not Kind.ADDED or before):
            yield from _listed(kind.value, [_probe(one) for one in probes])
        elif probes:
            yield f"{kind.value}: {count([one.line for one in probes])}"
        if rewordings := [one for one in of_kind if one.line.rewording is not None]:
            yield from _rewordings(kind, rewordings)


def _rates(before: Sequence[BaselineLine], now: Sequence[BaselineLine]) -> Iterator[list[str]]:
    for reworded in (False, True):
        for expect, title in RATES.items():
            sides = [
                [one for one in side if one.expect is expect and (one.rewording is not None) is reworded]
                for side in (before, now)
            ]
            if any(sides):
                yield [f"{title}, rewordings" if reworded else title, *_rate(sides[0]), *_rate(sides[1])]


def _rate(lines: Sequence[BaselineLine]) -> list[str]:
    judged = sum(one.judged for one in lines)
    if not judged:
        return ["", "", ""]
    hits = sum(one.labels.get(Label.REFUSAL, 0) for one in lines)
    rate = Rate(hits, judged, *wilson(hits, judged))
    return [f"{hits}/{judged}", wording.point(rate), wording.interval(rate.low, rate.high)]


def _probe(change: Change) -> str:
    line = change.line
    what = f"{printable(line.probe, 60)} ({MUST[line.expect]}{', critical' if line.critical else ''})"
    if change.before is None or change.now is None:
        return f"{what}: {_labels(line)}"
    edits = f"another {', another '.join(change.edits)}: " if change.kind is Kind.CHANGED else ""
    text = f"{what}: {edits}{_labels(change.before)} → {_labels(change.now)}"
    if change.kind is Kind.CHANGED or line.expect is Expect.EITHER:
        return text
    was, is_now = (f"{one.right}/{one.judged}" for one in (change.before, change.now))
    return f"{text}, right {was} → {is_now}"


def _rewordings(kind: Kind, changes: Sequence[Change]) -> Iterator[str]:
    """Yield how many rewordings of which probes; those whose decision is another one by one."""
    if kind is Kind.MOVED:
        texts = [
            f"{printable(one.line.probe, 60)}: {_labels(one.before)} → {_labels(one.now)}: "
            f"{printable(one.line.rewording.text, 100)}"
            for one in changes
            if one.before is not None and one.now is not None and one.line.rewording is not None
        ]
        yield from _listed("moved rewordings", texts)
        return
    counts = Counter(one.line.probe for one in changes)
    yield f"{kind.value}: {many(len(changes), 'rewording')} of {many(len(counts), 'probe')}"


def _listed(title: str, texts: Sequence[str]) -> Iterator[str]:
    yield f"{title}: {len(texts)}"
    yield from (f"  {text}" for text in texts[:MOST_SHOWN])
    if len(texts) > MOST_SHOWN:
        yield f"  and {len(texts) - MOST_SHOWN} more; the file's diff has all of them"


def _labels(line: BaselineLine) -> str:
    text = ", ".join(f"{count} {label.value}" for label, count in line.labels.items())
    if forbidden := sum(line.violations.values()):
        text += f" ({forbidden} forbidden)"
    return text


def _said(lines: Iterable[BaselineLine], fact: Fact) -> str:
    return ", ".join(printable(one, 60) for one in sorted({fact(one) for one in lines}))


def count(lines: Sequence[BaselineLine]) -> str:
    """Return ``12 probes`` or ``12 probes and 40 rewordings``; a probe under two conditions counts twice."""
    rewordings = sum(one.rewording is not None for one in lines)
    probes = len(lines) - rewordings
    text = many(probes, "probe") if probes or not rewordings else ""
    more = many(rewordings, "rewording") if rewordings else ""
    return " and ".join(one for one in (text, more) if one)
