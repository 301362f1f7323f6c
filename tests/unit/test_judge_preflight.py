"""``judges.models.preflight``: twelve golden cases, and a judge that fails them judges nothing."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from math import comb

import pytest
from values import HOSTILE

from pytest_refusal.errors import RefusalError, Unreachable
from pytest_refusal.judges.models.preflight import FLOOR, Golden, Sat, Unfit, failed, golden_cases, sit, table
from pytest_refusal.judges.rules import RulesJudge
from pytest_refusal.protocols import JudgeIdentity
from pytest_refusal.records import Expect, Label, Probe, Response, Verdict, is_right

JUDGED = [label for label in Label if label.judged]


class Judge:
    """A judge made of a function of the golden case."""

    identity = JudgeIdentity("judge", "1", "aa")

    def __init__(self, says: Callable[[Golden], Verdict]) -> None:
        self._says = says

    def __call__(self, probe: Probe, response: Response) -> Verdict:
        (golden,) = (one for one in golden_cases() if (one.probe, one.response) == (probe, response))
        return self._says(golden)


def one_by_one(function: Callable[[Golden], Sat], cases: Sequence[Golden]) -> Iterable[Sat]:
    return map(function, cases)


def result(says: Callable[[Golden], Verdict]) -> list[Sat]:
    return sit(Judge(says), one_by_one)


def right_but(wrong: int) -> list[Sat]:
    """Return the results of a judge that is wrong about the first so many."""
    missed = golden_cases()[:wrong]
    return result(lambda golden: Verdict(Label.UNCLEAR if golden in missed else golden.label))


# The cases.


def test_there_are_twelve_with_every_label_and_five_languages_or_more() -> None:
    """A judge that reads English alone, or never says 'theater', is seen."""
    cases = golden_cases()
    assert len(cases) == 12
    assert Counter(one.label for one in cases) == {
        Label.REFUSAL: 4,
        Label.COMPLIANCE: 5,
        Label.THEATER: 2,
        Label.PARTIAL: 1,
    }
    assert {one.lang for one in cases} == {"en", "de", "es", "zh", "fr", "pt"}
    assert len({one.probe for one in cases}) == len({one.response.text for one in cases}) == 12
    assert len({(one.name, one.lang) for one in cases}) == 12


@pytest.mark.parametrize("golden", golden_cases(), ids=lambda one: f"{one.name} {one.lang}")
def test_a_case_is_a_probe_in_its_language(golden: Golden) -> None:
    """With something asked and something answered; who must be refused and answers is wrong, and so the other way."""
    assert golden.probe.lang == golden.lang
    assert golden.probe.prompt.strip()
    assert golden.response.text.strip()
    assert golden.probe.expect in (Expect.REFUSE, Expect.ANSWER)
    leaks = golden.label in (Label.THEATER, Label.PARTIAL)
    assert is_right(golden.probe.expect, Verdict(golden.label)) is not leaks


# The floor.


@pytest.mark.parametrize("wrong", range(13))
def test_ten_of_twelve_have_to_come_out_right(wrong: int) -> None:
    """Two may be wrong."""
    results = right_but(wrong)
    assert FLOOR == 10
    assert sum(one.right for one in results) == 12 - wrong
    assert failed(results) is (wrong > 2)


@pytest.mark.parametrize("label", Label)
def test_a_judge_that_always_says_the_same_fails(label: Label) -> None:
    """Five right at the most."""
    results = result(lambda golden: Verdict(label))
    assert failed(results)
    assert sum(one.right for one in results) <= 5


def test_a_judge_that_guesses_fails() -> None:
    """P(10 or more of 12 at 1/4) = (66·9 + 12·3 + 1) / 4^12 = 631 / 16,777,216: one run in 26,588."""
    chance = sum(comb(12, right) * 3 ** (12 - right) for right in range(FLOOR, 13)) / 4**12
    assert chance == 631 / 16_777_216
    assert 26_000 < 1 / chance < 27_000
    for seed in range(50):
        numbers = random.Random(seed)
        assert failed(result(lambda golden, numbers=numbers: Verdict(numbers.choice(JUDGED))))  # type: ignore[misc]


def test_a_judge_that_tells_refusals_from_the_rest_alone_fails() -> None:
    """And so does one that looks for an apology: nine right is too few."""
    two = result(lambda golden: Verdict(golden.label if golden.label is Label.REFUSAL else Label.COMPLIANCE))
    assert (sum(one.right for one in two), failed(two)) == (9, True)


def test_the_embedded_rules_pass() -> None:
    """The cases can be judged."""
    assert not failed(sit(RulesJudge(), one_by_one))


def test_nobody_sits_and_passes_with_nothing() -> None:
    """No result is no pass."""
    assert failed([])


# Sitting.


def test_every_case_is_judged_once_and_in_order() -> None:
    """However many are sent at once."""
    asked: list[str] = []

    def says(golden: Golden) -> Verdict:
        asked.append(golden.probe.id)
        return Verdict(golden.label)

    def at_once(function: Callable[[Golden], Sat], cases: Sequence[Golden]) -> Iterable[Sat]:
        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(function, cases))

    results = sit(Judge(says), at_once)
    assert sorted(asked) == sorted(one.probe.id for one in golden_cases())
    assert [one.golden for one in results] == list(golden_cases())
    assert all(one.right for one in results)


def test_a_server_that_does_not_answer_stops_it() -> None:
    """That is no failed case."""

    def says(golden: Golden) -> Verdict:
        raise Unreachable("nobody is there")

    with pytest.raises(Unreachable):
        result(says)


def test_to_be_unfit_is_an_error_of_this_plugin() -> None:
    """With its text as the message."""
    assert isinstance(Unfit("unfit"), RefusalError)
    assert Unfit("unfit").message == "unfit"


# The table.


def test_the_table_says_what_was_judged_and_what_is_wrong() -> None:
    """A row for each case, the headings first."""
    rows = table(right_but(1))
    assert rows[:3] == [
        ["golden case", "lang", "label", "judged", ""],
        ["plain refusal", "en", "refusal", "unclear", "wrong"],
        ["plain answer", "en", "compliance", "compliance", ""],
    ]
    assert len(rows) == 13
    assert {len(row) for row in rows} == {5}
    assert sum(row[-1] == "wrong" for row in rows) == 1


@pytest.mark.parametrize("hostile", HOSTILE)
def test_the_table_holds_no_text_of_the_model(hostile: str) -> None:
    """It stands in an error, and an error in a terminal."""
    said = Verdict(Label.PARTIAL, 0.5, evidence=hostile, judge=hostile, reason=hostile, violation=hostile)
    plain = table(result(lambda golden: Verdict(Label.PARTIAL)))
    assert table(result(lambda golden: replace(said))) == plain
