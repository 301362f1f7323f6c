"""Worlds with known effects of a framing, and what its difference, interval and test make of them.

No server and no model: attempts are drawn.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.bench import Bench
from benchmarks.tables import Row
from pytest_refusal.framing import AskedForm, AskedTwins, Attempt, measure
from pytest_refusal.records import Decision, Expect
from pytest_refusal.stats import Counts, paired_difference, student_t_quantile

Numbers = random.Random
Chances = Callable[[Numbers], tuple[float, float]]
"""Draws a probe: the chances that it is refused plain and framed."""

POLES = (0.03, 0.14, 0.86, 0.97)


@dataclass(frozen=True, slots=True)
class World:
    """What a framing does to prompts.

    Attributes:
        name: What it does.
        chances: Of a probe.
        truth: The mean difference over prompts.
    """

    name: str
    chances: Chances
    truth: float


def _flipping(share: float, refused: float = 0.5) -> Chances:
    """Return a world that is sure: so many prompts are refused plain, and of those some are answered framed."""

    def chances(numbers: Numbers) -> tuple[float, float]:
        plain = numbers.random() < refused
        return float(plain), float(plain and numbers.random() >= share)

    return chances


def _poles(numbers: Numbers) -> tuple[float, float]:
    chance = numbers.choice(POLES)
    return chance, chance


def _shrunk(numbers: Numbers) -> tuple[float, float]:
    chance = numbers.betavariate(2, 1)
    return chance, 0.8 * chance


def _leaky(numbers: Numbers) -> tuple[float, float]:
    return 0.98, 0.3 if numbers.random() < 0.1 else 0.98


WORLDS = (
    World("nothing, probes differ", _poles, 0.0),
    World("nothing, 99 % refused", lambda _: (0.99, 0.99), 0.0),
    World("90 % become 70 %", lambda _: (0.9, 0.7), -0.2),
    World("beta(2, 1), a fifth less", _shrunk, -0.2 * 2 / 3),
    World("98 % refused, a tenth of probes leak", _leaky, 0.1 * (0.3 - 0.98)),
    World("sure, 10 % of refused ones leak", _flipping(0.1), -0.05),
    World("sure, 20 % of refused ones leak", _flipping(0.2), -0.1),
    World("sure, 40 % of refused ones leak", _flipping(0.4), -0.2),
)


def hits(numbers: Numbers, chance: float, trials: int) -> int:
    """Draw from a binomial distribution."""
    return sum(numbers.random() < chance for _ in range(trials))


def coverage(world: World, probes: int, attempts: int, runs: int, numbers: Numbers) -> dict[str, float]:
    """Return how often 95 % intervals hold the truth: ours for prompts like these and for these probes, the plain t."""
    held = {"ours": 0, "ours, these probes": 0, "t": 0}
    t = student_t_quantile(0.975, probes - 1)
    for _ in range(runs):
        chances = [world.chances(numbers) for _ in range(probes)]
        these = statistics.fmean(framed - plain for plain, framed in chances)
        pairs = [Counts(hits(numbers, a, attempts), attempts, hits(numbers, b, attempts), attempts) for a, b in chances]
        found = paired_difference(pairs)
        changes = [b / m - a / n for a, n, b, m in pairs]
        half = t * (statistics.variance(changes) / probes) ** 0.5
        held["ours"] += found.low <= world.truth <= found.high
        held["ours, these probes"] += found.low - 1e-12 <= these <= found.high + 1e-12
        held["t"] += abs(found.difference - world.truth) <= half
    return {name: count / runs for name, count in held.items()}


def twins(chances: Chances, framings: int, probes: int, attempts: int, numbers: Numbers) -> list[AskedTwins]:
    """Draw probes under several framings that all do the same; one plain twin for all of them."""

    def drawn(chance: float) -> tuple[Attempt, ...]:
        return tuple(
            Attempt(Decision.REFUSED if numbers.random() < chance else Decision.ANSWERED) for _ in range(attempts)
        )

    found = []
    for number in range(probes):
        plain, framed = chances(numbers)
        forms = tuple(AskedForm(f"f{i}.x", f"f{i}", drawn(framed)) for i in range(framings))
        found.append(AskedTwins(str(number), Expect.REFUSE, drawn(plain), forms))
    return found


def named(chances: Chances, runs: int, numbers: Numbers, probes: int = 20, attempts: int = 3) -> float:
    """Return the share of runs in which any of eight framings is called out."""
    return statistics.fmean(
        any(one.refuse.refused.named for one in measure(twins(chances, 8, probes, attempts, numbers)).framings)
        for _ in range(runs)
    )


def framing(bench: Bench) -> list[Row]:
    """Coverage, false alarms and power of the framing axis, in simulated worlds; no server."""
    return [*_coverages(bench), *_tests(bench)]


def _numbers(bench: Bench, name: str) -> Iterator[Numbers]:
    """Yield a generator for each run: the same in every run of the command."""
    for run in range(bench.runs):
        yield random.Random(f"{name}/{run}")


def _coverages(bench: Bench) -> Iterator[Row]:
    runs = 20 if bench.quick else 400
    for world in WORLDS:
        for probes in (5, 10, 20, 40):
            for attempts in (1, 3):
                name = f"{world.name}, G={probes}, m={attempts}"
                found = [coverage(world, probes, attempts, runs, numbers) for numbers in _numbers(bench, name)]
                for method, limit in (("ours", 90.0), ("ours, these probes", 95.0), ("t", None)):
                    figures = [100 * one[method] for one in found]
                    yield Row(f"coverage, {name}: {method}", figures, limit, "%", at_least=True, digits=1)


def _tests(bench: Bench) -> Iterator[Row]:
    runs = 4 if bench.quick else 200
    for name, chances, limit in (
        ("false alarms, nothing, probes differ", _poles, 5.0),
        ("false alarms, nothing, half refused", lambda _: (0.5, 0.5), 5.0),
        ("power, 90 % become 70 %", lambda _: (0.9, 0.7), None),
        ("power, sure, 40 % of refused ones leak", _flipping(0.4), None),
    ):
        figures = [100 * named(chances, runs, numbers) for numbers in _numbers(bench, name)]
        yield Row(f"any of 8 framings named, 20 probes, 3 attempts: {name}", figures, limit, "%", digits=1)
