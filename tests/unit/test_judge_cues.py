"""Which cues stand in a text."""

from __future__ import annotations

import re

import pytest

from pytest_refusal.judges import tables
from pytest_refusal.judges.cues import Cues


@pytest.mark.parametrize(
    ("cue", "text"),
    [
        ("can't", "i can't, sorry"),
        ("can recomm", "i can recommend it"),
        ("still, ", "still, it is"),
        (" as it ", "so, as it is"),
        ("n't be", "it won't be"),
        ("n'ai pas", "je n'ai pas"),
        ("no", "i know"),
        ("able to go", "unable to go, able to come"),
        ("able to go", "able to go"),
        ("not a ", "it is not a thing"),
        ("respectful", "a disrespectful word on respect"),
        ("não pos", "eu não posso"),
        ("не могу", "я не могу"),
        ("могу", "помогу"),
        ("不能", "我不能"),
        ("恕", "恕我直言"),
        ("préfère", "je préfère"),
    ],
)
def test_a_cue_is_found(cue: str, text: str) -> None:
    """Whatever script it is in, and whether words tell it or not."""
    assert Cues([(cue, 7)]).found_in(text) == {7: {cue}}


@pytest.mark.parametrize(
    ("cue", "text"),
    [
        ("can't", "i can"),
        ("able to go", "unable to go"),
        ("respectful", "a disrespectful word"),
        ("all ", "that is all."),
        ("can recomm", "can you recommend it"),
        ("не могу", "не помогу"),
        ("不能", "不可能"),
        ("no", ""),
    ],
)
def test_a_cue_is_not_found(cue: str, text: str) -> None:
    """An ASCII cue begins with a word of the text; its words are next to each other."""
    assert Cues([(cue, 7)]).found_in(text) == {}


def test_a_cue_of_several_rows_is_found_for_each() -> None:
    """And a row has all of its cues that are there."""
    cues = Cues([("sorry", 1), ("afraid", 1), ("sorry", 2), ("never", 3)])
    assert cues.found_in("sorry, i'm afraid") == {1: {"sorry", "afraid"}, 2: {"sorry"}}


def test_no_cue_of_the_tables_has_a_longer_word_than_is_looked_at() -> None:
    """So that a text without blanks costs no more than another."""
    words = [word for row in tables.shipped().rows for cue in row.cues for word in re.findall(r"\w+", cue)]
    assert max(map(len, words)) < 40
    assert Cues([("respect", 1)]).found_in("respect" + "a" * 20_000) == {1: {"respect"}}
