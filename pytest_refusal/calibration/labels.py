"""Labels by people: JSONL, or the CSV that ``sample`` writes; mistakes come with file, line, key and what was meant."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_refusal.calibration.csv_text import Damaged, read_csv
from pytest_refusal.errors import UsageProblem
from pytest_refusal.escaping import printable
from pytest_refusal.records import Expect, Label

ANSWERS = tuple(label for label in Label if label.judged)
SUFFIXES = (".jsonl", ".csv")
KEY_SUFFIX = ".key.jsonl"
EXAMPLE = '{"prompt": "How do I return a pair of shoes?", "response": "I cannot help with that.", "label": "refusal"}'

_MOST_PROBLEMS = 10
_SHOWN = 60
_TEXTS = ("lang", "kind", "category", "id")

# The words of other schemes, as they are met in published data.
_MEANT = {
    Label.REFUSAL: "refused refuse refuses full_refusal hard_refusal soft_refusal denial denied reject rejected "
    "decline declined deny no_answer",
    Label.PARTIAL: "partial_refusal partially partly mixed evasive evasion redirected deflection hedged",
    Label.THEATER: "theatre refuse_then_comply refused_then_complied classification_theater contradicted",
    Label.COMPLIANCE: "complied comply complies compliant full_compliance complete answer answered non_refusal "
    "not_refusal fulfilled accepted disclaimed",
}
_HINTS = {word: label for label, words in _MEANT.items() for word in words.split()}
_NO_IDEA = ("unclear", "unknown", "unsure", "error", "skip", "n/a", "na", "?", "-", "none", "null")


@dataclass(frozen=True, slots=True)
class Labelled:
    """An answer that somebody labelled.

    Attributes:
        label: One of the four answers.
        lang, kind, category, id: As the file says, or ``""``.
        expect: What was expected, or None.
    """

    prompt: str
    response: str
    label: Label
    lang: str = ""
    kind: str = ""
    category: str = ""
    id: str = ""
    expect: Expect | None = None


@dataclass(frozen=True, slots=True)
class Labels:
    """What files of labels hold: the labelled rows in their order, and how many are not labelled yet."""

    rows: tuple[Labelled, ...]
    unlabelled: int


class _Wrong(Exception):
    """What is wrong with a key of a row, in words."""


def read_labels(paths: Sequence[Path]) -> Labels:
    """Read files of labels.

    A row has ``prompt``, ``response`` and ``label`` (null or empty: not labelled yet), and may have ``lang``,
    ``kind``, ``category``, ``id`` and ``expect``; other keys are passed over.

    Raises:
        UsageProblem: A file cannot be read or named twice, or rows are wrong: the first ten of all files at once.
    """
    problems: list[str] = []
    rows: list[Labelled] = []
    unlabelled = 0
    seen: set[Path] = set()
    for path in paths:
        if path.resolve() in seen:
            raise UsageProblem(f"{_name(path)} is named twice: its labels would count twice")
        seen.add(path.resolve())
        for place, row in _raw_rows(path, problems):
            found = _labelled(row, lambda text, place=place: problems.append(f"{place}: {text}"))  # type: ignore[misc]
            if found is not None:
                rows.append(found)
            unlabelled += found is None
    if problems:
        more = len(problems) - _MOST_PROBLEMS
        shown = problems[:_MOST_PROBLEMS] + ([f"… and {more} more"] if more > 0 else [])
        raise UsageProblem(
            "\n".join([f"the labels cannot be used; a row is such as {EXAMPLE}", *(f"  {one}" for one in shown)])
        )
    return Labels(tuple(rows), unlabelled)


def _raw_rows(path: Path, problems: list[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield (file:line, the row's keys) and note what is no row."""
    if path.name.endswith(KEY_SUFFIX):
        raise UsageProblem(f"{_name(path)} is the key of a sheet; the labels are in the sheet itself")
    if path.suffix not in SUFFIXES:
        raise UsageProblem(f"{_name(path)}: labels are read from {' and '.join(SUFFIXES)} files, a row a line")
    text = _text_of(path)
    empty = True
    for line, row in (_csv_rows if path.suffix == ".csv" else _jsonl_rows)(text):
        empty = False
        if isinstance(row, str):
            problems.append(f"{_name(path)}:{line}: {row}")
        else:
            yield f"{_name(path)}:{line}", row
    if empty:
        problems.append(f"{_name(path)}:1: expected rows, got an empty file")


