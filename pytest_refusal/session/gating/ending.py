"""The end of a gated run, where its reports arrive: the judge of then, the second set, the verdict."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from pytest_refusal.errors import UsageProblem
from pytest_refusal.protocols import JudgeIdentity, Redactor
from pytest_refusal.records import Probe, Response, Verdict
from pytest_refusal.redact import redactor
from pytest_refusal.session.ahead.prediction import probes_of
from pytest_refusal.session.asking import Asker, Case
from pytest_refusal.session.conditions import Conditions
from pytest_refusal.session.gating.known import Known
from pytest_refusal.session.gating.pairs import is_unchanged
from pytest_refusal.session.gating.rounds import Rounds
from pytest_refusal.session.gating.second_set import ask_again, wanted_again
from pytest_refusal.session.gating.verdict import Asked, gated, held
from pytest_refusal.session.judging import Judging
from pytest_refusal.session.redaction import Redactors
from pytest_refusal.session.scoreboard import Scoreboard
from pytest_refusal.session.wire import ItemRecord
from pytest_refusal.settings import Settings
from pytest_refusal.summary import Broken, Report


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


class Ending:
    """Decides a gated run.

    Args:
        config: pytest's.
        settings: Of the run.
        known: What its baselines know.
        scoreboard: What was measured.
        asker: Gives what asks and judges, where that is needed.
        rounds: What was asked before the first test, or None.
    """

    def __init__(
        self,
        config: pytest.Config,
        settings: Settings,
        known: Known,
        scoreboard: Scoreboard,
        asker: Callable[[], Asker],
        rounds: Rounds | None,
    ) -> None:
        self._config = config
        self._settings = settings
        self._known = known
        self._scoreboard = scoreboard
        self._asker = asker
        self._rounds = rounds

    def ask_again(self, items: Sequence[pytest.Item], conditions: Conditions, redactors: Redactors) -> None:
        """Ask the second set, where nothing was edited, something fails, and an option names the target.

        Args:
            items: That ran in this process; none where others ran them: nobody knows here how to ask.
            conditions: Whom they asked.
            redactors: Of what they asked.
        """
        if self._settings.target is None and self._settings.ini_target is None:
            return
        report = self._scoreboard.report(reworded=False)
        if not items or report.judge is None or not self._may_be_unchanged(report) or self._judged_otherwise(report):
            return
        _, pairs, result = held(report, self._known, self._told(), self._settings)
        places: dict[tuple[str, str], tuple[pytest.Item, Probe]] = {}
        for item in items:
            name = conditions.name(item) if "refusal" in getattr(item, "fixturenames", ()) else None
            for probe in probes_of(item) if name is not None else ():
                places.setdefault((name or "", probe.id), (item, probe))

        cases: dict[tuple[str, Redactor], Case] = {}

        def find(condition: str, name: str) -> tuple[Case, Probe] | None:
            if (condition, name) not in places:
                return None
            item, probe = places[condition, name]
            known = conditions.known(item)
            if known is None:
                return None
            redact = redactors.of(item)
            # one for all that are asked of the same: they are asked at once
            return cases.setdefault((condition, redact), Case(item.nodeid, *known, redact)), probe

        outcomes, asked = ask_again(wanted_again(pairs, result), find, self._asker())
        record = ItemRecord(len(items), report.judge, wants_texts=True, outcomes=outcomes)
        for case in asked:
            record.usage = record.usage.plus(case.usage)
            record.responses.update(case.texts)
        self._scoreboard.add(record)

    def verdict(self, report: Report) -> Report:
        """Return the report with the gate's verdict; what cannot be compared fails the run and says why."""
        self._known.pair(self._scoreboard.conditions)
        if why := self._judged_otherwise(report):
            return replace(report, broken=(*report.broken, Broken("unmeasured", "gate", "", why)))
        return gated(report, self._known, self._told(), self._settings)

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
        from pytest_refusal.baseline import lines_of
        from pytest_refusal.reports.wire_json import report_json

        now = lines_of(report_json(replace(report, texts=True)))
        return any(
            is_unchanged(
                [one for one in self._known.lines if one.condition == before],
                [one for one in now if one.condition == name],
            )
            for name, before in self._known.pairs.items()
        )

    def _told(self) -> Asked:
        return Asked(
            self._scoreboard.picked,
            narrowed=is_narrowed(self._config),
            rounds=None if self._rounds is None else self._rounds.done,
            saved=None if self._rounds is None else self._rounds.saved,
            command=_command(self._config, self._settings),
        )


def _command(config: pytest.Config, settings: Settings) -> str:
    """Return what makes the verdict again: which tests, and what was said to us; no file that it would write over."""
    chosen = [*config.args] if config.args_source is pytest.Config.ArgsSource.ARGS else []
    for option, name in (("-k", "keyword"), ("-m", "markexpr")):
        if given := config.getoption(name, ""):
            chosen += [option, str(given)]
    return redactor(os.environ)(shlex.join(["pytest", *chosen, *settings.command]))


def is_narrowed(config: pytest.Config) -> bool:
    """Return whether the user chose what to run by what is never collected then: paths, ``--lf``, ``--ignore``."""
    chosen = ("lf", "ignore", "ignore_glob")
    return config.args_source is pytest.Config.ArgsSource.ARGS or any(
        bool(config.getoption(name, None)) for name in chosen
    )
