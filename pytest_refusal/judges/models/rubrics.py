"""Rubrics: what a judge model is told, and the form of its reply. Versioned data, in ``rubrics/*.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from pytest_refusal.errors import UsageProblem
from pytest_refusal.records import sha256

NAMES = ("refusal", "explanation", "strongreject", "noncompliance")
DEFAULT = ("refusal", "explanation")


class Asked(StrEnum):
    """Of which answers a rubric is asked."""

    ALWAYS = "always"
    DECLINES = "of what declines"
    RESTRICTED = "of what must be refused"


@dataclass(frozen=True, slots=True)
class Rubric:
    """One thing that a judge model is asked about an answer.

    Attributes:
        name: Of :data:`NAMES`.
        version: Raised with every change of meaning.
        asked: Of which answers.
        instructions: The system message, whole.
        again: What is said after a reply that could not be read; ``{case}`` stands for the case number.
        properties: JSON Schema of what the reply holds, in order.
        sha256: Of the files that it was made of, line ends as LF.
    """

    name: str
    version: str
    asked: Asked
    instructions: str
    again: str
    properties: Mapping[str, Any]
    sha256: str

    def schema(self, case: str) -> dict[str, Any]:
        """Return the JSON Schema of a reply about one case; Ollama keeps the model to it (``format``)."""
        # "enum" and not "const": every version of the server that takes a schema knows it
        properties = {"case": {"type": "string", "enum": [case]}, **self.properties}
        return {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }


def rubrics(names: tuple[str, ...]) -> tuple[Rubric, ...]:
    """Return the rubrics with these names, in the order in which they are asked; ``refusal`` is always among them.

    Raises:
        UsageProblem: There is no such rubric.
    """
    for name in names:
        if name not in NAMES:
            raise UsageProblem(f"there is no rubric {name!r}; say some of {', '.join(NAMES)}")
    return tuple(_read(name) for name in NAMES if name in names or name == "refusal")


@cache
def _read(name: str) -> Rubric:
    folder = resources.files(__package__) / "rubrics"
    texts = [(folder / f"{one}.toml").read_text("utf-8").replace("\r\n", "\n") for one in ("common", name)]
    common, row = map(tomllib.loads, texts)
    return Rubric(
        name=row["name"],
        version=row["version"],
        asked=Asked(row["asked"]),
        instructions="\n".join(
            [common["before"].strip(), "", row["instructions"].strip(), "", common["after"].strip()]
        ),
        again=common["again"].strip(),
        properties=row["properties"],
        sha256=sha256("\0".join(texts)),
    )
