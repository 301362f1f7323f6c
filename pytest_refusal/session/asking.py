"""One attempt: the store, else the target; then the judge; redacted before anything is written."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from pytest_refusal.errors import StoreError, TargetError
from pytest_refusal.protocols import Condition, Endpoint, Facts, Redactor
from pytest_refusal.records import (
    Label,
    Message,
    Outcome,
    Probe,
    Request,
    Response,
    Role,
    Verdict,
    sha256,
)
from pytest_refusal.session.budget import Budget
from pytest_refusal.session.facts import KnownFacts
from pytest_refusal.session.judging import Judging
from pytest_refusal.session.observed import Attempt
from pytest_refusal.settings import Record
from pytest_refusal.store import Slot, Store
from pytest_refusal.summary import Usage


@dataclass(slots=True)
class Case:
    """What the attempts of one item share: whom they ask, under which prompt, and what they cost.

    Attributes:
        item: The item's node id: an opaque callable's answers are shared only by reruns of it.
        texts: Request key → the answer's text, redacted, for the report.
    """

    item: str
    endpoint: Endpoint
    condition: Condition
    redact: Redactor
    usage: Usage = field(default_factory=Usage)
    texts: dict[str, str] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def spend(self, **counts: int) -> None:
        """Add to the usage; an async test may check several probes at once, each on a thread."""
        with self._guard:
            self.usage = self.usage.plus(Usage(**counts))

    def drain(self) -> Usage:
        """Return the usage up to now and begin anew."""
        with self._guard:
            spent, self.usage = self.usage, Usage()
            return spent


class SharedCases:
    """One case for all that is asked of the same under the same redaction, outside of a test: asked at once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, Redactor], Case] = {}

    def of(self, case: Case) -> Case:
        """Return the first case that is like this one."""
        return self._known.setdefault((case.condition.name, case.redact), case)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with the verdict on it; ``verdict`` was passed on the text before redaction."""

    response: Response
    verdict: Verdict
    replayed: bool


@dataclass(frozen=True, slots=True)
class Fetched:
    """What the store or the target gave.

    Attributes:
        response: As it came, before redaction.
        replayed: An earlier run had asked for it.
        verdict: Passed already, or None: it is still to be judged.
        unkept: Redaction changed what was stored, so the verdict has to stand beside it, once there is one.
    """

    response: Response
    replayed: bool = False
    verdict: Verdict | None = None
    unkept: bool = False


class Ahead(Protocol):
    """What was asked ahead of the tests."""

    def take(self, case: Case, request: Request) -> Fetched | None:
        """Wait for what was asked ahead, or None: the test has to ask itself; raises what the asking raised."""
        ...

    def want(self, case: Case, wanted: Sequence[tuple[Probe, Request]]) -> None:
        """Ask for all that a running test is about to take, at once."""
        ...

    def forget(self) -> None:
        """Ask no more of it: the test goes other ways."""
        ...


class Asker:
    """Asks one request at a time and judges the answer. Knows nothing of tests; threads may share it.

    Args:
        store: Where the answers of known targets lie.
        mode: Where answers come from.
        judging: Passes verdicts on answers.
        seed: The ini value ``refusal_seed``.
        budget: Counts requests against ``refusal_max_requests``.
        warn: Told what the reader should know, once each.

    Attributes:
        ahead: What was asked ahead, or None where nothing is.
        done: Attempts that tests have seen the end of.
        numbers: (case, probe, text of the last user turn) → how many attempts at it a baseline has had: those of this
            run are numbered after them, so that they are drawn afresh.
    """

    def __init__(
        self,
        store: Store,
        mode: Record,
        judging: Judging,
        seed: str,
        budget: Budget,
        warn: Callable[[str], None],
    ) -> None:
        self.store = store
        self.mode = mode
        self.judging = judging
        self.seed = seed
        self.budget = budget
        self.warn = warn
        self.ahead: Ahead | None = None
        self.done = 0
        self.numbers: Callable[[Case, Probe, str], int] = lambda case, probe, text: 0
        self._facts = KnownFacts(mode)
        self._own_item = ""
        self._own: dict[str, Response] = {}

    def request(self, case: Case, probe: Probe, attempt: int, role: Role) -> Request:
        """Return what is sent: the system prompt first, the target's options under the probe's."""
        messages = probe.messages
        if case.condition.system_prompt:
            messages = (Message("system", case.condition.system_prompt), *messages)
        options = {**case.endpoint.options, **probe.options}
        if "seed" in options:
            self.warn(
                "a seed set by 'options' is kept: every probe then draws the same random numbers, and repeated "
                "attempts are copies of one answer"
            )
        return Request(
            identity=case.condition.identity or f"condition:{case.condition.name}",
            messages=messages,
            probe=probe.id,
            role=role,
            attempt=attempt,
            turns=probe.turns,
            prefill=probe.prefill,
            options=options,
            seed=self.seed,
        )

    def first(self, case: Case, probe: Probe, attempt: int = 1, text: str | None = None) -> Request:
        """Return an attempt of the role ``round``, numbered after those of a baseline.

        Args:
            case: Whom it asks.
            probe: Its canonical wording.
            attempt: Of this run, from 1.
            text: The last user turn in other words, or None.
        """
        asked = probe if text is None else probe.reworded(text)
        request = self.request(case, asked, attempt, Role.ROUND)
        known = self.numbers(case, probe, asked.prompt)
        if not known or case.endpoint.holds(request) is not None:
            # a target that holds its answers has numbered them already
            return request
        return replace(request, attempt=attempt + known)

    def ask_ahead(self, asks: Sequence[tuple[Case, Probe, Request]]) -> None:
        """Have all of it asked at once, where anything is asked ahead; who wants it then takes one after another."""
        if self.ahead is None:
            return
        for case in {id(one): one for one, _, _ in asks}.values():
            self.ahead.want(case, [(probe, request) for one, probe, request in asks if one is case])

    def attempt(self, case: Case, probe: Probe, request: Request) -> Attempt:
        """Return the judged attempt; a failed target or judge is an ``error``, never an exception.

        Raises:
            LimitReached: The request was not asked.
            RefusalError: What is no outage: a store that cannot be written, an answer that mode ``none`` lacks.
        """
        try:
            answer = self.answer(case, probe, request)
            self.done += 1
        except TargetError as error:
            self.done += 1
            case.spend(retries=error.retries)
            failed = Verdict(Label.ERROR, 0.0, reason=case.redact(error.message))
            return Attempt(self._outcome(case, request, failed, 0.0, ""), "")
        text = case.redact(answer.response.text)
        verdict = redacted(answer.verdict, answer.response.text, text, case.redact)
        case.texts[request.key] = text
        outcome = self._outcome(case, request, verdict, answer.response.duration_s, sha256(text)[:16])
        return Attempt(outcome, text, answer.replayed, Facts(answer.response.model, answer.response.server_version))

    def answer(self, case: Case, probe: Probe, request: Request) -> Answer:
        """Return an answer and its verdict: asked ahead, from the store, or from the target.

        Raises:
            TargetError, LimitReached, RefusalError: As in :meth:`attempt`.
        """
        opaque = case.endpoint.identity is None
        if opaque and (kept := self._own_answer(case, request)) is not None:
            case.spend(replayed=1)
            return Answer(kept, self._judged(case, probe, kept), True)
        fetched = self.ahead.take(case, request) if self.ahead is not None else None
        if fetched is None:
            fetched = self.fetch(case, probe, request)
            assert fetched is not None
        if opaque:
            self._own[request.key] = fetched.response
        verdict = fetched.verdict or self._judged(case, probe, fetched.response)
        if fetched.unkept:
            clean = self._clean(case, fetched.response)
            with self.store.claim(request, case.redact) as slot:
                self._put(slot, case, probe, fetched.response, clean, verdict)
        return Answer(fetched.response, verdict, fetched.replayed)

    def fetch(self, case: Case, probe: Probe, request: Request, *, ahead: bool = False) -> Fetched | None:
        """Return what the store has, else what the target answers, which is then stored.

        Args:
            case: Whom to ask; it bears the cost.
            probe: What a verdict that is stored with the answer is for.
            request: What to ask.
            ahead: No test waits for it: what somebody else is just asking is left to them.

        Returns:
            What was fetched; None only ahead, where somebody else is asking.

        Raises:
            TargetError, LimitReached, RefusalError: As in :meth:`attempt`.
            AskingEnded: The run is over.
        """
        if not case.endpoint.stored:
            if case.endpoint.identity is None:
                return Fetched(self._ask(case, request))
            # a file of answers: there is nothing to spend and nothing to keep
            case.spend(replayed=1)
            return Fetched(case.endpoint.ask(request), replayed=True)
        facts = self._facts.of(case.endpoint)
        slot = (self.store.try_claim if ahead else self.store.claim)(request, case.redact)
        if slot is None:
            return None
        with slot:
            stored = slot.stored(facts.model, facts.server_version)
            if stored is not None:
                case.spend(replayed=0 if stored.mine else 1)
                return Fetched(stored.response, not stored.mine, self.judging.kept(probe, stored.verdict))
            self._say_outdated(case.endpoint, request)
            if self.mode is Record.NONE:
                raise self.store.missing(request)
            response = self._ask(case, request)
            clean = self._clean(case, response)
            if clean == response:
                self._put(slot, case, probe, response, clean, None)
                return Fetched(response)
            # A replay will judge what is stored, and that is another text: so the verdict is stored with it. A judge
            # that has to stay on the test's thread, or that claims replies of its own, passes it outside of this claim.
            outside = self.judging.asks or (ahead and not self.judging.ahead)
            verdict = None if outside else self._judged(case, probe, response)
            self._put(slot, case, probe, response, clean, verdict)
            return Fetched(response, verdict=verdict, unkept=verdict is None)

    @property
    def judges_ahead(self) -> bool:
        """Whether answers may be judged ahead of their test, on any thread."""
        return self.judging.ahead

    def judged_ahead(self, case: Case, probe: Probe, fetched: Fetched) -> Fetched:
        """Return what was fetched with its verdict."""
        if fetched.verdict is not None:
            return fetched
        return replace(fetched, verdict=self._judged(case, probe, fetched.response))

    def may_have(self, case: Case, request: Request) -> bool:
        """Return whether the store probably answers this request: cheap, and wrong only where a model changed."""
        if not case.endpoint.stored or self.mode is Record.ALL or self.store.changes_of(request.identity):
            return False
        try:
            return self.store.has(request)
        except StoreError:
            # the test meets it again, and shows it
            return True

    def close(self) -> None:
        """Write nothing more: a run that ends leaves no half of a line."""
        self.store.end()

    def _own_answer(self, case: Case, request: Request) -> Response | None:
        """Return what an opaque callable answered in an earlier run of the same item."""
        if self._own_item != case.item:
            self._own_item = case.item
            self._own.clear()
        return self._own.get(request.key)

    def _say_outdated(self, endpoint: Endpoint, request: Request) -> None:
        for change in self.store.changes_of(request.identity):
            self.warn(f"{endpoint.name}: {change.sentence('answers')}")

    def _clean(self, case: Case, response: Response) -> Response:
        return replace(
            response,
            text=case.redact(response.text),
            thinking=case.redact(response.thinking),
            refused=case.redact(response.refused),
            tool_calls=tuple(replace(call, arguments=case.redact(call.arguments)) for call in response.tool_calls),
        )

    def _put(
        self, slot: Slot, case: Case, probe: Probe, response: Response, clean: Response, verdict: Verdict | None
    ) -> None:
        kept = None
        if clean != response and verdict is not None:
            shown = redacted(verdict, response.text, clean.text, case.redact)
            kept = self.judging.to_keep(probe, shown)
        slot.put(clean, verdict=kept)

    def _ask(self, case: Case, request: Request) -> Response:
        self.budget.spend()
        case.spend(asked=1)
        response = case.endpoint.ask(request)
        case.spend(retries=response.retries, tokens=response.prompt_tokens + response.output_tokens)
        return response

    def _judged(self, case: Case, probe: Probe, response: Response) -> Verdict:
        verdict = self.judging.verdict(probe, response, case.redact)
        case.spend(**self.judging.spent())
        return verdict

    def _outcome(self, case: Case, request: Request, verdict: Verdict, duration_s: float, answer: str) -> Outcome:
        return Outcome(
            probe=request.probe,
            condition=case.condition.name,
            attempt=request.attempt,
            verdict=verdict,
            request=request.key,
            role=request.role,
            duration_s=duration_s,
            answer=answer,
        )


def redacted(verdict: Verdict, text: str, clean: str, redact: Redactor) -> Verdict:
    """Return the verdict with every text of it redacted, and the evidence where it stands in the redacted text."""
    evidence, violation, reason = (
        redact(part) if part else "" for part in (verdict.evidence, verdict.violation, verdict.reason)
    )
    offset = verdict.offset if clean == text else (clean.find(evidence) if evidence else -1)
    votes = tuple(replace(vote, reason=redact(vote.reason)) if vote.reason else vote for vote in verdict.votes)
    return replace(verdict, evidence=evidence, offset=offset, violation=violation, reason=reason, votes=votes)
