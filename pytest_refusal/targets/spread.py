"""One model on several hosts, as one target."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

from pytest_refusal.errors import BadAnswer, TargetError, TargetTimeout, Unreachable
from pytest_refusal.protocols import Ahead, Facts
from pytest_refusal.records import Request, Response
from pytest_refusal.targets.ollama import OllamaTarget
from pytest_refusal.targets.slots import Concurrency


class SpreadTarget:
    """Asks each request of the host that is the least full. A host that dies hands its requests to the others.

    Args:
        parts: The same model, options and tools on different hosts; at least one.
    """

    on_test_thread = False
    stored = True
    ahead = Ahead.ALWAYS

    def __init__(self, parts: Sequence[OllamaTarget]) -> None:
        self.name = parts[0].name
        self.identity: str | None = parts[0].identity
        self.options: Mapping[str, Any] = parts[0].options
        self._hosts = _Hosts(parts)

    @property
    def limit(self) -> int:
        """How many requests it gets at once now, on all hosts that answer."""
        return sum(part.limit for part in self._hosts.alive())

    @property
    def flying(self) -> int:
        """How many requests the hosts are working on that answer."""
        return sum(part.flying for part in self._hosts.alive())

    def use(self, concurrency: Concurrency) -> None:
        """Ask within the places of a run: each host has its own."""
        self._hosts.use(concurrency)

    def facts(self) -> Facts:
        """Return what all hosts have that answer; asked once.

        Raises:
            BadAnswer: Their models differ: the answers would be a mixture of two models'.
            TargetError: No host can be asked, or one that answers does not have the model.
        """
        return self._hosts.facts(self.name)

    def lacks(self, request: Request) -> str:
        """Return what one of them says: they are alike."""
        return self._hosts.parts[0].lacks(request)

    def holds(self, request: Request) -> int | None:
        """Return None: a model draws as many answers as are asked."""
        return None

    def ask(self, request: Request) -> Response:
        """Answer; a request whose host went away goes to the next.

        Raises:
            TargetError: Of the last host, where none is left.
        """
        self.facts()
        return self._hosts.ask(request)


class _Hosts:
    """The hosts of a target and which of them answer; shared by all names of it."""

    def __init__(self, parts: Sequence[OllamaTarget]) -> None:
        self.parts = list(parts)
        self._lock = threading.Lock()
        self._asking = [0] * len(parts)
        self._dead: set[int] = set()
        self._facts: Facts | None = None
        self._concurrency = Concurrency()

    def use(self, concurrency: Concurrency) -> None:
        self._concurrency = concurrency
        for part in self.parts:
            part.use(concurrency)

    def alive(self) -> list[OllamaTarget]:
        """Return the hosts that answer; all of them, if none does."""
        return [part for place, part in enumerate(self.parts) if place not in self._dead] or self.parts

    def facts(self, who: str) -> Facts:
        with self._lock:
            if self._facts is None:
                self._facts = self._compared(who)
            return self._facts

    def ask(self, request: Request) -> Response:
        tried: set[int] = set()
        while True:
            place = self._begin(tried)
            part = self.parts[place]
            try:
                return part.ask(request)
            except (Unreachable, TargetTimeout) as error:
                tried.add(place)
                if isinstance(error, Unreachable) or part.slots.silent:
                    self._died(place, error)
                if len(tried) == len(self.parts):
                    raise
            finally:
                with self._lock:
                    self._asking[place] -= 1

    def _begin(self, tried: set[int]) -> int:
        with self._lock:
            left = [place for place in range(len(self.parts)) if place not in tried]
            left = [place for place in left if place not in self._dead] or left
            # the first of those that are equally full, so that one host's model is loaded before the next one's
            place = min(left, key=lambda one: (self._asking[one] / self.parts[one].limit, one))
            self._asking[place] += 1
            return place

    def _died(self, place: int, error: TargetError) -> None:
        with self._lock:
            if place in self._dead:
                return
            self._dead.add(place)
            others = len(self.parts) - len(self._dead)
        if others:
            self._concurrency.warn(
                f"the host {self.parts[place].address} went away, and what it was asked went to the other "
                f"{'host' if others == 1 else f'{others} hosts'}: {error.message}"
            )

    def _compared(self, who: str) -> Facts:
        facts: dict[int, Facts] = {}
        gone: dict[int, TargetError] = {}
        for place, part in enumerate(self.parts):
            try:
                facts[place] = part.facts()
            except (Unreachable, TargetTimeout) as error:
                gone[place] = error
        if not facts:
            raise gone[0]
        if len({fact.model for fact in facts.values()}) > 1:
            found = ", ".join(f"{self.parts[place].address} has {fact.model[:12]}" for place, fact in facts.items())
            raise BadAnswer(f"{who} is not the same model on all hosts: {found}. Get it anew with 'ollama pull'.")
        for place, why in gone.items():
            self._dead.add(place)
            self._concurrency.warn(
                f"the host {self.parts[place].address} does not answer; the others do its part: {why.message}"
            )
        return next(iter(facts.values()))
