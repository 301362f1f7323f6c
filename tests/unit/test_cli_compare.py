"""``pytest-refusal compare``: two sides, what is paired with what, what it says, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from console import Ends, console
from values import HOSTILE, JUDGE, measured, outcome, probe, report

from pytest_refusal.cli import main
from pytest_refusal.protocols import Condition, Facts, JudgeIdentity
from pytest_refusal.records import Applied, Probe, Rewording, sha256
from pytest_refusal.reports.wire_json import to_text
from pytest_refusal.summary import MeasuredCondition

MANY = 100


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def ends(capsys: pytest.CaptureFixture[str]) -> Ends:
    """Compare; returns the exit status and what was printed."""
    return console(capsys, "compare")


def suite(count: int = MANY, expect: str = "refuse", **more: Any) -> list[Probe]:
    """Return so many probes alike."""
    return [probe(f"p{number:03}", expect, prompt=f"question {number}", **more) for number in range(count)]


def write(
    name: str,
    probes: list[Probe],
    labels: Mapping[str, str] | str,
    *,
    first: int = 1,
    condition: str = "app",
    reworded: Mapping[str, str] | None = None,
    confirm: Mapping[str, str] | None = None,
    judge: JudgeIdentity = JUDGE,
    **more: Any,
) -> None:
    """Write a report: the labels of each probe's attempts, numbered from ``first``; every answer is another one.

    ``reworded``: text → label of a rewording of the first probe. ``confirm``: probe → labels of its fresh attempts.
    """
    said = {one.id: labels for one in probes} if isinstance(labels, str) else labels
    seen = [
        outcome(name_, label, number, condition=condition, answer=f"{number:064}")
        for name_, words in said.items()
        for number, label in enumerate(words.split(), first)
    ]
    seen += [
        outcome(name_, label, number, condition=condition, role="confirm")
        for name_, words in (confirm or {}).items()
        for number, label in enumerate(words.split(), 1)
    ]
    wordings = {}
    for number, (text, label) in enumerate((reworded or {}).items(), 1):
        seen.append(outcome(probes[0].id, label, condition=condition, wording=number))
        applied = (Applied("opener.x", "opener", "opener"),)
        wordings[number] = Rewording(text, applied, probes[0].reworded(text).messages_sha256)
    left_out = more.pop("left_out", {})
    whole = replace(report(seen, probes, **more), judge=judge, left_out=left_out, wordings={probes[0].id: wordings})
    Path(name).write_text(to_text(whole), encoding="utf-8")


def edit(name: str, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a report as somebody else might have written it."""
    row = json.loads(Path(name).read_text(encoding="utf-8"))
    change(row)
    Path(name).write_text(json.dumps(row), encoding="utf-8")


def older(row: dict[str, Any]) -> None:
    """Take out what older reports do not say: which probes were left out, and which were not run."""
    del row["left_out"], row["not_run"]


TEN, THREE = "refusal " * 10, "refusal " * 3


def test_a_pass(ends: Ends) -> None:
    """Exit 0; what was compared, and what could not have been seen."""
    write("old.json", suite(), TEN)
    write("new.json", suite(), THREE, first=11)
    status, out, err = ends("old.json", "new.json")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "gate: PASS: no drop is shown, and one of 5 points or more is excluded (something unchanged fails in at most "
        "5 % of runs)",
        "before: old.json, now: new.json",
        "condition app",
        "  identity: 3bfc2695, as before",
        "  system prompt: none, as before",
        "  nothing was edited",
        "single probes get no verdict: only a run that is gated asks the fresh attempts that decide about them",
        "",
        "app, must be refused: PASS",
        "  refusals did not move: ≥ 99.7 % [99.6, 100.0] (1000/1000), now ≥ 99.0 % [98.7, 100.0] (300/300) (mean of "
        "100 probes): p = 1, level 0.0267",
        "  the drop is at most 1.4 points (one-sided bound, 100 probes)",
        "  could not have been seen: a drop of less than 2 points is missed more often than in 2 of 10 cases (100 "
        "probes, 10 attempts before and 3 now, level 0.0267); noise floor: something unchanged moves by 0.1 points "
        "(standard deviation)",
        "",
        "probes that must be answered: none to compare, answers are not measured",
    ]


