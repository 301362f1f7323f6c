"""The gate in the JSON report: the verdict, what is broken, and everything that the gate was told and found."""

from __future__ import annotations

from typing import Any

from pytest_refusal.reports.gate import message
from pytest_refusal.summary import Broken, BrokenGate, GateReport, Report

_OF_THE_GATE = ("suite", "second", "rewordings", "category", "probe", "critical")


def gate_json(report: Report) -> dict[str, Any]:
    """Return what stands under ``gate``: of a run without a gate the verdict by its limits, and what is broken."""
    gate = report.gate
    if gate is None:
        broken = [_limit(one) for one in report.broken]
        return {"verdict": report.verdict, "level": None, "broken": broken, "minimum_detectable_drop": None}
    result = gate.result
    return {
        "verdict": report.verdict,
        "level": result.level,
        "broken": [
            # the report's entries for what the gate found have less in them
            *(_limit(one) for one in report.broken if one.family not in _OF_THE_GATE),
            *(_broken(one) for one in result.broken),
        ],
        "minimum_detectable_drop": result.minimum_detectable_drop,
        **_told(gate),
        "directions": [one.to_json() for one in result.directions],
        **({"answers": [one.to_json() for one in gate.answers]} if report.texts else {}),
    }


def _told(gate: GateReport) -> dict[str, Any]:
    return {
        "margin": gate.margin,
        "min_drop": gate.min_drop,
        "baselines": dict(gate.baselines),
        "remark": gate.remark,
        "about": list(gate.about),
        "relabelled": list(gate.relabelled),
        "picked": {condition: list(probes) for condition, probes in gate.picked.items()},
        "again": gate.again,
        "saved": gate.saved,
        "reworded": gate.reworded,
    }


def _limit(one: Broken) -> dict[str, Any]:
    return {
        "family": one.family,
        "name": one.name,
        "direction": one.direction,
        "message": one.message,
        "p": None,
        "before": None,
        "now": None if one.rate is None else one.rate.to_json(),
    }


def _broken(one: BrokenGate) -> dict[str, Any]:
    return {**one.to_json(), "message": message(one)}
