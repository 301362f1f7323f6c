"""The shipped JSON Schema as the judge of what a probe file may hold, its errors in our words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from pytest_refusal.probes.document import Document, is_number
from pytest_refusal.probes.fields import SHARED, Step
from pytest_refusal.probes.problems import Problem, closest, missing, not_one_ask, quoted, shown, unknown, wrong
from pytest_refusal.schemas import schema_path


def faults(document: Document) -> list[Problem]:
    """Return everything the schema objects to, one problem a place, in the order of the schema's walk."""
    found: dict[tuple[Step, ...], Problem] = {}
    for error in validator().iter_errors(document.content):
        for problem in _said(document, error):
            found.setdefault(problem.path, problem)
    return list(found.values())


def validator() -> Any:
    """Return a validator of whole files: jsonschema's Draft 2020-12, with three of its keywords prepared.

    jsonschema makes a new validator for every value it descends to: 1.4 s for 10,000 probes of seven keys. Made once
    for every part of the schema, and with the texts remembered that a part has accepted already (categories and tags
    recur), it is 0.4 s. What is valid stays the same (``tests/unit/test_schemas.py`` compares).
    """
    from jsonschema import Draft202012Validator, validators

    schema = json.loads(schema_path("probes").read_text(encoding="utf-8"))
    prepared: dict[int, Any] = {}
    accepted: set[tuple[int, str]] = set()

    def part(judge: Any, of: Any) -> Any:
        known = prepared.get(id(of))
        if known is None:
            known = prepared[id(of)] = judge.evolve(schema=of)
        return known

    def inside(judge: Any, of: Any, content: object, step: Step) -> Iterator[Any]:
        if type(content) is str and (id(of), content) in accepted:
            return
        fits = True
        for error in part(judge, of).iter_errors(content):
            fits = False
            error.path.appendleft(step)
            yield error
        if fits and type(content) is str:
            accepted.add((id(of), content))

    def properties(judge: Any, of: dict[str, Any], content: object, _: object) -> Iterator[Any]:
        if isinstance(content, dict):
            for name, inner in content.items():
                if name in of:
                    yield from inside(judge, of[name], inner, name)

    def items(judge: Any, of: Any, content: object, _: object) -> Iterator[Any]:
        if isinstance(content, list):
            for index, inner in enumerate(content):
                yield from inside(judge, of, inner, index)

    def reference(judge: Any, of: str, content: object, _: object) -> Iterator[Any]:
        target = schema
        for name in of.removeprefix("#/").split("/"):
            target = target[name]
        yield from part(judge, target).iter_errors(content)

    types = Draft202012Validator.TYPE_CHECKER.redefine("number", lambda _, content: is_number(content))
    extend: Any = validators.extend  # untyped
    keywords = {"properties": properties, "items": items, "$ref": reference}
    return extend(Draft202012Validator, keywords, type_checker=types)(schema)


def inner_of(path: tuple[Step, ...]) -> tuple[Step, ...] | None:
    """Return a file's key path as seen from the probe or ``defaults`` it is in; None at the file's top level."""
    if path and isinstance(path[0], int):
        return path[1:]
    if len(path) > 1:
        return path[2:] if path[0] == "probes" else path[1:]
    return None


def _said(document: Document, error: Any) -> Iterable[Problem]:
    """Yield the problems that one error of jsonschema stands for."""
    path: tuple[Step, ...] = tuple(error.absolute_path)
    inner = inner_of(path)
    content: Any = error.instance
    if inner is None:
        return _of_the_file(path, error)
    if inner and inner[0] == "messages" and error.validator in ("required", "additionalProperties"):
        return [wrong(path, inner, content)]
    if error.validator == "additionalProperties":
        return [unknown((*path, name), error.schema["properties"], "a probe") for name in _extra(error)]
    if error.validator == "required":
        return [missing((*path, name), (*inner, name)) for name in error.validator_value if name not in content]
    if error.validator == "oneOf":
        return [not_one_ask(path, content)]
    return [wrong(path, inner, content, document.spot.at(path).source)]


def _of_the_file(path: tuple[Step, ...], error: Any) -> Iterable[Problem]:
    """Yield the problems of the top level: the list or mapping itself, and its keys."""
    content: Any = error.instance
    if error.validator == "additionalProperties":
        if path == ("defaults",):
            return [_not_shared((*path, name)) for name in _extra(error)]
        return [unknown((name,), error.schema["properties"], "a probe file") for name in _extra(error)]
    if error.validator == "required":
        return [missing((*path, name), (name,)) for name in error.validator_value if name not in content]
    if path:
        return [wrong(path, path, content)]
    return [Problem((), f"expected a list of probes, or a mapping with 'probes', got {shown(content)}")]


def _not_shared(path: tuple[Step, ...]) -> Problem:
    name = str(path[-1])
    hint = closest(name, SHARED) or f" (known: {', '.join(sorted(SHARED))})"
    return Problem(path, f"expected a key that probes can share, got {quoted(name)}{hint}")


def _extra(error: Any) -> list[str]:
    return [name for name in error.instance if name not in error.schema["properties"]]
