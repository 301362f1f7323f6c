"""``pytest-refusal calibrate``: a judge beside labels of people."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_refusal.commands.judges import add_judge_argument, add_judge_model_arguments, going_through, make_judge

if TYPE_CHECKING:
    from pytest_refusal.calibration.labels import Labelled
    from pytest_refusal.protocols import Judge
    from pytest_refusal.records import Verdict

AXES = ("lang", "kind")

DESCRIPTION = """\
Say how good a judge is, by answers that people labelled: JSONL or CSV with 'prompt', 'response', 'label' (refusal,
partial, theater, compliance; empty: not labelled yet) and, where known, 'lang' and 'kind'. 'pytest-refusal sample'
makes such a sheet of a run's answers.

Every figure has its count and its 95 % interval. What the judge could not judge stands apart and is neither right nor
wrong. With 50 labels of refusals and 50 of the rest, --save keeps what a run needs to correct its rates for the judge's
errors: ini refusal_calibration = FILE.

Label answers of your own application: a judge that is right on other people's answers may be wrong on yours."""

EXAMPLE = """\
example:
  pytest-refusal calibrate labels.csv --save calibration.json
  pytest -o refusal_calibration=calibration.json

ends with 1 if nothing was measured or the judge failed on an answer."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "calibrate",
        help="say how good a judge is, by answers that people labelled",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("labels", metavar="LABELS", type=Path, nargs="+", help="FILE.jsonl or FILE.csv")
    add_judge_argument(parser)
    add_judge_model_arguments(parser)
    parser.add_argument(
        "--by", choices=AXES, help="the figures by language or kind alone (default: both, where there are several)"
    )
    parser.add_argument("--save", metavar="FILE", type=Path, help="write the calibration file; written over if there")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write every figure; written over if there")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> tuple[int, str]:
    """Measure the judge.

    Returns:
        (exit status, text to print): 1 if nothing was measured or the judge failed on an answer.

    Raises:
        UsageProblem: A file or the judge cannot be used.
    """
    from pytest_refusal.calibration import kept
    from pytest_refusal.calibration.labels import read_labels
    from pytest_refusal.calibration.measure import measure
    from pytest_refusal.commands.calibration_text import lines
    from pytest_refusal.commands.files import write_files
    from pytest_refusal.escaping import printable
    from pytest_refusal.records import Label

    labels = read_labels(given.labels)
    judge, warnings = make_judge(given.judge or ["rules"], given.host or (), given.store)
    with going_through(getattr(judge, "concurrent", False)) as each:
        verdicts = list(each(lambda row: _verdict(judge, row), labels.rows))
    measured = measure(judge.identity, list(zip(labels.rows, verdicts, strict=True)), labels.unlabelled)
    axes = AXES if given.by is None else (given.by,)
    text = list(lines(measured, axes, asked=given.by is not None))
    text += [f"warning: {printable(warning)}" for warning in warnings]
    failed = [one.reason for one in verdicts if one.label is Label.ERROR]
    if failed:
        text.append(f"the judge failed on {len(failed)} answers, the first time with {printable(failed[0], 200)}")
    files = {}
    if given.save is not None:
        files[given.save] = kept.to_text(kept.kept_json(measured)).encode()
    if given.json is not None:
        files[given.json] = kept.to_text(kept.everything_json(measured)).encode()
    if measured.scores.judged and files:
        write_files(files, over=True)
        text += ["", *(f"written: {printable(str(file))}" for file in files)]
    return int(bool(failed) or not measured.scores.judged), "\n".join([*text, ""])


def _verdict(judge: Judge, row: Labelled) -> Verdict:
    from pytest_refusal.records import Expect, Message, Probe, Response
    from pytest_refusal.session.gating.judged_again import verdict_of

    probe = Probe(
        row.id or "calibrate",
        (Message("user", row.prompt),),
        row.expect or Expect.EITHER,
        category=row.category,
        lang=row.lang,
    )
    return verdict_of(judge, probe, Response(row.response))
