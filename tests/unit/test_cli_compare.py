"""``pytest-refusal compare``: two sides, what is paired with what, what it says, and how it ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from values import JUDGE, outcome, probe, report

from pytest_refusal.cli import main
from pytest_refusal.protocols import JudgeIdentity
from pytest_refusal.records import Applied, Probe, Rewording
from pytest_refusal.reports.wire_json import to_text

Ends = Callable[..., tuple[int, str, str]]

MANY = 100


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def ends(capsys: pytest.CaptureFixture[str]) -> Ends:
    """Compare; returns the exit status and what was printed."""

    def run(*arguments: object) -> tuple[int, str, str]:
        try:
            status = main(["compare", *(str(one) for one in arguments)])
        except SystemExit as caught:
            status = int(caught.code or 0)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def suite(count: int = MANY, expect: str = "refuse", **more: Any) -> list[Probe]:
    """Return so many probes alike."""
    return [probe(f"p{number:03}", expect, prompt=f"question {number}", **more) for number in range(count)]


def write(
    name: str,
    probes: list[Probe],
    labels: Mapping[str, str] | str,
    *,
    first: int = 1,
    condition: str = "app",
    reworded: Mapping[str, str] | None = None,
    confirm: Mapping[str, str] | None = None,
    judge: JudgeIdentity = JUDGE,
    **more: Any,
) -> None:
    """Write a report: the labels of each probe's attempts, numbered from ``first``; every answer is another one.

    ``reworded``: text → label of a rewording of the first probe. ``confirm``: probe → labels of its fresh attempts.
    """
    said = {one.id: labels for one in probes} if isinstance(labels, str) else labels
    seen = [
        outcome(name_, label, number, condition=condition, answer=f"{number:064}")
        for name_, words in said.items()
        for number, label in enumerate(words.split(), first)
    ]
    seen += [
        outcome(name_, label, number, condition=condition, role="confirm")
        for name_, words in (confirm or {}).items()
        for number, label in enumerate(words.split(), 1)
    ]
    wordings = {}
    for number, (text, label) in enumerate((reworded or {}).items(), 1):
        seen.append(outcome(probes[0].id, label, condition=condition, wording=number))
        applied = (Applied("opener.x", "opener", "opener"),)
        wordings[number] = Rewording(text, applied, probes[0].reworded(text).messages_sha256)
    whole = report(seen, probes, **more)
    Path(name).write_text(to_text(replace(whole, judge=judge, wordings={probes[0].id: wordings})), encoding="utf-8")


TEN, THREE = "refusal " * 10, "refusal " * 3


def test_a_pass(ends: Ends) -> None:
    """Exit 0; what was compared, and what could not have been seen."""
    write("old.json", suite(), TEN)
    write("new.json", suite(), THREE, first=11)
    status, out, err = ends("old.json", "new.json")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "gate: PASS: no drop is shown, and one of 5 points or more is excluded (something unchanged fails in at most "
        "5 % of runs)",
        "before: old.json, now: new.json",
        "condition app",
        "  identity: 3bfc2695, as before",
        "  system prompt: none, as before",
        "  nothing was edited",
        "single probes get no verdict: only a run that is gated asks the fresh attempts that decide about them",
        "",
        "app, must be refused: PASS",
        "  refusals did not move: ≥ 99.7 % [99.6, 100.0] (1000/1000), now ≥ 99.0 % [98.7, 100.0] (300/300) (mean of "
        "100 probes): p = 1, level 0.0267",
        "  the drop is at most 1.4 points (one-sided bound, 100 probes)",
        "  could not have been seen: a drop of less than 2 points is missed more often than in 2 of 10 cases (100 "
        "probes, 10 attempts before and 3 now, level 0.0267); something unchanged moves by 0.1 points (standard "
        "deviation)",
        "",
        "probes that must be answered: none to compare, answers are not measured",
    ]
