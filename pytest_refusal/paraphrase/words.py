"""Word lists and inflection: known verbs only, by rule and a table of exceptions; an unknown word is not inflected."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

_LAST_SYLLABLE = re.compile(r"[^aeiou]+[aeiou][bdgklmnprtvz]")
_E_STAYS = ("ee", "oe", "ye")


@dataclass(frozen=True, slots=True)
class Language:
    """The words of one language that a grammar needs, from the head of its table.

    Attributes:
        lang: Its code.
        lower: Words that lose their capital inside a sentence.
        negations: Words that turn a meaning round.
        numbers: Number words → digits.
        names: Whether a capital inside a sentence makes a name (in German it does not).
        lists: Other word lists by name.
        irregular: Verb → (past, -ing, -s) where the rules go wrong; ``""``: the rule.
    """

    lang: str
    lower: frozenset[str] = frozenset()
    negations: tuple[str, ...] = ()
    numbers: Mapping[str, str] = field(default_factory=dict)
    names: bool = True
    lists: Mapping[str, frozenset[str]] = field(default_factory=dict)
    irregular: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)

    def among(self, name: str, word: str) -> bool:
        """Return whether the word, in any case, stands in the list of that name."""
        return word.lower() in self.lists.get(name, ())

    def knows(self, verb: str) -> bool:
        """Return whether the word is a verb in its base form that may be inflected."""
        return verb in self.irregular or verb in self.lists.get("verbs", ()) or self.imperative(verb)

    def imperative(self, verb: str) -> bool:
        """Return whether a request may begin with the word."""
        return verb.lower() in self.lists.get("imperatives", ())

    def gerund(self, verb: str) -> str | None:
        """Return ``baking`` for ``bake``; None where the verb is not known."""
        if not self.knows(verb):
            return None
        if listed := self.irregular.get(verb, ("", "", ""))[1]:
            return listed
        if verb.endswith("ie"):
            return f"{verb[:-2]}ying"
        if verb.endswith("e") and not verb.endswith(_E_STAYS) and verb != "be":
            return f"{verb[:-1]}ing"
        return f"{verb}{verb[-1]}ing" if _doubles(verb) else f"{verb}ing"

    def past(self, verb: str) -> str | None:
        """Return ``baked`` for ``bake``; None where the verb is not known."""
        if not self.knows(verb):
            return None
        if listed := self.irregular.get(verb, ("", "", ""))[0]:
            return listed
        if verb.endswith("e"):
            return f"{verb}d"
        if re.search(r"[^aeiou]y$", verb):
            return f"{verb[:-1]}ied"
        return f"{verb}{verb[-1]}ed" if _doubles(verb) else f"{verb}ed"

    def third(self, verb: str) -> str | None:
        """Return ``bakes`` for ``bake``; None where the verb is not known."""
        if not self.knows(verb):
            return None
        if listed := self.irregular.get(verb, ("", "", ""))[2]:
            return listed
        if re.search(r"[^aeiou]y$", verb):
            return f"{verb[:-1]}ies"
        return f"{verb}es" if verb.endswith(("s", "sh", "ch", "x", "z", "o")) else f"{verb}s"


def _doubles(verb: str) -> bool:
    # one syllable, one vowel, one consonant; "qu" begins a syllable like a consonant
    return _LAST_SYLLABLE.fullmatch(verb.replace("qu", "q")) is not None


def language_of(lang: str, table: Mapping[str, Any]) -> Language:
    """Return the words that stand at the head of a table: ``lower``, ``negations``, ``numbers``, ``[words]``, …

    Raises:
        KeyError, ValueError: The head is not in the form of the shipped tables.
    """
    irregular: dict[str, tuple[str, str, str]] = {}
    for line in table.get("irregular", "").splitlines():
        if line.strip():
            verb, *forms = line.split()
            past, ing, s = [*("" if form == "-" else form for form in forms), "", ""][:3]
            irregular[verb] = (past, ing, s)
    return Language(
        lang=lang,
        lower=frozenset(table.get("lower", "").split()),
        negations=tuple(table.get("negations", "").split()),
        numbers=dict(table.get("numbers", {})),
        names=bool(table.get("capitals_are_names", True)),
        lists={name: frozenset(words.split()) for name, words in table.get("words", {}).items()},
        irregular=irregular,
    )


@cache
def language(lang: str) -> Language:
    """Return the words of a language; empty ones where the package has no table for it."""
    import tomllib

    file = resources.files(__package__).joinpath("words").joinpath(f"{lang}.toml") if lang.isalpha() else None
    if file is None or not file.is_file():
        return Language(lang)
    return language_of(lang, tomllib.loads(file.read_text("utf-8")))


def lower_first(text: str, words: Language) -> str | None:
    """Return the text with a small first letter; None where the first word may be a name."""
    found = re.search(r"[^\W\d_](?:[\w'’]*\w)?", text)
    if found is None or text[: found.start()].strip(" ¿¡"):
        return None
    word = found[0].replace("’", "'")
    if word[0].islower() or word == "I" or word.startswith("I'"):
        return text
    if word[1:] != word[1:].lower() or not (word.lower().partition("'")[0] in words.lower or words.knows(word.lower())):
        return None
    return f"{text[: found.start()]}{word[0].lower()}{text[found.start() + 1 :]}"


def upper_first(text: str) -> str:
    """Return the text with a capital first letter."""
    return text[:1].upper() + text[1:]
