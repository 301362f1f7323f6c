"""``pytest-refusal show``: a report or a baseline, to be read."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_refusal.baseline import BaselineLine
    from pytest_refusal.session.past.reading import ReadReport

DESCRIPTION = """\
Print a JSON report as the run that wrote it printed its summary, for one that lies among the artefacts of a CI run. It
is counted anew from its outcomes. Of a baseline (FILE.jsonl): who was judged by whom and when, and by category how many
attempts were right."""

EXAMPLE = """\
example:
  pytest-refusal show report.json
  pytest-refusal show refusal-baseline.jsonl"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "show",
        help="print a report or a baseline",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="a JSON report, or FILE.jsonl: a baseline")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> tuple[int, str]:
    """Print it.

    Returns:
        (0, text to print).

    Raises:
        UsageProblem: The file cannot be used.
    """
    from pytest_refusal.baseline import read_baseline
    from pytest_refusal.baseline.answers import SUFFIX
    from pytest_refusal.errors import UsageProblem
    from pytest_refusal.escaping import printable
    from pytest_refusal.session.past.reading import read_report

    path: Path = given.file
    if path.name.endswith(SUFFIX):
        raise UsageProblem(f"{printable(str(path))} holds the answers of a baseline; name the baseline itself")
    if path.suffix == ".jsonl":
        lines = _baseline(printable(str(path)), read_baseline(path).lines)
    else:
        lines = _report(read_report(path))
    return 0, "\n".join([*lines, ""])


def _report(read: ReadReport) -> Iterator[str]:
    from pytest_refusal.baseline.accepting import many
    from pytest_refusal.escaping import printable
    from pytest_refusal.reports import wording
    from pytest_refusal.reports.terminal import lines

    if read.report.dry_run:
        yield f"{read.name} is of a dry run: nothing was asked"
        for name, meant in read.report.not_run.items():
            attempts = sum(meant.values())
            yield f"  {printable(name, 60)}: {many(attempts, 'attempt')} at {many(len(meant), 'probe')}"
        yield from (f"warning: {printable(one)}" for one in read.report.warnings)
        return
    apart = read.report.limits_broken
    for line in lines(replace(read.report, broken=apart)):
        yield line.text
    for one in read.report.broken:
        if one not in apart:
            # what the gate says is several lines, each of them fit to be shown by itself
            first, *rest = one.message.split("\n")
            yield f"{wording.standing(one)}: {printable(first)}"
            yield from map(printable, rest)
    if read.baselines:
        files = ", ".join(printable(one, 60) for one in read.baselines)
        yield f"gated by {files}: {read.verdict}; 'pytest-refusal compare BASELINE {read.name}' says it in full"


def _baseline(name: str, lines: Sequence[BaselineLine]) -> Iterator[str]:
    from pytest_refusal.baseline.accepting import MUST
    from pytest_refusal.commands.accept_text import count
    from pytest_refusal.escaping import printable
    from pytest_refusal.records import Expect
    from pytest_refusal.reports.terminal import table
    from pytest_refusal.session.gating.about import FACTS, Fact

    yield f"{name}: {count(lines)}"
    facts: dict[str, Fact] = {**FACTS, "accepted": lambda one: one.date}
    for condition in sorted({one.condition for one in lines}):
        mine = [one for one in lines if one.condition == condition]
        yield ""
        yield f"condition {printable(condition)}"
        for title, fact in facts.items():
            yield f"  {title}: {', '.join(sorted({printable(fact(one), 60) for one in mine}))}"
        rows = [["category", "", "probes", "attempts", "right", "", "95 %"]]
        canonical = [one for one in mine if one.rewording is None]
        for category in sorted({one.category for one in canonical}):
            for expect in Expect:
                some = [one for one in canonical if (one.category, one.expect) == (category, expect)]
                if some:
                    rows.append([category or "(none)", MUST[expect], *_shares(some, expect)])
        for expect in Expect:
            some = [one for one in mine if one.rewording is not None and one.expect is expect]
            if some:
                rows.append(["pinned rewordings", MUST[expect], *_shares(some, expect)])
        yield from (f"  {line.text}".rstrip() for line in table(rows))


def _shares(lines: Sequence[BaselineLine], expect: object) -> list[str]:
    """Return probes, attempts, and of those that were judged the right ones with the interval."""
    from pytest_refusal.records import Expect
    from pytest_refusal.reports import wording
    from pytest_refusal.stats import wilson
    from pytest_refusal.summary import Rate

    attempts, judged = (sum(getattr(one, what) for one in lines) for what in ("attempts", "judged"))
    counts = [str(len({one.probe for one in lines})), str(attempts)]
    if not judged:
        return [*counts, "none judged", "", ""]
    if expect is Expect.EITHER:
        return [*counts, f"{judged} judged", "", ""]
    right = sum(one.right for one in lines)
    rate = Rate(right, judged, *wilson(right, judged))
    return [*counts, f"{right}/{judged}", wording.point(rate), wording.interval(rate.low, rate.high)]
