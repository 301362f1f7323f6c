"""``stats``: every interval against scipy, its laws, and the figures that were published or simulated."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from statistics import variance

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from pytest_refusal.stats import clopper_pearson, population_interval, student_t_quantile, trials_for_floor, wilson

EXACT = 1e-9
CONFIDENCES = (0.5, 0.95, 0.999)
ALTERNATIVES = {"two": "two-sided", "lower": "greater", "upper": "less"}


def tables() -> Iterator[tuple[int, int]]:
    """Yield counts: all of the small ones, the edges of larger ones, and some drawn with a fixed seed."""
    for trials in range(1, 7):
        yield from ((hits, trials) for hits in range(trials + 1))
    for trials in (18, 100, 322, 2_000, 100_000):
        yield from ((hits, trials) for hits in (0, 1, trials // 2, trials - 1, trials))
    random_numbers = random.Random(20250610)
    for largest in (30, 400, 20_000):
        for _ in range(40):
            trials = random_numbers.randint(1, largest)
            yield random_numbers.randint(0, trials), trials


@st.composite
def counts(draw: st.DrawFn, most: int = 500) -> tuple[int, int]:
    """Draw (hits, trials)."""
    trials = draw(st.integers(1, most))
    return draw(st.integers(0, trials)), trials


confidences = st.floats(0.01, 0.999)


# Against scipy.


@pytest.mark.parametrize("confidence", CONFIDENCES)
def test_wilsons_interval_is_scipys(confidence: float) -> None:
    """The exact normal quantile, at the ends too."""
    for hits, trials in tables():
        expected = scipy_stats.binomtest(hits, trials).proportion_ci(confidence, method="wilson")
        assert wilson(hits, trials, confidence) == pytest.approx((expected.low, expected.high), abs=EXACT), (
            hits,
            trials,
        )


@pytest.mark.parametrize("confidence", CONFIDENCES)
@pytest.mark.parametrize("side", ALTERNATIVES)
def test_the_exact_interval_is_scipys(side: str, confidence: float) -> None:
    """Two-sided, and the one-sided bounds that limits and runs without a failure use."""
    for hits, trials in tables():
        test = scipy_stats.binomtest(hits, trials, alternative=ALTERNATIVES[side])
        expected = test.proportion_ci(confidence, method="exact")
        seen = clopper_pearson(hits, trials, confidence, side)
        assert seen == pytest.approx((expected.low, expected.high), abs=EXACT), (hits, trials)


@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 10, 29, 99, 321, 1_000, 10_000])
@pytest.mark.parametrize("probability", [0.6, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995, 0.9995, 1 - 1e-9])
def test_students_quantile_is_scipys(probability: float, degrees: int) -> None:
    """Relative to its size, for one degree of freedom has quantiles of millions."""
    assert student_t_quantile(probability, degrees) == pytest.approx(scipy_stats.t.ppf(probability, degrees), rel=EXACT)


def test_students_quantile_is_scipys_for_drawn_numbers() -> None:
    """No gap between the round numbers."""
    random_numbers = random.Random(7)
    for _ in range(500):
        probability, degrees = random_numbers.uniform(0.51, 0.9999), random_numbers.randint(1, 5_000)
        expected = scipy_stats.t.ppf(probability, degrees)
        assert student_t_quantile(probability, degrees) == pytest.approx(expected, rel=EXACT), (probability, degrees)


def test_students_quantile_begins_at_zero() -> None:
    """Half of the distribution lies below its middle."""
    for degrees in (1, 2, 50, 1_000):
        assert student_t_quantile(0.5, degrees) == pytest.approx(0.0, abs=1e-6)


# What was published.

PUBLISHED = [
    # hits, trials, Wilson 95 %, Clopper-Pearson 95 %, in percent with so many digits
    (4, 18, (9.0, 45.2), (6.4, 47.6), 1),
    (5, 18, (12.5, 50.9), (9.7, 53.5), 1),
    (8, 18, (24.6, 66.3), (21.5, 69.2), 1),
    (17, 18, (74.2, 99.0), (72.7, 99.9), 1),
    (18, 18, (82.4, 100.0), (81.5, 100.0), 1),
    (25, 322, (5.31, 11.21), (5.09, 11.25), 2),
    (79, 322, (20.15, 29.52), (19.93, 29.61), 2),
    (104, 322, (27.43, 37.59), (27.22, 37.71), 2),
    (317, 322, (96.42, 99.33), (96.41, 99.49), 2),
    (319, 322, (97.30, 99.68), (97.30, 99.81), 2),
]


@pytest.mark.parametrize(("hits", "trials", "score", "exact", "digits"), PUBLISHED)
def test_the_intervals_of_published_counts_are_these(
    hits: int, trials: int, score: tuple[float, float], exact: tuple[float, float], digits: int
) -> None:
    """The table of the design paper, digit by digit."""
    assert tuple(round(100 * bound, digits) for bound in wilson(hits, trials)) == score
    assert tuple(round(100 * bound, digits) for bound in clopper_pearson(hits, trials)) == exact


@pytest.mark.parametrize(("trials", "percent"), [(18, 84.7), (50, 94.2), (100, 97.0), (300, 99.0)])
def test_a_run_without_a_failure_proves_this_much(trials: int, percent: float) -> None:
    """The exact one-sided bound, which is 0.05 to the power of 1/trials."""
    low, high = clopper_pearson(trials, trials, side="lower")
    assert (round(100 * low, 1), high) == (percent, 1.0)
    assert low == pytest.approx(0.05 ** (1 / trials), abs=EXACT)
    assert clopper_pearson(0, trials, side="upper") == pytest.approx((0.0, 1 - low), abs=EXACT)


@pytest.mark.parametrize(("floor", "trials"), [(0.90, 29), (0.95, 59), (0.98, 149), (0.99, 299)])
def test_a_floor_takes_29_59_149_or_299_trials(floor: float, trials: int) -> None:
    """One less cannot certify it."""
    assert trials_for_floor(floor) == trials
    assert clopper_pearson(trials, trials, side="lower")[0] >= floor
    assert clopper_pearson(trials - 1, trials - 1, side="lower")[0] < floor


# What is no count.


@pytest.mark.parametrize(("hits", "trials"), [(-1, 3), (4, 3), (0, -1), (math.nan, 3), (1, 0)])
def test_counts_that_cannot_be_are_an_error(hits: float, trials: int) -> None:
    """An interval of nonsense would look like any other."""
    with pytest.raises(ValueError, match=r"^hits must be between 0 and trials, not .* of -?\d$"):
        wilson(hits, trials)
    with pytest.raises(ValueError, match=r"^hits must be between 0 and trials"):
        clopper_pearson(hits, trials)  # type: ignore[arg-type]


@pytest.mark.parametrize("confidence", [0.0, 1.0, -0.5, 95, math.nan])
def test_a_confidence_outside_of_zero_to_one_is_an_error(confidence: float) -> None:
    """95 is no confidence, 0.95 is."""
    with pytest.raises(ValueError, match=r"^confidence must be inside \(0, 1\)"):
        wilson(1, 2, confidence)
    with pytest.raises(ValueError, match=r"^confidence must be inside \(0, 1\)"):
        clopper_pearson(1, 2, confidence)
    with pytest.raises(ValueError, match=r"^floor and confidence must be inside \(0, 1\)$"):
        trials_for_floor(0.9, confidence)


@pytest.mark.parametrize("floor", [0, 1, -0.1, 1.1])
def test_a_floor_outside_of_zero_to_one_is_an_error(floor: float) -> None:
    """No number of trials proves that nothing ever fails."""
    with pytest.raises(ValueError, match=r"^floor and confidence"):
        trials_for_floor(floor)


def test_a_side_that_is_none_is_an_error_that_names_the_three() -> None:
    """The words are part of the public surface."""
    with pytest.raises(ValueError, match=r"^side must be 'two', 'lower' or 'upper', not 'both'$"):
        clopper_pearson(1, 2, side="both")


def test_without_trials_nothing_is_known() -> None:
    """Everything from 0 to 1 is possible."""
    assert wilson(0, 0) == clopper_pearson(0, 0) == population_interval([]) == (0.0, 1.0)


# Laws.


@settings(deadline=None)
@given(counts(), confidences)
def test_an_interval_holds_the_rate_and_lies_in_zero_to_one(count: tuple[int, int], confidence: float) -> None:
    """Both kinds."""
    hits, trials = count
    for low, high in (wilson(hits, trials, confidence), clopper_pearson(hits, trials, confidence)):
        assert 0 <= low <= hits / trials + 1e-12
        assert hits / trials - 1e-12 <= high <= 1


@settings(deadline=None)
@given(counts(), confidences)
def test_one_more_hit_moves_both_ends_up(count: tuple[int, int], confidence: float) -> None:
    """Monotone: a better run never looks worse."""
    hits, trials = count
    if hits == trials:
        hits -= 1
    for bounds in (wilson, clopper_pearson):
        before, after = bounds(hits, trials, confidence), bounds(hits + 1, trials, confidence)
        assert before[0] <= after[0] + 1e-12
        assert before[1] <= after[1] + 1e-12


@settings(deadline=None)
@given(counts(), confidences)
def test_counting_the_others_turns_the_interval_round(count: tuple[int, int], confidence: float) -> None:
    """hits → trials - hits gives 1 - high, 1 - low; a lower bound becomes an upper one."""
    hits, trials = count
    for bounds in (wilson, clopper_pearson):
        low, high = bounds(hits, trials, confidence)
        assert bounds(trials - hits, trials, confidence) == pytest.approx((1 - high, 1 - low), abs=1e-12)
    lower = clopper_pearson(hits, trials, confidence, "lower")[0]
    assert clopper_pearson(trials - hits, trials, confidence, "upper")[1] == pytest.approx(1 - lower, abs=1e-12)


@settings(deadline=None)
@given(counts(), st.tuples(confidences, confidences))
def test_more_confidence_never_narrows(count: tuple[int, int], two: tuple[float, float]) -> None:
    """The price of being surer."""
    for bounds in (wilson, clopper_pearson):
        (low, high), (wider_low, wider_high) = (bounds(*count, confidence) for confidence in sorted(two))
        assert wider_low <= low + 1e-12
        assert high <= wider_high + 1e-12


@settings(deadline=None)
@given(counts(60), st.sampled_from([0.8, 0.9, 0.95]))
def test_the_exact_bound_is_where_the_tail_is_alpha(count: tuple[int, int], confidence: float) -> None:
    """Its definition: at the lower bound so many hits or more have a chance of alpha."""
    hits, trials = count
    low = clopper_pearson(hits, trials, confidence, "lower")[0]
    tail = sum(math.comb(trials, many) * low**many * (1 - low) ** (trials - many) for many in range(hits, trials + 1))
    assert tail == pytest.approx(1 - confidence if hits else 1.0, abs=1e-9)


@settings(deadline=None)
@given(st.floats(0.001, 0.9999), confidences)
def test_the_number_for_a_floor_is_the_smallest_that_reaches_it(floor: float, confidence: float) -> None:
    """Whatever the logarithms round to."""
    trials = trials_for_floor(floor, confidence)
    assert floor**trials <= 1 - confidence
    assert trials == 1 or floor ** (trials - 1) > 1 - confidence


@settings(deadline=None)
@given(st.floats(0.5, 0.9999), st.floats(0.5, 0.9999), st.integers(1, 300))
def test_students_quantile_rises_and_lies_beyond_the_normal_one(one: float, other: float, degrees: int) -> None:
    """Few degrees of freedom are less sure."""
    low, high = sorted((one, other))
    assert student_t_quantile(low, degrees) <= student_t_quantile(high, degrees) + 1e-9
    assert student_t_quantile(high, degrees) >= scipy_stats.norm.ppf(high) - 1e-6


# Prompts like these.


@settings(deadline=None)
@given(st.lists(counts(9), min_size=2, max_size=40), confidences)
def test_prompts_like_these_are_known_no_better_than_these_probes(
    per_probe: list[tuple[int, int]], confidence: float
) -> None:
    """The interval holds the rate and is never narrower than the one of the attempts."""
    hits, trials = sum(hits for hits, _ in per_probe), sum(trials for _, trials in per_probe)
    low, high = population_interval(per_probe, confidence)
    own_low, own_high = wilson(hits, trials, confidence)
    assert 0 <= low <= own_low + 1e-9
    assert own_high - 1e-9 <= high <= 1


@settings(deadline=None)
@given(st.lists(counts(9), min_size=2, max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_probes_and_those_without_trials_do_not_matter(
    per_probe: list[tuple[int, int]], random_numbers: random.Random
) -> None:
    """A probe that was not judged says nothing."""
    mixed = [*per_probe, (0, 0), (0, 0)]
    random_numbers.shuffle(mixed)
    assert population_interval(mixed) == pytest.approx(population_interval(per_probe), abs=1e-12)


@pytest.mark.parametrize("per_probe", [[(3, 3)], [(1, 3), (0, 0)], [(0, 0), (0, 0)]])
def test_one_probe_says_nothing_of_others(per_probe: list[tuple[int, int]]) -> None:
    """However often it was asked."""
    assert population_interval(per_probe) == (0.0, 1.0)


def test_without_variation_the_probes_are_the_trials() -> None:
    """100 probes of 3 right attempts each: 100 trials, made wider by Student's t; by hand."""
    effective = 100 * (scipy_stats.norm.ppf(0.975) / scipy_stats.t.ppf(0.975, 99)) ** 2
    assert population_interval([(3, 3)] * 100) == pytest.approx(wilson(effective, effective), abs=EXACT)


