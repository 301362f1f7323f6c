"""``--refusal-attempts=auto``: rounds of one attempt, asked before the first test, until the verdict is settled."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import pytest

from pytest_refusal.configuration import wanted_of
from pytest_refusal.errors import LimitReached, RefusalError, UsageProblem
from pytest_refusal.gate import DIRECTIONS, look
from pytest_refusal.records import Expect, Outcome, Probe, Request
from pytest_refusal.session.ahead.prediction import may_not_run, probes_of
from pytest_refusal.session.asking import Asker, Case, SharedCases
from pytest_refusal.session.conditions import Conditions
from pytest_refusal.session.gating.gated import GatedRun
from pytest_refusal.session.gating.known import Known
from pytest_refusal.session.gating.verdict import Asked, gate_settings, held
from pytest_refusal.session.given import counts_in_rates
from pytest_refusal.session.observed import earns_fresh
from pytest_refusal.session.redaction import Redactors
from pytest_refusal.session.scoreboard import Scoreboard
from pytest_refusal.session.summing import by_condition
from pytest_refusal.session.wire import ItemRecord, Plan
from pytest_refusal.settings import ROUNDS, Settings
from pytest_refusal.summary import MeasuredCondition, Usage

NAME_A_NUMBER = "name a number instead: --refusal-attempts=3"

Side = tuple[str, Expect]
"""A condition and a direction."""


@dataclass(slots=True)
class Rounds:
    """What rounds came to.

    Attributes:
        done: Condition → direction → complete rounds.
        settled: (condition, probe id) → attempts that its test will make.
        saved: Requests that need not be asked.
        usage: What the rounds cost.
    """

    done: dict[str, dict[Expect, int]] = field(default_factory=dict)
    settled: dict[tuple[str, str], int] = field(default_factory=dict)
    saved: int = 0
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class Question:
    """A probe that is asked in rounds: whom, and in which order among all."""

    index: int
    case: Case
    probe: Probe


class InRounds:
    """Asks in rounds.

    Args:
        settings: Of the run.
        known: What its baselines know.
        gated: What they change.
        conditions: Whom an item asks.
        redactors: As for the tests.
        asker: Asks; what it stores is what the tests will find.
    """

    def __init__(
        self,
        settings: Settings,
        known: Known,
        gated: GatedRun,
        conditions: Conditions,
        redactors: Redactors,
        asker: Asker,
    ) -> None:
        self._settings = settings
        self._known = known
        self._gated = gated
        self._conditions = conditions
        self._redactors = redactors
        self._asker = asker
        self._rounds = Rounds()
        self._cases = SharedCases()

    def ask(self, items: Sequence[pytest.Item], plan: Plan, narrowed: Collection[str]) -> Rounds:
        """Ask until every direction of every condition is settled, three rounds at most.

        Args:
            items: The tests.
            plan: What they are meant to measure.
            narrowed: As of :class:`pytest_refusal.session.gating.verdict.Asked`.

        Raises:
            UsageProblem: An item's target is not named by an option, or keeps no answers for the tests.
        """
        open_ = self._questions(items)
        board = Scoreboard(self._settings)
        board.plan(plan)
        picked: dict[str, tuple[str, ...]] = {}
        for number in range(1, ROUNDS + 1):
            if not open_:
                break
            asks = [one for side in open_.values() for one in side]
            try:
                first = self._attempts(board, [(one, [self._asker.first(one.case, one.probe, number)]) for one in asks])
                if number == 1:
                    picked = self._confirm(board, asks, first)
            except (LimitReached, RefusalError):
                # its test meets it again, and has a place to show it
                return self._rounds
            for condition, direction in open_:
                self._rounds.done.setdefault(condition, {})[direction] = number
            settled = self._settled(board, Asked(picked, narrowed, self._rounds.done))
            for side in [side for side in open_ if side in settled or number == ROUNDS]:
                questions = open_.pop(side)
                self._rounds.saved += (ROUNDS - number) * len(questions)
                self._rounds.settled |= {(side[0], one.probe.id): number for one in questions}
        return self._rounds

    def _questions(self, items: Iterable[pytest.Item]) -> dict[Side, list[Question]]:
        """Return what is asked in rounds, by condition and direction.

        A direction is left out, and asked three times, where a probe of it is asked in other words or frames too, or
        a marker says how often.
        """
        found: dict[Side, list[Question]] = {}
        fixed: set[Side] = set()
        for index, item in enumerate(items):
            if "refusal" not in getattr(item, "fixturenames", ()) or not counts_in_rates(item):
                continue
            case = self._case(item)
            for probe in probes_of(item):
                side = (case.condition.name, probe.expect)
                if probe.expect not in DIRECTIONS or self._gated.line(case, probe) is None:
                    continue
                wanted = self._gated.wanted(side[0], probe, case.redact, wanted_of(item, self._settings))
                if wanted.attempts != ROUNDS or wanted.paraphrases or wanted.framings or may_not_run(item):
                    fixed.add(side)
                found.setdefault(side, []).append(Question(index, case, probe))
        return {side: _once(questions) for side, questions in found.items() if side not in fixed}

    def _case(self, item: pytest.Item) -> Case:
        by_option = self._settings.target is not None or self._conditions.fixture_place(item) is None
        known = self._conditions.known(item) if by_option else None
        if known is None:
            raise UsageProblem(
                "--refusal-attempts=auto asks before the first test, when no fixture is set up, and a fixture says "
                f"whom {item.nodeid} asks; {NAME_A_NUMBER}, or name the target with --refusal-target"
            )
        endpoint, condition = known
        if not endpoint.stored or endpoint.identity is None:
            raise UsageProblem(
                f"--refusal-attempts=auto asks before the first test, and the answers of {endpoint.name} are not kept "
                f"for the tests; {NAME_A_NUMBER}, or give it an identity: target(fn, identity=[…])"
            )
        return self._cases.of(Case(item.nodeid, endpoint, condition, self._redactors.of(item)))

    def _attempts(self, board: Scoreboard, wanted: Sequence[tuple[Question, Sequence[Request]]]) -> list[Outcome]:
        """Ask all at once, and count what came."""
        self._asker.ask_ahead([(one.case, one.probe, request) for one, requests in wanted for request in requests])
        outcomes: list[Outcome] = []
        for one, requests in wanted:
            made = [self._asker.attempt(one.case, one.probe, request) for request in requests]
            record = ItemRecord(one.index, self._asker.judging.judge.identity, wants_texts=False)
            record.outcomes += [attempt.outcome for attempt in made]
            record.probes[one.probe.id] = self._redactors.probe(one.probe, one.case.redact)
            facts = next((attempt.facts for attempt in made if attempt.facts.model), made[0].facts)
            record.conditions[one.case.condition.name] = MeasuredCondition(one.case.condition, facts)
            board.add(record)
            self._rounds.usage = self._rounds.usage.plus(one.case.drain())
            outcomes += record.outcomes
        return outcomes

    def _confirm(
        self, board: Scoreboard, asks: Sequence[Question], first: Sequence[Outcome]
    ) -> dict[str, tuple[str, ...]]:
        """Ask what a wrong or unjudged first attempt earns; return condition → ids of the probes."""
        wrong = [
            one for one, outcome in zip(asks, first, strict=True) if earns_fresh(one.probe.expect, outcome.verdict)
        ]
        wanted = [(one, self._gated.fresh(self._asker, one.case, one.probe)) for one in wrong]
        wanted = [(one, requests) for one, requests in wanted if requests]
        self._attempts(board, wanted)
        return by_condition((one.probe.id, one.case.condition.name) for one, _ in wanted)

    def _settled(self, board: Scoreboard, told: Asked) -> set[Side]:
        """Return the directions of which the verdict is settled."""
        _, pairs, _ = held(board.report(reworded=False), self._known, told, self._settings)
        looks = look([one.gated for one in pairs], gate_settings(self._settings))
        return {(one.condition, one.direction) for one in looks if one.settled}


def _once(questions: Iterable[Question]) -> list[Question]:
    """Return each probe once: a second test of it finds its answers."""
    return list({one.probe.id: one for one in reversed(list(questions))}.values())[::-1]
