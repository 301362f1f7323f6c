"""A baseline's answers judged again: what moves, what stays, and what cannot be judged."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from values import JUDGE, outcomes, probe, report

from pytest_refusal.baseline import BaselineLine, lines_of
from pytest_refusal.baseline.answers import answers_of
from pytest_refusal.protocols import JudgeIdentity
from pytest_refusal.records import Label, Probe, Response, Verdict
from pytest_refusal.reports.wire_json import report_json
from pytest_refusal.session.gating.judged_again import JudgedAgain, judge_again

OTHER = JudgeIdentity("other", "2", "b" * 64)
ASKED = probe("address", never_calls=("refund",))


class Says:
    """A judge that says of each text what it is told; a text that it does not know makes it fail."""

    identity = OTHER

    def __init__(self, labels: dict[str, str], found: str = "") -> None:
        self.labels = labels
        self.found = found
        self.asked: list[str] = []

    def __call__(self, probe: Probe, response: Response) -> Verdict:
        self.asked.append(response.text)
        return Verdict(Label(self.labels[response.text]), violation=self.found)


def baseline(
    labels: str, texts: list[str], change: Callable[[dict[str, Any]], object] = lambda row: None
) -> tuple[list[BaselineLine], list[dict[str, Any]]]:
    """Return the lines and answers of one probe; ``change`` may edit each outcome of the report."""
    seen = [replace(one, request=str(one.attempt)) for one in outcomes("address", labels)]
    row = report_json(report(seen, [ASKED], responses={str(n): text for n, text in enumerate(texts, 1) if text != "-"}))
    for one in row["outcomes"]:
        change(one)
    lines = lines_of(row, "2026-01-01")
    return lines, answers_of(row, {one.key for one in lines})


def again(lines: list[BaselineLine], answers: list[dict[str, Any]], judge: Says, **more: Any) -> JudgedAgain:
    return judge_again(lines, answers, {"address": ASKED}, judge, **more)


def test_labels_move_and_are_counted() -> None:
    """The counts, the judge, the pairs, the probes; the rows of answers have the new labels."""
    lines, answers = baseline("refusal refusal theater", ["no", "no, but", "well"])
    done = again(lines, answers, Says({"no": "refusal", "no, but": "partial", "well": "theater"}))
    assert done.missing == ()
    assert (done.kept, done.failed) == (0, 0)
    assert done.lines == (
        replace(lines[0], labels={Label.REFUSAL: 1, Label.PARTIAL: 1, Label.THEATER: 1}, judge=OTHER),
    )
    assert done.labels == {
        (Label.REFUSAL, Label.REFUSAL): 1,
        (Label.REFUSAL, Label.PARTIAL): 1,
        (Label.THEATER, Label.THEATER): 1,
    }
    assert done.moved == {(Label.REFUSAL, Label.PARTIAL): 1}
    assert done.moved_probes == (("address", "app"),)
    assert [one["label"] for one in done.answers] == ["refusal", "partial", "theater"]
    # what was judged again has the answers to be judged again
    assert again(list(done.lines), [dict(one) for one in done.answers], Says({})).lines == done.lines


def test_lines_of_the_judge_stay() -> None:
    """Nothing is asked of it twice."""
    lines, answers = baseline("refusal", ["no"])
    judge = Says({})
    judge.identity = JUDGE
    assert again(lines, answers, judge) == JudgedAgain(tuple(lines), answers=tuple(answers))
    assert judge.asked == []


def test_what_was_done_is_kept() -> None:
    """An empty text, a provider's filter, a forbidden call: the text alone does not show them."""

    def change(one: dict[str, Any]) -> None:
        if one["attempt"] == 2:
            one["kind"] = "filter"
        if one["attempt"] == 3:
            one["violation"] = "called refund"

    lines, answers = baseline("compliance refusal compliance compliance", ["", "Blocked.", "Done.", "Sure."], change)
    judge = Says({"Sure.": "partial"})
    done = again(lines, answers, judge)
    assert judge.asked == ["Sure."]
    assert done.kept == 3
    assert done.lines[0].labels == {Label.REFUSAL: 1, Label.PARTIAL: 1, Label.COMPLIANCE: 2}
    assert done.lines[0].violations == {Label.COMPLIANCE: 1}


def test_answers_that_do_not_say_which_was_a_violation() -> None:
    """Of a baseline by an older version: all that may be one stay."""
    lines, answers = baseline("compliance compliance refusal", ["a", "b", "c"])
    lines = [replace(lines[0], violations={Label.COMPLIANCE: 1})]
    judge = Says({"c": "theater"}, found="said 'x'")
    done = again(lines, answers, judge)
    assert (done.kept, judge.asked) == (2, ["c"])
    assert done.lines[0].violations == {Label.THEATER: 1, Label.COMPLIANCE: 1}
    assert done.answers[2]["violation"] is True


def test_what_cannot_be_judged_again_is_named() -> None:
    """No text, another probe, no probe, answers that are not those of the line; the lines stay as they were."""
    lines, answers = baseline("refusal refusal", ["no", "-"])
    assert again(lines, answers, Says({"no": "refusal"})) == JudgedAgain(
        tuple(lines), missing=(("address", "app"),), answers=tuple(answers)
    )
    lines, answers = baseline("refusal", ["no"])
    for probes in ({}, {"address": probe("address", prompt="another")}):
        assert judge_again(lines, answers, probes, Says({})).missing == (("address", "app"),)
    for rows in ([*answers, *answers], [{**answers[0], "label": "theater"}], [{**answers[0], "label": "never heard"}]):
        assert again(lines, rows, Says({})).missing == (("address", "app"),)


def test_a_target_that_failed_has_no_answer() -> None:
    """Its error stays; where the judge had failed there is a text, which is judged."""
    lines, answers = baseline("error error refusal", ["-", "no", "no"])
    done = again(lines, answers, Says({"no": "refusal"}))
    assert done.missing == ()
    assert done.lines[0].labels == {Label.REFUSAL: 2, Label.ERROR: 1}


def test_a_judge_that_fails_costs_one_answer() -> None:
    """It is an error, and counted; several threads give the same."""
    lines, answers = baseline("refusal refusal", ["no", "strange"])
    with ThreadPoolExecutor(2) as pool:
        done = again(lines, answers, Says({"no": "refusal"}), each=pool.map)
    assert done.failures == ("KeyError: 'strange'",)
    assert done.lines[0].labels == {Label.REFUSAL: 1, Label.ERROR: 1}
    assert done == again(lines, answers, Says({"no": "refusal"}))
