"""How small a drop a suite can notice: closed formulas, so that a run can say it before it asks anything."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from statistics import NormalDist
from typing import NamedTuple

POWER = 0.8
"""A drop is noticed in 8 of 10 runs that have it."""

MARGIN_OF_ERROR = 1.15
"""The formula is up to 17 % too low in simulations at 3 attempts, mostly within 10 %: so more is told."""


class Steadiness(NamedTuple):
    """What the baseline says of a suite: how right it is, and how much its attempts at the same probe differ.

    Attributes:
        probes: With a judged attempt; N.
        attempts: In the baseline, for each probe: the harmonic mean, kb. What counts is the mean of 1 / attempts.
        rate: Mean of the probes' rates of right attempts, p, a fraction.
        variance: Of one attempt within a probe, v0, a fraction below 1/4 and at least 0.5 / (N kb).
    """

    probes: int
    attempts: float
    rate: float
    variance: float


def steadiness(baseline: Sequence[tuple[int, int]]) -> Steadiness | None:
    """Read from a baseline what the formulas here need.

    v0 is the mean of ``x (m - x) / (m (m - 1))`` over probes with x right of m attempts, m > 1 (without bias); where
    all probes have one attempt it is p (1 - p), which is too much, for probes differ.

    Args:
        baseline: (right, attempts) of each probe; probes without attempts are passed over.

    Returns:
        None without a probe.

    Raises:
        ValueError: Hits are no part of their trials.
    """
    if any(not 0 <= hits <= trials for hits, trials in baseline):
        raise ValueError("hits must be between 0 and trials")
    counted = [(hits, trials) for hits, trials in baseline if trials]
    if not counted:
        return None
    probes = len(counted)
    attempts = probes / math.fsum(1 / trials for _, trials in counted)
    rate = math.fsum(hits / trials for hits, trials in counted) / probes
    repeated = [hits * (trials - hits) / (trials * (trials - 1)) for hits, trials in counted if trials > 1]
    variance = math.fsum(repeated) / len(repeated) if repeated else rate * (1 - rate)
    return Steadiness(probes, attempts, rate, max(variance, 0.5 / (probes * attempts)))


def minimum_detectable_drop(suite: Steadiness, attempts: float, level: float, power: float = POWER) -> float:
    """Return how large a drop has to be, so that the stratified test rejects at ``level`` in ``power`` of all runs.

    With z the normal quantile, k attempts now, and the variance after a drop of d,
    ``v1 = min(v0 + d max(2p - 1, 0), 1/4)``, ``vp = (kb v0 + k v1) / (kb + k)``:
    ``d = z(1 - level) √(vp (1/kb + 1/k) / N) + z(power) √((v0/kb + v1/k) / N)``, iterated. And never less than it
    takes until so many attempts are wrong that the exact test can reject at all: at least
    ``j = ⌈ln level / ln(k/(kb+k))⌉``, and a Poisson count of mean m reaches j with chance ``power``: ``m / (N k)``.
    Beside simulations of the test (kb 1 to 10, k 1 to 5, 20 to 1,000 probes) mostly within 10 %, at one attempt each up
    to 30 % too high.

    Args:
        suite: Of the baseline.
        attempts: Now, for each probe; k >= 1.
        level: One-sided, inside (0, 1/2): of the suite's own test, not of the whole run.
        power: Inside (1/2, 1).

    Returns:
        A fraction; above ``suite.rate`` where no drop that is possible is noticed so often.

    Raises:
        ValueError: An argument is out of its range.
    """
    if attempts < 1 or not 0 < level < 0.5 or not 0.5 < power < 1:
        raise ValueError(f"needs attempts >= 1, level < 1/2 < power < 1, not {attempts}, {level} and {power}")
    probes, kb, rate, v0 = suite
    z_level, z_power = NormalDist().inv_cdf(1 - level), NormalDist().inv_cdf(power)
    drop = 0.0
    # what it is iterated with grows slower than the square root of the drop, so that it settles from below
    for _ in range(200):
        v1 = min(v0 + drop * max(2 * rate - 1, 0.0), 0.25)
        pooled = (kb * v0 + attempts * v1) / (kb + attempts)
        before = drop
        drop = z_level * math.sqrt(pooled * (1 / kb + 1 / attempts) / probes)
        drop += z_power * math.sqrt((v0 / kb + v1 / attempts) / probes)
        if abs(drop - before) < 1e-12:
            break
    needed = math.ceil(math.log(level) / math.log(attempts / (kb + attempts)))
    return max(drop, _poisson_mean(needed, power) / (probes * attempts))


def told_drop(drop: float) -> float:
    """Return what is told of a minimum detectable drop: 1.15 times it, rounded up to half a point; a fraction."""
    # 1.15 * 0.2 / 0.005 is 46.00000000000001
    return math.ceil(round(MARGIN_OF_ERROR * drop * 200, 9)) / 200


def noise_floor(suite: Steadiness, attempts: float) -> float:
    """Return the standard deviation of the difference of two runs of an unchanged suite: ``√(v0 (1/kb + 1/k) / N)``."""
    return math.sqrt(suite.variance * (1 / suite.attempts + 1 / attempts) / suite.probes)


def probes_for_drop(
    suite: Steadiness, attempts: float, level: float, wanted: float, power: float = POWER, most: int = 100_000
) -> int | None:
    """Return how many probes like these it takes until the told drop is ``wanted`` or less.

    Args:
        wanted: A fraction; of the rest as for :func:`minimum_detectable_drop`.
        most: Where to stop looking.

    Returns:
        The smallest number, None: more than ``most``.
    """

    def enough(probes: int) -> bool:
        return _enough(suite._replace(probes=probes), attempts, level, wanted, power)

    if not enough(most):
        return None
    # more probes never make it worse
    return bisect_left(range(1, most), True, key=enough) + 1


def attempts_for_drop(
    suite: Steadiness, level: float, wanted: float, power: float = POWER, most: int = 100
) -> int | None:
    """Return how many attempts now it takes of each probe until the told drop is ``wanted`` or less.

    Arguments as for :func:`probes_for_drop`. None also where no number is enough: the baseline's own noise stays.
    """
    # one after another: the guard of discreteness goes up and down
    return next((many for many in range(1, most + 1) if _enough(suite, many, level, wanted, power)), None)


def _enough(suite: Steadiness, attempts: float, level: float, wanted: float, power: float) -> bool:
    return told_drop(minimum_detectable_drop(suite, attempts, level, power)) <= wanted + 1e-9


@lru_cache(maxsize=1024)
def _poisson_mean(least: int, power: float) -> float:
    """Return the mean of a Poisson count that is ``least`` or more with chance ``power``."""
    low, high = 0.0, 2.0 * least + 10 / (1 - power)
    factorials = [math.lgamma(i + 1) for i in range(least)]
    while high - low > 1e-12 * high:
        mean = (low + high) / 2
        log = math.log(mean)
        fewer = math.fsum(math.exp(i * log - mean - one) for i, one in enumerate(factorials))
        if 1 - fewer < power:
            low = mean
        else:
            high = mean
    return high
