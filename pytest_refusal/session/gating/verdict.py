"""The end of a gated run: the report as it stands and the baselines → the report with the gate's verdict."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pytest_refusal.baseline import lines_of
from pytest_refusal.baseline.answers import answers_path, read_answers
from pytest_refusal.errors import BaselineFileError
from pytest_refusal.escaping import printable
from pytest_refusal.gate import GateSettings, decide
from pytest_refusal.records import Expect, Label, Outcome, Role, is_right
from pytest_refusal.reports import gate as words
from pytest_refusal.reports.wire_json import report_json
from pytest_refusal.session.gating.about import about, other_models
from pytest_refusal.session.gating.known import Known
from pytest_refusal.session.gating.pairs import Compared, Side, as_asked, compared, side_of_report
from pytest_refusal.settings import Settings
from pytest_refusal.summary import (
    Broken,
    GateReport,
    GateResult,
    GateVerdict,
    Moved,
    Report,
    SideBySide,
)

SHOWN = 15
"""Probes of a direction that moved, whose answers are shown."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a gated run knows beside its report.

    Attributes:
        picked: Condition → ids of the probes whose first attempt earned fresh ones.
        narrowed: Conditions of which the user left out what nobody can name, by paths or tests that make their probes
            themselves: what is not there was left out, and is not missing.
        rounds: Condition → direction → complete rounds, where they ended early.
        saved: Requests that rounds saved; None without rounds.
        command: How to make the verdict again.
    """

    picked: Mapping[str, tuple[str, ...]]
    narrowed: Collection[str] = ()
    rounds: Mapping[str, Mapping[Expect, int]] | None = None
    saved: int | None = None
    command: str = ""


def gated(report: Report, known: Known, asked: Asked, settings: Settings) -> Report:
    """Return the report with the gate's verdict, and with what it fails as broken limits.

    Args:
        report: Of the run, without a gate.
        known: The baselines, judged by the run's judge.
        asked: What the run knows beside its report.
        settings: Of the run.
    """
    told = gate_settings(settings)
    base, left_out = base_of(known, settings)
    report = replace(report, left_out=_left_out(report, known, asked))
    now, pairs, result = held(report, known, asked, settings)
    answers, troubles = _side_by_side(report, known, result) if report.texts else ([], [])
    gate = GateReport(
        result,
        margin=told.margin,
        min_drop=told.min_drop,
        baselines={one.name: one.sha256 for one in known.files},
        remark=other_models(base, now, pairs),
        about=(*about(base, now, pairs), *left_out),
        relabelled=known.relabelled,
        answers=tuple(answers),
        picked=asked.picked,
        again=any(one.role is Role.AGAIN for one in report.outcomes),
        saved=asked.saved,
        command=asked.command,
        reworded=settings.paraphrases != 0,
    )
    return replace(
        report,
        gate=gate,
        broken=(*report.broken, *_broken(gate, settings, known)),
        warnings=(*report.warnings, *troubles),
    )


def base_of(known: Known, settings: Settings) -> tuple[Side, list[str]]:
    """Return the baselines as a side: see :func:`pytest_refusal.session.gating.pairs.as_asked`."""
    return as_asked(Side(known.name, known.lines), Side("this run", (), reworded=settings.paraphrases != 0))


def gate_settings(settings: Settings) -> GateSettings:
    """Return what the gate is told by a run."""
    return GateSettings(min_drop=settings.min_drop, margin=settings.margin, max_unjudged=settings.max_unjudged)


def held(report: Report, known: Known, asked: Asked, settings: Settings) -> tuple[Side, list[Compared], GateResult]:
    """Hold a run against its baselines, the way that ``compare`` does with its JSON report.

    Returns:
        (this run as a side, the pairs of conditions, what the gate finds).
    """
    now = _side(report, known, asked)
    pairs = compared(base_of(known, settings)[0], now, [(before, name) for name, before in known.pairs.items()])
    return now, pairs, decide([one.gated for one in pairs], gate_settings(settings))


def _side(report: Report, known: Known, asked: Asked) -> Side:
    # with its texts, which nobody sees here: by them a rewording is known to be the one that was pinned
    row = report_json(replace(report, texts=True, left_out=_left_out(report, known, asked)))
    lines = lines_of(row) if report.judge is not None else []
    picked = {name: frozenset(probes) for name, probes in asked.picked.items()}
    return replace(side_of_report("this run", row, lines), picked=picked, rounds=asked.rounds or {})


def _left_out(report: Report, known: Known, asked: Asked) -> dict[str, tuple[str, ...]]:
    """Return condition → ids that the user left out, those among them that are never collected then."""
    found = {name: set(probes) for name, probes in report.left_out.items()}
    for name, before in ((one, known.pairs[one]) for one in asked.narrowed if one in known.pairs):
        unseen = {one.probe for one in known.lines if one.condition == before} - report.probes.keys()
        if unseen:
            found.setdefault(name, set()).update(unseen)
    return {name: tuple(sorted(probes)) for name, probes in sorted(found.items())}


def _broken(gate: GateReport, settings: Settings, known: Known) -> list[Broken]:
    """Return what fails the run: each a failed test report of its own."""
    result = gate.result
    found = [
        Broken(one.family, name, one.direction, words.message(one), one.now)
        for one, name in zip(result.broken, words.report_name(result.broken), strict=True)
    ]
    whole = ""
    if result.verdict is GateVerdict.UNMEASURED:
        whole = "gate unmeasured: too few attempts have a verdict to say anything beside the baseline"
    elif result.verdict is GateVerdict.UNDECIDED and settings.undecided_fails:
        whole = "gate undecided: no drop is shown, and none is excluded (ini refusal_undecided = fail)"
    elif known.named and not any(one.selected for one in result.directions):
        whole = (
            f"--refusal-baseline was given, and no probe of {known.name} was selected: name the tests that have them, "
            "or leave the option out"
        )
    return [*found, Broken("gate", "gate", "", whole)] if whole else found


def _side_by_side(report: Report, known: Known, result: GateResult) -> tuple[list[SideBySide], list[str]]:
    """Return what was answered to probes that moved, before and now, where the answers are at hand; and what is not.

    No verdict needs the answers of then: a damaged file of them costs these, and is said.
    """
    if not any(one.moved for one in result.directions):
        return [], []
    before: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    troubles = []
    hashes = {(one.probe, one.condition): one.messages_sha256 for one in known.lines if one.rewording is None}
    for file in known.files:
        path = answers_path(file.path)
        try:
            held_then = read_answers(path)
        except BaselineFileError as error:
            # the same run in another folder writes the same report
            first = error.message.splitlines()[0].replace(printable(str(path)), printable(path.name))
            troubles.append(f"the answers behind {file.name} are not shown beside those of now: {first}")
            continue
        for row in held_then:
            key = (row["probe"], row["condition"])
            if hashes.get(key) == row["messages_sha256"]:
                before.setdefault(key, []).append(row)
    now: dict[tuple[str, str], list[Outcome]] = {}
    for one in report.outcomes:
        if one.wording == 0 and not one.framing and one.request in report.responses:
            now.setdefault((one.probe, one.condition), []).append(one)
    found = []
    for direction in result.directions:
        for moved in direction.moved[:SHOWN]:
            attempts = now.get((moved.probe, direction.condition), [])
            rows = before.get((moved.probe, known.pairs[direction.condition]), [])
            if attempts:
                found.append(_both(report, direction.condition, moved, attempts, rows))
    return found, troubles


def _both(
    report: Report, condition: str, moved: Moved, attempts: Sequence[Outcome], rows: Sequence[Mapping[str, Any]]
) -> SideBySide:
    probe = report.probes[moved.probe]
    expect = probe.expect
    right = (Label.REFUSAL if expect is Expect.REFUSE else Label.COMPLIANCE).value
    fell = (moved.now.rate or 0.0) < (moved.before.rate or 0.0)
    # what fell: an answer that was right then beside one that is wrong now; what rose: the other way round
    is_now = next((one for one in attempts if is_right(expect, one.verdict) is not fell), attempts[0])
    was = next((row for row in rows if (row["label"] == right) is fell), rows[0] if rows else None)
    return SideBySide(
        condition,
        probe.id,
        probe.prompt,
        "" if was is None else printable(was["label"], 20),
        None if was is None else was["text"],
        is_now.verdict.label.value,
        report.responses[is_now.request],
    )
