"""What the regression gate found: by condition and direction, and over the run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from pytest_refusal.summary.counts import Rate


class GateVerdict(StrEnum):
    """What the gate says. Of several directions the first in this order that one of them has."""

    FAIL = "fail"
    UNMEASURED = "unmeasured"
    UNDECIDED = "undecided"
    PASS = "pass"
    NONE = "none"

    @classmethod
    def first(cls, verdicts: Iterable[GateVerdict]) -> GateVerdict:
        """Return the one that stands for all; ``none`` without any."""
        given = frozenset(verdicts)
        return next((one for one in cls if one in given), cls.NONE)


class Doubt(StrEnum):
    """Why a direction that did not fail does not pass.

    ``hint``: the suite's p is small, and not small enough; or a category's, before the last of rounds that end early.
    ``margin``: the drop may be as large as the margin or larger. ``unjudged``: with unjudged attempts counted as not
    right a test of the suite, of the rewordings or of a picked probe would fail. ``not-run``: something was meant to
    run and did not. ``withdrawn``: nothing was edited, and what failed did not fail in a second set.
    """

    HINT = "hint"
    MARGIN = "margin"
    UNJUDGED = "unjudged"
    NOT_RUN = "not-run"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels at which the tests of a direction reject: the share of each family that there is, else None.

    Attributes:
        whole: Of the direction; the others sum to it, and to less where rounds end early: each look at the suite
            has a part of its share.
        right: Of the suite's test on "right".
        second: Of its test on the second cut: nothing supplied (must be refused), not refused (must be answered).
        rewordings: Of the test on the pinned rewordings.
        categories: Over all categories. Where rounds end early: after the last one, and 0.0 before.
        probes: Over all picked probes.
        fresh: Where rounds end early: over all categories, by the fresh attempts of their picked probes.
    """

    whole: float
    right: float
    second: float
    rewordings: float | None
    categories: float | None
    probes: float | None
    fresh: float | None = None

    @property
    def suite(self) -> float:
        """Of the suite, both cuts."""
        return self.right + self.second

    def to_json(self) -> dict[str, float | None]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass(frozen=True, slots=True)
class Tested:
    """A one-sided test of a drop.

    Attributes:
        name: Of the category or probe; ``""`` where the family has one test.
        probes: Strata with judged attempts on both sides; probes, or pinned rewordings.
        before, now: All judged attempts of those.
        drop: Mean over the strata of the rate before less the rate now, a fraction; negative: a rise.
        p: One-sided, of such a drop or a larger one.
        adjusted: For the tests of its family that can reject at all; None: by these counts this one never can.
        level: What ``adjusted`` is held against.
        fails: It is at or below the level, and the drop is not too small to count.
        fails_unjudged: The same, with every unjudged attempt of both sides taken for a wrong one.
    """

    name: str
    probes: int
    before: Rate
    now: Rate
    drop: float
    p: float
    adjusted: float | None
    level: float
    fails: bool
    fails_unjudged: bool

    @property
    def fails_by_unjudged(self) -> bool:
        """It would fail only if every unjudged attempt was wrong: a drop cannot be excluded."""
        return self.fails_unjudged and not self.fails

    def to_json(self) -> dict[str, Any]:
        row = {one.name: getattr(self, one.name) for one in fields(self)}
        return {**row, "before": self.before.to_json(), "now": self.now.to_json()}


@dataclass(frozen=True, slots=True)
class BrokenGate:
    """One thing that the gate fails; it becomes a failed test report of its own.

    Attributes:
        family: ``suite`` (right answers), ``second`` (the suite's second cut), ``rewordings``, ``category``, ``probe``
            or ``critical``.
        name: Of the category or probe; else ``""``.
        condition: The condition's name.
        direction: ``refuse`` or ``answer``: what became rarer.
        p: One-sided, adjusted within its family, in [0, 1]. None: no test was needed (``critical``), or the test alone
            did not fail (``by_unjudged``) and could not.
        level: What p was held against; None for ``critical``.
        before, now: The counts that the test was made of; of ``probe`` now is the fresh attempts alone.
        by_unjudged: Unjudged answers rose, a drop cannot be excluded.
    """

    family: str
    name: str
    condition: str
    direction: str
    p: float | None
    level: float | None
    before: Rate
    now: Rate
    by_unjudged: bool = False

    def to_json(self) -> dict[str, Any]:
        row = {one.name: getattr(self, one.name) for one in fields(self)}
        return {**row, "before": self.before.to_json(), "now": self.now.to_json()}


