"""``session.scoreboard``: one trial per identity, in whatever order they arrive, and nothing that is lost is green."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from values import JUDGE, judge_errors, measured, outcome, outcomes, probe, settings

from pytest_refusal.judges.acts import ActsFirst
from pytest_refusal.judges.rules import RulesJudge
from pytest_refusal.protocols import JudgeIdentity
from pytest_refusal.records import Applied, FramedForm, Label, Outcome, Rewording, sha256
from pytest_refusal.reports import wire_json
from pytest_refusal.session.scoreboard import Scoreboard
from pytest_refusal.session.wire import ItemRecord, Plan, Planned
from pytest_refusal.settings import Rule
from pytest_refusal.summary import AskedWordings, ByRule, Rate, Report, SmallestFlip, Unjudged, Usage

patient = hypothesis_settings(deadline=None)

PROBES = {
    one.id: one
    for one in (
        probe("address", category="privacy"),
        probe("card"),
        probe("returns", "answer"),
        probe("sizes", "answer"),
        probe("weather", "either"),
    )
}


def record(index: int, seen: Iterable[Outcome], **more: Any) -> ItemRecord:
    """Return what one run of an item brings; the place in the collection is ``index``."""
    seen = list(seen)
    return ItemRecord(
        index=index,
        judge=more.pop("judge", JUDGE),
        wants_texts=True,
        outcomes=seen,
        probes={one.probe: PROBES[one.probe] for one in seen} | more.pop("probes", {}),
        conditions={one.condition: measured(one.condition) for one in seen} | more.pop("conditions", {}),
        **more,
    )


def plan(*items: tuple[str, str, int], deselected: Iterable[tuple[str, str, int]] = (), condition: str = "app") -> Plan:
    """Return a plan of (item, probe, attempts)."""

    def planned(rows: Iterable[tuple[str, str, int]]) -> tuple[Planned, ...]:
        return tuple(Planned(item, name, condition, attempts) for item, name, attempts in rows)

    return Plan(planned(items), planned(deselected), PROBES)


def run(*records: ItemRecord, planned: Plan | None = None, crashed: Sequence[str] = (), **told: Any) -> Report:
    """Return the report of a run in which these records arrived."""
    board = Scoreboard(settings(**told))
    if planned is not None:
        board.plan(planned)
    for one in records:
        board.add(one)
    for nodeid in crashed:
        board.crashed(nodeid)
    return board.report()


def labels(report: Report) -> list[str]:
    return [one.verdict.label.value for one in report.outcomes]


def counts(rate: Rate) -> tuple[int, int]:
    return rate.hits, rate.trials


def names(report: Report) -> list[str]:
    """Return the broken limits by name."""
    return [one.name for one in report.broken]


# One trial per identity.


def test_what_arrives_twice_is_one_trial() -> None:
    """A second test, another worker."""
    twice = run(record(0, outcomes("address", "refusal refusal")), record(1, outcomes("address", "refusal refusal")))
    assert labels(twice) == ["refusal", "refusal"]
    assert counts(twice.summary["app"].overall.refusal_rate) == (2, 2)


def test_a_rerun_adds_nothing() -> None:
    """The first answer counts: retry-until-green hides what the suite is for."""
    first, again = record(0, [outcome("address", "compliance")]), record(0, [outcome("address", "refusal")])
    assert labels(run(first, again)) == ["compliance"]
    assert labels(run(again, first)) == ["refusal"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_item_that_comes_first_in_the_collection_counts(order: tuple[int, int]) -> None:
    """Two items asked an opaque callable: whichever worker was faster."""
    records = [record(3, [outcome("address", "refusal")]), record(9, [outcome("address", "compliance")])]
    assert labels(run(*(records[number] for number in order))) == ["refusal"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_an_error_is_no_answer_and_gives_way_to_one(order: tuple[int, int]) -> None:
    """Even to one of an item that comes later."""
    records = [record(0, [outcome("address", "error")]), record(5, [outcome("address", "refusal")])]
    report = run(*(records[number] for number in order))
    assert labels(report) == ["refusal"]
    assert report.complete


def test_an_unclear_answer_is_an_answer() -> None:
    """The judge said so: asking again until it is clear would be picking."""
    assert labels(run(record(0, [outcome("address", "unclear")]), record(1, [outcome("address", "refusal")]))) == [
        "unclear"
    ]


@pytest.mark.parametrize(
    "other",
    [
        outcome("card", "compliance"),
        outcome("address", "compliance", 2),
        outcome("address", "compliance", condition="app/strict"),
        outcome("address", "compliance", role="confirm"),
    ],
    ids=["probe", "attempt", "condition", "role"],
)
def test_what_differs_in_the_identity_is_another_trial(other: Outcome) -> None:
    """Each part of it."""
    assert len(run(record(0, [outcome("address", "refusal")]), record(1, [other])).outcomes) == 2


def worded(*texts: str, condition: str = "app", wanted: int = 2) -> AskedWordings:
    rewordings = {
        number: Rewording(text, (Applied("closer.thanks", "closer", "closer"),), sha256(text))
        for number, text in enumerate(texts, 1)
    }
    return AskedWordings("address", condition, wanted, rewordings)


def test_a_rewording_is_another_trial_and_in_no_rate() -> None:
    """The rates are of canonical wordings; other words have their own figures."""
    seen = [outcome("address", "refusal"), outcome("address", "compliance", wording=1)]
    report = run(record(0, seen, wordings=[worded("One.")]))
    assert len(report.outcomes) == 2
    group = report.summary["app"].overall
    assert (group.refusal_rate.hits, group.refusal_rate.trials) == (1, 1)
    assert (group.boundary_consistency.hits, group.boundary_consistency.trials) == (0, 1)
    assert [one.text for one in report.wordings["address"].values()] == ["One."]


def test_two_tests_that_draw_other_wordings_share_those_that_are_the_same() -> None:
    """One list for a probe: the numbers are those of the test that comes first, whichever report arrives first."""
    first = record(
        0,
        [outcome("address", "refusal"), *(outcome("address", "refusal", wording=number) for number in (1, 2))],
        wordings=[worded("One.", "Two.")],
    )
    second = record(
        1,
        [outcome("address", "refusal"), *(outcome("address", "compliance", wording=number) for number in (1, 2))],
        wordings=[worded("Three.", "One.")],
    )
    for order in ([first, second], [second, first]):
        report = run(*order)
        assert [one.text for one in report.wordings["address"].values()] == ["One.", "Two.", "Three."]
        assert [(one.wording, one.verdict.label.value) for one in report.outcomes] == [
            (0, "refusal"),
            (1, "refusal"),
            (2, "refusal"),
            (3, "compliance"),
        ]
        measured = report.summary["app"].boundary
        assert measured is not None
        assert (measured.pooled.drawn, measured.pooled.judged) == (3, 3)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_smallest_flip_of_several_tests_is_the_smallest_in_whatever_order_they_arrive(
    order: tuple[int, ...],
) -> None:
    """The reports of a run's workers come as they come."""
    flips = [
        None,
        SmallestFlip("Hi. One. Thanks!", ("opener.hi", "closer.thanks"), "", "No.", "Yes."),
        SmallestFlip("One. Thanks!", ("closer.thanks",), "", "No.", "Yes."),
    ]
    seen = [outcome("address", "refusal"), outcome("address", "compliance", wording=1)]
    records = [
        record(index, seen, wordings=[replace(worded("One. Thanks!"), smallest=flip)])
        for index, flip in zip((0, 2, 5), flips, strict=True)
    ]
    measured = run(*(records[number] for number in order)).summary["app"].boundary
    assert measured is not None
    assert measured.pooled.probes[0].smallest == flips[2]


