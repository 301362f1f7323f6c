"""Passages → sentences, each with its place in the raw text and what it does (its acts)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from .clauses import REFUSING, Clause, part_clause
from .lines import Form, Passage, is_inert
from .normalise import Page, fold
from .tables import Act, Lead, Row

MOST_SENTENCES = 150
"""Different sentences whose acts are looked up; later ones count as content. The last few are looked up always."""
LAST_SENTENCES = 12

OPENING = 2
"""Sentences in which rows for the opening are looked at."""

MOST_PIECES = 500
"""Sentences that are told apart; what follows them in a passage is one piece, and later passages are one each."""

SHORT_PAGE = 700
"""Characters up to which what follows every "but" is looked at: in longer answers only in the opening."""

LONGEST_SENTENCE = 500
"""Characters of a sentence that are searched: patterns cost the square of a run of words at worst."""

# the first character is told twice: by a set in front, which is searched for fast, and by each way to go on
_END = re.compile(
    r"[.!?。！？؟।\u2026](?:(?<=[.!?])[.!?]{0,3}[\"'”’)\]»*_]{0,3}(?=\s)|"
    r"(?<=[。！？!?؟।])[。！？!?؟।]{0,2}[\"'”’」』）)]{0,2}|(?<=\u2026)\u2026?(?=\s))"
)
_NO_END = re.compile(
    r"(?:^|[\s(\"'.])(?:[A-Za-z]|[Mm]rs?|[Mm]s|[Dd]rs?|St|Jr|Sr|vs|etc|No|[Pp]rof|[Ee]\.?g|[Ii]\.?e|[Uu]\.?S|approx|bzw|z\.B|p\.ej)$|^\d{1,3}$"
)
_WORD = re.compile(r"[^\W_]")
_WIDE = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, list item, heading or line of code.

    Attributes:
        start: Where it begins in the raw text.
        end: Where it ends.
        text: Folded: lower case, plain quotes, single spaces; code as it stands.
        form: What it looks like.
        acts: What it does, by the rows that matched.
        rows: The rows that matched, in table order.
        clause: What stands after the "but" of a sentence whose beginning refuses or disclaims, in a short answer or
            in the opening.
        size: How much it says, in characters of an alphabet (a Chinese character counts for three).
    """

    start: int
    end: int
    text: str
    form: Form
    acts: frozenset[Act]
    rows: tuple[Row, ...]
    size: int
    clause: Clause | None = None

    def has(self, *acts: Act) -> bool:
        """Whether it does one of these."""
        return not self.acts.isdisjoint(acts)

    @property
    def weight(self) -> float:
        """The largest weight of the rows that decline, 0 without one."""
        return max((row.weight for row in self.rows if row.act is Act.DECLINE), default=0.0)


def sentences_of(page: Page, leads: Sequence[Lead]) -> list[Sentence]:
    """Return every sentence of ``page`` in order, with the acts that ``leads`` find in it."""
    pieces: list[tuple[int, int, Form]] = []
    for passage in page.passages:
        if len(pieces) < MOST_PIECES:
            spans = islice(_split(page.raw, passage), MOST_PIECES)
            pieces += [(start, end, passage.form) for start, end in spans]
        else:
            pieces += [(start, end, passage.form) for start, end in _trimmed(page.raw, passage.start, passage.end)]
    short = len(page.raw) <= SHORT_PAGE
    later = [lead for lead in leads if not lead[0].opening]
    seen: dict[str, tuple[Row, ...]] = {}
    found = []
    for index, (start, end, form) in enumerate(pieces):
        text = page.raw[start:end] if form is Form.CODE else fold(page.masked[start:end])
        matched: tuple[Row, ...] = ()
        if form is Form.CODE and is_inert(text):
            matched = _matching(fold(text)[:LONGEST_SENTENCE], later)
        elif form not in (Form.CODE, Form.SPOKEN):
            known = seen.get(text)
            if index < OPENING:
                matched = _matching(text[:LONGEST_SENTENCE], leads)
            elif known is not None:
                matched = known
            elif len(seen) < MOST_SENTENCES or index >= len(pieces) - LAST_SENTENCES:
                matched = seen[text] = _matching(text[:LONGEST_SENTENCE], later)
        acts = frozenset([row.act for row in matched])
        looked_at = form is Form.PROSE and (short or index < OPENING) and not acts.isdisjoint(REFUSING)
        clause = _clause(text, leads if index < OPENING else later) if looked_at else None
        found.append(Sentence(start, end, text, form, acts, matched, _size(page.raw, start, end), clause))
    return found


def _clause(text: str, leads: Sequence[Lead]) -> Clause | None:
    parts = part_clause(text[:LONGEST_SENTENCE])
    if parts is None or not any(row.act in REFUSING for row in _matching(parts[0], leads)):
        return None
    return Clause(parts[2], parts[1], _matching(parts[2], leads))


def _matching(text: str, leads: Sequence[Lead]) -> tuple[Row, ...]:
    found = []
    for row, cues in leads:
        for cue in cues:
            if cue in text:
                if row.search(text):
                    found.append(row)
                break
    return tuple(found)


def _split(raw: str, passage: Passage) -> Iterator[tuple[int, int]]:
    if passage.form in (Form.CODE, Form.HEADING, Form.SPOKEN):
        yield passage.start, passage.end
        return
    begin = passage.start
    for end in _END.finditer(raw, passage.start, passage.end):
        if end[0] == "." and _NO_END.search(raw[max(begin, end.start() - 8) : end.start()]):
            continue
        yield from _trimmed(raw, begin, end.end())
        begin = end.end()
    yield from _trimmed(raw, begin, passage.end)


def _trimmed(raw: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    piece = raw[begin:end]
    begin, end = end - len(piece.lstrip()), begin + len(piece.rstrip())
    if _WORD.search(raw, begin, end):
        yield begin, end


def _size(raw: str, start: int, end: int) -> int:
    piece = raw[start:end]
    return len(piece) if piece.isascii() else len(piece) + 2 * len(_WIDE.findall(piece))
