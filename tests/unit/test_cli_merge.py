"""``pytest-refusal merge``: what it joins, what it refuses, and how it ends."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from console import Ends, console
from jsonschema import Draft202012Validator
from values import HOSTILE, JUDGE, judge_errors, measured, outcome, outcomes, probe, report

from pytest_refusal.cli import main
from pytest_refusal.records import Applied, Message, Outcome, Probe, Rewording
from pytest_refusal.reports.wire_json import to_text
from pytest_refusal.schemas import schema_path
from pytest_refusal.settings import FloorMode, Limits, Rule
from pytest_refusal.summary import AskedWordings, Broken, MeasuredCondition, Report, ServerUse, Usage

ADDRESS = probe("address", category="privacy")
SHOES = probe("shoes", "answer", prompt="How do I return a pair of shoes?")
LIMITS = Limits(None, None, 0.05, FloorMode.UPPER)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def ends(capsys: pytest.CaptureFixture[str]) -> Ends:
    """Merge into ``m.json``; returns the exit status and what was printed."""
    return console(capsys, "merge", after=("--output", "m.json"))


def shard(name: str, seen: Iterable[Outcome], probes: Iterable[Probe] = (ADDRESS, SHOES), **more: Any) -> Report:
    """Write a report and return it; fields that ``values.report`` does not take are replaced."""
    seen = list(seen)
    counted = {key: more.pop(key) for key in ("texts", "conditions", "broken", "warnings", "responses") if key in more}
    lost = more.get("not_run", {})
    pairs = {(one, condition): count for condition, counts in lost.items() for one, count in counts.items()}
    named = {one.probe for one in seen} | {one for one, _ in pairs}
    whole = report(seen, [one for one in probes if one.id in named], not_run=pairs, **counted)
    whole = replace(whole, **{"limits": LIMITS, **more})
    Path(name).write_text(to_text(whole), encoding="utf-8")
    return whole


def result() -> dict[str, Any]:
    row: dict[str, Any] = json.loads(Path("m.json").read_text(encoding="utf-8"))
    schema = json.loads(schema_path("report").read_text(encoding="utf-8"))
    assert [error.message for error in Draft202012Validator(schema).iter_errors(row)] == []
    return row


def test_two_shards(ends: Ends) -> None:
    """Counts of both, usage added, texts and answers of both; the summary is printed."""
    shard("a.json", outcomes("address", "refusal theater"), responses={"k1": "No."}, warnings=["one", "both"])
    shard("b.json", outcomes("shoes", "compliance"), responses={"k2": "Yes."}, warnings=["both", "two"])
    status, out, err = ends("a.json", "b.json")
    assert (status, err) == (0, "")
    assert "judge rules 1 (01234567) · rule all · 3 requests asked, 0 replayed" in out
    assert "refusal rate        1/2" in out
    assert out.endswith("\n\nwritten: m.json\n")
    row = result()
    assert [one["id"] for one in row["probes"]] == ["address", "shoes"]
    assert row["responses"] == {"k1": "No.", "k2": "Yes."}
    assert row["summary"]["app"]["refusal_rate"]["trials"] == 2
    assert row["warnings"] == ["one", "both", "two"]
    assert row["complete"] is True


def test_one_report_is_itself(ends: Ends) -> None:
    """Nothing is lost on the way."""
    whole = shard("a.json", outcomes("address", "refusal unclear"))
    assert ends("a.json")[0] == 0
    row = result()
    assert row["gate"].pop("broken")[0]["name"] == "unjudged[app:refuse]"
    before = json.loads(to_text(whole))
    del before["gate"], row["gate"]
    assert row == before


def test_what_one_shard_left_out_and_another_asked(ends: Ends) -> None:
    """Was not left out; what all left out was. The same for what was not run, and for other words."""
    shard(
        "a.json",
        outcomes("address", "refusal refusal refusal"),
        left_out={"app": ("coat", "shoes")},
        not_run={"app": {"hat": 3, "shoes": 2}},
        not_reworded={"app": ("address",)},
        probes=(ADDRESS, SHOES, probe("hat", "answer")),
    )
    shard("b.json", outcomes("shoes", "compliance"), left_out={"app": ("address", "coat", "hat")})
    status, out, _ = ends("a.json", "b.json")
    assert status == 0
    row = result()
    assert row["left_out"] == {"app": ["coat"]}
    assert row["deselected"] == {"app": 1}
    assert row["not_run"] == {"app": {"hat": 3}}
    assert row["not_reworded"] == {"app": ["address"]}
    assert row["complete"] is False
    assert "app: 3 attempts of 1 probe in no shard, which count as not run\n" in out
    # of what is missing the limit is found anew
    assert [one["name"] for one in row["gate"]["broken"]] == ["unjudged[app:answer]", "unjudged[app:rewordings]"]


def test_limits_of_shards_are_not_those_of_the_whole(ends: Ends) -> None:
    """One unclear of 20 is too much for no limit; what was wrong with the run itself stays."""
    was = Broken("unjudged", "unjudged[app:answer]", "answer", "1 of 10")
    cut = Broken("unmeasured", "max_requests", "", "the run was cut")
    shard("a.json", outcomes("shoes", "compliance " * 9 + "unclear"), broken=[was, cut])
    shard("b.json", [outcome("shoes", "compliance", number) for number in range(11, 31)], broken=[cut])
    assert ends("a.json", "b.json")[0] == 0
    row = result()
    assert [one["name"] for one in row["gate"]["broken"]] == ["max_requests"]
    assert row["gate"]["verdict"] == "unmeasured"


def test_a_limit_that_no_shard_could_hold_against_itself(ends: Ends) -> None:
    """Directions that the user left out are nobody's failure, and the others are."""
    limits = Limits(0.9, 0.1, 0.05, FloorMode.POINT)
    missing = Broken("unmeasured", "max_false_rate[app]", "answer", "no probe that must be answered")
    shard("a.json", outcomes("address", "refusal"), limits=limits, broken=[missing])
    shard("b.json", [outcome("address", "theater", 2)], limits=limits)
    assert ends("a.json", "b.json")[0] == 0
    assert [(one["family"], one["name"]) for one in result()["gate"]["broken"]] == [
        ("limit", "min_rate[app]"),
        ("unmeasured", "max_false_rate[app]"),
    ]
    shard("a.json", outcomes("address", "refusal"), limits=limits)
    ends("a.json", "b.json")
    assert [one["name"] for one in result()["gate"]["broken"]] == ["min_rate[app]"]


