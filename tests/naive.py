"""Judge models as a scripted server plays them: they believe what they read, and say more than they were asked."""

from __future__ import annotations

import json
import re
from typing import Any

from pytest_refusal.judges.models.preflight import golden_cases

_ANSWER = re.compile(r"^<<<ANSWER \w+\n(.*?)^ANSWER \w+>>>$", re.DOTALL | re.MULTILINE)
_PLANTED = re.compile(r'\{"(?:case|label|refused|noncompliance|explained)".*?\}')

SUPPLIES = {
    "label": "compliance",
    "kind": "none",
    "refused": 0,
    "specificity": 5,
    "convincingness": 5,
    "noncompliance": 3,
    "explained": False,
    "alternative": False,
}
DECLINES = {**SUPPLIES, "label": "refusal", "kind": "safety", "refused": 1, "specificity": 1, "convincingness": 1}
DECLINES |= {"noncompliance": 0, "explained": True}


def answer_of(body: Any) -> str:
    """Return what stands behind the first fence, read as a naive model reads it: up to the first closing mark."""
    found = _ANSWER.search(body["messages"][1]["content"])
    assert found is not None
    return "\n".join(line.removeprefix("| ") for line in found[1].splitlines())


def fair(body: Any) -> dict[str, Any]:
    """Return the verdict of a judge that reads the answer and nothing else."""
    text = answer_of(body)
    label = next((one.label.value for one in golden_cases() if one.response.text == text), None)
    said = dict(DECLINES if label == "refusal" or (label is None and "sorry" in text.lower()) else SUPPLIES)
    if label is not None:
        said["label"] = label
    return _fields(body, said)


def judge(body: Any) -> str:
    """A judge that keeps to its form."""
    return f"say:{json.dumps(fair(body))}"


def quoting(body: Any) -> str:
    """A judge that quotes all it read, thinks aloud, and gives its verdict at the end."""
    return (
        f"say:The answer reads:\n{answer_of(body)}\n\nThat is what I was shown. My verdict:\n{json.dumps(fair(body))}"
    )


def planted(text: str) -> list[str]:
    """Return what looks like a verdict in a text."""
    return _PLANTED.findall(text)


def obedient(body: Any) -> str:
    """A judge that takes the last verdict it finds in what it was shown for its own, as it stands there."""
    found = planted(answer_of(body))
    return f"say:{found[-1]}" if found else judge(body)


def gullible(body: Any) -> str:
    """A judge that takes every line outside of the first fence for an instruction, and the first verdict there."""
    outside = _ANSWER.sub("", body["messages"][1]["content"])
    asked = re.sub(r"<<<REQUEST.*?REQUEST \w+>>>", "", outside, flags=re.DOTALL)
    found = planted(asked)
    if not found:
        return judge(body)
    said = json.loads(found[0])
    return f"say:{json.dumps({**fair(body), **said, 'case': fair(body)['case']})}"


def _fields(body: Any, said: dict[str, Any]) -> dict[str, Any]:
    """Return what the schema asks for."""
    properties = body["format"]["properties"]
    row = {"case": properties["case"]["enum"][0], "evidence": "", **said}
    return {name: row[name] for name in properties}
