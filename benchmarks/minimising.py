"""What it takes to minimise a flip, beside Hypothesis' own shrinking: ``python -m benchmarks.minimising``.

Seven made-up oracles say which rewordings flip. For each prompt 25 rewordings are drawn and asked, and from then on new
texts are counted: ours level by level from the flip with the fewest operators, Hypothesis by ``find`` with its shrink
phase on the same strategy. No model is asked, and nothing is timed.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, Phase, Verbosity, find, settings
from hypothesis.errors import NoSuchExample

from pytest_refusal.paraphrase import Paraphrase, draw, minimise, paraphrases_of, wordings_of
from pytest_refusal.records import sha256

PROMPTS = Path(__file__).parents[1] / "tests" / "prompts.txt"
DRAWN = 25

Oracle = Callable[[Paraphrase], bool]


@dataclass
class Cost:
    """Of one oracle: new texts and rounds for each prompt, and how many operators are left."""

    calls: list[int] = field(default_factory=list)
    rounds: list[int] = field(default_factory=list)
    operators: list[int] = field(default_factory=list)


def main() -> None:
    """Measure."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--prompts", type=Path, default=PROMPTS, help="a prompt a line; before a tab: its act")
    arguments.add_argument("--count", type=int, default=50, help="so many of them")
    arguments.add_argument("--seed", default="0")
    given = arguments.parse_args()
    lines = [line for line in given.prompts.read_text("utf-8").splitlines() if line.strip()]
    prompts = [line.split("\t")[-1] for line in lines]
    chosen = Random(given.seed).sample(prompts, min(given.count, len(prompts)))
    print(f"{len(chosen)} prompts, {DRAWN} draws; new texts: mean (largest); rounds; operators left: mean")
    print(f"{'oracle':14} {'prompts':>7}   {'level by level':28} {'hypothesis':20} {'fewest':>6}")
    for name, made in ORACLES.items():
        print(row(name, *measure(chosen, made, given.seed)))


def measure(prompts: Sequence[str], made: Callable[..., Oracle | None], seed: str) -> tuple[Cost, Cost, list[int]]:
    """Return what both ways cost, and the fewest operators that could be left."""
    ours, theirs, fewest = Cost(), Cost(), []
    for prompt in prompts:
        drawn = draw(prompt, DRAWN, seed)
        flips = made(drawn, Random(sha256(f"{seed}{prompt}")))
        flipping = [one for one in drawn if flips is not None and flips(one)]
        if flips is None or not flipping:
            continue
        known = {one.text for one in drawn} | {prompt}
        _ours(ours, prompt, min(flipping, key=lambda one: (len(one.operators), len(one.text))), flips, set(known))
        _theirs(theirs, prompt, flips, set(known), seed)
        fewest.append(_fewest(prompt, flipping, flips))
    return ours, theirs, fewest


def _ours(cost: Cost, prompt: str, first: Paraphrase, flips: Oracle, known: set[str]) -> None:
    wordings, calls, rounds = wordings_of(prompt), 0, 0
    by_text = {}
    for size in range(1, len(first.operators) + 1):
        for names in combinations(first.operators, size):
            if (one := wordings.build(names)) is not None:
                by_text.setdefault(one.text, one)

    def ask(texts: Sequence[str]) -> dict[str, bool]:
        nonlocal calls, rounds
        new = [text for text in texts if text not in known]
        known.update(new)
        calls += len(new)
        rounds += bool(new)
        return {text: flips(by_text[text]) for text in texts}

    smallest = minimise(first, ask, wordings)
    cost.calls.append(calls)
    cost.rounds.append(rounds)
    cost.operators.append(len(smallest.operators))


