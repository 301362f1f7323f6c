"""How the gate's verdict reads: in words, with what moved, what could not have been seen, and what to do next.

Every number names its denominator; ids and names are escaped. No text of a prompt or an answer is in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_refusal.escaping import figure, printable
from pytest_refusal.records import Label
from pytest_refusal.reports import wording
from pytest_refusal.reports.terminal import Line, table
from pytest_refusal.summary import (
    BrokenGate,
    Detectable,
    DirectionResult,
    Doubt,
    GateResult,
    GateVerdict,
    NeverFails,
    Rate,
    Tested,
)

SHOWN = 8
"""Names in one sentence; the rest is counted."""

MOVED_SHOWN = 15
"""Probes that moved and are listed on a FAIL; the rest is counted."""

MOVED_ELSE = 5
"""The same otherwise: some always move."""

TONES = {
    GateVerdict.FAIL: "bad",
    GateVerdict.UNMEASURED: "bad",
    GateVerdict.UNDECIDED: "note",
    GateVerdict.PASS: "good",
    GateVerdict.NONE: "",
}

WORDS = {
    GateVerdict.FAIL: "FAIL",
    GateVerdict.UNMEASURED: "unmeasured",
    GateVerdict.UNDECIDED: "UNDECIDED",
    GateVerdict.PASS: "PASS",
    GateVerdict.NONE: "no verdict",
}

SAYS = {
    GateVerdict.FAIL: "what was right before became rarer",
    GateVerdict.UNMEASURED: "too few attempts have a verdict to say anything",
    GateVerdict.UNDECIDED: "no drop is shown, and none is excluded",
    GateVerdict.PASS: "no drop is shown",
    GateVerdict.NONE: "there is nothing to compare as a whole",
}

MUST = {"refuse": "must be refused", "answer": "must be answered"}
RIGHT = {"refuse": "refusals", "answer": "answers"}
SECOND = {"refuse": "answers that supply nothing (refusal, partial)", "answer": "answers (compliance, partial)"}


def lines(result: GateResult, *, margin: float, remark: str = "") -> Iterator[Line]:
    """Yield what the gate says of a run.

    Args:
        result: What it found.
        margin: What it was told: the drop that PASS excludes, a fraction.
        remark: For the first line, such as that the model changed; fit to be shown.
    """
    said = f"gate: {WORDS[result.verdict]}: {SAYS[result.verdict]}"
    if result.verdict is GateVerdict.PASS:
        said += f", and one of {_points(margin)} or more is excluded"
    if remark:
        said += f"; {remark}"
    yield Line(f"{said} (something unchanged fails in at most {_level(result.level)} of runs)", TONES[result.verdict])
    for one in result.directions:
        yield Line("")
        yield Line(f"{printable(one.condition)}, {MUST[one.direction]}: {WORDS[one.verdict]}", TONES[one.verdict])
        for line in _direction(one, margin):
            yield Line(f"  {line.text}".rstrip(), line.tone)
    measured = {one.direction for one in result.directions}
    for direction, words in MUST.items():
        if measured and direction not in measured:
            yield Line("")
            yield Line(f"probes that {words}: none to compare, {RIGHT[direction]} are not measured")


def _direction(one: DirectionResult, margin: float) -> Iterator[Line]:
    for text in _suite(one):
        yield Line(text)
    for failed in one.broken:
        yield Line(f"FAILED {_broken(failed)}", "bad")
    for failed in one.withdrawn:
        yield Line(f"withdrawn: {_broken(failed)}; nothing was edited, and a second set does not show it", "note")
    for text in _categories(one):
        yield Line(text)
    for text in _why(one, margin):
        yield Line(text, "note")
    yield from _unmeasured_probes(one)
    if one.moved:
        yield Line(f"what moved: {len(one.moved)} of {one.selected} probes, right before and now")
        limit = MOVED_SHOWN if one.verdict is GateVerdict.FAIL else MOVED_ELSE
        for moved in one.moved[:limit]:
            known = ", wrong before too" if moved.known else ""
            worse = (moved.now.rate or 0.0) < (moved.before.rate or 0.0)
            text = f"  {_id(moved.probe)}: {_counts(moved.before)} → {_counts(moved.now)}{known}"
            yield Line(text, "bad" if worse and one.verdict is GateVerdict.FAIL else "")
        if (more := len(one.moved) - limit) > 0:
            yield Line(f"  and {more} more")
    if one.verdict is GateVerdict.FAIL:
        yield from _labels(one)
    if one.detectable is not None:
        for text in _detectable(one.detectable, margin):
            yield Line(text)
    for text in _never(one.never, one.of):
        yield Line(text)
    if one.copies:
        yield Line(f"copies of one answer: {one.copies} of {one.selected} probes; their attempts count as one each")
    for text in _next(one):
        yield Line(f"next: {text}")


def _suite(one: DirectionResult) -> Iterator[str]:
    if one.right is not None and one.right.probes:
        yield _test(RIGHT[one.direction], one.right)
        if one.upper is not None:
            fell = f"the drop is at most {_points(one.upper)}" if one.upper > 0 else "a drop is excluded"
            yield f"{fell} (one-sided bound, {_many(one.right.probes, 'probe')})"
    # where partial answers play no part the second cut says the same once more
    if one.second is not None and one.right is not None and _told(one.second) != _told(one.right):
        yield _test(SECOND[one.direction], one.second)
    if one.rewordings is not None and one.rewordings.probes:
        yield _test(f"{RIGHT[one.direction]} to pinned rewordings", one.rewordings, "rewording")


def _test(what: str, one: Tested, noun: str = "probe") -> str:
    where = f"mean of {_many(one.probes, noun)}"
    if one.drop:
        how = f"{'dropped' if one.drop > 0 else 'rose'} from {_rate(one.before)} to {_rate(one.now)}"
        return f"{what} {how}, by {_points(abs(one.drop))} ({where}): {_p(one.p, one.level)}"
    return f"{what} did not move: {_rate(one.before)}, now {_rate(one.now)} ({where}): {_p(one.p, one.level)}"


def _told(one: Tested) -> tuple[Rate, Rate]:
    return one.before, one.now


def _broken(one: BrokenGate) -> str:
    direction = RIGHT[one.direction]
    what = {
        "suite": f"suite: {direction}",
        "second": f"suite: {SECOND[one.direction]}",
        "rewordings": f"pinned rewordings: {direction}",
        "category": f"category {_id(one.name)}: {direction}",
        "probe": f"probe {_id(one.name)}: {direction} in fresh attempts",
        "critical": f"critical probe {_id(one.name)}: {direction}",
    }[one.family]
    text = f"{what} {_counts(one.before)} → {_counts(one.now)}"
    if one.by_unjudged:
        text += "; unjudged answers rose, a drop cannot be excluded"
    elif one.p is not None and one.level is not None:
        text += f": {_p(one.p, one.level, 'adjusted ' if one.family in ('category', 'probe') else '')}"
    else:
        text += ": one wrong attempt fails"
    return text


def _categories(one: DirectionResult) -> Iterator[str]:
    if not one.categories:
        return
    failed = {each.name for each in one.broken if each.family == "category"}
    falling = [each for each in one.categories if each.drop > 0 and each.name not in failed]
    text = f"categories: {len(failed)} of {len(one.categories)} fail"
    if falling:
        shown = [f"{_id(each.name)} {_counts(each.before)} → {_counts(each.now)}" for each in falling]
        text += f"; {len(falling)} fell without failing: {_some(shown, len(shown))}"
    yield text


def _why(one: DirectionResult, margin: float) -> Iterator[str]:
    """Yield why there is no PASS."""
    if one.selected < one.of:
        yield f"{one.selected} of {one.of} probes of before selected: suite and categories get no verdict"
    reasons = {
        Doubt.HINT: "a hint of a drop: p is small, and not small enough to fail",
        Doubt.MARGIN: f"a drop of {_points(margin)} or more (refusal_margin) cannot be excluded",
        Doubt.UNJUDGED: "were the attempts without a verdict wrong, it would fail",
        Doubt.NOT_RUN: f"{_many(one.not_run, 'probe')} of {one.selected} meant to be asked (also again, or in other "
        "words) and not asked",
        Doubt.WITHDRAWN: "it failed, and a second set of something that nobody edited did not",
    }
    for doubt in one.doubts:
        yield f"undecided: {reasons[doubt]}"


def _unmeasured_probes(one: DirectionResult) -> Iterator[Line]:
    if one.unjudged:
        tone = "bad" if one.verdict is GateVerdict.UNMEASURED else "note"
        yield Line(f"without a verdict: {one.unjudged} of {one.attempts} attempts, those not made among them", tone)
    if one.not_run and Doubt.NOT_RUN not in one.doubts:
        yield Line(f"not run: {one.not_run} of {_many(one.selected, 'probe')}, in one wording or all", "note")
    for what, names in (("new", one.new), ("changed", one.changed)):
        if names:
            yield Line(
                f"{what}: {_some([_id(name) for name in names], len(names))}; compared with nothing: held to "
                "what is expected by the run itself"
            )


def _labels(one: DirectionResult) -> Iterator[Line]:
    names = [label.value for label in Label if label.judged]
    total = sum(sum(row) for row in one.labels)
    if not total:
        return
    yield Line(f"labels before (rows) and now (columns), in probes, {total:.0f} in all, as few moved as there can be")
    rows = [["", *names]]
    rows += [[name, *(_cell(cell) for cell in row)] for name, row in zip(names, one.labels, strict=True)]
    for line in table(rows):
        yield Line(f"  {line.text}")


def _cell(probes: float) -> str:
    return "" if probes == 0 else f"{probes:.1f}" if probes >= 0.05 else "< 0.1"


def _detectable(one: Detectable, margin: float) -> Iterator[str]:
    probes = f"{_many(one.probes, 'probe')}, {_mean(one.attempts_before)} attempts before and "
    yield (
        f"could not have been seen: a drop of less than {_points(one.told)} is missed more often than in 2 of 10 cases "
        f"({probes}{_mean(one.attempts_now)} now, level {one.level:.3g}); noise floor: something unchanged moves by "
        f"{_points(one.noise_floor)} (standard deviation)"
    )
    ways = []
    if one.attempts_needed is not None:
        ways.append(f"{one.attempts_needed} attempts")
    if one.probes_needed is not None:
        ways.append(f"{one.probes_needed} probes like these")
    if ways:
        yield f"to see a drop of {_points(margin)}: {' or '.join(ways)}"
    if one.one_way_flips is not None:
        yield f"with one attempt on each side {_many(one.one_way_flips, 'probe')} have to flip, all one way, to fail"


def _never(one: NeverFails, of: int) -> Iterator[str]:
    for noun, names in (("categories", one.categories), ("probes", one.probes)):
        if names:
            count = f"{len(names)} of {of} probes" if noun == "probes" else _many(len(names), "category", "categories")
            yield (
                f"can never fail by {'itself' if len(names) == 1 else 'themselves'}: {count}, too few attempts or too "
                f"often wrong before: {_some([_id(name) for name in names], len(names))}"
            )


def _next(one: DirectionResult) -> Iterator[str]:
    match one.verdict:
        case GateVerdict.FAIL if one.unchanged and not one.withdrawn:
            yield "nothing was edited: run again; if it fails again the baseline was lucky, accept a new one"
        case GateVerdict.FAIL:
            yield (
                "read the answers to what moved in the report; undo the edit, or, if this is what you want, "
                "pytest-refusal accept makes it the baseline"
            )
        case GateVerdict.UNMEASURED:
            yield (
                "see why attempts have no verdict (the report's outcomes: 'reason') or were not made, and run again; "
                "what the store holds is not asked again"
            )
        case GateVerdict.UNDECIDED if one.doubts == (Doubt.NOT_RUN,):
            yield "run all of it"
        case GateVerdict.UNDECIDED:
            yield "more attempts (--refusal-attempts), or more probes, decide; a drop may be there"
        case _:
            return


def _rate(rate: Rate) -> str:
    if rate.rate is None:
        return "nothing judged"
    return f"{wording.point(rate)} {wording.interval(rate.low, rate.high)} ({_counts(rate)})"


def _counts(rate: Rate) -> str:
    return f"{rate.hits}/{rate.trials}"


def _p(p: float, level: float, kind: str = "") -> str:
    """Return p and its level with as many digits as it takes to see which is smaller."""
    for digits in range(2, 16):
        shown, limit = f"{p:.{digits}g}", f"{level:.{max(3, digits)}g}"
        if (float(shown) <= float(limit)) == (p <= level):
            break
    small = p < 0.0001 <= level
    return f"{kind}p {'< 0.0001' if small else f'= {shown}'}, level {limit}"


def _level(fraction: float) -> str:
    return f"{fraction * 100:.3g} %"


def _points(fraction: float) -> str:
    text = figure(fraction) if 0 <= fraction <= 1 else f"{fraction * 100:.1f}"
    return "1 point" if text == "1.0" else f"{text.removesuffix('.0')} points"


def _mean(attempts: float) -> str:
    return f"{attempts:.1f}".removesuffix(".0")


def _id(name: str) -> str:
    return printable(name, 60)


def _many(count: int, noun: str, plural: str = "") -> str:
    return f"{count} {noun if count == 1 else plural or f'{noun}s'}"


def _some(texts: Sequence[str], count: int) -> str:
    shown = ", ".join(texts[:SHOWN])
    return f"{shown} and {count - SHOWN} more" if count > SHOWN else shown


def message(one: BrokenGate) -> str:
    return _broken(one)


def report_name(broken: Sequence[BrokenGate]) -> list[str]:
    return [f"{one.family}[{one.name}]" if one.name else one.family for one in broken]
