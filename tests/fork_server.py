"""A process that has imported what a pytest run imports, and forks a process for each run that it is asked for.

It reads one JSON object a line from its standard input: the run's arguments, folder, environment and output files. For
each it writes two lines: the process id, and the exit status once that process has ended. No test runs in the server
itself, so a run finds every module as it is right after its import.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from quiet import quiet

OTHERS = ("asyncio", "concurrent.futures.thread", "http.client", "http.server", "sqlite3")
"""Of the standard library: what we and the tests' own servers import while a run is under way."""

LIBRARIES = ("ollama", "httpx", "hypothesis", "jsonschema", "yaml", "tabulate")


class Preload:
    """Imports what a run needs, while pytest rewrites assertions as it does in a run."""

    def pytest_configure(self) -> None:
        import pytest_refusal

        for name in (*OTHERS, *LIBRARIES):
            importlib.import_module(name)
        for module in pkgutil.walk_packages(pytest_refusal.__path__, "pytest_refusal."):
            importlib.import_module(module.name)


def main() -> None:
    requests, replies = os.fdopen(os.dup(0), encoding="utf-8"), os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    path = list(sys.path)
    preload()
    for name in sys.argv[1:]:
        importlib.import_module(name)
    ours = {os.path.dirname(os.path.abspath(__file__)), *os.environ.get("PYTHONPATH", "").split(os.pathsep)}
    path = [entry for entry in path if entry not in ours]
    gc.collect()
    gc.freeze()
    for line in requests:
        process = os.fork()
        if not process:
            requests.close()
            replies.close()
            become(json.loads(line), path)
            runpy.run_module("pytest", run_name="__main__", alter_sys=True)
            raise AssertionError("pytest exits by itself")
        print(process, file=replies, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), file=replies, flush=True)


def preload() -> None:
    """Import it all, and keep the byte code, or else a worker of a run, which is started anew, compiles ours again."""
    keep, sys.dont_write_bytecode = sys.dont_write_bytecode, False
    with tempfile.TemporaryDirectory() as folder:
        status = pytest.main(["-n0", "-q", "--collect-only", *quiet(), f"--rootdir={folder}", folder], [Preload()])
    sys.dont_write_bytecode = keep
    if status != pytest.ExitCode.NO_TESTS_COLLECTED:
        raise RuntimeError(f"pytest ended with {status!r}")


def become(run: dict[str, Any], path: list[str]) -> None:
    """Turn this process into one that was started as ``python -m pytest ARGUMENTS`` in that folder."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name, number in (("stdout", 1), ("stderr", 2)):
        file = os.open(run[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        os.dup2(file, number)
        os.close(file)
    os.chdir(run["folder"])
    os.environ.clear()
    os.environ.update(run["environment"])
    # what these two modules took from the server's own environment and folder
    tempfile.tempdir = None
    importlib.import_module("hypothesis.configuration").set_hypothesis_home_dir(Path.cwd() / ".hypothesis")
    sys.argv = ["pytest", *run["arguments"]]
    first = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    sys.path[:] = [os.getcwd(), *first, *path]
    importlib.invalidate_caches()
    if "COVERAGE_PROCESS_CONFIG" in os.environ:
        import coverage

        coverage.process_startup()


if __name__ == "__main__":
    main()
