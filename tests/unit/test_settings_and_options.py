"""``options`` and ``settings``: what a command line and an ini file come to, and a text for every mistake in them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest
from values import settings

from pytest_refusal import options
from pytest_refusal.configuration import marked, read_settings
from pytest_refusal.engine import Engine
from pytest_refusal.judges.models import rubrics
from pytest_refusal.options import (
    FLOOR_MODES,
    INI_ALONE,
    KINDS,
    MARKER_ARGUMENTS,
    RECORD_MODES,
    RUBRICS,
    RULES,
    STEMS,
    named,
)
from pytest_refusal.paraphrase import OperatorKind
from pytest_refusal.settings import FloorMode, Limits, Marked, Record, Rule, Settings, SystemPrompt

Configure = Callable[..., pytest.Config]


@pytest.fixture
def configure(pytester: pytest.Pytester) -> Configure:
    """Make a pytest config of a command line and ini lines; the plugin is loaded as installed, nothing is run."""

    def make(command: str = "", **ini: str) -> pytest.Config:
        lines = "\n".join(f"{name} = {content}" for name, content in ini.items())
        pytester.makeini(f"[pytest]\n{lines}\n")
        return pytester.parseconfig(*shlex.split(command))

    return make


@pytest.fixture
def read(configure: Configure) -> Callable[..., Settings]:
    """Read the settings of a command line and ini lines."""
    return lambda command="", **ini: read_settings(configure(command, **ini))


Read = Callable[..., Settings]


def wrong(read: Read, command: str = "", **ini: str) -> str:
    """Return the text of the mistake."""
    with pytest.raises(pytest.UsageError) as caught:
        read(command, **ini)
    return str(caught.value)


# Defaults, and who wins.


def test_a_run_that_was_told_nothing_has_these_settings(read: Read, pytester: pytest.Pytester) -> None:
    """The defaults of the design; nothing is asked unless a target is named."""
    assert read() == settings(root=pytester.path, store=pytester.path / ".refusal")


OPTIONS: dict[str, tuple[str, Any]] = {
    # option or key: how it is written, and what it comes to
    "target": ("bot:answer", "bot:answer"),
    "judge": ("shop:judge", ("shop:judge",)),
    "attempts": ("5", 5),
    "record": ("none", Record.NONE),
    "timeout": ("2.5", 2.5),
    "concurrency": ("16", 16),
    "min_rate": ("0.95", 0.95),
    "max_false_rate": ("0", 0.0),
}
FIELDS = {"timeout": "timeout_s", "judge": "judges"}


@pytest.mark.parametrize("stem", OPTIONS)
def test_an_option_is_read(stem: str, read: Read) -> None:
    """As its type."""
    text, expected = OPTIONS[stem]
    seen = read(f"--refusal-{stem.replace('_', '-')}={text}")
    assert getattr(seen, FIELDS.get(stem, stem)) == expected


@pytest.mark.parametrize("stem", OPTIONS)
def test_an_ini_key_of_the_same_stem_is_read(stem: str, read: Read) -> None:
    """Target and attempts have a place of their own: fixtures, hooks and markers come between."""
    text, expected = OPTIONS[stem]
    seen = read(**{f"refusal_{stem}": text})
    own = {"target": "ini_target", "attempts": "ini_attempts", **FIELDS}
    assert getattr(seen, own.get(stem, stem)) == expected
    if stem in ("target", "attempts"):
        assert getattr(seen, stem) is None


@pytest.mark.parametrize(
    ("command", "ini", "field", "expected"),
    [
        ("--refusal-judge=a:b", {"refusal_judge": "c:d"}, "judges", ("a:b",)),
        ("--refusal-record=all", {"refusal_record": "none"}, "record", Record.ALL),
        ("--refusal-timeout=1", {"refusal_timeout": "9"}, "timeout_s", 1.0),
        ("--refusal-min-rate=0.5", {"refusal_min_rate": "0.9"}, "min_rate", 0.5),
        ("--refusal-min-rate=0", {"refusal_min_rate": "0.9"}, "min_rate", 0.0),
        ("--refusal-host=a:1 --refusal-host=b:2", {"refusal_host": "c:3"}, "hosts", ("a:1", "b:2")),
        ("-o refusal_seed=monday", {"refusal_seed": "sunday"}, "seed", "monday"),
    ],
)
def test_the_command_line_goes_before_the_ini_file(
    command: str, ini: dict[str, str], field: str, expected: object, read: Read
) -> None:
    """Zero is said, too."""
    assert getattr(read(command, **ini), field) == expected


@pytest.mark.parametrize(
    ("key", "text", "field", "expected"),
    [
        ("rule", "majority", "rule", Rule.MAJORITY),
        ("seed", "drift-1", "seed", "drift-1"),
        ("lang", "de", "lang", "de"),
        ("max_unjudged", "0.2", "max_unjudged", 0.2),
        ("max_requests", "40", "max_requests", 40),
        ("floor_mode", "lower", "floor_mode", FloorMode.LOWER),
        ("report_text", "none", "report_texts", False),
        ("handoff_tools", "call_agent ask_human", "handoff_tools", ("call_agent", "ask_human")),
        ("host", "a:1\n  b:2", "hosts", ("a:1", "b:2")),
    ],
)
def test_a_key_that_is_ini_alone_is_read(key: str, text: str, field: str, expected: object, read: Read) -> None:
    """Lists in pytest's own ways."""
    assert getattr(read(**{f"refusal_{key}": text}), field) == expected


