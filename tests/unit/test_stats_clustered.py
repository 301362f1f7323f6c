"""``stats``: shares clustered by probe, agreement within a probe, at least one of k: by hand, by scipy, by laws."""

from __future__ import annotations

import math
import random
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from pytest_refusal.stats import at_least_one, clustered_interval, entropy, pairwise_agreement, raw_agreement, wilson

patient = settings(deadline=None)
EXACT = 1e-9

Shares = list[tuple[float, int]]


@st.composite
def shares(draw: st.DrawFn, least: int = 2) -> Shares:
    """Draw (share, trials) of several probes."""
    found = []
    for _ in range(draw(st.integers(least, 30))):
        trials = draw(st.integers(1, 40))
        found.append((draw(st.integers(0, trials)) / trials, trials))
    return found


def by_t(rate: float, effective: float, degrees: int) -> tuple[float, float]:
    """Wilson's formula with Student's t in the place of z, as it stands in the paper."""
    t = scipy_stats.t.ppf(0.975, degrees)
    scale = 1 + t * t / effective
    centre = rate + t * t / (2 * effective)
    half = t * math.sqrt(rate * (1 - rate) / effective + t * t / (4 * effective**2))
    return (centre - half) / scale, (centre + half) / scale


# By hand.


def test_the_clustered_interval_by_hand() -> None:
    """Four probes of 25: 1.0, 1.0, .8, .6. Mean .85, squares .0225 + .0225 + .0025 + .0625 = .11, so v = .11/3/4 =
    .0091667 and n_eff = .1275 / .0091667 = 13.909, between 4 and 100; t of 3 degrees."""
    per_probe = [(1.0, 25), (1.0, 25), (0.8, 25), (0.6, 25)]
    expected = by_t(0.85, 0.1275 / (0.11 / 12), 3)
    assert clustered_interval(per_probe) == pytest.approx(expected, abs=EXACT)
    # the same weights, so the same figures
    assert clustered_interval(per_probe, by_trials=True) == pytest.approx(expected, abs=EXACT)


def test_where_nothing_flips_the_probes_are_the_trials() -> None:
    """20 probes of 25 wordings: as if 20 were seen, not 500."""
    low, high = clustered_interval([(1.0, 25)] * 20)
    assert (low, high) == (pytest.approx(by_t(1.0, 20, 19)[0], abs=EXACT), 1.0)
    assert clustered_interval([(0.0, 25)] * 20) == pytest.approx((0.0, 1 - low), abs=EXACT)


def test_probes_that_are_all_alike_count_every_wording() -> None:
    """No variation between them at .8: held at all 100 trials."""
    assert clustered_interval([(0.8, 25)] * 4) == pytest.approx(by_t(0.8, 100, 3), abs=EXACT)


def test_probes_that_differ_entirely_count_once() -> None:
    """Half of 10 all, half none: .25 / (2.5/9/10) = 9, held at the 10 probes."""
    assert clustered_interval([(1.0, 25), (0.0, 25)] * 5) == pytest.approx(by_t(0.5, 10, 9), abs=EXACT)


def test_weights_by_trials_by_hand() -> None:
    """2 of 10 and 9 of 30: rate 11/40 = .275. v = 2 ((1/4 (.2 - .275))² + (3/4 (.3 - .275))²) = 2 (.00035156 +
    .00035156) = .00140625, n_eff = .199375/.00140625 = 141.8, held at 40; without probes' weights the rate is .25."""
    assert clustered_interval([(0.2, 10), (0.3, 30)], by_trials=True) == pytest.approx(by_t(0.275, 40, 1), abs=EXACT)
    assert clustered_interval([(0.2, 10), (0.3, 30)]) == pytest.approx(by_t(0.25, 40, 1), abs=EXACT)


def test_one_large_probe_among_small_ones_is_worth_little_more_than_one() -> None:
    """Weights 90, 5, 5 of 100, all alike at 0: 1 / (.81 + .0025 + .0025) = 1.227 probes."""
    high = clustered_interval([(0.0, 90), (0.0, 5), (0.0, 5)], by_trials=True)[1]
    assert high == pytest.approx(by_t(0.0, 1 / 0.815, 2)[1], abs=EXACT)


@pytest.mark.parametrize("per_probe", [[], [(0.5, 4)], [(0.5, 4), (0.0, 0)]])
def test_one_probe_says_nothing_of_others(per_probe: Shares) -> None:
    """Probes without trials do not help."""
    assert clustered_interval(per_probe) == (0.0, 1.0)


@pytest.mark.parametrize("per_probe", [[(1.1, 4)], [(-0.1, 4)], [(0.5, -4)]])
def test_shares_that_cannot_be_are_an_error(per_probe: Shares) -> None:
    """A share is a fraction, not percent."""
    with pytest.raises(ValueError, match=r"^hits must be between 0 and trials"):
        clustered_interval(per_probe)


@pytest.mark.parametrize(
    ("refused", "shown"), [(1, 0.92), (3, 0.79), (6, 0.63), (13, 0.48)], ids=lambda given: str(given)
)
def test_pairwise_agreement_is_that_of_the_paper(refused: int, shown: float) -> None:
    """Of 26 wordings; 1: 25 * 24 / (26 * 25) = .923."""
    assert round(pairwise_agreement([refused, 26 - refused]), 2) == shown


def test_entropy_by_hand() -> None:
    """One bit for a coin, two for four sides, and 1/4 and 3/4: 1/4 * 2 + 3/4 * log2(4/3) = .811."""
    assert entropy([3, 3]) == 1.0
    assert entropy([2, 2, 2, 2]) == 2.0
    assert entropy([5, 0]) == 0.0
    assert entropy([1, 3]) == pytest.approx(0.5 + 0.75 * math.log2(4 / 3))


