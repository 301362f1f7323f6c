"""The fields of a probe as users write them, and the words that say what each of them has to be."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_refusal.records import Expect, Tier

Step = str | int
"""One step of a key path: the name of a key or the index in a list, from 0 on."""

ASKS = ("prompt", "messages", "turns")
"""What is asked: a probe has exactly one of them."""

LISTS = ("variants", "framings", "keep", "never_says", "never_calls", "tags")
"""A text or a list of texts."""

OWN = (*ASKS, "id")
"""What probes cannot share."""

SHARED = ("expect", "category", "tier", "lang", "prefill", *LISTS, "critical", "xfail", "options", "note")
"""What ``defaults`` may hold."""

ROLES = ("system", "user", "assistant")
LONGEST_ID = 200
DEEPEST_OPTIONS = 20
"""Levels of nesting in ``options``: far above any decoding parameter, far below Python's recursion limit."""

CHOICES: dict[str, tuple[str, ...]] = {
    "expect": tuple(word.value for word in Expect),
    "tier": tuple(word.value for word in Tier),
    "role": ROLES,
}

_TEXT = "a text that is not blank"
_TEXTS = "a text or a list of texts, none of them blank"
_WORDS = {
    "prompt": _TEXT,
    "messages": "a list of messages with 'role' and 'content', at least one",
    "turns": "a list of the user's turns, at least one",
    "id": f"1 to {LONGEST_ID} characters, no control characters, no space at either end",
    "category": "a text",
    "lang": "a language code such as 'en' or 'pt-BR'",
    "prefill": "a text",
    "critical": "true or false",
    "xfail": "the reason, as a text",
    "options": "a mapping of decoding parameters",
    "note": "a text",
    "$schema": "the schema's address, as a text",
    "content": _TEXT,
    "defaults": "a mapping of keys that all probes share",
    "probes": "a list of probes, at least one",
    **dict.fromkeys(LISTS, _TEXTS),
}


def wanted(path: Sequence[Step]) -> str:
    """Say what has to stand at a key path inside a probe, a ``defaults`` or a file's top level."""
    if not path:
        return "a probe: a mapping with 'prompt' (or 'messages' or 'turns') and 'expect'"
    field, inner = path[0], path[1:]
    if field == "options" and inner:
        return "a JSON value (text, finite number, true, false, null, list or mapping)"
    if field == "messages" and inner:
        if len(inner) == 1:
            return "a message: a mapping with 'role' and 'content'"
        field, inner = inner[1], ()
    if inner:
        return _TEXT
    if field in CHOICES:
        return f"one of {', '.join(map(repr, CHOICES[str(field)]))}"
    return _WORDS[str(field)]


def wants_text(path: Sequence[Step]) -> bool:
    """Return whether a text may stand at a key path, so that quotes would help a value that is none."""
    if not path or path[0] == "options":
        return False
    if path[0] == "messages":
        return len(path) == 3
    return len(path) > 1 or path[0] not in ("turns", "critical", "defaults", "probes")
