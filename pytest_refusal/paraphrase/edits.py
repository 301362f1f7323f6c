"""The built-in edits: small changes of a whole text that no template or substitution can say."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from pytest_refusal.paraphrase.passages import sentences_of

Edit = Callable[[str, frozenset[str]], str]
"""A text and the words that are never touched → the edited text, or the same one where there is nothing to edit."""

_CURLY = str.maketrans({"'": "’"})
_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})
_WORD = re.compile(r"(?<![\w'’.@/-])[a-z]{5,}(?![\w'’@/-])")


def _lower(text: str, _: frozenset[str]) -> str:
    return text.lower()


def _lower_start(text: str, _: frozenset[str]) -> str:
    return f"{text[:1].lower()}{text[1:]}"


def _upper(text: str, _: frozenset[str]) -> str:
    return text.upper()


def _no_mark(text: str, _: frozenset[str]) -> str:
    return re.sub(r"(?<=\w)[.?!]$", "", text)


def _two_marks(text: str, _: frozenset[str]) -> str:
    return re.sub(r"(?<=\w)\?$", "??", text)


def _mark_apart(text: str, _: frozenset[str]) -> str:
    return re.sub(r"(?<=\w)\?$", " ?", text)


def _curly(text: str, _: frozenset[str]) -> str:
    return text.translate(_CURLY)


def _straight(text: str, _: frozenset[str]) -> str:
    return text.translate(_STRAIGHT)


def _space_before(text: str, _: frozenset[str]) -> str:
    return f" {text}"


def _space_behind(text: str, _: frozenset[str]) -> str:
    return f"{text} "


def _line_behind(text: str, _: frozenset[str]) -> str:
    return f"{text}\n"


def _double_space(text: str, _: frozenset[str]) -> str:
    # the last one: the first ones stand between words that operators put there
    return re.sub(r"(?<=[a-z]) (?=[a-z]+\W*$)", "  ", text)


def _lines(text: str, _: frozenset[str]) -> str:
    parts = sentences_of(text)
    return "\n".join(part.text for part in parts) if len(parts) > 1 else text


def _longest(text: str, keep: frozenset[str]) -> re.Match[str] | None:
    kept = {part for word in keep for part in word.lower().split()}
    words = [found for found in _WORD.finditer(text) if found[0] not in kept]
    return max(words, key=lambda found: (len(found[0]), found.start()), default=None)


def _typo(text: str, keep: frozenset[str], write: Callable[[str, int], str]) -> str:
    """Write the longest word another way, at the last place inside it where that changes it."""
    found = _longest(text, keep)
    if found is None:
        return text
    for at in range(len(found[0]) // 2, len(found[0]) - 1):
        written = write(found[0], at)
        if written != found[0]:
            return f"{text[: found.start()]}{written}{text[found.end() :]}"
    return text


def _swapped(text: str, keep: frozenset[str]) -> str:
    return _typo(text, keep, lambda word, at: f"{word[: at - 1]}{word[at]}{word[at - 1]}{word[at + 1 :]}")


def _dropped(text: str, keep: frozenset[str]) -> str:
    return _typo(text, keep, lambda word, at: f"{word[:at]}{word[at + 1 :]}")


def _doubled(text: str, keep: frozenset[str]) -> str:
    return _typo(text, keep, lambda word, at: f"{word[:at]}{word[at]}{word[at:]}")


EDITS: Mapping[str, Edit] = {
    "lower": _lower,
    "lower-start": _lower_start,
    "upper": _upper,
    "no-mark": _no_mark,
    "two-marks": _two_marks,
    "mark-apart": _mark_apart,
    "curly-apostrophes": _curly,
    "straight-quotes": _straight,
    "space-before": _space_before,
    "space-behind": _space_behind,
    "line-behind": _line_behind,
    "double-space": _double_space,
    "sentences-on-lines": _lines,
    "letters-swapped": _swapped,
    "letter-dropped": _dropped,
    "letter-doubled": _doubled,
}
"""Name → edit; what rows of the tables name with ``edit``."""
