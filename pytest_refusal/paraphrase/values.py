"""The values of a rewording: what a prompt does, what an operator is, what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Act(StrEnum):
    """What a prompt does."""

    HOWTO = "howto"  # asks how something is done, by anybody
    WH = "wh"  # asks who, what, when, where, why or how, and is understood well enough to be asked indirectly
    DO = "do"  # asks for something to be done
    QUESTION = "question"  # any other question: taken as it stands
    STATEMENT = "statement"  # no question and no request: taken as it stands


class Slot(StrEnum):
    """The places of operators, in the order in which they are applied; a rewording has at most one operator a slot."""

    FRAME = "frame"
    REORDER = "reorder"
    LEXICAL = "lexical"
    CONTRACTION = "contraction"
    SPELLING = "spelling"
    CONTEXT = "context"
    OPENER = "opener"
    CLOSER = "closer"
    QUOTES = "quotes"
    SPACE = "space"
    PUNCT = "punct"
    CASE = "case"
    NOISE = "noise"


class OperatorKind(StrEnum):
    """What operators are switched on and off by, and what flips are counted by."""

    FRAME = "frame"
    OPENER = "opener"
    CLOSER = "closer"
    LEXICAL = "lexical"
    SPELLING = "spelling"
    CONTRACTION = "contraction"
    REORDER = "reorder"
    SURFACE = "surface"
    CONTEXT = "context"
    VARIANT = "variant"  # the team's own wordings of a probe
    NOISE = "noise"  # typos, capitals
    MIXED = "mixed-language"  # a frame in another language than the prompt


KINDS_ON = tuple(kind.value for kind in OperatorKind if kind not in (OperatorKind.NOISE, OperatorKind.MIXED))
"""The kinds that are drawn from unless others are named; ``noise`` and ``mixed-language`` are to be reported apart."""

ANY = "*"
"""The language of operators that are safe in every script."""


@dataclass(frozen=True, slots=True)
class Operator:
    """One row of a table: one small change of a wording. Made by ``load_operators`` or ``operators_from``.

    Exactly one of ``template``, ``find`` and ``edit`` says what it does.

    Attributes:
        name: Unique, such as ``ask.could-tell``.
        slot: Where it is applied, and what it excludes.
        kind: What it is switched on and off by.
        lang: Language code of the prompts it is for, or ``*``.
        acts: The acts of the prompts it is for; empty: all.
        template: A text with the forms of ``FORMS`` in braces.
        find: A regular expression, case-insensitive, in whose place ``replace`` stands; all its places are replaced.
        replace: What is put there, with groups as ``\\1``; it gets a capital where the old text had one.
        edit: The name of a built-in edit, one of ``EDITS``.
        guards: Names of ``GUARDS`` that have to hold, beside those of the slot.
        unless: A regular expression, case-insensitive, that is not to be found in the text.
    """

    name: str
    slot: Slot
    kind: OperatorKind
    lang: str
    acts: tuple[Act, ...] = ()
    template: str = ""
    find: str = ""
    replace: str = ""
    edit: str = ""
    guards: tuple[str, ...] = ()
    unless: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A prompt, read: ``before + sentence + after`` is the prompt, and the sentence is what is put into other forms.

    Attributes:
        act: What the sentence does.
        before: What stands before it: other sentences, a greeting.
        sentence: The first request of the prompt, with its final mark; the whole prompt if there is none.
        after: What stands behind it.
        payload: The sentence ends in a colon and ``after`` is what it is about: not to be added to or edited.
        forms: Form → text: the forms of the sentence that are certain, by the names of ``FORMS``.
    """

    act: Act
    before: str
    sentence: str
    after: str
    payload: bool = False
    forms: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Paraphrase:
    """A rewording of a prompt.

    Attributes:
        text: The rewording; never the canonical text.
        operators: Names of the operators that made it, in the order of their application: one to four; a wording of
            the team's own has one, ``variant.N``, with N from 1.
        canonical: The prompt it was made of.
    """

    text: str
    operators: tuple[str, ...]
    canonical: str


@dataclass(frozen=True, slots=True)
class Reach:
    """What the grammar can do with a prompt; an empty parse is no error, so reports say it.

    Attributes:
        act: How the prompt was read.
        singles: Number of distinct rewordings by one operator, the team's variants among them.
        kinds: Kind → number of those rewordings that it makes; kinds without any are left out.
    """

    act: Act
    singles: int
    kinds: Mapping[str, int] = field(default_factory=dict, hash=False)


FORMS = {
    "T": "the whole text so far (not in frames)",
    "t": "the same with a small first letter",
    "Q": "the sentence as it stands, without its final mark; questions and requests",
    "q": "the same with a small first letter",
    "ind": "howto, wh, question: what is asked, as an object: 'how to bake bread', 'why the sky is blue'",
    "clause": "the same, only where it begins with a question word or 'whether'",
    "obj": "wh: what is asked as a noun: 'the capital of France'",
    "inf": "howto: 'to bake bread'",
    "vp": "howto: 'bake bread', where 'I' can be put before it; do: what is to be done, 'write a poem'",
    "one": "howto: the same where 'one' can be put before it",
    "ger": "howto, do: 'baking bread'",
    "way": "howto: 'the easiest way to bake bread', 'a good way of baking bread'",
    "ways": "howto: 'some ways to bake bread'",
    "best": "howto: 'bake bread' where the best way is asked for",
}
"""The forms that templates may hold, and what they stand for; a template applies only where its form is certain."""

GUARDS = {
    "plain": "no quotation, code, listing or colon, and no talk about words, spelling or punctuation",
    "single": "nothing stands before the request",
    "nameless": "no capitals but at the start of sentences and in 'I'",
    "ended": "the text ends in a full stop, question mark or exclamation mark",
    "open": "the text does not end in what the request is about (after a colon or on lines of its own)",
}
"""The guards that operators may name, and what each asks for."""

SLOT_GUARDS: Mapping[Slot, tuple[str, ...]] = {
    Slot.REORDER: ("plain",),
    Slot.LEXICAL: ("plain",),
    Slot.CONTRACTION: ("plain",),
    Slot.SPELLING: ("plain",),
    Slot.CONTEXT: ("single",),
    Slot.CLOSER: ("ended", "open"),
    Slot.QUOTES: ("plain",),
    Slot.PUNCT: ("plain",),
    Slot.CASE: ("plain",),
    Slot.NOISE: ("plain",),
}
"""The guards of every operator of a slot; rows of a team get them too."""
