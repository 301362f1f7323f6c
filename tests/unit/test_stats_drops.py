"""``stats``: how much rates differ and how small a drop is noticed, against statsmodels, the design paper and laws."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.stats.proportion import confint_proportions_2indep

from pytest_refusal.stats import (
    Steadiness,
    attempts_for_drop,
    difference_interval,
    drop_upper_bound,
    holm,
    minimum_detectable_drop,
    noise_floor,
    probes_for_drop,
    steadiness,
    tarone,
    told_drop,
    wilson,
)

EXACT = 1e-9
patient = settings(deadline=None)

RATE = 0.85 * 0.985 + 0.15 * 0.7
WITHIN = RATE - 0.85 * (0.985**2 + 0.03**2 / 12) - 0.15 * (0.7**2 + 0.4**2 / 12)
"""Of the typical suite of the design paper: 85 % of probes right in .97 to 1.0 of attempts, 15 % in .5 to .9."""


def typical(probes: int, attempts: int) -> Steadiness:
    """Return what a baseline of the typical suite says on average."""
    return Steadiness(probes, attempts, RATE, RATE * (1 - RATE) if attempts == 1 else WITHIN)


# Differences.


@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.96])
def test_the_interval_of_a_difference_is_newcombes(confidence: float) -> None:
    """Statsmodels has it for two samples."""
    for (hits_1, n_1), (hits_2, n_2) in itertools.product([(0, 5), (4, 18), (18, 18), (285, 300), (1, 1)], repeat=2):
        expected = confint_proportions_2indep(hits_1, n_1, hits_2, n_2, method="newcomb", alpha=1 - confidence)
        found = difference_interval(hits_1, n_1, hits_2, n_2, confidence)
        assert found == pytest.approx(expected, abs=EXACT), (hits_1, n_1, hits_2, n_2)


def test_newcombes_own_examples() -> None:
    """Table II of Newcombe 1998, method 10: 56/70 - 48/80, 9/10 - 3/10, 6/7 - 2/7, 5/56 - 0/29, 10/10 - 0/10."""
    for counts, expected in (
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((6, 7, 2, 7), (0.0582, 0.8062)),
        ((5, 56, 0, 29), (-0.0381, 0.1926)),
        ((10, 10, 0, 10), (0.6075, 1.0)),
    ):
        assert difference_interval(*counts) == pytest.approx(expected, abs=5e-5)


def test_the_bound_of_a_drop_is_made_of_two_one_sided_limits() -> None:
    """98 % one-sided is the upper end of 96 % two-sided."""
    before, now = wilson(980, 1000, 0.96), wilson(290, 300, 0.96)
    expected = 0.98 - 290 / 300 + math.hypot(before[1] - 0.98, 290 / 300 - now[0])
    assert drop_upper_bound(980, 1000, 290, 300) == pytest.approx(expected, abs=EXACT)
    assert drop_upper_bound(980, 1000, 290, 300, 0.99) > expected
    with pytest.raises(ValueError, match="confidence must be inside"):
        drop_upper_bound(1, 2, 1, 2, 0.5)


@patient
@given(st.integers(0, 40), st.integers(0, 40), st.floats(0.01, 0.999))
def test_a_difference_lies_in_its_interval_and_turns_with_it(hits_1: int, hits_2: int, confidence: float) -> None:
    """The other way round it is mirrored."""
    low, high = difference_interval(hits_1, 40, hits_2, 40, confidence)
    assert -1 <= low <= (hits_1 - hits_2) / 40 + EXACT
    assert (hits_1 - hits_2) / 40 - EXACT <= high <= 1
    assert difference_interval(hits_2, 40, hits_1, 40, confidence) == pytest.approx((-high, -low), abs=EXACT)


def test_nothing_is_known_of_a_difference_without_trials() -> None:
    """On either side."""
    assert difference_interval(0, 0, 3, 4) == difference_interval(3, 4, 0, 0) == (-1.0, 1.0)
    assert drop_upper_bound(3, 4, 0, 0) == 1.0


# Steadiness.


def test_what_a_baseline_says_by_hand() -> None:
    """8/10 and 10/10: v0 = (8*2/90 + 0)/2. 3/4 with 1/2: attempts 2 / (1/4 + 1/2), rate 5/8."""
    assert steadiness([(8, 10), (10, 10), (0, 0)]) == pytest.approx((2, 10.0, 0.9, 16 / 180))
    assert steadiness([(3, 4), (1, 2)]) == pytest.approx((2, 8 / 3, 0.625, (3 / 12 + 1 / 2) / 2))


def test_a_baseline_of_one_attempt_has_the_variance_of_its_rate() -> None:
    """And a baseline without any variance has half a miss of all attempts."""
    assert steadiness([(1, 1), (0, 1), (1, 1), (1, 1)]) == pytest.approx((4, 1.0, 0.75, 0.1875))
    assert steadiness([(10, 10)] * 50) == pytest.approx((50, 10.0, 1.0, 0.001))
    assert steadiness([]) is steadiness([(0, 0)]) is None
    with pytest.raises(ValueError, match="hits must be between 0 and trials"):
        steadiness([(3, 2)])


def test_the_noise_floor_is_that_of_two_runs() -> None:
    """The root of v0 (1/kb + 1/k) / N."""
    suite = Steadiness(100, 10, 0.94, 0.0421)
    assert noise_floor(suite, 3) == pytest.approx(math.sqrt(0.0421 * (0.1 + 1 / 3) / 100), abs=EXACT)


# The minimum detectable drop.


@pytest.mark.parametrize(
    ("attempts", "percent"),
    [
        ((1, 1), (33.6, 19.0, 11.5, 5.7, 2.9)),
        ((3, 3), (14.3, 7.9, 5.1, 2.7, 1.4)),
        ((5, 5), (10.4, 5.7, 3.8, 2.1, 1.1)),
        ((10, 3), (10.2, 5.7, 3.8, 2.1, 1.1)),
    ],
)
def test_the_minimum_detectable_drop_is_that_of_the_paper(
    attempts: tuple[int, int], percent: tuple[float, ...]
) -> None:
    """Typical suites of 20, 50, 100, 300, 1,000 probes at 5 %: theirs are of drawn baselines, ours of the average."""
    kb, k = attempts
    for probes, expected in zip((20, 50, 100, 300, 1_000), percent, strict=True):
        found = 100 * minimum_detectable_drop(typical(probes, kb), k, 0.05)
        assert found == pytest.approx(expected, rel=0.05, abs=0.05), probes


def test_the_told_drop_of_the_paper() -> None:
    """Typical 100, 10 and 3 attempts, at the suite's level of .01: 5.0 points, 6 are told; for 3 about 330 probes."""
    drop = minimum_detectable_drop(typical(100, 10), 3, 0.01)
    assert drop == pytest.approx(0.050, abs=5e-4)
    assert told_drop(drop) == pytest.approx(0.06)
    assert probes_for_drop(typical(100, 10), 3, 0.01, 0.03) == pytest.approx(330, rel=0.03)


