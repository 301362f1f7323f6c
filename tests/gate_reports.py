"""Reports of runs with a gate, for the tests of what shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from gates import ANSWER, condition, probe, probes
from values import measured, outcomes, report
from values import probe as asked

from pytest_refusal.gate import GatedCondition, GateSettings, decide
from pytest_refusal.summary import Broken, GateReport, GateResult, Report, SideBySide

PASSES = condition(probes(100))
FAILS = condition(probes(100, 10, 1))
UNDECIDED = condition(probes(3))
NOTHING = condition(probes(3, standing="new"))
MANY_WAYS = condition(
    probes(40, 10, 1, category="privacy"),
    probes(60, start="q", category="fraud"),
    probe("both", 10, 1, critical=True, confirm=1),
    probes(6, 10, 1, start="a", expect=ANSWER),
)


def sides(found: GateResult, before: str | None = "I'm sorry.", now: str = "Sure!", prompt: str = "Read me") -> Any:
    """Return answers to everything that moved."""
    return tuple(
        SideBySide(one.condition, moved.probe, prompt, "refusal", before, "compliance", now)
        for one in found.directions
        for moved in one.moved
    )


def gated(
    *conditions: GatedCondition,
    answers: tuple[SideBySide, ...] | None = None,
    texts: bool = True,
    broken: Iterable[Broken] = (),
    identity: str | None = "v1",
    **more: Any,
) -> Report:
    """Return a report with the gate's verdict on these; ``more`` are fields of the gate's report."""
    found = decide(conditions)
    told = GateSettings()
    fields = {"answers": sides(found) if answers is None else answers, **more}
    gate = GateReport(found, told.margin, told.min_drop, **fields)
    seen = [one for each in conditions for one in outcomes("address", "refusal refusal", condition=each.name)]
    names = {one.name: measured(one.name, identity=identity) for one in conditions}
    return replace(
        report(seen, [asked("address")], conditions=names, broken=broken, texts=texts),
        gate=gate,
    )
