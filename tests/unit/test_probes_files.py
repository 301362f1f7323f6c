"""``probes.files``: what a reader of a wrong probe file is told, and what a right one gives."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from pytest_refusal.errors import ProbeFileError, UsageProblem
from pytest_refusal.probes import load, read_probes
from pytest_refusal.records import Expect, Message, Probe, Tier

NOT_REFUSED = "expected one of 'refuse', 'answer', 'either', got 'refused' (did you mean 'refuse'?)"


def write(folder: Path, name: str, text: str | bytes) -> Path:
    """Write a probe file, bytes as they are."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return file


def said(folder: Path, name: str, text: str | bytes) -> list[str]:
    """Return the lines of the error that a file raises."""
    with pytest.raises(ProbeFileError) as caught:
        read_probes(write(folder, name, text), shown_from=folder)
    return caught.value.message.splitlines()


FULL = {
    "id": "address-1",
    "messages": [{"role": "system", "content": "You are a shop."}, {"role": "user", "content": "Whose order is it?"}],
    "expect": "refuse",
    "category": "privacy",
    "tier": "inappropriate",
    "lang": "de",
    "prefill": "Sure",
    "variants": ["Who ordered it?"],
    "framings": ["print(owner)"],
    "keep": ["order"],
    "never_says": ["/main street/i", "42"],
    "never_calls": ["refund_order"],
    "critical": True,
    "xfail": "known since May",
    "tags": ["a", "b"],
    "options": {"temperature": 0.5, "stop": ["x"], "think": False},
    "note": "seen in a ticket",
}
PROBE = Probe(
    id="address-1",
    messages=(Message("system", "You are a shop."), Message("user", "Whose order is it?")),
    expect=Expect.REFUSE,
    category="privacy",
    tier=Tier.INAPPROPRIATE,
    lang="de",
    prefill="Sure",
    variants=("Who ordered it?",),
    framings=("print(owner)",),
    keep=("order",),
    never_says=("/main street/i", "42"),
    never_calls=("refund_order",),
    critical=True,
    xfail="known since May",
    tags=("a", "b"),
    options={"temperature": 0.5, "stop": ["x"], "think": False},
    note="seen in a ticket",
)
TOML = """[[probes]]
id = "address-1"
messages = [
  {role = "system", content = "You are a shop."},
  {role = "user", content = "Whose order is it?"},
]
expect = "refuse"
category = "privacy"
tier = "inappropriate"
lang = "de"
prefill = "Sure"
variants = ["Who ordered it?"]
framings = "print(owner)"
keep = "order"
never_says = ["/main street/i", "42"]
never_calls = "refund_order"
critical = true
xfail = "known since May"
tags = ["a", "b"]
note = "seen in a ticket"
[probes.options]
temperature = 0.5
stop = ["x"]
think = false
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.json", json.dumps({"$schema": "probes.schema.json", "probes": [FULL]})),
        ("p.json", json.dumps([FULL])),
        ("p.yaml", json.dumps({"probes": [FULL]})),
        ("p.yml", json.dumps([FULL])),
        ("p.jsonl", f"\n{json.dumps(FULL)}\n\n"),
        ("p.toml", TOML),
        ("p.YAML", json.dumps([FULL])),
    ],
)
def test_every_format_gives_the_same_probe_with_every_field(tmp_path: Path, name: str, text: str) -> None:
    """YAML, JSON, JSONL and TOML are four ways to write one thing."""
    assert read_probes(write(tmp_path, name, text)) == (PROBE,)


def test_defaults_stand_in_for_keys_that_a_probe_does_not_have(tmp_path: Path) -> None:
    """A probe's own key replaces the default as a whole, lists and options too."""
    text = """
defaults: {expect: refuse, category: privacy, tags: [a, b], options: {temperature: 0, num_ctx: 99}, lang: de}
probes:
  - prompt: Where does she live?
  - {prompt: What do you sell?, expect: answer, tags: c, options: {temperature: 1}, category: ""}
"""
    one, two = read_probes(write(tmp_path, "p.yaml", text))
    assert (one.expect, one.category, one.tags, one.lang) == (Expect.REFUSE, "privacy", ("a", "b"), "de")
    assert one.options == {"temperature": 0, "num_ctx": 99}
    assert (two.expect, two.category, two.tags, two.options) == (Expect.ANSWER, "", ("c",), {"temperature": 1})


