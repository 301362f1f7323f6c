"""What a direction can notice at all: known from the baseline, before anything is asked."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pytest_refusal.gate.given import GatedProbe
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


def detectable(
    probes: Sequence[GatedProbe], attempts: float, level: float, margin: float, copies: bool = False
) -> Detectable | None:
    """Return how small a drop of right answers is noticed.

    Args:
        probes: Of one direction, all that the baseline has.
        attempts: Now, of each probe: the harmonic mean; 1 or more.
        level: Of the suite's test on "right", below 1/2.
        margin: A drop that one would like to exclude, a fraction.
        copies: Each side counts as one attempt.

    Returns:
        None without a judged attempt in the baseline.
    """
    counts = [(one.before.right(one.expect), one.before.judged) for one in probes]
    if copies:
        counts = [(int(2 * hits > trials), min(trials, 1)) for hits, trials in counts]
        attempts = 1
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
        attempts_needed=attempts_for_drop(suite, level, margin) if too_few and not copies else None,
        one_way_flips=math.ceil(-math.log2(level)) if suite.attempts == attempts == 1 else None,
    )


def never_fails(probes: Sequence[GatedProbe], attempts: int, levels: Levels, copies: bool = False) -> NeverFails:
    """Return the categories and probes that cannot fail by themselves, were all attempts now wrong.

    Args:
        probes: Of one direction, all that the baseline has.
        attempts: Now, of each probe.
        levels: Of the direction.
        copies: Each side counts as one attempt.
    """
    before = {one.id: (one.before.right(one.expect), one.before.judged) for one in probes}

    def able(ids: Sequence[str], fresh: int, level: float) -> bool:
        strata = [Counts(*before[one], 0, fresh) for one in ids]
        return can_fail([as_one(one) for one in strata] if copies else strata, level)

    categories: dict[str, list[str]] = {}
    for one in probes:
        if one.category:
            categories.setdefault(one.category, []).append(one.id)
    return NeverFails(
        tuple(name for name, ids in sorted(categories.items()) if not able(ids, attempts, levels.categories or 0.0)),
        ()
        if levels.probes is None
        else tuple(one.id for one in probes if not able([one.id], CONFIRMATIONS, levels.probes)),
    )
