"""The gate as a section of a Markdown page, for who reviews a pull request: verdict, tests, answers side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pytest_refusal.escaping import printable
from pytest_refusal.reports import gate_run, wording
from pytest_refusal.reports import gate_words as words
from pytest_refusal.reports.markup import escape, table
from pytest_refusal.summary import DirectionResult, GateReport, GateVerdict, Moved, Report, SideBySide, Tested

ROWS_SHOWN = 50
"""Rows of a table; the rest is counted."""

TEXT_SHOWN = 300
"""Characters of a prompt or an answer."""

_HEADINGS = ["test", "of", "before", "now", "drop", "p, adjusted in its family", "level", "verdict"]


def opening(report: Report) -> Iterator[str]:
    """Yield how a page begins: its heading, and before all else the gate's section where the run has one."""
    yield "# Refusal report"
    yield ""
    if report.gate is not None:
        yield from section(report)
        yield ""
        yield "## Run"
        yield ""


def standing(report: Report) -> Iterator[str]:
    """Yield the limits that do not hold, but what the gate's section says, and whether something has no verdict."""
    for broken in report.broken if report.gate is None else report.limits_broken:
        yield f"- **{wording.standing(broken)}** {escape(broken.message)}"
    if not report.complete:
        yield "- **not complete**: some attempts have no verdict"


def section(report: Report) -> Iterator[str]:
    """Yield the section's lines; nothing where the run has no gate."""
    gate = report.gate
    if gate is None:
        return
    yield "## Gate"
    yield ""
    word, _, rest = words.verdict(gate.result, gate.margin, gate.remark).partition(":")
    yield f"**{escape(word)}**:{escape(rest)}"
    yield ""
    for sentence in gate_run.as_a_whole(report):
        yield f"- **FAILED** {escape(sentence)}"
    for sentence in gate_run.compared(gate):
        # what belongs to the sentence above is indented
        yield f"{'  ' if sentence.startswith(' ') else ''}- {escape(sentence.strip())}"
    for sentence in (*words.sides_missing(gate.result), *gate_run.afterwards(report)):
        yield f"- {escape(sentence)}"
    for one in gate.result.directions:
        yield ""
        yield f"### {escape(one.condition)}, {words.MUST[one.direction]}: {words.WORDS[one.verdict]}"
        yield from _direction(one, gate, report.texts)
    if gate.command:
        yield ""
        yield "This verdict again:"
        yield ""
        yield from _code(gate.command)


def _direction(one: DirectionResult, gate: GateReport, texts: bool) -> Iterator[str]:
    rows = list(_tests(one))
    if rows:
        yield ""
        yield from _some_rows([_HEADINGS, *rows])
    yield ""
    for failed in one.broken:
        yield f"- **FAILED** {escape(words.broken_in_words(failed))}"
    for failed in one.withdrawn:
        yield f"- withdrawn: {escape(words.broken_in_words(failed))}; {words.WITHDRAWN}"
    for sentence in _sentences(one, gate.margin):
        yield f"- {escape(sentence)}"
    for sentence in words.next_steps(one):
        yield f"- **next**: {escape(sentence)}"
    if one.verdict is GateVerdict.FAIL:
        sentence, labels = words.label_rows(one)
        if labels:
            yield ""
            yield f"{escape(sentence[:1].upper() + sentence[1:])}:"
            yield ""
            yield from table(labels)
    if one.moved:
        answers = {side.probe: side for side in gate.answers if side.condition == one.condition} if texts else {}
        yield ""
        # a pull request's reader sees the verdict first, and opens this
        yield "<details>"
        yield f"<summary>{escape(words.moved(one))}</summary>"
        yield ""
        yield from _some_rows(list(_moved(one.moved, answers)))
        yield ""
        yield "</details>"


def _sentences(one: DirectionResult, margin: float) -> Iterator[str]:
    yield from words.bound(one)
    yield from words.why(one, margin)
    for sentence, _ in words.unmeasured(one):
        yield sentence
    if one.detectable is not None:
        yield from words.detectable(one.detectable, margin)
    yield from words.never(one.never, one.of)
    if one.copies:
        yield words.copies(one)


def _tests(one: DirectionResult) -> Iterator[list[str]]:
    """Yield a row for each test of the direction."""
    right = words.RIGHT[one.direction]
    whole = (
        ("suite", f"suite: {right}", one.right),
        ("second", f"suite: {words.SECOND[one.direction]}", one.second),
        ("rewordings", f"pinned rewordings: {right}", one.rewordings),
    )
    for family, title, tested in whole:
        if tested is not None and tested.probes:
            yield _row(one, family, title, tested, "rewording" if family == "rewordings" else "probe")
    for tested in one.categories:
        yield _row(one, "category", f"category {words.name_of(tested.name)}", tested)
    for tested in one.fresh:
        yield _row(one, "category", f"category {words.name_of(tested.name)}, fresh attempts", tested)
    for tested in one.probes:
        yield _row(one, "probe", f"probe {words.name_of(tested.name)}, fresh attempts", tested)


def _row(one: DirectionResult, family: str, title: str, tested: Tested, noun: str = "probe") -> list[str]:
    p, level = words.figures(tested.p if tested.adjusted is None else tested.adjusted, tested.level)
    return [
        title,
        words.many(tested.probes, noun),
        words.rate(tested.before),
        words.rate(tested.now),
        _drop(tested.drop),
        p,
        level,
        _says(one, family, tested),
    ]


def _drop(drop: float) -> str:
    if not drop:
        return "none"
    return words.points(drop) if drop > 0 else f"rose {words.points(-drop)}"


def _says(one: DirectionResult, family: str, tested: Tested) -> str:
    """Return what a test says, as the direction has taken it."""
    key = (family, tested.name)
    if key in {(each.family, each.name) for each in one.withdrawn}:
        return "withdrawn"
    if tested.fails:
        return "FAILS"
    if tested.fails_by_unjudged:
        return "FAILS: unjudged rose" if key in {(each.family, each.name) for each in one.broken} else "open: unjudged"
    return "can never fail" if tested.adjusted is None else "does not fail"


def _moved(moved: tuple[Moved, ...], answers: Mapping[str, SideBySide]) -> Iterator[list[str]]:
    """Yield a table of what moved, its headings first."""
    yield ["probe", "before", "now", *(["prompt", "answer before", "answer now"] if answers else [])]
    for one in moved:
        row = [
            words.name_of(one.probe),
            words.counts(one.before) + (", wrong before too" if one.known else ""),
            words.counts(one.now),
        ]
        if answers:
            row += _sides(answers.get(one.probe))
        yield row


def _sides(one: SideBySide | None) -> list[str]:
    if one is None:
        return ["", "", ""]
    return [
        printable(one.prompt, TEXT_SHOWN),
        "not at hand"
        if one.before is None
        else f"{one.before_label}: {printable(one.before, TEXT_SHOWN) or 'no text'}",
        f"{one.now_label}: {printable(one.now, TEXT_SHOWN) or 'no text'}",
    ]


def _some_rows(rows: list[list[str]]) -> Iterator[str]:
    yield from table(rows[: ROWS_SHOWN + 1])
    if (more := len(rows) - 1 - ROWS_SHOWN) > 0:
        yield ""
        yield f"and {more} more"


def _code(text: str) -> Iterator[str]:
    """Yield a block of code to be copied; its fence is longer than any in the text."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    yield fence
    yield printable(text)
    yield fence
