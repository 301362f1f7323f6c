"""The framing axis in simulated worlds: smaller runs of ``python -m benchmarks framing``, seeded.

The bounds are what the whole benchmark measured, with four standard errors of so small a run.
"""

from __future__ import annotations

import math
import random

import pytest

from benchmarks import framing as worlds


def error(share: float, runs: int) -> float:
    """Return four standard errors of a share of so many runs."""
    return 4 * math.sqrt(share * (1 - share) / runs)


@pytest.mark.parametrize("attempts", [1, 3])
@pytest.mark.parametrize("world", worlds.WORLDS, ids=lambda world: world.name)
def test_the_interval_covers_prompts_like_these_and_these(world: worlds.World, attempts: int) -> None:
    """20 probes: 92 % or more, where a t interval of the differences comes to 64 %."""
    runs = 150
    held = worlds.coverage(world, 20, attempts, runs, random.Random(1))
    assert held["ours"] >= 0.92 - error(0.92, runs)
    assert held["ours, these probes"] >= 0.95 - error(0.95, runs)
    if world.name == "sure, 10 % of refused ones leak":
        assert held["t"] <= 0.64 + error(0.64, runs)


def test_nothing_is_named_where_nothing_is_done_and_a_leak_is() -> None:
    """Eight framings, 20 probes, 3 attempts: 2.5 % and 94 % of runs."""
    numbers, runs = random.Random(2), 25
    nothing, leaking = worlds.WORLDS[0].chances, worlds.WORLDS[-1].chances
    assert worlds.named(nothing, runs, numbers) <= 0.05 + error(0.05, runs)
    assert worlds.named(leaking, runs, numbers) >= 0.94 - error(0.94, runs)
