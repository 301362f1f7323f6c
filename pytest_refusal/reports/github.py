"""Report → GitHub Actions: annotations, and the summary of a step.

What a workflow command is and how its parts are escaped: actions/runner, ``ActionCommand.cs``; the same from the other
side: actions/toolkit, ``command.ts``. That other lines are no commands is the work of :func:`~..escaping.printable`.
"""

# no "from __future__ import annotations": that is the name of what this module is for

from collections.abc import Iterable, Iterator

from pytest_refusal.escaping import printable
from pytest_refusal.reports import gate, gate_markdown, wording
from pytest_refusal.reports import gate_words as words
from pytest_refusal.reports.markup import table
from pytest_refusal.summary import GateVerdict, Report

ANNOTATIONS = 10
"""GitHub shows so many errors of a step; the rest is counted."""

SUMMARY_BYTES = 1024 * 1024 - 1
"""A larger summary of a step is left out as a whole."""

_LEVELS = {
    GateVerdict.FAIL: "error",
    GateVerdict.UNMEASURED: "error",
    GateVerdict.UNDECIDED: "warning",
    GateVerdict.PASS: "notice",
    GateVerdict.NONE: "notice",
}

_CUT = "This summary was cut: a step's summary has at most 1 MiB. The report (--refusal-report=FILE.md) has all of it."


def annotations(report: Report) -> Iterator[str]:
    """Yield workflow commands, each to be printed as a line of its own: the gate's verdict and whatever is broken."""
    found = [*_verdict(report), *_broken(report)]
    shown = found if len(found) <= ANNOTATIONS else found[: ANNOTATIONS - 1]
    yield from (_command(*one) for one in shown)
    if more := len(found) - len(shown):
        yield _command("error", "refusal", f"and {more} more failed: see the section 'refusal' of the output")


def step_summary(report: Report, *, limit: int = SUMMARY_BYTES) -> str:
    """Return a page for the file that ``GITHUB_STEP_SUMMARY`` names: the gate, broken limits, a row a condition.

    Args:
        report: Of the run.
        limit: How many bytes of UTF-8 it may have: less, where the file holds something already. What is too long is
            cut at a line, and says so; ``""`` where not even that has room.
    """
    return _within(list(_page(report)), limit)


def _verdict(report: Report) -> Iterator[tuple[str, str, str]]:
    if report.gate is not None:
        result = report.gate.result
        said = words.verdict(result, report.gate.margin, report.gate.remark)
        yield _LEVELS[result.verdict], f"refusal gate: {words.WORDS[result.verdict]}", said


def _broken(report: Report) -> Iterator[tuple[str, str, str]]:
    known = report.broken
    if report.gate is not None:
        # in the gate's own words: the report's entries may have others
        failed = report.gate.result.broken
        for one, name in zip(failed, gate.report_name(failed), strict=True):
            yield "error", f"refusal::{name}", gate.message(one)
        known = (*(one for one in known if one.family == "gate"), *report.limits_broken)
    for limit in known:
        yield "error", f"refusal::{limit.name}", limit.message


def _command(level: str, title: str, text: str) -> str:
    data = "\n".join(printable(line) for line in text.split("\n"))
    return f"::{level} title={_property(printable(title))}::{_data(data)}"


def _data(text: str) -> str:
    # percent first, or the other escapes would be escaped
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _page(report: Report) -> Iterator[str]:
    yield from gate_markdown.opening(report)
    yield from gate_markdown.standing(report)
    if report.summary:
        yield ""
        yield from table(wording.condition_rows(report))


def _within(page: Iterable[str], limit: int) -> str:
    page = list(page)
    whole = "\n".join(page) + "\n"
    if len(whole.encode()) <= limit:
        return whole
    kept: list[str] = []
    size = 0
    end = ""
    ending: list[str] = []
    for line in page:
        if end:
            end = "" if line == end else end
        elif line == "<details>" or line.startswith("```"):
            end = "</details>" if line == "<details>" else line
        # what is open is closed, or the sentence would be hidden in it
        closing = ["", *([end, ""] if end else []), _CUT]
        size += len(line.encode()) + 1
        if size + len("\n".join(closing).encode()) + 1 > limit:
            break
        kept.append(line)
        ending = closing
    if not kept:
        return f"{_CUT}\n" if len(_CUT) < limit else ""
    return "\n".join([*kept, *ending]) + "\n"
