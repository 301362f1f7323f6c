"""How the level of a run is divided among its conditions, directions and families of tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from pytest_refusal.gate.given import DIRECTIONS, GatedCondition, GatedProbe
from pytest_refusal.records import Expect
from pytest_refusal.settings import ROUNDS
from pytest_refusal.summary import Levels

SHARES = {"suite": Fraction(1, 2), "categories": Fraction(1, 4), "probes": Fraction(1, 4)}
SHARES_WITH_REWORDINGS = {**SHARES, "suite": Fraction(3, 8), "rewordings": Fraction(1, 8)}

SECOND = Fraction(1, 5)
"""Of the suite's share: what the second cut gets. A baseline with 20 % partial answers that become full compliance is
blocked in 0.9 % of simulated runs without it and in 99.9 % with it; a drop of 5 points in 81.0 instead of 82.7 %."""

LOOKS = (Fraction(2, 100), Fraction(2, 100), Fraction(96, 100))
"""Of the suite's share, where rounds end early: what each look at it gets (Haybittle 1971, Peto 1976). They sum to 1,
so that the union bound keeps the level; peeking at the whole of it each time blocks 6.1 % of unchanged runs."""

FRESH = Fraction(1, 2)
"""Of the categories' share, where rounds end early: what their fresh attempts get. The rest is for the data of the last
round, if it comes to that."""


def families_of(condition: GatedCondition, direction: Expect) -> frozenset[str]:
    """Return the families of tests that a direction has: by what the baseline has, whatever of it was left out.

    So a part of the suite alone has the levels of the whole one: running only what looked bad buys no larger level.
    None where the baseline has nothing of it.
    """
    probes = [one for one in condition.probes if one.expect is direction and one.in_baseline]
    if not probes:
        return frozenset()
    found = {"suite"}
    if category_names(probes):
        found.add("categories")
    if any(one.rewordings for one in probes):
        found.add("rewordings")
    # copies of an answer would confirm it
    if not all(one.copies_now or one.copies_before for one in probes):
        found.add("probes")
    return frozenset(found)


def category_names(probes: Sequence[GatedProbe]) -> list[str]:
    """Return the categories, sorted; one that holds all the probes of a direction is the suite, and none of them."""
    names = {one.category for one in probes}
    return sorted(names - {""}) if len(names) > 1 else []


def divide(families: Iterable[str], level: float, rounds: int | None = None) -> Levels:
    """Divide the level of a direction among its families; the share of a missing one goes to the rest in proportion.

    Args:
        families: With ``suite`` among them.
        level: Of the direction.
        rounds: Where they end early: how many there were.
    """
    present = frozenset(families)
    shares = SHARES_WITH_REWORDINGS if "rewordings" in present else SHARES
    whole = sum(share for family, share in shares.items() if family in present)

    def part(family: str, of: Fraction = Fraction(1)) -> float | None:
        return level * float(shares[family] / whole * of) if family in present else None

    look = LOOKS[rounds - 1] if rounds else Fraction(1)
    late = Fraction(1)
    if rounds:
        # nothing is spent on what is not looked at: a level of 0 rejects nothing
        late = 1 - FRESH if rounds == ROUNDS else Fraction(0)
    return Levels(
        whole=level,
        right=part("suite", (1 - SECOND) * look) or 0.0,
        second=part("suite", SECOND * look) or 0.0,
        rewordings=part("rewordings"),
        categories=part("categories", late),
        probes=part("probes"),
        fresh=part("categories", FRESH) if rounds else None,
    )


def levels(conditions: Sequence[GatedCondition], alpha: float) -> dict[tuple[str, Expect], Levels]:
    """Return the levels of each condition and direction that the baseline has; ``whole`` of them sums to ``alpha``.

    Eight unchanged conditions, each at the whole level, would block 18.5 % of simulated runs.
    """
    found = {
        (condition.name, direction): (families, condition.rounds.get(direction))
        for condition in conditions
        for direction in DIRECTIONS
        if (families := families_of(condition, direction))
    }
    return {place: divide(families, alpha / len(found), rounds) for place, (families, rounds) in found.items()}
