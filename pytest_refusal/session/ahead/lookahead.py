"""Asks ahead of the tests, so that a plain run keeps the model server busy; the tests consume the answers.

The test's thread says which item runs; it predicts what the next items will ask, a window of them. Threads ask that in
test order, as many as the places at the servers allow. Nothing is raised here: what failed fails in its own test.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextlib import suppress

from pytest_refusal.errors import AskingEnded, LimitReached, Overloaded, StoreError, TargetError
from pytest_refusal.protocols import Endpoint
from pytest_refusal.records import Probe, Request
from pytest_refusal.session.ahead.asks import Ask, Place, Prediction, State, place_of
from pytest_refusal.session.asking import Asker, Case, Fetched
from pytest_refusal.summary import Usage
from pytest_refusal.targets.law import MOST

WINDOW = 4
"""Items (and requests) ahead of the running one, per request that may be in flight: one slow answer stops none."""

LEAST_WINDOW = 8

STOPPING_S = 0.5
"""How long the end of an interrupted run waits for answers that are on their way."""

TICK_S = 0.25

MOMENT_S = 0.0005
PATIENCE = 6
"""A test that has its answer lets requests be sent first, for so many moments at most."""


class Lookahead:
    """Asks what the next items will want.

    Args:
        asker: Asks one request; its answers go through the store.
        predict: Place of an item → what it will ask, without what the store has.
        items: How many items there are.
        closes: Called when nothing may be sent any more.

    Attributes:
        waits: Called from time to time while a test waits for an answer; who has something to do then sets it.
    """

    def __init__(
        self,
        asker: Asker,
        predict: Callable[[int], Prediction],
        items: int,
        closes: Callable[[], None],
    ) -> None:
        self._asker = asker
        self._predict = predict
        self._items = items
        self._closes = closes
        self.waits: Callable[[], None] = lambda: None
        self._lock = threading.Lock()
        self._work = threading.Condition(self._lock)
        self._done = threading.Condition(self._lock)
        self._asks: dict[Place, Ask] = {}
        self._queue: deque[Ask] = deque()
        self._asking: Counter[int] = Counter()
        self._judging = 0
        self._idle = 0
        self._coming = 0
        self._threads = 0
        self._thread = 0
        self._endpoint: Endpoint | None = None
        self._stopped = False
        self._running = -1
        self._cursor = 0
        self._predictions: dict[int, tuple[str, list[Place]]] = {}
        self._wanted: list[Ask] = []
        self._taken: set[Place] = set()
        self._ended: set[str] = set()
        self._unused = 0
        self._usage = Usage()

    # What the test's thread calls.

    def begin(self, item: int) -> None:
        """Go on to an item, and ask what those after it will want."""
        with self._lock:
            self._thread = threading.get_ident()
            if item != self._running:
                self._move(item)
            self._running = item
        self.fill()

    def fill(self) -> None:
        """Predict up to a window ahead of the running item. Predicting may run hooks, so no lock is held."""
        while True:
            with self._lock:
                limit = self._endpoint.limit if self._endpoint is not None else 1
                window = max(LEAST_WINDOW, WINDOW * limit)
                if self._stopped or self._cursor >= min(self._items, max(self._running, 0) + window):
                    return
                if len(self._asks) >= window:
                    return
                item, self._cursor = self._cursor, self._cursor + 1
            prediction = self._predict(item)
            with self._lock:
                self._add(item, prediction)

    def end(self, item: int) -> None:
        """Leave an item: if it did not use what was asked for it, its function is asked ahead no more."""
        with self._lock:
            function, predicted = self._predictions.pop(item, ("", []))
            if any(place not in self._taken for place in predicted):
                self._ended.add(function)
                for ask in [one for one in self._asks.values() if one.function == function]:
                    self._drop(ask)
            self._taken.clear()

    def want(self, case: Case, wanted: Sequence[tuple[Probe, Request]]) -> None:
        """Ask for all that the running test is about to take, before anything that later ones want."""
        with self._lock:
            asks = [Ask(self._running, "", case, probe, request) for probe, request in wanted]
            asks = [ask for ask in asks if ask.place not in self._asks]
            if self._stopped or len(asks) < 2:
                # the test asks a single one itself
                return
            asks = [ask for ask in asks if not self._asker.may_have(case, ask.request)]
            self._queue.extendleft(reversed(asks))
            for ask in asks:
                self._asks[ask.place] = ask
            self._wanted += asks
            self._wake()

    def forget(self) -> None:
        """Ask no more of what the running test wanted: it goes other ways."""
        with self._lock:
            while self._wanted:
                self._drop(self._wanted.pop())

    def take(self, case: Case, request: Request) -> Fetched | None:
        """Wait for what was asked ahead.

        Returns:
            What came; None: it was not asked ahead (or is not yet), and the test has to ask itself.

        Raises:
            TargetError: What the asking raised.
        """
        place = place_of(case, request)
        with self._lock:
            self._taken.add(place)
            ask = self._asks.get(place)
            if ask is None:
                return None
            if ask.state is State.WAITING:
                self._drop(ask)
                return None
        mine = threading.get_ident() == self._thread
        while not self._waited(ask):
            if mine:
                self.fill()
                self.waits()
        with self._lock:
            self._let_send()
            self._asks.pop(place, None)
            if ask.fetched is not None and not ask.fetched.replayed:
                self._unused -= 1
        if ask.error is not None:
            raise ask.error
        return ask.fetched

    def drain(self) -> None:
        """Send nothing more and wait for what is in flight: other processes' tests may be waiting for it."""
        with self._lock:
            self._end()
            while self._in_flight:
                self._done.wait()

    def stop(self) -> None:
        """End the asking, within a second: what came is stored, what did not come is left."""
        deadline = time.monotonic() + STOPPING_S
        with self._lock:
            self._end()
            while self._in_flight and (left := deadline - time.monotonic()) > 0:
                self._done.wait(left)
        self._closes()
        self._asker.close()

    def spent(self) -> Usage:
        """Return what the asking ahead cost since the last call."""
        with self._lock:
            spent, self._usage = self._usage, Usage()
            return spent

    @property
    def unused(self) -> int:
        """How many answers no test has taken."""
        return self._unused

    # How it is done; the caller holds the lock.

    @property
    def _in_flight(self) -> int:
        return self._asking.total() + self._judging

    def _move(self, item: int) -> None:
        """Forget what was predicted for items that run elsewhere, or not at all: only what comes next counts."""
        if self._running < item <= self._cursor:
            passed = [one for one in range(self._running, item) if one in self._predictions]
        else:
            passed = list(self._predictions)
            self._cursor = item
        for one in passed:
            for place in self._predictions.pop(one)[1]:
                if (ask := self._asks.get(place)) is not None and ask.item == one:
                    self._drop(ask)
        while self._wanted:
            self._drop(self._wanted.pop())

    def _let_send(self) -> None:
        """Wait a moment where a place is empty and something could be sent: the test is quick, and the server idle.

        Python's threads take turns of 5 ms: the test's thread would keep those from sending that just could.
        """
        for _ in range(PATIENCE):
            if self._stopped or not self._queue:
                return
            endpoint = self._queue[0].case.endpoint
            if endpoint.flying >= endpoint.limit:
                return
            self._done.wait(MOMENT_S)

    def _add(self, item: int, prediction: Prediction) -> None:
        if self._stopped or prediction.function in self._ended or not prediction.asks:
            return
        self._predictions[item] = (prediction.function, [ask.place for ask in prediction.asks])
        self._endpoint = prediction.asks[-1].case.endpoint
        for ask in prediction.asks:
            if ask.place not in self._asks:
                self._asks[ask.place] = ask
                self._queue.append(ask)
        self._wake()

    def _drop(self, ask: Ask) -> None:
        if self._asks.get(ask.place) is not ask:
            return
        del self._asks[ask.place]
        if ask.state is State.WAITING:
            self._queue.remove(ask)
        # one in flight goes on: its answer is stored

    def _wake(self) -> None:
        """Put threads to work: as many as there are requests and places."""
        if not self._queue:
            return
        endpoint = self._queue[0].case.endpoint
        room = min(endpoint.limit - self._asking[id(endpoint)], len(self._queue)) - self._coming
        for _ in range(room):
            if self._idle:
                self._idle -= 1
                self._coming += 1
                self._work.notify()
            elif self._threads < MOST:
                self._threads += 1
                self._coming += 1
                # not joined at exit, so that an answer that never comes holds nobody up
                threading.Thread(target=self._run, name=f"pytest-refusal-{self._threads}", daemon=True).start()

    def _end(self) -> None:
        """Send nothing more; what waits is given back to its tests."""
        self._stopped = True
        for ask in self._queue:
            self._asks.pop(ask.place, None)
        self._queue.clear()
        self._work.notify_all()

    def _waited(self, ask: Ask) -> bool:
        with self._lock:
            if ask.state is not State.DONE and ask.awaited:
                self._done.wait(TICK_S)
            # the first look does not wait, so that who waits long can say so
            ask.awaited = True
            return ask.state is State.DONE

    # What the asking threads do.

    def _run(self) -> None:
        while (ask := self._due()) is not None:
            ended = False
            try:
                ask.fetched = self._asker.fetch(ask.case, ask.probe, ask.request, ahead=True)
            except Overloaded:
                # we may have caused that: its test asks again, and meets it again if it lasts
                pass
            except TargetError as error:
                ask.error = error
            except (LimitReached, StoreError, AskingEnded):
                # nothing more is to be had; the next test meets it again, and has a place to show it
                ended = True
            except Exception:
                # its test meets it again
                pass
            with self._lock:
                if ended:
                    self._end()
                self._asking[id(ask.case.endpoint)] -= 1
                self._judging += 1
            # what goes wrong here goes wrong again in its test, which judges what was not judged
            with suppress(Exception):
                self._judge(ask)
            with self._lock:
                self._finish(ask)

    def _judge(self, ask: Ask) -> None:
        if ask.fetched is None:
            return
        with self._lock:
            # a judge model has places of its own: its target's next request does not wait for it, nor for its loading
            self._wake()
        if not self._asker.judges_ahead:
            return
        ask.fetched = self._asker.judged_ahead(ask.case, ask.probe, ask.fetched)

    def _due(self) -> Ask | None:
        """Return the next request to ask, waiting for one; None when the asking has ended."""
        with self._lock:
            self._coming -= 1
            while not self._stopped:
                for ask in self._queue:
                    endpoint = ask.case.endpoint
                    if self._asking[id(endpoint)] < endpoint.limit:
                        self._queue.remove(ask)
                        self._asking[id(endpoint)] += 1
                        ask.state = State.ASKING
                        return ask
                self._idle += 1
                self._work.wait()
                self._coming -= 1
            return None

    def _finish(self, ask: Ask) -> None:
        ask.state = State.DONE
        self._judging -= 1
        self._usage = self._usage.plus(ask.case.drain())
        if ask.fetched is not None and not ask.fetched.replayed:
            self._unused += 1
        if ask.awaited or self._stopped:
            self._done.notify_all()
        # this thread goes on to the next
        self._coming += 1
        self._wake()
