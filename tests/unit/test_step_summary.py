"""``session.suite``: what GitHub Actions is told by a run: a page for the step, and lines for the commit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from actions import commands
from gate_reports import FAILS, MANY_WAYS, PASSES, gated
from gates import condition, probes
from values import HOSTILE

from pytest_refusal.reports.github import SUMMARY_BYTES, annotations, step_summary
from pytest_refusal.session.suite import annotations_of, write_step_summary
from pytest_refusal.summary import Report


def there(file: Path) -> dict[str, str]:
    """Return the environment of a step."""
    return {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(file)}


@pytest.mark.parametrize("asked", [PASSES, FAILS, MANY_WAYS])
def test_a_gated_run_writes_its_page(tmp_path: Path, asked: object) -> None:
    """Whatever the verdict."""
    report = gated(asked)  # type: ignore[arg-type]
    file = tmp_path / "summary.md"
    assert write_step_summary(report, there(file)) == ""
    assert file.read_text(encoding="utf-8") == step_summary(report)


def test_what_another_tool_wrote_stays(tmp_path: Path) -> None:
    """A step has one file; two runs of a step have two pages in it."""
    report = gated(FAILS)
    file = tmp_path / "summary.md"
    file.write_bytes("other tool: ä\r\n".encode())
    for _ in range(2):
        assert write_step_summary(report, there(file)) == ""
    assert file.read_bytes() == "other tool: ä\r\n".encode() + step_summary(report).encode() * 2


@pytest.mark.parametrize("room", [0, 1, 100, 400, 2_000])
def test_a_page_is_cut_where_the_file_is_nearly_full(tmp_path: Path, room: int) -> None:
    """GitHub drops a file of more than 1 MiB as a whole, what others wrote too."""
    file = tmp_path / "summary.md"
    file.write_bytes(b"x" * (SUMMARY_BYTES - room))
    assert write_step_summary(gated(MANY_WAYS), there(file)) == ""
    written = file.read_bytes()[SUMMARY_BYTES - room :]
    assert len(written) <= room
    assert (b"This summary was cut" in written) is (room >= 400)


def test_a_file_that_is_too_full_already_gets_nothing(tmp_path: Path) -> None:
    file = tmp_path / "summary.md"
    file.write_bytes(b"x" * (SUMMARY_BYTES + 10))
    assert write_step_summary(gated(FAILS), there(file)) == ""
    assert file.stat().st_size == SUMMARY_BYTES + 10


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"GITHUB_STEP_SUMMARY": "summary.md"},
        {"GITHUB_ACTIONS": "true"},
        {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": ""},
        {"GITHUB_ACTIONS": "false", "GITHUB_STEP_SUMMARY": "summary.md"},
    ],
)
def test_elsewhere_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    """Nor said: a variable that somebody exported is no step."""
    monkeypatch.chdir(tmp_path)
    assert write_step_summary(gated(FAILS), environment) == ""
    assert list(tmp_path.iterdir()) == []
    if environment.get("GITHUB_ACTIONS") != "true":
        assert annotations_of(gated(FAILS), environment) == []


def test_a_run_without_a_gate_says_nothing(tmp_path: Path) -> None:
    """Its failures are failed tests, which the workflow shows by itself."""
    report: Report = replace(gated(FAILS), gate=None)
    assert write_step_summary(report, there(tmp_path / "summary.md")) == ""
    assert annotations_of(report, there(tmp_path)) == []
    assert list(tmp_path.iterdir()) == []


def test_a_page_that_cannot_be_written_is_said_and_is_no_failure(tmp_path: Path) -> None:
    """A folder in its place; a folder that is not there."""
    for file, why in ((tmp_path, "Is a directory"), (tmp_path / "no" / "summary.md", "No such file or directory")):
        said = write_step_summary(gated(FAILS), there(file))
        assert said == f"the summary of the step cannot be written ($GITHUB_STEP_SUMMARY = {file}): {why}"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_whatever_names_hold_the_page_is_text(tmp_path: Path, hostile: str) -> None:
    """Half a character is no UTF-8."""
    report = gated(condition(probes(30, 10, 1), probes(30, start=hostile), name=hostile), remark=hostile)
    file = tmp_path / "summary.md"
    assert write_step_summary(report, there(file)) == ""
    assert "# Refusal report" in file.read_text(encoding="utf-8")


def test_the_verdict_is_annotated_in_a_step() -> None:
    """Each line is a command, and they are the report's."""
    report = gated(MANY_WAYS)
    lines = annotations_of(report, {"GITHUB_ACTIONS": "true"})
    assert lines == list(annotations(report))
    assert len(commands("\n".join(lines))) == len(lines) > 1