def test_what_a_judge_model_is_asked_by_default_is_what_its_room_says(read: Read) -> None:
    assert read().rubrics == rubrics.DEFAULT


def test_every_enum_is_what_an_option_offers() -> None:
    """Options name the words without loading the enums."""
    assert tuple(Record) == RECORD_MODES
    assert tuple(Rule) == RULES
    assert tuple(FloorMode) == FLOOR_MODES
    assert rubrics.NAMES == RUBRICS


def test_no_more_than_the_promised_names() -> None:
    """Each is a line of documentation and a thing to know; the design lists them."""
    promised = "target host system_prompt judge attempts paraphrases record store baseline report concurrency timeout"
    promised += " dry_run min_rate max_false_rate min_consistency"
    assert set(STEMS) <= set(promised.split())
    alone = "rule seed lang max_unjudged max_requests undecided min_drop margin floor_mode report_text handoff_tools"
    assert {stem for stem, _, _ in INI_ALONE} <= {*alone.split(), "history", "calibration", "rubrics"}


# A calibration.


def test_a_calibration_is_a_file_of_the_project(read: Read, pytester: pytest.Pytester) -> None:
    """Its path starts in the folder of the ini file, wherever pytest was started."""
    pytester.path.joinpath("ci").mkdir()
    (pytester.path / "ci" / "c.json").write_text("{}")
    assert read(refusal_calibration="ci/c.json").calibration == pytester.path / "ci" / "c.json"
    assert read().calibration is None


def test_a_calibration_that_is_not_there_says_how_to_make_it(read: Read, pytester: pytest.Pytester) -> None:
    assert wrong(read, refusal_calibration="c.json") == (
        f"ini refusal_calibration: there is no file {pytester.path / 'c.json'}; make it with: "
        "pytest-refusal calibrate LABELS --save c.json"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "c.json is damaged, or no JSON: Expecting property name"),
        ("{}", "c.json: expected the schema 'pytest-refusal/calibration/1', got 'None'; make it again with: "),
        ('{"schema": "pytest-refusal/calibration/1"}', "c.json is damaged (no 'judge'); make it again with: "),
    ],
)
def test_a_calibration_that_is_none_is_met_before_the_first_test(
    content: str, said: str, configure: Configure, pytester: pytest.Pytester
) -> None:
    """No surprise for the end of a run; a worker leaves it to the process that makes the report."""
    (pytester.path / "c.json").write_text(content)
    config = configure(refusal_calibration="c.json")
    with pytest.raises(pytest.UsageError, match=rf"^ini refusal_calibration: .*{re.escape(said)}"):
        Engine(config, read_settings(config))
    config.workerinput = {"testrunuid": "u", "workerid": "gw0", "workercount": 1}  # type: ignore[attr-defined]
    assert Engine(config, read_settings(config)).errors is None


# Paths.