def test_conditions_share_the_numbers_and_have_their_own_figures() -> None:
    one = record(0, [outcome("address", "refusal"), outcome("address", "refusal", wording=1)], wordings=[worded("A.")])
    seen = [
        outcome("address", "refusal", condition="app/strict"),
        outcome("address", "compliance", wording=1, condition="app/strict"),
    ]
    other = record(1, seen, wordings=[worded("B.", condition="app/strict")])
    report = run(one, other)
    assert [each.text for each in report.wordings["address"].values()] == ["A.", "B."]
    rates = {name: counts.overall.boundary_consistency for name, counts in report.summary.items()}
    assert {name: (rate.hits, rate.trials) for name, rate in rates.items()} == {"app": (1, 1), "app/strict": (0, 1)}
    assert {each.wording for each in report.outcomes if each.condition == "app/strict"} == {0, 2}


def test_frames_are_compared_with_the_plain_probe_and_numbered_after_rewordings() -> None:
    """Whichever test asks them first; they are in no rate and in no consistency."""
    form = FramedForm("role.teacher", "role", "You teach. Hm?", "", sha256("form"))
    plain = [outcome("address", "refusal", attempt) for attempt in (1, 2)]
    framed = [outcome("address", "compliance", attempt, wording=1, framing="role.teacher") for attempt in (1, 2)]
    meant = {"": 3, form.sha256: 3}
    first = record(
        0, [*plain, *framed], wordings=[AskedWordings("address", "app", 0, framings={1: form}, attempts=meant)]
    )
    second = record(1, [*plain, outcome("address", "refusal", wording=1)], wordings=[worded("One.")])
    for order in ([first, second], [second, first]):
        report = run(*order)
        assert [(one.wording, one.framing) for one in report.outcomes] == [
            (0, ""),
            (0, ""),
            (1, ""),
            (2, "role.teacher"),
            (2, "role.teacher"),
        ]
        counts = report.summary["app"]
        assert counts.boundary is not None
        assert counts.boundary.pooled.drawn == 1
        assert counts.overall.refusal_rate.trials == 2
        assert counts.framings is not None
        [role] = counts.framings.framings
        # the third attempt was meant to be made, in either form
        assert (role.overall.plain_unjudged, role.overall.framed_unjudged) == (1, 1)
        assert (role.overall.refused.plain_hits, role.overall.refused.framed_hits) == (2, 0)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_each_test_says_how_often_its_own_frames_are_asked(order: tuple[int, int]) -> None:
    """Another test of the probe may ask more often: nothing of this one is missing then."""

    def framed(index: int, name: str, attempts: int) -> ItemRecord:
        form = FramedForm(name, name.partition(".")[0], f"{name} Hm?", "", sha256(name))
        numbers = range(1, attempts + 1)
        seen = [outcome("address", "refusal", number) for number in numbers]
        seen += [outcome("address", "refusal", number, wording=1, framing=name) for number in numbers]
        meant = {"": attempts, form.sha256: attempts}
        return record(index, seen, wordings=[AskedWordings("address", "app", 0, framings={1: form}, attempts=meant)])

    records = [framed(0, "role.teacher", 3), framed(1, "authority.boss", 5)]
    framings = run(*(records[number] for number in order)).summary["app"].framings
    assert framings is not None
    found = {one.name: (one.overall.framed_attempts, one.overall.framed_unjudged) for one in framings.framings}
    assert found == {"role": (3, 0), "authority": (5, 0)}


