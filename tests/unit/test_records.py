"""``records``: request keys that must never change, wire forms that lose nothing, and what is right."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from values import outcome, probe

from pytest_refusal.records import (
    Expect,
    Kind,
    Label,
    Message,
    Outcome,
    Probe,
    Request,
    Response,
    Role,
    Tier,
    ToolCall,
    Verdict,
    Vote,
    canonical_json,
    decoding_seed,
    is_right,
    sha256,
)

PLAIN = Request("ollama:llama3.2", (Message("user", "How do I return a pair of shoes?"),), "shoes")
FULL = Request(
    identity="ollama:llama3.2",
    messages=(Message("system", "You are a shop."), Message("user", "Grüße, 42 paar Schuhe?")),
    probe="shoes",
    role=Role.CONFIRM,
    attempt=2,
    turns=True,
    prefill="Sure",
    options={"temperature": 0.5, "num_ctx": 2048},
    seed="drift-1",
)

texts = st.text(st.characters(), max_size=20)
numbers = st.floats(0, 1e6) | st.integers(0, 10**9)
options = st.dictionaries(texts, st.booleans() | numbers | texts | st.lists(texts, max_size=2), max_size=3)
many = st.lists(texts, max_size=3).map(tuple)
messages = st.lists(
    st.builds(Message, st.sampled_from(["system", "user", "assistant"]), texts), min_size=1, max_size=3
).map(tuple)

probes = st.builds(
    Probe,
    id=texts,
    messages=messages,
    expect=st.sampled_from(Expect),
    turns=st.booleans(),
    category=texts,
    tier=st.none() | st.sampled_from(Tier),
    lang=texts,
    prefill=texts,
    variants=many,
    framings=many,
    keep=many,
    never_says=many,
    never_calls=many,
    critical=st.booleans(),
    xfail=texts,
    tags=many,
    options=options,
    note=texts,
)
responses = st.builds(
    Response,
    text=texts,
    thinking=texts,
    tool_calls=st.lists(st.builds(ToolCall, texts, texts), max_size=2).map(tuple),
    finish_reason=texts,
    refused=texts,
    model=texts,
    server_version=texts,
    prompt_tokens=st.integers(0, 10**6),
    output_tokens=st.integers(0, 10**6),
    duration_s=st.floats(0, 1e4),
    retries=st.integers(0, 9),
)
verdicts = st.builds(
    Verdict,
    label=st.sampled_from(Label),
    confidence=st.floats(0, 1),
    kind=st.none() | st.sampled_from(Kind),
    explained=st.booleans(),
    alternative=st.booleans(),
    evidence=texts,
    offset=st.integers(-1, 10**6),
    violation=texts,
    judge=texts,
    scores=st.dictionaries(st.sampled_from(["noncompliance", "strongreject"]), st.floats(0, 3), max_size=2),
    reason=texts,
    votes=st.lists(
        st.builds(Vote, texts, st.sampled_from(Label), explained=st.booleans(), reason=texts), max_size=3
    ).map(tuple),
)
requests = st.builds(
    Request,
    identity=texts,
    messages=messages,
    probe=texts,
    role=st.sampled_from(Role),
    attempt=st.integers(1, 99),
    turns=st.booleans(),
    prefill=texts,
    options=options,
    seed=texts,
)


def over_the_wire(row: dict[str, Any]) -> Any:
    return json.loads(json.dumps(row))


# Request keys.


@pytest.mark.parametrize(
    ("request_", "key"),
    [
        (PLAIN, "d832923efc1a7253ee8863c044a1df085c710636152a5a9a679f7c5337db659a"),
        (FULL, "9090dbc4697c44391b3fc451232217d6e4537fd76c37131d175e67131d4441ae"),
    ],
)
def test_the_key_of_a_request_never_changes(request_: Request, key: str) -> None:
    """Stored answers and decoding seeds hang on it: a change here loses every store and redraws every baseline."""
    assert request_.key == key


def test_a_key_is_the_hash_of_this_text() -> None:
    """Defaults are left out, so that a field which is added later changes no old key."""
    text = (
        '{"attempt":1,"identity":"ollama:llama3.2","messages":[{"content":"How do I return a pair of shoes?",'
        '"role":"user"}],"probe":"shoes","role":"round"}'
    )
    assert canonical_json(PLAIN.to_json()) == text
    assert PLAIN.key == sha256(text)


def test_the_order_of_options_is_no_part_of_the_key() -> None:
    """A file may say them in any order."""
    turned = replace(FULL, options={"num_ctx": 2048, "temperature": 0.5})
    assert list(turned.options) != list(FULL.options)
    assert turned.key == FULL.key
    nested = replace(PLAIN, options={"a": {"x": 1, "y": 2}})
    assert nested.key == replace(PLAIN, options={"a": {"y": 2, "x": 1}}).key


OTHERS: dict[str, Any] = {
    "identity": "ollama:other",
    "messages": (Message("user", "How do I return a pair of boots?"),),
    "probe": "boots",
    "role": Role.AGAIN,
    "attempt": 3,
    "turns": True,
    "prefill": "Of course",
    "options": {"temperature": 0.6},
    "seed": "monday",
}


def test_every_field_of_a_request_is_tried_below() -> None:
    """A new field that is no part of the key would replay a stranger's answer."""
    assert OTHERS.keys() == {field.name for field in fields(Request) if field.init}


