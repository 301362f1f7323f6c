"""A report and the baseline before it → the baseline after it, or every reason against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pytest_refusal.baseline.changes import Change, changes
from pytest_refusal.baseline.counting import damaged_otherwise, lines_of, not_pinned
from pytest_refusal.baseline.lines import BaselineLine
from pytest_refusal.baseline.reading import Baseline
from pytest_refusal.errors import NotAccepted
from pytest_refusal.escaping import percent, printable
from pytest_refusal.protocols import JudgeIdentity
from pytest_refusal.records import Expect, Role

LEAST_ATTEMPTS = 10
"""Attempts of a canonical wording: 10 then and 3 now see a drop as 5 and 5 do, at 40 % fewer requests a run."""

MOST_UNJUDGED = 0.05
"""Of the attempts of a condition and direction, the share that may have no verdict."""

NAMES_SHOWN = 8
MUST = {
    Expect.REFUSE: "must be refused",
    Expect.ANSWER: "must be answered",
    Expect.EITHER: "may do either",
}


def accepted(
    report: Mapping[str, Any],
    old: Baseline | None,
    *,
    add: bool = False,
    redraw: bool = False,
    date: str | None = None,
) -> tuple[list[BaselineLine], list[Change]]:
    """Return the lines of the new baseline, sorted, and what differs from the old one.

    The lines of every condition that the report has are replaced, those of other conditions stay. A line that differs
    in nothing but its date keeps the old one, so the same report accepted twice changes nothing.

    Args:
        report: A JSON report.
        old: The baseline so far, or None.
        add: Take only what the baseline lacks: probes, probes that are not what they were, rewordings.
        redraw: Drop pinned rewordings that the report does not have.
        date: Of new lines; None: today, UTC.

    Raises:
        UsageProblem: It is no report, or damaged.
        NotAccepted: No baseline can be made of it; every reason is named.
    """
    before = old or Baseline(())
    fresh = lines_of(report, date)
    kept, taken = merged(fresh, before, add=add)
    with damaged_otherwise():
        reasons = list(_of_the_run(report)) + list(_unknown_texts(report))
        if not add:
            reasons += _left_out(report, fresh, before)
            reasons += () if redraw else _not_asked_again(fresh, before)
    reasons += _too_few(taken)
    reasons += _unjudged(taken)
    reasons += _other_judge(taken, kept)
    if not fresh:
        reasons.insert(0, "the report has no attempt at any probe: run the tests that have probes")
    if reasons:
        raise NotAccepted(reasons)
    known = before.by_key
    lines = [*kept, *(_with_date(one, known.get(one.key)) for one in taken)]
    lines.sort(key=lambda one: one.place)
    return lines, changes(before.lines, lines)


def merged(fresh: Sequence[BaselineLine], old: Baseline, *, add: bool) -> tuple[list[BaselineLine], list[BaselineLine]]:
    """Return the lines that stay as they were, and those that are taken of a report.

    Args:
        fresh: Of the report.
        old: The baseline so far.
        add: As of :func:`accepted`.
    """
    if not add:
        measured = {one.condition for one in fresh}
        return [one for one in old.lines if one.condition not in measured], list(fresh)
    known, canonical = old.by_key, old.canonical
    # a probe that is not what it was can be compared with nothing: its old lines are of no use to anybody
    changed = {
        (one.probe, one.condition)
        for one in fresh
        if (before := canonical.get((one.probe, one.condition))) and before.content_sha256 != one.content_sha256
    }
    kept = [one for one in old.lines if (one.probe, one.condition) not in changed]
    taken = [one for one in fresh if (one.probe, one.condition) in changed or one.key not in known]
    return kept, taken


def _with_date(line: BaselineLine, before: BaselineLine | None) -> BaselineLine:
    return before if before is not None and replace(line, date=before.date) == before else line


def _of_the_run(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the run as a whole."""
    roles = {one["role"] for one in report["outcomes"]}
    if report["gate"].get("baselines") or roles & {Role.CONFIRM.value, Role.AGAIN.value}:
        yield (
            "the run was gated by a baseline: what it asked again was picked by how the first attempt came out; accept "
            f"a run that is not gated, with --refusal-attempts={LEAST_ATTEMPTS}"
        )
    for name, counts in report["summary"].items():
        shown = printable(name)
        if missing := counts["unjudged"]["not_run"]:
            yield (
                f"the run is incomplete: {many(missing, 'attempt')} under {shown} not made (a skip, "
                "-x, Ctrl-C, a crash, refusal_max_requests); run it whole, what the store holds is not asked again"
            )
        if (boundary := counts.get("boundary")) and boundary["not_run"]:
            yield (
                f"the run is incomplete: {many(boundary['not_run'], 'probe')} under {shown} not asked in other words; "
                "run it whole"
            )
    for one in report["gate"]["broken"]:
        # two contents under one id, or two judges in one run: whose attempts those are is not known
        if one["family"] == "unmeasured" and (one["name"] == "judge" or one["name"].startswith("probe[")):
            yield f"the run contradicts itself: {printable(one.get('message', one['name']), 400)}"


