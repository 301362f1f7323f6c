"""``probes.check``: what is written in Python and what is written in files follow the same rules, in the same words."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_refusal.errors import UsageProblem
from pytest_refusal.probes import either, must_answer, must_refuse, read_probes
from pytest_refusal.probes.check import beyond, rules
from pytest_refusal.probes.document import Document, Spot
from pytest_refusal.probes.fields import ASKS, DEEPEST_OPTIONS, LISTS, OWN, SHARED
from pytest_refusal.probes.problems import Problem
from pytest_refusal.probes.schema import faults

ODD = [
    *(None, True, False, 0, 1, -1.5, 10**30, float("nan"), float("inf")),
    *("", " ", "\u00a0", "a", "a ", "\u3000a", "a\n", "a\tb", "a\x7f", "a\x80b", "a\x9fb", "a\xa0b", "a\u2028b"),
    *("x" * 200, "x" * 201, "refuse", "answer", "either", "Refuse", "reasonable"),
    *("en", "pt-BR", "en-x-y1", "en_US", "en-", "x" * 8, "x" * 9, "en-" + "x" * 8, "en-" + "x" * 9, "en\n", "1-a"),
    *("/a/", "/(/", "/(/i", "/[[a]/", "/a{2,1}/", "//", "\ud800", "é", "user", "assistant", "user\n"),
]
SCRAPS = st.sampled_from(ODD).filter(lambda scrap: scrap is not None)
ROLES = st.sampled_from(["user", "assistant", "system", "bot", "user\n"])
MESSAGES = st.fixed_dictionaries({"role": ROLES | SCRAPS, "content": st.sampled_from(["a?", "b"]) | SCRAPS})
CONTENTS = st.recursive(
    SCRAPS | st.none() | MESSAGES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
GOOD: dict[str, st.SearchStrategy[Any]] = {
    "prompt": st.just("a?"),
    "messages": st.lists(MESSAGES, min_size=1, max_size=3),
    "turns": st.just(["a?", "b?"]),
    "id": st.just("a-1"),
    "tier": st.just("ambiguous"),
    "lang": st.just("de"),
    "critical": st.just(True),
    "options": st.dictionaries(st.text(max_size=3), CONTENTS, max_size=3),
    **{name: st.just("a") | st.just(["a", "b"]) for name in LISTS},
    **{name: st.just("a") for name in ("category", "prefill", "xfail", "note")},
}


@st.composite
def rows(draw: st.DrawFn, expect: bool = True) -> dict[str, Any]:
    """Draw a row that is right in most of its keys and often in all of them."""
    row: dict[str, Any] = {}
    names = [draw(st.sampled_from(ASKS)), *draw(st.lists(st.sampled_from([*GOOD, "colour", "id "]), max_size=3))]
    for name in names:
        good = name in GOOD and draw(st.integers(0, 3)) > 0
        row[name] = draw(GOOD[name] if good else CONTENTS)
    if expect and draw(st.integers(0, 5)):
        row["expect"] = draw(st.sampled_from(["refuse", "answer", "either"]) | CONTENTS)
    return row


def by_schema(row: dict[str, Any]) -> set[Problem]:
    """Return what the shipped schema says of a row, from the row's point of view."""
    return {Problem(problem.path[1:], problem.text) for problem in faults(Document([row], Spot(1, {0: Spot(1)})))}


@settings(deadline=None, max_examples=400)
@given(rows())
def test_makers_and_schema_object_to_the_same_in_the_same_words(row: dict[str, Any]) -> None:
    """One rule, two implementations: jsonschema costs 33 ms to import, which no test module of probes should pay."""
    assert set(rules(row)) == by_schema(row)


SHAPES: list[Callable[[object], object]] = [
    lambda odd: odd,
    lambda odd: [odd],
    lambda odd: ["a", odd],
    lambda odd: {"a": odd},
    lambda odd: {"a": [{"b": odd}]},
    lambda odd: [{"role": "user", "content": odd}],
    lambda odd: [{"role": odd, "content": "a?"}],
    lambda odd: [{"role": "user", "content": "a?", "name": odd}],
    lambda odd: [],
    lambda odd: {},
]


def test_each_key_is_judged_alike_for_each_odd_content() -> None:
    """Not left to chance: every key with every scrap in every shape."""
    some = [
        {"prompt": "a?", "expect": "answer", name: shape(odd)}
        for name in (*OWN, *SHARED, "colour")
        for shape in SHAPES
        for odd in ODD
    ]
    spot = Spot(1, {index: Spot(1) for index in range(len(some))})
    said: dict[int | str, set[Problem]] = {}
    for problem in faults(Document(some, spot)):
        said.setdefault(problem.path[0], set()).add(Problem(problem.path[1:], problem.text))
    for index, row in enumerate(some):
        assert set(rules(row)) == said.get(index, set()), row


MAKERS = {"refuse": must_refuse, "answer": must_answer, "either": either}


@settings(deadline=None, max_examples=300)
@given(rows(expect=False).filter(lambda row: None not in row.values()), st.sampled_from(list(MAKERS)))
def test_a_maker_and_a_file_give_the_same_probe_or_both_object(row: dict[str, Any], expect: str) -> None:
    """With the same number of problems at the same keys."""
    by_maker: Any
    by_file: Any
    try:
        by_maker = MAKERS[expect](**row)
    except UsageProblem as error:
        by_maker = sorted(line.partition(f" {MAKERS[expect].__name__}: ")[2] for line in error.message.splitlines())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "p.jsonl")
        file.write_text(json.dumps({**row, "expect": expect}))
        try:
            (by_file,) = read_probes(file, shown_from=Path(folder))
        except UsageProblem as error:
            by_file = sorted(line.partition("p.jsonl:1: ")[2] for line in error.message.splitlines())
    assert by_maker == by_file


def test_every_field_of_a_probe_is_known_and_none_twice() -> None:
    """What ``Probe`` has, users can write."""
    from dataclasses import fields

    from pytest_refusal.records import Probe

    assert {field.name for field in fields(Probe)} - {"place"} == {*OWN, *SHARED} - {"prompt"}
    assert not set(OWN) & set(SHARED)


def nested(levels: int) -> dict[str, Any]:
    """Return options of so many levels."""
    inner: Any = 1
    for _ in range(levels - 1):
        inner = [inner]
    return {"a": inner}


@pytest.mark.parametrize("levels", [1, DEEPEST_OPTIONS, DEEPEST_OPTIONS + 1, 500])
def test_options_nest_so_deep_and_no_deeper(levels: int) -> None:
    """The bound is exact, and far beyond it nothing breaks."""
    row = {"prompt": "a?", "expect": "answer", "options": nested(levels)}
    assert not list(rules(row))
    assert [problem.path for problem in beyond(row)] == ([] if levels <= DEEPEST_OPTIONS else [("options",)])


def surrogates(problems: Iterator[Problem]) -> list[tuple[str | int, ...]]:
    """Return the paths of the problems."""
    return [problem.path for problem in problems]


def test_text_that_cannot_be_sent_is_found_wherever_it_hides() -> None:
    """In lists, in options, in the names of options."""
    row = {"tags": ["a", "\ud800"], "options": {"a": {"\udfff": ["\udc00"]}}, "note": "é😀"}
    assert surrogates(beyond(row)) == [
        ("tags", 1),
        ("options", "a", "(key)"),
        ("options", "a", "\udfff", 0),
    ]
