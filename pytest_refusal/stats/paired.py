"""Two rates of the same probes: their difference with an interval that knows the pairs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from pytest_refusal.stats.exact import Counts
from pytest_refusal.stats.intervals import clustered_interval

Bounded = tuple[float, float, float]
"""A rate with its interval: (rate, low, high)."""


class Difference(NamedTuple):
    """A difference of two rates, in [-1, 1]: the second less the first, with the ends of its interval."""

    difference: float
    low: float
    high: float


def paired_difference(pairs: Sequence[Counts], confidence: float = 0.95) -> Difference:
    """Bound the mean difference of two rates of each probe, for *prompts like these*.

    The mean over probes of "hits of trials, second side, less first side"; each probe counts once. The interval is
    Newcombe's of a paired difference (Stat Med 1998, method 10) with Wilson's interval clustered by probe
    (:func:`clustered_interval`) in the place of Wilson's, and the correlation of the probes' rates in that of phi, its
    covariance lowered by 1 / (2 G) where it is positive, which for one trial each is Newcombe's own correction. Without
    the correction it has no width where the sides agree everywhere, and covers 63-87 % where few probes flip.

    It assumes that the probes were drawn independently from the prompts that it speaks of, and nothing about their
    rates or about attempts at one probe. Simulated coverage of 95 % (``python -m benchmarks framing``: 5 to 40 probes,
    1 or 3 attempts): 92-100 %, the least where answers are sure and few probes flip (90 % with 80 probes of which 2.5 %
    do); of a t interval of the probes' differences 19-100 %. The mean over exactly these probes it covers in 96-100 %.

    Args:
        pairs: Of each probe, the first side as "before" and the second one as "now"; a probe without trials on a side
            is passed over.
        confidence: Two-sided coverage, inside (0, 1).

    Returns:
        The difference and its interval; ``(0.0, -1.0, 1.0)`` without probes, an interval of everything for one.

    Raises:
        ValueError: Hits are no part of trials, or ``confidence`` is not inside (0, 1).
    """
    _check(pairs)
    counted = [(a / n, n, b / m, m) for a, n, b, m in pairs if n and m]
    first, second = [one[0] for one in counted], [one[2] for one in counted]
    if not counted:
        return Difference(0.0, -1.0, 1.0)
    rates = [math.fsum(side) / len(counted) for side in (first, second)]
    if len(counted) == 1:
        return Difference(rates[1] - rates[0], -1.0, 1.0)
    return mover(
        (rates[0], *clustered_interval([(one[0], one[1]) for one in counted], confidence)),
        (rates[1], *clustered_interval([(one[2], one[3]) for one in counted], confidence)),
        _correlation(first, second),
    )


def mover(first: Bounded, second: Bounded, correlation: float = 0.0) -> Difference:
    """Recover the interval of a difference from those of its two parts (MOVER: Zou and Donner, Stat Med 2008).

    ``d - √((p2 - l2)² - 2 r (p2 - l2)(u1 - p1) + (u1 - p1)²)`` below, and with the other ends above; never outside of
    [-1, 1].

    Args:
        first, second: The rates, each with an interval of the wanted confidence.
        correlation: r of the two estimates, in [-1, 1]; 0.0 where they are independent.
    """
    (p1, l1, u1), (p2, l2, u2) = first, second

    def half(one: float, other: float) -> float:
        # for r = 1 and equal arms rounding may leave a little less than nothing
        return math.sqrt(max(0.0, one * one - 2 * correlation * one * other + other * other))

    difference = p2 - p1
    return Difference(
        difference, max(-1.0, difference - half(p2 - l2, u1 - p1)), min(1.0, difference + half(u2 - p2, p1 - l1))
    )


def _check(pairs: Sequence[Counts]) -> None:
    for hits, trials, others, of_those in pairs:
        if not (0 <= hits <= trials and 0 <= others <= of_those):
            raise ValueError(f"hits are part of trials, not {hits} of {trials} and {others} of {of_those}")


def _correlation(first: Sequence[float], second: Sequence[float]) -> float:
    """Return Pearson's correlation with Newcombe's correction; 0.0 where a side does not vary."""
    count = len(first)
    means = [math.fsum(side) / count for side in (first, second)]
    spreads = [math.fsum((one - mean) ** 2 for one in side) for side, mean in zip((first, second), means, strict=True)]
    together = math.fsum((x - means[0]) * (y - means[1]) for x, y in zip(first, second, strict=True))
    if not all(spreads):
        return 0.0
    if together > 0:
        together = max(0.0, together - 0.5)
    return together / math.sqrt(spreads[0] * spreads[1])
