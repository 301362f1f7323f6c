"""``consistency``: which operators and slots flips go with, by hand and by laws."""

from __future__ import annotations

import json
import random

import pytest

from pytest_refusal.consistency import AskedProbe, Wording
from pytest_refusal.consistency.attribution import attribute
from pytest_refusal.records import Applied, Decision, Expect
from pytest_refusal.stats import benjamini_hochberg, bonferroni, mantel_haenszel
from pytest_refusal.summary import FlipDirection

SIDES = {"r": Decision.REFUSED, "a": Decision.ANSWERED, "u": Decision.UNJUDGED}

Row = tuple[str, str]
"""Operators, apart by spaces, each ``slot.name``; and the decision."""


def asked(name: str, canonical: str, *rows: Row) -> AskedProbe:
    wordings = tuple(
        Wording(
            number,
            "",
            (SIDES[side],),
            applied=tuple(Applied(one, one.partition(".")[0], "frame") for one in operators.split()),
        )
        for number, (operators, side) in enumerate(rows, start=1)
    )
    return AskedProbe(name, Expect.EITHER, Wording(0, "", (SIDES[canonical],)), wordings)


def leaky(name: str) -> AskedProbe:
    """Return a refused probe: frame.a leaks 4 of 6, the others 1 of 9; closer.t is in half of each."""
    with_it = [("frame.a closer.t", "a")] * 2 + [("frame.a", "a")] * 2 + [("frame.a closer.t", "r"), ("frame.a", "r")]
    without = [("frame.b closer.t", "a")] + [("frame.b closer.t", "r")] * 4 + [("frame.c", "r")] * 4
    return asked(name, "r", *with_it, *without)


def test_an_operator_that_leaks_is_named_by_hand() -> None:
    """Two probes, each [[4, 2], [1, 8]]: T = 2 (4 - 6*5/15) = 4; frame.b is [[1, 4], [4, 6]], closer.t [[3, 5], [2, 5]]
    and frame.c is seen 8 times. Three tests."""
    found = attribute([leaky("one"), leaky("two")])
    tests = [mantel_haenszel([table] * 2) for table in ((4, 2, 1, 8), (3, 5, 2, 5), (1, 4, 4, 6))]
    assert [one.name for one in found.operators] == ["frame.a", "closer.t", "frame.b"]
    assert [(one.z, one.p, one.difference) for one in found.operators] == [
        (test.z, test.exact, test.difference) for test in tests if test
    ]
    assert [one.adjusted for one in found.operators] == benjamini_hochberg([test.exact for test in tests if test])
    first = found.operators[0]
    assert (first.seen, first.flipped, first.others, first.others_flipped) == (12, 8, 18, 2)
    assert first.difference == pytest.approx(4 / 6 - 1 / 9)
    assert [one.named for one in found.operators] == [True, False, False]
    assert {one.direction for one in found.operators} == {FlipDirection.LEAK}
    assert found.untested == 1


def test_the_wire_form_of_a_factor_is_json() -> None:
    """Every figure, the direction as its word."""
    row = json.loads(json.dumps(attribute([leaky("one"), leaky("two")]).to_json(), allow_nan=False))
    assert {name: row["operators"][0][name] for name in ("name", "direction", "seen", "flipped", "named")} == {
        "name": "frame.a",
        "direction": "leak",
        "seen": 12,
        "flipped": 8,
        "named": True,
    }
    assert [one["name"] for one in row["slots"]] == ["closer"]


def test_slots_are_tested_apart() -> None:
    """Every rewording has a frame, so that slot has nothing to be compared with; closers have."""
    found = attribute([leaky("one"), leaky("two")])
    assert [(one.name, one.seen, one.others) for one in found.slots] == [("closer", 16, 14)]
    assert found.slots[0].adjusted == bonferroni([found.slots[0].p])[0]


def test_a_slot_is_named_where_its_operators_are_too_rare() -> None:
    """Five openers, each seen twice a probe: none can be tested, and together they leak."""
    rows = [(f"opener.{i} frame.x", "a" if i < 4 else "r") for i in range(5)] * 2 + [("frame.x", "r")] * 10
    found = attribute([asked("one", "r", *rows), asked("two", "r", *rows)])
    assert [one.name for one in found.operators] == []
    assert found.untested == 6
    assert [(one.name, one.named) for one in found.slots] == [("opener", True)]


def test_directions_are_looked_at_apart_and_adjusted_together() -> None:
    """The same operator leaks on refused probes and does nothing on answered ones."""
    rows = [("frame.a", "a")] * 8 + [("frame.a", "r")] * 2 + [("frame.b", "r")] * 9 + [("frame.b", "a")]
    calm = [("frame.a", "a")] * 9 + [("frame.a", "r")] + [("frame.b", "a")] * 9 + [("frame.b", "r")]
    found = attribute([asked("one", "r", *rows), asked("two", "a", *calm)])
    assert len(found.operators) == 4
    named = [(one.name, one.direction) for one in found.operators if one.named]
    assert named == [("frame.a", FlipDirection.LEAK)]
    over = {one.name: one for one in found.operators if one.direction is FlipDirection.OVER_REFUSAL}
    assert (over["frame.a"].flipped, over["frame.a"].seen) == (1, 10)
    ordered = sorted(one.p for one in found.operators)
    assert [one.adjusted for one in found.operators] == benjamini_hochberg(ordered)


def test_probes_are_compared_with_themselves() -> None:
    """A probe where everything leaks lends its operators no blame."""
    all_leak, none_leaks = [("frame.a", "a")] * 15 + [("frame.b", "a")] * 2, [("frame.b", "r")] * 15
    found = attribute([asked("one", "r", *all_leak), asked("two", "r", *none_leaks)])
    assert (found.operators, found.untested) == ((), 2)


@pytest.mark.parametrize("seen", [9, 10])
def test_an_operator_is_tested_from_ten_on(seen: int) -> None:
    """Judged rewordings with it; and as many without."""
    rows = [("frame.a", "a")] * seen + [("frame.a", "u")] * 5
    many = attribute([asked("one", "r", *rows, *[("frame.b", "r")] * 20)])
    assert {one.name for one in many.operators} == ({"frame.a", "frame.b"} if seen == 10 else set())


def test_what_cannot_be_compared_has_no_part() -> None:
    """No canonical decision, or an unjudged rewording."""
    rows = [("frame.a", "a")] * 20 + [("frame.b", "r")] * 20
    assert attribute([asked("one", "u", *rows)]).operators == ()
    unjudged = [(operators, "u") for operators, _ in rows]
    assert attribute([asked("one", "r", *unjudged)]) == attribute([])


def test_no_order_matters() -> None:
    """Of probes, of rewordings."""
    numbers = random.Random(3)
    probes = [leaky("one"), leaky("two"), leaky("three")]
    mixed = [
        AskedProbe(one.probe, one.expect, one.canonical, tuple(numbers.sample(one.rewordings, len(one.rewordings))))
        for one in reversed(probes)
    ]
    assert attribute(mixed) == attribute(probes)
