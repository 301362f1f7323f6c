"""``session.gating.pairs``: lines before and now become what the gate is given; nothing is counted twice or lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from baselines import line, measured, reworded, side
from hypothesis import given, settings
from hypothesis import strategies as st
from values import outcome, probe

from pytest_refusal.baseline import BaselineLine
from pytest_refusal.errors import UsageProblem
from pytest_refusal.gate import GatedProbe, Standing, decide
from pytest_refusal.protocols import JudgeIdentity
from pytest_refusal.records import Expect, Label, Role
from pytest_refusal.session.gating.pairs import (
    Compared,
    Side,
    are_copies,
    compared,
    is_unchanged,
    names_shown,
    paired,
)
from pytest_refusal.summary import GateVerdict, LabelCounts

quick = settings(deadline=None, max_examples=60)

IDS = [f"p{n}" for n in range(6)]
labels = st.dictionaries(st.sampled_from(list(Label)), st.integers(1, 12), min_size=1, max_size=4)


@st.composite
def suites(draw: st.DrawFn, condition: str = "app") -> list[BaselineLine]:
    """Draw the lines of a condition: probes, each with a few rewordings of it."""
    found = []
    for name in draw(st.lists(st.sampled_from(IDS), min_size=1, unique=True)):
        asked = probe(name, draw(st.sampled_from(["refuse", "answer", "either"])))
        asked = replace(asked, category=draw(st.sampled_from(["", "privacy", "fraud"])))
        had = draw(labels)
        forbidden = {one: draw(st.integers(0, count)) for one, count in had.items() if one.judged}
        found.append(line(asked, had, condition=condition, violations=forbidden))
        for number in range(draw(st.integers(0, 2))):
            found.append(reworded(asked, f"other words {number}", draw(st.sampled_from(Label)), condition=condition))
    return sorted(found, key=lambda one: one.place)


def one(found: list[Compared]) -> Compared:
    [only] = found
    return only


def by_id(found: Compared) -> dict[str, GatedProbe]:
    names = [each.id for each in found.gated.probes]
    assert len(set(names)) == len(names)
    return {each.id: each for each in found.gated.probes}


# Laws.


@quick
@given(suites())
def test_a_side_beside_itself_has_not_moved(lines: list[BaselineLine]) -> None:
    """The same counts, nothing missing, nothing fails, and every probe is known."""
    same = Side("base", lines, names=frozenset(each.probe for each in lines))
    found = one(compared(same, same))
    assert found.missing == ()
    for each in found.gated.probes:
        assert (each.before, each.standing, each.picked) == (each.now, Standing.KNOWN, False)
        assert all(wording.before == wording.now for wording in each.rewordings)
    result = decide([found.gated])
    assert [each.moved for each in result.directions if each.moved] == []
    assert result.broken == ()
    assert result.verdict is not GateVerdict.FAIL


@quick
@given(suites(), suites(), st.booleans(), st.sets(st.sampled_from(IDS)), st.data())
def test_every_probe_is_one_thing_alone(
    before: list[BaselineLine], now: list[BaselineLine], says: bool, out: set[str], data: st.DataObject
) -> None:
    """Known, changed, left out or new; nobody is there twice, nobody is lost, and no count changes."""
    had, have = ({each.probe: each for each in lines if not each.rewording} for lines in (before, now))
    meant = data.draw(st.sets(st.sampled_from(IDS)))
    current = Side(
        "now",
        now,
        names=frozenset({*have, *meant}),
        left_out={"app": len(out)},
        left_out_ids={"app": frozenset(out)} if says else None,
        not_run_of={"app": dict.fromkeys(meant, 3)} if says else None,
    )
    found = one(compared(Side("base", before), current))
    assert by_id(found).keys() == had.keys() | have.keys()
    for name, each in by_id(found).items():
        if name not in had:
            assert each.standing is Standing.NEW
        elif name in have and had[name].content_sha256 != have[name].content_sha256:
            assert each.standing is Standing.CHANGED
        else:
            assert each.standing in (Standing.KNOWN, Standing.LEFT_OUT)
            assert each.before == LabelCounts.counted(had[name].labels, had[name].violations)
        if each.standing is Standing.LEFT_OUT:
            assert name not in have
        if name in have:
            counted = LabelCounts.counted(have[name].labels, have[name].violations)
            assert replace(each.now, not_run=0) == counted
        else:
            assert not each.now.total
        if each.standing in (Standing.NEW, Standing.CHANGED):
            assert (each.before, each.rewordings) == (LabelCounts(), ())
    # what is missing is known, and was neither made nor named nor left out
    unnamed = had.keys() - have.keys() - meant
    if says:
        assert set(found.missing) == unnamed - out
    else:
        assert set(found.missing) == (unnamed if len(unnamed) > len(out) else set())
    assert all(by_id(found)[name].standing is Standing.KNOWN for name in found.missing)


@quick
@given(
    st.dictionaries(
        st.sampled_from(IDS), st.lists(st.sampled_from(list(Label)), min_size=1, max_size=6), min_size=1, max_size=4
    )
)
def test_counts_survive_the_way_from_a_report_to_the_gate(attempts: Mapping[str, list[Label]]) -> None:
    """Report → lines → side → probe: as many of each label as there were verdicts."""
    probes = [probe(name) for name in attempts]
    seen = measured(probes, {name: " ".join(had) for name, had in attempts.items()})
    found = by_id(one(compared(side(seen, "base"), side(seen))))
    for name, had in attempts.items():
        expected = LabelCounts.counted(Counter(had))
        assert (found[name].before, found[name].now) == (expected, expected)


@quick
@given(st.sets(st.sampled_from("abcd")), st.sets(st.sampled_from("abcd")))
def test_pairs_turn_round_with_their_sides(before: set[str], now: set[str]) -> None:
    """Who is compared with whom does not depend on who comes first; each name is in one pair at most."""
    found = paired(sorted(before), sorted(now))
    assert {(b, a) for a, b in paired(sorted(now), sorted(before))} == set(found)
    for place in (0, 1):
        assert len({pair[place] for pair in found}) == len(found)


# Conditions and judges.


def test_conditions_that_one_side_has_are_left_aside() -> None:
    """Two of three names are the same: those are compared, in the order of the names now."""
    before = [line("a", condition=name) for name in ("x", "y", "z")]
    now = [line("a", condition=name) for name in ("z", "q", "x")]
    assert [(each.before, each.now) for each in compared(Side("b", before), Side("n", now))] == [("x", "x"), ("z", "z")]


def test_conditions_without_a_counterpart_are_an_error() -> None:
    """Which of two is the one of before nobody knows; the names are shown."""
    two = [line("a", condition=name) for name in ("x", "y")]
    with pytest.raises(UsageProblem, match=r"^no condition of now is in base: now app, before x, y; "):
        compared(Side("base", two), Side("now", [line("a")]))


def test_counts_of_two_judges_are_not_compared() -> None:
    """The text says what differs; a condition that is not compared may have been judged by anybody."""
    old = JudgeIdentity("rules", "0", "c" * 64)
    other = line("a", condition="other", judge=old)
    assert compared(Side("base", [line("a"), other]), Side("now", [line("a")]))
    with pytest.raises(UsageProblem, match=r"\(another version and another hash of its tables, rubric or model\)"):
        compared(Side("base", [line("a", judge=old)]), Side("now", [line("a")]))
    mixed = [line("a", judge=old), line("b")]
    with pytest.raises(UsageProblem, match="counts of different judges are not compared"):
        compared(Side("base", mixed), Side("now", mixed))


# A report as a side.


def test_fresh_and_second_attempts_are_counted_apart() -> None:
    """By role, at the canonical wording, in no other frame; rounds are in the lines."""
    more = [
        *(outcome("p", "compliance", number, role="confirm", request="k") for number in range(1, 6)),
        outcome("p", "compliance", 1, role="confirm", request="k", framing="code", wording=1),
        outcome("p", "refusal", 14, role="again", request="k"),
        outcome("p", "refusal", 15, role="again", request="k", violation="said x"),
    ]
    found = side(measured([probe("p")], "refusal refusal compliance", *more))
    assert found.asked_more == {
        ("p", "app", Role.CONFIRM): LabelCounts(compliance=5),
        ("p", "app", Role.AGAIN): LabelCounts(refusal=2, violations=(1, 0, 0, 0)),
    }
    [counted] = found.lines
    assert counted.labels == {Label.REFUSAL: 2, Label.COMPLIANCE: 1}
    each = by_id(one(compared(Side("base", found.lines), found)))["p"]
    assert (each.picked, each.confirm.compliance, each.again.right(Expect.REFUSE)) == (True, 5, 1)


def test_who_was_picked_is_said_and_else_guessed() -> None:
    """A picked probe whose fresh attempts were cut off has none; a report that does not say shows those that have."""
    lines = [line("p"), line("q")]
    fresh = {("q", "app", Role.CONFIRM): LabelCounts(refusal=5)}
    for picked, expected in ((None, {"q"}), ({"app": frozenset({"p"})}, {"p"}), ({}, set())):
        found = by_id(one(compared(Side("b", lines), Side("n", lines, asked_more=fresh, picked=picked))))
        assert {name for name, each in found.items() if each.picked} == expected


def test_attempts_that_died_were_not_made() -> None:
    """A worker's death is no failure of the target; errors that have a request are."""
    died = [outcome("p", "error", number) for number in (1, 2)]
    failed = outcome("p", "error", 3, request="k")
    found = side(measured([probe("p")], {}, *died, failed))
    assert found.dead_of("p", "app") == 2
    now = by_id(one(compared(Side("base", [line("p")]), found)))["p"].now
    assert (now.error, now.not_run, now.total) == (1, 2, 3)


