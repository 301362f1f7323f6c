"""The commands of ``benchmarks/`` work: small, once, and without looking at a time."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="they need os.wait4")


@pytest.mark.parametrize("command", ["busy", "exitfirst", "ceiling", "consistency", "framing", "gate", "wordings"])
def test_a_benchmark_measures_and_prints_its_figure_beside_its_goal(command: str) -> None:
    """A run that does another thing than it is measured for is an error, and exits with 1."""
    # without coverage, as they are run for their figures: it would double their time, and measure no line of its own
    plain = {name: text for name, text in os.environ.items() if not name.startswith("COVERAGE_")}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", command, "--quick"],
        cwd=ROOT,
        env=plain,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    header, _, *rows = [line for line in done.stdout.splitlines() if line.startswith("|")]
    assert re.fullmatch(r"\| goal +\| limit +\| measured \(median, min\.\.max\) +\| met +\|", header)
    assert rows
    for row in rows:
        assert re.search(r"\d \(|\d [A-Za-z/%]+ \(", row), row
