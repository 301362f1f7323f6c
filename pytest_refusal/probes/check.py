"""The rules of a probe in plain Python, for what is written in Python; and those that no JSON Schema can say.

Files are judged by the shipped schema. That both say the same is held by a property in ``tests/unit``.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from pytest_refusal.probes.fields import (
    ASKS,
    CHOICES,
    DEEPEST_OPTIONS,
    LISTS,
    LONGEST_ID,
    OWN,
    SHARED,
    Step,
)
from pytest_refusal.probes.problems import Problem, missing, not_one_ask, quoted, unknown, wrong

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LANG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


def rules(row: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what the schema would object to in a probe: all of it, in the order of its keys."""
    for name in row:
        if name not in SHARED and name not in OWN:
            yield unknown((name,), (*OWN, *SHARED), "a probe")
    if sum(name in row for name in ASKS) != 1:
        yield not_one_ask((), row)
    if "expect" not in row:
        yield missing(("expect",), ("expect",))
    for name, content in row.items():
        if name in SHARED or name in OWN:
            for path, got in _field(name, content):
                yield wrong(path, path, got)


def _field(name: str, content: object) -> Iterator[tuple[tuple[Step, ...], object]]:
    """Yield the places in a field that are not as they should be, and what stands there."""
    path = (name,)
    if name in CHOICES:
        fits = isinstance(content, str) and content in CHOICES[name]
    elif name == "messages":
        fits = isinstance(content, list) and content != []
        if isinstance(content, list):
            for index, message in enumerate(content):
                yield from _message(("messages", index), message)
    elif name == "turns" or (name in LISTS and isinstance(content, list)):
        fits = isinstance(content, list) and (name != "turns" or content != [])
        if isinstance(content, list):
            yield from ((((name, index)), text) for index, text in enumerate(content) if not _written(text))
    elif name == "prompt" or name in LISTS:
        fits = _written(content)
    elif name == "id":
        fits = isinstance(content, str) and 0 < len(content) <= LONGEST_ID
        fits = fits and content == str(content).strip() and not _CONTROL.search(str(content))
    elif name == "lang":
        fits = isinstance(content, str) and bool(_LANG.fullmatch(content))
    elif name == "critical":
        fits = isinstance(content, bool)
    elif name == "options":
        fits = isinstance(content, dict)
        if isinstance(content, dict):
            yield from _option(path, content, 0)
    else:
        fits = isinstance(content, str)
    if not fits:
        yield path, content


def _written(content: object) -> bool:
    return isinstance(content, str) and content.strip() != ""


def _message(path: tuple[Step, ...], message: object) -> Iterator[tuple[tuple[Step, ...], object]]:
    if not isinstance(message, dict) or message.keys() != {"role", "content"}:
        yield path, message
        return
    if not isinstance(message["role"], str) or message["role"] not in CHOICES["role"]:
        yield (*path, "role"), message["role"]
    if not _written(message["content"]):
        yield (*path, "content"), message["content"]


def _option(path: tuple[Step, ...], content: object, depth: int) -> Iterator[tuple[tuple[Step, ...], object]]:
    if depth >= DEEPEST_OPTIONS and isinstance(content, dict | list):  # ``beyond`` says it
        return
    if isinstance(content, dict):
        for key, inner in content.items():
            if isinstance(key, str):
                yield from _option((*path, key), inner, depth + 1)
            else:
                yield path, content
    elif isinstance(content, list):
        for index, inner in enumerate(content):
            yield from _option((*path, index), inner, depth + 1)
    elif isinstance(content, float):
        if not math.isfinite(content):
            yield path, content
    elif content is not None and not isinstance(content, str | int):
        yield path, content


def beyond(row: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with a probe (or ``defaults``) that the schema accepts: what no schema can say."""
    messages = row.get("messages")
    if messages and messages[-1]["role"] != "user":
        yield Problem(
            ("messages", len(messages) - 1, "role"),
            "expected 'user', for the last message is the user's (the start of a reply goes into 'prefill'), "
            f"got {messages[-1]['role']!r}",
        )
    never = row.get("never_says", ())
    for index, text in enumerate([never] if isinstance(never, str) else never):
        if fault := _regex_fault(text):
            path: tuple[Step, ...] = ("never_says",) if isinstance(never, str) else ("never_says", index)
            yield Problem(path, f"expected a regular expression that compiles, got {quoted(text)} ({quoted(fault)})")
    for name, content in row.items():
        yield from _unsendable((name,), content, 0)


def _regex_fault(text: str) -> str:
    """Return why a ``/…/`` or ``/…/i`` does not compile, or ``""``; other texts are literal."""
    body = text.removesuffix("i")
    if not (len(body) > 2 and body[0] == body[-1] == "/"):
        return ""
    with warnings.catch_warnings():
        # what Python only warns of today means something else tomorrow
        warnings.simplefilter("error")
        try:
            re.compile(body[1:-1])
        except (re.error, OverflowError, RecursionError, Warning) as error:
            return str(error)
    return ""


def _unsendable(path: tuple[Step, ...], content: object, depth: int) -> Iterator[Problem]:
    """Yield the texts that UTF-8 cannot hold, and options that nest without end."""
    if isinstance(content, str):
        if not content.isascii() and any("\ud800" <= character <= "\udfff" for character in content):
            yield Problem(path, f"expected text that UTF-8 can hold, got half a surrogate pair in {quoted(content)}")
    elif depth >= DEEPEST_OPTIONS and isinstance(content, dict | list):
        yield Problem(path[:1], f"expected at most {DEEPEST_OPTIONS} levels of nesting, got more")
    elif isinstance(content, dict):
        for key, inner in content.items():
            yield from _unsendable((*path, "(key)"), key, depth)
            yield from _unsendable((*path, key), inner, depth + 1)
    elif isinstance(content, list):
        for index, inner in enumerate(content):
            yield from _unsendable((*path, index), inner, depth + 1)