def test_rewordings_are_matched_by_their_texts(ends: Ends) -> None:
    """Each shard numbers its own; one text asked under two conditions has one number."""
    texts = [
        Rewording(text, (Applied("o", "opener", "opener"),), SHOES.reworded(text).messages_sha256)
        for text in ("Hi! Shoes?", "Shoes?", "Shoes, please?")
    ]

    def worded(name: str, condition: str, mine: dict[int, Rewording]) -> None:
        shard(
            name,
            [
                *outcomes("shoes", "compliance compliance compliance", condition=condition),
                *(outcome("shoes", "refusal", condition=condition, wording=number) for number in mine),
            ],
            wordings={"shoes": mine},
            asked=(AskedWordings("shoes", condition, 2, mine),),
        )

    worded("a.json", "one", {1: texts[0], 2: texts[1]})
    worded("b.json", "two", {1: texts[1], 2: texts[2]})
    assert ends("a.json", "b.json")[0] == 0
    row = result()
    assert [one["text"] for one in row["probes"][0]["paraphrases"]] == [one.text for one in texts]
    assert [one["wordings"] for one in row["asked"]] == [[1, 2], [2, 3]]
    asked = [(one["condition"], one["wording"]) for one in row["outcomes"] if one["wording"]]
    assert asked == [("one", 1), ("one", 2), ("two", 2), ("two", 3)]
    assert row["summary"]["two"]["boundary"]["pooled"]["drawn"] == 2
    worded("b.json", "one", {1: texts[1]})
    status, out, _ = ends("a.json", "b.json")
    assert status == 1
    # three attempts in its own words, and one in the words that both asked
    assert "  * a.json and b.json both have the same 4 outcomes: shoes under one; each attempt belongs to" in out


