"""Patterns that are compiled the way in which they fail fast."""

from __future__ import annotations

import re

import pytest

from pytest_refusal.judges import tables
from pytest_refusal.judges.patterns import alternatives, regrouped, search_of


def test_starts_that_alternatives_share_come_to_the_front() -> None:
    """The alternatives in groups, sets and escapes stay where they are."""
    assert regrouped(r"^a|\bb|^c(?:d|e)|f|\b[|(\]]g|h\|i") == r"^(?:a|c(?:d|e))|\b(?:b|[|(\]]g)|(?:f|h\|i)"


@pytest.mark.parametrize("text", ["a", "xa", "b", "cb", "c b", "ce", "f", "x|g", "h|i", "h", ""])
def test_a_regrouped_pattern_matches_in_the_same_texts(text: str) -> None:
    """Only whether there is a match counts, not which."""
    pattern = r"^a|\bb|^c(?:d|e)|f|\b[|(\]]g|h\|i"
    for in_ascii in (False, True):
        assert bool(search_of(pattern, in_ascii)(text)) is bool(re.search(pattern, text))


def test_no_pattern_of_the_tables_is_split_in_the_wrong_place() -> None:
    """Every alternative is a pattern by itself, and none refers to a group or to the whole."""
    for row in tables.shipped().rows:
        parts = alternatives(row.pattern)
        assert "|".join(parts) == row.pattern
        assert not re.search(r"\\[1-9]|\(\?P|\(\?[a-zA-Z]", row.pattern), row.name
        for part in parts:
            re.compile(part)
