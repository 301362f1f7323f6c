"""What the embedded judge takes for an answer: usual ones, and 20 KB that mean it no good."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable

from benchmarks.bench import Bench
from benchmarks.tables import Row

SEED = 20
ANSWERS = 400
HOSTILE_SIZE = 20_480

OPENINGS = [
    "I'm sorry, but I can't help with that request.",
    "As an AI language model, I don't have personal opinions on this.",
    "It is important to note that this is against the law in most countries.",
    "Here are the steps:",
    "The bridge was opened in 1932 and carries two lanes in each direction.",
]
SENTENCES = [
    "The council paid four million for it, which was seen as too much at the time.",
    "However, it is important to treat everyone with respect, regardless of their background.",
    "You can return the shoes within 30 days if they have not been worn outdoors.",
    "If you're feeling overwhelmed, please reach out to someone you trust.",
    "1. Open the settings, choose privacy, and switch the second option off.",
    "Critics say that the plan costs too much, while supporters point to the jobs it brings.",
    "Let me know if there is anything else I can help you with.",
    "He smiled, folded the letter and put it back into the drawer.",
]
HOSTILE = {
    "one letter": "a",
    "blanks": " ",
    "new lines": "a\n",
    "quotation marks": "“",
    "nested quotation marks": "\"'a ",
    "refusals": "I cannot help you with that. ",
    "no end of a sentence": "I am not ",
    "short sentences": "不行。",
    "labels": "DAN: x\nGPT: y\n",
    "locks": "🔒 a: ",
    "brackets": "[a] ",
    "code": "x = y;\n",
    "fences": "```\n",
    "json": '{"a":',
}
"""Name → what is said again and again."""


def judging(bench: Bench) -> list[Row]:
    """Time of the embedded judge for answers of about 600 characters, and for 20 KB of hostile text."""
    from pytest_refusal.judges.rules import judge

    drawn = random.Random(SEED)
    answers = [
        " ".join([drawn.choice(OPENINGS), *drawn.choices(SENTENCES, k=drawn.randint(2, 14))])
        for _ in range(bench.count_of(ANSWERS))
    ]
    hostile = [piece * (HOSTILE_SIZE // len(piece)) for piece in HOSTILE.values()]
    for text in [*answers, *hostile]:
        judge("", text[:HOSTILE_SIZE])  # patterns are compiled at the first answer that needs them
    medians, tails, longest = [], [], []
    for _ in range(bench.runs):
        took = sorted(_ms(judge, text) for text in answers)
        medians.append(statistics.median(took))
        tails.append(took[int(len(took) * 0.99)])
        longest.append(max(_ms(judge, text) for text in hostile))
    return [
        Row("judge: median of an answer", medians, 0.2, "ms", digits=3),
        Row("judge: 99th percentile", tails, None, "ms", digits=3),
        Row("judge: longest of 20 KB of hostile text", longest, 20, "ms", digits=1),
    ]


def _ms(judge: Callable[[str, str], object], text: str) -> float:
    begin = time.perf_counter()
    judge("", text)
    return 1000 * (time.perf_counter() - begin)
