"""The goals, one function each, and the rows that they give."""

from __future__ import annotations

import itertools
import re
import shutil
import statistics
from collections.abc import Mapping
from contextlib import ExitStack

from benchmarks import suites
from benchmarks.bench import PLUGIN, Bench
from benchmarks.runs import StandInProcess, WrongRun, compile_packages, own_rss_mb
from benchmarks.tables import Measure, Row, repeat

TOLD = {1: 1.03, 4: 1.06, 16: 1.20, 32: 1.35}
AUTO = {1: 1.06, 4: 1.12, 16: 1.35, 32: 1.90}
LARGE = {2000: 1.12, 10_000: 1.08}
MEMORY = {200: 60.0, 10_000: 150.0}

AUTO_P95 = 4.0
STRICT_QUEUE = 16
UNUSED_MS = 5.0
UNUSED_MB = 1.0
CPU_MS = 1.5
FIRST_MS = 150.0
BUSY = 0.95
REPLAY = 1.5

LINEAR = 1.25
"""Memory is called linear if a probe costs at most so many times as much at the end as before."""

PAIRS = 5
"""Start-up is so short that each run of goal 4 is so many pairs."""


def measure_checks(bench: Bench, server: StandInProcess, count: int, concurrency: int | str) -> Measure:
    """Return what runs a suite of checks once, with all its figures; a run that did anything else is an error."""
    suite = bench.suite(suites.OURS, count=count)

    def measure() -> Mapping[str, float]:
        run = bench.ours(suite, server, concurrency).checked(count)
        stats = server.stats()
        if stats["unique_chats"] != count or stats["chats"] - stats["refused_503"] != count:
            raise WrongRun(
                f"{stats['chats']} chats ({stats['refused_503']} times 503, {stats['abandoned']} abandoned), "
                f"{stats['unique_chats']} different ones; expected {count}, each once"
            )
        return {
            "wall/limit": run.wall_s / server.limit_s(count),
            "p95/L": stats["p95_s"] / server.latency_s,
            "503s": stats["refused_503"],
            "busy": stats["busy_share"],
            "most in flight": stats["most_in_flight"],
            "first request s": stats["first_request"] - run.started,
            "first chat s": stats["first_chat"] - run.started,
            "CPU s": run.cpu_s,
            "MB": run.rss_mb,
        }

    return measure


def told(bench: Bench) -> list[Row]:
    """1: 200 checks, L = 0.2 s, the number of slots told."""
    return _against_limit(bench, 1, bench.count_of(200), TOLD, auto=False)


def auto(bench: Bench) -> list[Row]:
    """2: the same, the number of slots found from the answers; latency, and 503s with a strict queue."""
    return _against_limit(bench, 2, bench.count_of(200), AUTO, auto=True)


def _against_limit(bench: Bench, goal: int, count: int, limits: Mapping[int, float], auto: bool) -> list[Row]:
    latency_s = bench.latency_of()
    with ExitStack() as stack:
        measures: dict[str, Measure] = {}
        bounds: dict[str, tuple[float | None, float]] = {}

        def configure(slots: int, queue: int | None = None) -> None:
            server = stack.enter_context(StandInProcess(latency_s, slots, queue))
            name = f"C={slots}{'' if queue is None else f', queue of {queue}'}"
            measures[name] = measure_checks(bench, server, count, "auto" if auto else slots)
            bounds[name] = (limits.get(slots) if queue is None else None), server.limit_s(count)

        for slots in bench.slots_of(*limits):
            configure(slots)
        if auto:
            configure(4, STRICT_QUEUE)
        seen = repeat(bench.runs, measures)
    rows = []
    for name, figures in seen.items():
        bound, limit_s = bounds[name]
        what = f"{goal}: N={count}, L={latency_s:g} s, {name}{', auto' if auto else ''}"
        rows.append(Row(f"{what}: wall/limit", figures["wall/limit"], bound, of=f"{limit_s:g} s"))
        if auto:
            rows.append(Row(f"{what}: p95 latency in L", figures["p95/L"], AUTO_P95))
            rows.append(Row(f"{what}: 503s", figures["503s"], 0.0, digits=0))
    return rows


def large(bench: Bench) -> list[Row]:
    """3: 2,000 and 10,000 checks, 64 slots."""
    latency_s, slots = bench.latency_of(), bench.slots_of(64)[0]
    with StandInProcess(latency_s, slots) as server:
        counts = (bench.tests,) if bench.tests else tuple(LARGE)
        sizes = {bench.count_of(usual): LARGE.get(usual) for usual in counts}
        seen = repeat(bench.runs, {f"N={n}": measure_checks(bench, server, n, slots) for n in sizes})
        return [
            Row(
                f"3: N={n}, L={latency_s:g} s, C={slots}: wall/limit",
                seen[f"N={n}"]["wall/limit"],
                bound,
                of=f"{server.limit_s(n):g} s",
            )
            for n, bound in sizes.items()
        ]


