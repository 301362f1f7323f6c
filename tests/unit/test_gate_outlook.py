"""``gate.outlook``: what a suite can notice, and what can never fail."""

from __future__ import annotations

import pytest
from gates import direction, probe, probes

from pytest_refusal.gate import detectable, divide, never_fails

LEVELS = divide(["suite", "categories", "probes"], 0.05)


def test_the_detectable_drop_is_told_and_what_would_notice_the_margin() -> None:
    """Thirty noisy probes notice no drop of five points; more probes or attempts would."""
    found = direction(probes(30, before=8, now=3)).detectable
    assert found is not None
    assert found.told >= 1.15 * found.drop > 0.05
    assert (found.told * 200) == pytest.approx(round(found.told * 200))
    assert found.probes_needed is not None
    assert found.probes_needed > 30
    assert found.noise_floor == pytest.approx((8 * 2 / 90 * (1 / 10 + 1 / 3) / 30) ** 0.5)
    assert (found.attempts_before, found.attempts_now) == pytest.approx((10, 3))


def test_the_paper_says_about_5_points_of_a_typical_suite_of_100() -> None:
    """Ten attempts before, three now, at the level of the suite's own test; the margin is not raised by it."""
    typical = [*probes(85), *probes(15, before=7, start="t")]
    found = detectable(typical, 3, 0.01, 0.05)
    assert found is not None
    assert 0.04 <= found.told <= 0.06


def test_a_steady_suite_needs_no_more() -> None:
    """300 probes notice less than the margin."""
    found = direction(probes(300)).detectable
    assert found is not None
    assert (found.told <= 0.05, found.probes_needed, found.attempts_needed) == (True, None, None)


def test_of_copies_the_flips_are_told_that_the_level_needs() -> None:
    """One attempt on each side, all one way: seven at .0125, six at .02; more copies help nothing."""
    copied = probes(100, copies_before=True, copies_now=True)
    for level, flips in ((0.0125, 7), (0.02, 6)):
        found = detectable(copied, 3, level, 0.05)
        assert found is not None
        assert (found.one_way_flips, found.attempts_now, found.attempts_needed) == (flips, 1, None)
    assert detectable(probes(100), 3, 0.0125, 0.05).one_way_flips is None  # type: ignore[union-attr]


def test_nothing_is_told_without_a_judged_attempt() -> None:
    """Before; and now."""
    assert detectable([probe("a", before=0, kb=0)], 3, 0.01, 0.05) is None
    assert direction([probe("a", before=0, kb=0)]).detectable is None


def test_rounds_are_told_by_the_last_of_them() -> None:
    """Ending after the first round does not make the suite blinder."""
    early, last = (direction(probes(100), rounds={"refuse": rounds}).detectable for rounds in (1, 3))
    assert early is not None
    assert last is not None
    assert early.drop == pytest.approx(last.drop)
    assert early.level == pytest.approx(0.96 * 0.05 * 2 / 3 * 4 / 5)


def test_what_can_never_fail_by_itself_is_named() -> None:
    """Even if everything were wrong now: right in 3 of 10 before, or one attempt before."""
    suite = [
        *probes(90, category="big"),
        probe("x", category="tiny", now=0),
        *probes(1, before=2, category="weak", start="w"),
        *probes(1, kb=1, before=1, category="once", start="o"),
    ]
    found = never_fails(suite, 3, LEVELS)
    assert (found.categories, found.probes) == (("once", "weak"), ("w000", "o000"))


def test_copies_are_no_probes_that_never_fail() -> None:
    """There is no such family; a category of six copies cannot fail at 1/80, one of seven can."""
    copied = {"copies_before": True, "copies_now": True}
    suite = [*probes(6, category="six", **copied), *probes(7, category="seven", start="q", **copied)]
    found = never_fails(suite, 3, divide(["suite", "categories"], 0.0375))
    assert (found.categories, found.probes) == (("six",), ())


def test_a_category_can_fail_on_what_is_missing_now() -> None:
    """It is the baseline that is asked, and the attempts that are meant."""
    lost = probe("x", category="tiny", now=0)
    assert never_fails([*probes(9, category="big"), lost], 3, LEVELS).categories == ()
