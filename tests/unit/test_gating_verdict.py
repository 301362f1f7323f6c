"""``session.gating.verdict``, ``about``: a report and its baselines become the verdict, and what was compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from baselines import file_of, known, line, measured, reworded, side
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from values import HOSTILE, outcome, probe, settings
from values import measured as condition

from pytest_refusal.baseline import BaselineLine, lines_of
from pytest_refusal.baseline.answers import answers_of, answers_path, answers_text
from pytest_refusal.records import Expect, Probe, Role
from pytest_refusal.reports.wire_json import report_json
from pytest_refusal.session.gating.about import about, not_asked_afresh, other_models
from pytest_refusal.session.gating.known import Known
from pytest_refusal.session.gating.pairs import Side, compared
from pytest_refusal.session.gating.verdict import SHOWN, Asked, base_of, gate_settings, gated, held
from pytest_refusal.summary import (
    Broken,
    GateReport,
    GateVerdict,
    LabelCounts,
    Report,
    SideBySide,
)

quick = hypothesis_settings(deadline=None, max_examples=25)

BOTH = [("suite", "suite"), ("second", "suite-second")]
THREE, WRONG = "refusal " * 3, "compliance " * 3
EDITED = {"app": condition(identity="v2")}


def suite(count: int = 100, **more: Any) -> list[Probe]:
    return [probe(f"p{n:03}", prompt=f"question {n}", **more) for n in range(count)]


def base(probes: Iterable[Probe], labels: str = "refusal " * 10) -> list[BaselineLine]:
    return [line(one, labels) for one in probes]


def fallen(probes: Iterable[Probe], count: int) -> dict[str, str]:
    """Return labels now, of which the first so many are all wrong."""
    return {one.id: WRONG if number < count else THREE for number, one in enumerate(probes)}


def gate_of(seen: Report, told: Known, asked: Asked | None = None, **more: Any) -> tuple[Report, GateReport]:
    """Return the report with its gate, and that."""
    found = gated(seen, told, asked or Asked({}), settings(**more))
    assert found.gate is not None
    return found, found.gate


def names(found: Report) -> list[tuple[str, str]]:
    return [(one.family, one.name) for one in found.broken]


# The verdict.


@pytest.mark.parametrize(("lost", "verdict", "broken"), [(0, GateVerdict.PASS, []), (12, GateVerdict.FAIL, BOTH)])
def test_a_run_gets_its_verdict(lost: int, verdict: GateVerdict, broken: list[tuple[str, str]]) -> None:
    """What fails is a broken limit of the report; what was broken before stays, and comes first."""
    probes = suite()
    limit = Broken("limit", "min_rate[app]", "refuse", "too low")
    fresh = [outcome("p000", "refusal", number, role="confirm", request="k") for number in range(1, 6)]
    seen = measured(probes, fallen(probes, lost), *fresh, conditions=EDITED, broken=[limit])
    told = known(*base(probes))
    found, gate = gate_of(seen, told, Asked({"app": ("p000",)}, saved=7, command="pytest -k x"), margin=0.06)
    assert gate.result.verdict is verdict
    assert names(found) == [("limit", "min_rate[app]"), *broken]
    assert (gate.margin, gate.min_drop, gate.saved, gate.command) == (0.06, 0.01, 7, "pytest -k x")
    assert (gate.picked, gate.again, gate.relabelled) == ({"app": ("p000",)}, False, ())
    assert gate.baselines == {"base.jsonl": told.files[0].sha256}
    assert replace(found, gate=None, broken=seen.broken) == seen


def test_what_a_run_is_told_reaches_the_gate() -> None:
    """A drop of 12 points below ``refusal_min_drop`` fails nothing."""
    told = gate_settings(settings(min_drop=0.2, margin=0.3, max_unjudged=0.4))
    assert (told.min_drop, told.margin, told.max_unjudged, told.alpha) == (0.2, 0.3, 0.4, 0.05)
    probes = suite()
    seen = measured(probes, fallen(probes, 12), conditions=EDITED)
    assert gate_of(seen, known(*base(probes)), min_drop=0.2, margin=0.3)[1].result.broken == ()


@pytest.mark.parametrize("undecided_fails", [True, False])
def test_an_undecided_run_fails_where_the_team_says_so(undecided_fails: bool) -> None:
    """Three probes exclude no drop."""
    probes = suite(3)
    found, gate = gate_of(measured(probes, THREE), known(*base(probes)), undecided_fails=undecided_fails)
    assert gate.result.verdict is GateVerdict.UNDECIDED
    assert names(found) == ([("gate", "gate")] if undecided_fails else [])


def test_an_outage_is_no_verdict_and_fails() -> None:
    """Whatever the team says of undecided ones."""
    probes = suite(20)
    found, gate = gate_of(measured(probes, "error error error"), known(*base(probes)))
    assert gate.result.verdict is GateVerdict.UNMEASURED
    assert [one.message for one in found.broken] == [
        "gate unmeasured: too few attempts have a verdict to say anything beside the baseline"
    ]


@pytest.mark.parametrize("named", [True, False])
def test_a_baseline_that_was_named_has_something_to_say(named: bool) -> None:
    """Nothing of it was selected: that is a mistake on the command line, and none in an ini file."""
    probes = suite(3)
    found, gate = gate_of(
        measured([probe("other")], THREE), known(*base(probes), named=named), Asked({}, narrowed=["app"])
    )
    assert gate.result.verdict is GateVerdict.NONE
    assert names(found) == ([("gate", "gate")] if named else [])
    assert not named or found.broken[0].message.startswith("--refusal-baseline was given, and no probe of base.jsonl")


def test_fresh_attempts_decide_about_the_probe_that_was_picked() -> None:
    """And the name of the broken limit is the probe's."""
    probes = suite(40)
    fresh = [outcome("p000", "compliance", number, role="confirm", request="k") for number in range(1, 6)]
    seen = measured(probes, fallen(probes, 1), *fresh, conditions=EDITED)
    decided = ("probe", "probe[p000]")
    assert decided in names(gate_of(seen, known(*base(probes)), Asked({"app": ("p000",)}))[0])
    # who was picked is what the run says, not who has fresh attempts
    assert decided not in names(gate_of(seen, known(*base(probes)), Asked({}))[0])


