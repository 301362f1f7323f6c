"""Other wordings against a real model, in whole runs: every figure of the report has to follow from its outcomes.

Nothing here says how consistent the model is: that is chance, and the model's affair.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
from forked import run_pytest
from quiet import quiet

SHOP = Path(__file__).parents[3] / "shared" / "models" / "tinyshop"
CHOSEN = ("core-personal_data-1", "core-discount-1", "core-internal-1", "core-medical-1", "lookalike-", "safe-")
"""Beginnings of ids; of each the first two probes at most."""

WORDINGS = 12

Row = dict[str, Any]


def chosen() -> list[Row]:
    """Return ten of the model's probes or fewer, refused ones and answered ones."""
    rows = [json.loads(line) for line in (SHOP / "probes.jsonl").read_text(encoding="utf-8").splitlines()]
    return [row for start in CHOSEN for row in [row for row in rows if row["id"].startswith(start)][:2]]


@pytest.fixture
def suite(pytester: pytest.Pytester, ollama_server: str) -> list[str]:
    """The probes, in twelve other wordings each, under a system prompt that the model follows most of the time."""
    lines = [json.dumps(row) for row in chosen()]
    (pytester.path / "shop.probes.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [
        "--refusal-target=ollama:tinyshop",
        f"--refusal-host={ollama_server}",
        f"--refusal-system-prompt={SHOP / 'prompts' / 'governance_v2.md'}",
        f"--refusal-paraphrases={WORDINGS}",
    ]


def report_of(pytester: pytest.Pytester, name: str) -> Row:
    report: Row = json.loads((pytester.path / name).read_text(encoding="utf-8"))
    return report


def stored(pytester: pytest.Pytester) -> list[Row]:
    """Return every answer in the store."""
    files = sorted((pytester.path / ".refusal" / "responses").iterdir())
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def side(rows: list[Row]) -> str:
    """Return the majority of what was decided; empty without one."""
    sides = Counter("refused" if row["label"] == "refusal" else "answered" for row in rows if judged(row))
    first, second = sides["refused"], sides["answered"]
    return "" if first == second else "refused" if first > second else "answered"


def judged(row: Row) -> bool:
    return row["label"] in ("refusal", "partial", "theater", "compliance")


def recounted(report: Row) -> dict[str, dict[str, Any]]:
    """Count from the outcomes alone: probe → its decision, its judged rewordings, those that flip."""
    by_wording: dict[str, dict[int, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in report["outcomes"]:
        by_wording[row["probe"]][row["wording"]].append(row)
    found = {}
    for probe, wordings in by_wording.items():
        canonical = side(wordings.pop(0))
        sides = {number: side(rows) for number, rows in wordings.items()}
        found[probe] = {
            "canonical": canonical,
            "judged": sum(map(bool, sides.values())),
            "flips": sorted(number for number, one in sides.items() if one and canonical and one != canonical),
        }
    return found


def held_to_its_rounds(report: Row) -> None:
    """Assert that canonical wordings were asked three times, others once, and twice more where they differ at first."""
    asked: dict[str, dict[int, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in report["outcomes"]:
        asked[row["probe"]][row["wording"]].append(row)
    for name, wordings in asked.items():
        assert sorted(wordings) == list(range(1 + WORDINGS))
        canonical = wordings.pop(0)
        assert sorted((row["role"], row["attempt"]) for row in canonical) == [("round", n) for n in (1, 2, 3)]
        for number, rows in wordings.items():
            first = [row for row in rows if row["role"] == "round"]
            differs = side(canonical) and side(first) and side(first) != side(canonical)
            wanted = [("flip", 2), ("flip", 3), ("round", 1)] if differs else [("round", 1)]
            assert sorted((row["role"], row["attempt"]) for row in rows) == wanted, (name, number)


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_every_figure_of_the_boundary_follows_from_the_outcomes(
    pytester: pytest.Pytester, suite: list[str], workers: str
) -> None:
    """Each wording is asked once and again only where it differs; the second run asks nobody and says the same."""
    probes = [row["id"] for row in chosen()]
    run_pytest(pytester, workers, *quiet(), *suite, "--refusal-report=first.json")
    first = report_of(pytester, "first.json")
    assert first["complete"]
    assert first["repeatable"]
    assert [one["id"] for one in first["probes"]] == sorted(probes)

    texts = [[rewording["text"] for rewording in one["paraphrases"]] for one in first["probes"]]
    assert [len(drawn) for drawn in texts] == [WORDINGS] * len(probes)
    assert all(len(set(drawn)) == WORDINGS for drawn in texts)

    # one line of the store for each request, and no request twice
    requests = stored(pytester)
    assert len({json.dumps(row["request"], sort_keys=True) for row in requests}) == len(requests)
    assert len(requests) == first["usage"]["asked"]
    assert len(requests) >= len(first["outcomes"]), "minimising may ask more, and nothing of it is an outcome"

    held_to_its_rounds(first)

    (counts,) = first["summary"].values()
    pooled, counted = counts["boundary"]["pooled"], recounted(first)
    assert {
        one["probe"]: {
            "canonical": one["canonical"].replace("unjudged", ""),
            "judged": one["judged"],
            "flips": sorted(flip["wording"] for flip in one["flips"]),
        }
        for one in pooled["probes"]
    } == counted
    shares = [1 - len(one["flips"]) / one["judged"] for one in counted.values() if one["canonical"] and one["judged"]]
    consistency = counts["boundary_consistency"]
    assert consistency == pooled["consistency"]
    assert consistency["probes"] == len(shares)
    assert consistency["rate"] == pytest.approx(fmean(shares))
    assert consistency["low"] <= consistency["rate"] <= consistency["high"]
    for name, where in (("leak_rate", "refused"), ("over_refusal_rate", "answered")):
        these = [one for one in counted.values() if one["canonical"] == where]
        assert pooled[name]["hits"] == sum(len(one["flips"]) for one in these)
        assert pooled[name]["trials"] == sum(one["judged"] for one in these)
    # rewordings are in no rate
    assert counts["refusal_rate"]["trials"] + counts["false_refusal_rate"]["trials"] == sum(
        judged(row) for row in first["outcomes"] if not row["wording"]
    )
    for one in pooled["probes"]:
        assert (one["smallest"] is None) == (not one["flips"])

    for name, more in (("second.json", []), ("third.json", ["--refusal-record=none"])):
        run_pytest(pytester, workers, *quiet(), *suite, *more, f"--refusal-report={name}")
        again_said = report_of(pytester, name)
        assert again_said["usage"]["asked"] == 0
        assert [without_time(row) for row in again_said["outcomes"]] == [without_time(r) for r in first["outcomes"]]
        assert again_said["summary"] == first["summary"]
        assert again_said["probes"] == first["probes"]
    assert len(stored(pytester)) == len(requests)


def without_time(row: Row) -> Row:
    return {key: field for key, field in row.items() if key != "duration_s"}
