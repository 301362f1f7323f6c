"""``calibration.kept``: the calibration file, against its schema, and everything that is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pytest_refusal.calibration.kept import everything_json, kept_json, read_kept, to_text
from pytest_refusal.calibration.labels import ANSWERS, Labelled
from pytest_refusal.calibration.measure import Calibration, measure
from pytest_refusal.errors import UsageProblem
from pytest_refusal.protocols import JudgeIdentity
from pytest_refusal.records import Label, Verdict
from pytest_refusal.schemas import schema_path

VALIDATOR = Draft202012Validator(json.loads(schema_path("calibration").read_text(encoding="utf-8")))
JUDGE = JudgeIdentity("own:judge", "", "ab" * 32)


def measured(refusals: int = 60, rest: int = 70, wrong: int = 5, **more: Any) -> Calibration:
    """Return a calibration with as many judged labels, so many of each class judged wrong."""
    said = [
        *((Label.REFUSAL, Label.COMPLIANCE if n < wrong else Label.REFUSAL) for n in range(refusals)),
        *((Label.COMPLIANCE, Label.REFUSAL if n < wrong else Label.COMPLIANCE) for n in range(rest)),
        (Label.PARTIAL, Label.UNCLEAR),
        (Label.REFUSAL, Label.ERROR),
    ]
    rows = [(Labelled("p", "r", people, lang="en", kind="k"), Verdict(judge, 0.7)) for people, judge in said]
    return measure(more.pop("judge", JUDGE), rows, 4)


def written(folder: Path, row: object) -> Path:
    path = folder / "c.json"
    path.write_text(row if isinstance(row, str) else json.dumps(row), encoding="utf-8")
    return path


@pytest.mark.parametrize("of", [kept_json, everything_json])
@pytest.mark.parametrize("one", [measured(), measured(0, 0, 0), measured(30, 30)])
def test_what_is_written_keeps_its_schema_and_is_read_again(of: Any, one: Calibration, tmp_path: Path) -> None:
    """The short file and the one with every figure; the same bytes each time."""
    row = of(one)
    assert [error.message for error in VALIDATOR.iter_errors(row)] == []
    assert to_text(row) == to_text(of(one))
    assert json.loads(to_text(row)) == row
    assert read_kept(written(tmp_path, to_text(row))) == one.errors


def test_a_file_holds_the_counts(tmp_path: Path) -> None:
    """Unjudged labels stand apart; nothing says when it was made."""
    row = kept_json(measured())
    assert row["labels"] == 130
    assert row["classes"] == {"refusal": 60, "partial": 0, "theater": 0, "compliance": 70}
    assert row["unjudged"] == {"unclear": 1, "error": 1}
    assert row["confusion"]["refusal"] == {
        "refusal": 55,
        "partial": 0,
        "theater": 0,
        "compliance": 5,
        "unclear": 0,
        "error": 1,
    }
    assert row["judge"] == {"name": "own:judge", "version": "", "sha256": "ab" * 32}
    assert list(row) == [
        "schema",
        "judge",
        "labels",
        "classes",
        "unjudged",
        "sensitivity",
        "specificity",
        "confusion",
    ]


@pytest.mark.parametrize("key", kept_json(measured()))
def test_the_schema_asks_for_every_key_of_the_short_file(key: str) -> None:
    row = kept_json(measured())
    del row[key]
    assert [error.message for error in VALIDATOR.iter_errors(row)] == [f"{key!r} is a required property"]


def test_a_judge_with_a_hostile_name_is_read_again(tmp_path: Path) -> None:
    judge = JudgeIdentity("\x1b[31m\u202e", "\ud800", "0" * 64)
    text = to_text(kept_json(measured(judge=judge)))
    assert text.replace("\n", "").isprintable()
    assert read_kept(written(tmp_path, text)).judge == judge


# Fit to correct, or not.


@pytest.mark.parametrize(
    ("one", "unfit"),
    [
        (measured(50, 50), ""),
        (measured(49, 50), "fewer than 50 labels of a class (49 of refusals): no correction can be made"),
        (
            measured(0, 9, 0),
            "fewer than 50 labels of a class (0 of refusals, 9 of the rest): no correction can be made",
        ),
        (
            measured(60, 60, 30),
            "sensitivity + specificity is not above 1, no better than a coin: no correction can be made",
        ),
        (
            measured(60, 60, 50),
            "sensitivity + specificity is not above 1, no better than a coin: no correction can be made",
        ),
        (measured(60, 60, 29), ""),
    ],
)
def test_why_nothing_can_be_corrected(one: Calibration, unfit: str) -> None:
    assert one.errors.unfit == unfit


@settings(deadline=None)
@given(st.integers(50, 90), st.integers(50, 90), st.integers(0, 50))
def test_what_is_fit_can_be_corrected_with(refusals: int, rest: int, wrong: int) -> None:
    """The formula takes it."""
    from pytest_refusal.stats import rogan_gladen

    errors = measured(refusals, rest, wrong).errors
    sensitivity, specificity = ((one.hits, one.trials) for one in (errors.sensitivity, errors.specificity))
    if errors.unfit:
        assert sensitivity[0] / sensitivity[1] + specificity[0] / specificity[1] <= 1 + 1e-9
    else:
        rogan_gladen(1, 2, sensitivity, specificity)


# What is none.


def problem(path: Path) -> str:
    with pytest.raises(UsageProblem) as caught:
        read_kept(path)
    assert caught.value.message.isprintable()
    return caught.value.message


def test_another_schema_is_named(tmp_path: Path) -> None:
    assert problem(written(tmp_path, {"schema": "pytest-refusal/report/1"})).endswith(
        "expected the schema 'pytest-refusal/calibration/1', got 'pytest-refusal/report/1'; make it again with: "
        "pytest-refusal calibrate LABELS --save FILE"
    )
    assert "got 'None'" in problem(written(tmp_path, {}))
    assert problem(tmp_path / "no.json").startswith("cannot read ")
    assert "is damaged, or no JSON" in problem(written(tmp_path, "{"))


DAMAGE: list[tuple[tuple[str, ...], object]] = [
    (("judge",), None),
    (("judge",), "rules"),
    (("judge", "sha256"), "xyz"),
    (("judge", "sha256"), 3),
    (("judge", "name"), None),
    (("labels",), 131),
    (("labels",), "130"),
    (("sensitivity",), 0.9),
    (("sensitivity", "hits"), 56),
    (("specificity", "trials"), None),
    (("confusion",), []),
    (("confusion", "refusal"), None),
    (("confusion", "refusal", "refusal"), 54),
    (("confusion", "refusal", "refusal"), -1),
    (("confusion", "refusal", "refusal"), 55.0),
    (("confusion", "refusal", "refusal"), True),
    (("confusion", "refusal", "refusal"), 10**400),
    (("confusion", "partial", "error"), "0"),
]


@pytest.mark.parametrize(("path", "content"), DAMAGE)
def test_damage_is_told_with_the_way_out(path: tuple[str, ...], content: object, tmp_path: Path) -> None:
    """Never a rate corrected with figures that somebody changed by hand."""
    row = kept_json(measured())
    inner = row
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = content
    said = problem(written(tmp_path, row))
    assert " is damaged (" in said
    assert said.endswith("; make it again with: pytest-refusal calibrate LABELS --save FILE")
    del inner[path[-1]]
    assert " is damaged (no " in problem(written(tmp_path, row))


def test_every_answer_has_a_row_in_the_confusion() -> None:
    assert list(kept_json(measured())["confusion"]) == [label.value for label in ANSWERS]
