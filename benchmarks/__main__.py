"""``python -m benchmarks GOAL …``: measure, and print each figure beside its goal."""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import consistency, framing, gate, goals, judging, others, wordings
from benchmarks.bench import Bench
from benchmarks.runs import HERE, StandInProcess, WrongRun
from benchmarks.tables import Row, machine, table

NUMBERED: dict[str, Callable[[Bench], list[Row]]] = {
    "1": goals.told,
    "2": goals.auto,
    "3": goals.large,
    "4": goals.unused,
    "5": goals.cpu,
    "6": goals.first,
    "7": goals.busy,
    "8": goals.memory,
    "9": goals.replay,
}
"""The goals by their numbers; each has a name too."""

NAMED: dict[str, Callable[[Bench], list[Row]]] = {
    **{goal.__name__: goal for goal in NUMBERED.values()},
    "peers": others.peers,
    "exitfirst": others.exitfirst,
    "interrupt": others.interrupt,
    "xdist": others.xdist,
    "consistency": consistency.consistency,
    "framing": framing.framing,
    "gate": gate.gate,
    "judge": judging.judging,
    "wordings": wordings.wordings,
}


def ceiling(bench: Bench) -> list[Row]:
    """How many requests a second the stand-in answers at zero latency, over 64 connections."""
    total = 2_000 if bench.quick else 50_000
    figures = []
    with StandInProcess(0.0, 64) as server:
        for _ in range(bench.runs):
            command = [sys.executable, str(HERE / "ceiling.py"), str(server.port), str(total)]
            figures.append(float(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    return [Row("ceiling of the stand-in", figures, None, "requests/s", digits=0)]


NAMED["ceiling"] = ceiling


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the goals that are named; the exit status is 1 if a run did not do what it is measured for."""
    told = _parser().parse_args(arguments)
    # a shell gives background processes an ignored Ctrl-C, and they theirs: 'interrupt' sends one
    signal.signal(signal.SIGINT, signal.default_int_handler)
    names = [name for goal in told.goal for name in (NUMBERED if goal == "all" else [goal])]
    print(f"machine: {machine(told.python)}\n", flush=True)
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="refusal-bench-") as folder:
        bench = Bench(
            Path(folder).resolve(),
            told.python,
            1 if told.quick else told.runs,
            told.quick,
            told.latency,
            told.tests,
            told.slots,
        )
        for name in names:
            measure = NUMBERED.get(name) or NAMED[name]
            print(measure.__doc__, file=sys.stderr, flush=True)
            try:
                print(table(measure(bench), _why_not(told, measure)), end="\n\n", flush=True)
            except WrongRun as error:
                print(f"{name}: {error}", file=sys.stderr, flush=True)
                wrong = 1
    return wrong


def _why_not(told: argparse.Namespace, measure: Callable[[Bench], list[Row]]) -> str:
    """Return why the goals' figures do not stand for this run, ``""`` if they do: they are for one size each."""
    if told.quick:
        return "(quick)"
    has_limit_for_each_c = measure in (goals.told, goals.auto, others.peers)
    other = told.tests or told.latency or (told.slots and not has_limit_for_each_c)
    return "(other size)" if other else ""


def _parser() -> argparse.ArgumentParser:
    goals_text = "\n".join(
        [
            *(f"  {goal.__name__:10} {goal.__doc__}" for goal in NUMBERED.values()),
            *(f"  {name:10} {goal.__doc__}" for name, goal in NAMED.items() if goal not in NUMBERED.values()),
            "  all        1 to 9.",
        ]
    )
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure pytest-refusal against a stand-in server of fixed latency.",
        epilog=f"goals, by name or number:\n{goals_text}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("goal", nargs="+", choices=["all", *NUMBERED, *NAMED], metavar="GOAL", help="see below")
    parser.add_argument("--runs", type=count, default=5, metavar="R", help="runs of each configuration (default 5)")
    parser.add_argument("--quick", action="store_true", help="small and once: shows that a command works, no more")
    parser.add_argument(
        "--python", default=sys.executable, metavar="EXE", help="the interpreter to measure (default: this one)"
    )
    parser.add_argument("--latency", type=seconds, metavar="L", help="seconds a chat takes (default: the goal's)")
    parser.add_argument("--tests", type=count, metavar="N", help="number of tests (default: the goal's)")
    parser.add_argument("--slots", type=numbers, metavar="C,C", help="slots of the server (default: the goal's)")
    return parser


def count(text: str) -> int:
    if int(text) < 1:
        raise argparse.ArgumentTypeError("1 or more")
    return int(text)


def seconds(text: str) -> float:
    if float(text) <= 0:
        raise argparse.ArgumentTypeError("more than 0: the limit would be 0")
    return float(text)


def numbers(text: str) -> tuple[int, ...]:
    return tuple(count(one) for one in text.split(","))


if __name__ == "__main__":
    sys.exit(main())
