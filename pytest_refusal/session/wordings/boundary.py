"""One probe in many wordings: asked at once, decided, and the smallest rewording that flips the decision.

The canonical wording is asked three times or more, a rewording as often as the test says (once), and a flip twice more,
for one answer at a temperature above 0 is no flip yet. No flip ends the count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from pytest_refusal.consistency import AskedProbe, Wording, probe_boundary, wording_variance
from pytest_refusal.paraphrase import Paraphrase, Wordings, minimise
from pytest_refusal.protocols import Redactor
from pytest_refusal.records import Applied, Decision, Outcome, Role
from pytest_refusal.session.observed import Attempt
from pytest_refusal.session.wordings.drawing import Drawn, Key
from pytest_refusal.session.wordings.edge import Edge, Flip
from pytest_refusal.settings import CANONICAL

AGAIN = 2
"""More attempts at a rewording that flips, where it was asked once."""

Ask = Callable[[Sequence[Key]], Mapping[Key, Attempt]]
"""Asks all at once; what could not be asked is left out."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What was asked of a probe, in its own words and in others.

    Attributes:
        edge: What it comes to.
        canonical: Attempts at the canonical wording; fewer than were wanted where the requests ran out.
        outcomes: Of the rewordings that were drawn, each with its number from 1. What only minimising asked, and flips
            of earlier runs, are no part of them.
    """

    edge: Edge
    canonical: tuple[Attempt, ...]
    outcomes: tuple[Outcome, ...]


def answers_of(
    drawn: Drawn, condition: str, ask: Ask, redact: Redactor, *, canonical: int = CANONICAL, each: int = 1
) -> Answers:
    """Ask a probe in all of its wordings and return what was seen.

    Args:
        drawn: The probe and its rewordings.
        condition: Under which it is asked, for messages.
        ask: Asks many at once.
        redact: For what is shown of it.
        canonical: Attempts at the canonical wording.
        each: Attempts at each rewording; with 1 every flip is asked twice more.
    """
    probe, said = drawn.probe, dict(ask(drawn.first(canonical, each)))
    decision = _decision(said, probe.prompt)
    tried = [*drawn.known, *(drawn.rewordings if each == 1 else ())]
    said |= ask(again([one.text for one in tried if differs(said, one.text, decision)]))
    asked = AskedProbe(
        probe.id,
        probe.expect,
        _wording(said, 0, probe.prompt, ()),
        tuple(_wording(said, number, one.text, drawn.applied(one)) for number, one in enumerate(drawn.rewordings, 1)),
    )
    measured = probe_boundary(asked)
    flipping = [drawn.rewordings[result.number - 1] for result in measured.flips]
    known = [one for one in drawn.known if differs(said, one.text, decision)]
    # never known ones beside those of the draw: a replay has none, and would ask what nobody has recorded
    smallest = smallest_of(said, flipping or known, decision, drawn.wordings, ask)
    edge = Edge(
        probe,
        condition,
        tuple(flip_of(said, one, decision) for one in flipping),
        smallest,
        measured,
        answer_of(said, probe.prompt, decision),
        tuple(flip_of(said, one, decision) for one in known),
        drawn.wanted,
        wording_variance([asked]),
        redact,
    )
    return Answers(edge, _attempts(said, probe.prompt), tuple(_outcomes(said, drawn)))


def smallest_of(
    said: dict[Key, Attempt], flipping: Sequence[Paraphrase], canonical: Decision, wordings: Wordings, ask: Ask
) -> Flip | None:
    """Return the smallest rewording that flips, made from the flip with the fewest operators; None without flips."""
    if not flipping:
        return None
    first = min(flipping, key=lambda one: (len(one.operators), len(one.text)))
    return flip_of(said, minimise(first, _flips(said, canonical, ask), wordings), canonical)


def again(texts: Sequence[str]) -> list[Key]:
    """Return what is asked of texts that differ: each twice more."""
    return [(text, Role.FLIP, number) for text in texts for number in range(2, 2 + AGAIN)]


def _flips(said: dict[Key, Attempt], canonical: Decision, ask: Ask) -> Callable[..., dict[str, bool]]:
    """Return what asks a level of smaller rewordings: each once, and those that differ twice more."""

    def level(texts: Sequence[str]) -> dict[str, bool]:
        new = [text for text in texts if not any(key[0] == text for key in said)]
        said.update(ask([(text, Role.FLIP, 1) for text in new]))
        said.update(ask(again([text for text in new if differs(said, text, canonical)])))
        return {text: differs(said, text, canonical) for text in texts}

    return level


def _sides(said: Mapping[Key, Attempt], text: str, *roles: Role) -> tuple[Decision, ...]:
    return tuple(one.decision for (asked, role, _), one in said.items() if asked == text and role in roles)


def _decision(said: Mapping[Key, Attempt], text: str) -> Decision:
    return Decision.majority(_sides(said, text, Role.ROUND, Role.FLIP))


def differs(said: Mapping[Key, Attempt], text: str, canonical: Decision) -> bool:
    """Return whether the majority of what was said to a text is on the other side; never where one is unjudged."""
    return Decision.UNJUDGED not in (canonical, decision := _decision(said, text)) and decision is not canonical


def _wording(said: Mapping[Key, Attempt], number: int, text: str, applied: tuple[Applied, ...]) -> Wording:
    return Wording(number, text, _sides(said, text, Role.ROUND), _sides(said, text, Role.FLIP), applied)


def flip_of(said: Mapping[Key, Attempt], one: Paraphrase, canonical: Decision) -> Flip:
    """Return a rewording that differs, with the first answer that does."""
    to = Decision.ANSWERED if canonical is Decision.REFUSED else Decision.REFUSED
    return Flip(one.text, one.operators, to.value, answer_of(said, one.text, to))


def answer_of(said: Mapping[Key, Attempt], text: str, side: Decision) -> str:
    """Return the first answer to a text that is on a side; ``""`` where there is none."""
    return next((seen.text for (asked, _, _), seen in said.items() if asked == text and seen.decision is side), "")


def _attempts(said: Mapping[Key, Attempt], text: str) -> tuple[Attempt, ...]:
    return tuple(one for (asked, role, _), one in said.items() if asked == text and role is Role.ROUND)


def _outcomes(said: Mapping[Key, Attempt], drawn: Drawn) -> list[Outcome]:
    numbers = {one.text: number for number, one in enumerate(drawn.rewordings, 1)}
    return [replace(one.outcome, wording=numbers[text]) for (text, _, _), one in said.items() if text in numbers]