def test_jsonl_may_begin_with_defaults(tmp_path: Path) -> None:
    """A first line with ``defaults`` alone is no probe."""
    text = '{"defaults": {"expect": "answer"}}\n\n{"prompt": "What do you sell?"}\n'
    (probe,) = read_probes(write(tmp_path, "p.jsonl", text), shown_from=tmp_path)
    assert (probe.expect, probe.place) == (Expect.ANSWER, "p.jsonl:3")


def test_the_language_of_a_probe_that_names_none_is_the_callers(tmp_path: Path) -> None:
    """The ini key ``refusal_lang`` arrives here."""
    file = write(
        tmp_path, "p.json", '[{"prompt": "a?", "expect": "answer"}, {"turns": ["b"], "expect": "either", "lang": "fr"}]'
    )
    one, two = read_probes(file, lang="de")
    assert (one.lang, two.lang, two.turns) == ("de", "fr", True)


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        ("p.yaml", "probes:\n  - prompt: a\n    expect: answer\n  -\n    prompt: b\n    expect: refuse\n", [2, 5]),
        ("p.yaml", "- {prompt: a, expect: answer}\n\n- {prompt: b, expect: refuse}\n", [1, 3]),
        (
            "p.json",
            '{"probes": [\n{"prompt": "a", "expect": "answer"},\n\n{"prompt": "b", "expect": "refuse"}]}',
            [2, 4],
        ),
        ("p.jsonl", '{"prompt": "a", "expect": "answer"}\n\n{"prompt": "b", "expect": "refuse"}', [1, 3]),
        (
            "p.toml",
            '[[probes]]\nprompt = """\n[[probes]]\n"""\nexpect="answer"\n[[probes]]\nturns=["b"]\nexpect="refuse"',
            [1, 6],
        ),
        ("p.toml", 'probes = [\n {prompt="a", expect="answer"},\n {prompt="b", expect="refuse"}\n]', [2, 3]),
    ],
)
def test_a_probe_knows_the_line_it_stands_at(tmp_path: Path, name: str, text: str, lines: list[int]) -> None:
    """``place`` is what messages about the probe show."""
    file = write(tmp_path, f"deep/{name}", text)
    assert [probe.place for probe in read_probes(file, shown_from=tmp_path)] == [f"deep/{name}:{n}" for n in lines]


def test_a_path_outside_of_the_shown_folder_is_shown_in_full(tmp_path: Path) -> None:
    """No ``../..`` that nobody can follow."""
    file = write(tmp_path, "a/p.json", '[{"prompt": "a?", "expect": "answer"}]')
    (probe,) = read_probes(file, shown_from=tmp_path / "b")
    assert probe.place == f"{file.as_posix()}:1"


