"""``gate.levels``: how alpha is divided among conditions, directions, families, and looks."""

from __future__ import annotations

import pytest
from gates import ANSWER, REFUSE, condition, probes, rewordings

from pytest_refusal.gate import GatedCondition, divide, levels
from pytest_refusal.summary import Levels

CATEGORIES = [*probes(5, category="a"), *probes(5, category="b", start="q")]


def only(one: GatedCondition) -> Levels:
    """Return the levels of the only direction, at alpha = 1."""
    [found] = levels([one], 1.0).values()
    return found


def test_a_direction_with_categories_gives_half_to_the_suite_and_a_quarter_to_each_other_family() -> None:
    """Of the suite's 4/5 to right, 1/5 to the second cut."""
    found = only(condition(CATEGORIES))
    assert (found.right, found.second, found.categories, found.probes) == pytest.approx((0.4, 0.1, 0.25, 0.25))
    assert (found.rewordings, found.fresh, found.suite) == (None, None, pytest.approx(0.5))


def test_pinned_rewordings_take_an_eighth_from_the_suite() -> None:
    """3/8, 1/8, 1/4, 1/4."""
    found = only(condition(CATEGORIES, probes(1, start="r", category="a", rewordings=rewordings(3, 3, 3))))
    assert (found.suite, found.rewordings) == pytest.approx((3 / 8, 1 / 8))
    assert (found.categories, found.probes) == pytest.approx((1 / 4, 1 / 4))


def test_the_share_of_a_missing_family_goes_to_the_rest_in_proportion() -> None:
    """Without categories 2/3 and 1/3; copies have no single probes; a lone category is the suite."""
    found = only(condition(probes(9)))
    assert (found.suite, found.probes, found.categories) == (pytest.approx(2 / 3), pytest.approx(1 / 3), None)
    found = only(condition(probes(9, copies_now=True)))
    assert (found.suite, found.probes) == (pytest.approx(1), None)
    assert only(condition(probes(9, category="all"))).categories is None
    assert only(condition(probes(9, category="some"), probes(1, start="q"))).categories == pytest.approx(1 / 4)


def test_families_are_those_of_the_baseline_whatever_was_left_out() -> None:
    """Else a part of the suite would have larger levels; what the baseline does not have counts for nothing."""
    part = [*probes(5, category="a"), *probes(5, category="b", start="q", standing="left-out")]
    assert only(condition(part)) == only(condition(CATEGORIES))
    assert only(condition(probes(9), probes(2, start="n", category="c", standing="new"))).categories is None


def test_alpha_is_divided_among_conditions_and_directions() -> None:
    """Two conditions, one of which has one direction: a third each."""
    both = condition(probes(5), probes(5, expect=ANSWER, start="a"), name="a")
    found = levels([both, condition(probes(5), name="b"), condition(probes(5, standing="new"), name="new")], 0.05)
    assert list(found) == [("a", REFUSE), ("a", ANSWER), ("b", REFUSE)]
    assert [one.whole for one in found.values()] == pytest.approx([0.05 / 3] * 3)


def test_three_looks_at_the_suite_share_its_level() -> None:
    """.02, .02, .96 of both cuts; categories half on fresh attempts, half at the end; single probes all of theirs."""
    families = ["suite", "categories", "probes"]
    fixed, looks = divide(families, 1.0), [divide(families, 1.0, rounds) for rounds in (1, 2, 3)]
    assert [one.right / fixed.right for one in looks] == pytest.approx([0.02, 0.02, 0.96])
    assert [one.second / fixed.second for one in looks] == pytest.approx([0.02, 0.02, 0.96])
    assert [one.categories for one in looks] == pytest.approx([0, 0, 1 / 8])
    assert [one.fresh for one in looks] == pytest.approx([1 / 8] * 3)
    assert [one.probes for one in looks] == pytest.approx([1 / 4] * 3)


def test_there_are_three_rounds_at_most() -> None:
    """And one at least."""
    for wrong in (0, 4):
        with pytest.raises(ValueError, match="there are 1 to 3 rounds, not"):
            condition(rounds={REFUSE: wrong})
