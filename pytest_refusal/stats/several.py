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


def tarone(p_values: Sequence[float], smallest: Sequence[float], alpha: float) -> list[float | None]:
    """Leave out the tests that could never reject, then adjust the others by :func:`holm` (Tarone, Biometrics 1990).

    With K(m) the number of tests whose smallest possible p is at most alpha / m, m is the smallest number with
    K(m) <= m; those K(m) tests are adjusted, and the others never reject: it is the totals that say so, so the
    chance of any false alarm stays below alpha.

    Args:
        p_values: In any order, each in [0, 1].
        smallest: What each of them could be at least, given the totals alone (:func:`smallest_p`), in the same order.
        alpha: The level that the adjusted values are compared with: other levels leave out other tests.

    Returns:
        Adjusted p values in the same order; None: this test can never reject by itself.

    Raises:
        ValueError: A p value is outside of [0, 1], or there is not one smallest p for each.
    """
    if len(p_values) != len(smallest):
        raise ValueError(f"needs a smallest p for each of {len(p_values)} p values, not {len(smallest)}")
    _checked(p_values)
    _checked(smallest)
    tests = 1
    while len(able := [place for place, least in enumerate(smallest) if least <= alpha / tests]) > tests:
        tests += 1
    adjusted: list[float | None] = [None] * len(p_values)
    for place, p in zip(able, holm([p_values[place] for place in able]), strict=True):
        adjusted[place] = p
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
