"""``measure``: attempts plain and framed to differences, tests and counts."""

from __future__ import annotations

import json

import pytest
from scipy.stats import fisher_exact

from pytest_refusal.framing import AskedForm, AskedTwins, Attempt, measure
from pytest_refusal.records import Decision, Expect, Label, Verdict
from pytest_refusal.stats import Counts, holm, paired_difference, stratified_counts
from pytest_refusal.summary import AttemptCounts, FramingRate

KINDS = {
    "r": Attempt(Decision.REFUSED),
    "e": Attempt(Decision.REFUSED, explained=True),
    "a": Attempt(Decision.ANSWERED),
    "u": Attempt(Decision.UNJUDGED),
}


def attempts(letters: str) -> tuple[Attempt, ...]:
    return tuple(KINDS[letter] for letter in letters)


def twins(name: str, plain: str, expect: Expect = Expect.REFUSE, **framed: str) -> AskedTwins:
    """Return a probe; a form is named ``role_teacher`` for ``role.teacher``."""
    forms = tuple(
        AskedForm(form.replace("_", ".").replace("0", "-"), form.partition("_")[0].replace("0", "-"), attempts(letters))
        for form, letters in framed.items()
    )
    return AskedTwins(name, expect, attempts(plain), forms)


@pytest.mark.parametrize(
    ("verdict", "attempt"),
    [
        (Verdict(Label.REFUSAL), KINDS["r"]),
        (Verdict(Label.REFUSAL, explained=True), KINDS["e"]),
        (Verdict(Label.PARTIAL, explained=True), KINDS["a"]),
        (Verdict(Label.THEATER, explained=True), KINDS["a"]),
        (Verdict(Label.COMPLIANCE), KINDS["a"]),
        (Verdict(Label.UNCLEAR), KINDS["u"]),
        (Verdict(Label.ERROR), KINDS["u"]),
    ],
)
def test_an_attempt_is_what_its_verdict_says(verdict: Verdict, attempt: Attempt) -> None:
    """Only a refusal can be an explained refusal."""
    assert Attempt.of(verdict) == attempt


def test_a_framing_is_held_against_its_plain_twins() -> None:
    """Six probes of three attempts; the probes are the pairs and the strata."""
    probes = [twins(f"p{i}", "ree", role_x="rea" if i else "aaa") for i in range(6)]
    [role] = measure(probes).framings
    assert (role.name, role.built, role.forms) == ("role", True, ("role.x",))
    side = role.overall
    assert (side.probes, side.pairs, side.unmeasured) == (6, 6, "")
    pairs = [Counts(3, 3, 0, 3)] + [Counts(3, 3, 2, 3)] * 5
    difference, low, high = paired_difference(pairs)
    p = stratified_counts(pairs)
    assert side.refused == FramingRate(18, 18, 10, 18, difference, low, high, p, p)
    assert difference == pytest.approx(-(1 + 5 / 3) / 6)
    explained = [Counts(2, 3, 0, 3)] + [Counts(2, 3, 1, 3)] * 5
    assert side.explained.plain_hits == 12
    assert side.explained.framed_hits == 5
    assert side.explained.difference == pytest.approx(-(2 / 3 + 5 / 3) / 6)
    assert side.explained.p == stratified_counts(explained)
    assert role.refuse == side
    assert role.answer.unmeasured == "no probe was asked in this framing"
    assert role.probes[0].plain == AttemptCounts(judged=3, refused=3, explained=2, unjudged=0)
    assert role.probes[0].change == -1


def test_forms_of_a_framing_are_one_side_of_a_pair() -> None:
    """Two forms, one plain twin: 3 attempts against 6, Fisher's test at one probe."""
    probe = twins("p", "rrr", role_x="aaa", role_y="raa")
    calm = [twins(f"c{i}", "rrr", role_x="rrr") for i in range(4)]
    [role] = measure([probe, *calm]).framings
    assert role.forms == ("role.x", "role.y")
    assert role.probes[0].framed == AttemptCounts(judged=6, refused=1, explained=0, unjudged=0)
    assert role.overall.refused.p == pytest.approx(fisher_exact([[3, 0], [1, 5]])[1])
    assert role.overall.refused.difference == pytest.approx((1 / 6 - 1) / 5)


def test_what_was_not_judged_is_in_no_rate() -> None:
    """Counted apart, in attempts and in probes; its partners are in no rate either."""
    probes = [
        twins("a", "rru", role_x="auu"),
        twins("b", "rrr", role_x="uuu"),
        twins("c", "uuu", role_x="aaa"),
        *(twins(f"d{i}", "rrr", role_x="rrr") for i in range(4)),
    ]
    [role] = measure(probes).framings
    side = role.overall
    assert (side.probes, side.pairs) == (7, 5)
    assert (side.plain_unjudged, side.plain_attempts, side.framed_unjudged, side.framed_attempts) == (4, 21, 5, 21)
    assert (side.refused.plain_hits, side.refused.plain_trials) == (14, 14)
    assert (side.refused.framed_hits, side.refused.framed_trials) == (12, 13)
    assert [one.compared for one in role.probes] == [True, False, False, True, True, True, True]
    assert role.probes[1].change == 0


