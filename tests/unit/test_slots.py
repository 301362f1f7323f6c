"""``targets.slots``: never more in flight than there are places, alone and over several processes."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from pytest_refusal.errors import AskingEnded
from pytest_refusal.session.budget import SharedPlaces
from pytest_refusal.store.locks import LockFile
from pytest_refusal.summary import ServerUse
from pytest_refusal.targets.law import Law
from pytest_refusal.targets.slots import Concurrency, Slots

HOLDER = """
import sys
from pathlib import Path
from pytest_refusal.session.budget import SharedPlaces
from pytest_refusal.store.locks import LockFile

places = SharedPlaces(LockFile(Path(sys.argv[1])), 0, 3)
print(sum(places.take() is not None for _ in range(int(sys.argv[2]))), flush=True)
sys.stdin.readline()
"""


def together(slots: Slots, count: int, meet: int) -> int:
    """Return the most that were in flight while so many threads wanted a place; a multiple of ``meet``.

    Those inside wait until ``meet`` of them are: it ends only if so many are let in together.
    """
    lock = threading.Lock()
    meeting = threading.Barrier(meet, timeout=30)
    inside: list[int] = [0, 0]

    def work() -> None:
        with slots.turn():
            with lock:
                inside[0] += 1
                inside[1] = max(inside)
            meeting.wait()
            with lock:
                inside[0] -= 1

    with ThreadPoolExecutor(count) as pool:
        for done in [pool.submit(work) for _ in range(count)]:
            done.result()
    return inside[1]


@pytest.mark.parametrize("limit", [1, 3, 8])
def test_never_more_in_flight_than_places(limit: int) -> None:
    """And no fewer where so many want one."""
    assert together(Slots(Law(limit)), 24, meet=limit) == limit


def test_a_turn_says_how_long_it_may_wait_in_the_queue_of_the_server() -> None:
    """Twice K · L / C: three ahead of it, two seconds each, one at a time; nothing is known before an answer came."""
    slots = Slots(Law(4))
    with slots.turn() as first:
        assert first.queue_s == 0
    for _ in range(2):
        slots.answered(first, 0.0, 2.0)
    with ExitStack() as stack:
        turns = [stack.enter_context(slots.turn()) for _ in range(4)]
        assert [turn.queue_s for turn in turns] == [0.0, 4.0, 8.0, 12.0]


def test_a_server_that_works_on_several_lets_them_wait_less() -> None:
    slots = Slots(Law(8))
    with ExitStack() as stack:
        turns = [stack.enter_context(slots.turn()) for _ in range(8)]
    for place, turn in enumerate(turns):
        slots.answered(turn, place // 4 * 1.0, 1.0)
    with ExitStack() as stack:
        last = [stack.enter_context(slots.turn()) for _ in range(5)][-1]
        # 4.5 in flight on the mean, of whose time a third was waiting: three at a time
        assert last.queue_s == pytest.approx(2 * 4 * 1.0 / 3)


def test_a_request_that_ran_out_of_time_was_queued_if_only_earlier_ones_were_answered() -> None:
    """The server's queue is first in, first out; those sent together may have arrived in another order."""
    slots = Slots(Law(4))
    with slots.turn() as one, slots.turn() as two:
        assert not slots.timed_out(two)
        assert slots.silent
        slots.answered(one, 0.0, 1.0)
        assert slots.timed_out(two)
        assert not slots.silent
        for _ in range(3):
            with slots.turn() as later:
                slots.answered(later, 0.0, 1.0)
            assert slots.timed_out(two)
        with slots.turn() as later:
            slots.answered(later, 0.0, 1.0)
        assert not slots.timed_out(two)


def test_nobody_is_sent_while_the_server_asked_for_a_pause() -> None:
    """Retry-After holds for all that wait, not for the refused one alone."""
    slots = Slots(Law(4))
    with slots.turn() as turn:
        slots.refused(turn, 0.2)
    begun = time.monotonic()
    with slots.turn():
        assert time.monotonic() - begun >= 0.15
    assert slots.limit == 2


def test_who_waits_for_a_place_gets_none_when_the_run_is_over() -> None:
    concurrency = Concurrency(1)
    slots = concurrency.of("a")
    seen: list[str] = []
    waiting = threading.Event()

    def want() -> None:
        waiting.set()
        try:
            with slots.turn():
                seen.append("sent")
        except AskingEnded as error:
            seen.append(error.message)

    with slots.turn():
        thread = threading.Thread(target=want)
        thread.start()
        waiting.wait(10)
        concurrency.close()
        thread.join(10)
    assert seen == ["not asked: the run is over"]


def test_all_targets_behind_a_server_share_its_places() -> None:
    concurrency = Concurrency(3)
    assert concurrency.of("http://a") is concurrency.of("http://a")
    assert concurrency.of("http://a") is not concurrency.of("http://b")


@pytest.mark.parametrize(
    ("told", "processes", "measured", "limit"),
    [
        (None, 1, True, 1),
        (None, 1, False, 8),
        (None, 4, False, 2),
        (16, 1, True, 16),
        (16, 4, True, 4),
        (5, 4, True, 2),
        (2, 4, False, 1),
    ],
)
def test_the_places_of_a_process(told: int | None, processes: int, measured: bool, limit: int) -> None:
    """Auto begins with one; what is told is shared among the processes; what says nothing of itself gets eight."""
    assert Concurrency(told, processes).of("a", measured=measured).limit == limit


def test_what_the_report_says_of_a_server() -> None:
    """Nothing of one that was never answered by."""
    concurrency = Concurrency(2)
    idle, busy = concurrency.of("idle"), concurrency.of("busy")
    assert idle.limit == 2
    with busy.turn() as one, busy.turn() as two:
        busy.answered(one, 0.0, 1.0)
        busy.answered(two, 1.0, 1.0)
    assert concurrency.answered == 2
    assert concurrency.uses() == [ServerUse("busy", 2, 2, 2, pytest.approx(1.0))]


def test_what_two_processes_saw_of_a_server_is_added_up() -> None:
    """Each saw its share of the places."""
    one, other = ServerUse("a", 10, 4, 4, 1.5), ServerUse("a", 12, 3, 5, 2.5)
    assert one.plus(other) == ServerUse("a", 22, 7, 9, 4.0)
    assert one.plus(ServerUse("a", 1, 1, 1)).parallel == 1.5


def test_processes_take_their_places_from_one_number(tmp_path: Path) -> None:
    """Three places, two of them taken by another process; they come back when it is killed."""
    file = tmp_path / "places"
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(file), "2"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "2\n"
        places = SharedPlaces(LockFile(file), 0, 3)
        slots = Concurrency(3, 2, lambda server: places).of("a")
        assert slots.limit == 2
        assert together(slots, 4, meet=1) == 1
    finally:
        other.kill()
        other.communicate()
    assert together(slots, 4, meet=2) == 2
    taken = [places.take() for _ in range(4)]
    assert sorted(one for one in taken if one is not None) == [0, 1, 2]
    for one in taken[:3]:
        assert one is not None
        places.give(one)
