"""JSON and JSONL probe files, with lines: Python's parser reads them, a scanner finds where things stand."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from pytest_refusal.errors import UsageProblem
from pytest_refusal.probes.document import DEEPEST, Document, Spot, Unreadable, integer, twice
from pytest_refusal.probes.fields import Step
from pytest_refusal.probes.problems import Problem

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}:,\n]|[^\s\[\]{}:,"]+')


def read_json(text: str) -> Document:
    """Read a JSON file.

    Raises:
        Unreadable: It is not JSON, or nested too deep.
    """
    try:
        content = json.loads(text, parse_int=integer)
    except json.JSONDecodeError as error:
        raise Unreadable(error.lineno, f"not valid JSON: {error.msg} (column {error.colno})") from None
    except RecursionError:
        _too_deep(1)
    spot, problems = positions(text)
    return Document(content, spot, problems)


def read_jsonl(text: str) -> Document:
    """Read a JSONL file: a probe a line; blank lines are skipped, the first line may hold ``defaults`` alone.

    Raises:
        Unreadable: A line is not JSON (all such lines are named), or nested too deep.
    """
    rows: list[object] = []
    content: dict[str, object] = {"probes": rows}
    spots = Spot(1, {})
    spot = Spot(1, {"probes": spots})
    document = Document(content, spot, by_line=True)
    broken: list[Unreadable] = []
    doubles = False

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal doubles
        row = dict(found)
        doubles = doubles or len(row) != len(found)
        return row

    decoder = json.JSONDecoder(object_pairs_hook=pairs, parse_int=integer)
    first = True
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        doubles = False
        try:
            row = decoder.decode(line)
            if line.count("[") + line.count("{") > DEEPEST:
                positions(line, number)
        except json.JSONDecodeError as error:
            broken.append(Unreadable(number, f"not valid JSON: {error.msg} (column {error.colno})"))
            continue
        except RecursionError:
            _too_deep(number)
        shared = first and isinstance(row, dict) and row.keys() == {"defaults"}
        first = False
        path: tuple[Step, ...] = () if shared else ("probes", len(rows))
        if doubles:
            document.problems += [
                Problem((*path, *problem.path), problem.text) for problem in positions(line, number)[1]
            ]
        if shared:
            content["defaults"] = row["defaults"]
            spot.add("defaults", Spot(number))
        else:
            spots.add(len(rows), Spot(number))
            rows.append(row)
    if broken:
        raise BrokenLines(broken)
    return document


class BrokenLines(UsageProblem):
    """Lines of a JSONL file that are not JSON."""

    def __init__(self, lines: list[Unreadable]) -> None:
        super().__init__("; ".join(line.message for line in lines))
        self.lines = lines


def positions(text: str, line: int = 1) -> tuple[Spot, list[Problem]]:
    """Return where each value of a valid JSON text stands, and the keys that stand twice.

    Args:
        text: What ``json`` has accepted.
        line: The number of its first line.

    Raises:
        Unreadable: It is nested too deep.
    """
    top = Spot(line)
    # what we are in: the spot, its path, the key or index of what comes next (None: a key comes next)
    inside: list[tuple[Spot, tuple[Step, ...], bool]] = [(top, (), False)]
    step: Step | None = 0
    steps: list[Step | None] = []
    problems: list[Problem] = []
    at = line
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token == "\n":
            line += 1
            continue
        spot, path, is_mapping = inside[-1]
        if token in "]}":
            inside.pop()
            step = steps.pop()
        elif token == ",":
            step = None if is_mapping else int(step or 0) + 1
        elif token == ":":
            pass
        elif is_mapping and step is None:
            step = json.loads(token) if "\\" in token else token[1:-1]
            at = line
            if spot.children and step in spot.children:
                problems.append(twice((*path, step), spot.children[step].line))
        else:
            here = step if step is not None else 0
            child = spot.add(here, Spot(at if is_mapping else line))
            if token in "[{":
                if len(inside) > DEEPEST:
                    _too_deep(line)
                inside.append((child, (*path, here) if len(inside) > 1 else (), token == "{"))
                steps.append(step)
                step = None if token == "{" else 0
    return top.at((0,)), problems


def _too_deep(line: int) -> NoReturn:
    raise Unreadable(line, f"nested deeper than {DEEPEST} levels")