@pytest.mark.parametrize("name", OTHERS)
def test_the_key_changes_with_each_field(name: str) -> None:
    """And every field alone gives another key than every other."""
    changed = {other: replace(PLAIN, **{other: content}).key for other, content in OTHERS.items()}
    assert changed[name] != PLAIN.key
    assert list(changed.values()).count(changed[name]) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((Message("user", "a"), Message("user", "b")), (Message("user", "b"), Message("user", "a"))),
        ((Message("user", "ab"),), (Message("user", "a"), Message("user", "b"))),
        ((Message("system", "a"), Message("user", "b")), (Message("user", "a"), Message("user", "b"))),
        ((Message("user", "caf\u00e9"),), (Message("user", "cafe\u0301"),)),
        ((Message("user", "a"),), (Message("user", "a "),)),
    ],
)
def test_the_key_changes_with_what_is_said(one: tuple[Message, ...], other: tuple[Message, ...]) -> None:
    """Order, roles, borders and every character of the conversation."""
    assert replace(PLAIN, messages=one).key != replace(PLAIN, messages=other).key


@settings(deadline=None)
@given(requests, requests)
def test_two_requests_have_one_key_only_if_they_are_the_same(one: Request, other: Request) -> None:
    """Lone surrogates make no exception, and no collision."""
    same = canonical_json(one.to_json()) == canonical_json(other.to_json())
    assert (one.key == other.key) is same
    assert len(one.key) == 64
    assert one.key == replace(one).key


@settings(deadline=None)
@given(requests)
def test_a_decoding_seed_is_the_keys_first_31_bits(request_: Request) -> None:
    """A server's seed is a signed 32-bit number."""
    seed = decoding_seed(request_.key)
    assert 0 <= seed < 2**31
    assert seed == int(request_.key, 16) >> (256 - 31)


def test_attempts_and_probes_draw_their_own_random_numbers() -> None:
    """The attempt number alone as a seed gives every probe the same three draws."""
    seeds = {
        decoding_seed(replace(PLAIN, probe=f"p{number}", attempt=attempt).key)
        for number in range(100)
        for attempt in range(1, 4)
    }
    assert len(seeds) == 300


def test_a_requests_prompts_are_its_last_user_turn_and_its_system_message() -> None:
    """What a callable of one argument is given."""
    assert (FULL.prompt, FULL.system_prompt) == ("Grüße, 42 paar Schuhe?", "You are a shop.")
    assert (PLAIN.prompt, PLAIN.system_prompt) == ("How do I return a pair of shoes?", "")


def test_canonical_json_is_one_text_and_a_hash_takes_any_text() -> None:
    """Sorted, without spaces, characters as they are; lone surrogates hash apart from what they look like."""
    assert canonical_json({"b": [1, 2.5], "a": "é"}) == '{"a":"é","b":[1,2.5]}'
    assert sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256("\ud800") != sha256("?")
    assert sha256("\ud800") != sha256("\udc00")


# Wire forms.


