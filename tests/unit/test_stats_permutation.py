"""``stats``: noise and wording taken apart, and the test that wordings do not matter: by hand, by counting, by laws."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from pytest_refusal.stats import Permuted, permutation_test, variance_split

patient = settings(deadline=None)
Attempts = list[tuple[int, int]]


@st.composite
def repeated(draw: st.DrawFn, most_probes: int = 5, most_wordings: int = 6, most: int = 4) -> list[Attempts]:
    """Draw (hits, attempts) of the wordings of some probes."""
    probes = []
    for _ in range(draw(st.integers(1, most_probes))):
        sizes = draw(st.lists(st.integers(2, most), min_size=2, max_size=most_wordings))
        probes.append([(draw(st.integers(0, size)), size) for size in sizes])
    return probes


def counted_out(probes: Sequence[Attempts]) -> float:
    """Return p by going through every order of every probe's attempts."""
    orders = []
    for wordings in probes:
        attempts = [1] * sum(hits for hits, _ in wordings)
        attempts += [0] * (sum(size for _, size in wordings) - len(attempts))
        statistics = []
        for order in permutations(attempts):
            start, statistic = 0, 0.0
            for _, size in wordings:
                hits = sum(order[start : start + size])
                statistic += size * (hits / size - sum(attempts) / len(attempts)) ** 2
                start += size
            statistics.append(statistic)
        orders.append(statistics)
    seen = 0.0
    for wordings in probes:
        mean = sum(hits for hits, _ in wordings) / sum(size for _, size in wordings)
        seen += sum(size * (hits / size - mean) ** 2 for hits, size in wordings)
    totals = [sum(one) for one in product(*orders)]
    return sum(total >= seen - 1e-9 for total in totals) / len(totals)


# By hand.


def test_the_variances_by_hand() -> None:
    """Two wordings of 2 attempts: 1/2 and 2/2. Noise: 2/1 * 1/4 = .5 and 0, mean .25. Var(.5, 1) = .125, less
    mean(.5/2, 0) = .125: between 0. A second probe 0/2 and 2/2: noise 0, Var(0, 1) = .5. Means: within .125,
    between .25, share .25/.375 = 2/3."""
    assert variance_split([[(1, 2), (2, 2)]]) == pytest.approx((0.25, 0.0, 0.0))
    split = variance_split([[(1, 2), (2, 2)], [(0, 2), (2, 2)]])
    assert split == pytest.approx((0.125, 0.25, 2 / 3))


def test_less_spread_than_noise_gives_is_a_share_of_nothing() -> None:
    """1/2 and 1/2: Var 0 less .25 is -.25, without bias, and its share is held at 0."""
    assert variance_split([[(1, 2), (1, 2)]]) == pytest.approx((0.5, -0.25, 0.0))


def test_without_any_difference_there_is_no_share() -> None:
    """0 of 0 is nothing."""
    assert variance_split([[(2, 2), (3, 3)]]) == (0.0, 0.0, None)
    assert permutation_test([[(2, 2), (3, 3)]]) == Permuted(1.0, None, 0.0)


def test_two_wordings_that_differ_entirely_by_hand() -> None:
    """3/3 and 0/3: of the C(6,3) = 20 arrangements two are as extreme. Two such probes: 4 of 400."""
    assert permutation_test([[(3, 3), (0, 3)]]) == Permuted(pytest.approx(0.1), None, 0.0)
    assert permutation_test([[(3, 3), (0, 3)]] * 2).p == pytest.approx(0.01)


@pytest.mark.parametrize(
    "probes", [[], [[(1, 2)]], [[(1, 1), (1, 2)]], [[(3, 2), (1, 2)]], [[(-1, 2), (1, 2)]], [[(1, 2), (1, 2)], []]]
)
def test_attempts_that_cannot_be_split_are_an_error(probes: list[Attempts]) -> None:
    """One wording or one attempt has no variance, which is not a variance of 0."""
    for function in (variance_split, permutation_test):
        with pytest.raises(ValueError, match=r"^needs (a probe, and two wordings|two attempts) or more of each"):
            function(probes)


# Counted out, drawn, and by scipy.


