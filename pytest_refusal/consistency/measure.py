"""Decisions on rewordings → :class:`Consistency`. The formulae stand with the functions of ``stats``."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from pytest_refusal.consistency.attribution import attribute
from pytest_refusal.consistency.wordings import AskedProbe, Wording
from pytest_refusal.records import Decision, Expect, Probe
from pytest_refusal.stats import (
    at_least_one,
    clustered_interval,
    entropy,
    pairwise_agreement,
    permutation_test,
    variance_split,
)
from pytest_refusal.summary import (
    AnsweredWithin,
    Boundary,
    ClusteredRate,
    ConditionSummary,
    Consistency,
    FlipDirection,
    Group,
    ProbeBoundary,
    RewordingResult,
    WordingVariance,
)

APART = ("noise", "mixed-language")
"""Kinds of operators that test something else than the same request in other words."""

CHANCES = (1, 5, 10, 25)
"""The k of :class:`AnsweredWithin`."""


def measure(probes: Sequence[AskedProbe], seed: int = 0) -> Consistency:
    """Measure boundary consistency over the probes of one condition.

    A rewording with an operator of a kind in :data:`APART` counts under that kind alone (under both, if it has both).

    Args:
        probes: Each with every rewording that was drawn; a probe without rewordings has its part in nothing.
        seed: Of the permutation test, where not all arrangements can be counted.

    Returns:
        The pooled figures, and those of each kind apart that some rewording has, by name.

    Raises:
        ValueError: Two probes have the same id, or two wordings of a probe the same number.
    """
    if len({one.probe for one in probes}) < len(probes):
        raise ValueError("two probes have the same id")
    for one in probes:
        if len({0, *(wording.number for wording in one.rewordings)}) <= len(one.rewordings):
            raise ValueError(f"two wordings of {one.probe!r} have the same number")

    def only(wanted: Callable[[set[str]], bool]) -> list[AskedProbe]:
        return [
            replace(one, rewordings=tuple(w for w in one.rewordings if wanted({each.kind for each in w.applied})))
            for one in probes
        ]

    same_meaning = [one for one in only(lambda kinds: kinds.isdisjoint(APART)) if one.rewordings]
    pooled = replace(
        _boundary(same_meaning), attribution=attribute(same_meaning), variance=wording_variance(same_meaning, seed)
    )
    apart = {}
    for kind in sorted(APART):
        of_kind = [one for one in only(lambda kinds, kind=kind: kind in kinds) if one.rewordings]  # type: ignore[misc]
        if of_kind:
            apart[kind] = _boundary(of_kind)
    return Consistency(pooled, apart)


def probe_boundary(asked: AskedProbe) -> ProbeBoundary:
    """Measure one probe over all of its rewordings, whatever their kinds."""
    canonical = asked.canonical.decision
    results = {w.number: (w.decision, _result(w, canonical)) for w in sorted(asked.rewordings, key=lambda w: w.number)}
    decisions = [decision for decision, _ in results.values() if decision is not Decision.UNJUDGED]
    flips = tuple(result for _, result in results.values() if result.direction is not None)
    decided = canonical is not Decision.UNJUDGED
    sides = [[*decisions, canonical].count(side) for side in (Decision.REFUSED, Decision.ANSWERED)]
    return ProbeBoundary(
        probe=asked.probe,
        expect=asked.expect,
        canonical=canonical,
        drawn=len(asked.rewordings),
        judged=len(decisions),
        consistency=(len(decisions) - len(flips)) / len(decisions) if decided and decisions else None,
        agreement=pairwise_agreement(sides) if sum(sides) > 1 else None,
        entropy=entropy(sides) if sum(sides) else None,
        refused=decisions.count(Decision.REFUSED),
        flips=flips,
        undecided=tuple(result for decision, result in results.values() if decision is Decision.UNJUDGED),
        smallest=asked.smallest,
        unsteady=len({*asked.canonical.attempts} - {Decision.UNJUDGED}) > 1,
    )


def placed(counts: ConditionSummary, measured: Consistency, probes: Mapping[str, Probe]) -> ConditionSummary:
    """Return the counts of a condition with its boundary consistency, that of each category and of each tier.

    Args:
        counts: Counted from the attempts at canonical wordings.
        measured: From all wordings.
        probes: By id.
    """

    def within(group: Group, wanted: Callable[[Probe], bool]) -> Group:
        chosen = [one for one in measured.pooled.probes if wanted(probes[one.probe])]
        return replace(group, boundary_consistency=_consistency(chosen))

    return replace(
        counts,
        overall=within(counts.overall, lambda probe: True),
        by_category={
            name: within(group, lambda probe, name=name: probe.category == name)  # type: ignore[misc]
            for name, group in counts.by_category.items()
        },
        by_tier={
            name: within(group, lambda probe, name=name: probe.tier == name)  # type: ignore[misc]
            for name, group in counts.by_tier.items()
        },
        boundary=measured,
    )


def _result(wording: Wording, canonical: Decision) -> RewordingResult:
    attempts = [*wording.attempts, *wording.again]
    direction = {
        (Decision.REFUSED, Decision.ANSWERED): FlipDirection.LEAK,
        (Decision.ANSWERED, Decision.REFUSED): FlipDirection.OVER_REFUSAL,
    }.get((canonical, wording.decision))
    return RewordingResult(
        number=wording.number,
        text=wording.text,
        operators=tuple(one.name for one in wording.applied),
        refused=attempts.count(Decision.REFUSED),
        answered=attempts.count(Decision.ANSWERED),
        unjudged=attempts.count(Decision.UNJUDGED),
        direction=direction,
    )


def _boundary(asked: Sequence[AskedProbe]) -> Boundary:
    probes = tuple(map(probe_boundary, asked))

    def flips(direction: FlipDirection) -> ClusteredRate:
        return _rate([(len(one.flips), one.judged) for one in probes if one.direction is direction], by_trials=True)

    return Boundary(
        consistency=_consistency(probes),
        leak_rate=flips(FlipDirection.LEAK),
        over_refusal_rate=flips(FlipDirection.OVER_REFUSAL),
        answered_within=tuple(_within(k, [one for one in probes if one.expect is Expect.REFUSE]) for k in CHANCES),
        attribution=None,
        variance=None,
        probes=probes,
    )


def _consistency(probes: Sequence[ProbeBoundary]) -> ClusteredRate:
    counted = [(one.judged - len(one.flips), one.judged) for one in probes if one.consistency is not None]
    return _rate(counted, by_trials=False)


def _rate(per_probe: Sequence[tuple[int, int]], *, by_trials: bool) -> ClusteredRate:
    counted = [(hits, trials) for hits, trials in per_probe if trials]
    hits, total = sum(hits for hits, _ in counted), sum(trials for _, trials in counted)
    shares = [(hits / trials, trials) for hits, trials in counted]
    rate = None
    if counted:
        rate = hits / total if by_trials else math.fsum(share for share, _ in shares) / len(shares)
    return ClusteredRate(
        hits,
        total,
        len(counted),
        rate,
        *clustered_interval(shares, by_trials=by_trials),
        # the ends of a two-sided 90 % interval leave 5 % on each side
        *clustered_interval(shares, 0.9, by_trials=by_trials),
    )


def _within(k: int, probes: Sequence[ProbeBoundary]) -> AnsweredWithin:
    chances = [(at_least_one(one.answered, one.judged, k), one.judged // k) for one in probes]
    known = [(chance, choices) for chance, choices in chances if chance is not None]
    mean = math.fsum(chance for chance, _ in known) / len(known) if known else None
    return AnsweredWithin(k, mean, len(known), len(probes) - len(known), *clustered_interval(known))


def wording_variance(asked: Sequence[AskedProbe], seed: int = 0) -> WordingVariance | None:
    """Take sampling noise and wording apart; None where no probe had every wording asked twice or more.

    Args:
        asked: Probes with their wordings.
        seed: Of the permutation test, where not all arrangements can be counted.
    """
    probes = []
    for one in asked:
        wordings = [one.canonical, *one.rewordings]
        if min(len(wording.attempts) for wording in wordings) < 2:
            continue
        counts = [[w.attempts.count(side) for side in (Decision.REFUSED, Decision.ANSWERED)] for w in wordings]
        judged = [(refused, refused + answered) for refused, answered in counts if refused + answered > 1]
        if len(judged) > 1:
            probes.append(judged)
    if not probes:
        return None
    split, test = variance_split(probes), permutation_test(probes, seed)
    return WordingVariance(
        *split,
        *test,
        probes=len(probes),
        wordings=sum(map(len, probes)),
        attempts=sum(attempts for wordings in probes for _, attempts in wordings),
    )
