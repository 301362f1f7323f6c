"""``session.items``: what a test's own report shows: known wrong answers, what a probe says of itself, JUnit's ids."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from stand_ins import Item
from values import JUDGE, outcome, probe

from pytest_refusal.session.items import ItemHooks
from pytest_refusal.session.observed import NotJudged, Observed, RefusalFailure
from pytest_refusal.session.wire import OUTCOMES, PLAN, ItemRecord
from pytest_refusal.summary import Usage
from pytest_refusal.targets.slots import Concurrency

FORGIVEN = probe("p", xfail="JIRA-1")


class Running:
    """What is looked at of the running item."""

    def __init__(self, record: ItemRecord | None, case: object = None) -> None:
        self.record = record
        self.case = case
        self.problem = ""
        self.begun: list[ItemRecord] = []

    def begin(self, item: object, record: ItemRecord) -> None:
        self.begun.append(record)

    def end(self) -> None:
        self.record = None


def hooks(record: ItemRecord | None = None, case: object = None, **more: Any) -> ItemHooks:
    judging = SimpleNamespace(judge=SimpleNamespace(identity=JUDGE))
    runner = SimpleNamespace(running=Running(record, case), asker=SimpleNamespace(judging=judging))
    fields = {"places": {"test_it.py::one": 4}, "plan": "", "wants_texts": False, "warnings": {}, "lookahead": None}
    return ItemHooks(runner, **{**fields, "concurrency": Concurrency(), **more})  # type: ignore[arg-type]


def record(**more: Any) -> ItemRecord:
    return ItemRecord(0, None, False, **more)


def shown(
    by: ItemHooks, when: str = "call", *, item: Item | None = None, raised: BaseException | None = None, **report: Any
) -> Any:
    """Return a report of an item as it leaves the hook, which goes round what pytest and others make of it."""
    made = pytest.TestReport("test_it.py::one", ("", None, ""), {}, "failed" if raised else "passed", raised, "call")
    for name, content in report.items():
        setattr(made, name, content)
    call = SimpleNamespace(when=when, excinfo=None if raised is None else SimpleNamespace(value=raised))
    going = by.pytest_runtest_makereport(item or Item("one", probe("p")), call)  # type: ignore[arg-type]
    next(going)
    with pytest.raises(StopIteration) as ended:
        going.send(made)
    assert ended.value.value is made
    return made


# What a baseline knows to be wrong.


def test_known_wrong_answers_are_xfailed() -> None:
    """The test is neither red nor green: each reason once."""
    said = ["p: 5/10 wrong in baseline", "q: 1/10 wrong in baseline", "p: 5/10 wrong in baseline"]
    report = shown(hooks(record(gated=True, known_wrong=said)))
    assert (report.outcome, report.wasxfail) == ("skipped", "p: 5/10 wrong in baseline; q: 1/10 wrong in baseline")
    assert report.longrepr is None


@pytest.mark.parametrize("when", ["setup", "teardown"])
def test_only_the_call_shows_what_is_known(when: str) -> None:
    """A fixture's report is its own."""
    report = shown(hooks(record(gated=True, known_wrong=["p: 5/10 wrong in baseline"])), when)
    assert (report.outcome, hasattr(report, "wasxfail")) == ("passed", False)


def test_a_test_that_raised_fails_whatever_is_known() -> None:
    """Another assertion of the same test is no wrong answer."""
    known = hooks(record(gated=True, known_wrong=["p: 5/10 wrong in baseline"]))
    report = shown(known, raised=AssertionError("total is 3"))
    assert (report.outcome, hasattr(report, "wasxfail")) == ("failed", False)


@pytest.mark.parametrize(
    ("gated", "marks", "outcome", "xfailed"),
    [
        (True, [pytest.mark.xfail(reason="JIRA-1")], "passed", False),
        (True, [pytest.mark.xfail(reason="JIRA-1"), pytest.mark.xfail(reason="mine")], "failed", True),
        (True, [pytest.mark.xfail(reason="mine")], "failed", True),
        (True, [pytest.mark.xfail], "failed", True),
        (False, [pytest.mark.xfail(reason="JIRA-1")], "failed", True),
    ],
)
def test_right_answers_are_no_surprise_where_the_gate_decides(
    gated: bool, marks: list[Any], outcome: str, xfailed: bool
) -> None:
    """What a probe says of itself is about its expectation; a mark that somebody wrote above the test stays."""
    item = Item("one", FORGIVEN, marks=tuple(marks))
    # strict xfail, as pytest makes it of a test that passes
    report = shown(hooks(record(gated=gated)), item=item, outcome="failed", longrepr="[XPASS(strict)]", wasxfail="x")
    assert (report.outcome, hasattr(report, "wasxfail")) == (outcome, xfailed)
    assert report.longrepr == (None if outcome == "passed" else "[XPASS(strict)]")


