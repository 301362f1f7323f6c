"""What is said of a gated run as a whole: what was compared, what was asked again, and whether it can be repeated.

Sentences fit to be shown, the same on the terminal and in Markdown.
"""

from __future__ import annotations

from collections.abc import Iterator

from pytest_refusal.escaping import printable
from pytest_refusal.reports import gate_words as words
from pytest_refusal.summary import GateReport, GateVerdict, Report


def as_a_whole(report: Report) -> Iterator[str]:
    """Yield why the run fails whatever the verdict says: the gate as a whole (``refusal_undecided = fail``), limits."""
    for one in report.broken:
        if one.family == "gate":
            yield printable(one.message)
    # whoever reads PASS reads no further
    if beside := len(report.limits_broken):
        yield f"beside the gate {words.many(beside, 'limit does', 'limits do')} not hold: see below"


def compared(gate: GateReport) -> Iterator[str]:
    """Yield what was compared with what, whether anything was edited, and what was asked again."""
    for sentence in (*gate.about, *gate.relabelled):
        yield printable(sentence)
    yield from unchanged(gate)
    picked = [probe for probes in gate.picked.values() for probe in probes]
    if picked:
        first = "whose first attempt was wrong or unjudged, so that fresh ones decide"
        yield f"picked: {words.many(len(picked), 'probe')} {first}: {words.names_of(picked)}"


def unchanged(gate: GateReport) -> Iterator[str]:
    """Yield what follows where nothing was edited since the baseline."""
    directions = gate.result.directions
    names = list(dict.fromkeys(one.condition for one in directions if one.unchanged))
    if not names:
        return
    every = {one.condition for one in directions} == set(names)
    who = "" if every else f" under {words.names_of(names)}"
    if gate.again:
        then = "a second set of answers was asked, and what failed stands only where that set alone fails too"
    elif any(one.unchanged and one.verdict is GateVerdict.FAIL for one in directions):
        then = "what failed, failed without an edit: run again"
    else:
        then = "what moved was moved by no edit"
    yield f"nothing was edited{who}: {then}"


def afterwards(report: Report) -> Iterator[str]:
    """Yield what rounds saved, and whether another run would say the same."""
    gate = report.gate
    if gate is not None and gate.saved is not None:
        yield (
            f"rounds ended early: {words.many(gate.saved, 'request')} saved"
            if gate.saved
            else "rounds: every one was needed, no request saved"
        )
    anew = [name for name, one in report.conditions.items() if not one.repeatable]
    if not anew:
        yield "repeatable: the same answers are used again, and give the same verdict"
        return
    who = "" if len(anew) == len(report.conditions) else f"{words.names_of(anew)}: "
    yield f"{who}this target draws anew in every run: repeated runs are not protected"
