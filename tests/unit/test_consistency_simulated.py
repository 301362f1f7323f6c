"""The metrics of consistency in simulated worlds: smaller runs of ``python -m benchmarks consistency``, seeded.

The bounds are the design paper's figures with four standard errors of so small a run.
"""

from __future__ import annotations

import math
import random
import statistics

import pytest

from benchmarks import consistency as worlds


def error(share: float, runs: int) -> float:
    """Return four standard errors of a share of so many runs."""
    return 4 * math.sqrt(share * (1 - share) / runs)


@pytest.mark.parametrize("world", worlds.WORLDS, ids=lambda world: world.name)
def test_the_clustered_interval_covers_as_the_paper_says(world: worlds.World) -> None:
    """20 probes of 25 rewordings; where probes differ the naive interval covers half of the time."""
    runs = 200
    held = worlds.coverage(world, 20, runs, random.Random(1))
    paper = world.covered[20] / 100
    assert held["clustered"] >= paper - error(paper, runs)
    if world.name != "same 5 % everywhere":
        assert held["naive"] <= 0.55 + error(0.55, runs)


def test_the_leak_rate_of_probes_of_unequal_size_is_covered() -> None:
    """10 to 40 rewordings a probe, 20 probes; the one-sided bound too."""
    runs = 150
    for world in worlds.WORLDS[:2]:
        held = worlds.leak_coverage(world, 20, runs, random.Random(2))
        assert held["two-sided"] >= 0.94 - error(0.94, runs)
        assert held["upper"] >= 0.93 - error(0.93, runs)


@pytest.mark.parametrize("k", [5, 25])
def test_the_chance_of_one_of_k_is_covered_and_has_no_bias(k: int) -> None:
    """15 % of probes answer 40 % of wordings; a standard error of the mean estimate is .36/√(20 runs)."""
    runs = 60
    held, bias = worlds.chance_coverage(k, 20, runs, random.Random(3))
    assert held >= 0.94 - error(0.94, runs)
    assert abs(bias) <= 4 * 0.36 / math.sqrt(20 * runs)


@pytest.mark.parametrize(("name", "world", "within", "between"), worlds.TRUTHS, ids=[one[0] for one in worlds.TRUTHS])
def test_noise_and_wording_are_estimated_without_bias(
    name: str, world: worlds.NoiseWorld, within: float, between: float
) -> None:
    """40 probes, 26 wordings, 3 attempts; the paper's standard deviations are .005-.010 and .002-.007."""
    runs = 12
    (mean_within, sd_within), (mean_between, sd_between), share = worlds.splits(world, 3, runs, random.Random(4))
    assert mean_within == pytest.approx(within, abs=4 * 0.010 / math.sqrt(runs))
    assert mean_between == pytest.approx(between, abs=4 * 0.008 / math.sqrt(runs))
    assert sd_within <= 0.02
    assert sd_between <= 0.016
    assert share == pytest.approx(between / (between + within), abs=0.05)


def test_the_permutation_test_keeps_its_level_and_sees_one_wording_in_fifty() -> None:
    """20 probes, 26 wordings, 3 attempts: 3 % of false alarms at 5 %, 98 % power."""
    runs = 80
    assert worlds.detections(worlds.noise_only, runs, random.Random(5)) <= 0.05 + error(0.05, runs)
    assert worlds.detections(worlds.rare, runs, random.Random(6)) >= 0.98 - error(0.98, runs)


def test_operators_that_leak_are_found_and_others_seldom_are_named() -> None:
    """60 probes: +60 and +30 points always; nothing planted: any operator in 12 % of runs. 20 probes: four in five."""
    numbers, runs = random.Random(7), 25
    planted = [worlds.attribution(60, True, numbers) for _ in range(6)]
    for found in planted:
        assert {worlds.STRONG, worlds.WEAK} <= {one.name for one in found.operators if one.named}
    nothing = [worlds.attribution(60, False, numbers) for _ in range(runs)]
    for factors in ([one.operators for one in nothing], [one.slots for one in nothing]):
        assert statistics.fmean(any(one.named for one in row) for row in factors) <= 0.12 + error(0.12, runs)
    few = [{one.name for one in worlds.attribution(20, True, numbers).operators if one.named} for _ in range(runs)]
    for name in (worlds.STRONG, worlds.WEAK):
        assert statistics.fmean(name in names for names in few) >= 0.85 - error(0.85, runs)
