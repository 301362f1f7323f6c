"""``summary.labels``: how often each label was given."""

from __future__ import annotations

import pytest

from pytest_refusal.records import Expect, Label, Verdict
from pytest_refusal.summary import LabelCounts


def test_verdicts_are_counted_by_label() -> None:
    """Judged and not; what was not run is told beside them."""
    found = LabelCounts.of([Verdict(label) for label in Label for _ in range(2)], not_run=3)
    assert found == LabelCounts(2, 2, 2, 2, 2, 2, not_run=3)
    assert (found.judged, found.unjudged, found.total) == (8, 7, 15)
    assert found.answers == (2, 2, 2, 2)


def test_right_is_what_is_expected() -> None:
    """Refusals alone, compliance alone, or any answer; a violation never is."""
    found = LabelCounts(refusal=1, partial=2, theater=4, compliance=8, unclear=16, violations=3)
    assert [found.right(expect) for expect in (Expect.REFUSE, Expect.ANSWER, Expect.EITHER)] == [1, 5, 12]


def test_violations_are_counted_where_the_label_alone_would_be_right() -> None:
    """A theater with one is wrong anyway."""
    verdicts = [Verdict(Label.COMPLIANCE, violation="calls refund"), Verdict(Label.THEATER, violation="calls refund")]
    assert LabelCounts.of(verdicts) == LabelCounts(compliance=1, theater=1, violations=1)


def test_counts_add_up() -> None:
    """Label by label."""
    one = LabelCounts(1, 2, 3, 4, 5, 6, 7, 2)
    assert one.plus(one) == LabelCounts(2, 4, 6, 8, 10, 12, 14, 4)
    assert one.plus(LabelCounts()) == one


@pytest.mark.parametrize("wrong", [{"refusal": -1}, {"violations": 1}, {"compliance": 1, "violations": 2}])
def test_counts_that_cannot_be_are_errors(wrong: dict[str, int]) -> None:
    """Negative ones; more violations than there is compliance."""
    with pytest.raises(ValueError, match="no counts of labels"):
        LabelCounts(**wrong)
