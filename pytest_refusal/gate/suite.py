"""The decision on a whole suite by "right" alone."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_refusal.gate.given import MIN_DROP
from pytest_refusal.gate.samples import drop_of, significant
from pytest_refusal.stats import counts_of, stratified_counts


def blocks(
    baseline: Sequence[Sequence[bool]],
    current: Sequence[Sequence[bool]],
    alpha: float = 0.05,
    min_drop: float = MIN_DROP,
) -> bool:
    """Return whether "right" became rarer: what the gate asks of a suite, at the whole of a level.

    It blocks where the exact stratified test (:func:`pytest_refusal.stats.stratified_exact`) has p <= ``alpha`` and
    the mean of the probes' rates fell by ``min_drop`` or more; so a fall below one point never blocks by default,
    however many attempts show it. Something unchanged is blocked with a chance of at most ``alpha``.

    Args:
        baseline: A sequence for each probe: whether each attempt was right.
        current: The same probes in the same order; numbers of attempts may differ. A probe without attempts on either
            side is passed over.
        alpha: The level, one-sided, inside (0, 1).
        min_drop: A fraction; 0: any fall.

    Raises:
        ValueError: The two do not have the same number of probes, or ``alpha`` is outside of its range.
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha is between 0 and 1, not {alpha}")
    strata = counts_of(baseline, current)
    drop = drop_of(strata)
    # looks at the drop first, for it costs nothing
    return significant(0.0, drop, alpha, min_drop) and stratified_counts(strata, "less") <= alpha
