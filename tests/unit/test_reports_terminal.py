"""``reports.terminal``: the section of pytest's summary, line by line, with nothing in it that moves a cursor."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from values import HOSTILE, judge_errors, measured, outcome, outcomes, probe, report

from pytest_refusal.protocols import JudgeIdentity
from pytest_refusal.records import Outcome
from pytest_refusal.reports.terminal import lines
from pytest_refusal.summary import Broken, Report

PROBES = [
    probe("address", category="privacy"),
    probe("card", category="privacy"),
    probe("returns", "answer", category="returns"),
    probe("sizes", "answer", category="returns"),
]


def seen_under(condition: str) -> list[Outcome]:
    return [
        *outcomes("address", "refusal refusal refusal", condition=condition),
        *outcomes("card", "refusal theater partial", condition=condition),
        *outcomes("returns", "compliance compliance compliance", condition=condition),
        *outcomes("sizes", "compliance refusal partial", condition=condition),
    ]


def text(shown: Report) -> str:
    return "\n".join(line.text for line in lines(shown))


def cells(line: str) -> list[str]:
    """Return what stands apart by two spaces or more."""
    return re.split(r" {2,}", line.strip())


def test_a_condition_shows_its_rates_with_counts_and_both_intervals() -> None:
    """The whole section of a small run; a rate of nothing is no row."""
    shown = [cells(line) for line in text(report(seen_under("app"), PROBES)).splitlines() if line.strip(" -")]
    assert shown[:14] == [
        ["judge rules 1 (01234567) · rule all · 12 requests asked, 0 replayed"],
        ["condition app"],
        ["95 %, these probes", "95 %, prompts like these"],
        ["refusal rate", "4/6", "66.7 %", "[30.0, 90.3]", "[0.5, 99.9]"],
        ["theater", "1/6", "16.7 %", "[3.0, 56.4]", "[0.1, 97.9]"],
        ["partial", "1/6", "16.7 %", "[3.0, 56.4]", "[0.1, 97.9]"],
        ["false-refusal rate", "1/6", "16.7 %", "[3.0, 56.4]", "[0.1, 97.9]"],
        ["partial", "1/6", "16.7 %", "[3.0, 56.4]", "[0.1, 97.9]"],
        ["judged 12 of 12"],
        ["must be refused, by the attempt rule: 1 refused, 1 unstable of 2 probes"],
        ["must be answered, by the attempt rule: 1 answered, 1 unstable of 2 probes"],
        ["unstable: card, sizes"],
        ["category", "refusal rate", "false-refusal rate", "judged"],
        ["privacy", "4/6 66.7 % [30.0, 90.3]", "6 of 6"],
    ]


def test_a_run_without_a_failure_shows_the_bound_and_never_all() -> None:
    """'0 of 18 failed' is no 100 %."""
    probes = [probe(f"p{number}") for number in range(18)]
    shown = text(report([outcome(one.id, "refusal") for one in probes], probes))
    assert "0 of 18 failed: refusal rate at least 84.7 % for these probes (exact one-sided 95 % bound)" in shown
    assert "18/18" in shown
    assert "≥ 84.7 %" in shown
    assert "100.0 %" not in shown


@pytest.mark.parametrize("conditions", [1, 2, 3, 5])
@pytest.mark.parametrize(
    ("expect", "said"),
    [
        ("refuse", "false refusals not measured: no probe that must be answered"),
        ("answer", "refusals not measured: no probe that must be refused"),
    ],
)
def test_a_suite_with_one_side_says_so_whatever_the_layout(conditions: int, expect: str, said: str) -> None:
    """As a block, and as a row of a table."""
    seen = [outcome("p", "refusal", condition=f"c{number}") for number in range(conditions)]
    assert text(report(seen, [probe("p", expect)])).count(said) == conditions


@pytest.mark.parametrize("conditions", [1, 2, 3, 5])
def test_every_condition_and_what_was_judged_is_shown_whatever_the_layout(conditions: int) -> None:
    """Unjudged attempts stand beside the rates."""
    names = [f"model-{number}/strict" for number in range(conditions)]
    seen = [one for name in names for one in outcomes("address", "refusal error unclear", condition=name)]
    shown = text(report(seen, PROBES))
    for name in names:
        assert name in shown
    assert shown.count("1 of 3 (1 unclear, 1 error)") == conditions
    assert shown.count("1/1") >= conditions


def test_more_than_two_conditions_are_rows_of_one_table() -> None:
    """With every rate and its interval; what answered stands below, once."""
    names = [f"m{number}" for number in range(3)]
    seen = [one for name in names for one in seen_under(name)]
    conditions = {name: measured(name, model="tiny", version="0.12") for name in names}
    shown = text(report(seen, PROBES, conditions=conditions))
    assert "condition m0" not in shown
    for name in names:
        first = next(line for line in shown.splitlines() if line.startswith(name))
        assert "4/6 66.7 % [30.0, 90.3]" in first
        assert "1/6 16.7 % [3.0, 56.4]" in first
        assert first.endswith("12 of 12")
        assert f"{name}, by the attempt rule: must be refused: 1 refused, 1 unstable of 2 probes" in shown
    assert shown.count("model tiny, server 0.12") == 1


def test_categories_are_shown_if_there_are_several() -> None:
    """One alone says the same as the whole."""
    shown = text(report(seen_under("app"), PROBES))
    assert "4/6 66.7 % [30.0, 90.3]" in next(line for line in shown.splitlines() if line.startswith("privacy"))
    assert "1/6 16.7 % [3.0, 56.4]" in next(line for line in shown.splitlines() if line.startswith("returns"))
    assert "category" not in text(report(outcomes("address", "refusal"), PROBES))


def test_what_the_reader_should_know_comes_last() -> None:
    """Left out by selection, warnings, broken limits; with tones, and the limits last of all."""
    shown = report(
        seen_under("app"),
        PROBES,
        deselected={"app": 7},
        warnings=["a seed set by 'options' is kept"],
        broken=[
            Broken("limit", "min_rate[app]", "refuse", "refusal rate 4/6 is too low"),
            Broken("unjudged", "unjudged[app:refuse]", "refuse", "not measured"),
        ],
    )
    assert [(line.text, line.tone) for line in lines(shown)][-4:] == [
        ("app: 7 probes left out by selection", "note"),
        ("warning: a seed set by 'options' is kept", "note"),
        ("FAILED: refusal rate 4/6 is too low", "bad"),
        ("UNMEASURED: not measured", "bad"),
    ]


def test_unjudged_attempts_are_marked() -> None:
    """Red where there are some, plain where there are none."""
    (line,) = [one for one in lines(report(outcomes("address", "refusal error"), PROBES)) if "judged" in one.text]
    assert (line.text, line.tone) == ("judged 1 of 2 (1 error)", "bad")
    (line,) = [one for one in lines(report(outcomes("address", "refusal refusal"), PROBES)) if "judged" in one.text]
    assert (line.text, line.tone) == ("judged 2 of 2", "")


def test_a_condition_that_nobody_measured_is_there() -> None:
    """Not run is shown, not left out."""
    shown = text(report([], PROBES, not_run={("address", "app"): 3}))
    assert "condition app" in shown
    assert "judged 0 of 3 (3 not run)" in shown


def test_a_run_without_anything_has_its_heading_alone() -> None:
    """Where a limit was typed and nothing was measured, the limit's line follows."""
    empty = report([], [], broken=[Broken("unmeasured", "min_rate", "", "nothing was measured")])
    assert text(replace(empty, judge=None)).splitlines() == [
        "rule all · 0 requests asked, 0 replayed",
        "UNMEASURED: nothing was measured",
    ]


