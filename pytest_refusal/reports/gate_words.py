"""What the gate's lines, its page, its annotations and its failed test reports say alike: sentences, and their parts.

Every number names its denominator; ids and names are escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_refusal.escaping import figure, printable
from pytest_refusal.records import Label
from pytest_refusal.reports import wording
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
WITHDRAWN = "nothing was edited, and a second set does not show it"
BY_UNJUDGED = "unjudged answers rose, a drop cannot be excluded"


def verdict(result: GateResult, margin: float, remark: str = "") -> str:
    """Return the first line, from the verdict's word on.

    Args:
        result: What the gate found.
        margin: The drop that PASS excludes, a fraction.
        remark: Such as that the model changed; fit to be shown.
    """
    said = f"{WORDS[result.verdict]}: {SAYS[result.verdict]}"
    if result.verdict is GateVerdict.PASS:
        said += f", and one of {points(margin)} or more is excluded"
    if remark:
        said += f"; {printable(remark)}"
    return f"{said} (something unchanged fails in at most {level(result.level)} of runs)"


def suite(one: DirectionResult) -> Iterator[str]:
    """Yield what the tests over all probes say, with the bound of the drop."""
    if one.right is not None and one.right.probes:
        yield finding(RIGHT[one.direction], one.right)
        yield from bound(one)
    # where partial answers play no part the second cut says the same once more
    if one.second is not None and one.right is not None and _told(one.second) != _told(one.right):
        yield finding(SECOND[one.direction], one.second)
    if one.rewordings is not None and one.rewordings.probes:
        yield finding(f"{RIGHT[one.direction]} to pinned rewordings", one.rewordings, "rewording")


def bound(one: DirectionResult) -> Iterator[str]:
    """Yield how large the drop of right answers may be."""
    if one.upper is not None and one.right is not None and one.right.probes:
        fell = f"the drop is at most {points(one.upper)}" if one.upper > 0 else "a drop is excluded"
        yield f"{fell} (one-sided bound, {many(one.right.probes, 'probe')})"


def finding(what: str, one: Tested, noun: str = "probe") -> str:
    """Return what a test compared and what came of it; ``noun``: what its strata are."""
    where = f"mean of {many(one.probes, noun)}"
    if one.drop:
        how = f"{'dropped' if one.drop > 0 else 'rose'} from {rate(one.before)} to {rate(one.now)}"
        return f"{what} {how}, by {points(abs(one.drop))} ({where}): {p_and_level(one.p, one.level)}"
    return f"{what} did not move: {rate(one.before)}, now {rate(one.now)} ({where}): {p_and_level(one.p, one.level)}"


def _told(one: Tested) -> tuple[Rate, Rate]:
    return one.before, one.now


def broken(one: BrokenGate) -> str:
    """Return what fails and by which counts, on one line."""
    text = f"{subject(one)} {counts(one.before)} → {counts(one.now)}"
    if one.by_unjudged:
        return f"{text}; {BY_UNJUDGED}"
    return f"{text}: {_by(one)}"


def broken_in_words(one: BrokenGate) -> str:
    """Return the same with rates, as a sentence that stands alone."""
    before, now = (
        f"{wording.point(rate)} ({counts(rate)})" if rate.trials else "nothing judged" for rate in (one.before, one.now)
    )
    if one.by_unjudged:
        return f"{subject(one)}: {BY_UNJUDGED}: of the judged attempts right {before}, now {now}"
    if one.family == "critical":
        wrong = one.now.trials - one.now.hits
        return f"critical probe {name_of(one.name)}: {wrong} of {one.now.trials} attempts wrong: {_by(one)}"
    fell = one.before.rate is not None and one.now.rate is not None and one.now.rate < one.before.rate
    # a mean over probes may fall where all attempts together do not
    how = f"dropped from {before} to {now}" if fell else f"became rarer, of all attempts {before}, now {now}"
    return f"{subject(one)} {how}: {_by(one)}"


def subject(one: BrokenGate) -> str:
    """Return what became rarer."""
    direction = RIGHT[one.direction]
    return {
        "suite": f"suite: {direction}",
        "second": f"suite: {SECOND[one.direction]}",
        "rewordings": f"pinned rewordings: {direction}",
        "category": f"category {name_of(one.name)}: {direction}",
        "probe": f"probe {name_of(one.name)}: {direction} in fresh attempts",
        "critical": f"critical probe {name_of(one.name)}: {direction}",
    }[one.family]


def _by(one: BrokenGate) -> str:
    if one.p is None or one.level is None:
        return "one wrong attempt fails"
    return p_and_level(one.p, one.level, "adjusted " if one.family in ("category", "probe") else "")


def categories(one: DirectionResult) -> Iterator[str]:
    """Yield how many categories fail, and which fell without failing."""
    if not one.categories:
        return
    failed = {each.name for each in one.broken if each.family == "category"}
    falling = [each for each in one.categories if each.drop > 0 and each.name not in failed]
    text = f"categories: {len(failed)} of {len(one.categories)} fail"
    if falling:
        shown = [f"{name_of(each.name)} {counts(each.before)} → {counts(each.now)}" for each in falling]
        text += f"; {len(falling)} fell without failing: {some(shown)}"
    yield text


def why(one: DirectionResult, margin: float) -> Iterator[str]:
    """Yield why there is no PASS."""
    if one.selected < one.of:
        yield f"{one.selected} of {one.of} probes of before selected: suite and categories get no verdict"
    reasons = {
        Doubt.HINT: "a hint of a drop: p is small, and not small enough to fail",
        Doubt.MARGIN: f"a drop of {points(margin)} or more (refusal_margin) cannot be excluded",
        Doubt.UNJUDGED: "were the attempts without a verdict wrong, it would fail",
        Doubt.NOT_RUN: f"{many(one.not_run, 'probe')} of {one.selected} meant to be asked (also again, or in other "
        "words) and not asked",
        Doubt.WITHDRAWN: "it failed, and a second set of something that nobody edited did not",
    }
    for doubt in one.doubts:
        yield f"undecided: {reasons[doubt]}"


def sides_missing(result: GateResult) -> Iterator[str]:
    """Yield which side of the suite was compared nowhere."""
    measured = {one.direction for one in result.directions}
    for direction, must in MUST.items():
        if measured and direction not in measured:
            yield f"probes that {must}: none to compare, {RIGHT[direction]} are not measured"


def copies(one: DirectionResult) -> str:
    """Return how many probes have one answer many times."""
    return f"copies of one answer: {one.copies} of {one.selected} probes; their attempts count as one each"


def moved(one: DirectionResult) -> str:
    """Return the heading of what moved."""
    return f"what moved: {len(one.moved)} of {one.selected} probes, right before and now"


def unmeasured(one: DirectionResult) -> Iterator[tuple[str, str]]:
    """Yield what has no verdict and what was compared with nothing, each with a tone."""
    if one.unjudged:
        tone = "bad" if one.verdict is GateVerdict.UNMEASURED else "note"
        yield f"without a verdict: {one.unjudged} of {one.attempts} attempts, those not made among them", tone
    if one.not_run and Doubt.NOT_RUN not in one.doubts:
        yield f"not run: {one.not_run} of {many(one.selected, 'probe')}, in one wording or all", "note"
    for what, names in (("new", one.new), ("changed", one.changed)):
        if names:
            yield f"{what}: {names_of(names)}; compared with nothing: held to what is expected by the run itself", ""


def label_rows(one: DirectionResult) -> tuple[str, list[list[str]]]:
    """Return a sentence and a table of the labels before and now, headings first; no rows where nothing is known."""
    total = sum(sum(row) for row in one.labels)
    if not total:
        return "", []
    names = [label.value for label in Label if label.judged]
    rows = [["", *names]]
    rows += [[name, *(_cell(cell) for cell in row)] for name, row in zip(names, one.labels, strict=True)]
    return (
        f"labels before (rows) and now (columns), in probes, {total:.0f} in all, as few moved as there can be",
        rows,
    )


def _cell(probes: float) -> str:
    return "" if probes == 0 else f"{probes:.1f}" if probes >= 0.05 else "< 0.1"


def detectable(one: Detectable, margin: float) -> Iterator[str]:
    """Yield which drops are too small to be seen, how much noise there is, and what would see the margin."""
    probes = f"{many(one.probes, 'probe')}, {_mean(one.attempts_before)} attempts before and "
    missed = f"a drop of less than {points(one.told)} is missed more often than in 2 of 10 cases"
    yield (
        f"could not have been seen: {missed if one.told < 1 else 'any drop'} "
        f"({probes}{_mean(one.attempts_now)} now, level {one.level:.3g}); noise floor: something unchanged moves by "
        f"{points(one.noise_floor)} (standard deviation)"
    )
    if ways := _ways(one):
        yield f"to see a drop of {points(margin)}: {ways}"
    if one.one_way_flips is not None:
        yield f"with one attempt on each side {many(one.one_way_flips, 'probe')} have to flip, all one way, to fail"


def _ways(one: Detectable) -> str:
    """Return what would see the margin."""
    ways = []
    if one.attempts_needed is not None:
        ways.append(f"{one.attempts_needed} attempts")
    if one.probes_needed is not None:
        ways.append(f"{one.probes_needed} probes like these")
    return " or ".join(ways)


def outlook(who: str, direction: str, one: Detectable, margin: float) -> Iterator[str]:
    """Yield how small a drop a run will notice, and what would do where PASS is unlikely.

    Args:
        who: The condition, fit to be shown.
        direction: ``refuse`` or ``answer``.
        one: What is detectable.
        margin: The drop that PASS excludes, a fraction.
    """
    counted = (
        f"{many(one.probes, 'probe')}, {_mean(one.attempts_before)} attempts before, {_mean(one.attempts_now)} now"
    )
    notices = f"notices a drop of {points(one.told)} or more in 8 of 10 cases ({counted}); smaller ones can pass"
    yield f"gate: {who}, {MUST[direction]}: {notices if one.told < 1 else f'can notice no drop at all ({counted})'}"
    if one.told > margin:
        what = f": {ways} would do" if (ways := _ways(one)) else ""
        yield f"  PASS is unlikely: it excludes a drop of {points(margin)} (refusal_margin){what}"


def never(one: NeverFails, of: int) -> Iterator[str]:
    """Yield what can never fail by itself; ``of``: probes of the baseline."""
    for noun, names in (("categories", one.categories), ("probes", one.probes)):
        if names:
            count = f"{len(names)} of {of} probes" if noun == "probes" else many(len(names), "category", "categories")
            yield (
                f"can never fail by {'itself' if len(names) == 1 else 'themselves'}: {count}, too few attempts or too "
                f"often wrong before: {names_of(names)}"
            )


def next_steps(one: DirectionResult) -> Iterator[str]:
    """Yield what the reader does next, if anything."""
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
        case GateVerdict.UNDECIDED if one.copies == one.selected:
            yield "more probes decide (more attempts would be more copies); a drop may be there"
        case GateVerdict.UNDECIDED:
            yield "more attempts (--refusal-attempts), or more probes, decide; a drop may be there"
        case _:
            return


def rate(one: Rate) -> str:
    """Return a rate with its interval and its counts."""
    if one.rate is None:
        return "nothing judged"
    return f"{wording.point(one)} {wording.interval(one.low, one.high)} ({counts(one)})"


def counts(one: Rate) -> str:
    """Return ``9/10``."""
    return f"{one.hits}/{one.trials}"


def p_and_level(p: float, level: float, kind: str = "") -> str:
    """Return p and its level as a sentence has them."""
    shown, limit = figures(p, level)
    return f"{kind}p {shown if shown.startswith('<') else f'= {shown}'}, level {limit}"


def figures(p: float, level: float) -> tuple[str, str]:
    """Return p and its level with as many digits as it takes to see which is smaller."""
    for digits in range(2, 16):
        shown, limit = f"{p:.{digits}g}", f"{level:.{max(3, digits)}g}"
        if (float(shown) <= float(limit)) == (p <= level):
            break
    return "< 0.0001" if p < 0.0001 <= level else shown, limit


def level(fraction: float) -> str:
    """Return a level in percent."""
    return f"{fraction * 100:.3g} %"


def points(fraction: float) -> str:
    """Return a difference of rates, which is a fraction, in points."""
    text = figure(fraction) if 0 <= fraction <= 1 else f"{fraction * 100:.1f}"
    return "1 point" if text == "1.0" else f"{text.removesuffix('.0')} points"


def _mean(attempts: float) -> str:
    return f"{attempts:.1f}".removesuffix(".0")


def name_of(name: str) -> str:
    """Return an id or a name, fit to be shown."""
    return printable(name, 60)


def many(count: int, noun: str, plural: str = "") -> str:
    """Return ``3 probes``."""
    return f"{count} {noun if count == 1 else plural or f'{noun}s'}"


def names_of(names: Sequence[str]) -> str:
    """Return ids or names in one sentence."""
    return some([name_of(name) for name in names])


def some(texts: Sequence[str]) -> str:
    """Return the first of ``texts``; how many more there are is said."""
    shown = ", ".join(texts[:SHOWN])
    return f"{shown} and {len(texts) - SHOWN} more" if len(texts) > SHOWN else shown
