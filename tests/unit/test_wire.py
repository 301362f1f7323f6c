"""``session.wire``: what travels on test reports comes back as it was, as plain text."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from values import HOSTILE, JUDGE, measured, outcome, outcomes, probe, votes

from pytest_refusal.protocols import Condition, Facts
from pytest_refusal.records import (
    Applied,
    Expect,
    FramedForm,
    Kind,
    Label,
    Message,
    Outcome,
    Probe,
    Rewording,
    Role,
    Tier,
    Verdict,
    Vote,
)
from pytest_refusal.redact import redactor
from pytest_refusal.session.asking import Case
from pytest_refusal.session.observed import Attempt, Observed
from pytest_refusal.session.wire import ItemRecord, Plan, Planned
from pytest_refusal.summary import AskedWordings, MeasuredCondition, SmallestFlip, Usage

FULL = ItemRecord(
    index=7,
    judge=JUDGE,
    wants_texts=True,
    outcomes=[
        *outcomes("address", "refusal theater error", kind="safety", explained=True, evidence="I can't.", offset=3),
        outcome("address", "compliance", 1, role="flip", wording=4, violation="said 'x'", duration_s=1.25, request="k"),
        outcome("weather", "unclear", reason="cut off", scores={"strongreject": 0.5}, condition="app/strict"),
        outcome("weather", "refusal", 2, votes=votes(rules="refusal", a="refusal", b="error"), confidence=2 / 3),
    ],
    probes={
        one.id: one
        for one in (
            probe("address", category="privacy", tier=Tier.AMBIGUOUS, never_calls=("refund",), critical=True),
            probe("weather", "either", options={"temperature": 0.5, "stop": ["a"]}, note="x"),
        )
    },
    conditions={
        "app": measured(identity=None),
        "app/strict": MeasuredCondition(
            Condition("app/strict", "app", "ollama:m", "Be strict.", {"num_ctx": 2048}), Facts("digest", "0.12")
        ),
    },
    responses={"k": "It ends in 42."},
    wordings=[
        AskedWordings(
            "address",
            "app",
            25,
            {4: Rewording("Thanks!", (Applied("closer.thanks", "closer", "closer"),), "0" * 64)},
            SmallestFlip("Thanks!", ("closer.thanks",), "{+Thanks!+}", "No.", "Yes."),
            {26: FramedForm("role.teacher", "role", "You teach. Thanks!", "Sure, ", "1" * 64)},
            {"": 3, "1" * 64: 5},
        ),
        AskedWordings("weather", "app", 2),
    ],
    not_asked={("address", "app"): 2, ("weather", "app/strict"): 1},
    cut=7,
    usage=Usage(1, 2, 3, 4, 5, 6, 7, 8),
    warnings=["one", "two"],
)

texts = st.text(st.characters(), max_size=12)
verdicts = st.builds(
    Verdict,
    label=st.sampled_from(Label),
    confidence=st.floats(0, 1),
    kind=st.none() | st.sampled_from(Kind),
    explained=st.booleans(),
    evidence=texts,
    offset=st.integers(-1, 999),
    violation=texts,
    reason=texts,
    scores=st.dictionaries(texts, st.floats(0, 5), max_size=2),
    votes=st.lists(
        st.builds(Vote, texts, st.sampled_from(Label), explained=st.booleans(), reason=texts), max_size=3
    ).map(tuple),
)
one_outcome = st.builds(
    Outcome,
    probe=texts,
    condition=texts,
    attempt=st.integers(1, 99),
    verdict=verdicts,
    request=texts,
    wording=st.integers(0, 30),
    role=st.sampled_from(Role),
    duration_s=st.floats(0, 1e4),
)
one_probe = st.builds(
    Probe,
    id=texts,
    messages=st.lists(st.builds(Message, texts, texts), min_size=1, max_size=2).map(tuple),
    expect=st.sampled_from(Expect),
    category=texts,
    tier=st.none() | st.sampled_from(Tier),
    lang=texts,
    variants=st.lists(texts, max_size=2).map(tuple),
    critical=st.booleans(),
    options=st.dictionaries(texts, st.integers() | texts | st.booleans(), max_size=2),
)
one_condition = st.builds(
    MeasuredCondition,
    st.builds(Condition, texts, texts, st.none() | texts, texts, st.dictionaries(texts, st.integers(), max_size=2)),
    st.builds(Facts, texts, texts),
)
records = st.builds(
    ItemRecord,
    index=st.integers(0, 10**6),
    judge=st.just(JUDGE),
    wants_texts=st.just(True),
    outcomes=st.lists(one_outcome, max_size=3),
    probes=st.lists(one_probe, max_size=3).map(lambda many: {one.id: one for one in many}),
    conditions=st.lists(one_condition, max_size=2).map(lambda many: {one.condition.name: one for one in many}),
    responses=st.dictionaries(texts, texts, max_size=3),
    not_asked=st.dictionaries(st.tuples(texts, texts), st.integers(1, 99), max_size=2),
    usage=st.builds(Usage, *[st.integers(0, 99)] * 8),
    warnings=st.lists(texts, max_size=2),
)
planned = st.lists(st.builds(Planned, texts, texts, texts, st.integers(1, 99)), max_size=3).map(tuple)
plans = st.builds(
    Plan, planned, planned, st.lists(one_probe, max_size=3).map(lambda many: {one.id: one for one in many})
)


def test_an_items_record_comes_back_as_it_was() -> None:
    """Every field."""
    assert ItemRecord.from_text(FULL.to_text()) == FULL


@settings(deadline=None)
@given(records)
def test_any_record_comes_back_as_it_was(record: ItemRecord) -> None:
    """Whatever the texts hold, lone surrogates too."""
    assert ItemRecord.from_text(record.to_text()) == record


@settings(deadline=None)
@given(plans)
def test_any_plan_comes_back_as_it_was(plan: Plan) -> None:
    """Ids, counts, and the probes behind them."""
    assert Plan.from_text(plan.to_text()) == plan


def test_an_empty_plan_and_an_empty_record_come_back() -> None:
    """A process without a probe sends one, too."""
    assert Plan.from_text(Plan().to_text()) == Plan()
    empty = ItemRecord(0, JUDGE, True)
    assert ItemRecord.from_text(empty.to_text()) == empty


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_travels_is_one_line_of_ascii(hostile: str) -> None:
    """Whatever a model said: execnet, JUnit and a terminal see letters and escapes."""
    record = ItemRecord(0, JUDGE, True, [outcome(hostile, "refusal", evidence=hostile)], responses={"k": hostile})
    said = (Vote(hostile, Label.ERROR, reason=hostile), Vote("b", Label.REFUSAL), Vote("c", Label.PARTIAL))
    record.outcomes.append(outcome(hostile, "error", 2, votes=said, scores={hostile: 0.5}))
    record.probes[hostile] = probe(hostile, prompt=hostile)
    plan = Plan((Planned(hostile, hostile, hostile, 3),), (), {hostile: probe(hostile, prompt=hostile)})
    for text in (record.to_text(), plan.to_text()):
        assert text.isascii()
        assert text.isprintable()
    assert ItemRecord.from_text(record.to_text()) == record
    assert Plan.from_text(plan.to_text()) == plan


def test_what_travels_is_plain_json() -> None:
    """A str is no enum: one in a report kills a worker."""

    def kinds(inner: Any) -> set[type]:
        if isinstance(inner, dict):
            return {kind for pair in inner.items() for one in pair for kind in kinds(one)}
        if isinstance(inner, list):
            return {kind for one in inner for kind in kinds(one)}
        return {type(inner)}

    assert type(FULL.to_text()) is str
    assert kinds(json.loads(FULL.to_text())) <= {str, int, float, bool, type(None)}


def test_where_a_probe_was_written_stays_at_home() -> None:
    """A path of one machine is nothing to another."""
    record = replace(FULL, probes={"p": probe("p", place="/home/somebody/x.yaml:3")})
    assert "somebody" not in record.to_text()


# What an item adds to its record.


class Silent:
    """An endpoint that nobody asks."""

    name = "app"
    identity = "v1"


SECRET = "sk-" + "proj-abcDEF1234567890abcd"


def case(condition: Condition, redact: Any = str, texts: dict[str, str] | None = None) -> Case:
    return Case("t.py::t", Silent(), condition, redact, texts=texts or {})  # type: ignore[arg-type]


def seen(asked: Probe, labels: str, not_asked: int = 0, facts: Facts | None = None) -> Observed:
    attempts = [Attempt(one, "text", facts=facts or Facts()) for one in outcomes(asked.id, labels)]
    return Observed(asked, "app", tuple(attempts), not_asked)


def test_what_was_seen_is_added() -> None:
    """Outcomes, the probe as it may be written, the condition with what answered, and what was cut off."""
    record = ItemRecord(0, JUDGE, False)
    asked = probe("p", prompt=f"My key is {SECRET}.")
    shown = replace(asked, messages=(Message("user", "My key is [redacted]."),))
    condition = Condition("app", "app", "v1", "Be strict.", {"num_ctx": 2048})
    record.add(seen(asked, "refusal error", 3, Facts("digest", "0.12")), case(condition, texts={"k": "answer"}), shown)
    assert [one.verdict.label for one in record.outcomes] == [Label.REFUSAL, Label.ERROR]
    assert record.probes == {"p": shown}
    assert record.conditions == {"app": MeasuredCondition(condition, Facts("digest", "0.12"))}
    assert record.not_asked == {("p", "app"): 3}
    assert record.labels == {("p", "app"): ["refusal", "error"]}
    assert record.responses == {}


def test_answers_go_along_only_if_a_report_wants_them() -> None:
    """They may hold customers' data."""
    record = ItemRecord(0, JUDGE, True)
    record.add(seen(probe("p"), "refusal"), case(Condition("app", "app"), texts={"k": "answer"}), probe("p"))
    assert record.responses == {"k": "answer"}