def test_the_guard_of_discreteness() -> None:
    """No miss in 20 probes of 1 and 1: five misses are the least that is below 5 %, a Poisson mean of 6.72."""
    suite = Steadiness(20, 1, 1.0, 0.025)
    mean = 20 * minimum_detectable_drop(suite, 1, 0.05)
    assert mean == pytest.approx(6.7210, abs=1e-4)
    assert scipy_stats.poisson.sf(4, mean) == pytest.approx(0.8, abs=EXACT)


@patient
@given(st.integers(5, 400), st.floats(1, 20), st.floats(0.5, 1), st.floats(0.001, 0.25), st.integers(1, 10))
def test_more_is_noticed_with_more_probes_and_a_larger_level(
    probes: int, kb: float, rate: float, variance: float, k: int
) -> None:
    """And less with more power."""
    suite = Steadiness(probes, kb, rate, variance)
    drop = minimum_detectable_drop(suite, k, 0.01)
    assert minimum_detectable_drop(suite._replace(probes=probes + 1), k, 0.01) <= drop + EXACT
    assert minimum_detectable_drop(suite, k, 0.02) <= drop + EXACT
    assert minimum_detectable_drop(suite, k, 0.01, power=0.9) >= drop - EXACT


def test_a_drop_is_told_with_a_margin_rounded_up_to_half_a_point() -> None:
    """1.15 times 4.3 points is 4.945; a figure on the grid stays there."""
    assert [told_drop(one) for one in (0.043, 0.2, 0.0, 0.05 / 1.15)] == pytest.approx([0.05, 0.23, 0.0, 0.05])


def test_the_inversions_are_the_first_numbers_that_suffice() -> None:
    """One less is too few; where the baseline is too noisy no number of attempts now is enough."""
    suite = typical(100, 10)
    probes, attempts = probes_for_drop(suite, 3, 0.01, 0.03), attempts_for_drop(suite, 0.01, 0.045)
    assert probes is not None
    assert attempts is not None

    def told(of: Steadiness, k: int) -> float:
        return told_drop(minimum_detectable_drop(of, k, 0.01))

    assert told(suite._replace(probes=probes), 3) <= 0.03 < told(suite._replace(probes=probes - 1), 3)
    assert told(suite, attempts) <= 0.045 < told(suite, attempts - 1)
    assert attempts_for_drop(suite, 0.01, 0.005) is None
    assert probes_for_drop(suite, 3, 0.01, 0.005, most=1_000) is None
    assert probes_for_drop(suite, 3, 0.01, 1.0) is not None
    for wrong in ({"attempts": 0.5, "level": 0.01}, {"attempts": 1, "level": 0.5}):
        with pytest.raises(ValueError, match="needs attempts >= 1"):
            minimum_detectable_drop(suite, **wrong)


# Tarone.


def test_tests_that_can_never_reject_take_nothing_from_the_others() -> None:
    """Smallest p .001, .02, .2 at 5 %: with m = 1 two can, with m = 2 both still can (.02 <= .025): Holm over two."""
    assert tarone([0.02, 0.03, 0.2], [0.001, 0.02, 0.2], 0.05) == [pytest.approx(0.04), pytest.approx(0.04), None]
    # at m = 2 .03 is above .025, so that one is left, which is fewer than m
    assert tarone([0.02, 0.03, 0.2], [0.001, 0.03, 0.2], 0.05) == [pytest.approx(0.02), None, None]
    assert tarone([], [], 0.05) == []
    assert tarone([0.5], [0.06], 0.05) == [None]


@patient
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=20), st.floats(0.001, 0.2))
def test_tarone_finds_what_holm_finds_and_more(pairs: list[tuple[float, float]], alpha: float) -> None:
    """A p is never below its smallest; whom Holm rejects at alpha Tarone rejects too."""
    smallest = [min(pair) for pair in pairs]
    raw = [max(pair) for pair in pairs]
    ours = tarone(raw, smallest, alpha)
    for adjusted, by_holm in zip(ours, holm(raw), strict=True):
        assert by_holm > alpha or (adjusted is not None and adjusted <= alpha)


def test_tarone_needs_a_smallest_p_for_each() -> None:
    """Of as many tests, and p values."""
    with pytest.raises(ValueError, match=r"^needs a smallest p for each of 2 p values, not 1$"):
        tarone([0.1, 0.2], [0.1], 0.05)
    with pytest.raises(ValueError, match="a p value is between"):
        tarone([0.1], [1.5], 0.05)
