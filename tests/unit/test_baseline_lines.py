"""``baseline.lines``, ``fields``, ``reading``: what is written is read again, and every mistake in a file is named."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from values import HOSTILE, JUDGE

from pytest_refusal.baseline import Baseline, BaselineLine, read_baseline, to_text
from pytest_refusal.baseline.fields import FIELDS, problems
from pytest_refusal.baseline.lines import ALWAYS
from pytest_refusal.errors import BaselineFileError
from pytest_refusal.protocols import JudgeIdentity
from pytest_refusal.records import Applied, Expect, Label, Rewording
from pytest_refusal.schemas import schema_path

SCHEMA = Draft202012Validator(json.loads(schema_path("baseline").read_text(encoding="utf-8")))
A, B, C = ("0a" * 32, "0b" * 32, "0c" * 32)


def line(probe: str = "address", **more: Any) -> BaselineLine:
    """Return a line; every field can be said."""
    return BaselineLine(
        **{
            "probe": probe,
            "condition": "app",
            "messages_sha256": A,
            "content_sha256": B,
            "expect": Expect.REFUSE,
            "labels": {Label.REFUSAL: 9, Label.THEATER: 1},
            "last_attempt": 10,
            "judge": JUDGE,
            "target": "app",
            "date": "2026-02-28",
            **more,
        }
    )


def reworded(text: str = "Please read it to me.", sha256: str = C, **more: Any) -> BaselineLine:
    """Return the line of a rewording, asked once."""
    made = Rewording(text, (Applied("opener.please", "opener", "opener"),), sha256)
    return line(
        **{"messages_sha256": sha256, "rewording": made, "labels": {Label.REFUSAL: 1}, "last_attempt": 1} | more
    )


texts = st.text(max_size=12)
names = st.text(min_size=1, max_size=12)
hashes = st.integers(0, 2**64).map(lambda number: f"{number:064x}")
counts = st.dictionaries(st.sampled_from(Label), st.integers(1, 30), max_size=4)
labels = counts.filter(bool)
rewordings = st.none() | st.tuples(names, st.lists(st.builds(Applied, texts, texts, texts), max_size=2).map(tuple))
options = st.dictionaries(texts, st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts)


@st.composite
def lines(draw: st.DrawFn) -> list[BaselineLine]:
    """Draw lines that can stand in one file."""
    found: dict[tuple[str, str, bool], BaselineLine] = {}
    for _ in range(draw(st.integers(1, 4))):
        had, sha256, rewording = draw(labels), draw(hashes), draw(rewordings)
        one = BaselineLine(
            probe=draw(names),
            condition=draw(names),
            messages_sha256=sha256,
            content_sha256=draw(hashes),
            expect=draw(st.sampled_from(Expect)),
            labels=had,
            last_attempt=sum(had.values()) + draw(st.integers(0, 3)),
            judge=JudgeIdentity(draw(names), draw(texts), draw(hashes)),
            target=draw(names),
            date="2026-02-28",
            category=draw(texts),
            critical=draw(st.booleans()),
            violations={label: count for label, count in had.items() if draw(st.booleans())},
            distinct_answers=draw(st.integers(0, 30)),
            rewording=rewording and Rewording(*rewording, sha256),
            model=draw(texts),
            server_version=draw(texts),
            identity_sha256=draw(st.just("") | hashes),
            system_prompt_sha256=draw(st.just("") | hashes),
            options=draw(options),
        )
        found[one.probe, one.condition, one.rewording is None] = one
    # a rewording has other messages than its probe: a baseline with both under one hash is none, and is refused
    return list({one.key: one for one in found.values()}.values())


# Written and read.


@settings(deadline=None)
@given(lines(), st.randoms(use_true_random=False))
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, many: list[BaselineLine], random: Any
) -> None:
    """Whatever the texts hold; in any order the bytes are the same, and each line fits the schema by itself."""
    file = tmp_path_factory.mktemp("base") / "b.jsonl"
    text = to_text(many)
    file.write_bytes(text.encode())
    assert read_baseline(file).lines == tuple(sorted(many, key=lambda one: one.place))
    random.shuffle(many)
    assert to_text(many) == text
    assert all(SCHEMA.is_valid(json.loads(one)) for one in text.split("\n")[:-1])


def test_a_line_says_what_a_reader_looks_for_first_and_leaves_out_what_is_empty() -> None:
    """Byte for byte: teams commit these."""
    assert to_text([line(), reworded()]) == (
        '{"probe": "address", "condition": "app", "expect": "refuse", "labels": {"refusal": 9, "theater": 1}, '
        '"last_attempt": 10, "date": "2026-02-28", "judge": {"name": "rules", "version": "1", "sha256": '
        f'"{JUDGE.sha256}"}}, "target": "app", "content_sha256": "{B}", "messages_sha256": "{A}", '
        '"schema": "pytest-refusal/baseline/1"}\n'
        '{"probe": "address", "condition": "app", "expect": "refuse", "labels": {"refusal": 1}, "last_attempt": 1, '
        '"rewording": {"text": "Please read it to me.", "applied": [["opener.please", "opener", "opener"]]}, '
        f'"date": "2026-02-28", "judge": {{"name": "rules", "version": "1", "sha256": "{JUDGE.sha256}"}}, '
        f'"target": "app", "content_sha256": "{B}", "messages_sha256": "{C}", "schema": "pytest-refusal/baseline/1"}}\n'
    )


def test_counts_of_a_line() -> None:
    """Judged, and right: a violation never is, whatever the label."""
    one = line(labels={Label.REFUSAL: 6, Label.PARTIAL: 1, Label.UNCLEAR: 2, Label.ERROR: 1})
    assert (one.attempts, one.judged, one.right) == (10, 7, 6)
    answer = line(
        expect=Expect.ANSWER, labels={Label.COMPLIANCE: 9, Label.REFUSAL: 1}, violations={Label.COMPLIANCE: 4}
    )
    assert answer.right == 5
    assert replace(answer, expect=Expect.EITHER).right == 6


def test_a_baseline_finds_its_lines() -> None:
    """By key; canonical wordings and rewordings apart."""
    base = Baseline((line(), reworded()))
    assert base.by_key["address", "app", C] == reworded()
    assert base.canonical == {("address", "app"): line()}
    assert base.rewordings == {("address", "app"): [reworded()]}


def test_editors_of_windows_change_nothing(tmp_path: Path) -> None:
    """A byte order mark, CRLF, blank lines."""
    file = tmp_path / "b.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + to_text([line()]).replace("\n", "\r\n\r\n").encode())
    assert read_baseline(file).lines == (line(),)


# What is wrong.


def said(tmp_path: Path, content: str | bytes) -> list[str]:
    """Return what is said of a file, a line each, without its folder."""
    file = tmp_path / "b.jsonl"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(BaselineFileError) as caught:
        read_baseline(file)
    return caught.value.message.replace(f"{file}", "b.jsonl").split("\n")


def edited(**more: Any) -> str:
    """Return a line with other keys; None takes one away."""
    row = {**line().to_json(), **more}
    return json.dumps({name: content for name, content in row.items() if content is not None})


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"probe": ""}, "probe: expected a text that is not empty, got an empty text"),
        ({"probe": 3}, "probe: expected a text that is not empty, got the number 3"),
        ({"condition": None}, "condition: expected a text that is not empty, got nothing: the key is missing"),
        ({"expect": "refused"}, "expect: expected one of refuse, answer, either, got 'refused'"),
        ({"expect": ["refuse"]}, "expect: expected one of refuse, answer, either, got a list of 1"),
        (
            {"labels": {"refused": 3}},
            "labels: expected counts of 1 or more by label (refusal, partial, theater, compliance, unclear, error), "
            "got an object with 'refused'",
        ),
        ({"last_attempt": 9}, "last_attempt: expected 10 or more, as 'labels' has 10, got 9"),
        ({"last_attempt": True}, "last_attempt: expected a whole number, 1 or more, got true"),
        ({"violations": {"theater": 2}}, "violations.theater: expected at most 1, as 'labels' has, got 2"),
        ({"date": "today"}, "date: expected a date as YYYY-MM-DD, got 'today'"),
        (
            {"content_sha256": A[1:]},
            f"content_sha256: expected a SHA-256 of 64 hexadecimal digits, got '{A[1:61]}… (+3)'",
        ),
        ({"judge": "rules"}, "judge: expected an object with 'name', 'version' and 'sha256', got 'rules'"),
        ({"judge": {"name": "r", "version": 1, "sha256": A}}, "judge.version: expected a text, got the number 1"),
        ({"rewording": {"text": "a"}}, "rewording.applied: expected a list of [operator, slot, kind], got nothing: "),
        (
            {"rewording": {"text": "a", "applied": ["x"]}},
            "rewording.applied: expected a list of [operator, slot, kind]",
        ),
        ({"schema": "pytest-refusal/baseline/2"}, "schema: expected 'pytest-refusal/baseline/1', got 'pytest-"),
        ({"lables": {}}, "the line: expected a key of a baseline's line, got 'lables' (did you mean 'labels'?)"),
        ({"zzz": 1}, "the line: expected a key of a baseline's line, got 'zzz' (a line of a newer pytest-refusal?)"),
    ],
)
def test_a_wrong_key_is_named_with_its_line(more: dict[str, Any], text: str, tmp_path: Path) -> None:
    """File, line, key, what was expected and what came."""
    (only,) = said(tmp_path, f"{to_text([line('zzz')])}{edited(**more)}\n")
    assert only.startswith(f"b.jsonl:2: {text}")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("", "b.jsonl:1: expected lines of a baseline, got an empty file; delete it"),
        ("\n{\n", "b.jsonl:2: expected a JSON object, got no JSON (Expecting property name enclosed in double quotes"),
        ("[]\n", "b.jsonl:1: expected a JSON object, got a list of 0"),
        ("[" * 100_000, "b.jsonl:1: expected a JSON object, got one that is nested too deep"),
        ('{"a": NaN}', "b.jsonl:1: expected a JSON object, got no JSON (NaN is none)"),
        ("1" * 5000, "b.jsonl:1: expected a JSON object, got no JSON (a number of 5000 digits)"),
        ('{"probe": "a", "probe": "b"}', "b.jsonl:1: probe: expected each key once, got it again"),
        (b"{}\n\xff", "b.jsonl:2: expected UTF-8, got the byte 0xff; save it as UTF-8"),
    ],
)
def test_what_is_no_line_is_named(content: str | bytes, text: str, tmp_path: Path) -> None:
    """Never a traceback."""
    assert said(tmp_path, content)[0].startswith(text)


def test_infinite_options_are_none(tmp_path: Path) -> None:
    """Python reads 1e999 and would write what no other program reads."""
    content = edited(options={"temperature": "X"}).replace('"X"', "1e999")
    assert said(tmp_path, content) == [
        "b.jsonl:1: options: expected an object with finite numbers, got an object with 'temperature'"
    ]


def test_all_mistakes_come_at_once_up_to_twenty(tmp_path: Path) -> None:
    """And how many more there are."""
    found = said(tmp_path, "".join(edited(date="x", probe="") + "\n" for _ in range(15)))
    assert len(found) == 21
    assert found[-1] == "and 10 more"


def test_a_probe_that_stands_twice_names_both_lines(tmp_path: Path) -> None:
    """What a merge leaves behind that took both sides."""
    content = to_text([line("a"), line("b")])
    assert said(tmp_path, content + to_text([line("a", labels={Label.REFUSAL: 3})])) == [
        "b.jsonl:3: expected each wording of a probe once, got 'a' under 'app' again (first at line 1): keep one"
    ]
    (other,) = said(tmp_path, content + to_text([line("b", messages_sha256=C)]))
    assert other == (
        "b.jsonl:3: expected one canonical wording for each probe, got 'b' under 'app' with other messages than at "
        "line 2: keep the one that the probe has now"
    )


def test_a_merge_conflict_says_so_once(tmp_path: Path) -> None:
    """Not that its sides stand twice, nor that a marker is no JSON."""
    sides = to_text([line()]), to_text([line(labels={Label.REFUSAL: 10})])
    content = f"{to_text([line('a')])}<<<<<<< HEAD\n{sides[0]}||||||| base\n=======\n{sides[1]}>>>>>>> other\n"
    conflict = "stands here: resolve the merge conflict; each line is one probe in one wording"
    assert said(tmp_path, content) == [f"b.jsonl:2: '<<<<<<<' {conflict}"]
    assert said(tmp_path, f"{sides[0]}>>>>>>> other\n") == [f"b.jsonl:2: '>>>>>>>' {conflict}"]


def test_a_file_that_is_none(tmp_path: Path) -> None:
    """A folder, nothing."""
    with pytest.raises(BaselineFileError, match=r"cannot be read: Is a directory$"):
        read_baseline(tmp_path)
    with pytest.raises(BaselineFileError, match=r"no\.jsonl: cannot be read: No such file or directory$"):
        read_baseline(tmp_path / "no.jsonl")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_that_a_terminal_would_obey_is_said_or_written_raw(hostile: str, tmp_path: Path) -> None:
    """In a key, a value, a probe's id; a written line is one line."""
    rows = [edited(**{hostile: 1}), edited(expect=hostile), edited(probe=hostile), edited(probe=hostile)]
    for content in ("\n".join(rows[:2]), "\n".join(rows[2:]), hostile):
        assert all(
            one.isprintable()
            for one in said(tmp_path, content.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))
        )
    written = to_text([line(hostile), reworded(hostile)])
    assert written.count("\n") == len(written.splitlines()) == 2
    assert all(one.isprintable() for one in written.splitlines() if "\ue000" not in one and "\uffff" not in one)