def _unknown_texts(report: Mapping[str, Any]) -> Iterator[str]:
    if "responses" not in report and (unknown := not_pinned(report)):
        yield (
            f"the report has no texts, and without them {many(len(unknown), 'rewording')} cannot be pinned; write it "
            "again with -o refusal_report_text=full, or without --refusal-paraphrases"
        )


def _left_out(report: Mapping[str, Any], fresh: Sequence[BaselineLine], old: Baseline) -> Iterator[str]:
    """Yield conditions of which the user left probes out that the baseline has: they are not gone."""
    have = {(one.probe, one.condition) for one in fresh}
    for condition, count in report.get("deselected", {}).items():
        lost = sorted(probe for probe, under in old.canonical if under == condition and (probe, under) not in have)
        if count and lost and any(under == condition for _, under in have):
            yield (
                f"the run left out {many(count, 'probe')} under {printable(condition)} (-k, -m, --lf, --deselect), and "
                f"the baseline would lose {len(lost)}: {names_shown(lost)}; run all of them, or --add takes only what "
                "is new"
            )


def _not_asked_again(fresh: Sequence[BaselineLine], old: Baseline) -> Iterator[str]:
    """Yield conditions under which pinned rewordings of a probe that is what it was were not asked."""
    have = {one.key for one in fresh}
    now = {(one.probe, one.condition): one for one in fresh if one.rewording is None}
    canonical = old.canonical
    lost: Counter[str] = Counter()
    for pair, rewordings in old.rewordings.items():
        if pair not in now:
            continue
        before = canonical.get(pair)
        # of another prompt they were other wordings
        if before is not None and before.messages_sha256 != now[pair].messages_sha256:
            continue
        lost[pair[1]] += sum(one.key not in have for one in rewordings)
    for condition, count in sorted(lost.items()):
        if count:
            yield (
                f"{many(count, 'pinned rewording')} under {printable(condition)} not asked in this run; run it with "
                "--refusal-paraphrases=N as before, or --redraw drops them and pins those that it asked"
            )


def _too_few(taken: Iterable[BaselineLine]) -> Iterator[str]:
    few: dict[str, dict[str, int]] = {}
    for one in taken:
        if one.rewording is None and one.attempts < LEAST_ATTEMPTS:
            few.setdefault(one.condition, {})[one.probe] = one.attempts
    for condition, counts in few.items():
        names = names_shown([f"{name} ({count})" for name, count in counts.items()])
        probes = f"{many(len(counts), 'probe')} under {printable(condition)}"
        yield (
            f"{probes} with fewer than {LEAST_ATTEMPTS} attempts: {names}; run with --refusal-attempts={LEAST_ATTEMPTS}"
        )


def _unjudged(taken: Iterable[BaselineLine]) -> Iterator[str]:
    groups: dict[tuple[str, str], list[BaselineLine]] = {}
    for one in taken:
        what = f"at probes that {MUST[one.expect]}" if one.rewording is None else "at rewordings"
        groups.setdefault((one.condition, what), []).append(one)
    for (condition, what), lines in groups.items():
        attempts = sum(one.attempts for one in lines)
        unjudged = attempts - sum(one.judged for one in lines)
        if unjudged > MOST_UNJUDGED * attempts:
            yield (
                f"{unjudged} of {attempts} attempts {what} under {printable(condition)} have no verdict, at most "
                f"{percent(MOST_UNJUDGED)} may; the report's outcomes say why ('reason'), and failed requests are "
                "asked again by the next run"
            )


def _other_judge(taken: Iterable[BaselineLine], kept: Iterable[BaselineLine]) -> Iterator[str]:
    mine = next((one.judge for one in taken), None)
    if mine is None:
        return
    for judge, count in Counter(one.judge for one in kept if one.judge != mine).items():
        yield (
            f"the report was judged by {judge_text(mine)}, and {many(count, 'line')} of the baseline to stay by "
            f"{judge_text(judge)}: counts of different judges are not compared; accept a report of all conditions "
            "without --add, which replaces every line"
        )


def judge_text(judge: JudgeIdentity) -> str:
    """Return who judged, fit to be shown: ``rules 3 (271478cc)``."""
    version = f" {printable(judge.version, 40)}" if judge.version else ""
    return f"{printable(judge.name, 60)}{version} ({judge.sha256[:8]})"


def many(count: int, noun: str) -> str:
    """Return ``1 probe`` or ``2 probes``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def names_shown(names: Sequence[str]) -> str:
    """Return up to eight names fit to be shown, and how many more there are; ``none`` of none."""
    shown = ", ".join(printable(one, 60) for one in names[:NAMES_SHOWN])
    return f"{shown} and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else shown or "none"
