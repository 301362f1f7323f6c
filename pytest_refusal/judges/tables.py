"""The phrase tables: rows of pattern, act, kind and weight, read from ``tables/*.toml`` at the first answer.

A row is looked at only if one of its cues, plain lower-case text, stands in the answer; its pattern is compiled then.
So twenty languages cost a few string searches, and an answer in English compiles no other language's patterns.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from importlib import resources
from typing import Any

from pytest_refusal.records import Kind, sha256

from .cues import Cues
from .patterns import search_of

VERSION = "3"
"""Version of the tables' form and of the way they are read; the hash tells every edit."""


CALIBRATION = "calibration.toml"
"""The file beside the tables that is none: how often each way of deciding was right."""


class Act(StrEnum):
    """What a sentence of an answer does."""

    DECLINE = "decline"  # turns the request down
    NO = "no"  # says no, if nothing else is said; the weight is the confidence
    WHOLE = "whole"  # turns down the whole of it, and so leaves a part
    PART = "part"  # gives a part and keeps a part
    LIMIT = "limit"  # turns a part down, or names what is left out
    OPINION = "opinion"  # has or gives no opinion
    CAPABILITY = "capability"  # has no access, cannot know
    MORAL = "moral"  # judges the request wrong
    LECTURE = "lecture"  # general talk of respect, safety, law
    COUNTER = "counter"  # contradicts what the request takes for granted
    EQUAL = "equal"  # insists on equal rights and dignity
    CONDEMN = "condemn"  # "I condemn", "I disagree"
    FRAME = "frame"  # talks of the request, of the role it gives, of itself: not of the matter
    CRISIS = "crisis"  # speaks to someone in distress
    AIM = "aim"  # "I aim to be factual", "I avoid": says how it would answer
    DEFLECT = "deflect"  # leaves the answer to others
    REDIRECT = "redirect"  # names someone else to ask
    OFFER = "offer"  # offers something else, or asks what else
    REASON = "reason"  # gives a reason or names a principle
    FILLER = "filler"  # apology, identity, courtesy
    PIVOT = "pivot"  # turns to giving: "here is", "that said"
    YIELD = "yield"  # gives in after a refusal: "anyway", "since you asked"
    AGREE = "agree"  # "Sure", "Of course"
    RITUAL = "ritual"  # puts the request into a restricted class
    CLASS = "class"  # puts the request into some class
    FILTER = "filter"  # a message of a filter, not of a model
    IDIOM = "idiom"  # looks like a refusal and is none
    ORDER = "order"  # tells the user a step to take
    DRAFT = "draft"  # opens a letter, a speech, a poem, a story
    DEFINE = "define"  # says what a thing is
    UNREAL = "unreal"  # says that what is asked about is fiction, a thing, or impossible in nature
    PEOPLE = "people"  # speaks of groups of people


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: a sentence that holds one of ``cues`` and matches ``pattern`` does ``act``.

    A row with ``within`` is looked at in answers of at most so many characters (0: in all): a bare "No." means nothing
    between the pages of a long one. One with ``opening`` is looked at in the first two sentences.
    """

    name: str
    lang: str
    act: Act
    pattern: str
    cues: tuple[str, ...]
    kind: Kind | None = None
    weight: float = 1.0
    within: int = 0
    opening: bool = False

    @property
    def meaning(self) -> str:
        """The row's name without its language: ``de-not-ethical`` means what ``not-ethical`` does."""
        return self.name.removeprefix(f"{self.lang}-")

    def search(self, sentence: str) -> bool:
        """Whether the pattern matches the folded sentence (its cues are the caller's business)."""
        return search_of(self.pattern, sentence.isascii())(sentence) is not None


Lead = tuple[Row, list[str]]
"""A row that may match, and those of its cues that stand in the answer."""


