"""``agreement``: how several judges agree over the answers that they judged; by hand, and by ``stats``."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from values import outcome

from pytest_refusal.agreement import LABELS, agreement
from pytest_refusal.records import Label, Outcome, Vote
from pytest_refusal.stats import fleiss_kappa, gwet_ac1, raw_agreement
from pytest_refusal.summary import Agreement, SplitVote

WORDS = {"R": Label.REFUSAL, "P": Label.PARTIAL, "T": Label.THEATER, "C": Label.COMPLIANCE}
WORDS |= {"U": Label.UNCLEAR, "E": Label.ERROR}


def voted(name: str, letters: str, label: str = "refusal", attempt: int = 1, condition: str = "app") -> Outcome:
    """Return an outcome with a vote for each letter, of judges a, b, …"""
    votes = tuple(Vote(judge, WORDS[letter]) for judge, letter in zip("abcdefgh", letters, strict=False))
    return outcome(name, label, attempt, condition=condition, votes=votes)


def of(*rows: str) -> Agreement:
    found = agreement([voted(f"p{number}", row) for number, row in enumerate(rows)])
    assert found is not None
    return found


# By hand.

TEN = ("RRR", "RRR", "RRR", "RRC", "CCC", "CCC", "RCT", "TTT", "PPR", "RRR")


def test_ten_answers_by_hand() -> None:
    """Three judges, no vote missing.

    Pairs that agree, of 3: seven answers have 3, RRC and PPR 1, RCT 0: raw = (7·3 + 2·1) / (10·3) = 23/30.
    Labels of 30: R 4·3 + 2 + 1 + 1 = 16, C 1 + 6 + 1 = 8, T 1 + 3 = 4, P 2.
    Kappa: Pe = (16² + 8² + 4² + 2²) / 900 = (256 + 64 + 16 + 4) / 900 = 340/900 = 17/45,
    (23/30 - 17/45) / (28/45) = (69/90 - 34/90) / (56/90) = 35/56 = 5/8.
    AC1, four labels: Pe = Σ p(1 - p) / 3 = (1 - 17/45) / 3 = 28/135, (23/30 - 28/135) / (107/135)
    = (207/270 - 56/270) / (214/270) = 151/214.
    """
    found = of(*TEN)
    assert (found.judges, found.answers, found.complete) == (("a", "b", "c"), 10, 10)
    assert found.raw == pytest.approx(float(Fraction(23, 30)))
    assert found.kappa == pytest.approx(5 / 8)
    assert found.ac1 == pytest.approx(float(Fraction(151, 214)))
    assert not found.paradox
    assert [one.probe for one in found.split] == ["p3", "p6", "p8"]


def test_missing_votes_by_hand() -> None:
    """Raw agreement and AC1 of the answers with two ratings or more, kappa of those with all of them.

    RRR, RRU, RCE, RUU, EEE, RRC: with two or more: RRR (1), RRU (1), RCE (0), RRC (1/3): raw = (7/3) / 4 = 7/12.
    AC1: shares of R are 1, 1, 1/2, 2/3, mean 19/24, of C 5/24: Pe = 2 · (19/24 · 5/24) / 3 = 190/1728 = 95/864,
    (7/12 - 95/864) / (1 - 95/864) = (504 - 95) / (864 - 95) = 409/769.
    Kappa: RRR and RRC: P = (1 + 1/3) / 2 = 2/3, R 5 of 6, C 1 of 6: Pe = 26/36 = 13/18,
    (12/18 - 13/18) / (5/18) = -1/5.
    """
    found = of("RRR", "RRU", "RCE", "RUU", "EEE", "RRC")
    assert (found.answers, found.complete) == (4, 2)
    assert found.raw == pytest.approx(7 / 12)
    assert found.ac1 == pytest.approx(409 / 769)
    assert found.kappa == pytest.approx(-1 / 5)


def test_full_agreement() -> None:
    """Over two labels all three are 1; over one there is no kappa."""
    both = of("RRR", "CCC")
    assert (both.raw, both.ac1, both.kappa, both.split) == (1.0, 1.0, 1.0, ())
    one = of("RRR", "RRR", "RRR")
    assert (one.raw, one.ac1, one.kappa, one.complete, one.split) == (1.0, 1.0, None, 3, ())


def test_no_answer_with_all_of_its_votes_has_no_kappa() -> None:
    """The rest is measured all the same: RRU agrees, RCE does not."""
    found = of("RRU", "RCE")
    assert (found.answers, found.complete, found.kappa, found.raw) == (2, 0, None, 0.5)


def test_without_votes_there_is_nothing() -> None:
    """One judge, or no answer at all."""
    assert agreement([]) is None
    assert agreement([outcome("p", "refusal"), outcome("q", "error")]) is None


def test_answers_without_a_vote_are_left_out() -> None:
    """A provider's filter or a target's error is nobody's vote."""
    mixed = [outcome("filter", "refusal"), voted("p", "RRC"), outcome("broken", "error"), voted("q", "RRR")]
    assert agreement(mixed) == agreement([voted("p", "RRC"), voted("q", "RRR")])