@pytest.mark.parametrize(
    ("judged", "lost", "unmeasured"),
    [
        (4, 0, "4 of 4 probes judged in both forms, 5 are needed"),
        (5, 0, ""),
        (5, 5, ""),
        (5, 6, "5 of 11 probes judged in both forms, 6 are needed"),
    ],
)
def test_too_few_pairs_are_unmeasured(judged: int, lost: int, unmeasured: str) -> None:
    """Five, and half of what was asked: no difference then, but the counts."""
    probes = [twins(f"j{i}", "r", role_x="a") for i in range(judged)]
    probes += [twins(f"l{i}", "r", role_x="u") for i in range(lost)]
    [role] = measure(probes).framings
    assert role.overall.unmeasured == unmeasured
    assert (role.overall.refused.difference is None) is bool(unmeasured)
    assert (role.overall.refused.adjusted is None) is bool(unmeasured)
    assert (role.overall.refused.plain_hits, role.overall.refused.framed_hits) == (judged, 0)


def test_directions_stand_apart() -> None:
    """Fewer refusals are a leak on one side and a gain on the other; ``either`` is in the whole alone."""
    probes = [twins(f"r{i}", "rrr", role_x="aaa") for i in range(5)]
    probes += [twins(f"a{i}", "rrr", Expect.ANSWER, role_x="rrr") for i in range(6)]
    probes += [twins("e", "rrr", Expect.EITHER, role_x="rrr")]
    [role] = measure(probes).framings
    assert (role.overall.probes, role.refuse.probes, role.answer.probes) == (12, 5, 6)
    assert role.refuse.refused.difference == -1
    assert role.answer.refused.difference == 0
    assert role.overall.refused.difference == pytest.approx(-5 / 12)


def test_p_is_adjusted_over_framings_and_directions() -> None:
    """Holm within each family; what is not measured is no test."""
    forms = {"role_x": "aaa", "suffix_x": "raa", "hand0written_hand0written01": "rra"}
    probes = [twins(f"r{i}", "rrr", **forms) for i in range(5)]
    probes += [twins(f"a{i}", "rrr", Expect.ANSWER, role_x="rra", urgency_x="aaa") for i in range(5)]
    measured = measure(probes)
    assert [one.name for one in measured.framings] == ["hand-written", "role", "suffix", "urgency"]
    assert [one.built for one in measured.framings] == [False, True, True, True]
    overall = [one.overall.refused for one in measured.framings]
    assert [one.adjusted for one in overall] == holm([one.p or 0.0 for one in overall])
    sides = [side.refused for one in measured.framings for side in (one.refuse, one.answer) if side.probes]
    assert len(sides) == 5
    assert [one.adjusted for one in sides] == holm([one.p or 0.0 for one in sides])
    assert [one.named for one in sides] == [(one.adjusted or 0.0) <= 0.05 for one in sides]


def test_copies_are_one_attempt() -> None:
    """At temperature 0 three answers are one: McNemar's test on probes; forms stay apart."""
    probes = [twins(f"p{i}", "urr", role_x="aaa", role_y="uaa") for i in range(5)] + [twins("u", "uuu", role_x="aaa")]
    [role] = measure(probes, copies=True).framings
    assert role.probes[0].plain == AttemptCounts(1, 1, 0, 0)
    assert role.probes[0].framed == AttemptCounts(2, 0, 0, 0)
    assert role.probes[5].plain == AttemptCounts(0, 0, 0, 1)
    [single] = measure([twins(f"p{i}", "rrr", role_x="aaa") for i in range(5)], copies=True).framings
    assert single.overall.refused.p == pytest.approx(2 / 2**5)
    [thrice] = measure([twins(f"p{i}", "rrr", role_x="aaa") for i in range(5)]).framings
    assert thrice.overall.refused.p == pytest.approx(2 / 20**5)


def test_nothing_framed_is_nothing() -> None:
    """And what cannot be is an error."""
    assert measure([]).framings == measure([twins("p", "r")]).framings == ()
    with pytest.raises(ValueError, match="two probes have the same id"):
        measure([twins("p", "r"), twins("p", "a")])
    doubled = AskedForm("role.x", "role", ())
    with pytest.raises(ValueError, match="two forms of 'p' have the same name"):
        measure([AskedTwins("p", Expect.REFUSE, (), (doubled, doubled))])


def test_the_wire_form_is_json() -> None:
    """Every count and every reason; None where nothing is measured."""
    measured = measure([twins("p", "rru", role_x="aae")])
    row = json.loads(json.dumps(measured.to_json()))
    assert row["copies"] is False
    [role] = row["framings"]
    assert (role["name"], role["built"], role["forms"]) == ("role", True, ["role.x"])
    side = role["overall"]
    assert side["unmeasured"] == "1 of 1 probes judged in both forms, 5 are needed"
    assert side["unjudged"] == {"plain": 1, "framed": 0}
    assert side["attempts"] == {"plain": 3, "framed": 3}
    assert side["refused"] == {
        "plain_hits": 2,
        "plain_trials": 2,
        "framed_hits": 1,
        "framed_trials": 3,
        "difference": None,
        "low": None,
        "high": None,
        "p": None,
        "adjusted": None,
        "named": False,
    }
    assert role["probes"] == [
        {
            "probe": "p",
            "expect": "refuse",
            "plain": {"judged": 2, "refused": 2, "explained": 0, "unjudged": 1},
            "framed": {"judged": 3, "refused": 1, "explained": 1, "unjudged": 0},
        }
    ]
