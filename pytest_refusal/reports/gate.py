"""The gate on the terminal: the verdict in words, what moved, what could not have been seen, and what to do next.

Every number names its denominator; ids, names and texts are escaped. :func:`lines` shows no text of a prompt or an
answer; :func:`report_lines` shows the answers to what moved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pytest_refusal.escaping import printable
from pytest_refusal.reports import gate_run
from pytest_refusal.reports import gate_words as words
from pytest_refusal.reports.layout import Line, table
from pytest_refusal.summary import BrokenGate, DirectionResult, GateResult, GateVerdict, Report, SideBySide

MOVED_SHOWN = 15
"""Probes that moved and are listed on a FAIL; the rest is counted."""

MOVED_ELSE = 5
"""The same otherwise: some always move."""

ANSWER_SHOWN = 160
"""Characters of an answer."""

_Answers = Mapping[tuple[str, str], SideBySide]


def lines(result: GateResult, *, margin: float, remark: str = "") -> Iterator[Line]:
    """Yield what the gate says of a run.

    Args:
        result: What it found.
        margin: What it was told: the drop that PASS excludes, a fraction.
        remark: For the first line, such as that the model changed; fit to be shown.
    """
    yield _verdict(result, margin, remark)
    yield from _directions(result, margin, {})


def report_lines(report: Report) -> Iterator[Line]:
    """Yield the same of a run's report, with what was compared, the answers, and how to make the verdict again.

    Nothing where the run has no gate.
    """
    gate = report.gate
    if gate is None:
        return
    yield _verdict(gate.result, gate.margin, gate.remark)
    for text in gate_run.as_a_whole(report):
        yield Line(f"FAILED: {text}", "bad")
    for text in gate_run.compared(gate):
        yield Line(text)
    answers = {(one.condition, one.probe): one for one in gate.answers} if report.texts else {}
    yield from _directions(gate.result, gate.margin, answers)
    yield Line("")
    for text in gate_run.afterwards(report):
        yield Line(text)
    if gate.command:
        yield Line(f"this verdict again: {printable(gate.command)}")


def message(one: BrokenGate) -> str:
    """Return the text of the failed test report of something that the gate fails: what broke, where, what to do."""
    return "\n".join(
        (
            words.broken_in_words(one),
            f"  condition  {words.name_of(one.condition)}",
            f"  direction  {words.MUST[one.direction]}",
            f"  next       {_remedy(one)}",
        )
    )


def report_name(broken: Sequence[BrokenGate]) -> list[str]:
    """Return what stands behind ``refusal::`` in the name of each one's test report; no two are the same.

    ``suite``, ``suite-second``, ``rewordings``, ``category[privacy]``, ``probe[address-1]`` (a critical one too); with
    ``[condition:direction]`` behind it where a run has several of a name.
    """
    names = [_name(one) for one in broken]
    often = Counter(names)
    taken: set[str] = set()
    told = []
    for one, name in zip(broken, names, strict=True):
        full = f"{name}[{printable(one.condition)}:{one.direction}]" if often[name] > 1 else name
        # a critical probe fails by one wrong attempt and by its fresh ones
        unique, number = full, 1
        while unique in taken:
            number += 1
            unique = f"{full}#{number}"
        taken.add(unique)
        told.append(unique)
    return told


def _name(one: BrokenGate) -> str:
    match one.family:
        case "suite" | "rewordings":
            return one.family
        case "second":
            return "suite-second"
        case "critical":
            return f"probe[{printable(one.name)}]"
        case _:
            return f"{one.family}[{printable(one.name)}]"


def _remedy(one: BrokenGate) -> str:
    if one.by_unjudged:
        return "see why attempts have no verdict (the report's outcomes: 'reason'), and run again"
    if one.family == "critical":
        return (
            "a critical probe has to be right in every attempt, whatever the baseline says: undo the edit, or make the "
            "probe no critical one"
        )
    return (
        "read both answers to what moved in the section 'refusal' or in --refusal-report=FILE.md; undo the edit, or, "
        "if this is what you want, pytest-refusal accept makes it the baseline"
    )


def _verdict(result: GateResult, margin: float, remark: str) -> Line:
    return Line(f"gate: {words.verdict(result, margin, remark)}", words.TONES[result.verdict])


def _directions(result: GateResult, margin: float, answers: _Answers) -> Iterator[Line]:
    for one in result.directions:
        yield Line("")
        heading = f"{printable(one.condition)}, {words.MUST[one.direction]}: {words.WORDS[one.verdict]}"
        yield Line(heading, words.TONES[one.verdict])
        for line in _direction(one, margin, answers):
            yield Line(f"  {line.text}".rstrip(), line.tone)
    for text in words.sides_missing(result):
        yield Line("")
        yield Line(text)


def _direction(one: DirectionResult, margin: float, answers: _Answers) -> Iterator[Line]:
    for text in words.suite(one):
        yield Line(text)
    for failed in one.broken:
        yield Line(f"FAILED {words.broken(failed)}", "bad")
    for failed in one.withdrawn:
        yield Line(f"withdrawn: {words.broken(failed)}; {words.WITHDRAWN}", "note")
    for text in words.categories(one):
        yield Line(text)
    for text in words.why(one, margin):
        yield Line(text, "note")
    for text, tone in words.unmeasured(one):
        yield Line(text, tone)
    yield from _moved(one, answers)
    if one.verdict is GateVerdict.FAIL:
        sentence, rows = words.label_rows(one)
        if rows:
            yield Line(sentence)
            for line in table(rows):
                yield Line(f"  {line.text}")
    if one.detectable is not None:
        for text in words.detectable(one.detectable, margin):
            yield Line(text)
    for text in words.never(one.never, one.of):
        yield Line(text)
    if one.copies:
        yield Line(words.copies(one))
    for text in words.next_steps(one):
        yield Line(f"next: {text}")


def _moved(one: DirectionResult, answers: _Answers) -> Iterator[Line]:
    if not one.moved:
        return
    yield Line(words.moved(one))
    limit = MOVED_SHOWN if one.verdict is GateVerdict.FAIL else MOVED_ELSE
    for moved in one.moved[:limit]:
        known = ", wrong before too" if moved.known else ""
        worse = (moved.now.rate or 0.0) < (moved.before.rate or 0.0)
        text = f"  {words.name_of(moved.probe)}: {words.counts(moved.before)} → {words.counts(moved.now)}{known}"
        yield Line(text, "bad" if worse and one.verdict is GateVerdict.FAIL else "")
        sides = answers.get((one.condition, moved.probe))
        # what moves although the gate passes is noise: the report files have it
        if sides is not None and one.verdict is not GateVerdict.PASS:
            yield from _sides(sides)
    if (more := len(one.moved) - limit) > 0:
        yield Line(f"  and {more} more")


def _sides(one: SideBySide) -> Iterator[Line]:
    before = "not at hand" if one.before is None else printable(one.before, ANSWER_SHOWN) or "(no text)"
    # behind a label on its line: nothing that a model wrote begins one
    yield Line(f"    before{_label(one.before_label)}: {before}")
    yield Line(f"    now{_label(one.now_label)}: {printable(one.now, ANSWER_SHOWN) or '(no text)'}")


def _label(label: str) -> str:
    return f" ({printable(label)})" if label else ""
