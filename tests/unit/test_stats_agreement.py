"""``stats``: agreement of raters, and rates corrected for a judge's errors: by hand, by statsmodels, by laws."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import fleiss_kappa as statsmodels_kappa

from pytest_refusal.stats import effective_trials, fleiss_kappa, gwet_ac1, raw_agreement, rogan_gladen, wilson

Table = list[list[int]]

patient = settings(deadline=None)


@st.composite
def tables(draw: st.DrawFn, least: int = 2, same: bool = True) -> Table:
    """Draw a table of label counts: 1-12 items, 2-5 labels, 2-6 ratings an item (the same number, or not)."""
    labels, items, raters = draw(st.integers(2, 5)), draw(st.integers(1, 12)), draw(st.integers(2, 6))
    table = []
    for _ in range(items):
        count = raters if same else draw(st.integers(least, 6))
        row = [0] * labels
        for label in draw(st.lists(st.integers(0, labels - 1), min_size=count, max_size=count)):
            row[label] += 1
        table.append(row)
    return table


def shuffled(table: Table, random_numbers: random.Random) -> Table:
    """Return the same ratings with items and labels in another order."""
    rows = [list(row) for row in table]
    random_numbers.shuffle(rows)
    order = list(range(len(rows[0])))
    random_numbers.shuffle(order)
    return [[row[label] for label in order] for row in rows]


# By hand.

SMALL = [[3, 0], [2, 1], [0, 3], [1, 2]]
"""Four items, three raters, two labels."""


def test_three_raters_on_four_items_by_hand() -> None:
    """Pairs that agree: 3/3, 1/3, 3/3, 1/3, mean 2/3. Shares 6/12 and 6/12, so Pe = 1/4 + 1/4 = 1/2, and
    kappa = (2/3 - 1/2) / (1/2) = 1/3. AC1: π = (1/2, 1/2), Pe = (1/4 + 1/4) / 1 = 1/2, the same here."""
    assert raw_agreement(SMALL) == pytest.approx(2 / 3)
    assert fleiss_kappa(SMALL) == pytest.approx(1 / 3)
    assert gwet_ac1(SMALL) == pytest.approx(1 / 3)


def test_the_paradox_of_kappa_by_hand() -> None:
    """Two raters, 100 items: 90 both yes, 10 split. P = 0.9. Shares 190/200 and 10/200: Pe = .9025 + .0025 = .905,
    kappa = (.9 - .905) / .095 = -1/19, as if they agreed on nothing. AC1: Pe = 2 * .95 * .05 = .095,
    (.9 - .095) / .905 = .8895."""
    table = [[2, 0]] * 90 + [[1, 1]] * 10
    assert raw_agreement(table) == pytest.approx(0.9)
    assert fleiss_kappa(table) == pytest.approx(-1 / 19)
    assert gwet_ac1(table) == pytest.approx(0.805 / 0.905)


def test_fleiss_own_table_gives_021() -> None:
    """Ten items, fourteen raters, five labels; P = 0.378, Pe = 0.213 (the worked example of Fleiss' kappa)."""
    table = [
        [0, 0, 0, 0, 14],
        [0, 2, 6, 4, 2],
        [0, 0, 3, 5, 6],
        [0, 3, 9, 2, 0],
        [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0],
        [3, 2, 6, 3, 0],
        [2, 5, 3, 2, 2],
        [6, 5, 2, 1, 0],
        [0, 2, 2, 3, 7],
    ]
    assert round(raw_agreement(table), 3) == 0.378
    assert round(fleiss_kappa(table), 3) == 0.210


def test_missing_ratings_are_gwets() -> None:
    """The twelve items of Gwet's handbook, four raters, five labels, some ratings missing: P .8181818, AC1 .7754441.

    By hand: eleven items have two ratings or more; pairs that agree are 1 in all but item 1 (1), 2 (3/6), 6 (0) and
    8 (3/6), so P = 9/11. π of the five labels: (1 + .25 + .75 + 1)/12 = .25, (.75 + 1 + .25 + .25 + 1)/12 = .2708…,
    (.25 + 1 + 1 + .25 + 1)/12 = .2917, (.25 + 1)/12 = .1042, 1/12 = .0833.
    """
    ratings = ["11-1", "2232", "3333", "3333", "2222", "1234", "4444", "1121", "2222", "-555", "--11", "--3-"]
    table = [[row.count(label) for label in "12345"] for row in ratings]
    assert raw_agreement(table) == pytest.approx(9 / 11)
    assert gwet_ac1(table) == pytest.approx(0.7754441, abs=5e-8)


def test_an_item_without_a_rating_changes_nothing_and_one_with_a_single_one_only_the_shares() -> None:
    """Gwet's rule for what is missing."""
    assert gwet_ac1([*SMALL, [0, 0]]) == gwet_ac1(SMALL)
    assert raw_agreement([*SMALL, [0, 0], [1, 0]]) == raw_agreement(SMALL)
    # π = ((1 + 2/3 + 0 + 1/3 + 1) / 5, 2/5) = (.6, .4), Pe = .48, (2/3 - .48) / .52
    assert gwet_ac1([*SMALL, [1, 0]]) == pytest.approx((2 / 3 - 0.48) / 0.52)


def test_one_label_throughout_has_no_kappa() -> None:
    """0 / 0: not a number, as statsmodels has it; the raw agreement and AC1 are 1."""
    table = [[3, 0], [3, 0]]
    assert math.isnan(fleiss_kappa(table))
    assert raw_agreement(table) == gwet_ac1(table) == gwet_ac1([[3], [2]]) == 1
    assert math.isnan(fleiss_kappa([[2], [2]]))


# What is no table.


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ([], "there are no items"),
        ([[]], "every row needs a count for each of the same labels"),
        ([[1, 1], [2]], "every row needs a count for each of the same labels"),
        ([[3, -1]], "a count of ratings is a whole number, 0 or more"),
        ([[1.5, 0.5]], "a count of ratings is a whole number, 0 or more"),
        ([[1, 0], [0, 1]], "no item has two ratings"),
        ([[0, 0]], "no item has two ratings"),
    ],
)
def test_what_is_no_table_is_an_error(table: Table, said: str) -> None:
    for agreement in (raw_agreement, fleiss_kappa, gwet_ac1):
        with pytest.raises(ValueError, match=rf"^{said}$"):
            agreement(table)


