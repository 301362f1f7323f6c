"""Suites with known changes, and what the gate makes of them: level, power, calls. No server: attempts are drawn."""

from __future__ import annotations

import random
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

from benchmarks.bench import Bench
from benchmarks.gated import World, adaptive, changed, conditions, suite
from benchmarks.tables import Row
from pytest_refusal.gate import blocks, decide
from pytest_refusal.stats import mcnemar_exact
from pytest_refusal.summary import GateVerdict, LabelCounts

Numbers = random.Random
Figures = dict[str, float]

CHANGES = ("no change", "diffuse 5", "diffuse 10", "concentrated 10")
RULES = ("the gate", "McNemar on majorities", "any flip")

POWER: Mapping[tuple[str, int], float] = {
    ("diffuse 5", 100): 88.0,
    ("diffuse 5", 300): 98.0,
    ("diffuse 10", 50): 95.0,
    ("diffuse 10", 100): 98.0,
    ("diffuse 10", 300): 98.0,
    ("concentrated 10", 50): 95.0,
    ("concentrated 10", 100): 98.0,
    ("concentrated 10", 300): 98.0,
}
"""Of a typical suite, ten attempts before and three now: the design's figures, less what so few runs may be off."""


def suite_cell(kind: str, probes: int, kb: int, k: int, change: str, runs: int, numbers: Numbers) -> Figures:
    """Return the share of runs that each rule blocks, at 5 %; the gate's by its own function for a suite."""
    seen = dict.fromkeys(RULES, 0)
    for _ in range(runs):
        before = suite(kind, probes, numbers)
        now = changed(before, change, numbers)
        baseline = [[numbers.random() < one for _ in range(kb)] for one in before]
        current = [[numbers.random() < one for _ in range(k)] for one in now]
        then, today = ([2 * sum(one) > len(one) for one in run] for run in (baseline, current))
        down = sum(a and not b for a, b in zip(then, today, strict=True))
        up = sum(b and not a for a, b in zip(then, today, strict=True))
        seen["the gate"] += blocks(baseline, current)
        seen["McNemar on majorities"] += mcnemar_exact(down, up, "greater") <= 0.05
        seen["any flip"] += down > 0
    return {rule: 100 * count / runs for rule, count in seen.items()}


def family_cell(world: World, runs: int, numbers: Numbers) -> Figures:
    """Return the share of runs that each verdict is given in, by the whole gate."""
    fails = unmeasured = passes = by_unjudged = 0
    for _ in range(runs):
        found = decide(conditions(world, numbers))
        fails += found.verdict is GateVerdict.FAIL
        unmeasured += found.verdict is GateVerdict.UNMEASURED
        passes += found.verdict is GateVerdict.PASS
        by_unjudged += bool(found.broken) and all(one.by_unjudged for one in found.broken)
    figures = {"fail": fails, "red": fails + unmeasured, "pass": passes, "fail by unjudged answers alone": by_unjudged}
    return {name: 100 * count / runs for name, count in figures.items()}


def again_cell(world: World, runs: int, numbers: Numbers) -> Figures:
    """Return the share of runs that fail, nothing being edited: by the first set, and by both."""
    once = twice = 0
    for _ in range(runs):
        [given] = conditions(world, numbers)
        first = decide([replace(given, probes=[replace(one, again=LabelCounts()) for one in given.probes])])
        if first.verdict is not GateVerdict.FAIL:
            continue
        once += 1
        twice += decide([given]).verdict is GateVerdict.FAIL
    return {"fail by the first set": 100 * once / runs, "fail": 100 * twice / runs}


def adaptive_cell(world: World, runs: int, numbers: Numbers) -> Figures:
    """Return what rounds that end early fail, pass and ask, beside three attempts of the same suites."""
    fails = passes = fixed_fails = 0
    calls, fixed_calls = [], []
    for _ in range(runs):
        ended, fixed, asked, asked_fixed = adaptive(world, numbers)
        found = decide([ended])
        fails += found.verdict is GateVerdict.FAIL
        passes += found.verdict is GateVerdict.PASS
        fixed_fails += decide([fixed]).verdict is GateVerdict.FAIL
        calls.append(asked)
        fixed_calls.append(asked_fixed)
    saved = 1 - statistics.fmean(calls) / statistics.fmean(fixed_calls)
    return {
        "fail": 100 * fails / runs,
        "pass": 100 * passes / runs,
        "fail by three attempts": 100 * fixed_fails / runs,
        "calls a probe": statistics.fmean(calls),
        "calls a probe by three attempts": statistics.fmean(fixed_calls),
        "calls saved": 100 * saved,
    }


Cell = tuple[Callable[..., Figures], tuple[object, ...], int]
"""What is measured, with what, and in how many draws."""


