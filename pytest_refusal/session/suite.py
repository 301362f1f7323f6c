"""The end of a run: broken limits as failed test reports of their own, and the report files.

An exit status alone would leave "2 passed" in the last line and ``failures="0"`` in JUnit.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from pytest_refusal.summary import Broken, Report


def fail(session: pytest.Session, broken: Broken) -> None:
    """Send a failed test report ``refusal::<name>`` as if a test had failed, so that every reader of reports is red."""
    nodeid = f"refusal::{broken.name}"
    report = pytest.TestReport(
        nodeid=nodeid,
        location=("refusal", None, broken.name),
        keywords={"refusal": 1},
        outcome="failed",
        longrepr=broken.message,
        when="call",
        sections=[],
        duration=0.0,
        start=0.0,
        stop=0.0,
    )
    # one more test than was collected, or the progress says [133%]
    session.testscollected += 1
    hook = session.config.pluginmanager.subset_hook_caller(
        "pytest_runtest_logreport", remove_plugins=list(_looking_for_tests(session.config))
    )
    with _without_maxfail(session.config):
        session.config.hook.pytest_runtest_logstart(nodeid=nodeid, location=report.location)
        hook(report=report)
        session.config.hook.pytest_runtest_logfinish(nodeid=nodeid, location=report.location)


def _looking_for_tests(config: pytest.Config) -> Iterator[object]:
    # --lf would look for a test of this name for ever, and --sw would lose its place
    for name in ("lfplugin", "stepwiseplugin"):
        if (plugin := config.pluginmanager.get_plugin(name)) is not None:
            yield plugin


@contextmanager
def _without_maxfail(config: pytest.Config) -> Iterator[None]:
    # the tests are over: nothing stops "after 1 failures" because of this report
    before, config.option.maxfail = config.option.maxfail, 0
    try:
        yield
    finally:
        config.option.maxfail = before


def write_step_summary(report: Report, environment: Mapping[str, str]) -> str:
    """Append what a gated run says to the step's summary, where GitHub Actions asks for one.

    Returns:
        Why that could not be done; ``""`` if it was, or nobody asks.
    """
    name = environment.get("GITHUB_STEP_SUMMARY", "")
    if report.gate is None or environment.get("GITHUB_ACTIONS") != "true" or not name:
        return ""
    from pytest_refusal.reports import github

    file = Path(name)
    try:
        held = file.stat().st_size if file.exists() else 0
        with file.open("a", encoding="utf-8", newline="\n") as summary:
            summary.write(github.step_summary(report, limit=max(0, github.SUMMARY_BYTES - held)))
    except OSError as error:
        return f"the summary of the step cannot be written ($GITHUB_STEP_SUMMARY = {file}): {error.strerror}"
    return ""


def annotations_of(report: Report, environment: Mapping[str, str]) -> list[str]:
    """Return the lines by which GitHub Actions shows the verdict of a gated run at the commit; none elsewhere."""
    if report.gate is None or environment.get("GITHUB_ACTIONS") != "true":
        return []
    from pytest_refusal.reports import github

    return list(github.annotations(report))


def write_reports(session: pytest.Session, report: Report, files: Iterable[Path]) -> None:
    """Write the report files, each by the format that its suffix names; one that can't be written fails the run."""
    from pytest_refusal.reports import markdown, probe_file, wire_json

    writers = {".md": markdown.to_text, ".json": wire_json.to_text, ".yaml": probe_file.to_text}
    for file in files:
        text = writers[file.suffix](report)
        draft = file.with_name(f"{file.name}.{os.getpid()}.part")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            # a reader finds the old report or the new one, never half of it
            draft.write_text(text, encoding="utf-8", newline="\n")
            draft.replace(file)
        except OSError as error:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            fail(session, Broken("unmeasured", f"report[{file.name}]", "", f"cannot write {file}: {error.strerror}"))
