"""Whole processes and what they cost; the stand-in as a process."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

HERE = Path(__file__).parent

FOREIGN = (
    "PYTHONDONTWRITEBYTECODE",
    "PYTEST_ADDOPTS",
    "PYTEST_PLUGINS",
    "PYTEST_XDIST_AUTO_NUM_WORKERS",
    "OLLAMA_HOST",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
)
"""Environment variables that would change what is measured; the last three in small letters too."""


class WrongRun(Exception):
    """A run did not do what it is measured for; the text has the end of its output."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a process cost, from before it was started until it was gone.

    Attributes:
        started: By ``time.time()``, just before.
        wall_s: Seconds on the clock.
        cpu_s: User and system time, of its own children too.
        rss_mb: Peak of its resident memory in MB (2^20 bytes), of the largest process alone.
        status: Its exit status; negative: the signal that ended it.
        output: What it printed, both streams.
    """

    started: float
    wall_s: float
    cpu_s: float
    rss_mb: float
    status: int
    output: str

    @property
    def passed(self) -> int:
        """How many tests passed, by pytest's last lines."""
        found = re.findall(r"(\d+) passed", self.output[-2000:])
        return int(found[-1]) if found else 0

    def checked(self, passed: int, status: int = 0) -> Run:
        """Return itself.

        Raises:
            WrongRun: Another number of tests passed, or its exit status is another.
        """
        if (self.passed, self.status) != (passed, status):
            raise WrongRun(
                f"{self.passed} tests passed, exit status {self.status}; expected {passed} and {status}:\n"
                f"{self.output[-3000:]}"
            )
        return self


class Started:
    """A process that runs; ``wait`` returns what it cost.

    Args:
        command: Program and arguments.
        folder: Where it runs.
        environment: Set beside what this process has.
        timeout_s: It is killed after so long.
    """

    def __init__(
        self, command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None, timeout_s: float = 900
    ) -> None:
        self._output = tempfile.TemporaryFile()  # noqa: SIM115  # closed by wait
        self.started = time.time()
        self._begun = time.perf_counter()
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env=child_environment(environment),
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )
        self._killer = threading.Timer(timeout_s, self._process.kill)
        self._killer.daemon = True
        self._killer.start()

    def interrupt(self) -> None:
        """Do what Ctrl-C does."""
        os.kill(self._process.pid, signal.SIGINT)

    def wait(self) -> Run:
        """Wait for its end."""
        # only wait4 tells what this child cost, apart from those before it
        _, status, usage = os.wait4(self._process.pid, 0)
        wall_s = time.perf_counter() - self._begun
        self._process.returncode = os.waitstatus_to_exitcode(status)
        self._killer.cancel()
        with self._output as output:
            output.seek(0)
            text = output.read().decode("utf-8", "replace")
        return Run(
            self.started,
            wall_s,
            usage.ru_utime + usage.ru_stime,
            _megabytes(usage.ru_maxrss),
            self._process.returncode,
            text,
        )


def child_environment(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's environment without what would change a measurement; no plug-in loads itself."""
    foreign = {*FOREIGN, *(name.lower() for name in FOREIGN)}
    kept = {name: text for name, text in os.environ.items() if name not in foreign}
    return {**kept, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **(environment or {})}


def compile_packages(python: str, names: Sequence[str]) -> None:
    """Write the byte code of packages, so that no run pays for it; one that is not there is left out."""
    where = (
        "import importlib.util, os, sys\n"
        "for name in sys.argv[1:]:\n"
        "    found = importlib.util.find_spec(name)\n"
        "    if found and found.origin: print(os.path.dirname(found.origin))\n"
    )
    environment = child_environment()
    asked = subprocess.run(
        [python, "-c", where, *names], env=environment, cwd=HERE, capture_output=True, text=True, check=True
    )
    # a folder that cannot be written to is no error here: an unmeasured run follows, and shows what is wrong
    command = [python, "-m", "compileall", "-q", *asked.stdout.splitlines()]
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def has_module(python: str, name: str) -> bool:
    """Return whether an interpreter has a module; nothing of it is run."""
    command = [python, "-c", "import importlib.util, sys; sys.exit(not importlib.util.find_spec(sys.argv[1]))", name]
    return subprocess.run(command, env=child_environment(), cwd=HERE, check=False, capture_output=True).returncode == 0


def own_rss_mb() -> float:
    """Return the peak memory of this process: no child is measured below it, for it begins as this one's copy."""
    import resource

    return _megabytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _megabytes(maxrss: int) -> float:
    # kilobytes, but on macOS bytes
    return maxrss / (2**20 if sys.platform == "darwin" else 2**10)


class StandInProcess:
    """The stand-in as a process of its own; a context manager.

    Args:
        latency_s: L.
        slots: C.
        queue: How many may wait; None: any number.
        durations: Answers tell their times.
        refuses: What has this word in it is refused.
    """

    def __init__(
        self, latency_s: float, slots: int, queue: int | None = None, durations: bool = True, refuses: str = "secret"
    ) -> None:
        self.latency_s = latency_s
        self.slots = slots
        self._arguments = [f"--latency={latency_s}", f"--slots={slots}", f"--refuses={refuses}"]
        self._arguments += [] if queue is None else [f"--queue={queue}"]
        self._arguments += [] if durations else ["--no-durations"]

    def __enter__(self) -> StandInProcess:
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "stand_in.py"), *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
        with suppress(OSError), self._process:
            assert self._process.stdin is not None
            self._process.stdin.close()

    def stats(self) -> dict[str, Any]:
        """Return what happened since the last reset; the keys are the fields of ``stand_in.Stats``."""
        return self._get("/stats")

    def reset(self) -> None:
        """Forget what happened."""
        self._get("/reset")

    def limit_s(self, count: int) -> float:
        """Return the seconds that so many chats take at least: whole waves."""
        return -(-count // self.slots) * self.latency_s

    def _get(self, path: str) -> dict[str, Any]:
        try:
            self._connection.request("GET", path)
            answer: dict[str, Any] = json.loads(self._connection.getresponse().read())
        except OSError as error:
            raise WrongRun(f"the stand-in does not answer, exit status {self._process.poll()}: {error}") from error
        return answer