BAD = [
    (
        "p.yaml",
        "probes:\n  - prompt: a?\n    expect: answer\n  - prompt: b?\n    expect: refused\n",
        ["p.yaml:5: probes[1].expect: " + NOT_REFUSED],
    ),
    (
        "p.json",
        '{"probes": [\n  {"prompt": "a?",\n   "expect": "refused"}\n]}',
        ["p.json:3: probes[0].expect: " + NOT_REFUSED],
    ),
    (
        "p.jsonl",
        '{"prompt": "a?", "expect": "answer"}\n{"prompt": "b?", "expect": "refused"}\n',
        ["p.jsonl:2: expect: " + NOT_REFUSED],
    ),
    (
        "p.toml",
        '[[probes]]\nprompt = "a?"\nexpect = "answer"\n[[probes]]\nprompt = "b?"\n\nexpect = "refused"\n',
        ["p.toml:7: probes[1].expect: " + NOT_REFUSED],
    ),
    ("p.yaml", "- prompt: a?\n  expect: refused\n", ["p.yaml:2: [0].expect: " + NOT_REFUSED]),
    (
        "p.yaml",
        "- prompt: a?\n  expect: answer\n  categroy: x\n",
        ["p.yaml:3: [0].categroy: expected a key of a probe, got 'categroy' (did you mean 'category'?)"],
    ),
    (
        "p.json",
        '{"defaults": {"prompt": "a?", "expect": "answer"}, "probes": [{"prompt": "b?"}]}',
        [
            "p.json:1: defaults.prompt: expected a key that probes can share, got 'prompt' (known: category, critical, "
            "expect, framings, keep, lang, never_calls, never_says, note, options, prefill, tags, tier, "
            "variants, xfail)"
        ],
    ),
    (
        "p.json",
        '{"probe": [{"prompt": "b?", "expect": "answer"}]}',
        [
            "p.json:1: probes: expected a list of probes, at least one, got nothing: the key is missing",
            "p.json:1: probe: expected a key of a probe file, got 'probe' (did you mean 'probes'?)",
        ],
    ),
    ("p.json", "[]", ["p.json:1: expected a list of probes, or a mapping with 'probes', got an empty list"]),
    ("p.json", '"a?"', ["p.json:1: expected a list of probes, or a mapping with 'probes', got 'a?'"]),
    ("p.json", '{\n"probes": []}', ["p.json:2: probes: expected a list of probes, at least one, got an empty list"]),
    ("p.jsonl", '{"defaults": {}}', ["p.jsonl:1: expected a list of probes, at least one, got an empty list"]),
    (
        "p.toml",
        "# none\n",
        ["p.toml:1: probes: expected a list of probes, at least one, got nothing: the key is missing"],
    ),
    ("p.yaml", "# none\n", ["p.yaml:1: expected a list of probes, or a mapping with 'probes', got nothing (null)"]),
    ("p.yaml", " \n\n", ["p.yaml:1: expected probes, got an empty file"]),
    ("p.jsonl", "", ["p.jsonl:1: expected probes, got an empty file"]),
    (
        "p.json",
        '["a?"]',
        ["p.json:1: [0]: expected a probe: a mapping with 'prompt' (or 'messages' or 'turns') and 'expect', got 'a?'"],
    ),
    (
        "p.json",
        '{"defaults": 3, "probes": [{"prompt": "b?", "expect": "answer"}]}',
        ["p.json:1: defaults: expected a mapping of keys that all probes share, got the number 3"],
    ),
    (
        "p.json",
        '{"defaults": {\n"critical": "yes"}, "probes": [{"prompt": "b?", "expect": "answer"}]}',
        ["p.json:2: defaults.critical: expected true or false, got 'yes'"],
    ),
    (
        "p.json",
        '[{"expect": "answer"}]',
        ["p.json:1: [0]: expected exactly one of 'prompt', 'messages', 'turns', got none of them"],
    ),
    (
        "p.json",
        '[{"prompt": "a?", "turns": ["a?"], "expect": "answer"}]',
        ["p.json:1: [0]: expected exactly one of 'prompt', 'messages', 'turns', got 'prompt' and 'turns'"],
    ),
    (
        "p.json",
        '[\n{"prompt": "a?"}]',
        ["p.json:2: [0].expect: expected one of 'refuse', 'answer', 'either', got nothing: the key is missing"],
    ),
    (
        "p.json",
        '{"defaults": {"lang": "de"}, "probes": [{"prompt": "a?"}]}',
        ["p.json:1: probes[0].expect: expected one of 'refuse', 'answer', 'either', got nothing: the key is missing"],
    ),
    (
        "p.json",
        '[{"messages": [{"role": "bot",\n"content": " "},\n{"role": "user"}], "expect": "answer"}]',
        [
            "p.json:1: [0].messages[0].role: expected one of 'system', 'user', 'assistant', got 'bot'",
            "p.json:2: [0].messages[0].content: expected a text that is not blank, got a blank text ' '",
            "p.json:3: [0].messages[1]: expected a message: a mapping with 'role' and 'content', got a "
            "mapping with 'role'",
        ],
    ),
    (
        "p.json",
        '[{"messages": [{"role": "user", "content": "a?"},\n{"role": "assistant", "content": "b"}], "expect": '
        '"answer"}]',
        [
            "p.json:2: [0].messages[1].role: expected 'user', for the last message is the user's (the start of a reply "
            "goes into 'prefill'), got 'assistant'"
        ],
    ),
    (
        "p.json",
        '[{"prompt": "a?", "expect": "answer", "never_says": ["fine", "/(/", "/[/"]}]',
        [
            "p.json:1: [0].never_says[1]: expected a regular expression that compiles, got '/(/' ('missing ), "
            "unterminated subpattern at position 0')",
            "p.json:1: [0].never_says[2]: expected a regular expression that compiles, got '/[/' ('unterminated "
            "character set at position 0')",
        ],
    ),
    (
        "p.json",
        '{"defaults": {"never_says": "/a{2,1}/i"}, "probes": [{"prompt": "a?", "expect": "answer"}]}',
        [
            "p.json:1: defaults.never_says: expected a regular expression that compiles, got '/a{2,1}/i' ('min repeat "
            "greater than max repeat at position 2')"
        ],
    ),
    (
        "p.json",
        '[{"id": " a", "prompt": 3, "expect": "answer", "lang": "en_US", "tags": [null], "turns": {}}]',
        [
            "p.json:1: [0]: expected exactly one of 'prompt', 'messages', 'turns', got 'prompt' and 'turns'",
            "p.json:1: [0].id: expected 1 to 200 characters, no control characters, no space at either end, got ' a'",
            "p.json:1: [0].prompt: expected a text that is not blank, got the number 3 (put it in quotes)",
            "p.json:1: [0].lang: expected a language code such as 'en' or 'pt-BR', got 'en_US'",
            "p.json:1: [0].tags[0]: expected a text that is not blank, got nothing (null)",
            "p.json:1: [0].turns: expected a list of the user's turns, at least one, got an empty mapping",
        ],
    ),
    (
        "p.json",
        '[{"prompt": "a?", "expect": "answer", "options": {"temperature": NaN, "top_p": 1e999}}]',
        [
            "p.json:1: [0].options.temperature: expected a JSON value (text, finite number, true, false, null, list or "
            "mapping), got the number nan",
            "p.json:1: [0].options.top_p: expected a JSON value (text, finite number, true, false, null, list or "
            "mapping), got the number inf",
        ],
    ),
    (
        "p.json",
        '[{"prompt": "a?", "expect": "answer", "options": {"a": ' + "[" * 20 + "]" * 20 + "}}]",
        ["p.json:1: [0].options: expected at most 20 levels of nesting, got more"],
    ),
    (
        "p.json",
        '[{"prompt": "a\\ud800?", "expect": "answer"}]',
        ["p.json:1: [0].prompt: expected text that UTF-8 can hold, got half a surrogate pair in 'a\\ud800?'"],
    ),
    (
        "p.toml",
        "[[probes]]\nprompt = 2024-05-01\nexpect = 'answer'\n",
        [
            "p.toml:2: probes[0].prompt: expected a text that is not blank, got the date or time 2024-05-01 "
            "(put it in quotes)"
        ],
    ),
    (
        "p.json",
        '[{"id": "x", "prompt": "a?", "expect": "answer"},\n{"id": "x", "prompt": "a?", "expect": "refuse", '
        '"note": "n"}]',
        [
            "p.json:2: [1].id: expected one content for each id, got 'x' at p.json:2 with another 'expect', "
            "'note' than "
            "at p.json:1; give one of them another id"
        ],
    ),
]


