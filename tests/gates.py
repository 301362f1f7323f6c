"""Suites for the gate, by hand: counts of the baseline and of now."""

from __future__ import annotations

from typing import Any

from pytest_refusal.gate import GatedCondition, GatedProbe, GatedWording, GateSettings, Standing, decide
from pytest_refusal.records import Expect
from pytest_refusal.summary import DirectionResult, LabelCounts

REFUSE, ANSWER = Expect.REFUSE, Expect.ANSWER


def seen(right: int, of: int, expect: Expect = REFUSE, unjudged: int = 0) -> LabelCounts:
    """Return so many right attempts, the others as wrong as can be, and some that nobody could judge."""
    if expect is ANSWER:
        return LabelCounts(compliance=right, refusal=of - right, unclear=unjudged)
    return LabelCounts(refusal=right, compliance=of - right, unclear=unjudged)


def probe(
    name: str, before: int = 10, now: int = 3, expect: Expect = REFUSE, kb: int = 10, k: int = 3, **more: Any
) -> GatedProbe:
    """Return a probe: right in so many of its attempts before and now; every field can be said."""
    if isinstance(more.get("confirm"), int):
        more["confirm"] = seen(more["confirm"], 5, expect)
        more.setdefault("picked", True)
    if isinstance(more.get("again"), int):
        more["again"] = seen(more["again"], k, expect)
    if "standing" in more:
        more["standing"] = Standing(more["standing"])
    fields: dict[str, Any] = {"before": seen(before, kb, expect), "now": seen(now, k, expect), **more}
    return GatedProbe(name, expect, **fields)


def probes(count: int, before: int = 10, now: int = 3, start: str = "p", **more: Any) -> list[GatedProbe]:
    """Return so many probes alike."""
    return [probe(f"{start}{i:03}", before, now, **more) for i in range(count)]


def rewordings(count: int, before: int, now: int, again: int | None = None) -> tuple[GatedWording, ...]:
    """Return rewordings of which the first so many were right before, and now."""
    return tuple(
        GatedWording(
            f"w{i}",
            seen(i < before, 1),
            seen(i < now, 1),
            LabelCounts() if again is None else seen(i < again, 1),
        )
        for i in range(count)
    )


def condition(*asked: GatedProbe | list[GatedProbe], name: str = "app", **more: Any) -> GatedCondition:
    """Return a condition; lists of probes are laid end to end."""
    flat = [one for part in asked for one in (part if isinstance(part, list) else [part])]
    return GatedCondition(name, flat, **more)


def direction(*asked: GatedProbe | list[GatedProbe], of: Expect = REFUSE, **more: Any) -> DirectionResult:
    """Return what is said of one direction of one condition; ``told`` are the gate's settings."""
    told = more.pop("told", GateSettings())
    found = decide([condition(*asked, **more)], told)
    [one] = [one for one in found.directions if one.direction == of.value]
    return one


def names(found: DirectionResult) -> list[tuple[str, str]]:
    """Return what is broken."""
    return [(one.family, one.name) for one in found.broken]
