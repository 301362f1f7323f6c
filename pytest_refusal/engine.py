"""The state of a run in one process: built when the first thing of ours is met, kept in ``config.stash``.

What is not needed before the first request leaves is imported where it is used: a server's first answer takes longest.
"""

from __future__ import annotations

import importlib
import os
import tempfile
import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_refusal.collection.planning import check_reach, make_plan
from pytest_refusal.errors import UsageProblem
from pytest_refusal.session.ahead.lookahead import Lookahead
from pytest_refusal.session.ahead.prediction import Predictor
from pytest_refusal.session.asking import Asker
from pytest_refusal.session.budget import Budget, shared_places
from pytest_refusal.session.conditions import Conditions
from pytest_refusal.session.gating.gated import GatedRun, read_known
from pytest_refusal.session.judge_calls import JudgeCalls
from pytest_refusal.session.judging import Judging, find_judge, is_embedded
from pytest_refusal.session.redaction import Redactors
from pytest_refusal.session.wire import OUTCOMES, PLAN, ItemRecord, Plan
from pytest_refusal.session.wordings.drawing import Drawing
from pytest_refusal.settings import Record, Settings
from pytest_refusal.store import Store
from pytest_refusal.store.flips import KnownFlips
from pytest_refusal.targets.connection import load_client
from pytest_refusal.targets.slots import Concurrency

if TYPE_CHECKING:
    from pytest_refusal.session.ahead.dry_run import DryRun
    from pytest_refusal.session.gating.whole import Gate
    from pytest_refusal.session.runner import Runner
    from pytest_refusal.session.scoreboard import Scoreboard
    from pytest_refusal.summary import JudgeErrors, Report


