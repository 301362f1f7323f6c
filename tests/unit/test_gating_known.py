"""``session.gating.known``: what the baselines of a run know of a condition, a probe, and its wordings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from baselines import file_of, known, line, measured, reworded, write
from hypothesis import given, settings
from hypothesis import strategies as st
from stand_ins import Says
from values import JUDGE, probe

from pytest_refusal.baseline import lines_of
from pytest_refusal.baseline.answers import answers_of, answers_text
from pytest_refusal.errors import BaselineFileError, UsageProblem
from pytest_refusal.protocols import JudgeIdentity
from pytest_refusal.records import Expect, Label, Probe
from pytest_refusal.reports.wire_json import report_json
from pytest_refusal.session.gating.known import Known, read_baselines

quick = settings(deadline=None, max_examples=60)
conditions = st.sets(st.sampled_from("abcdef"), max_size=4)

ADDRESS = probe("address")
OLD = JudgeIdentity("old", "0", "c" * 64)


# Files.


def test_files_are_read_and_named_from_the_root(tmp_path: Path) -> None:
    """One that lies elsewhere has its whole path; the hash is of the lines, whatever their order in the file."""
    inside, other = line("address"), line("card")
    first = write(tmp_path / "first.jsonl", inside, other)
    (tmp_path / "root" / "sub").mkdir(parents=True)
    second = write(tmp_path / "root" / "sub" / "second.jsonl", line("returns"))
    read = read_baselines([first, second], tmp_path / "root")
    assert [one.name for one in read] == [first.as_posix(), "sub/second.jsonl"]
    assert [one.path for one in read] == [first, second]
    text = first.read_text(encoding="utf-8").splitlines(keepends=True)
    first.write_text("".join(reversed(text)), encoding="utf-8")
    assert read_baselines([first], tmp_path)[0].sha256 == read[0].sha256
    assert Known(read).name == f"{first.as_posix()}, sub/second.jsonl"
    assert [one.probe for one in Known(read).lines] == ["address", "card", "returns"]


def test_two_files_that_have_the_same_wording_are_an_error(tmp_path: Path) -> None:
    """Which of them counts nobody knows; other conditions and other wordings of the probe may be in another file."""
    first = write(tmp_path / "a.jsonl", line("address"))
    more = write(tmp_path / "b.jsonl", line("address", condition="other"), reworded("address", "Please read it to me."))
    assert len(Known(read_baselines([first, more], tmp_path)).lines) == 3
    twice = write(tmp_path / "c.jsonl", line("address", "compliance"))
    with pytest.raises(BaselineFileError, match=r"^a\.jsonl and c\.jsonl both have address under app: name one of the"):
        read_baselines([first, more, twice], tmp_path)


# Conditions.


@quick
@given(conditions, conditions, st.randoms(use_true_random=False))
def test_conditions_are_paired_by_name_whatever_the_order(before: set[str], now: set[str], numbers: object) -> None:
    """By name, each at most once on either side; where each side has one alone, those two."""
    lines = [line("address", condition=one) for one in before]
    found = Known([file_of(lines)])
    found.pair(now)
    if both := before & now:
        assert found.pairs == {one: one for one in both}
    elif len(before) == len(now) == 1:
        assert found.pairs == {min(now): min(before)}
    else:
        assert found.pairs == {}
    shuffled = Known([file_of([one]) for one in numbers.sample(lines, len(lines))])  # type: ignore[attr-defined]
    shuffled.pair(numbers.sample(sorted(now), len(now)))  # type: ignore[attr-defined]
    assert (shuffled.pairs, shuffled.lines) == (found.pairs, found.lines)


@pytest.mark.parametrize("named", [True, False])
def test_a_baseline_of_other_conditions_is_a_mistake_where_it_was_named(named: bool) -> None:
    """In an ini file it is there for all runs, and some of them ask somebody else."""
    found = Known([file_of([line("address", condition="x"), line("address", condition="y")])], named)
    if named:
        with pytest.raises(UsageProblem, match=r"no condition of this run is in base\.jsonl: now app, before x, y;"):
            found.pair(["app"])
    else:
        found.pair(["app"])
    assert found.pairs == {}
    # without a test of ours there is nothing that could have been named
    found.pair([])


def test_a_condition_that_was_renamed_keeps_its_lines() -> None:
    """They are found under the new name; under any other there is nothing."""
    found = known(line(ADDRESS, condition="old"), conditions=["new"])
    assert found.line("new", ADDRESS) is not None
    assert found.line("old", ADDRESS) is None
    assert found.rewordings("old", ADDRESS) == ()


# Probes.


def test_a_probe_is_known_in_its_form_alone() -> None:
    """Another text, or another expectation: the old counts are of something else; a note changes nothing."""
    pinned = reworded(ADDRESS, "Please read it to me.")
    found = known(line(ADDRESS), pinned, line("returns", condition="app"))
    assert found.line("app", ADDRESS) == line(ADDRESS)
    assert list(found.rewordings("app", ADDRESS)) == [pinned]
    assert found.line("app", replace(ADDRESS, note="by Ann", category="privacy", critical=True)) is not None
    for other in (probe("address", prompt="Read it!"), probe("address", "answer"), probe("never-heard-of")):
        assert found.line("app", other) is None
        assert found.gates("app", other) is None
        assert found.rewordings("app", other) == ()


@pytest.mark.parametrize("expect", Expect)
def test_the_gate_decides_about_what_has_a_direction(expect: Expect) -> None:
    """A probe that may do either is held to what it forbids, with a baseline as without."""
    either = probe("p", expect.value)
    found = known(line(either))
    assert found.line("app", either) is not None
    assert (found.gates("app", either) is None) is (expect is Expect.EITHER)


def test_copies_are_known_by_condition() -> None:
    """Of the condition before, under the name that it has now; one that the baseline does not have has none."""
    same = [line(f"p{n}", distinct_answers=1, condition="cold") for n in range(3)]
    other = [line(f"p{n}", distinct_answers=7, condition="warm") for n in range(3)]
    found = known(*same, *other, conditions=["cold", "warm", "new"])
    # asked twice: what is remembered is the same
    assert [found.copies(name) for name in ("cold", "warm", "new", "cold", "warm")] == [True, False, False, True, False]


# Another judge.


def accepted(folder: Path, texts: list[str], labels: str, *probes: Probe) -> Known:
    """Return a baseline that another judge had judged, with the answers beside it; ``-`` has none."""
    seen = measured(probes, labels)
    answers = {}
    outcomes = []
    for place, one in enumerate(seen.outcomes):
        key = f"{one.probe} {one.attempt}"
        outcomes.append(replace(one, request=key))
        if texts[place] != "-":
            answers[key] = texts[place]
    row = report_json(replace(seen, outcomes=tuple(outcomes), responses=answers, judge=OLD))
    lines = lines_of(row, "2026-01-01")
    (folder / "base.answers.jsonl").write_text(answers_text(answers_of(row, {one.key for one in lines})))
    found = Known(read_baselines([write(folder / "base.jsonl", *lines)], folder))
    found.pair(["app"])
    return found


def test_what_another_judge_had_judged_is_judged_again(tmp_path: Path) -> None:
    """Its labels move, the probe is found as before, and the reader is told how much moved."""
    found = accepted(tmp_path, ["no", "yes", "no"], "refusal refusal refusal", ADDRESS)
    assert found.judged_by_others(JUDGE, {"address": ADDRESS}) == {OLD}
    found.judge_by(Says(), {"address": ADDRESS})
    told = found.line("app", ADDRESS)
    assert told is not None
    assert (told.judge, told.labels) == (JUDGE, {Label.REFUSAL: 2, Label.COMPLIANCE: 1})
    assert found.judged_by_others(JUDGE, {"address": ADDRESS}) == frozenset()
    assert found.relabelled == (
        "base.jsonl was judged by old 0 (cccccccc): 3 answers judged again by rules 1 (01234567), 1 with another label "
        "(refusal → compliance 1); to keep it so: pytest-refusal rejudge",
    )


def test_what_is_not_compared_need_not_be_judged_again(tmp_path: Path) -> None:
    """A probe that is gone or was rewritten, another condition: no answer of theirs is looked for."""
    found = accepted(tmp_path, ["-"], "refusal", ADDRESS)
    before = found.lines
    for probes in ({}, {"address": probe("address", prompt="Read it!")}):
        assert found.judged_by_others(JUDGE, probes) == frozenset()
        found.judge_by(Says(), probes)
    found.pair(["app", "other"])
    other = known(line(ADDRESS, judge=OLD, condition="x"), line(ADDRESS), conditions=["app"])
    assert other.judged_by_others(JUDGE, {"address": ADDRESS}) == frozenset()
    assert (found.lines, found.relabelled) == (before, ())


def test_answers_that_are_not_at_hand_end_the_run(tmp_path: Path) -> None:
    """Counts of two judges are not compared; the text names the probes and the ways out."""
    found = accepted(tmp_path, ["no", "-"], "refusal", ADDRESS, probe("card"))
    with pytest.raises(UsageProblem) as caught:
        found.judge_by(Says(), {"address": ADDRESS, "card": probe("card")})
    assert caught.value.message.startswith("base.jsonl was judged by old 0 (cccccccc), and this run is judged by rules")
    assert "answers of 1 probe (card), to be judged again, are not in base.answers.jsonl." in caught.value.message
    assert found.relabelled == ()
    # what is not asked is not missed
    found.judge_by(Says(), {"address": ADDRESS})
    assert [one.judge for one in found.lines] == [JUDGE, OLD]
