"""``probes.schema``: the prepared validator says what jsonschema says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pytest_refusal.probes.schema import inner_of, validator
from pytest_refusal.schemas import schema_path

SCRAPS = st.sampled_from([None, True, 0, 2.5, "", " ", "a", "refuse", "answer", "en", "x" * 201, " a", "a\x00"])
CONTENTS = st.recursive(
    SCRAPS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "role", "content"]), inner),
    max_leaves=5,
)
SHARED = st.dictionaries(
    st.sampled_from(["expect", "tags", "lang", "options", "critical", "prompt", "colour"]), CONTENTS, max_size=3
)
ROWS = st.builds(
    lambda ask, row: {**ask, **row},
    st.sampled_from([{}, {"prompt": "a?", "expect": "answer"}, {"turns": ["a?"]}, {"prompt": "a?"}]),
    SHARED | st.dictionaries(st.sampled_from(["id", "messages", "turns", "tier", "note"]), CONTENTS, max_size=2),
)
FILES = st.one_of(
    CONTENTS,
    st.lists(ROWS | CONTENTS, max_size=4),
    st.fixed_dictionaries({"probes": st.lists(ROWS, max_size=4)}, optional={"defaults": SHARED | CONTENTS}),
    st.dictionaries(st.sampled_from(["$schema", "defaults", "probes", "probe"]), CONTENTS, max_size=3),
)


def found(judge: Any, content: object) -> set[tuple[tuple[str | int, ...], str, str]]:
    """Return what a validator objects to."""
    return {(tuple(error.absolute_path), error.validator, error.message) for error in judge.iter_errors(content)}


@settings(deadline=None, max_examples=400)
@given(FILES)
def test_the_prepared_validator_finds_the_same_errors_as_jsonschema(content: object) -> None:
    """It is faster and nothing else."""
    schema = json.loads(schema_path("probes").read_text(encoding="utf-8"))
    assert found(validator(), content) == found(Draft202012Validator(schema), content)


def test_a_text_that_one_key_accepted_is_still_judged_for_another() -> None:
    """What was accepted is remembered for its part of the schema only."""
    rows = [{"prompt": "de", "expect": "answer", "lang": "de"}, {"prompt": "a b", "expect": "answer", "lang": "a b"}]
    assert [tuple(error.absolute_path) for error in validator().iter_errors(rows)] == [(1, "lang")]


@pytest.mark.parametrize(
    ("path", "inner"),
    [
        ((), None),
        (("probes",), None),
        (("defaults",), None),
        ((0,), ()),
        (("probes", 0), ()),
        (("probes", 0, "tags", 1), ("tags", 1)),
        (("defaults", "tags", 1), ("tags", 1)),
        ((3, "id"), ("id",)),
    ],
)
def test_key_paths_are_seen_from_the_probe(path: tuple[str | int, ...], inner: tuple[str | int, ...] | None) -> None:
    """A file is a list or a mapping; the words for a key are the same."""
    assert inner_of(path) == inner
