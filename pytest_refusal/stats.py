"""Rates and their intervals: exact, or saying what they are. The standard library alone.

Checked against scipy and statsmodels in the tests. Where a formula comes from stands with it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist


def wilson(hits: float, trials: float, confidence: float = 0.95) -> tuple[float, float]:
    """Bound a rate of which ``hits`` were seen in ``trials`` (Wilson's score interval, 1927).

    Args:
        hits: Outcomes that count, ``0 <= hits <= trials``; a fraction where an effective number of trials is used.
        trials: Judged outcomes; unclear ones are left out before.
        confidence: Two-sided coverage, inside (0, 1); z is the exact normal quantile, not 1.96.

    Returns:
        ``(low, high)``, fractions in [0, 1], not percent; ``(0.0, 1.0)`` without trials.

    Raises:
        ValueError: ``hits`` is negative or larger than ``trials``, or ``confidence`` is not inside (0, 1).
    """
    _check(hits, trials, confidence)
    if not trials:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    rate = hits / trials
    centre = rate + z * z / (2 * trials)
    half = z * math.sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    # at the ends the formula gives 0 and 1 but for rounding
    low = 0.0 if hits == 0 else max(0.0, (centre - half) / scale)
    high = 1.0 if hits == trials else min(1.0, (centre + half) / scale)
    return low, high


def clopper_pearson(hits: int, trials: int, confidence: float = 0.95, side: str = "two") -> tuple[float, float]:
    """Bound a rate exactly (Clopper and Pearson, 1934): the coverage is at least ``confidence``, whatever the rate.

    Args:
        hits: Outcomes that count, ``0 <= hits <= trials``.
        trials: Judged outcomes.
        confidence: Coverage, inside (0, 1).
        side: ``two``; ``lower`` (only a lower bound, the upper one is 1); ``upper`` (the lower one is 0).

    Returns:
        ``(low, high)``, fractions in [0, 1]; ``(0.0, 1.0)`` without trials.

    Raises:
        ValueError: As for :func:`wilson`, or ``side`` is none of the three.
    """
    _check(hits, trials, confidence)
    if side not in ("two", "lower", "upper"):
        raise ValueError(f"side must be 'two', 'lower' or 'upper', not {side!r}")
    alpha = (1 - confidence) / (2 if side == "two" else 1)
    low, high = 0.0, 1.0
    if side != "upper" and hits > 0:
        low = _solve(lambda rate: _beta_cdf(rate, hits, trials - hits + 1) - alpha)
    if side != "lower" and hits < trials:
        high = _solve(lambda rate: _beta_cdf(rate, hits + 1, trials - hits) - (1 - alpha))
    return low, high


def population_interval(per_probe: Sequence[tuple[int, int]], confidence: float = 0.95) -> tuple[float, float]:
    """Bound the rate of *prompts like these*: the probes are a sample too, repeating them adds little.

    Wilson's interval on an effective number of trials: rate (1 - rate) / variance of the mean of the probes' rates,
    held between the number of probes and that of trials (no variation seen: the number of probes), times
    (z / t with probes - 1 degrees of freedom) squared. Simulated coverage of 95 %: 94-97 %.

    Args:
        per_probe: (hits, trials) of each probe; probes without trials are passed over.
        confidence: Two-sided coverage, inside (0, 1).

    Returns:
        ``(low, high)``, fractions in [0, 1]; ``(0.0, 1.0)`` with fewer than two probes.
    """
    counted = [(hits, trials) for hits, trials in per_probe if trials]
    if len(counted) < 2:
        return 0.0, 1.0
    rate = sum(hits for hits, _ in counted) / sum(trials for _, trials in counted)
    effective = effective_trials(counted, confidence)
    return wilson(rate * effective, effective, confidence)


def effective_trials(per_probe: Sequence[tuple[int, int]], confidence: float = 0.95) -> float:
    """Return how many independent trials the attempts of these probes are worth, as :func:`population_interval` says.

    Args:
        per_probe: (hits, trials) of each probe; probes without trials are passed over.
        confidence: Of the interval that it is meant for, inside (0, 1).

    Returns:
        Not more than there are trials; 1.0 for one probe, however often it was asked, and 0.0 for none.
    """
    counted = [(hits, trials) for hits, trials in per_probe if trials]
    probes, total = len(counted), sum(trials for _, trials in counted)
    if probes < 2:
        return float(probes)
    rate = sum(hits for hits, _ in counted) / total
    rates = [hits / trials for hits, trials in counted]
    mean = math.fsum(rates) / probes
    variance = math.fsum((one - mean) ** 2 for one in rates) / (probes - 1) / probes
    effective = min(max(rate * (1 - rate) / variance, probes), total) if variance else float(probes)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    return effective * (z / student_t_quantile((1 + confidence) / 2, probes - 1)) ** 2


def rogan_gladen(
    hits: float,
    trials: float,
    sensitivity: tuple[int, int],
    specificity: tuple[int, int],
    confidence: float = 0.95,
) -> tuple[float, float, float]:
    """Correct a rate for the errors of the judge that counted it, with an interval that knows them only from a sample.

    The rate is ``(p + Sp - 1) / (Se + Sp - 1)`` (Rogan and Gladen, Am J Epidemiol 1978). The interval is that of Lang
    and Reiczigel (Prev Vet Med 2014): with ``p' = (hits + z²/2) / (trials + z²)``, one error and one success more in
    each of the two samples that Se' and Sp' come from, and P' made of them as above, it is ``P' + d ± z s`` where
    ``s² = (p'(1-p')/n' + P'² Se'(1-Se')/n_Se' + (1-P')² Sp'(1-Sp')/n_Sp') / (Se'+Sp'-1)²`` and
    ``d = 2 z² (P' Se'(1-Se')/n_Se' - (1-P') Sp'(1-Sp')/n_Sp')``. It is cut to [0, 1], and widened to hold the rate
    where, with few labels, it would not.

    Args:
        hits: What the judge counted, ``0 <= hits <= trials``; a fraction where an effective number of trials is used.
        trials: What it judged, above 0.
        sensitivity: (found, of so many) that people say are hits: independent of the trials.
        specificity: (left alone, of so many) that people say are none.
        confidence: Two-sided coverage, inside (0, 1); approximate.

    Returns:
        ``(rate, low, high)``, fractions in [0, 1].

    Raises:
        ValueError: There are no trials or no labels of a class, or sensitivity + specificity is not above 1: such a
            judge is no better than a coin, and nothing can be corrected.
    """
    for count, among in ((hits, trials), sensitivity, specificity):
        _check(count, among, confidence)
        if not among:
            raise ValueError("a rate is corrected only where there are trials, and labels of both classes")
    found, left_alone = sensitivity[0] / sensitivity[1], specificity[0] / specificity[1]
    if found + left_alone <= 1:
        raise ValueError(f"sensitivity + specificity must be above 1, not {found + left_alone:g}")
    rate = min(1.0, max(0.0, (hits / trials + left_alone - 1) / (found + left_alone - 1)))
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    n, n_se, n_sp = trials + z * z, sensitivity[1] + 2, specificity[1] + 2
    p, se, sp = (hits + z * z / 2) / n, (sensitivity[0] + 1) / n_se, (specificity[0] + 1) / n_sp
    youden = se + sp - 1
    if youden <= 0:
        # one error more in each sample, and the judge is a coin: these labels bound nothing
        return rate, 0.0, 1.0
    centre = (p + sp - 1) / youden
    se_variance, sp_variance = se * (1 - se) / n_se, sp * (1 - sp) / n_sp
    spread = math.sqrt(p * (1 - p) / n + centre**2 * se_variance + (1 - centre) ** 2 * sp_variance) / youden
    shift = 2 * z * z * (centre * se_variance - (1 - centre) * sp_variance)
    low, high = centre + shift - z * spread, centre + shift + z * spread
    return rate, max(0.0, min(low, rate)), min(1.0, max(high, rate))


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


def trials_for_floor(floor: float, confidence: float = 0.95) -> int:
    """Return how many trials without a failure it takes until the exact lower bound reaches ``floor``.

    29, 59, 149 and 299 for floors of 0.90, 0.95, 0.98 and 0.99: below that the floor cannot be certified at all.

    Raises:
        ValueError: ``floor`` or ``confidence`` is not inside (0, 1).
    """
    if not (0 < floor < 1 and 0 < confidence < 1):
        raise ValueError("floor and confidence must be inside (0, 1)")
    needed = max(1, math.ceil(math.log1p(-confidence) / math.log(floor)))
    # the logarithms may be off by one unit in the last place, so the answer is checked by its own law
    while needed > 1 and floor ** (needed - 1) <= 1 - confidence:
        needed -= 1
    while floor**needed > 1 - confidence:
        needed += 1
    return needed


def student_t_quantile(probability: float, degrees: int) -> float:
    """Return the quantile of Student's t distribution, for ``probability`` in [0.5, 1) and ``degrees`` >= 1."""
    tail = 2 * (1 - probability)
    # P(|T| > t) is the incomplete beta function at degrees / (degrees + t²) (Abramowitz and Stegun 26.5.27)
    x = _solve(lambda share: _beta_cdf(share, degrees / 2, 0.5) - tail)
    return math.sqrt(degrees * (1 - x) / x) if x else math.inf


def _ratings(table: Sequence[Sequence[int]]) -> list[list[int]]:
    rows = [list(row) for row in table]
    if not rows:
        raise ValueError("there are no items")
    if len({len(row) for row in rows}) > 1 or not rows[0]:
        raise ValueError("every row needs a count for each of the same labels")
    if any(count < 0 or count != int(count) for row in rows for count in row):
        raise ValueError("a count of ratings is a whole number, 0 or more")
    return rows


def _check(hits: float, trials: float, confidence: float) -> None:
    if not 0 <= hits <= trials:
        raise ValueError(f"hits must be between 0 and trials, not {hits} of {trials}")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must be inside (0, 1), not {confidence}")


def _solve(rises: Callable[[float], float]) -> float:
    """Return where a rising function on [0, 1] crosses zero, by halving until no number lies between."""
    low, high = 0.0, 1.0
    while True:
        middle = (low + high) / 2
        if not low < middle < high:
            return middle
        if rises(middle) < 0:
            low = middle
        else:
            high = middle


def _beta_cdf(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b), by Lentz's continued fraction (NIST DLMF 8.17.22)."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    if x > (a + 1) / (a + b + 2):
        return 1.0 - _beta_cdf(1 - x, b, a)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)) / a
    tiny = 1e-300
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1)
    d = 1 / (d or tiny)
    fraction = d
    for m in range(1, 10_000):
        for numerator in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / ((1 + numerator * d) or tiny)
            c = (1 + numerator / c) or tiny
            step = c * d
            fraction *= step
        if abs(step - 1) < 1e-15:
            break
    return front * fraction
