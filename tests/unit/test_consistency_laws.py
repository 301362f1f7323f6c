"""``consistency``: what holds for every set of decisions."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_refusal.consistency import AskedProbe, Wording, measure
from pytest_refusal.records import Applied, Decision, Expect
from pytest_refusal.summary import Boundary, Consistency

patient = settings(deadline=None)
SIDES = {"r": Decision.REFUSED, "a": Decision.ANSWERED, "u": Decision.UNJUDGED}


def attempts(letters: str) -> tuple[Decision, ...]:
    """Return decisions: r(efused), a(nswered), u(njudged)."""
    return tuple(SIDES[letter] for letter in letters)


letters = st.text("rau", max_size=3)


@st.composite
def probes(draw: st.DrawFn) -> list[AskedProbe]:
    """Draw probes with all that can be: nothing judged, nothing drawn, noise."""
    found = []
    for number in range(draw(st.integers(0, 6))):
        rewordings = draw(st.lists(letters, max_size=12))
        kind, expect = draw(st.sampled_from(["frame", "noise"])), draw(st.sampled_from(Expect))
        wordings = tuple(
            Wording(i, f"words {i}", attempts(one), applied=(Applied(f"{kind}.{i % 3}", kind, kind),))
            for i, one in enumerate(rewordings, start=1)
        )
        found.append(AskedProbe(f"p{number}", expect, Wording(0, "", attempts(draw(letters))), wordings))
    return found


def boundaries(measured: Consistency) -> list[Boundary]:
    return [measured.pooled, *measured.apart.values()]


@patient
@given(probes())
def test_every_figure_lies_in_its_range(some: list[AskedProbe]) -> None:
    """And consistency is 1 exactly where nothing flips."""
    for found in boundaries(measure(some)):
        for one in found.probes:
            assert one.judged + len(one.undecided) == one.drawn
            assert one.consistency is None or 0 <= one.consistency <= 1
            assert one.agreement is None or 0 <= one.agreement <= 1
            assert one.entropy is None or 0 <= one.entropy <= 1 + 1e-12
            if one.consistency is not None:
                assert (one.consistency == 1) is (not one.flips)
                assert (one.consistency == 1) is (one.agreement == 1)
        for rate in (found.consistency, found.leak_rate, found.over_refusal_rate):
            assert (rate.rate is None) is (rate.trials == 0)
            assert 0 <= rate.low <= rate.lower <= rate.upper <= rate.high <= 1
            if rate.rate is not None:
                assert rate.low - 1e-9 <= rate.rate <= rate.high + 1e-9
        assert (found.consistency.rate == 1) is (
            found.consistency.trials > 0 and not any(one.flips for one in found.probes)
        )
        flips = found.leak_rate.hits + found.over_refusal_rate.hits
        assert found.consistency.hits + flips == found.consistency.trials
        assert found.leak_rate.trials + found.over_refusal_rate.trials == found.consistency.trials
        for within in found.answered_within:
            assert within.chance is None or within.low - 1e-9 <= within.chance <= within.high + 1e-9


@patient
@given(probes(), st.randoms(use_true_random=False))
def test_the_order_of_probes_rewordings_and_attempts_does_not_matter(
    some: list[AskedProbe], numbers: random.Random
) -> None:
    """Up to the last bit of a sum."""

    def mixed(wording: Wording) -> Wording:
        order = numbers.sample(wording.attempts, len(wording.attempts))
        return Wording(wording.number, wording.text, tuple(order), wording.again, wording.applied)

    others = [
        AskedProbe(
            one.probe,
            one.expect,
            mixed(one.canonical),
            tuple(map(mixed, numbers.sample(one.rewordings, len(one.rewordings)))),
        )
        for one in numbers.sample(some, len(some))
    ]
    for one, other in zip(boundaries(measure(some)), boundaries(measure(others)), strict=True):
        assert sorted(one.probes, key=lambda p: p.probe) == sorted(other.probes, key=lambda p: p.probe)
        for rate, its in ((one.consistency, other.consistency), (one.leak_rate, other.leak_rate)):
            assert (rate.low, rate.high) == pytest.approx((its.low, its.high), abs=1e-6)
        if one.variance is not None and other.variance is not None:
            assert one.variance.p == pytest.approx(other.variance.p)


@patient
@given(probes())
def test_exchanging_refused_and_answered_exchanges_the_directions(some: list[AskedProbe]) -> None:
    """Consistency, agreement and entropy stay; leaks become over-refusals."""
    exchange = {Decision.REFUSED: Decision.ANSWERED, Decision.ANSWERED: Decision.REFUSED}

    def turned(wording: Wording) -> Wording:
        order = tuple(exchange.get(one, one) for one in wording.attempts)
        return Wording(wording.number, wording.text, order, (), wording.applied)

    others = [
        AskedProbe(one.probe, one.expect, turned(one.canonical), tuple(map(turned, one.rewordings))) for one in some
    ]
    for one, other in zip(boundaries(measure(some)), boundaries(measure(others)), strict=True):
        assert one.consistency == other.consistency
        assert one.leak_rate == other.over_refusal_rate
        assert one.over_refusal_rate == other.leak_rate
        for mine, its in zip(one.probes, other.probes, strict=True):
            assert (mine.consistency, mine.agreement) == (its.consistency, its.agreement)
