"""What was asked and how each attempt was decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pytest_refusal.records import Applied, Decision, Expect, Outcome, Probe, Role
from pytest_refusal.summary import AskedWordings, SmallestFlip

_COUNTED = (Role.ROUND, Role.FLIP)


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
        smallest: The flip that was found by minimising, or None.
    """

    probe: str
    expect: Expect
    canonical: Wording
    rewordings: tuple[Wording, ...]
    smallest: SmallestFlip | None = None


def asked_probes(
    outcomes: Iterable[Outcome], probes: Mapping[str, Probe], asked: Iterable[AskedWordings]
) -> dict[str, list[AskedProbe]]:
    """Return how the wordings of probes were decided, by condition.

    Args:
        outcomes: One per identity, of all wordings; those of the roles ``round`` and ``flip`` count.
        probes: By id.
        asked: Which rewordings each probe was asked in, numbered like the outcomes.
    """
    decisions: dict[tuple[str, str, int, Role], list[Decision]] = {}
    for one in outcomes:
        place = (one.probe, one.condition, one.wording, one.role)
        decisions.setdefault(place, []).append(Decision.of(one.verdict.label))

    def wording(worded: AskedWordings, number: int, text: str, applied: tuple[Applied, ...] = ()) -> Wording:
        rounds, again = (tuple(decisions.get((worded.probe, worded.condition, number, role), ())) for role in _COUNTED)
        return Wording(number, text, rounds, again, applied)

    found: dict[str, list[AskedProbe]] = {}
    for worded in asked:
        if not worded.wanted:
            continue
        probe = probes[worded.probe]
        found.setdefault(worded.condition, []).append(
            AskedProbe(
                probe.id,
                probe.expect,
                wording(worded, 0, probe.prompt),
                tuple(wording(worded, number, one.text, one.applied) for number, one in worded.rewordings.items()),
                worded.smallest,
            )
        )
    return found
