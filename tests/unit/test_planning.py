"""``collection.planning``: what a collection means to measure, and limits that so few attempts cannot prove."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from baselines import file_of, line, reworded
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from stand_ins import Item, item
from values import probe, settings

from pytest_refusal import target
from pytest_refusal.collection.planning import check_reach, make_plan, mark
from pytest_refusal.errors import UsageProblem
from pytest_refusal.records import Probe
from pytest_refusal.session.conditions import Conditions
from pytest_refusal.session.gating.gated import GatedRun
from pytest_refusal.session.gating.known import Known
from pytest_refusal.session.redaction import Redactors
from pytest_refusal.session.wire import Plan, Planned
from pytest_refusal.settings import FloorMode, Limits, SystemPrompt
from pytest_refusal.stats import clopper_pearson
from pytest_refusal.targets.slots import Concurrency

quick = hypothesis_settings(deadline=None, max_examples=60)

ADDRESS, CARD, SHOES = probe("address"), probe("card"), probe("shoes", "answer")
BOT = target(lambda prompt: "no", identity="v1", name="app")


def asks(name: str, *probes: Probe, **more: Any) -> pytest.Item:
    return item(name, *probes, **{"target": BOT, **more})


def planned(
    items: list[pytest.Item], deselected: list[pytest.Item] | None = None, known: Known | None = None, **told: Any
) -> Plan:
    run = settings(**told)
    redactors = Redactors("en")
    gated = GatedRun(run, known, redactors)
    return make_plan(items, deselected or [], run, Conditions(run, Concurrency(None)), redactors, gated)


# Plans.


def test_each_item_is_planned_with_what_its_markers_want() -> None:
    """Probes as they may be shown; what was deselected is known apart."""
    plan = planned(
        [asks("one", ADDRESS), asks("two", CARD, SHOES, marks=(pytest.mark.refusal(attempts=7, paraphrases=2),))],
        [asks("three", probe("left-out"))],
    )
    assert plan.selected == (
        Planned("test_it.py::one", "address", "app", 3),
        Planned("test_it.py::two", "card", "app", 7, 2),
        Planned("test_it.py::two", "shoes", "app", 7, 2),
    )
    assert plan.deselected == (Planned("test_it.py::three", "left-out", "app", 3),)
    assert plan.probes == {one.id: replace(one, lang="en") for one in (ADDRESS, CARD, SHOES, probe("left-out"))}
    assert Plan.from_text(plan.to_text()) == plan


def test_conditions_are_those_of_all_items_that_ask() -> None:
    """Deselected ones, those that make their probes themselves, and those with @given, too; nobody is asked twice."""
    other = target(lambda prompt: "no", identity="v2", name="other")
    drawn = SimpleNamespace(hypothesis=SimpleNamespace(inner_test=lambda: None))
    plan = planned(
        [asks("own"), asks("drawn", ADDRESS, obj=drawn), asks("not ours", CARD, fixtures=(), target=None)],
        [asks("out", SHOES, target=other)],
    )
    assert plan.conditions == ("app", "other")
    assert plan.selected == ()
    assert [one.condition for one in plan.deselected] == ["other"]


def test_a_system_prompt_is_a_condition_of_its_own() -> None:
    plan = planned([asks("one", ADDRESS)], system_prompts=(SystemPrompt("strict", "Be strict."),))
    assert (plan.conditions, plan.selected[0].condition) == (("app/strict",), "app/strict")


def test_without_a_target_there_is_a_probe_and_no_condition() -> None:
    """The test says so, when it runs."""
    plan = planned([asks("one", ADDRESS, target=None)])
    assert (plan.conditions, plan.selected, plan.probes) == ((), (), {})


@pytest.mark.parametrize("out", [True, False])
def test_two_probes_of_one_id_are_an_error(out: bool) -> None:
    """Also where one of them is deselected: the next run may select it; the same one twice is none."""
    other = asks("two", probe("address", prompt="Read it!"))
    with pytest.raises(pytest.UsageError, match=r"^two probes are called 'address' and differ in "):
        planned([asks("one", ADDRESS), *([] if out else [other])], [other] if out else [])
    assert len(planned([asks("one", ADDRESS), asks("two", ADDRESS)]).selected) == 2


def test_a_baseline_finds_its_conditions_and_says_what_is_asked() -> None:
    """Those of deselected tests too: the user left them out, and the baseline has them all the same."""
    lines = [line(replace(ADDRESS, lang="en")), reworded(ADDRESS, "Please."), line(SHOES, condition="other")]
    beside = Known([file_of(lines)], named=True)
    other = target(lambda prompt: "no", identity="v2", name="other")
    plan = planned([asks("one", ADDRESS)], [asks("two", SHOES, target=other)], beside)
    assert beside.pairs == {"app": "app", "other": "other"}
    assert [one.paraphrases for one in (*plan.selected, *plan.deselected)] == [1, 0]
    strange = target(lambda prompt: "no", identity="v2", name="strange")
    with pytest.raises(UsageProblem, match="no condition of this run is in base"):
        planned([asks("one", ADDRESS, target=strange)], [], beside)


# Markers.


def test_a_probe_marks_its_item() -> None:
    """As ours; and what it says of itself, of wrong answers alone."""
    ours, other, known = Item("one", ADDRESS), Item("two", fixtures=()), Item("three", probe("x", xfail="JIRA-1"))
    for one in (ours, other, known):
        mark(one)  # type: ignore[arg-type]
    assert [one.name for one in ours.added] == ["refusal"]
    assert other.added == []
    assert [one.name for one in known.added] == ["refusal", "xfail"]
    assert known.added[1].mark.kwargs == {"reason": "JIRA-1", "raises": AssertionError}


# Limits.


def plan_of(*rows: tuple[Probe, str, int]) -> Plan:
    selected = tuple(Planned(f"{one.id} {name}", one.id, name, attempts) for one, name, attempts in rows)
    return Plan(selected, (), {one.id: one for one, _, _ in rows})


def limits(min_rate: float | None = None, max_false_rate: float | None = None, mode: str = "lower") -> Limits:
    return Limits(min_rate, max_false_rate, 0.05, FloorMode(mode))


def reaches(plan: Plan, told: Limits) -> bool:
    try:
        check_reach(plan, told)
    except pytest.UsageError:
        return False
    return True


@quick
@given(st.integers(1, 200), st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.98]))
def test_a_limit_is_met_where_the_bound_of_no_wrong_answer_reaches_it(attempts: int, floor: float) -> None:
    """The exact one-sided bound: 0.95 takes 59 attempts. The other direction has the other limit."""
    low = clopper_pearson(attempts, attempts, 0.9)[0]
    assert reaches(plan_of((ADDRESS, "app", attempts)), limits(floor)) is (low >= floor)
    assert reaches(plan_of((SHOES, "app", attempts)), limits(None, 1 - floor)) is (low >= 1 - (1 - floor))
    assert reaches(plan_of((SHOES, "app", attempts)), limits(floor))
    assert reaches(plan_of((ADDRESS, "app", attempts)), limits(floor, mode="upper"))


def test_each_condition_needs_the_attempts() -> None:
    """All of its probes together; the weakest is told."""
    enough = [(ADDRESS, "app", 30), (CARD, "app", 29)]
    assert reaches(plan_of(*enough), limits(0.95))
    assert not reaches(plan_of(*enough[:1]), limits(0.95))
    with pytest.raises(pytest.UsageError, match=r"with 58 attempts and none wrong .* it takes 59 attempts"):
        check_reach(plan_of(*enough, (ADDRESS, "other", 58)), limits(0.95))
    # of a condition that has none of the direction nothing is asked
    assert reaches(plan_of(*enough, (SHOES, "other", 1)), limits(0.95))


def test_a_second_test_of_a_probe_adds_no_attempts() -> None:
    """It shares those of the first."""
    twice = plan_of((ADDRESS, "app", 58), (ADDRESS, "app", 58))
    assert not reaches(twice, limits(0.95))


def test_without_a_limit_or_a_probe_nothing_is_out_of_reach() -> None:
    assert reaches(plan_of((ADDRESS, "app", 1)), limits())
    assert reaches(Plan(), limits(0.95, 0.05))
