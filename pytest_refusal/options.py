"""Options, ini keys and markers → frozen ``Settings``. Nobody else reads pytest's configuration."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_refusal.settings import Settings, SystemPrompt

RECORD_MODES = ("new", "none", "all")
RULES = ("all", "majority")
FLOOR_MODES = ("upper", "lower", "point")
REPORT_TEXTS = ("full", "none")
REPORT_SUFFIXES = (".json", ".md")

STEMS = (
    "target",
    "host",
    "system_prompt",
    "judge",
    "attempts",
    "record",
    "store",
    "report",
    "timeout",
    "min_rate",
    "max_false_rate",
)
"""What is an option and an ini key of the same stem."""

INI_ALONE = (
    ("rule", "When the attempts of a probe count as one result: 'all' agree, or the 'majority'.", "all"),
    ("seed", "Part of every request's key, and so of its decoding seed: another text draws everything anew.", ""),
    ("lang", "Language code of probes that name none.", "en"),
    (
        "max_unjudged",
        "Fail the run if more than this fraction of the attempts of a condition and direction has no verdict: "
        "unclear, failed, or not run.",
        "0.05",
    ),
    ("max_requests", "Ask at most so many requests in one run; reaching it ends the asking (default: none).", ""),
    (
        "floor_mode",
        "How a limit on a rate is read: 'upper' is red when the one-sided 95 % Clopper-Pearson bound misses it, "
        "'lower' until that bound proves it, 'point' compares the rate itself.",
        "upper",
    ),
    ("report_text", "'full', or 'none' to leave prompts and answers out of the reports.", "full"),
)
"""Ini keys alone: stem, help, default."""

MARKER = (
    "refusal(*files, attempts=N): run the test once per probe of the files or globs (relative to the test's file), as "
    "the argument 'probe'. Every test that uses the fixture 'refusal' or a Probe carries it, so -m 'not refusal' "
    "leaves all of them out."
)
MARKER_ARGUMENTS = ("attempts",)


def add_options(parser: pytest.Parser) -> None:
    """Declare every option with its ini key of the same stem, and the keys that are ini alone."""
    group = parser.getgroup("refusal", "refusal testing of LLM applications (pytest-refusal)")

    def option(name: str, ini: str, text: str, kind: Any = "string", **more: Any) -> None:
        group.addoption(f"--refusal-{name}", default=None, help=text, **more)
        parser.addini(f"refusal_{name.replace('-', '_')}", ini, type=kind, default=None)

    option(
        "target",
        "Default for --refusal-target.",
        "What is asked: 'ollama:MODEL' (a model behind Ollama), 'package.module:name' (a function of yours), "
        "'replay:FILE' (a JSONL of prompt and response). Goes before the fixture refusal_target and the hook "
        "pytest_refusal_target; the ini key comes after both. (default: ini refusal_target)",
        metavar="TARGET",
    )
    option(
        "host",
        "Default for --refusal-host, one HOST a line.",
        "Address of the Ollama server; repeat it to share the work among several that serve the same model. "
        "(default: ini refusal_host, $OLLAMA_HOST, or 127.0.0.1:11434)",
        kind="linelist",
        action="append",
        metavar="HOST",
    )
    option(
        "system-prompt",
        "Default for --refusal-system-prompt, one [NAME=]FILE a line.",
        "A system prompt to ask under; repeat it to run every probe under each. The condition is named NAME, else by "
        "the file's stem; an empty file means no system message. (default: ini refusal_system_prompt, or none)",
        kind="linelist",
        action="append",
        metavar="[NAME=]FILE",
    )
    option(
        "judge",
        "Default for --refusal-judge.",
        "Who judges the answers: 'rules' (embedded, offline) or 'package.module:name' (a judge of yours). "
        "(default: ini refusal_judge, the hook pytest_refusal_judge, or rules)",
        metavar="JUDGE",
    )
    option(
        "attempts",
        "Default for --refusal-attempts.",
        "How often each probe is asked, 1 or more. Goes before a marker's attempts=. (default: ini refusal_attempts, "
        "or 3)",
        metavar="N",
    )
    option(
        "record",
        "Default for --refusal-record.",
        "Where responses come from. 'new': the store where the target is known to be the same, else the target; "
        "a callable without identity is always asked. 'none': the store alone; what it lacks fails its test. 'all': "
        "the target. (default: ini refusal_record, or new)",
        choices=RECORD_MODES,
    )
    option(
        "store",
        "Default for --refusal-store.",
        "Folder of the stored responses, text one can review. (default: ini refusal_store, or .refusal in the rootdir)",
        metavar="DIR",
    )
    option(
        "report",
        "Default for --refusal-report, one FILE a line.",
        "Write a report: FILE.json (everything; 'pytest-refusal schema report' prints where its schema is) or FILE.md "
        "(a summary for people). Repeatable. (default: ini refusal_report, or none)",
        kind="linelist",
        action="append",
        metavar="FILE",
    )
    option(
        "timeout",
        "Default for --refusal-timeout.",
        "Seconds to wait for an answer of a model server. (default: ini refusal_timeout, or 120)",
        metavar="S",
    )
    option(
        "min-rate",
        "Default for --refusal-min-rate.",
        "Fail the run if the refusal rate is below this fraction (0 to 1) under any condition; ini refusal_floor_mode "
        "says how sure that has to be. (default: ini refusal_min_rate, or no limit)",
        metavar="RATE",
    )
    option(
        "max-false-rate",
        "Default for --refusal-max-false-rate.",
        "Fail the run if the false-refusal rate is above this fraction (0 to 1) under any condition. "
        "(default: ini refusal_max_false_rate, or no limit)",
        metavar="RATE",
    )
    for name, text, default in INI_ALONE:
        parser.addini(f"refusal_{name}", text, default=default)
    parser.addini(
        "refusal_handoff_tools",
        "Tools that hand over to a person: calling one without a text is a refusal, not an act.",
        type="args",
        default=[],
    )


def named(config: pytest.Config) -> bool:
    """Return whether the command line or the ini file names an option of ours, so that a wrong one is met early."""
    return (
        any(config.getoption(f"refusal_{stem}") is not None for stem in STEMS)
        or any(config.getini(f"refusal_{stem}") for stem in STEMS)
        or any(config.getini(f"refusal_{stem}") != default for stem, _, default in INI_ALONE)
    )


def read_settings(config: pytest.Config) -> Settings:
    """Return the settings of this run.

    Raises:
        pytest.UsageError: An option or ini key has no meaning; it names the key, the text and what is allowed.
    """
    from pytest_refusal.settings import FloorMode, Record, Rule, Settings

    read = _Reader(config)
    attempts, ini_attempts = config.getoption("refusal_attempts"), config.getini("refusal_attempts")
    max_requests = config.getini("refusal_max_requests")
    return Settings(
        root=config.rootpath,
        target=read.given("target") or None,
        ini_target=config.getini("refusal_target") or None,
        hosts=tuple(read.named("host")[1] or ()),
        system_prompts=tuple(read.system_prompts()),
        judge=read.text("judge"),
        attempts=None if attempts is None else _count("--refusal-attempts", attempts),
        ini_attempts=_count("ini refusal_attempts", ini_attempts) if ini_attempts else 3,
        record=Record(read.choice("record", RECORD_MODES) or "new"),
        store=read.path("store") or config.rootpath / ".refusal",
        reports=tuple(read.reports()),
        timeout_s=read.seconds("timeout", 120.0),
        min_rate=read.fraction("min_rate"),
        max_false_rate=read.fraction("max_false_rate"),
        rule=Rule(read.choice("rule", RULES) or "all"),
        seed=str(config.getini("refusal_seed")),
        lang=str(config.getini("refusal_lang")),
        max_unjudged=_fraction("ini refusal_max_unjudged", config.getini("refusal_max_unjudged")),
        max_requests=_count("ini refusal_max_requests", max_requests) if max_requests else None,
        floor_mode=FloorMode(read.choice("floor_mode", FLOOR_MODES) or "upper"),
        report_texts=read.choice("report_text", REPORT_TEXTS) == "full",
        handoff_tools=tuple(config.getini("refusal_handoff_tools")),
        named_limits=frozenset(
            name for name in ("min_rate", "max_false_rate") if config.getoption(f"refusal_{name}") is not None
        ),
        command=tuple(_ours(config.invocation_params.args)),
    )


def marker_attempts(marks: list[pytest.Mark], where: str) -> int | None:
    """Return ``attempts`` of the nearest marker ``refusal`` that says it, or None; checks every argument by name.

    Raises:
        pytest.UsageError: An unknown argument, or no count of attempts.
    """
    import difflib

    found: int | None = None
    for mark in marks:
        for name in mark.kwargs:
            if name not in MARKER_ARGUMENTS:
                near = difflib.get_close_matches(name, MARKER_ARGUMENTS, 1)
                hint = f" (did you mean {near[0]!r}?)" if near else ""
                raise pytest.UsageError(
                    f"{where}: @pytest.mark.refusal knows no argument {name!r}{hint}; it takes files or globs, and "
                    + ", ".join(f"{one}=" for one in MARKER_ARGUMENTS)
                )
        if found is None and "attempts" in mark.kwargs:
            found = _count(f"{where}: @pytest.mark.refusal(attempts=…)", mark.kwargs["attempts"])
    return found


class _Reader:
    """Reads the option before the ini key; paths of the command line start in its folder, ini ones in the root."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.folder = config.invocation_params.dir

    def given(self, stem: str) -> Any:
        return self.config.getoption(f"refusal_{stem}", default=None)

    def named(self, stem: str) -> tuple[str, Any]:
        """Return (how to call it in a message, its content or None)."""
        option = self.given(stem)
        if option is not None:
            return f"--refusal-{stem.replace('_', '-')}", option
        return f"ini refusal_{stem}", self.config.getini(f"refusal_{stem}") or None

    def text(self, stem: str) -> str | None:
        text = self.named(stem)[1]
        return None if text is None else str(text)

    def choice(self, stem: str, allowed: tuple[str, ...]) -> str | None:
        name, text = self.named(stem)
        if text is None:
            return None
        if text not in allowed:
            raise pytest.UsageError(f"{name}: expected one of {', '.join(allowed)}, got {text!r}")
        return str(text)

    def fraction(self, stem: str) -> float | None:
        name, text = self.named(stem)
        return None if text is None else _fraction(name, text)

    def seconds(self, stem: str, default: float) -> float:
        name, text = self.named(stem)
        if text is None:
            return default
        try:
            seconds = float(text)
        except ValueError:
            seconds = 0.0
        if not 0 < seconds < float("inf"):
            raise pytest.UsageError(f"{name}: expected a number of seconds above 0, got {text!r}")
        return seconds

    def base(self, stem: str) -> Path:
        return self.folder if self.given(stem) is not None else self.config.rootpath

    def path(self, stem: str) -> Path | None:
        _, text = self.named(stem)
        return None if text is None else Path(os.path.abspath(self.base(stem) / str(text)))

    def reports(self) -> list[Path]:
        name, texts = self.named("report")
        paths = [Path(os.path.abspath(self.base("report") / text)) for text in texts or ()]
        for path in paths:
            if path.suffix not in REPORT_SUFFIXES:
                raise pytest.UsageError(
                    f"{name}: the suffix says the format, and {path.name!r} has none of {', '.join(REPORT_SUFFIXES)}"
                )
            if path.is_dir():
                raise pytest.UsageError(f"{name}: {path} is a folder")
        return paths

    def system_prompts(self) -> list[SystemPrompt]:
        from pytest_refusal.settings import SystemPrompt

        name, texts = self.named("system_prompt")
        prompts: dict[str, SystemPrompt] = {}
        for text in texts or ():
            base = self.base("system_prompt")
            label, equals, file = text.partition("=")
            if not equals or (base / text).is_file():
                label, file = Path(text).stem, text
            if not label:
                raise pytest.UsageError(f"{name}: expected [NAME=]FILE, got {text!r}")
            if label in prompts:
                raise pytest.UsageError(
                    f"{name}: two system prompts are called {label!r}; tell them apart by NAME=FILE, as in v2={file}"
                )
            prompts[label] = SystemPrompt(label, _read_prompt(name, base / file))
        return list(prompts.values())


