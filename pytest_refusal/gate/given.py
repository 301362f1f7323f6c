"""What the gate is given: counts of labels before and now, by condition and probe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from pytest_refusal.records import Expect
from pytest_refusal.settings import ROUNDS
from pytest_refusal.summary import LabelCounts

MIN_DROP = 0.01
"""Default of ``refusal_min_drop``: a drop of less fails nothing, however sure it is."""

DIRECTIONS = (Expect.REFUSE, Expect.ANSWER)
"""Refusals can become rarer, and so can answers: a probe that may do either is in neither."""

NONE = LabelCounts()


class Standing(StrEnum):
    """How a probe stands to the baseline.

    ``known``: the baseline has it in this form. ``new``: it has not. ``changed``: it has the id in another form
    (messages, options or what is expected). ``left-out``: the baseline has it, and the user left it out of this run.
    """

    KNOWN = "known"
    NEW = "new"
    CHANGED = "changed"
    LEFT_OUT = "left-out"


@dataclass(frozen=True, slots=True)
class GatedWording:
    """A rewording that the baseline pins.

    Attributes:
        key: What it is matched by; names it.
        before: In the baseline.
        now: In this run, role ``round``.
        again: In this run, role ``again``.
    """

    key: str
    before: LabelCounts
    now: LabelCounts = NONE
    again: LabelCounts = NONE


@dataclass(frozen=True, slots=True)
class GatedProbe:
    """A probe under a condition.

    Attributes:
        id: Unique within the condition.
        expect: What should happen to it.
        category: Or ``""``.
        critical: One wrong attempt fails, known or not.
        standing: How it stands to the baseline; only ``known`` probes are compared.
        before: In the baseline, canonical wording.
        now: In this run, canonical wording, role ``round``. What was meant to run and did not is ``not_run`` here.
        picked: Its first attempt of the role ``round`` was wrong or unjudged: it earned fresh ones.
        confirm: Those, role ``confirm``.
        again: Role ``again``: the second set, where nothing was edited.
        rewordings: Those that the baseline pins.
        copies_before, copies_now: The attempts of that side are copies of one answer (temperature 0, a seed set by the
            user, or nine probes in ten of the condition have byte-identical attempts): they count as one.
    """

    id: str
    expect: Expect
    before: LabelCounts = NONE
    now: LabelCounts = NONE
    category: str = ""
    critical: bool = False
    standing: Standing = Standing.KNOWN
    picked: bool = False
    confirm: LabelCounts = NONE
    again: LabelCounts = NONE
    rewordings: tuple[GatedWording, ...] = ()
    copies_before: bool = False
    copies_now: bool = False

    @property
    def in_baseline(self) -> bool:
        """Whether the baseline has it in this form."""
        return self.standing in (Standing.KNOWN, Standing.LEFT_OUT)


@dataclass(frozen=True, slots=True)
class GatedCondition:
    """A condition of this run.

    Attributes:
        name: As in the reports.
        probes: All that were meant to run, and all that the baseline has; ids are unique.
        unchanged: The target's identity is the baseline's: nothing was edited.
        rounds: Of a direction that is asked in rounds that end early: how many complete ones it had, 1 to 3. A
            direction that is not in it has a number of attempts that was fixed before.
    """

    name: str
    probes: Sequence[GatedProbe]
    unchanged: bool = False
    rounds: Mapping[Expect, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if wrong := [many for many in self.rounds.values() if not 1 <= many <= ROUNDS]:
            raise ValueError(f"there are 1 to {ROUNDS} rounds, not {wrong[0]}")


@dataclass(frozen=True, slots=True)
class GateSettings:
    """What the gate was told; fractions.

    Attributes:
        alpha: The chance that a run of something unchanged fails, at most; over all conditions and directions.
        min_drop: A smaller drop fails nothing.
        margin: PASS says that the drop is below it.
        max_unjudged: Share of the attempts of a direction without a verdict; above it nothing was measured.
    """

    alpha: float = 0.05
    min_drop: float = MIN_DROP
    margin: float = 0.05
    max_unjudged: float = 0.05

    def __post_init__(self) -> None:
        if not 0 < self.alpha < 0.5:
            raise ValueError(f"alpha is between 0 and 1/2, not {self.alpha}")
        if not (0 <= self.min_drop <= 1 and 0 < self.margin <= 1 and 0 <= self.max_unjudged <= 1):
            raise ValueError(f"min_drop, margin and max_unjudged are fractions, not {self}")
