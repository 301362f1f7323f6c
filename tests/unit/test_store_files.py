"""A file of answers: an index of what is there, appends that harm no neighbour."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_refusal.records import Request, Response
from pytest_refusal.store.files import AnswersFile
from pytest_refusal.store.lines import encode
from tests.store_worker import request


def line_of(asked: Request, text: str = "Gladly.") -> bytes:
    return encode(asked, Response(text), "run 1", None, str)


def texts(file: AnswersFile, key: str) -> list[str]:
    """Return the whole answers of a key, the last one first."""
    found = [file.read(place, key) for place in file.places(key)]
    return [line.response.text for line in found if line is not None]


ONE, TWO, THREE = (request(attempt) for attempt in (1, 2, 3))


def test_a_line_torn_at_any_byte_costs_that_answer_alone(tmp_path: Path) -> None:
    """At every byte position: the answers before it and the one appended after it are whole, the torn one is named."""
    path = tmp_path / "answers.jsonl"
    torn = line_of(TWO, "Größe")
    for cut in range(1, len(torn)):
        path.write_bytes(line_of(ONE) + torn[:cut])
        early = AnswersFile(path)
        early.refresh()
        assert texts(early, ONE.key) == ["Gladly."]
        whole = cut == len(torn) - 1
        assert texts(early, TWO.key) == (["Größe"] if whole else [])

        file = AnswersFile(path)
        file.append(line_of(THREE))
        file.refresh()
        assert texts(file, ONE.key) == texts(file, THREE.key) == ["Gladly."]
        assert texts(file, TWO.key) == (["Größe"] if whole else [])
        assert [number for number, _ in file.take_damage()] == ([] if whole else [2])
        assert path.read_bytes() == line_of(ONE) + torn[:cut] + b"\n" + line_of(THREE)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rubbish=st.binary().map(lambda some: some.replace(b"\n", b"")), ends=st.booleans())
def test_rubbish_in_the_middle_costs_no_neighbour(tmp_path: Path, rubbish: bytes, ends: bool) -> None:
    """Whatever bytes stand between two answers, with a line end or without."""
    path = tmp_path / "answers.jsonl"
    path.write_bytes(line_of(ONE) + rubbish + (b"\n" if ends else b""))
    file = AnswersFile(path)
    file.append(line_of(TWO))
    file.refresh()
    assert texts(file, ONE.key) == texts(file, TWO.key) == ["Gladly."]
    assert [number for number, _ in file.take_damage()] == ([2] if rubbish.strip() else [])


def test_a_line_that_is_just_coming_is_read_when_its_end_is_there(tmp_path: Path) -> None:
    """Another process is in the middle of a write: not damage, and not an answer yet."""
    path = tmp_path / "answers.jsonl"
    coming = line_of(TWO)
    path.write_bytes(line_of(ONE) + coming[:200])
    file = AnswersFile(path)
    file.refresh()
    assert file.take_damage() == []
    path.write_bytes(line_of(ONE) + coming)
    file.refresh()
    assert texts(file, TWO.key) == ["Gladly."]
    assert file.take_damage() == []


def test_a_last_line_without_end_is_named_where_nobody_writes(tmp_path: Path) -> None:
    """Mode ``none``: what is half there will not become whole; named once."""
    path = tmp_path / "answers.jsonl"
    path.write_bytes(line_of(ONE) + line_of(TWO)[:5])
    file = AnswersFile(path)
    for _ in range(2):
        file.refresh(quiet=True)
    assert [number for number, _ in file.take_damage()] == [2]


def test_only_the_tail_is_read_again(tmp_path: Path) -> None:
    """What was indexed is not looked at twice: a byte changed there afterwards is found when the line is used."""
    path = tmp_path / "answers.jsonl"
    path.write_bytes(line_of(ONE))
    file = AnswersFile(path)
    file.refresh()
    path.write_bytes(b"X" + line_of(ONE)[1:] + line_of(TWO))
    file.refresh()
    assert texts(file, TWO.key) == ["Gladly."]
    assert len(file.places(ONE.key)) == 1
    assert texts(file, ONE.key) == []
    assert [number for number, _ in file.take_damage()] == [1]


def test_a_file_that_was_replaced_or_removed_is_read_anew(tmp_path: Path) -> None:
    """A checkout in the middle of a run."""
    path = tmp_path / "answers.jsonl"
    path.write_bytes(line_of(ONE) + line_of(TWO))
    file = AnswersFile(path)
    file.refresh()
    path.write_bytes(line_of(THREE))
    file.refresh()
    assert texts(file, ONE.key) == []
    assert texts(file, THREE.key) == ["Gladly."]
    path.unlink()
    file.refresh()
    assert file.places(THREE.key) == []


def test_the_last_answer_of_a_key_comes_first(tmp_path: Path) -> None:
    """Asked again later: the newer line is the one that counts."""
    path = tmp_path / "answers.jsonl"
    file = AnswersFile(path)
    for text in ("old", "new"):
        file.append(line_of(ONE, text))
    file.refresh()
    assert texts(file, ONE.key) == ["new", "old"]


def test_a_file_of_rubbish_is_a_few_warnings(tmp_path: Path) -> None:
    """Five are named, the others counted."""
    path = tmp_path / "answers.jsonl"
    path.write_bytes(b"rubbish\n" * 1000 + b"\n\n" + line_of(ONE))
    file = AnswersFile(path)
    file.refresh()
    damage = file.take_damage()
    assert [number for number, _ in damage] == [1, 2, 3, 4, 5, 0]
    assert damage[-1] == (0, "995")
    assert texts(file, ONE.key) == ["Gladly."]


def test_a_line_of_fifty_megabytes_costs_itself(tmp_path: Path) -> None:
    """The answers around it are found."""
    path = tmp_path / "answers.jsonl"
    path.write_bytes(line_of(ONE) + b"x" * 50_000_000 + b"\n" + line_of(TWO))
    file = AnswersFile(path)
    file.refresh()
    assert texts(file, ONE.key) == texts(file, TWO.key) == ["Gladly."]
    assert [number for number, _ in file.take_damage()] == [2]


def test_a_folder_in_the_place_of_the_file_is_an_error(tmp_path: Path) -> None:
    """Not an empty file."""
    (tmp_path / "answers.jsonl").mkdir()
    with pytest.raises(OSError, match=r"directory|denied"):
        AnswersFile(tmp_path / "answers.jsonl").append(line_of(ONE))
