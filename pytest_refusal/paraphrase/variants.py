"""A look at a team's own wordings without a model: what is flagged may ask for something else, nothing is dropped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from pytest_refusal.escaping import printable
from pytest_refusal.paraphrase.passages import sentences_of
from pytest_refusal.paraphrase.words import Language, language
from pytest_refusal.records import Probe

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_WORD = re.compile(r"[^\W\d_](?:[\w'-]*\w)?")


def warnings_of_probe(probe: Probe, lang: str = "en") -> list[str]:
    """Return what is odd about a probe's variants, each line with the variant's number; see ``warnings_of``.

    Args:
        probe: Its ``variants`` are compared with its last user turn.
        lang: The language of probes that name none.
    """
    return [
        f"variant {number}: {warning}"
        for number, variant in enumerate(probe.variants, 1)
        for warning in warnings_of(probe.prompt, variant, keep=probe.keep, lang=probe.lang or lang)
    ]


def warnings_of(prompt: str, variant: str, *, keep: Iterable[str] = (), lang: str = "en") -> list[str]:
    """Say in what a wording may ask for something else than the prompt.

    Compared are numbers, names (words with a capital inside a sentence; not in German), the count of negating words,
    and the words to be kept. A clean wording is not proved to mean the same, and a flagged one may be fine.

    Args:
        prompt: The canonical wording.
        variant: The other one.
        keep: Words or phrases that the variant should have if the prompt has them, in any case.
        lang: Language code; without a table only numbers, names and kept words are compared.

    Returns:
        A line for each thing that differs; empty if none does.
    """
    words = language(lang.partition("-")[0].lower())
    if not variant.strip():
        return ["it is empty"]
    if variant.strip() == prompt.strip():
        return ["it is the prompt itself"]
    found: list[str] = []
    found += _differing("number", Counter(_numbers(prompt, words)), Counter(_numbers(variant, words)))
    if words.names:
        said, other = _names(prompt, words), _names(variant, words)
        missing, added = said[0] - other[1], other[0] - said[1]
        found += [f"the name {_quoted(name)} is missing" for name in sorted(missing)]
        found += [f"the name {_quoted(name)} is new" for name in sorted(added)]
    before, now = _negations(prompt, words), _negations(variant, words)
    if before != now:
        found.append(f"it has {_counted(now)} where the prompt has {before}: it may ask for the opposite")
    for word in keep:
        if word.strip() and word.lower() in prompt.lower() and word.lower() not in variant.lower():
            found.append(f"the kept word {_quoted(word)} is missing")
    return found


def _differing(what: str, before: Counter[str], now: Counter[str]) -> list[str]:
    return [f"the {what} {_quoted(one)} is missing" for one in sorted((before - now).elements())] + [
        f"the {what} {_quoted(one)} is new" for one in sorted((now - before).elements())
    ]


def _numbers(text: str, words: Language) -> list[str]:
    return _NUMBER.findall(text) + [
        words.numbers[word] for word in map(str.lower, _WORD.findall(text)) if word in words.numbers
    ]


def _names(text: str, words: Language) -> tuple[set[str], set[str]]:
    """Return the names inside sentences, and those and the first words of sentences; without a possessive 's."""
    inside: set[str] = set()
    first: set[str] = set()
    for sentence in sentences_of(text.replace("’", "'")):
        for number, word in enumerate(_WORD.findall(sentence.text)):
            name = word.removesuffix("'s")
            if name[0].isupper() and not (name == "I" or name.startswith("I'")) and name.lower() not in words.lower:
                (first if number == 0 else inside).add(name)
    return inside, inside | first


def _negations(text: str, words: Language) -> int:
    negating = set(words.negations) - {"n't"}
    contracted = "n't" in words.negations
    return sum(
        word in negating or (contracted and word.endswith("n't"))
        for word in map(str.lower, _WORD.findall(text.replace("’", "'")))
    )


def _counted(count: int) -> str:
    return f"{count or 'no'} negating word{'s' if count != 1 else ''}"


def _quoted(text: str) -> str:
    return f"'{printable(text, 60)}'"
