"""What all goals share: the options, a folder for a while, and the runs of ours and of bare pytest."""

from __future__ import annotations

import itertools
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import suites
from benchmarks.runs import Run, StandInProcess, Started

PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
PLUGIN = ("-p", "pytest_refusal.plugin")


@dataclass
class Bench:
    """The options of a benchmark.

    Attributes:
        folder: For suites and stores; thrown away at the end.
        python: The interpreter that is measured.
        runs: How often each configuration is run.
        quick: Small numbers: shows that a command works, its figures mean nothing.
        latency: L in seconds; None: the goal's own.
        tests: N; None: the goal's own.
        slots: The values of C; None: the goal's own.
    """

    folder: Path
    python: str
    runs: int = 5
    quick: bool = False
    latency: float | None = None
    tests: int | None = None
    slots: tuple[int, ...] | None = None
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def latency_of(self, usual: float = 0.2) -> float:
        """Return L, in seconds."""
        return self.latency or (min(usual, 0.05) if self.quick else usual)

    def count_of(self, usual: int) -> int:
        """Return N, the number of tests."""
        return self.tests or (min(usual, 24 if usual <= 200 else usual // 20) if self.quick else usual)

    def slots_of(self, *usual: int) -> tuple[int, ...]:
        """Return the values of C."""
        return self.slots or (usual[1:2] or usual if self.quick else usual)

    def suite(self, text: str, **filled: object) -> Path:
        """Write a suite of ``benchmarks.suites`` into a folder of its own and return that."""
        return suites.write_suite(self.folder / f"suite{next(self._numbers)}", text, **filled)

    def new_store(self) -> Path:
        """Return where a store may be that is not there yet."""
        return self.folder / f"store{next(self._numbers)}"

    def start(
        self, suite: Path, server: StandInProcess, concurrency: int | str, *more: str, store: Path | None = None
    ) -> Started:
        """Start pytest with the plug-in on a suite; ``store``: None: a fresh one, whose folder stays."""
        options = (
            "--refusal-target=ollama:shop",
            f"--refusal-host=127.0.0.1:{server.port}",
            "--refusal-attempts=1",
            f"--refusal-concurrency={concurrency}",
            f"--refusal-store={store or self.new_store()}",
        )
        return Started([self.python, *PYTEST, *PLUGIN, *options, *more], suite)

    def ours(self, suite: Path, server: StandInProcess, concurrency: int | str, *more: str) -> Run:
        """Run pytest with the plug-in on a suite and a fresh store; the server's stats begin anew."""
        server.reset()
        store = self.new_store()
        try:
            return self.start(suite, server, concurrency, *more, store=store).wait()
        finally:
            shutil.rmtree(store, ignore_errors=True)

    def bare(self, suite: Path, *more: str) -> Run:
        """Run pytest without the plug-in on a suite."""
        return Started([self.python, *PYTEST, *more], suite).wait()
