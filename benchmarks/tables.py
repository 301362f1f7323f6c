"""Figures of several runs beside their goals."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

Measure = Callable[[], Mapping[str, float]]
"""One run: figures by name."""

HEAD = ("goal", "limit", "measured (median, min..max)", "met")


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of every run.

    Attributes:
        goal: What was measured, with the goal's number.
        figures: One per run.
        limit: The goal's figure; None: there is none, the row is there for comparison.
        unit: Behind the figures; ratios have none.
        at_least: The goal is a lower bound.
        digits: Behind the point.
        of: What a ratio is a ratio to, behind the limit.
    """

    goal: str
    figures: Sequence[float]
    limit: float | None = None
    unit: str = ""
    at_least: bool = False
    digits: int = 2
    of: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the median meets the goal; None without one."""
        if self.limit is None:
            return None
        median = statistics.median(self.figures)
        return median >= self.limit if self.at_least else median <= self.limit

    def cells(self, instead: str) -> tuple[str, str, str, str]:
        """Return the texts of the row; ``instead`` stands where it would say whether the goal is met."""
        unit = f" {self.unit}" if self.unit else ""
        limit = "-"
        if self.limit is not None:
            limit = f"{'≥' if self.at_least else '≤'} {self._text(self.limit)}{unit}"
        if self.of:
            limit = f"× {self.of}" if self.limit is None else f"{limit} × {self.of}"
        middle, low, high = (self._text(f(self.figures)) for f in (statistics.median, min, max))
        met = {None: "-", True: "yes", False: "no"}[self.met]
        return self.goal, limit, f"{middle}{unit} ({low}..{high})", instead or met

    def _text(self, figure: float) -> str:
        return f"{figure:.{self.digits}f}"


def table(rows: Iterable[Row], instead: str = "") -> str:
    """Return the rows as the README's table has them; ``instead`` of "met": why a goal does not stand here."""
    lines = [HEAD, *(row.cells(instead) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    texts = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    texts.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(texts)


def repeat(runs: int, measures: Mapping[str, Measure]) -> dict[str, dict[str, list[float]]]:
    """Measure all configurations in turn, so many times, so that a noisy minute meets all of them.

    Returns:
        Configuration → figure → one per run. Each run's figures also go to the standard error as they come.
    """
    seen: dict[str, dict[str, list[float]]] = {name: {} for name in measures}
    for run in range(runs):
        for name, measure in measures.items():
            figures = measure()
            for figure, amount in figures.items():
                seen[name].setdefault(figure, []).append(amount)
            told = ", ".join(f"{figure} {amount:.4g}" for figure, amount in figures.items())
            print(f"  run {run + 1} of {runs}, {name}: {told}", file=sys.stderr, flush=True)
    return seen


def machine(python: str) -> str:
    """Return a line on where the figures are from: cores, system, interpreter, pytest."""
    ask = "import platform as p, pytest; print(p.python_implementation(), p.python_version(), pytest.__version__)"
    told = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=True).stdout.split()
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, {told[0]} {told[1]}, pytest {told[2]}"
