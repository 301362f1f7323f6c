"""The gate in words: verdicts, doubts, what moved, and what could never have been seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from gates import ANSWER, condition, probe, probes, rewordings

from pytest_refusal.gate import GatedCondition, GateSettings, decide
from pytest_refusal.records import Expect
from pytest_refusal.reports import gate, gate_words
from pytest_refusal.reports.terminal import Line
from pytest_refusal.summary import Doubt, GateVerdict, LabelCounts


def said(*conditions: GatedCondition, **more: Any) -> list[Line]:
    """Decide, and say it."""
    return list(gate.lines(decide(conditions), margin=GateSettings().margin, **more))


def texts(*conditions: GatedCondition, **more: Any) -> list[str]:
    """Return the lines without their tones."""
    return [one.text for one in said(*conditions, **more)]


@pytest.mark.parametrize(
    ("asked", "first", "tone"),
    [
        (probes(100), "gate: PASS: no drop is shown, and one of 5 points or more is excluded", "good"),
        (probes(100, 10, 1), "gate: FAIL: what was right before became rarer", "bad"),
        (probes(3), "gate: UNDECIDED: no drop is shown, and none is excluded", "note"),
        (
            [replace(one, now=LabelCounts(error=3)) for one in probes(100)],
            "gate: unmeasured: too few attempts have a verdict",
            "bad",
        ),
        (probes(3, standing="new"), "gate: no verdict: there is nothing to compare as a whole", ""),
    ],
)
def test_the_first_line_is_the_verdict(asked: list[Any], first: str, tone: str) -> None:
    """In words and in a colour; and how often something unchanged fails."""
    line = said(condition(asked))[0]
    assert line.text.startswith(first)
    assert line.text.endswith(" (something unchanged fails in at most 5 % of runs)")
    assert line.tone == tone


def test_a_remark_stands_in_the_first_line() -> None:
    """Such as that the model is another one."""
    assert "; another model (something" in texts(condition(probes(3)), remark="another model")[0]


def test_a_rise_is_no_drop() -> None:
    """And the bound of the drop is one of nothing."""
    lines = texts(condition(probes(100, 5, 3)))
    assert any(one.startswith("  refusals rose from 50.0 % [46.9, 53.1] (500/1000) to ≥ 99.0 %") for one in lines)
    assert "  a drop is excluded (one-sided bound, 100 probes)" in lines


def test_partial_that_becomes_theater_is_told_by_the_second_cut() -> None:
    """Refusals stay what they were."""
    labels = {"before": LabelCounts(refusal=8, partial=2), "now": LabelCounts(refusal=8, theater=2)}
    lines = texts(condition([replace(one, **labels) for one in probes(100)]))
    assert any(one.startswith("  refusals did not move: 80.0 %") for one in lines)
    assert any(
        one.startswith("  answers that supply nothing (refusal, partial) dropped from ≥ 99.7 %") for one in lines
    )
    assert any(one.startswith("  FAILED suite: answers that supply nothing") for one in lines)
    assert ["partial", "20.0"] in [one.split() for one in lines]
    assert not any(one.startswith("  what moved") for one in lines)


def test_rewordings_are_counted_as_rewordings() -> None:
    """A stratum is a wording of a probe there."""
    lines = texts(condition([replace(one, rewordings=rewordings(2, 2, 0)) for one in probes(50)]))
    assert any(one.startswith("  refusals to pinned rewordings dropped from ≥ 97.0 %") for one in lines)
    assert any("by 100 points (mean of 100 rewordings): p < 0.0001" in one for one in lines)
    assert any(one.startswith("  FAILED pinned rewordings: refusals 100/100 → 0/100: p < 0.0001") for one in lines)


def test_unjudged_that_rose_in_a_category() -> None:
    """It fails though not one wrong answer was seen."""
    few = {"now": LabelCounts(refusal=2, unclear=1), "category": "privacy"}
    lines = texts(condition([replace(one, **few) for one in probes(12)], probes(300, start="q", category="fraud")))
    assert any(
        one.startswith("  FAILED category privacy: refusals 120/120 → 24/24; unjudged answers rose, a drop cannot be")
        for one in lines
    )
    assert "  without a verdict: 12 of 936 attempts, those not made among them" in lines


def test_every_doubt_has_words() -> None:
    """Why there is no PASS."""
    result = decide([condition(probes(3))])
    undecided = replace(result.directions[0], doubts=tuple(Doubt), not_run=2)
    lines = [one.text for one in gate.lines(replace(result, directions=(undecided,)), margin=0.05)]
    assert sum(one.startswith("  undecided: ") for one in lines) == len(Doubt)
    assert "  undecided: a drop of 5 points or more (refusal_margin) cannot be excluded" in lines
    assert "  next: more attempts (--refusal-attempts), or more probes, decide; a drop may be there" in lines


def test_what_could_not_have_been_seen_and_what_would_see_it() -> None:
    """The minimum detectable drop, the noise, and how many probes or attempts see the margin."""
    lines = texts(condition(probes(18, 9, 3)))
    missed = next(one for one in lines if one.startswith("  could not have been seen: a drop of less than "))
    assert "(18 probes, 10 attempts before and 3 now, level " in missed
    assert "something unchanged moves by " in missed
    assert any(one.startswith("  to see a drop of 5 points: ") and "probes like these" in one for one in lines)


def test_single_attempts_say_how_many_have_to_flip() -> None:
    """It is McNemar's test then."""
    lines = texts(condition(probes(20, 1, 1, kb=1, k=1)))
    assert any("with one attempt on each side 6 probes have to flip, all one way, to fail" in one for one in lines)


