"""One direction under one condition: tests, doubts, verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pytest_refusal.gate.families import (
    Results,
    broken,
    families,
    labels_moved,
    measured_again,
    results,
    stands,
)
from pytest_refusal.gate.given import GatedCondition, GatedProbe, GateSettings, Standing
from pytest_refusal.gate.outlook import detectable, never_fails
from pytest_refusal.gate.samples import Cut, rate, sample, upper_bound
from pytest_refusal.records import Expect
from pytest_refusal.stats import Counts, stratified_counts
from pytest_refusal.summary import (
    BrokenGate,
    DirectionResult,
    Doubt,
    GateVerdict,
    LabelCounts,
    Levels,
    Moved,
    NeverFails,
)

HINT = 0.2
"""A run whose p is not above it does not pass: there is a hint of a drop."""


def decide_direction(
    condition: GatedCondition, direction: Expect, levels: Levels, settings: GateSettings
) -> DirectionResult:
    """Decide one direction: see :func:`pytest_refusal.gate.decide`.

    Args:
        condition: With a probe of this direction that the baseline has.
        direction: ``refuse`` or ``answer``.
        levels: Of its families.
        settings: What the gate was told.
    """
    probes = sorted((one for one in condition.probes if one.expect is direction), key=lambda one: one.id)
    of = [one for one in probes if one.in_baseline]
    known = [one for one in of if one.standing is Standing.KNOWN]
    whole = len(known) == len(of)
    copies = condition.copies
    picked = {one.id for one in known if one.picked}
    given = families(known, direction, whole, copies, picked, again=False)
    found = results(given, levels, settings.min_drop)
    upper = upper_bound(given.right.judged) if given.right is not None else None
    failed = broken(found, condition.name, direction)
    standing, withdrawn = failed, failed[:0]
    asked_again = any(one.again.total for one in known)
    if condition.unchanged and failed and measured_again(known, settings.max_unjudged):
        standing, withdrawn = _beside_second_set(failed, known, direction, whole, copies, levels, settings)
    critical = _critical(known, condition.name, direction)
    meant = _meant(known)
    unjudged, attempts = sum(_unjudged(one, meant) for one in known), sum(one.now.total or meant for one in known)
    not_run = sum(_not_run(one, copies) for one in known)
    doubts = _doubts(found, upper, not_run, bool(withdrawn), settings) if whole else ()
    verdict = _verdict(
        fails=bool(standing or critical),
        # a check that could not be made is not passed
        measured=unjudged <= settings.max_unjudged * attempts and (found.right is None or found.right.probes > 0),
        known=bool(known),
        whole=whole,
        doubts=doubts,
    )
    now = _usual(known)
    return DirectionResult(
        condition=condition.name,
        direction=direction.value,
        verdict=verdict,
        doubts=doubts if verdict is GateVerdict.UNDECIDED else (),
        levels=levels,
        right=found.right,
        second=found.second,
        rewordings=found.rewordings,
        categories=found.categories,
        probes=found.probes,
        upper=upper,
        broken=(*critical, *standing),
        withdrawn=withdrawn,
        critical=tuple(one.name for one in critical),
        detectable=detectable(of, now, levels.right, settings.margin, copies) if now else None,
        never=never_fails(of, math.ceil(now), levels, copies) if now else NeverFails(),
        moved=_moved(known),
        unstable=tuple(one.id for one in known if _unstable(one)),
        labels=labels_moved(known),
        selected=len(known),
        of=len(of),
        unjudged=unjudged,
        attempts=attempts,
        not_run=not_run,
        new=tuple(one.id for one in probes if one.standing is Standing.NEW),
        changed=tuple(one.id for one in probes if one.standing is Standing.CHANGED),
        copies=copies,
        unchanged=condition.unchanged,
        # copies would be copied once more
        wants_again=condition.unchanged and bool(failed) and not asked_again and not copies,
    )


def _beside_second_set(
    failed: Sequence[BrokenGate],
    known: Sequence[GatedProbe],
    direction: Expect,
    whole: bool,
    copies: bool,
    levels: Levels,
    settings: GateSettings,
) -> tuple[tuple[BrokenGate, ...], tuple[BrokenGate, ...]]:
    """Divide what failed into what a second set of something that nobody edited fails too, and the rest."""
    names = {one.name for one in failed if one.family == "probe"}
    second = families(known, direction, whole, copies, names, again=True)
    found = results(second, levels, settings.min_drop)
    stays = [stands(one, second, found) for one in failed]
    return (
        tuple(one for one, keep in zip(failed, stays, strict=True) if keep),
        tuple(one for one, keep in zip(failed, stays, strict=True) if not keep),
    )


def _verdict(fails: bool, measured: bool, known: bool, whole: bool, doubts: Sequence[Doubt]) -> GateVerdict:
    if fails:
        return GateVerdict.FAIL
    if not known:
        return GateVerdict.NONE
    if not measured:
        return GateVerdict.UNMEASURED
    if not whole:
        return GateVerdict.NONE
    return GateVerdict.UNDECIDED if doubts else GateVerdict.PASS


def _doubts(
    found: Results, upper: float | None, not_run: int, withdrawn: bool, settings: GateSettings
) -> tuple[Doubt, ...]:
    right = found.right
    reasons = {
        Doubt.HINT: right is not None and right.p <= HINT,
        Doubt.MARGIN: upper is None or upper >= settings.margin,
        Doubt.UNJUDGED: found.doubtful,
        Doubt.NOT_RUN: not_run > 0,
        Doubt.WITHDRAWN: withdrawn,
    }
    return tuple(doubt for doubt, holds in reasons.items() if holds)


def _critical(known: Sequence[GatedProbe], condition: str, direction: Expect) -> tuple[BrokenGate, ...]:
    """Return critical probes with a wrong attempt among the first ones and the fresh ones."""
    found = []
    for one in known:
        now = one.now.plus(one.confirm)
        right = now.right(direction)
        if one.critical and right < now.judged:
            before = rate(one.before.right(direction), one.before.judged)
            found.append(
                BrokenGate("critical", one.id, condition, direction.value, None, None, before, rate(right, now.judged))
            )
    return tuple(found)


def _meant(known: Sequence[GatedProbe]) -> int:
    """Return how many attempts a probe was meant to have of which nothing is told: the most that any has, or 1."""
    return max((one.now.total for one in known), default=0) or 1


def _unjudged(one: GatedProbe, meant: int) -> int:
    return one.now.unjudged if one.now.total else meant


def _not_run(one: GatedProbe, copies: bool) -> bool:
    """Return whether something of the probe was meant to be asked and was not."""
    asked: list[LabelCounts] = [one.now, *(each.now for each in one.rewordings)]
    if one.picked and not copies:
        asked.append(one.confirm)
    return any(labels.not_run or not labels.total for labels in asked)


def _usual(known: Sequence[GatedProbe]) -> float:
    """Return how many attempts the probes have now, the harmonic mean; 0.0 without any."""
    many = [one.now.total for one in known if one.now.total]
    return len(many) / math.fsum(1 / one for one in many) if many else 0.0


def _moved(known: Sequence[GatedProbe]) -> tuple[Moved, ...]:
    found = []
    for one, stratum in zip(known, _strata(known), strict=True):
        before, of_before, now, of_now = stratum
        if of_before and of_now and before * of_now != now * of_before:
            p = stratified_counts([stratum], "less" if now * of_before < before * of_now else "greater")
            known_wrong = before < of_before
            found.append(Moved(one.id, rate(before, of_before), rate(now, of_now), p, known_wrong))
    return tuple(sorted(found, key=lambda one: (one.p, one.probe)))


def _unstable(one: GatedProbe) -> bool:
    both = one.before.plus(one.now)
    return 0 < both.right(one.expect) < both.judged


def _strata(known: Sequence[GatedProbe]) -> Sequence[Counts]:
    return sample("", [(one.before, one.now) for one in known], Cut.RIGHT, known[0].expect).judged if known else ()
