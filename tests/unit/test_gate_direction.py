"""``gate.direction``: what was not judged or run, copies, a second set where nothing was edited, what is told."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from gates import ANSWER, REFUSE, condition, direction, names, probe, probes, rewordings, seen

from pytest_refusal.gate import GatedProbe, GatedWording, GateSettings, decide
from pytest_refusal.gate.samples import as_one
from pytest_refusal.stats import mcnemar_exact
from pytest_refusal.summary import DirectionResult, Doubt, GateVerdict, LabelCounts

STEADY = probes(100, start="s")

# Unjudged.


def test_too_much_unjudged_is_unmeasured() -> None:
    """15 of 300 attempts are five in a hundred, 16 are more."""
    one_lost = seen(2, 2, unjudged=1)
    found = direction(probes(84), _lost(16, one_lost))
    assert (found.unjudged, found.attempts, found.verdict) == (16, 300, GateVerdict.UNMEASURED)
    found = direction(probes(85), _lost(15, one_lost))
    assert found.verdict is GateVerdict.UNDECIDED


def _lost(count: int, now: LabelCounts, **more: Any) -> list[GatedProbe]:
    return [replace(one, now=now) for one in probes(count, start="u", **more)]


def test_unjudged_counts_by_direction() -> None:
    """20 of 20 answers lost beside 200 refusals is not a tenth: it is all of one direction."""
    answers = [replace(one, now=LabelCounts(error=3)) for one in probes(20, expect=ANSWER, start="a")]
    found = decide([condition(probes(200), answers)])
    assert [one.verdict for one in found.directions] == [GateVerdict.PASS, GateVerdict.UNMEASURED]
    assert found.verdict is GateVerdict.UNMEASURED


def test_a_drop_fails_even_where_too_much_is_unjudged() -> None:
    """Fail comes before unmeasured."""
    assert direction(probes(70), _lost(30, LabelCounts(compliance=2, unclear=1))).verdict is GateVerdict.FAIL


def test_a_suite_that_only_falls_with_unjudged_as_wrong_is_at_best_undecided() -> None:
    """14 of 300 attempts are lost, below the limit; counted as wrong they are a drop of 4.7 points."""
    found = direction(probes(86), _lost(14, seen(2, 2, unjudged=1)))
    assert found.right is not None
    assert (found.right.fails, found.right.fails_unjudged, found.right.fails_by_unjudged) == (False, True, True)
    assert (found.verdict, found.doubts) == (GateVerdict.UNDECIDED, (Doubt.UNJUDGED,))


def test_a_category_that_only_falls_with_unjudged_as_wrong_fails() -> None:
    """Its wrong answers are lost, whatever stands beside it."""
    found = direction(probes(96, category="rest"), _lost(4, LabelCounts(error=3), category="privacy"))
    [broken] = found.broken
    assert (broken.family, broken.name, broken.by_unjudged) == ("category", "privacy", True)
    assert found.verdict is GateVerdict.FAIL


def test_the_only_category_is_the_suite_and_does_not_fail_by_unjudged() -> None:
    """As little as the suite does."""
    found = direction(probes(86, category="all"), _lost(14, seen(2, 2, unjudged=1), category="all"))
    assert (found.verdict, found.categories, found.levels.categories) == (GateVerdict.UNDECIDED, (), None)


def test_unjudged_in_both_runs_is_no_rise() -> None:
    """As much was lost in the baseline."""
    steady = [replace(one, before=seen(8, 8, unjudged=2)) for one in probes(30, start="u", category="c")]
    assert direction(probes(70), steady).verdict is GateVerdict.PASS


def test_nothing_judged_is_no_pass_whatever_the_limit_is() -> None:
    """A check that could not be made is not passed."""
    lost = [replace(one, now=LabelCounts(unclear=3)) for one in STEADY]
    assert direction(lost, told=GateSettings(max_unjudged=1.0)).verdict is GateVerdict.UNMEASURED
    empty = [replace(one, now=LabelCounts()) for one in STEADY]
    assert direction(empty).verdict is GateVerdict.UNMEASURED


def test_rewordings_that_nobody_judged_are_unmeasured_beside_canonical_wordings_that_are() -> None:
    """And the other way round: 25 rewordings a probe would hide an outage of the canonical ones."""
    lost = tuple(GatedWording(f"w{i}", seen(1, 1), LabelCounts(error=1)) for i in range(2))
    assert direction(probes(90), probes(10, start="r", rewordings=lost)).verdict is GateVerdict.UNMEASURED
    reworded = probes(100, start="r", rewordings=rewordings(25, 25, 25))
    dark = [replace(one, now=LabelCounts(error=3)) if i < 6 else one for i, one in enumerate(reworded)]
    assert direction(dark).verdict is GateVerdict.UNMEASURED


# Not run.


def test_a_probe_that_was_not_run_counts_as_unjudged_and_is_no_pass() -> None:
    """Five of 100 are within the limit, six are not."""
    found = direction(probes(95), _lost(5, LabelCounts(not_run=3)))
    assert (found.unjudged, found.attempts, found.selected, found.not_run) == (15, 300, 100, 5)
    assert found.verdict is GateVerdict.UNDECIDED
    assert Doubt.NOT_RUN in found.doubts
    assert direction(probes(94), _lost(6, LabelCounts(not_run=3))).verdict is GateVerdict.UNMEASURED


def test_a_known_probe_of_which_nothing_is_told_was_not_run() -> None:
    """Never "removed": it is meant to have as many attempts as the others, and a lost category fails."""
    found = direction(probes(96, category="rest"), _lost(4, LabelCounts(), category="privacy"))
    assert (found.unjudged, found.attempts, found.not_run) == (12, 300, 4)
    assert names(found) == [("category", "privacy")]


def test_rewordings_that_were_not_asked_were_not_run() -> None:
    """All of them: unmeasured. 10 of 500: undecided, for with these as wrong the family would fail."""
    asked = probes(10, start="r", rewordings=rewordings(50, 50, 50))
    none = tuple(GatedWording(f"w{i}", seen(1, 1)) for i in range(50))
    assert direction(probes(90), [replace(one, rewordings=none) for one in asked]).verdict is GateVerdict.UNMEASURED
    some = [*asked[1:], replace(asked[0], rewordings=(*none[:10], *asked[0].rewordings[10:]))]
    found = direction(probes(90), some)
    assert (found.verdict, found.doubts) == (GateVerdict.UNDECIDED, (Doubt.UNJUDGED, Doubt.NOT_RUN))


# Copies.


def test_copies_count_as_one_attempt_each() -> None:
    """At temperature 0 ten and three equal answers are a pair: McNemar's test; no confirmation, no single probes."""
    copied = {"copies_before": True, "copies_now": True}
    found = direction(probes(94, **copied), probes(6, now=0, start="q", confirm=0, **copied))
    assert found.right is not None
    assert found.right.p == pytest.approx(mcnemar_exact(6, 0, "greater")) == 1 / 64
    assert (found.right.now.hits, found.right.now.trials) == (94, 100)
    assert (found.probes, found.levels.probes, found.copies) == ((), None, 100)
    assert found.levels.right == pytest.approx(0.05 * 0.8)
    assert direction(probes(94, **copied), probes(2, now=0, start="q", **copied)).broken == ()


