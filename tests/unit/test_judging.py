"""The judge of a run is loaded on one thread, whoever asks for it first."""

from __future__ import annotations

import threading

from pytest_refusal.judges.rules import RulesJudge
from pytest_refusal.protocols import Judge
from pytest_refusal.session.judging import Judging


class Calls:
    """No judge model is asked."""


def test_a_thread_that_needs_the_judge_waits_for_the_one_that_loads_it() -> None:
    """Imports of two threads at once break each other in some versions of Python."""
    loaded_on: list[int] = []
    judge = RulesJudge()

    def find() -> Judge:
        loaded_on.append(threading.get_ident())
        return judge

    judging = Judging(find, Calls())  # type: ignore[arg-type]
    begins, seen = threading.Event(), list[object]()

    def other() -> None:
        begins.set()
        seen.append(judging.ahead)
        seen.append(judging.judge)

    with judging.loads():
        thread = threading.Thread(target=other)
        thread.start()
        assert begins.wait(10)
        assert loaded_on == []
    thread.join(10)
    assert loaded_on == [threading.get_ident()]
    assert seen[1] is judge


def test_without_it_whoever_comes_first_loads_the_judge_once() -> None:
    loaded: list[int] = []

    def find() -> Judge:
        loaded.append(1)
        return RulesJudge()

    judging = Judging(find, Calls())  # type: ignore[arg-type]
    threads = [threading.Thread(target=lambda: judging.judge) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loaded == [1]
