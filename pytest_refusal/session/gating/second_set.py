"""Nothing was edited, and something fails: everything is asked once more, role ``again``, before the verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace

from pytest_refusal.errors import LimitReached, RefusalError
from pytest_refusal.gate import CONFIRMATIONS
from pytest_refusal.records import Expect, Outcome, Probe, Request, Role
from pytest_refusal.session.asking import Asker, Case
from pytest_refusal.session.gating.pairs import Compared
from pytest_refusal.summary import GateResult

Place = tuple[str, str]
"""Condition and probe id."""


def wanted_again(pairs: Iterable[Compared], result: GateResult) -> dict[Place, int]:
    """Return how often each probe is to be asked once more: as often as it was; five times if it failed by itself."""
    gated = {one.now: one.gated for one in pairs}
    found: dict[Place, int] = {}
    for direction in (one for one in result.directions if one.wants_again):
        alone = {one.name for one in direction.broken if one.family == "probe"}
        for probe in gated[direction.condition].probes:
            if probe.in_baseline and probe.expect is Expect(direction.direction) and probe.now.judged:
                attempts = CONFIRMATIONS if probe.id in alone else probe.now.total
                found[direction.condition, probe.id] = attempts
    return found


def ask_again(
    wanted: Mapping[Place, int], find: Callable[[str, str], tuple[Case, Probe] | None], asker: Asker
) -> tuple[list[Outcome], list[Case]]:
    """Ask the second set.

    Args:
        wanted: (condition, probe id) → how often.
        find: Whom to ask, and the probe as it is asked; None where that is not known.
        asker: Asks; its attempts are numbered after all that were made.

    Returns:
        (outcomes, whom was asked); what could not be asked is left out.
    """
    asks: list[tuple[Case, Probe, list[Request]]] = []
    for (condition, name), attempts in wanted.items():
        found = find(condition, name)
        if found is not None:
            case, probe = found
            begins = asker.numbers(case, probe, probe.prompt) + attempts + 1
            first = asker.request(case, probe, begins, Role.AGAIN)
            asks.append((case, probe, [replace(first, attempt=begins + more) for more in range(attempts)]))
    asker.ask_ahead([(case, probe, request) for case, probe, requests in asks for request in requests])
    outcomes: list[Outcome] = []
    with suppress(LimitReached, RefusalError):
        # what is missing counts as unjudged, and clears nobody
        for case, probe, requests in asks:
            outcomes += [asker.attempt(case, probe, request).outcome for request in requests]
    return outcomes, list({id(one): one for one, _, _ in asks}.values())