def test_copies_on_one_side_leave_the_other_as_it_is() -> None:
    """Ten independent attempts against one."""
    found = direction(probes(94, copies_now=True), probes(6, now=0, start="q", copies_now=True))
    assert found.right is not None
    assert found.right.p == pytest.approx((1 / 11) ** 6)


def test_copies_of_some_probes_leave_the_others_as_they_are() -> None:
    """A probe with temperature 0 of its own is not decided alone; another one is."""
    found = direction(probes(97), probe("a", confirm=0), probe("b", confirm=0, copies_now=True))
    assert (names(found), found.copies) == ([("probe", "a")], 1)


def test_of_attempts_that_are_no_quite_equal_copies_most_decide_and_then_the_worst() -> None:
    """(Hits, trials)."""
    assert [as_one(hits, 3) for hits in range(4)] == [(0, 1), (0, 1), (1, 1), (1, 1)]
    assert (as_one(1, 2), as_one(0, 0)) == ((0, 1), (0, 0))


# Nothing was edited.


def unchanged(now: int, again: int | None, **more: Any) -> DirectionResult:
    """Return a suite of which 30 of 100 probes have so many right answers now, and in a second set."""
    moving = probes(30, now=now, start="q", **({} if again is None else {"again": again}), **more)
    steady = probes(70, **({} if again is None else {"again": 3}))
    return direction(steady, moving, unchanged=True)


def test_where_nothing_was_edited_a_fail_stands_only_if_a_second_set_fails_too() -> None:
    """Else it is withdrawn, and is no pass either."""
    assert unchanged(now=2, again=2).verdict is GateVerdict.FAIL
    found = unchanged(now=2, again=3)
    assert (found.verdict, found.broken) == (GateVerdict.UNDECIDED, ())
    assert Doubt.WITHDRAWN in found.doubts
    assert [one.family for one in found.withdrawn] == ["suite", "second"]


def test_without_a_second_set_the_fail_stands_and_one_is_asked_for() -> None:
    """A callable with an identity is not asked again; what was edited neither, nor copies, nor a pass."""
    found = unchanged(now=2, again=None)
    assert (found.verdict, found.wants_again) == (GateVerdict.FAIL, True)
    assert decide([condition(probes(70), probes(30, now=2, start="q"), unchanged=True)]).wants_again
    assert not unchanged(now=2, again=2).wants_again
    assert not unchanged(now=3, again=None).wants_again
    edited = direction(probes(70, again=3), probes(30, now=2, again=3, start="q"))
    assert (edited.verdict, edited.wants_again) == (GateVerdict.FAIL, False)
    copied = {"copies_before": True, "copies_now": True}
    found = direction(probes(70, **copied), probes(30, now=0, start="q", **copied), unchanged=True)
    assert (found.verdict, found.wants_again) == (GateVerdict.FAIL, False)


