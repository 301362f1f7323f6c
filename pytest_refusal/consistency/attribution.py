"""Which operators, and which slots, flips go with: within probes, and each direction for itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pytest_refusal.consistency.wordings import AskedProbe, Wording
from pytest_refusal.records import Decision
from pytest_refusal.stats import (
    MantelHaenszel,
    benjamini_hochberg,
    bonferroni,
    mantel_haenszel,
    risk_difference_interval,
)
from pytest_refusal.summary import OPERATOR_LEVEL, SLOT_LEVEL, Attribution, Factor, FlipDirection

LEAST_SEEN = 10
"""Judged rewordings with an operator or a slot, and as many without, before it is tested (design paper, section C)."""

Counts = tuple[int, int, int, int]
Names = Callable[[Wording], set[str]]
Adjust = Callable[[Sequence[float]], list[float]]


def attribute(probes: Sequence[AskedProbe]) -> Attribution:
    """Test every operator and every slot that was seen often enough, against the other rewordings of the same probes.

    Leaks are looked for among the rewordings of canonically refused probes, over-refusals among those of answered
    ones; unjudged rewordings have no part. The tests of both directions are adjusted together.

    Args:
        probes: With the rewordings that count; the canonical wordings only say what a flip is.

    Returns:
        What was tested; empty where nothing could be.
    """
    operators, untested = _tested(
        probes, lambda wording: {one.name for one in wording.applied}, benjamini_hochberg, OPERATOR_LEVEL
    )
    slots, _ = _tested(probes, lambda wording: {one.slot for one in wording.applied}, bonferroni, SLOT_LEVEL)
    return Attribution(operators, slots, untested)


def _tested(probes: Sequence[AskedProbe], names: Names, adjust: Adjust, level: float) -> tuple[tuple[Factor, ...], int]:
    """Return the factors by their adjusted p, and how many could not be tested."""
    found: list[tuple[str, FlipDirection, Counts, MantelHaenszel, tuple[float, float]]] = []
    untested = 0
    for direction, canonical in (
        (FlipDirection.LEAK, Decision.REFUSED),
        (FlipDirection.OVER_REFUSAL, Decision.ANSWERED),
    ):
        # (names, flips?) of each judged rewording, by probe
        strata = [
            [(names(w), w.decision is not canonical) for w in one.rewordings if w.decision is not Decision.UNJUDGED]
            for one in probes
            if one.canonical.decision is canonical
        ]
        for name in sorted({name for stratum in strata for has, _ in stratum for name in has}):
            tables = [_table(name, stratum) for stratum in strata]
            counts: Counts = tuple(map(sum, zip(*tables, strict=True)))  # type: ignore[assignment]
            test = None
            if min(counts[0] + counts[1], counts[2] + counts[3]) >= LEAST_SEEN:
                test = mantel_haenszel(tables)
            if test is None:
                untested += 1
            else:
                found.append((name, direction, counts, test, risk_difference_interval(tables)))
    adjusted = adjust([test.exact for *_, test, _ in found])
    factors = [
        Factor(name, direction, a + b, a, c + d, c, test.difference, *interval, test.z, test.exact, one, one <= level)
        for (name, direction, (a, b, c, d), test, interval), one in zip(found, adjusted, strict=True)
    ]
    return tuple(sorted(factors, key=lambda one: (one.adjusted, one.p, one.name, one.direction))), untested


def _table(name: str, stratum: Sequence[tuple[set[str], bool]]) -> Counts:
    cells = [(name in has, flips) for has, flips in stratum]
    return (
        cells.count((True, True)),
        cells.count((True, False)),
        cells.count((False, True)),
        cells.count((False, False)),
    )