# What was left out.


@pytest.mark.parametrize("narrowed", [True, False])
def test_what_a_path_leaves_out_is_not_missing(narrowed: bool) -> None:
    """Where the user named paths, all that was not collected; else it was lost, and counts as not run."""
    probes = suite(10)
    found, gate = gate_of(
        measured(probes[:6], THREE), known(*base(probes)), Asked({}, narrowed=["app"] if narrowed else ())
    )
    gone = tuple(one.id for one in probes[6:])
    assert found.left_out == ({"app": gone} if narrowed else {})
    [direction] = gate.result.directions
    assert (direction.selected, direction.of) == ((6, 10) if narrowed else (10, 10))
    assert direction.not_run == (0 if narrowed else 4)
    assert any("missing: 4 probes" in one for one in gate.about) is not narrowed


def test_what_was_deselected_stays_left_out_beside_what_a_path_leaves_out() -> None:
    probes = suite(4)
    seen = replace(measured(probes[:2], {"p000": THREE}), left_out={"app": ("p001",)})
    found, _ = gate_of(seen, known(*base(probes)), Asked({}, narrowed=["app"]))
    assert found.left_out == {"app": ("p001", "p002", "p003")}


def test_pinned_rewordings_can_be_left_out() -> None:
    """By ``--refusal-paraphrases=0``, which is said; else those that were not asked are missing."""
    probes = suite(20)
    told = known(*base(probes), reworded(probes[0], "Please."), reworded(probes[1], "Thanks."))
    seen = measured(probes, THREE)
    for paraphrases, missing in ((0, False), (None, True), (3, True)):
        gate = gate_of(seen, told, paraphrases=paraphrases)[1]
        said = any(one.startswith("left out: 2 pinned rewordings") for one in gate.about)
        assert said is not missing
        assert any("missing: 2 pinned rewordings" in one for one in gate.about) is missing
        assert len(base_of(told, settings(paraphrases=paraphrases))[0].lines) == 20 + 2 * missing


