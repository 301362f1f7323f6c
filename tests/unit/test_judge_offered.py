"""``judges.models.offered``: the verdict that a reply offers last; what it quotes, thinks or breaks off is none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from values import HOSTILE

from pytest_refusal.judges.models.offered import MOST, last_offered
from pytest_refusal.judges.models.rubrics import NAMES, rubrics

CASE = "0123456789abcdef"
RUBRICS = {one.name: one for one in rubrics(NAMES)}
SCHEMA = RUBRICS["refusal"].schema(CASE)

patient = settings(deadline=None)


def verdict(label: str = "refusal", case: str = CASE, evidence: str = "No.", **more: Any) -> dict[str, Any]:
    return {"case": case, "evidence": evidence, "label": label, "kind": "none", **more}


def written(label: str = "refusal", **more: Any) -> str:
    return json.dumps(verdict(label, **more))


def offered(reply: str) -> dict[str, Any] | None:
    return last_offered(reply, SCHEMA)


NO, YES = written("refusal"), written("compliance")
FOREIGN = written("theater", case="f" * 16)


@pytest.mark.parametrize("label", ["refusal", "partial", "theater", "compliance"])
def test_an_object_alone_is_the_verdict(label: str) -> None:
    """As Ollama's ``format`` makes it, whatever the white space."""
    assert offered(written(label)) == verdict(label)
    assert offered(json.dumps(verdict(label), indent=2)) == verdict(label)


@pytest.mark.parametrize(
    "reply",
    [
        f"{NO}\n{YES}",
        f"It could be {NO}, but on second thought: {YES}",
        f"{NO}{YES}",
        f"The answer quotes {FOREIGN}, which does not count.\n```json\n{YES}\n```",
        f"{YES}\nIt quoted {FOREIGN}.",
        f"{YES} {{}} {{and}} {{'so': on}}",
        f"[{NO}, {YES}]",
        f"<think>{NO}</think>{YES}",
        f"<think>{NO}\n</think>\n\n{YES}",
        f"<think>a</think>{NO}<think>b</think>{YES}",
        f'{{"thought": "none", "verdict": {YES}}}',
        f'{{"verdict": {{"final": {YES}}}}}',
        f'{{"first": {NO}, "last": {YES}}}',
        f"{YES}\n{{",
        f"{YES}{NO[:-1]}",
        f"{YES} and then {NO[:20]}",
        f"{YES}{'{' * 400}",
    ],
)
def test_the_last_valid_object_is_the_verdict(reply: str) -> None:
    """What was considered, quoted or begun is none; words around it do not matter."""
    assert offered(reply) == verdict("compliance")


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "refusal",
        "null",
        "[]",
        '"refusal"',
        "{}",
        FOREIGN,
        written(case=""),
        written(case=CASE.upper()),
        written(case=f" {CASE}"),
        written(case=CASE[:-1]),
        f"Case {CASE}: {FOREIGN}",
        json.dumps({key: word for key, word in verdict().items() if key != "case"}),
        json.dumps({key: word for key, word in verdict().items() if key != "kind"}),
        json.dumps(verdict(case=[CASE])),  # type: ignore[arg-type]
        written("Refusal"),
        written("unclear"),
        written("error"),
        written(kind="rude"),
        written(evidence=None),
        written(more=1),
        json.dumps(json.dumps(verdict())),
        NO[:-1],
        NO[1:],
        NO.replace('"', "'"),
        NO.replace('"No."', "NaN"),
        NO.replace('"No."', "Infinity"),
        f"<think>{NO}</think>",
        f"<think>{NO}</think>I cannot judge this.",
        f"{NO}</think> {FOREIGN}",
    ],
)
def test_what_is_no_verdict_on_this_case_never_counts(reply: str) -> None:
    """No object, another case's, one without its number, a word that was not offered, one of its thoughts."""
    assert offered(reply) is None


def test_a_verdict_within_a_string_is_a_quotation() -> None:
    """An answer that holds a verdict is quoted as evidence: the object around it counts."""
    quoting = verdict("compliance", evidence=NO)
    assert offered(json.dumps(quoting)) == quoting
    assert offered(json.dumps({"evidence": NO})) is None


def test_an_object_inside_of_a_broken_one_counts_if_it_is_whole() -> None:
    """The verdict was written; only what was put around it breaks off."""
    assert offered(f'{{"verdict": {NO}, "and": ') == verdict()


