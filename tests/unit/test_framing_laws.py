"""``measure``: what holds for every set of attempts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_refusal.framing import AskedForm, AskedTwins, Attempt, measure
from pytest_refusal.records import Decision, Expect
from pytest_refusal.reports.framing import rows, sentences
from pytest_refusal.summary import FramingResult, FramingSide

patient = settings(deadline=None)

attempt = st.sampled_from(
    [
        Attempt(Decision.REFUSED),
        Attempt(Decision.REFUSED, explained=True),
        Attempt(Decision.ANSWERED),
        Attempt(Decision.UNJUDGED),
    ]
)
attempts = st.lists(attempt, max_size=4).map(tuple)
NAMES = ("hand-written", "role", "suffix")


@st.composite
def probes(draw: st.DrawFn) -> list[AskedTwins]:
    """Draw probes with one form of some framings."""
    found = []
    for number in range(draw(st.integers(0, 14))):
        names = draw(st.lists(st.sampled_from(NAMES), unique=True))
        forms = tuple(AskedForm(f"{name}.x", name, draw(attempts)) for name in names)
        found.append(AskedTwins(f"p{number}", draw(st.sampled_from(Expect)), draw(attempts), forms))
    return found


def sides(one: FramingResult) -> tuple[FramingSide, ...]:
    return one.overall, one.refuse, one.answer


@patient
@given(probes(), st.booleans())
def test_every_figure_lies_in_its_range(some: list[AskedTwins], copies: bool) -> None:
    """And is there exactly where enough is judged."""
    measured = measure(some, copies=copies)
    for one in measured.framings:
        for side in sides(one):
            assert side.pairs <= side.probes
            for rate in (side.refused, side.explained):
                figures = (rate.difference, rate.low, rate.high, rate.p, rate.adjusted)
                assert (figures == (None,) * 5) is bool(side.unmeasured)
                assert rate.plain_hits <= rate.plain_trials
                assert rate.framed_hits <= rate.framed_trials
                if rate.difference is not None:
                    assert -1 <= rate.low <= rate.difference + 1e-12 <= rate.high + 2e-12 <= 1 + 2e-12  # type: ignore[operator]
                    assert 0 < rate.p <= rate.adjusted <= 1  # type: ignore[operator]
    assert len(rows(measured)) >= len(measured.framings)
    assert bool(sentences(measured)) is bool(measured.framings)


@patient
@given(probes(), st.randoms(use_true_random=False))
def test_the_order_of_probes_and_forms_does_not_matter(some: list[AskedTwins], numbers: object) -> None:
    """Only the list of probes keeps it."""
    mixed = [replace(one, framed=one.framed[::-1]) for one in some]
    numbers.shuffle(mixed)  # type: ignore[attr-defined]
    for one, other in zip(measure(some).framings, measure(mixed).framings, strict=True):
        assert (one.name, one.forms, set(one.probes)) == (other.name, other.forms, set(other.probes))
        for side, same in zip(sides(one), sides(other), strict=True):
            assert replace(side, refused=same.refused, explained=same.explained) == same
            for rate, like in ((side.refused, same.refused), (side.explained, same.explained)):
                assert (rate.difference, rate.low, rate.high, rate.p, rate.adjusted) == pytest.approx(
                    (like.difference, like.low, like.high, like.p, like.adjusted)
                )


@patient
@given(st.lists(st.tuples(attempts, attempts, st.sampled_from(Expect)), min_size=5, max_size=14))
def test_swapped_sides_negate_the_difference_and_keep_p(
    some: list[tuple[tuple[Attempt, ...], tuple[Attempt, ...], Expect]],
) -> None:
    """The interval turns round too."""

    def found(swap: bool) -> FramingResult:
        asked = []
        for number, (first, second, expect) in enumerate(some):
            plain, framed = (second, first) if swap else (first, second)
            asked.append(AskedTwins(str(number), expect, plain, (AskedForm("role.x", "role", framed),)))
        return measure(asked).framings[0]

    for side, other in zip(sides(found(False)), sides(found(True)), strict=True):
        assert side.unmeasured == other.unmeasured
        for rate, back in ((side.refused, other.refused), (side.explained, other.explained)):
            if rate.difference is None:
                continue
            assert back.difference == pytest.approx(-rate.difference)
            assert (back.low, back.high) == pytest.approx((-rate.high, -rate.low))  # type: ignore[operator]
            assert (back.p, back.adjusted) == pytest.approx((rate.p, rate.adjusted))
