"""A JSON report → the values of a run, as the run had them, so that everything can be counted again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from pytest_refusal.agreement import agreement
from pytest_refusal.baseline.counting import REPORT, WRITE_ONE, checked_text, damaged_otherwise
from pytest_refusal.calibration.sheet import read_json_object
from pytest_refusal.errors import UsageProblem
from pytest_refusal.escaping import printable
from pytest_refusal.protocols import Condition, Facts, JudgeIdentity
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
from pytest_refusal.session.summing import counts_of_pairs, pairs_of, summed
from pytest_refusal.settings import FloorMode, Limits, Rule
from pytest_refusal.summary import (
    AskedWordings,
    Broken,
    GateVerdict,
    JudgeErrors,
    MeasuredCondition,
    Rate,
    Report,
    ServerUse,
    SmallestFlip,
    Usage,
)

Row = Mapping[str, Any]

LATER = ("asked", "left_out", "not_run", "not_reworded", "seed", "limits")
"""Keys that reports of older versions lack, and without which nothing can be counted again."""


@dataclass(frozen=True, slots=True, repr=False)
class ReadProbe(Probe):
    """A probe of a report: its hashes are those that the report says, whether its texts are there or not."""

    told_content: str = ""
    told_messages: str = ""

    @property
    def content_sha256(self) -> str:
        """As the report says it."""
        return self.told_content

    @property
    def messages_sha256(self) -> str:
        """As the report says it."""
        return self.told_messages


@dataclass(frozen=True, slots=True)
class ReadCondition(Condition):
    """A condition of a report: of its identity, and where texts are left out of its system prompt, the hash is known.

    ``identity`` is that hash: enough to know whether there is one, and whether two are alike.
    """

    told_prompt: str | None = None

    @property
    def identity_sha256(self) -> str | None:
        """As the report says it."""
        return self.identity

    @property
    def system_prompt_sha256(self) -> str | None:
        """As the report says it."""
        return self.told_prompt


@dataclass(frozen=True, slots=True)
class ReadReport:
    """A report that was read.

    Attributes:
        name: Of its file, fit to be shown.
        report: Counted again from its outcomes; what only a run knows (broken limits, warnings) as it stands there.
        verdict: What it says of the run; it is not made again.
        baselines: Name → hash of each that the run was gated by.
        picked: Condition → ids of the probes that earned fresh attempts; None where the report does not say.
    """

    name: str
    report: Report
    verdict: str = GateVerdict.NONE.value
    baselines: Mapping[str, str] = field(default_factory=dict)
    picked: Mapping[str, tuple[str, ...]] | None = None


def read_report(path: Path) -> ReadReport:
    """Read a JSON report.

    Raises:
        UsageProblem: The file cannot be read, is no report, is one of an older version, or is damaged; the message
            begins with its name.
    """
    name = printable(str(path))
    row = read_json_object(path)
    try:
        report = report_of(row)
        with damaged_otherwise():
            gate = row["gate"]
            baselines = {
                checked_text(file): checked_text(sha256) for file, sha256 in (gate.get("baselines") or {}).items()
            }
            picked = None if gate.get("picked") is None else _ids(gate["picked"])
            return ReadReport(name, report, GateVerdict(gate["verdict"]).value, baselines, picked)
    except UsageProblem as problem:
        raise UsageProblem(f"{name}: {problem.message}") from None


def report_of(row: Row) -> Report:
    """Return the report that ``reports.wire_json`` wrote, counted again.

    Raises:
        UsageProblem: It is none, one of an older version, or damaged.
    """
    schema = row.get("schema")
    if schema != REPORT:
        shown = f"'{printable(schema, 60)}'" if isinstance(schema, str) else "none"
        raise UsageProblem(f"expected the schema '{REPORT}', got {shown}; {WRITE_ONE}")
    if missing := [key for key in LATER if key not in row]:
        raise UsageProblem(
            f"it is a report of an older pytest-refusal, without {', '.join(map(repr, missing))}; write it again "
            "(what the store holds is not asked again)"
        )
    with damaged_otherwise():
        return _report(row)


def _report(row: Row) -> Report:
    texts = "responses" in row
    judge = None if row["judge"] is None else JudgeIdentity(*(checked_text(row["judge"][one]) for one in JUDGE))
    probes = {one.id: one for one in (_probe(each) for each in _list(row["probes"]))}
    conditions = {one.condition.name: one for one in (_condition(each) for each in _list(row["conditions"]))}
    wordings = {checked_text(one["id"]): dict(_wordings(one)) for one in row["probes"]}
    outcomes = [_outcome(one) for one in _list(row["outcomes"])]
    outcomes.sort(key=lambda one: one.identity)
    asked = tuple(_asked(one, wordings) for one in _list(row["asked"]))
    not_run = {
        checked_text(name): {checked_text(probe): _whole(count) for probe, count in counts.items()}
        for name, counts in row["not_run"].items()
    }
    not_reworded = _ids(row["not_reworded"])
    errors = _errors(row["judge"].get("calibration"), judge) if judge is not None else None
    for one in outcomes:
        if one.probe not in probes or (one.wording and one.wording not in wordings[one.probe]):
            raise KeyError(f"{one.probe}, wording {one.wording}")
    rule, seed = Rule(row["rule"]), checked_text(row["seed"])
    return Report(
        plugin_version=checked_text(row["plugin"]["version"]),
        complete=_flag(row["complete"]),
        judge=judge,
        usage=Usage(**{one.name: _whole(row["usage"].get(one.name, 0)) for one in fields(Usage)}),
        rule=rule,
        conditions=conditions,
        probes=probes,
        outcomes=tuple(outcomes),
        responses={checked_text(key): checked_text(text) for key, text in row.get("responses", {}).items()},
        summary=summed(
            outcomes,
            probes,
            conditions,
            not_run=counts_of_pairs(not_run),
            asked=asked,
            not_reworded=pairs_of(not_reworded),
            rule=rule,
            seed=seed,
            errors=errors,
        ),
        deselected={checked_text(name): _whole(count) for name, count in row.get("deselected", {}).items()},
        broken=tuple(_broken(one) for one in _list(row["gate"]["broken"])),
        warnings=tuple(checked_text(one) for one in _list(row.get("warnings", []))),
        texts=texts,
        servers=tuple(_server(one) for one in _list(row["usage"].get("servers", []))),
        agreement=agreement(outcomes),
        errors=errors,
        wordings={name: all_of for name, all_of in wordings.items() if all_of},
        left_out=_ids(row["left_out"]),
        not_run=not_run,
        asked=asked,
        not_reworded=not_reworded,
        seed=seed,
        limits=None if row["limits"] is None else _limits(row["limits"]),
        dry_run=_flag(row.get("dry_run", False)),
    )


JUDGE = ("name", "version", "sha256")
MOST = 10**15
"""No count is larger; nor is any other number of a report: what is has been edited, and would overflow somewhere."""


def _probe(row: Row) -> ReadProbe:
    # without texts there is no prompt, and no hash is ever made of this one
    messages = [Message(checked_text(one["role"]), checked_text(one["content"])) for one in row.get("messages", [])]
    return ReadProbe(
        id=checked_text(row["id"]),
        messages=tuple(messages) or (Message("user", ""),),
        expect=Expect(row["expect"]),
        turns=_flag(row.get("turns", False)),
        category=checked_text(row["category"]),
        tier=None if row["tier"] is None else Tier(row["tier"]),
        lang=checked_text(row.get("lang", "")),
        prefill=checked_text(row.get("prefill", "")),
        never_says=_texts(row.get("never_says", [])),
        never_calls=_texts(row.get("never_calls", [])),
        critical=_flag(row.get("critical", False)),
        xfail=checked_text(row.get("xfail", "")),
        tags=_texts(row.get("tags", [])),
        options=dict(row.get("options", {})),
        note=checked_text(row.get("note", "")),
        told_content=checked_text(row["content_sha256"]),
        told_messages=checked_text(row["prompt_sha256"]),
    )


def _condition(row: Row) -> MeasuredCondition:
    identity, prompt = row["identity_sha256"], row["system_prompt_sha256"]
    return MeasuredCondition(
        ReadCondition(
            name=checked_text(row["name"]),
            target=checked_text(row["target"]),
            identity=None if identity is None else checked_text(identity),
            system_prompt=checked_text(row.get("system_prompt", "")),
            options=dict(row["options"]),
            told_prompt=None if prompt is None else checked_text(prompt),
        ),
        Facts(checked_text(row["model"]), checked_text(row["server_version"])),
    )


def _wordings(row: Row) -> Iterator[tuple[int, Rewording | FramedForm]]:
    """Yield (number, rewording or frame) of a probe."""
    for one in _list(row["paraphrases"]):
        applied = tuple(
            Applied(*(checked_text(by[key]) for key in ("name", "slot", "kind"))) for by in one.get("applied", [])
        )
        yield _whole(one["wording"]), Rewording(checked_text(one.get("text", "")), applied, checked_text(one["sha256"]))
    for one in _list(row.get("framings", [])):
        words = (checked_text(one.get(key, "")) for key in ("name", "framing", "text", "prefill", "sha256"))
        yield _whole(one["wording"]), FramedForm(*words)


def _asked(row: Row, wordings: Mapping[str, Mapping[int, Rewording | FramedForm]]) -> AskedWordings:
    mine = {_whole(number): wordings[row["probe"]][number] for number in _list(row["wordings"])}
    return AskedWordings(
        checked_text(row["probe"]),
        checked_text(row["condition"]),
        _whole(row["wanted"]),
        {number: one for number, one in mine.items() if isinstance(one, Rewording)},
        None if row["smallest"] is None else _smallest(row["smallest"]),
        {number: one for number, one in mine.items() if isinstance(one, FramedForm)},
        {checked_text(sha256): _whole(count) for sha256, count in row["attempts"].items()},
    )


def _smallest(row: Row) -> SmallestFlip:
    words = {key: checked_text(row.get(key, "")) for key in ("text", "words", "canonical_answer", "answer")}
    return SmallestFlip(operators=_texts(row["operators"]), **words)


def _outcome(row: Row) -> Outcome:
    duration = _number(row["duration_s"])
    verdict = Verdict(
        label=Label(row["label"]),
        confidence=_number(row["confidence"]),
        kind=None if row["kind"] is None else Kind(row["kind"]),
        explained=_flag(row["explained"]),
        alternative=_flag(row.get("alternative", False)),
        evidence=checked_text(row.get("evidence", "")),
        violation=checked_text(row["violation"] or ""),
        scores={checked_text(name): _number(score) for name, score in row["scores"].items()},
        reason=checked_text(row.get("reason", "")),
        votes=tuple(
            Vote(checked_text(one["judge"]), Label(one["label"]), _flag(one.get("explained", False)))
            for one in row.get("votes", [])
        ),
    )
    return Outcome(
        probe=checked_text(row["probe"]),
        condition=checked_text(row["condition"]),
        attempt=_whole(row["attempt"]),
        verdict=verdict,
        request=checked_text(row["request"]),
        wording=_whole(row["wording"]),
        role=Role(row["role"]),
        duration_s=duration,
        framing=checked_text(row.get("framing") or ""),
        answer=checked_text(row.get("answer") or ""),
    )


def _errors(row: Row | None, judge: JudgeIdentity) -> JudgeErrors | None:
    if row is None:
        return None
    return JudgeErrors(judge, _rate(row["sensitivity"]), _rate(row["specificity"]), _whole(row["labels"]))


def _rate(row: Row) -> Rate:
    population = row.get("population")
    return Rate(
        _whole(row["hits"]),
        _whole(row["trials"]),
        _number(row["low"]),
        _number(row["high"]),
        None if population is None else (_number(population["low"]), _number(population["high"])),
    )


def _broken(row: Row) -> Broken:
    family, name, direction = (checked_text(row[key]) for key in ("family", "name", "direction"))
    return Broken(
        family, name, direction, checked_text(row.get("message", "")), None if row["now"] is None else _rate(row["now"])
    )


def _server(row: Row) -> ServerUse:
    answers, limit, in_flight = (_whole(row[key]) for key in ("answers", "limit", "in_flight"))
    parallel = None if row["parallel"] is None else _number(row["parallel"])
    return ServerUse(checked_text(row["address"]), answers, limit, in_flight, parallel)


def _limits(row: Row) -> Limits:
    def share(name: str) -> float | None:
        return None if row[name] is None else _number(row[name])

    return Limits(
        share("min_rate"),
        share("max_false_rate"),
        _number(row["max_unjudged"]),
        FloorMode(row["floor_mode"]),
        share("min_consistency"),
    )


def _ids(row: Row) -> dict[str, tuple[str, ...]]:
    return {checked_text(name): _texts(ids) for name, ids in row.items()}


def _texts(content: object) -> tuple[str, ...]:
    return tuple(checked_text(one) for one in _list(content))


def _list(content: object) -> Sequence[Any]:
    if not isinstance(content, list):
        raise TypeError(f"a list was expected, not {type(content).__name__}")
    return content


def _flag(content: object) -> bool:
    if not isinstance(content, bool):
        raise TypeError(f"true or false was expected, not {type(content).__name__}")
    return content


def _whole(content: object) -> int:
    if not isinstance(content, int) or isinstance(content, bool) or not 0 <= content <= MOST:
        raise TypeError("a whole number, 0 or more, was expected")
    return content


def _number(content: object) -> float:
    if not isinstance(content, int | float) or isinstance(content, bool) or not -MOST <= content <= MOST:
        raise TypeError("a number was expected")
    return content
