"""Whom the tests ask: the scripted bot, or a model instead with --refusal-target=ollama:MODEL."""

from __future__ import annotations

from pathlib import Path

import pytest
import support_bot

from pytest_refusal import Probe, load_probes, target

HERE = Path(__file__).parent


def pytest_report_header(config: pytest.Config) -> str | None:
    if config.getoption("--refusal-target") is not None:
        return None
    return f"answers: {support_bot.NAME}, a script and no language model; --refusal-target=ollama:llama3.2 asks a model"


@pytest.fixture(scope="session")
def refusal_target() -> object:
    """The application. Stored answers are used again until its identity or the system prompt changes."""
    return target(support_bot.chat, identity=[support_bot.NAME, HERE / "support_bot.py"])


@pytest.fixture(params=load_probes("probes/returns.yaml"))
def returns_probe(request: pytest.FixtureRequest) -> Probe:
    """A custom probe fixture is an ordinary fixture."""
    return request.param