@pytest.mark.parametrize("name", NAMES)
def test_numbers_are_those_that_were_offered(name: str) -> None:
    """Neither true nor a text nor one more than there is; and each rubric takes its own form alone."""
    rubric = RUBRICS[name]
    good: dict[str, Any] = {"case": CASE}
    for key, form in rubric.properties.items():
        good[key] = form["enum"][-1] if "enum" in form else True if form["type"] == "boolean" else "No."
    schema = rubric.schema(CASE)
    assert last_offered(json.dumps(good), schema) == good
    for key, form in rubric.properties.items():
        wrong: tuple[Any, ...] = ("1", 9, 1.5, -1, [1], {}) if form["type"] != "string" else (1, None, ["No."])
        for said in (*wrong, None):
            assert last_offered(json.dumps({**good, key: said}), schema) is None
    for other in set(NAMES) - {name}:
        assert last_offered(json.dumps(good), RUBRICS[other].schema(CASE)) is None


def test_true_is_no_number_and_a_number_no_truth() -> None:
    """Python takes them for each other."""
    strong = {"case": CASE, "refused": True, "specificity": 1, "convincingness": 1}
    assert last_offered(json.dumps(strong), RUBRICS["strongreject"].schema(CASE)) is None
    why = {"case": CASE, "explained": 1, "alternative": 0}
    assert last_offered(json.dumps(why), RUBRICS["explanation"].schema(CASE)) is None


@pytest.mark.parametrize(
    "flood",
    [
        "{" * 200_000,
        '{"a":' * 40_000,
        '{"a":' + "[" * 100_000,
        '{"a":' + "[" * 60_000,
        "[" * 200_000,
        '{"' * 100_000,
        "{}" * 100_000,
        '{"a": 1' + "0" * 100_000 + "}",
        '{"case": "' + "x" * 200_000,
        FOREIGN * 2_000,
        "</think>" * 25_000,
    ],
    ids=range(11),
)
def test_a_flood_ends_and_holds_no_verdict(flood: str) -> None:
    """Nested beyond Python's depth, numbers beyond its length, nothing but beginnings; a verdict after it counts."""
    assert offered(flood) is None
    assert offered(f"{flood}\n{YES}") == verdict("compliance")


def test_a_number_that_json_has_not_makes_no_object() -> None:
    """Python would read it."""
    for word in ("NaN", "Infinity", "-Infinity"):
        assert last_offered(f'{{"score": {word}}}', {"type": "object"}) is None
        assert last_offered(f'{{"score": 1}} {{"score": {word}}}', {"type": "object"}) == {"score": 1}


def test_a_verdict_far_from_the_end_is_none() -> None:
    """Who writes on for so long has not ended with it; and at most so many characters are looked at."""
    assert offered(NO + " " * (MOST - len(NO))) == verdict()
    assert offered(NO + " " * MOST) is None


def no_verdict(text: str) -> bool:
    """Return whether a text cannot hold one: Hypothesis takes texts from the sources of tests, whole verdicts too."""
    return '"label"' not in text and "</think>" not in text and text.count("{") < 400


pieces = [*HOSTILE, FOREIGN.replace("label", "labels"), NO[:50], "{", "}", "[", '"', "\\"]
noise = st.text() | st.lists(st.sampled_from(pieces)).map("".join)


@patient
@given(st.text() | noise | st.just(NO), noise.filter(no_verdict), st.sampled_from(["refusal", "theater"]), st.text())
@example("<think>hm</think>", "", "refusal", "a")
@example("{", "}", "refusal", "a")
@example('"', '"', "theater", "}{")
def test_words_around_a_verdict_change_nothing_of_it(before: str, after: str, label: str, evidence: str) -> None:
    """Any text, a valid verdict, any text without one: that verdict."""
    said = verdict(label, evidence=evidence.replace("</think>", ""))
    assert offered(f"{before}{json.dumps(said)}{after}") == said
    assert offered(f"{before}{json.dumps(said, ensure_ascii=False)}{after}") == said


@patient
@given(noise.filter(no_verdict))
def test_any_text_is_read_without_an_exception(text: str) -> None:
    """And gives nothing that the schema does not allow."""
    assert offered(text) is None


def test_thinking_that_never_ended_is_no_verdict() -> None:
    """A draft, cut off by the token limit."""
    schema = {"type": "object", "required": ["case"], "properties": {"case": {"enum": ["c"]}}}
    assert last_offered('<think>Perhaps {"case": "c"} or', schema) is None
    assert last_offered('{"case": "c"} <think>Or perhaps', schema) == {"case": "c"}
