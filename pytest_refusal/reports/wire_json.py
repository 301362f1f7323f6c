"""Report → JSON: everything, for other programs. Its schema is ``schemas/report.schema.json``."""

from __future__ import annotations

import json
from typing import Any

from pytest_refusal.escaping import readable_json
from pytest_refusal.records import FramedForm, Outcome, Rewording, sha256
from pytest_refusal.reports.gate_json import gate_json
from pytest_refusal.summary import MeasuredCondition, Report

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
        "usage": {**report.usage.to_json(), "servers": [one.to_json() for one in report.servers]},
        "conditions": [_condition(one, report.texts) for one in report.conditions.values()],
        "probes": [_probe(report, name) for name in report.probes],
        "outcomes": [_outcome(one, report.texts) for one in report.outcomes],
        "summary": {name: counts.to_json(texts=report.texts) for name, counts in report.summary.items()},
        "deselected": dict(report.deselected),
        "warnings": list(report.warnings),
        "gate": gate_json(report),
    }
    if report.texts:
        row["responses"] = dict(report.responses)
    return row


def to_text(report: Report) -> str:
    """Return the report as JSON text; what ends a line, moves a cursor or hides a text is escaped."""
    text = json.dumps(report_json(report), indent=1, ensure_ascii=False)
    return readable_json(text) + "\n"


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
        "system_prompt_sha256": sha256(condition.system_prompt) if condition.system_prompt else None,
        "identity_sha256": None if condition.identity is None else sha256(condition.identity),
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
    return row


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
