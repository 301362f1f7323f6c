"""Before the first test: how small a drop the run can notice, and what it can never fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from statistics import harmonic_mean

from pytest_refusal.gate import GatedProbe, detectable, levels, never_fails
from pytest_refusal.reports import gate_words as words
from pytest_refusal.session.gating.known import Known
from pytest_refusal.session.gating.pairs import Side, compared
from pytest_refusal.session.gating.verdict import base_of, gate_settings
from pytest_refusal.session.wire import Plan
from pytest_refusal.settings import Settings

MOST = 6
"""Conditions and directions of which each has its lines; more have one together."""


def outlook(known: Known, plan: Plan, settings: Settings) -> Iterator[str]:
    """Yield what can be said of a gated run before anything is asked.

    Args:
        known: Its baselines.
        plan: What is meant to run.
        settings: Of the run.
    """
    told = gate_settings(settings)
    planned = {(one.condition, one.probe): one.attempts for one in plan.selected}
    pairs = compared(base_of(known, settings)[0], Side("this run", ()), [(b, n) for n, b in known.pairs.items()])
    shares = levels([one.gated for one in pairs], told.alpha)
    by_name = {one.now: one.gated for one in pairs}
    found = []
    for (name, direction), share in shares.items():
        # the user's choice of probes is said at the end, with the verdict that it has
        mine = [one for one in by_name[name].probes if one.expect is direction]
        attempts = [planned[name, one.id] for one in mine if (name, one.id) in planned]
        if not attempts:
            continue
        usual = harmonic_mean(attempts)
        probes = [_as_planned(one) for one in mine]
        seen = detectable(probes, usual, share.right, told.margin)
        if seen is not None:
            found.append((name, direction.value, seen, never_fails(probes, max(attempts), share), len(probes)))
    if len(found) > MOST:
        worst = max(found, key=lambda one: one[2].told)
        yield from words.outlook(f"{len(found)} conditions and directions, at worst", *worst[1:3], told.margin)
        return
    for name, value, seen, never, count in found:
        yield from words.outlook(words.name_of(name), value, seen, told.margin)
        yield from (f"  {text}" for text in words.never(never, count))


def _as_planned(one: GatedProbe) -> GatedProbe:
    # what copies itself in the baseline will do so now
    return replace(one, copies_now=one.copies_before)
