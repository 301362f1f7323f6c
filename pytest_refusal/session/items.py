"""The hooks of a process that runs tests: binds the runner to the running item, and its record to the reports."""

from __future__ import annotations

from collections.abc import Generator, Mapping

import pytest

from pytest_refusal.session.ahead.lookahead import Lookahead
from pytest_refusal.session.ahead.prediction import probes_of
from pytest_refusal.session.observed import NotJudged, RefusalFailure
from pytest_refusal.session.runner import Runner
from pytest_refusal.session.wire import OUTCOMES, PLAN, ItemRecord
from pytest_refusal.targets.slots import Concurrency

PROPERTY = "refusal_"
SHOWN_ALONE = (RefusalFailure, NotJudged, pytest.UsageError)


class ItemHooks:
    """Registered once the collection is final and holds something of ours.

    Args:
        runner: Bound to one item after another.
        places: Node id → the item's place in the collection.
        plan: As text; it goes with the first setup report, for a controller has no items.
        wants_texts: A report will show the answers.
        warnings: Filled by the store and the targets, sent with the next item.
        lookahead: Asks ahead of the items, or None where nothing is.
        concurrency: Knows how each server was used.
        process: What this process is called in a run of several, else ``""``.
    """

    def __init__(
        self,
        runner: Runner,
        places: Mapping[str, int],
        plan: str,
        wants_texts: bool,
        warnings: dict[str, None],
        lookahead: Lookahead | None,
        concurrency: Concurrency,
        process: str = "",
    ) -> None:
        self.runner = runner
        self.places = places
        self.plan = plan
        self.wants_texts = wants_texts
        self.warnings = warnings
        self.lookahead = lookahead
        self.concurrency = concurrency
        self.process = process

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        # here and not around the protocol: a rerun sets the item up again
        item.user_properties[:] = [one for one in item.user_properties if not one[0].startswith(PROPERTY)]
        self.runner.running.begin(item, self._record(item))
        if self.lookahead is not None:
            self.lookahead.begin(self._place(item))
        if self.runner.running.problem and "refusal" in getattr(item, "fixturenames", ()):
            pytest.fail(self.runner.running.problem, pytrace=False)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_call(self) -> None:
        if self.lookahead is not None:
            # the item's fixtures may have told whom the next ones ask
            self.lookahead.fill()

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        if self.lookahead is None:
            return
        self.lookahead.end(self._place(item))
        if nextitem is None and self.process:
            self.lookahead.drain()

    def _place(self, item: pytest.Item) -> int:
        return self.places.get(item.nodeid, len(self.places))

    def _record(self, item: pytest.Item) -> ItemRecord:
        return ItemRecord(self._place(item), None, self.wants_texts, process=self.process)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest
    ) -> Generator[None, object, object]:
        self.runner.running.fixture_begins(fixturedef.scope, request)
        try:
            return (yield)
        finally:
            self.runner.running.fixture_ends(fixturedef.scope)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        record = self.runner.running.record
        if call.when == "teardown" and record is not None:
            item.user_properties += _properties(record)
        report = yield
        raised = call.excinfo.value if call.excinfo is not None and report.failed else None
        if isinstance(raised, SHOWN_ALONE) and getattr(item.parent, "generated", False):
            # nobody wrote this test: its message is all there is to show
            report.longrepr = str(raised)
        if call.when == "call" and record is not None and call.excinfo is None:
            _say_what_is_known(item, report, record)
        if call.when == "setup" and self.plan:
            setattr(report, PLAN, self.plan)
            self.plan = ""
        if call.when == "teardown" and record is not None:
            case = self.runner.running.case
            if case is not None:
                record.judge = self.runner.asker.judging.judge.identity
                record.usage = case.usage
                if self.process:
                    record.servers = self.concurrency.uses()
            if self.lookahead is not None:
                record.usage = record.usage.plus(self.lookahead.spent())
            record.warnings += self.warnings
            self.warnings.clear()
            if record.outcomes or case is not None or record.warnings:
                setattr(report, OUTCOMES, record.to_text())
            self.runner.running.end()
        return report


def _say_what_is_known(item: pytest.Item, report: pytest.TestReport, record: ItemRecord) -> None:
    """Show wrong answers that a baseline knows as xfailed; right ones never as xpassed.

    Only of a test that passed: one that another plugin fails, such as for a soft assert, is no matter of the gate's.
    """
    passes = report.passed or str(report.longrepr).startswith("[XPASS(strict)]")
    if not passes:
        return
    if record.known_wrong:
        report.outcome, report.longrepr = "skipped", None
        report.wasxfail = "; ".join(dict.fromkeys(record.known_wrong))
    elif record.gated and (marks := list(item.iter_markers("xfail"))) and all(_is_a_probes(one, item) for one in marks):
        # what a probe says of itself, 'xfail: …', is about its expectation; here the gate decides
        if hasattr(report, "wasxfail"):
            del report.wasxfail
        report.outcome, report.longrepr = "passed", None


def _is_a_probes(mark: pytest.Mark, item: pytest.Item) -> bool:
    return mark.kwargs.get("reason") in {one.xfail for one in probes_of(item) if one.xfail}


def _properties(record: ItemRecord) -> list[tuple[str, object]]:
    """Return what JUnit shows of the item: ids and labels, no text of a model."""
    return [
        (f"{PROPERTY}probe", f"{probe} [{condition}]: {' '.join(labels)}")
        for (probe, condition), labels in record.labels.items()
    ]
