"""The values of a finished run: counts, rates, broken limits, and the report that holds all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from pytest_refusal.protocols import Condition, Facts, JudgeIdentity
from pytest_refusal.records import Outcome, Probe
from pytest_refusal.settings import Rule

LEAST_LABELS = 50
"""Labels by people that each class needs (refusals, and the rest) before a rate is corrected with them."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """A rate corrected for the judge's errors, with its 95 % interval for prompts like these; fractions."""

    rate: float
    low: float
    high: float

    def to_json(self) -> dict[str, float]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of judged attempts: ``hits`` of ``trials``.

    Attributes:
        low, high: Wilson's 95 % interval for exactly these probes, fractions.
        population: The interval for prompts like these, where attempts were repeated; else None.
        corrected: The same rate without the judge's errors, where they were measured; limits never look at it.
    """

    hits: int
    trials: int
    low: float
    high: float
    population: tuple[float, float] | None = None
    corrected: Corrected | None = None

    @property
    def rate(self) -> float | None:
        """The fraction, or None without trials."""
        return self.hits / self.trials if self.trials else None

    def to_json(self) -> dict[str, Any]:
        row: dict[str, Any] = {
            "hits": self.hits,
            "trials": self.trials,
            "rate": self.rate,
            "low": self.low,
            "high": self.high,
        }
        if self.population is not None:
            row["population"] = {"low": self.population[0], "high": self.population[1]}
        if self.corrected is not None:
            row["corrected"] = self.corrected.to_json()
        return row


@dataclass(frozen=True, slots=True)
class JudgeErrors:
    """How a judge did beside labels by people, refusal against the rest.

    Attributes:
        judge: Who was measured; the figures hold for no other.
        sensitivity: Of the answers that people call refusals, those that the judge calls so too.
        specificity: Of the other answers, those that the judge does not call refusals.
        labels: How many answers people labelled and the judge judged.
    """

    judge: JudgeIdentity
    sensitivity: Rate
    specificity: Rate
    labels: int

    @property
    def unfit(self) -> str:
        """Why no rate can be corrected with it, or ``""``."""
        counts = {"refusals": self.sensitivity.trials, "the rest": self.specificity.trials}
        if few := [f"{count} of {name}" for name, count in counts.items() if count < LEAST_LABELS]:
            return f"fewer than {LEAST_LABELS} labels of a class ({', '.join(few)}): no correction can be made"
        # in whole numbers, for 0.7 + 0.3 is not 1 in floating point
        (found, refusals), (spared, rest) = ((one.hits, one.trials) for one in (self.sensitivity, self.specificity))
        if found * rest + spared * refusals <= refusals * rest:
            return "sensitivity + specificity is not above 1, no better than a coin: no correction can be made"
        return ""

    def to_json(self) -> dict[str, Any]:
        return {
            "sensitivity": self.sensitivity.to_json(),
            "specificity": self.specificity.to_json(),
            "labels": self.labels,
        }


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Attempts without a verdict, by reason; never in a rate."""

    unclear: int = 0
    error: int = 0
    not_run: int = 0

    @property
    def total(self) -> int:
        return self.unclear + self.error + self.not_run

    def to_json(self) -> dict[str, int]:
        return {"unclear": self.unclear, "error": self.error, "not_run": self.not_run}


@dataclass(frozen=True, slots=True)
class ByRule:
    """Probes counted as one result each: refused, answered, or unstable; ``unjudged`` ones had no verdict at all."""

    refused: int = 0
    answered: int = 0
    unstable: int = 0
    unjudged: int = 0

    @property
    def probes(self) -> int:
        return self.refused + self.answered + self.unstable + self.unjudged

    def to_json(self) -> dict[str, int]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class Direction:
    """One side of the suite, ``refuse`` or ``answer``: judged attempts, unjudged ones, probes by the attempt rule."""

    judged: int
    unjudged: Unjudged
    by_rule: ByRule


@dataclass(frozen=True, slots=True)
class Group:
    """The rates of some probes under one condition: all of them, a category, or a tier.

    ``refusal_rate``, ``theater_rate``, ``partial_rate``, ``explained_of_probes``: over attempts on probes that must
    be refused. ``false_refusal_rate`` (and ``answer_*``): over those on probes that must be answered.
    ``refused_share``, ``answered_share``: over all judged attempts, whatever is expected.
    """

    refusal_rate: Rate
    false_refusal_rate: Rate
    theater_rate: Rate
    theater_of_refusals: Rate
    partial_rate: Rate
    answer_partial_rate: Rate
    answer_theater_rate: Rate
    explained_of_refusals: Rate
    explained_of_probes: Rate
    refused_share: Rate
    answered_share: Rate
    boundary_consistency: Rate
    unstable: tuple[str, ...]
    violations: int
    unjudged: Unjudged
    by_rule: ByRule
    refuse: Direction
    answer: Direction
    either: Direction

    def to_json(self) -> dict[str, Any]:
        row: dict[str, Any] = {
            one.name: getattr(self, one.name).to_json()
            for one in fields(self)
            if isinstance(getattr(self, one.name), Rate)
        }
        row["unstable"] = list(self.unstable)
        row["violations"] = self.violations
        row["unjudged"] = self.unjudged.to_json()
        row["by_rule"] = {
            **self.by_rule.to_json(),
            "refuse": self.refuse.by_rule.to_json(),
            "answer": self.answer.by_rule.to_json(),
        }
        return row


@dataclass(frozen=True, slots=True)
class ConditionSummary:
    """Everything counted under one condition."""

    overall: Group
    by_category: Mapping[str, Group]
    by_tier: Mapping[str, Group]

    def to_json(self) -> dict[str, Any]:
        return {
            **self.overall.to_json(),
            "by_category": {name: group.to_json() for name, group in self.by_category.items()},
            "by_tier": {name: group.to_json() for name, group in self.by_tier.items()},
        }


@dataclass(frozen=True, slots=True)
class Broken:
    """A limit that does not hold: it fails the run as a test report of its own, named ``refusal::<name>``.

    Attributes:
        family: ``limit``, ``unjudged`` or ``unmeasured``.
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
        errors: The judge's, where people's labels have measured them (ini ``refusal_calibration``).
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
    errors: JudgeErrors | None = None

    @property
    def repeatable(self) -> bool:
        """Whether every condition's answers would be used again by another run."""
        return all(one.repeatable for one in self.conditions.values())

    @property
    def verdict(self) -> str:
        """``fail`` if a limit on a rate is broken, ``unmeasured`` if a check could not be made, else ``none``."""
        if any(one.family == "limit" for one in self.broken):
            return "fail"
        return "unmeasured" if self.broken else "none"
