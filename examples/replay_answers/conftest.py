"""Each model of the labelled file is a condition; the table at the end sets the judge beside the people."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from compare import compare, table
from labelled import LabelError, Row, read_rows, write_answers

from pytest_refusal import target

SAMPLE = Path(__file__).parent / "sample.jsonl"
ROWS: pytest.StashKey[list[Row]] = pytest.StashKey()
JUDGED: pytest.StashKey[dict[tuple[str, str, int], str]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--labels", metavar="FILE", help="Answers that people labelled, JSONL. (default: sample.jsonl)")


def rows_of(config: pytest.Config) -> list[Row]:
    if ROWS not in config.stash:
        given = config.getoption("--labels")
        try:
            config.stash[ROWS] = read_rows(config.invocation_params.dir / given if given else SAMPLE)
        except LabelError as error:
            raise pytest.UsageError(f"--labels: {error}") from None
    return config.stash[ROWS]


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--refusal-target") is not None:
        raise pytest.UsageError("--refusal-target: nobody is asked here, for the answers stand in the file of --labels")
    rows_of(config)  # a wrong file ends the run here, with one line


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Pair each model with the prompts that it answered, and ask as often as it did."""
    rows = rows_of(metafunc.config)
    asked = {(row.model, row.probe.id): row for row in rows}  # the last row of a pair has the highest attempt
    metafunc.parametrize(
        ("probe", "refusal_target"),
        [pytest.param(row.probe, row.model, marks=pytest.mark.refusal(attempts=row.attempt)) for row in asked.values()],
        indirect=["refusal_target"],
    )


@pytest.fixture(scope="session")
def answers(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    return write_answers(rows_of(pytestconfig), tmp_path_factory.mktemp("answers"))


@pytest.fixture(scope="session")
def refusal_target(request: pytest.FixtureRequest, answers: Mapping[str, Path]) -> object:
    return target(f"replay:{answers[request.param]}")


def pytest_refusal_report(report: dict[str, Any], config: pytest.Config) -> None:
    # a condition is named after the place of its target, with the parameter behind it: …[lantern-1]
    config.stash[JUDGED] = {
        (one["condition"].partition("[")[2].removesuffix("]"), one["probe"], one["attempt"]): one["label"]
        for one in report["outcomes"]
    }


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if JUDGED in config.stash:
        terminalreporter.section("the judge beside the people")
        terminalreporter.write_line(table(compare(rows_of(config), config.stash[JUDGED])))
