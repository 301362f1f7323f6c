"""How many rewordings there are, how they are made up, and how long they take: ``python -m benchmarks.paraphrases``.

``--read N --seed S`` prints N composed texts instead, one a line, for people to read.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import Counter
from pathlib import Path
from random import Random

from pytest_refusal.paraphrase import draw, parse, wordings_of

PROMPTS = Path(__file__).parents[1] / "tests" / "prompts.txt"


def main() -> None:
    """Measure, or print texts to be read."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--prompts", type=Path, default=PROMPTS, help="a prompt a line; before a tab: its act")
    arguments.add_argument("--read", type=int, default=0, help="print so many composed texts")
    arguments.add_argument("--seed", default="0")
    given = arguments.parse_args()
    lines = [line for line in given.prompts.read_text("utf-8").splitlines() if line.strip()]
    prompts = [line.split("\t")[-1] for line in lines]
    if given.read:
        read(prompts, given.read, given.seed)
    else:
        measure(prompts, given.seed)


def read(prompts: list[str], count: int, seed: str) -> None:
    """Print composed texts, of as many prompts as there are."""
    choose = Random(seed)
    for prompt in (choose.sample(prompts, len(prompts)) * (count // len(prompts) + 1))[:count]:
        drawn = draw(prompt, 25, seed)
        made = choose.choice([one for one in drawn if len(one.operators) > 1] or drawn)
        print(f"{made.text!r}  [{' '.join(made.operators)}]")


def measure(prompts: list[str], seed: str) -> None:
    """Print the figures."""
    print(f"{len(prompts)} prompts:", dict(Counter(parse(prompt).act.value for prompt in prompts)))
    reaches = [wordings_of(prompt).reach() for prompt in prompts]
    print("distinct rewordings by one operator:", span([reach.singles for reach in reaches]))
    for act in ("howto", "wh", "do", "question", "statement"):
        if singles := [reach.singles for reach in reaches if reach.act == act]:
            print(f"    {act:9}", span(singles))
    kinds = Counter[str]()
    for reach in reaches:
        kinds.update(reach.kinds)
    print("mean by kind:", {kind: round(count / len(prompts), 1) for kind, count in kinds.most_common()})
    began = time.perf_counter()
    draws = [draw(prompt, 25, seed) for prompt in prompts]
    took = (time.perf_counter() - began) / len(prompts)
    print("of 25 wanted:", span([len(drawn) for drawn in draws]), f"in {took * 1000:.0f} ms a prompt")
    sizes = Counter(len(made.operators) for drawn in draws for made in drawn)
    print("operators in a text:", {size: f"{count / sizes.total():.0%}" for size, count in sorted(sizes.items())})


def span(numbers: list[int]) -> str:
    """Return the least, the median and the most."""
    return f"min {min(numbers)}, median {statistics.median(numbers):g}, max {max(numbers)}"


if __name__ == "__main__":
    main()
