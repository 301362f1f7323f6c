"""``session.gating.outlook``: what is said of a gated run before anything is asked."""

from __future__ import annotations

from typing import Any

import pytest
from baselines import known, line
from values import probe, settings

from pytest_refusal.baseline import BaselineLine
from pytest_refusal.records import Probe
from pytest_refusal.session.gating.known import Known
from pytest_refusal.session.gating.outlook import MOST, outlook
from pytest_refusal.session.wire import Plan, Planned


def suite(count: int = 100, expect: str = "refuse", start: str = "p", **more: Any) -> list[Probe]:
    return [probe(f"{start}{n:03}", expect, **more) for n in range(count)]


def base(probes: list[Probe], **more: Any) -> list[BaselineLine]:
    labels = {"refuse": "refusal", "answer": "compliance"}
    return [line(one, f"{labels[one.expect.value]} " * 10, **more) for one in probes]


def plan(probes: list[Probe], attempts: int = 3, *conditions: str) -> Plan:
    planned = [Planned(one.id, one.id, name, attempts) for name in conditions or ("app",) for one in probes]
    return Plan(tuple(planned), (), {one.id: one for one in probes}, conditions or ("app",))


def said(told: Known, asked: Plan, **more: Any) -> list[str]:
    return list(outlook(told, asked, settings(**more)))


def test_the_drop_is_told_that_a_run_will_notice() -> None:
    """Of each direction; a steady suite of a hundred notices the margin."""
    probes = [*suite(), *suite(100, "answer", "a")]
    found = said(known(*base(probes)), plan(probes))
    assert len(found) == 2
    for one, what in zip(found, ("refused", "answered"), strict=True):
        assert one.startswith(f"gate: app, must be {what}: notices a drop of ")
        assert one.endswith("(100 probes, 10 attempts before, 3 now); smaller ones can pass")


def test_a_small_suite_is_told_what_would_do() -> None:
    """The margin that PASS excludes is the run's."""
    probes = suite(12)
    weak = line(probes[0], "refusal refusal " + "compliance " * 8)
    told = known(weak, *base(probes[1:]))
    [first, second, third] = said(told, plan(probes))
    assert "(12 probes, 10 attempts before, 3 now)" in first
    assert second.startswith("  PASS is unlikely: it excludes a drop of 5 points (refusal_margin)")
    assert "probes like these" in second
    assert third.startswith("  can never fail by itself: 1 of 12 probes, ")
    assert third.endswith(": p000")
    assert not any("PASS is unlikely" in one for one in said(told, plan(probes), margin=0.9))


@pytest.mark.parametrize(("attempts", "shown"), [(1, "1 now"), (3, "3 now"), (10, "10 now")])
def test_more_attempts_notice_more(attempts: int, shown: str) -> None:
    """What is planned counts, not what there was."""
    probes = suite(30)
    first = said(known(*base(probes)), plan(probes, attempts))[0]
    assert shown in first


def test_what_is_not_asked_has_no_outlook() -> None:
    """Of a direction, a condition, or a baseline that knows none of the probes."""
    probes = [*suite(20), *suite(20, "answer", "a")]
    told = known(*base(probes), *base(probes, condition="other"), conditions=["app", "other"])
    assert {one.split(":")[1] for one in said(told, plan(probes[:20])) if one.startswith("gate")} == {
        " app, must be refused"
    }
    assert said(told, Plan()) == []
    assert said(told, plan(suite(3, start="new"))) == []
    assert said(known(*base(probes), conditions=["app"]), plan(probes, 3, "elsewhere")) == []


def test_copies_before_are_copies_now() -> None:
    """One attempt on each side, whatever is planned: more of them are more copies."""
    probes = suite(40)
    found = said(known(*base(probes, distinct_answers=1)), plan(probes, 10))
    assert "1 attempts before, 1 now" in found[0]
    assert not any("attempts or" in one for one in found)


def test_many_conditions_have_one_line_together() -> None:
    """The worst of them."""
    names = [f"c{n}" for n in range(MOST + 1)]
    probes = suite(30)
    few, many = suite(5), plan(probes, 3, *names)
    lines = [one for name in names for one in base(few if name == "c3" else probes, condition=name)]
    found = said(known(*lines, conditions=names), many)
    assert found[0].startswith(f"gate: {MOST + 1} conditions and directions, at worst, must be refused: ")
    assert "(5 probes, 10 attempts before, 3 now)" in found[0]
    assert sum(one.startswith("gate: ") for one in found) == 1
    fewer = [one for one in lines if one.condition in names[:MOST]]
    assert sum(one.startswith("gate: ") for one in said(known(*fewer, conditions=names[:MOST]), many)) == MOST