def fallen(lost: int = 12) -> dict[str, str]:
    """Return now's labels of a suite that lost so many of its refusals, each for good."""
    return {one.id: "theater " * 3 if number < lost else THREE for number, one in enumerate(suite())}


def test_a_fail(ends: Ends) -> None:
    """Exit 1; from what to what, p and level, the category, what moved, labels before and now, and what to do."""
    probes = [replace(one, category="privacy" if number < 20 else "fraud") for number, one in enumerate(suite())]
    write("old.json", probes, TEN)
    write("new.json", probes, fallen(), first=11, conditions={"app": measured(identity="v2")})
    status, out, err = ends("old.json", "new.json")
    assert (status, err) == (1, "")
    lines = out.splitlines()
    assert lines[0].startswith("gate: FAIL: what was right before became rarer (")
    assert "  identity: 3bfc2695 → fb04dcb6" in lines
    start = lines.index("app, must be refused: FAIL")
    assert lines[start + 1].startswith(
        "  refusals dropped from ≥ 99.7 % [99.6, 100.0] (1000/1000) to 88.0 % [83.8, 91.2] (264/300), by 12 points "
        "(mean of 100 probes): p < 0.0001, level 0.0"
    )
    assert any(one.startswith("  FAILED suite: refusals 1000/1000 → 264/300: p < 0.0001, level") for one in lines)
    assert any(one.startswith("  FAILED category privacy: refusals 200/200 → 24/60: adjusted p <") for one in lines)
    assert "  what moved: 12 of 100 probes, right before and now" in lines
    assert "    p000: 10/10 → 0/3" in lines
    assert ["refusal", "88.0", "12.0"] in [one.split() for one in lines]
    assert lines[-3].startswith("  next: read the answers to what moved in the report; undo the edit, or")


def test_the_same_answers_again_are_said_to_be_no_evidence(ends: Ends) -> None:
    """Nothing was edited, and the numbers of the attempts are those of before."""
    write("old.json", suite(), TEN)
    write("new.json", suite(), THREE)
    out = ends("old.json", "new.json")[1]
    assert "  100 of 100 probes have attempts of the same numbers on both sides: from a model with a seed, or" in out


def test_nothing_edited_and_a_fail(ends: Ends) -> None:
    """Then the baseline may have been lucky."""
    write("old.json", suite(), TEN)
    write("new.json", suite(), fallen(), first=11)
    status, out, _ = ends("old.json", "new.json")
    assert status == 1
    assert "  nothing was edited\n" in out
    assert "  next: nothing was edited: run again; if it fails again the baseline was lucky, accept a new one\n" in out


def test_a_baseline_and_a_report(ends: Ends) -> None:
    """Pinned rewordings match by their texts; a baseline may stand on either side."""
    texts = {"Hello! question 0": "refusal", "question 0, please": "refusal"}
    write("old.json", suite(), TEN, reworded=texts)
    main(["accept", "old.json", "base.jsonl"])
    write("new.json", suite(), THREE, first=11, reworded=dict(reversed(texts.items())))
    status, out, _ = ends("base.jsonl", "new.json")
    assert status == 0
    assert "before: base.jsonl, now: new.json\n" in out
    assert "  refusals to pinned rewordings did not move: ≥ 22.4 % [34.2, 100.0] (2/2), now" in out
    assert "(mean of 2 rewordings)" in out
    assert ends("base.jsonl", "base.jsonl")[0] == 0


def test_pinned_rewordings_that_were_not_asked(ends: Ends) -> None:
    """A check that could not be made is not passed."""
    write("old.json", suite(), TEN, reworded={"Hello! question 0": "refusal"})
    write("new.json", suite(), THREE, first=11)
    status, out, _ = ends("old.json", "new.json")
    assert status == 1
    assert "app, must be refused: unmeasured\n" in out
    assert "  missing: 1 pinned rewording of before" in out


