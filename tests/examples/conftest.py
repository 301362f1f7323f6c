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
from quiet import quiet

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
LEFT_BEHIND = shutil.ignore_patterns(".*", "__pycache__")
NOT_OURS = ("CI", "GITHUB_", "PYTEST_", "OLLAMA_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_COLOR", "FORCE_COLOR")
RUN_S = 120.0


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
        return self._run("pytest", *quiet(), *arguments, at=at)

    def pytest_refusal(self, *arguments: str, at: str = ".") -> Ran:
        """Run the console program there."""
        return self._run("pytest_refusal.cli", *arguments, at=at)

    def _run(self, module: str, *arguments: str, at: str) -> Ran:
        kept = {name: text for name, text in os.environ.items() if not name.upper().startswith(NOT_OURS)}
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=self.root / at,
            env={**kept, "PYTHONUTF8": "1", "COLUMNS": "80", "NO_PROXY": "*"},
            capture_output=True,
            encoding="utf-8",
            timeout=RUN_S,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def copied(tmp_path: Path) -> Copied:
    shutil.copytree(EXAMPLES, tmp_path / "examples", ignore=LEFT_BEHIND)
    return Copied(tmp_path)
