"""The numbers of rewordings: one list for each probe, over all tests, conditions and processes that ask it."""

from __future__ import annotations

from dataclasses import replace

from pytest_refusal.consistency import AskedWordings
from pytest_refusal.records import Outcome, Rewording

Place = tuple[int, int]
"""Of the test in the collection, and of the rewording in it."""


class WordingNumbers:
    """Gives each rewording of a probe one number, from 1, whatever number a test knows it by.

    Two tests may draw other rewordings of one probe, and one list of both is reported. Rewordings are told apart by the
    hash of what was asked; those of the test that comes first in the collection come first.
    """

    def __init__(self) -> None:
        self._places: dict[str, dict[str, tuple[Place, Rewording]]] = {}
        self._asked: dict[tuple[str, str], tuple[int, AskedWordings]] = {}

    def take(self, index: int, asked: AskedWordings) -> None:
        """Take in the rewordings that a test asked.

        Args:
            index: The test's place in the collection.
            asked: Numbered as the test numbers them.
        """
        known = self._places.setdefault(asked.probe, {})
        for number, rewording in asked.rewordings.items():
            place = (index, number)
            if rewording.sha256 not in known or place < known[rewording.sha256][0]:
                known[rewording.sha256] = (place, rewording)
        key = (asked.probe, asked.condition)
        before = self._asked.get(key)
        if before is None:
            self._asked[key] = (index, asked)
            return
        one, other = (before[1], asked) if before[0] <= index else (asked, before[1])
        found = {rewording.sha256: rewording for rewording in (*one.rewordings.values(), *other.rewordings.values())}
        both = replace(
            one,
            wanted=max(one.wanted, other.wanted),
            rewordings=dict(enumerate(found.values(), 1)),
            smallest=one.smallest or other.smallest,
        )
        self._asked[key] = (min(before[0], index), both)

    def of(self, probe: str) -> dict[int, Rewording]:
        """Return the rewordings of a probe by their numbers."""
        placed = sorted(self._places.get(probe, {}).values(), key=lambda one: one[0])
        return {number: rewording for number, (_, rewording) in enumerate(placed, 1)}

    def number(self, outcome: Outcome, sha256: str) -> Outcome:
        """Return an outcome with the number of the rewording that has this hash; ``""``: the canonical wording."""
        if not sha256:
            return outcome
        number = next(number for number, one in self.of(outcome.probe).items() if one.sha256 == sha256)
        return outcome if number == outcome.wording else replace(outcome, wording=number)

    def asked(self) -> list[AskedWordings]:
        """Return what was asked, by probe and condition, with these numbers."""
        found = []
        for (probe, _), (_, one) in sorted(self._asked.items()):
            mine = {rewording.sha256 for rewording in one.rewordings.values()}
            numbered = {number: each for number, each in self.of(probe).items() if each.sha256 in mine}
            found.append(replace(one, rewordings=numbered))
        return found
