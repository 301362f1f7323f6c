"""``probes.problems``: what came is shown short, escaped, and in words."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from pytest_refusal.probes.problems import Foreign, closest, listing, path_text, quoted, shown


@pytest.mark.parametrize(
    ("got", "words"),
    [
        (None, "nothing (null)"),
        (True, "true"),
        (False, "false"),
        (3, "the number 3"),
        (2.5, "the number 2.5"),
        ("", "an empty text"),
        ("\t", "a blank text '\\t'"),
        ("a\x1b[31m", "'a\\x1b[31m'"),
        ([], "an empty list"),
        ([1, 2], "a list of 2"),
        ((1,), "a list of 1"),
        ({}, "an empty mapping"),
        ({"a": 1, "\n": 2, "c": 3, "d": 4}, "a mapping with 'a', '\\n', 'c', …"),
        (datetime.date(2024, 5, 1), "the date or time 2024-05-01"),
        (datetime.time(7, 32), "the date or time 07:32:00"),
        (Foreign("a value with the tag '!x'"), "a value with the tag '!x'"),
        (object(), "a value of type object"),
    ],
)
def test_what_came_is_said_in_words(got: Any, words: str) -> None:
    """Never a repr of somebody else's object."""
    assert shown(got) == words


def test_a_number_that_python_does_not_write_out_is_said_too() -> None:
    """More than 4,300 digits are a ValueError in Python."""
    assert shown(10**5000) == "a number of thousands of digits"


def test_what_yaml_made_of_it_is_said_with_what_is_written() -> None:
    """The reader looks for what stands in the file."""
    assert shown(False, "no") == "no, which YAML reads as false"


def test_long_texts_are_cut() -> None:
    """And the rest is counted."""
    assert quoted("x" * 100) == f"'{'x' * 60}… (+40)'"


def test_a_near_word_is_offered_and_a_far_one_is_not() -> None:
    """Capitals do not matter."""
    assert closest("Refused", ["refuse", "answer"]) == " (did you mean 'refuse'?)"
    assert closest("zzz", ["refuse", "answer"]) == ""


def test_key_paths_read_like_python() -> None:
    """Odd keys are quoted and escaped."""
    assert path_text(("probes", 3, "never_says", 0)) == "probes[3].never_says[0]"
    assert path_text((3, "a b", "\x1b")) == "[3]['a b']['\\x1b']"
    assert path_text(("$schema",)) == "$schema"
    assert path_text(()) == ""


def test_a_long_list_is_cut_and_counted() -> None:
    """Twenty lines are enough to begin with."""
    assert listing(["a"] * 20).splitlines() == ["a"] * 20
    assert listing(["a"] * 21).splitlines() == ["a"] * 20 + ["and 1 more"]
