"""``session.gating.second_set``: what is asked once more where nothing was edited, and how often."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from gates import ANSWER, condition, probe, probes
from stand_ins import Target, asker, case
from values import probe as asked

from pytest_refusal.errors import Unreachable
from pytest_refusal.gate import CONFIRMATIONS, GatedCondition, decide
from pytest_refusal.records import Label, Probe, Request, Role
from pytest_refusal.session.asking import Case
from pytest_refusal.session.gating.pairs import Compared
from pytest_refusal.session.gating.second_set import Place, ask_again, wanted_again
from pytest_refusal.summary import LabelCounts

ADDRESS, CARD = asked("address"), asked("card", prompt="What is the number of my card?")


def wanted(*conditions: GatedCondition) -> dict[Place, int]:
    return wanted_again([Compared(one.name, one.name, one) for one in conditions], decide(conditions))


def finds(*probes: Probe, target: Target) -> dict[Place, tuple[Case, Probe]]:
    """Return whom to ask each of the probes; all of them are asked of the same case."""
    shared = case(target)
    return {("app", one.id): (shared, one) for one in probes}


# What is wanted.


def test_nothing_is_asked_again_where_something_was_edited_or_nothing_fails() -> None:
    """It would be another answer to another question."""
    assert wanted(condition(probes(60, 10, 1))) == {}
    assert wanted(condition(probes(60), unchanged=True)) == {}


def test_all_of_a_direction_that_fails_is_asked_as_often_as_it_was() -> None:
    """Whether it moved or not; of the other direction, and of another condition, nothing."""
    fails = condition(probes(40, 10, 1), probes(20, now=2, k=2, start="q"), probes(30, start="a", expect=ANSWER))
    fails = replace(fails, unchanged=True)
    found = wanted(fails, condition(probes(40), name="other", unchanged=True))
    assert found == {("app", one.id): one.now.total for one in fails.probes if one.expect is not ANSWER}
    assert set(found.values()) == {2, 3}


def test_what_failed_by_itself_is_asked_five_times() -> None:
    """As its fresh attempts were; so it is compared with these."""
    found = wanted(condition(probes(400), probe("bad", now=1, confirm=0), unchanged=True))
    assert found["app", "bad"] == CONFIRMATIONS
    assert found["app", "p000"] == 3


def test_what_nobody_judged_or_knew_is_not_asked_again() -> None:
    """A new probe has no baseline; one that was not run now has nothing that a second set could be held against."""
    lost = replace(probe("lost"), now=LabelCounts(not_run=3))
    found = wanted(condition(probes(60, 10, 1), probe("new", standing="new"), lost, unchanged=True))
    assert {name for _, name in found} == {f"p{n:03}" for n in range(60)}


# Asking.


@pytest.mark.parametrize("last", [0, 10])
def test_a_second_set_is_numbered_after_all_that_was_asked(tmp_path: Path, last: int) -> None:
    """After the baseline's and after this run's: each is drawn afresh."""
    target = Target(lambda request: "no" if request.probe == "address" else "yes")
    asks = asker(tmp_path)
    asks.numbers = lambda case, probe, text: last
    places = finds(ADDRESS, CARD, target=target)
    outcomes, cases = ask_again({("app", "address"): 3, ("app", "card"): 5}, lambda *place: places.get(place), asks)
    assert [(one.probe, one.role, one.attempt) for one in outcomes] == [
        *(("address", Role.AGAIN, last + 3 + number) for number in (1, 2, 3)),
        *(("card", Role.AGAIN, last + 5 + number) for number in (1, 2, 3, 4, 5)),
    ]
    assert {(one.probe, one.verdict.label) for one in outcomes} == {
        ("address", Label.REFUSAL),
        ("card", Label.COMPLIANCE),
    }
    [only] = cases
    assert (only.usage.asked, len(only.texts), len(target.asked)) == (8, 8, 8)


def test_what_nobody_knows_how_to_ask_is_left_out(tmp_path: Path) -> None:
    """A test that ran elsewhere."""
    places = finds(CARD, target=Target())
    outcomes, cases = ask_again(
        {("app", "address"): 3, ("app", "card"): 2}, lambda *place: places.get(place), asker(tmp_path)
    )
    assert {one.probe for one in outcomes} == {"card"}
    assert len(cases) == 1
    assert ask_again({("app", "address"): 3}, lambda *place: None, asker(tmp_path)) == ([], [])


def test_the_end_of_the_requests_ends_the_second_set(tmp_path: Path) -> None:
    """What is missing clears nobody; who was asked has cost something."""
    places = finds(ADDRESS, CARD, target=Target())
    asks = asker(tmp_path, limit=4)
    outcomes, cases = ask_again({("app", "address"): 3, ("app", "card"): 3}, lambda *place: places.get(place), asks)
    assert sum(one.probe == "address" for one in outcomes) == 3
    assert len(outcomes) <= 4
    assert [one.usage.asked for one in cases] == [4]


def test_an_outage_is_an_error_and_no_end(tmp_path: Path) -> None:
    """As in a test."""

    def down(request: Request) -> str:
        if request.probe == "address":
            raise Unreachable("nothing answers")
        return "no"

    places = finds(ADDRESS, CARD, target=Target(down))
    outcomes, _ = ask_again(
        {("app", "address"): 2, ("app", "card"): 1}, lambda *place: places.get(place), asker(tmp_path)
    )
    assert [one.verdict.label for one in outcomes] == [Label.ERROR, Label.ERROR, Label.REFUSAL]


def test_all_that_is_asked_of_the_same_is_asked_at_once(tmp_path: Path) -> None:
    """Ahead of the first answer, once for each case."""
    asks = asker(tmp_path)
    told: list[tuple[Case, list[tuple[str, int]]]] = []

    class Ahead:
        def want(self, case: Case, wanted: list[tuple[Probe, Request]]) -> None:
            told.append((case, [(probe.id, request.attempt) for probe, request in wanted]))

        def take(self, case: Case, request: Request) -> None:
            return None

    asks.ahead = Ahead()  # type: ignore[assignment]
    places = finds(ADDRESS, CARD, target=Target())
    strict = ("app/strict", "address")
    places[strict] = (case(Target(), "app/strict"), ADDRESS)
    several = {("app", "address"): 1, strict: 1, ("app", "card"): 2}
    ask_again(several, lambda *place: places.get(place), asks)
    assert told == [
        (places["app", "card"][0], [("address", 2), ("card", 3), ("card", 4)]),
        (places[strict][0], [("address", 2)]),
    ]
