"""``probes.json_text``: JSON and JSONL with the lines of what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_refusal.errors import ProbeFileError
from pytest_refusal.probes import read_probes
from pytest_refusal.probes.document import DEEPEST, Unreadable
from pytest_refusal.probes.json_text import BrokenLines, positions, read_json, read_jsonl


def said(folder: Path, name: str, text: str) -> list[str]:
    """Return the lines of the error that a file raises."""
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(ProbeFileError) as caught:
        read_probes(folder / name, shown_from=folder)
    return caught.value.message.splitlines()


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        (
            "p.json",
            '[{"prompt": "a?",\n"expect" "answer"}]',
            ["p.json:2: not valid JSON: Expecting ':' delimiter (column 10)"],
        ),
        ("p.json", '[{"prompt": "a\x1b"}]', ["p.json:1: not valid JSON: Invalid control character at (column 15)"]),
        (
            "p.json",
            '[{"prompt": "a?", "expect": "answer",\n"note": "{[,]}\\"",\n"prompt": "b?"}]',
            ["p.json:3: [0].prompt: expected each key once, got 'prompt' again (first at line 1)"],
        ),
        (
            "p.json",
            '[{"prompt": "a?", "expect": "answer",\n"options": {"seed": 1, "se\\u0065d": 2}}]',
            ["p.json:2: [0].options.seed: expected each key once, got 'seed' again (first at line 2)"],
        ),
        (
            "p.jsonl",
            '{"prompt": "a?", "expect": "answer"}\n\n{"prompt": "a?", "expect": "answer", "options": {"a": 1, "a": 2}}',
            ["p.jsonl:3: options.a: expected each key once, got 'a' again (first at line 3)"],
        ),
        (
            "p.jsonl",
            '{"defaults": {"lang": "de", "lang": "en"}}\n{"prompt": "a?", "expect": "answer"}',
            ["p.jsonl:1: defaults.lang: expected each key once, got 'lang' again (first at line 1)"],
        ),
        (
            "p.jsonl",
            '{"prompt": "a?"\n{"prompt": "b?", "expect": "answer"}\nx',
            [
                "p.jsonl:1: not valid JSON: Expecting ',' delimiter (column 16)",
                "p.jsonl:3: not valid JSON: Expecting value (column 1)",
            ],
        ),
        (
            "p.jsonl",
            '["a?"]',
            [
                "p.jsonl:1: expected a probe: a mapping with 'prompt' (or 'messages' or 'turns') and 'expect', "
                "got a list of 1"
            ],
        ),
        (
            "p.jsonl",
            '{"defaults": {"lang": 7}}\n{"prompt": "a?", "expect": "answer"}',
            [
                "p.jsonl:1: defaults.lang: expected a language code such as 'en' or 'pt-BR', got the number 7 "
                "(put it in quotes)"
            ],
        ),
        (
            "p.json",
            '[{"prompt": ' + "9" * 5000 + ', "expect": "answer"}]',
            ["p.json:1: [0].prompt: expected a text that is not blank, got a number of 5000 digits (put it in quotes)"],
        ),
        ("p.json", "\n[" * 40 + "]" * 40, [f"p.json:{DEEPEST + 2}: nested deeper than {DEEPEST} levels"]),
        ("p.json", "[" * 100_000, [f"p.json:1: nested deeper than {DEEPEST} levels"]),
        ("p.jsonl", "\n" + "[" * 100_000, [f"p.jsonl:2: nested deeper than {DEEPEST} levels"]),
        ("p.jsonl", "\n" + "[" * 50 + "]" * 50, [f"p.jsonl:2: nested deeper than {DEEPEST} levels"]),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, name: str, text: str, lines: list[str]) -> None:
    """Syntax, keys that stand twice, absurd numbers and nesting."""
    assert said(tmp_path, name, text) == lines


def test_a_later_line_with_defaults_is_no_probe(tmp_path: Path) -> None:
    """Only the first line may set them, so that no line means something else by its neighbours."""
    lines = said(tmp_path, "p.jsonl", '{"prompt": "a?", "expect": "answer"}\n{"defaults": {}}')
    assert [line.partition(", got")[0] for line in lines] == [
        "p.jsonl:2: expected exactly one of 'prompt', 'messages', 'turns'",
        "p.jsonl:2: expect: expected one of 'refuse', 'answer', 'either'",
        "p.jsonl:2: defaults: expected a key of a probe",
    ]


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)


@settings(deadline=None)
@given(PLAIN, st.booleans())
def test_every_value_has_a_position_and_the_line_is_where_it_stands(content: object, ascii_only: bool) -> None:
    """Written with one value a line, the n-th value stands at the n-th line that begins one."""
    text = json.dumps(content, indent=1, ensure_ascii=ascii_only)
    top, problems = positions(text)
    assert not problems

    def walk(inner: object, path: tuple[str | int, ...]) -> None:
        line = text.split("\n")[top.at(path).line - 1].strip()
        if path and isinstance(path[-1], str):
            assert line.startswith(json.dumps(path[-1], ensure_ascii=ascii_only) + ":")
        elif not isinstance(inner, dict | list):
            assert line.rstrip(",") == json.dumps(inner, ensure_ascii=ascii_only)
        steps = inner.items() if isinstance(inner, dict) else enumerate(inner) if isinstance(inner, list) else ()
        children = top.at(path).children or {}
        assert list(children) == [step for step, _ in steps]
        steps = inner.items() if isinstance(inner, dict) else enumerate(inner) if isinstance(inner, list) else ()
        for step, deeper in steps:
            walk(deeper, (*path, step))

    walk(content, ())


@settings(deadline=None)
@given(st.text(alphabet='ab[]{}",:\\ \n01.eN-', max_size=40))
def test_whatever_the_text_reading_ends_in_values_or_in_our_error(text: str) -> None:
    """No other exception."""
    for read in (read_json, read_jsonl):
        try:
            read(text)
            message = "read"
        except (Unreadable, BrokenLines) as error:
            message = error.message
        assert message
