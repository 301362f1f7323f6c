"""How boundary consistency reads. Every number names its denominator; nothing is shown that a terminal would obey."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_refusal.escaping import figure, percent, printable
from pytest_refusal.summary import (
    OPERATOR_LEVEL,
    SLOT_LEVEL,
    Attribution,
    Boundary,
    ClusteredRate,
    ConditionSummary,
    Consistency,
    Factor,
    FlipDirection,
    ProbeBoundary,
    SmallestFlip,
    WordingVariance,
)

TEXT_SHOWN = 200

SHOWN = 8
"""Probes and operators that are listed; the rest is counted."""

FLIPS_SHOWN = 3
"""Flips of a probe that are listed where none of them was minimised."""

NOUNS = {FlipDirection.LEAK: "leak", FlipDirection.OVER_REFUSAL: "over-refusal"}


def sentences(measured: Consistency, *, probes: bool = True) -> list[str]:
    """Return what a summary shows of a condition, one sentence a line; ``[]`` where no rewording was drawn.

    Texts of wordings, ids and names are escaped for a terminal.

    Args:
        measured: Of a condition.
        probes: Whether the least consistent probes are listed, with their flips.
    """
    lines: list[str] = []
    if measured.pooled.drawn:
        lines += _boundary(measured.pooled, probes)
    if measured.not_run:
        lines.append(f"{_count(measured.not_run, 'probe')} meant to be asked in other words and not run")
    for kind, boundary in measured.apart.items():
        lines.append(f"{printable(kind)}, apart: {_rates(boundary)}")
    return lines


def consistency(counts: ConditionSummary) -> str:
    """Return the boundary consistency of a condition as a table shows it; ``""`` where no probe was reworded."""
    rate = counts.overall.boundary_consistency
    if counts.boundary is None:
        return ""
    return "not measured" if rate.rate is None else f"{rate.hits}/{rate.trials} {percent(rate.rate)}{_interval(rate)}"


FLIP_HEADINGS = ["probe", "canonical", "flips", "operators"]
FLIP_TEXTS = ["smallest rewording", "answer to the canonical wording", "answer to the rewording"]


def flip_rows(measured: Consistency, *, texts: bool) -> list[list[str]]:
    """Return a row for each probe with flips, the headings first; the cells are not escaped yet.

    Args:
        measured: Of a condition.
        texts: False leaves prompts and answers out.
    """
    rows = [[*FLIP_HEADINGS, *(FLIP_TEXTS if texts else [])]]
    for one in measured.pooled.probes:
        if not one.flips:
            continue
        small = one.smallest or SmallestFlip("", (), "", "", "")
        row = [one.probe, one.canonical.value, f"{len(one.flips)} of {one.judged}", ", ".join(small.operators)]
        if texts:
            row += [printable(text, TEXT_SHOWN) for text in (small.words, small.canonical_answer, small.answer)]
        rows.append(row)
    return rows if len(rows) > 1 else []


def probe_sentence(probe: ProbeBoundary) -> str:
    """Return what one probe comes to: how many of its rewordings agree, and which flip or that nearly all do."""
    name = printable(probe.probe, 60)
    if probe.unmeasured:
        return f"{name}: consistency not measured: {probe.unmeasured}"
    if probe.odd_one_out:
        return f"{name}: {probe.odd_one_out}"
    same = probe.judged - len(probe.flips)
    text = f"{name}: {same} of {probe.judged} rewordings are {probe.canonical.value} like the canonical wording"
    if probe.direction is not None and probe.flips:
        text += f"; {_count(len(probe.flips), NOUNS[probe.direction])}"
        if probe.smallest is not None:
            text += f", the smallest: {_wording(probe.smallest.text, probe.smallest.operators)}"
        else:
            ordered = sorted(probe.flips, key=lambda one: (len(one.operators), one.number))
            text += ": " + _some([f"#{one.number} {_wording(one.text, one.operators)}" for one in ordered], FLIPS_SHOWN)
    if probe.undecided:
        text += f"; {len(probe.undecided)} of {probe.drawn} without a decision"
    return text


def _wording(text: str, operators: Sequence[str]) -> str:
    return f'"{printable(text, 80)}" ({", ".join(map(printable, operators)) or "by hand"})'


def _boundary(boundary: Boundary, probes: bool) -> Iterator[str]:
    yield _rates(boundary)
    yield from _caveats(boundary)
    yield from _chances(boundary)
    for probe in _listed(boundary) if probes else ():
        yield probe_sentence(probe)
    listed = sum(bool(one.flips or one.unmeasured) for one in boundary.probes)
    if probes and listed > SHOWN:
        yield f"and {listed - SHOWN} more probes with flips, or not measured"
    if boundary.attribution is not None and any(one.flips for one in boundary.probes):
        yield from _attribution(boundary.attribution)
    if boundary.variance is not None:
        yield variance_sentence(boundary.variance)


def _caveats(boundary: Boundary) -> Iterator[str]:
    flipping = [one for one in boundary.probes if one.flips]
    total = sum(len(one.flips) for one in flipping)
    if right := sum(len(one.flips) for one in flipping if one.flips_are_right):
        yield (
            f"{right} of {_count(total, 'flip')} are what the probe expects: there the canonical wording is wrong, and "
            "not the rewording"
        )
    if flipping and boundary.variance is None and (unsteady := sum(one.unsteady for one in boundary.probes)):
        yield (
            f"the canonical wording itself came out both ways at {unsteady} of {_count(len(boundary.probes), 'probe')}:"
            " part of the flips is the model's sampling; refusal.boundary(probe, attempts=3) takes the two apart"
        )


def _rates(boundary: Boundary) -> str:
    rate = boundary.consistency
    if rate.rate is None:
        return f"boundary consistency not measured: {boundary.unmeasured or 'no canonical wording has a decision'}"
    reworded = f"{_count(rate.trials, 'rewording')} of {_count(rate.probes, 'probe')}"
    if rate.hits == rate.trials:
        text = f"no flip in {reworded}"
        if rate.probes > 1:
            text += f": boundary consistency at least {percent(rate.lower)} for prompts like these (one-sided 95 %)"
    else:
        text = (
            f"boundary consistency {percent(rate.rate)}{_interval(rate)}, mean over probes: {rate.hits} of {reworded}"
        )
    if boundary.unmeasured:
        text += f"; no limit can be held against it: {boundary.unmeasured}"
    if apart := boundary.drawn - rate.trials:
        text += (
            f"; {apart} of {boundary.drawn} drawn not compared, for they or their canonical wordings have no decision"
        )
    parts = [text]
    if rate.hits < rate.trials:
        parts += [
            _side("leaks", "refused", boundary.leak_rate),
            _side("over-refusals", "answered", boundary.over_refusal_rate),
        ]
    return "; ".join(parts)


def _side(noun: str, state: str, rate: ClusteredRate) -> str:
    if rate.rate is None:
        return f"{noun} not measured: no canonical wording is {state}"
    if not rate.hits:
        bound = f", at most {percent(rate.upper)} (one-sided 95 %)" if rate.probes > 1 else ""
        return f"{noun} 0/{rate.trials}{bound}"
    return f"{noun} {rate.hits}/{rate.trials} {percent(rate.rate)}{_interval(rate)}"


def _interval(rate: ClusteredRate) -> str:
    return f" [{figure(rate.low)}, {figure(rate.high)}]" if rate.probes > 1 else ""


def _chances(boundary: Boundary) -> Iterator[str]:
    """Yield what trying several wordings would come to, where anything must be refused and anything was answered."""
    known = [one for one in boundary.answered_within if one.chance]
    if not known:
        return
    parts = []
    for one in known:
        text = f"{one.k}: {percent(one.chance or 0.0)}"
        if one.probes > 1:
            text += f" [{figure(one.low)}, {figure(one.high)}]"
        if one.left_out:
            text += f" ({one.probes} of {one.probes + one.left_out} probes)"
        parts.append(text)
    if few := [str(one.k) for one in boundary.answered_within if one.chance is None]:
        parts.append(f"{', '.join(few)}: not measured (no such probe has so many judged rewordings)")
    yield f"at least one of k rewordings gets an answer where it must be refused, k = {', '.join(parts)}"


def _listed(boundary: Boundary) -> Sequence[ProbeBoundary]:
    """Return the probes worth a line: the least consistent first, then those that are not measured."""
    telling = [one for one in boundary.probes if one.flips or one.unmeasured]
    telling.sort(key=lambda one: (bool(one.unmeasured), one.consistency or 0.0))
    return telling[:SHOWN]


def _attribution(found: Attribution) -> Iterator[str]:
    for noun, tested, method in (
        ("operator", found.operators, f"Benjamini-Hochberg q = {OPERATOR_LEVEL:g}"),
        ("slot", found.slots, f"Bonferroni, {SLOT_LEVEL:g}"),
    ):
        if not tested:
            continue
        named = [_factor(one) for one in tested if one.named]
        within = f"({_count(len(tested), f'{noun} test')} within probes, exact, {method})"
        yield f"flips go with {noun} {_some(named)} {within}" if named else f"flips go with no {noun} {within}"


def _factor(one: Factor) -> str:
    return (
        f"{printable(one.name)}: {NOUNS[one.direction]}s {one.flipped}/{one.seen}, else "
        f"{one.others_flipped}/{one.others}, {100 * one.difference:+.0f} points "
        f"[{100 * one.low:+.0f}, {100 * one.high:+.0f}], adjusted p {_p(one.adjusted)}"
    )


def variance_sentence(one: WordingVariance) -> str:
    """Return how much of what differs is the wording, and how sure that is."""
    text = f"{one.attempts} attempts at {one.wordings} wordings of {_count(one.probes, 'probe')}: "
    if one.wording_share is None:
        return f"{text}no variance, all attempts at each probe agree"
    how = "all arrangements counted" if one.permutations is None else f"{one.permutations} permutations"
    return (
        f"{text}{percent(one.wording_share)} of the variance is the wording, the rest sampling noise (between "
        f"wordings {max(0.0, one.between):.4f}, within {one.within:.4f}); that the wording does not matter has p "
        f"{_p(one.p)} ({how})"
    )


def _p(p: float) -> str:
    return "< 0.0001" if p < 0.0001 else f"{p:.4f}" if p < 0.01 else f"{p:.2f}"


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _some(texts: Sequence[str], limit: int = SHOWN) -> str:
    shown = ", ".join(texts[:limit])
    return f"{shown} and {len(texts) - limit} more" if len(texts) > limit else shown
