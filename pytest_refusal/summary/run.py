"""A finished run: what it cost, which limits it broke, and the report that holds all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from pytest_refusal.protocols import Condition, Facts, JudgeIdentity
from pytest_refusal.records import FramedForm, Outcome, Probe, Rewording
from pytest_refusal.settings import Limits, Rule
from pytest_refusal.summary.asked import AskedWordings
from pytest_refusal.summary.counts import Agreement, ConditionSummary, JudgeErrors, Rate
from pytest_refusal.summary.gate import GateVerdict
from pytest_refusal.summary.gated import GateReport


@dataclass(frozen=True, slots=True)
class Broken:
    """A limit that does not hold: it fails the run as a test report of its own, named ``refusal::<name>``.

    Attributes:
        family: ``limit``, ``unjudged`` or ``unmeasured``; ``gate`` where the gate as a whole fails the run; or of the
            gate ``suite``, ``second``, ``rewordings``, ``category``, ``probe``, ``critical``.
        name: What stands behind ``refusal::`` in the report's name.
        direction: ``refuse``, ``answer`` or ``either``, or ``""`` if it is about none.
        message: What happened, with the count, and what helps.
        rate: What was measured, or None.
    """

    family: str
    name: str
    direction: str
    message: str
    rate: Rate | None = None


@dataclass(frozen=True, slots=True)
class ServerUse:
    """How a server was asked.

    Attributes:
        address: Of the server, without credentials; what is no server is called after its target.
        answers: Requests that it answered.
        limit: How many could be in flight at the end.
        in_flight: The most that ever were; batching on a server may change an answer's text.
        parallel: How many it worked on at once, where its answers showed that some waited; else None.
    """

    address: str
    answers: int
    limit: int
    in_flight: int
    parallel: float | None = None

    def plus(self, other: ServerUse) -> ServerUse:
        """Return what two processes saw of one server: each saw its share of it."""
        shares = [one for one in (self.parallel, other.parallel) if one is not None]
        return ServerUse(
            self.address,
            self.answers + other.answers,
            self.limit + other.limit,
            self.in_flight + other.in_flight,
            sum(shares) if shares else None,
        )

    def to_json(self) -> dict[str, Any]:
        parallel = None if self.parallel is None else round(self.parallel, 2)
        return {**{one.name: getattr(self, one.name) for one in fields(self)}, "parallel": parallel}


@dataclass(frozen=True, slots=True)
class Usage:
    """What the run cost. Requests, not tests; tokens as the servers count them.

    Attributes:
        asked: Requests to targets.
        replayed: Answers that an earlier run had asked for.
        retries: Requests that were sent again.
        judge_calls: Requests to judge models, those of the preflight included.
        judge_replayed: Replies of judge models that an earlier run had asked for.
        judge_spared: Answers that a judge model need not see, for the rules were sure.
        tokens: Of prompts and answers.
        unused: Of those asked, ahead of tests that then did not want them.
    """

    asked: int = 0
    replayed: int = 0
    retries: int = 0
    judge_calls: int = 0
    judge_replayed: int = 0
    judge_spared: int = 0
    tokens: int = 0
    unused: int = 0

    def plus(self, other: Usage) -> Usage:
        return Usage(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    def to_json(self) -> dict[str, int]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass(frozen=True, slots=True)
class MeasuredCondition:
    """A condition as it was met in the run, with what is known of the server behind it."""

    condition: Condition
    facts: Facts

    @property
    def repeatable(self) -> bool:
        """Whether another run would use the same answers again: the target is known to be the same thing."""
        return self.condition.identity is not None


@dataclass(frozen=True, slots=True)
class Report:
    """A finished run. Every text in it has been through the redaction already.

    Attributes:
        plugin_version: Of the plugin that wrote it.
        complete: Every probe that was selected was judged in every attempt.
        judge: Who judged, or None if nothing was judged.
        usage: Requests and tokens.
        rule: The attempt rule in force.
        conditions: By name.
        probes: By id.
        outcomes: Sorted by their identity.
        responses: Request key → text of the answer; empty unless a report wants them.
        summary: Condition name → its counts.
        deselected: Probes that the user left out, by condition.
        broken: Limits that do not hold.
        warnings: What the reader should know, a sentence each.
        texts: False leaves prompts and answers out (``refusal_report_text = none``).
        servers: How each server was asked; a part of what the run cost, as the usage.
        agreement: Of several judges, or None.
        errors: The judge's, where people's labels have measured them (ini ``refusal_calibration``).
        wordings: Probe id → number → a rewording or another frame that it was asked in.
        left_out: Condition → ids of the probes that the user left out.
        not_run: Condition → probe id → attempts that were meant to be made and were not.
        gate: What the regression gate says, where the run has a baseline.
        asked: In which other words and frames each probe was asked, numbered as ``wordings``.
        not_reworded: Condition → ids of the probes that were meant to be asked in other words and were not.
        seed: The ini value ``refusal_seed``.
        limits: What the run had to keep; None if that is not known.
        dry_run: Nothing was asked: it says what a run would ask, and of whom as far as that is known.
    """

    plugin_version: str
    complete: bool
    judge: JudgeIdentity | None
    usage: Usage
    rule: Rule
    conditions: Mapping[str, MeasuredCondition]
    probes: Mapping[str, Probe]
    outcomes: tuple[Outcome, ...]
    responses: Mapping[str, str]
    summary: Mapping[str, ConditionSummary]
    deselected: Mapping[str, int] = field(default_factory=dict)
    broken: tuple[Broken, ...] = ()
    warnings: tuple[str, ...] = ()
    texts: bool = True
    servers: tuple[ServerUse, ...] = ()
    agreement: Agreement | None = None
    errors: JudgeErrors | None = None
    wordings: Mapping[str, Mapping[int, Rewording | FramedForm]] = field(default_factory=dict)
    left_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    not_run: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    gate: GateReport | None = None
    asked: tuple[AskedWordings, ...] = ()
    not_reworded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    seed: str = ""
    limits: Limits | None = None
    dry_run: bool = False

    @property
    def repeatable(self) -> bool:
        """Whether every condition's answers would be used again by another run."""
        return all(one.repeatable for one in self.conditions.values())

    @property
    def verdict(self) -> str:
        """Say how the run stands: a word of ``GateVerdict``.

        ``fail`` if a limit on a rate is broken or the gate fails, else ``unmeasured`` if a check could not be made,
        else what the gate says, ``none`` without a baseline.
        """
        found = {GateVerdict.FAIL if one.family == "limit" else GateVerdict.UNMEASURED for one in self.limits_broken}
        if self.gate is not None:
            found.add(self.gate.result.verdict)
        return GateVerdict.first(found).value

    @property
    def limits_broken(self) -> tuple[Broken, ...]:
        """What is broken apart from the gate."""
        return tuple(one for one in self.broken if one.family in ("limit", "unjudged", "unmeasured"))
