"""What GitHub Actions is shown: annotations that the runner reads back, and a summary that it takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from actions import PASSED_OVER, Command, command, commands
from gate_reports import FAILS, MANY_WAYS, NOTHING, PASSES, UNDECIDED, gated, sides
from gates import condition, probe, probes
from hypothesis import example, given, settings
from hypothesis import strategies as st
from values import HOSTILE

from pytest_refusal.escaping import printable
from pytest_refusal.gate import decide
from pytest_refusal.reports import gate, github
from pytest_refusal.summary import Broken, LabelCounts, Report


def annotated(shown: Report) -> list[Command]:
    """Return what the runner reads; every line is a command."""
    lines = list(github.annotations(shown))
    found = [command(line) for line in lines]
    assert commands("\n".join(lines)) == found
    return [one for one in found if one is not None]


# Annotations.


@pytest.mark.parametrize(
    ("asked", "name", "title"),
    [
        (PASSES, "notice", "refusal gate: PASS"),
        (FAILS, "error", "refusal gate: FAIL"),
        (UNDECIDED, "warning", "refusal gate: UNDECIDED"),
        (condition([replace(one, now=LabelCounts(error=3)) for one in probes(9)]), "error", "refusal gate: unmeasured"),
        (NOTHING, "notice", "refusal gate: no verdict"),
    ],
)
def test_the_verdict_comes_first(asked: Any, name: str, title: str) -> None:
    """As loud as it is bad."""
    first = annotated(gated(asked, remark="another model: a, b"))[0]
    assert (first.name, first.properties) == (name, {"title": title})
    assert "; another model: a, b (something unchanged fails in at most 5 % of runs)" in first.text


def test_each_broken_thing_is_an_error() -> None:
    """By its test report's name, with its text, once."""
    limits = [
        Broken("suite", "suite", "refuse", "said by the gate"),
        Broken("gate", "gate", "", "undecided fails"),
        Broken("limit", "min_rate[app]", "refuse", "refusal rate 9/10 is too low"),
    ]
    asked = condition(probes(100, 10, 1), name="bot")
    shown = gated(asked, broken=limits)
    assert shown.gate is not None
    broken = shown.gate.result.broken
    assert [(one.name, one.properties["title"], one.text) for one in annotated(shown)[1:]] == [
        ("error", "refusal::suite", gate.message(broken[0])),
        ("error", "refusal::suite-second", gate.message(broken[1])),
        ("error", "refusal::gate", "undecided fails"),
        ("error", "refusal::min_rate[app]", "refusal rate 9/10 is too low"),
    ]


def test_without_a_gate_there_are_the_limits_alone() -> None:
    """And of a run that is well nothing."""
    shown = replace(gated(PASSES), gate=None)
    assert annotated(shown) == []
    broken = (Broken("limit", "min_rate[app]", "refuse", "too low"), Broken("unmeasured", "judge", "", "two judges"))
    assert [one.properties["title"] for one in annotated(replace(shown, broken=broken))] == [
        "refusal::min_rate[app]",
        "refusal::judge",
    ]


@pytest.mark.parametrize(("count", "shown"), [(9, 10), (10, 10), (11, 10), (60, 10)])
def test_there_are_at_most_ten_and_the_rest_is_counted(count: int, shown: int) -> None:
    """GitHub drops what comes after the tenth."""
    limits = [Broken("limit", f"limit{number}", "", "broken") for number in range(count)]
    found = annotated(gated(PASSES, broken=limits))
    assert len(found) == shown
    if count > 9:
        assert found[-1].text == f"and {count + 1 - 9} more failed: see the section 'refusal' of the output"


TEXT = st.text(max_size=20) | st.text(st.sampled_from("%:,;]=\r\n\t 0ADd25C\u2028\x1b\u202e"), max_size=20)


@settings(deadline=None)
@given(TEXT, TEXT)
@example("%0A", "%250A")
@example("a,b=c::error::", "::stop-commands::x")
@example("]", "##[error]x")
@example("", "")
def test_an_annotation_reads_back_as_what_was_said(name: str, text: str) -> None:
    """One line each, whatever a name or a text holds; what a terminal would obey is written out."""
    shown = replace(gated(PASSES), gate=None, broken=(Broken("limit", name, "", text),))
    (line,) = github.annotations(shown)
    assert len(line.splitlines()) == 1
    found = command(line)
    assert found is not None
    assert found.name == "error"
    assert found.properties == {"title": _without_marks(printable(f"refusal::{name}")).rstrip()}
    assert found.text == _without_marks("\n".join(printable(part) for part in text.split("\n")))


