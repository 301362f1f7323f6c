"""What a direction can notice at all: known from the baseline, before anything is asked."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from pytest_refusal.gate.given import GatedProbe
from pytest_refusal.gate.levels import category_names
from pytest_refusal.gate.samples import as_one, can_fail
from pytest_refusal.stats import (
    Counts,
    attempts_for_drop,
    minimum_detectable_drop,
    noise_floor,
    probes_for_drop,
    steadiness,
    told_drop,
)
from pytest_refusal.summary import Detectable, Levels, NeverFails

CONFIRMATIONS = 5
"""Fresh attempts that a wrong or unjudged first one earns; they alone decide about the probe."""

ATTEMPTS = 30
"""More of them is no advice."""


def detectable(probes: Sequence[GatedProbe], attempts: float, level: float, margin: float) -> Detectable | None:
    """Return how small a drop of right answers is noticed.

    Args:
        probes: Of one direction, all that the baseline has.
        attempts: Now, of each probe: the harmonic mean; 1 or more.
        level: Of the suite's test on "right", below 1/2.
        margin: A drop that one would like to exclude, a fraction.

    Returns:
        None without a judged attempt in the baseline.
    """
    counts = [(one.before.right(one.expect), one.before.judged) for one in probes]
    counts = [as_one(*count) if one.copies_before else count for one, count in zip(probes, counts, strict=True)]
    copies = bool(probes) and all(one.copies_now for one in probes)
    attempts = 1 if copies else attempts
    suite = steadiness(counts)
    if suite is None:
        return None
    drop = minimum_detectable_drop(suite, attempts, level)
    told = told_drop(drop)
    too_few = told > margin
    return Detectable(
        probes=suite.probes,
        attempts_before=suite.attempts,
        attempts_now=attempts,
        level=level,
        drop=drop,
        told=told,
        noise_floor=noise_floor(suite, attempts),
        probes_needed=probes_for_drop(suite, attempts, level, margin) if too_few else None,
        # more attempts of copies are more copies
        attempts_needed=attempts_for_drop(suite, level, margin, most=ATTEMPTS) if too_few and not copies else None,
        one_way_flips=math.ceil(-math.log2(level)) if suite.attempts == attempts == 1 else None,
    )


def never_fails(probes: Sequence[GatedProbe], attempts: int, levels: Levels) -> NeverFails:
    """Return the categories and probes that cannot fail by themselves, were all attempts now wrong.

    Args:
        probes: Of one direction, all that the baseline has.
        attempts: Now, of each probe.
        levels: Of the direction.
    """

    def able(some: Iterable[GatedProbe], attempts: int, level: float | None) -> bool:
        strata = []
        for one in some:
            hits, trials = one.before.right(one.expect), one.before.judged
            before = as_one(hits, trials) if one.copies_before else (hits, trials)
            strata.append(Counts(*before, 0, 1 if one.copies_now else attempts))
        return can_fail(strata, level or 0.0)

    categories = [
        name
        for name in category_names(probes)
        if not able((one for one in probes if one.category == name), attempts, levels.categories or levels.fresh)
    ]
    alone = [] if levels.probes is None else [one for one in probes if not able([one], CONFIRMATIONS, levels.probes)]
    return NeverFails(tuple(categories), tuple(one.id for one in alone))
