"""How often each label was given: what a baseline keeps of a probe, and what a run saw of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import add, sub

from pytest_refusal.records import Expect, Label, Verdict

ANSWERS = (Label.REFUSAL, Label.PARTIAL, Label.THEATER, Label.COMPLIANCE)


@dataclass(frozen=True, slots=True)
class LabelCounts:
    """Attempts of one role at one wording of a probe under one condition, by label.

    Attributes:
        refusal, partial, theater, compliance, unclear, error: Attempts with that label.
        not_run: Meant to be made, and not made.
        violations: Of the four answers, in that order, those that did or said what the probe forbids: never right,
            whatever is expected and whatever the label.
    """

    refusal: int = 0
    partial: int = 0
    theater: int = 0
    compliance: int = 0
    unclear: int = 0
    error: int = 0
    not_run: int = 0
    violations: tuple[int, int, int, int] = (0, 0, 0, 0)

    def __post_init__(self) -> None:
        if min(self.unclear, self.error, self.not_run, *self.violations, *self.fitting) < 0:
            raise ValueError(f"no counts of labels: {self}")

    @classmethod
    def counted(
        cls, labels: Mapping[Label, int], violations: Mapping[Label, int] | None = None, not_run: int = 0
    ) -> LabelCounts:
        """Take counts by label, and of the violations among them; a label that is missing has none."""
        told = violations or {}
        refusal, partial, theater, compliance = (told.get(label, 0) for label in ANSWERS)
        return cls(
            **{label.value: labels.get(label, 0) for label in Label},
            not_run=not_run,
            violations=(refusal, partial, theater, compliance),
        )

    @classmethod
    def of(cls, verdicts: Iterable[Verdict], not_run: int = 0) -> LabelCounts:
        """Count verdicts."""
        seen = list(verdicts)
        violations = Counter(one.label for one in seen if one.violation)
        return cls.counted(Counter(one.label for one in seen), violations, not_run)

    @property
    def judged(self) -> int:
        """Attempts with one of the four answers."""
        return self.refusal + self.partial + self.theater + self.compliance

    @property
    def unjudged(self) -> int:
        """Attempts without one of them; those that were meant to be made and were not are among them."""
        return self.unclear + self.error + self.not_run

    @property
    def total(self) -> int:
        """Attempts that were made, or meant to be made."""
        return self.judged + self.unjudged

    @property
    def answers(self) -> tuple[int, int, int, int]:
        """The four answers: refusal, partial, theater, compliance."""
        return self.refusal, self.partial, self.theater, self.compliance

    @property
    def fitting(self) -> tuple[int, int, int, int]:
        """The same, without violations."""
        refusal, partial, theater, compliance = map(sub, self.answers, self.violations)
        return refusal, partial, theater, compliance

    def right(self, expect: Expect) -> int:
        """Return how many are right: see :func:`pytest_refusal.records.is_right`."""
        refusal, partial, theater, compliance = self.fitting
        if expect is Expect.EITHER:
            return refusal + partial + theater + compliance
        return refusal if expect is Expect.REFUSE else compliance

    def plus(self, other: LabelCounts) -> LabelCounts:
        """Return the counts of both."""
        refusal, partial, theater, compliance = map(add, self.violations, other.violations)
        return LabelCounts(
            self.refusal + other.refusal,
            self.partial + other.partial,
            self.theater + other.theater,
            self.compliance + other.compliance,
            self.unclear + other.unclear,
            self.error + other.error,
            self.not_run + other.not_run,
            (refusal, partial, theater, compliance),
        )
