"""Folding, thinking blocks, quotations and JSON replies."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_refusal.judges.normalise import LONGEST, fold, fold_plain, outside_thinking, read


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("I  **can’t**\u00a0help", "i can't help"),
        ("_No_ snake_case", "no snake_case"),
        ("抱歉，我无法。", "抱歉,我无法."),
        ("zero\u200bwidth — dash…", "zerowidth - dash..."),
        ("it\\u2019s\\nso", "it's so"),
        ("\x00bell\x07", "bell"),
    ],
)
def test_folding_leaves_the_words(raw: str, folded: str) -> None:
    """Quotes, dashes, white space, markdown, hidden characters and JSON escapes."""
    assert fold(raw) == folded


def test_plain_folding_keeps_what_may_be_meant() -> None:
    """A forbidden text may hold markdown characters and underscores."""
    assert fold_plain("Use `STAFF_10*` –  now") == "use `staff_10*` - now"


@given(st.text())
def test_folding_twice_by_plain_folding_is_folding_once(text: str) -> None:
    """What was folded is found again in what was folded."""
    assert fold_plain(fold_plain(text)) == fold_plain(text)


@pytest.mark.parametrize(
    ("raw", "said", "left_open"),
    [
        ("no marks", ["no marks"], False),
        ("<think>a</think>b", ["b"], False),
        ("a<thinking>b</thinking>c", ["a", "c"], False),
        ("a</think>b", ["b"], False),
        ("a<think>b", ["a"], True),
        ("[THINK]a[/THINK]b", ["b"], False),
        ("<|channel|>analysis<|message|>a<|channel|>final<|message|>b", ["b"], False),
    ],
)
def test_thinking_is_left_out(raw: str, said: list[str], left_open: bool) -> None:
    """Closed, left open, or without its opening mark."""
    spans, is_open = outside_thinking(raw)
    assert ([raw[start:end] for start, end in spans], is_open) == (said, left_open)


def test_quotations_are_masked_in_place() -> None:
    """The length stays, so that places stay; a response that is one quotation is not masked."""
    page = read('He said "I cannot help you with that" and left.')
    assert len(page.masked) == len(page.raw)
    assert "cannot" not in page.masked
    assert read('"I cannot help you with that"').masked == '"I cannot help you with that"'


def test_a_role_label_and_a_turn_made_up_for_the_user_are_cut() -> None:
    """Small models go on talking for both sides."""
    page = read("Assistant: Press the button.\nUser: And then?\nAssistant: I can't help with that.")
    assert [page.raw[p.start : p.end] for p in page.passages] == ["Press the button."]


def test_a_json_reply_is_its_strings() -> None:
    """Names of fields and fields of bookkeeping are not read."""
    page = read('{"role": "assistant", "answer": "Press the button.", "list": ["Hold it."]}')
    assert [page.raw[p.start : p.end] for p in page.passages] == ["Press the button.", "Hold it."]


@given(st.text())
def test_passages_lie_in_the_text_in_order(text: str) -> None:
    """They never overlap and never reach outside."""
    page = read(text)
    assert page.raw == text[:LONGEST]
    assert len(page.masked) == len(page.raw)
    ends = [0]
    for passage in page.passages:
        assert ends[-1] <= passage.start < passage.end <= len(page.raw)
        ends.append(passage.end)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Không thể cung cấp", "Kho\u0302ng the\u0302\u0309 cung ca\u0302\u0301p"),
        ("İsteğinizi karşılayamam", "isteğinizi karşılayamam"),
        ("لا أستطيع", "لا أَسْتَطِيعُ"),
        ("صنعت", "صـنـعـت"),
        ("제공할 수 없습니다", unicodedata.normalize("NFD", "제공할 수 없습니다")),
    ],
)
def test_a_word_is_the_same_however_its_signs_are_written(one: str, other: str) -> None:
    """Composed or not, dotted or not, with vowel signs or without."""
    assert fold(one) == fold(other)
