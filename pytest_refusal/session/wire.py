"""What travels from a test to the scoreboard: one JSON line on a test report, text because an enum kills a worker."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from pytest_refusal.probes import differing
from pytest_refusal.protocols import Condition, Facts, JudgeIdentity, Redactor
from pytest_refusal.records import FramedForm, Outcome, Probe, Rewording, Role, Verdict
from pytest_refusal.redact import redact_json
from pytest_refusal.session.asking import Case
from pytest_refusal.settings import Wanted
from pytest_refusal.summary import AskedWordings, MeasuredCondition, ServerUse, Usage

if TYPE_CHECKING:
    from pytest_refusal.session.observed import Observed

OUTCOMES = "refusal_outcomes"
"""Attribute of the teardown report: what the item measured."""
PLAN = "refusal_plan"
"""Attribute of a process' first setup report: what was meant to run."""


def _outcome_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "probe": outcome.probe,
        "condition": outcome.condition,
        "wording": outcome.wording,
        "role": outcome.role.value,
        "attempt": outcome.attempt,
        "verdict": outcome.verdict.to_json(),
        "request": outcome.request,
        "framing": outcome.framing,
        "answer": outcome.answer,
        "duration_s": outcome.duration_s,
    }


def _outcome(row: Mapping[str, Any]) -> Outcome:
    return Outcome(**{**row, "role": Role(row["role"]), "verdict": Verdict.from_json(row["verdict"])})


def _condition_json(measured: MeasuredCondition) -> dict[str, Any]:
    condition = measured.condition
    return {
        "name": condition.name,
        "target": condition.target,
        "identity": condition.identity,
        "system_prompt": condition.system_prompt,
        "options": dict(condition.options),
        "facts": [measured.facts.model, measured.facts.server_version],
    }


def _condition(row: Mapping[str, Any]) -> MeasuredCondition:
    fields = dict(row)
    facts = Facts(*fields.pop("facts"))
    return MeasuredCondition(Condition(**fields), facts)


def measured(condition: Condition, facts: Facts, redact: Redactor) -> MeasuredCondition:
    """Return a condition as it may be written."""
    prompt, options = redact(condition.system_prompt), redact_json(dict(condition.options), redact)
    return MeasuredCondition(replace(condition, system_prompt=prompt, options=options), facts)


