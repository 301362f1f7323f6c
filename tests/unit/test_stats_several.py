"""``stats``: p values adjusted for several tests, and counts stratified by probe: by hand, by statsmodels, by laws."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.multitest import multipletests

from pytest_refusal.stats import benjamini_hochberg, bonferroni, holm, mantel_haenszel, risk_difference_interval

patient = settings(deadline=None)
Table = tuple[int, int, int, int]
Adjust = Callable[[Sequence[float]], list[float]]

METHODS: dict[str, Adjust] = {"fdr_bh": benjamini_hochberg, "bonferroni": bonferroni, "holm": holm}
p_values = st.lists(st.floats(0, 1), min_size=1, max_size=40)
counts = st.tuples(*[st.integers(0, 30)] * 4)


# p values.


def test_adjusted_p_values_by_hand() -> None:
    """.01, .04, .03, .5. Bonferroni: times 4. Holm: .01*4, .03*3 = .09, .04*2 = .08 held at .09, .5. Benjamini and
    Hochberg: .5*4/4, .04*4/3 = .0533, .03*4/2 = .06 held at .0533, .01*4 = .04."""
    raw = [0.01, 0.04, 0.03, 0.5]
    assert bonferroni(raw) == pytest.approx([0.04, 0.16, 0.12, 1.0])
    assert holm(raw) == pytest.approx([0.04, 0.09, 0.09, 0.5])
    assert benjamini_hochberg(raw) == pytest.approx([0.04, 0.16 / 3, 0.16 / 3, 0.5])


@pytest.mark.parametrize("method", METHODS)
@settings(deadline=None, max_examples=10)  # theirs for Holm collects garbage each time
@given(p_values)
def test_the_adjustments_are_statsmodels(method: str, raw: list[float]) -> None:
    """All three, ties among them."""
    expected = multipletests(raw, method=method)[1]
    assert METHODS[method](raw) == pytest.approx(list(expected), abs=1e-12)


@pytest.mark.parametrize("method", METHODS)
@patient
@given(p_values, st.randoms(use_true_random=False))
def test_adjusting_keeps_the_order_and_never_lowers(method: str, raw: list[float], numbers: random.Random) -> None:
    """In [p, 1], monotone in p, and each p has the same answer wherever it stands."""
    adjusted = METHODS[method](raw)
    for p, one in zip(raw, adjusted, strict=True):
        assert p <= one + 1e-12 <= 1 + 1e-9
    pairs = sorted(zip(raw, adjusted, strict=True))
    assert [one for _, one in pairs] == sorted(adjusted)
    order = list(range(len(raw)))
    numbers.shuffle(order)
    assert METHODS[method]([raw[place] for place in order]) == pytest.approx([adjusted[place] for place in order])


@pytest.mark.parametrize("method", METHODS)
def test_no_tests_need_no_adjustment_and_nonsense_is_an_error(method: str) -> None:
    """NaN is no p value either."""
    assert METHODS[method]([]) == []
    for wrong in (-0.1, 1.1, math.nan):
        with pytest.raises(ValueError, match=r"^a p value is between 0 and 1, not "):
            METHODS[method]([0.5, wrong])


# Counts stratified by probe.


def test_the_interval_of_a_difference_within_probes_by_hand() -> None:
    """One table is the plain difference of two rates; its variance here is counted out with fractions."""
    a, b, c, d = 6, 4, 3, 17
    n1, n0, n = 10, 20, 30
    weight, difference = n1 * n0 / n, (a * n0 - c * n1) / n / (n1 * n0 / n)
    assert difference == pytest.approx(6 / 10 - 3 / 20)
    p = (n1**2 * c - n0**2 * a + n1 * n0 * (n0 - n1) / 2) / n**2
    q = (a * (n0 - c) + c * (n1 - a)) / (2 * n)
    half = 1.959963985 * ((difference * p + q) / weight**2) ** 0.5
    low, high = risk_difference_interval([(a, b, c, d)])
    assert (low, high) == pytest.approx((difference - half, difference + half))


@patient
@given(st.lists(st.tuples(*[st.integers(0, 6)] * 4), min_size=1, max_size=8))
def test_the_interval_holds_the_difference_and_turns_round_with_the_factor(tables: list[Table]) -> None:
    low, high = risk_difference_interval(tables)
    assert -1 <= low <= high <= 1
    other = risk_difference_interval([(c, d, a, b) for a, b, c, d in tables])
    assert other == pytest.approx((-high, -low))
    found = mantel_haenszel(tables)
    if found is not None:
        assert low - 1e-9 <= found.difference <= high + 1e-9


def test_the_interval_covers_about_what_it_says() -> None:
    """Twenty probes of 25 wordings, eight of each with an operator that adds 20 points to 10 %: 400 draws."""
    numbers = random.Random(5)

    def hits(trials: int, rate: float) -> int:
        return sum(numbers.random() < rate for _ in range(trials))

    covered = 0
    for _ in range(400):
        tables = []
        for _ in range(20):
            a, c = hits(8, 0.3), hits(17, 0.1)
            tables.append((a, 8 - a, c, 17 - c))
        low, high = risk_difference_interval(tables)
        covered += low <= 0.2 <= high
    assert covered >= 0.9 * 400


def test_mantel_haenszel_by_hand() -> None:
    """Probe 1: with 3/4 hits, without 1/6. Probe 2: with 1/2, without 0/8. T = (3 - 4*4/10) + (1 - 2*1/10) = 1.4 + .8;
    V = 4*6*4*6/(100*9) + 2*8*1*9/(100*9) = .64 + .16; z = 1.7/√.8. Difference: ((3*6 - 1*4)/10 + (1*8 - 0)/10) over
    (4*6/10 + 2*8/10) = 2.2/4 = .55."""
    found = mantel_haenszel([(3, 1, 1, 5), (1, 1, 0, 8)])
    assert found is not None
    assert found.z == pytest.approx(1.7 / math.sqrt(0.8))
    assert found.p == pytest.approx(1 - NormalDist().cdf(found.z))
    assert found.difference == pytest.approx(0.55)
    # 4 hits with it of at most 5: 3 + 1, or 4 + 0, or 4 + 1; of C(10,4) = 210 and 10
    three, four, one = 4 * 6 / 210, 1 / 210, 2 / 10
    assert found.exact == pytest.approx(three * one + four)


def test_fewer_hits_with_it_than_without_is_a_large_p() -> None:
    """One-sided: only more hits count. T = 0 - 5*5/10 = -2.5, and a half is taken off still."""
    found = mantel_haenszel([(0, 5, 5, 0)])
    assert found is not None
    assert found.z == pytest.approx(-3.0 / math.sqrt(5 * 5 * 5 * 5 / 900))
    assert found.p > 0.99
    assert found.difference == -1.0


@pytest.mark.parametrize("tables", [[], [(0, 0, 0, 0)], [(5, 0, 5, 0)], [(0, 4, 0, 9)], [(3, 3, 0, 0), (0, 0, 3, 2)]])
def test_probes_that_say_nothing_have_no_test(tables: list[Table]) -> None:
    """All hit, none hit, all with it, or all without it."""
    assert mantel_haenszel(tables) is None


def test_negative_counts_are_an_error() -> None:
    """They are counts."""
    with pytest.raises(ValueError, match=r"^a count is 0 or more$"):
        mantel_haenszel([(1, -1, 2, 2)])


@patient
@given(st.lists(counts.filter(lambda table: sum(table) > 1), min_size=1, max_size=12))
def test_it_is_statsmodels_stratified_test(tables: list[Table]) -> None:
    """Its statistic is z² with |T| - 1/2; ours is one-sided, so the two meet where T is above 1/2."""
    found = mantel_haenszel(tables)
    assume(found is not None)
    assert found is not None
    theirs = StratifiedTable([np.array([[a, b], [c, d]], dtype=float) for a, b, c, d in tables])
    surplus = sum(a - (a + b) * (a + c) / (a + b + c + d) for a, b, c, d in tables)
    if surplus > 0.5:
        expected = theirs.test_null_odds(correction=True)
        assert found.z == pytest.approx(math.sqrt(expected.statistic), rel=1e-9)
        assert found.p == pytest.approx(expected.pvalue / 2, abs=1e-9)
    plain = theirs.test_null_odds(correction=False)
    variance = surplus**2 / plain.statistic if plain.statistic > 1e-9 else None
    if variance:
        assert found.z == pytest.approx((surplus - 0.5) / math.sqrt(variance), rel=1e-6, abs=1e-6)


@patient
@given(st.lists(counts, min_size=1, max_size=6))
def test_the_exact_p_is_that_of_hypergeometric_counts(tables: list[Table]) -> None:
    """Added up by numpy; Fisher's one-sided test where there is one probe."""
    found = mantel_haenszel(tables)
    assume(found is not None)
    assert found is not None
    whole = np.ones(1)
    for a, b, c, d in tables:
        chances = scipy_stats.hypergeom.pmf(np.arange(a + c + 1), a + b + c + d, a + b, a + c) if a + c else np.ones(1)
        whole = np.convolve(whole, chances)
    assert found.exact == pytest.approx(whole[sum(a for a, _, _, _ in tables) :].sum(), abs=1e-9)
    if len(tables) == 1:
        [(a, b, c, d)] = tables
        fisher = scipy_stats.fisher_exact([[a, b], [c, d]], alternative="greater")
        assert found.exact == pytest.approx(fisher.pvalue, abs=1e-9)


@patient
@given(st.lists(counts, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_no_order_and_no_silent_probe_matters(tables: list[Table], numbers: random.Random) -> None:
    """A probe without flips adds nothing to z, and the difference lies in [-1, 1]."""
    found = mantel_haenszel(tables)
    mixed = list(tables)
    numbers.shuffle(mixed)
    other = mantel_haenszel(mixed)
    silent = mantel_haenszel([*tables, (0, 5, 0, 20), (0, 0, 3, 20)])
    if found is None:
        assert other is None
        assert silent is None
        return
    assert other == pytest.approx(found)
    assert silent is not None
    assert silent.z == pytest.approx(found.z)
    assert silent.exact == pytest.approx(found.exact)
    assert -1 - 1e-12 <= found.difference <= 1 + 1e-12
    assert 0 <= found.p <= 1
