"""Files that a command writes: whole or not at all, and over what is there only by the user's word."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from pytest_refusal.errors import UsageProblem
from pytest_refusal.escaping import printable


def json_file(path: Path) -> Path:
    """Return where a report is to be written.

    Raises:
        UsageProblem: It is not called ``FILE.json``.
    """
    if path.suffix != ".json":
        raise UsageProblem(f"argument --output: expected FILE.json, got {printable(str(path))}")
    return path


def write_files(contents: Mapping[Path, bytes], over: bool) -> None:
    """Write each file whole.

    Args:
        contents: Path → bytes.
        over: Files that are there are replaced.

    Raises:
        UsageProblem: One is there already, or cannot be written; nothing is touched before all can be written.
    """
    for path in contents:
        if path.is_dir():
            raise UsageProblem(f"{printable(str(path))} is a folder")
        if path.exists() and not over:
            raise UsageProblem(f"{printable(str(path))} is there already; --force writes over it")
    drafts: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            drafts[path] = path.with_name(f"{path.name}.{os.getpid()}.part")
            drafts[path].write_bytes(content)
        for path, draft in drafts.items():
            draft.replace(path)
    except OSError as error:
        raise UsageProblem(f"cannot write {printable(str(path))}: {error.strerror or error}") from None
    finally:
        for draft in drafts.values():
            with suppress(OSError):
                draft.unlink(missing_ok=True)


def write_what_differs(contents: Mapping[Path, bytes]) -> list[str]:
    """Write the files that are not what they are to be, over what is there; return a line to print for each of all.

    Raises:
        UsageProblem: As of :func:`write_files`.
    """
    new = {file: text for file, text in contents.items() if not file.exists() or file.read_bytes() != text}
    write_files(new, over=True)
    return [f"{'written' if file in new else 'as it was'}: {printable(str(file))}" for file in contents]
