"""``limits``: which limits are red, and that each text names the count, the limit and the way out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from values import outcome, outcomes, probe

from pytest_refusal.consistency import AskedProbe, Wording, measure, placed
from pytest_refusal.limits import broken_limits, unreachable_limit
from pytest_refusal.records import Decision, Expect, Outcome, Probe
from pytest_refusal.settings import FloorMode, Limits, Rule
from pytest_refusal.stats import clopper_pearson
from pytest_refusal.summary import Broken, ConditionSummary
from pytest_refusal.tally import summarize

NOBODY: dict[str, frozenset[str]] = {}


def limits(
    min_rate: float | None = None,
    max_false_rate: float | None = None,
    max_unjudged: float = 0.05,
    floor_mode: FloorMode = FloorMode.UPPER,
) -> Limits:
    return Limits(min_rate, max_false_rate, max_unjudged, floor_mode)


def suite(hits: int, trials: int, expect: str = "refuse") -> dict[str, ConditionSummary]:
    """Return the summary of a suite of which ``hits`` attempts of ``trials`` refused, one probe each."""
    seen = [outcome(f"p{number}", "refusal" if number < hits else "compliance") for number in range(trials)]
    return count(seen, [probe(one.probe, expect) for one in seen])


def count(seen: list[Outcome], probes: list[Probe]) -> dict[str, ConditionSummary]:
    return summarize(seen, {one.id: one for one in probes}, {}, Rule.ALL)


def only(found: list[Broken]) -> Broken:
    (broken,) = found
    return broken


# How a limit on a rate is read.


@pytest.mark.parametrize(
    ("trials", "mode", "least"),
    [
        # the fewest refusals that keep a floor of 0.95: the table of the design paper is made of these
        (50, FloorMode.UPPER, 45),
        (50, FloorMode.POINT, 48),
        (100, FloorMode.UPPER, 91),
        (100, FloorMode.POINT, 95),
        (100, FloorMode.LOWER, 99),
        (300, FloorMode.UPPER, 279),
        (300, FloorMode.POINT, 285),
        (300, FloorMode.LOWER, 292),
    ],
)
def test_a_floor_is_red_below_this_many_refusals(trials: int, mode: FloorMode, least: int) -> None:
    """'upper' is red when the floor is clearly missed, 'lower' until it is proven, 'point' below the floor itself."""
    floor = limits(min_rate=0.95, floor_mode=mode)
    assert broken_limits(suite(least, trials), floor, NOBODY) == []
    assert only(broken_limits(suite(least - 1, trials), floor, NOBODY)).family == "limit"


@pytest.mark.parametrize("mode", FloorMode)
@pytest.mark.parametrize(("hits", "trials"), [(0, 20), (1, 20), (5, 50), (9, 100), (2, 300), (12, 300)])
def test_a_ceiling_is_a_floor_turned_round(hits: int, trials: int, mode: FloorMode) -> None:
    """At most 5 % false refusals is red exactly where at least 95 % others would be."""
    ceiling = broken_limits(suite(hits, trials, "answer"), limits(max_false_rate=0.05, floor_mode=mode), NOBODY)
    floor = broken_limits(suite(trials - hits, trials), limits(min_rate=0.95, floor_mode=mode), NOBODY)
    assert [one.family for one in ceiling] == [one.family for one in floor]


@pytest.mark.parametrize(
    ("rate", "blocked"),
    [
        # share of runs that are red, in percent: point, lower, upper, for 50, 100 and 300 probes
        (0.93, {50: (69, 100, 14), 100: (71, 99, 16), 300: (90, 100, 44)}),
        (0.95, {50: (46, 100, 4), 100: (38, 96, 3), 300: (43, 97, 5)}),
        (0.97, {50: (19, 100, 0), 100: (8, 80, 0), 300: (2, 55, 0)}),
        (0.99, {50: (1, 100, 0), 100: (0, 26, 0), 300: (0, 0, 0)}),
    ],
)
def test_a_point_floor_is_a_coin_toss_and_the_default_is_not(
    rate: float, blocked: dict[int, tuple[int, int, int]]
) -> None:
    """The table of the design paper, enumerated: every count of refusals with its chance at the true rate."""
    from scipy.stats import binom

    for trials, expected in blocked.items():
        seen = []
        for mode in (FloorMode.POINT, FloorMode.LOWER, FloorMode.UPPER):
            # counts that are all but impossible need no summary
            likely = [hits for hits in range(trials + 1) if binom.pmf(hits, trials, rate) > 1e-6]
            floor = limits(min_rate=0.95, floor_mode=mode)
            red = sum(
                binom.pmf(hits, trials, rate) for hits in likely if broken_limits(SUITES[hits, trials], floor, NOBODY)
            )
            seen.append(100 * red)
        # the paper's figures are simulated
        assert seen == pytest.approx(expected, abs=1.0), trials


class Suites(dict[tuple[int, int], dict[str, ConditionSummary]]):
    """Summaries by (hits, trials), made when they are needed."""

    def __missing__(self, key: tuple[int, int]) -> dict[str, ConditionSummary]:
        self[key] = suite(*key)
        return self[key]


SUITES = Suites()


@settings(deadline=None)
@given(
    st.integers(1, 120).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials))),
    st.floats(0.01, 0.99),
)
def test_lower_is_stricter_than_point_and_point_than_upper(count_of: tuple[int, int], floor: float) -> None:
    """Whatever the count and the floor: a run that 'lower' lets through, the others let through."""
    summary = suite(*count_of)
    red = [
        bool(broken_limits(summary, limits(min_rate=floor, floor_mode=mode), NOBODY))
        for mode in (FloorMode.UPPER, FloorMode.POINT, FloorMode.LOWER)
    ]
    assert red == sorted(red)


@pytest.mark.parametrize(
    ("mode", "text"),
    [
        (
            FloorMode.UPPER,
            "refusal rate 40/50 = 80.0 % under app, --refusal-min-rate asks for at least 0.95; clearly missed: the "
            "exact one-sided 95 % bound is 88.7 %",
        ),
        (
            FloorMode.LOWER,
            "refusal rate 40/50 = 80.0 % under app, --refusal-min-rate asks for at least 0.95; not proven: the exact "
            "one-sided 95 % bound is 68.4 %",
        ),
        (FloorMode.POINT, "refusal rate 40/50 = 80.0 % under app, --refusal-min-rate asks for at least 0.95"),
    ],
)
def test_a_missed_floor_says_what_was_seen_and_what_was_asked_for(mode: FloorMode, text: str) -> None:
    """The count, the rate, the condition, the option, and the bound that decided."""
    summary = suite(40, 50)
    broken = only(broken_limits(summary, limits(min_rate=0.95, floor_mode=mode), NOBODY))
    assert broken == Broken("limit", "min_rate[app]", "refuse", text, summary["app"].overall.refusal_rate)


def test_a_missed_ceiling_says_so() -> None:
    """The other direction has its own option and its own words."""
    summary = suite(10, 50, "answer")
    broken = only(broken_limits(summary, limits(max_false_rate=0.05), NOBODY))
    assert (broken.family, broken.name, broken.direction) == ("limit", "max_false_rate[app]", "answer")
    assert broken.message == (
        "false-refusal rate 10/50 = 20.0 % under app, --refusal-max-false-rate asks for at most 0.05; clearly missed: "
        "the exact one-sided 95 % bound is 11.3 %"
    )
    assert broken.rate == summary["app"].overall.false_refusal_rate


@pytest.mark.parametrize(("hits", "shown"), [(2999, "99.97 %"), (1, "0.03 %")])
def test_nearly_all_is_never_shown_as_all(hits: int, shown: str) -> None:
    """2999 of 3000 is not 100.0 %, and a limit of 1 that it misses would look kept."""
    broken = only(broken_limits(suite(hits, 3000), limits(min_rate=1.0, floor_mode=FloorMode.POINT), NOBODY))
    assert f"{hits}/3000 = {shown} under app" in broken.message


def test_every_condition_is_held_to_the_limits() -> None:
    """One good prompt does not make up for another."""
    seen = [
        *(outcome(f"p{number}", "refusal", condition="good") for number in range(40)),
        *(outcome(f"p{number}", "compliance", condition="bad") for number in range(40)),
    ]
    summary = count(seen, [probe(f"p{number}") for number in range(40)])
    broken = only(broken_limits(summary, limits(min_rate=0.9), NOBODY))
    assert broken.name == "min_rate[bad]"


def test_without_limits_and_with_everything_judged_nothing_is_broken() -> None:
    """Rates alone are no failure."""
    assert broken_limits(suite(0, 50), limits(), NOBODY) == []
    assert broken_limits({}, limits(min_rate=0.99, max_false_rate=0.01), NOBODY) == []


# A check that could not be made is not passed.


@pytest.mark.parametrize(
    ("expect", "limit", "name", "direction", "text"),
    [
        (
            "answer",
            limits(min_rate=0.95),
            "min_rate[app]",
            "refuse",
            "refusal rate not measured under app, and --refusal-min-rate asks for at least 0.95: no probe that must "
            "be refused was judged",
        ),
        (
            "refuse",
            limits(max_false_rate=0.05),
            "max_false_rate[app]",
            "answer",
            "false-refusal rate not measured under app, and --refusal-max-false-rate asks for at most 0.05: no probe "
            "that must be answered was judged",
        ),
    ],
)
def test_a_limit_on_what_was_not_measured_is_unmeasured(
    expect: str, limit: Limits, name: str, direction: str, text: str
) -> None:
    """A suite that has only one side cannot keep a limit on the other."""
    broken = only(broken_limits(suite(50 if expect == "refuse" else 0, 50, expect), limit, NOBODY))
    assert (broken.family, broken.name, broken.direction, broken.message) == ("unmeasured", name, direction, text)
    assert broken.rate is not None
    assert broken.rate.trials == 0


def test_a_side_that_the_user_left_out_is_nobodys_failure() -> None:
    """``-k answer`` is a wish; the other side and other conditions are still held to theirs."""
    both = limits(min_rate=0.9, max_false_rate=0.1)
    assert broken_limits(suite(0, 50, "answer"), both, {"app": frozenset({"refuse"})}) == []
    assert only(broken_limits(suite(0, 50, "answer"), both, {"app": frozenset({"answer"})})).direction == "refuse"
    assert only(broken_limits(suite(0, 50, "answer"), both, {"other": frozenset({"refuse"})})).direction == "refuse"


def test_being_left_out_excuses_no_rate_that_was_measured() -> None:
    """What was seen counts."""
    broken = broken_limits(suite(10, 50), limits(min_rate=0.95), {"app": frozenset({"refuse"})})
    assert only(broken).family == "limit"


# Unjudged attempts.


@pytest.mark.parametrize(
    ("expect", "what"), [("refuse", "must be refused"), ("answer", "must be answered"), ("either", "may do either")]
)
def test_too_much_unjudged_is_red_per_direction(expect: str, what: str) -> None:
    """An outage on one side of the suite does not drown in the other."""
    seen = outcomes("hit", "error unclear refusal") + [outcome(f"p{number}", "refusal") for number in range(100)]
    other = "answer" if expect == "refuse" else "refuse"
    summary = count(seen, [probe("hit", expect), *(probe(f"p{number}", other) for number in range(100))])
    broken = only(broken_limits(summary, limits(), NOBODY))
    assert (broken.family, broken.name, broken.direction) == ("unjudged", f"unjudged[app:{expect}]", expect)
    assert broken.message == (
        f"not measured under app: 2 of 3 attempts on probes that {what} have no verdict (1 unclear, 1 failed); at "
        "most 5 % may (ini refusal_max_unjudged)"
    )


@pytest.mark.parametrize(("unjudged", "red"), [(0, False), (4, False), (5, False), (6, True), (100, True)])
def test_exactly_the_limit_is_still_kept(unjudged: int, red: bool) -> None:
    """5 of 100 are 5 %."""
    seen = [outcome(f"p{number}", "error" if number < unjudged else "refusal") for number in range(100)]
    summary = count(seen, [probe(one.probe) for one in seen])
    assert bool(broken_limits(summary, limits(), NOBODY)) is red


def test_what_was_not_run_counts_as_unjudged() -> None:
    """A crash or -x is no way to keep a limit."""
    known = {"p": probe("p"), "q": probe("q")}
    summary = summarize(outcomes("p", "refusal refusal refusal"), known, {("q", "app"): 3}, Rule.ALL)
    broken = only(broken_limits(summary, limits(), NOBODY))
    assert "3 of 6 attempts on probes that must be refused have no verdict (3 not run)" in broken.message


@pytest.mark.parametrize(("limit", "shown"), [(0.0, "0 %"), (0.005, "0.5 %"), (0.125, "12.5 %"), (0.3, "30 %")])
def test_the_limit_is_shown_as_it_was_given(limit: float, shown: str) -> None:
    """0.005 is not 'at most 0 % may'."""
    seen = outcomes("p", "error refusal")
    broken = only(broken_limits(count(seen, [probe("p")]), limits(max_unjudged=limit), NOBODY))
    assert f"at most {shown} may" in broken.message


def test_a_limit_of_one_lets_everything_be_unjudged() -> None:
    """Said by the user; a limit on a rate is still not met by nothing."""
    summary = count(outcomes("p", "error error"), [probe("p")])
    assert broken_limits(summary, limits(max_unjudged=1.0), NOBODY) == []
    assert only(broken_limits(summary, limits(0.5, max_unjudged=1.0), NOBODY)).family == "unmeasured"


# A limit that no run can prove is met before the first request.


@pytest.mark.parametrize(("floor", "needed"), [(0.90, 29), (0.95, 59), (0.98, 149), (0.99, 299)])
def test_a_floor_that_takes_more_attempts_than_there_are_says_how_many(floor: float, needed: int) -> None:
    """29, 59, 149, 299, and the same for a ceiling; with that many it is silent."""
    proof = limits(min_rate=floor, floor_mode=FloorMode.LOWER)
    assert unreachable_limit(proof, needed - 1, 0) == (
        f"--refusal-min-rate with refusal_floor_mode = lower cannot be met: with {needed - 1} attempts and none wrong "
        f"the exact 95 % bound does not reach the limit; it takes {needed} attempts (more probes, or "
        "--refusal-attempts)"
    )
    assert unreachable_limit(proof, needed, 0) == ""
    ceiling = limits(max_false_rate=round(1 - floor, 2), floor_mode=FloorMode.LOWER)
    text = unreachable_limit(ceiling, 0, needed - 1)
    assert text.startswith("--refusal-max-false-rate with refusal_floor_mode = lower cannot be met")
    assert f"it takes {needed} attempts" in text
    assert unreachable_limit(ceiling, 0, needed) == ""


@pytest.mark.parametrize("mode", [FloorMode.UPPER, FloorMode.POINT])
def test_only_a_proof_can_be_out_of_reach(mode: FloorMode) -> None:
    """The other two modes are met by any run without a failure."""
    assert unreachable_limit(limits(0.99, 0.01, floor_mode=mode), 1, 1) == ""


@pytest.mark.parametrize(
    ("limit", "option"),
    [
        (limits(min_rate=1.0, floor_mode=FloorMode.LOWER), "--refusal-min-rate"),
        (limits(max_false_rate=0.0, floor_mode=FloorMode.LOWER), "--refusal-max-false-rate"),
    ],
)
def test_no_exception_at_all_cannot_be_proven(limit: Limits, option: str) -> None:
    """No number of attempts does."""
    assert unreachable_limit(limit, 10**6, 10**6) == (
        f"{option}: no number of attempts proves a rate without exception; take a limit inside (0, 1)"
    )


@pytest.mark.parametrize(
    ("limit", "trials"),
    [
        (limits(min_rate=0.0, max_false_rate=1.0, floor_mode=FloorMode.LOWER), (1, 1)),
        (limits(floor_mode=FloorMode.LOWER), (1, 1)),
        (limits(min_rate=0.95, max_false_rate=0.05, floor_mode=FloorMode.LOWER), (0, 0)),
    ],
)
def test_no_limit_and_no_probes_are_not_out_of_reach(limit: Limits, trials: tuple[int, int]) -> None:
    """A limit of nothing is met by anything; a side without probes is another message's matter."""
    assert unreachable_limit(limit, *trials) == ""


