"""What was asked and how each attempt was decided."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_refusal.records import Applied, Decision, Expect


@dataclass(frozen=True, slots=True)
class Wording:
    """A wording of a probe, and the decision on each attempt at it.

    Attributes:
        number: 0 for the canonical wording, from 1 for rewordings.
        text: What was asked.
        attempts: Of role ``round``, in order; empty where it was meant to be asked and was not.
        again: Of role ``flip``: asked because the first attempt differed. They count in the decision, and never in the
            variances, for only flips have them.
        applied: What made it from the canonical wording.
    """

    number: int
    text: str
    attempts: tuple[Decision, ...]
    again: tuple[Decision, ...] = ()
    applied: tuple[Applied, ...] = ()

    @property
    def decision(self) -> Decision:
        """The majority of all judged attempts."""
        return Decision.majority((*self.attempts, *self.again))


@dataclass(frozen=True, slots=True)
class AskedProbe:
    """A probe under one condition.

    Attributes:
        probe: Its id.
        expect: What should happen to it.
        canonical: Its canonical wording.
        rewordings: Every one that was drawn, asked or not.
    """

    probe: str
    expect: Expect
    canonical: Wording
    rewordings: tuple[Wording, ...]
