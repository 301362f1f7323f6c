"""Pytest runs inside tests: each in a process of its own, forked from one that has everything imported.

Importing is most of what such a run costs, and it is measured line by line under coverage. A run's process shares
nothing with another's but what is there right after the imports. Two servers take turns, so runs that follow one
another differ in their hash seed, as processes do that are started anew.
"""

from __future__ import annotations

import atexit
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

CI = ("CI", "TF_BUILD", "GITHUB_ACTIONS", "GITLAB_CI", "BUILDKITE", "CIRCLECI", "TEAMCITY_VERSION")
"""Variables by which Hypothesis takes the machine for one of a CI, and draws in another way."""

AT_START = ("PYTHON", "LANG", "LC_", "HYPOTHESIS_", *CI)
"""Beginnings of the variables that are read once in a process: runs that differ in one have different servers."""

PER_RUN = ("PYTHONPATH", "PYTHONUTF8")
"""Those of them that do not matter: a run takes its own path, and every server reads and writes UTF-8."""

TURNS = 2


class Server:
    """A running ``fork_server.py``, for runs whose environment is like this one at their start."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        kept = {**environment, "PYTHONPATH": os.environ.get("PYTHONPATH", ""), "PYTEST_ADDOPTS": ""}
        command = [sys.executable, "-X", "utf8", str(Path(__file__).with_name("fork_server.py"))]
        # coverage begins in the run's own process; what imports run is measured in the workers and by the unit tests
        if kept.pop("COVERAGE_PROCESS_CONFIG", None):
            command.append("coverage")
        self._process = subprocess.Popen(
            command, env=kept, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def run(self, request: str) -> int:
        """Return the exit status of that run, once it has ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(request, file=self._process.stdin, flush=True)
        started = self._process.stdout.readline()
        try:
            return int(self._process.stdout.readline())
        except BaseException:
            if started:
                os.kill(int(started), 9)
            self._process.kill()
            self._process.wait()
            raise

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    def close(self) -> None:
        if not self.ended:
            self._process.communicate()


_SERVERS: dict[tuple[object, ...], Server] = {}
_TURN = itertools.cycle(range(TURNS))


@atexit.register
def _close() -> None:
    for server in _SERVERS.values():
        server.close()


def run(arguments: tuple[str, ...], folder: Path, environment: Mapping[str, str], stdout: Path, stderr: Path) -> int:
    """Run pytest with these arguments in that folder, and return its exit status."""
    if not hasattr(os, "fork"):
        with stdout.open("wb") as out, stderr.open("wb") as err:
            command = [sys.executable, "-m", "pytest", *arguments]
            return subprocess.run(
                command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err
            ).returncode
    like = (item for item in environment.items() if item[0].startswith(AT_START) and item[0] not in PER_RUN)
    key = (next(_TURN), *sorted(like))
    if key not in _SERVERS or _SERVERS[key].ended:
        _SERVERS[key] = Server(environment)
    asked = {
        "arguments": arguments,
        "folder": str(folder),
        "environment": dict(environment),
        "stdout": str(stdout),
        "stderr": str(stderr),
    }
    return _SERVERS[key].run(json.dumps(asked))


def run_pytest(pytester: pytest.Pytester, *arguments: object) -> pytest.RunResult:
    """Run pytest in the test's folder, as ``pytester.runpytest_subprocess`` does."""
    began = time.monotonic()
    base = tempfile.mkdtemp(prefix="runpytest-", dir=pytester.path)
    paths = filter(None, (os.getcwd(), os.environ.get("PYTHONPATH")))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    files = [pytester.path / name for name in ("stdout", "stderr")]
    words = (f"--basetemp={base}", *map(str, arguments))
    print("running: pytest", *words)
    status = run(words, Path.cwd(), environment, *files)
    out, err = (file.read_text(encoding="utf-8").splitlines() for file in files)
    print(*out, sep="\n")
    print(*err, sep="\n", file=sys.stderr)
    ret = pytest.ExitCode(status) if status in iter(pytest.ExitCode) else status
    return pytest.RunResult(ret, out, err, time.monotonic() - began)
