"""What is measured beside the goals: peers, what is asked in vain, an interrupted run, several processes."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack

from benchmarks import suites
from benchmarks.bench import Bench
from benchmarks.goals import TOLD, measure_checks
from benchmarks.runs import Run, StandInProcess, WrongRun, has_module
from benchmarks.tables import Measure, Row, repeat

WINDOW = 4
"""The design's: so many requests ahead of the running test, in units of C."""

STOP_S = 1.0
INTERRUPTED = 2  # pytest's exit status
WORKERS = 4

PEERS = {
    "plain pytest and the ollama client": ("ollama", "ollama"),
    "pytest-asyncio-cooperative": ("pytest_asyncio_cooperative", "pytest-asyncio-cooperative ollama"),
    "ours": ("pytest_refusal", "pytest-refusal"),
}
"""Name → the module that it needs, and what pip calls it."""


def peers(bench: Bench) -> list[Row]:
    """The job of goal 1, by plain pytest, by pytest-asyncio-cooperative and by ours, in turn."""
    count, latency_s = bench.count_of(200), bench.latency_of()
    there = [name for name, (module, _) in PEERS.items() if has_module(bench.python, module)]
    for name, (_, package) in PEERS.items():
        if name not in there:
            print(
                f"{name} is left out: {bench.python} does not have it. Make an environment with "
                f"'pip install pytest {package}', and name its interpreter with --python.",
                file=sys.stderr,
            )
    rows = []
    with ExitStack() as stack:
        servers = {slots: stack.enter_context(StandInProcess(latency_s, slots)) for slots in bench.slots_of(*TOLD)}
        measures = {
            f"C={slots}, {name}": _measure_peer(bench, name, server, count)
            for slots, server in servers.items()
            for name in there
        }
        seen = repeat(bench.runs, measures)
        for name, figures in seen.items():
            slots = int(name.partition(",")[0].removeprefix("C="))
            limit_s = servers[slots].limit_s(count)
            bound = TOLD.get(slots) if name.endswith("ours") else None
            rows.append(Row(f"peers: N={count}, {name}: wall/limit", figures["wall/limit"], bound, of=f"{limit_s:g} s"))
            rows.append(Row(f"peers: N={count}, {name}: CPU/limit", figures["CPU s/limit"]))
            rows.append(Row(f"peers: N={count}, {name}: peak memory", figures["MB"], None, "MB", digits=0))
    return rows


def _measure_peer(bench: Bench, name: str, server: StandInProcess, count: int) -> Measure:
    if name == "ours":
        checks = measure_checks(bench, server, count, server.slots)

        def measure_ours() -> Mapping[str, float]:
            figures = checks()
            return {**figures, "CPU s/limit": figures["CPU s"] / server.limit_s(count)}

        return measure_ours
    plain = name.startswith("plain")
    suite = bench.suite(suites.PLAIN if plain else suites.COOPERATIVE, count=count, port=server.port)
    more = () if plain else ("-p", "pytest_asyncio_cooperative.plugin", "--max-asyncio-tasks", str(server.slots))

    def measure() -> Mapping[str, float]:
        server.reset()
        run = bench.bare(suite, *more).checked(count)
        if server.stats()["answered"] != count:
            raise WrongRun(f"{server.stats()['answered']} answers, not {count}")
        limit_s = server.limit_s(count)
        return {"wall/limit": run.wall_s / limit_s, "CPU s/limit": run.cpu_s / limit_s, "MB": run.rss_mb}

    return measure