def unused(bench: Bench) -> list[Row]:
    """4: installed and unused, one test that does nothing, beside an empty plug-in and bare pytest."""
    compile_packages(bench.python, ["pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pytest_refusal"])
    suite = bench.suite(suites.NO_OP, count=1)
    suites.write_file(suite / "empty_plugin.py", suites.EMPTY_PLUGIN)
    plugins: dict[str, tuple[str, ...]] = {"bare": (), "empty": ("-p", "empty_plugin"), "ours": PLUGIN}
    order = list(plugins)

    def measure() -> Mapping[str, float]:
        runs = {name: bench.bare(suite, *plugins[name]).checked(1) for name in order}
        # each comes first as often as the others
        order.append(order.pop(0))
        figures = {"ours/bare": runs["ours"].wall_s / runs["bare"].wall_s}
        for name in ("bare", "empty"):
            figures[f"ms over {name}"] = 1000 * (runs["ours"].wall_s - runs[name].wall_s)
            figures[f"CPU ms over {name}"] = 1000 * (runs["ours"].cpu_s - runs[name].cpu_s)
            figures[f"MB over {name}"] = runs["ours"].rss_mb - runs[name].rss_mb
        return figures

    # pytest writes byte code of its own for plug-ins and tests: not in a run that counts
    measure()
    pairs = bench.runs if bench.quick else PAIRS * bench.runs
    figures = repeat(pairs, {"one test": measure})["one test"]
    return [
        Row("4: unused: time over bare pytest", figures["ms over bare"], UNUSED_MS, "ms", digits=1),
        Row("4: unused: memory over bare pytest", figures["MB over bare"], UNUSED_MB, "MB"),
        Row("4: unused: time over an empty plug-in", figures["ms over empty"], None, "ms", digits=1),
        Row("4: unused: memory over an empty plug-in", figures["MB over empty"], None, "MB"),
        Row("4: unused: CPU over bare pytest", figures["CPU ms over bare"], None, "ms", digits=1),
        Row("4: unused: CPU over an empty plug-in", figures["CPU ms over empty"], None, "ms", digits=1),
        Row("4: unused: time, ratio to bare pytest", figures["ours/bare"], digits=3),
    ]


def cpu(bench: Bench) -> list[Row]:
    """5: CPU a probe, everything included: start-up, pytest, asking, storing, judging."""
    count, slots = bench.count_of(2000), bench.slots_of(64)[0]
    no_op = bench.suite(suites.NO_OP, count=count)
    with StandInProcess(bench.latency_of(), slots) as server:
        checks = measure_checks(bench, server, count, slots)
        seen = repeat(
            bench.runs,
            {"ours": checks, "bare": lambda: {"CPU s": bench.bare(no_op).checked(count).cpu_s}},
        )
    ours, bare = ([1000 * spent / count for spent in seen[name]["CPU s"]] for name in ("ours", "bare"))
    pairs = list(zip(ours, bare, strict=True))
    what = f"5: N={count}, C={slots}: CPU a probe"
    return [
        Row(f"{what}, everything included", ours, CPU_MS, "ms"),
        Row("5: CPU a test of bare pytest, as many that do nothing", bare, None, "ms"),
        Row(f"{what}, over bare pytest", [a - b for a, b in pairs], None, "ms"),
        Row(f"{what}, ratio to bare pytest", [a / b for a, b in pairs]),
    ]


def first(bench: Bench) -> list[Row]:
    """6: the first request, beside the time at which bare pytest has collected as many tests."""
    count, slots = bench.count_of(200), bench.slots_of(16)[0]
    no_op = bench.suite(suites.NO_OP, count=count)
    suites.write_file(no_op / "conftest.py", suites.COLLECTED)

    def collected() -> Mapping[str, float]:
        run = bench.bare(no_op, "-s").checked(count)
        found = re.search(r"collected at (\S+)", run.output)
        if found is None:
            raise WrongRun(f"nothing was collected:\n{run.output[-3000:]}")
        return {"s": float(found[1]) - run.started}

    with StandInProcess(bench.latency_of(), slots) as server:
        checks = measure_checks(bench, server, count, slots)
        collected()
        seen = repeat(bench.runs, {"ours": checks, "bare": collected})
    bare_s = statistics.median(seen["bare"]["s"])
    rows = []
    for name, figure, bound in (("chat", "first chat s", FIRST_MS), ("request", "first request s", None)):
        late = [1000 * (begun - bare_s) for begun in seen["ours"][figure]]
        rows.append(Row(f"6: N={count}: first {name} after bare pytest has collected", late, bound, "ms", digits=0))
    ratios = [begun / bare_s for begun in seen["ours"]["first chat s"]]
    return [*rows, Row(f"6: N={count}: first chat, ratio to bare pytest's collecting", ratios)]