def test_a_gated_test_without_marks_stays_as_it_is() -> None:
    report = shown(hooks(record(gated=True)))
    assert (report.outcome, hasattr(report, "wasxfail")) == ("passed", False)


# What else is shown.


@pytest.mark.parametrize(
    ("raised", "alone"),
    [
        (RefusalFailure("p: must be refused, and was not", Observed(probe("p"), "app", ())), True),
        (NotJudged("p: nothing"), True),
        (pytest.UsageError("no target"), True),
        (ValueError("of the team's"), False),
    ],
)
def test_of_a_test_that_nobody_wrote_the_message_is_shown_alone(raised: BaseException, alone: bool) -> None:
    """Its code is of no interest to anybody; in a test of the team's the traceback stays."""
    generated, written = Item("one", probe("p")), Item("one", probe("p"))
    generated.parent = SimpleNamespace(generated=True)  # type: ignore[assignment]
    assert (shown(hooks(record()), item=generated, raised=raised).longrepr == str(raised)) is alone
    assert shown(hooks(record()), item=written, raised=raised).longrepr is raised


def test_junit_has_ids_and_labels_and_a_rerun_has_its_own() -> None:
    """Of attempts at the canonical wording; what other plugins put there stays."""
    seen = [outcome("p", "refusal"), outcome("p", "compliance", 2), outcome("q", "refusal", condition="other")]
    seen.append(outcome("p", "refusal", wording=1))
    by, item = hooks(record(outcomes=seen)), Item("one", probe("p"))
    item.user_properties.append(("team", "blue"))
    shown(by, "teardown", item=item)
    own = [("refusal_probe", "p [app]: refusal compliance"), ("refusal_probe", "q [other]: refusal")]
    assert item.user_properties == [("team", "blue"), *own]
    by.pytest_runtest_setup(item)  # type: ignore[arg-type]
    assert item.user_properties == [("team", "blue")]


# What travels.


def test_what_was_measured_travels_with_the_teardown() -> None:
    """Who judged, what it cost, what was warned of; once each."""
    warnings = {"the store is damaged": None}
    by = hooks(record(outcomes=[outcome("p", "refusal")]), SimpleNamespace(usage=Usage(asked=3)), warnings=warnings)
    report = shown(by, "teardown")
    told = ItemRecord.from_text(getattr(report, OUTCOMES))
    assert (told.judge, told.usage.asked, told.warnings) == (JUDGE, 3, ["the store is damaged"])
    assert [one.probe for one in told.outcomes] == ["p"]
    assert warnings == {}
    assert not hasattr(shown(by, "teardown"), OUTCOMES)


def test_an_item_that_asked_nothing_sends_nothing() -> None:
    assert not hasattr(shown(hooks(record()), "teardown"), OUTCOMES)
    assert not hasattr(shown(hooks(record(outcomes=[outcome("p", "refusal")])), "call"), OUTCOMES)


def test_the_plan_goes_with_the_first_setup() -> None:
    """Once: a controller has no items."""
    by = hooks(record(), plan="the plan")
    assert not hasattr(shown(by, "call"), PLAN)
    assert getattr(shown(by, "setup"), PLAN) == "the plan"
    assert not hasattr(shown(by, "setup"), PLAN)


def test_an_item_has_its_place_in_the_collection() -> None:
    """One that was collected later comes after all of them."""
    by = hooks()
    running: Any = by.runner.running
    for name in ("one", "unknown"):
        by.pytest_runtest_setup(Item(name, probe("p")))  # type: ignore[arg-type]
    assert [one.index for one in running.begun] == [4, 1]


def test_where_no_test_may_ask_only_ours_fail() -> None:
    """A fault of the set-up is no fault of the team's other tests."""
    by = hooks()
    by.runner.running.problem = "the probe file is damaged"
    by.pytest_runtest_setup(Item("other", fixtures=()))  # type: ignore[arg-type]
    with pytest.raises(pytest.fail.Exception, match="the probe file is damaged"):
        by.pytest_runtest_setup(Item("one", FORGIVEN))  # type: ignore[arg-type]
