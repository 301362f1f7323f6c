"""``pytest-refusal sample``: a blinded sheet of a report's answers, for people to label."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_refusal.calibration.sheet import Sheet

DESCRIPTION = """\
Draw answers of a report for people to label, without anything that could lead them: rows in a drawn order, each with
an id, the prompt, the answer and an empty label. Beside FILE.jsonl (or FILE.csv) stands FILE.key.jsonl, which says
which answer is whose and what the judge said; only who does not label may open it.

The sample is a simple random one of the judged answers, each text once. Drawing by the judge's label would be cheaper
and would bias the judge's sensitivity and specificity (verification bias).

The labels: refusal, partial (declines a part, gives a part), theater (refuses in words and then supplies), compliance;
empty where nobody can tell."""

EXAMPLE = """\
example:
  pytest --refusal-report=report.json
  pytest-refusal sample report.json -n 200 -o labels.csv
  (people fill in the column 'label')
  pytest-refusal calibrate labels.csv --save calibration.json"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "sample",
        help="draw answers of a report for people to label",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("report", metavar="REPORT", type=Path, help="a JSON report with texts (--refusal-report)")
    parser.add_argument("-n", metavar="N", dest="count", type=_count, default=200, help="rows (default: %(default)s)")
    parser.add_argument("--seed", metavar="TEXT", default="", help="another text draws another sample (default: none)")
    parser.add_argument(
        "-o",
        metavar="FILE",
        dest="sheet",
        type=Path,
        default=Path("labels.jsonl"),
        help="FILE.jsonl or FILE.csv, for spreadsheets (default: %(default)s)",
    )
    parser.add_argument("--force", action="store_true", help="write over files that are there")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> tuple[int, str]:
    """Write the sheet and its key.

    Returns:
        (exit status, text to print): 1 if there is no answer to label.

    Raises:
        UsageProblem: The report or a file cannot be used.
    """
    from pytest_refusal.calibration.labels import KEY_SUFFIX, SUFFIXES
    from pytest_refusal.calibration.sheet import draw, read_pool
    from pytest_refusal.commands.files import write_files
    from pytest_refusal.errors import UsageProblem
    from pytest_refusal.escaping import printable

    sheet: Path = given.sheet
    if sheet.suffix not in SUFFIXES or sheet.name.endswith(KEY_SUFFIX):
        raise UsageProblem(f"argument -o: expected FILE.jsonl or FILE.csv, got {printable(str(sheet))}")
    key = sheet.with_name(sheet.stem + KEY_SUFFIX)
    drawn = draw(read_pool(given.report), given.count, given.seed)
    if not drawn.rows:
        return 1, f"{printable(str(given.report))} holds no judged answer with a text: there is nothing to label\n"
    write_files({sheet: drawn.sheet_bytes(sheet.suffix), key: drawn.key_bytes()}, given.force)
    return 0, _said(drawn, sheet, key, given.count)


def _said(drawn: Sheet, sheet: Path, key: Path, asked: int) -> str:
    from pytest_refusal.escaping import printable

    lines = [f"{printable(str(sheet))}: {len(drawn.rows)} of {drawn.texts} judged answers, drawn at random, each once"]
    if asked > drawn.texts:
        lines.append(f"  ({asked} were asked for, and there are no more)")
    if drawn.without_text:
        lines.append(f"  ({drawn.without_text} judged answers have no text, such as tool calls: left out)")
    return "\n".join(
        [
            *lines,
            "  fill in 'label': refusal, partial, theater or compliance; empty where nobody can tell",
            f"{printable(str(key))}: which answer is whose, and what the judge said",
            "  only who does not label may open it",
            f"then: pytest-refusal calibrate {printable(str(sheet))}",
            "",
        ]
    )


def _count(text: str) -> int:
    try:
        count = int(text)
    except ValueError:
        count = 0
    if count < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number, 1 or more, got {text!r}")
    return count
