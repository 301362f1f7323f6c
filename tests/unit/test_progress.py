"""``session.progress``: the words of the line, and who is shown it."""

from __future__ import annotations

import pytest

from pytest_refusal.session.ahead import progress


@pytest.mark.parametrize(
    ("told", "line"),
    [
        ((0, 600, 1, 0.0), "0/600 answers, 1 in flight"),
        ((120, 600, 16, 71.4), "120/600 answers, 16 in flight, 71/s, 7 s left"),
        ((10, 20, 4, 0.25), "10/20 answers, 4 in flight, 0.2/s, 40 s left"),
        ((0, 600, 1, 1.0), "0/600 answers, 1 in flight, 1.0/s, 10 min left"),
        ((0, 60_000, 1, 2.0), "0/60000 answers, 1 in flight, 2.0/s, 8 h 20 min left"),
        ((600, 600, 0, 50.0), "600/600 answers, 0 in flight, 50/s"),
        ((7, 5, 0, 0.0), "7/7 answers, 0 in flight"),
    ],
)
def test_the_line(told: tuple[int, int, int, float], line: str) -> None:
    """More may be asked than was known: the total is never below what is done."""
    assert progress.text(*told) == line


def test_nobody_looks_on_where_the_output_is_piped(pytester: pytest.Pytester) -> None:
    assert not progress.is_watched(pytester.parseconfig())