def _read_prompt(name: str, path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise pytest.UsageError(f"{name}: {path} is not UTF-8 text (byte {error.start})") from None
    except OSError as error:
        raise pytest.UsageError(f"{name}: cannot read {path}: {error.strerror or error}") from None
    # an editor's last line end is no part of the prompt
    return text.rstrip("\n")


def _count(name: str, content: object) -> int:
    try:
        count = int(str(content)) if not isinstance(content, bool) else 0
    except ValueError:
        count = 0
    if count < 1:
        raise pytest.UsageError(f"{name}: expected a whole number, 1 or more, got {content!r}")
    return count


def _fraction(name: str, content: object) -> float:
    try:
        fraction = float(str(content))
    except ValueError:
        fraction = -1.0
    if not 0 <= fraction <= 1:
        hint = f" ({float(str(content)) / 100:g}?)" if 1 < fraction <= 100 else ""
        raise pytest.UsageError(f"{name}: expected a fraction from 0 to 1, got {content!r}{hint}")
    return fraction


def _ours(arguments: tuple[str, ...]) -> list[str]:
    """Return the arguments of the command line that a message has to repeat so that a test runs as it did."""
    kept: list[str] = []
    rest = iter(map(str, arguments))
    for argument in rest:
        if argument.startswith(("--refusal-", "-orefusal_")):
            given = [argument]
            if argument.startswith("--") and "=" not in argument:
                given += [next(rest, "")]
            # pasted, it must not write the report of one test over that of the run
            if not argument.startswith("--refusal-report"):
                kept += given
        elif argument in ("-o", "--override-ini"):
            override = next(rest, "")
            if override.startswith("refusal_"):
                kept += [argument, override]
        elif argument.startswith("--override-ini=refusal_"):
            kept.append(argument)
    return kept
