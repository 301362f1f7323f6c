"""A judge model's reply → the verdict that it offers last, or none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

MOST = 65_536
"""Characters of a reply that are looked at, from its end; a verdict has a few hundred."""

MOST_OBJECTS = 500

ENDS = "</think>"

_DECODER = json.JSONDecoder(parse_constant=lambda name: _refuse(name))


def last_offered(reply: str, schema: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the last JSON object of a reply that is valid by the schema, or None.

    A model may think aloud, quote what it read, or correct itself: only its last word counts. A verdict without the
    case number that the schema asks for is not one, wherever it came from. Thinking is no verdict.
    """
    from jsonschema import Draft202012Validator

    text = spoken(reply)[-MOST:]
    validator = Draft202012Validator(dict(schema))
    end = len(text)
    for _ in range(MOST_OBJECTS):
        end = text.rfind("{", 0, end)
        if end < 0:
            return None
        try:
            found, _ = _DECODER.raw_decode(text, end)
        except (ValueError, RecursionError):
            continue
        if validator.is_valid(found):
            offered: dict[str, Any] = found
            return offered
    return None


def spoken(reply: str) -> str:
    """Return a reply without the model's thinking, also where that was never finished."""
    text = reply[reply.rfind(ENDS) + len(ENDS) :] if ENDS in reply else reply
    return text.partition("<think>")[0]


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
