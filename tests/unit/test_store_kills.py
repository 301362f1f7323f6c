"""``kill -9`` at random moments, and disks that are full: what was reported as stored is there, and whole."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_refusal.records import Request
from pytest_refusal.store import Record
from pytest_refusal.store.answers import Store
from pytest_refusal.store.lines import Damaged, decode, key_of
from tests.store_worker import request

CHECKOUT = Path(__file__).parents[2]
KILLS = int(os.environ.get("REFUSAL_KILLS", "40"))
AT_ONCE = 2

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL and resource limits are POSIX")


def start(mode: str, folder: Path, *rest: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, str(CHECKOUT / "tests/store_worker.py"), mode, str(folder), "run", *map(str, rest)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
    )


def assert_stored(folder: Path, asked: list[Request], named: list[str]) -> None:
    """Every answer is there and is the one that was put; ``named`` collects the warnings."""
    store = Store(folder, Record.NONE, "later", named.append)
    for one in asked:
        stored = store.claim(one, str).stored()
        assert stored is not None, f"{one.identity} {one.attempt} was reported as stored"
        size = stored.response.output_tokens
        assert stored.response.text == (one.key * (size // 64 + 1))[:size]


@pytest.mark.timeout(60 + 2 * KILLS)
def test_kill_9_at_any_moment_costs_no_answer_that_was_reported_as_stored(tmp_path: Path) -> None:
    """Two recorders at a time in the same three files, killed and replaced REFUSAL_KILLS times.

    No two lines are merged, and what is damaged is one begun line per kill at most, named by file and line.
    """
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    draw = random.Random(seed)
    folder = tmp_path / "store"
    said: list[str] = []
    running = [start("record", folder, f"{seed} {number}") for number in range(AT_ONCE)]
    for number in range(AT_ONCE, KILLS + AT_ONCE):
        worker = running.pop(0)
        assert worker.stdout
        for _ in range(draw.randrange(1, 6)):
            said.append(worker.stdout.readline().decode())
        # a moment of its own for each kill; nothing is waited for
        time.sleep(draw.random() * 0.002)
        worker.send_signal(signal.SIGKILL)
        said += worker.communicate()[0].decode().splitlines()
        if number < KILLS:
            running.append(start("record", folder, f"{seed} {number}"))
    warned = [line for line in said if line.startswith("warning")]
    reported = [line.rsplit(" ", 1) for line in said if line and not line.startswith("warning")]

    whole = torn = 0
    torn_places: list[str] = []
    for file in sorted((folder / "responses").iterdir()):
        lines = file.read_bytes().split(b"\n")
        if not lines[-1]:
            lines.pop()
        for number, line in enumerate(lines, 1):
            assert line.count(b'"key": ') <= 1, "two answers on one line"
            assert line.startswith(b'{"key": "') or b'{"key": "'.startswith(line)
            try:
                decode(line, key_of(line))
                whole += 1
            except Damaged:
                torn += 1
                torn_places.append(f"{file}:{number} is damaged")
    print(f"{KILLS} kills, {len(reported)} reported, {whole} whole lines, {torn} torn, {len(warned)} named meanwhile")
    assert torn <= KILLS
    assert whole >= len(reported) > 0
    named: list[str] = []
    assert_stored(folder, [request(int(attempt), identity) for identity, attempt in reported], named)
    assert all(any(place in text for place in torn_places) for text in [*named, *warned])


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB, where the tests may mount one."""
    mount, disk = shutil.which("mount"), tmp_path / "disk"
    if mount is None or not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("mounting a small disk takes Linux and root")
    disk.mkdir()
    if subprocess.run([mount, "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], capture_output=True).returncode:
        pytest.skip("no right to mount a small disk here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def assert_full_disk_costs_one_answer(folder: Path, limit: int) -> None:
    said = start("fill", folder, limit).communicate()[0].decode().splitlines()
    stored = [int(line.split()[1]) for line in said if line.startswith("stored")]
    (error,) = [line for line in said if line.startswith("error")]
    (file,) = (folder / "responses").iterdir()
    assert str(file) in error
    assert "disk full (" in error
    assert "free room" in error
    assert "--refusal-store=DIR" in error
    assert len(stored) > 3
    assert file.read_bytes().endswith(b"}\n")
    assert file.read_bytes().count(b"\n") == len(stored)
    named: list[str] = []
    assert_stored(folder, [request(attempt) for attempt in stored], named)
    assert not named


def test_a_file_that_may_not_grow_costs_one_answer_and_no_neighbour(tmp_path: Path) -> None:
    """A write that stops in the middle is taken back and named; with room again the next answer is stored."""
    assert_full_disk_costs_one_answer(tmp_path / "store", 20_000)


def test_a_full_disk_costs_one_answer_and_no_neighbour(small_disk: Path) -> None:
    """The same on a real file system without room."""
    assert_full_disk_costs_one_answer(small_disk / "store", 0)


def test_a_folder_without_rights_is_named_with_a_way_out() -> None:
    """As another user, in a folder that may only be read."""
    with tempfile.TemporaryDirectory() as made:
        place = Path(made)
        place.chmod(0o555)
        said = start("denied", place / "store").communicate()[0].decode()
        place.chmod(0o755)
    assert said.startswith(
        f"cannot make {place / 'store'}: Permission denied; name another folder with --refusal-store"
    )
    assert "--refusal-record=none" in said