def test_paths_of_the_command_line_start_where_pytest_was_started(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And those of the ini file in its folder."""
    root = pytester.path
    pytester.makeini("[pytest]\nrefusal_store = kept\nrefusal_report = out/ini.md\n")
    (root / "sub").mkdir()
    monkeypatch.chdir(root / "sub")
    seen = read_settings(pytester.parseconfig())
    assert (seen.root, seen.store, seen.reports) == (root, root / "kept", (root / "out" / "ini.md",))
    seen = read_settings(pytester.parseconfig("--refusal-store=../other", "--refusal-report=r.json"))
    assert (seen.store, seen.reports) == (root / "other", (root / "sub" / "r.json",))


def test_a_reports_suffix_says_its_format(read: Read, pytester: pytest.Pytester) -> None:
    """Another suffix, and a folder, are met before anything is asked."""
    seen = read("--refusal-report=a.json --refusal-report=b.md")
    assert seen.reports == (pytester.path / "a.json", pytester.path / "b.md")
    assert wrong(read, "--refusal-report=a.html") == (
        "--refusal-report: the suffix says the format, and 'a.html' has none of .probes.yaml, .json, .md"
    )
    assert wrong(read, refusal_report="noformat").startswith("ini refusal_report: the suffix says the format")
    (pytester.path / "x.md").mkdir()
    assert wrong(read, "--refusal-report=x.md") == f"--refusal-report: {pytester.path / 'x.md'} is a folder"


# System prompts.


@pytest.fixture
def prompts(pytester: pytest.Pytester) -> Path:
    """A folder with system prompts."""
    folder = pytester.path / "prompts"
    folder.mkdir()
    (folder / "strict.md").write_bytes("\ufeffBe strict.\r\nAlways.\n\n".encode())
    (folder / "loose.md").write_text("Be kind: größte Mühe.", encoding="utf-8")
    (folder / "none.txt").write_text("\n", encoding="utf-8")
    (folder / "a=b.md").write_text("Equals.", encoding="utf-8")
    (folder / "latin.md").write_bytes(b"caf\xe9")
    return folder


def test_system_prompts_are_named_by_their_file_or_by_their_user(prompts: Path, read: Read) -> None:
    """In the order they were given; an empty file means no system message."""
    command = "--refusal-system-prompt=prompts/loose.md --refusal-system-prompt=v2=prompts/loose.md"
    command += " --refusal-system-prompt=prompts/none.txt --refusal-system-prompt=prompts/a=b.md"
    assert read(command).system_prompts == (
        SystemPrompt("loose", "Be kind: größte Mühe."),
        SystemPrompt("v2", "Be kind: größte Mühe."),
        SystemPrompt("none", ""),
        SystemPrompt("a=b", "Equals."),
    )


def test_an_editors_marks_are_no_part_of_a_prompt(prompts: Path, read: Read) -> None:
    """Byte order mark, kind of line ends, the last line's end: the same prompt on every machine."""
    (one,) = read("--refusal-system-prompt=prompts/strict.md").system_prompts
    assert one.text == "Be strict.\nAlways."


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["prompts/no.md"], "--refusal-system-prompt: cannot read {folder}/no.md: No such file or directory"),
        (["prompts"], "--refusal-system-prompt: cannot read {folder}: Is a directory"),
        (["prompts/latin.md"], "--refusal-system-prompt: {folder}/latin.md is not UTF-8 text (byte 3)"),
        (["=prompts/loose.md"], "--refusal-system-prompt: expected [NAME=]FILE, got '=prompts/loose.md'"),
        (
            ["prompts/loose.md", "loose=prompts/none.txt"],
            "--refusal-system-prompt: two system prompts are called 'loose'; tell them apart by NAME=FILE, as in "
            "v2=prompts/none.txt",
        ),
    ],
)
def test_a_system_prompt_that_cannot_be_used_says_why(texts: list[str], said: str, prompts: Path, read: Read) -> None:
    """The file, and the way out."""
    command = " ".join(f"--refusal-system-prompt={text}" for text in texts)
    assert wrong(read, command) == said.format(folder=prompts)