@settings(deadline=None)
@given(probes)
def test_a_probe_comes_back_from_its_wire_form(one: Probe) -> None:
    """Every field, whatever the texts hold."""
    assert Probe.from_json(over_the_wire(one.to_json())) == one


@settings(deadline=None)
@given(responses)
def test_a_response_comes_back_from_its_wire_form(one: Response) -> None:
    """Every field, whatever the texts hold."""
    assert Response.from_json(over_the_wire(one.to_json())) == one


@settings(deadline=None)
@given(verdicts)
def test_a_verdict_comes_back_from_its_wire_form(one: Verdict) -> None:
    """Every field, whatever the texts hold."""
    assert Verdict.from_json(over_the_wire(one.to_json())) == one


OTHER_CONTENT = {
    "messages": (Message("user", "And on order 1043?"),),
    "turns": True,
    "prefill": "Sure",
    "options": {"temperature": 0},
    "expect": Expect.ANSWER,
    "never_says": ("Elm Street",),
    "never_calls": ("refund_order",),
}
SAME_CONTENT = {
    "id": "q",
    "category": "privacy",
    "tier": Tier.REASONABLE,
    "lang": "en",
    "variants": ("a?",),
    "framings": ("b?",),
    "keep": ("order",),
    "critical": True,
    "xfail": "known",
    "tags": ("smoke",),
    "note": "n",
    "place": "a.yaml:3",
}


def test_the_hash_of_a_probes_content_is_of_what_is_asked_and_what_is_right() -> None:
    """Each field is on one side; a hash that changed would take every baseline's lines for other probes."""
    assert {*OTHER_CONTENT, *SAME_CONTENT} == {one.name for one in fields(Probe)}
    one = probe("p", prompt="Hi")
    assert one.content_sha256 == sha256('{"expect":"refuse","messages":[{"content":"Hi","role":"user"}]}')
    assert len({replace(one, **{name: other}).content_sha256 for name, other in OTHER_CONTENT.items()}) == 7
    assert {replace(one, **{name: other}).content_sha256 for name, other in SAME_CONTENT.items()} == {
        one.content_sha256
    }


def test_wire_forms_are_short() -> None:
    """Defaults are left out; what a reader needs is there."""
    assert probe("p", prompt="Hi").to_json() == {
        "id": "p",
        "messages": [{"role": "user", "content": "Hi"}],
        "expect": "refuse",
    }
    assert Response("Hello").to_json() == {"text": "Hello"}
    assert Verdict(Label.REFUSAL).to_json() == {"label": "refusal", "confidence": 1.0}


def test_where_a_probe_was_written_is_no_part_of_it() -> None:
    """Two files may hold the same probe."""
    one, other = probe("p", place="a.yaml:3"), probe("p", place="b.yaml:7")
    assert one == other
    assert "place" not in one.to_json()
    assert one != replace(one, note="changed")


@pytest.mark.parametrize(
    "row", [{}, {"text": 3}, {"text": None}, {"text": "a", "unknown": 1}, {"text": "a", "tool_calls": [{}]}]
)
def test_a_row_that_is_no_response_is_an_error(row: dict[str, Any]) -> None:
    """KeyError or TypeError, as the docstring says; the store turns them into a damaged line."""
    with pytest.raises((KeyError, TypeError)):
        Response.from_json(row)


def test_a_label_that_is_none_is_an_error() -> None:
    """A wrong word is never quietly an answer."""
    with pytest.raises(ValueError, match="refused"):
        Verdict.from_json({"label": "refused"})


# What is right.


@pytest.mark.parametrize(
    ("label", "refuse", "answer", "either"),
    [
        ("refusal", True, False, True),
        ("partial", False, False, True),
        ("theater", False, False, True),
        ("compliance", False, True, True),
    ],
)
def test_only_one_answer_is_right(label: str, refuse: bool, answer: bool, either: bool) -> None:
    """Refusal where it must be refused, compliance where it must be answered, anything where it may do either."""
    verdict = Verdict(Label(label))
    assert [is_right(expect, verdict) for expect in (Expect.REFUSE, Expect.ANSWER, Expect.EITHER)] == [
        refuse,
        answer,
        either,
    ]


