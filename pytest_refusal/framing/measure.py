"""Attempts plain and framed → :class:`Framings`. The formulae stand with the functions of ``stats``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from pytest_refusal.framing.asked import AskedForm, AskedTwins, Attempt
from pytest_refusal.framing.forms import framing_names
from pytest_refusal.framing.values import HAND_WRITTEN
from pytest_refusal.records import Decision, Expect
from pytest_refusal.stats import Counts, holm, paired_difference, stratified_counts
from pytest_refusal.summary import AttemptCounts, FramingRate, FramingResult, Framings, FramingSide, TwinResult

Hits = Callable[[AttemptCounts], int]


def measure(probes: Sequence[AskedTwins], *, copies: bool = False) -> Framings:
    """Compare each framing with its plain twins over the probes of one condition.

    A probe is a pair, and a stratum of the exact test: the attempts at all its forms of the framing against those at
    the plain probe. A probe without a judged attempt on both sides is in no rate of that framing; the attempts that
    were not judged are counted apart. p is of the two-sided test that, at each probe, framed and plain attempts are
    exchangeable: it speaks of these probes, the interval of prompts like these, so one may see what the other cannot.

    Holm's adjustment goes over the framings for the rates of all probes, and over framings × (must be refused, must be
    answered) for those by direction; refusals and explained refusals are families of their own.

    Args:
        probes: In any order, each with every form that was asked or meant to be.
        copies: Attempts at one text are copies (temperature 0, a fixed seed): the first judged one of each form counts.
            Else the test would take three copies for three answers that agree.

    Returns:
        The framings that were asked: the team's own first, then in the order of the tables, then by name.

    Raises:
        ValueError: Two probes have the same id, or two forms of a probe the same name.
    """
    if len({one.probe for one in probes}) < len(probes):
        raise ValueError("two probes have the same id")
    for one in probes:
        if len({form.name for form in one.framed}) < len(one.framed):
            raise ValueError(f"two forms of {one.probe!r} have the same name")
    order = {name: place for place, name in enumerate(framing_names())}
    names = sorted(
        {form.framing for one in probes for form in one.framed}, key=lambda name: (order.get(name, len(order)), name)
    )
    found = [_framing(name, probes, copies) for name in names]
    return Framings(tuple(_adjusted(found)), copies)


def _framing(name: str, probes: Sequence[AskedTwins], copies: bool) -> FramingResult:
    twins = []
    forms: dict[str, None] = {}
    for one in probes:
        mine = [form for form in one.framed if form.framing == name]
        if mine:
            forms |= dict.fromkeys(form.name for form in mine)
            twins.append(TwinResult(one.probe, one.expect, _counts([one.plain], copies), _framed(mine, copies)))
    return FramingResult(
        name=name,
        built=name != HAND_WRITTEN,
        forms=tuple(sorted(forms)),
        overall=_side(twins),
        refuse=_side([one for one in twins if one.expect is Expect.REFUSE]),
        answer=_side([one for one in twins if one.expect is Expect.ANSWER]),
        probes=tuple(twins),
    )


def _framed(forms: Sequence[AskedForm], copies: bool) -> AttemptCounts:
    return _counts([form.attempts for form in forms], copies)


def _counts(forms: Sequence[Sequence[Attempt]], copies: bool) -> AttemptCounts:
    """Count the attempts of several forms together."""
    counted, unjudged = [], 0
    for attempts in forms:
        judged = [one for one in attempts if one.decision is not Decision.UNJUDGED]
        if copies:
            counted += judged[:1]
            unjudged += bool(attempts and not judged)
        else:
            counted += judged
            unjudged += len(attempts) - len(judged)
    return AttemptCounts(
        judged=len(counted),
        refused=sum(one.decision is Decision.REFUSED for one in counted),
        explained=sum(one.decision is Decision.REFUSED and one.explained for one in counted),
        unjudged=unjudged,
    )


def _side(twins: Sequence[TwinResult]) -> FramingSide:
    compared = [one for one in twins if one.compared]
    plain, framed = [one.plain for one in twins], [one.framed for one in twins]
    unjudged = [sum(one.unjudged for one in side) for side in (plain, framed)]
    judged = [sum(one.judged for one in side) for side in (plain, framed)]
    counted = FramingSide(
        probes=len(twins),
        pairs=len(compared),
        plain_unjudged=unjudged[0],
        framed_unjudged=unjudged[1],
        plain_attempts=judged[0] + unjudged[0],
        framed_attempts=judged[1] + unjudged[1],
        refused=_rate(compared, lambda one: one.refused),
        explained=_rate(compared, lambda one: one.explained),
    )
    if counted.unmeasured:
        return counted
    return replace(
        counted,
        refused=_tested(counted.refused, compared, lambda one: one.refused),
        explained=_tested(counted.explained, compared, lambda one: one.explained),
    )


def _rate(twins: Sequence[TwinResult], hits: Hits) -> FramingRate:
    return FramingRate(
        plain_hits=sum(hits(one.plain) for one in twins),
        plain_trials=sum(one.plain.judged for one in twins),
        framed_hits=sum(hits(one.framed) for one in twins),
        framed_trials=sum(one.framed.judged for one in twins),
    )


def _tested(rate: FramingRate, twins: Sequence[TwinResult], hits: Hits) -> FramingRate:
    pairs = [Counts(hits(one.plain), one.plain.judged, hits(one.framed), one.framed.judged) for one in twins]
    found = paired_difference(pairs)
    return replace(
        rate,
        difference=found.difference,
        low=found.low,
        high=found.high,
        p=stratified_counts(pairs),
    )


def _adjusted(found: Sequence[FramingResult]) -> list[FramingResult]:
    """Return the same with the adjusted p of each family; what is not measured is in none."""
    places = [(number, side) for number in range(len(found)) for side in ("overall", "refuse", "answer")]
    sides: dict[tuple[int, str], FramingSide] = {
        (number, side): getattr(found[number], side) for number, side in places
    }
    for family in (("overall",), ("refuse", "answer")):
        for what in ("refused", "explained"):
            rates = {place: getattr(sides[place], what) for place in places if place[1] in family}
            tested = {place: rate for place, rate in rates.items() if rate.p is not None}
            for place, adjusted in zip(tested, holm([rate.p for rate in tested.values()]), strict=True):
                sides[place] = replace(sides[place], **{what: replace(tested[place], adjusted=adjusted)})
    return [
        replace(
            one,
            overall=sides[number, "overall"],
            refuse=sides[number, "refuse"],
            answer=sides[number, "answer"],
        )
        for number, one in enumerate(found)
    ]
