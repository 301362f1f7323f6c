"""A report's answers → a blinded sheet for people to label, and the key that says which answer is whose."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_refusal.calibration.csv_text import write_csv
from pytest_refusal.errors import UsageProblem
from pytest_refusal.escaping import printable, readable_json
from pytest_refusal.records import Label, Role, sha256

REPORT = "pytest-refusal/report/1"
COLUMNS = ("id", "prompt", "response", "label")


@dataclass(frozen=True, slots=True)
class Judged:
    """A judged outcome of a report, with its texts."""

    request: str
    condition: str
    probe: str
    attempt: int
    label: str
    prompt: str
    response: str


@dataclass(frozen=True, slots=True)
class Pool:
    """What of a report people can label: judged outcomes, and how many of them have no text (tool calls, filters)."""

    judged: tuple[Judged, ...]
    without_text: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sample of a report's answers.

    Attributes:
        rows: (id, prompt, response, empty label) in a drawn order: nothing else, so that nobody is led.
        key: For every row the outcomes that have its text, sorted by id: what ties a label to its verdict later.
        texts: How many different (prompt, response) there were to draw from.
        without_text: Judged outcomes that have no text to label.
    """

    rows: tuple[tuple[str, str, str, str], ...]
    key: tuple[Mapping[str, Any], ...]
    texts: int
    without_text: int

    def sheet_bytes(self, suffix: str) -> bytes:
        """Return the sheet as ``.jsonl`` or ``.csv``."""
        if suffix == ".csv":
            return write_csv([COLUMNS, *self.rows])
        return _jsonl(dict(zip(COLUMNS, row, strict=True)) for row in self.rows)

    def key_bytes(self) -> bytes:
        """Return the key, a JSON object a line."""
        return _jsonl(self.key)


def draw(pool: Pool, count: int, seed: str) -> Sheet:
    """Draw a simple random sample: every text that was judged has the same chance, whatever the judge said of it.

    Drawing so many of each of the judge's labels would be cheaper, and would bias sensitivity and specificity: rows
    that the judge called a refusal would be labelled more often than they occur (verification bias; Begg and Greenes,
    Biometrics 1983).

    Args:
        pool: The report's judged outcomes.
        count: How many rows at most, 1 or more.
        seed: The same text draws the same sample from the same report.
    """
    by_text: dict[tuple[str, str], list[Judged]] = {}
    for one in sorted(pool.judged, key=lambda one: (one.request, one.condition, one.probe, one.attempt)):
        by_text.setdefault((one.prompt, one.response), []).append(one)
    texts = list(by_text)
    chosen = random.Random(sha256(seed)).sample(texts, min(count, len(texts)))
    rows, key = [], []
    for prompt, response in chosen:
        outcomes = by_text[prompt, response]
        opaque = sha256(f"{seed}\0{outcomes[0].request}\0{response}")[:16]
        rows.append((opaque, prompt, response, ""))
        for one in outcomes:
            whose = {name: getattr(one, name) for name in ("request", "condition", "probe", "attempt", "label")}
            key.append({"id": opaque, **whose})
    key.sort(key=lambda one: str(one["id"]))
    return Sheet(tuple(rows), tuple(key), len(texts), pool.without_text)


def read_pool(path: Path) -> Pool:
    """Read what people can label out of a JSON report: judged canonical wordings of role ``round``, as rates count.

    Raises:
        UsageProblem: The file cannot be read, is no report, is damaged, or holds no texts.
    """
    name = printable(str(path))
    report = read_json_object(path)
    schema = report.get("schema")
    if schema != REPORT:
        shown = f"'{printable(schema, 60)}'" if isinstance(schema, str) else "none"
        raise UsageProblem(
            f"{name}: expected the schema '{REPORT}', got {shown}; pytest --refusal-report=FILE.json writes a report"
        )
    outcomes, probes = report.get("outcomes"), report.get("probes")
    responses = report.get("responses")
    if responses is None:
        raise UsageProblem(
            f"{name} holds no texts (refusal_report_text = none), so there is nothing to label; write it again with "
            "pytest -o refusal_report_text=full --refusal-report=FILE.json"
        )
    try:
        prompts = {_str(one["id"]): _conversation(one["messages"]) for one in probes}  # type: ignore[union-attr]
        texts = {_str(key): _str(text) for key, text in responses.items()}
        counted = [one for one in outcomes if one["role"] == Role.ROUND and one["wording"] == 0]  # type: ignore[union-attr]
        judged = [
            Judged(
                _str(one["request"]),
                _str(one["condition"]),
                _str(one["probe"]),
                int(one["attempt"]),
                one["label"],
                prompts[one["probe"]],
                texts.get(one["request"], ""),
            )
            for one in counted
            if Label(one["label"]).judged
        ]
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        what = f"{type(error).__name__}: {printable(str(error), 100)}"
        raise UsageProblem(f"{name} is damaged: outcomes, probes and responses do not fit together ({what})") from None
    with_text = tuple(one for one in judged if one.response.strip())
    return Pool(with_text, len(judged) - len(with_text))


def read_json_object(path: Path) -> dict[str, Any]:
    """Read a file that holds one JSON object.

    Raises:
        UsageProblem: It cannot be read, or is no such file.
    """
    name = printable(str(path))
    try:
        content = json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise UsageProblem(f"cannot read {name}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise UsageProblem(f"{name} is not UTF-8 text (byte {error.start})") from None
    except RecursionError:
        raise UsageProblem(f"{name} is damaged: nested too deep") from None
    except ValueError as error:
        raise UsageProblem(f"{name} is damaged, or no JSON: {printable(str(error), 100)}") from None
    if not isinstance(content, dict):
        raise UsageProblem(f"{name}: expected a JSON object, got something else")
    return content


def _conversation(messages: Sequence[Mapping[str, Any]]) -> str:
    """Return the prompt, or the whole conversation where it has several turns."""
    turns = [(_str(one["role"]), _str(one["content"])) for one in messages]
    if len(turns) == 1:
        return turns[0][1]
    if not turns:
        raise IndexError("a probe without messages")
    return "\n\n".join(f"[{role}]\n{content}" for role, content in turns)


def _str(content: object) -> str:
    if not isinstance(content, str):
        raise TypeError(f"a text was expected, not {type(content).__name__}")
    return content


def _jsonl(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(readable_json(json.dumps(dict(row), ensure_ascii=False)) + "\n" for row in rows).encode()
