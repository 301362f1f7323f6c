"""``--refusal-dry-run``: what a run would ask, by condition; nothing is asked and no test runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from pytest_refusal import __version__
from pytest_refusal.configuration import wanted_of
from pytest_refusal.errors import UsageProblem
from pytest_refusal.escaping import printable
from pytest_refusal.protocols import Condition, Facts, Redactor
from pytest_refusal.records import Probe
from pytest_refusal.reports.terminal import Line, table
from pytest_refusal.session.ahead.asks import Place, place_of
from pytest_refusal.session.ahead.prediction import framed_requests, probes_of, requests_of, worded
from pytest_refusal.session.asking import Asker, Case
from pytest_refusal.session.conditions import Conditions
from pytest_refusal.session.gating.gated import GatedRun
from pytest_refusal.session.given import counts_in_rates
from pytest_refusal.session.redaction import Redactors
from pytest_refusal.session.wire import measured
from pytest_refusal.session.wordings.drawing import Drawing, Drawn
from pytest_refusal.settings import Record, Settings, Wanted
from pytest_refusal.summary import Broken, MeasuredCondition, Report, Usage

if TYPE_CHECKING:
    from pytest_refusal.framing import Framed


@dataclass(slots=True)
class Forecast:
    """What a condition costs.

    Attributes:
        stored: Requests that the store answers, whatever model gave the answer: no server was asked.
        to_ask: Requests that the target would get.
        held: Answers that a file holds.
        unsure: A fixture says what is asked, and none was set up: ``to_ask`` is the most it can be.
    """

    stored: set[Place] = field(default_factory=set)
    to_ask: set[Place] = field(default_factory=set)
    held: set[Place] = field(default_factory=set)
    unsure: bool = False


class DryRun:
    """Looks through the items instead of running them.

    Args:
        settings: Of the run.
        conditions: Whom an item asks.
        redactors: As for a run.
        asker: Makes the requests and looks into the store.
        drawing: Draws other wordings, as a run will.
        gated: What a baseline changes.
    """

    def __init__(
        self,
        settings: Settings,
        conditions: Conditions,
        redactors: Redactors,
        asker: Asker,
        drawing: Drawing,
        gated: GatedRun,
    ) -> None:
        self._settings = settings
        self._conditions = conditions
        self._redactors = redactors
        self._asker = asker
        self._drawing = drawing
        self._gated = gated
        self._drawn: dict[str, tuple[Drawn, Redactor]] = {}
        self._framed: dict[str, list[Framed]] = {}
        self._forecasts: dict[str, Forecast] = {}
        self._met: dict[str, MeasuredCondition] = {}
        self._meant: dict[str, dict[str, int]] = {}
        self._probes: dict[str, Probe] = {}
        self._unknown: dict[str, None] = {}
        self._uncounted = 0

    def look(self, items: Iterable[pytest.Item]) -> None:
        """Count what the items would ask.

        Raises:
            UsageProblem: A target is none, or cannot receive a probe.
        """
        for item in items:
            if "refusal" not in getattr(item, "fixturenames", ()):
                continue
            probes = list(probes_of(item))
            if not probes:
                self._uncounted += 1
                continue
            said, redact = wanted_of(item, self._settings), self._redactors.of(item)
            condition = self._conditions.name(item) or ""
            for probe in probes:
                wanted = self._gated.wanted(condition, probe, redact, said)
                drawn = self._drawing.of(item, probe, wanted, self._gated.pinned(condition, probe, redact))
                if drawn is not None:
                    self._drawn.setdefault(probe.id, (drawn, redact))
                self._count(item, probe, wanted, drawn)
                if condition and counts_in_rates(item):
                    self._meet(item, condition, probe, wanted.attempts)

    @property
    def to_ask(self) -> int:
        """How many requests the run would ask."""
        return sum(len(one.to_ask) for one in self._forecasts.values())

    @property
    def broken(self) -> Broken | None:
        """The limit that the run would reach, or None."""
        limit = self._settings.max_requests
        if limit is None or self.to_ask <= limit:
            return None
        return Broken(
            "limit", "max_requests", "", f"{self.to_ask} requests would be asked, refusal_max_requests is {limit}"
        )

    @property
    def report(self) -> Report:
        """What a run would measure, for ``compare --check-identity``: conditions and probes, and no outcome.

        Attempts are "not run". What a fixture will be is not known, for a dry run sets none up: its condition has no
        identity, and a warning.
        """
        not_run = {name: dict(sorted(meant.items())) for name, meant in sorted(self._meant.items())}
        return Report(
            plugin_version=__version__,
            complete=False,
            judge=None,
            usage=Usage(),
            rule=self._settings.rule,
            conditions=dict(sorted(self._met.items())),
            probes=dict(sorted(self._probes.items())),
            outcomes=(),
            responses={},
            summary={},
            warnings=tuple(
                f"{name}: a fixture makes what is asked, and a dry run sets none up: its identity is not known"
                for name in self._unknown
            ),
            texts=self._settings.report_texts,
            not_run=not_run,
            seed=self._settings.seed,
            limits=self._settings.limits,
            dry_run=True,
        )

    def lines(self) -> Iterator[Line]:
        """Yield the section of pytest's summary."""
        if self._forecasts:
            rows = [["condition", "requests", "stored", "to ask"]]
            for name, one in self._forecasts.items():
                known = len(one.stored) + len(one.held)
                to_ask = f"at most {len(one.to_ask)}" if one.unsure else str(len(one.to_ask))
                rows.append([name, str(known + len(one.to_ask)), str(known), to_ask])
            yield from table(rows)
        for name, framed in self._framed.items():
            if framed:
                yield Line(f"{printable(name)}: in {len(framed)} other frames: {', '.join(one.name for one in framed)}")
        if self._drawn:
            yield from self._wordings()
            yield Line(
                "a wording that flips is asked twice more, and the smallest one that flips is looked for", "note"
            )
        if any(one.unsure for one in self._forecasts.values()):
            yield Line("at most: a fixture says what is asked, and a dry run sets none up", "note")
        if any(one.stored for one in self._forecasts.values()):
            yield Line("stored answers count whatever model gave them: no server was asked")
        if self._uncounted:
            tests = "1 test asks" if self._uncounted == 1 else f"{self._uncounted} tests ask"
            yield Line(f"{tests} what it makes itself, which is not counted", "note")
        if self._settings.record is Record.NONE:
            missing = self.to_ask
            yield Line(
                f"--refusal-record=none: nothing is asked, {missing} answers are missing", "bad" if missing else ""
            )
        else:
            most = "at most " if any(one.unsure for one in self._forecasts.values()) else ""
            yield Line(f"{most}{self.to_ask} requests would be asked; nothing was")
        if models := [text for text in self._settings.judges if "ollama:" in text]:
            calls = len(models) * len({"refusal", *self._settings.rubrics})
            yield Line(
                f"judged by {', '.join(map(printable, self._settings.judges))}: at most {calls} judge calls for each "
                "answer whose verdict is not stored, and the golden cases of each model once"
            )
        if (broken := self.broken) is not None:
            yield Line(f"FAILED: {broken.message}", "bad")

    def _wordings(self) -> Iterator[Line]:
        """Yield the other wordings of each probe, and what looks wrong with the team's own."""
        from pytest_refusal.paraphrase import warnings_of_probe

        for name, (drawn, redact) in self._drawn.items():
            few = f" of {drawn.wanted} wanted, no more can be made" if len(drawn.rewordings) < drawn.wanted else ""
            yield Line(f"{printable(name)}: {printable(redact(drawn.probe.prompt))}")
            yield Line(f"  in {len(drawn.rewordings)} other wordings{few}:")
            for one in drawn.rewordings:
                yield Line(f"    {printable(redact(one.text))}  ({', '.join(map(printable, one.operators))})")
            for warning in warnings_of_probe(drawn.probe, self._settings.lang):
                yield Line(f"  {printable(redact(warning))}", "note")

    def _meet(self, item: pytest.Item, name: str, probe: Probe, attempts: int) -> None:
        """Take down what a report of the run would have of this probe: all of it as it may be written."""
        redact = self._redactors.of(item)
        self._probes.setdefault(probe.id, self._redactors.probe(probe, redact))
        meant = self._meant.setdefault(name, {})
        meant[probe.id] = max(meant.get(probe.id, 0), attempts)
        if name in self._met and name not in self._unknown:
            return
        if (known := self._conditions.known(item)) is not None:
            self._unknown.pop(name, None)
            self._met[name] = measured(known[1], Facts(), redact)
        elif name not in self._met:
            self._unknown[name] = None
            prompt = self._conditions.prompt(item)
            met = Condition(name, name, None, "" if prompt is None else prompt.text)
            self._met[name] = measured(met, Facts(), redact)

    def _count(self, item: pytest.Item, probe: Probe, wanted: Wanted, drawn: Drawn | None) -> None:
        known = self._conditions.known(item)
        if known is None:
            forecast = self._forecasts.setdefault(self._conditions.name(item) or "", Forecast())
            forecast.unsure = True
            framed = self._drawing.forms(probe, wanted)
            self._framed.setdefault(probe.id, framed)
            plain = wanted.attempts if drawn is None else len(drawn.first(wanted.attempts))
            most = plain + len(framed) * wanted.attempts
            forecast.to_ask |= {(item.nodeid, f"{probe.id} {number}") for number in range(most)}
            return
        endpoint, condition = known
        case = Case(item.nodeid, endpoint, condition, self._redactors.of(item))
        forecast = self._forecasts.setdefault(condition.name, Forecast())
        first = self._asker.first(case, probe)
        if lacks := endpoint.lacks(first):
            raise UsageProblem(f"{probe.id}: {lacks}")
        requests = requests_of(case, first, wanted.attempts)
        if drawn is not None:
            requests = [one for _, one in worded(self._asker, case, probe, drawn.first(len(requests)))]
        framed = self._drawing.framed(self._asker, case, probe, wanted)
        requests += [one for _, one in framed_requests(self._asker, case, framed, wanted.attempts)]
        self._framed.setdefault(probe.id, framed)
        for request in requests:
            place = place_of(case, request)
            if not endpoint.stored and endpoint.identity is not None:
                forecast.held.add(place)
            elif self._asker.may_have(case, request):
                forecast.stored.add(place)
            else:
                forecast.to_ask.add(place)


class InsteadOfTests:
    """Registered in a dry run: pytest's loop over the tests is left out."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        # after errors of the collection pytest's own loop says so
        return None if session.testsfailed else True
