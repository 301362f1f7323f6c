"""A baseline file → its lines; what is wrong with it, all of it at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_refusal.baseline.fields import line_of, problems, shown
from pytest_refusal.baseline.lines import BaselineLine, Key
from pytest_refusal.errors import BaselineFileError
from pytest_refusal.escaping import printable

MOST_SHOWN = 20
"""Problems of one file that are printed; the rest is counted."""

_MARKERS = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")
_LONGEST_NUMBER = 400


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was accepted, sorted: probe, condition, the canonical wording before its rewordings."""

    lines: tuple[BaselineLine, ...]

    @property
    def by_key(self) -> dict[Key, BaselineLine]:
        """(probe, condition, hash of the messages) → line."""
        return {one.key: one for one in self.lines}

    @property
    def canonical(self) -> dict[tuple[str, str], BaselineLine]:
        """(probe, condition) → the line of its canonical wording."""
        return {(one.probe, one.condition): one for one in self.lines if one.rewording is None}

    @property
    def rewordings(self) -> dict[tuple[str, str], list[BaselineLine]]:
        """(probe, condition) → the lines of its pinned rewordings."""
        found: dict[tuple[str, str], list[BaselineLine]] = {}
        for one in self.lines:
            if one.rewording is not None:
                found.setdefault((one.probe, one.condition), []).append(one)
        return found


def read_baseline(path: Path) -> Baseline:
    """Read a baseline file.

    Raises:
        BaselineFileError: It cannot be read or is wrong: up to 20 mistakes, ``FILE:LINE: KEY: expected …, got …``.
    """
    file = printable(str(path))
    found: list[BaselineLine] = []
    wrong: list[str] = []
    lines: dict[int, BaselineLine] = {}
    for number, row, said in rows_of(path):
        faults = said or problems(row)
        wrong += [f"{file}:{number}: {one}" for one in faults]
        if not faults:
            lines[number] = line_of(row)
            found.append(lines[number])
    # where a merge has left both sides of a conflict, every line of it stands twice: the markers say all
    if not wrong:
        wrong += [f"{file}:{number}: {text}" for number, text in _doubles(lines)]
    if not wrong and not found:
        wrong.append(f"{file}:1: expected lines of a baseline, got an empty file; delete it")
    if wrong:
        raise BaselineFileError(listing(wrong))
    return Baseline(tuple(sorted(found, key=lambda one: one.place)))


def rows_of(path: Path) -> Iterator[tuple[int, Mapping[str, Any], list[str]]]:
    """Yield (line number, row, what is wrong with it) of a JSON Lines file; blank lines are passed over.

    Raises:
        BaselineFileError: The file cannot be read, or is no UTF-8.
    """
    conflict = False
    # not splitlines(): U+2028 and its like may stand unescaped inside JSON strings
    for number, line in enumerate(_text_of(path).split("\n"), start=1):
        if line.startswith(_MARKERS):
            # one message for each conflict, not for each of its three markers
            if not conflict:
                text = f"'{line[:7]}' stands here: resolve the merge conflict; each line is one probe in one wording"
                yield number, {}, [text]
            conflict = line.startswith(_MARKERS[:3])
        elif line.strip():
            yield (number, *_row(line))


def _row(line: str) -> tuple[Mapping[str, Any], list[str]]:
    twice: list[str] = []

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for name, content in found:
            if name in row:
                twice.append(f"{printable(name, 60)}: expected each key once, got it again")
            row[name] = content
        return row

    try:
        row = json.loads(line, object_pairs_hook=pairs, parse_int=_integer, parse_constant=_constant)
    except RecursionError:
        return {}, ["expected a JSON object, got one that is nested too deep"]
    except ValueError as error:
        return {}, [f"expected a JSON object, got no JSON ({printable(str(error), 80)})"]
    if not isinstance(row, dict):
        return {}, [f"expected a JSON object, got {shown(row)}"]
    return row, twice


def _integer(digits: str) -> int:
    # Python refuses thousands of digits with words about its own settings
    if len(digits) > _LONGEST_NUMBER:
        raise ValueError(f"a number of {len(digits)} digits")
    return int(digits)


def _constant(text: str) -> float:
    raise ValueError(f"{text} is none")


def _doubles(lines: Mapping[int, BaselineLine]) -> Iterator[tuple[int, str]]:
    keys: dict[Key, int] = {}
    canonical: dict[tuple[str, str], int] = {}
    for number, line in lines.items():
        who = f"{shown(line.probe)} under {shown(line.condition)}"
        if (first := keys.setdefault(line.key, number)) != number:
            yield number, f"expected each wording of a probe once, got {who} again (first at line {first}): keep one"
        elif line.rewording is None and (first := canonical.setdefault((line.probe, line.condition), number)) != number:
            yield (
                number,
                f"expected one canonical wording for each probe, got {who} with other messages than at line {first}: "
                "keep the one that the probe has now",
            )


def _text_of(path: Path) -> str:
    file = printable(str(path))
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BaselineFileError(f"{file}: cannot be read: {printable(error.strerror or str(error))}") from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BaselineFileError(
            f"{file}:{line}: expected UTF-8, got the byte 0x{raw[error.start]:02x}; save it as UTF-8"
        ) from None


def listing(lines: Iterable[str]) -> str:
    """Return problems as one message, a line each; the first 20 of them and how many more there are."""
    every = list(lines)
    more = len(every) - MOST_SHOWN
    return "\n".join([*every[:MOST_SHOWN], *([f"and {more} more"] if more > 0 else [])])
