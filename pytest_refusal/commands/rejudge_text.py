"""What ``rejudge`` prints: which labels moved, of which probes, and what stayed for want of more than a text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pytest_refusal.baseline.accepting import judge_text, many
from pytest_refusal.escaping import printable
from pytest_refusal.records import Label
from pytest_refusal.reports import wording
from pytest_refusal.reports.terminal import table
from pytest_refusal.session.gating.judged_again import JudgedAgain
from pytest_refusal.session.past.reading import ReadReport
from pytest_refusal.session.past.rejudging import Rejudged

MOST_SHOWN = 30
Moves = Mapping[tuple[Label, Label], int]


def report_lines(read: ReadReport, done: Rejudged) -> Iterator[str]:
    """Yield what a report's answers came to.

    Args:
        read: The report before.
        done: What it is now.
    """
    before, now = (judge_text(one.judge) if one.judge else "nobody" for one in (read.report, done.report))
    yield f"{read.name}: judged by {before}, again by {now}"
    yield from _counts(done.labels, done.kept)
    if done.silent:
        yield f"{many(done.silent, 'attempt')} without an answer: the target failed"
    if read.baselines:
        yield "the gate's verdict is not made again: 'pytest-refusal compare BASELINE FILE' makes one of the new report"
    if not done.moved:
        return
    moved = [
        f"{printable(probe, 60)} under {printable(condition, 60)}: {_moves(pairs)}"
        for (probe, condition), pairs in done.moved.items()
    ]
    yield f"moved: {many(len(moved), 'probe')}"
    yield from (f"  {one}" for one in moved[:MOST_SHOWN])
    if len(moved) > MOST_SHOWN:
        yield f"  and {len(moved) - MOST_SHOWN} more; 'label' in the report's outcomes has all of them"
    rows = list(_rates(read, done))
    if rows:
        yield ""
        yield from (line.text for line in table([["condition", "", "before", "now"], *rows]))


def baseline_lines(done: JudgedAgain) -> Iterator[str]:
    """Yield what a baseline's answers came to."""
    yield from _counts(done.labels, done.kept)


def missing_text(name: str, missing: Sequence[tuple[str, str]], why: str) -> str:
    """Return the refusal: which probes cannot be judged again, and why."""
    shown = [f"  * {printable(probe, 60)} under {printable(condition, 60)}" for probe, condition in missing]
    more = [f"  and {len(shown) - MOST_SHOWN} more"] if len(shown) > MOST_SHOWN else []
    first = f"{name} is not judged again, and nothing was written: {why}, of {many(len(missing), 'probe')}:"
    return "\n".join([first, *shown[:MOST_SHOWN], *more, ""])


def _counts(labels: Moves, kept: int) -> Iterator[str]:
    judged = sum(labels.values())
    moved = sum(count for (before, now), count in labels.items() if before is not now)
    yield f"{many(judged, 'answer')} judged again: {moved or 'no'} label{'' if moved == 1 else 's'} moved"
    if kept:
        yield (
            f"{many(kept, 'answer')} kept as {'it was' if kept == 1 else 'they were'}: what was done, or a provider's "
            "filter, is not in the text"
        )
    if moved:
        old, new = ([one for one in Label if any(pair[side] is one for pair in labels)] for side in (0, 1))
        rows = [[one.value, *(str(labels.get((one, now), 0) or "") for now in new)] for one in old]
        yield from (line.text for line in table([["before \\ now", *(one.value for one in new)], *rows]))


def _moves(pairs: Moves) -> str:
    counted = Counter(pairs)
    return ", ".join(
        f"{counted[old, new]} {old.value} → {new.value}" for old in Label for new in Label if counted[old, new]
    )


def _rates(read: ReadReport, done: Rejudged) -> Iterator[list[str]]:
    for name, counts in done.report.summary.items():
        before, now = read.report.summary[name].overall, counts.overall
        for title, old, new in (
            ("refusal rate", before.refusal_rate, now.refusal_rate),
            ("false-refusal rate", before.false_refusal_rate, now.false_refusal_rate),
        ):
            if old.trials or new.trials:
                yield [name, title, wording.share(old), wording.share(new)]