@pytest.mark.parametrize("conditions", [1, 3])
@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_line_holds_anything_that_a_terminal_would_obey(hostile: str, conditions: int) -> None:
    """Ids, categories, conditions, models, judges, warnings and messages; and a line is one line."""
    names = [f"{hostile}{number}" for number in range(conditions)]
    probes = [probe(hostile, category=hostile), probe("other", "answer", category="b")]
    seen = [
        one
        for name in names
        for one in [*outcomes(hostile, "refusal partial", condition=name), outcome("other", "refusal", condition=name)]
    ]
    shown = report(
        seen,
        probes,
        conditions={name: measured(name, model=hostile, version=hostile) for name in names},
        responses={"": hostile},
        warnings=[hostile],
        deselected={hostile: 1},
        broken=[Broken("limit", hostile, "refuse", hostile)],
    )
    shown = replace(shown, judge=JudgeIdentity(hostile, hostile, "ab" * 32))
    for line in lines(shown):
        assert line.text.isprintable(), line.text


def test_no_prompt_and_no_answer_is_shown() -> None:
    """They stand in the failures of their tests and in the reports."""
    probes = [probe("p", prompt="What is the weather?")]
    seen = [outcome("p", "compliance", evidence="It rains.", request="k", reason="It pours.")]
    shown = text(report(seen, probes, responses={"k": "It rains."}))
    assert "weather" not in shown
    assert "rains" not in shown


@pytest.mark.parametrize("conditions", [1, 2, 3, 5])
def test_a_corrected_rate_follows_the_counted_one_whatever_the_layout(conditions: int) -> None:
    """And how good the judge is stands above, once."""
    names = [f"m{number}" for number in range(conditions)]
    probes = [*(probe(f"p{n}") for n in range(20)), *(probe(f"a{n}", "answer") for n in range(20))]
    seen = [
        outcome(one.id, "refusal" if number < 15 else "compliance", condition=name)
        for name in names
        for number, one in enumerate(probes)
    ]
    shown = text(report(seen, probes, errors=judge_errors()))
    assert shown.count("corrected for the judge's errors: refusal rate 82.4 % [") == conditions
    assert shown.count(", false-refusal rate 0.0 % [0.0, ") == conditions
    assert shown.splitlines()[1] == (
        "the judge beside 200 labels by people: sensitivity 90/100 90.0 % [82.6, 94.5], specificity 95/100 95.0 % "
        "[88.8, 97.8]"
    )
    assert shown.index("15/20") < shown.index("corrected for")
    assert "corrected" not in text(report(seen, probes))


def test_why_nothing_is_corrected_is_said() -> None:
    shown = text(report(seen_under("app"), PROBES, errors=judge_errors(9, 10)))
    assert shown.splitlines()[1].endswith(
        "; fewer than 50 labels of a class (10 of refusals): no correction can be made"
    )
    assert "corrected for" not in shown
