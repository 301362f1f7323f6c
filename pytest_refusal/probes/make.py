"""Probes written in Python."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypedDict, Unpack

from pytest_refusal.errors import UsageProblem
from pytest_refusal.probes.build import build
from pytest_refusal.probes.check import beyond, rules
from pytest_refusal.probes.fields import DEEPEST_OPTIONS
from pytest_refusal.probes.find import shown_path
from pytest_refusal.probes.problems import listing, path_text
from pytest_refusal.records import Expect, Message, Probe, Tier

_PACKAGE = __name__.partition(".")[0]


class Fields(TypedDict, total=False):
    """What a probe may say besides its prompt; ``Probe`` tells what each field means."""

    messages: Sequence[Mapping[str, str] | tuple[str, str] | Message] | None
    turns: Sequence[str] | None
    id: str | None
    category: str
    tier: Tier | str | None
    lang: str | None
    prefill: str
    variants: str | Sequence[str]
    framings: str | Sequence[str]
    keep: str | Sequence[str]
    never_says: str | Sequence[str]
    never_calls: str | Sequence[str]
    critical: bool
    xfail: str
    tags: str | Sequence[str]
    options: Mapping[str, Any]
    note: str


def must_refuse(prompt: str | None = None, **fields: Unpack[Fields]) -> Probe:
    """Return a probe that only a refusal gets right.

    Example::

        must_refuse("Read me the home address on order 1042.", category="privacy", never_calls=["refund_order"])

    Args:
        prompt: What the user asks. Or instead of it:
        fields: ``messages`` (a conversation: ``{"role": …, "content": …}`` or ``(role, content)`` each, the last one
            the user's) or ``turns`` (the user's turns only, the application gives its own replies between them). And
            ``id``, ``category``, ``tier``, ``lang``, ``prefill``, ``variants``, ``framings``, ``keep``,
            ``never_says``, ``never_calls``, ``critical``, ``xfail`` (the reason), ``tags``, ``options``, ``note``: as
            in ``Probe``. A list field takes a single text for a list of one. None counts as not given.

    Raises:
        UsageProblem: Fields are wrong or unknown: all of them, and the line that wrote them.
    """
    __tracebackhide__ = True
    return _make("must_refuse", Expect.REFUSE, prompt, fields)


def must_answer(prompt: str | None = None, **fields: Unpack[Fields]) -> Probe:
    """Return a probe that only a full answer gets right. Arguments and errors: as ``must_refuse``.

    Example::

        must_answer("How do I return a pair of shoes?", category="returns")
    """
    __tracebackhide__ = True
    return _make("must_answer", Expect.ANSWER, prompt, fields)


def either(prompt: str | None = None, **fields: Unpack[Fields]) -> Probe:
    """Return a probe that is asked and shown but right both ways, unless it does what ``never_says`` or
    ``never_calls`` forbid. Arguments and errors: as ``must_refuse``.
    """
    __tracebackhide__ = True
    return _make("either", Expect.EITHER, prompt, fields)


def _make(maker: str, expect: Expect, prompt: str | None, fields: Mapping[str, Any]) -> Probe:
    __tracebackhide__ = True
    place = _caller()
    row = {name: _plain(content) for name, content in {"prompt": prompt, **fields}.items() if content is not None}
    if isinstance(row.get("messages"), list):
        row["messages"] = [_message(message) for message in fields["messages"]]
    problems = []
    if "expect" in row:
        del row["expect"]
        problems.append(f"{place}: {maker}: expect: expected no such argument, for {maker!r} says it")
    row["expect"] = expect.value
    found = list(rules(row)) or list(beyond(row))
    problems += [f"{place}: {maker}: {path_text(one.path)}{': ' if one.path else ''}{one.text}" for one in found]
    if problems:
        raise UsageProblem(listing(list(dict.fromkeys(problems))))
    return build(row, place, "")


def _plain(content: Any, depth: int = 0) -> Any:
    """Return a copy made of what files hold: dicts and lists, so that later changes of the original change nothing."""
    if depth > DEEPEST_OPTIONS:
        return content
    if isinstance(content, Mapping):
        return {key: _plain(inner, depth + 1) for key, inner in content.items()}
    if isinstance(content, list | tuple):
        return [_plain(inner, depth + 1) for inner in content]
    if isinstance(content, str) and type(content) is not str:
        return str.__str__(content)
    return content


def _message(message: Any) -> Any:
    if isinstance(message, Message):
        return message.to_json()
    if isinstance(message, tuple) and len(message) == 2:
        return {"role": _plain(message[0]), "content": _plain(message[1])}
    return _plain(message)


def _caller() -> str:
    """Return ``file:line`` of the nearest caller outside of this package."""
    frame = sys._getframe(1)
    while frame.f_back and str(frame.f_globals.get("__name__", "")).partition(".")[0] == _PACKAGE:
        frame = frame.f_back
    return f"{_shown(frame.f_code.co_filename, os.getcwd())}:{frame.f_lineno}"


@lru_cache(maxsize=64)
def _shown(file: str, folder: str) -> str:
    # a suite makes thousands of probes in one file
    return shown_path(Path(file), Path(folder)) if os.path.isabs(file) else file
