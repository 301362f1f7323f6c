"""``pytest-refusal rejudge``: stored answers, judged again; no target is asked."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pytest_refusal.commands.judges import add_judge_argument, add_judge_model_arguments, going_through, make_judge

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_refusal.protocols import Judge
    from pytest_refusal.session.gating.judged_again import Each, JudgedAgain

DESCRIPTION = """\
Judge the answers of a report again, by the rules of this version or another judge: rates, agreement, consistency and
limits are counted anew, and which labels moved is printed. --output writes the report; without it nothing is written.

Of a baseline (FILE.jsonl) the answers stand beside it (FILE.answers.jsonl), and --report names a report that has its
probes. Its lines are counted anew and written over, or to --output.

An answer is its text here, as the report has it: secrets are taken out. A verdict that rests on what was done (a
forbidden text or call, a tool call without a word) or on a provider's filter stays as it was; how many is said. If an
answer has no text, or the judge fails on one, nothing is written. The smallest flip of a probe that moved is not known
any more."""

EXAMPLE = """\
example:
  pytest-refusal rejudge report.json --judge "rules|ollama:llama3.2" --output again.json
  pytest-refusal rejudge refusal-baseline.jsonl --report report.json

ends with 1 if an answer has no text or no verdict."""

Done = TypeVar("Done")


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "rejudge",
        help="judge stored answers again",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="a JSON report with texts, or FILE.jsonl: a baseline")
    parser.add_argument("--report", metavar="REPORT", type=Path, help="of a baseline: a JSON report with its probes")
    parser.add_argument(
        "-o", "--output", metavar="FILE", type=Path, help="where the result goes; written over if there"
    )
    add_judge_argument(parser)
    parser.add_argument(
        "--handoff-tool",
        metavar="NAME",
        action="append",
        help="as ini refusal_handoff_tools, whose names are a part of who judged; repeatable",
    )
    add_judge_model_arguments(parser)
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> tuple[int, str]:
    """Judge again.

    Returns:
        (exit status, text to print): 1 if an answer has no text or no verdict.

    Raises:
        UsageProblem: A file or the judge cannot be used.
    """
    from pytest_refusal.errors import UsageProblem
    from pytest_refusal.escaping import printable

    if given.file.suffix == ".jsonl":
        return _baseline(given)
    if given.report is not None:
        raise UsageProblem(
            f"argument --report: a baseline (FILE.jsonl) needs one, {printable(str(given.file))} is a report itself"
        )
    return _report(given)


def _report(given: argparse.Namespace) -> tuple[int, str]:
    from pytest_refusal.commands.files import json_file, write_files
    from pytest_refusal.commands.rejudge_text import missing_text, report_lines
    from pytest_refusal.errors import UsageProblem
    from pytest_refusal.escaping import printable
    from pytest_refusal.reports.wire_json import as_text, report_json
    from pytest_refusal.session.past.merging import gate_of
    from pytest_refusal.session.past.reading import read_report
    from pytest_refusal.session.past.rejudging import rejudged

    output = None if given.output is None else json_file(given.output)
    read = read_report(given.file)
    if not read.report.texts:
        raise UsageProblem(
            f"{read.name} holds no texts (refusal_report_text = none), so there is nothing to judge; write it again "
            "with pytest -o refusal_report_text=full --refusal-report=FILE.json"
        )
    if not read.report.outcomes:
        raise UsageProblem(f"{read.name} has no answers: run the tests that have probes")
    done, warnings = _judged(given, lambda judge, each: rejudged(read.report, judge, each=each))
    if done.missing:
        return 1, missing_text(read.name, done.missing, "the report does not have the text of an answer")
    lines = [*report_lines(read, done), *warnings]
    if done.failures:
        lines += _failed(done.failures)
        return 1, "\n".join([*lines, ""])
    if output is None:
        lines += ["", "nothing was written; --output FILE.json writes the report"]
    else:
        row = report_json(done.report)
        row["gate"] |= gate_of([read])
        write_files({output: as_text(row).encode()}, over=True)
        lines += ["", f"written: {printable(str(output))}"]
    return 0, "\n".join([*lines, ""])


def _baseline(given: argparse.Namespace) -> tuple[int, str]:
    from pytest_refusal.baseline import changes, read_baseline, to_text
    from pytest_refusal.baseline.answers import SUFFIX, answers_path, answers_text, read_answers
    from pytest_refusal.commands.accept_text import changed
    from pytest_refusal.commands.files import write_what_differs
    from pytest_refusal.commands.rejudge_text import baseline_lines, missing_text
    from pytest_refusal.errors import UsageProblem
    from pytest_refusal.escaping import printable
    from pytest_refusal.session.gating.judged_again import judge_again
    from pytest_refusal.session.past.reading import read_report

    path: Path = given.file
    output: Path = given.output or path
    name = printable(str(path))
    for argument, one in (("FILE", path), ("--output", output)):
        if one.suffix != ".jsonl" or one.name.endswith(SUFFIX):
            raise UsageProblem(f"argument {argument}: expected a baseline, FILE.jsonl, got {printable(str(one))}")
    if given.report is None:
        raise UsageProblem(f"argument --report: {name} holds no prompts; name a JSON report of its probes")
    if not answers_path(path).exists():
        raise UsageProblem(
            f"{printable(str(answers_path(path)))} is not there, and without answers nothing can be judged: "
            "'pytest-refusal accept' writes it beside the baseline; get it from where it is kept, or accept anew"
        )
    lines = read_baseline(path).lines
    answers = read_answers(answers_path(path))
    read = read_report(given.report)
    if not read.report.texts:
        raise UsageProblem(f"{read.name} holds no texts (refusal_report_text = none), and so no prompts")

    def again(judge: Judge, each: Each) -> JudgedAgain:
        return judge_again(lines, answers, read.report.probes, judge, each=each)

    done, warnings = _judged(given, again)
    if done.missing:
        return 1, missing_text(
            name,
            done.missing,
            f"{printable(str(answers_path(path)))} does not have the answers as they were counted, or {read.name} "
            "not the probe as it was",
        )
    said = [*baseline_lines(done), *changed(lines, done.lines, changes(lines, done.lines), name), *warnings]
    if done.failures:
        return 1, "\n".join([*said, *_failed(done.failures), ""])
    contents = {output: to_text(done.lines).encode(), answers_path(output): answers_text(done.answers).encode()}
    return 0, "\n".join([*said, "", *write_what_differs(contents), ""])


def _judged(given: argparse.Namespace, work: Callable[[Judge, Each], Done]) -> tuple[Done, list[str]]:
    """Return what the named judge makes of the work, and warnings to print."""
    from pytest_refusal.escaping import printable
    from pytest_refusal.judges.acts import ActsFirst

    words, warnings = make_judge(given.judge or ["rules"], given.host or (), given.store)
    judge = ActsFirst(words, given.handoff_tool or ())
    with going_through(judge.asks and judge.concurrent) as each:
        done = work(judge, each)
    return done, [f"warning: {printable(one)}" for one in warnings]


def _failed(reasons: Sequence[str]) -> list[str]:
    from pytest_refusal.baseline.accepting import many
    from pytest_refusal.escaping import printable

    return [
        "",
        f"nothing was written: the judge failed on {many(len(reasons), 'answer')}, the first time with "
        f"{printable(reasons[0], 200)}",
    ]
