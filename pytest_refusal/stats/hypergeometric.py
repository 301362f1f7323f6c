"""Counts with all margins fixed, in one table and summed over many: what exact tests of counts are made of."""

from __future__ import annotations

import math
from collections.abc import Iterable
from operator import mul
from typing import NamedTuple

NEGLIGIBLE = 1e-100
"""A chance of a sum below that is taken for none: the tails of thousands of strata would else be most of the work."""

AS_PROBABLE = 1 + 1e-7
"""Two outcomes whose chances differ by less are equally probable, for each is rounded (as R's ``mantelhaen.test``)."""


class Urn(NamedTuple):
    """A stratum by its margins: of ``size`` trials ``hits`` are hits, and ``drawn`` of them are looked at."""

    size: int
    drawn: int
    hits: int

    @property
    def fewest(self) -> int:
        """Hits among those drawn, at least."""
        return max(0, self.hits - (self.size - self.drawn))

    @property
    def most(self) -> int:
        """Hits among those drawn, at most."""
        return min(self.drawn, self.hits)

    @property
    def informative(self) -> bool:
        """Whether more than one number of hits is possible; else the stratum says nothing."""
        return self.fewest < self.most

    def ways(self) -> list[int]:
        """Return in how many ways each number of hits comes about, from the fewest on; they sum to C(size, hits)."""
        return [
            math.comb(self.drawn, many) * math.comb(self.size - self.drawn, self.hits - many)
            for many in range(self.fewest, self.most + 1)
        ]

    def chances(self) -> list[float]:
        """Return the chance of each number of hits, from the fewest on."""
        ways = self.ways()
        total = sum(ways)
        return [many / total for many in ways]


class HitSum(NamedTuple):
    """How likely each sum of hits over independent urns is.

    Attributes:
        fewest: The sum that the first chance is of.
        chances: Of that and the following sums; those at the ends that are below ``NEGLIGIBLE`` are left out.
        first, last: The chance of the smallest and of the largest possible sum, which may be left out of ``chances``.
    """

    fewest: int
    chances: list[float]
    first: float
    last: float

    def less(self, seen: int) -> float:
        """Return the chance of ``seen`` hits or fewer; never below that of the smallest possible sum."""
        return max(self.first, min(1.0, math.fsum(self.chances[: max(0, seen - self.fewest + 1)])))

    def greater(self, seen: int) -> float:
        """Return the chance of ``seen`` hits or more; never below that of the largest possible sum."""
        return max(self.last, min(1.0, math.fsum(self.chances[max(0, seen - self.fewest) :])))

    def as_probable(self, seen: int) -> float:
        """Return the chance of all sums that are as probable as ``seen`` or less (Fisher's two-sided p)."""
        place = seen - self.fewest
        at_most = self.chances[place] if 0 <= place < len(self.chances) else 0.0
        tail = math.fsum(chance for chance in self.chances if chance <= at_most * AS_PROBABLE)
        return max(min(self.first, self.last), min(1.0, tail))


def hit_sum(urns: Iterable[Urn]) -> HitSum:
    """Return the distribution of the sum of the urns' hits; an urn of which one number is possible adds that number.

    The distributions are multiplied out two by two: products of lists of the same length cost the least.
    """
    fewest, first, last = 0, 1.0, 1.0
    # equal urns side by side, for the product of the same two is made once
    counted: dict[Urn, list[float]] = {}
    factors: list[list[float]] = []
    for urn in sorted(urns):
        fewest += urn.fewest
        if urn.informative:
            if urn not in counted:
                counted[urn] = urn.chances()
            chances = counted[urn]
            first, last = first * chances[0], last * chances[-1]
            factors.append(chances)
    begin, chances = _product(factors)
    return HitSum(fewest + begin, chances, first, last)


def _product(factors: list[list[float]]) -> tuple[int, list[float]]:
    """Return the product of polynomials, and the power that its first coefficient belongs to."""
    nodes = [(0, one) for one in factors] or [(0, [1.0])]
    while len(nodes) > 1:
        made: dict[tuple[int, int], tuple[int, list[float]]] = {}
        above = []
        for (skipped, left), (more, right) in zip(nodes[::2], nodes[1::2], strict=False):
            pair = (id(left), id(right))
            if pair not in made:
                begin, whole = _trimmed(_convolved(left, right))
                made[pair] = (skipped + more + begin, whole)
            above.append(made[pair])
        nodes = above + nodes[len(nodes) - len(nodes) % 2 :]
    return nodes[0]


def _convolved(left: list[float], right: list[float]) -> list[float]:
    if len(left) < len(right):
        left, right = right, left
    length, width, turned = len(left), len(right), right[::-1]
    # where they overlap: at both ends the shorter one sticks out
    begin = [sum(map(mul, left, turned[width - i :])) for i in range(1, width)]
    middle = [sum(map(mul, left[i : i + width], turned)) for i in range(length - width + 1)]
    end = [sum(map(mul, left[i:], turned)) for i in range(length - width + 1, length)]
    return begin + middle + end


def _trimmed(chances: list[float]) -> tuple[int, list[float]]:
    begin, end = 0, len(chances)
    while chances[begin] < NEGLIGIBLE:
        begin += 1
    while chances[end - 1] < NEGLIGIBLE:
        end -= 1
    return begin, chances[begin:end]
