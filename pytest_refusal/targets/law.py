"""How many requests a server gets at once, found from what it says of its own waiting (Little's law).

Too many in flight cost no time on an Ollama server, which lets them wait without a bound, but latency; too few cost
everything. Each answer says how long it waited for its place, so ``in flight · (1 - share of waiting)`` is how many
the server works on at once, whatever it was started with.
"""

from __future__ import annotations

import math

START = 4
"""In flight after the first answer came."""

MOST = 256
"""Never more in one run."""

FIXED = 8
"""For servers that do not say how long a request waited."""

IDLE = 0.1
"""Below this share of waiting there is room for more."""

HEADROOM = 1.25
"""In flight per request that the server works on, one more added: a free place must never wait for us."""

STEP = 0.15
"""Smaller changes are noise."""

FULL = 0.6
"""Below this part of the limit in flight, the answers say nothing about the limit."""

MOST_FLOOR = 0.5
"""An idle server that seems to wait longer than it works is noise."""


class Law:
    """The rule alone: told what was answered, it says how many may be in flight. Not safe for threads.

    The first request goes alone: it loads the model, and its share of waiting is what an idle server shows (a real
    Ollama "waits" 8-17 ms for template and tokenizer). After every ``limit`` answers to requests that were sent since
    the last change the limit is set anew: doubled (later: raised by a quarter) where hardly anything waits, else a
    quarter above what the server works on at once.

    Args:
        told: A limit that the user set: it is kept, but for refusals (429, 503); None: find it.
        start: In flight after the first answer.
        most: Never more.

    Attributes:
        limit: How many may be in flight now.
        parallel: How many the server works on at once, where its answers showed it; None before.
        epoch: Grows with each change of the limit.
    """

    def __init__(self, told: int | None = None, *, start: int = START, most: int = MOST) -> None:
        self.told = told
        self.limit = 1 if told is None else told
        self.parallel: float | None = None
        self.epoch = 0
        self._start = start
        self._most = most
        self._ceiling = told
        self._floor: float | None = None
        self._since = 0
        self._clear()

    def answered(self, epoch: int, flying: int, wait_s: float | None, work_s: float) -> None:
        """Take in an answer.

        Args:
            epoch: The epoch in which it was sent.
            flying: How many were in flight when it was sent, itself included.
            wait_s: How long it waited in the server, in seconds; None: the server does not say.
            work_s: How long the server worked on it, in seconds.
        """
        if wait_s is None or wait_s + work_s <= 0:
            if self._ceiling is None:
                self._ceiling = min(FIXED, self._most)
                self._set(self._ceiling)
            self._recover()
            return
        share = max(wait_s, 0.0) / (max(wait_s, 0.0) + work_s)
        if self._floor is None:
            if flying == 1:
                self._floor = min(share, MOST_FLOOR)
            if self._ceiling is None:
                self._set(min(self._start, self._most))
                return
        self._recover()
        if epoch != self.epoch:
            return
        self._count += 1
        self._flying += flying
        self._wait_s += max(wait_s, 0.0)
        self._work_s += work_s
        # while the limit is doubled half of them are enough: the others were sent before the last doubling
        doubling = self._ceiling is None and self.parallel is None
        if self._count >= ((self.limit + 1) // 2 if doubling else self.limit):
            self._evaluate()

    def refused(self, epoch: int) -> None:
        """Take in a 429 or 503: half as many from now on, once for all that were sent under the same limit."""
        if epoch == self.epoch:
            self._set(max(1, self.limit // 2))

    def _evaluate(self) -> None:
        flying = self._flying / self._count
        floor = self._floor or 0.0
        share = self._wait_s / (self._wait_s + self._work_s)
        share = min(max((share - floor) / (1 - floor), 0.0), 1.0)
        self._clear()
        if share >= IDLE:
            self.parallel = max(1.0, flying * (1 - share))
        if self._ceiling is not None or flying < FULL * self.limit:
            return
        if share < IDLE:
            # once some were seen to wait the limit is near, and doubling it again would swing
            wanted = 2 * self.limit if self.parallel is None else math.ceil(HEADROOM * self.limit) + 1
        else:
            wanted = math.ceil(HEADROOM * flying * (1 - share)) + 1
            if abs(wanted - self.limit) <= STEP * self.limit:
                return
        wanted = min(wanted, self._most)
        if wanted != self.limit:
            self._set(wanted)

    def _recover(self) -> None:
        # a fixed limit that was halved comes back by one for each full set of answers
        if self._ceiling is None or self.limit >= self._ceiling:
            return
        self._since += 1
        if self._since >= self.limit:
            self.limit += 1
            self._since = 0

    def _set(self, limit: int) -> None:
        self.limit = limit
        self.epoch += 1
        self._since = 0
        self._clear()

    def _clear(self) -> None:
        self._count = 0
        self._flying = 0
        self._wait_s = 0.0
        self._work_s = 0.0
