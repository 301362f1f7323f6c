"""The gate of a run from the first test to the last line: what can be seen, rounds, the second set, the verdict."""

from __future__ import annotations

import os
import shlex
import traceback
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_refusal.errors import UsageProblem
from pytest_refusal.escaping import printable
from pytest_refusal.protocols import JudgeIdentity, Redactor
from pytest_refusal.records import Probe, Response, Verdict
from pytest_refusal.redact import redactor
from pytest_refusal.session.ahead.prediction import probes_of
from pytest_refusal.session.asking import Asker, Case, SharedCases
from pytest_refusal.session.conditions import Conditions
from pytest_refusal.session.gating.gated import GatedRun
from pytest_refusal.session.gating.outlook import outlook
from pytest_refusal.session.gating.rounds import InRounds, Rounds
from pytest_refusal.session.gating.second_set import ask_again, wanted_again
from pytest_refusal.session.gating.verdict import Asked, gated, held
from pytest_refusal.session.judging import Judging
from pytest_refusal.session.redaction import Redactors
from pytest_refusal.session.scoreboard import Scoreboard
from pytest_refusal.session.wire import ItemRecord, Plan
from pytest_refusal.settings import Settings
from pytest_refusal.summary import Broken, Report, Usage


class JudgeOfTheRun:
    """The run's judge as a function, for answers of earlier runs: it asks, stores and redacts as in a test.

    Args:
        judging: Of the run.
    """

    def __init__(self, judging: Judging) -> None:
        self._judging = judging
        # no test runs, and what is judged was redacted by its hooks when it was written
        self._redact: Redactor = redactor(os.environ)

    @property
    def identity(self) -> JudgeIdentity:
        return self._judging.judge.identity

    def __call__(self, probe: Probe, response: Response, /) -> Verdict:
        return self._judging.verdict(probe, response, self._redact)


