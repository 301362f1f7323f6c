"""How much two rates differ: an interval and a bound, each made of Wilson's for the two rates."""

from __future__ import annotations

from pytest_refusal.stats.intervals import wilson
from pytest_refusal.stats.paired import mover


def difference_interval(
    hits_1: float, trials_1: float, hits_2: float, trials_2: float, confidence: float = 0.95
) -> tuple[float, float]:
    """Bound the difference of two rates, the first less the second (Newcombe's hybrid score interval, Stat Med 1998).

    With rates p and Wilson's limits (l, u): ``d - √((p1-l1)² + (u2-p2)²)`` to ``d + √((u1-p1)² + (p2-l2)²)`` for
    ``d = p1 - p2``: the method of variance estimates recovery (MOVER, Zou and Donner 2008). For two independent
    samples; where both are attempts at the same probes it is wider than it has to be.

    Args:
        hits_1: Of the first rate, ``0 <= hits <= trials``; a fraction where an effective number of trials is used.
        trials_1: Judged outcomes of the first; ``hits_2`` and ``trials_2`` are those of the second.
        confidence: Two-sided coverage, inside (0, 1).

    Returns:
        ``(low, high)`` in [-1, 1]; ``(-1.0, 1.0)`` where either has no trials.

    Raises:
        ValueError: As for :func:`wilson`.
    """
    low_1, high_1 = wilson(hits_1, trials_1, confidence)
    low_2, high_2 = wilson(hits_2, trials_2, confidence)
    if not (trials_1 and trials_2):
        return -1.0, 1.0
    found = mover((hits_2 / trials_2, low_2, high_2), (hits_1 / trials_1, low_1, high_1))
    return found.low, found.high


def drop_upper_bound(
    hits_before: float, trials_before: float, hits_now: float, trials_now: float, confidence: float = 0.98
) -> float:
    """Bound from above how far a rate fell: the upper end of :func:`difference_interval` of before and now.

    It is made of two one-sided limits, one of each rate.

    Args:
        hits_before: Of the rate before, ``0 <= hits <= trials``; a fraction where effective trials are used.
        trials_before: Judged outcomes before; ``hits_now`` and ``trials_now`` are those of the rate now.
        confidence: One-sided, of each of the two limits; above 1/2, below 1.

    Returns:
        In [-1, 1], positive: a drop; 1.0 where either has no trials.

    Raises:
        ValueError: As for :func:`wilson`, or ``confidence`` is not above 1/2.
    """
    return difference_interval(hits_before, trials_before, hits_now, trials_now, 2 * confidence - 1)[1]
