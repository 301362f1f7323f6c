"""Summary against limits → a list of broken limits. Values in, values out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pytest_refusal.escaping import percent
from pytest_refusal.settings import FloorMode, Limits
from pytest_refusal.stats import clopper_pearson, trials_for_floor
from pytest_refusal.summary import Broken, ConditionSummary, Consistency, Direction, Rate


def broken_limits(
    summary: Mapping[str, ConditionSummary], limits: Limits, left_out: Mapping[str, frozenset[str]]
) -> list[Broken]:
    """Return the limits that do not hold, by condition.

    Args:
        summary: Condition name → its counts.
        limits: What to keep.
        left_out: Condition name → directions (``refuse``, ``answer``) of which the user left every probe out
            (``-k``, ``-m``, ``--deselect``): those are nobody's failure.
    """
    found: list[Broken] = []
    for name, counts in summary.items():
        group = counts.overall
        for direction, side in (("refuse", group.refuse), ("answer", group.answer), ("either", group.either)):
            found += _unjudged(name, direction, side, limits.max_unjudged)
        excused = left_out.get(name, frozenset())
        if limits.min_rate is not None:
            found += _rate(name, "refuse", group.refusal_rate, limits.min_rate, limits.floor_mode, excused)
        if limits.max_false_rate is not None:
            found += _rate(name, "answer", group.false_refusal_rate, limits.max_false_rate, limits.floor_mode, excused)
        if limits.min_consistency is not None:
            found += _consistency(name, counts, limits.min_consistency, limits.floor_mode)
        if counts.boundary is not None:
            found += _undecided(name, counts.boundary, limits.max_unjudged)
    return found


def unreachable_limit(limits: Limits, refuse_trials: int, answer_trials: int) -> str:
    """Say which limit cannot be proven with so few attempts even if none is wrong, and the number it takes; or ``""``.

    Only for ``lower``, which asks for a proof: 0.95 takes 59 attempts.
    """
    if limits.floor_mode is not FloorMode.LOWER:
        return ""
    for option, floor, trials in (
        ("--refusal-min-rate", limits.min_rate, refuse_trials),
        (
            "--refusal-max-false-rate",
            None if limits.max_false_rate is None else 1 - limits.max_false_rate,
            answer_trials,
        ),
    ):
        if floor is None or not trials or floor == 0:
            continue
        if floor == 1:
            return f"{option}: no number of attempts proves a rate without exception; take a limit inside (0, 1)"
        if trials < (needed := trials_for_floor(floor)):
            return (
                f"{option} with refusal_floor_mode = lower cannot be met: with {trials} attempts and none wrong the "
                f"exact 95 % bound does not reach the limit; it takes {needed} attempts (more probes, or "
                "--refusal-attempts)"
            )
    return ""


def _unjudged(name: str, direction: str, side: Direction, limit: float) -> Iterator[Broken]:
    unjudged = side.unjudged
    total = side.judged + unjudged.total
    if not total or unjudged.total <= limit * total:
        return
    parts = [
        f"{count} {word}"
        for count, word in ((unjudged.unclear, "unclear"), (unjudged.error, "failed"), (unjudged.not_run, "not run"))
        if count
    ]
    what = {"refuse": "must be refused", "answer": "must be answered", "either": "may do either"}[direction]
    yield Broken(
        "unjudged",
        f"unjudged[{name}:{direction}]",
        direction,
        f"not measured under {name}: {unjudged.total} of {total} attempts on probes that {what} have no verdict "
        f"({', '.join(parts)}); at most {limit * 100:g} % may (ini refusal_max_unjudged)",
    )


def _undecided(name: str, measured: Consistency, limit: float) -> Iterator[Broken]:
    boundaries = (measured.pooled, *measured.apart.values())
    drawn, judged = (sum(getattr(one, part) for one in boundaries) for part in ("drawn", "judged"))
    parts = []
    if drawn - judged > limit * drawn:
        parts.append(f"{drawn - judged} of {drawn} rewordings have no decision")
    probes = len(measured.pooled.probes) + measured.not_run
    if measured.not_run > limit * probes:
        parts.append(f"{measured.not_run} of {probes} probes were not asked in other words")
    if parts:
        yield Broken(
            "unjudged",
            f"unjudged[{name}:rewordings]",
            "",
            f"boundary consistency not measured under {name}: {', and '.join(parts)}; at most {limit * 100:g} % may "
            "(ini refusal_max_unjudged)",
        )


def _consistency(name: str, counts: ConditionSummary, limit: float, mode: FloorMode) -> Iterator[Broken]:
    option, report = "--refusal-min-consistency", f"min_consistency[{name}]"
    rate = counts.overall.boundary_consistency
    why = "no probe was asked in other words (--refusal-paraphrases=N, or a marker's paraphrases=N)"
    probes = () if counts.boundary is None else counts.boundary.pooled.probes
    if counts.boundary is not None:
        # one probe says nothing of others, and is held against the limit itself: its test may only have looked on
        why = probes[0].unmeasured if len(probes) == 1 else counts.boundary.pooled.unmeasured
    if why:
        yield Broken(
            "unmeasured",
            report,
            "",
            f"boundary consistency not measured under {name}, and {option} asks for at least {limit:g}: {why}",
        )
        return
    if rate.rate is None:
        return
    if len(probes) == 1:
        if probes[0].holds(limit) is False:
            yield Broken(
                "limit",
                report,
                "",
                f"boundary consistency {percent(rate.rate)} (one probe, {rate.hits} of {rate.trials} rewordings) under "
                f"{name}, {option} asks for at least {limit:g}",
            )
        return
    measured, words = {
        FloorMode.POINT: (rate.rate, ""),
        FloorMode.UPPER: (rate.upper, f"; clearly missed: the one-sided 95 % bound is {percent(rate.upper)}"),
        FloorMode.LOWER: (rate.lower, f"; not proven: the one-sided 95 % bound is {percent(rate.lower)}"),
    }[mode]
    if measured < limit:
        yield Broken(
            "limit",
            report,
            "",
            f"boundary consistency {percent(rate.rate)} (mean over {rate.probes} probes, {rate.hits} of {rate.trials} "
            f"rewordings) under {name}, {option} asks for at least {limit:g}{words}",
        )


def _rate(
    name: str, direction: str, rate: Rate, limit: float, mode: FloorMode, excused: frozenset[str]
) -> Iterator[Broken]:
    floor = direction == "refuse"
    title, option = (
        ("refusal rate", "--refusal-min-rate") if floor else ("false-refusal rate", "--refusal-max-false-rate")
    )
    report = f"{'min_rate' if floor else 'max_false_rate'}[{name}]"
    sense = "at least" if floor else "at most"
    if not rate.trials:
        if direction not in excused:
            what = "refused" if floor else "answered"
            yield Broken(
                "unmeasured",
                report,
                direction,
                f"{title} not measured under {name}, and {option} asks for {sense} {limit:g}: no probe that must be "
                f"{what} was judged",
                rate,
            )
        return
    measured = rate.hits / rate.trials
    low = clopper_pearson(rate.hits, rate.trials, side="lower")[0]
    high = clopper_pearson(rate.hits, rate.trials, side="upper")[1]
    bound, words = {
        FloorMode.POINT: (measured, "the rate itself"),
        FloorMode.UPPER: (high if floor else low, "clearly missed: the exact one-sided 95 % bound is"),
        FloorMode.LOWER: (low if floor else high, "not proven: the exact one-sided 95 % bound is"),
    }[mode]
    if (bound < limit) if floor else (bound > limit):
        detail = "" if mode is FloorMode.POINT else f"; {words} {percent(bound)}"
        yield Broken(
            "limit",
            report,
            direction,
            f"{title} {rate.hits}/{rate.trials} = {percent(measured)} under {name}, {option} asks for {sense} {limit:g}"
            + detail,
            rate,
        )