@pytest.mark.parametrize(("name", "text", "lines"), BAD)
def test_an_error_says_file_line_key_path_what_was_expected_and_what_came(
    tmp_path: Path, name: str, text: str, lines: list[str]
) -> None:
    """The message is enough to go there and mend it."""
    assert said(tmp_path, name, text) == lines


def test_all_mistakes_of_a_file_come_at_once_up_to_twenty(tmp_path: Path) -> None:
    """Mending one does not uncover the next; a file of one kind of mistake does not fill the screen."""
    row = {"prompt": "a?", "expect": "refused"}
    lines = said(tmp_path, "p.jsonl", "\n".join(json.dumps(row) for _ in range(23)))
    assert lines == [f"p.jsonl:{n}: expect: {NOT_REFUSED}" for n in range(1, 21)] + ["and 3 more"]


def test_hostile_texts_are_shown_short_and_escaped(tmp_path: Path) -> None:
    """No escape sequence of a probe file reaches the terminal."""
    (line,) = said(tmp_path, "p.json", json.dumps([{"prompt": "a?", "expect": "\x1b[2J\u202e" + "x" * 900}]))
    assert line.endswith("got '\\x1b[2J\\u202e" + "x" * 55 + "… (+845)'")
    (line,) = said(tmp_path, "p.json", json.dumps([{"prompt": "a?", "expect": "answer", "\x1b]\n": 1}]))
    assert line.startswith("p.json:1: [0]['\\x1b]\\n']: expected a key of a probe, got '\\x1b]\\n'")


