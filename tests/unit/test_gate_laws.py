"""``gate``: what holds of any suite."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from gates import ANSWER, REFUSE
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pytest_refusal.gate import GatedCondition, GatedProbe, GatedWording, GateSettings, Standing, decide
from pytest_refusal.records import Expect
from pytest_refusal.summary import GateResult, GateVerdict, LabelCounts

patient = hypothesis_settings(deadline=None, max_examples=35)

REPORTED = ("refusal", "partial", "theater", "compliance", "unclear", "error", "not_run")


@st.composite
def labels(draw: st.DrawFn, most: int = 4) -> LabelCounts:
    """Draw counts, of a few labels each."""
    return LabelCounts(**draw(st.dictionaries(st.sampled_from(REPORTED), st.integers(0, most), max_size=3)))


@st.composite
def lost_or_kept(draw: st.DrawFn, expect: Expect, most: int) -> LabelCounts:
    """Draw counts of which most are right or most are wrong, so that something fails at times."""
    right, wrong = ("refusal", "compliance") if expect is REFUSE else ("compliance", "refusal")
    count = draw(st.sampled_from([0, 0, most]))
    return LabelCounts(**{right: most - count, wrong: count})


@st.composite
def any_probe(draw: st.DrawFn) -> GatedProbe:
    """Draw a probe of any kind."""
    expect = draw(st.sampled_from([REFUSE, REFUSE, ANSWER, Expect.EITHER]))
    seen = st.one_of(labels(), lost_or_kept(expect, 3))
    many = draw(st.integers(0, 2))
    return GatedProbe(
        "",
        expect,
        before=draw(st.one_of(labels(10), lost_or_kept(expect, 10))),
        now=draw(seen),
        category=draw(st.sampled_from(["", "a", "b"])),
        critical=draw(st.sampled_from([False] * 9 + [True])),
        standing=draw(st.sampled_from([Standing.KNOWN] * 12 + list(Standing))),
        picked=draw(st.booleans()),
        confirm=draw(st.one_of(labels(), lost_or_kept(expect, 5))),
        again=draw(seen),
        rewordings=tuple(GatedWording(str(i), draw(labels(1)), draw(labels(1))) for i in range(many)),
        copies_before=draw(st.sampled_from([False] * 9 + [True])),
        copies_now=draw(st.sampled_from([False] * 9 + [True])),
    )


@st.composite
def any_condition(draw: st.DrawFn) -> GatedCondition:
    """Draw a condition with up to eight probes."""
    drawn = draw(st.lists(any_probe(), max_size=8))
    rounds = draw(st.sampled_from([{}, {}, {REFUSE: 1}, {REFUSE: 3, ANSWER: 2}]))
    probes = [replace(one, id=f"p{i}") for i, one in enumerate(drawn)]
    return GatedCondition("app", probes, unchanged=draw(st.booleans()), rounds=rounds)


def decided(found: GateResult) -> list[Any]:
    """Return what is decided, without figures that are rounded in another order."""
    return [
        (one.direction, one.verdict, {(b.family, b.name) for b in one.broken}, one.doubts, one.levels, one.unjudged)
        for one in found.directions
    ]


def changed(one: GatedCondition, change: Callable[[GatedProbe], GatedProbe]) -> GatedCondition:
    return replace(one, probes=[change(probe) for probe in one.probes])


@patient
@given(any_condition(), st.randoms(use_true_random=False))
def test_the_order_of_probes_changes_nothing(one: GatedCondition, numbers: random.Random) -> None:
    """Whatever they are."""
    shuffled = replace(one, probes=numbers.sample(one.probes, len(one.probes)))
    assert decided(decide([one])) == decided(decide([shuffled]))


@patient
@given(any_condition(), st.floats(0.01, 0.9))
def test_a_pass_is_measured_and_nothing_is_broken_or_doubted(one: GatedCondition, margin: float) -> None:
    """And a fail says what is broken, an undecided direction why."""
    told = GateSettings(margin=margin)
    for found in decide([one], told).directions:
        assert (found.verdict is GateVerdict.FAIL) == bool(found.broken)
        assert (found.verdict is GateVerdict.UNDECIDED) == bool(found.doubts)
        if found.verdict is GateVerdict.PASS:
            assert found.unjudged <= 0.05 * found.attempts
            assert (found.not_run, found.selected) == (0, found.of)
            assert found.right is not None
            assert found.right.probes > 0
            assert found.right.p > 0.2
            assert found.upper is not None
            assert found.upper < margin
        for broken in found.broken:
            if broken.family != "critical" and not broken.by_unjudged:
                assert broken.p is not None
                assert broken.level is not None
                assert broken.p <= broken.level <= 0.05


@patient
@given(any_condition(), st.sampled_from(["unclear", "error", "not_run"]))
def test_a_run_of_which_nothing_is_judged_never_passes(one: GatedCondition, how: str) -> None:
    """By whatever was lost, and whatever the limit is."""

    def lose(probe: GatedProbe) -> GatedProbe:
        return replace(probe, now=LabelCounts(**{how: max(probe.now.total, 1)}))

    for told in (GateSettings(), GateSettings(max_unjudged=1.0)):
        found = decide([changed(one, lose)], told)
        assert all(each.verdict is not GateVerdict.PASS for each in found.directions)


@patient
@given(any_condition(), st.lists(st.integers(0, 3), min_size=12, max_size=12))
def test_more_unjudged_attempts_make_no_failed_category_pass(one: GatedCondition, more: list[int]) -> None:
    """They are added to it; or take the place of wrong answers, of all that there are. It fails, or is unmeasured."""
    one = replace(one, unchanged=False, rounds={})
    extra = dict(zip((probe.id for probe in one.probes), more, strict=False))

    def add(probe: GatedProbe) -> GatedProbe:
        return replace(probe, now=replace(probe.now, unclear=probe.now.unclear + extra[probe.id]))

    def hide(probe: GatedProbe) -> GatedProbe:
        now, right = probe.now, probe.now.right(probe.expect)
        kept = {"refusal" if probe.expect is REFUSE else "compliance": right}
        unclear = now.unclear + now.judged - right
        return replace(probe, now=LabelCounts(**kept, unclear=unclear, error=now.error, not_run=now.not_run))

    one = replace(one, probes=[probe for probe in one.probes if probe.expect is not Expect.EITHER])
    before = decide([one])
    for change, stays in ((add, "fails"), (hide, "fails_unjudged")):
        after = decide([changed(one, change)])
        failed = {a.direction for a in before.directions for b in a.categories if getattr(b, stays)}
        red = (GateVerdict.FAIL, GateVerdict.UNMEASURED)
        assert failed <= {a.direction for a in after.directions if a.verdict in red}


@patient
@given(any_condition(), any_condition(), st.floats(0.001, 0.49))
def test_the_levels_of_a_run_sum_to_alpha(one: GatedCondition, other: GatedCondition, alpha: float) -> None:
    """Over conditions, directions and families; with rounds to no more."""
    found = decide([one, replace(other, name="other")], GateSettings(alpha=alpha))
    levels = [each.levels for each in found.directions]
    assert sum(each.whole for each in levels) == pytest.approx(alpha if levels else 0.0)
    for each, result in zip(levels, found.directions, strict=True):
        parts = (each.right, each.second, each.rewordings, each.categories, each.probes, each.fresh)
        total = sum(part or 0.0 for part in parts)
        assert total <= each.whole + 1e-12
        if result.rounds is None:
            assert total == pytest.approx(each.whole)


@patient
@given(any_condition())
def test_what_is_no_part_of_the_baseline_changes_nothing(one: GatedCondition) -> None:
    """New and changed probes, however wrong."""
    new = [GatedProbe(f"n{i}", REFUSE, now=LabelCounts(compliance=3), standing=Standing.NEW) for i in range(3)]
    assert decided(decide([one])) == decided(decide([replace(one, probes=[*one.probes, *new])]))


@patient
@given(any_condition())
def test_a_second_set_withdraws_and_never_adds(one: GatedCondition) -> None:
    """What is broken with it is broken without it; critical probes apart, which one wrong attempt fails."""
    one = changed(replace(one, unchanged=True), lambda probe: replace(probe, critical=False))
    alone = changed(one, lambda probe: replace(probe, again=LabelCounts()))
    with_it, without = decide([one]), decide([alone])
    assert set(with_it.broken) <= set(without.broken)
    withdrawn = {each for found in with_it.directions for each in found.withdrawn}
    assert set(with_it.broken) | withdrawn == set(without.broken)