def _text_of(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageProblem(f"cannot read {_name(path)}: {error.strerror or error}") from None
    try:
        # what write_csv writes for a lone surrogate is read again, other bytes that are no UTF-8 are not
        return content.decode("utf-8-sig", "surrogatepass")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageProblem(
            f"{_name(path)}:{line}: expected UTF-8 text, got the byte 0x{content[error.start]:02x}; save it as UTF-8"
        ) from None


def _jsonl_rows(text: str) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    # not splitlines(): U+2028 and its like stand unescaped inside JSON strings
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line, object_pairs_hook=_pairs, parse_constant=_constant)
        except RecursionError:
            yield number, "expected a JSON object, got one that is nested too deep"
        except _Wrong as wrong:
            yield number, str(wrong)
        except ValueError as error:
            yield number, f"expected a JSON object, got no JSON ({printable(str(error), _SHOWN)})"
        else:
            yield number, row if isinstance(row, dict) else f"expected a JSON object, got {_kind(row)}"


def _pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(found)
    if len(row) != len(found):
        keys = [key for key, _ in found]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _Wrong(f"{printable(twice, _SHOWN)}: expected every key once, got it twice")
    return row


def _constant(text: str) -> float:
    raise ValueError(f"{text} is none")


def _csv_rows(text: str) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    try:
        rows = read_csv(text)
    except Damaged as damaged:
        yield damaged.line, f"expected CSV, got {damaged}"
        return
    if not rows:
        return
    (line, cells), *rows = rows
    heading = [cell.strip() for cell in cells]
    if missing := [key for key in ("prompt", "response", "label") if heading.count(key) != 1]:
        shown = printable(", ".join(heading), _SHOWN)
        yield line, f"expected a heading with prompt, response, label; got {shown}: {missing[0]} is not there once"
    elif not rows:
        yield line, "expected rows under the heading, got none"
    else:
        for line, cells in rows:
            if len(cells) == len(heading):
                yield line, dict(zip(heading, cells, strict=True))
            else:
                yield line, f"expected {len(heading)} cells, as the heading has, got {len(cells)}"


def _labelled(row: Mapping[str, Any], wrong: Callable[[str], None]) -> Labelled | None:
    """Return the row as a value; None if it is not labelled yet, or something of it is wrong."""
    found: dict[str, Any] = {}

    def take(key: str, of: Callable[[Any], Any]) -> None:
        try:
            found[key] = of(row.get(key))
        except _Wrong as problem:
            wrong(f"{key}: {problem}")

    for key in ("prompt", "response"):
        take(key, lambda content, key=key: _text(content, key in row))  # type: ignore[misc]
    for key in _TEXTS:
        take(key, _optional)
    take("expect", _expect)
    take("label", _label)
    complete = len(found) == len(("prompt", "response", *_TEXTS, "expect", "label"))
    return Labelled(**found) if complete and found["label"] is not None else None


def _text(content: object, there: bool) -> str:
    if not isinstance(content, str):
        raise _Wrong(f"expected a text, got {_kind(content) if there else 'nothing'}")
    return content


def _optional(content: object) -> str:
    if content is None:
        return ""
    if isinstance(content, bool | dict | list):
        raise _Wrong(f"expected a text, got {_kind(content)}")
    return str(content)


def _expect(content: object) -> Expect | None:
    if content is None or content == "":
        return None
    if not isinstance(content, str) or content not in list(Expect):
        raise _Wrong(f"expected {_either(Expect)}, got {_shown(content)}")
    return Expect(content)


def _label(content: object) -> Label | None:
    if content is None:
        return None
    word = content.strip().lower() if isinstance(content, str) else None
    if word == "":
        return None
    if word in ANSWERS:
        return Label(word)
    expected = f"expected {_either(ANSWERS)}, or nothing where it is not labelled yet"
    raise _Wrong(f"{expected}; got {_shown(content)}{_hint(word)}")


def _hint(word: str | None) -> str:
    if word is None:
        return ""
    if word in _NO_IDEA:
        return " (leave it empty where nobody can tell)"
    plain = re.sub(r"^\d+[_\-. ]*", "", re.sub(r"[\s\-]+", "_", word))
    meant = _HINTS.get(plain) or (Label(plain) if plain in ANSWERS else None)
    if meant is None and (near := difflib.get_close_matches(plain, [*ANSWERS, *_HINTS], 1, 0.8)):
        meant = _HINTS.get(near[0]) or Label(near[0])
    return f" (is that {meant.value}?)" if meant else ""


def _either(words: Iterable[str]) -> str:
    *most, last = map(str, words)
    return f"{', '.join(most)} or {last}"


def _shown(content: object) -> str:
    return f"'{printable(content, _SHOWN)}'" if isinstance(content, str) else _kind(content)


def _kind(content: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(content), "a number")


def _name(path: Path) -> str:
    return printable(str(path))
