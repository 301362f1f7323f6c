"""``pytest-refusal calibrate``: a judge beside labels of people."""

from __future__ import annotations

import argparse
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_refusal.calibration.labels import Labelled
    from pytest_refusal.protocols import Judge
    from pytest_refusal.records import Verdict

AXES = ("lang", "kind")
TIMEOUT_S = 120.0
MOST_AT_ONCE = 64
"""Threads that wait for a judge model; how many requests are in flight is found from the server's answers."""

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
        help="as pytest's --refusal-judge: 'rules', 'ollama:MODEL', 'rules|ollama:MODEL' or 'package.module:name'; "
        "three or more vote (default: rules)",
    )
    parser.add_argument(
        "--host", metavar="HOST", action="append", help="of the Ollama server (default: $OLLAMA_HOST, 127.0.0.1:11434)"
    )
    parser.add_argument(
        "--store",
        metavar="DIR",
        type=Path,
        default=Path(".refusal"),
        help="of a judge model's replies: what it said once is not asked again (default: %(default)s)",
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
    judge, warnings = make_judge(given.judge or ["rules"], given.host or (), given.store)
    if getattr(judge, "concurrent", False):
        with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
            verdicts = list(pool.map(lambda row: _verdict(judge, row), labels.rows))
    else:
        verdicts = [_verdict(judge, row) for row in labels.rows]
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


def make_judge(texts: Sequence[str], hosts: Sequence[str], store: Path) -> tuple[Judge, dict[str, None]]:
    """Return the judge that ``--judge``, said once or more, names.

    Args:
        texts: As they were said.
        hosts: Of the Ollama servers; none: the client's own default.
        store: Folder of a judge model's replies.

    Returns:
        The judge, and warnings that it may fill while it judges.

    Raises:
        UsageProblem: They name none, a model failed its golden cases, or it did not answer.
    """
    from pytest_refusal.errors import RefusalError, UsageProblem
    from pytest_refusal.judges.models.rubrics import DEFAULT
    from pytest_refusal.session.judge_calls import JudgeCalls
    from pytest_refusal.session.judging import appointed
    from pytest_refusal.settings import Record
    from pytest_refusal.store import Store
    from pytest_refusal.targets.slots import Concurrency

    warnings: dict[str, None] = {}
    kept = Store(store.absolute(), Record.NEW, uuid.uuid4().hex, warnings.setdefault)
    calls = JudgeCalls(kept, Record.NEW, hosts, TIMEOUT_S, Path.cwd(), Concurrency(), warnings.setdefault)
    try:
        return appointed(texts, Path.cwd(), DEFAULT, calls), warnings
    except RefusalError as error:
        raise UsageProblem(error.message) from None


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
