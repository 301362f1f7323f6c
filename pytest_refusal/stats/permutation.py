"""Repeated attempts at several wordings of a probe: what is chance between attempts, and what is the wording."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import NamedTuple

Attempts = Sequence[tuple[int, int]]
"""Of one probe: (hits, attempts) of each of its wordings."""

PERMUTATIONS = 999
"""Drawn where counting all is too much: p is then a multiple of 1/1000."""

MOST_STEPS = 5_000_000
"""Of the exact count, about two seconds; beyond that arrangements are drawn. The cut-off is ours: 40 probes of 26
wordings and 5 attempts are counted, whatever they answer."""


class VarianceSplit(NamedTuple):
    """Where the differences between answers to one probe come from; variances of a yes or no, each at most 1/4.

    Attributes:
        within: Between attempts at the same wording: sampling noise.
        between: Between wordings, noise taken out; without bias, so it may lie a little below 0.
        share: ``between / (between + within)`` with between held at 0 or more, in [0, 1]; None where nothing differs.
    """

    within: float
    between: float
    share: float | None


def variance_split(probes: Sequence[Attempts]) -> VarianceSplit:
    """Split the variance of repeated attempts into noise and wording (one-way analysis of variance by moments).

    For a wording with p of m attempts hits its noise is ``m/(m-1) p (1-p)``; within is the mean of that, and between
    the mean over probes of ``Var_j(p_j) - mean_j(noise_j / m_j)``. Each probe counts once. 40 probes, 26 wordings and 3
    attempts give between to ± .006 where it is .065 (``python -m benchmarks consistency``).

    Args:
        probes: Each with two wordings or more, of two attempts or more.

    Returns:
        The two variances and the share of the second one.

    Raises:
        ValueError: There are no probes, or one with fewer wordings or attempts, or hits are no part of attempts.
    """
    _check(probes)
    within, between = [], []
    for wordings in probes:
        rates = [hits / attempts for hits, attempts in wordings]
        noise = [m / (m - 1) * p * (1 - p) for p, (_, m) in zip(rates, wordings, strict=True)]
        mean = math.fsum(rates) / len(rates)
        spread = math.fsum((p - mean) ** 2 for p in rates) / (len(rates) - 1)
        within.append(math.fsum(noise) / len(noise))
        of_noise = math.fsum(one / m for one, (_, m) in zip(noise, wordings, strict=True)) / len(noise)
        between.append(spread - of_noise)
    inside, across = math.fsum(within) / len(probes), math.fsum(between) / len(probes)
    held = max(0.0, across)
    return VarianceSplit(inside, across, held / (held + inside) if held + inside else None)


class Permuted(NamedTuple):
    """The test of "the wording does not matter".

    Attributes:
        p: One-sided; of wordings that differ as much as these or more.
        permutations: How many arrangements were drawn; None: all of them were counted, p is exact.
        resolution: Of p: ``1 / (permutations + 1)``, its smallest possible figure; 0.0 where it is exact.
    """

    p: float
    permutations: int | None
    resolution: float


def permutation_test(probes: Sequence[Attempts], seed: int = 0, most_steps: int = MOST_STEPS) -> Permuted:
    """Test whether wordings matter: attempts are exchanged between the wordings of a probe, in every possible way.

    The statistic is ``Σ m (k/m - mean)²`` over all wordings of all probes, for k hits of m attempts: with the same m
    everywhere it orders arrangements as ``Σ (k - mean)²`` does. Probes are independent, so all arrangements can be
    counted: the distribution of each probe by its wordings one after another, and theirs by convolution. Where that
    takes too many steps, arrangements are drawn, and p is ``(1 + as extreme) / (1 + drawn)`` (Phipson and Smyth 2010).

    Args:
        probes: Each with two wordings or more, of two attempts or more.
        seed: Of the drawing.
        most_steps: Of the counting before arrangements are drawn; 0: draw them always.

    Returns:
        The p value, and how it was found. 1.0 where all attempts at each probe agree.

    Raises:
        ValueError: As for :func:`variance_split`.
    """
    _check(probes)
    # in whole numbers, so that arrangements that are equally extreme are seen to be
    scale = math.lcm(*(attempts for wordings in probes for _, attempts in wordings))
    seen, urns = 0, []
    for wordings in probes:
        hits, total = (sum(column) for column in zip(*wordings, strict=True))
        if 0 < hits < total:
            # counting the rarer of the two moves the statistic by a constant
            rare = [hit if 2 * hits <= total else attempts - hit for hit, attempts in wordings]
            sizes = tuple(sorted(attempts for _, attempts in wordings))
            seen += sum(k * k * (scale // m) for k, (_, m) in zip(rare, wordings, strict=True))
            urns.append((sizes, sum(rare)))
    if not urns:
        return Permuted(1.0, None, 0.0)
    counted = _tail(urns, scale, seen, most_steps)
    if counted is not None:
        return Permuted(counted, None, 0.0)
    numbers = random.Random(seed)
    extreme = sum(_drawn(urns, scale, numbers) >= seen for _ in range(PERMUTATIONS))
    return Permuted((1 + extreme) / (1 + PERMUTATIONS), PERMUTATIONS, 1 / (1 + PERMUTATIONS))


Urn = tuple[tuple[int, ...], int]
"""The attempts of each wording of a probe, and the hits among all of them."""


def _tail(urns: Sequence[Urn], scale: int, seen: int, most_steps: int) -> float | None:
    """Return the chance of a statistic of ``seen`` or more; None where it takes more than ``most_steps``."""
    known: dict[Urn, Mapping[int, float] | None] = {}
    whole = {0: 1.0}
    steps = most_steps
    for urn in urns:
        if urn not in known:
            known[urn], steps = _distribution(urn, scale, steps)
        one = known[urn]
        steps -= 0 if one is None else len(one) * len(whole)
        if one is None or steps < 0:
            return None
        summed: dict[int, float] = {}
        for statistic, chance in whole.items():
            for more, of_it in one.items():
                summed[statistic + more] = summed.get(statistic + more, 0.0) + chance * of_it
        whole = summed
    return min(1.0, math.fsum(chance for statistic, chance in whole.items() if statistic >= seen))


def _distribution(urn: Urn, scale: int, steps: int) -> tuple[Mapping[int, float] | None, int]:
    """Return how likely each statistic of one probe is (None: too many steps), and the steps that are left."""
    sizes, hits = urn
    room = sum(sizes)
    ways = {(0, 0): 1}
    for size in sizes:
        steps -= len(ways) * (size + 1)
        if steps < 0:
            return None, steps
        room -= size
        choices = [(k, k * k * (scale // size), math.comb(size, k)) for k in range(size + 1)]
        after: dict[tuple[int, int], int] = {}
        for (used, statistic), many in ways.items():
            for k, more, chosen in choices:
                if hits - room <= used + k <= hits:
                    state = (used + k, statistic + more)
                    after[state] = after.get(state, 0) + many * chosen
        ways = after
    whole = math.comb(sum(sizes), hits)
    return {statistic: many / whole for (_, statistic), many in ways.items()}, steps


def _drawn(urns: Sequence[Urn], scale: int, numbers: random.Random) -> int:
    """Return the statistic of one arrangement, drawn."""
    statistic = 0
    for sizes, hits in urns:
        owners = [wording for wording, size in enumerate(sizes) for _ in range(size)]
        counts = [0] * len(sizes)
        for owner in numbers.sample(owners, hits):
            counts[owner] += 1
        statistic += sum(k * k * (scale // m) for k, m in zip(counts, sizes, strict=True))
    return statistic


def _check(probes: Sequence[Attempts]) -> None:
    if not probes or any(len(wordings) < 2 for wordings in probes):
        raise ValueError("needs a probe, and two wordings or more of each")
    for wordings in probes:
        for hits, attempts in wordings:
            if attempts < 2 or not 0 <= hits <= attempts:
                raise ValueError(
                    f"needs two attempts or more of each wording, and hits among them, not {hits} of {attempts}"
                )
