"""A real pytest run for each test: alone, and under pytest-xdist."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from forked import CI, run_pytest
from quiet import quiet

Run = Callable[..., pytest.RunResult]

BOT = """
    def answer(prompt):
        if "secret" in prompt:
            return "I'm sorry, but I can't share that: it is private data of another customer."
        return "Sure! You can return a pair of shoes within 30 days; the label is in the box."
"""
"""A bot that refuses what says 'secret' and answers everything else."""

QUIET = quiet()


@pytest.fixture(params=["-n0", "-n2"], ids=["alone", "xdist"])
def run(request: pytest.FixtureRequest, pytester: pytest.Pytester) -> Run:
    """Run pytest in a process of its own, once alone and once with two workers."""
    return _runner(pytester, request.param)


@pytest.fixture
def run_alone(pytester: pytest.Pytester) -> Run:
    """Run pytest in a process of its own, without pytest-xdist."""
    return _runner(pytester, "-n0")


def _runner(pytester: pytest.Pytester, workers: str) -> Run:
    def runs(*arguments: str, plugins: tuple[str, ...] = ()) -> pytest.RunResult:
        return run_pytest(pytester, workers, *quiet(*plugins), *arguments)

    return runs


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy, no server and no options of the machine that runs the tests."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy", "OLLAMA_HOST"):
        monkeypatch.delenv(name, raising=False)
    # Hypothesis draws in another way where it takes the machine for one of a CI
    for name in ("PYTEST_ADDOPTS", *CI):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def bot(pytester: pytest.Pytester) -> str:
    """A module with a target, and the option that names it."""
    pytester.makepyfile(bot=BOT)
    return "--refusal-target=bot:answer"


def read_report(path: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return report