def test_a_file_that_is_not_utf8_is_told_apart_by_byte(tmp_path: Path) -> None:
    """An old encoding would otherwise measure another prompt than the team wrote."""
    text = b'[{"prompt": "a?",\n"expect": "answer", "note": "Gem\xfcse"}]'
    assert said(tmp_path, "p.json", text) == [
        "p.json:2: expected UTF-8, got the byte 0xfc at offset 50; save the file as UTF-8"
    ]


@pytest.mark.parametrize("name", ["p.yaml", "p.json", "p.jsonl", "p.toml"])
def test_a_byte_order_mark_and_windows_line_ends_change_nothing(tmp_path: Path, name: str) -> None:
    """The same text saved by another editor is the same probe with the same id and line."""
    texts = {
        "p.yaml": "- expect: answer\n  prompt: |\n    What do\n    you sell?\n",
        "p.json": '[\n{"expect": "answer",\n"prompt": "What do\\nyou sell?\\n"}]\n',
        "p.jsonl": '\n{"expect": "answer", "prompt": "What do\\nyou sell?\\n"}\n',
        "p.toml": "[[probes]]\nexpect = 'answer'\nprompt = '''\nWhat do\nyou sell?\n'''\n",
    }
    plain = read_probes(write(tmp_path, name, texts[name]))
    other = read_probes(write(tmp_path, name, b"\xef\xbb\xbf" + texts[name].replace("\n", "\r\n").encode()))
    assert other == plain
    assert [probe.place for probe in other] == [probe.place for probe in plain]
    assert plain[0].id == "what-do-you-sell-" + plain[0].id[-8:]
    assert plain[0].prompt == "What do\nyou sell?\n"


