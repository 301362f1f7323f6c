"""A system prompt is edited: harmlessly (PASS), unsafely (FAIL), and beside a suite too small to say (UNDECIDED)."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from pytest_refusal import Probe, load_probes
from pytest_refusal.judges.rules import judge
from pytest_refusal.records import Expect

from .conftest import EXAMPLES, Copied, Ran

HERE = "examples/prompt_gate"
FOLDER = EXAMPLES / "prompt_gate"
LARGE = ("--refusal-baseline=refusal-baseline.jsonl",)
TINY = ("tiny", "--refusal-baseline=tiny-baseline.jsonl")
ANEW = (
    "make the baselines anew, in examples/prompt_gate: pytest --refusal-attempts=10 --refusal-report=report.json; "
    "pytest-refusal accept report.json refusal-baseline.jsonl; and the same with 'pytest tiny', tiny-baseline.jsonl"
)
SUITES = (("refusal-baseline", "probes/*.yaml"), ("tiny-baseline", "tiny/tiny.probes.yaml"))


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def probes_of(files: str) -> list[Probe]:
    return [one for file in sorted(FOLDER.glob(files)) for one in load_probes(str(file))]


def gated(copied: Copied, prompt: str, *arguments: str) -> tuple[Ran, dict[str, Any], list[str]]:
    """Run under a system prompt; returns (run, the report's gate, names of what failed in JUnit)."""
    ran = copied.pytest(
        *arguments,
        f"--refusal-system-prompt=prompts/{prompt}.md",
        "--refusal-report=report.json",
        "--junitxml=junit.xml",
        at=HERE,
    )
    folder = copied.root / HERE
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    cases = ElementTree.parse(folder / "junit.xml").getroot().iter("testcase")
    failed = [f"{one.get('classname')}::{one.get('name')}" for one in cases if one.find("failure") is not None]
    return ran, report["gate"], failed


def compared(copied: Copied) -> Ran:
    return copied.pytest_refusal("compare", "refusal-baseline.jsonl", "report.json", at=HERE)


def test_a_harmless_edit_passes(copied: Copied) -> None:
    """Other words, the same rules: every answer is another text, none another decision; nothing is red."""
    ran, gate, failed = gated(copied, "harmless", *LARGE)
    assert ran.status == 0, ran.output
    assert ran.counts == {"passed": 240}
    assert "720 requests asked, 0 replayed" in ran.output
    assert (gate["verdict"], gate["broken"], failed) == ("pass", [], [])
    said = compared(copied)
    assert said.status == 0, said.errors
    assert said.output.startswith("gate: PASS")


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_an_unsafe_edit_fails_and_names_what_broke(copied: Copied, workers: str) -> None:
    """One rule lost: the suite, its category, and the critical probe, whose own test is red; 39 others moved."""
    ran, gate, failed = gated(copied, "unsafe", *LARGE, workers)
    assert ran.status == 1
    assert gate["verdict"] == "fail"
    assert {one["family"] for one in gate["broken"]} == {"suite", "second", "category", "critical"}
    assert {one["direction"] for one in gate["broken"]} == {"refuse"}
    assert "test_prompt::test_prompt[secret-code]" in failed
    assert {"refusal::suite", "refusal::category[discounts]"} <= set(failed)
    assert not [name for name in failed if "category" in name and "discounts" not in name]
    assert ran.counts == {"failed": len(failed), "passed": 239}
    assert "FAILED refusal::category[discounts]" in ran.output
    said = compared(copied)
    assert said.status == 1, said.errors
    assert said.output.startswith("gate: FAIL")


def test_the_tiny_suite_stays_undecided_whatever_the_edit(copied: Copied) -> None:
    """18 probes neither show the drop of the unsafe edit nor exclude it; the known wrong answer is xfailed."""
    for prompt in ("harmless", "unsafe"):
        ran, gate, failed = gated(copied, prompt, *TINY, "-rx")
        assert ran.status == 0, ran.output
        assert ran.counts == {"passed": 17, "xfailed": 1}
        assert "test_probe[neighbours-parcel] - 10/10 wrong in baseline" in ran.output
        assert (gate["verdict"], gate["broken"], failed) == ("undecided", [], [])


def test_undecided_can_be_told_to_fail(copied: Copied) -> None:
    """As the README tells."""
    ran, gate, failed = gated(copied, "harmless", *TINY, "-o", "refusal_undecided=fail")
    assert ran.status == 1
    assert gate["verdict"] == "undecided"
    assert failed == ["refusal::gate"]


def test_without_an_edit_it_passes(copied: Copied) -> None:
    """The committed baseline is of this bot and this prompt."""
    ran, gate, _ = gated(copied, "system", *LARGE)
    assert (ran.status, gate["verdict"]) == (0, "pass")
    report = json.loads((copied.root / HERE / "report.json").read_text(encoding="utf-8"))
    (condition,) = report["conditions"]
    for line in rows_of(FOLDER / "refusal-baseline.jsonl"):
        for name in ("identity_sha256", "system_prompt_sha256"):
            assert line[name] == condition[name], f"the bot or its prompt was edited: {ANEW}"


def test_the_baseline_is_what_accept_makes_of_a_run(copied: Copied) -> None:
    """Asked ten times each, as the README tells; the day aside."""
    folder = copied.root / HERE
    copied.pytest("--refusal-attempts=10", "--refusal-report=report.json", at=HERE)
    said = copied.pytest_refusal("accept", "report.json", "anew.jsonl", at=HERE)
    assert said.status == 0, said.output + said.errors
    for name in ("", ".answers"):
        anew, committed = (rows_of(folder / f"{stem}{name}.jsonl") for stem in ("anew", "refusal-baseline"))
        for row in (*anew, *committed):
            row.pop("date", None)
            # any edit of the judge gives it another hash; whether it judges otherwise is the next test's
            row.pop("judge", None)
        assert anew == committed, ANEW


@pytest.mark.parametrize(("name", "files"), SUITES)
def test_the_judge_calls_the_committed_answers_what_the_baseline_says(name: str, files: str) -> None:
    """Where its tables have changed, a run judges these answers again; here it is told plainly."""
    prompts = {probe.id: probe.prompt for probe in probes_of(files)}
    answers = rows_of(FOLDER / f"{name}.answers.jsonl")
    labels = {
        (row["probe"], row["label"], judge(prompts[row["probe"]], text).label.value)
        for row, text in {(row["probe"], row["text"]): (row, row["text"]) for row in answers}.values()
    }
    moved = sorted(f"{probe}: {before} → {now}" for probe, before, now in labels if before != now)
    assert not moved, f"the judge calls answers otherwise than the baseline: {moved[:5]}; {ANEW}"
    assert len(labels) == len(prompts), "the bot gives one answer to each request"


def test_a_baseline_of_another_judge_is_judged_again_by_its_answers(copied: Copied) -> None:
    """So the example works after an edit of the judge; without the answers the run is red and says what to do."""
    folder = copied.root / HERE
    baseline = folder / "tiny-baseline.jsonl"
    rows = rows_of(baseline)
    for row in rows:
        row["judge"]["sha256"] = "0" * 64
    baseline.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    ran, gate, _ = gated(copied, "harmless", *TINY)
    assert (ran.status, gate["verdict"]) == (0, "undecided")
    (folder / "tiny-baseline.answers.jsonl").unlink()
    ran = copied.pytest(*TINY, at=HERE)
    assert ran.status == 4
    assert "record anew: pytest --refusal-attempts=10" in ran.output + ran.errors


def test_the_suites_are_as_large_as_the_readme_says() -> None:
    """120 requests each way, all right in the baseline; 18, one of them wrong ten times of ten."""
    for (name, files), each in zip(SUITES, (120, 9), strict=True):
        probes = probes_of(files)
        assert Counter(one.expect for one in probes) == {Expect.REFUSE: each, Expect.ANSWER: each}
        assert len({one.prompt for one in probes}) == len(probes)
        right = {"refuse": {"refusal": 10}, "answer": {"compliance": 10}}
        lines = rows_of(FOLDER / f"{name}.jsonl")
        assert {one["probe"] for one in lines} == {one.id for one in probes}
        wrong = [one["probe"] for one in lines if one["labels"] != right[one["expect"]]]
        assert wrong == ([] if each == 120 else ["neighbours-parcel"])
    assert [one.id for one in probes_of(SUITES[0][1]) if one.critical] == ["secret-code"]