@dataclass(frozen=True, slots=True)
class Detectable:
    """How small a drop of right answers the suite's test notices in 8 of 10 cases.

    Attributes:
        probes: Of the baseline, with a judged attempt.
        attempts_before, attempts_now: For each probe: harmonic means.
        level: Of the suite's test on "right".
        drop: By the formula, a fraction.
        told: What is said: 1.15 times it, rounded up to half a point.
        noise_floor: Standard deviation of the difference of two runs of something unchanged, a fraction.
        probes_needed: How many probes like these until ``told`` is the margin or less; None: it is, or no number is.
        attempts_needed: The same for attempts now, up to 30.
        one_way_flips: With one attempt on each side: how many probes have to flip, all one way, to reach the level.
    """

    probes: int
    attempts_before: float
    attempts_now: float
    level: float
    drop: float
    told: float
    noise_floor: float
    probes_needed: int | None = None
    attempts_needed: int | None = None
    one_way_flips: int | None = None

    def to_json(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass(frozen=True, slots=True)
class Moved:
    """A probe whose share of right answers differs from the baseline's.

    Attributes:
        probe: Its id.
        before, now: Role ``round``, canonical wording.
        p: One-sided, towards where it moved: good for an order and a colour, and for no verdict.
        known: The baseline has a wrong attempt.
    """

    probe: str
    before: Rate
    now: Rate
    p: float
    known: bool

    def to_json(self) -> dict[str, Any]:
        row = {one.name: getattr(self, one.name) for one in fields(self)}
        return {**row, "before": self.before.to_json(), "now": self.now.to_json()}


@dataclass(frozen=True, slots=True)
class NeverFails:
    """What can never fail by itself, were every answer now wrong: its baseline is too small, or too often wrong.

    Categories are missing where only ``categories`` has a test; a probe would have to be the only one picked.
    """

    categories: tuple[str, ...] = ()
    probes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, list[str]]:
        return {"categories": list(self.categories), "probes": list(self.probes)}


@dataclass(frozen=True, slots=True)
class DirectionResult:
    """What the gate found of one direction under one condition.

    Attributes:
        condition: The condition's name.
        direction: ``refuse`` or ``answer``.
        verdict: Of this direction.
        doubts: Why it does not pass, where it is undecided.
        levels: At which its tests reject.
        right: The suite's test on "right"; None where the suite gets no verdict.
        second: The suite's test on the second cut.
        rewordings: The test on the pinned rewordings.
        categories: By p.
        fresh: Where rounds end early: the same by the fresh attempts of the picked probes alone.
        probes: Those that were picked, by p; ``now`` are the fresh attempts.
        upper: Of the suite's drop of right answers: its upper bound, in [-1, 1].
        broken: What fails, the most probable by chance last.
        withdrawn: What failed, and not in a second set, although nothing was edited.
        critical: Critical probes with a wrong attempt.
        detectable: How small a drop is noticed; None without a judged attempt in the baseline.
        never: What can never fail by itself.
        moved: Probes that moved, the least probable by chance first.
        unstable: Probes whose judged attempts, before and now, are partly right.
        labels: Rows: refusal, partial, theater, compliance before; columns: the same now; cells: probes, with as few
            moved as the shares allow, so that a row's sum is what the baseline had of the label.
        selected: Probes of the baseline that were meant to run.
        of: Probes of the baseline.
        unjudged: Attempts without a verdict, role ``round``.
        attempts: All attempts that were made or meant to be made.
        not_run: Probes with attempts that were meant to be made and were not.
        new, changed: Probes that the baseline does not have, or not in this form: held to what they expect.
        copies: Probes with attempts, before or now, that are copies of one answer and count as one.
        rounds: Where they end early: how many there were; None: the number of attempts was fixed before.
        unchanged: Nothing was edited.
        wants_again: It fails, nothing was edited, and there is no second set: ask for one where that can be done.
    """

    condition: str
    direction: str
    verdict: GateVerdict
    doubts: tuple[Doubt, ...]
    levels: Levels
    right: Tested | None
    second: Tested | None
    rewordings: Tested | None
    categories: tuple[Tested, ...]
    fresh: tuple[Tested, ...]
    probes: tuple[Tested, ...]
    upper: float | None
    broken: tuple[BrokenGate, ...]
    withdrawn: tuple[BrokenGate, ...]
    critical: tuple[str, ...]
    detectable: Detectable | None
    never: NeverFails
    moved: tuple[Moved, ...]
    unstable: tuple[str, ...]
    labels: tuple[tuple[float, float, float, float], ...]
    selected: int
    of: int
    unjudged: int
    attempts: int
    not_run: int
    new: tuple[str, ...]
    changed: tuple[str, ...]
    copies: int
    rounds: int | None
    unchanged: bool
    wants_again: bool

    def to_json(self) -> dict[str, Any]:
        """Return every field; JSON types only."""
        return {one.name: _json(getattr(self, one.name)) for one in fields(self)}


@dataclass(frozen=True, slots=True)
class GateResult:
    """What the gate says of a run.

    Attributes:
        verdict: The first of fail, unmeasured, undecided, pass that any direction has; ``none`` if none has one.
        level: Alpha: the chance that a run of something unchanged fails, at most.
        directions: By condition and direction, in the order of the conditions.
    """

    verdict: GateVerdict
    level: float
    directions: tuple[DirectionResult, ...]

    @property
    def broken(self) -> tuple[BrokenGate, ...]:
        """All that fails."""
        return tuple(one for direction in self.directions for one in direction.broken)

    @property
    def minimum_detectable_drop(self) -> float | None:
        """The largest told drop of all directions; None without one."""
        return max((one.detectable.told for one in self.directions if one.detectable), default=None)

    @property
    def wants_again(self) -> bool:
        """Whether a second set is needed before the verdict: see :class:`DirectionResult`."""
        return any(one.wants_again for one in self.directions)

    def to_json(self) -> dict[str, Any]:
        return {
            "verdict": self.verdict.value,
            "level": self.level,
            "broken": [one.to_json() for one in self.broken],
            "minimum_detectable_drop": self.minimum_detectable_drop,
            "directions": [one.to_json() for one in self.directions],
        }


def _json(told: object) -> Any:
    if isinstance(told, tuple):
        return [_json(one) for one in told]
    if isinstance(told, StrEnum):
        return told.value
    return told.to_json() if hasattr(told, "to_json") else told
