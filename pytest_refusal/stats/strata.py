"""Counts by probe: what goes with what within probes, and what several wordings of one come to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple

from pytest_refusal.stats.hypergeometric import Urn, hit_sum

Table = tuple[int, int, int, int]
"""Counts of one probe: (with it and hit, with it and not, without it and hit, without it and not)."""


class MantelHaenszel(NamedTuple):
    """Whether hits are more frequent with a factor than without it, within probes.

    Attributes:
        z: Standardised, with the correction for continuity; positive: more hits with it.
        p: Of z, one-sided: of so many hits with it or more, by the normal distribution.
        exact: The same chance counted out.
        difference: Of the rates with and without it, in [-1, 1], weighted by Mantel and Haenszel.
    """

    z: float
    p: float
    exact: float
    difference: float


def mantel_haenszel(tables: Sequence[Table]) -> MantelHaenszel | None:
    """Test a factor stratified by probe (Cochran 1954; Mantel and Haenszel, J Natl Cancer Inst 1959).

    With n wordings of a probe, n1 with the factor and n0 without, f hits and a of them with it:
    ``T = Σ (a - n1 f / n)``, ``V = Σ n1 n0 f (n - f) / (n² (n - 1))``, ``z = (T - 1/2) / √V``. The half is taken off
    for the one-sided tail, so it is statsmodels' ``StratifiedTable.test_null_odds(correction=True)`` for T > 1/2. The
    exact p is that of Σ a, a sum of hypergeometric counts with all margins fixed (Fisher's test for one probe). Where
    hits are rare the normal tail is too small: of 75 operators that did nothing it named some in 13-20 % of simulated
    runs at a false discovery rate of 10 %, the exact one in 2-7 %. The difference is ``Σ (a n0 - c n1) / n`` over
    ``Σ n1 n0 / n`` with c the hits without it (Greenland and Robins 1985).

    Args:
        tables: One for each probe. Probes where all or none are hits, or have the factor, say nothing and add nothing
            to z.

    Returns:
        The test, or None where no probe says anything (V is 0).

    Raises:
        ValueError: A count is negative.
    """
    if any(count < 0 for table in tables for count in table):
        raise ValueError("a count is 0 or more")
    surplus = variance = difference = weight = 0.0
    for a, b, c, d in tables:
        n, with_it, without, hits = a + b + c + d, a + b, c + d, a + c
        if with_it and without:
            surplus += a - with_it * hits / n
            variance += with_it * without * hits * (n - hits) / (n * n * (n - 1))
            difference += (a * without - c * with_it) / n
            weight += with_it * without / n
    if not variance:
        return None
    z = (surplus - 0.5) / math.sqrt(variance)
    return MantelHaenszel(z, NormalDist().cdf(-z), _tail(tables), difference / weight)


def risk_difference_interval(tables: Sequence[Table], confidence: float = 0.95) -> tuple[float, float]:
    """Bound the difference of the rates with and without a factor, within these probes.

    Sato's variance of Mantel and Haenszel's difference (Biometrics 1989, 45, 1323), which holds for many probes with
    few wordings and for few with many: with w = Σ n1 n0 / n, d the difference,
    ``P = (n1² c - n0² a + n1 n0 (n0 - n1) / 2) / n²`` and ``Q = (a (n0 - c) + c (n1 - a)) / 2n`` the variance is
    ``(d Σ P + Σ Q) / w²``. In simulations of the size of a run it covered 93 % where 95 were meant.

    Args:
        tables: One for each probe, as for :func:`mantel_haenszel`.
        confidence: Inside (0, 1).

    Returns:
        ``(low, high)``, cut to [-1, 1]; ``(-1.0, 1.0)`` where no probe has wordings with and without the factor.

    Raises:
        ValueError: A count is negative, or the confidence is none.
    """
    if any(count < 0 for table in tables for count in table) or not 0 < confidence < 1:
        raise ValueError("a count is 0 or more, and a confidence is inside (0, 1)")
    two_sided = [(a, c, a + b, c + d, a + b + c + d) for a, b, c, d in tables if a + b and c + d]
    if not two_sided:
        return -1.0, 1.0
    weight = math.fsum(n1 * n0 / n for _, _, n1, n0, n in two_sided)
    difference = math.fsum((a * n0 - c * n1) / n for a, c, n1, n0, n in two_sided) / weight
    p = math.fsum((n1 * n1 * c - n0 * n0 * a + n1 * n0 * (n0 - n1) / 2) / (n * n) for a, c, n1, n0, n in two_sided)
    q = math.fsum((a * (n0 - c) + c * (n1 - a)) / (2 * n) for a, c, n1, n0, n in two_sided)
    half = NormalDist().inv_cdf((1 + confidence) / 2) * math.sqrt(max(0.0, difference * p + q)) / weight
    return max(-1.0, difference - half), min(1.0, difference + half)


def _tail(tables: Sequence[Table]) -> float:
    """Return the chance of as many hits with the factor as these or more, all margins fixed."""
    urns = [Urn(a + b + c + d, a + b, a + c) for a, b, c, d in tables]
    return hit_sum(urns).greater(sum(a for a, *_ in tables))


def at_least_one(hits: int, trials: int, draws: int) -> float | None:
    """Estimate the chance that at least one of ``draws`` is a hit, from ``hits`` among ``trials`` of the same kind.

    ``1 - C(n - r, k) / C(n, k)``: the share of all choices of k of the n that hold a hit. It has no bias, unlike
    ``1 - (1 - r/n)^k`` (the argument of pass@k: Chen et al. 2021, arXiv 2107.03374).

    Args:
        hits: r, ``0 <= hits <= trials``.
        trials: n.
        draws: k, 1 or more.

    Returns:
        A fraction in [0, 1]; None where there are fewer trials than draws: nothing is known then without a model.

    Raises:
        ValueError: The counts cannot be.
    """
    if not 0 <= hits <= trials or draws < 1:
        raise ValueError(f"needs 0 <= hits <= trials and draws >= 1, not {hits} of {trials} and {draws}")
    if trials < draws:
        return None
    return 1 - math.comb(trials - hits, draws) / math.comb(trials, draws)