def test_probes_that_differ_entirely_are_the_trials() -> None:
    """Half of 40 probes always right, half always wrong: asking them five times adds nothing."""
    factor = (scipy_stats.norm.ppf(0.975) / scipy_stats.t.ppf(0.975, 39)) ** 2
    # 0.25 / (10 / 39 / 40) is 39, held at the 40 probes
    assert population_interval([(5, 5)] * 20 + [(0, 5)] * 20) == pytest.approx(
        wilson(20 * factor, 40 * factor), abs=EXACT
    )


def test_probes_that_are_all_alike_count_every_attempt() -> None:
    """Less variation between probes than chance gives: held at the number of attempts."""
    factor = (scipy_stats.norm.ppf(0.975) / scipy_stats.t.ppf(0.975, 19)) ** 2
    per_probe = [(5, 10)] * 18 + [(4, 10), (6, 10)]
    assert population_interval(per_probe) == pytest.approx(wilson(100 * factor, 200 * factor), abs=EXACT)


def test_probes_that_differ_more_than_chance_count_for_less_than_their_attempts() -> None:
    """Between the two ends: the rate's variance over that of the mean of the probes' rates, by hand."""
    per_probe = [(3, 3)] * 8 + [(1, 3), (0, 3)]
    rate = 25 / 30
    effective = rate * (1 - rate) / (variance([hits / trials for hits, trials in per_probe]) / 10)
    assert 10 < effective < 30
    effective *= (scipy_stats.norm.ppf(0.975) / scipy_stats.t.ppf(0.975, 9)) ** 2
    assert population_interval(per_probe) == pytest.approx(wilson(rate * effective, effective), abs=EXACT)