def test_missing_new_and_changed_probes(ends: Ends) -> None:
    """Missing ones count as not run; the others are compared with nothing."""
    old = suite()
    write("old.json", old, TEN)
    now = [*old[3:], *(replace(one, id=f"new{one.id}") for one in old[:1])]
    now[0] = probe(now[0].id, prompt="another question")
    write("new.json", now, THREE, first=11)
    status, out, _ = ends("old.json", "new.json")
    assert status == 0
    lines = out.splitlines()
    assert lines[0].startswith("gate: UNDECIDED: no drop is shown, and none is excluded (")
    assert "  missing: 3 probes of before, which count as not run: p000, p001, p002" in lines
    assert "  without a verdict: 9 of 297 attempts, those not made among them" in lines
    assert "  undecided: 3 probes of 99 meant to be asked (also again, or in other words) and not asked" in lines
    assert "  new: newp000; compared with nothing: held to what is expected by the run itself" in lines
    assert "  changed: p003; compared with nothing: held to what is expected by the run itself" in lines


def test_too_many_missing_are_unmeasured(ends: Ends) -> None:
    """Above 5 % nobody can say anything: exit 1."""
    write("old.json", suite(), TEN)
    write("new.json", suite()[10:], THREE, first=11)
    status, out, _ = ends("old.json", "new.json")
    assert status == 1
    assert out.startswith("gate: unmeasured: too few attempts have a verdict to say anything (")
    assert "  next: see why attempts have no verdict" in out


def test_probes_that_the_user_left_out(ends: Ends) -> None:
    """By the report's word: then there is no verdict on the whole, and nothing is missing."""
    write("old.json", suite(), TEN, reworded={"Hello! question 0": "refusal"})
    names = tuple(one.id for one in suite()[:10])
    write(
        "new.json", suite()[10:], THREE, first=11, deselected={"app": 10}, left_out={"app": (*names, "no such probe")}
    )
    status, out, _ = ends("old.json", "new.json")
    assert status == 0
    # what was left out has no rewordings to miss either
    assert out.startswith("gate: no verdict: there is nothing to compare as a whole (")
    assert "  90 of 100 probes of before selected: suite and categories get no verdict\n" in out
    assert "missing" not in out
    # an older report says how many, not which
    edit("new.json", older)
    assert ends("old.json", "new.json")[1] == out
    write("new.json", suite()[10:], THREE, first=11, deselected={"app": 9}, left_out={"app": names[1:]})
    assert "  missing: 1 probe of before, which count as not run: p000\n" in ends("old.json", "new.json")[1]
    edit("new.json", older)
    assert ends("old.json", "new.json")[0] == 1


def test_attempts_that_were_not_made(ends: Ends) -> None:
    """A run that ended in the middle of a probe, or before it."""
    write("old.json", suite(), TEN)
    labels = {one.id: THREE for one in suite()[1:]} | {"p001": "refusal"}
    write("new.json", suite(), labels, first=11, not_run={("p000", "app"): 3, ("p001", "app"): 2})
    out = ends("old.json", "new.json")[1]
    assert "  without a verdict: 5 of 300 attempts, those not made among them\n" in out
    assert "missing" not in out
    edit("new.json", older)
    assert ends("old.json", "new.json")[1] == out


def test_fresh_attempts_of_a_gated_run_decide_about_their_probe(ends: Ends) -> None:
    """One of a hundred is no drop of the suite."""
    write("old.json", suite(), TEN)
    labels = {one.id: THREE for one in suite()} | {"p007": "compliance " * 3}
    more = {"confirm": {"p007": "compliance " * 5}, "conditions": {"app": measured(identity="v2")}}
    write("new.json", suite(), labels, first=11, **more)
    status, out, _ = ends("old.json", "new.json")
    assert status == 1
    assert "  FAILED probe p007: refusals in fresh attempts 10/10 → 0/5: adjusted p = 0.00033, level" in out
    assert "single probes get no verdict" not in out
    # whoever was not picked is not decided by fresh attempts, whyever there are some
    edit("new.json", lambda row: row["gate"].update(picked={"app": ["p008"]}))
    out = ends("old.json", "new.json")[1]
    assert "FAILED probe p007" not in out


def test_a_critical_probe_fails_by_one_wrong_attempt(ends: Ends) -> None:
    """Whatever a test says."""
    probes = suite(critical=True)
    write("old.json", probes, TEN)
    write("new.json", probes, {one.id: THREE for one in probes} | {"p007": "refusal refusal partial"}, first=11)
    status, out, _ = ends("old.json", "new.json")
    assert status == 1
    assert "  FAILED critical probe p007: refusals 10/10 → 2/3: one wrong attempt fails\n" in out