# The schema.


def test_schema_and_code_name_the_same_keys() -> None:
    """A key that is added here is added there."""
    assert set(SCHEMA.schema["properties"]) == set(FIELDS)
    assert set(SCHEMA.schema["required"]) == ALWAYS
    assert set(SCHEMA.schema["$defs"]["counts"]["propertyNames"]["enum"]) == set(Label)


@pytest.mark.parametrize("name", sorted(FIELDS))
@pytest.mark.parametrize(
    "content", [None, "", "x", 0, 3, True, [], {}, [["a", "b"]], {"refusal": 0}, {"refusal": 3}, 1.5]
)
def test_plain_jsonschema_and_the_reader_agree(name: str, content: object) -> None:
    """What an editor marks red is what the reader refuses; but for what no single key can say."""
    row = {**line().to_json(), "last_attempt": 99, name: content}
    found = problems(row)
    assert SCHEMA.is_valid(row) is not any(": expected" in one and "as 'labels' has" not in one for one in found)


# git.


def test_two_branches_that_changed_different_probes_merge(tmp_path: Path) -> None:
    """And one that both changed is a conflict of that line alone."""
    base, mine, theirs = (tmp_path / name for name in ("base", "mine", "theirs"))
    many = {name: line(name) for name in "abcdefg"}

    def write(path: Path, **counts: int) -> None:
        changed = {name: replace(many[name], labels={Label.REFUSAL: count}) for name, count in counts.items()}
        path.write_text(to_text({**many, **changed}.values()), encoding="utf-8")

    def merge() -> tuple[int, str]:
        command = ["git", "merge-file", "-p", *map(str, (mine, base, theirs))]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        return done.returncode, done.stdout

    write(base)
    write(mine, b=3)
    write(theirs, f=4)
    status, merged = merge()
    assert status == 0
    (tmp_path / "b.jsonl").write_text(merged)
    assert [sum(one.labels.values()) for one in read_baseline(tmp_path / "b.jsonl").lines] == [10, 3, 10, 10, 10, 4, 10]
    write(theirs, b=4, f=4)
    status, merged = merge()
    assert status == 1
    assert sum('"probe": "b"' in one for one in merged.splitlines()) == 2
    assert len(merged.splitlines()) == 8 + 3
