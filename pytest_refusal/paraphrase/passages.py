"""A prompt in sentences, each with what parts it from the next; in doubt two sentences stay one."""

from __future__ import annotations

import re
from dataclasses import dataclass

ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Za-z]\.)+|\b(?:Mr|Mrs|Ms|Dr|St|Mt|Prof|Jr|Sr|vs|etc|e\.g|i\.e|No|Inc|Ltd|Co|approx|min|max|Fig)\.)$"
)
"""A full stop that ends no sentence."""

_END = re.compile(r"[.?!]+[\"'”’)\]]*(?=\s+\S)|(?<=\S)(?=\s*\n)|(?<=[。！？])(?=\S)")
_MARK = re.compile(r"\s*[.?!]+\s*$")
_QUOTED_END = re.compile(r"[.?!][\"'”’)\]]+\s*$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a prompt, ``prompt[start:end]``, without the space round it."""

    start: int
    end: int
    text: str


def sentences_of(prompt: str) -> list[Sentence]:
    """Return the sentences of a prompt; a line ends one, an abbreviation does not."""
    found: list[Sentence] = []
    start = 0
    for end in [*(match.end() for match in _END.finditer(prompt)), len(prompt)]:
        piece = prompt[start:end]
        following = prompt[end:].lstrip()
        if end < len(prompt) and "\n" not in prompt[end : len(prompt) - len(following)]:
            if ABBREVIATION.search(piece) or not piece.strip():
                continue
            # a small letter after a full stop: an abbreviation that is not listed, or a file name
            if piece.rstrip().endswith(".") and following[:1].islower():
                continue
        text = piece.strip()
        if text:
            at = start + len(piece) - len(piece.lstrip())
            found.append(Sentence(at, at + len(text), text))
        start = end
    return found


def without_mark(sentence: str) -> str:
    """Return a sentence without its final mark; an abbreviation keeps its full stop."""
    if ABBREVIATION.search(sentence):
        return sentence
    return _MARK.sub("", sentence)


def ends_in_quotation(sentence: str) -> bool:
    """Return whether the final mark stands inside quotation marks or brackets."""
    return _QUOTED_END.search(sentence) is not None


def is_question(sentence: str) -> bool:
    """Return whether a sentence ends in a question mark, of any script."""
    return sentence.rstrip().endswith(("?", "？", "؟", "⁇", "?!"))
