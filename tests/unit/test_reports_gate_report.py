"""The gate's part of a run's report on the terminal, and its failed test reports: names and texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from actions import commands
from gate_reports import FAILS, MANY_WAYS, NOTHING, PASSES, UNDECIDED, gated, sides
from gates import condition, probe, probes
from hypothesis import given, settings
from hypothesis import strategies as st
from values import HOSTILE, measured

from pytest_refusal.gate import decide
from pytest_refusal.reports import gate, terminal
from pytest_refusal.stats import wilson
from pytest_refusal.summary import Broken, BrokenGate, Rate, Report


def texts(shown: Report) -> list[str]:
    return [one.text for one in gate.report_lines(shown)]


def rate(hits: int, trials: int) -> Rate:
    return Rate(hits, trials, *wilson(hits, trials))


def broken(family: str = "suite", name: str = "", under: str = "app", direction: str = "refuse", **more: Any) -> Any:
    fields = {"p": 0.0004, "level": 0.01875, "before": rate(970, 1000), "now": rate(264, 300), **more}
    return BrokenGate(family, name, under, direction, **fields)


# The section.


@pytest.mark.parametrize(
    ("asked", "first", "tone"),
    [
        (PASSES, "gate: PASS: no drop is shown", "good"),
        (FAILS, "gate: FAIL: what was right before became rarer", "bad"),
        (UNDECIDED, "gate: UNDECIDED: no drop is shown, and none is excluded", "note"),
        (NOTHING, "gate: no verdict: there is nothing to compare as a whole", ""),
    ],
)
def test_the_verdict_is_the_first_line_of_the_section(asked: Any, first: str, tone: str) -> None:
    """Before what the run cost: it is what the reader came for."""
    shown = list(terminal.lines(gated(asked, remark="another model")))
    assert shown[0].text.startswith(first)
    assert "; another model (something unchanged" in shown[0].text
    assert shown[0].tone == tone
    assert sum(one.text.startswith("judge rules 1") for one in shown) == 1


def test_a_run_without_a_gate_has_no_section() -> None:
    """Everything else is as it was."""
    shown = replace(gated(FAILS), gate=None)
    assert texts(shown) == []
    assert next(terminal.lines(shown)).text.startswith("judge rules 1")


def test_both_answers_stand_under_what_moved() -> None:
    """With their labels."""
    lines = texts(gated(FAILS))
    at = lines.index("    p000: 10/10 → 1/3")
    assert lines[at + 1 : at + 3] == ["      before (refusal): I'm sorry.", "      now (compliance): Sure!"]


def test_a_long_answer_is_cut_and_a_missing_one_said() -> None:
    """The baseline's answers may not be at hand; an answer may be empty."""
    found = decide([FAILS])
    missing = [replace(one, before_label="") for one in sides(found, before=None, now="x" * 500)]
    lines = texts(gated(FAILS, answers=tuple(missing)))
    assert "      before: not at hand" in lines
    assert f"      now (compliance): {'x' * gate.ANSWER_SHOWN}… (+{500 - gate.ANSWER_SHOWN})" in lines
    assert "      now (compliance): (no text)" in texts(gated(FAILS, answers=sides(found, now="")))


def test_answers_are_those_of_their_condition() -> None:
    """One id under two conditions has two."""
    both = [condition(probes(100, 10, 1), name=name) for name in ("old", "new")]
    answers = tuple(replace(one, now=f"under {one.condition}") for one in sides(decide(both)))
    lines = texts(gated(*both, answers=answers))
    old, new = lines.index("old, must be refused: FAIL"), lines.index("new, must be refused: FAIL")
    assert all(line.endswith("under old") for line in lines[old:new] if line.startswith("      now"))
    assert all(line.endswith("under new") for line in lines[new:] if line.startswith("      now"))


def test_no_answers_where_they_are_noise_or_unwanted() -> None:
    """What moves although the gate passes is noise; ``refusal_report_text = none`` leaves texts out."""
    passes = condition(probes(20, 9, 3), probes(200, start="q"))
    for shown in (gated(passes), gated(FAILS, texts=False)):
        assert any("what moved" in line for line in texts(shown))
        assert not any("      before (" in line for line in texts(shown))


def test_what_was_compared_comes_before_why() -> None:
    """Sentences that the run gives, and which probes earned fresh attempts."""
    shown = gated(FAILS, about=("before: a, now: b",), relabelled=("3 labels moved",), picked={"app": ("x", "y")})
    assert texts(shown)[1:5] == [
        "before: a, now: b",
        "3 labels moved",
        "picked: 2 probes whose first attempt was wrong or unjudged, so that fresh ones decide: x, y",
        "",
    ]


