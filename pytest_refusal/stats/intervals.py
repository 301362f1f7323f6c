"""Rates and their intervals: exact, or saying what they are. Where a formula comes from stands with it."""

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


def clustered_interval(
    per_probe: Sequence[tuple[float, int]], confidence: float = 0.95, *, by_trials: bool = False
) -> tuple[float, float]:
    """Bound a mean of shares of which each is of one probe: trials on the same probe are much alike.

    With weights ``w_i`` (1/G for each of G probes, or its part of all trials), mean ``p = Σ w_i s_i`` and variance
    ``v = G/(G-1) Σ w_i² (s_i - p)²`` it is Wilson's interval on ``p (1-p) / v`` trials, held between ``1 / Σ w_i²`` (G
    where the probes count alike) and all trials, with Student's t of G - 1 degrees in the place of z. At p = 0 or 1 it
    is the smaller of the two. Simulated coverage of 95 %, 25 trials a probe: 93-98 % with 20 probes or 40, 91-98 % with
    10; of the naive interval on all trials where the probes differ: 43-55 %. A bootstrap of probes is too narrow below
    40 of them and has no width where nothing flips (design paper). ``python -m benchmarks consistency`` counts.

    Args:
        per_probe: (share in [0, 1], how many independent trials at most it is made of) of each probe; probes without
            trials are passed over.
        confidence: Two-sided coverage, inside (0, 1).
        by_trials: Weigh the probes by their trials, as hits of trials does; else each counts once.

    Returns:
        ``(low, high)``, fractions in [0, 1]; ``(0.0, 1.0)`` with fewer than two probes.

    Raises:
        ValueError: A share is outside of [0, 1], trials are negative, or ``confidence`` is not inside (0, 1).
    """
    for share, trials in per_probe:
        _check(share * trials, trials, confidence)
    counted = [(share, trials) for share, trials in per_probe if trials]
    probes = len(counted)
    if probes < 2:
        return 0.0, 1.0
    weights = [float(trials) if by_trials else 1.0 for _, trials in counted]
    whole = math.fsum(weights)
    mean = math.fsum(weight * share for weight, (share, _) in zip(weights, counted, strict=True)) / whole
    squares = math.fsum((weight * (share - mean)) ** 2 for weight, (share, _) in zip(weights, counted, strict=True))
    variance = squares / whole**2 * probes / (probes - 1)
    least = whole**2 / math.fsum(weight**2 for weight in weights)
    most = max(least, sum(trials for _, trials in counted))
    spread = mean * (1 - mean)
    effective = min(max(spread / variance, least), most) if variance else (most if spread else least)
    return _wilson_by_t(mean, effective, probes - 1, confidence)


def _wilson_by_t(rate: float, trials: float, degrees: int, confidence: float) -> tuple[float, float]:
    """Return Wilson's interval with t in the place of z: the same as fewer trials, for it knows z² / trials alone."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    fewer = trials * (z / student_t_quantile((1 + confidence) / 2, degrees)) ** 2
    return wilson(rate * fewer, fewer, confidence)


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
