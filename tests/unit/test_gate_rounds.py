"""``gate.rounds``: what may be decided after each of up to three rounds."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from gates import ANSWER, REFUSE, condition, names, probe, probes, seen

from pytest_refusal.gate import GatedCondition, GatedProbe, GateSettings, Look, decide, look
from pytest_refusal.summary import Doubt, GateVerdict, LabelCounts


def after(rounds: int, *asked: list[GatedProbe], **more: object) -> Look:
    """Return the look at the refusals of a suite after so many rounds."""
    [found] = look([condition(*asked, rounds={REFUSE: rounds})], GateSettings(**more))
    return found


def test_a_large_steady_suite_passes_after_one_round() -> None:
    """300 probes, margin of 5 points: the two rounds that are left need not be asked."""
    found = after(1, probes(300, k=1, now=1))
    assert (found.verdict, found.settled, found.direction, found.hints) == (GateVerdict.PASS, True, REFUSE, ())
    assert found.p == 1.0
    assert found.upper is not None
    assert found.upper < 0.05


def test_a_smaller_one_needs_another_round() -> None:
    """15 probes; the third round is the last one, whatever it says."""
    found = [after(rounds, probes(15, k=rounds, now=rounds)) for rounds in (1, 2, 3)]
    assert [one.verdict for one in found] == [GateVerdict.UNDECIDED] * 3
    assert [one.settled for one in found] == [False, False, True]


def test_a_collapse_fails_after_one_round() -> None:
    """A tenth of the probes is lost."""
    found = after(1, probes(90, k=1, now=1), probes(10, k=1, now=0, start="q"))
    assert (found.verdict, found.settled) == (GateVerdict.FAIL, True)


def test_early_looks_have_two_hundredths_of_the_suites_level_each() -> None:
    """p of 1/121 is below the suite's level and fails at the last look alone: before it is a hint."""
    lost = (probes(98, k=1, now=1), probes(2, k=1, now=0, start="q"))
    found = [after(rounds, *lost) for rounds in (1, 2, 3)]
    assert [one.p for one in found] == pytest.approx([1 / 121] * 3)
    assert [one.verdict for one in found] == [GateVerdict.UNDECIDED, GateVerdict.UNDECIDED, GateVerdict.FAIL]


def test_rounds_do_not_end_with_a_pass_while_a_category_hints_at_a_drop() -> None:
    """The suite shows none, for others got better; one probe that was right 30 times is wrong now: p of 1/31."""
    suite = [*probes(557, k=1, now=1, category="rest"), *probes(40, before=5, k=1, now=1, start="b", category="better")]
    lost = probe("x", 30, kb=30, k=1, now=0, category="c")
    found = after(1, suite, [lost])
    assert found.p is not None
    assert (found.verdict, found.settled, found.hints) == (GateVerdict.UNDECIDED, False, ("c",))
    assert found.p > 0.2
    assert after(1, suite, [replace(lost, now=seen(1, 1))]).verdict is GateVerdict.PASS


def test_each_direction_is_looked_at_by_itself() -> None:
    """With the number of rounds that it had; one without rounds is not looked at."""
    asked = (probes(300, k=1, now=1), probes(30, k=2, now=2, expect=ANSWER, start="a"))
    found = look([condition(*asked, rounds={REFUSE: 1, ANSWER: 2})])
    assert [(one.direction, one.rounds, one.settled) for one in found] == [(REFUSE, 1, True), (ANSWER, 2, False)]
    assert [one.direction for one in look([condition(*asked, rounds={ANSWER: 2})])] == [ANSWER]


def test_of_a_part_of_the_suite_no_round_settles_anything_so_that_one_is_enough() -> None:
    """The user left some out: single probes are decided by their fresh attempts."""
    found = after(1, probes(20, k=1, now=1), probes(5, start="d", standing="left-out", now=0, k=0))
    assert (found.verdict, found.settled, found.p, found.upper) == (GateVerdict.NONE, True, None, None)


