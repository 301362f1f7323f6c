"""What a run was told, as values: the modes, the limits, the settings. ``options`` reads them from pytest."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


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


@dataclass(frozen=True, slots=True)
class Limits:
    """What the run was told to keep; fractions, None: no limit."""

    min_rate: float | None
    max_false_rate: float | None
    max_unjudged: float
    floor_mode: FloorMode


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
        concurrency: Requests in flight at each server, over all processes; None: found from its answers.
        dry_run: Say what would be asked, and ask nothing.
        max_requests: In one run over all processes, or None.
        calibration: The file that says how good the judge is, or None.
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
    record: Record
    store: Path
    reports: tuple[Path, ...]
    timeout_s: float
    concurrency: int | None
    dry_run: bool
    min_rate: float | None
    max_false_rate: float | None
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
        return Limits(self.min_rate, self.max_false_rate, self.max_unjudged, self.floor_mode)

    def attempts_of(self, marker: int | None) -> int:
        """Return how often a probe is asked: the command line, the marker, the ini key, 3."""
        return self.attempts or marker or self.ini_attempts
