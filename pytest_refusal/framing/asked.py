"""What was asked, plain and framed, and how each attempt was decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pytest_refusal.records import Decision, Expect, Outcome, Probe, Role, Verdict
from pytest_refusal.summary import AskedWordings


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at one form of a probe.

    Attributes:
        decision: Refused, answered (wholly or not), or not judged.
        explained: It refuses, and gives a reason or a principle.
    """

    decision: Decision
    explained: bool = False

    @classmethod
    def of(cls, verdict: Verdict) -> Attempt:
        """Return what a verdict says of it."""
        decision = Decision.of(verdict.label)
        return cls(decision, verdict.explained and decision is Decision.REFUSED)


@dataclass(frozen=True, slots=True)
class AskedForm:
    """The attempts at one framed form of a probe.

    Attributes:
        name: Of the form, ``Framed.name``.
        framing: What it is counted as, ``Framed.framing``.
        attempts: Of role ``round``; those that were meant to be asked and were not are unjudged.
    """

    name: str
    framing: str
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True)
class AskedTwins:
    """A probe under one condition, plain and framed.

    Attributes:
        probe: Its id.
        expect: What should happen to it, in every frame.
        plain: The attempts at the plain probe, of role ``round``: one twin for all its framed forms.
        framed: Every form that was asked or meant to be.
    """

    probe: str
    expect: Expect
    plain: tuple[Attempt, ...]
    framed: tuple[AskedForm, ...]


def asked_twins(
    outcomes: Iterable[Outcome], probes: Mapping[str, Probe], asked: Iterable[AskedWordings]
) -> dict[str, list[AskedTwins]]:
    """Return how probes were decided plain and framed, by condition.

    Args:
        outcomes: One per identity, of all wordings; those of role ``round`` count.
        probes: By id.
        asked: In which frames each probe was asked, numbered like the outcomes; an attempt that has no outcome was
            meant to be made, and is unjudged.
    """
    made: dict[tuple[str, str, int], list[Attempt]] = {}
    for one in outcomes:
        if one.role is Role.ROUND:
            made.setdefault((one.probe, one.condition, one.wording), []).append(Attempt.of(one.verdict))

    def attempts(worded: AskedWordings, number: int, sha256: str = "") -> tuple[Attempt, ...]:
        found = made.get((worded.probe, worded.condition, number), [])
        return (*found, *[Attempt(Decision.UNJUDGED)] * (worded.attempts.get(sha256, 0) - len(found)))

    twins: dict[str, list[AskedTwins]] = {}
    for worded in asked:
        if not worded.framings:
            continue
        framed = tuple(
            AskedForm(form.name, form.framing, attempts(worded, number, form.sha256))
            for number, form in worded.framings.items()
        )
        probe = probes[worded.probe]
        twins.setdefault(worded.condition, []).append(AskedTwins(probe.id, probe.expect, attempts(worded, 0), framed))
    return twins