def test_reports_without_texts(ends: Ends) -> None:
    """If one has none, the whole has none."""
    shard("a.json", outcomes("address", "refusal"), texts=False)
    shard("b.json", [outcome("address", "theater", 2, evidence="well")], responses={"k": "No."})
    assert ends("a.json", "b.json")[0] == 0
    row = result()
    assert "responses" not in row
    assert "messages" not in row["probes"][0]
    assert "evidence" not in row["outcomes"][1]
    assert row["probes"][0]["content_sha256"] == ADDRESS.content_sha256
    assert row["summary"]["app"]["refusal_rate"]["trials"] == 2


def test_servers_and_versions(ends: Ends) -> None:
    """Of one address the answers add up; another version of the server is said."""
    use = ServerUse("http://host", 3, 4, 2, None)
    conditions = {"app": measured(model="m", version="0.1")}
    shard("a.json", outcomes("address", "refusal"), servers=(use,), conditions=conditions, usage=Usage(asked=3))
    conditions = {"app": measured(model="m", version="0.2")}
    other = ServerUse("http://host", 5, 2, 3, 1.5)
    shard("b.json", outcomes("shoes", "compliance"), servers=(other,), conditions=conditions, usage=Usage(asked=5))
    assert ends("a.json", "b.json")[0] == 0
    row = result()
    assert row["usage"]["asked"] == 8
    assert row["usage"]["servers"] == [
        {"address": "http://host", "answers": 8, "limit": 4, "in_flight": 3, "parallel": 1.5}
    ]
    assert row["warnings"] == ["app: more than one version of the server answered: 0.1, 0.2"]


def test_a_gated_run(ends: Ends) -> None:
    """Its verdict is not carried over, and that is said; who was picked and against what is."""
    broken = Broken("suite", "suite", "refuse", "dropped")
    shard("a.json", [*outcomes("address", "theater"), outcome("address", "refusal", role="confirm")], broken=[broken])
    row = json.loads(Path("a.json").read_text(encoding="utf-8"))
    row["gate"] |= {"baselines": {"base.jsonl": "a" * 64}, "picked": {"app": ["address"]}}
    Path("a.json").write_text(json.dumps(row), encoding="utf-8")
    shard("b.json", outcomes("shoes", "compliance"))
    status, out, _ = ends("a.json", "b.json")
    assert status == 0
    assert (
        "not carried over: what the gate said of a.json (1 broken), for it is of the shards alone; pytest-refusal "
        "compare BASELINE holds the whole against it\n"
    ) in out
    gate = result()["gate"]
    assert (gate["broken"], gate["verdict"]) == ([], "none")
    assert (gate["baselines"], gate["picked"]) == ({"base.jsonl": "a" * 64}, {"app": ["address"]})
    assert {one["role"] for one in result()["outcomes"]} == {"round", "confirm"}


# Refused.


