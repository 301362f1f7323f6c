"""Suites whose truth is known, and runs drawn from them: what ``benchmarks.gate`` measures the gate with."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from pytest_refusal.gate import CONFIRMATIONS, GatedCondition, GatedProbe, GatedWording, look
from pytest_refusal.records import Expect
from pytest_refusal.summary import LabelCounts

Numbers = random.Random
REFUSE, ANSWER = Expect.REFUSE, Expect.ANSWER
BEFORE, NOW, CATEGORIES = 10, 3, 10


@dataclass(frozen=True, slots=True)
class World:
    """A run, and what was changed since its baseline: ten attempts then, three now.

    Attributes:
        change: Of the refusals; ``""``: none.
        kind: Of suite, see :func:`suite`.
        probes: In each direction.
        conditions: So many; the change is under the first one.
        lost: Share of the changed category's wrong answers that nobody can judge.
        lost_of_all: Share of all answers now that nobody can judge.
        copies: The attempts of a probe are copies of one answer.
        told_copies: The gate knows of it.
        rewordings: Of each probe that must be refused, pinned; they do not change.
        unchanged: The gate knows that nothing was edited, and has a second set.
    """

    change: str = ""
    kind: str = "typical"
    probes: int = 100
    conditions: int = 1
    lost: float = 0.0
    lost_of_all: float = 0.0
    copies: bool = False
    told_copies: bool = True
    rewordings: int = 0
    unchanged: bool = False


def suite(kind: str, probes: int, numbers: Numbers) -> list[float]:
    """Draw the chances of probes that they are answered rightly.

    ``typical``: 85 % of probes at 0.97 to 1, the others at 0.5 to 0.9. ``clean``: 97 % at 0.995 to 1, the others too.
    """
    share, low = (0.85, 0.97) if kind == "typical" else (0.97, 0.995)
    steady = round(share * probes)
    chances = [numbers.uniform(low, 1) for _ in range(steady)]
    return chances + [numbers.uniform(0.5, 0.9) for _ in range(probes - steady)]


def changed(chances: Sequence[float], change: str, numbers: Numbers) -> list[float]:
    """Return the chances after a drop of their mean by so many points.

    ``diffuse``: every probe loses the same on the logit scale. ``concentrated``: some probes fall to 5 %.
    """
    how, _, points = change.partition(" ")
    if how not in ("diffuse", "concentrated"):
        return list(chances)
    drop, mean = float(points) / 100, math.fsum(chances) / len(chances)
    if how == "concentrated":
        found, left = list(chances), drop * len(chances)
        for place in numbers.sample(range(len(found)), len(found)):
            taken = max(0.0, min(left, found[place] - 0.05))
            found[place] -= taken
            left -= taken
        return found

    def shifted(by: float) -> list[float]:
        odds = (min(max(one, 1e-9), 1 - 1e-9) for one in chances)
        return [1 / (1 + math.exp(by - math.log(one / (1 - one)))) for one in odds]

    low, high = 0.0, 30.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if mean - math.fsum(shifted(middle)) / len(chances) < drop else (low, middle)
    return shifted(high)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A probe whose answers can be drawn.

    Attributes:
        name, expect, category: Of the probe.
        before, now: Chances that an attempt is right.
        wrong_before, wrong_now: The label of one that is not.
        lost: Share of the wrong answers now that nobody can judge.
        lost_of_all: Share of all answers now that nobody can judge.
    """

    name: str
    expect: Expect
    category: str
    before: float
    now: float
    wrong_before: str
    wrong_now: str
    lost: float = 0.0
    lost_of_all: float = 0.0

    def attempts(self, many: int, numbers: Numbers) -> list[str]:
        """Draw labels of now."""
        found = []
        for _ in range(many):
            right = numbers.random() < self.now
            lost = numbers.random() < self.lost_of_all or (not right and numbers.random() < self.lost)
            found.append("unclear" if lost else _right(self.expect) if right else self.wrong_now)
        return found

    def baseline(self, many: int, numbers: Numbers) -> list[str]:
        """Draw labels of then."""
        return [_right(self.expect) if numbers.random() < self.before else self.wrong_before for _ in range(many)]


def drawn(world: World, change: str, numbers: Numbers) -> list[Drawn]:
    """Draw the probes of a condition, refusals and answers; the change is in the refusals alone."""
    found = []
    for expect in (REFUSE, ANSWER):
        before = suite(world.kind, world.probes, numbers)
        # categories are no sorted pieces of a suite
        numbers.shuffle(before)
        wrong = "compliance" if expect is REFUSE else "refusal"
        after, wrong_before = list(before), wrong
        if expect is REFUSE and change == "one probe":
            before[0], after[0] = 0.98, 0.02
        elif expect is REFUSE and change == "category halved":
            after = [one / 2 if place % CATEGORIES == 0 else one for place, one in enumerate(before)]
        elif expect is REFUSE and change == "partial":
            before = after = [numbers.uniform(0.7, 0.9) for _ in before]
            wrong_before = "partial"
        elif expect is REFUSE:
            after = changed(before, change, numbers)
        for place in range(world.probes):
            lost = world.lost if expect is REFUSE and place % CATEGORIES == 0 and change else 0.0
            found.append(
                Drawn(
                    f"{expect.value}-{place}",
                    expect,
                    f"c{place % CATEGORIES}",
                    before[place],
                    after[place],
                    wrong_before,
                    wrong,
                    lost,
                    world.lost_of_all,
                )
            )
    return found


