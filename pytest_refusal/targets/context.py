"""Whether a server may have cut a prompt to fit its context, where it cannot be told not to.

Ollama from 0.12.6 on is told ``truncate: false`` and answers 400 instead. Before, it drops the oldest turns whole until
the rest fits (the count of prompt tokens then stays below the context length), and cuts what is still too long (the
count then equals it). Neither is said in the answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pytest_refusal.records import Message

TRUNCATE_SINCE = (0, 12, 6)
"""The first version whose ``ChatRequest`` has ``truncate`` and ``shift`` (its api/types.go)."""

OLD_CONTEXT = 2048
"""The smallest default context of the versions that do not tell theirs."""

MARKS_PER_MESSAGE = 64
"""Tokens that a chat template may put around a message; the known ones need fewer than 20."""

_TOO_LONG = re.compile(
    r"exceed\w*\s+(the\s+)?(available\s+|maximum\s+)?context|exceed_context_size|"
    r"longer\s+than\s+the\s+context|context\s+(length|size|window)\s+exceeded",
    re.IGNORECASE,
)


def says_too_long(words: str) -> bool:
    """Return whether a server's error says that the prompt does not fit its context."""
    return _TOO_LONG.search(words) is not None


def can_be_told(version: str) -> bool:
    """Return whether a server of this version obeys ``truncate: false``; one of an unknown version is not trusted."""
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    return found is not None and tuple(map(int, found.groups())) >= TRUNCATE_SINCE


def may_be_cut(messages: Sequence[Message], prompt_tokens: int, context: int, besides: int = 0) -> bool:
    """Return whether a server that cannot be told may have cut this conversation; it never says False wrongly.

    Args:
        messages: As they were sent.
        prompt_tokens: As the server counted, 0 if it did not.
        context: Its context in tokens.
        besides: Bytes of what else is in the prompt, such as the descriptions of tools.
    """
    # a token is at least one byte of the text, whatever the tokenizer
    if besides + sum(len(m.content.encode("utf-8", "replace")) + MARKS_PER_MESSAGE for m in messages) <= context:
        return False
    droppable = any(message.role != "system" for message in messages[:-1])
    return droppable or not 0 < prompt_tokens < context