def test_unequal_numbers_of_ratings_are_an_error_of_kappas() -> None:
    """Fleiss' formula has one number of raters; AC1 takes what is missing."""
    with pytest.raises(ValueError, match=r"^every item needs the same number of ratings, and they have 2 to 3$"):
        fleiss_kappa([[2, 1], [1, 1]])


# statsmodels and laws.


@patient
@given(tables())
def test_kappa_is_statsmodels(table: Table) -> None:
    assume(sum(any(column) for column in zip(*table, strict=True)) > 1)
    assert fleiss_kappa(table) == pytest.approx(statsmodels_kappa(table, method="fleiss"), abs=1e-12)


@patient
@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_items_and_labels_does_not_matter(table: Table, random_numbers: random.Random) -> None:
    """Counts have forgotten the raters already."""
    for agreement in (raw_agreement, fleiss_kappa, gwet_ac1):
        assert agreement(shuffled(table, random_numbers)) == pytest.approx(agreement(table), abs=1e-12, nan_ok=True)


@patient
@given(tables(same=False), st.randoms(use_true_random=False))
def test_with_missing_ratings_too(table: Table, random_numbers: random.Random) -> None:
    for agreement in (raw_agreement, gwet_ac1):
        assert agreement(shuffled(table, random_numbers)) == pytest.approx(agreement(table), abs=1e-12)


@patient
@given(tables(same=False))
def test_agreement_lies_in_its_range(table: Table) -> None:
    assert 0 <= raw_agreement(table) <= 1
    assert -1 - 1e-12 <= gwet_ac1(table) <= raw_agreement(table) + 1e-12


@patient
@given(tables())
def test_kappa_lies_between_its_least_and_1(table: Table) -> None:
    kappa = fleiss_kappa(table)
    assert math.isnan(kappa) or -1 / (sum(table[0]) - 1) - 1e-12 <= kappa <= 1 + 1e-12


@patient
@given(st.lists(st.integers(0, 3), min_size=2, max_size=12), st.integers(2, 6))
def test_perfect_agreement_is_1(said: list[int], raters: int) -> None:
    """Whatever the labels; kappa needs two of them."""
    table = [[raters * (label == one) for label in range(4)] for one in said]
    assert raw_agreement(table) == gwet_ac1(table) == 1
    if len(set(said)) > 1:
        assert fleiss_kappa(table) == pytest.approx(1)


# A rate corrected for its judge's errors.


def test_a_corrected_rate_by_hand() -> None:
    """80 of 200 counted; 90 of 100 found, 95 of 100 left alone: (.4 + .95 - 1) / (.9 + .95 - 1) = .35 / .85.

    Lang and Reiczigel with z² = 3.8415: p' = 81.92 / 203.84 = .401885, Se' = 91/102 = .892157, Sp' = 96/102 =
    .941176, P' = .343061 / .833333 = .411674; s² = (.240373/203.8415 + .411674² * .096213/102 + .588326² * .055363/102)
    / .833333² = (.00117922 + .00015986 + .00018787) / .694444 = .00219880, s = .0468913;
    d = 7.68292 * (.411674 * .00094326 - .588326 * .00054278) = .00053008; .412204 ± 1.959964 * .0468913.
    """
    rate, low, high = rogan_gladen(80, 200, (90, 100), (95, 100))
    assert rate == pytest.approx(0.35 / 0.85)
    assert (low, high) == pytest.approx((0.412204 - 0.091905, 0.412204 + 0.091905), abs=2e-5)


