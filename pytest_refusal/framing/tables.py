"""Tables of frames: rows of TOML → frames, every mistake with its row, its key and what was expected."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path

from pytest_refusal.errors import UsageProblem
from pytest_refusal.escaping import printable
from pytest_refusal.framing.values import ANY, HAND_WRITTEN, PLACE, Frame

MOST_SHOWN = 20
"""Mistakes of one table that are printed; the rest is counted."""

_KEYS = ("name", "lang", "template", "prefill", "spoken", "unless")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\.[a-z0-9]+(?:-[a-z0-9]+)*")
_CODE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def load_frames(path: str | Path) -> tuple[Frame, ...]:
    """Read a team's table of frames.

    The file is TOML: ``lang = "en"`` at its head, then rows ``[[framing]]`` with the keys of the shipped tables:
    ``name``, one of ``template`` and ``prefill``, and if wanted ``spoken``, ``unless`` and a ``lang`` of its own.

    Args:
        path: The file.

    Returns:
        The frames in the file's order; an empty tuple for a file without rows.

    Raises:
        UsageProblem: The file cannot be read or is no TOML, or rows are wrong; all of them are named at once.
    """
    import tomllib

    place = printable(str(path))
    try:
        table = tomllib.loads(Path(path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageProblem(f"table of framings {place} cannot be read: {printable(str(error))}") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageProblem(f"table of framings {place} is not TOML: {printable(str(error))}") from None
    rows = table.pop("framing", [])
    lang = table.pop("lang", "")
    if table:
        raise UsageProblem(
            f"{place}: expected the keys 'lang' and 'framing' at the head, got {', '.join(map(_shown, sorted(table)))}"
        )
    if not isinstance(rows, list):
        raise UsageProblem(f"{place}: 'framing': expected rows [[framing]], got {_shown(rows)}")
    return frames_from(rows, place, lang=lang)


def frames_from(rows: Sequence[object], place: str, lang: object = "") -> tuple[Frame, ...]:
    """Return frames of rows.

    Args:
        rows: Mappings with the keys of a table's rows.
        place: Where they were written; every message begins with it.
        lang: The language of rows that have none of their own.

    Raises:
        UsageProblem: Rows are wrong, or a name comes twice in a language; all mistakes at once, each with row, key and
            what was expected.
    """
    wrong: list[str] = []
    found: list[Frame] = []
    for number, row in enumerate(rows, 1):
        reader = _Row(row, f"{place}: framing {number}", wrong)
        frame = reader.read(lang)
        if frame is None:
            continue
        if any((frame.lang, frame.name) == (other.lang, other.name) for other in found):
            wrong.append(f"{reader.where}: 'name': expected a name of its own, got {_shown(frame.name)} a second time")
        found.append(frame)
    if wrong:
        more = len(wrong) - MOST_SHOWN
        raise UsageProblem("\n".join([*wrong[:MOST_SHOWN], *([f"and {more} more"] if more > 0 else [])]))
    return tuple(found)


@cache
def shipped() -> tuple[Frame, ...]:
    """Return the frames in the package, those for any language last; read once."""
    import tomllib

    folder = resources.files(__package__).joinpath("tables")
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".toml")),
        key=lambda file: (file.name == "any.toml", file.name),
    )
    found: list[Frame] = []
    for file in files:
        table = tomllib.loads(file.read_text("utf-8"))
        found += frames_from(table["framing"], file.name, lang=table["lang"])
    return joined((), found)


def joined(base: Sequence[Frame], more: Iterable[Frame]) -> tuple[Frame, ...]:
    """Return both tables as one.

    Raises:
        UsageProblem: A name stands in both for one language.
    """
    table = list(base)
    known = {(frame.lang, frame.name) for frame in table}
    for frame in more:
        if (frame.lang, frame.name) in known:
            raise UsageProblem(f"framing {_shown(frame.name)} ({frame.lang}) exists already; give yours another name")
        known.add((frame.lang, frame.name))
        table.append(frame)
    return tuple(table)


@dataclass(slots=True)
class _Row:
    """One row while it is read; what is wrong with it goes to the list that all rows share."""

    row: object
    where: str
    wrong: list[str]
    keys: Mapping[str, object] = field(default_factory=dict)

    def read(self, lang: object) -> Frame | None:
        before = len(self.wrong)
        if not isinstance(self.row, Mapping):
            self.wrong.append(
                f"{self.where}: expected a mapping with name and template or prefill, got {_shown(self.row)}"
            )
            return None
        self.keys = self.row
        name = self._name()
        for key in self.keys:
            if key not in _KEYS:
                close = difflib.get_close_matches(str(key), _KEYS, 1)
                hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(_KEYS)}"
                self.wrong.append(f"{self.where}: {_shown(key)} is no key of a framing ({hint})")
        spoken_of = self._lang(lang)
        if ("template" in self.keys) == ("prefill" in self.keys):
            came = "both" if "template" in self.keys else "none of them"
            self.wrong.append(f"{self.where}: expected exactly one of 'template', 'prefill', got {came}")
        template = self._text("template", f"a text that holds {PLACE} once")
        if template and template.count(PLACE) != 1:
            self._say("template", f"a text that holds {PLACE} once", template)
        prefill = self._text("prefill", "the start of a reply")
        spoken = self._text("spoken", "a language code such as 'fr'")
        if spoken and not _CODE.fullmatch(spoken):
            self._say("spoken", "a language code such as 'fr'", spoken)
        unless = self._pattern("unless")
        if len(self.wrong) > before:
            return None
        return Frame(name, spoken_of, template, prefill, spoken, unless)

    def _say(self, key: str, expected: str, got: object) -> None:
        self.wrong.append(f"{self.where}: {key!r}: expected {expected}, got {_shown(got)}")

    def _text(self, key: str, expected: str) -> str:
        if key not in self.keys:
            return ""
        got = self.keys[key]
        if not isinstance(got, str) or not got.strip():
            self._say(key, expected, got)
            return ""
        return got

    def _name(self) -> str:
        expected = "a text such as 'role.teacher': the framing, a dot, the form"
        if "name" not in self.keys:
            self.wrong.append(f"{self.where}: 'name': expected {expected}, got nothing: the key is missing")
            return ""
        name = self._text("name", expected)
        if not name:
            return ""
        self.where += f" ({printable(name, 60)})"
        if not _NAME.fullmatch(name):
            self._say("name", f"{expected}, in small letters, digits and '-'", name)
        elif name.partition(".")[0] == HAND_WRITTEN:
            self._say("name", "a framing that is not the probes' own", name)
        return name

    def _lang(self, of_table: object) -> str:
        got = self.keys.get("lang", of_table)
        if not isinstance(got, str) or not (got == ANY or _CODE.fullmatch(got)):
            self._say("lang", f"a language code such as 'en', or {ANY!r} for any", got if got != "" else None)
            return ""
        return got

    def _pattern(self, key: str) -> str:
        got = self._text(key, "a regular expression")
        try:
            re.compile(got)
        except re.error as error:
            self._say(key, f"a regular expression ({error})", got)
            return ""
        return got


def _shown(got: object) -> str:
    if got is None:
        return "nothing"
    return f"'{printable(got, 60)}'" if isinstance(got, str) else printable(repr(got), 60)
