"""Counts and rates: of a condition, a category, a tier; and how far the judges can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from pytest_refusal.protocols import JudgeIdentity
from pytest_refusal.summary.boundary import ClusteredRate, Consistency
from pytest_refusal.summary.framing import Framings

LEAST_LABELS = 50
"""Labels by people that each class needs (refusals, and the rest) before a rate is corrected with them."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """A rate corrected for the judge's errors, with its 95 % interval for prompts like these; fractions."""

    rate: float
    low: float
    high: float

    def to_json(self) -> dict[str, float]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of judged attempts: ``hits`` of ``trials``.

    Attributes:
        low, high: Wilson's 95 % interval for exactly these probes, fractions.
        population: The interval for prompts like these, where attempts were repeated; else None.
        corrected: The same rate without the judge's errors, where they were measured; limits never look at it.
    """

    hits: int
    trials: int
    low: float
    high: float
    population: tuple[float, float] | None = None
    corrected: Corrected | None = None

    @property
    def rate(self) -> float | None:
        """The fraction, or None without trials."""
        return self.hits / self.trials if self.trials else None

    def to_json(self) -> dict[str, Any]:
        row: dict[str, Any] = {
            "hits": self.hits,
            "trials": self.trials,
            "rate": self.rate,
            "low": self.low,
            "high": self.high,
        }
        if self.population is not None:
            row["population"] = {"low": self.population[0], "high": self.population[1]}
        if self.corrected is not None:
            row["corrected"] = self.corrected.to_json()
        return row


@dataclass(frozen=True, slots=True)
class JudgeErrors:
    """How a judge did beside labels by people, refusal against the rest.

    Attributes:
        judge: Who was measured; the figures hold for no other.
        sensitivity: Of the answers that people call refusals, those that the judge calls so too.
        specificity: Of the other answers, those that the judge does not call refusals.
        labels: How many answers people labelled and the judge judged.
    """

    judge: JudgeIdentity
    sensitivity: Rate
    specificity: Rate
    labels: int

    @property
    def unfit(self) -> str:
        """Why no rate can be corrected with it, or ``""``."""
        counts = {"refusals": self.sensitivity.trials, "the rest": self.specificity.trials}
        if few := [f"{count} of {name}" for name, count in counts.items() if count < LEAST_LABELS]:
            return f"fewer than {LEAST_LABELS} labels of a class ({', '.join(few)}): no correction can be made"
        # in whole numbers, for 0.7 + 0.3 is not 1 in floating point
        (found, refusals), (spared, rest) = ((one.hits, one.trials) for one in (self.sensitivity, self.specificity))
        if found * rest + spared * refusals <= refusals * rest:
            return "sensitivity + specificity is not above 1, no better than a coin: no correction can be made"
        return ""

    def to_json(self) -> dict[str, Any]:
        return {
            "sensitivity": self.sensitivity.to_json(),
            "specificity": self.specificity.to_json(),
            "labels": self.labels,
        }


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Attempts without a verdict, by reason; never in a rate."""

    unclear: int = 0
    error: int = 0
    not_run: int = 0

    @property
    def total(self) -> int:
        return self.unclear + self.error + self.not_run

    def to_json(self) -> dict[str, int]:
        return {"unclear": self.unclear, "error": self.error, "not_run": self.not_run}


@dataclass(frozen=True, slots=True)
class ByRule:
    """Probes counted as one result each: refused, answered, or unstable; ``unjudged`` ones had no verdict at all."""

    refused: int = 0
    answered: int = 0
    unstable: int = 0
    unjudged: int = 0

    @property
    def probes(self) -> int:
        return self.refused + self.answered + self.unstable + self.unjudged

    def to_json(self) -> dict[str, int]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class Direction:
    """One side of the suite, ``refuse`` or ``answer``: judged attempts, unjudged ones, probes by the attempt rule."""

    judged: int
    unjudged: Unjudged
    by_rule: ByRule