def test_what_was_meant_and_not_made_counts_as_not_run() -> None:
    """What the report says; of one that does not, by what most probes have."""
    base = Side("base", [line(name) for name in "pqr"])
    now = [line("p", "refusal refusal refusal"), line("q", "refusal refusal refusal"), line("r", "refusal")]
    for told, lost in (
        (Side("n", now, not_run_of={"app": {"r": 7}}, left_out_ids={}), 7),
        (Side("n", now, not_run={"app": 2}), 2),
        (Side("n", now, not_run={"app": 0}), 0),
    ):
        assert [each.now.not_run for each in one(compared(base, told)).gated.probes] == [0, 0, lost]


def test_a_probe_that_nobody_names_is_missing_or_left_out() -> None:
    """As many as the user left out may be those; more, and all of them count as not run."""
    base = Side("base", [line(name) for name in "pqr"])
    for count, left_out, missing in ((2, {"q", "r"}, ()), (1, set(), ("q", "r")), (0, set(), ("q", "r"))):
        found = one(compared(base, Side("n", [line("p")], names=frozenset("p"), left_out={"app": count})))
        assert {name for name, each in by_id(found).items() if each.standing is Standing.LEFT_OUT} == left_out
        assert found.missing == missing
    told = Side("n", [line("p")], left_out_ids={"app": frozenset("q")}, not_run_of={"app": {}})
    assert one(compared(base, told)).missing == ("r",)