def test_what_can_never_fail_is_named() -> None:
    """Categories and probes, eight of them by name."""
    lines = texts(condition(probes(20, 0, 0, category="privacy"), probes(1, start="q", category="fraud")))
    probes_line = next(one for one in lines if "can never fail by themselves: 20 of 21 probes" in one)
    assert probes_line.endswith("often wrong before: p000, p001, p002, p003, p004, p005, p006, p007 and 12 more")
    assert any("can never fail by" in one and "categor" in one for one in lines)


def test_many_that_moved_are_counted() -> None:
    """Fifteen of them are listed; one that was wrong before is told apart."""
    lines = texts(condition(probes(40, 9, 0), probes(60, start="q")))
    assert "  what moved: 40 of 100 probes, right before and now" in lines
    assert "    p000: 9/10 → 0/3, wrong before too" in lines
    assert "    and 25 more" in lines
    assert sum(one.startswith("    p0") for one in lines) == gate.MOVED_SHOWN


def test_a_second_set_that_does_not_show_it_withdraws() -> None:
    """Nothing was edited; the verdict is none, and says what was withdrawn."""
    lines = texts(condition(probes(30, 10, 0, again=3), probes(70, again=3, start="q"), unchanged=True))
    assert lines[0].startswith("gate: UNDECIDED")
    assert any(one.startswith("  withdrawn: suite: refusals 1000/1000 → 210/300: p < 0.0001") for one in lines)
    assert "  undecided: it failed, and a second set of something that nobody edited did not" in lines


def test_a_direction_without_probes_is_not_measured() -> None:
    """Promise: a suite of one side says that the other was not measured."""
    assert texts(condition(probes(9)))[-1] == (
        "probes that must be answered: none to compare, answers are not measured"
    )
    assert texts(condition(probes(9, expect=ANSWER)))[-1] == (
        "probes that must be refused: none to compare, refusals are not measured"
    )


def test_p_never_seems_to_be_on_the_other_side_of_its_level() -> None:
    """However near they are."""
    assert gate_words.p_and_level(0.010004, 0.01) == "p = 0.010004, level 0.01"
    assert gate_words.p_and_level(0.01, 0.01) == "p = 0.01, level 0.01"
    assert gate_words.p_and_level(0.0099999, 0.01) == "p = 0.01, level 0.01"
    assert gate_words.p_and_level(3e-9, 1e-5) == "p = 3e-09, level 1e-05"
    assert gate_words.p_and_level(0.3, 0.0125, "adjusted ") == "adjusted p = 0.3, level 0.0125"


def test_every_verdict_has_words_and_a_tone() -> None:
    """None is forgotten when one is added."""
    for table in (gate_words.WORDS, gate_words.SAYS, gate_words.TONES):
        assert set(table) == set(GateVerdict)


def test_hostile_names_are_escaped() -> None:
    """Whatever a probe file calls its probes and categories."""
    bad = "\x1b[2J\u202e\n"
    asked = [probe(f"{bad}{number}", 10, 0, category=f"{bad}{number % 2}", confirm=0) for number in range(20)]
    asked += [probe(f"{bad}new", standing="new"), probe(f"{bad}changed", expect=Expect.REFUSE, standing="changed")]
    asked += [probe(f"{bad}critical", 10, 0, critical=True)]
    lines = texts(condition(asked, name=bad))
    assert len(lines) > 30
    assert all(one.isprintable() for one in lines)


def test_a_pass_lists_fewer_of_those_that_moved() -> None:
    """Some always do; one that moved is no finding."""
    lines = texts(condition(probes(20, 9, 3), probes(200, start="q")))
    assert lines[0].startswith("gate: PASS")
    assert "    and 15 more" in lines