@pytest.mark.parametrize(
    "probes",
    [
        [[(2, 2), (0, 2), (1, 2)]],
        [[(2, 2), (0, 3), (1, 2)]],
        [[(3, 3), (1, 2), (0, 2)], [(1, 2), (1, 2)]],
        [[(2, 2), (1, 3)], [(2, 2), (0, 2)], [(3, 3), (1, 2)]],
        [[(0, 2), (2, 4), (2, 2)]],
    ],
)
def test_the_exact_p_is_that_of_all_orders(probes: list[Attempts]) -> None:
    """Different numbers of attempts too, in a probe and between probes."""
    assert permutation_test(probes).p == pytest.approx(counted_out(probes), abs=1e-12)


def test_drawn_arrangements_come_near_the_exact_p_and_the_seed_repeats_them() -> None:
    """999 of them: a standard error of at most .016."""
    numbers = random.Random(5)
    for _ in range(4):
        probes = [[(sum(numbers.random() < 0.3 for _ in range(3)), 3) for _ in range(8)] for _ in range(4)]
        exact, drawn = permutation_test(probes), permutation_test(probes, seed=1, most_steps=0)
        assert (exact.permutations, exact.resolution) == (None, 0.0)
        assert (drawn.permutations, drawn.resolution) == (999, 0.001)
        assert drawn.p == pytest.approx(exact.p, abs=0.06)
        assert drawn == permutation_test(probes, seed=1, most_steps=0)
        assert drawn.p * 1000 == pytest.approx(round(drawn.p * 1000))


def test_too_many_arrangements_are_drawn() -> None:
    """Attempts of many sizes leave no two arrangements alike; the answer still comes."""
    numbers = random.Random(6)
    sizes = [2, 3, 5, 7, 11, 13] * 3
    probes = [[(numbers.randint(0, size), size) for size in sizes] for _ in range(3)]
    assert permutation_test(probes, most_steps=20_000).permutations == 999


def test_two_wordings_are_a_table_of_two_by_two() -> None:
    """With one probe of two wordings of the same size it is Fisher's two-sided test."""
    for first, second in ((6, 1), (5, 2), (7, 0), (3, 4)):
        expected = scipy_stats.fisher_exact([[first, 7 - first], [second, 7 - second]])[1]
        assert permutation_test([[(first, 7), (second, 7)]]).p == pytest.approx(expected)


# Laws.


@patient
@given(repeated(), st.randoms(use_true_random=False))
def test_no_order_matters_and_refused_and_answered_are_alike(probes: list[Attempts], numbers: random.Random) -> None:
    """Wordings and probes shuffled, hits and misses exchanged: the same variances, the same p."""
    split, test = variance_split(probes), permutation_test(probes)
    assert 0 <= split.within <= 0.5
    assert split.share is None or 0 <= split.share <= 1
    assert 0 < test.p <= 1
    mixed = [[(size - hits, size) for hits, size in numbers.sample(one, len(one))] for one in probes]
    numbers.shuffle(mixed)
    assert variance_split(mixed)[:2] == pytest.approx(split[:2], abs=1e-12)
    assert permutation_test(mixed).p == pytest.approx(test.p, abs=1e-9)


@pytest.mark.parametrize(("sizes", "hits"), [((3, 3, 3), 4), ((2, 3, 2), 3), ((2, 2, 2, 2), 3)])
def test_the_p_of_all_arrangements_keep_the_promise_of_a_p(sizes: tuple[int, ...], hits: int) -> None:
    """Under the hypothesis every arrangement is as likely as any other, and P(p <= α) is at most α; exactly α at each
    p that occurs."""
    chances: dict[float, float] = {}
    for arranged in product(*(range(size + 1) for size in sizes)):
        if sum(arranged) == hits:
            p = round(permutation_test([list(zip(arranged, sizes, strict=True))]).p, 12)
            ways = math.prod(math.comb(size, k) for size, k in zip(sizes, arranged, strict=True))
            chances[p] = chances.get(p, 0.0) + ways / math.comb(sum(sizes), hits)
    assert len(chances) > 1
    for level in chances:
        assert sum(chance for p, chance in chances.items() if p <= level) == pytest.approx(level)