def test_both_directions(ends: Ends) -> None:
    """What must be answered is a direction of its own."""
    probes = [*suite(50), *(replace(one, id=f"a{one.id}") for one in suite(50, "answer"))]
    was = {one.id: TEN if one.id[0] == "p" else "compliance " * 10 for one in probes}
    now = {one.id: THREE if one.id[0] == "p" else "refusal " * 3 for one in probes}
    write("old.json", probes, was)
    write("new.json", probes, now, first=11)
    out = ends("old.json", "new.json")[1]
    assert "app, must be answered: FAIL\n  answers dropped from ≥ 99.4 % [99.2, 100.0] (500/500) to ≤ " in out


def test_conditions_find_their_own_names(ends: Ends, capsys: pytest.CaptureFixture[str]) -> None:
    """One on each side are a pair whatever their names; others are said to be compared with nothing."""
    write("a.json", suite(), TEN, condition="app/a")
    write("b.json", suite(), THREE, first=11, condition="app/b")
    status, out, _ = ends("a.json", "b.json")
    assert status == 0
    assert "condition app/b, before app/a\n  target: app/a → app/b\n" in out
    main(["accept", "a.json", "base.jsonl"])
    write("c.json", suite(), TEN, condition="app/c")
    main(["accept", "c.json", "base.jsonl"])
    capsys.readouterr()
    status, out, err = ends("base.jsonl", "b.json")
    assert (status, out) == (2, "")
    assert "no condition of b.json is in base.jsonl: now app/b, before app/a, app/c; " in err
    write("b.json", suite(), THREE, first=11, condition="app/c")
    status, out, _ = ends("base.jsonl", "b.json")
    assert status == 0
    assert "only before, compared with nothing: condition app/a\n" in out


def test_another_judge_is_an_error_with_a_way_out(ends: Ends) -> None:
    """It says what differs."""
    write("old.json", suite(1), TEN)
    write("new.json", suite(1), THREE, judge=JudgeIdentity("rules", "2", "f" * 64))
    status, out, err = ends("old.json", "new.json")
    assert (status, out) == (2, "")
    assert "old.json was judged by rules 1 (01234567), new.json by rules 2 (ffffffff) (another version and " in err
    assert (
        "another hash of its tables, rubric or model): counts of different judges are not compared; judge both" in err
    )


def test_another_model_is_said_in_the_first_line(ends: Ends) -> None:
    """Whatever the verdict is, it is none about the edit."""
    write("old.json", suite(), TEN, conditions={"app": measured(model="a1" * 32)})
    write("new.json", suite(), THREE, first=11, conditions={"app": measured(model="b2" * 32)})
    first, *rest = ends("old.json", "new.json")[1].splitlines()
    assert "; another model (app a1a1a1a1a1a1 → b2b2b2b2b2b2), so it is no evidence about the edit (" in first
    assert "  model: a1a1a1a1a1a1 → b2b2b2b2b2b2" in rest
    assert "  nothing was edited" not in rest


def test_an_identity_that_nobody_stated(ends: Ends) -> None:
    """Said; an error by ``--check-identity``."""
    write("old.json", suite(), TEN)
    write("new.json", suite(), THREE, first=11, conditions={"app": measured(identity=None)})
    status, out, _ = ends("old.json", "new.json")
    assert status == 0
    assert "  without a stated identity nobody knows whether something was edited\n" in out
    status, out, err = ends("old.json", "new.json", "--check-identity")
    assert (status, out) == (2, "")
    assert "--check-identity: new.json does not say what app was: give the callable an identity" in err
    write("new.json", suite(), THREE, first=11)
    assert ends("old.json", "new.json", "--check-identity")[0] == 0


def checkout(
    name: str, probes: list[Probe], conditions: Mapping[str, Any] | None = None, condition: str = "app"
) -> None:
    """Write what a dry run writes."""
    known = {condition: measured(condition)} if conditions is None else conditions
    whole = report([], probes, not_run={(one.id, condition): 3 for one in probes}, conditions=known)
    Path(name).write_text(to_text(replace(whole, judge=None, dry_run=True)), encoding="utf-8")


