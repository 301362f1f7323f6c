"""The places at a server: who asks holds one, so that no more requests are in flight than the run may have."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from pytest_refusal.errors import AskingEnded
from pytest_refusal.summary import ServerUse
from pytest_refusal.targets.law import FIXED, MOST, START, Law

TOKEN_WAIT_S = 0.01
"""Where processes share a number of places, a free one is looked for so often: nothing tells between processes."""

PATIENCE = 2.0
"""A queue is given so many times what K · L / C lets expect: answers differ in length, and L is the longest so far."""


class Tokens(Protocol):
    """Places that the processes of a run share."""

    def take(self) -> int | None:
        """Take a free one, or None at once."""
        ...

    def give(self, token: int) -> None:
        """Give it back."""
        ...


@dataclass(frozen=True, slots=True)
class Turn:
    """One request in flight.

    Attributes:
        number: In the order of sending, from 1 on.
        epoch: Of the limit under which it was sent.
        flying: In flight when it was sent, itself included.
        sent_s: When it was sent, monotonic.
        queue_s: How long it may wait in the server's queue, as far as that is known, in seconds.
        token: Of the places that processes share, or None.
    """

    number: int
    epoch: int
    flying: int
    sent_s: float
    queue_s: float
    token: int | None


class Slots:
    """The places at one server; any number of threads may share it.

    Args:
        law: How many there are.
        processes: How many processes of the run ask the same server.
        tokens: The places of all processes together, where there are more processes than one and the number was told.
    """

    def __init__(self, law: Law, processes: int = 1, tokens: Tokens | None = None) -> None:
        self._law = law
        self._processes = processes
        self._tokens = tokens
        self._free = threading.Condition()
        self._flying = 0
        self._most_flying = 0
        self._sent = 0
        self._answered = 0
        self._latest_answered = 0
        self._answered_s = 0.0
        self._longest_s = 0.0
        self._paused_until_s = 0.0
        self._silent = False
        self._closed = False

    @property
    def limit(self) -> int:
        """How many may be in flight now."""
        return self._law.limit

    @property
    def flying(self) -> int:
        """How many are in flight now."""
        return self._flying

    @property
    def answers(self) -> int:
        """How many requests were answered."""
        return self._answered

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        """Wait for a place and hold it.

        Raises:
            AskingEnded: The run is over.
        """
        turn = self._take()
        try:
            yield turn
        finally:
            with self._free:
                self._flying -= 1
                if turn.token is not None and self._tokens is not None:
                    self._tokens.give(turn.token)
                self._free.notify()

    def answered(self, turn: Turn, wait_s: float | None, work_s: float) -> None:
        """Take in that the server answered; the arguments are those of :meth:`Law.answered`."""
        with self._free:
            self._answered += 1
            self._latest_answered = max(self._latest_answered, turn.number)
            self._answered_s = time.monotonic()
            self._silent = False
            self._longest_s = max(self._longest_s, work_s)
            before = self._law.limit
            self._law.answered(turn.epoch, turn.flying, wait_s, work_s)
            self._free.notify(max(0, self._law.limit - before))

    def refused(self, turn: Turn, pause_s: float) -> None:
        """Take in a 429 or 503: fewer from now on, and nothing is sent for ``pause_s`` seconds."""
        with self._free:
            self._law.refused(turn.epoch)
            self._paused_until_s = max(self._paused_until_s, time.monotonic() + pause_s)

    def timed_out(self, turn: Turn) -> bool:
        """Take in that a request ran out of time; return whether it may still have been waiting for its place.

        The server's queue is first in, first out: so it may, if others were answered meanwhile, and none that came
        later. What was sent at about the same time may have arrived in another order.
        """
        with self._free:
            self._silent = self._answered_s <= turn.sent_s
            return not self._silent and self._latest_answered < turn.number + self._law.limit

    @property
    def silent(self) -> bool:
        """Whether the server answered nothing at all while the last request that ran out of time waited."""
        return self._silent

    def use(self, address: str) -> ServerUse | None:
        """Return what the report says of the server, or None if nothing was asked."""
        with self._free:
            if not self._answered:
                return None
            return ServerUse(address, self._answered, self._law.limit, self._most_flying, self._law.parallel)

    def close(self) -> None:
        """Give no more places away."""
        with self._free:
            self._closed = True
            self._free.notify_all()

    def _take(self) -> Turn:
        with self._free:
            token = self._wait()
            self._flying += 1
            self._sent += 1
            self._most_flying = max(self._most_flying, self._flying)
            ahead = self._flying * self._processes - 1
            queue_s = PATIENCE * ahead * self._longest_s / (self._law.parallel or 1.0)
            return Turn(self._sent, self._law.epoch, self._flying, time.monotonic(), queue_s, token)

    def _wait(self) -> int | None:
        while True:
            if self._closed:
                raise AskingEnded("not asked: the run is over")
            pause_s = self._paused_until_s - time.monotonic()
            if pause_s > 0:
                self._free.wait(pause_s)
            elif self._flying >= self._law.limit:
                self._free.wait()
            elif self._tokens is None:
                return None
            elif (token := self._tokens.take()) is not None:
                return token
            else:
                self._free.wait(TOKEN_WAIT_S)


class Concurrency:
    """What a run may ask at once: the places at each server, found or told, over all of its processes.

    Args:
        told: ``--refusal-concurrency`` as a number, or None for ``auto``.
        processes: How many processes share it.
        tokens: Makes the shared places of the n-th server, so that ``told`` holds over all processes.
        warn: Told what the reader should know, once each.
    """

    def __init__(
        self,
        told: int | None = None,
        processes: int = 1,
        tokens: Callable[[int], Tokens] | None = None,
        warn: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.told = told
        self.warn = warn
        self._processes = processes
        self._tokens = tokens
        self._guard = threading.Lock()
        self._slots: dict[str, Slots] = {}

    def of(self, address: str, *, measured: bool = True) -> Slots:
        """Return the places at a server, the same ones for every target behind it.

        Args:
            address: Of the server, or what else is asked.
            measured: Its answers say how long they waited; else the number is fixed where none was told.
        """
        with self._guard:
            if address not in self._slots:
                self._slots[address] = self._make(len(self._slots), measured)
            return self._slots[address]

    @property
    def flying(self) -> int:
        """How many requests are in flight now, at all servers."""
        with self._guard:
            return sum(slots.flying for slots in self._slots.values())

    @property
    def answered(self) -> int:
        """How many requests the servers have answered."""
        with self._guard:
            return sum(slots.answers for slots in self._slots.values())

    def uses(self) -> list[ServerUse]:
        """Return what the report says of each server that was asked."""
        with self._guard:
            uses = [slots.use(address) for address, slots in sorted(self._slots.items())]
        return [one for one in uses if one is not None]

    def close(self) -> None:
        """End the asking: whoever waits for a place gets none."""
        with self._guard:
            for slots in self._slots.values():
                slots.close()

    def _make(self, place: int, measured: bool) -> Slots:
        if self.told is not None:
            tokens = None if self._tokens is None else self._tokens(place)
            return Slots(Law(-(-self.told // self._processes)), self._processes, tokens)
        if not measured:
            return Slots(Law(-(-FIXED // self._processes)), self._processes)
        return Slots(Law(start=max(1, START // self._processes), most=max(1, MOST // self._processes)), self._processes)
