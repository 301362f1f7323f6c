"""What was seen of one probe in other words: the flips, the smallest one, and how that reads."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pytest_refusal.escaping import percent, printable
from pytest_refusal.protocols import Redactor
from pytest_refusal.records import Decision, Expect, Probe
from pytest_refusal.reports.boundary import variance_sentence
from pytest_refusal.session.observed import ANSWER_SHOWN, PROMPT_SHOWN, NotJudged
from pytest_refusal.summary import ProbeBoundary, SmallestFlip, WordingVariance

FLIPS_SHOWN = 5


@dataclass(frozen=True, slots=True, repr=False)
class Flip:
    """A rewording that is decided otherwise than the canonical wording.

    Attributes:
        text: What was asked.
        operators: What made it of the canonical wording.
        to: ``"refused"`` or ``"answered"``.
        answer: The first answer on that side, redacted.
    """

    text: str
    operators: tuple[str, ...]
    to: str
    answer: str

    def __repr__(self) -> str:
        # without texts, for pytest shows it with every failure: a prompt may hold what the redaction takes out
        return f"<flip, {self.to}: {', '.join(map(printable, self.operators)) or 'by hand'}>"


@dataclass(frozen=True, slots=True, repr=False)
class Edge:
    """What was seen of one probe in other words. Every figure is "over these n texts", no random sample.

    Attributes:
        probe: The probe.
        condition: The condition's name.
        flips: Every one, in the order of the draw.
        smallest: The flip with the fewest operators, minimised; None without flips.
        measured: All figures of the probe.
        canonical_answer: The first answer to the canonical wording that is what its majority is, redacted.
        known: Flips of earlier runs that are not among the rewordings of this one and flip again; in no figure.
        wanted: How many rewordings were asked for.
        variance: Sampling noise and wording taken apart; None where wordings were asked once.
    """

    probe: Probe
    condition: str
    flips: tuple[Flip, ...]
    smallest: Flip | None
    measured: ProbeBoundary
    canonical_answer: str
    known: tuple[Flip, ...] = ()
    wanted: int = 0
    variance: WordingVariance | None = None
    redact: Redactor = field(default=str, compare=False)

    @property
    def canonical(self) -> str:
        """The decision on the canonical wording: ``"refused"``, ``"answered"`` or ``"unjudged"``."""
        return self.measured.canonical.value

    @property
    def n(self) -> int:
        """Rewordings that were drawn: fewer than were asked for where no more can be made."""
        return self.measured.drawn

    @property
    def smallest_shown(self) -> SmallestFlip | None:
        """The smallest flip as it may be written, with what it changes and both answers; None without flips."""
        if self.smallest is None:
            return None
        text, canonical = self.redact(self.smallest.text), self.redact(self.probe.prompt)
        return SmallestFlip(
            text, self.smallest.operators, word_diff(canonical, text), self.canonical_answer, self.smallest.answer
        )

    def __repr__(self) -> str:
        return (
            f"<boundary of {self.probe.id!r} under {self.condition!r}: {self.canonical}, {len(self.flips)} flips of "
            f"{self.measured.judged} judged rewordings>"
        )

    @property
    def consistency(self) -> float:
        """The share of judged rewordings with the canonical wording's decision, a fraction.

        Raises:
            NotJudged: Fewer than min(n, 10) rewordings were judged, or the canonical wording has no decision: a check
                that could not be made is not passed.
        """
        __tracebackhide__ = True
        if self.measured.unmeasured or self.measured.consistency is None:
            raise NotJudged(f"{self.probe.id}: consistency is unmeasured: {self.measured.unmeasured}")
        return self.measured.consistency

    def flips_to(self, decision: str) -> tuple[Flip, ...]:
        """Return the flips to ``"refused"`` (over-refusal) or to ``"answered"`` (leaks).

        Raises:
            ValueError: It is neither.
        """
        if decision not in (Decision.REFUSED, Decision.ANSWERED):
            raise ValueError(f"expected 'refused' or 'answered', got {decision!r}")
        return tuple(flip for flip in self.flips if flip.to == decision)

    def explain(self) -> str:
        """Return what an assertion message needs: the count, the smallest flip as a word diff, and how to pin it."""
        return "\n".join(_explained(self))


def _explained(edge: Edge) -> Iterator[str]:
    seen = edge.measured
    share = f"unmeasured: {seen.unmeasured}" if seen.unmeasured else f"consistency {percent(seen.consistency or 0.0)}"
    wanted = f", {edge.wanted} wanted: no more can be made" if edge.n < edge.wanted else ""
    yield (
        f"{printable(edge.probe.id)} under {printable(edge.condition)}: {share}, {len(edge.flips)} flips of "
        f"{seen.judged} judged rewordings (of {edge.n} drawn{wanted}); the canonical wording is {edge.canonical}"
    )
    if seen.odd_one_out:
        yield f"  {seen.odd_one_out}"
    if edge.variance is not None:
        yield f"  {variance_sentence(edge.variance)}"
    if edge.smallest is not None:
        yield from flip_lines(
            edge.probe, edge.canonical, edge.canonical_answer, edge.smallest, edge.flips, edge.redact, edge.known
        )


def flip_lines(
    probe: Probe,
    canonical: str,
    answer: str,
    small: Flip,
    flips: Sequence[Flip],
    redact: Redactor,
    known: Sequence[Flip] = (),
) -> Iterator[str]:
    """Yield the lines that show a flip: both wordings with their answers, what differs, and how to pin it.

    Args:
        probe: Whose last user turn was reworded.
        canonical: The decision on it.
        answer: The answer to it, redacted.
        small: The smallest flip.
        flips: All of them.
        redact: For prompts.
        known: Flips of earlier runs that flip again.
    """

    def shown(text: str, limit: int = PROMPT_SHOWN) -> str:
        return printable(redact(text), limit)

    leak = small.to == Decision.ANSWERED
    right = probe.expect is (Expect.ANSWER if leak else Expect.REFUSE)
    what = "leak: refused, and answered in other words" if leak else "over-refusal"
    yield f"  direction  {what}{' (as it should be: the canonical wording is wrong)' if right else ''}"
    yield f"  canonical  {shown(probe.prompt)}"
    yield f"    {canonical:<9}  {printable(answer, ANSWER_SHOWN) or '(no text)'}"
    yield f"  smallest   {shown(small.text)}"
    yield f"    {small.to:<9}  {printable(small.answer, ANSWER_SHOWN) or '(no text)'}"
    # redacted first: behind the marks of a difference, or escaped, a secret is not known any more
    before, after = redact(probe.prompt), redact(small.text)
    yield f"  words      {printable(word_diff(before, after), 2 * PROMPT_SHOWN)}"
    yield f"  operators  {', '.join(map(printable, small.operators))}"
    for flip in flips[:FLIPS_SHOWN]:
        yield f"  flip       {shown(flip.text)}"
    if len(flips) > FLIPS_SHOWN:
        yield f"             and {len(flips) - FLIPS_SHOWN} more"
    for flip in known:
        yield f"  known      {shown(flip.text)} (from an earlier run, not counted)"
    yield f"  pin it     variants=[{printable(repr(after), 2 * PROMPT_SHOWN)}]"


def word_diff(one: str, other: str) -> str:
    """Return a text with what is gone as ``[-words-]`` and what is new as ``{+words+}``."""
    old, new = one.split(), other.split()
    parts = []
    for kind, start, end, new_start, new_end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            parts += old[start:end]
            continue
        if gone := " ".join(old[start:end]):
            parts.append(f"[-{gone}-]")
        if came := " ".join(new[new_start:new_end]):
            parts.append(f"{{+{came}+}}")
    return " ".join(parts)
