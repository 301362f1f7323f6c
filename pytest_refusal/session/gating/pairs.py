"""Lines of counts, before and now → what the gate is given. A report has lines too, so both sides are the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pytest_refusal.baseline import BaselineLine
from pytest_refusal.baseline.accepting import judge_text, many, names_shown
from pytest_refusal.errors import UsageProblem
from pytest_refusal.gate import GatedCondition, GatedProbe, GatedWording, Standing
from pytest_refusal.records import Expect, Label, Role, repeats_itself
from pytest_refusal.settings import ROUNDS
from pytest_refusal.summary import LabelCounts

COPIES = 0.9
"""Of a condition's probes with several attempts, the share with one answer from which on all of them are copies."""

MOST = 10**9
"""Attempts; a report that says more of one probe has been edited."""

NONE = LabelCounts()


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that are compared.

    Attributes:
        name: Of the file, fit to be shown.
        lines: Its lines, sorted.
        asked_more: (probe, condition, role) → attempts at the canonical wording of the roles ``confirm`` and ``again``.
        names: Ids of the probes that were meant to run under any condition.
        left_out: Condition → how many probes the user left out.
        not_run: Condition → how many attempts were meant to be made and were not.
        left_out_ids: Condition → which probes those are; None: it does not say.
        not_run_of: Condition → probe → how many attempts those are of it; None: it does not say.
        picked: Condition → probes that earned fresh attempts by their first one; None: it does not say, and those are
            picked that have any.
        died: (probe, condition) → attempts that a worker took along when it died: they have an error and no request.
        reworded: Whether pinned rewordings were to be asked; False: the user left other words out.
        rounds: Condition → direction → complete rounds, where they ended early.
    """

    name: str
    lines: Sequence[BaselineLine]
    asked_more: Mapping[tuple[str, str, Role], LabelCounts] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    left_out: Mapping[str, int] = field(default_factory=dict)
    not_run: Mapping[str, int] = field(default_factory=dict)
    left_out_ids: Mapping[str, frozenset[str]] | None = None
    not_run_of: Mapping[str, Mapping[str, int]] | None = None
    picked: Mapping[str, frozenset[str]] | None = None
    died: Mapping[tuple[str, str], int] = field(default_factory=dict)
    reworded: bool = True
    rounds: Mapping[str, Mapping[Expect, int]] = field(default_factory=dict)

    @property
    def conditions(self) -> list[str]:
        """Names of its conditions; those too of which nothing was asked, for no test ran or the user left all out."""
        return sorted({*(one.condition for one in self.lines), *self.not_run, *(self.left_out_ids or ())})

    def dead_of(self, probe: str, condition: str) -> int:
        """Return how many attempts at a probe died with their worker."""
        return self.died.get((probe, condition), 0)

    def under(self, condition: str) -> list[BaselineLine]:
        """Return the lines of a condition."""
        return [one for one in self.lines if one.condition == condition]


@dataclass(frozen=True, slots=True)
class Compared:
    """A condition on both sides, paired.

    Attributes:
        before, now: Its names there and here.
        gated: What the gate is given of it.
        missing: Probes that the one side has and the other does not even name, and that nobody left out: they count as
            not run.
    """

    before: str
    now: str
    gated: GatedCondition
    missing: tuple[str, ...] = ()


def side_of_report(name: str, report: Mapping[str, Any], lines: Sequence[BaselineLine]) -> Side:
    """Return a report as a side.

    Args:
        name: Of its file, fit to be shown.
        report: The JSON report, whose parts fit together.
        lines: Those of it.
    """
    more: dict[tuple[str, str, Role], list[Mapping[str, Any]]] = {}
    died: Counter[tuple[str, str]] = Counter()
    for one in report["outcomes"]:
        role = Role(one["role"])
        if role is Role.ROUND and not one["request"] and not one["wording"]:
            died[one["probe"], one["condition"]] += 1
        if role in (Role.CONFIRM, Role.AGAIN) and not one["wording"] and not one.get("framing"):
            more.setdefault((one["probe"], one["condition"], role), []).append(one)
    return Side(
        name,
        lines,
        {key: _counts_of(attempts) for key, attempts in more.items()},
        frozenset(one["id"] for one in report["probes"]),
        dict(report.get("deselected", {})),
        {condition: counts["unjudged"]["not_run"] for condition, counts in report["summary"].items()},
        _ids(report.get("left_out")),
        _counts_by_probe(report.get("not_run")),
        _ids(report["gate"].get("picked")),
        died,
        report["gate"].get("reworded") is not False,
        _rounds(report["gate"].get("directions", ())),
    )


def _rounds(directions: Iterable[Mapping[str, Any]]) -> dict[str, dict[Expect, int]]:
    found: dict[str, dict[Expect, int]] = {}
    for one in directions:
        if (many := one.get("rounds")) is not None:
            if type(many) is not int or not 1 <= many <= ROUNDS:
                raise TypeError(f"rounds, 1 to {ROUNDS}, were expected")
            found.setdefault(one["condition"], {})[Expect(one["direction"])] = many
    return found


def _ids(row: Mapping[str, Any] | None) -> dict[str, frozenset[str]] | None:
    if row is None:
        return None
    if not all(isinstance(ids, list) and all(isinstance(one, str) for one in ids) for ids in row.values()):
        raise TypeError("ids of probes were expected")
    return {condition: frozenset(ids) for condition, ids in row.items()}


def _counts_by_probe(row: Mapping[str, Any] | None) -> dict[str, dict[str, int]] | None:
    if row is None:
        return None
    found = {condition: dict(counts) for condition, counts in row.items()}
    if not all(type(count) is int and 0 <= count <= MOST for counts in found.values() for count in counts.values()):
        raise TypeError("counts of attempts were expected")
    return found


def compared(base: Side, current: Side, pairs: Sequence[tuple[str, str]] | None = None) -> list[Compared]:
    """Pair the conditions of both sides, and their probes and pinned rewordings, in the order of the names now.

    A condition finds the one of its name; where each side has one, they are a pair whatever their names. Probes are
    paired by id, rewordings by the hash of their messages.

    Args:
        base: Before.
        current: Now.
        pairs: (name before, name now) of the conditions, which one judge has judged; None: found by what the sides
            have, and by which judge.

    Raises:
        UsageProblem: No condition has a counterpart, or the judges differ.
    """
    if pairs is None:
        pairs = _paired(base, current)
        _same_judge(base, current, pairs)
    return [_compared(base, current, before, now) for before, now in pairs]


def as_asked(base: Side, current: Side) -> tuple[Side, list[str]]:
    """Return what is compared of a baseline, without its rewordings where the user left other words out; say so."""
    lines = [one for one in base.lines if current.reworded or one.rewording is None]
    left_out = len(base.lines) - len(lines)
    said = [f"left out: {many(left_out, 'pinned rewording')} (--refusal-paraphrases=0)"] if left_out else []
    return replace(base, lines=lines), said


def is_unchanged(before: Iterable[BaselineLine], now: Iterable[BaselineLine]) -> bool:
    """Return whether nothing was edited: a stated identity, the system prompt, model, target and options are the same.

    False for a callable that states no identity: nobody knows.
    """
    facts = [
        {
            (one.identity_sha256, one.system_prompt_sha256, one.model, one.target, str(sorted(one.options.items())))
            for one in side
        }
        for side in (before, now)
    ]
    return len(facts[0]) == 1 and facts[0] == facts[1] and all(identity for identity, *_ in facts[0])


def paired(before: Sequence[str], now: Sequence[str]) -> list[tuple[str, str]]:
    """Return (name before, name now) of the conditions that are compared; none: no two are a pair."""
    if both := [(name, name) for name in now if name in before]:
        return both
    return [(before[0], now[0])] if len(before) == len(now) == 1 else []


def _paired(base: Side, current: Side) -> list[tuple[str, str]]:
    # a condition of which nothing was asked now is compared too: all of it was not run
    before, now = sorted({one.condition for one in base.lines}), current.conditions
    if found := paired(before, now):
        return found
    raise UsageProblem(
        f"no condition of {current.name} is in {base.name}: now {names_shown(now)}, before {names_shown(before)}; a "
        "condition is compared with the one of its name, and where each side has only one, with that: run the tests "
        "under the names they had, or run one condition on each side"
    )


def _same_judge(base: Side, current: Side, pairs: Sequence[tuple[str, str]]) -> None:
    before, now = (
        {one.judge for one in side.lines if one.condition in names}
        for side, names in ((base, {one for one, _ in pairs}), (current, {one for _, one in pairs}))
    )
    if before == now and len(now) == 1:
        return
    was, is_now = (", ".join(sorted(map(judge_text, judges))) for judges in (before, now))
    differs = [
        what
        for what, of in (
            ("name", {one.name for one in before} ^ {one.name for one in now}),
            ("version", {one.version for one in before} ^ {one.version for one in now}),
            ("hash of its tables, rubric or model", {one.sha256 for one in before} ^ {one.sha256 for one in now}),
        )
        if of
    ]
    raise UsageProblem(
        f"{base.name} was judged by {was}, {current.name} by {is_now}"
        f"{f' (another {_and(differs)})' if differs else ''}: counts of different judges are not compared; judge both "
        "by one judge: 'pytest-refusal rejudge' judges the answers of a report or a baseline again, or accept anew"
    )


def _compared(base: Side, current: Side, before: str, now: str) -> Compared:
    old, new = base.under(before), current.under(now)
    was, is_now = _canonical(old), _canonical(new)
    reworded = {(one.probe, one.messages_sha256): one for one in new if one.rewording is not None}
    pinned: dict[str, list[BaselineLine]] = {}
    for one in old:
        if one.rewording is not None:
            pinned.setdefault(one.probe, []).append(one)
    copies = are_copies(was.values()), are_copies(is_now.values())
    lost = _lost(current, now, is_now.values())
    gone = was.keys() - is_now.keys()
    if current.left_out_ids is None or current.not_run_of is None:
        unnamed = sorted(gone - current.names)
        # the one side says how many were left out, not which: all of what it does not name, if they may be
        left_out = frozenset(unnamed if len(unnamed) <= current.left_out.get(now, 0) else ())
    else:
        unnamed = sorted(gone - current.not_run_of.get(now, {}).keys())
        left_out = frozenset(gone) & current.left_out_ids.get(now, frozenset())
    probes = []
    for name in sorted(was.keys() | is_now.keys()):
        first, second = was.get(name), is_now.get(name)
        line = second or first
        assert line is not None
        known = first is not None and (second is None or first.content_sha256 == second.content_sha256)
        confirm = current.asked_more.get((name, now, Role.CONFIRM), NONE)
        probes.append(
            GatedProbe(
                name,
                line.expect,
                before=_counts(first) if first is not None and known else NONE,
                now=NONE if second is None else _made(_counts(second, lost(second)), current.dead_of(name, now)),
                category=line.category,
                critical=line.critical,
                standing=_standing(first, known, name in left_out),
                picked=confirm.total > 0 if current.picked is None else name in current.picked.get(now, ()),
                confirm=confirm,
                again=current.asked_more.get((name, now, Role.AGAIN), NONE),
                rewordings=_rewordings(pinned.get(name, ()), reworded) if known else (),
                copies_before=copies[0],
                copies_now=copies[1],
            )
        )
    return Compared(
        before,
        now,
        GatedCondition(now, probes, unchanged=is_unchanged(old, new), rounds=current.rounds.get(now, {})),
        tuple(one for one in unnamed if one not in left_out),
    )


def _made(counts: LabelCounts, died: int) -> LabelCounts:
    """Return attempts that died with their worker as what they are: not made, and no failure of the target."""
    return replace(counts, error=max(0, counts.error - died), not_run=counts.not_run + min(died, counts.error))


def _standing(before: BaselineLine | None, known: bool, left_out: bool) -> Standing:
    if before is None:
        return Standing.NEW
    if not known:
        return Standing.CHANGED
    return Standing.LEFT_OUT if left_out else Standing.KNOWN


def _canonical(lines: Iterable[BaselineLine]) -> dict[str, BaselineLine]:
    return {one.probe: one for one in lines if one.rewording is None}


def _rewordings(
    pinned: Iterable[BaselineLine], now: Mapping[tuple[str, str], BaselineLine]
) -> tuple[GatedWording, ...]:
    return tuple(
        GatedWording(
            one.messages_sha256,
            _counts(one),
            _counts(found) if (found := now.get((one.probe, one.messages_sha256))) else NONE,
        )
        for one in pinned
    )


def are_copies(lines: Iterable[BaselineLine]) -> bool:
    """Return whether attempts of a condition are copies of one answer: by its options, or by what came."""
    told = list(lines)
    if any(repeats_itself(one.options) for one in told):
        return True
    several = [one for one in told if one.attempts > 1 and one.distinct_answers]
    return bool(several) and sum(one.distinct_answers == 1 for one in several) >= COPIES * len(several)


def _usual(lines: Iterable[BaselineLine]) -> int:
    """Return how many attempts most probes have, the larger number of two."""
    counts = Counter(one.attempts for one in lines)
    return max(counts, key=lambda attempts: (counts[attempts], attempts), default=0)


def _lost(side: Side, condition: str, lines: Iterable[BaselineLine]) -> Callable[[BaselineLine], int]:
    """Return what says how many attempts at a line's probe were meant to be made and were not."""
    if side.not_run_of is not None:
        counts = side.not_run_of.get(condition, {})
        return lambda line: counts.get(line.probe, 0)
    usual = _usual(lines) if side.not_run.get(condition) else 0
    return lambda line: max(0, usual - line.attempts)


def _counts(line: BaselineLine, not_run: int = 0) -> LabelCounts:
    return LabelCounts.counted(line.labels, line.violations, not_run=not_run)


def _counts_of(attempts: Sequence[Mapping[str, Any]]) -> LabelCounts:
    labels = Counter(Label(one["label"]) for one in attempts)
    forbidden = Counter(Label(one["label"]) for one in attempts if one.get("violation"))
    return LabelCounts.counted(labels, {label: count for label, count in forbidden.items() if label.judged})


def _and(words: Sequence[str]) -> str:
    return " and another ".join(words)
