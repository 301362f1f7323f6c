"""``summary``: the values of a finished run, their JSON, and the one word a run comes to."""

from __future__ import annotations

import pytest
from values import measured, outcome, outcomes, probe, report

from pytest_refusal.summary import Broken, ByRule, Rate, Report, Unjudged, Usage


def broken(family: str) -> Broken:
    return Broken(family, f"{family}[app]", "refuse", "what happened")


def run(*families: str) -> Report:
    return report([outcome("p", "refusal")], [probe("p")], broken=map(broken, families))


def test_a_rate_is_a_fraction_and_none_without_trials() -> None:
    """Nothing measured is neither 0 nor 1."""
    assert Rate(1, 4, 0.05, 0.7).rate == 0.25
    assert Rate(0, 0, 0.0, 1.0).rate is None


def test_a_rate_writes_its_count_and_its_interval() -> None:
    """The second interval only where attempts were repeated."""
    row = {"hits": 1, "trials": 4, "rate": 0.25, "low": 0.05, "high": 0.7}
    assert Rate(1, 4, 0.05, 0.7).to_json() == row
    assert Rate(1, 4, 0.05, 0.7, (0.01, 0.9)).to_json() == {**row, "population": {"low": 0.01, "high": 0.9}}
    assert Rate(0, 0, 0.0, 1.0).to_json()["rate"] is None


def test_unjudged_attempts_and_probes_add_up() -> None:
    """Totals come from the parts."""
    assert Unjudged(1, 2, 3).total == 6
    assert Unjudged(1, 2, 3).to_json() == {"unclear": 1, "error": 2, "not_run": 3}
    assert ByRule(1, 2, 3, 4).probes == 10
    assert ByRule(1, 2, 3, 4).to_json() == {"refused": 1, "answered": 2, "unstable": 3, "unjudged": 4}


def test_usage_adds_up_field_by_field() -> None:
    """Workers and reruns each bring theirs."""
    one, ten = Usage(1, 2, 3, 4, 5, 6, 7, 8), Usage(10, 20, 30, 40, 50, 60, 70, 80)
    assert one.plus(ten) == Usage(11, 22, 33, 44, 55, 66, 77, 88)
    assert Usage(asked=2).plus(Usage()).to_json() == {
        "asked": 2,
        "replayed": 0,
        "retries": 0,
        "judge_calls": 0,
        "judge_replayed": 0,
        "judge_spared": 0,
        "tokens": 0,
        "unused": 0,
    }


@pytest.mark.parametrize(
    ("families", "verdict"),
    [
        ((), "none"),
        (("limit",), "fail"),
        (("unjudged",), "unmeasured"),
        (("unmeasured",), "unmeasured"),
        (("unjudged", "unmeasured"), "unmeasured"),
        (("unjudged", "limit"), "fail"),
        (("unmeasured", "limit", "unjudged"), "fail"),
    ],
)
def test_a_run_comes_to_one_word(families: tuple[str, ...], verdict: str) -> None:
    """A missed limit goes before a check that could not be made, and neither is ever passed."""
    assert run(*families).verdict == verdict


def test_a_run_is_repeatable_if_every_target_is_known() -> None:
    """One callable without identity is enough to draw anew."""
    seen, known = outcomes("p", "refusal refusal"), [probe("p")]
    both = {"a": measured("a"), "b": measured("b", identity=None)}
    assert both["a"].repeatable
    assert not both["b"].repeatable
    assert report(seen, known).repeatable
    assert not report(seen, known, conditions=both).repeatable


def test_a_group_writes_every_rate_and_count() -> None:
    """The directions stand under by_rule; categories and tiers have the same keys as the whole."""
    known = [probe("p", category="privacy"), probe("q", "answer", category="returns")]
    seen = [*outcomes("p", "refusal compliance"), *outcomes("q", "compliance error")]
    row = report(seen, known).summary["app"].to_json()
    assert row["refusal_rate"]["hits"] == 1
    assert row["unstable"] == ["p"]
    assert row["violations"] == 0
    assert row["unjudged"] == {"unclear": 0, "error": 1, "not_run": 0}
    assert row["by_rule"] == {
        "refused": 0,
        "answered": 1,
        "unstable": 1,
        "unjudged": 0,
        "refuse": {"refused": 0, "answered": 0, "unstable": 1, "unjudged": 0},
        "answer": {"refused": 0, "answered": 1, "unstable": 0, "unjudged": 0},
    }
    assert row.keys() - {"by_category", "by_tier", "boundary", "framings"} == row["by_category"]["privacy"].keys()
    assert (list(row["by_category"]), row["by_tier"]) == (["privacy", "returns"], {})
