"""In which other words and frames a probe was asked: what travels beside the outcomes, and numbers them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pytest_refusal.records import FramedForm, Rewording
from pytest_refusal.summary.reworded import SmallestFlip


@dataclass(frozen=True, slots=True)
class AskedWordings:
    """The other words and frames that a probe was asked in, or was meant to be, under one condition.

    Attributes:
        probe: Its id.
        condition: The condition's name.
        wanted: How many rewordings the test asked for.
        rewordings: Number → rewording, from 1.
        smallest: The flip that was found by minimising, or None.
        framings: Number → the probe in another frame; the numbers go on after those of rewordings.
        attempts: Hash of a frame → how often it was meant to be asked; ``""``: the canonical wording.
    """

    probe: str
    condition: str
    wanted: int
    rewordings: Mapping[int, Rewording] = field(default_factory=dict, hash=False)
    smallest: SmallestFlip | None = None
    framings: Mapping[int, FramedForm] = field(default_factory=dict, hash=False)
    attempts: Mapping[str, int] = field(default_factory=dict, hash=False)

    @property
    def all(self) -> dict[int, Rewording | FramedForm]:
        """Rewordings and frames by their numbers."""
        return {**self.rewordings, **self.framings}

    def to_json(self) -> dict[str, Any]:
        """Return every field; JSON types only."""
        return {
            "probe": self.probe,
            "condition": self.condition,
            "wanted": self.wanted,
            "rewordings": [[number, one.to_json()] for number, one in self.rewordings.items()],
            "smallest": self.smallest and self.smallest.to_json(),
            "framings": [[number, one.to_json()] for number, one in self.framings.items()],
            "attempts": dict(self.attempts),
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> AskedWordings:
        """Return what ``to_json`` wrote."""
        fields = dict(row)
        fields["rewordings"] = {number: Rewording.from_json(one) for number, one in row["rewordings"]}
        fields["framings"] = {number: FramedForm.from_json(one) for number, one in row["framings"]}
        fields["smallest"] = SmallestFlip.from_json(row["smallest"]) if row["smallest"] else None
        return cls(**fields)
