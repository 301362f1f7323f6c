"""Exact tests of counts before and now: two samples, pairs, and strata. One-sided or two-sided."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from pytest_refusal.stats.hypergeometric import AS_PROBABLE, Urn, hit_sum

ALTERNATIVES = ("two-sided", "less", "greater")
TOLERANCE = 10**14
"""Of scipy's ``fisher_exact``: an outcome more probable by less than one in so many is as probable."""


class Counts(NamedTuple):
    """What was seen of a stratum before and now; ``hits_*`` of ``trials_*`` each."""

    hits_before: int
    trials_before: int
    hits_now: int
    trials_now: int


def fisher_exact(a: int, b: int, c: int, d: int, alternative: str = "two-sided") -> float:
    """Test whether the rows of ``[[a, b], [c, d]]`` have the same odds, all margins fixed (Fisher, 1935).

    In whole numbers until the last division. Unpaired: asking the same prompts twice makes pairs, which
    :func:`mcnemar_exact` tests.

    Args:
        a: Hits of the first row; ``b`` are its misses, ``c`` and ``d`` those of the second row.
        alternative: ``less``: the chance of so few hits in the first row or fewer. ``greater``: of so many or more.
            ``two-sided``: of all tables that are as probable as this one or less, with scipy's tolerance of 1e-14.

    Returns:
        p in [0, 1]; 1.0 where a row or a column is empty.

    Raises:
        ValueError: A count is negative, or ``alternative`` is none of the three.
    """
    _check_alternative(alternative)
    if min(a, b, c, d) < 0:
        raise ValueError(f"a count is 0 or more, not {min(a, b, c, d)}")
    urn = Urn(a + b + c + d, a + b, a + c)
    ways, place = urn.ways(), a - urn.fewest
    if alternative == "less":
        extreme = sum(ways[: place + 1])
    elif alternative == "greater":
        extreme = sum(ways[place:])
    else:
        extreme = sum(many for many in ways if many * TOLERANCE <= ways[place] * (TOLERANCE + 1))
    return extreme / sum(ways)


def mcnemar_exact(b: int, c: int, alternative: str = "two-sided") -> float:
    """Test whether as many pairs changed one way as the other: a binomial test at 1/2 (McNemar 1947, exactly).

    Args:
        b: Pairs that changed one way.
        c: Pairs that changed the other way; pairs that did not change say nothing.
        alternative: ``less``: the chance of so small a ``b`` or a smaller one. ``greater``: of so large a one or a
            larger one. ``two-sided``: twice the smaller of these, at most 1.

    Returns:
        p in (0, 1]; 1.0 without a pair that changed.

    Raises:
        ValueError: A count is negative, or ``alternative`` is none of the three.
    """
    _check_alternative(alternative)
    if min(b, c) < 0:
        raise ValueError(f"a count is 0 or more, not {min(b, c)}")
    pairs = b + c
    fewest = {"less": b, "greater": c, "two-sided": min(b, c)}[alternative]
    tail = sum(math.comb(pairs, many) for many in range(fewest + 1))
    share = tail / (1 << pairs)
    return min(1.0, 2 * share) if alternative == "two-sided" else share


def cohens_h(p1: float, p2: float) -> float:
    """Return Cohen's h, the size of a difference of two rates: ``|2 asin √p1 - 2 asin √p2|`` (Cohen 1988, chapter 6).

    By his convention 0.2 is small, 0.5 medium, 0.8 large.

    Args:
        p1: A rate, a fraction in [0, 1].
        p2: The other one; which comes first does not matter.

    Returns:
        From 0 to π.

    Raises:
        ValueError: A rate is outside of [0, 1].
    """
    if not (0 <= p1 <= 1 and 0 <= p2 <= 1):
        raise ValueError(f"rates are between 0 and 1, not {p1} and {p2}")
    return abs(2 * math.asin(math.sqrt(p1)) - 2 * math.asin(math.sqrt(p2)))


