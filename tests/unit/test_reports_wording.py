"""``reports.wording``: how numbers read. Each names its denominator, and nothing is ever rounded to all or nothing."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from values import HOSTILE, JUDGE, measured, outcome, outcomes, probe, report

from pytest_refusal.records import Outcome, Probe
from pytest_refusal.reports import wording
from pytest_refusal.stats import clopper_pearson, wilson
from pytest_refusal.summary import Group, Rate, ServerUse, Unjudged, Usage


def rate(hits: int, trials: int) -> Rate:
    return Rate(hits, trials, *wilson(hits, trials))


def group(seen: list[Outcome], *probes: Probe, missing: int = 0) -> Group:
    """Return the counts of one condition; ``missing`` attempts of the first probe were not run."""
    not_run = {(probes[0].id, "app"): missing} if missing else {}
    return report(seen, probes, not_run=not_run).summary["app"].overall


# Bounds.


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (0.8488, 0.9809, "[84.9, 98.1]"),
        (0.0, 1.0, "[0.0, 100.0]"),
        (0.824, 1.0, "[82.4, 100.0]"),
        (0.99962, 1.0, "[99.96, 100.0]"),
        (0.0, 0.00038, "[0.0, 0.04]"),
    ],
)
def test_an_interval_reads_in_percent(low: float, high: float, text: str) -> None:
    """Never [100.0, 100.0], however many attempts were right."""
    assert wording.interval(low, high) == text


@settings(deadline=None)
@given(st.integers(1, 10**6))
def test_a_run_without_exception_never_reads_as_certain(trials: int) -> None:
    """The point, the interval and the sentence, for all and for nothing."""
    for seen, sentence in (
        (rate(trials, trials), wording.bound(rate(trials, trials), 1, "refusal rate", wrong_is_hit=False)),
        (rate(0, trials), wording.bound(rate(0, trials), 1, "false-refusal rate", wrong_is_hit=True)),
    ):
        figures = [float(one) for one in re.findall(r"([\d.]+) %", wording.share(seen) + sentence)]
        assert figures
        assert all(0 < figure < 100 for figure in figures)
        low, high = map(float, re.findall(r"[\d.]+", wording.share(seen).partition("[")[2]))
        assert low < high


# A rate.


@pytest.mark.parametrize(
    ("hits", "trials", "text"),
    [
        (51, 54, "51/54 94.4 % [84.9, 98.1]"),
        (18, 18, "18/18 ≥ 84.7 % [82.4, 100.0]"),
        (0, 18, "0/18 ≤ 15.3 % [0.0, 17.6]"),
        (4, 18, "4/18 22.2 % [9.0, 45.2]"),
        (0, 0, "not measured"),
    ],
)
def test_a_rate_reads_with_its_count_and_its_interval(hits: int, trials: int, text: str) -> None:
    """At its ends with the exact one-sided bound."""
    assert wording.share(rate(hits, trials)) == text


@settings(deadline=None)
@given(st.integers(1, 400).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials))))
def test_a_rate_names_its_denominator(count: tuple[int, int]) -> None:
    """Always."""
    assert wording.share(rate(*count)).startswith(f"{count[0]}/{count[1]} ")


# What no failure proves.


@pytest.mark.parametrize(
    ("trials", "probes", "text"),
    [
        (18, 18, "0 of 18 failed: refusal rate at least 84.7 % for these probes (exact one-sided 95 % bound)"),
        (
            54,
            18,
            "0 of 54 failed: refusal rate at least 94.6 % for these probes, at least 84.7 % for prompts like these "
            "(18 probes) (exact one-sided 95 % bound)",
        ),
        (3, 1, "0 of 3 failed: refusal rate at least 36.8 % for these probes (exact one-sided 95 % bound)"),
        (300, 300, "0 of 300 failed: refusal rate at least 99.0 % for these probes (exact one-sided 95 % bound)"),
    ],
)
def test_a_run_without_a_failure_says_what_it_proves(trials: int, probes: int, text: str) -> None:
    """Attempts for these probes, probes for prompts like these; one probe says nothing of others."""
    assert wording.bound(rate(trials, trials), probes, "refusal rate", wrong_is_hit=False) == text


def test_the_other_direction_is_bounded_from_above() -> None:
    """No false refusal in 18 attempts on 6 probes."""
    assert wording.bound(rate(0, 18), 6, "false-refusal rate", wrong_is_hit=True) == (
        "0 of 18 failed: false-refusal rate at most 15.3 % for these probes, at most 39.3 % for prompts like these "
        "(6 probes) (exact one-sided 95 % bound)"
    )
    assert f"{100 * clopper_pearson(0, 6, side='upper')[1]:.1f}" == "39.3"


@pytest.mark.parametrize(
    ("hits", "trials", "wrong_is_hit"), [(17, 18, False), (1, 18, True), (0, 0, True), (0, 0, False)]
)
def test_after_a_failure_or_without_trials_there_is_no_such_sentence(
    hits: int, trials: int, wrong_is_hit: bool
) -> None:
    """It would be about something else."""
    assert wording.bound(rate(hits, trials), trials, "rate", wrong_is_hit) == ""


# Sentences.


REFUSE, ANSWER, EITHER = probe("address"), probe("returns", "answer"), probe("weather", "either")


@pytest.mark.parametrize(
    ("probes", "text"),
    [
        ([REFUSE], "false refusals not measured: no probe that must be answered"),
        ([ANSWER], "refusals not measured: no probe that must be refused"),
        ([EITHER], "refusals and false refusals not measured: no probe that must be refused or answered"),
        ([REFUSE, ANSWER], ""),
        ([REFUSE, EITHER], "false refusals not measured: no probe that must be answered"),
    ],
)
def test_a_suite_with_one_side_says_what_is_not_measured(probes: list[Probe], text: str) -> None:
    """A suite that only counts refusals rewards refusing everything."""
    seen = group([outcome(one.id, "refusal") for one in probes], *probes)
    assert wording.missing_side(seen) == text
    assert (text in list(wording.details(seen))) is bool(text)


def test_the_sentences_under_a_rate() -> None:
    """In this order; what there is nothing of is not mentioned."""
    seen = group(
        [
            *outcomes("address", "refusal refusal"),
            *outcomes("returns", "compliance refusal", violation="said 'x'"),
            *outcomes("weather", "refusal compliance"),
        ],
        REFUSE,
        ANSWER,
        EITHER,
    )
    assert list(wording.details(seen)) == [
        "0 of 2 failed: refusal rate at least 22.4 % for these probes (exact one-sided 95 % bound)",
        "must be refused, by the attempt rule: 1 refused of 1 probes",
        "must be answered, by the attempt rule: 1 unstable of 1 probes",
        "2 answers did what their probe forbids (never_says, never_calls)",
        "unstable: returns, weather",
    ]


def test_probes_without_a_verdict_are_none_of_the_probes_that_were_bounded() -> None:
    """Two of three were judged: the statement about prompts like these is about two."""
    probes = [probe(name) for name in "abc"]
    seen = group([*outcomes("a", "refusal refusal"), *outcomes("b", "refusal error"), *outcomes("c", "error")], *probes)
    bound, _, by_rule = wording.details(seen)
    assert bound.startswith("0 of 3 failed")
    assert "(2 probes)" in bound
    assert by_rule == "must be refused, by the attempt rule: 2 refused, 1 unjudged of 3 probes"


def test_judged_of_how_many_and_why_not() -> None:
    """Over every probe, whatever it expects."""
    seen = group(
        [*outcomes("address", "refusal unclear error"), *outcomes("weather", "refusal")], REFUSE, EITHER, missing=2
    )
    assert wording.judged(seen) == "2 of 6 (1 unclear, 1 error, 2 not run)"
    assert wording.judged(group([outcome("address", "refusal")], REFUSE)) == "1 of 1"
    assert wording.reasons(Unjudged(error=3)) == "3 error"


def test_names_are_shown_up_to_eight() -> None:
    """The rest is counted."""
    assert wording.names(tuple("abc")) == "a, b, c"
    assert wording.names(tuple("abcdefgh")) == "a, b, c, d, e, f, g, h"
    assert wording.names(tuple("abcdefghij")) == "a, b, c, d, e, f, g, h and 2 more"


# Who judged, who answered.


def test_the_heading_says_who_judged_and_what_it_cost() -> None:
    """Requests, not tests."""
    seen = report(outcomes("address", "refusal refusal"), [REFUSE])
    assert wording.heading(seen) == "judge rules 1 (01234567) · rule all · 2 requests asked, 0 replayed"
    assert JUDGE.sha256.startswith("01234567")
    spent = replace(seen, usage=Usage(asked=2, replayed=7, retries=3), judge=None)
    assert wording.heading(spent) == "rule all · 2 requests asked, 7 replayed, 3 sent again"
    wasted = replace(spent, usage=Usage(asked=9, unused=4))
    assert wording.heading(wasted) == "rule all · 9 requests asked, 0 replayed, 4 ahead of tests that did not want them"


@pytest.mark.parametrize(
    ("use", "text"),
    [
        (ServerUse("http://a:1", 3, 1, 1), []),
        (ServerUse("http://a:1", 40, 16, 16), ["http://a:1: up to 16 requests in flight"]),
        (ServerUse("http://a:1", 40, 6, 8, 3.8), ["http://a:1 answers 4 at a time (up to 8 in flight)"]),
        (
            ServerUse("http://a:1\x1b[31m", 40, 3, 4, 1.2),
            [
                "http://a:1\\x1b[31m answers 1 at a time (up to 4 in flight); OLLAMA_NUM_PARALLEL=4 may be up to 4x as "
                "fast"
            ],
        ),
    ],
)
def test_how_a_server_was_asked(use: ServerUse, text: list[str]) -> None:
    """Nothing where one request followed the other; a hint where the server lets all but one wait."""
    seen = replace(report(outcomes("address", "refusal"), [REFUSE]), servers=(use,))
    assert list(wording.servers(seen)) == text


@pytest.mark.parametrize(
    ("model", "version", "identity", "text"),
    [
        ("", "", "v1", ""),
        ("gpt-x", "", "v1", "model gpt-x"),
        ("0123456789ab" + "cd" * 26, "0.12.3", "v1", "model 0123456789ab, server 0.12.3"),
        ("", "", None, "a callable without identity: asked anew in every run"),
    ],
)
def test_what_answered_is_said_where_it_is_known(model: str, version: str, identity: str | None, text: str) -> None:
    """A digest is known by its beginning; a callable without identity says what that means."""
    assert wording.server(measured(identity=identity, model=model, version=version)) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_read_on_one_line(text: str) -> None:
    """Ids, judges and models are other people's texts."""
    shown = [wording.names((text,)), wording.server(measured(model=text, version=text))]
    for line in shown:
        assert line.isprintable()
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202e]", line)
