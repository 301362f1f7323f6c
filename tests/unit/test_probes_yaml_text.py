"""``probes.yaml_text``: YAML's traps are errors with a way out, and hostile files do no harm."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_refusal.errors import ProbeFileError
from pytest_refusal.probes import read_probes
from pytest_refusal.probes.document import DEEPEST, Unreadable
from pytest_refusal.probes.yaml_text import MOST_UNFOLDED, read_yaml

JSON = "expected a JSON value (text, finite number, true, false, null, list or mapping), got "
TEXT = "expected a text that is not blank, got "


def said(folder: Path, text: str) -> list[str]:
    """Return the lines of the error that a YAML file raises."""
    (folder / "p.yaml").write_text(text, encoding="utf-8", newline="")
    with pytest.raises(ProbeFileError) as caught:
        read_probes(folder / "p.yaml", shown_from=folder)
    return caught.value.message.splitlines()


@pytest.mark.parametrize(
    ("key", "written", "message"),
    [
        ("prompt", "no", TEXT + "no, which YAML reads as false (put it in quotes)"),
        ("prompt", "On", TEXT + "On, which YAML reads as true (put it in quotes)"),
        ("prompt", "2024-05-01", TEXT + "the date or time 2024-05-01 (put it in quotes)"),
        ("prompt", "12:30", TEXT + "12:30, which YAML reads as the number 750 (put it in quotes)"),
        ("prompt", "0o17", None),
        ("prompt", "0x1F", TEXT + "0x1F, which YAML reads as the number 31 (put it in quotes)"),
        ("prompt", "42", TEXT + "the number 42 (put it in quotes)"),
        ("prompt", "~", TEXT + "~, which YAML reads as nothing (null) (put it in quotes)"),
        ("prompt", "", TEXT + "nothing (null)"),
        ("prompt", "!!binary aGk=", TEXT + "a value with the tag '!!binary' (put it in quotes)"),
        ("prompt", "!!int x", TEXT + "'x', which is no int (put it in quotes)"),
        ("prompt", "9" * 5000, TEXT + "a number of 5000 digits (put it in quotes)"),
        (
            "prompt",
            "!!python/object/apply:os.getcwd []",
            TEXT + "a value with the tag '!!python/object/apply:os.getcwd' (put it in quotes)",
        ),
        (
            "lang",
            "no",
            "expected a language code such as 'en' or 'pt-BR', got no, which YAML reads as false (put it in quotes)",
        ),
        ("id", "1e3", None),
        (
            "id",
            "1042",
            "expected 1 to 200 characters, no control characters, no space at either end, got the number 1042 "
            "(put it in quotes)",
        ),
        ("tags", "[a, yes]", "expected a text that is not blank, got yes, which YAML reads as true (put it in quotes)"),
        ("options", "{temperature: .nan}", JSON + ".nan, which YAML reads as the number nan"),
        ("options", "{when: 2024-05-01}", JSON + "the date or time 2024-05-01"),
        ("critical", "yes", None),
        ("never_says", "text", None),
    ],
)
def test_values_that_yaml_reads_as_something_else_are_named_as_they_are_written(
    tmp_path: Path, key: str, written: str, message: str | None
) -> None:
    """An unquoted ``no`` is false in YAML 1.1; the reader says so and what to do."""
    ask = "" if key == "prompt" else "  prompt: a?\n"
    text = f"- expect: answer\n{ask}  {key}: {written}\n"
    if message is None:
        (tmp_path / "p.yaml").write_text(text)
        assert len(read_probes(tmp_path / "p.yaml")) == 1
        return
    (line,) = said(tmp_path, text)
    assert line.startswith(f"p.yaml:{text.count(chr(10))}: [0].{key}")
    assert line.endswith(f": {message}")


def test_an_unquoted_no_as_expectation_is_named(tmp_path: Path) -> None:
    """Not just 'False is not one of'."""
    assert said(tmp_path, "- prompt: a?\n  expect: no\n") == [
        "p.yaml:2: [0].expect: expected one of 'refuse', 'answer', 'either', got no, which YAML reads as false "
        "(put it in quotes)"
    ]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "- prompt: a?\n  expect: answer\n  prompt: b?\n",
            ["p.yaml:3: [0].prompt: expected each key once, got 'prompt' again (first at line 1)"],
        ),
        (
            "- prompt: a?\n  expect: answer\n  options:\n    seed: 1\n    seed: 2\n",
            ["p.yaml:5: [0].options.seed: expected each key once, got 'seed' again (first at line 4)"],
        ),
        (
            "- prompt: a?\n  expect: answer\n  no: b?\n",
            ["p.yaml:3: [0].no: expected a text as key, got no, which YAML reads as false (put it in quotes)"],
        ),
        (
            "- prompt: a?\n  expect: answer\n  [a, b]: b?\n",
            ["p.yaml:3: [0]['?']: expected a text as key, got a list of 2"],
        ),
        (
            "probes:\n- prompt: a?\n  expect: [answer\n",
            ["p.yaml:3: not valid YAML: while parsing a flow sequence, did not find expected ',' or ']'"],
        ),
        ("- prompt: a?\n\texpect: b\n", ["p.yaml:2: not valid YAML: "]),
        (
            "- {prompt: a?, expect: answer}\n---\n- b\n",
            ["p.yaml:2: expected one YAML document in the file, got a second one ('---')"],
        ),
        ("- *nobody\n", ["p.yaml:1: the alias '*nobody' has no anchor above it"]),
        ("- &me\n  prompt: a?\n  options: *me\n", ["p.yaml:3: the alias '*me' stands inside its own anchor"]),
        (
            "- prompt: a\x07?\n",
            ["p.yaml:1: not valid YAML: the character '\\x07' has to be written as an escape in double quotes"],
        ),
        (
            "- prompt: a?\n  <<: b\n  expect: answer\n",
            ["p.yaml:2: [0]['<<']: expected a mapping (or a list of them) to merge, got 'b'"],
        ),
    ],
)
def test_a_file_that_is_not_plain_yaml_is_named_with_its_line(tmp_path: Path, text: str, lines: list[str]) -> None:
    """Syntax, keys that stand twice, keys that are no text, aliases to nowhere."""
    found = said(tmp_path, text)
    assert len(found) == len(lines)
    assert all(line.startswith(start) for line, start in zip(found, lines, strict=True)), found


def test_anchors_and_merge_keys_work(tmp_path: Path) -> None:
    """As every YAML user expects: own keys go before merged ones, earlier merged before later ones."""
    text = """
