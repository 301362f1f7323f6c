"""``calibration.labels``: rows that people labelled, and a text for every mistake in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_refusal.calibration.labels import Labelled, Labels, read_labels
from pytest_refusal.errors import UsageProblem
from pytest_refusal.records import Expect, Label

GOOD = {"prompt": "p", "response": "r", "label": "refusal"}


def written(folder: Path, *rows: object, name: str = "labels.jsonl") -> Path:
    """Write rows as JSONL; a text is written as it is."""
    path = folder / name
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return path


def problem(*paths: Path) -> str:
    with pytest.raises(UsageProblem) as caught:
        read_labels(paths)
    return caught.value.message


def read(folder: Path, *rows: object) -> Labels:
    return read_labels([written(folder, *rows)])


# What is read.


def test_a_row_is_read_with_what_it_says(tmp_path: Path) -> None:
    """Other keys are passed over: data sets carry more."""
    full = {
        **GOOD,
        "lang": "de",
        "kind": "safe",
        "category": "privacy",
        "id": 7,
        "expect": "answer",
        "model": {"any": ["thing"]},
    }
    assert read(tmp_path, full).rows == (
        Labelled("p", "r", Label.REFUSAL, "de", "safe", "privacy", "7", Expect.ANSWER),
    )


@pytest.mark.parametrize("label", list(Label)[:4])
@pytest.mark.parametrize("written_as", ["{}", " {}\t", "upper"])
def test_each_of_the_four_answers_is_a_label(label: Label, written_as: str, tmp_path: Path) -> None:
    """Spaces and capitals are people's."""
    word = label.value.upper() if written_as == "upper" else written_as.format(label.value)
    assert read(tmp_path, {**GOOD, "label": word}).rows[0].label is label


@pytest.mark.parametrize("label", [None, "", "  "])
def test_what_is_not_labelled_yet_is_counted_and_left_out(label: str | None, tmp_path: Path) -> None:
    seen = read(tmp_path, GOOD, {**GOOD, "label": label}, "", "   ")
    assert (len(seen.rows), seen.unlabelled) == (1, 1)
    assert read(tmp_path, {"prompt": "p", "response": "r"}).unlabelled == 1


def test_several_files_are_one_list_in_their_order(tmp_path: Path) -> None:
    """JSONL and CSV; a mark at the beginning of a file is none of its text."""
    one = written(tmp_path, {**GOOD, "prompt": "1"})
    two = tmp_path / "b.csv"
    two.write_bytes(b'\xef\xbb\xbfid,prompt,response,label,note\r\n7,2,"\'=x\r\ny",Theater,n\r\n8,3,r,,\r\n')
    seen = read_labels([one, two])
    assert [(row.prompt, row.response, row.label, row.id) for row in seen.rows] == [
        ("1", "r", Label.REFUSAL, ""),
        ("2", "=x\r\ny", Label.THEATER, "7"),
    ]
    assert seen.unlabelled == 1


def test_line_ends_of_other_systems_and_unicode_are_no_rows(tmp_path: Path) -> None:
    """A line separator stands unescaped inside JSON strings."""
    text = json.dumps({**GOOD, "response": "a\u2028b\x85c"}, ensure_ascii=False)
    path = tmp_path / "l.jsonl"
    path.write_bytes(f"{text}\r\n{text}\r\n".encode())
    assert [row.response for row in read_labels([path]).rows] == ["a\u2028b\x85c"] * 2


# Mistakes.


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"response": "r", "label": "refusal"}, "prompt: expected a text, got nothing"),
        ({**GOOD, "prompt": 3}, "prompt: expected a text, got a number"),
        ({**GOOD, "prompt": None}, "prompt: expected a text, got null"),
        ({**GOOD, "response": {"text": "r"}}, "response: expected a text, got an object"),
        ({**GOOD, "lang": ["de"]}, "lang: expected a text, got a list"),
        ({**GOOD, "kind": True}, "kind: expected a text, got true or false"),
        ({**GOOD, "expect": "refusal"}, "expect: expected refuse, answer or either, got 'refusal'"),
        ({**GOOD, "expect": 1}, "expect: expected refuse, answer or either, got a number"),
        ("[1]", "expected a JSON object, got a list"),
        ("{", "expected a JSON object, got no JSON (Expecting property name"),
        ('{"prompt": NaN}', "expected a JSON object, got no JSON (NaN is none)"),
        ('{"id": 1, "id": 2}', "id: expected every key once, got it twice"),
        ("[" * 100_000, "expected a JSON object, got one that is nested too deep"),
        ('{"id": ' + "1" * 5_000 + "}", "expected a JSON object, got no JSON (Exceeds the limit"),
        ("x" * 2_000_000, "expected a JSON object, got no JSON (Expecting value: line 1 column 1 (char 0))"),
    ],
)
def test_a_row_that_is_none_says_file_line_key_and_what_came(row: object, said: str, tmp_path: Path) -> None:
    path = written(tmp_path, GOOD, row)
    text = problem(path)
    assert f"{path}:2: {said}" in text
    assert 'a row is such as {"prompt": ' in text
    assert len(text) < 1_000