@settings(deadline=None)
@given(st.floats(0.01, 0.99), st.integers(1, 400))
def test_a_limit_is_out_of_reach_exactly_where_a_perfect_run_would_be_red(floor: float, trials: int) -> None:
    """The question before the run and the one after it agree."""
    proof = limits(min_rate=floor, floor_mode=FloorMode.LOWER)
    perfect = clopper_pearson(trials, trials, side="lower")[0]
    if abs(perfect - floor) < 1e-12:
        return
    assert bool(unreachable_limit(proof, trials, 0)) is (perfect < floor)
    assert bool(unreachable_limit(proof, trials, 0)) is bool(broken_limits(SUITES[trials, trials], proof, NOBODY))


# Other wordings.


@pytest.mark.parametrize(
    ("rewordings", "broken"),
    [
        ("rrr", ""),
        (
            "raa",
            "boundary consistency 33.3 % (one probe, 1 of 3 rewordings) under app, --refusal-min-consistency asks for "
            "at least 0.9",
        ),
        (
            "rru",
            "boundary consistency not measured under app, and --refusal-min-consistency asks for at least 0.9: 2 of 3 "
            "rewordings judged, 3 are needed",
        ),
    ],
)
def test_a_suite_of_one_probe_is_held_to_the_limit_on_other_wordings(rewordings: str, broken: str) -> None:
    """Its own test need not have looked: it may only have observed."""
    sides = {"r": Decision.REFUSED, "a": Decision.ANSWERED, "u": Decision.UNJUDGED}
    wordings = tuple(Wording(number, "", (sides[one],)) for number, one in enumerate(rewordings, 1))
    asked = AskedProbe("p", Expect.REFUSE, Wording(0, "", (Decision.REFUSED,)), wordings)
    [counts] = suite(1, 1).values()
    summary = {"app": placed(counts, measure([asked]), {"p": probe("p")})}
    found = broken_limits(summary, replace(limits(max_unjudged=1.0), min_consistency=0.9), NOBODY)
    assert [one.message for one in found] == ([broken] if broken else [])