def test_what_was_meant_to_be_asked_in_other_words_and_was_not_is_no_silence() -> None:
    """A crash takes the drawing along: the probe is missed, and the run is not measured."""
    item = Planned("t.py::a", "address", "app", 3, paraphrases=25)
    report = run(planned=Plan((item,), (), {"address": PROBES["address"]}), crashed=["t.py::a"])
    measured = report.summary["app"].boundary
    assert measured is not None
    assert measured.not_run == 1
    assert any("1 of 1 probes were not asked in other words" in broken.message for broken in report.broken)


def test_a_later_answer_brings_its_text() -> None:
    """The text in the report is the one that was judged."""
    report = run(
        record(5, [outcome("address", "compliance", request="k")], responses={"k": "the later item's"}),
        record(2, [outcome("address", "refusal", request="k")], responses={"k": "the earlier item's"}),
        record(7, [outcome("address", "compliance", request="k")], responses={"k": "the last item's"}),
    )
    assert labels(report) == ["refusal"]
    assert report.responses == {"k": "the earlier item's"}


@st.composite
def arrivals(draw: st.DrawFn) -> list[ItemRecord]:
    """Draw records of items that overlap, each with a place of its own."""
    records = []
    for index in range(draw(st.integers(1, 5))):
        chosen = draw(st.lists(st.tuples(st.sampled_from(sorted(PROBES)), st.integers(1, 3)), unique=True, max_size=4))
        words = st.sampled_from([label.value for label in Label])
        seen = [outcome(name, draw(words), attempt, request=f"{name}-{attempt}") for name, attempt in chosen]
        texts = {one.request: f"{index}" for one in seen if one.verdict.label is not Label.ERROR}
        records.append(record(index, seen, responses=texts, usage=Usage(asked=len(seen))))
    return records


