"""A copy of the examples for each test, and pytest runs in it, each in a process of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from forked import run
from quiet import quiet

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
LEFT_BEHIND = shutil.ignore_patterns(".*", "__pycache__")
NOT_OURS = ("CI", "GITHUB_", "PYTEST_", "OLLAMA_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_COLOR", "FORCE_COLOR")


@dataclass(frozen=True)
class Ran:
    """A run that is over."""

    status: int
    output: str
    errors: str

    @property
    def counts(self) -> dict[str, int]:
        """The outcomes of the last line: ``{"passed": 10, "failed": 4}``."""
        last = self.output.rstrip().rpartition("\n")[2]
        return {word: int(count) for count, word in re.findall(r"(\d+) (passed|failed|errors?|skipped|xfailed)", last)}


@dataclass(frozen=True)
class Copied:
    """The examples in a folder of the test's own; ``root`` is what a checkout would be."""

    root: Path

    def pytest(self, *arguments: str, at: str = ".") -> Ran:
        """Run pytest in the folder ``at`` of the root, with the environment's own options left out."""
        out, err = (self.root.parent / f"{self.root.name}-{name}" for name in ("out", "err"))
        status = run((*quiet(), *arguments), self.root / at, self._environment, out, err)
        return Ran(status, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))

    def pytest_refusal(self, *arguments: str, at: str = ".") -> Ran:
        """Run the console program there."""
        done = subprocess.run(
            [sys.executable, "-m", "pytest_refusal.cli", *arguments],
            cwd=self.root / at,
            env=self._environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    @property
    def _environment(self) -> dict[str, str]:
        kept = {name: text for name, text in os.environ.items() if not name.upper().startswith(NOT_OURS)}
        return {**kept, "PYTHONUTF8": "1", "COLUMNS": "80", "NO_PROXY": "*"}


@pytest.fixture
def copied(tmp_path: Path) -> Copied:
    shutil.copytree(EXAMPLES, tmp_path / "examples", ignore=LEFT_BEHIND)
    return Copied(tmp_path)