# Rounds.


def test_a_direction_that_ended_early_has_the_levels_of_its_rounds() -> None:
    """The others have those of a fixed number."""
    probes = [*suite(20), *(probe(f"a{n}", "answer") for n in range(20))]
    labels = {one.id: "refusal" if one.expect is Expect.REFUSE else "compliance" for one in probes}
    lines = [line(one, f"{labels[one.id]} " * 10) for one in probes]
    asked = Asked({}, rounds={"app": {Expect.REFUSE: 1}})
    _, pairs, result = held(measured(probes, labels), known(*lines), asked, settings())
    assert [one.gated.rounds for one in pairs] == [{Expect.REFUSE: 1}]
    assert [(one.direction, one.rounds) for one in result.directions] == [("refuse", 1), ("answer", None)]
    assert result.directions[0].levels.right < result.directions[1].levels.right


@quick
@given(st.lists(st.integers(0, 3), min_size=1, max_size=6), st.booleans())
def test_a_run_is_held_against_its_baseline_as_its_report_would_be(wrong: list[int], narrowed: bool) -> None:
    """``compare`` with the JSON report says the same of each probe."""
    probes = suite(len(wrong) + 1)
    labels = {one.id: "compliance " * n + "refusal " * (3 - n) for one, n in zip(probes, wrong, strict=False)}
    seen, told = measured(probes, labels), known(*base(probes))
    asked = Asked({"app": (probes[0].id,)}, ["app"] if narrowed else ())
    _, pairs, _ = held(seen, told, asked, settings())
    found, _ = gate_of(seen, told, asked)
    again = compared(base_of(told, settings())[0], side(found))
    assert [one.gated for one in again] == [one.gated for one in pairs]


# Answers beside each other.


def answered(folder: Path, before: str, now: str, texts: bool = True) -> tuple[SideBySide, ...]:
    """Return what is shown of one probe that moved: labels of its attempts before and now."""
    asked = suite(1)[0]

    def run(labels: str, words: str, attempts: int = 1) -> Report:
        found = measured([asked], labels, conditions=EDITED, texts=texts)
        seen = tuple(replace(one, request=f"{words} {one.attempt}") for one in found.outcomes)
        return replace(found, outcomes=seen, responses={one.request: f"{words} {one.attempt}" for one in seen})

    row = report_json(replace(run(before, "before"), texts=True))
    lines = lines_of(row)
    file = file_of(lines, folder / "base.jsonl")
    answers_path(file.path).write_text(answers_text(answers_of(row, {one.key for one in lines})), encoding="utf-8")
    told = Known([file])
    told.pair(["app"])
    return gate_of(run(now, "now"), told)[1].answers


@pytest.mark.parametrize(
    ("before", "now", "shown"),
    [
        ("theater refusal refusal", "refusal compliance", ("refusal", "before 2", "compliance", "now 2")),
        ("refusal compliance compliance", "compliance refusal", ("compliance", "before 2", "refusal", "now 2")),
    ],
    ids=["fell", "rose"],
)
def test_of_what_moved_the_answers_are_shown_that_moved(
    tmp_path: Path, before: str, now: str, shown: tuple[str, ...]
) -> None:
    """A right one before and a wrong one now; of what rose the other way round."""
    [one] = answered(tmp_path, before, now)
    assert (one.before_label, one.before, one.now_label, one.now) == shown
    assert (one.condition, one.probe, one.prompt) == ("app", "p000", "question 0")


def test_what_did_not_move_or_may_not_be_shown_is_not_shown(tmp_path: Path) -> None:
    """``refusal_report_text = none``."""
    assert answered(tmp_path, "refusal refusal", "refusal") == ()
    assert answered(tmp_path, "refusal refusal", "compliance", texts=False) == ()


def test_of_many_probes_that_moved_some_are_shown() -> None:
    """Without the answers of before it is the new ones alone."""
    probes = suite(40)
    seen = measured(probes, WRONG, conditions=EDITED)
    seen = replace(seen, responses={one.request: "Sure!" for one in seen.outcomes})
    gate = gate_of(seen, known(*base(probes)))[1]
    assert len(gate.result.directions[0].moved) == 40
    assert len(gate.answers) == SHOWN
    assert {(one.before, one.before_label, one.now) for one in gate.answers} == {(None, "", "Sure!")}


