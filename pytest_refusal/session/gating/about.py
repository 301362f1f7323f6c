"""What was compared with what, in sentences for whoever reads the verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from pytest_refusal.baseline import BaselineLine
from pytest_refusal.baseline.accepting import judge_text, many, names_shown
from pytest_refusal.escaping import printable
from pytest_refusal.session.gating.pairs import Compared, Side

Fact = Callable[[BaselineLine], str]
FACTS: Mapping[str, Fact] = {
    "judge": lambda one: judge_text(one.judge),
    "target": lambda one: one.target,
    "model": lambda one: one.model[:12] or "unknown",
    "server": lambda one: one.server_version or "unknown",
    "identity": lambda one: one.identity_sha256[:8] or "not stated",
    "system prompt": lambda one: one.system_prompt_sha256[:8] or "none",
    "options": lambda one: ", ".join(f"{name}={content}" for name, content in sorted(one.options.items())) or "none",
}


def other_models(base: Side, current: Side, pairs: Sequence[Compared]) -> str:
    """Say where another model answered: then the verdict is no evidence about an edit; ``""`` if none did."""
    found = []
    for one in pairs:
        before, now = ({line.model for line in side} for side in (base.under(one.before), current.under(one.now)))
        if before != now and all((*before, *now)):
            was, is_now = (", ".join(sorted(printable(model[:12]) for model in side)) for side in (before, now))
            found.append(f"{printable(one.now, 60)} {was} → {is_now}")
    return f"another model ({'; '.join(found)}), so it is no evidence about the edit" if found else ""


def about(base: Side, current: Side, pairs: Sequence[Compared]) -> Iterator[str]:
    """Yield what was compared with what, and what was not."""
    yield f"before: {base.name}, now: {current.name}"
    for one in pairs:
        old, new = base.under(one.before), current.under(one.now)
        name = printable(one.now, 60)
        yield f"condition {name}{'' if one.before == one.now else f', before {printable(one.before, 60)}'}"
        for title, fact in FACTS.items():
            was, is_now = (", ".join(sorted({printable(fact(line), 60) for line in side})) for side in (old, new))
            if was != is_now:
                yield f"  {title}: {was} → {is_now}"
            elif title in ("identity", "system prompt"):
                yield f"  {title}: {was}, as before"
        if not all(line.identity_sha256 for line in (*old, *new)):
            yield "  without a stated identity nobody knows whether something was edited"
        if one.gated.unchanged:
            yield "  nothing was edited"
            yield from _same_draws(old, new)
        if one.missing:
            missing = f"{many(len(one.missing), 'probe')} of before, which count as not run"
            yield f"  missing: {missing}: {names_shown(one.missing)}"
        asked = [probe for probe in one.gated.probes if probe.now.total]
        if lost := sum(not each.now.total for probe in asked for each in probe.rewordings):
            yield (
                f"  missing: {many(lost, 'pinned rewording')} of before, which count as not run: ask them now as then "
                "(--refusal-paraphrases), or accept a baseline without them"
            )
    for side, names, where in (
        (base, {one.before for one in pairs}, "before"),
        (current, {one.now for one in pairs}, "now"),
    ):
        for condition in sorted({line.condition for line in side.lines} - names):
            yield f"only {where}, compared with nothing: condition {printable(condition, 60)}"


def not_asked_afresh(current: Side) -> Iterator[str]:
    """Say that single probes get no verdict, where no fresh attempts were asked."""
    if not current.asked_more and not current.picked:
        yield "single probes get no verdict: only a run that is gated asks the fresh attempts that decide about them"


def _same_draws(before: Sequence[BaselineLine], now: Sequence[BaselineLine]) -> Iterator[str]:
    """Yield how many probes were not drawn afresh: under the same number the same thing has the same seed."""
    last = {one.probe: one.last_attempt for one in before if one.rewording is None}
    drawn = [one for one in now if one.rewording is None and one.probe in last]
    same = sum(one.last_attempt - one.attempts < last[one.probe] for one in drawn)
    if same:
        yield (
            f"  {same} of {len(drawn)} probes have attempts of the same numbers on both sides: from a model with a "
            "seed, or from the store, these are the same answers and no evidence"
        )
