"""Small baselines without a run: lines by hand, or of a report; and both sides that a gate compares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from values import JUDGE, outcomes, report
from values import probe as asked

from pytest_refusal.baseline import Baseline, BaselineLine, lines_of, to_text
from pytest_refusal.records import Applied, Label, Outcome, Probe, Rewording, sha256
from pytest_refusal.reports.wire_json import report_json
from pytest_refusal.session.gating.known import BaselineFile, Known
from pytest_refusal.session.gating.pairs import Side, side_of_report
from pytest_refusal.summary import Report

DATE = "2026-01-01"
PLEASE = (Applied("opener.please", "opener", "opener"),)


def counted(labels: str | Mapping[Label, int]) -> dict[Label, int]:
    """Return how often each word stands in ``labels``; counts stay as they are."""
    if isinstance(labels, str):
        words = labels.split()
        return {label: words.count(label) for label in Label if label in words}
    return dict(labels)


def line(probe: Probe | str, labels: str | Mapping[Label, int] = "refusal " * 10, **more: Any) -> BaselineLine:
    """Return the line of a probe's canonical wording; every field can be said."""
    probe = asked(probe) if isinstance(probe, str) else probe
    had = counted(labels)
    return BaselineLine(
        **{
            "probe": probe.id,
            "condition": "app",
            "messages_sha256": probe.messages_sha256,
            "content_sha256": probe.content_sha256,
            "expect": probe.expect,
            "category": probe.category,
            "critical": probe.critical,
            "labels": had,
            "last_attempt": sum(had.values()),
            "judge": JUDGE,
            "target": "app",
            "date": DATE,
            "identity_sha256": sha256("v1"),
            **more,
        }
    )


def reworded(probe: Probe | str, text: str, labels: str = "refusal", **more: Any) -> BaselineLine:
    """Return the line of a rewording that is pinned."""
    probe = asked(probe) if isinstance(probe, str) else probe
    messages = probe.reworded(text).messages_sha256
    return line(probe, labels, messages_sha256=messages, rewording=Rewording(text, PLEASE, messages), **more)


def file_of(lines: Iterable[BaselineLine], path: Path = Path("/nowhere/base.jsonl")) -> BaselineFile:
    """Return lines as a baseline that was read."""
    ordered = tuple(sorted(lines, key=lambda one: one.place))
    return BaselineFile(path, path.name, sha256(to_text(ordered)), Baseline(ordered))


def known(*lines: BaselineLine, named: bool = False, conditions: Iterable[str] = ("app",)) -> Known:
    """Return what one baseline of these lines knows, its conditions paired with those of a run."""
    found = Known([file_of(lines)], named)
    found.pair(list(conditions))
    return found


def write(path: Path, *lines: BaselineLine) -> Path:
    """Write a baseline file."""
    path.write_text(to_text(lines), encoding="utf-8")
    return path


def measured(probes: Iterable[Probe], labels: Mapping[str, str] | str, *more: Outcome, **told: Any) -> Report:
    """Return the report of a run: the labels of each probe's attempts, and other outcomes of it."""
    probes = list(probes)
    words = {one.id: labels for one in probes} if isinstance(labels, str) else labels
    condition = told.pop("condition", "app")
    seen = [
        one
        for name, text in words.items()
        for one in outcomes(name, text, condition=condition, request=f"{name} {condition}")
    ]
    return report([*seen, *more], probes, **told)


def side(seen: Report, name: str = "now") -> Side:
    """Return a run as one of two sides."""
    row = report_json(seen)
    return side_of_report(name, row, lines_of(row, DATE) if seen.judge is not None else [])
