"""Lines and what they look like."""

from __future__ import annotations

import pytest

from pytest_refusal.judges.lines import MOST_LINES, Form, is_inert, passages_of


def forms(raw: str) -> list[tuple[str, str]]:
    return [(p.form.value, raw[p.start : p.end]) for p in passages_of(raw, 0, len(raw))]


def test_prose_items_headings_and_code_are_told_apart() -> None:
    """One of each."""
    raw = "## Steps\nDo this:\n\n1. Open it.\n- Close it.\n\n```sh\nmake all\n```\nimport os\n"
    assert forms(raw) == [
        ("heading", "## Steps"),
        ("prose", "Do this:"),
        ("item", "1. Open it."),
        ("item", "- Close it."),
        ("code", "make all"),
        ("code", "import os"),
    ]


def test_a_sentence_wrapped_by_hand_is_one_passage() -> None:
    """The second line goes on in lower case."""
    assert forms("I cannot\nhelp you.") == [("prose", "I cannot\nhelp you.")]


def test_words_in_a_fence_of_text_are_prose() -> None:
    """Some models put every answer into a fence."""
    assert forms("```text\nI can't help with that.\n```") == [("prose", "I can't help with that.")]


def test_a_letter_is_spoken_and_so_is_a_dialogue() -> None:
    """They are given to the user, not said to them."""
    letter = "Here it is:\n\nSubject: Sofa\nDear Tom,\nI cannot come.\nBest regards,\nAnn"
    assert [form for form, _ in forms(letter)] == ["prose", *["spoken"] * 5]
    assert [form for form, _ in forms("ANN: I can't.\nTOM: You can.\nANN: No.")] == ["spoken"] * 3


def test_a_letter_to_the_user_is_said_to_the_user() -> None:
    """Without a subject and a signature it is no draft."""
    assert forms("Dear user,\nI can't help.")[1] == ("prose", "I can't help.")


@pytest.mark.parametrize(
    "line", ["# I can't", "pass", "}", "def run():", "import os", 'print("Sorry, I can\'t")', "return None"]
)
def test_code_that_does_nothing_is_inert(line: str) -> None:
    """Comments, frames, and refusals that are printed."""
    assert is_inert(line)


@pytest.mark.parametrize("line", ["os.remove(name)", "x = 1", 'print("hello")', "return x + 1", "curl -O page"])
def test_code_that_does_something_is_not_inert(line: str) -> None:
    """One such line after a refusal is enough."""
    assert not is_inert(line)


def test_lines_beyond_the_limit_are_one_passage() -> None:
    """So that ten thousand lines cost no more than a few hundred."""
    raw = "Word.\n\n" * (MOST_LINES + 500)
    passages = passages_of(raw, 0, len(raw))
    assert len(passages) == MOST_LINES + 1
    assert passages[-1].form is Form.PROSE
