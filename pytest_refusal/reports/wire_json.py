"""Report → JSON: everything, for other programs. Its schema is ``schemas/report.schema.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pytest_refusal.escaping import readable_json
from pytest_refusal.records import FramedForm, Outcome, Rewording
from pytest_refusal.reports.gate_json import gate_json
from pytest_refusal.settings import Limits
from pytest_refusal.summary import AskedWordings, MeasuredCondition, Report

SCHEMA = "pytest-refusal/report/1"


def report_json(report: Report) -> dict[str, Any]:
    """Return the report as JSON types; the same run gives the same text, times and usage aside."""
    row: dict[str, Any] = {
        "schema": SCHEMA,
        "plugin": {"version": report.plugin_version},
        "complete": report.complete,
        "repeatable": report.repeatable,
        "judge": _judge(report),
        "agreement": None if report.agreement is None else report.agreement.to_json(),
        "rule": report.rule.value,
        "seed": report.seed,
        "limits": None if report.limits is None else _limits(report.limits),
        "usage": {**report.usage.to_json(), "servers": [one.to_json() for one in report.servers]},
        "conditions": [_condition(one, report.texts) for one in report.conditions.values()],
        "probes": [_probe(report, name) for name in report.probes],
        "asked": [_asked(one, report.texts) for one in report.asked],
        "outcomes": [_outcome(one, report.texts) for one in report.outcomes],
        "summary": {name: counts.to_json(texts=report.texts) for name, counts in report.summary.items()},
        "deselected": dict(report.deselected),
        "left_out": {name: list(probes) for name, probes in report.left_out.items()},
        "not_run": {name: dict(counts) for name, counts in report.not_run.items()},
        "not_reworded": {name: list(probes) for name, probes in report.not_reworded.items()},
        "warnings": list(report.warnings),
        "gate": gate_json(report),
    }
    if report.texts:
        row["responses"] = dict(report.responses)
    if report.dry_run:
        row["dry_run"] = True
    return row


def to_text(report: Report) -> str:
    """Return the report as JSON text; what ends a line, moves a cursor or hides a text is escaped."""
    return as_text(report_json(report))


def as_text(row: Mapping[str, Any]) -> str:
    """Return the JSON text of a report's row, escaped like that of ``to_text``."""
    return readable_json(json.dumps(dict(row), indent=1, ensure_ascii=False)) + "\n"


def _judge(report: Report) -> dict[str, Any] | None:
    if report.judge is None:
        return None
    row: dict[str, Any] = dict(report.judge.to_json())
    if report.errors is not None:
        row["calibration"] = report.errors.to_json()
    return row


def _condition(measured: MeasuredCondition, texts: bool) -> dict[str, Any]:
    condition = measured.condition
    row: dict[str, Any] = {
        "name": condition.name,
        "target": condition.target,
        "model": measured.facts.model,
        "server_version": measured.facts.server_version,
        "system_prompt_sha256": condition.system_prompt_sha256,
        "identity_sha256": condition.identity_sha256,
        "options": dict(condition.options),
    }
    if texts:
        row["system_prompt"] = condition.system_prompt
    return row


def _probe(report: Report, name: str) -> dict[str, Any]:
    probe = report.probes[name]
    row: dict[str, Any] = {
        "id": probe.id,
        "expect": probe.expect.value,
        "category": probe.category,
        "tier": None if probe.tier is None else probe.tier.value,
        "lang": probe.lang,
        "critical": probe.critical,
        "xfail": probe.xfail,
        "turns": probe.turns,
        "tags": list(probe.tags),
        "options": dict(probe.options),
        "prompt_sha256": probe.messages_sha256,
        "content_sha256": probe.content_sha256,
        "paraphrases": [
            {
                "wording": number,
                **({"text": one.text} if report.texts else {}),
                "operators": list(one.operators),
                "applied": [{"name": by.name, "slot": by.slot, "kind": by.kind} for by in one.applied],
                "sha256": one.sha256,
            }
            for number, one in report.wordings.get(name, {}).items()
            if isinstance(one, Rewording)
        ],
        "framings": [
            {
                "wording": number,
                "name": one.name,
                "framing": one.framing,
                **({"text": one.text, "prefill": one.prefill} if report.texts else {}),
                "sha256": one.sha256,
            }
            for number, one in report.wordings.get(name, {}).items()
            if isinstance(one, FramedForm)
        ],
    }
    if report.texts:
        row["messages"] = [one.to_json() for one in probe.messages]
        row["prefill"] = probe.prefill
        row["never_says"] = list(probe.never_says)
        row["never_calls"] = list(probe.never_calls)
        row["note"] = probe.note
    return row


def _asked(asked: AskedWordings, texts: bool) -> dict[str, Any]:
    """Return in which other words and frames a probe was asked, by the numbers that they have in the report."""
    return {
        "probe": asked.probe,
        "condition": asked.condition,
        "wanted": asked.wanted,
        "wordings": [*asked.rewordings, *asked.framings],
        "smallest": asked.smallest and asked.smallest.to_json(texts=texts),
        "attempts": dict(asked.attempts),
    }


def _limits(limits: Limits) -> dict[str, Any]:
    return {
        "min_rate": limits.min_rate,
        "max_false_rate": limits.max_false_rate,
        "min_consistency": limits.min_consistency,
        "max_unjudged": limits.max_unjudged,
        "floor_mode": limits.floor_mode.value,
    }


def _outcome(outcome: Outcome, texts: bool) -> dict[str, Any]:
    verdict = outcome.verdict
    row: dict[str, Any] = {
        "probe": outcome.probe,
        "condition": outcome.condition,
        "wording": outcome.wording,
        "framing": outcome.framing or None,
        "role": outcome.role.value,
        "attempt": outcome.attempt,
        "label": verdict.label.value,
        "confidence": verdict.confidence,
        "kind": None if verdict.kind is None else verdict.kind.value,
        "explained": verdict.explained,
        "alternative": verdict.alternative,
        # what was said is a text too; that something was, is not
        "violation": (verdict.violation if texts else "left out") if verdict.violation else None,
        "scores": dict(verdict.scores),
        "votes": [
            {"judge": vote.judge, "label": vote.label.value, "explained": vote.explained} for vote in verdict.votes
        ],
        "request": outcome.request,
        "answer": outcome.answer or None,
        "duration_s": outcome.duration_s,
    }
    if texts:
        row["reason"] = verdict.reason
        row["evidence"] = verdict.evidence
    return row
