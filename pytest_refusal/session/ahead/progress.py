"""A line that says how far the asking is, on a terminal, while a test waits for an answer."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable

import pytest

from pytest_refusal.targets.slots import Concurrency

EVERY_S = 0.05
"""Drawn at most so often."""

RATE_S = 10.0
"""Answers a second are those of so many last seconds."""

LEAST_ROOM = 20
"""Columns; below that nothing is shown."""

SAVE, RESTORE, ERASE = "\x1b7", "\x1b8", "\x1b[K"


def is_watched(config: pytest.Config) -> bool:
    """Return whether somebody looks on: a terminal, not piped, not quiet, one process."""
    reporter = config.pluginmanager.getplugin("terminalreporter")
    return (
        reporter is not None
        and not hasattr(config, "workerinput")
        and bool(reporter.isatty())
        and config.get_verbosity() >= 0
        and os.environ.get("TERM") != "dumb"
    )


def text(done: int, total: int, in_flight: int, rate: float) -> str:
    """Return the line: ``120/600 answers, 16 in flight, 71/s, 7 s left``.

    Args:
        done: Attempts that the tests have seen the answer of.
        total: Attempts that are known to come.
        in_flight: Requests that a server has now.
        rate: Answers a second.
    """
    parts = [f"{done}/{max(total, done)} answers", f"{in_flight} in flight"]
    if rate > 0:
        parts.append(f"{rate:.0f}/s" if rate >= 10 else f"{rate:.1f}/s")
        if total > done:
            parts.append(f"{_duration((total - done) / rate)} left")
    return ", ".join(parts)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02} min"


class Progress:
    """Shows the line behind what pytest has printed, and takes it away before pytest prints more.

    Args:
        config: pytest's, of a run that is watched.
        total: Attempts that the tests are known to ask for.
        done: How many of them the tests have seen.
        concurrency: Knows the servers.
        clock: Seconds.
    """

    def __init__(
        self,
        config: pytest.Config,
        total: int,
        done: Callable[[], int],
        concurrency: Concurrency,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._reporter = config.pluginmanager.getplugin("terminalreporter")
        self._writer = config.get_terminal_writer()
        self._capture = config.pluginmanager.getplugin("capturemanager")
        self._total = total
        self._done = done
        self._concurrency = concurrency
        self._clock = clock
        self._shown = False
        self._drawn_s = float("-inf")
        self._seen: deque[tuple[float, int]] = deque([(clock(), 0)])

    def show(self) -> None:
        """Draw the line; called on the test's thread while it waits."""
        now_s = self._clock()
        if now_s - self._drawn_s < EVERY_S:
            return
        self._drawn_s = now_s
        room = self._writer.fullwidth - self._writer.width_of_current_line - 2
        if room < LEAST_ROOM:
            return
        line = text(self._done(), self._total, self._concurrency.flying, self._rate(now_s))
        self._shown = True
        self._write(f"{SAVE} {line[:room]}{ERASE}{RESTORE}")

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            self._shown = False
            self._write(ERASE)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self) -> None:
        self.clear()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self) -> None:
        self.clear()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logfinish(self) -> None:
        self.clear()

    @pytest.hookimpl(tryfirst=True)
    def pytest_keyboard_interrupt(self) -> None:
        self.clear()

    def _rate(self, now_s: float) -> float:
        answered = self._concurrency.answered
        self._seen.append((now_s, answered))
        while len(self._seen) > 2 and now_s - self._seen[0][0] > RATE_S:
            self._seen.popleft()
        begun_s, before = self._seen[0]
        return (answered - before) / (now_s - begun_s) if now_s > begun_s else 0.0

    def _write(self, content: str) -> None:
        # a test is running, and what is written would be taken for its output
        if self._capture is None:
            self._reporter.write_raw(content, flush=True)
            return
        with self._capture.global_and_fixture_disabled():
            self._reporter.write_raw(content, flush=True)
