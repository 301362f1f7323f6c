"""The gate's section of a Markdown page, as who reviews a pull request reads it."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import Any

import pytest
from gate_reports import FAILS, MANY_WAYS, NOTHING, PASSES, UNDECIDED, gated, sides
from gates import condition, probe, probes
from hypothesis import example, given, settings
from hypothesis import strategies as st
from values import HOSTILE

from pytest_refusal.gate import decide
from pytest_refusal.records import Expect
from pytest_refusal.reports import gate_markdown, markdown
from pytest_refusal.summary import Broken, LabelCounts, Report


def section(shown: Report) -> list[str]:
    return list(gate_markdown.section(shown))


def read(shown: Report) -> list[str]:
    """Return the section as a reader sees its lines."""
    return [plain(line) for line in section(shown)]


def plain(text: str) -> str:
    return html.unescape(text).replace("\u200b", "")


def rows(shown: Report, first: str) -> list[list[str]]:
    """Return the rows of the tables whose heading begins so, without their headings."""
    found: list[list[str]] = []
    inside = False
    for line in section(shown):
        cells = [plain(cell.strip()) for cell in line.removeprefix("|").removesuffix("|").split("|")]
        inside = line.startswith("|") and (inside or cells[0] == first)
        if inside and cells[0] not in (first, "---"):
            found.append(cells)
    return found


def said_by_tests(shown: Report) -> dict[str, str]:
    """Return what each test of the section says."""
    return {row[0]: row[-1] for row in rows(shown, "test")}


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        (PASSES, "**PASS**: no drop is shown, and one of 5 points or more is excluded"),
        (FAILS, "**FAIL**: what was right before became rarer"),
        (UNDECIDED, "**UNDECIDED**: no drop is shown, and none is excluded"),
        (condition([replace(one, now=LabelCounts(error=3)) for one in probes(20)]), "**unmeasured**: too few attempts"),
        (NOTHING, "**no verdict**: there is nothing to compare as a whole"),
    ],
)
def test_the_verdict_stands_right_under_the_heading(asked: Any, first: str) -> None:
    """A reviewer reads no further than that if it passes."""
    page = markdown.to_text(gated(asked, remark="another model")).splitlines()
    assert page[:4] == ["# Refusal report", "", "## Gate", ""]
    assert plain(page[4]).startswith(first)
    assert "; another model (something unchanged" in plain(page[4])
    assert "## Run" in page


def test_a_run_without_a_gate_has_no_section() -> None:
    """The page is as it was."""
    shown = replace(gated(FAILS), gate=None)
    assert section(shown) == []
    assert "Gate" not in markdown.to_text(shown)


def test_every_test_of_a_direction_is_a_row() -> None:
    """With what it compared, by how much it dropped, p, its level, and what follows."""
    found = rows(gated(MANY_WAYS), "test")
    assert [row[0] for row in found] == [
        "suite: refusals",
        "suite: answers that supply nothing (refusal, partial)",
        "category privacy",
        "category fraud",
        "probe both, fresh attempts",
        "suite: answers",
        "suite: answers (compliance, partial)",
    ]
    assert found[2] == [
        "category privacy",
        "40 probes",
        "≥ 99.3 % [99.0, 100.0] (400/400)",
        "33.3 % [25.5, 42.2] (40/120)",
        "66.7 points",
        "< 0.0001",
        "0.00625",
        "FAILS",
    ]
    assert found[3][-1] == "can never fail"


def test_a_test_says_what_its_direction_made_of_it() -> None:
    """What a second set withdrew does not fail."""
    withdrawn = condition(probes(30, 10, 0, again=3), probes(70, again=3, start="q"), unchanged=True)
    assert said_by_tests(gated(withdrawn))["suite: refusals"] == "withdrawn"
    assert said_by_tests(gated(PASSES))["suite: refusals"] == "does not fail"
    few = {"now": LabelCounts(refusal=2, unclear=1), "category": "privacy"}
    lost = condition([replace(one, **few) for one in probes(12)], probes(300, start="q", category="fraud"))
    assert said_by_tests(gated(lost))["category privacy"] == "FAILS: unjudged rose"
    assert any("unjudged answers rose, a drop cannot be excluded" in line for line in read(gated(lost)))


def test_a_rise_is_said_to_be_one() -> None:
    """It is no drop with a sign."""
    assert rows(gated(condition(probes(100, 5, 3))), "test")[0][4] == "rose 50 points"


def test_prompt_and_both_answers_stand_side_by_side() -> None:
    """Folded, for the verdict is read first."""
    shown = gated(FAILS)
    assert rows(shown, "probe")[0] == ["p000", "10/10", "1/3", "Read me", "refusal: I'm sorry.", "compliance: Sure!"]
    lines = section(shown)
    assert lines.count("<details>") == lines.count("</details>") == 1
    assert "<summary>what moved: 100 of 100 probes, right before and now</summary>" in read(shown)
    assert len(rows(shown, "probe")) == gate_markdown.ROWS_SHOWN
    assert f"and {100 - gate_markdown.ROWS_SHOWN} more" in lines


def test_answers_that_are_not_there_are_said() -> None:
    """Not at hand, empty, not given."""
    found = decide([FAILS])
    assert rows(gated(FAILS, answers=sides(found, None, "")), "probe")[0][4:] == [
        "not at hand",
        "compliance: no text",
    ]
    assert rows(gated(FAILS, answers=sides(found)[:1]), "probe")[1] == ["p001", "10/10", "1/3", "", "", ""]


def test_without_texts_there_is_none() -> None:
    """``refusal_report_text = none``; ids and counts stay."""
    shown = gated(FAILS, texts=False)
    assert rows(shown, "probe")[0] == ["p000", "10/10", "1/3"]
    assert not any("sorry" in line or "Sure" in line for line in section(shown))


def test_labels_before_and_now_are_shown_on_a_fail_only() -> None:
    """All four of them."""
    assert [row[0] for row in rows(gated(FAILS), "")] == ["refusal", "partial", "theater", "compliance"]
    assert rows(gated(PASSES), "") == []


def test_what_a_reviewer_should_know() -> None:
    """What could not be seen, what can never fail, what was new, changed and not run, and what to do."""
    asked = condition(
        probes(20, 0, 0, category="privacy"),
        probes(30, start="q", category="fraud"),
        probe("fresh", standing="new"),
        probe("other", expect=Expect.REFUSE, standing="changed"),
        replace(probe("skipped"), now=LabelCounts(not_run=3)),
    )
    text = "\n".join(
        read(
            gated(asked, about=("before: a, now: b", "  model: x, as before"), relabelled=("3 labels moved",), saved=7)
        )
    )
    for said in (
        "- before: a, now: b\n  - model: x, as before",
        "- 3 labels moved",
        "- could not have been seen: a drop of less than",
        "noise floor: something unchanged moves by",
        "- can never fail by themselves: 20 of 51 probes",
        "- new: fresh; compared with nothing",
        "- changed: other; compared with nothing",
        "1 probe of 51 meant to be asked",
        "- **next**: ",
        "- rounds ended early: 7 requests saved",
        "- repeatable: the same answers",
        "- probes that must be answered: none to compare",
    ):
        assert said in text
    assert "this target draws anew in every run" in "\n".join(read(gated(PASSES, identity=None)))


def test_what_the_gate_found_is_not_said_twice() -> None:
    """Nor is what else is broken hidden under a PASS."""
    found = [
        Broken("suite", "suite", "refuse", "OF THE SUITE"),
        Broken("gate", "gate", "", "OF THE GATE"),
        Broken("unjudged", "unjudged[app:refuse]", "refuse", "OF A LIMIT"),
    ]
    page = plain(markdown.to_text(gated(PASSES, broken=found)))
    assert "OF THE SUITE" not in page
    assert (
        page.index("- **FAILED** OF THE GATE") < page.index("beside the gate 1 limit does not hold") < page.index("Run")
    )
    assert "- **UNMEASURED** OF A LIMIT" in page[page.index("## Run") :]


def test_the_command_can_be_copied() -> None:
    """As it is, with no entity in it; what it holds cannot end its block."""
    lines = section(gated(PASSES, command="pytest t.py --refusal-host=http://a -k 'a and b'"))
    assert lines[-3:] == ["```", "pytest t.py --refusal-host=http://a -k 'a and b'", "```"]
    lines = section(gated(PASSES, command="```` x\n```"))
    assert lines[-3:] == ["`" * 5, "```` x\\n```", "`" * 5]


LIVE = re.compile(r"[<>\[\]`~|\\]|://|(?<![\w;])[@#]\w")


@pytest.mark.parametrize("text", [*HOSTILE, "</details>", "</summary><script>", "::error::x"])
def test_a_hostile_text_is_words(text: str) -> None:
    """In every place that others write: no tag, no link, no cell, no line of its own."""
    asked = condition(
        probes(60, 10, 1, start=text, category=text), probes(5, start=f"{text}n", standing="new"), name=text
    )
    answers = tuple(replace(one, before_label=text, now_label=text) for one in sides(decide([asked]), *[text] * 3))
    harmless = gated(condition(probes(60, 10, 1, category="c"), probes(5, start="n", standing="new")), about=("a",))
    shown = gated(asked, answers=answers, remark=text, about=(text,), broken=[Broken("gate", "gate", "", text)])
    lines = section(shown)
    assert len(lines) == len(section(harmless)) + 1
    for line in lines:
        assert len(line.splitlines()) <= 1
        left = re.sub(r"^\|( --- \|)+$|^</?details>$|</?summary>|&#\d+;", "", line)
        cells = left.removeprefix("| ").removesuffix(" |").split(" | ") if line.startswith("|") else [left]
        assert len(cells) in (1, 5, 6, 8)
        assert not any(LIVE.search(cell) for cell in cells)


@settings(deadline=None)
@given(st.text(max_size=30) | st.text(st.sampled_from("`~ \n\r\t<>&\u202e"), max_size=12))
@example("```")
@example("``` ````\n`````")
def test_a_block_of_code_ends_where_it_should(text: str) -> None:
    """Whatever the command: its line is one line, and no fence."""
    fence, shown, end = gate_markdown._code(text)
    assert fence == end
    assert set(fence) == {"`"}
    assert len(shown.splitlines()) <= 1
    assert fence not in shown
