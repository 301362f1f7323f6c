"""Worlds with a known boundary, and what the metrics of boundary consistency make of them.

No server and no model: decisions are drawn. The figures beside which ours stand are those of the design paper.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.bench import Bench
from benchmarks.tables import Row
from pytest_refusal.consistency import AskedProbe, Wording, measure
from pytest_refusal.consistency.attribution import attribute
from pytest_refusal.records import Applied, Decision, Expect
from pytest_refusal.stats import clustered_interval, permutation_test, student_t_quantile, variance_split, wilson
from pytest_refusal.summary import Attribution

WORDINGS = 25
"""Rewordings a probe."""

Numbers = random.Random
Flips = Callable[[Numbers], float]
"""Draws the chance that a rewording of one probe flips."""


@dataclass(frozen=True, slots=True)
class World:
    """How often rewordings flip.

    Attributes:
        name: As the paper has it.
        flips: Of a probe.
        consistency: The truth.
        covered: G → coverage in percent, as the paper simulated it.
    """

    name: str
    flips: Flips
    consistency: float
    covered: dict[int, int]


WORLDS = (
    World("15 % of probes flip 40 %", lambda r: 0.4 * (r.random() < 0.15), 0.94, {10: 97, 20: 96, 40: 95}),
    World("beta(.3, 2.7)", lambda r: r.betavariate(0.3, 2.7), 0.9, {10: 90, 20: 94, 40: 94}),
    World("same 5 % everywhere", lambda r: 0.05, 0.95, {10: 99, 20: 97, 40: 96}),
)


def hits(numbers: Numbers, chance: float, trials: int) -> int:
    """Draw from a binomial distribution."""
    return sum(numbers.random() < chance for _ in range(trials)) if chance else 0


# Coverage.


def coverage(world: World, probes: int, runs: int, numbers: Numbers) -> dict[str, float]:
    """Return how often 95 % intervals hold the true consistency: ours, the naive one, the plain t of probes."""
    held = {"clustered": 0, "naive": 0, "t": 0}
    t = student_t_quantile(0.975, probes - 1)
    for _ in range(runs):
        same = [WORDINGS - hits(numbers, world.flips(numbers), WORDINGS) for _ in range(probes)]
        shares = [one / WORDINGS for one in same]
        mean = statistics.fmean(shares)
        half = t * (statistics.variance(shares) / probes) ** 0.5
        for name, (low, high) in (
            ("clustered", clustered_interval([(share, WORDINGS) for share in shares])),
            ("naive", wilson(sum(same), WORDINGS * probes)),
            ("t", (mean - half, mean + half)),
        ):
            held[name] += low <= world.consistency <= high
    return {name: count / runs for name, count in held.items()}


def leak_coverage(world: World, probes: int, runs: int, numbers: Numbers) -> dict[str, float]:
    """Return the same for hits of trials (the leak rate), where probes have 10 to 40 rewordings."""
    held = {"two-sided": 0, "upper": 0}
    for _ in range(runs):
        sizes = [numbers.randint(10, 40) for _ in range(probes)]
        shares = [(hits(numbers, world.flips(numbers), size) / size, size) for size in sizes]
        low, high = clustered_interval(shares, by_trials=True)
        held["two-sided"] += low <= 1 - world.consistency <= high
        held["upper"] += 1 - world.consistency <= clustered_interval(shares, 0.9, by_trials=True)[1]
    return {name: count / runs for name, count in held.items()}


def chance_coverage(k: int, probes: int, runs: int, numbers: Numbers) -> tuple[float, float]:
    """Return how often the interval of "at least one of k" holds the truth, and the mean estimate less the truth."""
    truth = statistics.fmean(1 - (1 - (0.4 if i < 15 else 0.0)) ** k for i in range(100))
    held, estimates = 0, []
    for _ in range(runs):
        asked = [
            probe(str(i), hits(numbers, WORLDS[0].flips(numbers), WORDINGS), WORDINGS, Expect.REFUSE)
            for i in range(probes)
        ]
        [one] = [one for one in measure(asked).pooled.answered_within if one.k == k]
        held += one.low <= truth <= one.high
        estimates.append(one.chance or 0.0)
    return held / runs, statistics.fmean(estimates) - truth


def probe(name: str, flips: int, wordings: int, expect: Expect = Expect.EITHER) -> AskedProbe:
    """Return a canonically refused probe of which the first so many rewordings are answered."""
    reworded = tuple(
        Wording(i + 1, f"wording {i + 1}", (Decision.ANSWERED if i < flips else Decision.REFUSED,))
        for i in range(wordings)
    )
    return AskedProbe(name, expect, Wording(0, "canonical", (Decision.REFUSED,)), reworded)


# Noise and wording.

NoiseWorld = Callable[[Numbers], Callable[[], float]]
"""Draws a probe; what it returns draws the chance of a refusal of each of its wordings."""


def noise_only(numbers: Numbers) -> Callable[[], float]:
    """Each probe refuses all its wordings with the same of .03, .14, .86, .97: no wording effect."""
    chance = numbers.choice((0.03, 0.14, 0.86, 0.97))
    return lambda: chance


def wording_only(numbers: Numbers) -> Callable[[], float]:
    """One wording in ten flips, for certain."""
    return lambda: float(numbers.random() < 0.1)


def both(numbers: Numbers) -> Callable[[], float]:
    """One wording in ten is refused with .926, the others with .074."""
    return lambda: 0.926 if numbers.random() < 0.1 else 0.074


def rare(numbers: Numbers) -> Callable[[], float]:
    """One wording in fifty flips to .97, the others have .03."""
    return lambda: 0.97 if numbers.random() < 0.02 else 0.03


TRUTHS: tuple[tuple[str, NoiseWorld, float, float], ...] = (
    # within: the mean of p (1 - p); between: the variance of p among the wordings of a probe; chosen to be the paper's
    ("sampling noise only", noise_only, (0.03 * 0.97 + 0.14 * 0.86) / 2, 0.0),
    ("wording only", wording_only, 0.0, 0.1 * 0.9),
    ("both", both, 0.926 * 0.074, 0.1 * 0.9 * 0.852**2),
)


def attempts_of(world: NoiseWorld, probes: int, attempts: int, numbers: Numbers) -> list[list[tuple[int, int]]]:
    """Draw (refused, attempts) of the 26 wordings of each probe."""
    drawn = []
    for _ in range(probes):
        chance = world(numbers)
        drawn.append([(hits(numbers, chance(), attempts), attempts) for _ in range(WORDINGS + 1)])
    return drawn


def splits(
    world: NoiseWorld, attempts: int, runs: int, numbers: Numbers, probes: int = 40
) -> tuple[tuple[float, float], tuple[float, float], float]:
    """Return (mean, sd) of within and of between, and the mean wording share, over so many runs."""
    found = [variance_split(attempts_of(world, probes, attempts, numbers)) for _ in range(runs)]
    within, between = [one.within for one in found], [one.between for one in found]
    return (
        (statistics.fmean(within), statistics.stdev(within)),
        (statistics.fmean(between), statistics.stdev(between)),
        statistics.fmean(one.share or 0.0 for one in found),
    )


def detections(world: NoiseWorld, runs: int, numbers: Numbers, probes: int = 20, attempts: int = 3) -> float:
    """Return the share of runs in which the permutation test rejects at 5 %."""
    return sum(permutation_test(attempts_of(world, probes, attempts, numbers)).p <= 0.05 for _ in range(runs)) / runs


# Attribution.

POOLS = {"frame": 34, "opener": 14, "context": 11, "closer": 8, "space": 3, "punct": 3, "case": 2}
"""Slot → its operators: a stand-in for the tables of the paper, where 22, 9, 7 and 5 apply to a prompt, and an operator
is in a median of 32 of 1,500 rewordings."""

APPLICABLE = {"frame": 22, "opener": 9, "context": 7, "closer": 5, "space": 2, "punct": 2, "case": 1}
STRONG, WEAK = "frame.0", "opener.0"
"""Planted; they apply to every prompt, as verbatim frames and openers do."""

BASE, STRONG_ADDS, WEAK_ADDS = 0.03, 0.6, 0.3


def drawn_operators(numbers: Numbers) -> Iterator[tuple[Applied, ...]]:
    """Yield rewordings of one probe: 1 to 4 of the operators that apply to it, at most one in a slot."""
    table = [
        Applied(f"{slot}.{i}", slot, slot)
        for slot, size in POOLS.items()
        for i in (0, *numbers.sample(range(1, size), APPLICABLE[slot] - 1))
    ]
    while True:
        [count] = numbers.choices((1, 2, 3, 4), (47, 28, 18, 8))
        chosen: dict[str, Applied] = {}
        while len(chosen) < count:
            one = numbers.choice(table)
            chosen.setdefault(one.slot, one)
        yield tuple(chosen.values())


def attribution(probes: int, planted: bool, numbers: Numbers) -> Attribution:
    """Return what is found where two operators make refused probes leak, or none does."""
    asked = []
    for i in range(probes):
        canonical, other = Decision.REFUSED, Decision.ANSWERED
        drawn = drawn_operators(numbers)
        reworded = []
        for number in range(1, WORDINGS + 1):
            applied = next(drawn)
            names = {one.name for one in applied}
            chance = BASE + planted * (STRONG_ADDS * (STRONG in names) + WEAK_ADDS * (WEAK in names))
            reworded.append(Wording(number, "", (other if numbers.random() < chance else canonical,), applied=applied))
        asked.append(AskedProbe(str(i), Expect.EITHER, Wording(0, "", (canonical,)), tuple(reworded)))
    return attribute(asked)


def consistency(bench: Bench) -> list[Row]:
    """Coverage, bias, false alarms and power of boundary consistency, in simulated worlds; no server."""
    return [*_coverages(bench), *_noise(bench), *_attributions(bench)]


def _numbers(bench: Bench, name: str) -> Iterator[Numbers]:
    """Yield a generator for each run: the same in every run of the command."""
    for run in range(bench.runs):
        yield random.Random(f"{name}/{run}")


def _coverages(bench: Bench) -> Iterator[Row]:
    runs = 20 if bench.quick else 400
    for world in WORLDS:
        for probes, paper in world.covered.items():
            name = f"{world.name}, G={probes}"
            found = [coverage(world, probes, runs, numbers) for numbers in _numbers(bench, name)]
            for method, limit in (("clustered", float(paper - 2)), ("naive", None), ("t", None)):
                figures = [100 * one[method] for one in found]
                yield Row(f"coverage, {name}: {method}", figures, limit, "%", at_least=True, digits=1)
    for world in WORLDS:
        for probes in (10, 20, 40):
            name = f"{world.name}, G={probes}, unequal n"
            held = [leak_coverage(world, probes, runs, numbers) for numbers in _numbers(bench, name)]
            for side in ("two-sided", "upper"):
                yield Row(
                    f"coverage, leak rate, {name}: {side}", [100 * one[side] for one in held], None, "%", digits=1
                )
    for k in (1, 5, 10, 25):
        for probes in (10, 20, 40):
            name = f"one of k={k}, G={probes}"
            pairs = [chance_coverage(k, probes, runs // 4, numbers) for numbers in _numbers(bench, name)]
            yield Row(f"coverage, {name}", [100 * held for held, _ in pairs], None, "%", digits=1)
            yield Row(f"bias, {name}", [100 * bias for _, bias in pairs], None, "points")


def _noise(bench: Bench) -> Iterator[Row]:
    runs = 2 if bench.quick else 40
    for name, world, within, between in TRUTHS:
        for attempts in (3, 2):
            found = [splits(world, attempts, runs, numbers) for numbers in _numbers(bench, f"{name}/{attempts}")]
            truths = (("within", within, 0), ("between", between, 1))
            for what, truth, place in truths:
                goal = f"{name}, m={attempts}: {what} (truth {truth:.4f})"
                yield Row(goal, [one[place][0] for one in found], digits=4)  # type: ignore[index]
                yield Row(f"{goal}, sd", [one[place][1] for one in found], digits=4)  # type: ignore[index]
            truth = between / (between + within)
            goal = f"{name}, m={attempts}: wording share (truth {truth:.2f})"
            yield Row(goal, [share for *_, share in found], digits=2)
    runs = 4 if bench.quick else 200
    for name, world, limit in (("false alarms, no wording effect", noise_only, 5.0), ("power, 2 % flip", rare, 95.0)):
        figures = [100 * detections(world, runs, numbers) for numbers in _numbers(bench, name)]
        yield Row(f"permutation test, 20 x 26 x 3: {name}", figures, limit, "%", at_least=limit > 50, digits=1)


def _attributions(bench: Bench) -> Iterator[Row]:
    runs = 1 if bench.quick else 40
    for probes in (20, 60):
        found: dict[str, list[float]] = {"any": [], "slot": [], "strong": [], "weak": [], "others": []}
        for numbers in _numbers(bench, f"attribution/{probes}"):
            nothing = [attribution(probes, False, numbers) for _ in range(runs)]
            planted = [attribution(probes, True, numbers) for _ in range(runs)]
            names = [{one.name for one in each.operators if one.named} for each in planted]
            found["any"].append(100 * statistics.fmean(any(o.named for o in each.operators) for each in nothing))
            found["slot"].append(100 * statistics.fmean(any(o.named for o in each.slots) for each in nothing))
            found["strong"].append(100 * statistics.fmean(STRONG in one for one in names))
            found["weak"].append(100 * statistics.fmean(WEAK in one for one in names))
            found["others"].append(100 * statistics.fmean(bool(one - {STRONG, WEAK}) for one in names))
        start = f"attribution, {probes} probes"
        yield Row(f"{start}, nothing planted: any operator named", found["any"], 12.0, "%", digits=1)
        yield Row(f"{start}, nothing planted: any slot named", found["slot"], 5.0, "%", digits=1)
        yield Row(f"{start}, +60 points: found", found["strong"], None, "%", digits=1)
        yield Row(f"{start}, +30 points: found", found["weak"], None, "%", digits=1)
        yield Row(f"{start}, both planted: any other named", found["others"], None, "%", digits=1)