# What has no meaning.


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        *(("95", " (0.95?)"), ("2", " (0.02?)"), ("100", " (1?)"), ("101", ""), ("-0.1", "")),
        *(("95%", ""), ("nan", ""), ("high", ""), ("inf", "")),
    ],
)
def test_percent_for_a_fraction_is_a_mistake_with_a_hint(text: str, hint: str, read: Read) -> None:
    """By every name that takes a fraction."""
    said = f"expected a fraction from 0 to 1, got {text!r}{hint}"
    assert wrong(read, f"--refusal-min-rate={text}") == f"--refusal-min-rate: {said}"
    assert wrong(read, f"--refusal-max-false-rate={text}") == f"--refusal-max-false-rate: {said}"
    assert wrong(read, refusal_min_rate=text) == f"ini refusal_min_rate: {said}"
    assert wrong(read, refusal_max_unjudged=text) == f"ini refusal_max_unjudged: {said}"


@pytest.mark.parametrize("text", ["0", "-1", "2.5", "three", "1e3"])
def test_a_count_is_a_whole_number_from_1_on(text: str, read: Read) -> None:
    """Attempts and requests."""
    said = f"expected a whole number, 1 or more, or 'auto', got {text!r}"
    assert wrong(read, f"--refusal-attempts={text}") == f"--refusal-attempts: {said}"
    assert wrong(read, refusal_attempts=text) == f"ini refusal_attempts: {said}"
    said = f"expected a whole number, 1 or more, got {text!r}"
    assert wrong(read, refusal_max_requests=text) == f"ini refusal_max_requests: {said}"


def test_attempts_auto_goes_before_a_markers_number_on_the_command_line_alone(read: Read) -> None:
    said = Marked(attempts=7)
    assert (read("--refusal-attempts=auto").auto, read("--refusal-attempts=auto").wanted(said).attempts) == (True, 3)
    assert (read(refusal_attempts="auto").auto, read(refusal_attempts="auto").wanted(said).attempts) == (True, 7)
    assert not read("--refusal-attempts=5", refusal_attempts="auto").auto


@pytest.mark.parametrize("text", ["0", "1.5", "five"])
def test_a_margin_is_a_fraction_above_0(text: str, read: Read) -> None:
    """No number of attempts excludes every drop."""
    assert wrong(read, refusal_margin=text).startswith("ini refusal_margin: ")
    assert read(refusal_margin="0.1").margin == 0.1
    assert (read().margin, read().min_drop, read().undecided_fails) == (0.05, 0.01, False)


def test_concurrency_is_a_number_or_auto(read: Read) -> None:
    """The command line goes before the ini file, also back to auto."""
    assert read().concurrency is None
    assert read("--refusal-concurrency=auto").concurrency is None
    assert read("--refusal-concurrency=auto", refusal_concurrency="4").concurrency is None
    assert read(refusal_concurrency="4").concurrency == 4
    said = "expected a whole number, 1 or more, or 'auto', got '0'"
    assert wrong(read, "--refusal-concurrency=0") == f"--refusal-concurrency: {said}"
    assert wrong(read, refusal_concurrency="0") == f"ini refusal_concurrency: {said}"


def test_a_dry_run_is_an_option_or_an_ini_key(read: Read) -> None:
    assert not read().dry_run
    assert read("--refusal-dry-run").dry_run
    assert read(refusal_dry_run="true").dry_run


@pytest.mark.parametrize("text", ["0", "-3", "nan", "inf", "soon"])
def test_a_timeout_is_a_number_of_seconds_above_0(text: str, read: Read) -> None:
    """No timeout at all is not offered."""
    said = f"expected a number of seconds above 0, got {text!r}"
    assert wrong(read, f"--refusal-timeout={text}") == f"--refusal-timeout: {said}"
    assert wrong(read, refusal_timeout=text) == f"ini refusal_timeout: {said}"


@pytest.mark.parametrize(
    ("key", "allowed"),
    [("record", RECORD_MODES), ("rule", RULES), ("floor_mode", FLOOR_MODES), ("report_text", ("full", "none"))],
)
def test_a_word_that_is_none_of_a_modes_says_which_there_are(key: str, allowed: tuple[str, ...], read: Read) -> None:
    """In an ini file too, where pytest itself knows no choices."""
    said = f"ini refusal_{key}: expected one of {', '.join(allowed)}, got 'every'"
    assert wrong(read, **{f"refusal_{key}": "every"}) == said


# What else a run is told.


