"""A JSON report → the lines that a baseline would have of it. Only role ``round`` counts, and no other frame."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pytest_refusal.baseline.fields import problems
from pytest_refusal.baseline.lines import BaselineLine
from pytest_refusal.errors import UsageProblem
from pytest_refusal.escaping import printable
from pytest_refusal.protocols import JudgeIdentity
from pytest_refusal.records import Applied, Expect, Label, Message, Rewording, Role, canonical_json, sha256

REPORT = "pytest-refusal/report/1"
NO_DATE = "0000-00-00"
WRITE_ONE = "pytest --refusal-report=FILE.json writes a report"


def lines_of(report: Mapping[str, Any], date: str | None = None) -> list[BaselineLine]:
    """Return a line for every probe × condition × wording that was asked, sorted; nothing is refused here.

    A rewording whose text the report does not have as it was asked (it was redacted, or left out) cannot be pinned and
    has no line; ``not_pinned`` names those.

    Args:
        report: A JSON report.
        date: Of the lines, ``YYYY-MM-DD``; None: today, UTC.

    Raises:
        UsageProblem: It is no report, or damaged.
    """
    day = date or datetime.datetime.now(datetime.UTC).date().isoformat()
    return sorted(_counted(report, day)[0], key=lambda one: one.place)


def not_pinned(report: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    """Return (probe, condition, wording's number) of each rewording that cannot be pinned, for its text is not known.

    Raises:
        UsageProblem: As of :func:`lines_of`.
    """
    return _counted(report, NO_DATE)[1]


@contextmanager
def damaged_otherwise() -> Iterator[None]:
    """Turn what goes wrong while a report is walked through into a ``UsageProblem``."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, StopIteration) as error:
        what = f"{type(error).__name__}: {printable(str(error), 100)}"
        raise UsageProblem(f"the report is damaged: its parts do not fit together ({what})") from None


def check_report(report: Mapping[str, Any]) -> None:
    """Raise a ``UsageProblem`` for what is no report of this schema, or measured nothing."""
    schema = report.get("schema")
    if schema != REPORT:
        shown = f"'{printable(schema, 60)}'" if isinstance(schema, str) else "none"
        raise UsageProblem(f"expected the schema '{REPORT}', got {shown}; {WRITE_ONE}")
    with damaged_otherwise():
        if any("content_sha256" not in one for one in report["probes"]):
            raise UsageProblem(
                "it is a report of an older pytest-refusal, whose probes have no 'content_sha256'; write it again "
                "(what the store holds is not asked again)"
            )
        if report["judge"] is None:
            raise UsageProblem("nothing was judged in this run: there is nothing to accept")


def _counted(report: Mapping[str, Any], date: str) -> tuple[list[BaselineLine], list[tuple[str, str, int]]]:
    check_report(report)
    with damaged_otherwise():
        lines, unknown = _lines(report, date)
        # what is written has to be read again
        for fault in (fault for one in lines for fault in problems(one.to_json())):
            raise ValueError(fault)
    return lines, unknown


def rounds(report: Mapping[str, Any]) -> dict[tuple[str, str, int], list[Mapping[str, Any]]]:
    """Return (probe, condition, wording's number) → its outcomes that count, sorted."""
    found: dict[tuple[str, str, int], list[Mapping[str, Any]]] = {}
    for one in report["outcomes"]:
        if Role(one["role"]) is Role.ROUND and not one.get("framing"):
            found.setdefault((one["probe"], one["condition"], one["wording"]), []).append(one)
    return {key: sorted(found[key], key=lambda one: int(one["attempt"])) for key in sorted(found)}


def wordings_of(report: Mapping[str, Any]) -> dict[tuple[str, int], str]:
    """Return (probe, wording's number) → the hash of its messages; 0 is the canonical wording."""
    found: dict[tuple[str, int], str] = {}
    for probe in report["probes"]:
        found[probe["id"], 0] = checked_text(probe["prompt_sha256"])
        for one in probe["paraphrases"]:
            found[probe["id"], one["wording"]] = checked_text(one["sha256"])
    return found


def _lines(report: Mapping[str, Any], date: str) -> tuple[list[BaselineLine], list[tuple[str, str, int]]]:
    probes = {checked_text(one["id"]): one for one in report["probes"]}
    conditions = {checked_text(one["name"]): one for one in report["conditions"]}
    judge = JudgeIdentity(*(checked_text(report["judge"][name]) for name in ("name", "version", "sha256")))
    lines, unknown = [], []
    for (name, condition, number), attempts in rounds(report).items():
        probe = probes[name]
        rewording = _rewording(probe, number) if number else None
        if number and rewording is None:
            unknown.append((name, condition, number))
            continue
        # of a condition whose tests all died nothing is known but its name; its attempts are errors
        facts = conditions.get(condition, {})
        labels = Counter(Label(one["label"]) for one in attempts)
        lines.append(
            BaselineLine(
                probe=name,
                condition=condition,
                messages_sha256=checked_text(probe["prompt_sha256"]) if rewording is None else rewording.sha256,
                content_sha256=checked_text(probe["content_sha256"]),
                expect=Expect(probe["expect"]),
                labels=_sorted(labels),
                last_attempt=max(int(one["attempt"]) for one in attempts),
                judge=judge,
                target=checked_text(facts.get("target", condition)),
                date=date,
                category=checked_text(probe["category"]),
                critical=bool(probe.get("critical")),
                violations=_sorted(Counter(Label(one["label"]) for one in attempts if one.get("violation"))),
                distinct_answers=len({one["answer"] for one in attempts if one.get("answer")}),
                rewording=rewording,
                model=checked_text(facts.get("model", "")),
                server_version=checked_text(facts.get("server_version", "")),
                identity_sha256=checked_text(facts.get("identity_sha256") or ""),
                system_prompt_sha256=checked_text(facts.get("system_prompt_sha256") or ""),
                options=dict(facts.get("options", {})),
            )
        )
    return lines, unknown


def _rewording(probe: Mapping[str, Any], number: int) -> Rewording | None:
    """Return a rewording whose text, as the report has it, is the one that was asked; else None."""
    row = next(one for one in probe["paraphrases"] if one["wording"] == number)
    text, messages = row.get("text"), probe.get("messages")
    if text is None or messages is None:
        return None
    asked = [Message(checked_text(one["role"]), checked_text(one["content"])) for one in messages[:-1]]
    asked.append(Message("user", checked_text(text)))
    if sha256(canonical_json([one.to_json() for one in asked])) != row["sha256"]:
        return None
    applied = tuple(Applied(*(checked_text(one[key]) for key in ("name", "slot", "kind"))) for one in row["applied"])
    return Rewording(text, applied, row["sha256"])


def _sorted(counts: Mapping[Label, int]) -> dict[Label, int]:
    return {label: counts[label] for label in Label if counts.get(label)}


def checked_text(content: object) -> str:
    """Return a text of a report; raises a TypeError for anything else."""
    if not isinstance(content, str):
        raise TypeError(f"a text was expected, not {type(content).__name__}")
    return content