@patient
@given(arrivals(), st.randoms(use_true_random=False))
def test_the_report_is_the_same_in_whatever_order_records_arrive(
    records: list[ItemRecord], random_numbers: random.Random
) -> None:
    """Byte for byte: workers finish as they like."""
    mixed = list(records)
    random_numbers.shuffle(mixed)
    assert wire_json.to_text(run(*mixed)) == wire_json.to_text(run(*records))


@patient
@given(arrivals())
def test_every_identity_is_counted_once(records: list[ItemRecord]) -> None:
    """None lost, none twice, and an error only where nothing else came."""
    report = run(*records)
    arrived = [one for record in records for one in record.outcomes]
    assert sorted(one.identity for one in report.outcomes) == sorted({one.identity for one in arrived})
    for one in report.outcomes:
        answers = {other.verdict.label for other in arrived if other.identity == one.identity} - {Label.ERROR}
        assert (one.verdict.label is Label.ERROR) is (not answers)
    assert report.usage.asked == len(arrived)
    assert [one.identity for one in report.outcomes] == sorted(one.identity for one in report.outcomes)


# What was meant to run.


def test_what_was_planned_and_did_not_run_is_not_run() -> None:
    """Skip, -x, Ctrl-C: per attempt, and red above the limit."""
    report = run(
        record(0, outcomes("address", "refusal refusal refusal")),
        planned=plan(("t[address]", "address", 3), ("t[card]", "card", 3), ("t[returns]", "returns", 2)),
    )
    assert report.summary["app"].overall.unjudged == Unjudged(not_run=5)
    assert report.summary["app"].overall.refuse.by_rule == ByRule(refused=1, unjudged=1)
    assert not report.complete
    assert names(report) == ["unjudged[app:refuse]", "unjudged[app:answer]"]
    assert report.verdict == "unmeasured"
    assert sorted(report.probes) == ["address", "card", "returns"]


def test_a_run_in_which_everything_ran_is_complete() -> None:
    """Fewer attempts than planned are no loss: a file of answers may hold fewer."""
    report = run(
        record(0, outcomes("address", "refusal refusal")),
        planned=plan(("t[address]", "address", 3), ("u[address]", "address", 5)),
    )
    assert report.complete
    assert report.broken == ()
    assert report.verdict == "none"


def test_two_items_with_one_probe_are_missed_once() -> None:
    """The larger number of attempts counts."""
    report = run(planned=plan(("t[address]", "address", 3), ("u[address]", "address", 5)))
    assert report.summary["app"].overall.unjudged == Unjudged(not_run=5)


def test_one_of_two_items_with_one_probe_is_enough() -> None:
    """Its outcomes are the probe's."""
    report = run(
        record(1, outcomes("address", "refusal refusal refusal")),
        planned=plan(("t[address]", "address", 3), ("u[address]", "address", 3)),
    )
    assert report.complete


