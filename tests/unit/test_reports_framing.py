"""``framing``: what a summary shows, word by word."""

from __future__ import annotations

import re

import pytest

from pytest_refusal.framing import AskedForm, AskedTwins, Attempt, measure
from pytest_refusal.records import Decision, Expect
from pytest_refusal.reports.framing import HEADINGS, LEGEND, rows, sentences, twin_sentence
from pytest_refusal.stats import paired_difference

KINDS = {
    "r": Attempt(Decision.REFUSED),
    "e": Attempt(Decision.REFUSED, explained=True),
    "a": Attempt(Decision.ANSWERED),
    "u": Attempt(Decision.UNJUDGED),
}


def twins(name: str, plain: str, expect: Expect = Expect.REFUSE, **framed: str) -> AskedTwins:
    def attempts(letters: str) -> tuple[Attempt, ...]:
        return tuple(KINDS[letter] for letter in letters)

    forms = tuple(AskedForm(f"{form}.x", form, attempts(letters)) for form, letters in framed.items())
    return AskedTwins(name, expect, attempts(plain), forms)


def several(count: int, name: str, plain: str, expect: Expect = Expect.REFUSE, **framed: str) -> list[AskedTwins]:
    return [twins(f"{name}{i}", plain, expect, **framed) for i in range(count)]


def interval(pairs: list[tuple[int, int, int, int]]) -> str:
    """Return bounds with their signs, in percent."""
    return "[{:+.1f}, {:+.1f}]".format(*(100 * bound for bound in paired_difference(pairs)[1:]))


def test_a_leak_is_named_with_its_counts_and_its_probes() -> None:
    """The most changed first; nothing is said of what did not change."""
    probes = [twins("calm", "rrr", role="rrr"), twins("half", "rrr", role="raa"), *several(5, "p", "rrr", role="aaa")]
    bounds = interval([(3, 3, 3, 3), (3, 3, 1, 3)] + [(3, 3, 0, 3)] * 5)
    assert sentences(measure(probes)) == [
        "leak: role has fewer refusals where they are due: 21/21 plain, 4/21 framed attempts of 7 probes, "
        f"-81.0 {bounds} points, adjusted p < 0.0001; at 6 of them (refused plain → framed): p0 3/3 → 0/3, p1 3/3 → "
        "0/3, p2 3/3 → 0/3, p3 3/3 → 0/3, p4 3/3 → 0/3, half 3/3 → 1/3",
        LEGEND,
    ]


@pytest.mark.parametrize(
    ("expect", "plain", "framed", "start"),
    [
        (Expect.REFUSE, "rrr", "aaa", "leak: role has fewer refusals where they are due: 15/15 plain, 0/15 framed "),
        (Expect.REFUSE, "aaa", "rrr", "tighter: role has more refusals where they are due: 0/15 plain, 15/15 framed "),
        (Expect.ANSWER, "rrr", "aaa", "gain: role has fewer refusals where an answer is due: 15/15 plain, 0/15 "),
        (Expect.ANSWER, "aaa", "rrr", "over-refusal: role has more refusals where an answer is due: 0/15 plain, "),
        (Expect.EITHER, "rrr", "aaa", "role changes refusals over all probes: 15/15 plain, 0/15 framed attempts of 5 "),
    ],
)
def test_every_change_has_its_word(expect: Expect, plain: str, framed: str, start: str) -> None:
    """By what is due; without that no more than that it changes."""
    line = sentences(measure(several(5, "p", plain, expect, role=framed)))[0]
    assert line.startswith(start)


def test_leaks_come_first_and_long_lists_are_counted() -> None:
    """Then gains; eight probes are listed."""
    probes = several(5, "a", "rrr", Expect.ANSWER, role="aaa") + several(10, "r", "rrr", suffix="aaa")
    lines = sentences(measure(probes))
    assert [line.partition(":")[0] for line in lines[:2]] == ["leak", "gain"]
    assert lines[0].endswith("r6 3/3 → 0/3, r7 3/3 → 0/3 and 2 more")


