"""The calibration file: what ``calibrate --save`` writes and ini ``refusal_calibration`` reads. No dates: the same
labels and judge give the same bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pytest_refusal.calibration.labels import ANSWERS
from pytest_refusal.calibration.measure import Calibration, Scores
from pytest_refusal.calibration.sheet import read_json_object
from pytest_refusal.errors import UsageProblem
from pytest_refusal.escaping import printable, readable_json
from pytest_refusal.protocols import JudgeIdentity
from pytest_refusal.records import Label
from pytest_refusal.summary import JudgeErrors

SCHEMA = "pytest-refusal/calibration/1"
AGAIN = "make it again with: pytest-refusal calibrate LABELS --save FILE"


def kept_json(measured: Calibration) -> dict[str, Any]:
    """Return what a run needs of a calibration, as JSON types."""
    scores = measured.scores
    return {
        "schema": SCHEMA,
        "judge": measured.judge.to_json(),
        "labels": scores.judged,
        "classes": {label.value: scores.count((label,), ANSWERS) for label in ANSWERS},
        "unjudged": {label.value: scores.unjudged(label) for label in (Label.UNCLEAR, Label.ERROR)},
        "sensitivity": scores.sensitivity.to_json(),
        "specificity": scores.specificity.to_json(),
        "confusion": {
            people.value: {judge.value: scores.count((people,), (judge,)) for judge in Label} for people in ANSWERS
        },
    }


def everything_json(measured: Calibration) -> dict[str, Any]:
    """Return every figure of a calibration; a file of it is a calibration file too."""
    return {
        **kept_json(measured),
        "unlabelled": measured.unlabelled,
        "scores": measured.scores.to_json(),
        "by": {axis: {name: one.to_json() for name, one in groups.items()} for axis, groups in measured.by.items()},
        "confidence": {
            "expected_calibration_error": measured.expected_calibration_error,
            "bins": [one.to_json() for one in measured.bins],
        },
    }


def to_text(row: Mapping[str, Any]) -> str:
    """Return a file's text."""
    return readable_json(json.dumps(row, indent=1, ensure_ascii=False)) + "\n"


def read_kept(path: Path) -> JudgeErrors:
    """Read a calibration file; every figure comes from its counts.

    Raises:
        UsageProblem: It cannot be read, has another schema, or is damaged.
    """
    name = printable(str(path))
    row = read_json_object(path)
    if row.get("schema") != SCHEMA:
        shown = printable(str(row.get("schema")), 60)
        raise UsageProblem(f"{name}: expected the schema '{SCHEMA}', got '{shown}'; {AGAIN}")
    try:
        judge = JudgeIdentity(*(_text(row["judge"], key) for key in ("name", "version", "sha256")))
        if not re.fullmatch("[0-9a-f]{64}", judge.sha256):
            raise ValueError("judge.sha256 is none")
        confusion = row["confusion"]
        counts = {(people, said): _count(confusion[people.value][said.value]) for people in ANSWERS for said in Label}
        scores = Scores(counts)
        errors = JudgeErrors(judge, scores.sensitivity, scores.specificity, scores.judged)
        # not the fractions: their last digit depends on the machine
        rates = {"sensitivity": errors.sensitivity, "specificity": errors.specificity}
        stated = {name: (row[name]["hits"], row[name]["trials"]) for name in rates}
        if row["labels"] != errors.labels or stated != {name: (one.hits, one.trials) for name, one in rates.items()}:
            raise ValueError("its figures are not those of its counts")
    except (KeyError, TypeError, ValueError) as error:
        what = f"no {error}" if isinstance(error, KeyError) else str(error)
        raise UsageProblem(f"{name} is damaged ({printable(what, 100)}); {AGAIN}") from None
    return errors


def _text(row: Mapping[str, Any], key: str) -> str:
    if not isinstance(row[key], str):
        raise TypeError(f"judge.{key} is no text")
    return str(row[key])


def _count(content: object) -> int:
    if not isinstance(content, int) or isinstance(content, bool) or not 0 <= content < 2**53:
        raise TypeError("a count is a whole number, 0 or more")
    return content