def test_at_least_one_by_hand() -> None:
    """2 answered of 5, two tries: 1 - C(3,2)/C(5,2) = 1 - 3/10."""
    assert at_least_one(2, 5, 2) == pytest.approx(0.7)
    assert at_least_one(2, 5, 1) == pytest.approx(0.4)
    assert at_least_one(2, 5, 5) == 1.0
    assert at_least_one(0, 5, 5) == 0.0
    assert at_least_one(2, 5, 6) is None
    assert at_least_one(0, 0, 1) is None


@pytest.mark.parametrize(("hits", "trials", "draws"), [(-1, 3, 1), (4, 3, 1), (1, 3, 0)])
def test_tries_that_cannot_be_are_an_error(hits: int, trials: int, draws: int) -> None:
    """No try is no chance, and no figure."""
    with pytest.raises(ValueError, match=r"^needs 0 <= hits <= trials and draws >= 1"):
        at_least_one(hits, trials, draws)


def test_no_decision_has_no_agreement_and_no_entropy() -> None:
    """Zero would read as a finding."""
    with pytest.raises(ValueError, match=r"^no item has two ratings$"):
        pairwise_agreement([1, 0])
    with pytest.raises(ValueError, match=r"^there is no decision$"):
        entropy([0, 0])


# Against scipy, and against the definition.


@patient
@given(st.lists(st.integers(0, 30), min_size=2, max_size=5).filter(lambda counts: sum(counts) > 1))
def test_entropy_is_scipys_and_agreement_is_that_of_one_item(counts: list[int]) -> None:
    """In bits; and a count of the pairs themselves."""
    assert entropy(counts) == pytest.approx(scipy_stats.entropy(counts, base=2), abs=EXACT)
    assert pairwise_agreement(counts) == raw_agreement([counts])
    labels = [label for label, count in enumerate(counts) for _ in range(count)]
    pairs = [one == other for one, other in combinations(labels, 2)]
    assert pairwise_agreement(counts) == pytest.approx(sum(pairs) / len(pairs))


@patient
@given(st.integers(1, 60), st.data())
def test_at_least_one_is_scipys_hypergeometric(trials: int, data: st.DataObject) -> None:
    """The chance that a hand of k without replacement holds a hit; it rises with k and with hits."""
    hits, draws = data.draw(st.integers(0, trials)), data.draw(st.integers(1, trials))
    chance = at_least_one(hits, trials, draws)
    assert chance is not None
    assert chance == pytest.approx(scipy_stats.hypergeom.sf(0, trials, hits, draws), abs=EXACT)
    if draws < trials:
        assert chance <= (at_least_one(hits, trials, draws + 1) or 0.0) + EXACT
    if hits < trials:
        assert chance <= (at_least_one(hits + 1, trials, draws) or 0.0) + EXACT


@pytest.mark.parametrize("draws", [1, 2, 5, 8])
def test_at_least_one_has_no_bias(draws: int) -> None:
    """Its mean over all outcomes of 8 independent wordings that are answered with chance p is 1 - (1 - p)^k."""
    for p in (0.05, 0.3, 0.8):
        mean = sum(scipy_stats.binom.pmf(r, 8, p) * (at_least_one(r, 8, draws) or 0.0) for r in range(9))
        assert mean == pytest.approx(1 - (1 - p) ** draws, abs=EXACT)


# Laws.


@patient
@given(shares(), st.booleans(), st.randoms(use_true_random=False))
def test_the_interval_holds_the_mean_and_no_order_matters(
    per_probe: Shares, by_trials: bool, numbers: random.Random
) -> None:
    """In [0, 1], and the same for probes in another order, and with probes that have no trials."""
    low, high = clustered_interval(per_probe, by_trials=by_trials)
    weights = [trials if by_trials else 1 for _, trials in per_probe]
    mean = sum(w * share for w, (share, _) in zip(weights, per_probe, strict=True)) / sum(weights)
    assert 0 <= low <= mean + EXACT
    assert mean - EXACT <= high <= 1
    mixed = [*per_probe, (0.0, 0)]
    numbers.shuffle(mixed)
    assert clustered_interval(mixed, by_trials=by_trials) == pytest.approx((low, high), abs=1e-7)


@patient
@given(shares(), st.booleans())
def test_clusters_never_know_more_than_independent_trials(per_probe: Shares, by_trials: bool) -> None:
    """Not narrower than Wilson's interval on all trials at the same rate."""
    low, high = clustered_interval(per_probe, by_trials=by_trials)
    weights = [trials if by_trials else 1 for _, trials in per_probe]
    mean = sum(w * share for w, (share, _) in zip(weights, per_probe, strict=True)) / sum(weights)
    trials = sum(trials for _, trials in per_probe)
    own_low, own_high = wilson(min(mean, 1.0) * trials, trials)
    assert low <= own_low + EXACT
    assert own_high - EXACT <= high


@patient
@given(shares(), st.booleans())
def test_counting_the_flips_turns_the_interval_round(per_probe: Shares, by_trials: bool) -> None:
    """1 - share gives 1 - high, 1 - low."""
    low, high = clustered_interval(per_probe, by_trials=by_trials)
    turned = [(1 - share, trials) for share, trials in per_probe]
    assert clustered_interval(turned, by_trials=by_trials) == pytest.approx((1 - high, 1 - low), abs=1e-6)