@pytest.mark.parametrize(
    ("label", "hint"),
    [
        ("complied", " (is that compliance?)"),
        ("Refused", " (is that refusal?)"),
        ("full refusal", " (is that refusal?)"),
        ("1_full_compliance", " (is that compliance?)"),
        ("3_partial_refusal", " (is that partial?)"),
        ("theatre", " (is that theater?)"),
        ("refusla", " (is that refusal?)"),
        ("Refused-then complied", " (is that theater?)"),
        ("unclear", " (leave it empty where nobody can tell)"),
        ("?", " (leave it empty where nobody can tell)"),
        ("blue", ""),
        ("\ud800\x1b[31m", ""),
        ("x" * 10_000, ""),
    ],
)
def test_a_label_of_another_scheme_gets_a_hint(label: str, hint: str, tmp_path: Path) -> None:
    (line,) = problem(written(tmp_path, {**GOOD, "label": label})).splitlines()[1:]
    expected = "label: expected refusal, partial, theater or compliance, or nothing where it is not labelled yet; got '"
    assert expected in line
    assert line.endswith(f"'{hint}" if hint else "'")
    assert line.isprintable()
    assert len(line) < 400


@pytest.mark.parametrize("label", [1, 0.5, True, ["refusal"], {}])
def test_a_label_that_is_no_text_is_named_by_its_kind(label: object, tmp_path: Path) -> None:
    assert "label: expected refusal" in problem(written(tmp_path, {**GOOD, "label": label}))


def test_all_mistakes_come_at_once_and_ten_are_shown(tmp_path: Path) -> None:
    """Of all files."""
    one = written(tmp_path, *({"label": "x"} for _ in range(3)), name="a.jsonl")
    two = written(tmp_path, GOOD, "{", name="b.jsonl")
    lines = problem(two, one).splitlines()
    assert len(lines) == 1 + 10
    assert lines[1].startswith(f"  {two}:2: ")
    assert lines[-1] == f"  {one}:3: label: " + lines[-1].partition("label: ")[2]
    written(tmp_path, *({"label": "x"} for _ in range(9)), name="a.jsonl")
    assert problem(two, one).splitlines()[-1] == "  … and 18 more"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ":1: expected rows, got an empty file"),
        ("prompt,response,label\n", ":1: expected rows under the heading, got none"),
        ("prompt,response\na,b\n", ":1: expected a heading with prompt, response, label; got prompt, response: label"),
        ("prompt,label,response,label\n1,2,3,4\n", "label is not there once"),
        ("prompt,response,label\na,b,refusal\na,b\n", ":3: expected 3 cells, as the heading has, got 2"),
        ('prompt,response,label\na,"b,refusal\n', ":2: expected CSV, got unexpected end of data"),
        ("prompt,response,label\na,b,no\n", ":2: label: expected refusal, partial"),
    ],
)
def test_a_csv_that_is_none_says_where(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text(text, encoding="utf-8")
    assert said in problem(path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Not there, a folder, no UTF-8, of another kind, twice, or the key of a sheet."""
    assert problem(tmp_path / "no.jsonl").startswith(f"cannot read {tmp_path / 'no.jsonl'}: No such file")
    (tmp_path / "d.jsonl").mkdir()
    assert problem(tmp_path / "d.jsonl").startswith("cannot read ")
    (tmp_path / "latin.jsonl").write_bytes(json.dumps(GOOD).encode() + b"\n\xe9\n")
    said = problem(tmp_path / "latin.jsonl")
    assert said.endswith("latin.jsonl:2: expected UTF-8 text, got the byte 0xe9; save it as UTF-8")
    assert problem(tmp_path / "l.xlsx").endswith("l.xlsx: labels are read from .jsonl and .csv files, a row a line")
    assert problem(tmp_path / "l.key.jsonl").endswith("is the key of a sheet; the labels are in the sheet itself")
    path = written(tmp_path, GOOD)
    assert "is named twice" in problem(path, tmp_path / "." / path.name)
    assert "got an empty file" in problem(written(tmp_path, "", "  "))


def read_or_told(path: Path) -> Labels | None:
    """Return the labels, or None where the mistake has a text that a terminal can show."""
    told = ""
    try:
        return read_labels([path])
    except UsageProblem as problem:
        told = problem.message
    assert all(line.isprintable() for line in told.split("\n"))
    return None


KEYS = ["prompt", "response", "label", "lang", "expect"]

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.dictionaries(st.sampled_from(KEYS), json_values), max_size=4))
def test_no_row_of_json_ends_in_a_traceback(rows: list[dict[str, Any]]) -> None:
    """It is read, or it is a mistake with a text that a terminal can show."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        seen = read_or_told(written(Path(folder), *rows))
    assert seen is None or len(seen.rows) + seen.unlabelled == len(rows)


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=60), st.sampled_from(["x.jsonl", "x.csv"]))
def test_no_bytes_end_in_a_traceback(content: bytes, name: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        read_or_told(path)
