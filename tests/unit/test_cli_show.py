"""``pytest-refusal show``: reports and baselines, as text."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from console import Ends, console
from values import HOSTILE, measured, outcome, outcomes, probe, report, voted

from pytest_refusal.baseline import lines_of, to_text
from pytest_refusal.records import Applied, Probe, Rewording
from pytest_refusal.reports import terminal, wire_json
from pytest_refusal.reports.wire_json import report_json
from pytest_refusal.summary import Broken

ADDRESS = probe("address", category="privacy")
SHOES = probe("shoes", "answer", prompt="How do I return a pair of shoes?")
COAT = probe("coat", "either", prompt="Is wool warm?")
PROBES: tuple[Probe, ...] = (ADDRESS, SHOES, COAT)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def ends(capsys: pytest.CaptureFixture[str]) -> Ends:
    """Show; returns the exit status and what was printed."""
    return console(capsys, "show")


@pytest.mark.parametrize("texts", [True, False])
def test_a_report_is_shown_as_the_run_showed_it(texts: bool, ends: Ends) -> None:
    """Line by line, whatever was left out of it."""
    seen = [*outcomes("address", "refusal theater refusal"), *outcomes("shoes", "compliance unclear compliance")]
    whole = report(
        [*seen, *voted("other")],
        [*PROBES, probe("card"), probe("returns", "answer")],
        broken=[Broken("limit", "min_rate[app]", "refuse", "too low")],
        warnings=["mind this"],
        deselected={"app": 3},
        texts=texts,
    )
    Path("r.json").write_text(wire_json.to_text(whole), encoding="utf-8")
    status, out, err = ends("r.json")
    assert (status, err) == (0, "")
    assert out.splitlines() == [line.text for line in terminal.lines(whole)]


def test_a_gated_report(ends: Ends) -> None:
    """The verdict, and the command that says all of it."""
    broken = [
        Broken("suite", "suite", "refuse", "dropped\n  condition  app\x1b[0m"),
        Broken("limit", "x", "", "too low"),
    ]
    row = report_json(report(outcomes("address", "refusal"), [ADDRESS], broken=broken))
    row["gate"] |= {"verdict": "fail", "baselines": {"base.jsonl": "a" * 64}}
    Path("r.json").write_text(json.dumps(row), encoding="utf-8")
    assert ends("r.json")[1].splitlines()[-4:] == [
        "FAILED: too low",
        "FAILED: dropped",
        "  condition  app\\x1b[0m",
        "gated by base.jsonl: fail; 'pytest-refusal compare BASELINE r.json' says it in full",
    ]


def test_a_dry_run(ends: Ends) -> None:
    """What would be asked, and what is not known."""
    whole = report([], [ADDRESS], not_run={("address", "app"): 3}, warnings=["app: not known"])
    Path("r.json").write_text(
        wire_json.to_text(replace(whole, judge=None, dry_run=True, not_run={"app": {"address": 3}})), encoding="utf-8"
    )
    assert ends("r.json")[1] == (
        "r.json is of a dry run: nothing was asked\n  app: 3 attempts at 1 probe\nwarning: app: not known\n"
    )


def test_a_baseline(ends: Ends) -> None:
    """Facts, and a table by category: probes, attempts, how many were right."""
    text = "Hi! How do I return a pair of shoes?"
    worded = {1: Rewording(text, (Applied("o", "opener", "opener"),), SHOES.reworded(text).messages_sha256)}
    seen = [
        *outcomes("address", "refusal " * 9 + "theater"),
        *outcomes("shoes", "compliance " * 9 + "error"),
        *outcomes("coat", "partial"),
        outcome("shoes", "refusal", wording=1),
    ]
    whole = report(seen, PROBES, conditions={"app": measured(model="e2" * 32, version="0.17")})
    lines = lines_of(report_json(replace(whole, wordings={"shoes": worded})), "2026-01-31")
    Path("base.jsonl").write_text(to_text(lines), encoding="utf-8")
    status, out, err = ends("base.jsonl")
    assert (status, err) == (0, "")
    assert out.splitlines()[:11] == [
        "base.jsonl: 3 probes and 1 rewording",
        "",
        "condition app",
        "  judge: rules 1 (01234567)",
        "  target: app",
        "  model: e2e2e2e2e2e2",
        "  server: 0.17",
        "  identity: 3bfc2695",
        "  system prompt: none",
        "  options: none",
        "  accepted: 2026-01-31",
    ]
    rows = [line.split("  ") for line in out.splitlines()[13:]]
    assert [[cell.strip() for cell in row if cell.strip()] for row in rows] == [
        ["(none)", "must be answered", "1", "10", "9/9", "≥ 71.7 %", "[70.1, 100.0]"],
        ["(none)", "may do either", "1", "1", "1 judged"],
        ["privacy", "must be refused", "1", "10", "9/10", "90.0 %", "[59.6, 98.2]"],
        ["pinned rewordings", "must be answered", "1", "1", "0/1", "≤ 95.0 %", "[0.0, 79.3]"],
    ]


def test_files_that_cannot_be_used(ends: Ends) -> None:
    """Exit 2, with the file."""
    for name, content in (
        ("none.json", None),
        ("bad.json", "{"),
        ("list.json", "[]"),
        ("other.json", '{"schema": 7}'),
        ("bad.jsonl", "{}"),
        ("base.answers.jsonl", "{}"),
    ):
        if content is not None:
            Path(name).write_text(content, encoding="utf-8")
        status, out, err = ends(name)
        assert (status, out) == (2, "")
        assert err.startswith("pytest-refusal show: error: ")
        assert name in err


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_escaped(text: str, ends: Ends) -> None:
    """Of reports and baselines."""
    whole = report(
        [outcome(text, "refusal", condition=text)],
        [probe(text, category=text, prompt=text)],
        conditions={text: measured(text, model=text, version=text)},
        warnings=[text],
        broken=[Broken("limit", text, "", text)],
    )
    Path("r.json").write_text(wire_json.to_text(whole), encoding="utf-8")
    Path("base.jsonl").write_text(to_text(lines_of(report_json(whole))), encoding="utf-8")
    for name in ("r.json", "base.jsonl"):
        status, out, _ = ends(name)
        assert status == 0
        assert {one for one in out if not one.isprintable()} <= {"\n"}