def exitfirst(bench: Bench) -> list[Row]:
    """Requests beyond those of the tests that ran, where -x ends the run at the first test or in the middle."""
    count, slots = bench.count_of(200), bench.slots_of(16)[-1]
    with StandInProcess(bench.latency_of(), slots) as server:

        def failing_at(place: int) -> Measure:
            suite = bench.suite(suites.ONE_FAILS, count=count, place=place)

            def measure() -> Mapping[str, float]:
                run = bench.ours(suite, server, slots, "-x").checked(place, 1)
                stats = server.stats()
                soonest = stats["first_chat"] + server.limit_s(place + 1)
                return {
                    "in vain/C": (stats["chats"] - place - 1) / slots,
                    "exit/L": (run.started + run.wall_s - soonest) / server.latency_s,
                }

            return measure

        seen = repeat(bench.runs, {f"test {place + 1} fails": failing_at(place) for place in (0, count // 2)})
    rows = []
    for name, figures in seen.items():
        what = f"exitfirst: N={count}, C={slots}, {name}"
        rows.append(Row(f"{what}: requests in vain, in C", figures["in vain/C"], WINDOW))
        rows.append(Row(f"{what}: exit after its answer was due, in L", figures["exit/L"]))
    return rows


def interrupt(bench: Bench) -> list[Row]:
    """Ctrl-C after half of the answers, and a second run that has to ask only for the rest."""
    count, slots = bench.count_of(200), bench.slots_of(16)[-1]
    suite = bench.suite(suites.OURS, count=count)
    with StandInProcess(bench.latency_of(), slots) as server:

        def measure() -> Mapping[str, float]:
            server.reset()
            store = bench.new_store()
            started = bench.start(suite, server, slots, store=store)
            _wait_for_answers(server, count // 2)
            started.interrupt()
            sent = time.perf_counter()
            cut_short = started.wait()
            exit_s = time.perf_counter() - sent
            if cut_short.status != INTERRUPTED:
                raise WrongRun(f"not interrupted, exit status {cut_short.status}:\n{cut_short.output[-3000:]}")
            before = server.stats()["chats"]
            bench.start(suite, server, slots, store=store).wait().checked(count)
            stats = server.stats()
            shutil.rmtree(store, ignore_errors=True)
            return {
                "exit s": exit_s,
                "first run": before,
                "second run": stats["chats"] - before,
                "in vain": stats["chats"] - count,
                "without an answer": stats["abandoned"],
            }

        figures = repeat(bench.runs, {"interrupted": measure})["interrupted"]
    what = f"interrupt: N={count}, L={bench.latency_of():g} s, C={slots}"
    return [
        Row(f"{what}: from Ctrl-C to the exit", figures["exit s"], STOP_S, "s"),
        Row(f"{what}: chats of both runs beyond N", figures["in vain"], float(slots), digits=0),
        Row(f"{what}: chats whose client went away", figures["without an answer"], digits=0),
        Row(f"{what}: chats of the first run", figures["first run"], digits=0),
        Row(f"{what}: chats of the second run", figures["second run"], digits=0),
    ]


def _wait_for_answers(server: StandInProcess, count: int, timeout_s: float = 120.0) -> None:
    deadline = time.monotonic() + timeout_s
    while server.stats()["answered"] < count:
        if time.monotonic() > deadline:
            raise WrongRun(f"not {count} answers within {timeout_s:g} s")
        time.sleep(0.005)


def xdist(bench: Bench) -> list[Row]:
    """Requests asked twice by four processes, with both ways to share the tests, and with a killed process."""
    count, slots = bench.count_of(200), bench.slots_of(16)[-1]
    if not has_module(bench.python, "xdist"):
        raise SystemExit(f"{bench.python} does not have pytest-xdist: pip install pytest-xdist")
    measures: dict[str, Measure] = {}
    with StandInProcess(bench.latency_of(), slots) as server:
        for way in ("load", "worksteal"):
            options = ("-p", "xdist", "-n", str(WORKERS), "--dist", way)
            measures[f"--dist {way}"] = _measure_whole(bench, server, count, options)
            measures[f"--dist {way}, a process killed"] = _measure_killed(bench, server, count, options)
        seen = repeat(bench.runs, measures)
        limit_s = server.limit_s(count)
    rows = []
    for name, figures in seen.items():
        what = f"xdist: N={count}, C={slots}, -n {WORKERS} {name}"
        # what the killed process had in flight is asked again
        rows.append(Row(f"{what}: requests asked twice", figures["twice"], slots if "killed" in name else 0, digits=0))
        rows.append(Row(f"{what}: wall/limit", figures["wall/limit"], of=f"{limit_s:g} s"))
        rows.append(Row(f"{what}: most in flight, in C", figures["in flight/C"], 1))
    return rows


def _measure_whole(bench: Bench, server: StandInProcess, count: int, options: tuple[str, ...]) -> Measure:
    suite = bench.suite(suites.OURS, count=count)

    def measure() -> Mapping[str, float]:
        run = bench.ours(suite, server, server.slots, *options).checked(count)
        return _shared(server, run, count, lost=0)

    return measure


def _measure_killed(bench: Bench, server: StandInProcess, count: int, options: tuple[str, ...]) -> Measure:
    suite = bench.suite(suites.ONE_KILLS, count=count, place=count // 2)

    def measure() -> Mapping[str, float]:
        (suite / "killed").unlink(missing_ok=True)
        # the test that killed its process counts as failed
        run = bench.ours(suite, server, server.slots, *options).checked(count - 1, 1)
        return _shared(server, run, count, lost=1)

    return measure


def _shared(server: StandInProcess, run: Run, count: int, lost: int) -> dict[str, float]:
    stats = server.stats()
    if not count - lost <= stats["unique_chats"] <= count:
        raise WrongRun(f"{stats['unique_chats']} different chats, not {count}")
    return {
        "twice": stats["chats"] - stats["unique_chats"],
        "wall/limit": run.wall_s / server.limit_s(count),
        "in flight/C": stats["most_in_flight"] / server.slots,
    }
