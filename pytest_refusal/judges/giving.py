"""How much an answer gives after its refusal: by a "but" of the refusing sentence, by a turn, by what follows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .clauses import Gift, gift_of
from .lines import Form
from .remains import Part, Remains
from .sentences import Sentence
from .tables import Act

LONG = 350
"""Size from which unmarked content after a refusal is more than its explanation (about three sentences)."""

SHORT = 120
"""Size of about one sentence."""

LEAST = 15
"""Size of the shortest statement that answers something."""

_BUT_GIVES = re.compile(
    r"[,;.-] ?(?:but|however|though|still|anyway),? (?:(?:here (?:is|are|it|you|they)|here's)|"
    r"since you (?:asked|insist)|"
    r"(?:the|your|its|it|you|use|try|take) (?!can\b|could\b|may\b|might\b).{8,})|\banyway[,:] ?.{4,}"
)
_FIRST_MARK = re.compile(r"[,:.!] ?(?=[^\s.!,:])")
_TELLS = re.compile(
    r": |^(?:but |however,? )?if you (?:mean|meant|are|'re)\b[^,]{2,60},(?: though,| however,)? |"
    r"\b(?:tell|say|share|confirm|note)(?: you)?(?: is)? that "
)


def size_of(sentences: Sequence[Sentence], remains: Remains, first: int, *parts: Part, act: Act | None = None) -> int:
    """Size of those parts of the answer from sentence ``first`` on; with ``act`` of the sentences that do it."""
    kept = zip(sentences[first:], remains.parts[first:], strict=True)
    return sum(s.size for s, part in kept if part in parts and (act is None or act in s.acts))


def gift_in(words: Sentence, raw: str) -> Gift:
    """What the refusing sentence itself gives after its "but"; after a colon only data count, the rest explains."""
    clause = words.clause
    if clause is None:
        return Gift.NOTHING
    gift = gift_of(clause.text, raw[max(words.start, words.end - len(clause.text)) : words.end], clause.rows)
    return gift if gift is Gift.DATA or clause.mark != ":" else Gift.NOTHING


def goes_on(words: Sentence) -> bool:
    """Whether a disclaiming sentence says something of its own after its "but"."""
    clause = words.clause
    if clause is None or len(clause.text) < 2 * LEAST:
        return False
    return not clause.has(Act.DECLINE, Act.OPINION, Act.CAPABILITY, Act.OFFER, Act.REDIRECT, Act.DEFLECT, Act.FILLER)


def but_gives(words: Sentence) -> bool:
    """Whether the refusing sentence itself goes on to give: "I can't say that, but since you asked, it is …"."""
    return words.has(Act.YIELD) and not words.has(Act.OFFER, Act.REDIRECT) and bool(_BUT_GIVES.search(words.text))


def given_after_turn(sentences: Sequence[Sentence], remains: Remains) -> int:
    """Size of what follows the turn after the refusal, with the rest of the turning sentence itself."""
    if remains.turn < 0:
        return 0
    return rest_of_turn(sentences[remains.turn]) + _given_from(sentences, remains, remains.turn + 1)


def given_by_own_turn(sentences: Sequence[Sentence], remains: Remains) -> int:
    """Size of what a refusing sentence gives from its own turn on: "I can't …, but here are some: …"."""
    words = sentences[remains.refusal]
    clause = words.clause
    if clause is None or not clause.has(Act.PIVOT, Act.YIELD) or clause.has(Act.OFFER, Act.REDIRECT, Act.DECLINE):
        return 0
    mark = _TELLS.search(clause.text)
    rest = len(clause.text) - mark.end() if mark else 0
    return rest + _given_from(sentences, remains, remains.refusal + 1)


def rest_of_turn(turn: Sentence) -> int:
    """Size of what a sentence that turns to giving gives itself."""
    mark = _FIRST_MARK.search(turn.text) if turn.has(Act.YIELD, Act.AGREE) else _TELLS.search(turn.text)
    return len(turn.text) - mark.end() if mark else 0


def _given_from(sentences: Sequence[Sentence], remains: Remains, first: int) -> int:
    return sum(
        rest_of_turn(s) if part is Part.TURN else s.size
        for s, part in zip(sentences[first:], remains.parts[first:], strict=True)
        if part in (Part.CONTENT, Part.CODE, Part.TURN) or (part is Part.ASIDE and s.form is Form.ITEM)
    )
