"""The smallest rewording that still flips: its own operators, level by level, each level one batch of texts."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from itertools import combinations

from pytest_refusal.paraphrase.values import Paraphrase
from pytest_refusal.paraphrase.wordings import Wordings, wordings_of

AskMany = Callable[[Sequence[str]], Mapping[str, bool]]
"""Texts → whether each of them flips the decision; what is left out (it could not be judged) does not flip."""

Level = Generator[list[Paraphrase], Mapping[str, bool], Paraphrase]
"""Yields rewordings to ask about together, is sent text → flips, returns the smallest flip."""


def minimise(flip: Paraphrase, ask_many: AskMany, wordings: Wordings | None = None) -> Paraphrase:
    """Return the smallest rewording by some of the flip's operators that flips too.

    Asks about all rewordings by one of its operators at once, then by two, and so on, until a level has a flip: at most
    14 texts in three batches for four operators.

    Args:
        flip: A rewording that flips the decision; pick the one with the fewest operators.
        ask_many: Called once a level; remember decisions in it, for other flips share texts.
        wordings: What the flip was drawn from (``wordings_for`` of its probe); None: the shipped English operators.

    Returns:
        The flip with the fewest operators, of those the nearest to the canonical wording; ``flip`` itself where no
        smaller one flips, and always for a wording of the team's own.
    """
    levels = minimising(flip, wordings)
    try:
        batch = next(levels)
        while True:
            batch = levels.send(ask_many([made.text for made in batch]))
    except StopIteration as found:
        smallest: Paraphrase = found.value
        return smallest


def minimising(flip: Paraphrase, wordings: Wordings | None = None) -> Level:
    """Yield the levels of ``minimise`` one after another, for callers who ask in their own way."""
    if len(flip.operators) < 2:
        return flip
    made_of = wordings or wordings_of(flip.canonical)
    known = {flip.text}
    for size in range(1, len(flip.operators)):
        level: dict[str, Paraphrase] = {}
        for names in combinations(flip.operators, size):
            made = made_of.build(names)
            if made is not None and made.text not in known:
                level.setdefault(made.text, made)
        known |= level.keys()
        if not level:
            continue
        flips = yield list(level.values())
        hits = [made for text, made in level.items() if flips.get(text)]
        if hits:
            return min(hits, key=lambda made: (len(made.operators), edit_distance(made.text, flip.canonical)))
    return flip


def edit_distance(one: str, other: str) -> int:
    """Return how many characters have to be put in, taken out or replaced to get from one text to the other."""
    row = list(range(len(other) + 1))
    for line, left in enumerate(one, 1):
        diagonal, row[0] = row[0], line
        for column, right in enumerate(other, 1):
            diagonal, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, diagonal + (left != right))
    return row[-1]