def test_what_follows_the_verdict() -> None:
    """What rounds saved, whether it is protected, how to make it again."""
    assert texts(gated(PASSES, saved=120, command="pytest t.py --refusal-baseline=b.jsonl"))[-3:] == [
        "rounds ended early: 120 requests saved",
        "repeatable: the same answers are used again, and give the same verdict",
        "this verdict again: pytest t.py --refusal-baseline=b.jsonl",
    ]
    assert "rounds: every one was needed, no request saved" in texts(gated(PASSES, saved=0))
    assert not any("rounds" in line for line in texts(gated(PASSES)))


def test_a_target_that_draws_anew_is_said() -> None:
    """By name, where others do not."""
    said = "this target draws anew in every run: repeated runs are not protected"
    assert texts(gated(PASSES, identity=None))[-1] == said
    two = gated(PASSES, condition(probes(100), name="bot"))
    conditions = {"app": measured("app"), "bot": measured("bot", identity=None)}
    assert texts(replace(two, conditions=conditions))[-1] == f"bot: {said}"


@pytest.mark.parametrize(
    ("asked", "more", "said"),
    [
        (condition(probes(9), unchanged=True), {}, "nothing was edited: what moved was moved by no edit"),
        (
            condition(probes(100, 10, 1), unchanged=True),
            {},
            "nothing was edited: what failed, failed without an edit: run again",
        ),
        (
            condition(probes(30, 10, 0, again=3), probes(70, again=3, start="q"), unchanged=True),
            {"again": True},
            "nothing was edited: a second set of answers was asked, and what failed stands only where that set alone "
            "fails too",
        ),
    ],
)
def test_nothing_was_edited(asked: Any, more: dict[str, Any], said: str) -> None:
    """What that means for the verdict."""
    assert said in texts(gated(asked, **more))


def test_nothing_was_edited_under_one_of_two_conditions() -> None:
    """It is named."""
    lines = texts(gated(condition(probes(9), unchanged=True), condition(probes(9), name="bot")))
    assert "nothing was edited under app: what moved was moved by no edit" in lines


def test_what_the_gate_found_is_not_said_twice() -> None:
    """The report's own entries for it are left to the gate's section; limits come last, and are announced."""
    found = [
        Broken("suite", "suite", "refuse", "OF THE SUITE"),
        Broken("probe", "probe[x]", "refuse", "OF A PROBE"),
        Broken("gate", "gate", "", "OF THE GATE"),
        Broken("limit", "min_rate[app]", "refuse", "OF A LIMIT"),
    ]
    lines = [(one.text, one.tone) for one in terminal.lines(gated(FAILS, broken=found))]
    assert lines[1:3] == [
        ("FAILED: OF THE GATE", "bad"),
        ("FAILED: beside the gate 1 limit does not hold: see below", "bad"),
    ]
    assert lines[-1] == ("FAILED: OF A LIMIT", "bad")
    assert sum("OF " in text for text, _ in lines) == 2


@pytest.mark.parametrize("text", [*HOSTILE, "::error::x\n::error::x", "##[error]x"])
def test_a_hostile_text_is_words_on_its_line(text: str) -> None:
    """Answers, labels, names, sentences; none begins a line, moves a cursor or is a workflow command."""
    asked = condition(probes(100, 10, 1, start=text), name=text)
    answers = tuple(replace(one, before_label=text, now_label=text) for one in sides(decide([asked]), text, text, text))
    shown = gated(
        asked, answers=answers, remark=text, about=(text,), relabelled=(text,), picked={text: (text,)}, command=text,
        broken=[Broken("gate", "gate", "", text)],
    )  # fmt: skip
    lines = texts(shown)
    assert sum("      before (" in line for line in lines) == gate.MOVED_SHOWN
    assert all(line.isprintable() for line in lines)
    assert commands("\n".join(lines)) == []


# The failed test reports.


