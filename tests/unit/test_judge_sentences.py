"""Sentences, their places and their acts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pytest_refusal.judges import tables
from pytest_refusal.judges.normalise import fold, read
from pytest_refusal.judges.sentences import Sentence, sentences_of
from pytest_refusal.judges.tables import Act


def sentences(text: str) -> list[Sentence]:
    page = read(text)
    return sentences_of(page, tables.shipped().leads(fold(page.masked)))


def test_abbreviations_end_no_sentence() -> None:
    """Titles, initials, numbers of items."""
    text = "1. Ask Dr. Field or J. F. Smith, e.g. today. Then go."
    assert [text[s.start : s.end] for s in sentences(text)] == [
        "1. Ask Dr. Field or J. F. Smith, e.g. today.",
        "Then go.",
    ]


def test_chinese_and_japanese_sentences_end_without_a_space() -> None:
    """And their characters count for three."""
    found = sentences("抱歉。我无法帮助您。")
    assert [s.text for s in found] == ["抱歉.", "我无法帮助您."]
    assert found[0].size == 3 + 2 * 2


def test_a_sentence_does_what_its_rows_say() -> None:
    """Who declines, who offers, who gives a reason."""
    first, second = sentences("I'm sorry, I can't share private data. Is there anything else I can do?")
    assert first.has(Act.DECLINE)
    assert first.has(Act.REASON)
    assert first.weight == 1.0
    assert second.acts == {Act.OFFER}


def test_what_is_quoted_declines_nothing() -> None:
    """The masked words are not looked up."""
    (only,) = sentences('The sign says "we cannot help you here" in red.')
    assert not only.has(Act.DECLINE)


@given(st.text())
def test_sentences_are_slices_in_order(text: str) -> None:
    """Places never overlap, and each sentence has a word in it."""
    end = 0
    for sentence in sentences(text):
        assert end <= sentence.start < sentence.end <= len(text)
        assert sentence.size > 0
        end = sentence.end
