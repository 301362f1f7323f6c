"""What servers say of themselves, asked once each."""

from __future__ import annotations

from pytest_refusal.errors import TargetError
from pytest_refusal.protocols import Endpoint, Facts
from pytest_refusal.settings import Record


class KnownFacts:
    """Facts of the endpoints of a run. Threads may share it.

    Args:
        mode: Where answers come from; in mode ``none`` nobody is asked.
    """

    def __init__(self, mode: Record) -> None:
        self._mode = mode
        self._known: dict[int, tuple[Endpoint, Facts]] = {}

    def of(self, endpoint: Endpoint) -> Facts:
        """Return what the server says of itself; nothing if it does not answer or must not be asked."""
        if self._mode is Record.NONE:
            return Facts()
        known = self._known.get(id(endpoint))
        if known is None:
            try:
                known = (endpoint, endpoint.facts())
            except TargetError:
                # whoever has to ask meets the error again, with its test to show it
                known = (endpoint, Facts())
            self._known[id(endpoint)] = known
        return known[1]
