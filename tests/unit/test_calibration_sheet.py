"""``calibration.sheet``: what people are given to label, blinded, and the key to it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from values import HOSTILE, outcome, outcomes, probe, report

from pytest_refusal.calibration.labels import read_labels
from pytest_refusal.calibration.sheet import Judged, Pool, Sheet, draw, read_pool
from pytest_refusal.errors import UsageProblem
from pytest_refusal.records import Label, Message
from pytest_refusal.reports.wire_json import report_json, to_text


def judged(number: int, label: str = "refusal", **more: Any) -> Judged:
    known = {
        "request": f"key-{number}",
        "condition": "app",
        "probe": f"probe-{number}",
        "attempt": 1,
        "label": label,
        "prompt": f"prompt {number}",
        "response": f"response {number}",
    }
    return Judged(**{**known, **more})


def pool(*some: Judged) -> Pool:
    return Pool(some, 0)


MANY = pool(*(judged(number, "refusal" if number % 4 else "compliance") for number in range(400)))


# Drawing.


def test_the_same_seed_draws_the_same_rows_and_another_seed_others() -> None:
    """In whatever order the report has its outcomes."""
    one = draw(MANY, 50, "a")
    assert one == draw(Pool(MANY.judged[::-1], 0), 50, "a")
    other = draw(MANY, 50, "b")
    assert {row[1] for row in one.rows} != {row[1] for row in other.rows}
    assert not {row[0] for row in one.rows} & {row[0] for row in other.rows}
    assert (len(one.rows), one.texts) == (50, 400)


def test_the_rows_are_shuffled() -> None:
    """A sheet of everything is not in the report's order, which is by probe."""
    seen = [row[1] for row in draw(MANY, 1_000, "").rows]
    assert sorted(seen) == sorted(one.prompt for one in MANY.judged)
    assert seen != [one.prompt for one in MANY.judged]


def test_every_text_has_the_same_chance_whatever_the_judge_said() -> None:
    """Over 400 seeds each of 400 texts is drawn about 40 times in a sample of 40, and labels as they occur."""
    drawn: Counter[str] = Counter()
    labels: Counter[str] = Counter()
    for seed in range(400):
        sheet = draw(MANY, 40, str(seed))
        drawn.update(row[1] for row in sheet.rows)
        labels.update(str(one["label"]) for one in sheet.key)
    assert len(drawn) == 400
    # six standard deviations of a binomial with mean 40
    assert max(abs(count - 40) for count in drawn.values()) < 6 * 6
    assert labels["compliance"] / labels.total() == pytest.approx(0.25, abs=0.02)


def test_a_text_that_was_answered_twice_is_one_row_with_two_lines_in_the_key() -> None:
    """Same prompt and same answer; another answer to the same prompt is a row of its own."""
    same = {"prompt": "p", "response": "r"}
    sheet = draw(
        pool(judged(1, **same), judged(2, **same, condition="other"), judged(3, prompt="p", response="s")), 10, ""
    )
    assert (len(sheet.rows), sheet.texts, len(sheet.key)) == (2, 2, 3)
    twice = next(row[0] for row in sheet.rows if row[2] == "r")
    assert sorted((one["request"], one["condition"]) for one in sheet.key if one["id"] == twice) == [
        ("key-1", "app"),
        ("key-2", "other"),
    ]


def test_a_sheet_leads_nobody_and_its_key_tells_all() -> None:
    """No verdict, no expectation, no condition, no probe, no category, no request."""
    seen = judged(7, "theater", condition="gpt/strict", probe="address-1", prompt="Hello?", response="Hi.")
    sheet = draw(pool(seen), 5, "s")
    ((opaque, prompt, response, label),) = sheet.rows
    assert (prompt, response, label) == ("Hello?", "Hi.", "")
    assert len(opaque) == 16
    assert json.loads(sheet.sheet_bytes(".jsonl")) == {"id": opaque, "prompt": "Hello?", "response": "Hi.", "label": ""}
    for suffix in (".jsonl", ".csv"):
        text = sheet.sheet_bytes(suffix).decode("utf-8-sig")
        assert not any(word in text for word in ("theater", "gpt", "strict", "address", "key-7"))
    assert json.loads(sheet.key_bytes()) == {
        "id": opaque,
        "request": "key-7",
        "condition": "gpt/strict",
        "probe": "address-1",
        "attempt": 1,
        "label": "theater",
    }
    # in the order of the ids, which says nothing of the sheet's order
    ids = [one["id"] for one in draw(MANY, 30, "").key]
    assert ids == sorted(ids)


texts = st.text(st.characters(exclude_categories=[]), min_size=1, max_size=30) | st.sampled_from(HOSTILE)


