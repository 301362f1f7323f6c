"""From a checked row to a ``Probe``, and the name of a probe that has none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from pytest_refusal.probes.fields import LISTS
from pytest_refusal.records import Expect, Message, Probe, Tier, canonical_json, sha256

LONGEST_SLUG = 40
_WORDS = re.compile(r"[a-z0-9]+")
_LETTER = re.compile(r"[a-z]")


def build(row: Mapping[str, Any], place: str, lang: str) -> Probe:
    """Return the probe of a row that follows the rules (``rules`` and ``beyond``, or the schema and ``beyond``).

    Args:
        row: Fields as users write them.
        place: ``file:line`` where it stands.
        lang: For a row that names no language.
    """
    fields = {name: row[name] for name in ("category", "prefill", "critical", "xfail", "note") if name in row}
    for name in LISTS:
        if name in row:
            content = row[name]
            fields[name] = (content,) if isinstance(content, str) else tuple(content)
    if "tier" in row:
        fields["tier"] = Tier(row["tier"])
    messages = _messages(row)
    expect = Expect(row["expect"])
    options = row.get("options", {})
    return Probe(
        id=row["id"] if "id" in row else name_of(messages, expect, options),
        messages=messages,
        expect=expect,
        turns="turns" in row,
        lang=row.get("lang", lang),
        options=dict(options),
        place=place,
        **fields,
    )


def _messages(row: Mapping[str, Any]) -> tuple[Message, ...]:
    if "messages" in row:
        return tuple(Message(message["role"], message["content"]) for message in row["messages"])
    return tuple(Message("user", text) for text in row.get("turns") or (row["prompt"],))


def name_of(messages: tuple[Message, ...], expect: Expect, options: Mapping[str, Any]) -> str:
    """Return the id of a probe without one: a slug of its last user turn, and 8 digits of a hash.

    The slug is the turn's ASCII letters and digits (accents taken off) in lower case, joined by ``-``, at most 40
    characters; ``probe`` if there is no letter among them. The hash is SHA-256 over the canonical JSON of messages,
    expect and options. Both are promises: baselines and stores know probes by their ids.
    """
    last = messages[-1].content
    if not last.isascii():
        parts = unicodedata.normalize("NFKD", last)
        last = "".join(character for character in parts if not unicodedata.combining(character))
    slug = "-".join(_WORDS.findall(last.lower()))[:LONGEST_SLUG].rstrip("-")
    content = {
        "messages": [message.to_json() for message in messages],
        "expect": expect.value,
        "options": dict(options),
    }
    return f"{slug if _LETTER.search(slug) else 'probe'}-{sha256(canonical_json(content))[:8]}"
