"""What is wrong with a probe, in words that are the same for files and for Python."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pytest_refusal.escaping import printable
from pytest_refusal.probes.fields import ASKS, CHOICES, Step, wanted, wants_text

MOST_SHOWN = 20
"""Problems of one file that are printed; the rest is counted."""

_LONGEST = 60
_PLAIN_KEY = re.compile(r"[A-Za-z_$][A-Za-z0-9_$-]{0,39}")


@dataclass(frozen=True, slots=True)
class Foreign:
    """Something a file holds that no probe can hold, such as a date: ``what`` names it for the reader."""

    what: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        path: Where, as keys and indexes from the top; empty for the whole.
        text: What was expected and what came.
    """

    path: tuple[Step, ...]
    text: str


def wrong(path: tuple[Step, ...], inner: Sequence[Step], got: object, source: str = "") -> Problem:
    """Return the problem of a value that is not what its key wants.

    Args:
        path: From the top.
        inner: The same place seen from the probe (or ``defaults``, or the file's top level).
        got: What stands there.
        source: How a YAML file writes it, if that is not how it is read: ``no`` for false.
    """
    hint = ""
    name = inner[-1] if inner else ""
    if isinstance(got, str) and name in CHOICES:
        hint = closest(got, CHOICES[str(name)])
    elif wants_text(inner) and (source or (got is not None and not isinstance(got, str | list | dict))):
        hint = " (put it in quotes)"
    return Problem(path, f"expected {wanted(inner)}, got {shown(got, source)}{hint}")


def unknown(path: tuple[Step, ...], known: Collection[str], of: str) -> Problem:
    """Return the problem of a key that nobody knows; it is the last step of ``path``."""
    hint = closest(str(path[-1]), known) or f" (known: {', '.join(sorted(known))})"
    return Problem(path, f"expected a key of {of}, got {quoted(str(path[-1]))}{hint}")


def missing(path: tuple[Step, ...], inner: Sequence[Step]) -> Problem:
    """Return the problem of a key that has to be there; it is the last step of ``path``."""
    return Problem(path, f"expected {wanted(inner)}, got nothing: the key is missing")


def not_one_ask(path: tuple[Step, ...], row: Mapping[str, object]) -> Problem:
    """Return the problem of a probe that asks nothing, or in two ways."""
    given = " and ".join(repr(name) for name in ASKS if name in row) or "none of them"
    return Problem(path, f"expected exactly one of {', '.join(map(repr, ASKS))}, got {given}")


def closest(word: str, known: Iterable[str]) -> str:
    """Return `` (did you mean '…'?)`` if a known word is near, else ``""``."""
    import difflib

    found = difflib.get_close_matches(word[:_LONGEST].lower(), list(known), 1)
    return f" (did you mean {found[0]!r}?)" if found else ""


def quoted(text: str) -> str:
    """Return a text fit to be shown: in quotes, on one line, escaped, at most 60 characters of it."""
    return f"'{printable(text, _LONGEST)}'"


def shown(got: object, source: str = "") -> str:
    """Say what came, short and escaped; ``source`` is how a YAML file writes it where that differs."""
    if isinstance(got, str):
        return quoted(got) if got.strip() else f"a blank text {quoted(got)}" if got else "an empty text"
    said = next(
        (say(got) for kinds, say in _SAYINGS if isinstance(got, kinds)), f"a value of type {type(got).__name__}"
    )
    if isinstance(got, Foreign) or not source:
        return said
    return f"{printable(source, _LONGEST)}, which YAML reads as {said}"


def _number(got: int | float) -> str:
    try:
        return f"the number {printable(str(got), _LONGEST)}"
    except ValueError:  # Python writes no integer of more than 4,300 digits
        return "a number of thousands of digits"


def _mapping(got: Mapping[object, object]) -> str:
    if not got:
        return "an empty mapping"
    names = ", ".join(quoted(str(name)) for name in list(got)[:3])
    return f"a mapping with {names}{', …' if len(got) > 3 else ''}"


_SAYINGS: tuple[tuple[type | tuple[type, ...], Callable[..., str]], ...] = (
    (Foreign, lambda got: got.what),
    (type(None), lambda got: "nothing (null)"),
    (bool, lambda got: "true" if got else "false"),
    ((int, float), _number),
    ((list, tuple), lambda got: f"a list of {len(got)}" if got else "an empty list"),
    (dict, _mapping),
    ((datetime.date, datetime.time), lambda got: f"the date or time {got.isoformat()}"),
)


def path_text(path: Sequence[Step]) -> str:
    """Return a key path as it is printed: ``probes[3].never_says[0]``."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN_KEY.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f"[{quoted(step)}]"
    return text


def listing(lines: Sequence[str]) -> str:
    """Return the problems as one message, a line each; the first 20 of them and how many more there are."""
    more = len(lines) - MOST_SHOWN
    return "\n".join([*lines[:MOST_SHOWN], *([f"and {more} more"] if more > 0 else [])])
