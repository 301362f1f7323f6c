"""``session.budget``: ``refusal_max_requests`` is one number for all processes of a run."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pytest_refusal.errors import LimitReached, RefusalError
from pytest_refusal.session.budget import Budget

SPENDER = """
import sys
from pathlib import Path
from pytest_refusal.errors import LimitReached
from pytest_refusal.session.budget import Budget

budget = Budget(int(sys.argv[1]), Path(sys.argv[2]))
print("ready", flush=True)
sys.stdin.readline()
granted = refused = 0
while refused < 5:
    try:
        budget.spend()
        granted += 1
    except LimitReached:
        refused += 1
print(granted)
"""


def spend(budget: Budget, wanted: int) -> int:
    """Return how many of the wanted requests were granted."""
    granted = 0
    for _ in range(wanted):
        try:
            budget.spend()
        except LimitReached:
            continue
        granted += 1
    return granted


@pytest.mark.parametrize("limit", [1, 2, 40])
@pytest.mark.parametrize("alone", [True, False])
def test_a_process_spends_exactly_the_limit(limit: int, alone: bool, tmp_path: Path) -> None:
    """The request after the last is not asked, nor any later one."""
    budget = Budget(limit, None if alone else tmp_path / "asked")
    assert spend(budget, limit) == limit
    assert spend(budget, 10) == 0


def test_the_message_names_the_key_and_the_number() -> None:
    """And it is one of our own errors."""
    budget = Budget(2, None)
    assert spend(budget, 2) == 2
    with pytest.raises(LimitReached, match=r"^not asked: refusal_max_requests = 2 is reached in this run$") as caught:
        budget.spend()
    assert isinstance(caught.value, RefusalError)


def test_without_a_limit_nothing_is_counted_and_nothing_is_written(tmp_path: Path) -> None:
    """The common case costs nothing."""
    assert spend(Budget(None, tmp_path / "asked"), 1000) == 1000
    assert list(tmp_path.iterdir()) == []


def test_budgets_that_share_a_file_share_the_limit(tmp_path: Path) -> None:
    """Whoever asks first; a folder that is not there is made."""
    shared = tmp_path / "run" / "asked"
    one, other = Budget(5, shared), Budget(5, shared)
    assert spend(one, 3) == 3
    assert spend(other, 9) == 2
    assert spend(one, 9) == 0


def test_runs_with_files_of_their_own_have_limits_of_their_own(tmp_path: Path) -> None:
    """Two runs at the same time do not starve each other."""
    assert spend(Budget(5, tmp_path / "one"), 9) == 5
    assert spend(Budget(5, tmp_path / "other"), 9) == 5


@pytest.mark.parametrize("alone", [True, False])
def test_threads_of_a_process_share_its_limit(alone: bool, tmp_path: Path) -> None:
    """An async test may check several probes at once, each on a thread."""
    before = sys.getswitchinterval()
    budget = Budget(300, None if alone else tmp_path / "asked")
    granted: list[int] = []
    threads = [threading.Thread(target=lambda: granted.append(spend(budget, 200))) for _ in range(8)]
    # threads take turns as often as they can
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert len(granted) == 8
    assert sum(granted) == 300


@pytest.mark.parametrize("limit", [3, 400])
def test_four_processes_never_exceed_the_limit_and_reach_it(limit: int, tmp_path: Path) -> None:
    """All four begin together and ask until they are refused: the sum is the limit, not one more and not one less."""
    command = [sys.executable, "-c", SPENDER, str(limit), str(tmp_path / "asked")]
    workers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    try:
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("go\n")
            worker.stdin.flush()
        granted = [int(worker.communicate(timeout=120)[0]) for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()
    assert sum(granted) == limit
