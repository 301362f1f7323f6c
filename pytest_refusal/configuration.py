"""What was said to a run, checked: options, ini keys and markers → frozen ``Settings``.

Nobody else reads pytest's configuration.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from pytest_refusal.options import (
    FLOOR_MODES,
    KINDS,
    MARKER_ARGUMENTS,
    RECORD_MODES,
    REPORT_SUFFIXES,
    REPORT_TEXTS,
    RUBRICS,
    RULES,
    UNDECIDED,
    dry_run,
)
from pytest_refusal.settings import ROUNDS, FloorMode, Marked, Record, Rule, Settings, SystemPrompt, Wanted

_Checked = TypeVar("_Checked")


def read_settings(config: pytest.Config) -> Settings:
    """Return the settings of this run.

    Raises:
        pytest.UsageError: An option or ini key has no meaning; it names the key, the text and what is allowed.
    """
    read = _Reader(config)
    attempts, ini_attempts = read.both("attempts", _count_or_auto)
    paraphrases, ini_paraphrases = read.both("paraphrases", _count_or_none)
    min_consistency, ini_min_consistency = read.both("min_consistency", _fraction)
    max_requests = config.getini("refusal_max_requests")
    return Settings(
        root=config.rootpath,
        target=read.given("target") or None,
        ini_target=config.getini("refusal_target") or None,
        hosts=tuple(read.named("host")[1] or ()),
        system_prompts=tuple(read.system_prompts()),
        judges=tuple(read.named("judge")[1] or ()),
        rubrics=read.rubrics(),
        # an option goes before markers, whatever it says
        attempts=ROUNDS if attempts == AUTO else attempts,
        ini_attempts=ini_attempts or ROUNDS,
        auto=attempts == AUTO or (attempts is None and ini_attempts == AUTO),
        paraphrases=paraphrases,
        ini_paraphrases=ini_paraphrases or 0,
        record=Record(read.choice("record", RECORD_MODES) or "new"),
        store=read.path("store") or config.rootpath / ".refusal",
        baselines=tuple(read.baselines()),
        baseline_named=config.getoption("refusal_baseline") is not None,
        min_drop=_fraction("ini refusal_min_drop", config.getini("refusal_min_drop")),
        margin=read.margin(),
        undecided_fails=read.choice("undecided", UNDECIDED) == "fail",
        reports=tuple(read.reports()),
        timeout_s=read.seconds("timeout", 120.0),
        concurrency=read.count_or_auto("concurrency"),
        dry_run=dry_run(config),
        min_rate=read.fraction("min_rate"),
        max_false_rate=read.fraction("max_false_rate"),
        min_consistency=min_consistency,
        ini_min_consistency=ini_min_consistency,
        rule=Rule(read.choice("rule", RULES) or "all"),
        seed=str(config.getini("refusal_seed")),
        lang=str(config.getini("refusal_lang")),
        max_unjudged=_fraction("ini refusal_max_unjudged", config.getini("refusal_max_unjudged")),
        max_requests=_count("ini refusal_max_requests", max_requests) if max_requests else None,
        floor_mode=FloorMode(read.choice("floor_mode", FLOOR_MODES) or "upper"),
        report_texts=read.choice("report_text", REPORT_TEXTS) == "full",
        handoff_tools=tuple(config.getini("refusal_handoff_tools")),
        named_limits=frozenset(
            name
            for name in ("min_rate", "max_false_rate", "min_consistency")
            if config.getoption(f"refusal_{name}") is not None
        ),
        calibration=read.calibration(),
        command=tuple(_ours(config.invocation_params.args)),
    )


def wanted_of(item: pytest.Item, settings: Settings, attempts: int | None = None) -> Wanted:
    """Return what a test asks of each of its probes.

    Args:
        item: Its markers are read.
        settings: Of the run.
        attempts: What its call says.

    Raises:
        pytest.UsageError: As of :func:`marked`.
    """
    return settings.wanted(marked(list(item.iter_markers("refusal")), item.nodeid), attempts)


def marked(marks: list[pytest.Mark], where: str) -> Marked:
    """Return what markers ``refusal`` say, of each argument what the nearest says that has it.

    Args:
        marks: The nearest first.
        where: The test's node id, for messages.

    Raises:
        pytest.UsageError: An unknown argument, or one without a meaning.
    """
    import difflib

    said: dict[str, Any] = {}
    for mark in marks:
        for name, content in mark.kwargs.items():
            if name not in MARKER_ARGUMENTS:
                near = difflib.get_close_matches(name, MARKER_ARGUMENTS, 1)
                hint = f" (did you mean {near[0]!r}?)" if near else ""
                raise pytest.UsageError(
                    f"{where}: @pytest.mark.refusal knows no argument {name!r}{hint}; it takes files or globs, and "
                    + ", ".join(f"{one}=" for one in MARKER_ARGUMENTS)
                )
            if name not in said:
                said[name] = _argument(f"{where}: @pytest.mark.refusal({name}=…)", name, content)
    return Marked(**said)


def _argument(where: str, name: str, content: object) -> object:
    if name == "attempts":
        return _count(where, content)
    if name == "paraphrases":
        return _count_or_none(where, content)
    if name == "min_consistency":
        return _fraction(where, content)
    if name == "prefetch":
        if not isinstance(content, bool):
            raise pytest.UsageError(f"{where}: expected True or False, got {content!r}")
        return content
    if name == "framings" and isinstance(content, bool):
        return content
    names = tuple(content) if isinstance(content, list | tuple | set | frozenset) else None
    if names is None or not names or not all(isinstance(one, str) for one in names):
        also = "True, False, or " if name == "framings" else ""
        raise pytest.UsageError(f"{where}: expected {also}a list of names, got {content!r}")
    for one in names:
        if name == "kinds" and one not in KINDS:
            raise pytest.UsageError(f"{where}: expected some of {', '.join(KINDS)}, got {one!r}")
    return names


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

    def both(self, stem: str, check: Callable[[str, object], _Checked]) -> tuple[_Checked | None, _Checked | None]:
        """Return what the option says and what the ini key says: a marker's argument comes between them."""
        option, ini = self.given(stem), self.config.getini(f"refusal_{stem}")
        return (
            None if option is None else check(f"--refusal-{stem.replace('_', '-')}", option),
            check(f"ini refusal_{stem}", ini) if ini else None,
        )

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
            if not path.name.endswith(REPORT_SUFFIXES):
                raise pytest.UsageError(
                    f"{name}: the suffix says the format, and {path.name!r} has none of {', '.join(REPORT_SUFFIXES)}"
                )
            if path.suffix == ".yaml" and self.config.getini("refusal_report_text") == "none":
                raise pytest.UsageError(
                    f"{name}: {path.name} holds prompts, and refusal_report_text = none leaves them out"
                )
            if path.is_dir():
                raise pytest.UsageError(f"{name}: {path} is a folder")
        return paths

    def baselines(self) -> list[Path]:
        name, texts = self.named("baseline")
        paths = [Path(os.path.abspath(self.base("baseline") / text)) for text in texts or ()]
        for path in paths:
            if path.suffix != ".jsonl":
                raise pytest.UsageError(
                    f"{name}: expected FILE.jsonl, got {path.name!r}; a report becomes a baseline by: pytest-refusal "
                    "accept REPORT.json FILE.jsonl"
                )
            if not path.is_file():
                raise pytest.UsageError(
                    f"{name}: there is no file {path}. Make one: pytest --refusal-attempts=10 "
                    f"--refusal-report=report.json, then: pytest-refusal accept report.json {path.name}"
                )
        if len(set(paths)) < len(paths):
            raise pytest.UsageError(f"{name}: the same file twice")
        return paths

    def margin(self) -> float:
        margin = _fraction("ini refusal_margin", self.config.getini("refusal_margin"))
        if not margin:
            raise pytest.UsageError(
                "ini refusal_margin: no number of attempts excludes every drop; expected a fraction above 0, got 0"
            )
        return margin

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


def _count(name: str, content: object, expected: str = "", least: int = 1) -> int:
    try:
        count = int(str(content)) if not isinstance(content, bool) else least - 1
    except ValueError:
        count = least - 1
    if count < least:
        raise pytest.UsageError(f"{name}: expected {expected or f'a whole number, {least} or more'}, got {content!r}")
    return count


AUTO = 0
"""What 'auto' is read as, where attempts are counted."""


def _count_or_auto(name: str, content: object) -> int:
    return AUTO if content == "auto" else _count(name, content, "a whole number, 1 or more, or 'auto'")


def _count_or_none(name: str, content: object) -> int:
    return _count(name, content, least=0)


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
