"""``stats``: exact tests of counts before and now, against scipy, statsmodels, every arrangement counted, and laws."""

from __future__ import annotations

import functools
import itertools
import math
import random
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_effectsize

from pytest_refusal.stats import (
    Counts,
    cohens_h,
    fisher_exact,
    mantel_haenszel,
    mcnemar_exact,
    smallest_p,
    stratified_counts,
    stratified_exact,
)

EXACT = 1e-9
ALTERNATIVES = ("two-sided", "less", "greater")
patient = settings(deadline=None)
SEED = (4, 18, 18, 18)
"""Of the seed study: 4 of 18 refused without governance, 18 of 18 with it."""


RANDOM = 1_000
"""Tables that are drawn for each comparison with a library."""

Table = tuple[int, int, int, int]


def random_tables(*most: int, seed: int = 20250612) -> list[Table]:
    """Return a thousand tables, as many of each size, drawn with a fixed seed."""
    numbers = random.Random(seed)
    return [
        (numbers.randint(0, size), numbers.randint(0, size), numbers.randint(0, size), numbers.randint(0, size))
        for size in most
        for _ in range(RANDOM // len(most))
    ]


TABLES = [*itertools.product(range(4), repeat=4), *random_tables(6, 15, 60, 400)]
"""All tables of up to 3 in a cell, and larger ones drawn."""


@functools.cache
def scipys(alternative: str) -> list[float]:
    """Return scipy's p of each of the tables."""
    return [float(scipy_stats.fisher_exact([[a, b], [c, d]], alternative).pvalue) for a, b, c, d in TABLES]


def assert_exact(
    found: Sequence[float], expected: Sequence[float] | npt.NDArray[np.float64], of: Sequence[object]
) -> None:
    """Hold a p for each table beside the library's, all at once; the worst one is shown."""
    assert len(found) == len(expected) == len(of) >= RANDOM
    distances = np.abs(np.asarray(found) - np.asarray(expected))
    worst = int(np.argmax(distances))
    assert distances[worst] <= EXACT, (of[worst], found[worst], expected[worst])


@st.composite
def counts(draw: st.DrawFn, most: int = 5) -> Counts:
    """Draw a stratum; either side may be empty."""
    before, now = draw(st.integers(0, most)), draw(st.integers(0, most))
    return Counts(draw(st.integers(0, before)), before, draw(st.integers(0, now)), now)


def mirrored(one: Counts) -> Counts:
    """Return the stratum with misses for hits."""
    return Counts(one.trials_before - one.hits_before, one.trials_before, one.trials_now - one.hits_now, one.trials_now)


def by_counting(strata: Sequence[Counts]) -> dict[int, float]:
    """Return the chance of each sum of hits now: every number in every stratum, one by one."""
    found: dict[int, float] = {}
    ranges = []
    for one in strata:
        hits, trials = one.hits_before + one.hits_now, one.trials_before + one.trials_now
        ways = {
            many: math.comb(one.trials_now, many) * math.comb(one.trials_before, hits - many)
            for many in range(min(one.trials_now, hits) + 1)
        }
        ranges.append([(many, way / math.comb(trials, hits)) for many, way in ways.items() if way])
    for choice in itertools.product(*ranges):
        total = sum(many for many, _ in choice)
        found[total] = found.get(total, 0.0) + math.prod(chance for _, chance in choice)
    return found


# Against the libraries.


@pytest.mark.parametrize("alternative", ALTERNATIVES)
def test_fishers_test_is_scipys(alternative: str) -> None:
    """Small tables all, a thousand drawn; two-sided with their tolerance."""
    assert_exact([fisher_exact(*table, alternative) for table in TABLES], scipys(alternative), TABLES)


@pytest.mark.parametrize("alternative", ALTERNATIVES)
def test_mcnemars_test_is_a_binomial_test(alternative: str) -> None:
    """scipy's binomial test for each side, statsmodels' McNemar for two."""
    for b, c in [*itertools.product(range(12), repeat=2), (200, 150), (1_000, 1_100), (3_000, 1)]:
        p = mcnemar_exact(b, c, alternative)
        if b + c:
            expected = scipy_stats.binomtest(b, b + c, 0.5, alternative).pvalue
            assert p == pytest.approx(expected, abs=EXACT), (b, c)
        if b + c and alternative == "two-sided":
            assert p == pytest.approx(mcnemar([[7, b], [c, 9]], exact=True).pvalue, abs=EXACT), (b, c)


def test_mcnemars_test_of_a_thousand_drawn_tables() -> None:
    """The tails of scipy's binomial distribution for each side, statsmodels' McNemar for two."""
    tables = random_tables(6, 20, 60, 200, seed=3)
    b, c = np.array(tables).T[1:3]
    less, greater = (scipy_stats.binom.cdf(few, b + c, 0.5) for few in (b, c))
    both = [mcnemar([[a, b], [c, d]], exact=True).pvalue for a, b, c, d in tables]
    for alternative, expected in (("less", less), ("greater", greater), ("two-sided", both)):
        assert_exact([mcnemar_exact(b, c, alternative) for _, b, c, _ in tables], expected, tables)


def test_cohens_h_is_statsmodels_without_its_sign() -> None:
    """Over a grid with both ends."""
    for i, j in itertools.product(range(21), repeat=2):
        assert cohens_h(i / 20, j / 20) == pytest.approx(abs(proportion_effectsize(i / 20, j / 20)), abs=EXACT)


@pytest.mark.parametrize("alternative", ALTERNATIVES)
def test_one_stratum_is_fishers_test(alternative: str) -> None:
    """Of the row of now: (hits now, misses now) above (hits before, misses before)."""
    found = [stratified_counts([Counts(c, c + d, a, a + b)], alternative) for a, b, c, d in TABLES]
    assert_exact(found, scipys(alternative), TABLES)


def test_a_thousand_drawn_lists_of_strata() -> None:
    """scipy's hypergeometric chances of each stratum, folded by numpy: 2 to 6 strata of up to 12 trials on a side."""
    numbers = random.Random(11)

    def stratum() -> Counts:
        before, now = numbers.randint(0, 12), numbers.randint(0, 12)
        return Counts(numbers.randint(0, before), before, numbers.randint(0, now), now)

    drawn = [[stratum() for _ in range(numbers.randint(2, 6))] for _ in range(RANDOM)]
    before, trials_before, now, trials_now = np.array([one for strata in drawn for one in strata]).T[:, :, None]
    chances = scipy_stats.hypergeom.pmf(np.arange(13), trials_before + trials_now, trials_now, before + now)
    # scipy has no urn without a ball
    chances[(trials_before + trials_now)[:, 0] == 0] = np.arange(13) == 0
    each = iter(chances)
    expected: dict[str, list[float]] = {alternative: [] for alternative in ALTERNATIVES}
    for strata in drawn:
        whole = functools.reduce(np.convolve, itertools.islice(each, len(strata)))
        seen = sum(one.hits_now for one in strata)
        expected["less"].append(whole[: seen + 1].sum())
        expected["greater"].append(whole[seen:].sum())
        expected["two-sided"].append(whole[whole <= whole[seen] * (1 + 1e-7)].sum())
    for alternative in ALTERNATIVES:
        assert_exact([stratified_counts(strata, alternative) for strata in drawn], expected[alternative], drawn)


# The figures of the seed study.


def test_the_seed_figures() -> None:
    """4/18 to 18/18: one-sided 3060 / C(36, 14), two-sided twice that; paired: 14 changed, all one way."""
    assert fisher_exact(4, 14, 18, 0, "less") == pytest.approx(3060 / math.comb(36, 14), rel=1e-12)
    assert fisher_exact(4, 14, 18, 0, "less") == pytest.approx(8.06e-07, rel=1e-3)
    assert fisher_exact(4, 14, 18, 0) == pytest.approx(1.612e-06, rel=1e-3)
    assert cohens_h(4 / 18, 1) == pytest.approx(2.1598, abs=5e-5)
    assert mcnemar_exact(14, 0) == pytest.approx(1.2207e-04, rel=1e-4)
    assert mcnemar_exact(0, 14, "less") == 2**-14
    others = {5: 1.000, 8: 0.289, 11: 0.041, 17: 2.01e-05}
    for hits, p in others.items():
        assert fisher_exact(4, 14, hits, 18 - hits) == pytest.approx(p, rel=2e-2)
    before, trials, now, _ = SEED
    assert stratified_counts([Counts(before, trials, now, trials)]) == pytest.approx(1.612e-06, rel=1e-3)


def test_the_published_counts_of_322() -> None:
    """25 to 104 and 79 to 317 of 322."""
    assert fisher_exact(25, 297, 104, 218) == pytest.approx(2.9e-15, rel=0.02)
    assert fisher_exact(79, 243, 317, 5) == pytest.approx(2.9e-98, rel=0.02)
    assert cohens_h(25 / 322, 104 / 322) == pytest.approx(0.644, abs=5e-4)
    assert cohens_h(79 / 322, 317 / 322) == pytest.approx(1.855, abs=5e-4)


# The stratified test.


@patient
@given(st.lists(counts(), max_size=5), st.sampled_from(ALTERNATIVES))
def test_the_stratified_test_counts_every_arrangement(strata: list[Counts], alternative: str) -> None:
    """All numbers of hits now in all strata, margins fixed."""
    chances = by_counting(strata)
    seen = sum(one.hits_now for one in strata)
    expected = {
        "less": sum(chance for total, chance in chances.items() if total <= seen),
        "greater": sum(chance for total, chance in chances.items() if total >= seen),
        "two-sided": sum(chance for chance in chances.values() if chance <= chances[seen] * (1 + 1e-7)),
    }
    assert stratified_counts(strata, alternative) == pytest.approx(expected[alternative], abs=EXACT)


@patient
@given(st.lists(counts(), max_size=5), st.sampled_from(ALTERNATIVES))
def test_the_smallest_p_is_that_of_the_least_probable_outcome(strata: list[Counts], alternative: str) -> None:
    """Of all outcomes with these margins; never more than the p that was seen."""
    chances = by_counting(strata)
    expected = {
        "less": chances[min(chances)],
        "greater": chances[max(chances)],
        "two-sided": sum(c for c in chances.values() if c <= min(chances.values()) * (1 + 1e-7)),
    }
    least = smallest_p(strata, alternative)
    assert least == pytest.approx(expected[alternative], abs=EXACT)
    assert least <= stratified_counts(strata, alternative) * (1 + 1e-9)


def test_the_smallest_p_knows_the_totals_alone() -> None:
    """Whatever was seen with the same totals."""
    for alternative in ALTERNATIVES:
        known = {smallest_p([Counts(8 - hits, 10, hits, 3)], alternative) for hits in range(4)}
        assert len(known) == 1
    assert smallest_p([Counts(8, 10, 0, 3)], "less") == pytest.approx(math.comb(10, 8) / math.comb(13, 8))


@patient
@given(st.lists(counts(), max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_strata_and_of_names_changes_nothing(strata: list[Counts], numbers: random.Random) -> None:
    """A drop of hits is a rise of misses; the two one-sided p share the chance of what was seen."""
    shuffled = numbers.sample(strata, len(strata))
    for alternative, other in (("less", "greater"), ("greater", "less"), ("two-sided", "two-sided")):
        p = stratified_counts(strata, alternative)
        assert 0 < p <= 1
        assert stratified_counts(shuffled, alternative) == pytest.approx(p, abs=EXACT)
        assert stratified_counts([mirrored(one) for one in strata], other) == pytest.approx(p, abs=EXACT)
    assert stratified_counts(strata, "less") + stratified_counts(strata, "greater") >= 1 - 1e-9


def test_it_is_the_exact_p_of_mantel_haenszel() -> None:
    """A drop now is a factor that hits go with before."""
    strata = [Counts(3, 4, 1, 6), Counts(1, 2, 0, 8), Counts(5, 5, 2, 5)]
    tables = [(3, 1, 1, 5), (1, 1, 0, 8), (5, 0, 2, 3)]
    found = mantel_haenszel(tables)
    assert found is not None
    assert stratified_counts(strata, "less") == pytest.approx(found.exact, abs=EXACT)


@patient
@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60))
def test_with_one_attempt_each_it_is_mcnemars_test(pairs: list[tuple[bool, bool]]) -> None:
    """One-sided: probes that were right and are wrong, against those that got right."""
    p = stratified_exact([[before] for before, _ in pairs], [[now] for _, now in pairs])
    lost, won = (sum(pair == change for pair in pairs) for change in ((True, False), (False, True)))
    assert p == pytest.approx(mcnemar_exact(lost, won, "greater"), abs=EXACT)


@patient
@given(st.lists(st.tuples(st.lists(st.booleans(), max_size=4), st.lists(st.booleans(), max_size=4)), max_size=4))
def test_attempts_are_counted_probe_by_probe(probes: list[tuple[list[bool], list[bool]]]) -> None:
    """Each probe's attempts, as many as there are on each side."""
    strata = [Counts(sum(before), len(before), sum(now), len(now)) for before, now in probes]
    p = stratified_exact([before for before, _ in probes], [now for _, now in probes])
    assert p == stratified_counts(strata, "less")


def test_a_probe_without_attempts_on_a_side_is_no_stratum() -> None:
    """Nothing at all gives 1.0."""
    assert stratified_exact([], []) == 1.0
    assert stratified_exact([[True], []], [[], [False]]) == 1.0
    assert stratified_exact([[True] * 3, [True]], [[False] * 3, []]) == pytest.approx(1 / math.comb(6, 3))
    assert stratified_exact([[True] * 10], [[True] * 3]) == 1.0
    for alternative in ALTERNATIVES:
        assert stratified_counts([], alternative) == smallest_p([], alternative) == 1.0


def test_thousands_of_strata_are_counted_too() -> None:
    """Where chances underflow p stays above 0, and the normal tail agrees where it should."""
    assert 0 < stratified_counts([Counts(10, 10, 0, 3)] * 100, "less") < 1e-200
    assert stratified_counts([Counts(5, 10, 0, 3)] * 2_000, "less") < 1e-90
    numbers = random.Random(7)
    strata = []
    for _ in range(2_000):
        chance = numbers.uniform(0.2, 0.8)
        before, now = (sum(numbers.random() < chance for _ in range(trials)) for trials in (10, 3))
        strata.append(Counts(before, 10, now, 3))
    surplus = variance = 0.0
    for x, kb, y, k in strata:
        surplus += y - k * (x + y) / (kb + k)
        variance += kb * k * (x + y) * (kb + k - x - y) / ((kb + k) ** 2 * (kb + k - 1))
    normal = scipy_stats.norm.cdf((surplus + 0.5) / variance**0.5)
    assert stratified_counts(strata, "less") == pytest.approx(normal, abs=1e-3)


# What is no count.


def test_nonsense_is_an_error() -> None:
    """Each names what is wrong."""
    with pytest.raises(ValueError, match=r"^a count is 0 or more, not -1$"):
        fisher_exact(1, -1, 1, 1)
    with pytest.raises(ValueError, match=r"^a count is 0 or more, not -2$"):
        mcnemar_exact(-2, 1)
    with pytest.raises(ValueError, match=r"^rates are between 0 and 1, not 1\.1 and 0$"):
        cohens_h(1.1, 0)
    with pytest.raises(ValueError, match=r"^hits must be between 0 and trials, not 4 of 3 before and 0 of 1 now$"):
        stratified_counts([Counts(4, 3, 0, 1)])
    with pytest.raises(ValueError, match=r"^baseline and current are of the same probes, not of 1 and 2$"):
        stratified_exact([[True]], [[True], [True]])
    for test in (
        lambda: fisher_exact(1, 1, 1, 1, "lower"),
        lambda: mcnemar_exact(1, 1, "lower"),
        lambda: stratified_counts([], "lower"),
        lambda: smallest_p([], "lower"),
    ):
        with pytest.raises(ValueError, match=r"^alternative must be 'two-sided', 'less' or 'greater', not 'lower'$"):
            test()


def test_no_pair_that_changed_and_no_row_give_one() -> None:
    """Nothing was seen that speaks for anything."""
    assert mcnemar_exact(0, 0) == fisher_exact(0, 0, 3, 1) == fisher_exact(2, 0, 5, 0, "less") == 1.0