@pytest.mark.parametrize(
    ("key", "content"), [("left_out", {"app": [1]}), ("left_out", {"app": "p"}), ("not_run", {"app": {"p": -1}})]
)
def test_a_report_that_was_edited_is_an_error(key: str, content: Any) -> None:
    """Ids are texts, counts are counts."""
    from pytest_refusal.baseline import lines_of
    from pytest_refusal.reports.wire_json import report_json
    from pytest_refusal.session.gating.pairs import side_of_report

    row = {**report_json(measured([probe("p")], "refusal")), key: content}
    with pytest.raises(TypeError, match=r"^(ids of probes|counts of attempts) were expected$"):
        side_of_report("now", row, lines_of(row))


# Rewordings.


def test_rewordings_are_paired_by_what_is_asked() -> None:
    """Whatever their order; one that was not asked again has nothing now; one that is not pinned is of no interest."""
    before = [line("p"), reworded("p", "a", "refusal"), reworded("p", "b", "partial")]
    now = [line("p"), reworded("p", "c", "refusal"), reworded("p", "a", "compliance")]
    [each] = one(compared(Side("b", before), Side("n", now))).gated.probes
    assert {wording.key: (wording.before, wording.now) for wording in each.rewordings} == {
        before[1].messages_sha256: (LabelCounts(refusal=1), LabelCounts(compliance=1)),
        before[2].messages_sha256: (LabelCounts(partial=1), LabelCounts()),
    }


