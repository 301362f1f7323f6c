"""What a collection means to measure: known before the first test runs, so that what was not run is counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from pytest_refusal.configuration import wanted_of
from pytest_refusal.records import Expect, Probe
from pytest_refusal.session.ahead.prediction import probes_of
from pytest_refusal.session.conditions import Conditions
from pytest_refusal.session.gating.gated import GatedRun
from pytest_refusal.session.given import counts_in_rates
from pytest_refusal.session.redaction import Redactors
from pytest_refusal.session.wire import Plan, Planned, two_contents
from pytest_refusal.settings import Limits, Settings


def mark(item: pytest.Item) -> None:
    """Put the marker ``refusal`` on an item of ours, and what its probe says about it: ``xfail`` for wrong answers."""
    probes = list(probes_of(item))
    if "refusal" not in getattr(item, "fixturenames", ()) and not probes:
        return
    item.add_marker(pytest.mark.refusal)
    for probe in probes:
        if probe.xfail:
            # only a wrong answer is expected: an outage stays red
            item.add_marker(pytest.mark.xfail(reason=probe.xfail, raises=AssertionError))


def make_plan(
    items: Iterable[pytest.Item],
    deselected: Iterable[pytest.Item],
    settings: Settings,
    conditions: Conditions,
    redactors: Redactors,
    gated: GatedRun,
) -> Plan:
    """Return what the items are meant to measure; the baselines find their conditions among those of the items.

    Raises:
        pytest.UsageError: Two probes share an id and differ.
        UsageProblem: A baseline on the command line has none of the conditions.
    """
    chosen, others = list(items), list(deselected)
    names = sorted(set(_conditions_of([*chosen, *others], conditions)))
    gated.pair(names)
    probes: dict[str, Probe] = {}
    shown: dict[str, Probe] = {}

    def planned(some: Iterable[pytest.Item]) -> Iterator[Planned]:
        for item in some:
            if "refusal" not in getattr(item, "fixturenames", ()) or not counts_in_rates(item):
                continue
            for probe in probes_of(item):
                known = probes.setdefault(probe.id, probe)
                if known != probe:
                    raise pytest.UsageError(two_contents(known, probe))
                condition = conditions.name(item)
                if condition is None:
                    continue
                if probe.id not in shown:
                    shown[probe.id] = redactors.probe(probe, redactors.of(item))
                wanted = gated.wanted(condition, probe, redactors.of(item), wanted_of(item, settings))
                yield Planned(item.nodeid, probe.id, condition, wanted.attempts, wanted.paraphrases)

    selected = tuple(planned(chosen))
    makers = [item for item in others if counts_in_rates(item) and not any(probes_of(item))]
    return Plan(
        selected, tuple(planned(others)), shown, tuple(names), tuple(sorted(set(_conditions_of(makers, conditions))))
    )


def _conditions_of(items: Iterable[pytest.Item], conditions: Conditions) -> Iterator[str]:
    for item in items:
        if "refusal" in getattr(item, "fixturenames", ()) and (name := conditions.name(item)) is not None:
            yield name


def check_reach(plan: Plan, limits: Limits) -> None:
    """Meet a limit that so few attempts cannot prove before anything is asked.

    Raises:
        pytest.UsageError: There is one; it says how many attempts it takes.
    """
    if limits.min_rate is None and limits.max_false_rate is None:
        return
    from pytest_refusal.limits import unreachable_limit

    planned = {(one.probe, one.condition): one.attempts for one in plan.selected}
    least: dict[Expect, int] = {}
    for expect in Expect:
        by_condition: dict[str, int] = {}
        for (probe, condition), attempts in planned.items():
            if plan.probes[probe].expect is expect:
                by_condition[condition] = by_condition.get(condition, 0) + attempts
        least[expect] = min(by_condition.values(), default=0)
    if text := unreachable_limit(limits, least[Expect.REFUSE], least[Expect.ANSWER]):
        raise pytest.UsageError(text)
