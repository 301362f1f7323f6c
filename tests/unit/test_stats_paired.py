"""``stats.paired``: beside statsmodels and formulae written out."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from pytest_refusal.stats import Counts, clustered_interval, mover, paired_difference, wilson

side = st.integers(0, 5).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials)))
pairs = st.lists(st.tuples(side, side).map(lambda two: Counts(*two[0], *two[1])), max_size=12)


def swapped(some: list[Counts]) -> list[Counts]:
    return [Counts(b, m, a, n) for a, n, b, m in some]


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [((36, 12, 2, 0), 0.0569, 0.3404), ((20, 12, 2, 16), 0.0562, 0.3292), ((20, 14, 0, 16), 0.1441, 0.3966)],
)
def test_the_arms_and_the_corrected_correlation_make_newcombes_interval(
    table: tuple[int, int, int, int], low: float, high: float
) -> None:
    """Method 10 written out with statsmodels' Wilson interval: phi corrected where a d > b c."""
    a, b, c, d = table
    n = sum(table)
    (l1, u1), (l2, u2) = (proportion_confint(hits, n, method="wilson") for hits in (a + c, a + b))
    excess = a * d - b * c
    phi = (max(excess - n / 2, 0) if excess > 0 else excess) / math.sqrt((a + b) * (c + d) * (a + c) * (b + d))
    p1, p2 = (a + c) / n, (a + b) / n
    found = mover((p1, *wilson(a + c, n)), (p2, *wilson(a + b, n)), phi)
    below, above = (p2 - l2, u1 - p1), (u2 - p2, p1 - l1)
    by_hand = [math.sqrt(x * x - 2 * phi * x * y + y * y) for x, y in (below, above)]
    assert found == pytest.approx((p2 - p1, p2 - p1 - by_hand[0], p2 - p1 + by_hand[1]))
    assert found[1:] == pytest.approx((low, high), abs=5e-5)


def test_the_clustered_interval_takes_the_place_of_wilsons() -> None:
    """Ten probes, one attempt each: the arms have Student's t in the place of z, phi is that of the fourfold table."""
    some = [Counts(1, 1, 1, 1)] * 4 + [Counts(1, 1, 0, 1)] * 3 + [Counts(0, 1, 1, 1)] + [Counts(0, 1, 0, 1)] * 2
    phi = (4 * 2 - 3 * 1 - 5) / math.sqrt(7 * 3 * 5 * 5)
    first = (0.7, *clustered_interval([(float(a), 1) for a, *_ in some]))
    second = (0.5, *clustered_interval([(float(b), 1) for *_, b, _ in some]))
    assert phi == 0
    assert paired_difference(some) == pytest.approx(mover(first, second, phi))


def test_each_probe_counts_once() -> None:
    """3/3 to 0/3 and 0/1 to 0/3: the mean is 1/2, not 3/4; a probe without trials on a side has no part."""
    assert paired_difference([Counts(3, 3, 0, 3), Counts(0, 1, 0, 3), Counts(1, 1, 0, 0)]).difference == -0.5


def test_no_probes_say_nothing_and_one_says_little() -> None:
    """An interval of everything; and counts that cannot be are errors."""
    assert paired_difference([]) == paired_difference([Counts(1, 1, 0, 0)]) == (0.0, -1.0, 1.0)
    assert paired_difference([Counts(3, 3, 0, 3)]) == (-1.0, -1.0, 1.0)
    for wrong in ([Counts(2, 1, 0, 1)], [Counts(0, 1, -1, 1)]):
        with pytest.raises(ValueError, match=r"^hits are part of trials, not "):
            paired_difference(wrong)


def test_agreement_everywhere_still_has_a_width() -> None:
    """Twenty sure probes that agree: one in eleven may flip among prompts like these."""
    low, high = paired_difference([Counts(1, 1, 1, 1)] * 10 + [Counts(0, 1, 0, 1)] * 10)[1:]
    assert low == pytest.approx(-high)
    assert high > 1 / 11


@settings(deadline=None)
@given(pairs)
def test_the_interval_holds_its_difference_and_turns_round_with_the_sides(
    some: list[Counts],
) -> None:
    """Swapped sides negate it; the order of probes changes nothing."""
    found, other = paired_difference(some), paired_difference(swapped(some))
    assert -1 <= found.low <= found.difference + 1e-12
    assert found.difference - 1e-12 <= found.high <= 1
    assert other == pytest.approx((-found.difference, -found.high, -found.low), abs=1e-12)
    shuffled = random.Random(1).sample(some, len(some))
    assert paired_difference(shuffled) == pytest.approx(found, abs=1e-12)
