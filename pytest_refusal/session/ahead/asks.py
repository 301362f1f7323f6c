"""What is to be asked ahead, as values: of which item, of whom, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from pytest_refusal.errors import TargetError
from pytest_refusal.records import Probe, Request
from pytest_refusal.session.asking import Case, Fetched

Place = tuple[str, str]
"""The item of an opaque callable (its answers are its own), else ``""``; and the request's key."""


class State(Enum):
    WAITING = 1
    ASKING = 2
    DONE = 3


@dataclass(slots=True, eq=False)
class Ask:
    """A request to be asked ahead.

    Attributes:
        item: The place in the collection of the item that will want it.
        function: The item's test function: one unused prediction ends the asking ahead for it.
        awaited: A test waits for it.
    """

    item: int
    function: str
    case: Case
    probe: Probe
    request: Request
    state: State = State.WAITING
    awaited: bool = False
    fetched: Fetched | None = None
    error: TargetError | None = None

    @property
    def place(self) -> Place:
        return place_of(self.case, self.request)


@dataclass(slots=True)
class Prediction:
    """What an item will ask: known before it runs."""

    function: str
    asks: list[Ask] = field(default_factory=list)


def place_of(case: Case, request: Request) -> Place:
    """Return what tells two asked requests apart."""
    return ("" if case.endpoint.identity is not None else case.item, request.key)