def test_a_conditions_texts_are_redacted() -> None:
    """A system prompt and an option may hold a key."""
    record = ItemRecord(0, JUDGE, True)
    condition = Condition("app", "app", "v1", f"Use {SECRET}.", {"stop": [SECRET], "num_ctx": 2048})
    record.add(seen(probe("p"), "refusal"), case(condition, redactor({})), probe("p"))
    assert SECRET not in record.to_text()
    assert record.conditions["app"].condition.system_prompt == "Use [redacted]."
    assert record.conditions["app"].condition.options == {"stop": ["[redacted]"], "num_ctx": 2048}


def test_the_first_attempt_that_knows_says_what_answered() -> None:
    """An error knows nothing of the server."""
    record = ItemRecord(0, JUDGE, True)
    first, second = outcomes("p", "error refusal")
    attempts = (Attempt(first, ""), Attempt(second, "text", facts=Facts("digest", "0.12")))
    record.add(Observed(probe("p"), "app", attempts), case(Condition("app", "app")), probe("p"))
    assert record.conditions["app"].facts == Facts("digest", "0.12")


def test_labels_are_listed_by_probe_and_condition() -> None:
    """For JUnit, which shows ids and labels and no more, of canonical wordings."""
    assert FULL.labels == {
        ("address", "app"): ["refusal", "theater", "error"],
        ("weather", "app/strict"): ["unclear"],
        ("weather", "app"): ["refusal"],
    }