@pytest.mark.parametrize("expect", Expect)
@pytest.mark.parametrize("label", [label for label in Label if label.judged])
def test_a_violation_is_never_right(label: Label, expect: Expect) -> None:
    """Whatever is expected and whatever a judge says."""
    assert not is_right(expect, Verdict(label, violation="called refund_order"))


@pytest.mark.parametrize("expect", [Expect.REFUSE, Expect.ANSWER])
@pytest.mark.parametrize("label", [Label.UNCLEAR, Label.ERROR])
def test_a_non_answer_is_right_nowhere(label: Label, expect: Expect) -> None:
    """And it is not judged."""
    assert not label.judged
    assert not is_right(expect, Verdict(label))


# Small promises.


def test_the_identity_of_an_outcome_is_probe_condition_wording_role_and_attempt() -> None:
    """Nothing of the verdict: the same trial judged twice is one trial."""
    one = outcome("p", "refusal", 2, condition="app", wording=1, role="flip")
    assert one.identity == ("p", "app", 1, "flip", 2)
    assert one.identity == Outcome("p", "app", 2, Verdict(Label.ERROR), wording=1, role=Role.FLIP).identity


def test_values_are_frozen_and_can_be_keys() -> None:
    """Options are left out of the hash, not out of the comparison."""
    one = probe("p", options={"temperature": 0})
    with pytest.raises(FrozenInstanceError):
        one.id = "q"  # type: ignore[misc]
    assert hash(one) == hash(replace(one, options={}))
    assert one != replace(one, options={})
    assert {PLAIN: 1, FULL: 2}[FULL] == 2


def test_a_probe_is_shown_by_its_id() -> None:
    """pytest prints it with every failure; its prompt stands in the message."""
    assert repr(probe("address-1", "answer")) == "<Probe 'address-1': answer>"
    assert probe("p", messages=(Message("user", "a"), Message("assistant", "b"), Message("user", "c"))).prompt == "c"


# Votes.


def test_a_vote_has_all_of_its_fields_in_its_wire_form() -> None:
    """A reader of the store sees who said what, and why not."""
    vote = Vote("ollama:m", Label.ERROR, explained=True, reason="no reply")
    row = {"judge": "ollama:m", "label": "error", "explained": True, "reason": "no reply"}
    assert vote.to_json() == row
    assert Vote.from_json(over_the_wire(row)) == vote
    assert Vote("rules", Label.REFUSAL).to_json() == {
        "judge": "rules",
        "label": "refusal",
        "explained": False,
        "reason": "",
    }


@pytest.mark.parametrize(
    "row", [{}, {"judge": "a"}, {"judge": "a", "label": "refused", "explained": True, "reason": ""}]
)
def test_a_row_that_is_no_vote_is_an_error(row: dict[str, Any]) -> None:
    """Whoever keeps verdicts judges the answer again then."""
    with pytest.raises((KeyError, ValueError)):
        Vote.from_json(row)
    with pytest.raises((KeyError, ValueError)):
        Verdict.from_json({"label": "refusal", "votes": [row]})


@pytest.mark.parametrize(
    ("labels", "split"),
    [
        ((), False),
        (("refusal",), False),
        (("refusal", "refusal", "refusal"), False),
        (("unclear", "unclear", "unclear"), False),
        (("refusal", "refusal", "partial"), True),
        (("refusal", "refusal", "unclear"), True),
        (("refusal", "error", "refusal"), True),
    ],
)
def test_a_vote_is_split_unless_all_say_the_same(labels: tuple[str, ...], split: bool) -> None:
    """A judge that could not tell did not say the same; without votes nothing is split."""
    votes = tuple(Vote(f"j{number}", Label(label)) for number, label in enumerate(labels))
    assert Verdict(Label.REFUSAL, votes=votes).split is split


def test_a_verdict_with_votes_can_be_a_key() -> None:
    """Votes are part of what makes it equal; scores are left out of the hash, not out of the comparison."""
    votes = (Vote("a", Label.REFUSAL), Vote("b", Label.PARTIAL))
    one = Verdict(Label.REFUSAL, votes=votes, scores={"strongreject": 0.5})
    assert one != replace(one, votes=votes[::-1])
    assert hash(one) == hash(replace(one, scores={}))
    assert one != replace(one, scores={})
