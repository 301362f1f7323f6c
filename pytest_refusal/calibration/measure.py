"""People's labels beside a judge's verdicts → how good the judge is. Values in, values out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any

from pytest_refusal.calibration.labels import ANSWERS, Labelled
from pytest_refusal.protocols import JudgeIdentity
from pytest_refusal.records import Label, Verdict
from pytest_refusal.stats import wilson
from pytest_refusal.summary import JudgeErrors, Rate

LEAST_FOR_MACRO = 20
"""Rows that each class needs before an F1 of it goes into the macro-F1."""

BINS = 10

_MIXED = (Label.PARTIAL, Label.THEATER)


@dataclass(frozen=True, slots=True)
class F1:
    """2 TP / (2 TP + FP + FN), with its 95 % interval; fractions.

    The interval is Wilson's for TP / (TP + FP + FN), of which F1 is a rising function (2 q / (1 + q)): given how many
    rows are a refusal to the judge or to people, those that are one to both are binomial.

    Attributes:
        both, judge_alone, people_alone: TP, FP, FN.
    """

    both: int
    judge_alone: int
    people_alone: int

    @property
    def score(self) -> float | None:
        """The F1, or None where there is no refusal to anybody."""
        either = self.both + self.judge_alone + self.people_alone
        return 2 * self.both / (self.both + either) if either else None

    @property
    def interval(self) -> tuple[float, float]:
        low, high = wilson(self.both, self.both + self.judge_alone + self.people_alone)
        return 2 * low / (1 + low), 2 * high / (1 + high)

    def to_json(self) -> dict[str, Any]:
        low, high = self.interval
        return {
            "score": self.score,
            "low": low,
            "high": high,
            "both": self.both,
            "judge_alone": self.judge_alone,
            "people_alone": self.people_alone,
        }


@dataclass(frozen=True, slots=True)
class MacroF1:
    """The mean F1 over the classes that people gave, with its 95 % interval by the delta method (Takahashi et al.,
    Applied Intelligence 2022: rows as one multinomial sample), cut to [0, 1].

    Attributes:
        classes: How many there are.
        narrow: The F1 of a class is 0 or 1: there the method sees no variance, and the interval is too narrow.
    """

    score: float
    low: float
    high: float
    classes: int
    narrow: bool

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("score", "low", "high", "classes", "narrow")}


@dataclass(frozen=True, slots=True)
class Scores:
    """What a judge said beside what people said.

    Attributes:
        counts: (people's label, judge's label) → rows; the judge's may be ``unclear`` or ``error``: such rows are
            counted apart and are neither right nor wrong.
        three: People's labels know no ``theater``: then the judge's ``partial`` and ``theater`` are one class where
            labels are compared.
    """

    counts: Mapping[tuple[Label, Label], int]
    three: bool = False

    def count(self, people: Iterable[Label], judge: Iterable[Label]) -> int:
        """Return how many rows have a label of ``people`` and one of ``judge``."""
        said = tuple(judge)
        return sum(self.counts.get((one, other), 0) for one in people for other in said)

    @property
    def labels(self) -> int:
        """Rows that people labelled."""
        return self.count(ANSWERS, Label)

    @property
    def judged(self) -> int:
        """Those that the judge gave one of the four answers."""
        return self.count(ANSWERS, ANSWERS)

    def unjudged(self, label: Label) -> int:
        """Return the rows that the judge called ``unclear``, or where it failed (``error``)."""
        return self.count(ANSWERS, (label,))

    @property
    def same_label(self) -> Rate:
        """Accuracy over the labels: the judge's is people's."""
        return _rate(sum(n for (people, judge), n in self._classes().items() if people is judge), self.judged)

    @property
    def same_decision(self) -> Rate:
        """Accuracy of the decision: refusal, or not."""
        return _rate(self.sensitivity.hits + self.specificity.hits, self.judged)

    @property
    def sensitivity(self) -> Rate:
        """Of people's refusals, those that the judge calls so: the recall of refusal."""
        return self._among((Label.REFUSAL,), (Label.REFUSAL,))

    @property
    def specificity(self) -> Rate:
        """Of all other answers, those that the judge does not call refusals."""
        return self._among((*_MIXED, Label.COMPLIANCE), (*_MIXED, Label.COMPLIANCE))

    @property
    def false_refusals(self) -> Rate:
        """Of people's compliance, what the judge calls a refusal."""
        return self._among((Label.COMPLIANCE,), (Label.REFUSAL,))

    @property
    def precision(self) -> Rate:
        """Of what the judge calls a refusal, people's refusals; rows that people call partial or theater are aside."""
        called = self.count((Label.REFUSAL, Label.COMPLIANCE), (Label.REFUSAL,))
        return _rate(self.sensitivity.hits, called)

    @property
    def f1(self) -> F1:
        """F1 of refusal against compliance; rows that people call partial or theater are aside."""
        return self._f1((Label.COMPLIANCE,))

    @property
    def f1_against_rest(self) -> F1:
        """F1 of refusal against all other answers."""
        return self._f1((*_MIXED, Label.COMPLIANCE))

    @property
    def macro_f1(self) -> MacroF1 | None:
        """The mean F1 over people's classes, or None if one of them has fewer than 20 judged rows or there is one."""
        table = self._classes()
        people = Counter[Label]()
        judge = Counter[Label]()
        for (one, other), n in table.items():
            people[one] += n
            judge[other] += n
        classes = [label for label in ANSWERS if people[label]]
        if len(classes) < 2 or min(people[label] for label in classes) < LEAST_FOR_MACRO:
            return None
        size = {label: people[label] + judge[label] for label in classes}
        f1 = {label: 2 * table.get((label, label), 0) / size[label] for label in classes}
        score = math.fsum(f1.values()) / len(classes)
        # the slope of the score in each cell's share, and the variance of their sum in a multinomial sample
        total = sum(table.values())
        slopes = []
        for (one, other), n in table.items():
            slope = sum(
                (2 * (one is other is label) - f1[label] * ((one is label) + (other is label))) * total / size[label]
                for label in classes
            ) / len(classes)
            slopes.append((n / total, slope))
        mean = math.fsum(share * slope for share, slope in slopes)
        variance = math.fsum(share * (slope - mean) ** 2 for share, slope in slopes) / total
        half = NormalDist().inv_cdf(0.975) * math.sqrt(variance)
        narrow = bool({0.0, 1.0} & set(f1.values()))
        return MacroF1(score, max(0.0, score - half), min(1.0, score + half), len(classes), narrow)

    def _classes(self) -> Counter[tuple[Label, Label]]:
        """Return the judged rows by label, with ``theater`` as ``partial`` where people know no theater."""
        table = Counter[tuple[Label, Label]]()
        for (people, judge), n in self.counts.items():
            if judge.judged and n:
                table[people, Label.PARTIAL if self.three and judge is Label.THEATER else judge] += n
        return table

    def _among(self, people: tuple[Label, ...], judge: tuple[Label, ...]) -> Rate:
        return _rate(self.count(people, judge), self.count(people, ANSWERS))

    def _f1(self, rest: tuple[Label, ...]) -> F1:
        found = self.sensitivity
        return F1(found.hits, self.count(rest, (Label.REFUSAL,)), found.trials - found.hits)

    def to_json(self) -> dict[str, Any]:
        """Return every figure; JSON types only."""
        macro = self.macro_f1
        rates = ("same_label", "same_decision", "false_refusals", "sensitivity", "specificity", "precision")
        return {
            "labels": self.labels,
            "judged": self.judged,
            **{name: getattr(self, name).to_json() for name in rates},
            "f1": self.f1.to_json(),
            "f1_against_rest": self.f1_against_rest.to_json(),
            "macro_f1": None if macro is None else macro.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Bin:
    """The judged rows whose confidence lies in [low, high) (the last bin holds 1): how many of them were right.

    Attributes:
        confidence: Their mean.
        right: Those whose label is people's.
    """

    low: float
    high: float
    confidence: float
    right: Rate

    def to_json(self) -> dict[str, Any]:
        return {"low": self.low, "high": self.high, "confidence": self.confidence, "right": self.right.to_json()}


@dataclass(frozen=True, slots=True)
class Calibration:
    """A judge measured by labels of people.

    Attributes:
        judge: Who was measured.
        scores: Over all rows.
        unlabelled: Rows that nobody has labelled yet; in no figure.
        by: ``lang`` and ``kind`` → name → the same over those rows; rows that name none are left out.
        bins: The reliability of the judge's confidence, bins without a row left out.
    """

    judge: JudgeIdentity
    scores: Scores
    unlabelled: int = 0
    by: Mapping[str, Mapping[str, Scores]] = field(default_factory=dict)
    bins: tuple[Bin, ...] = ()

    @property
    def errors(self) -> JudgeErrors:
        """What a run needs to correct its rates."""
        return JudgeErrors(self.judge, self.scores.sensitivity, self.scores.specificity, self.scores.judged)

    @property
    def expected_calibration_error(self) -> float | None:
        """The mean distance between confidence and the share that is right, over the bins by their rows (ECE)."""
        total = sum(one.right.trials for one in self.bins)
        if not total:
            return None
        gaps = (one.right.trials * abs((one.right.rate or 0.0) - one.confidence) for one in self.bins)
        return math.fsum(gaps) / total


def measure(judge: JudgeIdentity, rows: Sequence[tuple[Labelled, Verdict]], unlabelled: int = 0) -> Calibration:
    """Count what a judge said beside what people said.

    Args:
        judge: Who judged.
        rows: Each labelled answer with the judge's verdict on it.
        unlabelled: Rows that nobody has labelled yet.
    """
    three = not any(row.label is Label.THEATER for row, _ in rows)

    def scores(some: Iterable[tuple[Labelled, Verdict]]) -> Scores:
        return Scores(Counter((row.label, verdict.label) for row, verdict in some), three)

    def groups(name: Callable[[Labelled], str]) -> dict[str, Scores]:
        names = sorted({name(row) for row, _ in rows} - {""})
        return {one: scores(pair for pair in rows if name(pair[0]) == one) for one in names}

    by = {"lang": groups(lambda row: row.lang), "kind": groups(lambda row: row.kind)}
    return Calibration(judge, scores(rows), unlabelled, by, tuple(_bins(rows, three)))


def _bins(rows: Sequence[tuple[Labelled, Verdict]], three: bool) -> Iterable[Bin]:
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for row, verdict in rows:
        if verdict.label.judged:
            said = Label.PARTIAL if three and verdict.label is Label.THEATER else verdict.label
            # a product of floats falls short of the edge: 0.7 * 10 is 7.000…, 0.29 * 100 is 28.99…
            place = min(BINS - 1, int(round(verdict.confidence * BINS, 9)))
            bins[place].append((verdict.confidence, said is row.label))
    for number, seen in enumerate(bins):
        if seen:
            mean = math.fsum(confidence for confidence, _ in seen) / len(seen)
            yield Bin(number / BINS, (number + 1) / BINS, mean, _rate(sum(right for _, right in seen), len(seen)))


def _rate(hits: int, trials: int) -> Rate:
    return Rate(hits, trials, *wilson(hits, trials))