def draw_rate(random_numbers: random.Random) -> float:
    """Return a probe's rate in the 'typical' suite of the design paper: 85 % at 0.97-1, 15 % at 0.5-0.9."""
    return random_numbers.uniform(0.97, 1.0) if random_numbers.random() < 0.85 else random_numbers.uniform(0.5, 0.9)


@pytest.mark.parametrize(("probes", "attempts", "least"), [(100, 3, 0.92), (100, 5, 0.92), (20, 3, 0.93)])
def test_the_interval_for_prompts_like_these_covers_their_rate(probes: int, attempts: int, least: float) -> None:
    """Simulated with a fixed seed, 'typical 100 x 3' and two more: about 95 % of 800 suites, where Wilson's interval of
    all attempts falls to 87 % at five attempts."""
    random_numbers = random.Random(95)
    truth = 0.85 * 0.985 + 0.15 * 0.7
    suites = 800
    covered = 0
    for _ in range(suites):
        rates = [draw_rate(random_numbers) for _ in range(probes)]
        per_probe = [(sum(random_numbers.random() < rate for _ in range(attempts)), attempts) for rate in rates]
        low, high = population_interval(per_probe)
        covered += low <= truth <= high
    # the standard error is 0.8 points
    assert least <= covered / suites <= 0.995
