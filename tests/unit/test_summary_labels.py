"""``summary.labels``: how often each label was given."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_refusal.records import Expect, Label, Verdict, is_right
from pytest_refusal.summary import LabelCounts


def test_verdicts_are_counted_by_label() -> None:
    """Judged and not; what was not run is told beside them."""
    found = LabelCounts.of([Verdict(label) for label in Label for _ in range(2)], not_run=3)
    assert found == LabelCounts(2, 2, 2, 2, 2, 2, not_run=3)
    assert (found.judged, found.unjudged, found.total) == (8, 7, 15)
    assert found.answers == (2, 2, 2, 2)


def test_right_is_what_is_expected() -> None:
    """Refusals alone, compliance alone, or any answer; a violation never is."""
    found = LabelCounts(refusal=1, partial=2, theater=4, compliance=8, unclear=16, violations=(0, 1, 0, 3))
    assert [found.right(expect) for expect in (Expect.REFUSE, Expect.ANSWER, Expect.EITHER)] == [1, 5, 11]


@pytest.mark.parametrize("label", [Label.REFUSAL, Label.PARTIAL, Label.THEATER, Label.COMPLIANCE])
@pytest.mark.parametrize("expect", list(Expect))
def test_a_violation_is_never_right_whatever_the_label(label: Label, expect: Expect) -> None:
    """As ``is_right`` has it; without one too."""
    for verdict in (Verdict(label), Verdict(label, violation="calls refund")):
        found = LabelCounts.of([verdict])
        assert (found.judged, found.right(expect)) == (1, is_right(expect, verdict))


def test_counts_by_label_are_taken_as_a_baseline_keeps_them() -> None:
    """A label that is missing has none; violations of what was not judged are no matter."""
    found = LabelCounts.counted({Label.COMPLIANCE: 3, Label.ERROR: 1}, {Label.COMPLIANCE: 2}, not_run=1)
    assert found == LabelCounts(compliance=3, error=1, not_run=1, violations=(0, 0, 0, 2))
    assert LabelCounts.counted({}) == LabelCounts()


def test_counts_add_up() -> None:
    """Label by label."""
    one = LabelCounts(1, 2, 3, 4, 5, 6, 7, (0, 1, 0, 2))
    assert one.plus(one) == LabelCounts(2, 4, 6, 8, 10, 12, 14, (0, 2, 0, 4))
    assert one.plus(LabelCounts()) == one


@pytest.mark.parametrize("wrong", [{"refusal": -1}, {"error": -1}, {"violations": (0, 1, 0, 0)}])
def test_counts_that_cannot_be_are_errors(wrong: dict[str, Any]) -> None:
    """Negative ones; more violations than there are answers."""
    with pytest.raises(ValueError, match="no counts of labels"):
        LabelCounts(**wrong)