def busy(bench: Bench) -> list[Row]:
    """7: how busy the slots are between the first request and the last answer."""
    count, slots = bench.count_of(2000), bench.slots_of(16)[0]
    with StandInProcess(bench.latency_of(), slots) as server:
        seen = repeat(bench.runs, {f"N={count}": measure_checks(bench, server, count, slots)})
    shares = seen[f"N={count}"]["busy"]
    return [
        Row(f"7: N={count}, L={bench.latency_of():g} s, C={slots}: slots busy", shares, BUSY, at_least=True, digits=3)
    ]


def memory(bench: Bench) -> list[Row]:
    """8: the peak of the resident memory at 200, 2,000 and 10,000 checks, and whether it grows linearly."""
    points = {
        bench.count_of(200): (16, 0.2, 200),
        bench.count_of(2000): (64, 0.02, 2000),
        bench.count_of(10_000): (64, 0.02, 10_000),
    }
    with ExitStack() as stack:
        measures: dict[str, Measure] = {}
        for count, (slots, latency_s, _) in points.items():
            server = stack.enter_context(StandInProcess(bench.latency_of(latency_s), slots))
            measures[f"N={count}"] = measure_checks(bench, server, count, slots)
        for count in points:
            measures[f"bare N={count}"] = _bare_memory(bench, count)
        seen = repeat(bench.runs, measures)
    megabytes = {count: seen[f"N={count}"]["MB"] for count in points}
    if own_rss_mb() >= min(map(min, megabytes.values())):
        raise WrongRun(f"this process itself takes {own_rss_mb():.0f} MB, so that smaller ones cannot be measured")
    rows = [
        Row(f"8: N={count}: peak memory", megabytes[count], MEMORY.get(usual), "MB", digits=0)
        for count, (_, _, usual) in points.items()
    ]
    rows += [
        Row(f"8: N={count}: bare pytest, as many that do nothing", seen[f"bare N={count}"]["MB"], None, "MB", digits=0)
        for count in points
    ]
    counts = list(points)
    slopes: list[list[float]] = []
    for less, more in itertools.pairwise(counts):
        pairs = zip(megabytes[less], megabytes[more], strict=True)
        slopes.append([1000 * (high - low) / (more - less) for low, high in pairs])
        rows.append(Row(f"8: MB per 1,000 probes, N={less} to {more}", slopes[-1], None, "MB", digits=1))
    if len(slopes) == 2 and all(slope > 0 for slope in slopes[0]):
        growth = [late / early for early, late in zip(*slopes, strict=True)]
        rows.append(Row("8: linear: the second of these over the first", growth, LINEAR))
    return rows


def _bare_memory(bench: Bench, count: int) -> Measure:
    suite = bench.suite(suites.NO_OP, count=count)
    return lambda: {"MB": bench.bare(suite).checked(count).rss_mb}


def replay(bench: Bench) -> list[Row]:
    """9: replaying 10,000 stored responses, beside 10,000 tests that do nothing."""
    count, slots = bench.count_of(10_000), bench.slots_of(64)[0]
    suite, no_op = bench.suite(suites.OURS, count=count), bench.suite(suites.NO_OP, count=count)
    store = bench.new_store()
    with StandInProcess(bench.latency or 0.0, slots) as server:
        bench.start(suite, server, slots, store=store).wait().checked(count)

        def replayed(mode: str) -> Measure:
            def measure() -> Mapping[str, float]:
                server.reset()
                run = bench.start(suite, server, slots, f"--refusal-record={mode}", store=store).wait().checked(count)
                if server.stats()["chats"]:
                    raise WrongRun(f"{server.stats()['chats']} chats in a replay")
                return {"s": run.wall_s, "CPU s": run.cpu_s, "MB": run.rss_mb}

            return measure

        bare: Measure = lambda: {"s": bench.bare(no_op).checked(count).wall_s}  # noqa: E731  # it is one of three
        seen = repeat(bench.runs, {"bare": bare, "none": replayed("none"), "new": replayed("new")})
    shutil.rmtree(store, ignore_errors=True)
    rows = []
    for mode in ("none", "new"):
        pairs = zip(seen[mode]["s"], seen["bare"]["s"], strict=True)
        rows.append(
            Row(
                f"9: N={count}: replay with --refusal-record={mode}",
                [a / b for a, b in pairs],
                REPLAY,
                of="bare pytest",
            )
        )
    return rows
