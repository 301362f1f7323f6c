"""The numbers of wordings: one list for each probe, over all tests, conditions and processes that ask it."""

from __future__ import annotations

from dataclasses import replace

from pytest_refusal.records import FramedForm, Outcome, Rewording
from pytest_refusal.summary import AskedWordings, SmallestFlip

Place = tuple[bool, int, int]
"""Whether it is a frame, the place of the test in the collection, and that of the wording in the test."""


class WordingNumbers:
    """Gives each rewording and each frame of a probe one number, from 1, whatever number a test knows it by.

    Two tests may ask one probe in other words, and one list of both is reported. Wordings are told apart by the hash of
    what was asked; rewordings come first, those of the test that comes first in the collection before others.
    """

    def __init__(self) -> None:
        self._places: dict[str, dict[str, tuple[Place, Rewording | FramedForm]]] = {}
        self._asked: dict[tuple[str, str], tuple[int, AskedWordings]] = {}
        self._numbers: dict[str, dict[str, int]] = {}

    def take(self, index: int, asked: AskedWordings) -> None:
        """Take in what a test asked.

        Args:
            index: The test's place in the collection.
            asked: Numbered as the test numbers them.
        """
        known = self._places.setdefault(asked.probe, {})
        self._numbers.pop(asked.probe, None)
        for number, one in asked.all.items():
            place = (isinstance(one, FramedForm), index, number)
            if one.sha256 not in known or place < known[one.sha256][0]:
                known[one.sha256] = (place, one)
        key = (asked.probe, asked.condition)
        before = self._asked.get(key)
        self._asked[key] = (index, asked) if before is None else _both(before, (index, asked))

    def of(self, probe: str) -> dict[int, Rewording | FramedForm]:
        """Return what a probe was asked in by its numbers."""
        placed = sorted(self._places.get(probe, {}).values(), key=lambda one: one[0])
        return {number: one for number, (_, one) in enumerate(placed, 1)}

    def number(self, outcome: Outcome, sha256: str) -> Outcome:
        """Return an outcome with the number of the wording that has this hash; ``""``: the canonical one."""
        if not sha256:
            return outcome
        if outcome.probe not in self._numbers:
            self._numbers[outcome.probe] = {one.sha256: number for number, one in self.of(outcome.probe).items()}
        number = self._numbers[outcome.probe][sha256]
        return outcome if number == outcome.wording else replace(outcome, wording=number)

    def asked(self) -> list[AskedWordings]:
        """Return what was asked, by probe and condition, with these numbers."""
        found = []
        for (probe, _), (_, asked) in sorted(self._asked.items()):
            mine = {one.sha256 for one in asked.all.values()}
            numbered = {number: one for number, one in self.of(probe).items() if one.sha256 in mine}
            found.append(
                replace(
                    asked,
                    rewordings={number: one for number, one in numbered.items() if isinstance(one, Rewording)},
                    framings={number: one for number, one in numbered.items() if isinstance(one, FramedForm)},
                )
            )
        return found


def _size(one: SmallestFlip) -> tuple[object, ...]:
    """Return what flips are compared by: of all fields, so that the order in which tests report does not matter."""
    return len(one.operators), len(one.text), one.text, one.operators, one.canonical_answer, one.answer


def _both(one: tuple[int, AskedWordings], other: tuple[int, AskedWordings]) -> tuple[int, AskedWordings]:
    """Return what two tests asked of one probe under one condition; numbers are given later."""
    (index, first), (_, second) = sorted((one, other), key=lambda each: each[0])
    rewordings = {each.sha256: each for each in (*first.rewordings.values(), *second.rewordings.values())}
    framings = {each.sha256: each for each in (*first.framings.values(), *second.framings.values())}
    both = replace(
        first,
        wanted=max(first.wanted, second.wanted),
        rewordings=dict(enumerate(rewordings.values(), 1)),
        smallest=min((one.smallest for one in (first, second) if one.smallest), key=_size, default=None),
        framings=dict(enumerate(framings.values(), len(rewordings) + 1)),
        # each test says how often it asks its own frames
        attempts={
            sha256: max(first.attempts.get(sha256, 0), second.attempts.get(sha256, 0))
            for sha256 in (*first.attempts, *second.attempts)
        },
    )
    return index, both