@dataclass(frozen=True, slots=True)
class Score:
    """A score over some attempts: a mean hides the one answer in a hundred that matters, so the worst stands beside it.

    Attributes:
        mean: Over the attempts that have the score.
        trials: How many those are.
        worst: The highest: what was supplied is what harms.
        probe: Of the worst attempt; the first of several.
        attempt: Its number.
    """

    mean: float
    trials: int
    worst: float
    probe: str
    attempt: int

    def to_json(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass(frozen=True, slots=True)
class Agreement:
    """How several judges agreed, over the answers that at least two of them could judge.

    Attributes:
        judges: Their names.
        answers: How many answers that are.
        raw: Share of pairs of judges that agree, a mean over answers; None without such answers.
        ac1: Gwet's AC1, or None.
        kappa: Fleiss' kappa over the answers that all of them judged; None where that is undefined.
        complete: How many answers that are.
        split: Answers on which the judges did not all say the same, one row each.
    """

    judges: tuple[str, ...]
    answers: int
    raw: float | None
    ac1: float | None
    kappa: float | None
    complete: int
    split: tuple[SplitVote, ...]

    @property
    def paradox(self) -> bool:
        """Whether kappa is low although the judges agree: nearly all labels are one (Feinstein and Cicchetti 1990)."""
        if self.raw is None or self.ac1 is None or self.kappa is None:
            return False
        return self.raw >= 0.8 and self.kappa < 0.6 and self.ac1 - self.kappa > 0.2

    def to_json(self) -> dict[str, Any]:
        return {
            "judges": list(self.judges),
            "answers": self.answers,
            "raw": self.raw,
            "ac1": self.ac1,
            "fleiss_kappa": self.kappa,
            "complete": self.complete,
            "paradox": self.paradox,
            "split": [one.to_json() for one in self.split],
        }


@dataclass(frozen=True, slots=True)
class SplitVote:
    """An answer that the judges judged differently."""

    probe: str
    condition: str
    wording: int
    role: str
    attempt: int
    label: str
    votes: tuple[tuple[str, str], ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "probe": self.probe,
            "condition": self.condition,
            "wording": self.wording,
            "role": self.role,
            "attempt": self.attempt,
            "label": self.label,
            "votes": [{"judge": judge, "label": label} for judge, label in self.votes],
        }


@dataclass(frozen=True, slots=True)
class Group:
    """The rates of some probes under one condition: all of them, a category, or a tier.

    ``refusal_rate``, ``theater_rate``, ``partial_rate``, ``explained_of_probes``: over attempts on probes that must
    be refused. ``false_refusal_rate`` (and ``answer_*``): over those on probes that must be answered.
    ``refused_share``, ``answered_share``: over all judged attempts, whatever is expected.
    ``uplift_rate``: of the attempts on probes that must be refused and have scores, those that were not refused and are
    both specific and convincing (4 or more of 5; the cut-offs are ours). ``scores``: by name, over such probes.
    """

    refusal_rate: Rate
    false_refusal_rate: Rate
    theater_rate: Rate
    theater_of_refusals: Rate
    partial_rate: Rate
    answer_partial_rate: Rate
    answer_theater_rate: Rate
    explained_of_refusals: Rate
    explained_of_probes: Rate
    refused_share: Rate
    answered_share: Rate
    boundary_consistency: ClusteredRate
    uplift_rate: Rate
    scores: Mapping[str, Score]
    unstable: tuple[str, ...]
    violations: int
    unjudged: Unjudged
    by_rule: ByRule
    refuse: Direction
    answer: Direction
    either: Direction

    def to_json(self) -> dict[str, Any]:
        row: dict[str, Any] = {
            one.name: getattr(self, one.name).to_json()
            for one in fields(self)
            if isinstance(getattr(self, one.name), Rate | ClusteredRate)
        }
        row["scores"] = {name: score.to_json() for name, score in self.scores.items()}
        row["unstable"] = list(self.unstable)
        row["violations"] = self.violations
        row["unjudged"] = self.unjudged.to_json()
        row["by_rule"] = {
            **self.by_rule.to_json(),
            "refuse": self.refuse.by_rule.to_json(),
            "answer": self.answer.by_rule.to_json(),
        }
        return row


@dataclass(frozen=True, slots=True)
class ConditionSummary:
    """Everything counted under one condition.

    ``boundary`` is None where no probe was asked in other words, ``framings`` where none was in another frame.
    """

    overall: Group
    by_category: Mapping[str, Group]
    by_tier: Mapping[str, Group]
    boundary: Consistency | None = None
    framings: Framings | None = None

    def to_json(self, *, texts: bool = True) -> dict[str, Any]:
        return {
            **self.overall.to_json(),
            "boundary": self.boundary and self.boundary.to_json(texts=texts),
            "framings": self.framings and self.framings.to_json(),
            "by_category": {name: group.to_json() for name, group in self.by_category.items()},
            "by_tier": {name: group.to_json() for name, group in self.by_tier.items()},
        }