def test_a_round_that_was_lost_is_followed_by_another() -> None:
    """Unmeasured is not settled; at the last round it is what remains."""
    dark = [replace(one, now=LabelCounts(error=1)) for one in probes(100)]
    assert (after(1, dark).verdict, after(1, dark).settled) == (GateVerdict.UNMEASURED, False)
    assert after(3, dark).settled


def test_fresh_attempts_settle_a_direction_where_they_were_asked() -> None:
    """A probe is lost: fails after one round. That they are not asked yet is no doubt; that one is missing is."""
    steady, kept = probes(399, k=1, now=1), probe("q", k=1, now=1, picked=True)
    assert after(1, steady, [kept]).verdict is GateVerdict.PASS
    assert after(1, steady, [replace(kept, confirm=seen(5, 5))]).verdict is GateVerdict.PASS
    assert after(1, steady, [replace(kept, confirm=seen(0, 5))]).verdict is GateVerdict.FAIL
    missing = [replace(kept, confirm=seen(5, 5)), probe("r", k=1, now=1, picked=True)]
    assert after(1, steady, missing).verdict is GateVerdict.UNDECIDED


def test_second_sets_are_not_looked_at() -> None:
    """They are asked after the rounds, where something fails."""
    lost = [replace(one, again=seen(1, 1)) for one in probes(40, k=1, now=0)]
    steady = probes(40, k=1, now=1, start="s", again=seen(1, 1))
    [found] = look([condition(lost, steady, unchanged=True, rounds={REFUSE: 1})])
    assert found.verdict is GateVerdict.FAIL


def test_the_verdict_after_the_rounds_decides_categories_by_their_fresh_attempts() -> None:
    """Half of their share; three of four probes were wrong at first, and stay so. The other half is for round three."""
    lost = [probe(f"q{i}", k=1, now=0, category="privacy", confirm=2) for i in range(3)]
    suite = [*probes(297, k=1, now=1, category="rest"), *lost]
    one = decide([condition(suite, rounds={REFUSE: 1})]).directions[0]
    assert ("category", "privacy") in names(one)
    assert one.levels.fresh == pytest.approx(0.05 / 8)
    assert [each.name for each in one.fresh] == ["privacy", "rest"]
    assert not any(each.fails for each in one.categories)
    steady = [replace(each, confirm=seen(5, 5)) for each in lost]
    one = decide([condition(probes(297, k=1, now=1, category="rest"), steady, rounds={REFUSE: 1})]).directions[0]
    assert (names(one), one.doubts) == ([], (Doubt.HINT,))
    third = [replace(each, now=seen(0, 3), confirm=LabelCounts(), picked=False) for each in lost]
    one = decide([condition(probes(297, category="rest"), third, rounds={REFUSE: 3})]).directions[0]
    assert ("category", "privacy") in names(one)


def test_a_category_that_fails_twice_is_named_once() -> None:
    """By the data of the third round and by the fresh attempts."""
    lost = [probe(f"q{i}", now=0, category="privacy", confirm=0) for i in range(3)]
    one = decide([condition(probes(297, category="rest"), lost, rounds={REFUSE: 3})]).directions[0]
    assert names(one).count(("category", "privacy")) == 1


def test_an_unchanged_suite_is_not_failed_more_often_by_looking_three_times() -> None:
    """120 runs of 60 probes at 90 %: at most alpha, with four standard errors; more of them are a benchmark."""
    numbers, failed = random.Random(7), 0
    for _ in range(120):
        failed += _rounds(numbers) is GateVerdict.FAIL
    assert failed / 120 <= 0.05 + 4 * (0.05 * 0.95 / 120) ** 0.5


def _rounds(numbers: random.Random) -> GateVerdict:
    before = [sum(numbers.random() < 0.9 for _ in range(10)) for _ in range(60)]
    now = [0] * 60
    for rounds in (1, 2, 3):
        now = [count + (numbers.random() < 0.9) for count in now]
        suite = [probe(f"p{i}", b, n, k=rounds) for i, (b, n) in enumerate(zip(before, now, strict=True))]
        [found] = look([GatedCondition("app", suite, rounds={REFUSE: rounds})])
        if found.settled:
            return found.verdict
    raise AssertionError("the third round settles")