class Gate:
    """What the engine calls, in a run that has a baseline.

    Args:
        config: pytest's.
        settings: Of the run.
        gated: What its baselines change.
        conditions: Whom an item asks.
        redactors: Of what it asks.
        asker: Gives what asks and judges, where that is needed.
    """

    def __init__(
        self,
        config: pytest.Config,
        settings: Settings,
        gated: GatedRun,
        conditions: Conditions,
        redactors: Redactors,
        asker: Callable[[], Asker],
    ) -> None:
        assert gated.known is not None
        self._config = config
        self._settings = settings
        self._gated = gated
        self._known = gated.known
        self._conditions = conditions
        self._redactors = redactors
        self._asker = asker
        self._rounds: Rounds | None = None

    def begin(self, plan: Plan) -> None:
        """Judge the baselines by the judge of the run, and say what can be seen; before anything is asked.

        Raises:
            UsageProblem: Another judge had judged, and the answers are not at hand.
        """
        if not plan.probes:
            return
        self._known.judge_by(JudgeOfTheRun(self._asker().judging), plan.probes)
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        # a worker has one too, and nobody sees what it writes
        if reporter is not None and not hasattr(self._config, "workerinput"):
            for line in outlook(self._known, plan, self._settings):
                reporter.write_line(line)

    def ask_in_rounds(self, items: Sequence[pytest.Item], plan: Plan) -> Usage:
        """Ask rounds before the first test; return what that cost.

        Raises:
            pytest.UsageError: An item's target cannot be asked ahead of it.
        """
        asks = InRounds(self._settings, self._known, self._gated, self._conditions, self._redactors, self._asker())
        try:
            self._rounds = asks.ask(items, plan, self._narrowed(plan.unnamed))
        except UsageProblem as problem:
            raise pytest.UsageError(problem.message) from None
        self._gated.settled = self._rounds.settled
        return self._rounds.usage

    def ask_again(self, items: Sequence[pytest.Item], scoreboard: Scoreboard) -> None:
        """Ask the second set, where nothing was edited, something fails, and an option names the target.

        Never raises: what was not asked withdraws nothing.

        Args:
            items: That ran in this process; none where others ran them: nobody knows here how to ask.
            scoreboard: What was measured; the second set is added to it.
        """
        if self._settings.target is None and self._settings.ini_target is None:
            return
        try:
            self._ask_again(items, scoreboard)
        except Exception as error:
            said = _unexpected("no second set was asked", error)
            scoreboard.add(ItemRecord(len(items), None, wants_texts=False, warnings=[said]))

    def _ask_again(self, items: Sequence[pytest.Item], scoreboard: Scoreboard) -> None:
        if not items:
            return
        report = scoreboard.report(reworded=False)
        if report.judge is None or not self._may_be_unchanged(report) or self._judged_otherwise(report):
            return
        _, pairs, result = held(report, self._known, self._told(scoreboard), self._settings)
        places: dict[tuple[str, str], tuple[pytest.Item, Probe]] = {}
        for item in items:
            name = self._conditions.name(item) if "refusal" in getattr(item, "fixturenames", ()) else None
            for probe in probes_of(item) if name is not None else ():
                places.setdefault((name or "", probe.id), (item, probe))

        cases = SharedCases()

        def find(condition: str, name: str) -> tuple[Case, Probe] | None:
            if (condition, name) not in places:
                return None
            item, probe = places[condition, name]
            known = self._conditions.known(item)
            if known is None:
                return None
            return cases.of(Case(item.nodeid, *known, self._redactors.of(item))), probe

        outcomes, asked = ask_again(wanted_again(pairs, result), find, self._asker())
        record = ItemRecord(len(items), report.judge, wants_texts=True, outcomes=outcomes)
        for case in asked:
            record.usage = record.usage.plus(case.usage)
            record.responses.update(case.texts)
        scoreboard.add(record)

    def verdict(self, report: Report, scoreboard: Scoreboard) -> Report:
        """Return the report with the gate's verdict; what cannot be compared fails the run and says why.

        Never raises: a run may have taken hours, and what it measured is written whatever fails here.
        """
        try:
            self._known.pair(scoreboard.conditions)
            if not (why := self._judged_otherwise(report)):
                return gated(report, self._known, self._told(scoreboard), self._settings)
        except UsageProblem as problem:
            why = problem.message
        except Exception as error:
            why = _unexpected("the gate has no verdict", error)
        return replace(report, broken=(*report.broken, Broken("unmeasured", "gate", "", why)))

    def _judged_otherwise(self, report: Report) -> str:
        """Judge the baselines by the judge of the run; return why that cannot be, or ``""``."""
        if report.judge is None or not self._known.judged_by_others(report.judge, report.probes):
            return ""
        try:
            self._known.judge_by(JudgeOfTheRun(self._asker().judging), report.probes)
        except UsageProblem as problem:
            return problem.message
        return ""

    def _may_be_unchanged(self, report: Report) -> bool:
        """Return whether a condition has the identity and the system prompt of before; the gate asks for more.

        Most runs gate an edit: of those nothing more has to be found out before their verdict.
        """
        before = {(one.condition, one.identity_sha256, one.system_prompt_sha256) for one in self._known.lines}
        now = [(self._known.pairs.get(name), one.condition) for name, one in report.conditions.items()]
        return any(
            one.identity_sha256 and (name, one.identity_sha256, one.system_prompt_sha256 or "") in before
            for name, one in now
        )

    def _narrowed(self, unnamed: Collection[str]) -> Collection[str]:
        """Return the conditions of which the user left out what nobody can name: see :class:`Asked`."""
        return [*self._known.pairs] if is_narrowed(self._config) else unnamed

    def _told(self, scoreboard: Scoreboard) -> Asked:
        return Asked(
            scoreboard.picked,
            narrowed=self._narrowed(scoreboard.unnamed),
            rounds=None if self._rounds is None else self._rounds.done,
            saved=None if self._rounds is None else self._rounds.saved,
            command=_command(self._config, self._settings),
        )


def _unexpected(what: str, error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return redactor(os.environ)(f"{what}: {printable(said, 300)} ({Path(last.filename).name}:{last.lineno})")


def _command(config: pytest.Config, settings: Settings) -> str:
    """Return what makes the verdict again: which tests, and what was said to us; no file that it would write over."""
    chosen = [*config.args] if config.args_source is pytest.Config.ArgsSource.ARGS else []
    for option, name in (("-k", "keyword"), ("-m", "markexpr")):
        if given := config.getoption(name, ""):
            chosen += [option, str(given)]
    return redactor(os.environ)(shlex.join(["pytest", *chosen, *settings.command]))


def is_narrowed(config: pytest.Config) -> bool:
    """Return whether the user chose what to run by what is never collected then: paths, ``--lf``, ``--ignore``.

    A path that holds all that would run without it leaves nothing out: a probe that is not there is missing.
    """
    chosen = ("lf", "ignore", "ignore_glob")
    return (config.args_source is pytest.Config.ArgsSource.ARGS and not _names_everything(config)) or any(
        bool(config.getoption(name, None)) for name in chosen
    )


def _names_everything(config: pytest.Config) -> bool:
    here = config.invocation_params.dir
    tests = [config.rootpath / one for one in config.getini("testpaths")] if here == config.rootpath else []
    named = [(here / one).resolve() for one in config.args]
    return all(any(one.resolve().is_relative_to(place) for place in named) for one in tests or [here])