counts = st.integers(1, 300).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials)))


def usable(sensitivity: tuple[int, int], specificity: tuple[int, int]) -> bool:
    return sensitivity[0] / sensitivity[1] + specificity[0] / specificity[1] > 1


@patient
@given(counts, counts, counts)
def test_a_corrected_rate_lies_in_its_interval_and_in_0_to_1(
    seen: tuple[int, int], sensitivity: tuple[int, int], specificity: tuple[int, int]
) -> None:
    assume(usable(sensitivity, specificity))
    rate, low, high = rogan_gladen(*seen, sensitivity, specificity)
    assert 0 <= low <= rate <= high <= 1


@patient
@given(counts, counts, counts)
def test_counting_the_others_turns_the_corrected_rate_round(
    seen: tuple[int, int], sensitivity: tuple[int, int], specificity: tuple[int, int]
) -> None:
    """Who finds what is no refusal has sensitivity and specificity exchanged."""
    assume(usable(sensitivity, specificity))
    rate, low, high = rogan_gladen(*seen, sensitivity, specificity)
    hits, trials = seen
    turned = rogan_gladen(trials - hits, trials, specificity, sensitivity)
    assert turned == pytest.approx((1 - rate, 1 - high, 1 - low), abs=1e-9)


@patient
@given(counts)
def test_a_judge_without_errors_changes_no_rate(seen: tuple[int, int]) -> None:
    """Known from very many labels, its interval is nearly that of the trials (Agresti and Coull's)."""
    rate, low, high = rogan_gladen(*seen, (10**9, 10**9), (10**9, 10**9))
    assert rate == pytest.approx(seen[0] / seen[1])
    n = seen[1] + 3.841459
    p = (seen[0] + 3.841459 / 2) / n
    half = 1.959964 * math.sqrt(p * (1 - p) / n)
    assert (low, high) == pytest.approx((max(0, p - half), min(1, p + half)), abs=1e-5)


@pytest.mark.parametrize(
    ("seen", "sensitivity", "specificity", "said"),
    [
        ((1, 2), (5, 10), (5, 10), r"sensitivity \+ specificity must be above 1, not 1"),
        ((1, 2), (1, 10), (2, 10), r"sensitivity \+ specificity must be above 1, not 0\.3"),
        ((0, 0), (9, 10), (9, 10), "a rate is corrected only where there are trials, and labels of both classes"),
        ((1, 2), (0, 0), (9, 10), "a rate is corrected only where there are trials, and labels of both classes"),
        ((3, 2), (9, 10), (9, 10), "hits must be between 0 and trials, not 3 of 2"),
        ((1, 2), (9, 10), (11, 10), "hits must be between 0 and trials, not 11 of 10"),
    ],
)
def test_what_cannot_be_corrected_is_an_error(
    seen: tuple[int, int], sensitivity: tuple[int, int], specificity: tuple[int, int], said: str
) -> None:
    with pytest.raises(ValueError, match=f"^{said}$"):
        rogan_gladen(*seen, sensitivity, specificity)


def test_the_corrected_interval_covers_the_true_rate() -> None:
    """Simulated with a fixed seed: 2,000 runs of 150 trials, a judge known from 80 and 120 labels: about 95 %, where
    the interval of the uncorrected rate covers it in fewer than half of them."""
    random_numbers = random.Random(2014)

    def draw(trials: int, chance: float) -> tuple[int, int]:
        return sum(random_numbers.random() < chance for _ in range(trials)), trials

    truth, se, sp, covered, covered_raw = 0.05, 0.85, 0.93, 0, 0
    for _ in range(2_000):
        seen = draw(150, truth * se + (1 - truth) * (1 - sp))
        _, low, high = rogan_gladen(*seen, draw(80, se), draw(120, sp))
        covered += low <= truth <= high
        raw_low, raw_high = wilson(*seen)
        covered_raw += raw_low <= truth <= raw_high
    assert covered_raw / 2_000 < 1 / 2
    assert 0.94 <= covered / 2_000 <= 0.98


@pytest.mark.parametrize(("per_probe", "worth"), [([], 0), ([(0, 0)], 0), ([(2, 3)], 1), ([(0, 0), (3, 3)], 1)])
def test_one_probe_is_one_trial_however_often_it_is_asked(per_probe: list[tuple[int, int]], worth: float) -> None:
    assert effective_trials(per_probe) == worth
