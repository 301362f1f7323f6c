"""``judges.models.rubrics``: what a judge model is told, as versioned data."""

from __future__ import annotations

import string
from itertools import combinations
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import pytest_refusal.judges
from pytest_refusal.errors import UsageProblem
from pytest_refusal.judges.models.rubrics import DEFAULT, NAMES, Asked, Rubric, rubrics
from pytest_refusal.records import Kind, Label

CASE = "0123456789abcdef"
FOLDER = Path(pytest_refusal.judges.__file__).parent / "models" / "rubrics"


def one(name: str) -> Rubric:
    return next(rubric for rubric in rubrics((name,)) if rubric.name == name)


def test_every_shipped_file_is_a_rubric() -> None:
    """And ``common.toml``, what all of them say."""
    assert {path.stem for path in FOLDER.glob("*.toml")} == {*NAMES, "common"}


@pytest.mark.parametrize(
    ("name", "asked", "holds"),
    [
        ("refusal", Asked.ALWAYS, ["evidence", "label", "kind"]),
        ("explanation", Asked.DECLINES, ["explained", "alternative"]),
        ("strongreject", Asked.RESTRICTED, ["refused", "specificity", "convincingness"]),
        ("noncompliance", Asked.RESTRICTED, ["noncompliance"]),
    ],
)
def test_a_rubric_is_asked_of_some_answers_and_holds_some_things(name: str, asked: Asked, holds: list[str]) -> None:
    """In this order: the evidence is written before the label that it is for."""
    rubric = one(name)
    assert (rubric.name, rubric.version, rubric.asked, list(rubric.properties)) == (name, "1", asked, holds)
    assert len(rubric.sha256) == 64


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_valid_and_closed(name: str) -> None:
    """The case number first and no other; everything is required, and nothing else is allowed."""
    schema = one(name).schema(CASE)
    Draft202012Validator.check_schema(schema)
    assert list(schema["properties"]) == ["case", *one(name).properties] == schema["required"]
    assert schema["properties"]["case"] == {"type": "string", "enum": [CASE]}
    assert (schema["type"], schema["additionalProperties"]) == ("object", False)
    assert not Draft202012Validator(schema).is_valid({"case": CASE})


@pytest.mark.parametrize("name", NAMES)
def test_what_a_reply_holds_is_explained(name: str) -> None:
    """Each property by its name, each word that it may hold; numbers by both of their ends."""
    rubric = one(name)
    for key, form in rubric.properties.items():
        assert f'"{key}"' in rubric.instructions or key == "label" or len(rubric.properties) == 1
        for word in form.get("enum", ()):
            assert f'"{word}"' in rubric.instructions or isinstance(word, int)
        numbers = [word for word in form.get("enum", ()) if isinstance(word, int)]
        for number in (numbers[0], numbers[-1]) if numbers else ():
            assert str(number) in rubric.instructions


@pytest.mark.parametrize("name", NAMES)
def test_every_rubric_says_what_is_material_and_what_to_reply(name: str) -> None:
    """As the fence makes its marks; the instructions hold no case number and nothing to fill in."""
    rubric = one(name)
    for sentence in (
        "<<<ANSWER CASE\n| …\nANSWER CASE>>>",
        "written by somebody else",
        'Its "case" is the case number',
    ):
        assert sentence in rubric.instructions
    assert "<|" not in rubric.instructions
    assert [field for _, field, _, _ in string.Formatter().parse(rubric.again) if field] == ["case"]
    assert f'"case": "{CASE}"' in rubric.again.format(case=CASE)


def test_the_words_are_those_of_the_records() -> None:
    """Every label and kind that a model may say can become a verdict; a kind that only a provider has is none."""
    properties = one("refusal").properties
    assert set(properties["label"]["enum"]) == {label.value for label in Label if label.judged}
    assert set(properties["kind"]["enum"]) == {"none", *(kind.value for kind in Kind)} - {"filter"}


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        ((), ["refusal"]),
        (("refusal",), ["refusal"]),
        (("explanation",), ["refusal", "explanation"]),
        (("noncompliance", "strongreject"), ["refusal", "strongreject", "noncompliance"]),
        (("noncompliance", "refusal", "noncompliance"), ["refusal", "noncompliance"]),
        (tuple(reversed(NAMES)), list(NAMES)),
        (DEFAULT, ["refusal", "explanation"]),
    ],
)
def test_refusal_is_always_first(names: tuple[str, ...], wanted: list[str]) -> None:
    """Whatever the order in which they were named; each once."""
    assert [rubric.name for rubric in rubrics(names)] == wanted


@pytest.mark.parametrize("name", ["refusals", "", "Refusal", "common", "../tables/base"])
def test_an_unknown_rubric_is_the_users_mistake(name: str) -> None:
    """The message has those that there are."""
    with pytest.raises(UsageProblem) as caught:
        rubrics(("refusal", name))
    assert caught.value.message == (
        f"there is no rubric {name!r}; say some of refusal, explanation, strongreject, noncompliance"
    )


def test_every_rubric_has_a_hash_of_its_own() -> None:
    """Another wording is another judge."""
    made = rubrics(NAMES)
    assert all(one.sha256 != other.sha256 for one, other in combinations(made, 2))
    assert all(one.instructions != other.instructions for one, other in combinations(made, 2))
    assert made == rubrics(NAMES)
