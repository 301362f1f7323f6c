"""``pytest-refusal accept``: a report becomes the baseline; nothing else writes one."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_refusal.baseline import Baseline, BaselineLine

DESCRIPTION = """\
Accept what a run measured as the state of the application: BASELINE gets a line of counts for each probe, condition and
wording, to be committed. What changes is printed, old and new. BASELINE holds no answers; those go to
BASELINE.answers.jsonl beside it ('base.jsonl': 'base.answers.jsonl'), to be committed or kept elsewhere.

The lines of every condition that the report has are replaced; those of other conditions stay. A rewording's line holds
its text, which pins it.

Refused, with every reason and nothing written: a run that is incomplete or was gated by a baseline, fewer than 10
attempts of a canonical wording, more than 5 % of attempts without a verdict, another judge than that of the lines which
stay, pinned rewordings that were not asked."""

EXAMPLE = """\
example:
  pytest --refusal-attempts=10 --refusal-report=report.json
  pytest-refusal accept report.json refusal-baseline.jsonl
  git diff refusal-baseline.jsonl

ends with 1 if the report is refused."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "accept",
        help="make a report the baseline",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("report", metavar="REPORT", type=Path, help="a JSON report (--refusal-report)")
    parser.add_argument("baseline", metavar="BASELINE", type=Path, help="FILE.jsonl; made where there is none")
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--add",
        action="store_true",
        help="take only what the baseline lacks: new probes, probes that are not what they were, new rewordings",
    )
    how.add_argument("--redraw", action="store_true", help="drop pinned rewordings that the report does not have")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> tuple[int, str]:
    """Write the baseline and its answers.

    Returns:
        (exit status, text to print): 1 if the report is refused.

    Raises:
        UsageProblem: The report or a file cannot be used.
    """
    from pytest_refusal.baseline import accepted, read_baseline, to_text
    from pytest_refusal.baseline.answers import SUFFIX, answers_path
    from pytest_refusal.calibration.sheet import read_json_object
    from pytest_refusal.commands.accept_text import lines
    from pytest_refusal.commands.files import write_what_differs
    from pytest_refusal.errors import NotAccepted, UsageProblem
    from pytest_refusal.escaping import printable

    path: Path = given.baseline
    name = printable(str(path))
    if path.suffix != ".jsonl" or path.name.endswith(SUFFIX):
        raise UsageProblem(f"argument BASELINE: expected FILE.jsonl, got {name}")
    report = read_json_object(given.report)
    old = read_baseline(path) if path.exists() else None
    try:
        now, changes = accepted(report, old, add=given.add, redraw=given.redraw)
    except NotAccepted as refused:
        said = "\n".join(f"  * {reason}" for reason in refused.reasons)
        return 1, f"{printable(str(given.report))} is not accepted, and nothing was written:\n{said}\n"
    except UsageProblem as problem:
        raise UsageProblem(f"{printable(str(given.report))}: {problem.message}") from None
    contents = {path: to_text(now).encode()}
    answers = _answers(report, old, now, answers_path(path), given.add)
    if answers or answers_path(path).exists():
        contents[answers_path(path)] = answers
    written = write_what_differs(contents)
    return 0, "\n".join([*lines(report, old, now, changes, name), "", *written, ""])


def _answers(
    report: Mapping[str, Any], old: Baseline | None, now: Sequence[BaselineLine], path: Path, add_only: bool
) -> bytes:
    """Return the file of answers: of the lines that stay as it has them, of the others as the report has them."""
    from pytest_refusal.baseline import Baseline
    from pytest_refusal.baseline.accepting import merged
    from pytest_refusal.baseline.answers import answers_of, answers_text, key_of, read_answers
    from pytest_refusal.baseline.counting import lines_of

    kept, taken = merged(lines_of(report), old or Baseline(()), add=add_only)
    staying = {one.key for one in kept} & {one.key for one in now}
    rows = [row for row in read_answers(path) if key_of(row) in staying]
    return answers_text([*rows, *answers_of(report, {one.key for one in taken})]).encode()
