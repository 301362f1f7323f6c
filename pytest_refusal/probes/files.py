"""Probe files: read, judged by the schema, all mistakes at once, turned into probes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from pytest_refusal.errors import ProbeFileError, UsageProblem
from pytest_refusal.escaping import printable
from pytest_refusal.probes.build import build
from pytest_refusal.probes.check import beyond
from pytest_refusal.probes.document import Document, Unreadable
from pytest_refusal.probes.fields import Step
from pytest_refusal.probes.find import SUFFIXES, find_files, shown_path
from pytest_refusal.probes.json_text import BrokenLines, read_json, read_jsonl
from pytest_refusal.probes.problems import Problem, listing, path_text, quoted
from pytest_refusal.probes.schema import faults
from pytest_refusal.probes.toml_text import read_toml
from pytest_refusal.probes.yaml_text import read_yaml
from pytest_refusal.records import Probe

_READERS: dict[str, Callable[[str], Document]] = {
    ".yaml": read_yaml,
    ".yml": read_yaml,
    ".json": read_json,
    ".jsonl": read_jsonl,
    ".toml": read_toml,
}


def load(patterns: Iterable[str], root: Path, *, lang: str = "", shown_from: Path | None = None) -> tuple[Probe, ...]:
    """Return the probes of several files, in the order of the patterns, the sorted files and their rows.

    A file that several patterns name is read once; the same id with the same content is one probe.

    Args:
        patterns: Paths or globs, relative to ``root``.
        root: The folder of the file that the patterns stand in.
        lang: Language code of probes that name none.
        shown_from: Paths in messages and places are relative to it; default: the current folder.

    Raises:
        ProbeFileError: Files are wrong (every file's mistakes), or an id has two contents.
        UsageProblem: A pattern matches nothing, or there is no pattern.
    """
    files: dict[Path, Path] = {}
    for pattern in patterns:
        for file in find_files(pattern, root):
            files.setdefault(file.resolve(), file)
    if not files:
        raise UsageProblem("expected a probe file or a glob such as 'probes/*.yaml', got none")
    probes: dict[str, Probe] = {}
    messages: list[str] = []
    for file in files.values():
        try:
            read = read_probes(file, lang=lang, shown_from=shown_from)
        except ProbeFileError as error:
            messages.append(error.message)
            continue
        for probe in read:
            known = probes.setdefault(probe.id, probe)
            if known != probe:
                messages.append(f"{probe.place}: id: {two_contents(known, probe)}")
    if messages:
        raise ProbeFileError("\n".join(messages))
    return tuple(probes.values())


def read_probes(path: Path, *, lang: str = "", shown_from: Path | None = None) -> tuple[Probe, ...]:
    """Return the probes of a file, in its order, each id once.

    Args:
        path: A ``.yaml``, ``.yml``, ``.json``, ``.jsonl`` or ``.toml`` file in UTF-8.
        lang: Language code of probes that name none, neither themselves nor in ``defaults``.
        shown_from: Paths in messages and places are relative to it; default: the current folder.

    Raises:
        ProbeFileError: The file cannot be read or is wrong: up to 20 mistakes, a line each,
            ``FILE:LINE: KEY PATH: expected …, got …``.
    """
    file = shown_path(path, shown_from)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise ProbeFileError(f"{file}: expected a probe file ({', '.join(SUFFIXES)}), got {quoted(path.suffix)}")
    text = _text(path, file)
    if not text.strip():
        raise ProbeFileError(f"{file}:1: expected probes, got an empty file")
    try:
        document = reader(text)
    except Unreadable as error:
        raise ProbeFileError(f"{file}:{error.line}: {error.message}") from None
    except BrokenLines as error:
        raise ProbeFileError(listing([f"{file}:{line.line}: {line.message}" for line in error.lines])) from None
    problems = document.problems + faults(document)
    if problems:
        raise _error(file, document, problems)
    return _probes(file, document, lang)


def _text(path: Path, file: str) -> str:
    """Return the file's text with line ends as LF, so that an editor's choice changes no probe and no id."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ProbeFileError(f"{file}: cannot be read: {printable(error.strerror or str(error))}") from None
    try:
        return raw.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ProbeFileError(
            f"{file}:{line}: expected UTF-8, got the byte 0x{raw[error.start]:02x} at offset {error.start}; "
            "save the file as UTF-8"
        ) from None


def _error(file: str, document: Document, problems: Iterable[Problem]) -> ProbeFileError:
    found = dict.fromkeys((document.spot.at(problem.path).line, problem) for problem in problems)
    lines = []
    # jsonschema names keys in the order of a set: another one in every process
    for line, problem in sorted(found, key=lambda one: (one[0], _order(document.content, one[1].path))):
        path = problem.path[2:] if document.by_line and problem.path[:1] == ("probes",) else problem.path
        lines.append(f"{file}:{line}: {path_text(path)}{': ' if path else ''}{problem.text}")
    return ProbeFileError(listing(lines))


def _order(content: Any, path: tuple[Step, ...]) -> list[int]:
    """Return where a key path comes in the order of the text: what is missing comes first."""
    order: list[int] = []
    for step in path:
        if isinstance(content, dict):
            order.append(list(content).index(step) if step in content else -1)
        elif isinstance(content, list) and isinstance(step, int):
            order.append(step)
        else:
            break
        content = content[step] if order[-1] >= 0 else None
    return order


def _probes(file: str, document: Document, lang: str) -> tuple[Probe, ...]:
    """Return the probes of a document that the schema accepts; raises for what no schema can say."""
    content: Any = document.content
    is_list = isinstance(content, list)
    shared: dict[str, Any] = {} if is_list else content.get("defaults", {})
    rows: list[dict[str, Any]] = content if is_list else content["probes"]
    top: tuple[Step, ...] = () if is_list else ("probes",)
    places = document.spot.at(top).children or {}
    problems = [Problem(("defaults", *problem.path), problem.text) for problem in beyond(shared)]
    good = not problems
    probes: dict[str, Probe] = {}
    for index, row in enumerate(rows):
        found = [Problem((*top, index, *problem.path), problem.text) for problem in beyond(row)]
        problems += found
        if not good or found:
            continue
        probe = build({**shared, **row} if shared else row, f"{file}:{places[index].line}", lang)
        known = probes.setdefault(probe.id, probe)
        if known is not probe and known != probe:
            problems.append(Problem((*top, index, *(["id"] if "id" in row else [])), two_contents(known, probe)))
    if problems:
        raise _error(file, document, problems)
    return tuple(probes.values())


def differing(one: Probe, other: Probe) -> list[str]:
    """Return the names of the fields in which two probes differ, sorted; where they stand is no field."""
    before, after = one.to_json(), other.to_json()
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def two_contents(known: Probe, probe: Probe) -> str:
    """Say that two probes share an id and differ, where the first one stands and what helps."""
    return (
        f"expected one content for each id, got {quoted(probe.id)} at {probe.place} with another "
        f"{', '.join(map(repr, differing(known, probe)))} than at {known.place}; give one of them another id"
    )
