"""The keys of a line: what each has to hold, in a test and in words, and a row of JSON as a line."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pytest_refusal.baseline.lines import ALWAYS, SCHEMA, BaselineLine
from pytest_refusal.escaping import printable
from pytest_refusal.protocols import JudgeIdentity
from pytest_refusal.records import Applied, Expect, Label, Rewording

MOST = 2**53
"""Counts are below it: beyond, other programs that read JSON lose digits."""

_SHOWN = 60
_SHA256 = re.compile("[0-9a-f]{64}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Test = Callable[[Any], bool]


def _is_text(got: Any) -> bool:
    return isinstance(got, str)


def _is_name(got: Any) -> bool:
    return isinstance(got, str) and bool(got)


def _is_sha256(got: Any) -> bool:
    return isinstance(got, str) and _SHA256.fullmatch(got) is not None


def _is_count(got: Any, least: int = 0) -> bool:
    return isinstance(got, int) and not isinstance(got, bool) and least <= got < MOST


def _is_counts(got: Any) -> bool:
    return isinstance(got, dict) and all(word in set(Label) and _is_count(count, 1) for word, count in got.items())


def _is_options(got: Any) -> bool:
    try:
        # 1e999 is read as infinity, which is no JSON
        return isinstance(got, dict) and bool(json.dumps(got, allow_nan=False))
    except ValueError:
        return False


def _is_applied(got: Any) -> bool:
    return isinstance(got, list) and all(
        isinstance(one, list) and len(one) == 3 and all(map(_is_text, one)) for one in got
    )


_TEXT: tuple[Test, str] = (_is_text, "a text")
_NAME: tuple[Test, str] = (_is_name, "a text that is not empty")
_HASH: tuple[Test, str] = (_is_sha256, "a SHA-256 of 64 hexadecimal digits")
_COUNTS = f"counts of 1 or more by label ({', '.join(Label)})"

FIELDS: Mapping[str, tuple[Test, str]] = {
    "probe": _NAME,
    "condition": _NAME,
    "expect": (lambda got: isinstance(got, str) and got in set(Expect), f"one of {', '.join(Expect)}"),
    "category": _TEXT,
    "critical": (lambda got: isinstance(got, bool), "true or false"),
    "labels": (lambda got: _is_counts(got) and bool(got), _COUNTS),
    "violations": (_is_counts, _COUNTS),
    "last_attempt": (lambda got: _is_count(got, 1), "a whole number, 1 or more"),
    "distinct_answers": (_is_count, "a whole number, 0 or more"),
    "rewording": (lambda got: isinstance(got, dict), "an object with 'text' and 'applied'"),
    "date": (lambda got: isinstance(got, str) and _DATE.fullmatch(got) is not None, "a date as YYYY-MM-DD"),
    "judge": (lambda got: isinstance(got, dict), "an object with 'name', 'version' and 'sha256'"),
    "target": _NAME,
    "model": _TEXT,
    "server_version": _TEXT,
    "options": (_is_options, "an object with finite numbers"),
    "identity_sha256": _HASH,
    "system_prompt_sha256": _HASH,
    "content_sha256": _HASH,
    "messages_sha256": _HASH,
    "schema": (lambda got: got == SCHEMA, f"'{SCHEMA}'"),
}
"""Key → what holds of it, and how a message says so."""

_JUDGE = {"name": _NAME, "version": _TEXT, "sha256": _HASH}
_REWORDING = {"text": _NAME, "applied": (_is_applied, "a list of [operator, slot, kind]")}


def problems(row: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a row, ``KEY: expected …, got …`` for each; all of it at once."""
    found = list(_wrong(row, FIELDS, ALWAYS, ""))
    for name, fields in (("judge", _JUDGE), ("rewording", _REWORDING)):
        if isinstance(row.get(name), dict):
            found += _wrong(row[name], fields, frozenset(fields), f"{name}.")
    return found or list(_contradictions(row))


def _wrong(
    row: Mapping[str, Any], fields: Mapping[str, tuple[Test, str]], always: frozenset[str], under: str
) -> Iterator[str]:
    for name, (holds, wanted) in fields.items():
        if name not in row:
            if name in always:
                yield f"{under}{name}: expected {wanted}, got nothing: the key is missing"
        elif not holds(row[name]):
            yield f"{under}{name}: expected {wanted}, got {shown(row[name])}"
    for name in sorted(row.keys() - fields.keys()):
        near = difflib.get_close_matches(name[:_SHOWN], fields, 1)
        hint = f" (did you mean '{near[0]}'?)" if near else " (a line of a newer pytest-refusal?)"
        yield f"{under or 'the line: '}expected a key of a baseline's line, got {shown(name)}{hint}"


def _contradictions(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield what no single key can say."""
    attempts = sum(row["labels"].values())
    if row["last_attempt"] < attempts:
        yield f"last_attempt: expected {attempts} or more, as 'labels' has {attempts}, got {row['last_attempt']}"
    for word, count in row.get("violations", {}).items():
        if count > (most := row["labels"].get(word, 0)):
            yield f"violations.{word}: expected at most {most}, as 'labels' has, got {count}"


def line_of(row: Mapping[str, Any]) -> BaselineLine:
    """Return the line of a row that has no problems."""
    optional = {
        name: row[name]
        for name in (
            *("category", "critical", "distinct_answers", "model", "server_version", "options"),
            *("identity_sha256", "system_prompt_sha256"),
        )
        if name in row
    }
    messages, reworded = row["messages_sha256"], row.get("rewording")
    return BaselineLine(
        probe=row["probe"],
        condition=row["condition"],
        messages_sha256=messages,
        content_sha256=row["content_sha256"],
        expect=Expect(row["expect"]),
        labels=_counts(row["labels"]),
        last_attempt=row["last_attempt"],
        judge=JudgeIdentity(**row["judge"]),
        target=row["target"],
        date=row["date"],
        violations=_counts(row.get("violations", {})),
        rewording=reworded
        and Rewording(reworded["text"], tuple(Applied(*one) for one in reworded["applied"]), messages),
        **optional,
    )


def _counts(row: Mapping[str, int]) -> dict[Label, int]:
    return {label: row[label.value] for label in Label if label.value in row}


def shown(got: object) -> str:
    """Say what came, short and escaped."""
    if isinstance(got, str):
        return f"'{printable(got, _SHOWN)}'" if got else "an empty text"
    if isinstance(got, bool) or got is None:
        return {True: "true", False: "false", None: "null"}[got]
    if isinstance(got, int | float):
        return f"the number {got:.17g}" if isinstance(got, float) else f"the number {got}"
    if isinstance(got, Mapping):
        inside: Sequence[str] = [f"'{printable(str(name), _SHOWN)}'" for name in list(got)[:3]]
        return f"an object with {', '.join(inside)}{', …' if len(got) > 3 else ''}" if got else "an empty object"
    return f"a list of {len(got)}" if isinstance(got, list) else f"a {type(got).__name__}"
