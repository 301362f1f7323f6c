"""A baseline judged by another judge: its lines and their answers → the lines as this judge counts them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pytest_refusal.baseline import BaselineLine
from pytest_refusal.baseline.answers import key_of
from pytest_refusal.protocols import Judge
from pytest_refusal.records import Kind, Label, Probe, Response, Verdict

Row = Mapping[str, Any]
Each = Callable[[Callable[[Any], Any], Sequence[Any]], Iterable[Any]]
"""``map``, or one that does several at once and keeps the order."""


@dataclass(frozen=True, slots=True)
class JudgedAgain:
    """Lines after they were judged again.

    Attributes:
        lines: All of them, in their order; those of ``missing``, and those that this judge had judged, as they were.
        labels: (label before, label now) → attempts, those that stay among them; kept verdicts are not counted here.
        moved_probes: (probe, condition) of which a label moved, sorted.
        missing: (probe, condition) of lines that cannot be judged again, sorted: an answer has no text, or the answers
            are not those of the line, or the probe is not there, or not what it was.
        kept: Attempts whose verdict stays: it rests on what was done (a forbidden call, a tool call without a word, a
            provider's filter), and the text alone does not say so.
        answers: The rows of answers, with the labels as they are now, in their order.
        failures: Why the judge gave no verdict, for each answer that it failed on: those are errors now.
    """

    lines: tuple[BaselineLine, ...]
    labels: Mapping[tuple[Label, Label], int] = field(default_factory=dict)
    moved_probes: tuple[tuple[str, str], ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    kept: int = 0
    answers: tuple[Row, ...] = ()
    failures: tuple[str, ...] = ()

    @property
    def failed(self) -> int:
        """How many answers the judge failed on."""
        return len(self.failures)

    @property
    def moved(self) -> dict[tuple[Label, Label], int]:
        """(label before, label now) → attempts, of those that differ."""
        return {pair: count for pair, count in self.labels.items() if pair[0] is not pair[1]}


def judge_again(
    lines: Sequence[BaselineLine],
    answers: Sequence[Row],
    probes: Mapping[str, Probe],
    judge: Judge,
    *,
    each: Each = map,
) -> JudgedAgain:
    """Judge the answers behind a baseline again. Nothing is read or written.

    Args:
        lines: Of the baseline; those of this judge stay as they are.
        answers: Rows of ``baseline.answers.read_answers``.
        probes: By id, as they may be written: a line is judged again only if its probe has the same content.
        judge: Acts before words, as in a run: its identity becomes that of the lines. What it raises is an ``error``.
        each: How the answers are gone through; a judge that may be called on any thread can be called on many.
    """
    by_line: dict[tuple[str, str, str], list[int]] = {}
    for number, row in enumerate(answers):
        by_line.setdefault(key_of(row), []).append(number)
    others = [one for one in lines if one.judge != judge.identity]
    missing = {one.key for one in others if not _fits(one, [answers[n] for n in by_line.get(one.key, ())], probes)}
    todo: list[tuple[int, Probe]] = []
    kept: set[int] = set()
    for line in (one for one in others if one.key not in missing):
        stay = set(_staying(line, answers, by_line.get(line.key, [])))
        kept |= stay
        probe = probes[line.probe]
        asked = probe if line.rewording is None else probe.reworded(line.rewording.text)
        todo += [(number, asked) for number in by_line.get(line.key, ()) if number not in stay]
    said = each(lambda one: verdict_of(judge, one[1], Response(answers[one[0]]["text"])), todo)
    verdicts: dict[int, Verdict] = {number: verdict for (number, _), verdict in zip(todo, said, strict=True)}
    labels = Counter((Label(answers[number]["label"]), verdict.label) for number, verdict in verdicts.items())
    again = {one.key for one in others} - missing
    return JudgedAgain(
        tuple(
            _counted(one, answers, by_line.get(one.key, ()), verdicts, judge) if one.key in again else one
            for one in lines
        ),
        {(old, new): labels[old, new] for old in Label for new in Label if labels[old, new]},
        _pairs(answers[number] for number, one in verdicts.items() if one.label.value != answers[number]["label"]),
        tuple(sorted({(probe, condition) for probe, condition, _ in missing})),
        len(kept),
        tuple(_row(row, verdicts.get(number)) for number, row in enumerate(answers)),
        tuple(one.reason for one in verdicts.values() if one.label is Label.ERROR),
    )


def verdict_of(judge: Judge, probe: Probe, response: Response) -> Verdict:
    """Return what the judge says; one that fails on an answer is no reason to lose the others: that is an ``error``."""
    try:
        return judge(probe, response)
    except Exception as error:
        return Verdict(Label.ERROR, 0.0, reason=f"{type(error).__name__}: {error}")


def rests_on_acts(label: str, text: str, kind: object, violation: object) -> bool:
    """Return whether a verdict cannot be made again of the text alone: it rests on what was done, or on a filter.

    Args:
        label: Its word.
        text: The answer.
        kind: Of the refusal, a word or None.
        violation: What was forbidden and done, or nothing.
    """
    return bool(violation) or kind == Kind.FILTER.value or not text.strip()


def _fits(line: BaselineLine, rows: Sequence[Row], probes: Mapping[str, Probe]) -> bool:
    """Return whether every attempt that has an answer has its text here, and the probe is what it was."""
    probe = probes.get(line.probe)
    if probe is None or probe.content_sha256 != line.content_sha256:
        return False
    if len({(row["attempt"], row["request"]) for row in rows}) != len(rows):
        return False
    have = Counter(row["label"] for row in rows)
    # a target that failed has said nothing; a judge that failed on an answer left its text
    return all(
        count == have[label] or (label is Label.ERROR and count > have[label]) for label, count in line.labels.items()
    ) and len(rows) == sum(have[label] for label in line.labels)


def _staying(line: BaselineLine, answers: Sequence[Row], mine: Sequence[int]) -> Iterator[int]:
    """Yield the rows whose verdict stays."""
    told = Counter(answers[number]["label"] for number in mine if answers[number].get("violation"))
    # the answers of an older baseline do not say which of them was a violation: then all that may be one
    unsaid = {label.value for label, count in line.violations.items() if count > told[label]}
    for number in mine:
        row = answers[number]
        if row["label"] in unsaid or rests_on_acts(row["label"], row["text"], row.get("kind"), row.get("violation")):
            yield number


def _counted(
    line: BaselineLine, answers: Sequence[Row], mine: Sequence[int], verdicts: Mapping[int, Verdict], judge: Judge
) -> BaselineLine:
    labels, forbidden = Counter(line.labels), Counter(line.violations)
    for number in mine:
        if (verdict := verdicts.get(number)) is not None:
            labels[Label(answers[number]["label"])] -= 1
            labels[verdict.label] += 1
            if verdict.violation and verdict.label.judged:
                forbidden[verdict.label] += 1
    return replace(
        line,
        labels={label: labels[label] for label in Label if labels[label] > 0},
        violations={label: forbidden[label] for label in Label if forbidden[label] > 0},
        judge=judge.identity,
    )


def _row(row: Row, verdict: Verdict | None) -> Row:
    if verdict is None:
        return row
    now = {**row, "label": verdict.label.value}
    if verdict.violation:
        now["violation"] = True
    return now


def _pairs(rows: Iterable[Row]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted({(row["probe"], row["condition"]) for row in rows}))
