"""Which of thousands of cues stand in a text: told by its words, and searched for only where they leave it open."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain, pairwise
from typing import NamedTuple

_TWO, _LEAST, _RUN, _MOST = 2, 3, 4, 6
"""Characters of the beginnings and pieces that are keys."""

_LONGEST_WORD = 40
"""Characters of a word that are looked at: no cue has a longer one."""

_KNOWN_WORDS = 16384
"""Words whose keys are remembered."""

_WORD = re.compile(r"\w+")
_WIDE = re.compile(r"[^\x00-\x7f]+")

_ALWAYS = ""
"""The key of cues that no word tells: they are searched for in every text."""

_INSIDE = "-"
"""What stands before a key that is the inside of a word."""


class _Cue(NamedTuple):
    """A cue, its rows, the keys that must be there beside the one it is filed under, and whether they say it all."""

    text: str
    rows: tuple[int, ...]
    keys: tuple[str, ...]
    told: bool


class Cues:
    """Cues of rows, filed under that one of their keys that the fewest cues share.

    Keys are a whole word ("can "), a word with the beginning of the next ("can rec"), the beginning of a word
    ("recomm"), the inside of one ("-able"), and the first characters of a cue in another script than ASCII, which may
    begin inside of a word, for not all scripts part words.
    """

    def __init__(self, cues: Iterable[tuple[str, int]]) -> None:
        """File cues with the numbers of their rows."""
        rows: dict[str, list[int]] = {}
        for cue, row in cues:
            rows.setdefault(cue, []).append(row)
        keys = {cue: _keys_of(cue) for cue in rows}
        shared = Counter(chain.from_iterable(keys.values()))
        self._filed: dict[str, list[_Cue]] = {}
        for cue, numbers in rows.items():
            if keys[cue] == [cue] and cue[-1] != " " and cue[:_RUN].isascii():
                self._file(cue, _Cue(cue, tuple(numbers), (), told=True))
                self._file(_INSIDE + cue, _Cue(cue, tuple(numbers), (_beginning(cue),), told=True))
            else:
                key = min(keys[cue], key=shared.__getitem__, default=_ALWAYS)
                others = tuple([other for other in keys[cue] if other != key])
                self._file(key, _Cue(cue, tuple(numbers), others, told=False))
        used = [key for filed in self._filed.values() for cue in filed for key in cue.keys]
        self._keys = frozenset([*self._filed, *used])
        self._firsts = frozenset([key.partition(" ")[0] for key in self._keys if " " in key[:-1]])
        self._keys_in = lru_cache(_KNOWN_WORDS)(self._keys_in_word)

    def _file(self, key: str, cue: _Cue) -> None:
        self._filed.setdefault(key, []).append(cue)

    def found_in(self, folded: str) -> dict[int, set[str]]:
        """Return row → those of its cues that stand in the text."""
        words = _WORD.findall(folded)
        firsts = self._firsts
        keys = {f"{first} {second[:_LEAST]}" for first, second in pairwise(words) if first in firsts}
        if not folded.isascii():
            keys |= _pieces(folded)
        keys &= self._keys
        keys.add(_ALWAYS)
        keys.update(*map(self._keys_in, {word[:_LONGEST_WORD] for word in words}))
        found: dict[int, set[str]] = {}
        for key in keys & self._filed.keys():
            for cue in self._filed[key]:
                if keys.issuperset(cue.keys) and (cue.told or cue.text in folded):
                    for row in cue.rows:
                        found.setdefault(row, set()).add(cue.text)
        return found

    def _keys_in_word(self, word: str) -> tuple[str, ...]:
        """Return the keys that a word of a text has: itself as a whole, its beginnings, and what is inside of it."""
        size = len(word)
        keys = [f"{word} ", *[word[:end] for end in range(_LEAST, size + 1)]]
        for start in range(1, size - _LEAST + 1):
            keys += [_INSIDE + word[start:end] for end in range(start + _LEAST, size + 1)]
        return tuple([key for key in keys if key in self._keys])


def _keys_of(cue: str) -> list[str]:
    """Return the keys of a cue: every text in which it stands has all of them."""
    words = _WORD.findall(cue)
    wide = not cue[:_RUN].isascii()
    piece = cue[: _RUN if len(cue) >= _RUN else _TWO]
    keys = [piece] if wide and len(piece) >= _TWO and not piece.isascii() else []
    if not words:
        return keys
    ends_open = cue.endswith(words[-1])
    if (wide or cue.startswith("n'")) and cue.startswith(words[0]):
        del words[0]  # the text may have more in front of it: "couldn't" holds "n't"
    if len(words) == 1 and not ends_open:
        keys.append(words[0] + " ")
    for first, second in pairwise(words):
        told = len(second) >= _LEAST or second is not words[-1] or not ends_open
        keys.append(f"{first} {second[:_LEAST]}" if told else first + " ")
    if words and ends_open and len(words[-1]) >= _LEAST:
        keys.append(words[-1])
    return keys


def _beginning(word: str) -> str:
    return next(word[:size] for size in (_MOST, _RUN, _LEAST) if len(word) >= size)


def _pieces(folded: str) -> set[str]:
    """Return the pieces of the text that may be keys of cues in another script than ASCII."""
    starts: list[int] = []
    done = 0
    for run in _WIDE.finditer(folded):
        starts += range(max(done, run.start() - _RUN + 1), run.end())
        done = run.end()
    return {folded[at : at + _RUN] for at in starts} | {folded[at : at + _TWO] for at in starts}
