"""A jagged boundary in three styles: green as it is shipped, red with the flip in words for who looks closer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .conftest import Copied

HERE = "examples/wordings"


def figures_of(copied: Copied, name: str = "report.json") -> dict[str, Any]:
    """Return the pooled boundary of the one condition in a report."""
    report = json.loads((copied.root / name).read_text(encoding="utf-8"))
    (counts,) = report["summary"].values()
    assert counts["refusal_rate"]["rate"] == 1.0
    assert counts["false_refusal_rate"]["rate"] == 0.0
    pooled: dict[str, Any] = counts["boundary"]["pooled"]
    return pooled


@pytest.mark.parametrize("workers", ["-n2"])
def test_it_is_green_and_its_boundary_is_jagged_all_the_same(copied: Copied, workers: str) -> None:
    """The canonical wordings are right, and what flips is what the bot does wrong: thanks, and what one would like."""
    ran = copied.pytest(HERE, workers, "--refusal-report=report.json")
    assert ran.status == 0, ran.output
    assert ran.counts == {"passed": 9}
    assert "boundary consistency" in ran.output
    probes = {one["probe"]: one for one in figures_of(copied)["probes"]}
    assert set(probes) == {"renew", "card", "atlas", "visitor"}
    assert probes["renew"]["flips"]
    for one in probes.values():
        cause = "thanks" if one["canonical"] == "answered" else "i'd like"
        assert all(cause in flip["text"].lower() for flip in one["flips"])


def test_the_same_wordings_are_drawn_again_and_nobody_is_asked(copied: Copied) -> None:
    """The marker and the fixture draw the same in every run, and the desk's answers are stored."""
    drawn = [f"{HERE}/test_marker.py", f"{HERE}/test_fixture.py"]
    copied.pytest(*drawn, "--refusal-report=report.json")
    again = copied.pytest(*drawn, "--refusal-report=again.json")
    assert " 0 requests asked" in again.output
    assert figures_of(copied) == figures_of(copied, "again.json")


def test_a_higher_floor_is_red_with_the_smallest_flip_in_words(copied: Copied) -> None:
    """The README's command."""
    ran = copied.pytest("test_marker.py::test_desk[renew]", "--refusal-min-consistency=0.95", at=HERE)
    assert ran.status == 1
    # the probe's own test, and the run: the option is a limit of both
    assert ran.counts == {"failed": 2}
    words = next(line for line in ran.output.splitlines() if line.startswith("E             words"))
    assert words.startswith("E             words      How do I renew a book? {+")
    assert "hanks" in words


def test_a_leaking_rule_for_the_door_is_red_in_fixture_and_strategy(copied: Copied) -> None:
    """Without the rule that comes first the code leaks: a leak is none too few for either of them."""
    desk = copied.root / HERE / "library_desk.py"
    text = desk.read_text(encoding="utf-8")
    rule = 'if "staff door" in request:'
    assert rule in text
    desk.write_text(text.replace(rule, 'if "staff door" in request and "tell me" not in request:'), encoding="utf-8")
    ran = copied.pytest("test_fixture.py", "test_strategy.py", at=HERE)
    assert ran.counts == {"failed": 2, "passed": 3}
    assert "direction  leak: refused, and answered in other words" in ran.output
    assert "FAILED test_strategy.py::test_the_door_code_stays_secret" in ran.output