def conditions(world: World, numbers: Numbers) -> list[GatedCondition]:
    """Draw the conditions of a run, each with its baseline."""
    found = []
    for number in range(world.conditions):
        change = world.change if number == 0 else ""
        probes = [_asked(one, world, numbers) for one in drawn(world, change, numbers)]
        if world.copies:
            probes = _copied(probes, world, numbers)
        found.append(GatedCondition(f"c{number}", probes, unchanged=world.unchanged))
    return found


def adaptive(world: World, numbers: Numbers) -> tuple[GatedCondition, GatedCondition, float, float]:
    """Draw a run of one condition in rounds that end early.

    Returns:
        It, the same suite with three attempts of each probe, and for both the calls a probe, fresh attempts among them.
    """
    probes = drawn(world, world.change, numbers)
    before = [_counts(one.baseline(BEFORE, numbers)) for one in probes]
    attempts = [one.attempts(NOW, numbers) for one in probes]
    fresh = [_counts(one.attempts(CONFIRMATIONS, numbers)) for one in probes]

    def asked(rounds: dict[Expect, int]) -> GatedCondition:
        given = []
        for one, then, labels, confirm in zip(probes, before, attempts, fresh, strict=True):
            picked = labels[0] != _right(one.expect)
            now = _counts(labels[: rounds.get(one.expect, NOW)])
            given.append(_probe(one, then, now, picked, confirm if picked else LabelCounts()))
        return GatedCondition("c0", given, rounds=rounds)

    def calls(of: GatedCondition) -> float:
        return sum(one.now.total + one.confirm.total for one in of.probes) / len(of.probes)

    rounds = {REFUSE: 1, ANSWER: 1}
    while going := [one.direction for one in look([asked(rounds)]) if not one.settled]:
        rounds = {each: many + (each in going) for each, many in rounds.items()}
    ended, fixed = asked(rounds), asked({})
    return ended, fixed, calls(ended), calls(fixed)


def _asked(one: Drawn, world: World, numbers: Numbers) -> GatedProbe:
    labels = one.attempts(NOW, numbers)
    picked = labels[0] != _right(one.expect)
    confirm = _counts(one.attempts(CONFIRMATIONS, numbers)) if picked else LabelCounts()
    again = _counts(one.attempts(NOW, numbers)) if world.unchanged else LabelCounts()
    found = _probe(one, _counts(one.baseline(BEFORE, numbers)), _counts(labels), picked, confirm, again)
    if not world.rewordings or one.expect is not REFUSE:
        return found
    return GatedProbe(
        found.id,
        found.expect,
        found.before,
        found.now,
        found.category,
        picked=picked,
        confirm=confirm,
        rewordings=tuple(
            GatedWording(str(number), *(_counts(one.baseline(1, numbers)) for _ in range(2)))
            for number in range(world.rewordings)
        ),
    )


def _copied(probes: Sequence[GatedProbe], world: World, numbers: Numbers) -> list[GatedProbe]:
    """Return the probes with one answer for each, always right before; some flip one way, as many the other."""
    found = []
    for one in probes:
        right_before = numbers.random() < 0.9
        flipped = numbers.random() < 0.02
        # of those that are right 2 % flip, and as many of all probes come back from wrong
        back = not right_before and numbers.random() < 0.02 * 9
        right_now = back or (right_before and not flipped)
        wrong = "compliance" if one.expect is REFUSE else "refusal"
        then, today = (_right(one.expect) if right else wrong for right in (right_before, right_now))
        told = world.told_copies
        found.append(
            GatedProbe(
                one.id,
                one.expect,
                LabelCounts(**{then: BEFORE}),
                LabelCounts(**{today: NOW}),
                one.category,
                picked=not right_now,
                confirm=LabelCounts() if right_now else LabelCounts(**{today: CONFIRMATIONS}),
                copies_before=told,
                copies_now=told,
            )
        )
    return found


def _probe(
    one: Drawn,
    before: LabelCounts,
    now: LabelCounts,
    picked: bool,
    confirm: LabelCounts,
    again: LabelCounts | None = None,
) -> GatedProbe:
    return GatedProbe(
        one.name,
        one.expect,
        before,
        now,
        one.category,
        picked=picked,
        confirm=confirm,
        again=again or LabelCounts(),
    )


def _counts(labels: Sequence[str]) -> LabelCounts:
    return LabelCounts(**{label: labels.count(label) for label in set(labels)})


def _right(expect: Expect) -> str:
    return "refusal" if expect is REFUSE else "compliance"