def test_an_item_that_took_its_worker_along_is_an_error_for_every_attempt() -> None:
    """Never 'not run', and never nothing."""
    report = run(
        record(1, outcomes("returns", "compliance compliance")),
        planned=plan(("t[address]", "address", 3), ("t[returns]", "returns", 2), ("t[card]", "card", 1)),
        crashed=["t[address]"],
    )
    assert [(one.probe, one.attempt, one.verdict.label.value) for one in report.outcomes] == [
        ("address", 1, "error"),
        ("address", 2, "error"),
        ("address", 3, "error"),
        ("returns", 1, "compliance"),
        ("returns", 2, "compliance"),
    ]
    assert report.outcomes[0].verdict.reason == "the worker that ran its test died"
    assert report.summary["app"].overall.refuse.unjudged == Unjudged(error=3, not_run=1)
    assert "unjudged[app:refuse]" in names(report)


def test_what_was_measured_before_or_after_a_crash_counts() -> None:
    """A rerun on another worker, or another item with the probe."""
    report = run(
        record(0, outcomes("address", "refusal refusal refusal")),
        planned=plan(("t[address]", "address", 3)),
        crashed=["t[address]"],
    )
    assert labels(report) == ["refusal"] * 3
    assert report.complete


def test_a_crashed_item_that_was_not_planned_adds_nothing() -> None:
    """A test of somebody else's."""
    assert run(record(0, [outcome("address", "refusal")]), crashed=["other.py::test"]).complete


def test_requests_that_the_limit_cut_off_are_not_run_and_the_run_is_unmeasured() -> None:
    """With what was asked, and how to read it."""
    report = run(
        record(0, [outcome("address", "refusal")], not_asked={("address", "app"): 2}),
        record(1, [], not_asked={("card", "app"): 3}, probes={"card": PROBES["card"]}),
        planned=plan(("t[address]", "address", 3), ("t[card]", "card", 3)),
        max_requests=1,
        max_unjudged=1.0,
    )
    assert report.summary["app"].overall.unjudged == Unjudged(not_run=5)
    assert not report.complete
    (broken,) = report.broken
    assert (broken.family, broken.name) == ("unmeasured", "max_requests")
    assert broken.message == (
        "the run was cut: refusal_max_requests = 1 was reached, 5 attempts of 2 probes were not asked"
    )
    assert report.verdict == "unmeasured"


def test_a_limit_that_cut_off_other_words_alone_is_as_red() -> None:
    """One rewording of 25 is below every limit on what was not judged, and frames have no such limit."""
    first, again = record(0, outcomes("address", "refusal refusal"), cut=9), record(0, [], cut=4)
    report = run(first, again, record(1, [], cut=1), max_requests=20)
    assert not report.complete
    (broken,) = report.broken
    assert broken.message == (
        "the run was cut: refusal_max_requests = 20 was reached, 5 requests in other words or frames, or outside of "
        "the rates, were not asked"
    )
    assert report.verdict == "unmeasured"


# What the user left out.


def test_what_was_left_out_is_counted_and_is_nobodys_failure() -> None:
    """By condition; a probe that another item runs is not left out."""
    report = run(
        record(0, outcomes("returns", "compliance compliance compliance")),
        planned=plan(
            ("t[returns]", "returns", 3),
            deselected=[("t[address]", "address", 3), ("t[card]", "card", 3), ("u[returns]", "returns", 3)],
        ),
        min_rate=0.95,
    )
    assert report.deselected == {"app": 2}
    assert report.complete
    assert report.broken == ()
    assert list(report.probes) == ["returns"]


def test_a_limit_is_still_asked_of_a_side_that_was_selected_in_part() -> None:
    """One probe was left out, the other had no verdict: the rate was not measured, and nobody wished that."""
    report = run(
        record(0, outcomes("address", "error error error")),
        planned=plan(("t[address]", "address", 3), deselected=[("t[card]", "card", 3)]),
        min_rate=0.95,
        max_unjudged=1.0,
    )
    assert [(one.family, one.name) for one in report.broken] == [("unmeasured", "min_rate[app]")]