@pytest.mark.parametrize(
    ("command", "limits"),
    [
        ("", frozenset()),
        ("--refusal-min-rate=0.9", frozenset({"min_rate"})),
        ("--refusal-min-rate=0.9 --refusal-max-false-rate=0", frozenset({"min_rate", "max_false_rate"})),
    ],
)
def test_limits_of_the_command_line_are_remembered(command: str, limits: frozenset[str], read: Read) -> None:
    """A limit that was typed is not met by a run without probes; one of the ini file is silent there."""
    assert read(command, refusal_max_false_rate="0.5").named_limits == limits


@pytest.mark.parametrize(
    ("command", "kept"),
    [
        ("", []),
        ("-q -x --refusal-target=bot:answer", ["--refusal-target=bot:answer"]),
        ("--refusal-target bot:answer -q", ["--refusal-target", "bot:answer"]),
        ("-o refusal_rule=majority -o xfail_strict=true", ["-o", "refusal_rule=majority"]),
        ("-orefusal_rule=majority", ["-orefusal_rule=majority"]),
        ("--refusal-host=a:1 -v --refusal-host=b:2", ["--refusal-host=a:1", "--refusal-host=b:2"]),
    ],
)
def test_a_message_repeats_our_part_of_the_command(command: str, kept: list[str], read: Read) -> None:
    """So that the one test runs as it did."""
    assert list(read(command).command) == kept


@pytest.mark.parametrize(
    ("command", "ini", "expected"),
    [
        ("", {}, False),
        ("-q", {"xfail_strict": "true"}, False),
        ("--refusal-attempts=3", {}, True),
        ("", {"refusal_target": "bot:answer"}, True),
        ("", {"refusal_rule": "majority"}, True),
        ("-o refusal_max_unjudged=0.1", {}, True),
    ],
)
def test_a_run_that_names_an_option_of_ours_is_known(
    command: str, ini: dict[str, str], expected: bool, configure: Configure
) -> None:
    """So that a wrong one is met early, and other projects pay nothing."""
    assert named(configure(command, **ini)) is expected


# Markers.


def marks(*several: dict[str, Any]) -> list[pytest.Mark]:
    return [pytest.mark.refusal(**one).mark for one in several]


@pytest.mark.parametrize(
    ("several", "expected"),
    [
        ([], None),
        ([{}], None),
        ([{"attempts": 5}], 5),
        ([{"attempts": 5}, {"attempts": 9}], 5),
        ([{}, {"attempts": 9}], 9),
    ],
)
def test_the_nearest_marker_that_says_attempts_counts(several: list[dict[str, Any]], expected: int | None) -> None:
    """pytest lists the nearest first."""
    assert marked(marks(*several), "test_x.py::test_y").attempts == expected


def test_each_argument_of_a_marker_is_the_nearest_that_says_it() -> None:
    """A class says how many wordings, its test how consistent."""
    said = marked(marks({"min_consistency": 1}, {"paraphrases": 0, "kinds": ["frame"]}, {"min_consistency": 0.5}), "x")
    assert said == Marked(paraphrases=0, min_consistency=1.0, kinds=("frame",))


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("paraphrases", -1, "a whole number, 0 or more"),
        ("min_consistency", 95, "a fraction from 0 to 1"),
        ("kinds", "frame", "a list of names"),
        ("kinds", [], "a list of names"),
        ("kinds", ["typo"], "some of frame, opener"),
        ("framings", "role", "True, False, or a list of names"),
        ("framings", [1], "True, False, or a list of names"),
        ("prefetch", 1, "True or False"),
    ],
)
def test_an_argument_without_a_meaning_is_said_with_its_test(name: str, content: object, expected: str) -> None:
    with pytest.raises(pytest.UsageError, match=expected) as caught:
        marked(marks({name: content}), "test_x.py::test_y")
    assert str(caught.value).startswith(f"test_x.py::test_y: @pytest.mark.refusal({name}=…): expected ")


def test_kinds_are_those_of_the_tables() -> None:
    """Said once more, so that reading a marker loads no table."""
    assert set(KINDS) == set(OperatorKind)


def test_an_unknown_argument_of_a_marker_says_what_is_close_and_where() -> None:
    """A typo must not quietly mean the default; the outer marker is checked too."""
    with pytest.raises(pytest.UsageError) as caught:
        marked(marks({"attempts": 2}, {"attempt": 5}), "test_x.py::test_y")
    assert str(caught.value).startswith(
        "test_x.py::test_y: @pytest.mark.refusal knows no argument 'attempt' (did you mean 'attempts'?); it takes "
        "files or globs, and "
    )
    assert all(f"{name}=" in str(caught.value) for name in MARKER_ARGUMENTS)
    with pytest.raises(pytest.UsageError, match=r"knows no argument 'zzz'; it takes"):
        marked(marks({"zzz": 1}), "here")


