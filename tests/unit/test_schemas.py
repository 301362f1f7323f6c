"""``schemas``: the shipped schemas are valid, found, and fit for editors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pytest_refusal.probes import read_probes
from pytest_refusal.probes.fields import OWN, SHARED
from pytest_refusal.records import Expect, Tier
from pytest_refusal.schemas import NAMES, schema_path


def schema_of(name: str) -> dict[str, Any]:
    """Return a shipped schema."""
    schema: dict[str, Any] = json.loads(schema_path(name).read_text(encoding="utf-8"))
    return schema


PROBE = schema_of("probes")["$defs"]["probe"]["properties"]


def test_every_shipped_schema_has_a_name_and_every_name_a_schema() -> None:
    """``pytest-refusal schema NAME`` prints each of them."""
    folder = schema_path("probes").parent
    assert schema_path("probes").is_absolute()
    assert sorted(NAMES) == sorted(file.name.removesuffix(".schema.json") for file in folder.glob("*.schema.json"))


def test_an_unknown_name_is_an_error_that_lists_the_known_ones() -> None:
    """No path to a file that does not exist."""
    with pytest.raises(ValueError, match=r"^no schema is called 'probe'; there are: probes, report, cal.*, baseline$"):
        schema_path("probe")


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_valid_2020_12(name: str) -> None:
    """Editors and validators take it."""
    schema = schema_of(name)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"]
    Draft202012Validator.check_schema(schema)


def properties(schema: Any) -> Iterator[tuple[str, Any]]:
    """Yield every property that a schema declares, at any depth."""
    if isinstance(schema, dict):
        for name, inner in schema.get("properties", {}).items():
            if isinstance(inner, dict) and "$ref" not in inner and "required" not in schema.get("then", {}):
                yield name, inner
        for inner in schema.values():
            yield from properties(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from properties(inner)


def test_editors_can_explain_every_key() -> None:
    """Title and description wherever a user writes a key."""
    schema = schema_of("probes")
    for part in ("if", "else"):
        del schema[part]
    seen = dict(properties(schema))
    assert {*OWN, *SHARED, "role", "content", "probes", "$schema"} <= seen.keys()
    assert [name for name, inner in seen.items() if not (inner.get("title") and inner.get("description"))] == []


def test_schema_and_code_name_the_same_keys_and_words() -> None:
    """A field that is added here is added there."""
    defaults = schema_of("probes")["$defs"]["defaults"]["properties"]
    assert set(PROBE) == {*OWN, *SHARED}
    assert set(defaults) == set(SHARED)
    assert defaults == {name: {"$ref": f"#/$defs/probe/properties/{name}"} for name in SHARED}
    assert PROBE["expect"]["enum"] == [word.value for word in Expect]
    assert PROBE["tier"]["enum"] == [word.value for word in Tier]


GOOD = [
    [{"prompt": "a?", "expect": "answer"}],
    {"$schema": "x", "probes": [{"turns": ["a?"], "expect": "either"}]},
    {"defaults": {"expect": "refuse"}, "probes": [{"prompt": "a?"}, {"prompt": "b?", "expect": "answer"}]},
    {"defaults": {}, "probes": [{"prompt": "a?", "expect": "answer", "never_says": "b", "options": {"a": [None]}}]},
]
BAD = [
    [],
    {},
    "a?",
    [{"prompt": "a?"}],
    {"probes": []},
    {"probes": [{"prompt": "a?"}]},
    {"defaults": {"lang": "de"}, "probes": [{"prompt": "a?"}]},
    {"defaults": {"id": "a", "expect": "refuse"}, "probes": [{"prompt": "a?"}]},
    [{"prompt": "a?", "turns": ["a?"], "expect": "answer"}],
    [{"prompt": "a?", "expect": "answer", "id": "a\n"}],
    [{"prompt": "a?", "expect": "answer", "id": "\u00a0a"}],
    [{"prompt": "a?", "expect": "answer", "lang": "en\n"}],
    [{"prompt": "a?", "expect": "answer", "colour": 1}],
]


@pytest.mark.parametrize(("content", "fits"), [*((one, True) for one in GOOD), *((one, False) for one in BAD)])
def test_plain_jsonschema_and_the_reader_agree(tmp_path: Path, content: object, fits: bool) -> None:
    """What an editor marks red is what pytest refuses."""
    assert Draft202012Validator(schema_of("probes")).is_valid(content) is fits
    file = tmp_path / "p.json"
    file.write_text(json.dumps(content))
    try:
        read = bool(read_probes(file))
    except Exception:
        read = False
    assert read is fits


def test_a_file_may_name_the_schema_for_editors(tmp_path: Path) -> None:
    """As a comment in YAML, as a key in all of them."""
    file = tmp_path / "p.yaml"
    file.write_text(
        f"# yaml-language-server: $schema={schema_path('probes')}\n$schema: x\nprobes: [{{prompt: a?, expect: answer}}]"
    )
    assert read_probes(file)[0].prompt == "a?"
