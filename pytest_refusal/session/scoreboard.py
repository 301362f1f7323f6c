"""The scoreboard: counts outcomes wherever test reports arrive, alone and on the controller of pytest-xdist."""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from pytest_refusal import __version__
from pytest_refusal.agreement import agreement
from pytest_refusal.limits import broken_limits
from pytest_refusal.protocols import JudgeIdentity
from pytest_refusal.records import Label, Outcome, Probe, Role, Verdict
from pytest_refusal.session.summing import by_condition, summed
from pytest_refusal.session.wire import ItemRecord, Plan, Planned, two_contents
from pytest_refusal.session.wordings.numbers import WordingNumbers
from pytest_refusal.settings import Settings
from pytest_refusal.summary import Broken, JudgeErrors, MeasuredCondition, Report, ServerUse, Usage

Identity = tuple[str, str, str, str, int]
"""(probe, condition, hash of the rewording or ``""``, role, attempt): numbers of rewordings are each test's own."""


class Scoreboard:
    """Takes in what travels on test reports and makes the run's report of it.

    One trial per identity (probe, condition, wording, role, attempt): reruns, second tests and other workers add none.
    The first verdict counts; an error is none. Of two items that asked an opaque callable, the one that comes first
    in the collection counts.

    Args:
        settings: Of the run.
        errors: What is known of a judge's errors; used if it is the one that judged.
    """

    def __init__(self, settings: Settings, errors: JudgeErrors | None = None) -> None:
        self.settings = settings
        self.errors = errors
        self.judge: JudgeIdentity | None = None
        self._plan = Plan()
        self._outcomes: dict[Identity, tuple[tuple[bool, int], Outcome]] = {}
        self._numbers = WordingNumbers()
        self._probes: dict[str, Probe] = {}
        self._conflicts: dict[str, str] = {}
        self._conditions: dict[str, MeasuredCondition] = {}
        self._responses: dict[str, str] = {}
        self._not_asked: dict[tuple[str, str], int] = {}
        self._cut: dict[int, int] = {}
        self._picked: set[tuple[str, str]] = set()
        self._usage = Usage()
        self._servers: dict[tuple[str, str], ServerUse] = {}
        self._warnings: dict[str, None] = {}
        self._crashed: set[str] = set()

    def plan(self, plan: Plan) -> None:
        """Take in what is meant to run; every process sends the same."""
        self._plan = plan
        for probe in plan.probes.values():
            self._know(probe)

    def add(self, record: ItemRecord) -> None:
        """Take in what one run of an item measured."""
        if None not in (self.judge, record.judge) and self.judge != record.judge:
            self._conflicts.setdefault("judge", "the processes of this run judged by different judges")
        self.judge = record.judge or self.judge
        for probe in record.probes.values():
            self._know(probe)
        for name, measured in record.conditions.items():
            known = self._conditions.get(name)
            if known is None or not known.facts.model:
                self._conditions[name] = measured
            elif measured.facts.model and measured.facts != known.facts:
                self._warn(
                    f"{name}: more than one model answered in this run: {known.facts.model} and {measured.facts.model}"
                )
        hashes: dict[tuple[str, str, int], str] = {}
        for asked in record.wordings:
            self._numbers.take(record.index, asked)
            for number, one in asked.all.items():
                hashes[asked.probe, asked.condition, number] = one.sha256
        for outcome in record.outcomes:
            # errors come last, then the place in the collection decides; the first to arrive wins a tie
            rank = (outcome.verdict.label is Label.ERROR, record.index)
            reworded = hashes.get((outcome.probe, outcome.condition, outcome.wording), "")
            identity = (outcome.probe, outcome.condition, reworded, outcome.role.value, outcome.attempt)
            known_outcome = self._outcomes.get(identity)
            if known_outcome is None or rank < known_outcome[0]:
                self._outcomes[identity] = (rank, outcome)
                if (text := record.responses.get(outcome.request)) is not None:
                    self._responses[outcome.request] = text
        self._not_asked.update(record.not_asked)
        self._picked |= set(record.picked)
        # of an item that is run again, the last time
        self._cut[record.index] = record.cut
        self.spend(record.usage, record.servers, record.process)
        for warning in record.warnings:
            self._warn(warning)

    def spend(self, usage: Usage, servers: Iterable[ServerUse], process: str = "") -> None:
        """Take in what something cost, and how a process has used each server up to now."""
        self._usage = self._usage.plus(usage)
        for one in servers:
            self._servers[one.address, process] = one

    @property
    def conditions(self) -> tuple[str, ...]:
        """Names of the conditions that the run was meant to have, those that the user left out too."""
        return self._plan.conditions

    @property
    def unnamed(self) -> frozenset[str]:
        """Those of them under which the user left out tests that make their probes themselves."""
        return frozenset(self._plan.unnamed)

    def crashed(self, nodeid: str) -> None:
        """Take in that a worker died while it ran this item."""
        self._crashed.add(nodeid)

    @property
    def picked(self) -> dict[str, tuple[str, ...]]:
        """Condition → ids of the probes whose first attempt earned fresh ones."""
        return by_condition(self._picked)

    @property
    def measured(self) -> bool:
        """Whether this run has, or was meant to have, anything to do with refusals."""
        return bool(self._outcomes or self._plan.selected)

    def report(self, *, reworded: bool = True) -> Report:
        """Return the run as it stands: summary, limits, everything a report shows.

        Args:
            reworded: With what other wordings and frames came to, which takes longest.
        """
        settings = self.settings
        crashed, not_run = self._missing()
        outcomes = [
            self._numbers.number(outcome, identity[2]) for identity, (_, outcome) in self._outcomes.items()
        ] + crashed
        outcomes.sort(key=lambda one: one.identity)
        judge = self.judge if outcomes else None
        errors = self._errors_of(judge)
        asked_wordings = tuple(self._numbers.asked())
        drawn = {(one.probe, one.condition) for one in asked_wordings if one.wanted}
        not_reworded = {(one.probe, one.condition) for one in self._plan.selected if one.paraphrases} - drawn
        summary = summed(
            outcomes,
            self._probes,
            self._conditions,
            not_run=not_run,
            asked=asked_wordings if reworded else (),
            not_reworded=not_reworded if reworded else (),
            rule=settings.rule,
            seed=settings.seed,
            errors=errors,
        )
        deselected = {(one.probe, one.condition) for one in self._plan.deselected} - {
            (one.probe, one.condition) for one in self._plan.selected
        }
        asked = {(one.condition, self._probes[one.probe].expect) for one in self._plan.selected}
        left_out: dict[str, set[str]] = defaultdict(set)
        for probe, condition in deselected:
            # a direction of which some probes were selected is still to be measured
            if (condition, expect := self._probes[probe].expect) not in asked:
                left_out[condition].add(expect.value)
        broken = broken_limits(summary, settings.limits, {name: frozenset(sides) for name, sides in left_out.items()})
        broken += self._broken(summary_is_empty=not summary)
        named = {outcome.condition for outcome in outcomes} | {condition for _, condition in not_run}
        seen = {outcome.probe for outcome in outcomes} | {probe for probe, _ in not_run}
        unjudged = any(not outcome.verdict.label.judged for outcome in outcomes)
        return Report(
            plugin_version=__version__,
            complete=not unjudged and not any(not_run.values()) and not any(self._cut.values()),
            judge=judge,
            errors=errors,
            usage=self._usage,
            servers=tuple(self._shared_servers()),
            rule=settings.rule,
            conditions={name: self._conditions[name] for name in sorted(named) if name in self._conditions},
            probes={name: self._probes[name] for name in sorted(seen)},
            outcomes=tuple(outcomes),
            responses=dict(sorted(self._responses.items())),
            summary=summary,
            deselected=Counter(condition for _, condition in sorted(deselected)),
            left_out=by_condition(deselected),
            not_run={
                condition: {probe: count for probe in probes if (count := not_run[probe, condition])}
                for condition, probes in by_condition(key for key, count in not_run.items() if count).items()
            },
            broken=tuple(broken),
            warnings=tuple(self._warnings),
            texts=settings.report_texts,
            agreement=agreement(outcomes),
            wordings={name: worded for name in sorted(seen) if (worded := self._numbers.of(name))},
            asked=asked_wordings,
            not_reworded=by_condition(not_reworded),
            seed=settings.seed,
            limits=settings.limits,
        )

    def _errors_of(self, judge: JudgeIdentity | None) -> JudgeErrors | None:
        if self.errors is None or judge is None:
            return None
        from pytest_refusal.judges.acts import acting

        measured, file = self.errors.judge, self.settings.calibration
        if file is not None and file.is_relative_to(self.settings.root):
            # the same run in another folder writes the same report
            file = file.relative_to(self.settings.root)
        # labels are of words: the names of handover tools are in the run's hash, and in no calibration
        if acting(measured, self.settings.handoff_tools).sha256 != judge.sha256:
            self._warn(
                f"{file} (ini refusal_calibration) was made with another judge ({measured.name} "
                f"{measured.version} {measured.sha256[:8]}, and this run's is {judge.name} {judge.version} "
                f"{judge.sha256[:8]}): not used; make it again with: pytest-refusal calibrate --judge {judge.name} "
                f"LABELS --save {file}"
            )
            return None
        return self.errors

    def _shared_servers(self) -> Iterator[ServerUse]:
        """Yield each server once, with what all processes saw of it."""
        told = self.settings.concurrency
        for _, uses in groupby(sorted(self._servers.items()), key=lambda one: one[0][0]):
            use = functools.reduce(ServerUse.plus, (use for _, use in uses))
            if told is not None:
                # not all of them had theirs in flight at the same time
                use = replace(use, limit=min(use.limit, told), in_flight=min(use.in_flight, told))
            yield use

    def _missing(self) -> tuple[list[Outcome], Counter[tuple[str, str]]]:
        """Return an ``error`` for every attempt that a crash took along, and how many attempts were not run."""
        reached = {(outcome.probe, outcome.condition) for _, outcome in self._outcomes.values()}
        planned: dict[tuple[str, str], Planned] = {}
        crashed: set[tuple[str, str]] = set()
        for one in self._plan.selected:
            key = (one.probe, one.condition)
            if key not in planned or planned[key].attempts < one.attempts:
                planned[key] = one
            if one.item in self._crashed:
                crashed.add(key)
        lost: list[Outcome] = []
        not_run: Counter[tuple[str, str]] = Counter(self._not_asked)
        for key, one in planned.items():
            if key in reached:
                continue
            if key in crashed:
                died = Verdict(Label.ERROR, 0.0, reason="the worker that ran its test died")
                lost += [
                    Outcome(*key, attempt=number + 1, verdict=died, role=Role.ROUND) for number in range(one.attempts)
                ]
            else:
                not_run[key] += one.attempts - self._not_asked.get(key, 0)
        return lost, not_run

    def _broken(self, summary_is_empty: bool) -> Iterator[Broken]:
        for name, text in self._conflicts.items():
            yield Broken("unmeasured", name, "", text)
        cut = []
        if self._not_asked:
            cut.append(f"{sum(self._not_asked.values())} attempts of {len(self._not_asked)} probes")
        if others := sum(self._cut.values()):
            # every figure of them is of fewer than were meant, and some have no limit of their own that would say so
            cut.append(f"{others} requests in other words or frames, or outside of the rates,")
        if cut:
            yield Broken(
                "unmeasured",
                "max_requests",
                "",
                f"the run was cut: refusal_max_requests = {self.settings.max_requests} was reached, "
                f"{' and '.join(cut)} were not asked",
            )
        if summary_is_empty:
            for stem in sorted(self.settings.named_limits):
                option = f"--refusal-{stem.replace('_', '-')}"
                yield Broken("unmeasured", stem, "", f"{option} was given, and this run measured no probe")

    def _know(self, probe: Probe) -> None:
        known = self._probes.setdefault(probe.id, probe)
        if known != probe:
            self._conflicts.setdefault(f"probe[{probe.id}]", two_contents(known, probe))

    def _warn(self, text: str) -> None:
        self._warnings.setdefault(text)
