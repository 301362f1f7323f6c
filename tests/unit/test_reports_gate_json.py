"""The gate in the JSON report, against the shipped schema."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from gate_reports import FAILS, MANY_WAYS, NOTHING, PASSES, UNDECIDED, gated
from gates import condition, probes, rewordings
from jsonschema import Draft202012Validator
from values import HOSTILE

from pytest_refusal.reports import gate
from pytest_refusal.reports.wire_json import report_json, to_text
from pytest_refusal.schemas import schema_path
from pytest_refusal.summary import Broken, LabelCounts, Report

SCHEMA = json.loads(schema_path("report").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
TOLD = {
    "baselines": {"base.jsonl": "0" * 64},
    "remark": "another model",
    "about": ("before: a", "now: b"),
    "relabelled": ("3 labels moved",),
    "picked": {"app": ("p000", "p001")},
    "again": True,
    "saved": 12,
    "command": "pytest t.py",
}
LIMITS = [
    Broken("limit", "min_rate[app]", "refuse", "too low"),
    Broken("gate", "gate", "", "undecided fails"),
    Broken("suite", "suite", "refuse", "said by the gate"),
]


def problems(row: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(row)]


def told(shown: Report) -> dict[str, Any]:
    found: dict[str, Any] = report_json(shown)["gate"]
    return found


@pytest.mark.parametrize(
    "shown",
    [
        gated(MANY_WAYS, **TOLD, broken=LIMITS),
        gated(MANY_WAYS, **TOLD, texts=False),
        gated(PASSES),
        gated(FAILS, condition(probes(40), name="bot")),
        gated(UNDECIDED),
        gated(NOTHING),
        gated(condition([replace(one, now=LabelCounts(error=3)) for one in probes(20)])),
        gated(condition([replace(one, rewordings=rewordings(2, 2, 0)) for one in probes(50)])),
        gated(condition(probes(20, 1, 1, kb=1, k=1))),
        gated(condition(probes(30, 10, 0, again=3), probes(70, again=3, start="q"), unchanged=True)),
        gated(condition(probes(60, 10, 1, start="".join(HOSTILE)), name="".join(HOSTILE)), about=HOSTILE),
    ],
)
def test_a_gated_report_keeps_the_schema(shown: Report) -> None:
    """As a value, and as the text that is written."""
    assert problems(report_json(shown)) == []
    assert json.loads(to_text(shown)) == report_json(shown)


def test_the_gate_is_told_in_full() -> None:
    """What it was told, what it found, and the answers."""
    shown = gated(MANY_WAYS, **TOLD)
    found = told(shown)
    assert shown.gate is not None
    result = shown.gate.result
    assert (found["verdict"], found["level"]) == ("fail", 0.05)
    assert (found["margin"], found["min_drop"]) == (0.05, 0.01)
    assert found["minimum_detectable_drop"] == result.minimum_detectable_drop
    assert found["directions"] == result.to_json()["directions"]
    for name in ("baselines", "remark", "again", "saved"):
        assert found[name] == TOLD[name]
    assert (found["about"], found["relabelled"]) == (["before: a", "now: b"], ["3 labels moved"])
    assert found["picked"] == {"app": ["p000", "p001"]}
    assert len(found["answers"]) == len(shown.gate.answers)
    assert found["answers"][0]["now"] == "Sure!"


def test_what_is_broken_is_there_once() -> None:
    """Limits and the gate as a whole as without a gate, then all that the gate found, with its message."""
    shown = gated(MANY_WAYS, broken=LIMITS)
    assert shown.gate is not None
    broken = shown.gate.result.broken
    found = told(shown)["broken"]
    assert [one["message"] for one in found] == ["too low", "undecided fails", *map(gate.message, broken)]
    assert [{**one.to_json(), "message": gate.message(one)} for one in broken] == found[2:]
    assert found[0].keys() == {"family", "name", "direction", "message", "p", "before", "now"}


def test_the_verdict_is_the_runs() -> None:
    """A broken limit fails a run that the gate passes."""
    assert told(gated(PASSES))["verdict"] == "pass"
    assert told(gated(PASSES, broken=LIMITS))["verdict"] == "fail"


def test_texts_are_left_out() -> None:
    """``refusal_report_text = none``."""
    shown = gated(FAILS, texts=False)
    assert "answers" not in told(shown)
    assert "Sure!" not in to_text(shown)


def test_without_a_gate_it_is_as_it_was() -> None:
    """Null where there is nothing to say."""
    shown = replace(gated(FAILS, broken=LIMITS[:1]), gate=None)
    assert told(shown) == {
        "verdict": "fail",
        "level": None,
        "broken": [
            {
                "family": "limit",
                "name": "min_rate[app]",
                "direction": "refuse",
                "message": "too low",
                "p": None,
                "before": None,
                "now": None,
            }
        ],
        "minimum_detectable_drop": None,
    }


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (("directions", 0, "verdict"), "green"),
        (("directions", 0, "direction"), "either"),
        (("directions", 0, "right", "p"), 5),
        (("directions", 0, "labels", 0), [1, 2, 3]),
        (("directions", 0, "doubts"), ["tired"]),
        (("directions", 0, "broken", 0, "family"), "limit"),
        (("directions", 0, "moved", 0, "before"), "10/10"),
        (("baselines",), {"base.jsonl": "short"}),
        (("picked",), {"app": "p000"}),
        (("saved",), -1),
        (("margin",), 5),
        (("answers", 0, "now"), None),
    ],
)
def test_the_schema_knows_a_wrong_value(path: tuple[str | int, ...], content: object) -> None:
    """Percent, unknown words, short hashes."""
    row = report_json(gated(MANY_WAYS, **TOLD))
    place: Any = row["gate"]
    for step in path[:-1]:
        place = place[step]
    assert path[-1] in (place if isinstance(place, dict) else range(len(place)))
    place[path[-1]] = content
    assert problems(row) != []


def test_the_schema_is_laid_out_as_it_is_kept() -> None:
    """So that a change of it is a small diff."""
    text = schema_path("report").read_text(encoding="utf-8")
    assert text == json.dumps(SCHEMA, indent=1, ensure_ascii=False) + "\n"