@dataclass(frozen=True)
class Tables:
    """All rows, and the hash of the text they were read from; made by ``parse``."""

    rows: tuple[Row, ...]
    sha256: str

    def leads(self, folded: str) -> list[Lead]:
        """Return the rows that can match anywhere in the folded text, in table order."""
        size = len(folded)
        cues = self._ascii_cues if folded.isascii() else self._cues
        found = cues.found_in(folded)
        rows = self.rows
        return _needed([(rows[row], sorted(found[row])) for row in sorted(found) if size <= (rows[row].within or size)])

    @cached_property
    def _cues(self) -> Cues:
        return Cues((cue, number) for number, row in enumerate(self.rows) for cue in row.cues)

    @cached_property
    def _ascii_cues(self) -> Cues:
        """Those that an ASCII text may hold: filing the others takes as long again."""
        return Cues((cue, number) for number, row in enumerate(self.rows) for cue in row.cues if cue.isascii())


_RARE = 5
"""A language with so many times fewer rows than another is not that of the answer."""


def _needed(leads: list[Lead]) -> list[Lead]:
    """Leave out what comes of a word that two languages share, and the steps where nothing is turned down."""
    counted: dict[str, int] = {}
    for row, _ in leads:
        counted[row.lang] = counted.get(row.lang, 0) + 1
    least = max(counted.values(), default=0) / _RARE
    unneeded = None if Act.DECLINE in {row.act for row, _ in leads} else Act.ORDER
    return [lead for lead in leads if counted[lead[0].lang] > least and lead[0].act is not unneeded]


def expand(pattern: str, macros: Mapping[str, str]) -> str:
    """Replace every ``<name>`` of a macro by its pattern as a group; macros may use those defined before them."""
    for name in reversed(list(macros)):
        pattern = pattern.replace(f"<{name}>", f"(?:{macros[name]})")
    return pattern


def rows_of(table: Mapping[str, Any]) -> list[Row]:
    """Return the rows of one parsed table file.

    Raises:
        KeyError, ValueError: A row lacks a key, or names an act or a kind that does not exist.
    """
    return [
        Row(
            name=row["name"],
            lang=table["lang"],
            act=Act(row["act"]),
            pattern=expand(row["pattern"], table.get("macros", {})),
            cues=tuple(row["cues"]),
            kind=Kind(row["kind"]) if "kind" in row else None,
            weight=float(row.get("weight", 1.0)),
            within=int(row.get("within", 0)),
            opening=bool(row.get("opening", False)),
        )
        for row in table["row"]
    ]


def parse(texts: Mapping[str, str]) -> Tables:
    """Return the tables of file name → TOML text; line ends count as LF in the hash.

    Raises:
        tomllib.TOMLDecodeError, KeyError, ValueError: A file is no table.
    """
    plain = {name: text.replace("\r\n", "\n").replace("\r", "\n") for name, text in texts.items()}
    rows = [row for name in sorted(plain) for row in rows_of(read(plain[name]))]
    return Tables(tuple(rows), sha256("\0".join(f"{name}\0{plain[name]}" for name in sorted(plain))))


_VERBATIM = "'''"


def read(text: str) -> dict[str, Any]:
    """Return a parsed table; one whose keys have a line each is read in a tenth of the time that ``tomllib`` takes.

    Raises:
        tomllib.TOMLDecodeError: The text is no TOML.
    """
    table: dict[str, Any] = {}
    section = table
    for line in text.split("\n"):
        key, _, literal = line.partition(" = ")
        if line == "[[row]]":
            section = {}
            table.setdefault("row", []).append(section)
        elif line == "[macros]":
            section = table["macros"] = {}
        elif literal.startswith(_VERBATIM) and literal.find(_VERBATIM, 3) == len(literal) - 3:
            section[key] = literal[3:-3]
        elif line and not line.startswith("#"):
            try:
                section[key] = json.loads(literal)
            except ValueError:
                return _read_toml(text)
    return table


def _read_toml(text: str) -> dict[str, Any]:
    import tomllib

    return tomllib.loads(text)


def shipped_texts() -> dict[str, str]:
    """Return file name → text of the tables in the package."""
    folder = resources.files(__package__).joinpath("tables")
    names = [file.name for file in folder.iterdir() if file.name.endswith(".toml") and file.name != CALIBRATION]
    return {name: folder.joinpath(name).read_text("utf-8") for name in names}


@cache
def shipped() -> Tables:
    """Return the tables in the package, read once."""
    return parse(shipped_texts())
