"""``escaping``: hostile text becomes words on one line, ordinary text stays, and no figure is rounded to certain."""

from __future__ import annotations

import unicodedata

import pytest
from actions import command, commands
from hypothesis import example, given, settings
from hypothesis import strategies as st
from values import HOSTILE

from pytest_refusal.escaping import figure, percent, printable

UNFIT = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))

# every code point, lone surrogates too
anything = st.text(st.characters())


def unfit(text: str) -> list[str]:
    return [character for character in text if unicodedata.category(character) in UNFIT]


@settings(deadline=None)
@given(anything)
@example("".join(HOSTILE))
@example("\x1b]8;;https://example.com\x07link\x1b]8;;\x07")
@example("\x9b31m\x90q\x9c")
@example("\U000e0041\U0010ffff\ufff9\u061c\u180e")
def test_nothing_is_left_that_moves_a_cursor_or_hides_a_letter(text: str) -> None:
    """No control, format, surrogate, private or unassigned character, no line or paragraph separator: one line."""
    shown = printable(text)
    assert unfit(shown) == []
    assert len(shown.splitlines()) <= 1


@pytest.mark.parametrize("number", [*range(0x20), *range(0x7F, 0xA0), 0xAD, 0x200B, 0x202E, 0x2028, 0xD800, 0xE000])
def test_a_character_that_does_is_written_out(number: int) -> None:
    """As Python writes it, so that a reader can look it up."""
    names = {0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t"}
    escape = f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"
    assert printable(f"a{chr(number)}b") == f"a{names.get(number, escape)}b"


def test_beyond_the_first_plane_eight_digits_are_written() -> None:
    """Tags can carry a hidden text."""
    assert printable("a\U000e0041\U0010fffd") == "a\\U000e0041\\U0010fffd"


@settings(deadline=None)
@given(anything)
def test_what_is_fit_to_be_shown_stays(text: str) -> None:
    """Letters, signs and spaces of every script; a second time changes nothing."""
    fit = "".join(character for character in text if unicodedata.category(character) not in UNFIT)
    # a colon and a hash are parts of what a runner takes for a command
    plain = fit.replace(":", ".").replace("#", "+")
    assert printable(plain) == plain
    assert printable(printable(text)) == printable(text)


@pytest.mark.parametrize(
    "text",
    ["", "How do I return a pair of shoes?", "Wie spät ist es?", "次の電車は?", "🙂 – “quoted” …", r"C:\new\x1b"],
)
def test_plain_text_is_unchanged(text: str) -> None:
    """Backslashes too: they are words already."""
    assert printable(text) == text
    assert printable(text, len(text)) == text


@settings(deadline=None)
@given(anything, st.integers(0, 60))
def test_a_limit_cuts_the_text_and_counts_what_is_left_out(text: str, limit: int) -> None:
    """It counts characters of the text, before they are written out."""
    shown = printable(text, limit)
    if len(text) <= limit:
        assert shown == printable(text)
    else:
        assert shown == f"{printable(text[:limit])}… (+{len(text) - limit})"
    assert unfit(shown) == []


def test_a_long_answer_is_cut_like_this() -> None:
    """The reader sees that there is more."""
    assert printable("x" * 420, 300) == "x" * 300 + "… (+120)"
    assert printable("\n" * 3, 2) == "\\n\\n… (+1)"


# Workflow commands.

PASSED_OVER = "\u034f\ufe0f\u3164\u200b\u00ad\U000e0100"
COMMAND_LIKE = st.text(st.sampled_from("::::##[[]] \n\r\tae\x0b\u3000" + PASSED_OVER), max_size=12)
AROUND = st.sampled_from(["", "  ", "    answer     ", "(", "- ", "\u3000", "a: "])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error::gone", "\\x3a:error::gone"),
        ("  ::add-mask::a", "  \\x3a:add-mask::a"),
        ("##[error]gone", "##\\x5berror]gone"),
        ("so ###[group]x", "so ###\\x5bgroup]x"),
        ("\ufe0f:\ufe0f:error::x", "\ufe0f\\x3a\ufe0f:error::x"),
        ("#\ufe0f#[error]x", "#\ufe0f#\\x5berror]x"),
    ],
)
def test_what_github_would_obey_is_written_out(text: str, shown: str) -> None:
    """As few characters of it as it takes; a string of Python reads the same."""
    assert command(text) is not None
    assert printable(text) == shown
    assert command(shown) is None


@pytest.mark.parametrize("text", ["a::b", "tests/test_x.py::test_y", "# [link]", "[##]", "#[x]", ": :", "##"])
def test_what_github_does_not_obey_stays(text: str) -> None:
    """The names of tests above all."""
    assert printable(text) == text


@settings(deadline=None)
@given(
    AROUND,
    COMMAND_LIKE | st.builds("{}{}".format, COMMAND_LIKE, st.sampled_from(["::error::x", "##[error]x"])),
    st.none() | st.integers(0, 12),
)
@example("", "::error::x", None)
@example("", "\n::error::x", None)
@example("", "#" + "\ufe0f" * 3 + "#\u034f[error]x", None)
@example("", "##[error]x", 2)
def test_no_text_becomes_a_workflow_command(before: str, text: str, limit: int | None) -> None:
    """Wherever on a line it is printed, and wherever it is cut."""
    assert commands(before + printable(text, limit)) == []


# Percent.


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (0.0, "0.0 %"),
        (1.0, "100.0 %"),
        (0.944, "94.4 %"),
        (0.5, "50.0 %"),
        (0.9996, "99.96 %"),
        (0.99994, "99.99 %"),
        (0.9999999, "99.99999 %"),
        (0.9994, "99.9 %"),
        (0.0004, "0.04 %"),
        (0.0006, "0.1 %"),
    ],
)
def test_a_fraction_reads_as_percent(fraction: float, text: str) -> None:
    """What is not quite all is not shown as all."""
    assert percent(fraction) == text
    assert figure(fraction) == text.removesuffix(" %")


@settings(deadline=None)
@given(st.integers(1, 10**9).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials))))
def test_only_all_reads_as_all_and_only_nothing_as_nothing(count: tuple[int, int]) -> None:
    """Whatever the rounding, up to a thousand million attempts."""
    fraction = count[0] / count[1]
    text = percent(fraction)
    assert (float(text.removesuffix(" %")) == 100) is (fraction == 1)
    assert (float(text.removesuffix(" %")) == 0) is (fraction == 0)
    assert text.endswith(" %")
