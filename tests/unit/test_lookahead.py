"""``session.lookahead``: each request is asked once, within the places, and handed to the test that wants it."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from values import probe

from pytest_refusal.errors import LimitReached, Overloaded, StoreError, TargetError, Unreachable
from pytest_refusal.protocols import Condition, Endpoint
from pytest_refusal.records import Request, Response
from pytest_refusal.session.ahead.asks import Ask, Prediction
from pytest_refusal.session.ahead.lookahead import LEAST_WINDOW, WINDOW, Lookahead
from pytest_refusal.session.asking import Asker, Case, Fetched


class Target:
    """What the lookahead looks at of a target."""

    identity = "m"
    flying = 0

    def __init__(self, limit: int) -> None:
        self.limit = limit


class Asking:
    """An asker that answers with the probe's id; ``answer`` may raise or wait."""

    def __init__(self, answer: Callable[[str], None] = lambda name: None) -> None:
        self.asked: list[str] = []
        self.most = 0
        self.closed = False
        self._answer = answer
        self._inside = 0
        self._lock = threading.Lock()
        self.arrived = threading.Condition()

    judges_ahead = False

    def may_have(self, case: Case, request: Request) -> bool:
        return False

    def close(self) -> None:
        self.closed = True

    def fetch(self, case: Case, asked: object, request: Request, *, ahead: bool = False) -> Fetched | None:
        with self._lock:
            self.asked.append(request.probe)
            self._inside += 1
            self.most = max(self.most, self._inside)
        with self.arrived:
            self.arrived.notify_all()
        try:
            case.spend(asked=1)
            self._answer(request.probe)
            return Fetched(Response(request.probe))
        finally:
            with self._lock:
                self._inside -= 1

    def wait_for(self, count: int) -> None:
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.asked) >= count, 30)


class Run:
    """Items that want one probe each, and a lookahead over them."""

    def __init__(self, items: int, limit: int, answer: Callable[[str], None] = lambda name: None) -> None:
        self.asker = Asking(answer)
        self.closed = 0
        target = cast("Endpoint", Target(limit))
        self.case = Case("item", target, Condition("m", "m", "m"), lambda text: text)
        self.requests = [Request("m", probe(f"p{n}").messages, f"p{n}") for n in range(items)]
        self.lookahead = Lookahead(cast("Asker", self.asker), self.predict, items, self.close)

    def close(self) -> None:
        self.closed += 1

    def predict(self, item: int) -> Prediction:
        return Prediction("test", [Ask(item, "test", self.case, probe(f"p{item}"), self.requests[item])])

    def take(self, item: int) -> Fetched | None:
        return self.lookahead.take(self.case, self.requests[item])

    def run(self, items: Sequence[int]) -> list[str]:
        """Do as a run of these items does; return what each was answered."""
        answers = []
        for item in items:
            self.lookahead.begin(item)
            fetched = self.take(item)
            if fetched is None:
                # not asked ahead, or not yet: the test asks itself
                fetched = self.asker.fetch(self.case, None, self.requests[item])
                assert fetched is not None
            answers.append(fetched.response.text)
            self.lookahead.end(item)
        return answers


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_every_test_gets_its_own_answer_in_whatever_order_the_items_run(data: st.DataObject) -> None:
    """In turn (alone), in jumps (a worker of pytest-xdist); never more at once than places and the test itself."""
    count = data.draw(st.integers(1, 40))
    limit = data.draw(st.integers(1, 9))
    order = data.draw(st.permutations(range(count)) | st.just(list(range(count))))
    run = Run(count, limit)
    assert run.run(order) == [f"p{item}" for item in order]
    run.lookahead.stop()
    assert run.asker.most <= limit + 1
    assert set(run.asker.asked) == {f"p{n}" for n in range(count)}
    if list(order) == sorted(order):
        assert max(Counter(run.asker.asked).values()) == 1
    assert (run.asker.closed, run.closed) == (True, 1)


def test_no_more_than_a_window_is_asked_ahead() -> None:
    """A test that takes its time lets the server rest."""
    run = Run(200, 4)
    run.lookahead.begin(0)
    run.asker.wait_for(WINDOW * 4)
    run.lookahead.drain()
    assert sorted(run.asker.asked) == sorted(f"p{n}" for n in range(WINDOW * 4))
    assert Run(3, 1).lookahead is not None
    assert LEAST_WINDOW >= WINDOW


