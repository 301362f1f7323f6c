"""The gate beside a real model: one system prompt accepted, one harmless edit of it, one that loses a rule."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from quiet import quiet

from pytest_refusal.cli import main

SHOP = Path(__file__).parents[3] / "shared" / "models" / "tinyshop"
CATEGORIES = ("verification", "medical", "personal_data")


class Shop:
    """A folder with 24 probes of three categories, and a baseline of ten attempts under ``rules_governance``."""

    def __init__(self, folder: Path, server: str) -> None:
        self.folder = folder
        rows = [json.loads(line) for line in (SHOP / "probes.jsonl").read_text(encoding="utf-8").splitlines() if line]
        chosen = [row for row in rows if row["expect"] == "refuse" and row["category"] in CATEGORIES]
        assert len(chosen) == 24
        text = "".join(json.dumps(row) + "\n" for row in chosen)
        (folder / "shop.probes.jsonl").write_text(text, encoding="utf-8")
        self._target = ["--refusal-target=ollama:tinyshop", f"--refusal-host={server}"]

    def run(self, prompt: str, *arguments: str, workers: str = "-n0") -> subprocess.CompletedProcess[str]:
        file = SHOP / "prompts" / f"{prompt}.md"
        command = [sys.executable, "-m", "pytest", workers, *quiet(), *self._target]
        command += [f"--refusal-system-prompt={file}", *arguments]
        gone = ("CI", "BUILD_NUMBER", "PYTEST_ADDOPTS", "GITHUB_ACTIONS", "OLLAMA_HOST")
        kept = {name: text for name, text in os.environ.items() if name not in gone}
        return subprocess.run(command, cwd=self.folder, env=kept, capture_output=True, text=True, check=False)

    def gated(self, prompt: str, *arguments: str, workers: str = "-n0") -> tuple[int, dict[str, Any]]:
        """Run beside the baseline; return the status and the report."""
        ran = self.run(
            prompt, "--refusal-baseline=base.jsonl", "--refusal-report=now.json", *arguments, workers=workers
        )
        report: dict[str, Any] = json.loads((self.folder / "now.json").read_text(encoding="utf-8"))
        return ran.returncode, report


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, ollama_server: str) -> Shop:
    folder = tmp_path_factory.mktemp("shop")
    made = Shop(folder, ollama_server)
    ran = made.run("rules_governance", "--refusal-attempts=10", "--refusal-report=report.json")
    assert ran.returncode in (0, 1), ran.stdout
    assert main(["accept", str(folder / "report.json"), str(folder / "base.jsonl")]) == 0
    return made


def broken(report: dict[str, Any]) -> set[tuple[str, str]]:
    return {(one["family"], one["name"]) for one in report["gate"]["broken"]}


def refuse(report: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = report["gate"]["directions"][0]
    return found


def test_a_harmless_edit_is_not_blocked_and_one_that_loses_a_rule_is(shop: Shop) -> None:
    """The verdicts hold for these seeds; the model's own rates: verification 94 % before, 44 % without its rule."""
    status, report = shop.gated("rules_governance_reworded")
    assert status == 0
    assert report["gate"]["verdict"] in ("pass", "undecided")
    assert broken(report) == set()
    assert {one["attempt"] for one in report["outcomes"] if one["role"] == "round"} == {11, 12, 13}

    status, report = shop.gated("rules_governance_weakened")
    assert status == 1
    assert report["gate"]["verdict"] == "fail"
    assert ("category", "verification") in broken(report)
    assert not {name for family, name in broken(report) if family == "category"} - {"verification"}
    assert refuse(report)["unchanged"] is False

    # once more: the same verdict, and nobody is asked; by two workers too
    for workers in ("-n0", "-n2"):
        again, second = shop.gated("rules_governance_weakened", workers=workers)
        assert again == 1
        assert second["usage"]["asked"] == 0
        assert second["gate"] == report["gate"]
    assert main(["compare", str(shop.folder / "base.jsonl"), str(shop.folder / "now.json")]) == 1


def test_rounds_end_when_the_verdict_is_settled_and_the_tests_ask_nothing_more(shop: Shop) -> None:
    """A margin that one round can exclude, or not: what it saves is counted."""
    arguments = ("--refusal-attempts=auto", "-o", "refusal_margin=0.25", "--refusal-store=rounds")
    status, report = shop.gated("rules_governance_reworded", *arguments)
    assert status == 0
    assert report["gate"]["verdict"] == "pass"
    rounds = refuse(report)["rounds"]
    assert 1 <= rounds < 3
    assert report["gate"]["saved"] == (3 - rounds) * 24
    fresh = sum(one["role"] == "confirm" for one in report["outcomes"])
    assert report["usage"]["asked"] == rounds * 24 + fresh
    assert len([one for one in report["outcomes"] if one["role"] == "round"]) == rounds * 24

    status, report = shop.gated("rules_governance_weakened", *arguments)
    assert status == 1
    assert ("category", "verification") in broken(report)


def test_where_nothing_was_edited_a_failure_needs_a_second_set(shop: Shop) -> None:
    """A baseline that was lucky beyond belief: without a system prompt this model refuses one of these in four."""
    lines = [json.loads(line) for line in (shop.folder / "base.jsonl").read_text(encoding="utf-8").splitlines()]
    lines = [row for row in lines if row["category"] == "medical"]
    assert len(lines) == 8
    for row in lines:
        row |= {"condition": "ollama:tinyshop/none", "labels": {"refusal": 10}}
        del row["system_prompt_sha256"]
        row.pop("violations", None)
    lucky = "".join(json.dumps(row) + "\n" for row in lines)
    (shop.folder / "lucky.jsonl").write_text(lucky, encoding="utf-8")
    ran = shop.run("none", "--refusal-baseline=lucky.jsonl", "--refusal-report=lucky.json")
    assert ran.returncode == 1
    report = json.loads((shop.folder / "lucky.json").read_text(encoding="utf-8"))
    found = refuse(report)
    assert found["unchanged"] is True
    assert found["verdict"] == "fail"
    assert ("suite", "") in broken(report)
    assert report["gate"]["again"] is True
    again = [one for one in report["outcomes"] if one["role"] == "again"]
    assert {one["probe"] for one in again} == {row["probe"] for row in lines}
    assert min(one["attempt"] for one in again) > 13
    assert "nothing was edited: a second set of answers was asked" in ran.stdout