def stratified_counts(strata: Sequence[Counts], alternative: str = "two-sided") -> float:
    """Test whether hits are as frequent now as before, stratum by stratum: the exact conditional Mantel-Haenszel test.

    All margins of all strata are fixed; the hits now are then a sum of independent hypergeometric counts, whose
    distribution is multiplied out (Birch 1964; R's ``mantelhaen.test(exact = TRUE)``). One stratum: Fisher's test. One
    trial before and one now in each: McNemar's. Numbers of trials may differ, within a stratum and between strata.

    Args:
        strata: (hits before, trials before, hits now, trials now) of each. One without trials on a side, or all or none
            of whose trials are hits, says nothing.
        alternative: ``less``: the chance of so few hits now or fewer (a drop). ``greater``: of so many or more.
            ``two-sided``: of all outcomes that are as probable or less.

    Returns:
        p in [0, 1], rounded to about 1e-13 of itself; below 1e-90 it is a bound from below. 1.0 where no stratum says
        anything.

    Raises:
        ValueError: Hits are no part of their trials, or ``alternative`` is none of the three.
    """
    _check_alternative(alternative)
    told = [(_urn(one), one.hits_now) for one in map(Counts._make, strata)]
    told = [(urn, hits) for urn, hits in told if urn.informative]
    seen, distribution = sum(hits for _, hits in told), hit_sum(urn for urn, _ in told)
    if alternative == "less":
        return distribution.less(seen)
    if alternative == "greater":
        return distribution.greater(seen)
    return distribution.as_probable(seen)


def smallest_p(strata: Sequence[Counts], alternative: str = "two-sided") -> float:
    """Return the smallest p that :func:`stratified_counts` could give with the same margins: from the totals alone.

    A test whose smallest p is above a level never rejects at it: see :func:`pytest_refusal.stats.tarone`.

    Args:
        strata: As for :func:`stratified_counts`; of the hits only their sum in each stratum is looked at.
        alternative: The same.

    Returns:
        In [0, 1]; 1.0 where no stratum says anything.

    Raises:
        ValueError: The same.
    """
    _check_alternative(alternative)
    first = last = 1.0
    for urn in (_urn(one) for one in map(Counts._make, strata)):
        if urn.informative:
            ways = urn.ways()
            first, last = first * (ways[0] / sum(ways)), last * (ways[-1] / sum(ways))
    if alternative != "two-sided":
        return first if alternative == "less" else last
    # sums of such counts have one peak, so that the least probable outcome is one of the two ends
    least, other = sorted((first, last))
    return min(1.0, least + other) if other <= least * AS_PROBABLE and other < 1 else least


def stratified_exact(baseline: Sequence[Sequence[bool]], current: Sequence[Sequence[bool]]) -> float:
    """Test whether "right" became rarer: :func:`stratified_counts` with a stratum for each probe, one-sided.

    Args:
        baseline: A sequence for each probe: whether each attempt was right.
        current: The same probes in the same order. A probe may have other numbers of attempts now; one without
            attempts on either side is no stratum.

    Returns:
        p of so few right attempts or fewer, in [0, 1]; 1.0 without a stratum.

    Raises:
        ValueError: The two do not have the same number of probes.
    """
    return stratified_counts(counts_of(baseline, current), "less")


def counts_of(baseline: Sequence[Sequence[bool]], current: Sequence[Sequence[bool]]) -> list[Counts]:
    """Return the counts of each probe, of attempts as :func:`stratified_exact` takes them.

    Raises:
        ValueError: The two do not have the same number of probes.
    """
    if len(baseline) != len(current):
        raise ValueError(f"baseline and current are of the same probes, not of {len(baseline)} and {len(current)}")
    return [
        Counts(sum(map(bool, before)), len(before), sum(map(bool, now)), len(now))
        for before, now in zip(baseline, current, strict=True)
    ]


def _urn(one: Counts) -> Urn:
    if not (0 <= one.hits_before <= one.trials_before and 0 <= one.hits_now <= one.trials_now):
        raise ValueError(
            f"hits must be between 0 and trials, not {one.hits_before} of {one.trials_before} before and "
            f"{one.hits_now} of {one.trials_now} now"
        )
    return Urn(one.trials_before + one.trials_now, one.trials_now, one.hits_before + one.hits_now)


def _check_alternative(alternative: str) -> None:
    if alternative not in ALTERNATIVES:
        raise ValueError(f"alternative must be 'two-sided', 'less' or 'greater', not {alternative!r}")
