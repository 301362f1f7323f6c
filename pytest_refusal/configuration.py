"""What was said to a run, checked: options, ini keys and markers → frozen ``Settings``.

Nobody else reads pytest's configuration.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from pytest_refusal.options import (
    FLOOR_MODES,
    MARKER_ARGUMENTS,
    RECORD_MODES,
    REPORT_SUFFIXES,
    REPORT_TEXTS,
    RUBRICS,
    RULES,
    dry_run,
)
from pytest_refusal.settings import FloorMode, Record, Rule, Settings, SystemPrompt


def read_settings(config: pytest.Config) -> Settings:
    """Return the settings of this run.

    Raises:
        pytest.UsageError: An option or ini key has no meaning; it names the key, the text and what is allowed.
    """
    read = _Reader(config)
    attempts, ini_attempts = config.getoption("refusal_attempts"), config.getini("refusal_attempts")
    max_requests = config.getini("refusal_max_requests")
    return Settings(
        root=config.rootpath,
        target=read.given("target") or None,
        ini_target=config.getini("refusal_target") or None,
        hosts=tuple(read.named("host")[1] or ()),
        system_prompts=tuple(read.system_prompts()),
        judges=tuple(read.named("judge")[1] or ()),
        rubrics=read.rubrics(),
        attempts=None if attempts is None else _count("--refusal-attempts", attempts),
        ini_attempts=_count("ini refusal_attempts", ini_attempts) if ini_attempts else 3,
        record=Record(read.choice("record", RECORD_MODES) or "new"),
        store=read.path("store") or config.rootpath / ".refusal",
        reports=tuple(read.reports()),
        timeout_s=read.seconds("timeout", 120.0),
        concurrency=read.count_or_auto("concurrency"),
        dry_run=dry_run(config),
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
        calibration=read.calibration(),
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

    def rubrics(self) -> tuple[str, ...]:
        names = tuple(self.config.getini("refusal_rubrics"))
        for name in names:
            if name not in RUBRICS:
                raise pytest.UsageError(f"ini refusal_rubrics: expected some of {', '.join(RUBRICS)}, got {name!r}")
        return names

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

    def count_or_auto(self, stem: str) -> int | None:
        name, text = self.named(stem)
        if text is None or text == "auto":
            return None
        return _count(name, text, "a whole number, 1 or more, or 'auto'")

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

    def calibration(self) -> Path | None:
        text = self.config.getini("refusal_calibration")
        if not text:
            return None
        path = Path(os.path.abspath(self.config.rootpath / str(text)))
        # a worker on another machine need not have it: the report is made where reports arrive
        if not path.is_file() and not hasattr(self.config, "workerinput"):
            raise pytest.UsageError(
                f"ini refusal_calibration: there is no file {path}; make it with: "
                f"pytest-refusal calibrate LABELS --save {text}"
            )
        return path

    def system_prompts(self) -> list[SystemPrompt]:
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


def _count(name: str, content: object, expected: str = "a whole number, 1 or more") -> int:
    try:
        count = int(str(content)) if not isinstance(content, bool) else 0
    except ValueError:
        count = 0
    if count < 1:
        raise pytest.UsageError(f"{name}: expected {expected}, got {content!r}")
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