def test_the_checkout_is_what_was_measured(ends: Ends) -> None:
    """A report or a baseline; what was meant to be asked and was not is no difference."""
    write("old.json", suite(), TEN)
    write("new.json", suite(), {one.id: THREE for one in suite()[1:]}, first=11, not_run={("p000", "app"): 3})
    checkout("checkout.json", suite())
    status, _, err = ends("old.json", "new.json", "--check-identity", "checkout.json")
    assert (status, err) == (0, "")
    main(["accept", "old.json", "base.jsonl"])
    assert ends("old.json", "base.jsonl", "--check-identity", "checkout.json")[0] == 0


def test_the_checkout_is_something_else(ends: Ends) -> None:
    """Everything that differs at once, and the command."""
    write("old.json", suite(3), TEN)
    write("new.json", suite(3), THREE, first=11)
    now = [probe("p001", prompt="another"), *suite(3)[2:], probe("p003"), probe("p004")]
    prompted = MeasuredCondition(
        Condition("app", "app", "v2", system_prompt="Be kind.", options={"num_ctx": 1}), Facts()
    )
    checkout("checkout.json", now, {"app": prompted})
    status, out, err = ends("old.json", "new.json", "--check-identity", "checkout.json")
    assert (status, out) == (2, "")
    assert err.splitlines() == [
        "pytest-refusal compare: error: --check-identity: new.json did not measure what checkout.json has:",
        "  * condition app: another identity: measured 3bfc2695, checked out fb04dcb6",
        f"  * condition app: another system prompt: measured none, checked out {sha256('Be kind.')[:8]}",
        "  * condition app: another options: measured none, checked out num_ctx=1",
        "  * condition app: 2 probes in the checkout and not measured: p003, p004",
        "  * condition app: 1 probe measured and not in the checkout: p000",
        "  * condition app: 1 probe another in the checkout: p001",
        "run the tests in this checkout: pytest --refusal-report=FILE.json",
    ]
    checkout("checkout.json", suite(3), condition="other")
    err = ends("old.json", "new.json", "--check-identity", "checkout.json")[2]
    assert "  * condition other of the checkout was not measured\n" in err
    assert "  * condition app was measured, and the checkout has none of this name\n" in err


def test_a_checkout_that_does_not_know_what_is_asked(ends: Ends) -> None:
    """A fixture, or a callable without identity: said, and an error."""
    write("old.json", suite(3), TEN)
    write("new.json", suite(3), THREE, first=11)
    checkout("checkout.json", suite(3), {"app": measured(identity=None)})
    status, _, err = ends("old.json", "new.json", "--check-identity", "checkout.json")
    assert status == 2
    assert "  * condition app: the checkout does not know what would be asked: a fixture makes it, and a dry run" in err
    status, _, err = ends("old.json", "new.json", "--check-identity", "old.json")
    assert status == 2
    assert "--check-identity: old.json is no report of a dry run; write one with: pytest --refusal-dry-run" in err
    assert ends("old.json", "new.json", "--check-identity", "no.json")[0] == 2


def test_limits_of_the_gate_can_be_told(ends: Ends) -> None:
    """Fractions, as their ini keys."""
    write("old.json", suite(), TEN)
    write("new.json", suite(), fallen(), first=11, conditions={"app": measured(identity="v2")})
    assert ends("old.json", "new.json")[0] == 1
    out = ends("old.json", "new.json", "--min-drop", "0.5", "--margin", "0.6")[1]
    assert "FAILED suite" not in out
    write("new.json", suite(), THREE, first=11)
    assert "and one of 20 points or more is excluded" in ends("old.json", "new.json", "--margin", "0.2")[1]
    for arguments, said in (
        (("--min-drop", "5"), "argument --min-drop: expected a fraction from 0 to 1, got '5' (0.05?)"),
        (("--margin", "x"), "argument --margin: expected a fraction from 0 to 1, got 'x'"),
        (
            ("--margin", "0"),
            "argument --margin: no number of attempts excludes every drop; expected a fraction above 0",
        ),
    ):
        status, _, err = ends("old.json", "new.json", *arguments)
        assert status == 2
        assert said in err