def test_what_the_asking_raised_is_raised_in_the_test_that_wanted_it() -> None:
    def answer(name: str) -> None:
        if name == "p1":
            raise Unreachable("nothing answers")

    run = Run(3, 1, answer)
    run.lookahead.begin(0)
    run.asker.wait_for(3)
    assert run.take(0) is not None
    with pytest.raises(Unreachable, match="nothing answers"):
        run.take(1)
    assert run.take(1) is None, "an error is no answer: who comes again asks again"
    assert run.take(2) is not None
    run.lookahead.stop()


@pytest.mark.parametrize("error", [Overloaded("busy"), ValueError("a fault of ours"), TargetError("x")])
def test_what_its_test_has_to_meet_itself_is_given_back(error: Exception) -> None:
    """A busy server was perhaps our fault; anything unforeseen is for a test to show."""

    def answer(name: str) -> None:
        if name == "p0":
            raise error

    run = Run(3, 1, answer)
    run.lookahead.begin(0)
    run.asker.wait_for(3)
    if type(error) is TargetError:
        with pytest.raises(TargetError):
            run.take(0)
    else:
        assert run.take(0) is None
    assert run.take(1) is not None
    run.lookahead.stop()


@pytest.mark.parametrize("error", [LimitReached("not asked"), StoreError("disk full")])
def test_what_no_request_can_pass_ends_the_asking_ahead(error: Exception) -> None:
    def answer(name: str) -> None:
        if name == "p2":
            raise error

    run = Run(50, 1, answer)
    run.lookahead.begin(0)
    run.asker.wait_for(3)
    run.lookahead.drain()
    assert run.asker.asked == ["p0", "p1", "p2"]
    assert run.take(2) is None
    assert run.take(3) is None
    run.lookahead.stop()


def test_an_answer_that_never_comes_does_not_hold_up_the_end() -> None:
    """Half a second for what is on its way; then nothing is sent or written any more."""
    hang = threading.Event()
    run = Run(10, 2, lambda name: cast("None", hang.wait(30)))
    run.lookahead.begin(0)
    run.asker.wait_for(2)
    begun = time.monotonic()
    run.lookahead.stop()
    assert time.monotonic() - begun < 5
    assert (run.asker.closed, run.closed) == (True, 1)
    hang.set()
    assert len(run.asker.asked) == 2


def test_a_slot_is_never_left_empty_while_something_waits() -> None:
    """Four requests meet inside before any goes on: it ends only if four are asked at once."""
    meeting = threading.Barrier(4, timeout=30)
    run = Run(16, 4, lambda name: cast("None", meeting.wait()))
    run.lookahead.begin(0)
    run.asker.wait_for(16)
    run.lookahead.drain()
    assert run.asker.most == 4
    run.lookahead.stop()


def test_the_attempts_of_a_running_test_are_asked_before_what_later_ones_want() -> None:
    hold = threading.Event()
    run = Run(10, 1, lambda name: cast("None", hold.wait(30)))
    run.lookahead.begin(0)
    run.asker.wait_for(1)
    wanted = [Request("m", probe("own").messages, "own", attempt=number) for number in (1, 2, 3)]
    run.lookahead.want(run.case, [(probe("own"), request) for request in wanted])
    hold.set()
    taken = [run.lookahead.take(run.case, request) for request in wanted]
    # the first may have been left to the test itself
    assert [one.response.text for one in taken if one is not None] == ["own"] * sum(one is not None for one in taken)
    run.lookahead.drain()
    place = run.asker.asked.index("own") if "own" in run.asker.asked else 0
    assert place <= 2
    run.lookahead.stop()


def test_what_was_asked_and_not_wanted_is_counted() -> None:
    run = Run(4, 4)
    run.lookahead.begin(0)
    run.asker.wait_for(4)
    run.take(0)
    run.lookahead.drain()
    assert run.lookahead.unused == 3
    assert run.lookahead.spent().asked == 4
    assert run.lookahead.spent().asked == 0
    run.lookahead.stop()


def test_a_test_that_did_not_use_its_prediction_ends_it_for_its_function() -> None:
    run = Run(100, 1)
    run.lookahead.begin(0)
    run.asker.wait_for(1)
    run.lookahead.end(0)
    asked: Any = len(run.asker.asked)
    for item in range(1, 100):
        run.lookahead.begin(item)
        run.lookahead.end(item)
    run.lookahead.drain()
    assert len(run.asker.asked) <= asked + 1
    run.lookahead.stop()
