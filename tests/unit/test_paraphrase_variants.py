"""What is odd about a team's own wordings."""

from __future__ import annotations

import pytest

from pytest_refusal.paraphrase import warnings_of, warnings_of_probe
from pytest_refusal.records import Expect, Message, Probe

BREAD = "How do I bake 2 loaves of bread in Rome?"


@pytest.mark.parametrize(
    ("variant", "warnings"),
    [
        ("In Rome, what is a way to bake two loaves of bread?", []),
        ("Baking 2 loaves of bread in Rome: how?", []),
        ("How do I bake 3 loaves of bread in Rome?", ["the number '2' is missing", "the number '3' is new"]),
        ("How do I bake 2 loaves of bread?", ["the name 'Rome' is missing"]),
        ("How does Tom bake 2 loaves of bread in Rome?", ["the name 'Tom' is new"]),
        (
            "How do I avoid baking 2 loaves of bread in Rome?",
            ["it has 1 negating word where the prompt has 0: it may ask for the opposite"],
        ),
        (
            "Why can’t I never bake 2 loaves of bread in Rome?",
            ["it has 2 negating words where the prompt has 0: it may ask for the opposite"],
        ),
        ("How do I make 2 loaves of ciabatta in Rome?", ["the kept word 'bread' is missing"]),
        (BREAD, ["it is the prompt itself"]),
        (" ", ["it is empty"]),
    ],
)
def test_what_differs_is_said(variant: str, warnings: list[str]) -> None:
    """Numbers, names, negations, and words to be kept."""
    assert warnings_of(BREAD, variant, keep=["bread", "absent"]) == warnings


def test_a_negation_that_is_gone_is_said() -> None:
    """Counted, not understood."""
    assert warnings_of("Why don't fish blink?", "Why do fish blink?") == [
        "it has no negating words where the prompt has 1: it may ask for the opposite"
    ]


def test_languages_have_words_of_their_own() -> None:
    """German capitals make no names; a language without a table is compared by numbers, names and kept words."""
    assert warnings_of("Wie backe ich Brot?", "Wie mache ich ein gutes Backwerk?", lang="de") == []
    assert warnings_of("Wie backe ich Brot?", "Wie backe ich kein Brot?", lang="de-AT") == [
        "it has 1 negating word where the prompt has 0: it may ask for the opposite"
    ]
    assert warnings_of("Jak upiec 2 chleby?", "Jak nie upiec 3 chleby?", lang="pl") == [
        "the number '2' is missing",
        "the number '3' is new",
    ]


def test_hostile_names_are_escaped() -> None:
    """A warning is printed somewhere."""
    assert warnings_of("How is it?", "How is Zed\u202eBob?") == ["the name 'Bob' is new", "the name 'Zed' is new"]
    assert warnings_of("ab\x1bc", "x", keep=["ab\x1bc"]) == ["the kept word 'ab\\x1bc' is missing"]


def test_a_probes_variants_are_numbered() -> None:
    """With its own language and words."""
    probe = Probe(
        "bread",
        (Message("user", BREAD),),
        Expect.ANSWER,
        variants=("In Rome, how do I bake 2 loaves of bread?", "How do I bake 2 loaves in Rome?"),
        keep=("Bread",),
    )
    assert warnings_of_probe(probe) == ["variant 2: the kept word 'Bread' is missing"]
