"""The plain file of known flips: written once, read in the next run, whatever happened to it in between."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from values import HOSTILE, probe

from pytest_refusal.settings import Record
from pytest_refusal.store import Store
from pytest_refusal.store.flips import MOST, KnownFlip, KnownFlips

SHOES = probe("shoes", "answer", "How do I return a pair of shoes?")
THANKS = KnownFlip("How do I return a pair of shoes? Thanks!", ("closer.thanks",))


@pytest.fixture
def warned() -> list[str]:
    return []


def known(folder: Path, warned: list[str]) -> KnownFlips:
    return KnownFlips(Store(folder, Record.NEW, "run", warned.append), warned.append)


def test_a_flip_is_known_to_the_next_run_and_to_no_other_probe(tmp_path: Path, warned: list[str]) -> None:
    folder = tmp_path / ".refusal"
    first = known(folder, warned)
    assert first.of(SHOES) == ()
    first.add(SHOES, THANKS)
    assert first.of(SHOES) == (THANKS,)
    again = known(folder, warned)
    assert again.of(SHOES) == (THANKS,)
    assert again.of(probe("shoes", "answer", "How do I return a hat?")) == ()
    # a probe of another name has answers of its own, and a second run is to ask nothing
    assert again.of(probe("other", "answer", SHOES.prompt)) == ()
    assert again.of(probe("shoes", "refuse", SHOES.prompt)) == (THANKS,)
    assert (folder / ".gitignore").is_file()
    assert warned == []


def test_a_flip_is_written_once(tmp_path: Path, warned: list[str]) -> None:
    for _ in range(2):
        flips = known(tmp_path, warned)
        flips.add(SHOES, THANKS)
        flips.add(SHOES, THANKS)
    assert len((tmp_path / "flips.jsonl").read_text(encoding="utf-8").splitlines()) == 1


def test_the_latest_of_a_probe_come_back(tmp_path: Path, warned: list[str]) -> None:
    """Each is a request in every run."""
    flips = known(tmp_path, warned)
    for number in range(MOST + 2):
        flips.add(SHOES, KnownFlip(f"Text {number}", ("frame.x",)))
    assert [one.text for one in known(tmp_path, warned).of(SHOES)] == ["Text 4", "Text 3", "Text 2"]


@pytest.mark.parametrize(
    "line",
    [
        b"not json",
        b"[1]",
        b'{"probe": "p", "prompt_sha256": "a", "text": ""}',
        b'{"probe": "p", "prompt_sha256": "a", "text": "b", "operators": [1]}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_a_damaged_line_costs_itself_and_is_named(tmp_path: Path, warned: list[str], line: bytes) -> None:
    known(tmp_path, warned).add(SHOES, THANKS)
    file = tmp_path / "flips.jsonl"
    file.write_bytes(line + b"\n" + file.read_bytes())
    assert known(tmp_path, warned).of(SHOES) == (THANKS,)
    [warning] = warned
    assert warning.startswith(f"{file}:1: not a known flip")


def test_a_torn_line_is_left_alone_by_the_next_append(tmp_path: Path, warned: list[str]) -> None:
    file = tmp_path / "flips.jsonl"
    file.write_bytes(b'{"prompt_sha256": "a", "te')
    known(tmp_path, warned).add(SHOES, THANKS)
    assert known(tmp_path, warned).of(SHOES) == (THANKS,)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read and write everything")
def test_a_file_that_cannot_be_read_stops_nothing(tmp_path: Path, warned: list[str]) -> None:
    file = tmp_path / "flips.jsonl"
    file.write_text("")
    file.chmod(0)
    assert known(tmp_path, warned).of(SHOES) == ()
    assert f"cannot read {file}" in warned[0]


def test_a_folder_where_the_file_should_be_stops_nothing(tmp_path: Path, warned: list[str]) -> None:
    """Neither the reading nor the writing, and both are said."""
    (tmp_path / "flips.jsonl").mkdir()
    flips = known(tmp_path, warned)
    flips.add(SHOES, THANKS)
    assert len(warned) == 2
    assert "no known flip is asked first" in warned[0]
    assert warned[1].startswith("a flip is not asked first next time: cannot write to ")


def test_after_the_end_of_a_run_nothing_is_written(tmp_path: Path, warned: list[str]) -> None:
    store = Store(tmp_path, Record.NEW, "run", warned.append)
    store.end()
    KnownFlips(store, warned.append).add(SHOES, THANKS)
    assert not (tmp_path / "flips.jsonl").exists()
    assert warned == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(text=st.text(min_size=1, alphabet=st.characters(exclude_categories=["Cs"])) | st.sampled_from(HOSTILE))
def test_any_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder, warned = tmp_path_factory.mktemp("flips"), list[str]()
    known(folder, warned).add(SHOES, KnownFlip(text, ("frame.x",)))
    assert (folder / "flips.jsonl").read_bytes().count(b"\n") == 1
    assert known(folder, warned).of(SHOES) == (KnownFlip(text, ("frame.x",)),)
