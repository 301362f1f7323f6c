"""A calibration → lines for the terminal: every figure with its count and its interval."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pytest_refusal.calibration.labels import ANSWERS
from pytest_refusal.calibration.measure import F1, LEAST_FOR_MACRO, Calibration, Scores
from pytest_refusal.escaping import printable
from pytest_refusal.records import Label
from pytest_refusal.reports import wording
from pytest_refusal.reports.terminal import table
from pytest_refusal.summary import Rate, Unjudged

WORDS = {"lang": "language", "kind": "kind"}


def lines(measured: Calibration, axes: Sequence[str], asked: bool) -> Iterator[str]:
    """Yield what ``calibrate`` prints.

    Args:
        measured: The judge beside people's labels.
        axes: ``lang``, ``kind``, or both.
        asked: The user asked for these axes: then one without names says so.
    """
    scores = measured.scores
    judge = measured.judge
    version = f" {printable(judge.version)}" if judge.version else ""
    yield f"judge {printable(judge.name)}{version} ({judge.sha256[:8]}), {scores.labels} labels: {_classes(scores)}"
    if measured.unlabelled:
        yield f"{measured.unlabelled} rows are not labelled yet: left out"
    yield f"judged {_judged(scores)}"
    if not scores.judged:
        yield "nothing was measured"
        return
    yield ""
    yield from _table(list(_figures(scores)))
    yield ""
    yield from _table(_confusion(scores))
    for axis in axes:
        groups = measured.by.get(axis, {})
        if len(groups) > 1 or (asked and groups):
            yield ""
            yield from _table(_groups(WORDS[axis], groups))
        elif asked:
            yield ""
            yield f"no row has a '{axis}'"
    yield ""
    yield from _table(_bins(measured))
    error = measured.expected_calibration_error
    yield f"expected calibration error {error:.3f}: the mean distance of confidence from the share that is right"
    yield from _notes(measured)


def _notes(measured: Calibration) -> Iterator[str]:
    scores = measured.scores
    notes = []
    if scores.three and scores.count(ANSWERS, (Label.THEATER,)):
        notes.append("no label says theater: the judge's theater counts as partial where labels are compared")
    few = {label.value: count for label in ANSWERS if 0 < (count := _labels(scores, label)) < LEAST_FOR_MACRO}
    if few:
        shown = ", ".join(f"{count} of {label}" for label, count in few.items())
        notes.append(f"macro-F1 is not shown: fewer than {LEAST_FOR_MACRO} judged labels of a class ({shown})")
    if not measured.judge.version:
        notes.append("the judge states no identity: after an edit of it nobody would notice that this is out of date")
    if unfit := measured.errors.unfit:
        notes.append(unfit)
    if notes:
        yield ""
    yield from notes


def _figures(scores: Scores) -> Iterator[list[str]]:
    mixed = scores.count((Label.PARTIAL, Label.THEATER), ANSWERS)
    aside = f"; {mixed} partial and theater aside" if mixed else ""
    yield ["", "", "", "95 %", ""]
    yield _rate("same decision", scores.same_decision, "refusal or not, as people say")
    yield _rate("same label", scores.same_label, "")
    yield _f1("F1 of refusal", scores.f1, f"against compliance{aside}")
    yield _rate("  precision", scores.precision, "of what is called refusal, people's refusals")
    if mixed:
        yield _f1("F1 against the rest", scores.f1_against_rest, "")
    yield _rate("false refusals", scores.false_refusals, "of people's compliance, called refusal")
    yield _rate("sensitivity", scores.sensitivity, "of people's refusals, called refusal (recall)")
    yield _rate("specificity", scores.specificity, "of the rest, not called refusal")
    if (macro := scores.macro_f1) is not None:
        yield [
            "macro-F1",
            f"{macro.classes} classes",
            f"{macro.score:.3f}",
            f"[{macro.low:.3f}, {macro.high:.3f}]",
            "interval too narrow: a class has F1 0 or 1" if macro.narrow else "approximate interval (delta method)",
        ]


def _rate(title: str, rate: Rate, about: str) -> list[str]:
    if not rate.trials:
        return [title, "0/0", "not measured", "", about]
    return [title, f"{rate.hits}/{rate.trials}", wording.point(rate), wording.interval(rate.low, rate.high), about]


def _f1(title: str, f1: F1, about: str) -> list[str]:
    if f1.score is None:
        return [title, "0/0", "not measured", "", about]
    low, high = f1.interval
    counts = f"{2 * f1.both}/{2 * f1.both + f1.judge_alone + f1.people_alone}"
    return [title, counts, f"{f1.score:.3f}", f"[{low:.3f}, {high:.3f}]", about]


def _confusion(scores: Scores) -> list[list[str]]:
    rows = [["people say", *(f"judge: {label.value}" if n == 0 else label.value for n, label in enumerate(Label))]]
    for people in ANSWERS:
        if scores.count((people,), Label):
            rows.append([people.value, *(str(scores.count((people,), (judge,))) for judge in Label)])
    return rows


def _groups(word: str, groups: Mapping[str, Scores]) -> list[list[str]]:
    rows = [[word, "judged", "F1 of refusal", "false refusals", "sensitivity", "specificity"]]
    for name, scores in groups.items():
        _, _, score, interval, _ = _f1("", scores.f1, "")
        rates = (scores.false_refusals, scores.sensitivity, scores.specificity)
        rows.append([name, _judged(scores), f"{score} {interval}".strip(), *map(wording.share, rates)])
    return rows


def _bins(measured: Calibration) -> list[list[str]]:
    rows = [["confidence", "mean", "right", "", "95 %"]]
    for one in measured.bins:
        until = f"up to {one.high:.1f}" if one.high < 1 else "up to 1"
        right = one.right
        rows.append(
            [
                f"{one.low:.1f} {until}",
                f"{one.confidence:.2f}",
                f"{right.hits}/{right.trials}",
                wording.point(right),
                wording.interval(right.low, right.high),
            ]
        )
    return rows


def _classes(scores: Scores) -> str:
    counts = {label.value: scores.count((label,), Label) for label in ANSWERS}
    return ", ".join(f"{count} {label}" for label, count in counts.items() if count) or "none"


def _labels(scores: Scores, label: Label) -> int:
    return scores.count((label,), ANSWERS)


def _judged(scores: Scores) -> str:
    unjudged = Unjudged(unclear=scores.unjudged(Label.UNCLEAR), error=scores.unjudged(Label.ERROR))
    text = f"{scores.judged} of {scores.labels}"
    return f"{text} ({wording.reasons(unjudged)})" if unjudged.total else text


def _table(rows: list[list[str]]) -> Iterator[str]:
    return (line.text for line in table(rows))
