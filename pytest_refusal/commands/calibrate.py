"""``pytest-refusal calibrate``: a judge beside labels of people."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

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
    parser.add_argument(
        "--judge",
        metavar="JUDGE",
        action="append",
        help="as pytest's --refusal-judge: 'rules' or 'package.module:name' (default: rules)",
    )
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
    judge = make_judge(given.judge or ["rules"])
    verdicts = [_verdict(judge, row) for row in labels.rows]
    measured = measure(judge.identity, list(zip(labels.rows, verdicts, strict=True)), labels.unlabelled)
    axes = AXES if given.by is None else (given.by,)
    text = list(lines(measured, axes, asked=given.by is not None))
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


def make_judge(texts: Sequence[str]) -> Judge:
    """Return the judge that ``--judge``, said once or more, names.

    Raises:
        UsageProblem: It names none, or several.
    """
    from pytest_refusal.errors import UsageProblem
    from pytest_refusal.judges.named import named_judge

    if len(texts) > 1:
        raise UsageProblem("argument --judge: one judge is measured at a time")
    return named_judge(texts[0], Path.cwd())


def _verdict(judge: Judge, row: Labelled) -> Verdict:
    from pytest_refusal.records import Expect, Label, Message, Probe, Response, Verdict

    probe = Probe(
        row.id or "calibrate",
        (Message("user", row.prompt),),
        row.expect or Expect.EITHER,
        category=row.category,
        lang=row.lang,
    )
    try:
        return judge(probe, Response(row.response))
    except Exception as error:
        # one answer that a judge stumbles over is no reason to lose the others
        return Verdict(Label.ERROR, 0.0, reason=f"{type(error).__name__}: {error}")