def test_a_message_says_what_broke_where_and_what_to_do() -> None:
    """Its first line is what pytest's last lines show."""
    assert gate.message(broken()).splitlines() == [
        "suite: refusals dropped from 97.0 % (970/1000) to 88.0 % (264/300): p = 0.0004, level 0.0187",
        "  condition  app",
        "  direction  must be refused",
        "  next       read both answers to what moved in the section 'refusal' or in --refusal-report=FILE.md; undo "
        "the edit, or, if this is what you want, pytest-refusal accept makes it the baseline",
    ]


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (
            broken("second", direction="answer"),
            "suite: answers (compliance, partial) dropped from 97.0 % (970/1000) to 88.0 % (264/300): p = 0.0004, ",
        ),
        (broken("rewordings"), "pinned rewordings: refusals dropped from 97.0 % (970/1000)"),
        (broken("category", "privacy"), "category privacy: refusals dropped from 97.0 % (970/1000) to 88.0 % "
         "(264/300): adjusted p = 0.0004"),
        (broken("probe", "a", now=rate(0, 5)), "probe a: refusals in fresh attempts dropped from 97.0 % (970/1000) "),
        (
            broken("critical", "a", p=None, level=None, now=rate(2, 3)),
            "critical probe a: refusals dropped from 97.0 % (970/1000) to 66.7 % (2/3): one wrong attempt fails",
        ),
        (
            broken("category", "a", by_unjudged=True),
            "category a: refusals: unjudged answers rose, a drop cannot be excluded: of the judged attempts right 97.0",
        ),
        (
            broken(now=rate(99, 100)),
            "suite: refusals became rarer, of all attempts 97.0 % (970/1000), now 99.0 % (99/100): p = 0.0004",
        ),
        (broken(now=Rate(0, 0, 0.0, 1.0)), "suite: refusals became rarer, of all attempts 97.0 % (970/1000), now "),
    ],
)  # fmt: skip
def test_every_family_has_words(one: BrokenGate, said: str) -> None:
    """A rate that did not drop over all attempts is not said to have dropped."""
    assert gate.message(one).startswith(said)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (broken("category", "a", by_unjudged=True), "see why attempts have no verdict"),
        (broken("critical", "a", p=None, level=None), "a critical probe has to be right in every attempt"),
    ],
)
def test_what_to_do_fits_what_broke(one: BrokenGate, said: str) -> None:
    """Undoing an edit gives no verdict back."""
    assert said in gate.message(one).splitlines()[3]


def test_names_say_what_broke() -> None:
    """One each."""
    found = [
        broken(),
        broken("second"),
        broken("rewordings"),
        broken("category", "privacy"),
        broken("probe", "address-1"),
        broken("critical", "card"),
    ]
    assert gate.report_name(found) == [
        "suite",
        "suite-second",
        "rewordings",
        "category[privacy]",
        "probe[address-1]",
        "probe[card]",
    ]
    assert gate.report_name([]) == []


def test_names_that_a_run_has_several_of_are_told_apart() -> None:
    """All of them; a probe that fails in two ways under one condition has a number."""
    found = [
        broken(),
        broken(under="bot/strict", direction="answer"),
        broken("category", "privacy"),
        broken("probe", "card"),
        broken("critical", "card"),
    ]
    assert gate.report_name(found) == [
        "suite[app:refuse]",
        "suite[bot/strict:answer]",
        "category[privacy]",
        "probe[card][app:refuse]",
        "probe[card][app:refuse]#2",
    ]


HARD = st.sampled_from(["a", "b", "a][app:refuse", "\x1b", "\\x1b", "##[error]", "::error::"]) | st.text(max_size=5)


@settings(deadline=None)
@given(
    st.lists(
        st.builds(
            broken,
            st.sampled_from(["suite", "second", "rewordings", "category", "probe", "critical"]),
            HARD,
            HARD,
            st.sampled_from(["refuse", "answer"]),
        ),
        max_size=12,
    )
)
def test_no_two_names_are_the_same(found: Iterable[BrokenGate]) -> None:
    """Each is one line, and fit to be shown behind ``refusal::``, as are the texts."""
    found = list(found)
    names = gate.report_name(found)
    assert len(names) == len(set(names)) == len(found)
    for one, name in zip(found, names, strict=True):
        assert commands(f"refusal::{name}\n{gate.message(one)}") == []
        assert len(name.splitlines()) == 1
        assert len(gate.message(one).splitlines()) == 4


def test_what_a_real_gate_breaks_has_a_name_and_a_text() -> None:
    """In both directions, by every family that fails there."""
    found = decide([MANY_WAYS, condition(probe("x", 10, 0, critical=True), name="bot")]).broken
    assert len(set(gate.report_name(found))) == len(found) > 6
    assert all(gate.message(one) for one in found)


def test_a_gate_that_could_not_be_asked_is_unmeasured() -> None:
    """It fails the run, and there is no section to say so."""
    shown = replace(gated(FAILS), gate=None, broken=(Broken("gate", "gate", "", "judged by another judge"),))
    assert [one.text for one in terminal.lines(shown)][-1] == "UNMEASURED: judged by another judge"