class Engine:
    """Holds what outlives a hook call: a runner where tests run, a scoreboard where reports arrive.

    Args:
        config: pytest's.
        settings: Read from it.
    """

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        self.config = config
        self.settings = settings
        self.warnings: dict[str, None] = {}
        self.claims: dict[str, frozenset[Path]] = {}
        self.deselected: list[pytest.Item] = []
        self.worker = hasattr(config, "workerinput")
        self.run: str = config.workerinput["testrunuid"] if self.worker else uuid.uuid4().hex  # type: ignore[attr-defined]
        if settings.auto and (self.worker or config.getoption("dist", "no") != "no"):
            raise pytest.UsageError(
                "--refusal-attempts=auto asks in rounds in one process, not under pytest-xdist: leave out -n, or name "
                "a number: --refusal-attempts=3"
            )
        self.concurrency = self._make_concurrency()
        self.conditions = Conditions(settings, self.concurrency)
        self.redactors = Redactors(settings.lang)
        self.gated = GatedRun(settings, read_known(settings), self.redactors)
        self.lookahead: Lookahead | None = None
        self.dry_run: DryRun | None = None
        self._items: list[pytest.Item] = []
        self.report: Report | None = None
        self.errors = None if self.worker else _judge_errors(settings.calibration)
        if self._will_ask_a_server:
            # Hypothesis looks into a half imported annotated_types as if it were whole: it is there before the thread
            with suppress(ImportError):
                importlib.import_module("annotated_types")
            # no daemon: an interpreter that ends while its libraries are half imported is aborted by them
            threading.Thread(target=load_client, name="pytest-refusal-import").start()

    @property
    def _will_ask_a_server(self) -> bool:
        named = self.settings.target or self.settings.ini_target or ""
        controls = not self.worker and self.config.getoption("dist", "no") != "no"
        looks_only = self._looks_only or self.settings.dry_run or self.settings.record is Record.NONE
        return named.startswith("ollama:") and not controls and not looks_only

    @cached_property
    def runner(self) -> Runner:
        """The runner of this process."""
        from pytest_refusal.session.runner import Runner
        from pytest_refusal.session.running import Running

        running = Running(self.settings, self.conditions, self.redactors)
        return Runner(running, self._asker, self._drawing, self.gated)

    @cached_property
    def scoreboard(self) -> Scoreboard:
        """The scoreboard of this process."""
        from pytest_refusal.session.scoreboard import Scoreboard

        return Scoreboard(self.settings, self.errors)

    @cached_property
    def gate(self) -> Gate | None:
        """The gate of a run with a baseline."""
        if self.gated.known is None:
            return None
        from pytest_refusal.session.gating.whole import Gate

        return Gate(self.config, self.settings, self.gated, self.conditions, self.redactors, lambda: self._asker)

    @cached_property
    def _store(self) -> Store:
        return Store(self.settings.store, self.settings.record, self.run, self._warn)

    @cached_property
    def _drawing(self) -> Drawing:
        return Drawing(self.settings, KnownFlips(self._store, self._warn))

    @cached_property
    def _asker(self) -> Asker:
        settings, store = self.settings, self._store
        calls = JudgeCalls(
            store,
            settings.record,
            settings.hosts,
            settings.timeout_s,
            settings.root,
            self.concurrency,
            self._warn,
        )
        asker = Asker(
            store,
            settings.record,
            Judging(lambda: find_judge(self.config, settings, calls, preflight=not settings.dry_run), calls),
            settings.seed,
            Budget(settings.max_requests, self._of_run("asked") if self.worker else None),
            self._warn,
        )
        asker.numbers = self.gated.numbers
        return asker

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
        if self.settings.dry_run:
            self._look_through(items)
            return
        plan, problem = Plan(), ""
        try:
            if any("refusal" in getattr(item, "fixturenames", ()) for item in items):
                self._resolve()
            plan = make_plan(items, self.deselected, self.settings, self.conditions, self.redactors, self.gated)
            check_reach(plan, self.settings.limits)
            if self.gate is not None:
                self.gate.begin(plan)
        except (pytest.UsageError, UsageProblem) as error:
            problem = str(error)
            if not self.worker:
                raise pytest.UsageError(problem) from None
        if not problem and self.settings.record is not Record.NONE:
            # before everything that can wait: the first answer takes longest
            self.lookahead = self._look_ahead(items, plan)
        elif not problem:
            self._ask_in_rounds(items, plan)
        self._watch(items, plan, problem)

    def _look_ahead(self, items: list[pytest.Item], plan: Plan) -> Lookahead:
        predict = Predictor(
            items, self.settings, self.conditions, self.redactors, self._asker, self._drawing, self.gated
        )
        lookahead = Lookahead(self._asker, predict, len(items), self.concurrency.close)
        self._asker.ahead = lookahead
        self._ask_in_rounds(items, plan)
        # the first request leaves before the judge is loaded, and is judged after
        with self._asker.judging.loads():
            lookahead.begin(0)
        return lookahead

    def _ask_in_rounds(self, items: list[pytest.Item], plan: Plan) -> None:
        if self.settings.auto and self.gate is not None:
            self.scoreboard.spend(self.gate.ask_in_rounds(items, plan), ())

    def _watch(self, items: list[pytest.Item], plan: Plan, problem: str) -> None:
        from pytest_refusal.session.given import GivenHooks
        from pytest_refusal.session.items import ItemHooks

        self._items = items
        self.runner.running.problem = problem
        self.runner.planned = plan.probes
        if not self.worker:
            self.scoreboard.plan(plan)
        hooks = ItemHooks(
            self.runner,
            {item.nodeid: number for number, item in enumerate(items)},
            plan.to_text() if self.worker else "",
            self._wants_texts,
            self.warnings,
            self.lookahead,
            self.concurrency,
            self.config.workerinput["workerid"] if self.worker else "",  # type: ignore[attr-defined]
        )
        self.config.pluginmanager.register(hooks, "refusal-items")
        self.config.pluginmanager.register(GivenHooks(self.runner, self.settings.seed), "refusal-given")
        if self.lookahead is not None:
            self.lookahead.waits = self._waiter(plan)

    @property
    def _wants_texts(self) -> bool:
        hooked = self.config.hook.pytest_refusal_report.get_hookimpls()
        return bool(self.settings.reports or self.settings.baselines or hooked)

    def _waiter(self, plan: Plan) -> Callable[[], None]:
        """Return what is done while a test waits for an answer: what is needed after it is loaded, and shown."""
        from pytest_refusal.reports.terminal import load_tables
        from pytest_refusal.session.ahead import progress

        ready: list[bool] = []
        line: progress.Progress | None = None
        if progress.is_watched(self.config):
            total = sum(one.known for one in plan.selected)
            line = progress.Progress(self.config, total, lambda: self._asker.done, self.concurrency)
            self.config.pluginmanager.register(line, "refusal-progress")

        def wait() -> None:
            if line is not None:
                line.show()
            if not ready:
                ready.append(True)
                _ = self._asker.judging.judge
                load_tables()

        return wait

    def _look_through(self, items: list[pytest.Item]) -> None:
        from pytest_refusal.session.ahead.dry_run import DryRun, InsteadOfTests

        try:
            self._resolve()
            make_plan(items, self.deselected, self.settings, self.conditions, self.redactors, self.gated)
            self.dry_run = DryRun(
                self.settings, self.conditions, self.redactors, self._asker, self._drawing, self.gated
            )
            self.dry_run.look(items)
        except UsageProblem as problem:
            raise pytest.UsageError(problem.message) from None
        self.config.pluginmanager.register(InsteadOfTests(), "refusal-dry-run")

    def _resolve(self) -> None:
        """Meet a wrong target or judge before the first test."""
        if self.settings.target is not None:
            self.conditions.named(self.settings.target)
        elif self.settings.ini_target is not None:
            self.conditions.named(self.settings.ini_target)
        if not is_embedded(self.config, self.settings):
            _ = self._asker.judging.judge

    def _make_concurrency(self) -> Concurrency:
        told = self.settings.concurrency
        if not self.worker:
            return Concurrency(told, warn=self._warn)
        workers = int(self.config.workerinput["workercount"])  # type: ignore[attr-defined]
        tokens = None if told is None else shared_places(self._of_run("places"), told)
        return Concurrency(told, workers, tokens, self._warn)

    def _of_run(self, what: str) -> Path:
        """Return a file that the processes of this run share."""
        return Path(tempfile.gettempdir()) / f"pytest-refusal-{self.run}.{what}"

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
        from pytest_refusal.session import suite

        if self.dry_run is not None:
            if (broken := self.dry_run.broken) is not None:
                suite.fail(session, broken)
            if told := [one for one in self.settings.reports if one.suffix == ".json"]:
                suite.write_reports(session, self.dry_run.report, told)
            return
        gate = None if self.worker or self._looks_only else self.gate
        if gate is not None:
            # before the asking ends
            gate.ask_again(self._items, self.scoreboard)
        if self.lookahead is not None:
            self.lookahead.stop()
        if self.worker or self._looks_only:
            return
        for what in ("asked", "places"):
            # Windows keeps a file that a worker has not let go of yet
            with suppress(OSError):
                self._of_run(what).unlink(missing_ok=True)
        if self.lookahead is not None:
            spent = replace(self.lookahead.spent(), unused=self.lookahead.unused)
            self.scoreboard.spend(spent, self.concurrency.uses())
        if not (self.scoreboard.measured or self.settings.named_limits or self.settings.baseline_named):
            return
        self.report = self.scoreboard.report()
        if gate is not None:
            self.report = gate.verdict(self.report, self.scoreboard)
        for broken in self.report.broken:
            suite.fail(session, broken)
        if self.settings.reports:
            suite.write_reports(session, self.report, self.settings.reports)
        if trouble := suite.write_step_summary(self.report, os.environ):
            self.report = replace(self.report, warnings=(*self.report.warnings, trouble))
        if self.config.hook.pytest_refusal_report.get_hookimpls():
            from pytest_refusal.reports import wire_json

            self.config.hook.pytest_refusal_report(report=wire_json.report_json(self.report), config=self.config)

    def print_summary(self, reporter: pytest.TerminalReporter) -> None:
        """Print the section ``refusal`` of the terminal summary; colours are pytest's, off when piped."""
        from pytest_refusal.reports import terminal

        if self.dry_run is not None:
            reporter.section("refusal: dry run")
            lines = self.dry_run.lines()
        elif self.report is not None:
            reporter.section("refusal")
            lines = terminal.lines(self.report)
        else:
            return
        for line in lines:
            reporter.write_line(line.text, **_MARKUP[line.tone])
        if self.report is not None:
            from pytest_refusal.session import suite

            for command in suite.annotations_of(self.report, os.environ):
                reporter.write_line(command)


_MARKUP: dict[str, dict[str, bool]] = {"": {}, "good": {"green": True}, "bad": {"red": True}, "note": {"yellow": True}}


def _judge_errors(calibration: Path | None) -> JudgeErrors | None:
    """Read how good the judge is, early: a damaged file is no surprise for the end of a run."""
    if calibration is None:
        return None
    from pytest_refusal.calibration.kept import read_kept

    try:
        return read_kept(calibration)
    except UsageProblem as problem:
        raise pytest.UsageError(f"ini refusal_calibration: {problem.message}") from None
