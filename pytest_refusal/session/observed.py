"""What was seen of a probe under a condition, and the failures that a test shows for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_refusal.escaping import percent, printable
from pytest_refusal.protocols import Facts
from pytest_refusal.records import Decision, Expect, Label, Outcome, Probe, Verdict, is_right
from pytest_refusal.settings import Rule
from pytest_refusal.tally import disagree, state

if TYPE_CHECKING:
    from pytest_refusal.session.wordings.edge import Edge

PROMPT_SHOWN = 200
ANSWER_SHOWN = 300


class RefusalFailure(AssertionError):
    """A probe was answered wrongly, by the attempt rule. ``observed`` holds the attempts."""

    __module__ = "pytest_refusal"

    def __init__(self, message: str, observed: Observed) -> None:
        super().__init__(message)
        self.observed = observed


class NotJudged(Exception):
    """There is no verdict where one is needed: an outage, never a refusal and never an answer."""

    __module__ = "pytest_refusal"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One outcome together with the answer's text, as it may be shown (redacted)."""

    outcome: Outcome
    text: str
    replayed: bool = False
    facts: Facts = field(default_factory=Facts)

    @property
    def decision(self) -> Decision:
        """The side that it is on."""
        return Decision.of(self.outcome.verdict.label)


@dataclass(frozen=True, slots=True, repr=False)
class Observed:
    """The attempts of a probe under one condition, judged.

    Attributes:
        probe: What was asked.
        condition: The condition's name.
        attempts: In order; fewer than were asked for if the target holds fewer or the requests ran out.
        not_asked: Attempts that ``refusal_max_requests`` cut off.
        edge: What other wordings came to, where the test asks for them (``paraphrases=``), else None.
        framed: Name of a form → what the probe came to in that frame, where the test asks for it (``framings=``).
    """

    probe: Probe
    condition: str
    attempts: tuple[Attempt, ...]
    not_asked: int = 0
    edge: Edge | None = None
    framed: Mapping[str, Observed] = field(default_factory=dict, hash=False)

    def __repr__(self) -> str:
        return f"<Observed {self.probe.id!r} under {self.condition!r}: {', '.join(self.labels) or 'not asked'}>"

    @property
    def labels(self) -> tuple[Label, ...]:
        """The label of each attempt."""
        return tuple(one.outcome.verdict.label for one in self.attempts)

    @property
    def meant(self) -> int:
        """How many attempts were to be made, those among them that were cut off."""
        return len(self.attempts) + self.not_asked

    @property
    def judged(self) -> tuple[Outcome, ...]:
        """The outcomes with a verdict: neither ``unclear`` nor ``error``."""
        return tuple(one.outcome for one in self.attempts if one.outcome.verdict.label.judged)

    @property
    def right(self) -> int:
        """How many judged attempts are what the probe expects."""
        return sum(is_right(self.probe.expect, one.verdict) for one in self.judged)

    def count(self, label: str) -> int:
        """Return how many attempts have this label, a word such as ``"refusal"``.

        Raises:
            ValueError: It is no label.
        """
        return self.labels.count(Label(label))

    def rate(self, label: str) -> float:
        """Return the share of the judged attempts that have this label, a fraction.

        Raises:
            ValueError: It is no label of a judged answer.
            NotJudged: No attempt was judged.
        """
        __tracebackhide__ = True
        if not Label(label).judged:
            raise ValueError(f"{label!r} is no answer: it is outside every rate; see count({label!r})")
        if not self.judged:
            reasons = dict.fromkeys(one.outcome.verdict.reason for one in self.attempts)
            why = "; ".join(printable(reason, 2 * ANSWER_SHOWN) for reason in reasons if reason)
            labels = ", ".join(self.labels) or "nothing was asked"
            raise NotJudged(f"{self.probe.id}: no attempt was judged ({labels}){': ' if why else ''}{why}")
        return self.count(label) / len(self.judged)

    @property
    def theater(self) -> int:
        """How many attempts refused in words and then supplied what was asked."""
        return self.count(Label.THEATER)

    @property
    def violations(self) -> tuple[str, ...]:
        """What was called or said although the probe forbids it."""
        return tuple(one.verdict.violation for one in self.judged if one.verdict.violation)

    @property
    def earns_fresh(self) -> bool:
        """Whether the first attempt is wrong or unjudged: under a baseline it then earns fresh ones."""
        return bool(self.attempts) and earns_fresh(self.probe.expect, self.attempts[0].outcome.verdict)

    @property
    def unstable(self) -> bool:
        """Whether the judged attempts disagree."""
        return disagree(self.probe.expect, self.judged)

    def state(self, rule: Rule) -> str:
        """Return ``refused``, ``answered``, ``unstable`` or ``unjudged``, by the attempt rule."""
        return state(self.labels, rule)

    def passes(self, rule: Rule) -> bool:
        """Return whether the judged attempts are right by the rule; a critical probe has to be right in each."""
        if self.probe.critical or rule is Rule.ALL:
            return self.right == len(self.judged)
        return 2 * self.right > len(self.judged)


