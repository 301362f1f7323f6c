"""``judges.cascade``: the second judge is asked where the first is not sure."""

from __future__ import annotations

import pytest
from values import probe

from pytest_refusal.errors import JudgeError
from pytest_refusal.judges.cascade import Cascade
from pytest_refusal.protocols import JudgeIdentity
from pytest_refusal.records import Kind, Label, Probe, Response, Verdict

PROBE, ANSWER = probe("p"), Response("No.")


class Says:
    """A judge that says always the same, and remembers what it was asked."""

    def __init__(self, verdict: Verdict, name: str = "first", sha256: str = "aa") -> None:
        self.verdict = verdict
        self.identity = JudgeIdentity(name, "1", sha256)
        self.asked: list[tuple[Probe, Response]] = []

    def __call__(self, asked: Probe, response: Response) -> Verdict:
        self.asked.append((asked, response))
        return self.verdict


class Fails(Says):
    """A judge that does not answer."""

    def __call__(self, asked: Probe, response: Response) -> Verdict:
        raise JudgeError("no reply")


SECOND = Verdict(Label.THEATER, 0.9, Kind.SAFETY, explained=True, evidence="No.", offset=0, judge="second")


def second() -> Says:
    return Says(SECOND, "second", "bb")


@pytest.mark.parametrize("label", [label for label in Label if label.judged])
@pytest.mark.parametrize(
    ("confidence", "asked"), [(0.0, True), (0.5, True), (0.749, True), (0.75, False), (0.751, False), (1.0, False)]
)
def test_the_second_judge_is_asked_below_the_band(label: Label, confidence: float, asked: bool) -> None:
    """At the band the first one's word stands, untouched; below it the second one's does."""
    one, two, spared = Says(Verdict(label, confidence, judge="first")), second(), []
    verdict = Cascade(one, two, 0.75, lambda: spared.append(1))(PROBE, ANSWER)
    assert verdict == (SECOND if asked else one.verdict)
    assert two.asked == ([(PROBE, ANSWER)] if asked else [])
    assert len(spared) == (0 if asked else 1)
    assert one.asked == [(PROBE, ANSWER)]


def test_where_nothing_was_said_nobody_else_is_asked() -> None:
    """``unclear`` is not a matter of confidence, and nothing was spared."""
    one, two, spared = Says(Verdict(Label.UNCLEAR, 0.0, reason="empty answer")), second(), []
    assert Cascade(one, two, 0.75, lambda: spared.append(1))(PROBE, Response("")) == one.verdict
    assert (two.asked, spared) == ([], [])


def test_an_unclear_second_judge_is_unclear() -> None:
    """The first one was not sure, and its guess does not come back."""
    two = Says(Verdict(Label.UNCLEAR, 0.0, judge="second", reason="could not be read"), "second")
    assert Cascade(Says(Verdict(Label.REFUSAL, 0.6)), two, 0.75)(PROBE, ANSWER) == two.verdict


def test_scores_of_both_stay_and_the_second_judges_win() -> None:
    """What only the rules estimate is not lost."""
    one = Says(Verdict(Label.REFUSAL, 0.5, scores={"noncompliance_estimate": 1.0, "strongreject": 0.25}))
    two = Says(Verdict(Label.PARTIAL, scores={"strongreject": 0.5, "noncompliance": 2.0}), "second")
    verdict = Cascade(one, two, 0.75)(PROBE, ANSWER)
    assert verdict.scores == {"noncompliance_estimate": 1.0, "strongreject": 0.5, "noncompliance": 2.0}
    assert verdict.label is Label.PARTIAL


def test_what_the_second_judge_raises_goes_through() -> None:
    """An outage is an error, never the first one's guess; where it is not asked, it cannot fail."""
    with pytest.raises(JudgeError, match="no reply"):
        Cascade(Says(Verdict(Label.REFUSAL, 0.7)), Fails(SECOND, "second"), 0.75)(PROBE, ANSWER)
    assert Cascade(Says(Verdict(Label.REFUSAL, 0.8)), Fails(SECOND, "second"), 0.75)(PROBE, ANSWER).label == "refusal"


def test_the_identity_is_of_both_judges_and_the_band() -> None:
    """Another band asks the second judge about other answers."""

    def identity(one: str = "aa", two: str = "bb", band: float = 0.75) -> JudgeIdentity:
        return Cascade(Says(SECOND, "first", one), Says(SECOND, "second", two), band).identity

    assert (identity().name, identity().version) == ("first|second", "1 | 1")
    assert identity() == identity()
    hashes = {identity().sha256, identity("cc").sha256, identity(two="cc").sha256, identity(band=0.8).sha256}
    assert len({*hashes, identity("bb", "aa").sha256}) == 5


def test_the_identity_follows_the_second_judges() -> None:
    """A judge model knows its digest after the first reply."""
    two = second()
    cascade = Cascade(Says(SECOND), two, 0.75)
    before = cascade.identity
    two.identity = JudgeIdentity("second", "1", "cc")
    assert cascade.identity != before


@pytest.mark.parametrize(("stated", "concurrent"), [(True, True), (False, False), (None, False)])
def test_it_may_be_asked_ahead_if_the_second_judge_may(stated: bool | None, concurrent: bool) -> None:
    """The rules are fast wherever they run."""
    two = second()
    if stated is not None:
        two.concurrent = stated  # type: ignore[attr-defined]
    assert Cascade(Says(SECOND), two, 0.75).concurrent is concurrent
