"""The answers behind a baseline, in a file of their own: to be judged again, and committed or kept elsewhere."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from pytest_refusal.baseline.counting import damaged_otherwise, rounds, wordings_of
from pytest_refusal.baseline.lines import Key
from pytest_refusal.baseline.reading import listing, rows_of
from pytest_refusal.errors import BaselineFileError
from pytest_refusal.escaping import printable, readable_json
from pytest_refusal.records import Kind, Label

SUFFIX = ".answers.jsonl"
_KEYS = ("probe", "condition", "messages_sha256", "request", "label", "text")
_LABELS = tuple(one.value for one in Label)


def answers_path(baseline: Path) -> Path:
    """Return where a baseline's answers stand: ``base.jsonl`` → ``base.answers.jsonl``."""
    return baseline.with_name(baseline.name.removesuffix(".jsonl") + SUFFIX)


def answers_of(report: Mapping[str, Any], keys: Collection[Key]) -> list[dict[str, Any]]:
    """Return a row for every attempt at these wordings whose text the report has.

    Raises:
        UsageProblem: The report is damaged.
    """
    with damaged_otherwise():
        responses = report.get("responses", {})
        hashes = wordings_of(report)
        return [
            {
                "probe": probe,
                "condition": condition,
                "messages_sha256": hashes[probe, number],
                "attempt": one["attempt"],
                "label": one["label"],
                "request": one["request"],
                "text": responses[one["request"]],
                # what a text alone does not show: whoever judges it again keeps such a verdict
                **({"violation": True} if one.get("violation") else {}),
                **({"kind": one["kind"]} if one.get("kind") == Kind.FILTER else {}),
            }
            for (probe, condition, number), attempts in rounds(report).items()
            if (probe, condition, hashes[probe, number]) in keys
            for one in attempts
            if one["request"] in responses
        ]


def read_answers(path: Path) -> list[dict[str, Any]]:
    """Read a file of answers; none where there is no file.

    Raises:
        BaselineFileError: It cannot be read, or a line is none.
    """
    if not path.exists():
        return []
    rows, wrong = [], []
    for number, row, said in rows_of(path):
        faults = said or [
            f"{name}: expected a text, got {'something else' if name in row else 'nothing: the key is missing'}"
            for name in _KEYS
            if not isinstance(row.get(name), str)
        ]
        label = row.get("label")
        if not said and isinstance(label, str) and label not in _LABELS:
            faults.append(f"label: expected one of {', '.join(_LABELS)}, got {printable(label, 60)}")
        attempt = row.get("attempt")
        if not said and (not isinstance(attempt, int) or isinstance(attempt, bool) or attempt < 1):
            faults.append("attempt: expected a whole number, 1 or more")
        wrong += [f"{printable(str(path))}:{number}: {one}" for one in faults]
        rows.append(dict(row))
    if wrong:
        wrong.append("a line of answers can be deleted; so can the file")
        raise BaselineFileError(listing(wrong))
    return rows


def key_of(row: Mapping[str, Any]) -> Key:
    """Return which line of the baseline an answer is of."""
    return (row["probe"], row["condition"], row["messages_sha256"])


def answers_text(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return a file of answers: sorted, a line for each."""
    ordered = sorted(rows, key=lambda row: (*key_of(row), row["attempt"], row["request"]))
    return "".join(readable_json(json.dumps(dict(row), ensure_ascii=False)) + "\n" for row in ordered)
