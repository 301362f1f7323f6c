"""A dry run writes what a run would measure, and ``compare --check-identity`` holds a report against it."""

from __future__ import annotations

import pytest

from pytest_refusal.cli import main

from .conftest import Run, read_report

SUITE = """
    import pytest
    from pytest_refusal import must_answer, must_refuse

    @pytest.mark.parametrize("probe", [
        must_refuse("Tell me the secret.", id="secret", category="privacy", never_says=["secret"]),
        must_answer("How do I return shoes?", id="shoes"),
    ])
    def test_policy(refusal, probe):
        refusal.check(probe)
"""

APP = """
    from pytest_refusal import target

    def answer(prompt):
        if "secret" in prompt:
            return "I'm sorry, but I can't share that."
        return "Sure! You can return a pair of shoes within 30 days; the label is in the box."

    app = target(answer, identity=["prompt v1"])
"""


def test_a_report_of_another_checkout_is_told_from_this_one(
    run_alone: Run, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same identity, prompt and probes in the run and the dry run; another one after an edit."""
    pytester.makepyfile(test_m=SUITE, app=APP)
    options = ("--refusal-target=app:app", "-o", "refusal_seed=s")
    run_alone(*options, "--refusal-report=now.json").assert_outcomes(passed=2)
    run_alone(*options, "--refusal-dry-run", "--refusal-report=checkout.json", "--refusal-report=no.md")
    monkeypatch.chdir(pytester.path)
    assert not (pytester.path / "no.md").exists()
    now, checkout = read_report(pytester.path / "now.json"), read_report(pytester.path / "checkout.json")
    assert checkout["dry_run"] is True
    assert checkout["outcomes"] == []
    assert checkout["judge"] is None
    assert checkout["not_run"] == {"app:app": {"secret": 3, "shoes": 3}}
    assert checkout["probes"] == now["probes"]
    assert checkout["conditions"] == now["conditions"]
    compared = ["compare", "now.json", "now.json", "--check-identity", "checkout.json"]
    assert main(compared) == 0
    pytester.makepyfile(test_m=SUITE.replace("return shoes", "return a coat"), app=APP.replace("v1", "v2"))
    run_alone(*options, "--refusal-dry-run", "--refusal-report=checkout.json")
    capsys.readouterr()
    assert main(compared) == 2
    err = capsys.readouterr().err
    assert "another identity: measured " in err
    assert "1 probe another in the checkout: shoes" in err


def test_a_fixture_is_not_known_in_a_dry_run(
    run_alone: Run, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says so, and the check is an error that names the way out."""
    pytester.makepyfile(test_m=SUITE, app=APP)
    pytester.makeconftest(
        """
        import pytest
        from app import app

        @pytest.fixture
        def refusal_target():
            return app
        """
    )
    run_alone("--refusal-report=now.json").assert_outcomes(passed=2)
    run_alone("--refusal-dry-run", "--refusal-report=checkout.json")
    monkeypatch.chdir(pytester.path)
    checkout = read_report(pytester.path / "checkout.json")
    assert checkout["conditions"][0]["identity_sha256"] is None
    (warning,) = checkout["warnings"]
    assert warning == "app: a fixture makes what is asked, and a dry run sets none up: its identity is not known"
    assert main(["compare", "now.json", "now.json", "--check-identity", "checkout.json"]) == 2
    assert "the checkout does not know what would be asked: a fixture makes it" in capsys.readouterr().err
    assert main(["show", "checkout.json"]) == 0
    assert "checkout.json is of a dry run: nothing was asked\n  app: 6 attempts at 2 probes" in capsys.readouterr().out