@dataclass(slots=True)
class ItemRecord:
    """What one item has measured so far; reruns add to it. Every text in it is redacted.

    Attributes:
        index: The item's place in the collection.
        judge: Who judged its answers; None before it did.
        wants_texts: The answers' texts go with it, for a report that shows them.
        not_asked: (probe, condition) → attempts that ``refusal_max_requests`` cut off.
        cut: Other requests that it cut off: in other words and frames, or in no rate.
        picked: (probe, condition) whose first attempt earned fresh ones.
        gated: A probe of it is compared with a baseline; it does not travel.
        known_wrong: Why wrong answers fail no test, for the item's own report; it does not travel.
        process: Which process of the run measured it; ``""`` where there is one.
        servers: How that process has used each server up to now.
    """

    index: int
    judge: JudgeIdentity | None
    wants_texts: bool
    outcomes: list[Outcome] = field(default_factory=list)
    probes: dict[str, Probe] = field(default_factory=dict)
    conditions: dict[str, MeasuredCondition] = field(default_factory=dict)
    responses: dict[str, str] = field(default_factory=dict)
    wordings: list[AskedWordings] = field(default_factory=list)
    not_asked: dict[tuple[str, str], int] = field(default_factory=dict)
    cut: int = 0
    picked: list[tuple[str, str]] = field(default_factory=list)
    gated: bool = False
    known_wrong: list[str] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    warnings: list[str] = field(default_factory=list)
    process: str = ""
    servers: list[ServerUse] = field(default_factory=list)

    def add(self, seen: Observed, case: Case, shown: Probe, planned: Probe | None = None) -> None:
        """Take in what was seen of a probe: ``shown`` as it may be written, ``planned`` as the plan has it."""
        self.outcomes += [one.outcome for one in seen.attempts]
        if shown != planned:
            self.probes[shown.id] = shown
        condition = case.condition
        facts = next((one.facts for one in seen.attempts if one.facts.model), Facts())
        self.conditions[condition.name] = measured(condition, facts, case.redact)
        if self.wants_texts:
            self.responses.update(case.texts)
        if seen.not_asked:
            self.not_asked[seen.probe.id, seen.condition] = seen.not_asked
            # they were counted when they were cut off
            self.cut -= seen.not_asked

    def add_wordings(
        self,
        seen: Observed,
        rewordings: Sequence[Rewording],
        outcomes: Iterable[Outcome],
        framings: Sequence[FramedForm],
        wanted: Wanted,
    ) -> None:
        """Take in what a probe was asked in other words and frames.

        Args:
            seen: What the probe came to.
            rewordings: All that were drawn.
            outcomes: Of attempts at them, numbered.
            framings: The frames, as in ``seen.framed``.
            wanted: What the test asks for.
        """
        numbers = {one.name: number for number, one in enumerate(framings, len(rewordings) + 1)}
        meant = {one.sha256: seen.framed[one.name].meant for one in framings}
        self.wordings.append(
            AskedWordings(
                seen.probe.id,
                seen.condition,
                wanted.paraphrases,
                dict(enumerate(rewordings, 1)),
                None if seen.edge is None else seen.edge.smallest_shown,
                {numbers[one.name]: one for one in framings},
                {"": seen.meant, **meant},
            )
        )
        self.outcomes += outcomes
        for name, framed in seen.framed.items():
            self.outcomes += [replace(one.outcome, wording=numbers[name], framing=name) for one in framed.attempts]

    @property
    def labels(self) -> dict[tuple[str, str], list[str]]:
        """(probe, condition) → the labels of its attempts at the canonical wording, for JUnit."""
        found: dict[tuple[str, str], list[str]] = {}
        for outcome in self.outcomes:
            if outcome.wording:
                continue
            found.setdefault((outcome.probe, outcome.condition), []).append(outcome.verdict.label.value)
        return found

    def to_text(self) -> str:
        return json.dumps(
            {
                "index": self.index,
                "judge": None if self.judge is None else self.judge.to_json(),
                "outcomes": [_outcome_json(one) for one in self.outcomes],
                "probes": [one.to_json() for one in self.probes.values()],
                "conditions": [_condition_json(one) for one in self.conditions.values()],
                "responses": self.responses,
                "wordings": [one.to_json() for one in self.wordings],
                "not_asked": [[*key, count] for key, count in self.not_asked.items()],
                "cut": self.cut,
                "picked": self.picked,
                "usage": self.usage.to_json(),
                "warnings": self.warnings,
                "process": self.process,
                "servers": [asdict(one) for one in self.servers],
            }
        )

    @classmethod
    def from_text(cls, text: str) -> ItemRecord:
        row = json.loads(text)
        conditions = [_condition(one) for one in row["conditions"]]
        return cls(
            index=row["index"],
            judge=None if row["judge"] is None else JudgeIdentity(**row["judge"]),
            wants_texts=True,
            outcomes=[_outcome(one) for one in row["outcomes"]],
            probes={one["id"]: Probe.from_json(one) for one in row["probes"]},
            conditions={one.condition.name: one for one in conditions},
            responses=row["responses"],
            wordings=[AskedWordings.from_json(one) for one in row["wordings"]],
            not_asked={(probe, condition): count for probe, condition, count in row["not_asked"]},
            cut=row["cut"],
            picked=[(probe, condition) for probe, condition in row["picked"]],
            usage=Usage(**row["usage"]),
            warnings=row["warnings"],
            process=row["process"],
            servers=[ServerUse(**one) for one in row["servers"]],
        )


@dataclass(frozen=True, slots=True)
class Planned:
    """An item that was meant to measure probes, as ids: known before it runs."""

    item: str
    probe: str
    condition: str
    attempts: int
    paraphrases: int = 0

    @property
    def known(self) -> int:
        """How many attempts it makes, in its own words and in others, as far as is known before it runs."""
        return self.attempts + self.paraphrases

    def to_json(self) -> list[Any]:
        return [getattr(self, one.name) for one in fields(self)]


@dataclass(frozen=True, slots=True)
class Plan:
    """What was meant to run, and what the user left out.

    Attributes:
        selected, deselected: Items with probes among their parameters.
        probes: Everything named by either, as it may be shown.
        conditions: Names of those of all items that ask something, those that make their probes themselves too.
        unnamed: Of these, those under which items were left out that make their probes themselves: nobody knows which.
    """

    selected: tuple[Planned, ...] = ()
    deselected: tuple[Planned, ...] = ()
    probes: Mapping[str, Probe] = field(default_factory=dict)
    conditions: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()

    def to_text(self) -> str:
        return json.dumps(
            {
                "selected": [one.to_json() for one in self.selected],
                "deselected": [one.to_json() for one in self.deselected],
                "probes": [one.to_json() for one in self.probes.values()],
                "conditions": self.conditions,
                "unnamed": self.unnamed,
            }
        )

    @classmethod
    def from_text(cls, text: str) -> Plan:
        row = json.loads(text)

        def planned(rows: Iterable[list[Any]]) -> tuple[Planned, ...]:
            return tuple(Planned(*one) for one in rows)

        probes = {one["id"]: Probe.from_json(one) for one in row["probes"]}
        conditions, unnamed = tuple(row["conditions"]), tuple(row["unnamed"])
        return cls(planned(row["selected"]), planned(row["deselected"]), probes, conditions, unnamed)


def two_contents(one: Probe, other: Probe) -> str:
    """Say that two probes share an id and differ, and where they stand."""
    return (
        f"two probes are called {one.id!r} and differ in {', '.join(differing(one, other))}: "
        f"one at {one.place or 'an unknown place'}, one at {other.place or 'an unknown place'}; "
        "give one of them another id"
    )