def test_every_reason_at_once_and_nothing_written(ends: Ends) -> None:
    """Overlap, judge, version, rule, seed, limits, condition, probe."""
    options = MeasuredCondition(replace(measured().condition, options={"num_ctx": 1}), measured(model="m1").facts)
    shard("a.json", outcomes("address", "refusal refusal"), conditions={"app": options})
    shard(
        "b.json",
        outcomes("address", "refusal"),
        probes=(replace(ADDRESS, messages=(Message("user", "Another."),), tags=("new",)),),
        conditions={"app": measured(identity="v2", model="m2")},
        judge=replace(JUDGE, sha256="f" * 64),
        plugin_version="9",
        rule=Rule.MAJORITY,
        seed="other",
        limits=Limits(0.5, None, 0.05, FloorMode.UPPER),
        errors=judge_errors(),
    )
    status, out, err = ends("a.json", "b.json")
    assert (status, err) == (1, "")
    assert out.splitlines() == [
        "the reports are not merged, and nothing was written:",
        "  * they were written by different versions of pytest-refusal (a.json: 0.1.0; b.json: 9)",
        "  * they were judged by different judges (a.json: rules 1 (01234567); b.json: rules 1 (ffffffff))",
        "  * they correct their rates by different labels (ini refusal_calibration) (a.json: none; b.json: sensitivity "
        "90/100, specificity 95/100)",
        "  * they count by different rules (ini refusal_rule) (a.json: all; b.json: majority)",
        "  * they have different seeds (ini refusal_seed) (a.json: none; b.json: other)",
        "  * they keep different limits (a.json: max_unjudged 0.05, floor_mode upper; b.json: min_rate 0.5, "
        "max_unjudged 0.05, floor_mode upper)",
        "  * condition app is another in b.json than in a.json: another identity, another set of "
        "options, another model",
        "  * probe address is another in b.json than in a.json: another content (messages, turns, prefill, options, "
        "expect, never_says or never_calls), another set of tags",
        "  * a.json and b.json both have the same outcome: address under app; each attempt belongs to one shard",
    ]
    assert sorted(os.listdir()) == ["a.json", "b.json"]


def test_the_same_file_twice(ends: Ends) -> None:
    """Nothing is counted twice."""
    shard("a.json", outcomes("address", "refusal"))
    assert ends("a.json", "a.json")[:2] == (
        1,
        "the reports are not merged, and nothing was written:\n"
        "  * a.json has the same outcome twice: address under app; each attempt belongs to one shard\n",
    )


def test_a_model_that_is_not_known_is_no_other_one(ends: Ends) -> None:
    """A shard in which every request failed knows no model, and no judge."""
    shard("a.json", outcomes("address", "error"), conditions={"app": measured()}, judge=None)
    shard("b.json", outcomes("shoes", "compliance"), conditions={"app": measured(model="m")})
    shard("c.json", [outcome("shoes", "compliance", 2)], conditions={"app": measured(model="m")})
    assert ends("a.json", "b.json", "c.json")[0] == 0
    assert result()["conditions"][0]["model"] == "m"
    shard("c.json", [outcome("shoes", "compliance", 2)], conditions={"app": measured(model="n")})
    status, out, _ = ends("a.json", "b.json", "c.json")
    assert status == 1
    assert "  * condition app is another in c.json than in b.json: another model\n" in out


def test_files_that_cannot_be_used(ends: Ends) -> None:
    """Exit 2, with the file."""
    assert ends("none.json")[0] == 2
    Path("bad.json").write_text('{"schema": "pytest-refusal/report/1"}', encoding="utf-8")
    status, out, err = ends("bad.json")
    assert (status, out) == (2, "")
    assert err.startswith("pytest-refusal merge: error: bad.json: it is a report of an older pytest-refusal, without")
    shard("a.json", outcomes("address", "refusal"))
    assert main(["merge", "a.json", "-o", "m.txt"]) == 2


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_are_escaped(text: str, ends: Ends) -> None:
    """Of probes, conditions and judges."""
    hostile = [outcome(text, "refusal", condition=text)]
    whole = {"conditions": {text: measured(text)}, "probes": (probe(text),)}
    shard("a.json", hostile, judge=replace(JUDGE, name=text, version=text), **whole)
    shard("b.json", hostile, judge=replace(JUDGE, name=text + "x"), seed=text, **whole)
    for files in (("a.json",), ("a.json", "b.json")):
        out = ends(*files)[1]
        assert out.isprintable() or {one for one in out if not one.isprintable()} == {"\n"}
