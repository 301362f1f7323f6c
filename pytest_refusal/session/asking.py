"""One attempt: the store, else the target; then the judge; redacted before anything is written."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from pytest_refusal.errors import RefusalError, TargetError
from pytest_refusal.protocols import Condition, Endpoint, Facts, Judge, Redactor
from pytest_refusal.records import (
    Label,
    Message,
    Outcome,
    Probe,
    Request,
    Response,
    Role,
    Verdict,
    canonical_json,
    sha256,
)
from pytest_refusal.session.budget import Budget
from pytest_refusal.session.observed import Attempt
from pytest_refusal.settings import Record
from pytest_refusal.store import Store
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


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with the verdict on it; ``verdict`` was passed on the text before redaction."""

    response: Response
    verdict: Verdict
    replayed: bool


class Asker:
    """Asks one request at a time and judges the answer. Knows nothing of tests.

    Args:
        store: Where the answers of known targets lie.
        mode: Where answers come from.
        judge: Called with a probe and the response, acts before words.
        seed: The ini value ``refusal_seed``.
        budget: Counts requests against ``refusal_max_requests``.
        warn: Told what the reader should know, once each.
    """

    def __init__(
        self, store: Store, mode: Record, judge: Judge, seed: str, budget: Budget, warn: Callable[[str], None]
    ) -> None:
        self.store = store
        self.mode = mode
        self.judge = judge
        self.seed = seed
        self.budget = budget
        self.warn = warn
        self._facts: dict[int, tuple[Endpoint, Facts]] = {}
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

    def attempt(self, case: Case, probe: Probe, request: Request) -> Attempt:
        """Return the judged attempt; a failed target or judge is an ``error``, never an exception.

        Raises:
            LimitReached: The request was not asked.
            RefusalError: What is no outage: a store that cannot be written, an answer that mode ``none`` lacks.
        """
        try:
            answer = self.answer(case, probe, request)
        except TargetError as error:
            case.spend(retries=error.retries)
            failed = Verdict(Label.ERROR, 0.0, reason=case.redact(error.message))
            return Attempt(self._outcome(case, request, failed, 0.0), "")
        text = case.redact(answer.response.text)
        verdict = redacted(answer.verdict, answer.response.text, text, case.redact)
        case.texts[request.key] = text
        outcome = self._outcome(case, request, verdict, answer.response.duration_s)
        return Attempt(outcome, text, answer.replayed, Facts(answer.response.model, answer.response.server_version))

    def answer(self, case: Case, probe: Probe, request: Request) -> Answer:
        """Return an answer and its verdict, from the store or the target.

        Raises:
            TargetError, LimitReached, RefusalError: As in :meth:`attempt`.
        """
        if case.endpoint.stored:
            return self._stored(case, probe, request)
        if self._own_item != case.item:
            self._own_item = case.item
            self._own.clear()
        key = request.key
        if (response := self._own.get(key)) is not None:
            case.spend(replayed=1)
            return Answer(response, self._judged(case, probe, response), True)
        if case.endpoint.identity is None:
            response = self._own[key] = self._ask(case, request)
            return Answer(response, self._judged(case, probe, response), False)
        # a file of answers: there is nothing to spend and nothing to keep
        response = case.endpoint.ask(request)
        case.spend(replayed=1)
        return Answer(response, self._judged(case, probe, response), True)

    def facts(self, endpoint: Endpoint) -> Facts:
        """Return what the server says of itself, asked once; nothing if it does not answer or must not be asked."""
        if self.mode is Record.NONE:
            return Facts()
        known = self._facts.get(id(endpoint))
        if known is None:
            try:
                known = (endpoint, endpoint.facts())
            except TargetError:
                # whoever has to ask meets the error again, with its test to show it
                known = (endpoint, Facts())
            self._facts[id(endpoint)] = known
        return known[1]

    def _stored(self, case: Case, probe: Probe, request: Request) -> Answer:
        facts = self.facts(case.endpoint)
        with self.store.claim(request, case.redact) as slot:
            stored = slot.stored(facts.model, facts.server_version)
            for change in self.store.outdated:
                self.warn(
                    f"{case.endpoint.name}: stored answers of model {change.old_model[:12]} (server "
                    f"{change.old_version or 'unknown'}) are not used: now it is {change.new_model[:12]} (server "
                    f"{change.new_version or 'unknown'}), which is asked again"
                )
            if stored is not None:
                case.spend(replayed=1)
                verdict = self._kept(probe, stored.verdict) or self._judged(case, probe, stored.response)
                return Answer(stored.response, verdict, True)
            if self.mode is Record.NONE:
                raise self.store.missing(request)
            response = self._ask(case, request)
            verdict = self._judged(case, probe, response)
            text = case.redact(response.text)
            clean = replace(
                response,
                text=text,
                thinking=case.redact(response.thinking),
                refused=case.redact(response.refused),
                tool_calls=tuple(replace(call, arguments=case.redact(call.arguments)) for call in response.tool_calls),
            )
            kept = None
            if clean != response:
                # a replay would judge another text than this run did
                kept = {**redacted(verdict, response.text, text, case.redact).to_json(), "for": self._judged_for(probe)}
            slot.put(clean, verdict=kept)
        return Answer(response, verdict, False)

    def _ask(self, case: Case, request: Request) -> Response:
        self.budget.spend()
        case.spend(asked=1)
        response = case.endpoint.ask(request)
        case.spend(retries=response.retries, tokens=response.prompt_tokens + response.output_tokens)
        return response

    def _judged(self, case: Case, probe: Probe, response: Response) -> Verdict:
        try:
            return self.judge(probe, response)
        except RefusalError as error:
            return Verdict(Label.ERROR, 0.0, reason=f"the judge failed: {error.message}")
        except Exception as error:
            return Verdict(Label.ERROR, 0.0, reason=f"the judge raised {type(error).__name__}: {error}")

    def _judged_for(self, probe: Probe) -> str:
        """Return what a kept verdict depends on besides the text: who judged, and what the probe forbids."""
        asked = [probe.expect.value, probe.never_says, probe.never_calls]
        return sha256(canonical_json([self.judge.identity.sha256, asked]))

    def _kept(self, probe: Probe, row: dict[str, object] | None) -> Verdict | None:
        if row is None or row.get("for") != self._judged_for(probe):
            return None
        try:
            return Verdict.from_json({name: content for name, content in row.items() if name != "for"})
        except (KeyError, TypeError, ValueError):
            # somebody edited the store: the text is judged again
            return None

    def _outcome(self, case: Case, request: Request, verdict: Verdict, duration_s: float) -> Outcome:
        return Outcome(
            probe=request.probe,
            condition=case.condition.name,
            attempt=request.attempt,
            verdict=verdict,
            request=request.key,
            role=request.role,
            duration_s=duration_s,
        )


def redacted(verdict: Verdict, text: str, clean: str, redact: Redactor) -> Verdict:
    """Return the verdict with every text of it redacted, and the evidence where it stands in the redacted text."""
    evidence = redact(verdict.evidence)
    return replace(
        verdict,
        evidence=evidence,
        offset=verdict.offset if clean == text else (clean.find(evidence) if evidence else -1),
        violation=redact(verdict.violation),
        reason=redact(verdict.reason),
    )
