"""What ``refusal.decide`` has come to while one item runs: the same question has the same decision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pytest_refusal.records import Decision, Expect, Probe, Request
from pytest_refusal.session.observed import NotJudged, Observed

SHRINK_BUDGET = 20
"""What a test with ``@given`` may still ask anew once it has failed: wordings, each with all of its attempts.

Hypothesis alone goes on for 500 steps or five minutes, and generates some more before it shrinks. Where one of a
wording's operators makes the test fail, twenty questions leave 1.0 operators on average (2.4 without any, 1.4 with
ten); where two do together, 2.1 (3.1 without any, 2.7 with ten, 2.0 with all it wants).
"""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a decision came to, or why there is none."""

    decision: str = ""
    problem: str = ""


@dataclass(slots=True)
class DryPass:
    """What a test would ask, and what it is told meanwhile.

    It is told what is expected of a probe, else "answered". An example that fails on what it was told asks nothing
    more, so the question of this place (the first, second, … of an example) is answered the other way from then on.

    Attributes:
        guesses: Place → what was learned to tell there.
        learned: Something was: another pass asks more, and rejects no example that the real pass does not.
        wanted: Request key → what is asked, in the order in which the test came to it.
    """

    guesses: dict[int, Decision] = field(default_factory=dict)
    learned: bool = False
    wanted: dict[str, tuple[Probe, Request]] = field(default_factory=dict)
    _told: list[Decision] = field(default_factory=list)

    def begin(self) -> None:
        """Take in that an example begins."""
        self._told.clear()

    def note(self, wanted: Sequence[tuple[Probe, Request]]) -> None:
        """Note what would be asked."""
        for probe, request in wanted:
            self.wanted.setdefault(request.key, (probe, request))

    def tell(self, probe: Probe) -> str:
        """Return what stands for the decision on a probe."""
        expected = Decision.REFUSED if probe.expect is Expect.REFUSE else Decision.ANSWERED
        self._told.append(self.guesses.get(len(self._told), expected))
        return self._told[-1].value

    def fail(self) -> None:
        """Take in that the example failed, or was rejected, after what it was told last."""
        if self._told:
            refused = self._told[-1] is Decision.REFUSED
            self.guesses[len(self._told) - 1] = Decision.ANSWERED if refused else Decision.REFUSED
            self.learned = True


Key = tuple[str, object]
"""A probe's id and how it is asked: what makes one question of two."""


class Decisions:
    """The decisions of one item while it runs: the same question has the same decision, and the same lack of one.

    Hypothesis runs an example again and calls it flaky if it comes out otherwise, which a model that samples would.

    Args:
        budget: How many new questions are let through once the test has failed.

    Attributes:
        failed: The test has failed; Hypothesis now looks for smaller examples that fail, too.
        dry: The dry pass that is running, or None.
    """

    def __init__(self, budget: int = SHRINK_BUDGET) -> None:
        self.failed = False
        self.dry: DryPass | None = None
        self._left = budget
        self._decided: dict[Key, Decided] = {}
        self._admitted: set[Key] = set()

    def of(
        self, probe: Probe, how: object, ask: Callable[[], Observed], describe: Callable[[Observed, str], str]
    ) -> str:
        """Return the decision on a probe, asking for it the first time.

        Args:
            probe: Whose decision is wanted.
            how: What else makes one question of two.
            ask: Asks it.
            describe: Makes a message of what was seen and a headline.

        Raises:
            NotJudged: There is no decision.
        """
        __tracebackhide__ = True
        if self.dry is not None:
            ask()
            return self.dry.tell(probe)
        key = (probe.id, how)
        if key not in self._decided:
            # another thread of an async test may be first
            self._decided.setdefault(key, _decided(ask, describe))
        decided = self._decided[key]
        if decided.problem:
            # the first time and every later one: Hypothesis tells failures apart by the line that raises
            raise NotJudged(decided.problem)
        return decided.decision

    def admit(self, probe: Probe, how: object) -> None:
        """Let a question through, or tell Hypothesis that the example is of no use: what is new is over the budget.

        A question that was let through once always is, and one that was not never is: no example is judged twice in
        two ways.
        """
        if self.dry is not None:
            return
        key = (probe.id, how)
        if self.failed and key not in self._admitted:
            from hypothesis import currently_in_test_context, reject

            # on another thread than the test's Hypothesis would not know whose example it is
            if currently_in_test_context():
                if self._left < 1:
                    reject()
                self._left -= 1
        self._admitted.add(key)


def _decided(ask: Callable[[], Observed], describe: Callable[[Observed, str], str]) -> Decided:
    try:
        seen = ask()
    except NotJudged as problem:
        return Decided(problem=str(problem))
    decision = Decision.majority(map(Decision.of, seen.labels))
    if decision is Decision.UNJUDGED:
        why = "no majority" if seen.judged else "not judged"
        return Decided(problem=describe(seen, f"undecided ({why}): {', '.join(seen.labels) or 'nothing asked'}"))
    return Decided(decision.value)
