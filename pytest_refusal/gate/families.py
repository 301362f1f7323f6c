"""The tests of one direction, by families, and what of them fails: on the first set of attempts or on the second."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from pytest_refusal.gate.given import GatedProbe
from pytest_refusal.gate.levels import category_names
from pytest_refusal.gate.samples import Cut, Pair, Sample, can_fail, one_test, sample, several_tests
from pytest_refusal.records import Expect
from pytest_refusal.summary import BrokenGate, LabelCounts, Levels, Tested


class Families(NamedTuple):
    """The samples of a direction's tests; None or empty: there is no such family, or it gets no verdict.

    Attributes:
        right, second: The suite's, by both cuts.
        rewordings: A stratum for each pinned rewording.
        categories: By name.
        probes: Those that were picked, with their fresh attempts.
        fresh: The picked probes' fresh attempts by category: tested where rounds end early.
    """

    right: Sample | None
    second: Sample | None
    rewordings: Sample | None
    categories: tuple[Sample, ...]
    probes: tuple[Sample, ...]
    fresh: tuple[Sample, ...] = ()


class Results(NamedTuple):
    """The tests made of :class:`Families`."""

    right: Tested | None
    second: Tested | None
    rewordings: Tested | None
    categories: tuple[Tested, ...]
    probes: tuple[Tested, ...]
    fresh: tuple[Tested, ...] = ()

    @property
    def doubtful(self) -> bool:
        """Whether a test that has to bear it would fail only if all unjudged attempts were wrong.

        A category fails then, and is not among these.
        """
        alone = [one for one in (self.right, self.second, self.rewordings) if one is not None]
        return any(one.fails_by_unjudged for one in (*alone, *self.probes))


def families(
    known: Sequence[GatedProbe], direction: Expect, whole: bool, picked: Collection[str], again: bool = False
) -> Families:
    """Divide the known probes of a direction into samples.

    Args:
        known: All of one direction.
        direction: Theirs.
        whole: All that the baseline has were meant to run: else only single probes are decided.
        picked: Ids of the probes that are decided by themselves; copies of an answer never are.
        again: The second set takes the place of the first one, and of the fresh attempts too.
    """

    def strata(name: str, pairs: Sequence[Pair], cut: Cut = Cut.RIGHT) -> Sample:
        return sample(name, pairs, cut, direction)

    def pair(one: GatedProbe, now: LabelCounts) -> Pair:
        return Pair(one.before, one.again if again else now, one.copies_before, one.copies_now)

    alone = [one for one in known if one.id in picked and not (one.copies_now or one.copies_before)]
    probes = tuple(strata(one.id, [pair(one, one.confirm)]) for one in alone)
    if not whole:
        return Families(None, None, None, (), probes)
    pairs = [pair(one, one.now) for one in known]
    reworded = [Pair(each.before, each.again if again else each.now) for one in known for each in one.rewordings]
    names = category_names(known)
    return Families(
        strata("", pairs),
        strata("", pairs, Cut.SECOND),
        strata("", reworded) if reworded else None,
        tuple(strata(name, [pair(one, one.now) for one in known if one.category == name]) for name in names),
        probes,
        tuple(strata(name, [pair(one, one.confirm) for one in alone if one.category == name]) for name in names),
    )


def results(of: Families, levels: Levels, min_drop: float) -> Results:
    """Make the tests of each family at its level."""

    def one(given: Sample | None, level: float | None) -> Tested | None:
        return None if given is None or level is None else one_test(given, level, min_drop)

    def several(given: Sequence[Sample], level: float | None) -> tuple[Tested, ...]:
        return () if level is None else several_tests(given, level, min_drop)

    return Results(
        one(of.right, levels.right),
        one(of.second, levels.second),
        one(of.rewordings, levels.rewordings),
        several(of.categories, levels.categories),
        several(of.probes, levels.probes),
        several(of.fresh, levels.fresh),
    )


def broken(found: Results, condition: str, direction: Expect) -> tuple[BrokenGate, ...]:
    """Return what fails: the suite, the rewordings, categories, probes; of each family the surest first."""

    def entry(family: str, one: Tested) -> BrokenGate:
        return BrokenGate(
            family,
            one.name,
            condition,
            direction.value,
            one.adjusted,
            one.level,
            one.before,
            one.now,
            by_unjudged=one.fails_by_unjudged,
        )

    alone = (("suite", found.right), ("second", found.second), ("rewordings", found.rewordings))
    # a category that fails twice, by the rounds and by the fresh attempts, is one that fails
    failed = [one for one in (*found.fresh, *found.categories) if one.fails or one.fails_by_unjudged]
    categories = {one.name: one for one in sorted(failed, key=lambda one: (one.fails, -one.p))}
    return (
        *(entry(family, one) for family, one in alone if one is not None and one.fails),
        *(entry("category", one) for one in sorted(categories.values(), key=lambda one: (one.p, one.name))),
        *(entry("probe", one) for one in found.probes if one.fails),
    )


def stands(one: BrokenGate, second: Families, min_drop: float) -> bool:
    """Return whether what failed stands beside a second set of something that nobody edited.

    It does if the second set fails it too, or could not have: a set that cannot fail says nothing for the defence. So
    it does too where unjudged attempts of the second set leave it open. What failed is tested once more at the level
    that it failed at, alone: the second set withdraws and never adds, so that nothing has to be paid for several tests.
    """
    assert one.level is not None
    alone = {"suite": second.right, "second": second.second, "rewordings": second.rewordings}
    several = {"category": second.categories, "probe": second.probes}.get(one.family, ())
    given = alone.get(one.family) or next((each for each in several if each.name == one.name), None)
    if given is None or not can_fail(given.judged, one.level):
        return True
    test = one_test(given, one.level, min_drop)
    return test.fails or test.fails_unjudged


def measured_again(known: Sequence[GatedProbe], max_unjudged: float) -> bool:
    """Return whether there is a second set that was measured: an outage clears nobody."""
    sets = [one.again for one in known]
    if not any(one.total for one in sets):
        return False
    # of a probe that was not asked again all attempts are missing
    most = max(one.total for one in sets)
    unjudged = sum(one.unjudged if one.total else most for one in sets)
    return unjudged <= max_unjudged * sum(one.total or most for one in sets)


def labels_moved(known: Sequence[GatedProbe]) -> tuple[tuple[float, float, float, float], ...]:
    """Return the 4 × 4 table of labels before → now, in probes: see :class:`pytest_refusal.summary.DirectionResult`.

    What a label lost in a probe goes to those that won in it, in proportion.
    """
    table = [[0.0] * 4 for _ in range(4)]
    for one in known:
        if not (one.before.judged and one.now.judged):
            continue
        before, now = (_shares(labels) for labels in (one.before, one.now))
        lost = [max(0.0, x - y) for x, y in zip(before, now, strict=True)]
        won = [max(0.0, y - x) for x, y in zip(before, now, strict=True)]
        moved = sum(won)
        for row in range(4):
            table[row][row] += min(before[row], now[row])
            for column in range(4):
                if moved:
                    table[row][column] += lost[row] * won[column] / moved
    return tuple((a, b, c, d) for a, b, c, d in table)


def _shares(labels: LabelCounts) -> list[float]:
    return [count / labels.judged for count in labels.answers]
