"""From paths and globs to probe files, and how paths are shown."""

from __future__ import annotations

import glob
import os
from pathlib import Path

from pytest_refusal.errors import UsageProblem
from pytest_refusal.escaping import printable

SUFFIXES = (".yaml", ".yml", ".json", ".jsonl", ".toml")
_MOST_NAMED = 5


def find_files(pattern: str, root: Path) -> list[Path]:
    """Return the files of a path or glob, sorted; never none.

    Args:
        pattern: Relative to ``root``, or absolute. ``**`` means any number of folders; names that begin with a dot are
            only matched by a dot. A file whose name is the pattern itself goes before what the pattern matches.
        root: The folder of the file that the pattern stands in.

    Raises:
        UsageProblem: Nothing matches; it names the folder, and files that are there.
    """
    exact = root / pattern
    if exact.is_file():
        return [exact]
    where = printable(str(root))
    if exact.is_dir():
        raise UsageProblem(
            f"expected a probe file or a glob, got the folder '{printable(pattern)}' in {where}; for the files in it: "
            f"'{printable((Path(pattern) / '*.yaml').as_posix())}'"
        )
    names = glob.glob(pattern, root_dir=root, recursive=True) if glob.has_magic(pattern) else []
    found = {root / name for name in names if (root / name).is_file()}
    if not found:
        raise UsageProblem(f"no probe file matches '{printable(pattern)}' in {where}; {_near(pattern, root)}")
    return sorted(found, key=lambda file: file.as_posix())


def _near(pattern: str, root: Path) -> str:
    """Say what there is where the pattern looks."""
    import difflib

    parts = Path(pattern).parts
    folder = root
    for depth, part in enumerate(parts[:-1]):
        if glob.has_magic(part):
            break
        if not (folder / part).is_dir():
            folders = [name for name in _names(folder) if (folder / name).is_dir()]
            close = difflib.get_close_matches(part, folders, 1)
            hint = f" (did you mean '{printable(close[0])}'?)" if close else ""
            missing = Path(*parts[: depth + 1]).as_posix()
            return f"there is no folder '{printable(missing)}'{hint}"
        folder /= part
    there = [name for name in _names(folder) if name.endswith(SUFFIXES)]
    shown = os.path.relpath(folder, root).replace(os.sep, "/")
    place = "it" if shown == "." else f"'{printable(shown)}'"
    if not there:
        return f"there is no {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]} file in {place}"
    near = difflib.get_close_matches(parts[-1] if parts else "", there, _MOST_NAMED, cutoff=0.0)
    more = f" and {len(there) - len(near)} more" if len(there) > len(near) else ""
    return f"{place} holds {', '.join(repr(printable(name, 80)) for name in near)}{more}"


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def shown_path(file: Path, base: Path | None) -> str:
    """Return a path as messages show it: relative to ``base`` (default: the current folder) if it lies below."""
    full = Path(os.path.abspath(file))
    start = Path(os.path.abspath(base or Path.cwd()))
    return printable((full.relative_to(start) if full.is_relative_to(start) else full).as_posix())
