"""What was asked, plain and framed, and how each attempt was decided."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_refusal.records import Decision, Expect, Verdict


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
