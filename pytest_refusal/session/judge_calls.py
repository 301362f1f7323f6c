"""Asks judge models: the store first, then the server, within the places of the run; every reply is stored."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_refusal.errors import JudgeError
from pytest_refusal.protocols import Endpoint, Redactor
from pytest_refusal.records import Message, Request, Response
from pytest_refusal.session.facts import KnownFacts
from pytest_refusal.settings import Record
from pytest_refusal.store import Store
from pytest_refusal.targets.named import named_target
from pytest_refusal.targets.slots import Concurrency

if TYPE_CHECKING:
    from pytest_refusal.judges.models.model import Ask


class JudgeCalls:
    """Requests to judge models. Threads may share it.

    A reply is kept under the model's identity, the rubric and the text that was judged, so a replay asks nothing; where
    another digest or server version answers now, it is asked again, and said.

    Args:
        store: Where the replies lie, beside the answers.
        mode: Where replies come from.
        hosts: Of the Ollama servers; none: the client's own default.
        timeout_s: Seconds to wait for a reply.
        root: Of the project.
        concurrency: Within which every model is asked.
        warn: Told what the reader should know, once each.
    """

    def __init__(
        self,
        store: Store,
        mode: Record,
        hosts: Sequence[str],
        timeout_s: float,
        root: Path,
        concurrency: Concurrency,
        warn: Callable[[str], None],
    ) -> None:
        self._store = store
        self._mode = mode
        self._facts = KnownFacts(mode)
        self._hosts = tuple(hosts)
        self._timeout_s = timeout_s
        self._root = root
        self._concurrency = concurrency
        self._warn = warn
        self._guard = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._thread = threading.local()

    def of(self, model: str) -> Ask:
        """Return what asks a model; nothing is sent yet."""
        endpoint = named_target(f"ollama:{model}", host=self._hosts or None, timeout_s=self._timeout_s, root=self._root)
        endpoint.use(self._concurrency)

        def ask(
            about: str,
            messages: Sequence[Message],
            options: Mapping[str, Any],
            attempt: int,
            keep: Callable[[str, Redactor], str],
        ) -> Response:
            asked = tuple(messages)
            request = Request(f"judge:{endpoint.identity}", asked, f"rubric {about}", attempt=attempt, options=options)
            return self._ask(endpoint, about, request, keep)

        return ask

    def spared(self) -> None:
        """Count an answer that no model had to see."""
        self._count(judge_spared=1)

    @contextmanager
    def redacting(self, redact: Redactor) -> Iterator[None]:
        """Let what this thread stores go through ``redact``: what is judged is written with its verdict."""
        self._thread.redact = redact
        try:
            yield
        finally:
            self._thread.redact = None

    def drain(self) -> dict[str, int]:
        """Return what was counted since the last call, by the names of ``Usage``."""
        with self._guard:
            counts, self._counts = self._counts, Counter()
            return dict(counts)

    def _ask(self, endpoint: Endpoint, about: str, request: Request, keep: Callable[[str, Redactor], str]) -> Response:
        redact: Redactor = getattr(self._thread, "redact", None) or _unchanged
        facts = self._facts.of(endpoint)
        with self._store.claim(request, redact) as slot:
            stored = slot.stored(facts.model, facts.server_version)
            if stored is not None:
                self._count(judge_replayed=0 if stored.mine else 1)
                return stored.response
            for change in self._store.changes_of(request.identity):
                self._warn(f"judge {endpoint.name}: {change.sentence('verdicts')}")
            if self._mode is Record.NONE:
                raise JudgeError(
                    f"no stored reply of judge {endpoint.name} to rubric {about!r} in {self._store.folder}. Record it "
                    "with: pytest --refusal-record=new"
                )
            self._count(judge_calls=1)
            response = endpoint.ask(request)
            self._count(retries=response.retries, tokens=response.prompt_tokens + response.output_tokens)
            # a model's thinking is long, and no part of its verdict
            slot.put(replace(response, text=keep(response.text, redact), thinking=""))
            return response

    def _count(self, **counts: int) -> None:
        with self._guard:
            self._counts.update(counts)


def _unchanged(text: str) -> str:
    return text
