"""What a baseline changes while tests run: numbers of attempts, pinned rewordings, what is known to be wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_refusal.errors import UsageProblem
from pytest_refusal.protocols import Redactor
from pytest_refusal.records import Probe, Request, Rewording, Role, repeats_itself
from pytest_refusal.session.asking import Asker, Case
from pytest_refusal.session.redaction import Redactors
from pytest_refusal.settings import CANONICAL, Settings, Wanted

if TYPE_CHECKING:
    from pytest_refusal.baseline import BaselineLine
    from pytest_refusal.session.gating.known import Known


class GatedRun:
    """Asked by whoever asks a probe, ahead of its test or in it; the answers are the same in every process.

    Args:
        settings: Of the run.
        known: What its baselines know, or None without one.
        redactors: A baseline has the hashes of probes as they may be shown.

    Attributes:
        settled: (condition, probe id) → attempts, where rounds were asked before the first test.
    """

    def __init__(self, settings: Settings, known: Known | None, redactors: Redactors) -> None:
        self.known = known
        self.settled: Mapping[tuple[str, str], int] = {}
        # said on the command line: other words are left out by the user
        self._reworded = settings.paraphrases != 0
        self._redactors = redactors

    def pair(self, conditions: Collection[str]) -> None:
        """Find the baseline's condition for each of the run's: see ``Known.pair``."""
        if self.known is not None:
            self.known.pair(conditions)

    def wanted(self, condition: str, probe: Probe, redact: Redactor, wanted: Wanted) -> Wanted:
        """Return what a test asks of a probe: the rewordings that are pinned, as many attempts as rounds settled."""
        if self.known is None:
            return wanted
        attempts = self.settled.get((condition, probe.id), wanted.attempts)
        if pinned := len(self.pinned(condition, probe, redact)):
            return replace(wanted, attempts=max(attempts, CANONICAL), paraphrases=pinned)
        return replace(wanted, attempts=attempts) if attempts != wanted.attempts else wanted

    def pinned(self, condition: str, probe: Probe, redact: Redactor) -> tuple[Rewording, ...]:
        """Return the rewordings that the baseline pins: a run asks these and draws none."""
        if self.known is None or not self._reworded:
            return ()
        lines = self.known.rewordings(condition, self._redactors.probe(probe, redact))
        return tuple(one.rewording for one in lines if one.rewording is not None)

    def numbers(self, case: Case, probe: Probe, text: str) -> int:
        """Return the number of the baseline's last attempt at a wording; 0 where it has none."""
        if self.known is None:
            return 0
        shown, name = self._redactors.probe(probe, case.redact), case.condition.name
        if text == probe.prompt:
            line = self.known.line(name, shown)
            return 0 if line is None else line.last_attempt
        asked = probe.reworded(text).messages_sha256
        lines = self.known.rewordings(name, shown)
        return next((one.last_attempt for one in lines if one.messages_sha256 == asked), 0)

    def line(self, case: Case, probe: Probe) -> BaselineLine | None:
        """Return what the baseline has of a probe that the gate decides about; None: it is held to what it expects."""
        if self.known is None:
            return None
        return self.known.gates(case.condition.name, self._redactors.probe(probe, case.redact))

    def fresh(self, asker: Asker, case: Case, probe: Probe) -> list[Request]:
        """Return the requests that a wrong or unjudged first attempt earns: they alone decide about the probe.

        None where they would be copies of an answer, or are no draws: of a target that holds its answers.
        """
        from pytest_refusal.gate import CONFIRMATIONS

        assert self.known is not None
        first = asker.request(case, probe, 1, Role.CONFIRM)
        copies = repeats_itself(first.options) or self.known.copies(case.condition.name)
        if copies or case.endpoint.holds(first) is not None:
            return []
        return [replace(first, attempt=number) for number in range(1, CONFIRMATIONS + 1)]


def wrong_before(line: BaselineLine) -> str:
    """Return ``8/10 wrong in baseline``; ``""`` where every judged attempt was right."""
    wrong = line.judged - line.right
    return f"{wrong}/{line.judged} wrong in baseline" if wrong else ""


def read_known(settings: Settings) -> Known | None:
    """Read the baselines of a run, early: a damaged file is no surprise for its end; None without one.

    Raises:
        pytest.UsageError: One is damaged.
    """
    if settings.auto and not settings.baselines:
        raise pytest.UsageError(
            "--refusal-attempts=auto asks until the verdict beside a baseline is settled, and there is none: add "
            "--refusal-baseline=FILE, or name a number: --refusal-attempts=3"
        )
    if not settings.baselines:
        return None
    from pytest_refusal.session.gating.known import Known, read_baselines

    try:
        return Known(read_baselines(settings.baselines, settings.root), settings.baseline_named)
    except UsageProblem as problem:
        raise pytest.UsageError(f"--refusal-baseline: {problem.message}") from None
