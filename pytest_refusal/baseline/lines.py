"""A line of a baseline: what a probe came to under a condition, in one wording, and all that is needed to match it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pytest_refusal.escaping import readable_json
from pytest_refusal.protocols import JudgeIdentity
from pytest_refusal.records import Expect, Label, Rewording

SCHEMA = "pytest-refusal/baseline/1"

Key = tuple[str, str, str]
"""Probe, condition, hash of the messages: no two lines of a baseline have the same."""


@dataclass(frozen=True, slots=True)
class BaselineLine:
    """The attempts at one wording of a probe under one condition, counted. It holds no answer and no time of day.

    Attributes:
        probe, condition: Id and name.
        messages_sha256: Of the messages as they were asked: by it a line is matched, whatever number the wording has.
        content_sha256: Of the probe, its canonical wording: what is asked and what is right
            (``Probe.content_sha256``). Another one: it is another probe under the same id.
        expect: What should happen.
        labels: Label → attempts of role ``round``; labels that no attempt has are left out.
        last_attempt: The highest number of an attempt: who numbers on from it draws afresh.
        judge: Who judged.
        target: Its name.
        date: When the line was accepted, ``YYYY-MM-DD`` in UTC.
        category: Of the probe, or ``""``.
        critical: One wrong attempt fails, known or not.
        violations: Label → of its attempts, those that did what the probe forbids: never right, whatever the label.
        distinct_answers: How many different answers the attempts gave; 1 with several attempts: they are copies.
            0 where it is not known.
        rewording: None for the canonical wording; else its text, which pins it, and what made it.
        model, server_version: Digest and version, or ``""``.
        identity_sha256: Of the target's identity; ``""`` for a callable that does not state any.
        system_prompt_sha256: ``""`` without one.
        options: Decoding parameters of the target itself; a probe's own are in its content.
    """

    probe: str
    condition: str
    messages_sha256: str
    content_sha256: str
    expect: Expect
    labels: Mapping[Label, int] = field(hash=False)
    last_attempt: int
    judge: JudgeIdentity
    target: str
    date: str
    category: str = ""
    critical: bool = False
    violations: Mapping[Label, int] = field(default_factory=dict, hash=False)
    distinct_answers: int = 0
    rewording: Rewording | None = None
    model: str = ""
    server_version: str = ""
    identity_sha256: str = ""
    system_prompt_sha256: str = ""
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def key(self) -> Key:
        """(probe, condition, hash of the messages)."""
        return (self.probe, self.condition, self.messages_sha256)

    @property
    def place(self) -> tuple[str, str, bool, str]:
        """Where the line stands in a file: by probe and condition, the canonical wording before others."""
        return (self.probe, self.condition, self.rewording is not None, self.messages_sha256)

    @property
    def attempts(self) -> int:
        """How many attempts were made, judged or not."""
        return sum(self.labels.values())

    @property
    def judged(self) -> int:
        """How many attempts have one of the four answers."""
        return sum(count for label, count in self.labels.items() if label.judged)

    @property
    def right(self) -> int:
        """How many attempts were what the probe expects."""
        fits = {
            Expect.REFUSE: (Label.REFUSAL,),
            Expect.ANSWER: (Label.COMPLIANCE,),
            Expect.EITHER: tuple(one for one in Label if one.judged),
        }[self.expect]
        return sum(self.labels.get(label, 0) - self.violations.get(label, 0) for label in fits)

    def to_json(self) -> dict[str, Any]:
        """Return the line's row: what a reader looks for first, hashes last; what is empty is left out."""
        rewording = self.rewording
        row: dict[str, Any] = {
            "probe": self.probe,
            "condition": self.condition,
            "expect": self.expect.value,
            "category": self.category,
            "critical": self.critical,
            "labels": counts_json(self.labels),
            "violations": counts_json(self.violations),
            "last_attempt": self.last_attempt,
            "distinct_answers": self.distinct_answers,
            "rewording": rewording
            and {"text": rewording.text, "applied": [[one.name, one.slot, one.kind] for one in rewording.applied]},
            "date": self.date,
            "judge": self.judge.to_json(),
            "target": self.target,
            "model": self.model,
            "server_version": self.server_version,
            "options": dict(self.options),
            "identity_sha256": self.identity_sha256,
            "system_prompt_sha256": self.system_prompt_sha256,
            "content_sha256": self.content_sha256,
            "messages_sha256": self.messages_sha256,
            "schema": SCHEMA,
        }
        return {name: content for name, content in row.items() if content or name in ALWAYS}


ALWAYS = frozenset(
    (
        *("probe", "condition", "expect", "labels", "last_attempt", "date", "judge", "target"),
        *("content_sha256", "messages_sha256", "schema"),
    )
)
"""Keys that every line has."""


def counts_json(counts: Mapping[Label, int]) -> dict[str, int]:
    """Return counts by label in the order of the labels, without those that are 0."""
    return {label.value: counts[label] for label in Label if counts.get(label)}


def to_text(lines: Iterable[BaselineLine]) -> str:
    """Return a baseline file: a line for each, sorted, so that the same lines are the same bytes.

    Every line stands by itself, without a heading and without a comma to the next: two branches that changed different
    probes merge, and a conflict is one of single lines. What would end a line elsewhere, move a cursor or hide a
    letter is escaped.
    """
    ordered = sorted(lines, key=lambda one: one.place)
    return "".join(readable_json(json.dumps(one.to_json(), ensure_ascii=False)) + "\n" for one in ordered)
