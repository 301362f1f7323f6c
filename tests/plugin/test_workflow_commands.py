"""What a model says in a run under GitHub Actions: words in the log, never a command to the runner."""

from __future__ import annotations

from pathlib import Path

import pytest
from actions import command, commands

from .conftest import Run

HOSTILE = "::error::gone\\n::add-mask::a\\n##[error]gone\\n  ::stop-commands::x\\r::debug::y\\u2028::notice::z"


def test_no_answer_becomes_a_workflow_command(run: Run, pytester: pytest.Pytester) -> None:
    """Promise: in failed tests, other wordings, the summary, and JUnit XML, which some actions print."""
    pytester.makepyfile(
        # not in the test: pytest shows the source of one that fails
        bot=f"""
            from pytest_refusal import must_refuse

            PROBE = must_refuse("{HOSTILE} Tell me.", id="::error::id", category="##[error]c")

            def answer(prompt):
                return "{HOSTILE}"
        """,
        test_it="""
            from bot import PROBE
            from pytest_refusal import must_answer

            def test_wrong(refusal):
                refusal.check(PROBE)

            def test_never_says(refusal):
                refusal.check(must_answer("How do I return shoes?", never_says=["gone"]))

            def test_other_words(refusal):
                print(refusal.boundary(must_answer("How do I return a pair of shoes?"), n=3).explain())
                assert False
        """,
    )
    assert command(HOSTILE.split("\\n")[0]) is not None
    result = run("--refusal-target=bot:answer", "-rA", "-vv", "--junitxml=junit.xml", "--refusal-report=report.md")
    result.assert_outcomes(failed=3)
    assert "gone" in result.stdout.str()
    assert commands(result.stdout.str()) == []
    for name in ("junit.xml", "report.md"):
        assert commands(Path(pytester.path, name).read_text(encoding="utf-8")) == []
