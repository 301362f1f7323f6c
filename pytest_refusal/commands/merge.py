"""``pytest-refusal merge``: the reports of a CI matrix become the report of the whole run."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_refusal.session.past.merging import Merged

DESCRIPTION = """\
Join the JSON reports of one run that was split: by -k, by folders, by conditions, over the machines of a CI matrix.
Rates, intervals, agreement, consistency and limits are counted anew from all outcomes, as the whole run would have.
Probes that one shard left out and another asked were not left out.

Refused, with every reason and nothing written: the same outcome in two reports, different judges, another version,
probe, condition, rule, seed or other limits.

The verdict of a gate is not carried over: 'pytest-refusal compare' holds the whole against a baseline. Texts are there
if all reports have them."""

EXAMPLE = """\
example:
  pytest -k "not fraud" --refusal-report=a.json
  pytest -k fraud --refusal-report=b.json
  pytest-refusal merge a.json b.json -o whole.json
  pytest-refusal compare refusal-baseline.jsonl whole.json

ends with 1 if the reports are refused."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "merge",
        help="join the reports of a run that was split",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("reports", metavar="REPORT", type=Path, nargs="+", help="JSON reports (--refusal-report)")
    parser.add_argument(
        "-o", "--output", metavar="FILE", type=Path, required=True, help="FILE.json; written over if there"
    )
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> tuple[int, str]:
    """Write the report of the whole.

    Returns:
        (exit status, text to print): 1 if the reports are refused.

    Raises:
        UsageProblem: A report or the file cannot be used.
    """
    from pytest_refusal.commands.files import json_file, write_files
    from pytest_refusal.errors import NotMerged
    from pytest_refusal.escaping import printable
    from pytest_refusal.reports.wire_json import as_text, report_json
    from pytest_refusal.session.past.merging import merged
    from pytest_refusal.session.past.reading import read_report

    output = json_file(given.output)
    shards = [read_report(path) for path in given.reports]
    try:
        whole = merged(shards)
    except NotMerged as refused:
        said = "\n".join(f"  * {reason}" for reason in refused.reasons)
        return 1, f"the reports are not merged, and nothing was written:\n{said}\n"
    row = report_json(whole.report)
    row["gate"] |= whole.gate
    write_files({output: as_text(row).encode()}, over=True)
    return 0, "\n".join([*_said(whole), "", f"written: {printable(str(output))}", ""])


def _said(whole: Merged) -> Iterator[str]:
    from pytest_refusal.baseline.accepting import many
    from pytest_refusal.escaping import printable
    from pytest_refusal.reports.terminal import lines

    for line in lines(whole.report):
        yield line.text
    for name, counts in whole.report.not_run.items():
        lost = f"{many(sum(counts.values()), 'attempt')} of {many(len(counts), 'probe')}"
        yield f"{printable(name, 60)}: {lost} in no shard, which count as not run"
    yield from whole.not_carried