- &first {prompt: a?, expect: answer, tags: &tags [x, y], note: one}
- <<: *first
  prompt: b?
- <<: [{note: two}, *first]
  prompt: c?
  tags: *tags
"""
    (tmp_path / "p.yaml").write_text(text)
    one, two, three = read_probes(tmp_path / "p.yaml", shown_from=tmp_path)
    assert [probe.prompt for probe in (one, two, three)] == ["a?", "b?", "c?"]
    assert [probe.note for probe in (one, two, three)] == ["one", "one", "two"]
    assert one.tags == two.tags == three.tags == ("x", "y")
    assert [probe.place for probe in (one, two, three)] == ["p.yaml:2", "p.yaml:3", "p.yaml:5"]


@pytest.mark.parametrize("merge", [False, True])
def test_a_billion_laughs_are_an_error(tmp_path: Path, merge: bool) -> None:
    """A few lines that unfold to 10^12 values are refused while reading, without unfolding them."""
    laughs = ["- &a0 {options: [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]}"]
    for level in range(1, 12):
        before = f"*a{level - 1}"
        inner = f"{{<<: [{', '.join([before] * 10)}]}}" if merge else f"{{options: [{', '.join([before] * 10)}]}}"
        laughs.append(f"- &a{level} {inner}")
    (line,) = said(tmp_path, "\n".join(laughs))
    assert line.endswith(f": aliases unfold to more than {MOST_UNFOLDED:,} values")


def test_long_texts_count_for_more_than_one_value(tmp_path: Path) -> None:
    """A megabyte that is repeated 10,000 times is ten gigabytes to validate and to hash."""
    (line,) = said(tmp_path, f"- &a {'x' * 1_000_000}\n" + "- *a\n" * 10_000)
    assert "aliases unfold" in line


@pytest.mark.parametrize("opening", ["[", "- ", "{a: ", "? "])
def test_deep_nesting_is_an_error_and_not_the_end_of_the_process(tmp_path: Path, opening: str) -> None:
    """libyaml's composer overflows the C stack at this depth."""
    (line,) = said(tmp_path, opening * 200_000)
    assert line == f"p.yaml:1: nested deeper than {DEEPEST} levels"


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(PLAIN)
def test_plain_values_are_read_as_pyyaml_reads_them(content: object) -> None:
    """Our reading from events is PyYAML's safe loading."""
    text = yaml.safe_dump(content)
    document = read_yaml(text)
    assert document.content == yaml.safe_load(text)
    assert not document.problems


@settings(deadline=None)
@given(st.text(alphabet="ab-:[]{}&*!|>'\"#%@` \n\t?,~<0.y", max_size=40))
def test_whatever_the_text_reading_ends_in_values_or_in_our_error(text: str) -> None:
    """No other exception, and every line is one of the file's."""
    try:
        read_yaml(text)
        line = 1
    except Unreadable as error:
        line = error.line
    assert 1 <= line <= text.count("\n") + 1