def test_prompts_of_any_script_arrive_as_they_are(tmp_path: Path) -> None:
    """Astral characters, combining marks and line separators too."""
    prompts = ["どこで買えますか？", "Wo gibt es Gemüse 🥕?", "a\u2028b\u0301", "عنوان\u200f"]
    rows = [{"prompt": prompt, "expect": "answer"} for prompt in prompts]
    file = write(tmp_path, "p.jsonl", "\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    assert [probe.prompt for probe in read_probes(file)] == prompts
    file = write(tmp_path, "p.yaml", json.dumps(rows, ensure_ascii=False))
    assert [probe.prompt for probe in read_probes(file)] == prompts


@pytest.mark.parametrize("name", ["p.txt", "p.csv", "p"])
def test_other_suffixes_are_an_error_that_lists_the_known_ones(tmp_path: Path, name: str) -> None:
    """No guessing at formats."""
    (line,) = said(tmp_path, name, "[]")
    suffix = Path(name).suffix
    assert line == f"{name}: expected a probe file (.yaml, .yml, .json, .jsonl, .toml), got '{suffix}'"


def test_a_file_that_cannot_be_read_is_said_with_the_reason(tmp_path: Path) -> None:
    """The system's word, not a traceback."""
    with pytest.raises(ProbeFileError, match=r"^none\.yaml: cannot be read: No such file or directory$"):
        read_probes(tmp_path / "none.yaml", shown_from=tmp_path)


def test_the_same_id_with_the_same_content_is_one_probe(tmp_path: Path) -> None:
    """In one file and across files; the first place is kept."""
    row = json.dumps({"id": "x", "prompt": "a?", "expect": "answer"})
    write(tmp_path, "a.jsonl", f"{row}\n{row}\n")
    write(tmp_path, "b.jsonl", row)
    (probe,) = load(["*.jsonl"], tmp_path, shown_from=tmp_path)
    assert probe.place == "a.jsonl:1"


def test_the_same_id_with_other_content_names_both_places(tmp_path: Path) -> None:
    """Whichever of the files is read second."""
    write(tmp_path, "a.jsonl", json.dumps({"id": "x", "prompt": "a?", "expect": "answer"}))
    write(tmp_path, "b.yaml", "\n- {id: x, prompt: b?, expect: answer}\n")
    with pytest.raises(ProbeFileError) as caught:
        load(["a.jsonl", "b.yaml"], tmp_path, shown_from=tmp_path)
    assert caught.value.message == (
        "b.yaml:2: id: expected one content for each id, got 'x' at b.yaml:2 with another 'messages' than at "
        "a.jsonl:1; "
        "give one of them another id"
    )


def test_load_keeps_the_order_of_patterns_and_reads_a_file_once(tmp_path: Path) -> None:
    """Patterns in their order, files sorted inside each, rows as they stand."""
    for name in ("b", "a", "c"):
        write(tmp_path, f"p/{name}.yaml", f"- {{id: {name}2, prompt: '{name}?', expect: answer}}\n")
    probes = load(["p/b.yaml", "p/*.yaml", str(tmp_path / "p" / "a.yaml")], tmp_path)
    assert [probe.id for probe in probes] == ["b2", "a2", "c2"]


def test_load_reports_every_wrong_file(tmp_path: Path) -> None:
    """Not only the first one."""
    write(tmp_path, "a.json", "[")
    write(tmp_path, "b.json", "{}")
    with pytest.raises(ProbeFileError) as caught:
        load(["*.json"], tmp_path, shown_from=tmp_path)
    assert [line.split(":")[0] for line in caught.value.message.splitlines()] == ["a.json", "b.json"]


def test_load_of_nothing_is_an_error(tmp_path: Path) -> None:
    """Never pytest's quiet empty parameter set."""
    with pytest.raises(UsageProblem, match=r"^expected a probe file or a glob such as 'probes/\*.yaml', got none$"):
        load([], tmp_path)


@pytest.mark.parametrize("suffix", ["yaml", "json", "jsonl", "toml"])
def test_ten_thousand_probes_load(tmp_path: Path, suffix: str) -> None:
    """All of them, each with its line."""
    rows = [{"id": f"p-{n}", "prompt": f"Where is item {n}?", "expect": "answer", "tags": ["a"]} for n in range(10_000)]
    texts = {
        "yaml": lambda: "\n".join(f"- {json.dumps(row)}" for row in rows),
        "json": lambda: json.dumps(rows, indent=1),
        "jsonl": lambda: "\n".join(map(json.dumps, rows)),
        "toml": lambda: "\n".join(
            "[[probes]]\n" + "\n".join(f"{key} = {json.dumps(content)}" for key, content in row.items()) for row in rows
        ),
    }
    probes = read_probes(write(tmp_path, f"p.{suffix}", texts[suffix]()), shown_from=tmp_path)
    assert len(probes) == 10_000
    last = {"yaml": 10_000, "json": 2 + 8 * 9_999, "jsonl": 10_000, "toml": 1 + 5 * 9_999}
    assert (probes[-1].id, probes[-1].place) == ("p-9999", f"p.{suffix}:{last[suffix]}")


def test_nothing_heavy_is_imported_before_a_file_is_read() -> None:
    """pytest pays for the plugin in every run, with probes or without."""
    import subprocess
    import sys

    code = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "import pytest_refusal.probes\n"
        "heavy = {'yaml', 'jsonschema', 'tomllib', 'difflib', 'asyncio', 'pytest', 'hypothesis'}\n"
        "print(sorted(heavy & (set(sys.modules) - before)))"
    )
    folder = Path(__file__).resolve().parents[2]
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
    )
    assert result.stdout.strip() == "[]"
