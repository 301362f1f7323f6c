"""The state of a run in one process: built when the first thing of ours is met, kept in ``config.stash``."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path

import pytest

from pytest_refusal.collection.planning import make_plan
from pytest_refusal.errors import UsageProblem
from pytest_refusal.judges.acts import ActsFirst
from pytest_refusal.limits import unreachable_limit
from pytest_refusal.protocols import Judge
from pytest_refusal.records import Expect
from pytest_refusal.reports import terminal, wire_json
from pytest_refusal.session import suite
from pytest_refusal.session.asking import Asker
from pytest_refusal.session.budget import Budget
from pytest_refusal.session.conditions import Conditions
from pytest_refusal.session.items import ItemHooks
from pytest_refusal.session.judging import find_judge
from pytest_refusal.session.redaction import Redactors
from pytest_refusal.session.runner import Runner
from pytest_refusal.session.scoreboard import Scoreboard
from pytest_refusal.session.wire import OUTCOMES, PLAN, ItemRecord, Plan
from pytest_refusal.settings import Settings
from pytest_refusal.store import Store
from pytest_refusal.summary import Report


class Engine:
    """Holds what outlives a hook call: a runner where tests run, a scoreboard where reports arrive.

    Args:
        config: pytest's.
        settings: Read from it.
    """

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        self.config = config
        self.settings = settings
        self.claims: dict[str, frozenset[Path]] = {}
        self.deselected: list[pytest.Item] = []
        self.worker = hasattr(config, "workerinput")
        self.run: str = config.workerinput["testrunuid"] if self.worker else uuid.uuid4().hex  # type: ignore[attr-defined]
        self.conditions = Conditions(settings)
        self.redactors = Redactors(settings.lang)
        self.scoreboard = Scoreboard(settings)
        self.warnings: dict[str, None] = {}
        self.report: Report | None = None
        self._runner: Runner | None = None

    def runner(self) -> Runner:
        """Return the runner of this process."""
        if self._runner is None:
            self._runner = self._make_runner()
        return self._runner

    @property
    def _looks_only(self) -> bool:
        """Whether no test is meant to run: ``--collect-only``, ``--setup-only``, ``--setup-plan``."""
        return any(self.config.getoption(name, False) for name in ("collectonly", "setuponly", "setupplan"))

    # Where tests run.

    def collected(self, items: list[pytest.Item]) -> None:
        """Plan what is meant to run, and watch the items; called when the collection is final.

        Raises:
            pytest.UsageError: The target, the judge or a probe is wrong; a worker of pytest-xdist, where that would be
                an internal error, fails each of its tests with the text instead.
        """
        if self._looks_only:
            return
        plan, problem = Plan(), ""
        try:
            if any("refusal" in getattr(item, "fixturenames", ()) for item in items):
                self._resolve()
            plan = make_plan(items, self.deselected, self.settings, self.conditions, self.redactors)
            self._check_reach(plan)
        except (pytest.UsageError, UsageProblem) as error:
            problem = str(error)
            if not self.worker:
                raise pytest.UsageError(problem) from None
        runner = self.runner()
        runner.problem = problem
        places = {item.nodeid: number for number, item in enumerate(items)}
        wants_texts = bool(self.settings.reports or self.config.hook.pytest_refusal_report.get_hookimpls())
        hooks = ItemHooks(runner, places, plan.to_text(), wants_texts, self.warnings)
        self.config.pluginmanager.register(hooks, "refusal-items")

    def _resolve(self) -> None:
        """Meet a wrong target or judge before the first test."""
        if self.settings.target is not None:
            self.conditions.named(self.settings.target)
        elif self.settings.ini_target is not None:
            self.conditions.named(self.settings.ini_target)
        self.runner()

    def _check_reach(self, plan: Plan) -> None:
        planned = {(one.probe, one.condition): one.attempts for one in plan.selected}
        least: dict[Expect, int] = {}
        for expect in Expect:
            by_condition: dict[str, int] = {}
            for (probe, condition), attempts in planned.items():
                if plan.probes[probe].expect is expect:
                    by_condition[condition] = by_condition.get(condition, 0) + attempts
            least[expect] = min(by_condition.values(), default=0)
        if text := unreachable_limit(self.settings.limits, least[Expect.REFUSE], least[Expect.ANSWER]):
            raise pytest.UsageError(text)

    def _make_runner(self) -> Runner:
        settings = self.settings
        judge: Judge = ActsFirst(find_judge(self.config, settings), settings.handoff_tools)
        shared = Path(tempfile.gettempdir()) / f"pytest-refusal-{self.run}.asked" if self.worker else None
        asker = Asker(
            Store(settings.store, settings.record, self.run, self._warn),
            settings.record,
            judge,
            settings.seed,
            Budget(settings.max_requests, shared),
            self._warn,
        )
        return Runner(settings, self.conditions, asker, self.redactors)

    def _warn(self, text: str) -> None:
        self.warnings.setdefault(text)

    # Where reports arrive.

    def receive(self, report: pytest.TestReport) -> None:
        """Take in a test report: a plan, what an item measured, or that a worker died."""
        if str(report.when) == "???":
            self.scoreboard.crashed(report.nodeid)
            return
        if (text := getattr(report, PLAN, None)) is not None:
            self.scoreboard.plan(Plan.from_text(text))
        if (text := getattr(report, OUTCOMES, None)) is not None:
            self.scoreboard.add(ItemRecord.from_text(text))

    def finish(self, session: pytest.Session) -> None:
        """Make the report when the tests are over; each broken limit fails the run as a test report of its own."""
        if self.worker or self._looks_only:
            return
        Path(tempfile.gettempdir(), f"pytest-refusal-{self.run}.asked").unlink(missing_ok=True)
        if not self.scoreboard.measured and not self.settings.named_limits:
            return
        self.report = self.scoreboard.report()
        for broken in self.report.broken:
            suite.fail(session, broken)
        suite.write_reports(session, self.report, self.settings.reports)
        self.config.hook.pytest_refusal_report(report=wire_json.report_json(self.report), config=self.config)

    def print_summary(self, reporter: pytest.TerminalReporter) -> None:
        """Print the section ``refusal`` of the terminal summary; colours are pytest's, off when piped."""
        if self.report is None:
            return
        reporter.section("refusal")
        for line in terminal.lines(self.report):
            reporter.write_line(line.text, **_MARKUP[line.tone])


_MARKUP: dict[str, dict[str, bool]] = {"": {}, "good": {"green": True}, "bad": {"red": True}, "note": {"yellow": True}}