@pytest.mark.parametrize("count", [0, -1, True, 2.5, "many", None])
def test_a_markers_attempts_are_a_count(count: object) -> None:
    """True is no 1."""
    with pytest.raises(pytest.UsageError) as caught:
        marked(marks({"attempts": count}), "test_x.py::test_y")
    assert str(caught.value) == (
        f"test_x.py::test_y: @pytest.mark.refusal(attempts=…): expected a whole number, 1 or more, got {count!r}"
    )


# Settings.


@pytest.mark.parametrize(
    ("command", "marker", "ini", "expected"),
    [(None, None, 3, 3), (None, None, 7, 7), (None, 5, 7, 5), (2, 5, 7, 2), (2, None, 7, 2)],
)
def test_the_command_line_then_the_marker_then_the_ini_key_says_how_often(
    command: int | None, marker: int | None, ini: int, expected: int
) -> None:
    """A typed number is for this run; a marker knows its test."""
    assert settings(attempts=command, ini_attempts=ini).wanted(Marked(attempts=marker)).attempts == expected


@pytest.mark.parametrize(
    ("command", "marker", "ini", "expected"), [(None, None, 0, 0), (None, None, 9, 9), (None, 5, 9, 5), (0, 5, 9, 0)]
)
def test_other_wordings_are_said_by_the_command_line_then_the_marker_then_the_ini_key(
    command: int | None, marker: int | None, ini: int, expected: int
) -> None:
    """And 0 on the command line switches them off for this run."""
    wanted = settings(paraphrases=command, ini_paraphrases=ini).wanted(Marked(paraphrases=marker))
    assert wanted.paraphrases == expected


@pytest.mark.parametrize(("said", "expected"), [(Marked(), 1), (Marked(paraphrases=5), 3), (Marked(framings=True), 3)])
def test_what_is_asked_in_other_words_is_asked_three_times_in_its_own(said: Marked, expected: int) -> None:
    """Every rewording is held against the decision on the canonical wording, and one answer is no decision."""
    assert settings(attempts=1).wanted(said).attempts == expected


@pytest.mark.parametrize(
    ("command", "marker", "ini", "unmeasured"),
    [(None, None, 0, True), (None, 0, 0, True), (None, 5, 0, False), (None, None, 5, False), (0, 5, 5, False)],
)
def test_a_markers_limit_on_other_wordings_that_nobody_asks_for_is_not_measured(
    command: int | None, marker: int | None, ini: int, unmeasured: bool
) -> None:
    """What the command line switches off is left out, and nobody's failure."""
    told = settings(paraphrases=command, ini_paraphrases=ini)
    assert told.wanted(Marked(paraphrases=marker, min_consistency=0.9)).unmeasured is unmeasured
    assert not told.wanted(Marked(paraphrases=marker)).unmeasured


def test_limits_are_five_of_the_settings() -> None:
    """What the end of the run needs and no more."""
    told = settings(min_rate=0.9, max_false_rate=0.1, max_unjudged=0.2, floor_mode=FloorMode.POINT)
    assert told.limits == Limits(0.9, 0.1, 0.2, FloorMode.POINT)
    assert settings(ini_min_consistency=0.7).limits.min_consistency == 0.7
    assert settings(min_consistency=0.0, ini_min_consistency=0.7).limits.min_consistency == 0.0


def test_settings_are_frozen() -> None:
    """Nobody changes them on the way."""
    with pytest.raises(FrozenInstanceError):
        settings().min_rate = 1.0  # type: ignore[misc]


def test_no_message_names_an_option_that_is_not_there() -> None:
    """A way out that does not exist is worse than none."""
    package = Path(options.__file__).parent
    named = {
        option
        for file in package.rglob("*.py")
        for option in re.findall(r"--refusal-[a-z]+(?:-[a-z]+)*", file.read_text(encoding="utf-8"))
    }
    assert named <= {f"--refusal-{stem.replace('_', '-')}" for stem in options.STEMS}
