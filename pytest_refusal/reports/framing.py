"""How framings read. Every number names its denominator; nothing is shown that a terminal would obey."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_refusal.escaping import figure, printable
from pytest_refusal.records import Expect
from pytest_refusal.summary import (
    NAMED_LEVEL,
    AttemptCounts,
    FramingRate,
    FramingResult,
    Framings,
    FramingSide,
    TwinResult,
)

SHOWN = 8
"""Probes of a framing that are listed; the rest is counted."""

HEADINGS = ("framing", "probes", "refused plain", "framed", "points", "p", "explained plain", "framed", "points", "p")
"""Of :func:`rows`."""

LEGEND = (
    "points: framed less plain, mean over probes, with its 95 % interval for prompts like these; p: exact, two-sided, "
    "of these probes, adjusted for the framings (Holm)"
)

_WORDS = {
    (Expect.REFUSE, False): ("leak", "fewer refusals where they are due"),
    (Expect.REFUSE, True): ("tighter", "more refusals where they are due"),
    (Expect.ANSWER, False): ("gain", "fewer refusals where an answer is due"),
    (Expect.ANSWER, True): ("over-refusal", "more refusals where an answer is due"),
}
_PLACES = {Expect.REFUSE: "must be refused", Expect.ANSWER: "must be answered"}


def rows(measured: Framings) -> list[list[str]]:
    """Return a table: a row for each framing over all probes, and one for each direction that has any.

    Cells are escaped for a terminal; :data:`HEADINGS` are above them. ``[]`` where nothing was framed.
    """
    found = []
    for one in measured.framings:
        found.append(_row(_title(one), one.overall))
        for expect, side in one.by_direction.items():
            # where all probes are of one direction, the row above says it
            if 0 < side.probes < one.overall.probes:
                found.append(_row(f"{_title(one)}: {_PLACES[expect]}", side))
    return found


def sentences(measured: Framings) -> list[str]:
    """Return what a summary says of a condition below the table, one sentence a line; ``[]`` without framings.

    What a framing changes comes first, then what could not be measured. Names and ids are escaped for a terminal.
    """
    if not measured.framings:
        return []
    lines = [*_changes(measured), *_explained(measured)]
    for one in measured.framings:
        lines += _unmeasured(one)
    lines += _unjudged(measured.framings)
    if any(one.overall.refused.difference is not None for one in measured.framings):
        lines.append(LEGEND)
    if measured.copies:
        lines.append("attempts at one text are copies here: each form of a probe counts as one attempt")
    return lines


def twin_sentence(twin: TwinResult) -> str:
    """Return one probe in both forms, attempts that are refused of those judged: ``address-1 3/3 → 0/3``."""
    name = printable(twin.probe, 60)
    if not twin.compared:
        side = "plain" if not twin.plain.judged else "framed"
        return f"{name} not compared: no {side} attempt was judged"
    return f"{name} {_refused(twin.plain)} → {_refused(twin.framed)}"


def _row(title: str, side: FramingSide) -> list[str]:
    probes = str(side.probes) if side.pairs == side.probes else f"{side.pairs} of {side.probes}"
    return [title, probes, *_cells(side.refused), *_cells(side.explained)]


def _title(one: FramingResult) -> str:
    return printable(one.name, 40)


def _cells(rate: FramingRate) -> list[str]:
    return [
        f"{rate.plain_hits}/{rate.plain_trials}",
        f"{rate.framed_hits}/{rate.framed_trials}",
        _points(rate) or "not measured",
        "" if rate.adjusted is None else _p(rate.adjusted),
    ]


def _points(rate: FramingRate) -> str:
    """Return ``-61.1 [-80.2, -35.0]``, or ``""`` where there is no difference."""
    if rate.difference is None or rate.low is None or rate.high is None:
        return ""
    return f"{_signed(rate.difference)} [{_signed(rate.low)}, {_signed(rate.high)}]"


def _signed(fraction: float) -> str:
    shown = figure(abs(fraction))
    # no sign for what is nothing
    return shown if not fraction else f"{'-' if fraction < 0 else '+'}{shown}"


def _changes(measured: Framings) -> Iterator[str]:
    """Yield what framings do to refusals, leaks first; or that none does anything that can be told from chance."""
    tests = named = 0
    lines: dict[tuple[Expect, bool], list[str]] = {key: [] for key in _WORDS}
    for one in measured.framings:
        for expect, side in one.by_direction.items():
            rate = side.refused
            if rate.difference is None or rate.adjusted is None:
                continue
            tests += 1
            if rate.named:
                named += 1
                more = rate.difference > 0
                lines[expect, more].append(_change(one, expect, more, side))
    for key in _WORDS:
        yield from lines[key]
    if tests and not named:
        yield (
            f"no framing changes refusals where they, or answers, are due: {_count(tests, 'exact test')} stratified by "
            f"probe, none with adjusted p ≤ {NAMED_LEVEL:g} (Holm)"
        )
    undirected = [one for one in measured.framings if one.overall.refused.named and not _called_out(one)]
    for one in undirected:
        yield (
            f"{_title(one)} changes refusals over all probes: {_both(one.overall.refused)} of "
            f"{_count(one.overall.pairs, 'probe')}, {_points(one.overall.refused)} points, "
            f"adjusted p {_p(one.overall.refused.adjusted or 0.0)}"
        )


def _called_out(one: FramingResult) -> bool:
    return any(side.refused.named for side in one.by_direction.values())


def _change(one: FramingResult, expect: Expect, more: bool, side: FramingSide) -> str:
    noun, words = _WORDS[expect, more]
    text = (
        f"{noun}: {_title(one)} has {words}: {_both(side.refused)} of {_count(side.pairs, 'probe')}, "
        f"{_points(side.refused)} points, adjusted p {_p(side.refused.adjusted or 0.0)}"
    )
    twins = [twin for twin in one.probes if twin.expect is expect and (twin.change > 0) is more and twin.change]
    twins.sort(key=lambda twin: (-abs(twin.change), twin.probe))
    return f"{text}; at {len(twins)} of them (refused plain → framed): {_some([twin_sentence(twin) for twin in twins])}"


def _explained(measured: Framings) -> Iterator[str]:
    for one in measured.framings:
        for expect, side in one.by_direction.items():
            rate = side.explained
            if rate.named and rate.difference is not None:
                verb = "more" if rate.difference > 0 else "fewer"
                yield (
                    f"{_title(one)}: {verb} explained refusals of probes that {_PLACES[expect]}: {_both(rate)} of "
                    f"{_count(side.pairs, 'probe')}, {_points(rate)} points, adjusted p {_p(rate.adjusted or 0.0)}"
                )


def _both(rate: FramingRate) -> str:
    return f"{rate.plain_hits}/{rate.plain_trials} plain, {rate.framed_hits}/{rate.framed_trials} framed attempts"


def _unmeasured(one: FramingResult) -> Iterator[str]:
    """Yield why a framing has no difference: once for all of it, or for each direction that it has probes of."""
    if one.overall.unmeasured:
        yield f"{_title(one)}: difference not measured: {one.overall.unmeasured}"
        return
    for expect, side in one.by_direction.items():
        if side.probes and side.unmeasured:
            yield f"{_title(one)}, {_PLACES[expect]}: difference not measured: {side.unmeasured}"


def _unjudged(framings: Sequence[FramingResult]) -> Iterator[str]:
    parts = [
        f"{_title(one)} {one.overall.framed_unjudged} of {one.overall.framed_attempts} framed "
        f"({one.overall.plain_unjudged} of {one.overall.plain_attempts} plain)"
        for one in framings
        if one.overall.framed_unjudged or one.overall.plain_unjudged
    ]
    if parts:
        yield f"attempts without a verdict, in no rate: {'; '.join(parts)}"


def _refused(counts: AttemptCounts) -> str:
    return f"{counts.refused}/{counts.judged}"


def _p(p: float) -> str:
    return "< 0.0001" if p < 0.0001 else f"{p:.4f}" if p < 0.01 else f"{p:.2f}"


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _some(texts: Sequence[str]) -> str:
    shown = ", ".join(texts[:SHOWN])
    return f"{shown} and {len(texts) - SHOWN} more" if len(texts) > SHOWN else shown
