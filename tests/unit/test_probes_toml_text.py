"""``probes.toml_text``: TOML with the lines of what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_refusal.errors import ProbeFileError
from pytest_refusal.probes import read_probes
from pytest_refusal.probes.document import DEEPEST
from pytest_refusal.probes.toml_text import read_toml

TEXT = '''# [[probes]] in a comment
"$schema" = 'x#y'
[defaults]
expect = "answer"
options.num_ctx = 4096  # a dotted key

[[probes]]
prompt = """
[[probes]]
expect = "refuse"
""\\""""
tags = [
  "a", # ]
  'b"',
]

  [[ probes ]]
  "prompt" = \'\'\'it''s\'\'\'
  options = { stop = ["x", "]"], deep = { er = 1.5 } }
[[probes]]
turns = ["a?"]
[probes.options]
"a.b" = 1979-05-27T07:32:00Z
temperature = 1.5
[[probes]]
messages = [{role = "user", content = """a
?"""}, {role="user", content = "b?"}]
'''


def test_each_key_has_its_line() -> None:
    """Through comments, dotted keys, texts over several lines, arrays, inline tables and sub-tables."""
    spot = read_toml(TEXT).spot
    lines = {
        ("$schema",): 2,
        ("defaults",): 3,
        ("defaults", "expect"): 4,
        ("defaults", "options", "num_ctx"): 5,
        ("probes", 0): 7,
        ("probes", 0, "prompt"): 8,
        ("probes", 0, "tags"): 12,
        ("probes", 0, "tags", 0): 13,
        ("probes", 0, "tags", 1): 14,
        ("probes", 1): 17,
        ("probes", 1, "prompt"): 18,
        ("probes", 1, "options", "stop", 1): 19,
        ("probes", 1, "options", "deep", "er"): 19,
        ("probes", 2): 20,
        ("probes", 2, "turns", 0): 21,
        ("probes", 2, "options"): 22,
        ("probes", 2, "options", "a.b"): 23,
        ("probes", 2, "options", "temperature"): 24,
        ("probes", 3, "messages", 0, "content"): 26,
        ("probes", 3, "messages", 1): 27,
        ("probes", 3, "messages", 1, "content"): 27,
    }
    assert {path: spot.at(path).line for path in lines} == lines
    for path in lines:
        assert spot.at(path) is not spot.at(path[:-1])


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("[[probes]]\nprompt = a?\n", ["p.toml:2: not valid TOML: Invalid value (column 10)"]),
        ("[[probes]]\nprompt = 'a'\nprompt = 'b'\n", ["p.toml:3: not valid TOML: Cannot overwrite a value"]),
        ("[[probes]]\nprompt = '''a\n", ["p.toml:"]),
        (
            "[probes]\nprompt = 'a'\n",
            ["p.toml:1: probes: expected a list of probes, at least one, got a mapping with 'prompt'"],
        ),
        ("a = " + "[" * 40 + "]" * 40, [f"p.toml:1: nested deeper than {DEEPEST} levels"]),
        ("a = " + "[" * 50_000, [f"p.toml:1: nested deeper than {DEEPEST} levels"]),
        ("[[probes]]\nprompt = " + "9" * 5000, ["p.toml:2: a number has more digits than Python reads"]),
        (
            "[[probes]]\nprompt = 'a?'\nexpect = 'answer'\n[probes.options]\na = nan\nb = 07:32:00\n",
            [
                "p.toml:5: probes[0].options.a: expected a JSON value (text, finite number, true, false, null, list or "
                "mapping), got the number nan",
                "p.toml:6: probes[0].options.b: expected a JSON value (text, finite number, true, false, null, list or "
                "mapping), got the date or time 07:32:00",
            ],
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, lines: list[str]) -> None:
    """Syntax, keys that stand twice, values that no probe can hold."""
    (tmp_path / "p.toml").write_text(text)
    with pytest.raises(ProbeFileError) as caught:
        read_probes(tmp_path / "p.toml", shown_from=tmp_path)
    found = caught.value.message.splitlines()
    assert len(found) == len(lines)
    assert all(line.startswith(start) for line, start in zip(found, lines, strict=True)), found