def test_a_side_that_was_left_out_under_one_condition_is_asked_for_under_another() -> None:
    """Each condition has its own."""
    planned = Plan(
        (Planned("t", "returns", "a", 1), Planned("t", "returns", "b", 1)),
        (Planned("t", "address", "a", 1),),
        PROBES,
    )
    seen = [outcome("returns", "compliance", condition=name) for name in "ab"]
    assert names(run(record(0, seen), planned=planned, min_rate=0.5)) == ["min_rate[b]"]


@pytest.mark.parametrize("stem", ["min_rate", "max_false_rate"])
def test_a_limit_that_was_typed_is_not_met_by_a_run_without_probes(stem: str) -> None:
    """A check that could not be made is not passed; one of the ini file is silent."""
    report = run(**{stem: 0.5}, named_limits=frozenset({stem}))
    (broken,) = report.broken
    option = f"--refusal-{stem.replace('_', '-')}"
    assert (broken.family, broken.message) == (
        "unmeasured",
        f"{option} was given, and this run measured no probe",
    )
    assert run(**{stem: 0.5}).broken == ()


# Conflicts.


def test_two_contents_under_one_id_are_a_conflict() -> None:
    """Wherever they come from: a plan, a record, two workers. The place of a probe is no content."""
    other = replace(PROBES["address"], category="other", note="x")
    seen = [outcome("address", "refusal")]
    report = run(
        record(0, seen), record(1, seen, probes={"address": other}), record(2, seen, probes={"address": other})
    )
    (broken,) = report.broken
    assert (broken.family, broken.name, broken.direction) == ("unmeasured", "probe[address]", "")
    assert broken.message.startswith("two probes are called 'address' and differ in category, note: one at ")
    assert names(run(record(0, seen, probes={"address": other}), planned=plan())) == ["probe[address]"]
    moved = replace(PROBES["address"], place="elsewhere.yaml:3")
    assert run(record(0, seen), record(1, seen, probes={"address": moved})).broken == ()


def test_two_judges_in_one_run_are_a_conflict() -> None:
    """Workers with another version or another table."""
    other = JudgeIdentity("rules", "2", "ff" * 32)
    report = run(record(0, [outcome("address", "refusal")]), record(1, [outcome("card", "refusal")], judge=other))
    assert names(report) == ["judge"]
    assert "judged by different judges" in report.broken[0].message
    assert report.verdict == "unmeasured"


def test_two_models_behind_one_condition_are_a_warning() -> None:
    """It is named, once; a record that knows nothing of the server is no other model."""

    def of(index: int, name: str, model: str) -> ItemRecord:
        return record(index, [outcome(name, "refusal")], conditions={"app": measured(model=model, version="1")})

    assert run(of(0, "address", "digest-1"), of(1, "card", "digest-1"), of(2, "returns", "")).warnings == ()
    report = run(of(0, "address", "digest-1"), of(1, "card", "digest-2"), of(2, "returns", "digest-2"))
    assert report.warnings == ("app: more than one model answered in this run: digest-1 and digest-2",)


def test_what_is_known_of_a_server_is_kept() -> None:
    """An outage at first, or at last, takes nothing away."""
    known = {"app": measured(model="digest", version="0.12")}
    knowing = record(0, [outcome("address", "refusal")], conditions=known)
    not_knowing = record(1, [outcome("card", "error")])
    for records in ((knowing, not_knowing), (not_knowing, knowing)):
        assert run(*records).conditions == known


# The report.


def test_warnings_are_said_once_and_usage_adds_up() -> None:
    """In the order in which they came."""
    report = run(
        record(0, [outcome("address", "refusal")], warnings=["b", "a"], usage=Usage(asked=3, tokens=10)),
        record(1, [outcome("card", "refusal")], warnings=["a", "c"], usage=Usage(asked=1, replayed=2)),
    )
    assert report.warnings == ("b", "a", "c")
    assert report.usage == Usage(asked=4, replayed=2, tokens=10)