@settings(deadline=None)
@given(st.lists(st.text("RPTC", min_size=4, max_size=4), min_size=1, max_size=9))
def test_figures_are_those_of_stats(rows: list[str]) -> None:
    """Over a table of the four labels; without missing votes all three are of every answer."""
    table = [[row.count(label.value[0].upper()) for label in LABELS] for row in rows]
    found = of(*rows)
    assert LABELS == (Label.REFUSAL, Label.PARTIAL, Label.THEATER, Label.COMPLIANCE)
    assert found.raw == raw_agreement(table)
    assert found.ac1 == gwet_ac1(table)
    assert found.kappa == (None if len(set("".join(rows))) == 1 else fleiss_kappa(table))
    assert (found.answers, found.complete) == (len(rows), len(rows))


@settings(deadline=None)
@given(st.lists(st.text("RPTCUE", min_size=3, max_size=3), min_size=1, max_size=9))
def test_any_votes_give_figures_that_can_be_written(rows: list[str]) -> None:
    """Whatever is missing: fractions, no NaN, and as many answers as have two ratings."""
    rated = [sum(letter in "RPTC" for letter in row) for row in rows]
    found = of(*rows)
    assert (found.raw is None) == (found.ac1 is None) == (found.answers == 0)
    assert found.raw is None or 0 <= found.raw <= 1
    assert found.ac1 is None or found.ac1 <= 1
    assert found.kappa is None or found.kappa <= 1
    assert found.answers == sum(count > 1 for count in rated)
    assert found.complete == sum(count == 3 for count in rated)
    assert len(found.split) == sum(len(set(row)) > 1 for row in rows)


# The paradox.


def made(raw: float, ac1: float, kappa: float | None) -> Agreement:
    return Agreement(("a", "b", "c"), 9, raw, ac1, kappa, 9, ())


@pytest.mark.parametrize(
    ("raw", "ac1", "kappa", "paradox"),
    [
        (0.9, 0.89, -0.05, True),
        (0.8, 0.75, 0.5, True),
        (0.79, 0.75, 0.5, False),
        (0.95, 0.94, 0.59, True),
        (0.95, 0.94, 0.6, False),
        (0.8, 0.65, 0.5, False),
        (0.8, 0.71, 0.5, True),
        (1.0, 1.0, None, False),
        (0.5, 0.4, 0.1, False),
    ],
)
def test_the_paradox_is_a_low_kappa_of_judges_who_agree(
    raw: float, ac1: float, kappa: float | None, paradox: bool
) -> None:
    """Raw agreement of 0.8 or more, kappa below 0.6 and more than 0.2 below AC1."""
    assert made(raw, ac1, kappa).paradox is paradox


def test_the_paradox_is_met_where_nearly_all_labels_are_one() -> None:
    """19 times RRR, once RRC: raw = (19 + 1/3) / 20 = 29/30; R 59/60: Pe = (59² + 1) / 3600 = 3482/3600,
    kappa = (3480 - 3482) / (3600 - 3482) = -1/59, as if they agreed on nothing."""
    found = of(*["RRR"] * 19, "RRC")
    assert found.raw == pytest.approx(29 / 30)
    assert found.kappa == pytest.approx(-1 / 59)
    assert found.ac1 > 0.9
    assert found.paradox
    assert not of("RRR", "CCC", "RRC", "CCR").paradox


# Split votes.


def test_every_split_vote_is_listed_with_what_it_came_to() -> None:
    """In the order of the outcomes; a missing vote differs too; whoever agrees is not listed."""
    seen = [
        voted("p", "RRR"),
        voted("p", "RRC", attempt=2),
        voted("q", "RCT", "unclear", condition="app/strict"),
        voted("q", "RRU", attempt=3),
        voted("r", "UUU", "unclear"),
    ]
    found = agreement(seen)
    assert found is not None
    assert found.split == (
        SplitVote("p", "app", 0, "round", 2, "refusal", (("a", "refusal"), ("b", "refusal"), ("c", "compliance"))),
        SplitVote(
            "q", "app/strict", 0, "round", 1, "unclear", (("a", "refusal"), ("b", "compliance"), ("c", "theater"))
        ),
        SplitVote("q", "app", 0, "round", 3, "refusal", (("a", "refusal"), ("b", "refusal"), ("c", "unclear"))),
    )


def test_its_wire_form_has_everything() -> None:
    """JSON types only; kappa is null where it is undefined."""
    row = of("RRR", "RRU").to_json()
    assert row == {
        "judges": ["a", "b", "c"],
        "answers": 2,
        "raw": 1.0,
        "ac1": 1.0,
        "fleiss_kappa": None,
        "complete": 1,
        "paradox": False,
        "split": [
            {
                "probe": "p1",
                "condition": "app",
                "wording": 0,
                "role": "round",
                "attempt": 1,
                "label": "refusal",
                "votes": [
                    {"judge": "a", "label": "refusal"},
                    {"judge": "b", "label": "refusal"},
                    {"judge": "c", "label": "unclear"},
                ],
            }
        ],
    }
