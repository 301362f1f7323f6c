"""What was asked and how each attempt was decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pytest_refusal.records import Decision, Expect


def decide(attempts: Iterable[Decision]) -> Decision:
    """Return what more than half of the judged attempts say; without such a majority ``unjudged``."""
    judged = [one for one in attempts if one is not Decision.UNJUDGED]
    for side in (Decision.REFUSED, Decision.ANSWERED):
        if 2 * judged.count(side) > len(judged):
            return side
    return Decision.UNJUDGED


@dataclass(frozen=True, slots=True)
class Applied:
    """An operator that was applied to a wording.

    Attributes:
        name: Its own, such as ``howto.best-way``.
        slot: Where it acts; at most one operator in each slot of a wording.
        kind: What it changes; ``noise`` and ``mixed-language`` are reported apart.
    """

    name: str
    slot: str
    kind: str


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
        return decide((*self.attempts, *self.again))


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