def _theirs(cost: Cost, prompt: str, flips: Oracle, known: set[str], seed: str) -> None:
    calls, found = 0, None

    def condition(one: Paraphrase) -> bool:
        nonlocal calls, found
        if one.text not in known:
            known.add(one.text)
            calls += found is not None
        if flips(one):
            found = one
            return True
        return False

    with suppress(NoSuchExample):
        smallest = find(
            paraphrases_of(prompt),
            condition,
            random=Random(int(sha256(f"{seed}\0{prompt}"), 16)),
            settings=settings(
                max_examples=250,
                phases=[Phase.generate, Phase.shrink],
                database=None,
                deadline=None,
                verbosity=Verbosity.quiet,
                suppress_health_check=list(HealthCheck),
            ),
        )
        cost.calls.append(calls)
        cost.operators.append(len(smallest.operators))


def _fewest(prompt: str, flipping: Sequence[Paraphrase], flips: Oracle) -> int:
    wordings = wordings_of(prompt)
    if any(flips(one) for one in wordings.singles()):
        return 1
    return min(
        size
        for one in flipping
        for size in range(1, len(one.operators) + 1)
        if any((made := wordings.build(names)) and flips(made) for names in combinations(one.operators, size))
    )


def row(name: str, ours: Cost, theirs: Cost, fewest: Sequence[int]) -> str:
    """Return a line of the table."""
    if not ours.calls:
        return f"{name:14} no prompt had a flip"

    def mean(numbers: Sequence[int]) -> str:
        return f"{statistics.fmean(numbers):.2f}" if numbers else "-"

    mine = f"{mean(ours.calls)} ({max(ours.calls)}); {mean(ours.rounds)}; {mean(ours.operators)}"
    other = f"{mean(theirs.calls)} ({max(theirs.calls, default=0)}); {mean(theirs.operators)}"
    return f"{name:14} {len(ours.calls):>7}   {mine:28} {other:20} {mean(fewest):>6}"


def one_operator(drawn: Sequence[Paraphrase], choose: Random) -> Oracle | None:
    """Flips with one operator, whatever else."""
    names = sorted({name for one in drawn for name in one.operators})
    name = choose.choice(names) if names else ""
    return (lambda one: name in one.operators) if names else None


def a_word(drawn: Sequence[Paraphrase], choose: Random) -> Oracle | None:
    """Flips with a word that the canonical wording does not have."""
    words = sorted({word for one in drawn for word in one.text.split() if word not in one.canonical})
    word = choose.choice(words) if words else ""
    return (lambda one: word in one.text.split()) if words else None


def lower_case(drawn: Sequence[Paraphrase], choose: Random) -> Oracle | None:
    """Flips where nothing is a capital."""
    return lambda one: one.text == one.text.lower()


def two_together(drawn: Sequence[Paraphrase], choose: Random) -> Oracle | None:
    """Flips where two operators come together."""
    pairs = sorted({pair for one in drawn for pair in combinations(sorted(one.operators), 2)})
    pair = choose.choice(pairs) if pairs else ("", "")
    return (lambda one: set(pair) <= set(one.operators)) if pairs else None


def additive(drawn: Sequence[Paraphrase], choose: Random) -> Oracle | None:
    """Each operator pushes a little: flips where they come to enough."""
    salt = str(choose.random())

    def push(name: str) -> float:
        return int(sha256(salt + name)[:8], 16) / 2**32

    return lambda one: sum(map(push, one.operators)) > 1.2


def at_random(share: float) -> Callable[[Sequence[Paraphrase], Random], Oracle]:
    """Return what flips so many texts, whatever is in them."""

    def made(drawn: Sequence[Paraphrase], choose: Random) -> Oracle:
        salt = str(choose.random())
        return lambda one: int(sha256(salt + one.text)[:8], 16) / 2**32 < share

    return made


ORACLES: dict[str, Callable[..., Oracle | None]] = {
    "one operator": one_operator,
    "a word": a_word,
    "case": lower_case,
    "two together": two_together,
    "additive": additive,
    "10 % at random": at_random(0.1),
    "3 % at random": at_random(0.03),
}

if __name__ == "__main__":
    main()
