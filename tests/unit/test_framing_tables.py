"""A team's own table of framings, and its mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_refusal.errors import UsageProblem
from pytest_refusal.framing import Frame, frames_from, load_frames

ROW = {"name": "urgency.today", "lang": "en", "template": "I need this today. {prompt}"}


def test_a_team_reads_its_own_table(tmp_path: Path) -> None:
    """Rows take the language at the head unless they have one."""
    file = tmp_path / "shop.toml"
    file.write_text(
        'lang = "en"\n[[framing]]\nname = "urgency.today"\ntemplate = "Today: {prompt}"\nunless = "today"\n'
        '[[framing]]\nname = "prefill.oui"\nprefill = "Oui"\nlang = "*"\nspoken = "fr"\n',
        "utf-8",
    )
    assert load_frames(file) == (
        Frame("urgency.today", "en", template="Today: {prompt}", unless="today"),
        Frame("prefill.oui", "*", prefill="Oui", spoken="fr"),
    )
    file.write_text('lang = "en"\n', "utf-8")
    assert load_frames(file) == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"name": ""},
            "framing 1: 'name': expected a text such as 'role.teacher': the framing, a dot, the form, got ''",
        ),
        (
            {"name": "Urgent"},
            "(Urgent): 'name': expected a text such as 'role.teacher': the framing, a dot, the form, ",
        ),
        ({"name": "hand-written.x"}, "'name': expected a framing that is not the probes' own, got 'hand-written.x'"),
        ({"lang": "English"}, "'lang': expected a language code such as 'en', or '*' for any, got 'English'"),
        ({"lang": ""}, "'lang': expected a language code such as 'en', or '*' for any, got nothing"),
        ({"template": "{promt}"}, "'template': expected a text that holds {prompt} once, got '{promt}'"),
        ({"template": "{prompt}{prompt}"}, "'template': expected a text that holds {prompt} once, got '{prompt}{"),
        ({"template": 3}, "'template': expected a text that holds {prompt} once, got 3"),
        ({"prefill": "Sure"}, "expected exactly one of 'template', 'prefill', got both"),
        ({"spoken": "French"}, "'spoken': expected a language code such as 'fr', got 'French'"),
        ({"unless": "("}, "'unless': expected a regular expression (missing ), "),
        ({"tempalte": "x"}, "'tempalte' is no key of a framing (did you mean 'template'?)"),
        ({"zzz": "x"}, "'zzz' is no key of a framing (known: name, lang, template, prefill, spoken, unless)"),
    ],
)
def test_a_mistake_is_told_with_its_row_its_key_and_what_was_expected(change: dict[str, object], message: str) -> None:
    """One mistake, one message."""
    with pytest.raises(UsageProblem) as caught:
        frames_from([ROW | change], "mine.toml")
    assert caught.value.message.startswith("mine.toml: framing 1")
    assert message in caught.value.message
    assert caught.value.message.count("\n") == 0


def test_all_mistakes_are_told_at_once() -> None:
    """Missing keys, no mapping, a name twice in a language; twenty are shown."""
    rows = [ROW, ROW, ROW | {"lang": "fr"}, {}, "x"]
    with pytest.raises(UsageProblem) as caught:
        frames_from(rows, "mine.toml")
    assert caught.value.message.splitlines() == [
        "mine.toml: framing 2 (urgency.today): 'name': expected a name of its own, got 'urgency.today' a second time",
        "mine.toml: framing 4: 'name': expected a text such as 'role.teacher': the framing, a dot, the form, got "
        "nothing: the key is missing",
        "mine.toml: framing 4: 'lang': expected a language code such as 'en', or '*' for any, got nothing",
        "mine.toml: framing 4: expected exactly one of 'template', 'prefill', got none of them",
        "mine.toml: framing 5: expected a mapping with name and template or prefill, got 'x'",
    ]
    with pytest.raises(UsageProblem, match=r"\nand 5 more$"):
        frames_from(["x"] * 25, "mine.toml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name =", "is not TOML: "),
        ('language = "en"', "expected the keys 'lang' and 'framing' at the head, got 'language'"),
        ('framing = "x"', "'framing': expected rows [[framing]], got 'x'"),
    ],
)
def test_a_file_that_is_no_table(tmp_path: Path, text: str, message: str) -> None:
    """Named, and what was expected of it."""
    file = tmp_path / "mine.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(UsageProblem) as caught:
        load_frames(file)
    assert "mine.toml" in caught.value.message
    assert message in caught.value.message
    with pytest.raises(UsageProblem, match=r"^table of framings .*gone\.toml cannot be read: "):
        load_frames(tmp_path / "gone.toml")


def test_hostile_names_are_escaped() -> None:
    """In every message."""
    with pytest.raises(UsageProblem) as caught:
        frames_from([ROW | {"name": "\x1b[2J.x\n", "\x1b]0;": 1}], "mine.toml")
    assert "\x1b" not in caught.value.message