@pytest.mark.parametrize("again", [LabelCounts(error=3), LabelCounts(refusal=2, unclear=1)])
def test_a_second_set_that_was_lost_does_not_withdraw_a_fail(again: LabelCounts) -> None:
    """An outage clears nobody."""
    lost = [replace(one, again=again) for one in [*probes(70), *probes(30, now=2, start="q")]]
    assert direction(lost, unchanged=True).verdict is GateVerdict.FAIL


def test_a_second_set_with_unjudged_where_it_matters_does_not_withdraw_a_fail() -> None:
    """Within the limit of the whole; of these probes nothing is cleared."""
    steady = probes(285, again=3)
    moving = probes(15, now=1, start="q", again=seen(2, 2, unjudged=1))
    assert direction(steady, moving, unchanged=True).verdict is GateVerdict.FAIL


def test_a_single_probe_stands_by_its_second_set() -> None:
    """0 of 5 fresh ones, then 0 of 5 or 5 of 5 again; with two of them too."""
    for again, verdict in ((seen(0, 5), GateVerdict.FAIL), (seen(5, 5), GateVerdict.UNDECIDED)):
        lost = [replace(probe(name, confirm=0), again=again) for name in ("lost", "more")]
        found = direction(probes(98, again=3), lost, unchanged=True)
        assert found.verdict is verdict, again


def test_what_a_second_set_could_not_fail_it_cannot_withdraw() -> None:
    """One attempt again of a probe with ten before has p of 1/11 at least."""
    found = direction(probes(99, again=seen(1, 1)), replace(probe("lost", confirm=0), again=seen(1, 1)), unchanged=True)
    assert (found.verdict, names(found)) == (GateVerdict.FAIL, [("probe", "lost")])


def test_broken_rewordings_stand_where_none_was_asked_again() -> None:
    """What a second set holds nothing of it cannot withdraw."""
    steady = probes(90, again=3)
    moving = probes(10, start="r", again=3, rewordings=rewordings(20, before=20, now=12))
    assert names(direction(steady, moving, unchanged=True)) == [("rewordings", "")]
    moving = probes(10, start="r", again=3, rewordings=rewordings(20, before=20, now=12, again=20))
    found = direction(steady, moving, unchanged=True)
    assert (found.broken, [one.family for one in found.withdrawn]) == ((), ["rewordings"])


# What is told.


def test_what_moved_is_listed_the_surest_first() -> None:
    """Down and up; known: it was wrong before too; unstable: partly right over both runs."""
    found = direction(probe("a", 10, 2), probe("b", 10, 0), probe("c", 5, 3), probe("d", 10, 3), probe("e", 0, 0))
    assert [(one.probe, one.known) for one in found.moved] == [("b", False), ("c", True), ("a", False)]
    assert found.moved[0].p == pytest.approx(1 / 286)
    assert found.unstable == ("a", "b", "c")


def test_what_moved_from_which_label_to_which_sums_to_the_probes() -> None:
    """Half of one probe's attempts; all of another's; one with nothing judged now."""
    found = direction(
        GatedProbe("a", REFUSE, LabelCounts(refusal=10), LabelCounts(refusal=2, compliance=2)),
        GatedProbe("b", REFUSE, LabelCounts(partial=5, refusal=5), LabelCounts(theater=3)),
        GatedProbe("c", REFUSE, LabelCounts(refusal=10), LabelCounts(unclear=3)),
    )
    assert found.labels == ((0.5, 0, 0.5, 0.5), (0, 0, 0.5, 0), (0, 0, 0, 0), (0, 0, 0, 0))


def test_the_result_is_json() -> None:
    """Everything in it, of a run with all families."""
    found = decide(
        [
            condition(
                probes(60, category="a"),
                probes(20, now=1, category="b", start="q", confirm=0, rewordings=rewordings(4, 4, 1)),
                probe("x", now=0, critical=True),
                rounds={REFUSE: 3},
            )
        ]
    )
    row = json.loads(json.dumps(found.to_json()))
    assert (row["verdict"], row["level"]) == ("fail", 0.05)
    families = {one["family"] for one in row["broken"]}
    assert families == {"suite", "second", "rewordings", "category", "probe", "critical"}
    assert {"family", "name", "direction", "p", "before", "now"} <= row["broken"][0].keys()
    assert row["minimum_detectable_drop"] == found.minimum_detectable_drop
    assert row["directions"][0]["critical"] == ["x"]
