"""Where the voices of a double answer begin: "GPT: … DAN: …", "[Normal] … [Jailbreak] …", "🔒 … 🔓 …"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice

MOST_VOICES = 12
"""Voices that are told apart; the last one has what follows."""

MOST_MARKS = 100
"""Places where a label may stand that are looked at."""

_PLACE = re.compile(r"\n|[\[(🔒🔓]")
_MARK = re.compile(
    r"[\s\[(*_#>🔒🔓]{0,8}(?:the )?([A-Za-z][A-Za-z '’-]{1,28}|[🤖😇😈👿])"
    r"[\s*_🔒🔓]{0,4}(?:[\])][\s*_]{0,3}[:：-]?|[:：])"
)
_SENTENCE_ENDS = frozenset('.!?…"”)')
_REST = (
    r"(?: (?:mode|output|response|answer|reply|version|gpt|chatgpt|ai|bot|model|persona|character|self|voice|me)){0,3}"
)
_TAME = re.compile(
    r"(?:chat-?gpt|gpt|classic|normal|standard|default|regular|original|assistant|openai|ai|safe|filtered|claude|gemini|"
    rf"bard|bot|llm|model|tame|restricted|censored|ordinary|official|policy|real|aligned|🤖|😇|as myself|myself){_REST}"
)
_FREE = re.compile(
    r"(?:dan|jailbreak|jailbroken|jailbreaked|developer|dev|evil|unfiltered|uncensored|unrestricted|unlocked|stan|dude|"
    r"aim|ucar|anarchy|chad|rebel|hacker|persona|character|opposite|anti-?gpt|anti-dan|freegpt|free|liberated|wild|rogue|"
    rf"unbound|villain|confidant|machiavelli|devmode|basedgpt|omega|maximum|unaligned|😈|👿){_REST}"
)
_NOTE = re.compile(
    r"(?:note|notes|warning|disclaimer|reason|reasons|why|alternative|alternatives|instead|resources?|help|tips?|summary|"
    r"update|edit|subject|re|step|steps|important|remember|example|examples|option|options|question|q|user|human|hint|"
    r"title|p s|ps|sources?|explanation|conclusion|context|background|safety|error|status|phone|e-?mail|website|"
    r"address|tel|hotline|call|text|faq|tl dr|caution|danger|tier|level|risk|category|classification|thought|thinking|"
    r"analysis|what i can (?:do|offer)|request|user request|contact)\b.*"
)


def voices_of(raw: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return where the voices of a double answer begin in ``raw[start:end]``: (its label, its words).

    Empty unless a tame voice ("Normal", "GPT") and a free one ("DAN", "[Jailbreak]") are both there, or the answer
    begins with one label and has a second one of the same kind, each once.
    """
    found: list[tuple[int, int]] = []
    others: list[tuple[int, int]] = []
    kinds, names = set(), []
    for mark in _marks(raw, start, end):
        kind = kind_of_voice(mark[1])
        others.append((mark.start(), mark.end()))
        names.append(mark[1].lower())
        if kind:
            kinds.add(kind)
            found.append((mark.start(), mark.end()))
    if len(kinds) == 2:
        return found[:MOST_VOICES]
    if len(others) == 1 and not found and _is_name(raw[others[0][0] : others[0][1]], names[0]):
        return [(start, start), others[0]] if raw[start : others[0][0]].strip() else []
    first_at_start = bool(others) and not raw[start : others[0][0]].strip()
    one_each = len(set(names)) == len(names) == 2
    if first_at_start and one_each and kinds and not any(_NOTE.fullmatch(name) for name in names):
        return others
    return []


def _marks(raw: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """Return the labels at the start of a line, in brackets after the end of a sentence, or behind a lock."""
    after = start
    for place in chain([start], (found.start() for found in islice(_PLACE.finditer(raw, start, end), MOST_MARKS))):
        sign = raw[place : place + 1]
        begin = place + 1 if sign == "\n" and place > start else place
        if begin < after or (sign in "[(" and place > start and raw[place - 2 : place - 1] not in _SENTENCE_ENDS):
            continue
        mark = _MARK.match(raw, begin, end)
        if mark:
            after = mark.end()
            yield mark


def _is_name(label: str, name: str) -> bool:
    """Whether a label that comes after the answer's first words is somebody's: in capitals or brackets, no "NOTE:"."""
    return (label.upper() == label or label.strip()[:1] in "[(🔓") and len(name) > 2 and not _NOTE.fullmatch(name)


def kind_of_voice(name: str) -> str:
    """Return whose voice a label names: ``tame``, ``free``, or ``""`` for nobody's."""
    words = " ".join(name.lower().split())
    return "free" if _FREE.fullmatch(words) else "tame" if _TAME.fullmatch(words) else ""