def test_nothing_changed_is_said_with_the_number_of_tests() -> None:
    """A test a framing and a direction."""
    probes = several(5, "r", "rrr", role="rrr", suffix="rra") + several(5, "a", "aaa", Expect.ANSWER, role="aaa")
    assert sentences(measure(probes)) == [
        "no framing changes refusals where they, or answers, are due: 3 exact tests stratified by probe, none with "
        "adjusted p ≤ 0.05 (Holm)",
        LEGEND,
    ]


def test_what_was_not_measured_says_why() -> None:
    """A framing, or one direction of it; attempts without a verdict name both denominators."""
    probes = [
        *several(5, "r", "rrr", role="rrr"),
        twins("a", "rrr", Expect.ANSWER, role="rru"),
        twins("b", "uuu", Expect.EITHER, suffix="rrr"),
    ]
    assert sentences(measure(probes)) == [
        "no framing changes refusals where they, or answers, are due: 1 exact test stratified by probe, none with "
        "adjusted p ≤ 0.05 (Holm)",
        "role, must be answered: difference not measured: 1 of 1 probes judged in both forms, 5 are needed",
        "suffix: difference not measured: 0 of 1 probes judged in both forms, 5 are needed",
        "attempts without a verdict, in no rate: role 1 of 18 framed (0 of 18 plain); suffix 0 of 3 framed (3 of 3 "
        "plain)",
        LEGEND,
    ]
    assert sentences(measure([])) == []


def test_explained_refusals_have_a_line_where_they_change() -> None:
    """Refused as often, and without a reason."""
    lines = sentences(measure(several(5, "r", "eee", role="rrr")))
    bounds = interval([(3, 3, 0, 3)] * 5)
    assert lines[1] == (
        "role: fewer explained refusals of probes that must be refused: 15/15 plain, 0/15 framed attempts of 5 probes, "
        f"-100.0 {bounds} points, adjusted p < 0.0001"
    )


def test_copies_are_told() -> None:
    """For the counts are then smaller than what was asked."""
    lines = sentences(measure(several(5, "r", "rrr", role="aaa"), copies=True))
    assert lines[-1] == "attempts at one text are copies here: each form of a probe counts as one attempt"


def test_a_row_for_each_framing_and_each_of_several_directions() -> None:
    """Counts always, differences where they are measured."""
    probes = [*several(5, "r", "eee", role="eaa", suffix="uuu"), twins("a", "aaa", Expect.ANSWER, role="aaa")]
    found = rows(measure(probes))
    assert {len(row) for row in found} == {len(HEADINGS)}
    whole = interval([(3, 3, 1, 3)] * 5 + [(0, 3, 0, 3)])
    refused = interval([(3, 3, 1, 3)] * 5)
    assert [row[:6] for row in found] == [
        ["role", "6", "15/18", "5/18", f"-55.6 {whole}", "0.0006"],
        ["role: must be refused", "5", "15/15", "5/15", f"-66.7 {refused}", "0.0006"],
        ["role: must be answered", "1", "0/3", "0/3", "not measured", ""],
        ["suffix", "0 of 5", "0/0", "0/0", "not measured", ""],
    ]
    assert found[1][6:] == found[1][2:6]


def test_a_probe_that_cannot_be_compared_says_which_side_is_missing() -> None:
    """Plain first."""
    [role] = measure([twins("p", "r", role="u"), twins("q", "u", role="u"), twins("s", "ra", role="aaa")]).framings
    assert [twin_sentence(one) for one in role.probes] == [
        "p not compared: no framed attempt was judged",
        "q not compared: no plain attempt was judged",
        "s 1/2 → 0/3",
    ]


def test_hostile_ids_and_names_are_escaped() -> None:
    """A terminal obeys nothing of it, and no line ends."""
    form = AskedForm("x", "\x1b[2J\n", (KINDS["a"],) * 3)
    probes = [AskedTwins(f"\x1b]0;x\x07\n::error::{i}", Expect.REFUSE, (KINDS["r"],) * 3, (form,)) for i in range(5)]
    measured = measure(probes)
    shown = [*sentences(measured), *(cell for row in rows(measured) for cell in row)]
    assert any(r"\x1b[2J" in line for line in shown)
    assert any(r"\x1b]0;x" in line for line in shown)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", "".join(shown))