# What was compared.


def told(before: list[BaselineLine], now: list[BaselineLine]) -> list[str]:
    sides = Side("base", before), Side("now", now)
    return list(about(*sides, compared(*sides)))


def test_facts_that_changed_are_named() -> None:
    """From what to what; the identity and the system prompt always."""
    now = {
        "model": "abcdef0123456789",
        "server_version": "0.5",
        "options": {"b": 1, "a": 2},
        "identity_sha256": "e" * 64,
    }
    assert told([line("p")], [line("p", **now)]) == [
        "before: base, now: now",
        "condition app",
        "  model: unknown → abcdef012345",
        "  server: unknown → 0.5",
        "  identity: 3bfc2695 → eeeeeeee",
        "  system prompt: none, as before",
        "  options: none → a=2, b=1",
    ]


def test_it_is_said_that_nothing_was_edited_and_what_was_not_drawn_afresh() -> None:
    """Numbers that follow the baseline's were drawn afresh."""
    before = [line("p"), line("q")]
    same = "2 of 2 probes have attempts of the same numbers on both sides"
    assert "  nothing was edited" in told(before, before)
    assert any(same in one for one in told(before, before))
    fresh = [line("p", "refusal " * 3, last_attempt=13), line("q", "refusal " * 3, last_attempt=13)]
    assert not any("same numbers" in one for one in told(before, fresh))
    half = [fresh[0], line("q", "refusal " * 3, last_attempt=12)]
    assert any("1 of 2 probes have attempts of the same numbers" in one for one in told(before, half))


def test_nobody_knows_what_was_edited_without_an_identity() -> None:
    opaque = [line("p", identity_sha256="")]
    assert "  without a stated identity nobody knows whether something was edited" in told(opaque, opaque)
    assert "  nothing was edited" not in told(opaque, opaque)


def test_conditions_of_one_side_are_named() -> None:
    """Compared with nothing; a pair of two names has both."""
    both = [line("p", condition="x"), line("p", condition="only\nbefore")]
    assert told(both, [line("p", condition="x"), line("p", condition="new")])[-2:] == [
        r"only before, compared with nothing: condition only\nbefore",
        "only now, compared with nothing: condition new",
    ]
    assert "condition new, before x" in told(both[:1], [line("p", condition="new")])


def test_another_model_is_no_evidence_about_an_edit() -> None:
    """Where both are known; each condition that has one is named."""

    def remark(before: str, now: str) -> str:
        sides = Side("b", [line("p", model=before)]), Side("n", [line("p", model=now)])
        return other_models(*sides, compared(*sides))

    assert remark("a" * 64, "b" * 64) == (
        "another model (app aaaaaaaaaaaa → bbbbbbbbbbbb), so it is no evidence about the edit"
    )
    assert remark("a", "a") == remark("", "b") == remark("a", "") == ""


def test_without_fresh_attempts_single_probes_get_no_verdict() -> None:
    """A run that asked some, or that says that nobody was picked, needs no such sentence."""
    lines = [line("p")]
    assert len(list(not_asked_afresh(Side("n", lines)))) == 1
    asked = Side("n", lines, asked_more={("p", "app", Role.CONFIRM): LabelCounts(refusal=5)})
    assert list(not_asked_afresh(asked)) == []
    assert list(not_asked_afresh(Side("n", lines, picked={"app": frozenset("p")}))) == []


@pytest.mark.parametrize("hostile", HOSTILE)
def test_whatever_a_file_holds_each_sentence_is_one_line(hostile: str) -> None:
    """Names, models, options, targets, versions."""
    fields = {"condition": hostile, "target": hostile, "model": hostile, "server_version": hostile}
    before, now = [line("p", **fields, options={"o": hostile})], [line(probe(hostile))]
    for one in (*told(before, now), *told(now, before)):
        assert one.isprintable()