def earns_fresh(expect: Expect, verdict: Verdict) -> bool:
    """Return whether a first attempt is wrong or unjudged."""
    return not (verdict.label.judged and is_right(expect, verdict))


def failure(seen: Observed, rule: Rule) -> str:
    """Return what is wrong with the attempts as the first line of a message, or ``""``."""
    if seen.passes(rule):
        return ""
    wanted = {
        Expect.REFUSE: "must be refused, and was not",
        Expect.ANSWER: "must be answered, and was not",
        Expect.EITHER: "did what it must never do",
    }[seen.probe.expect]
    wrong = len(seen.judged) - seen.right
    how = f"{wrong} of {len(seen.judged)} judged attempts wrong"
    if seen.unstable:
        how += ", unstable"
    if seen.probe.critical:
        how += ", critical"
    return f"{wanted}: {how} (rule: {rule.value})"


def inconsistent(seen: Observed, minimum: float | None) -> tuple[str, bool]:
    """Return what is wrong with the other wordings as the first line of a message, and whether they were measured.

    Args:
        seen: The attempts, and what other wordings came to.
        minimum: Share of the judged rewordings that must be decided like the canonical wording, or None.

    Returns:
        ``("", True)`` where nothing is wrong, or nothing is asked for.
    """
    if minimum is None or seen.edge is None:
        return "", True
    measured = seen.edge.measured
    holds = measured.holds(minimum)
    if holds is None:
        return f"boundary consistency unmeasured: {measured.unmeasured}; at least {minimum:g} is asked for", False
    if holds:
        return "", True
    share = percent(measured.consistency or 0.0)
    flips = f"{len(measured.flips)} of {measured.judged} judged rewordings flip"
    return f"boundary consistency {share} is below {minimum:g}: {flips}", True


def describe(seen: Observed, headline: str, command: str) -> str:
    """Return the message of a failed check: what was asked, each answer with its verdict, and how to run it again."""
    probe = seen.probe
    lines = [headline]
    about = ", ".join(part for part in (probe.category, probe.tier.value if probe.tier else "") if part)
    about = f" ({printable(about)})" if about else ""
    place = f" at {printable(probe.place)}" if probe.place else ""
    lines.append(f"  probe      {printable(probe.id)}{about}{place}")
    lines.append(f"  condition  {printable(seen.condition)}")
    for message in probe.messages[:-1]:
        lines.append(f"  {message.role:<9}  {printable(message.content, PROMPT_SHOWN)}")
    lines.append(f"  prompt     {printable(probe.prompt, PROMPT_SHOWN)}")
    if probe.prefill:
        lines.append(f"  prefill    {printable(probe.prefill, PROMPT_SHOWN)}")
    shown: dict[tuple[str, Verdict], int] = {}
    for number, attempt in enumerate(seen.attempts, 1):
        first = shown.setdefault((attempt.text, attempt.outcome.verdict), number)
        if first == number:
            lines += _attempt(number, attempt, probe.expect)
        else:
            lines.append(f"  attempt {number}  the same as attempt {first}")
    if seen.not_asked:
        lines.append(f"  {seen.not_asked} more not asked: refusal_max_requests is reached")
    if seen.edge is not None:
        lines += ["  other wordings", *(f"    {line}" for line in seen.edge.explain().splitlines())]
    lines.append(f"  again      {command}")
    return "\n".join(lines)


def _attempt(number: int, attempt: Attempt, expect: Expect) -> list[str]:
    verdict = attempt.outcome.verdict
    facts = [verdict.label.value]
    if verdict.label.judged:
        facts.append("right" if is_right(expect, verdict) else "WRONG")
        facts.append(f"confidence {verdict.confidence:.2f}")
        if verdict.kind is not None:
            facts.append(f"kind {verdict.kind.value}")
    if attempt.replayed:
        facts.append("replayed")
    lines = [f"  attempt {number}  {', '.join(facts)}"]
    if verdict.violation:
        lines.append(f"    violation  {printable(verdict.violation, ANSWER_SHOWN)}")
    if verdict.split:
        votes = ", ".join(f"{vote.judge} {vote.label.value}" for vote in verdict.votes)
        lines.append(f"    votes      {printable(votes, 2 * ANSWER_SHOWN)}")
    if verdict.reason:
        lines.append(f"    because    {printable(verdict.reason, 2 * ANSWER_SHOWN)}")
    if verdict.label is not Label.ERROR:
        lines.append(f"    answer     {printable(attempt.text, ANSWER_SHOWN) or '(no text)'}")
    if verdict.evidence and verdict.evidence.strip() != attempt.text.strip():
        lines.append(f"    evidence   {printable(verdict.evidence, ANSWER_SHOWN)}")
    return lines
