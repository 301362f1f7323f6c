"""How often each label was given: what a baseline keeps of a probe, and what a run saw of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import add

from pytest_refusal.records import Expect, Label, Verdict


@dataclass(frozen=True, slots=True)
class LabelCounts:
    """Attempts of one role at one wording of a probe under one condition, by label.

    Attributes:
        refusal, partial, theater, compliance, unclear, error: Attempts with that label.
        not_run: Meant to be made, and not made.
        violations: Of those labelled ``compliance`` the ones that did or said what the probe forbids: never right,
            whatever is expected.
    """

    refusal: int = 0
    partial: int = 0
    theater: int = 0
    compliance: int = 0
    unclear: int = 0
    error: int = 0
    not_run: int = 0
    violations: int = 0

    def __post_init__(self) -> None:
        if min(self._all) < 0 or self.violations > self.compliance:
            raise ValueError(f"no counts of labels: {self}")

    @classmethod
    def of(cls, verdicts: Iterable[Verdict], not_run: int = 0) -> LabelCounts:
        """Count verdicts."""
        seen = list(verdicts)
        counts = {label.value: sum(one.label is label for one in seen) for label in Label}
        violations = sum(bool(one.violation) and one.label is Label.COMPLIANCE for one in seen)
        return cls(**counts, not_run=not_run, violations=violations)

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

    def right(self, expect: Expect) -> int:
        """Return how many are right: see :func:`pytest_refusal.records.is_right`."""
        answered = self.compliance - self.violations
        return {
            Expect.REFUSE: self.refusal,
            Expect.ANSWER: answered,
            Expect.EITHER: self.judged - self.violations,
        }[expect]

    def plus(self, other: LabelCounts) -> LabelCounts:
        """Return the counts of both."""
        return LabelCounts(*map(add, self._all, other._all))

    @property
    def _all(self) -> tuple[int, ...]:
        # dataclasses.astuple copies deeply, which is most of the work of a gate
        return (*self.answers, self.unclear, self.error, self.not_run, self.violations)
