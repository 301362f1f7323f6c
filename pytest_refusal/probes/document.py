"""A probe file as plain values, and where in the text each of them stands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from pytest_refusal.errors import UsageProblem
from pytest_refusal.probes.fields import Step
from pytest_refusal.probes.problems import Foreign, Problem

DEEPEST = 32
"""Levels of nesting in a file. libyaml's composer takes the whole process down at some 100,000."""

LONGEST_NUMBER = 400
"""Digits of a number: more than a float has, fewer than Python refuses to read."""


class Unreadable(UsageProblem):
    """The text is not of its format; nothing of it can be checked."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass(slots=True)
class Spot:
    """Where something stands.

    Attributes:
        line: From 1 on; of the key, where there is one.
        children: By key or index.
        source: A scalar of YAML as it is written, where it is read as something else than that text.
    """

    line: int
    children: dict[Step, Spot] | None = None
    source: str = ""

    def at(self, path: Sequence[Step]) -> Spot:
        """Return the spot of a key path, or of as much of it as there is."""
        spot = self
        for step in path:
            if not spot.children or step not in spot.children:
                break
            spot = spot.children[step]
        return spot

    def add(self, step: Step, child: Spot) -> Spot:
        """Put a child under this spot and return it."""
        if self.children is None:
            self.children = {}
        self.children[step] = child
        return child


@dataclass(slots=True)
class Document:
    """A file that was read.

    Attributes:
        content: Lists, dicts, texts, numbers, booleans, None; ``Foreign`` and dates where the file holds such things.
        spot: Where the content stands.
        problems: What the reading itself found, such as a key that stands twice.
        by_line: Each row is a line of the file, so messages need not say its index.
    """

    content: object
    spot: Spot
    problems: list[Problem] = field(default_factory=list)
    by_line: bool = False


def twice(path: tuple[Step, ...], first: int) -> Problem:
    """Return the problem of a key that stands in a mapping again."""
    return Problem(path, f"expected each key once, got {str(path[-1])[:60]!a} again (first at line {first})")


def integer(digits: str) -> int | Foreign:
    """Return the number of a JSON text, unless it is absurdly long: Python refuses those with a bare ValueError."""
    return int(digits) if len(digits) <= LONGEST_NUMBER else Foreign(f"a number of {len(digits)} digits")


def is_number(content: object) -> bool:
    """Return whether something is a finite number: JSON knows no other, and no server takes one."""
    return (
        isinstance(content, int | float)
        and not isinstance(content, bool)
        and not (isinstance(content, float) and not math.isfinite(content))
    )
