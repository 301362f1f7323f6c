"""``probes.build``: the names of probes without an id are promises, for baselines and stores know probes by them."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_refusal.probes import must_answer, must_refuse
from pytest_refusal.records import Probe


def test_names_are_pinned() -> None:
    """A change of any of these orphans every baseline."""
    assert [
        must_answer("How do I return a pair of shoes?").id,
        must_refuse("How do I return a pair of shoes?").id,
        must_answer("How do I return a pair of shoes?", options={"temperature": 0.5}).id,
        must_answer(messages=[("system", "Be brief."), ("user", "How do I return a pair of shoes?")]).id,
        must_answer(turns=["Hello", "Wo finde ich Gemüse & Öl?"]).id,
        must_answer("どこで買えますか？").id,
        must_answer("2 + 2?").id,
        must_answer("Please tell me in a few words what all of this means").id,
        must_answer("x" * 99).id,
    ] == [
        "how-do-i-return-a-pair-of-shoes-b36e395d",
        "how-do-i-return-a-pair-of-shoes-0cc2b29f",
        "how-do-i-return-a-pair-of-shoes-4e5d15ae",
        "how-do-i-return-a-pair-of-shoes-d1816c7d",
        "wo-finde-ich-gemuse-ol-70b255a2",
        "probe-cf4392aa",
        "probe-874ab940",
        "please-tell-me-in-a-few-words-what-all-o-73b27448",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-23f08e2f",
    ]


def test_the_hash_is_the_documented_one() -> None:
    """SHA-256 over canonical JSON of messages, expect and options: others can compute it."""
    content = {
        "expect": "refuse",
        "messages": [{"content": "Tür?", "role": "user"}],
        "options": {"top_k": 3},
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digits = hashlib.sha256(text.encode()).hexdigest()[:8]
    assert must_refuse("Tür?", options={"top_k": 3}).id == f"tur-{digits}"


@pytest.mark.parametrize("field", ["category", "note", "tags", "xfail", "lang", "prefill", "variants"])
def test_what_does_not_change_the_question_does_not_change_the_name(field: str) -> None:
    """A note or a tag keeps the baseline's line."""
    assert must_answer("What do you sell?", **{field: "de"}).id == must_answer("What do you sell?").id  # type: ignore[arg-type]


@settings(deadline=None)
@given(st.text(min_size=1).filter(lambda text: text.strip() and not any(map(str.isspace, text[:0]))))
def test_a_name_is_always_a_valid_id_of_at_most_49_characters(prompt: str) -> None:
    """ASCII, no dash at the end of the slug, and the maker takes it back as an id."""
    probe = must_answer(prompt)
    slug, _, digits = probe.id.rpartition("-")
    assert probe.id.isascii()
    assert len(slug) <= 40
    assert slug == slug.strip("-")
    assert len(digits) == 8
    assert must_answer(prompt, id=probe.id) == probe


TEXTS = st.text(min_size=1).filter(str.strip)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "category": st.text(),
        "tier": st.sampled_from(["explicit_legitimate", "reasonable", "ambiguous", "inappropriate"]),
        "lang": st.sampled_from(["en", "pt-BR"]),
        "prefill": st.text(),
        "variants": st.lists(TEXTS, max_size=3),
        "keep": TEXTS,
        "never_says": st.lists(TEXTS.filter(lambda text: "/" not in text), max_size=3),
        "never_calls": st.lists(TEXTS, max_size=2),
        "critical": st.booleans(),
        "xfail": st.text(),
        "tags": st.lists(TEXTS, max_size=2),
        "options": st.dictionaries(st.text(), VALUES, max_size=3),
        "note": st.text(),
    },
)


@settings(deadline=None)
@given(prompt=TEXTS, fields=FIELDS)
def test_a_probe_survives_its_wire_form(prompt: str, fields: dict[str, object]) -> None:
    """to_json → JSON text → from_json is the same probe."""
    for probe in (must_refuse(prompt, **fields), must_answer(turns=[prompt, prompt], **fields)):  # type: ignore[arg-type]
        assert Probe.from_json(json.loads(json.dumps(probe.to_json()))) == probe
