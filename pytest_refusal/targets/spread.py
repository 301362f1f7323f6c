"""One model on several hosts, as one target."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

from pytest_refusal.errors import BadAnswer
from pytest_refusal.protocols import Facts
from pytest_refusal.records import Request, Response
from pytest_refusal.targets.ollama import OllamaTarget


class SpreadTarget:
    """Asks each request of the host that has the fewest under way.

    Args:
        parts: The same model, options and tools on different hosts; at least one.
    """

    on_test_thread = False
    stored = True

    def __init__(self, parts: Sequence[OllamaTarget]) -> None:
        self.name = parts[0].name
        self.identity: str | None = parts[0].identity
        self.options: Mapping[str, Any] = parts[0].options
        self._parts = list(parts)
        self._under_way = [0] * len(parts)
        self._lock = threading.Lock()

    def facts(self) -> Facts:
        """Return what all hosts have.

        Raises:
            BadAnswer: Their models differ: the answers would be a mixture of two models'.
            TargetError: A host cannot be asked.
        """
        facts = [part.facts() for part in self._parts]
        if len({fact.model for fact in facts}) > 1:
            found = ", ".join(
                f"{part.address} has {fact.model[:12]}" for part, fact in zip(self._parts, facts, strict=True)
            )
            raise BadAnswer(f"{self.name} is not the same model on all hosts: {found}. Get it anew with 'ollama pull'.")
        return facts[0]

    def lacks(self, request: Request) -> str:
        """Return what one of them says: they are alike."""
        return self._parts[0].lacks(request)

    def holds(self, request: Request) -> int | None:
        """Return None: a model draws as many answers as are asked."""
        return None

    def ask(self, request: Request) -> Response:
        """Answer; raises a ``TargetError``."""
        self.facts()
        with self._lock:
            place = self._under_way.index(min(self._under_way))
            self._under_way[place] += 1
        try:
            return self._parts[place].ask(request)
        finally:
            with self._lock:
                self._under_way[place] -= 1
