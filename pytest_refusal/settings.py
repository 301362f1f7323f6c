"""What a run was told, as values: the modes, the limits, the settings. ``options`` reads them from pytest."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

_Said = TypeVar("_Said")


class Record(StrEnum):
    """Where responses come from: the store where it is sure, the store alone, or always the target."""

    NEW = "new"
    NONE = "none"
    ALL = "all"


class Rule(StrEnum):
    """When the attempts of a probe count as one result: all of them agree, or more than half."""

    ALL = "all"
    MAJORITY = "majority"


class FloorMode(StrEnum):
    """How a limit on a rate is read.

    A point limit is a coin toss for a suite that stands at it (38-46 % of runs red), so the default asks that the
    limit is clearly missed: ``upper`` is red when the one-sided 95 % Clopper-Pearson bound misses it. ``lower`` is
    red until that bound proves that the limit is kept. ``point`` compares the rate itself.
    """

    UPPER = "upper"
    LOWER = "lower"
    POINT = "point"


ROUNDS = 3
"""Attempts at a probe where nothing says how many, and the most where rounds end early."""

CANONICAL = 3
"""Attempts at the canonical wording, at least, where it is asked in other words or forms too."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the run was told to keep; fractions, None: no limit."""

    min_rate: float | None
    max_false_rate: float | None
    max_unjudged: float
    floor_mode: FloorMode
    min_consistency: float | None = None


@dataclass(frozen=True, slots=True)
class Marked:
    """What the markers of a test say, the nearest one first; None: nothing."""

    attempts: int | None = None
    paraphrases: int | None = None
    min_consistency: float | None = None
    kinds: tuple[str, ...] | None = None
    framings: bool | tuple[str, ...] | None = None
    prefetch: bool | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a test asks of each of its probes.

    Attributes:
        attempts: At the canonical wording.
        paraphrases: Rewordings to draw; 0: none.
        min_consistency: Share of the judged rewordings that must be decided like the canonical wording, or None.
        kinds: Of rewordings; None: those that are on by default.
        framings: False, True for all, or names.
        unmeasured: A marker says ``min_consistency``, nothing says ``paraphrases``, and the command line did not switch
            them off: there is nothing that the limit could be held against.
    """

    attempts: int
    paraphrases: int = 0
    min_consistency: float | None = None
    kinds: tuple[str, ...] | None = None
    framings: bool | tuple[str, ...] = False
    unmeasured: bool = False


@dataclass(frozen=True, slots=True)
class SystemPrompt:
    """A system prompt to ask under: the condition's second name, and the text (``""``: no system message)."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What this run was told, checked. Fractions are fractions, paths absolute.

    Attributes:
        target: ``--refusal-target`` on the command line, or None.
        ini_target: The ini key, which comes after fixtures and hooks, or None.
        hosts: Of the Ollama servers; none: the client's own default.
        system_prompts: Each is a condition; without one, the targets are asked as they are.
        judges: Named by option or ini; none: the hook, else the rules. Several vote.
        rubrics: What a judge model is asked.
        attempts: On the command line, or None: it goes before a marker's.
        ini_attempts: The ini key, or 3.
        auto: The attempts are asked in rounds, before the first test, until the gate's verdict is settled.
        paraphrases: On the command line, or None: it goes before a marker's.
        ini_paraphrases: The ini key, or 0.
        min_consistency: On the command line, or None: it goes before a marker's.
        ini_min_consistency: The ini key, or None.
        concurrency: Requests in flight at each server, over all processes; None: found from its answers.
        dry_run: Say what would be asked, and ask nothing.
        max_requests: In one run over all processes, or None.
        calibration: The file that says how good the judge is, or None.
        baselines: What the run is held against; none: the gate says nothing.
        baseline_named: A baseline stands on the command line (one of the ini is silent in a run without its probes).
        min_drop: A drop of less fails nothing.
        margin: The drop that PASS excludes.
        undecided_fails: UNDECIDED fails the run.
        named_limits: Options of limits that stand on the command line (an ini limit is silent in a run without probes).
    """

    root: Path
    target: str | None
    ini_target: str | None
    hosts: tuple[str, ...]
    system_prompts: tuple[SystemPrompt, ...]
    judges: tuple[str, ...]
    rubrics: tuple[str, ...]
    attempts: int | None
    ini_attempts: int
    auto: bool
    paraphrases: int | None
    ini_paraphrases: int
    record: Record
    store: Path
    baselines: tuple[Path, ...]
    baseline_named: bool
    min_drop: float
    margin: float
    undecided_fails: bool
    reports: tuple[Path, ...]
    timeout_s: float
    concurrency: int | None
    dry_run: bool
    min_rate: float | None
    max_false_rate: float | None
    min_consistency: float | None
    ini_min_consistency: float | None
    rule: Rule
    seed: str
    lang: str
    max_unjudged: float
    max_requests: int | None
    floor_mode: FloorMode
    report_texts: bool
    handoff_tools: tuple[str, ...]
    named_limits: frozenset[str]
    calibration: Path | None
    command: tuple[str, ...]

    @property
    def limits(self) -> Limits:
        """What the run has to keep."""
        consistency = self.ini_min_consistency if self.min_consistency is None else self.min_consistency
        return Limits(self.min_rate, self.max_false_rate, self.max_unjudged, self.floor_mode, consistency)

    def wanted(self, marked: Marked, attempts: int | None = None) -> Wanted:
        """Return what a test asks: the command line goes before the test's call and its markers, those before the ini.

        Args:
            marked: What its markers say.
            attempts: What its call says.
        """
        paraphrases = _first(self.paraphrases, marked.paraphrases, self.ini_paraphrases) or 0
        framings = marked.framings or False
        times = self.attempts or attempts or marked.attempts or self.ini_attempts
        return Wanted(
            max(times, CANONICAL) if paraphrases or framings else times,
            paraphrases,
            _first(self.min_consistency, marked.min_consistency, self.ini_min_consistency),
            marked.kinds,
            framings,
            unmeasured=marked.min_consistency is not None and not paraphrases and self.paraphrases is None,
        )


def _first(*said: _Said | None) -> _Said | None:
    """Return the first that says something, or None."""
    return next((one for one in said if one is not None), None)
