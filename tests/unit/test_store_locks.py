"""Locks between threads and processes: taken once, gone with their holder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pytest_refusal.records import Response
from pytest_refusal.store import Record
from pytest_refusal.store.answers import Store
from pytest_refusal.store.locks import OFFSETS, LockFile
from tests.store_worker import request

CHECKOUT = Path(__file__).parents[2]
Start = Callable[..., "subprocess.Popen[str]"]

posix = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 and fork are POSIX")


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start workers on the store of this test; what still runs at its end is killed."""
    running: list[subprocess.Popen[str]] = []

    def start(mode: str, *rest: object) -> subprocess.Popen[str]:
        worker = subprocess.Popen(
            [sys.executable, str(CHECKOUT / "tests/store_worker.py"), mode, str(tmp_path / "store"), "run"]
            + [str(argument) for argument in rest],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        )
        running.append(worker)
        return worker

    yield start
    for worker in running:
        worker.kill()
        worker.communicate()


def says(worker: subprocess.Popen[str]) -> str:
    assert worker.stdout
    return worker.stdout.readline().strip()


def tell(worker: subprocess.Popen[str]) -> None:
    assert worker.stdin
    worker.stdin.write("\n")
    worker.stdin.flush()


def open_store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store", Record.NEW, "run", pytest.fail)


def test_a_held_byte_is_refused_to_another_thread_and_another_byte_is_not(tmp_path: Path) -> None:
    """Between threads of one process the gate decides: POSIX would give the same process the lock twice."""
    locks = LockFile(tmp_path / "claims")
    found: list[bool] = []
    with locks.held(7):
        for offset in (7, 8, OFFSETS - 1):
            thread = threading.Thread(target=lambda at=offset: found.append(locks.acquire(at, wait=False)))
            thread.start()
            thread.join()
    assert found == [False, True, True]
    assert locks.acquire(7, wait=False)
    locks.close()


def test_a_lock_file_keeps_nothing_of_what_was_given_back(tmp_path: Path) -> None:
    """Ten thousand requests in a run leave no ten thousand gates."""
    locks = LockFile(tmp_path / "claims")
    for offset in range(100):
        with locks.held(offset):
            pass
        assert locks.acquire(offset)
        assert not locks.acquire(offset, wait=False)
        locks.release(offset)
    assert not locks._gates
    locks.close()
    assert (tmp_path / "claims").stat().st_size == 0


def test_a_thread_that_would_wait_for_itself_is_told(tmp_path: Path) -> None:
    """A claim taken twice by one thread is a mistake in the caller and no hanging test run."""
    locks = LockFile(tmp_path / "claims")
    with locks.held(7), pytest.raises(RuntimeError, match="would wait for itself"):
        locks.acquire(7)
    locks.close()


def test_a_claim_may_outlive_the_store_that_was_closed(tmp_path: Path) -> None:
    """Closing gives everything back; the ``with`` block around it ends without an error."""
    store = open_store(tmp_path)
    with store.claim(request(1), str):
        store.close()
    assert store.try_claim(request(1), str)
    store.close()


@posix
def test_a_claim_of_a_killed_process_is_free_at_once_and_a_waiting_one_gets_it(tmp_path: Path, start: Start) -> None:
    """``kill -9`` while holding: no lease to wait for, although nobody has collected the dead process yet."""
    store = open_store(tmp_path)
    first = start("hold", 1)
    assert [says(first), says(first)] == ["waiting", "held"]
    second = start("hold", 1)
    assert says(second) == "waiting"
    assert store.try_claim(request(1), str) is None
    os.kill(first.pid, signal.SIGKILL)
    assert says(second) == "held"
    assert store.try_claim(request(1), str) is None
    tell(second)
    assert says(second) == "released"
    with store.claim(request(1), str) as slot:
        assert slot.stored() is not None
    store.close()


def test_who_waits_for_a_claim_then_finds_the_answer_of_the_one_who_asked(tmp_path: Path, start: Start) -> None:
    """The file is read on after the claim is there, not before."""
    store = open_store(tmp_path)
    with store.claim(request(1), str) as slot:
        assert slot.stored() is None
    worker = start("hold", 1)
    assert [says(worker), says(worker)] == ["waiting", "held"]
    tell(worker)
    with store.claim(request(1), str) as slot:
        stored = slot.stored()
    assert stored is not None
    assert stored.response.text == request(1).key[:40]
    store.close()


@posix
def test_a_forked_child_shares_no_claim_and_keeps_none_alive(tmp_path: Path, start: Start) -> None:
    """The child is refused what its parent holds, and the claim is free when the parent dies though the child lives."""
    parent = start("fork", 1)
    assert says(parent) == "child False True"
    store = open_store(tmp_path)
    assert store.try_claim(request(1), str) is None
    os.kill(parent.pid, signal.SIGKILL)
    with store.claim(request(1), str):
        pass
    tell(parent)
    assert says(parent) == "child held"
    store.close()


@posix
def test_two_processes_with_two_threads_each_are_no_deadlock(tmp_path: Path, start: Start) -> None:
    """Each thread holds one claim at most, but the kernel takes a process for one waiter and says EDEADLK."""
    one, two = start("cross", 1, 2), start("cross", 2, 1)
    assert [says(one), says(two)] == ["held", "held"]
    for worker in (one, two):
        tell(worker)
        assert [says(worker), says(worker)] == ["waiting", "alive True"]
    for worker in (one, two):
        tell(worker)
    assert [says(one), says(two)] == ["got", "got"]
    assert [one.wait(), two.wait()] == [0, 0]


def test_four_processes_ask_every_request_of_a_shared_list_once(start: Start) -> None:
    """100 requests, four processes that all want all of them: 100 are asked, and each sees the others' answers."""
    workers = [start("each", 0, 100) for _ in range(4)]
    said = [worker.communicate()[0].split("\n")[:-1] for worker in workers]
    assert all(lines[-1] == "done" for lines in said)
    asked = [line for lines in said for line in lines if line != "done"]
    assert sorted(asked) == sorted(f"asked {attempt}" for attempt in range(100))


def test_four_processes_that_append_at_once_lose_nothing(tmp_path: Path, start: Start) -> None:
    """4 x 200 answers into one file: all there, whole, one line each."""
    workers = [start("each", first, first + 200) for first in (0, 200, 400, 600)]
    said = [worker.communicate()[0].split("\n")[:-1] for worker in workers]
    assert [len(lines) for lines in said] == [201] * 4
    (file,) = (tmp_path / "store" / "responses").iterdir()
    assert file.read_bytes().count(b"\n") == 800
    store = Store(tmp_path / "store", Record.NONE, "later", pytest.fail)
    for attempt in range(800):
        stored = store.claim(request(attempt), str).stored()
        assert stored is not None
        assert stored.response.text == request(attempt).key[:40]


def test_threads_of_one_process_ask_every_request_once(tmp_path: Path) -> None:
    """Eight threads over the same 40 requests: 40 are asked."""
    store = open_store(tmp_path)
    asked: list[int] = []
    failed: list[BaseException] = []

    def work() -> None:
        try:
            for attempt in range(40):
                with store.claim(request(attempt), str) as slot:
                    if slot.stored() is None:
                        asked.append(attempt)
                        slot.put(Response(f"answer {attempt}"))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert sorted(asked) == list(range(40))
    store.close()
