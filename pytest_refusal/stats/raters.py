"""How well several raters of the same items agree. Where a formula comes from stands with it."""

from __future__ import annotations

import math
from collections.abc import Sequence


def raw_agreement(table: Sequence[Sequence[int]]) -> float:
    """Return how often two raters of an item agree: the mean over items of the share of its pairs that agree.

    ``mean of Σ_k n_ik (n_ik - 1) / (n_i (n_i - 1))`` (Fleiss 1971; with missing ratings Gwet, Handbook of Inter-Rater
    Reliability).

    Args:
        table: A row for each item: how many raters gave each label. Items may have different numbers of ratings;
            those with fewer than two have no pair and are left out.

    Returns:
        A fraction in [0, 1].

    Raises:
        ValueError: The rows are no counts of the same labels, or no item has two ratings.
    """
    rows = [row for row in _ratings(table) if sum(row) > 1]
    if not rows:
        raise ValueError("no item has two ratings")
    return math.fsum(sum(n * (n - 1) for n in row) / (sum(row) * (sum(row) - 1)) for row in rows) / len(rows)


def pairwise_agreement(counts: Sequence[int]) -> float:
    """Return the share of pairs of decisions on one thing that are alike: ``Σ_k n_k (n_k - 1) / (N (N - 1))``.

    :func:`raw_agreement` of a single item: 1, 3, 6 and 13 of 26 the other way are .92, .79, .63 and .48.

    Args:
        counts: How many decisions each label has; two or more in all.

    Returns:
        A fraction in [0, 1].

    Raises:
        ValueError: They are no counts, or fewer than two decisions.
    """
    return raw_agreement([counts])


def entropy(counts: Sequence[int]) -> float:
    """Return Shannon's entropy of decisions on one thing, in bits: ``-Σ_k p_k log2 p_k`` with ``p_k = n_k / N``.

    Args:
        counts: How many decisions each label has; one or more in all.

    Returns:
        From 0 (all alike) to log2 of the number of labels: 1 for two labels that are equally frequent.

    Raises:
        ValueError: They are no counts, or there is no decision.
    """
    [row] = _ratings([counts])
    total = sum(row)
    if not total:
        raise ValueError("there is no decision")
    return math.fsum(n / total * math.log2(total / n) for n in row if n)


def fleiss_kappa(table: Sequence[Sequence[int]]) -> float:
    """Return Fleiss' kappa: agreement beyond what raters would have who draw from the labels' shares (Fleiss 1971).

    ``(P - Pe) / (1 - Pe)``: P is :func:`raw_agreement`, ``Pe = Σ_k p_k²`` with p_k the share of label k in all
    ratings. Where nearly all ratings are one label kappa is low however well raters agree (the paradox of Feinstein
    and Cicchetti 1990): read it after the raw agreement and :func:`gwet_ac1`.

    Args:
        table: A row for each item: how many raters gave each label; every item has the same number of ratings, two
            or more. The raters need not be the same people.

    Returns:
        At most 1; 0 is chance, ``-1 / (raters - 1)`` the least. NaN if all ratings are one label: then P and Pe are
        both 1, nothing can be learnt of agreement beyond chance, and the formula has no value (as in statsmodels and
        in R's irr, instead of a 1 that was never earned).

    Raises:
        ValueError: The rows are no counts of the same labels, or have unequal numbers of ratings, or fewer than two.
    """
    rows = _ratings(table)
    raters = {sum(row) for row in rows}
    if len(raters) > 1:
        raise ValueError(f"every item needs the same number of ratings, and they have {min(raters)} to {max(raters)}")
    agreement = raw_agreement(rows)
    total = sum(map(sum, rows))
    used = [count for count in map(sum, zip(*rows, strict=True)) if count]
    if len(used) == 1:
        return math.nan
    by_chance = math.fsum((count / total) ** 2 for count in used)
    return (agreement - by_chance) / (1 - by_chance)


def gwet_ac1(table: Sequence[Sequence[int]]) -> float:
    """Return Gwet's AC1: agreement beyond chance that stays stable where nearly all ratings are one label (Gwet 2008).

    ``(P - Pe) / (1 - Pe)``: P is :func:`raw_agreement`, ``Pe = Σ_k π_k (1 - π_k) / (q - 1)`` with q labels and π_k the
    mean over the rated items of label k's share in the item's ratings. Missing ratings as in Gwet's Handbook of
    Inter-Rater Reliability: items with one rating count in π and not in P.

    Args:
        table: A row for each item: how many raters gave each label, with a column for every label that could be
            given, used or not (q counts all of them). Items without a rating are left out.

    Returns:
        At most 1; 0 is chance. 1 if all ratings are one label (Pe is 0 then).

    Raises:
        ValueError: The rows are no counts of the same labels, or no item has two ratings.
    """
    rows = [row for row in _ratings(table) if sum(row)]
    agreement = raw_agreement(rows) if rows else raw_agreement(table)
    labels = len(rows[0])
    if labels == 1:
        return 1.0
    shares = [math.fsum(row[label] / sum(row) for row in rows) / len(rows) for label in range(labels)]
    by_chance = math.fsum(share * (1 - share) for share in shares) / (labels - 1)
    return (agreement - by_chance) / (1 - by_chance)


def _ratings(table: Sequence[Sequence[int]]) -> list[list[int]]:
    rows = [list(row) for row in table]
    if not rows:
        raise ValueError("there are no items")
    if len({len(row) for row in rows}) > 1 or not rows[0]:
        raise ValueError("every row needs a count for each of the same labels")
    if any(count < 0 or count != int(count) for row in rows for count in row):
        raise ValueError("a count of ratings is a whole number, 0 or more")
    return rows