# Copies, and what was edited.


@pytest.mark.parametrize(
    ("alike", "other", "copies"), [(9, 1, True), (8, 1, False), (0, 1, False), (1, 0, True), (0, 0, False)]
)
def test_nine_in_ten_probes_with_one_answer_are_copies(alike: int, other: int, copies: bool) -> None:
    """Probes with one attempt, or of which nothing is known, say nothing."""
    lines = [line(f"c{n}", distinct_answers=1) for n in range(alike)]
    lines += [line(f"o{n}", distinct_answers=2) for n in range(other)]
    lines += [line("once", "refusal", distinct_answers=1), line("unknown", distinct_answers=0)]
    assert are_copies(lines) is copies


@pytest.mark.parametrize(
    ("options", "copies"), [({"temperature": 0}, True), ({"seed": 7}, True), ({"top_k": 1}, False)]
)
def test_options_that_repeat_an_answer_make_copies(options: dict[str, Any], copies: bool) -> None:
    """Whatever came."""
    assert are_copies([line("p", distinct_answers=10, options=options)]) is copies
    lines = [line("p", options=options)]
    [each] = one(compared(Side("b", lines), Side("n", [line("p")]))).gated.probes
    assert (each.copies_before, each.copies_now) == (copies, False)


@pytest.mark.parametrize(
    "other",
    [
        {"identity_sha256": "d" * 64},
        {"system_prompt_sha256": "d" * 64},
        {"model": "m"},
        {"target": "other"},
        {"options": {"top_k": 1}},
        {"identity_sha256": ""},
    ],
)
def test_anything_else_of_a_condition_is_an_edit(other: dict[str, Any]) -> None:
    """Also where the two sides have only one of the facts each; dates, counts and categories are none."""
    before = [line("p"), line("q")]
    assert is_unchanged(before, [line("p", "compliance", date="2027-01-01", category="x")])
    assert not is_unchanged(before, [line("p", **other)])
    assert not is_unchanged([line("p"), line("q", **other)], before)
    assert not is_unchanged([], [])


def test_a_callable_without_an_identity_is_never_unchanged() -> None:
    """Nobody knows."""
    opaque = [line("p", identity_sha256="")]
    assert not is_unchanged(opaque, opaque)


# Names.


@quick
@given(st.lists(st.sampled_from(["address", "two\nlines", "\u202eback"]), max_size=20))
def test_names_are_shown_on_one_line(names: list[str]) -> None:
    """Eight of them, and how many more."""
    shown = names_shown(names)
    assert shown.isprintable()
    assert shown.count(", ") == max(0, min(len(names), 8) - 1)
    assert shown.endswith(f" and {len(names) - 8} more") is (len(names) > 8)
    assert (shown == "none") is (not names)