def _without_marks(text: str) -> str:
    # the parser of the tests passes over what .NET passes over
    return PASSED_OVER.sub("", text)


@pytest.mark.parametrize("text", [*HOSTILE, "::error::x", "##[error]x"])
def test_a_hostile_name_makes_no_second_command(text: str) -> None:
    """Nor a line that is none."""
    asked = condition(
        probes(40, 10, 1, start=text, category=text),
        probe(f"{text}critical", 10, 0, critical=True),
        name=text,
    )
    shown = gated(asked, remark=text, broken=[Broken("limit", text, text, text)])
    assert len(annotated(shown)) == len(list(github.annotations(shown))) > 3


# The summary of a step.


def test_the_summary_has_the_gate_then_a_row_for_each_condition() -> None:
    """And what else is broken between them."""
    limits = [Broken("limit", "min_rate[app]", "refuse", "too low"), Broken("suite", "suite", "refuse", "SUITE")]
    page = github.step_summary(gated(MANY_WAYS, condition(probes(9), name="bot"), broken=limits))
    gate_at, run_at = page.index("## Gate"), page.index("## Run")
    assert gate_at < page.index("**FAIL**") < run_at < page.index("- **FAILED** too low") < page.index("| condition |")
    assert "\n| app |" in page
    assert "\n| bot |" in page
    assert "SUITE" not in page


def test_without_a_gate_it_has_limits_and_conditions() -> None:
    """A step's summary is worth writing then, too."""
    shown = replace(gated(PASSES), gate=None, complete=False)
    page = github.step_summary(shown)
    assert page.startswith("# Refusal report\n\n- **not complete**: some attempts have no verdict\n\n| condition |")
    assert github.step_summary(replace(shown, complete=True, summary={})) == "# Refusal report\n\n"


def test_texts_are_left_out() -> None:
    """``refusal_report_text = none``."""
    assert "Sure" in github.step_summary(gated(FAILS))
    assert "Sure" not in github.step_summary(gated(FAILS, texts=False))


def test_a_summary_that_is_too_long_is_cut_and_says_so() -> None:
    """GitHub leaves a larger one out as a whole; names of two bytes a letter count twice."""
    many = [condition(probes(60, 10, 1, start="ü" * 50), name=f"ß{number}") for number in range(40)]
    answers = sides(decide(many), "ä" * 900, "ö" * 900, "é" * 900)
    page = github.step_summary(gated(*many, answers=answers))
    assert 1_000_000 < len(page.encode()) < 1024 * 1024
    assert page.splitlines()[-1].startswith("This summary was cut: a step's summary has at most 1 MiB.")
    assert page.count("<details>") == page.count("</details>") > 10


LONG = gated(MANY_WAYS, command="pytest ``` t.py")
WHOLE = github.step_summary(LONG)


@settings(deadline=None, max_examples=200)
@given(st.integers(0, len(WHOLE.encode()) + 10))
@example(len(WHOLE.encode()))
@example(len(WHOLE.encode()) - 1)
@example(WHOLE.encode().index(b"````\n") + 150)
@example(WHOLE.encode().index(b"</details>") + 50)
@example(0)
def test_it_has_the_room_it_is_given(limit: int) -> None:
    """Never a byte more; cut at a line, with all that is open closed."""
    page = github.step_summary(LONG, limit=limit)
    assert len(page.encode()) <= limit
    if limit >= len(WHOLE.encode()):
        assert page == WHOLE
        return
    assert page == "" or "This summary was cut" in page.splitlines()[-1]
    assert page.count("<details>") == page.count("</details>")
    known = WHOLE.splitlines()
    kept = [line for line in page.splitlines()[:-1] if line not in ("", "</details>")]
    assert kept == [line for line in known if line not in ("", "</details>")][: len(kept)]
    assert _fences(page.splitlines()) % 2 == 0


def _fences(lines: Iterable[str]) -> int:
    return sum(set(line) == {"`"} for line in lines)