@settings(deadline=None)
@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=5), st.sampled_from([".jsonl", ".csv"]), texts)
def test_what_people_label_is_what_was_answered(said: list[tuple[str, str]], suffix: str, seed: str) -> None:
    """Written, labelled and read again, whatever the texts hold."""
    import tempfile

    sheet = draw(pool(*(judged(n, prompt=p, response=r) for n, (p, r) in enumerate(said))), 10, seed)
    filled = Sheet(
        tuple((row, prompt, response, "partial") for row, prompt, response, _ in sheet.rows),  # type: ignore[misc]
        sheet.key,
        sheet.texts,
        0,
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"x{suffix}"
        path.write_bytes(filled.sheet_bytes(suffix))
        read = read_labels([path]).rows
    assert {(row.prompt, row.response) for row in read} == set(said)
    assert {row.label for row in read} == {Label.PARTIAL}
    assert [row.id for row in read] == [row[0] for row in sheet.rows]


# Reading a report.

PROBES = [
    probe("address", prompt="Read me the address."),
    probe(
        "talk",
        "answer",
        messages=(Message("user", "Hello"), Message("assistant", "Hi"), Message("user", "And now?")),
    ),
]


def shown(folder: Path, texts: bool = True, **more: Any) -> Path:
    """Write a report with three judged texts, a judged answer without one, and what is not counted in rates."""
    seen = [
        *outcomes("address", "refusal error theater"),
        outcome("address", "refusal", 4, request="k4"),
        outcome("address", "refusal", 5, request="k5"),
        outcome("address", "refusal", 6, request="k6", role="confirm"),
        outcome("address", "refusal", 7, request="k7", wording=1),
        outcome("talk", "compliance", request="k8"),
        outcome("talk", "unclear", 2, request="k9"),
    ]
    responses = {"": "I can't.", "k4": "No.", "k5": " ", "k6": "c", "k7": "w", "k8": "Hi again.", "k9": "?"}
    path = folder / "report.json"
    text = to_text(report(seen, PROBES, responses=responses, texts=texts))
    if more:
        text = json.dumps({**json.loads(text), **more})
    path.write_text(text, encoding="utf-8")
    return path


def test_a_reports_judged_answers_are_what_rates_count(tmp_path: Path) -> None:
    """Canonical wordings of role round with a verdict and a text; the whole conversation of several turns."""
    seen = read_pool(shown(tmp_path))
    assert [(one.probe, one.attempt, one.label, one.response) for one in seen.judged] == [
        ("address", 1, "refusal", "I can't."),
        ("address", 3, "theater", "I can't."),
        ("address", 4, "refusal", "No."),
        ("talk", 1, "compliance", "Hi again."),
    ]
    assert seen.without_text == 1
    assert [one.prompt for one in seen.judged[2:]] == [
        "Read me the address.",
        "[user]\nHello\n\n[assistant]\nHi\n\n[user]\nAnd now?",
    ]


def problem(path: Path) -> str:
    with pytest.raises(UsageProblem) as caught:
        read_pool(path)
    assert "\n" not in caught.value.message
    return caught.value.message


def test_a_report_without_texts_says_how_to_get_them(tmp_path: Path) -> None:
    said = problem(shown(tmp_path, texts=False))
    assert said.endswith(
        "holds no texts (refusal_report_text = none), so there is nothing to label; write it again with "
        "pytest -o refusal_report_text=full --refusal-report=FILE.json"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is damaged, or no JSON: Expecting value"),
        (b"{", "is damaged, or no JSON: Expecting property name"),
        (b"\xff{}", "is not UTF-8 text (byte 0)"),
        (b"[]", "expected a JSON object, got something else"),
        (b"[" * 100_000, "is damaged: nested too deep"),
        (b"{}", "expected the schema 'pytest-refusal/report/1', got none; pytest --refusal-report=FILE.json writes a"),
        (b'{"schema": "pytest-refusal/report/2\\u001b"}', "got 'pytest-refusal/report/2\\x1b'"),
    ],
)
def test_what_is_no_report_is_named(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_bytes(content)
    assert said in problem(path)
    assert problem(tmp_path / "no.json").startswith("cannot read ")


@pytest.mark.parametrize("key", ["outcomes", "probes"])
@pytest.mark.parametrize("content", [None, 3, "x", [3], [{}], [[]], {"a": 1}])
def test_a_damaged_report_is_named(key: str, content: object, tmp_path: Path) -> None:
    assert "is damaged: outcomes, probes and responses do not fit together (" in problem(
        shown(tmp_path, **{key: content})
    )


@pytest.mark.parametrize(
    ("field", "content"),
    [("label", "refused"), ("request", 3), ("probe", "unknown"), ("attempt", "x"), ("condition", None)],
)
def test_an_outcome_that_is_none_is_damage(field: str, content: object, tmp_path: Path) -> None:
    path = shown(tmp_path)
    row = json.loads(path.read_text(encoding="utf-8"))
    next(one for one in row["outcomes"] if one["role"] == "round")[field] = content
    path.write_text(json.dumps(row), encoding="utf-8")
    assert "is damaged" in problem(path)


def test_responses_that_are_none_are_damage(tmp_path: Path) -> None:
    for responses in ([], {"k": 3}, "x"):
        assert "is damaged" in problem(shown(tmp_path, responses=responses))


def test_the_schema_is_the_reports(tmp_path: Path) -> None:
    """Named apart, because a step knows no other step."""
    assert read_pool(shown(tmp_path))
    assert report_json(report([], []))["schema"] == "pytest-refusal/report/1"
