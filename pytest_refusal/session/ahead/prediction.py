"""What an item will ask, known before it runs: the probes among its parameters, and whom they will be asked of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_refusal.configuration import wanted_of
from pytest_refusal.protocols import Ahead, Endpoint
from pytest_refusal.records import Probe, Request, Role
from pytest_refusal.session.ahead.asks import Ask, Prediction
from pytest_refusal.session.asking import Asker, Case
from pytest_refusal.session.conditions import PROMPT, TARGET, Conditions
from pytest_refusal.session.gating.gated import GatedRun
from pytest_refusal.session.redaction import Redactors
from pytest_refusal.session.wordings.drawing import Drawing, Key
from pytest_refusal.settings import Settings

if TYPE_CHECKING:
    from pytest_refusal.framing import Framed

OURS = frozenset({"refusal", PROMPT, TARGET})


def probes_of(item: pytest.Item) -> Iterator[Probe]:
    """Yield the probes among an item's parameters, whoever put them there."""
    callspec = getattr(item, "callspec", None)
    if callspec is not None:
        for content in callspec.params.values():
            if isinstance(content, Probe):
                yield content


class Predictor:
    """Says what an item will ask, or nothing where that is not sure.

    Args:
        items: In the order in which they run.
        settings: Of the run.
        conditions: Whom an item asks.
        redactors: For what is written of an answer.
        asker: Makes the requests, as the test will.
        drawing: Draws other wordings, as the test will.
        gated: What a baseline changes.
    """

    def __init__(
        self,
        items: Sequence[pytest.Item],
        settings: Settings,
        conditions: Conditions,
        redactors: Redactors,
        asker: Asker,
        drawing: Drawing,
        gated: GatedRun,
    ) -> None:
        self._items = items
        self._settings = settings
        self._conditions = conditions
        self._redactors = redactors
        self._asker = asker
        self._drawing = drawing
        self._gated = gated

    def __call__(self, place: int) -> Prediction:
        """Return what the item at this place will ask, without what the store has; never raises."""
        item = self._items[place]
        function = item.nodeid.partition("[")[0]
        try:
            return Prediction(function, list(self._asks(place, item, function)))
        except Exception:
            # its test shows it: also what a hook of the team's raises, which would be an internal error here
            return Prediction(function)

    def _asks(self, place: int, item: pytest.Item, function: str) -> Iterator[Ask]:
        if "refusal" not in getattr(item, "fixturenames", ()) or may_not_run(item):
            return
        probes = list(probes_of(item))
        known = self._conditions.known(item) if probes else None
        if known is None:
            return
        endpoint, condition = known
        if not self._may_ask(endpoint, item):
            return
        said = wanted_of(item, self._settings)
        case = Case(item.nodeid, endpoint, condition, self._redactors.of(item))
        for probe in probes:
            first = self._asker.first(case, probe)
            if endpoint.lacks(first):
                # its test says so
                continue
            pinned = self._gated.pinned(condition.name, probe, case.redact)
            wanted = self._gated.wanted(condition.name, probe, case.redact, said)
            drawn = self._drawing.of(item, probe, wanted, pinned)
            asks = [(probe, request) for request in requests_of(case, first, wanted.attempts)]
            if drawn is not None:
                asks = worded(self._asker, case, probe, drawn.first(len(asks)))
            asks += framed_requests(
                self._asker, case, self._drawing.framed(self._asker, case, probe, wanted), wanted.attempts
            )
            for one, request in asks:
                if not self._asker.may_have(case, request):
                    yield Ask(place, function, case, one, request)

    def _may_ask(self, endpoint: Endpoint, item: pytest.Item) -> bool:
        if endpoint.ahead is Ahead.ALWAYS:
            return True
        return may_be_threaded(endpoint, self._settings) and has_no_own_fixtures(item)


def requests_of(case: Case, first: Request, attempts: int) -> list[Request]:
    """Return what a check asks whose first attempt is ``first``: fewer where the target holds fewer answers."""
    attempts = min(attempts, case.endpoint.holds(first) or attempts)
    later = range(first.attempt + 1, first.attempt + attempts)
    return [first, *(replace(first, attempt=number) for number in later)]


def worded(asker: Asker, case: Case, probe: Probe, keys: Iterable[Key]) -> list[tuple[Probe, Request]]:
    """Return the requests of a probe in its own words and in others, each with the probe as the judge has to see it."""
    found = []
    for text, role, attempt in keys:
        one = probe if text == probe.prompt else probe.reworded(text)
        if role is Role.ROUND:
            found.append((one, asker.first(case, probe, attempt, one.prompt)))
        else:
            found.append((one, asker.request(case, one, attempt, role)))
    return found


def framed_requests(asker: Asker, case: Case, framed: Sequence[Framed], attempts: int) -> list[tuple[Probe, Request]]:
    """Return the requests of a probe in other frames, each as often as in its own, form after form.

    Fewer where the target holds fewer answers.
    """
    return [
        (one.probe, request)
        for one in framed
        for request in requests_of(case, asker.request(case, one.probe, 1, Role.ROUND), attempts)
    ]


def may_be_threaded(endpoint: Endpoint, settings: Settings) -> bool:
    """Return whether a target may be asked on other threads than the test's: by the team's word, where it is theirs."""
    if endpoint.ahead is Ahead.IF_TOLD:
        return settings.concurrency is not None
    return endpoint.ahead in (Ahead.ALWAYS, Ahead.STATED)


def may_not_run(item: pytest.Item) -> bool:
    """Return whether a mark may keep the item from running.

    A condition that is a text is evaluated by pytest, in the item's own globals, when its time has come: until then
    it counts as met.
    """
    if any(item.iter_markers("skip")):
        return True
    for mark in item.iter_markers("skipif"):
        if any(isinstance(one, str) or one for one in _conditions_of(mark)):
            return True
    for mark in item.iter_markers("xfail"):
        if mark.kwargs.get("run", True) is False:
            conditions = _conditions_of(mark)
            if not conditions or any(isinstance(one, str) or one for one in conditions):
                return True
    return False


def _conditions_of(mark: pytest.Mark) -> list[object]:
    return [*mark.args, *([mark.kwargs["condition"]] if "condition" in mark.kwargs else [])]


def has_no_own_fixtures(item: pytest.Item) -> bool:
    """Return whether everything that the item requests outlives it and is set up already, or is ours.

    A function of the team's that is asked before its test would miss that test's fixtures and mocks.
    """
    info: Any = getattr(item, "_fixtureinfo", None)
    callspec = getattr(item, "callspec", None)
    parameters = callspec.params if callspec is not None else {}
    for name, definitions in info.name2fixturedefs.items() if info is not None else ():
        definition = definitions[-1]
        if name in OURS - {TARGET} or (name == TARGET and definition.func.__module__ == "pytest_refusal.plugin"):
            continue
        if name in parameters and str(definition.func.__module__).startswith("_pytest."):
            # pytest's own stand-in for a direct parameter
            continue
        if definition.scope != "session" or definition.cached_result is None:
            return False
    return True