def gate(bench: Bench) -> list[Row]:
    """Level, power and calls of the regression gate, on suites with known changes; no server."""
    cells = dict(_cells(bench.quick))
    rows: list[Row] = []
    # two at a time: each is one process at work
    with ProcessPoolExecutor(2) as pool:
        jobs = {name: [pool.submit(_run, name, cell, run) for run in range(bench.runs)] for name, cell in cells.items()}
        for name, futures in jobs.items():
            found = [one.result() for one in futures]
            print(f"  {name}: {found}", file=sys.stderr, flush=True)
            rows += [_row(name, figure, [one[figure] for one in found]) for figure in found[0]]
    return rows


def _run(name: str, cell: Cell, run: int) -> Figures:
    measure, with_what, draws = cell
    return measure(*with_what, draws, random.Random(f"{name}/{run}"))


def _row(name: str, figure: str, figures: list[float]) -> Row:
    limit, at_least = _limit(name, figure)
    if figure.startswith("calls a"):
        return Row(f"{name}: {figure}", figures, None, "", digits=2)
    return Row(f"{name}: {figure}", figures, limit, "%", at_least=at_least, digits=1)


def _limit(name: str, figure: str) -> tuple[float | None, bool]:
    """Return the design's promise for a figure, and whether it is one from below."""
    promised = PROMISED.get((name, figure))
    if promised is not None:
        return promised
    if figure in ("the gate", "fail") and "no change" in name:
        return 5.0, False
    if figure == "the gate" and name.startswith("typical") and "10/3" in name:
        change, probes = name.split(", ")[-1], int(name.split()[1].rstrip(","))
        return POWER.get((change, probes)), True
    return None, False


FAMILY: Mapping[str, World] = {
    "no change": World(),
    "no change, clean": World(kind="clean"),
    "no change, 8 conditions": World(conditions=8),
    "diffuse 5": World("diffuse 5"),
    "one probe 98 % to 2 %": World("one probe"),
    "a category halved": World("category halved"),
    "a category halved, 80 % of its wrong answers lost": World("category halved", lost=0.8),
    "no change, 2 % of answers lost": World(lost_of_all=0.02),
    "a fifth partial becomes compliance": World("partial"),
    "copies, 2 % of probes flipped both ways": World("flipped", copies=True),
    "the same, counted as attempts": World("flipped", copies=True, told_copies=False),
    "50 probes, 26 wordings, the canonical one falls by 20 points": World("diffuse 20", probes=50, rewordings=25),
}

PROMISED: Mapping[tuple[str, str], tuple[float, bool]] = {
    ("the whole gate, one probe 98 % to 2 %", "fail"): (80.0, True),
    ("the whole gate, a category halved", "fail"): (95.0, True),
    ("the whole gate, a category halved, 80 % of its wrong answers lost", "red"): (95.0, True),
    ("the whole gate, no change, 2 % of answers lost", "fail by unjudged answers alone"): (3.0, False),
    ("the whole gate, a fifth partial becomes compliance", "fail"): (95.0, True),
    ("the whole gate, copies, 2 % of probes flipped both ways", "fail"): (5.0, False),
    ("the whole gate, 50 probes, 26 wordings, the canonical one falls by 20 points", "fail"): (95.0, True),
    ("rounds that end early, one probe 98 % to 2 %", "fail"): (80.0, True),
    ("rounds that end early, a category halved", "fail"): (95.0, True),
    ("rounds that end early, no change", "calls saved"): (20.0, True),
    ("rounds that end early, no change, clean", "calls saved"): (40.0, True),
}


def _cells(quick: bool) -> Iterator[tuple[str, Cell]]:
    draws = 3 if quick else 100
    sizes = (20,) if quick else (20, 50, 100, 300)
    for kind in ("typical", "clean"):
        for probes in sizes:
            for kb, k in ((kb, k) for kb in (1, 3, 10) for k in (1, 3)):
                for change in CHANGES:
                    name = f"{kind} {probes}, {kb}/{k}, {change}"
                    yield name, (suite_cell, (kind, probes, kb, k, change), draws)
    for change, world in FAMILY.items():
        many = 1 if quick else 40 if world.conditions > 1 else 80
        yield f"the whole gate, {change}", (family_cell, (world,), many)
    for change in ("no change", "diffuse 5"):
        world = World("" if change == "no change" else change, unchanged=True)
        yield f"nothing edited, {change}", (again_cell, (world,), 2 if quick else 80)
    for change in ("no change", "no change, clean", "diffuse 5", "one probe 98 % to 2 %", "a category halved"):
        yield f"rounds that end early, {change}", (adaptive_cell, (FAMILY[change],), 1 if quick else 60)
