"""``gate.blocks``: the suite's decision by "right" alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pytest_refusal.gate import blocks
from pytest_refusal.stats import stratified_exact

RIGHT, WRONG = [[True]], [[False]]
attempts = st.lists(st.booleans(), max_size=6)


@hypothesis_settings(deadline=None)
@given(
    st.lists(st.tuples(attempts, attempts), max_size=10),
    st.floats(0.001, 0.999),
    st.sampled_from([0.0, 0.01, 0.05, 0.2]),
)
def test_it_blocks_where_p_is_at_most_the_level_and_the_drop_counts(
    pairs: list[tuple[list[bool], list[bool]]], alpha: float, least: float
) -> None:
    """By the two definitions."""
    baseline, current = [before for before, _ in pairs], [now for _, now in pairs]
    fallen = [sum(b) / len(b) - sum(n) / len(n) for b, n in pairs if b and n]
    drop = sum(fallen) / len(fallen) if fallen else 0.0
    p = stratified_exact(baseline, current)
    assert blocks(baseline, current, alpha, least) == (p <= alpha and drop >= least - 1e-9)


def test_seven_of_a_hundred_lost_block_and_four_do_not() -> None:
    """One attempt each; seven of a thousand are less than a point."""
    assert blocks(RIGHT * 100, RIGHT * 93 + WRONG * 7)
    assert not blocks(RIGHT * 100, RIGHT * 96 + WRONG * 4)
    assert not blocks(RIGHT * 1_000, RIGHT * 993 + WRONG * 7)
    assert blocks(RIGHT * 1_000, RIGHT * 993 + WRONG * 7, min_drop=0.0)
    assert blocks(RIGHT * 700, RIGHT * 693 + WRONG * 7)


def test_p_at_the_level_blocks() -> None:
    """Three right then, three wrong now: 1/20."""
    assert blocks([[True] * 3], [[False] * 3], 0.05)
    assert not blocks([[True] * 3], [[False] * 3], 0.0499)


def test_nothing_does_not_block() -> None:
    """No probes; no attempts."""
    assert not blocks([], [])
    assert not blocks([[]], [[]])


def test_what_cannot_be_meant_is_an_error() -> None:
    """Other probes; a level outside of (0, 1)."""
    with pytest.raises(ValueError, match="of the same probes"):
        blocks(RIGHT, [])
    for alpha in (0.0, 1.0):
        with pytest.raises(ValueError, match="alpha is between 0 and 1"):
            blocks(RIGHT, RIGHT, alpha)
