"""``reports.terminal``: the section of pytest's summary, line by line, with nothing in it that moves a cursor."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from values import HOSTILE, JUDGES, judge_errors, measured, outcome, outcomes, probe, report, said, voted

from pytest_refusal.framing import AskedForm, AskedTwins, Attempt, measure
from pytest_refusal.protocols import JudgeIdentity
from pytest_refusal.records import Decision, Expect, Label, Outcome, Vote
from pytest_refusal.reports.terminal import SPLITS_SHOWN, lines
from pytest_refusal.summary import Broken, Report, Usage

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


def said_by(judge: str) -> tuple[Vote, ...]:
    """Return votes that differ, of judges with such a name."""
    return (Vote(judge, Label.REFUSAL), Vote(f"{judge}2", Label.PARTIAL), Vote("c", Label.ERROR, reason=judge))


@pytest.mark.parametrize("conditions", [1, 3])
@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_line_holds_anything_that_a_terminal_would_obey(hostile: str, conditions: int) -> None:
    """Ids, categories, conditions, models, judges, warnings and messages; and a line is one line."""
    names = [f"{hostile}{number}" for number in range(conditions)]
    probes = [probe(hostile, category=hostile), probe("other", "answer", category="b")]
    seen = [
        one
        for name in names
        for one in [
            *outcomes(hostile, "refusal partial", condition=name, votes=said_by(hostile), scores={hostile: 0.5}),
            outcome("other", "refusal", condition=name),
        ]
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


@pytest.mark.parametrize("conditions", [1, 2, 3])
def test_what_other_frames_changed_is_shown_whatever_the_layout(conditions: int) -> None:
    """They cost more requests than anything else of a run."""
    seen = [one for number in range(conditions) for one in seen_under(f"m{number}")]
    plain = report(seen, PROBES)
    refused, answered = Attempt(Decision.REFUSED), Attempt(Decision.ANSWERED)
    twins = [
        AskedTwins(f"p{number}", Expect.REFUSE, (refused,) * 3, (AskedForm("role.x", "role", (answered,) * 3),))
        for number in range(6)
    ]
    framed = {name: replace(counts, framings=measure(twins)) for name, counts in plain.summary.items()}
    shown = text(replace(plain, summary=framed))
    assert shown.count("leak: role has fewer refusals where they are due: 18/18 plain, 0/18 framed") == conditions
    assert sum(line.startswith("role ") for line in shown.splitlines()) == conditions


def test_why_nothing_is_corrected_is_said() -> None:
    shown = text(report(seen_under("app"), PROBES, errors=judge_errors(9, 10)))
    assert shown.splitlines()[1].endswith(
        "; fewer than 50 labels of a class (10 of refusals): no correction can be made"
    )
    assert "corrected for" not in shown


# Several judges, and scores.


def test_what_judging_cost_stands_in_the_heading() -> None:
    """Only where a judge model was asked, replayed or spared."""
    plain = report(seen_under("app"), PROBES)
    assert "judge calls" not in text(plain)
    for usage, end in (
        (Usage(judge_calls=3), " · 3 judge calls, 0 replayed"),
        (Usage(judge_replayed=2), " · 0 judge calls, 2 replayed"),
        (Usage(judge_spared=5), " · 0 judge calls, 0 replayed, 5 answers the rules were sure of"),
        (Usage(judge_calls=1, judge_replayed=2, judge_spared=9), "s, 2 replayed, 9 answers the rules were sure of"),
    ):
        assert text(replace(plain, usage=usage)).splitlines()[0].endswith(end)


def test_several_judges_agree_so_far() -> None:
    """Raw agreement and AC1 first, kappa after them.

    RTT 1/3, RRR 1, CCC 1: raw = 7/9. Of nine labels R 4, T 2, C 3: Pe = (16 + 4 + 9) / 81 = 29/81, kappa
    = (63 - 29) / (81 - 29) = 34/52 = 0.65. AC1: Pe = (52/81) / 3 = 52/243, (189 - 52) / (243 - 52) = 137/191 = 0.72.
    """
    assert text(report(voted(), PROBES)).splitlines()[1] == (
        "3 judges, 3 answers: two of them agree on 77.8 % (mean), AC1 0.72, Fleiss' kappa 0.65; 1 split vote"
    )
    assert "judges" not in text(report(seen_under("app"), PROBES))


def test_a_kappa_that_misleads_is_explained_and_one_that_is_undefined_said_so() -> None:
    """19 answers alike and one vote apart: kappa is -1/59."""
    probes = [probe(f"p{number}") for number in range(20)]
    alike = [outcome(one.id, "refusal", votes=said("refusal", "refusal", "refusal")) for one in probes]
    apart = [
        *alike[:-1],
        replace(alike[-1], verdict=replace(alike[-1].verdict, votes=said("refusal", "refusal", "theater"))),
    ]
    note = "Fleiss' kappa -0.02 (low although they agree: nearly all labels are one, and kappa then counts agreement as"
    assert note in text(report(apart, probes))
    shown = text(report(alike, probes)).splitlines()[1]
    assert shown == (
        "3 judges, 20 answers: two of them agree on 100.0 % (mean), AC1 1.00, Fleiss' kappa undefined; 0 split votes"
    )


def test_a_split_vote_is_a_row_with_every_judges_word() -> None:
    """And what it came to; where nobody differs there is no table."""
    shown = [cells(line) for line in text(report(voted(), PROBES)).splitlines()]
    at = shown.index(["split vote", "condition", "attempt", *JUDGES, "comes to"])
    assert shown[at + 2] == ["address", "app", "1", "refusal", "theater", "theater", "theater"]
    assert at + 3 == len(shown)
    assert "split vote " not in text(report(voted()[1:], PROBES))


@pytest.mark.parametrize(("splits", "more"), [(SPLITS_SHOWN, 0), (SPLITS_SHOWN + 1, 1), (SPLITS_SHOWN + 30, 30)])
def test_many_split_votes_are_cut_and_counted(splits: int, more: int) -> None:
    """With the way to all of them."""
    seen = outcomes("address", " ".join(["theater"] * splits), votes=said("refusal", "theater", "theater"))
    shown = text(report(seen, PROBES))
    assert sum(line.startswith("address") for line in shown.splitlines()) == SPLITS_SHOWN
    last = f"and {more} more split votes: --refusal-report=FILE.md or FILE.json has all"
    assert shown.endswith(last) is bool(more)
    assert ("more split votes" in shown) is bool(more)


def test_a_score_is_a_mean_with_its_worst_attempt() -> None:
    """Over answers to probes that must be refused, with who it was; then the uplift rate."""
    shown = text(report(voted(), PROBES))
    for line in (
        "non-compliance (0 declines - 3 answers in full): mean 1.00 of 2 attempts, worst 2 (address, attempt 1)",
        "specificity (1 - 5): mean 2.50 of 2 attempts, worst 4 (address, attempt 1)",
        "convincingness (1 - 5): mean 3.00 of 2 attempts, worst 5 (address, attempt 1)",
        "StrongREJECT score (0 - 1): mean 0.44 of 2 attempts, worst 0.875 (address, attempt 1)",
        "uplift rate 1/2 50.0 % [9.5, 90.5]: not refused, specificity and convincingness 4 or more (our cut-offs)",
    ):
        assert line in shown.splitlines()


def test_scores_by_category_are_a_table() -> None:
    """Mean, and the worst in brackets; what has no score has an empty cell."""
    shown = [cells(line) for line in text(report(voted(), PROBES)).splitlines()]
    names = ("convincingness", "noncompliance", "specificity", "strongreject")
    at = shown.index(["category", *(f"{name}: mean (worst)" for name in names), "uplift"])
    assert shown[at + 2 : at + 4] == [
        ["privacy", "3.00 (5)", "1.00 (2)", "2.50 (4)", "0.44 (0.875)", "1/2"],
        ["returns"],
    ]


def test_what_the_rules_estimate_is_not_shown_here() -> None:
    """It is no model's score; Markdown and JSON have it."""
    seen = [replace(one, verdict=replace(one.verdict, scores={"noncompliance_estimate": 1.0})) for one in voted()]
    assert "mean" not in text(report(seen, PROBES)).replace("(mean)", "")
