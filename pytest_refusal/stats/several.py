"""Adjusted p values, for several tests at once."""

from __future__ import annotations

from collections.abc import Sequence


def bonferroni(p_values: Sequence[float]) -> list[float]:
    """Return each p times their number (Bonferroni; Dunn 1961): below α, the chance of any false alarm is below α.

    Args:
        p_values: In any order, each in [0, 1].

    Returns:
        Adjusted p values in [0, 1], in the same order; ``[]`` for none.

    Raises:
        ValueError: A p value is outside of [0, 1].
    """
    return [min(1.0, p * len(p_values)) for p in _checked(p_values)]


def holm(p_values: Sequence[float]) -> list[float]:
    """Return Holm's step-down adjustment (Scand J Statist 1979): it keeps what Bonferroni's does and finds more.

    The i-th smallest of n is multiplied by n - i + 1, and none is smaller than the one before it. Arguments, return
    value and errors are those of :func:`bonferroni`.
    """
    adjusted, least = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(_ranked(p_values)):
        least = max(least, min(1.0, p_values[place] * (len(p_values) - rank)))
        adjusted[place] = least
    return adjusted


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Return Benjamini and Hochberg's step-up adjustment (J R Statist Soc B 1995): below q, a share of q is false.

    The i-th smallest of n is multiplied by n / i, and none is larger than the one after it. What is at most q after
    that has a false discovery rate of at most q, where the tests are independent or positively dependent; where
    nothing is there at all, that is the chance of naming anything. Arguments, return value and errors are those of
    :func:`bonferroni`.
    """
    adjusted, most = [0.0] * len(p_values), 1.0
    for rank, place in reversed(list(enumerate(_ranked(p_values), start=1))):
        most = min(most, p_values[place] * len(p_values) / rank)
        adjusted[place] = most
    return adjusted


def _ranked(p_values: Sequence[float]) -> list[int]:
    """Return the places of the p values, the smallest first."""
    _checked(p_values)
    return sorted(range(len(p_values)), key=p_values.__getitem__)


def _checked(p_values: Sequence[float]) -> Sequence[float]:
    if wrong := [p for p in p_values if not 0 <= p <= 1]:
        raise ValueError(f"a p value is between 0 and 1, not {wrong[0]}")
    return p_values
