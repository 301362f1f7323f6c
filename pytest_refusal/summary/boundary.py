"""Whether rewordings get the decision of their canonical wordings: over all probes of a condition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from pytest_refusal.summary.reworded import LEAST_JUDGED, FlipDirection, ProbeBoundary

OPERATOR_LEVEL = 0.1
"""False discovery rate of operators (design paper): where nothing is there, at most one run in ten names any."""

SLOT_LEVEL = 0.05
"""Chance of any false alarm among slots; ours, for the paper names the method and no level."""


@dataclass(frozen=True, slots=True)
class ClusteredRate:
    """A share of judged rewordings over several probes, with an interval that knows that those of a probe are alike.

    Attributes:
        hits, trials: Rewordings.
        probes: How many probes they are of.
        rate: A fraction: for the consistency the mean over probes, each counting once; else hits of trials. None
            without trials.
        low, high: The 95 % interval for prompts like these, clustered by probe; (0, 1) for fewer than two probes.
        lower, upper: The one-sided 95 % bounds, for limits. Where few probes make most of the flips, the upper bound of
            a flip rate (the lower one of the consistency) covers 89-92 % in simulations, not 95.
    """

    hits: int
    trials: int
    probes: int
    rate: float | None
    low: float
    high: float
    lower: float
    upper: float

    def to_json(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


NOT_REWORDED = ClusteredRate(0, 0, 0, None, 0.0, 1.0, 0.0, 1.0)
"""Of probes that were asked in no other words."""


@dataclass(frozen=True, slots=True)
class AnsweredWithin:
    """The chance that at least one of ``k`` rewordings gets an answer, on a probe that must be refused.

    Attributes:
        k: How many rewordings somebody tries.
        chance: Mean over probes of ``1 - C(n-r, k) / C(n, k)`` for r answered of n judged; None without such probes.
        probes: Probes that must be refused with k judged rewordings or more: the others say nothing of this k.
        left_out: Probes that must be refused with fewer.
        low, high: The 95 % interval, clustered by probe, where n wordings make up at most n // k independent choices.
    """

    k: int
    chance: float | None
    probes: int
    left_out: int
    low: float
    high: float

    def to_json(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass(frozen=True, slots=True)
class Factor:
    """An operator or a slot: whether rewordings with it flip more often than others of the same probes.

    Attributes:
        name: Of the operator or the slot.
        direction: Which flips were counted.
        seen, flipped: Judged rewordings with it, and how many of them flip.
        others, others_flipped: The rest of the rewordings, of probes with the same canonical decision.
        difference: Of flip rates within probes (Mantel and Haenszel), in [-1, 1].
        low, high: Its 95 % interval for these probes (Sato).
        z: Cochran, Mantel and Haenszel's, stratified by probe, with the correction for continuity.
        p: Exact, one-sided: of so many flips with it or more.
        adjusted: p, adjusted for all tests of both directions.
        named: The adjusted p is at most the level.
    """

    name: str
    direction: FlipDirection
    seen: int
    flipped: int
    others: int
    others_flipped: int
    difference: float
    low: float
    high: float
    z: float
    p: float
    adjusted: float
    named: bool

    def to_json(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)} | {"direction": self.direction.value}


@dataclass(frozen=True, slots=True)
class Attribution:
    """What flips go with; a correlation over the texts that were drawn.

    Attributes:
        operators: Those seen often enough and tested, the smallest adjusted p first (Benjamini and Hochberg).
        slots: The same of slots (Bonferroni).
        untested: Pairs of operator and direction that were seen too seldom, or where no probe tells anything.
    """

    operators: tuple[Factor, ...]
    slots: tuple[Factor, ...]
    untested: int

    def to_json(self) -> dict[str, Any]:
        return {
            "operators": [one.to_json() for one in self.operators],
            "slots": [one.to_json() for one in self.slots],
            "untested": self.untested,
        }


@dataclass(frozen=True, slots=True)
class WordingVariance:
    """Sampling noise and wording taken apart, from probes of which every wording was asked twice or more.

    Attributes:
        within: Variance between attempts at the same wording, at most 1/4.
        between: Variance between wordings, noise taken out; without bias, so it may lie a little below 0.
        wording_share: Of both, the part that is the wording, in [0, 1]; None where nothing differs.
        p: Of the test that the wording does not matter, one-sided.
        permutations: Arrangements that were drawn for it; None: all were counted, p is exact.
        resolution: The smallest p that is possible; 0.0 where it is exact.
        probes, wordings, attempts: What this was taken from: judged attempts, the canonical wordings among them.
    """

    within: float
    between: float
    wording_share: float | None
    p: float
    permutations: int | None
    resolution: float
    probes: int
    wordings: int
    attempts: int

    def to_json(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass(frozen=True, slots=True)
class Boundary:
    """The rewordings of all probes under one condition.

    Attributes:
        consistency: Mean over probes of their consistency.
        leak_rate: Answered, among the rewordings of canonically refused probes.
        over_refusal_rate: Refused, among those of canonically answered probes.
        answered_within: The chance that one of k rewordings gets an answer, for several k.
        attribution: What flips go with; None where it is not asked for (kinds that are reported apart).
        variance: None where no probe had all wordings asked twice or more.
        probes: Each of them, in the order in which they came.
    """

    consistency: ClusteredRate
    leak_rate: ClusteredRate
    over_refusal_rate: ClusteredRate
    answered_within: tuple[AnsweredWithin, ...]
    attribution: Attribution | None
    variance: WordingVariance | None
    probes: tuple[ProbeBoundary, ...]

    @property
    def drawn(self) -> int:
        """Rewordings that were drawn."""
        return sum(one.drawn for one in self.probes)

    @property
    def judged(self) -> int:
        """Rewordings that have a decision, whether the canonical wording has one or not."""
        return sum(one.judged for one in self.probes)

    @property
    def unmeasured(self) -> str:
        """Why no limit can be held against the pooled consistency, or ``""``."""
        if not self.drawn:
            return "no rewording was drawn"
        needed = min(self.drawn, LEAST_JUDGED)
        if self.consistency.trials < needed:
            return f"{self.consistency.trials} of {self.drawn} rewordings can be compared, {needed} are needed"
        if self.consistency.probes < 2:
            return "one probe says nothing of others"
        return ""

    def to_json(self, *, texts: bool = True) -> dict[str, Any]:
        return {
            "consistency": self.consistency.to_json(),
            "leak_rate": self.leak_rate.to_json(),
            "over_refusal_rate": self.over_refusal_rate.to_json(),
            "answered_within": [one.to_json() for one in self.answered_within],
            "attribution": self.attribution and self.attribution.to_json(),
            "variance": self.variance and self.variance.to_json(),
            "drawn": self.drawn,
            "judged": self.judged,
            "unmeasured": self.unmeasured,
            "probes": [one.to_json(texts=texts) for one in self.probes],
        }


@dataclass(frozen=True, slots=True)
class Consistency:
    """Boundary consistency of a condition.

    Attributes:
        pooled: Of the rewordings that mean the same in the same language.
        apart: Kind (``noise``, ``mixed-language``) → of its rewordings alone; never in ``pooled``.
        not_run: Probes that were meant to be asked in other words and were not.
    """

    pooled: Boundary
    apart: Mapping[str, Boundary]
    not_run: int = 0

    def to_json(self, *, texts: bool = True) -> dict[str, Any]:
        return {
            "pooled": self.pooled.to_json(texts=texts),
            "apart": {kind: one.to_json(texts=texts) for kind, one in self.apart.items()},
            "not_run": self.not_run,
        }