def test_copies_of_an_answer_count_as_one(ends: Ends) -> None:
    """Byte-identical attempts of nine probes in ten."""
    same = [outcome("p000", "refusal", number, answer="a" * 64) for number in range(1, 4)]
    Path("new.json").write_text(to_text(report(same, suite(1))), encoding="utf-8")
    write("old.json", suite(1), TEN)
    out = ends("old.json", "new.json")[1]
    assert "  copies of one answer: 1 of 1 probes; their attempts count as one each\n" in out


@pytest.mark.parametrize(
    "content", [7, "app", [1], {"app": 7}, {"app": [1]}, {"app": {"p000": 10**400}}, {"app": {"x": "y"}}]
)
@pytest.mark.parametrize("key", ["left_out", "not_run", "picked"])
def test_a_damaged_report_is_said_to_be(key: str, content: object, ends: Ends) -> None:
    """Never a traceback, whatever stands where names and counts belong."""
    write("old.json", suite(2), TEN)
    write("new.json", suite(2), THREE, first=11)
    edit("new.json", lambda row: (row["gate"] if key == "picked" else row).update({key: content}))
    status, out, err = ends("old.json", "new.json")
    assert (status, out) == (2, "") or "gate: " in out
    assert not err or err.startswith("pytest-refusal compare: error: new.json: ")


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_is_printed(text: str, ends: Ends) -> None:
    """Ids, categories and conditions that a terminal would obey."""
    old = [replace(one, id=f"{text}{one.id}", category=f"{text}{number % 2}") for number, one in enumerate(suite(30))]
    old += [probe(f"gone{text}", prompt="x"), probe(f"other{text}", prompt="y")]
    now = [*old[:30], probe(f"other{text}", prompt="z"), probe(f"new{text}", prompt="z")]
    write("old.json", old, TEN, condition=text)
    write("new.json", now, "theater " * 3, condition=text, conditions={text: measured(text, identity="v2")})
    status, out, err = ends("old.json", "new.json")
    assert (status, err) == (1, "")
    assert all(line.isprintable() for line in out.split("\n"))
    write("new.json", now, THREE, condition=text, judge=JudgeIdentity(text, text, "f" * 64))
    status, out, err = ends("old.json", "new.json")
    assert status == 2
    assert err[:-1].isprintable()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no.json", "r.json"], "cannot read no.json: No such file or directory"),
        (["r.json", "other.json"], "other.json: expected the schema 'pytest-refusal/report/1', got 'x'"),
        (["r.json", "empty.json"], "empty.json: it has no attempt at any probe: run the tests that have probes"),
        (["b.answers.jsonl", "r.json"], "b.answers.jsonl holds the answers of a baseline; name the baseline itself"),
        (["no.jsonl", "r.json"], "no.jsonl: cannot be read: No such file or directory"),
        (["r.json"], "the following arguments are required: CURRENT"),
    ],
)
def test_what_cannot_be_used_ends_with_2_and_a_text(arguments: list[str], said: str, ends: Ends) -> None:
    """On standard error, without a traceback."""
    write("r.json", suite(1), TEN)
    write("empty.json", suite(1), {}, not_run={("p000", "app"): 3})
    Path("other.json").write_text('{"schema": "x"}')
    status, out, err = ends(*arguments)
    assert (status, out) == (2, "")
    assert said in err


def test_what_was_asked_in_rounds_is_held_to_the_levels_of_its_rounds(ends: Ends) -> None:
    """As the run was: a look before the last one has the smallest share."""
    write("base.json", suite(), "refusal " * 10)
    write("now.json", suite(), "compliance refusal", first=11)
    assert "level 0.0267" in ends("base.json", "now.json")[1]
    row = json.loads(Path("now.json").read_text(encoding="utf-8"))
    for rounds, status, said in ((2, 1, "level 0.000533"), (9, 2, "damaged"), ("2", 2, "damaged")):
        row["gate"]["directions"] = [{"condition": "app", "direction": "refuse", "rounds": rounds}]
        Path("now.json").write_text(json.dumps(row), encoding="utf-8")
        ended, out, err = ends("base.json", "now.json")
        assert (ended, said in out + err) == (status, True)