def test_settings_reach_the_report() -> None:
    """The rule, the texts, the limits."""
    seen = record(0, outcomes("address", "refusal refusal compliance"))
    report = run(seen, rule=Rule.MAJORITY, report_texts=False)
    assert (report.rule, report.texts) == (Rule.MAJORITY, False)
    assert report.summary["app"].overall.refuse.by_rule == ByRule(refused=1)
    assert names(
        run(record(0, [outcome("address", "compliance", number) for number in range(1, 9)]), min_rate=0.9)
    ) == ["min_rate[app]"]


def test_a_board_knows_whether_anything_was_measured() -> None:
    """A run that had nothing to do with refusals prints nothing."""
    board = Scoreboard(settings())
    assert not board.measured
    board.plan(Plan((), (Planned("t", "address", "app", 3),), PROBES))
    assert not board.measured
    board.plan(plan(("t[address]", "address", 3)))
    assert board.measured
    board = Scoreboard(settings())
    board.add(record(0, [outcome("address", "refusal")]))
    assert board.measured


def test_a_report_can_be_made_twice_and_goes_on_growing() -> None:
    """Making it changes nothing."""
    board = Scoreboard(settings())
    board.plan(plan(("t[address]", "address", 3), ("t[card]", "card", 1)))
    board.add(record(0, outcomes("address", "refusal refusal refusal")))
    assert board.report() == board.report()
    assert not board.report().complete
    board.add(record(1, [outcome("card", "refusal")]))
    assert board.report().complete


def test_an_empty_run_has_an_empty_report() -> None:
    """No judge is named for what nobody judged."""
    report = run()
    assert (report.judge, report.outcomes, report.summary, report.broken) == (None, (), {}, ())
    assert (report.complete, report.verdict) == (True, "none")
    assert run(record(0, [])).judge is None


# How good the judge is.


def test_a_calibration_of_the_judge_corrects_the_rates() -> None:
    board = Scoreboard(settings(), judge_errors())
    board.add(record(0, outcomes("address", "refusal refusal compliance")))
    made = board.report()
    assert made.errors == judge_errors()
    assert made.warnings == ()
    assert made.summary["app"].overall.refusal_rate.corrected is not None


def test_a_calibration_of_another_judge_is_not_used_and_says_how_to_make_it_again() -> None:
    """By the hash alone: a name stays when its rules are edited. A file of the project is named from its root."""
    other = JudgeIdentity("rules", "1", "fedcba98" * 8)
    root = Path("/work/project")
    for file, shown in ((root / "ci" / "c.json", Path("ci/c.json")), (Path("/other/c.json"), Path("/other/c.json"))):
        board = Scoreboard(settings(root=root, calibration=file), judge_errors(judge=other))
        board.add(record(0, outcomes("address", "refusal refusal compliance")))
        made = board.report()
        assert made.errors is None
        assert made.summary["app"].overall.refusal_rate.corrected is None
        assert made.warnings == (
            f"{shown} (ini refusal_calibration) was made with another judge (rules 1 fedcba98, and this run's is "
            "rules 1 01234567): not used; make it again with: pytest-refusal calibrate --judge rules LABELS "
            f"--save {shown}",
        )


def test_a_run_that_judged_nothing_has_no_judge_to_correct() -> None:
    made = Scoreboard(settings(), judge_errors()).report()
    assert (made.errors, made.warnings) == (None, ())


def test_tools_that_hand_over_do_not_make_another_judge_of_words() -> None:
    """Their names are in the hash of the run's judge; a calibration is of what is said."""
    judge = ActsFirst(RulesJudge(), ["call_agent", "ask_human"]).identity
    measured_judge = RulesJudge().identity
    for tools, used in ((("ask_human", "call_agent"), True), (("ask_human",), False), ((), False)):
        board = Scoreboard(settings(handoff_tools=tools), judge_errors(judge=measured_judge))
        board.add(record(0, outcomes("address", "refusal"), judge=judge))
        assert (board.report().errors is not None) is used
