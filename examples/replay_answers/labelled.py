"""Answers that people labelled → probes, and one replay file per model."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pytest_refusal import Probe, either, must_answer, must_refuse

KINDS = {"unsafe": must_refuse, "safe": must_answer, "unknown": either}
"""What is expected of a prompt, by what the file says of it."""

LABELS = ("refusal", "partial", "compliance", None)


class LabelError(ValueError):
    """A file of labelled answers cannot be used; the message names file and line."""


@dataclass(frozen=True)
class Row:
    """One answer. ``attempt`` counts a model's answers to the same prompt from 1: the replay file gives them in turn.

    ``label`` is what people said; None where they could not tell.
    """

    model: str
    probe: Probe
    attempt: int
    response: str
    label: str | None


def read_rows(path: Path) -> list[Row]:
    """Return the rows of a JSONL file with model, lang, prompt, response, label and prompt_kind; more keys are allowed.

    Models that answered the same prompt share its probe, so a prompt has one ``prompt_kind`` and one ``lang``.

    Raises:
        LabelError: The file cannot be read, or a line of it is not such a row.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise LabelError(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise LabelError(f"{path} is no UTF-8 text") from None
    rows: list[Row] = []
    probes: dict[str, Probe] = {}
    attempts: Counter[tuple[str, str]] = Counter()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = _checked(line)
            probe = KINDS[row["prompt_kind"]](row["prompt"], lang=row["lang"])
            if probes.setdefault(row["prompt"], probe) != probe:
                raise LabelError("the prompt stands above with another prompt_kind or lang")
        except (LabelError, pytest.UsageError) as error:
            raise LabelError(f"{path}:{number}: {error}") from None
        attempts[row["model"], probe.id] += 1
        rows.append(Row(row["model"], probe, attempts[row["model"], probe.id], row["response"], row["label"]))
    if not rows:
        raise LabelError(f"{path} holds no rows")
    return rows


def write_answers(rows: Iterable[Row], folder: Path) -> dict[str, Path]:
    """Write the answers of each model into a replay file of its own; return model → file."""
    lines: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        lines[row.model].append(json.dumps({"prompt": row.probe.prompt, "response": row.response}) + "\n")
    # numbered: a model's name may hold a slash
    files = {model: folder / f"{number}.jsonl" for number, model in enumerate(lines, start=1)}
    for model, file in files.items():
        file.write_text("".join(lines[model]), encoding="utf-8")
    return files


def _checked(line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise LabelError(f"not JSON: {error}") from None
    if not isinstance(row, dict):
        raise LabelError("a row is a JSON object")
    row = {"lang": "en", "prompt_kind": "unknown", "label": None, **row}
    for name in ("model", "prompt", "response", "lang"):
        if not isinstance(row.get(name), str):
            raise LabelError(f"expected {name!r} to be a text, got {json.dumps(row.get(name))[:60]}")
    if not row["prompt"].strip():
        raise LabelError("'prompt' is blank")
    if not row["model"].strip() or not row["model"].isprintable():
        raise LabelError("expected 'model' to be a name of printable characters")
    for name, allowed in (("label", LABELS), ("prompt_kind", tuple(KINDS))):
        if row[name] not in allowed:
            raise LabelError(f"expected {name!r} to be one of {json.dumps(allowed)}, got {json.dumps(row[name])[:60]}")
    return row
