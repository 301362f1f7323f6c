"""Whether a report measured what is checked out: its conditions and probes beside those of a dry run there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pytest_refusal.baseline import BaselineLine
from pytest_refusal.baseline.accepting import names_shown
from pytest_refusal.escaping import printable
from pytest_refusal.session.gating.pairs import Side
from pytest_refusal.summary import Report

DRY_RUN = "pytest --refusal-dry-run --refusal-report=FILE.json"


def differences(current: Side, checkout: Report) -> Iterator[str]:
    """Yield what of the checkout is not what was measured; nothing: all of it is the same.

    Compared are conditions, and of each its target, stated identity, system prompt, options and probes (what is asked
    and what is right). The model behind a name is not: a dry run asks no server.

    Args:
        current: What was measured.
        checkout: Of a dry run of the checkout.
    """
    measured = sorted({one.condition for one in current.lines})
    for name in sorted({*checkout.not_run} - {*measured}):
        yield f"condition {printable(name, 60)} of the checkout was not measured"
    for name in measured:
        shown = printable(name, 60)
        if name not in checkout.not_run:
            yield f"condition {shown} was measured, and the checkout has none of this name"
            continue
        lines = [one for one in current.under(name) if one.rewording is None]
        yield from (f"condition {shown}: {one}" for one in _facts(lines, name, checkout))
        have = {one.probe: one.content_sha256 for one in lines}
        # what was meant to be asked and was not is the gate's to judge, not another suite
        meant = {
            one: checkout.probes[one].content_sha256
            for one in checkout.not_run[name]
            if one in have or one not in (current.not_run_of or {}).get(name, {})
        }
        yield from (f"condition {shown}: {one}" for one in _probes(have, meant))


def _facts(lines: list[BaselineLine], name: str, checkout: Report) -> Iterator[str]:
    """Yield what of the condition is another; that an identity is not known is a difference."""
    known = checkout.conditions.get(name)
    if known is None or known.condition.identity_sha256 is None:
        yield (
            "the checkout does not know what would be asked: a fixture makes it, and a dry run sets none up, or the "
            "callable states no identity; name the target by --refusal-target, ini refusal_target or the hook, with "
            "target(identity=…)"
        )
        return
    condition = known.condition
    facts: dict[str, tuple[object, set[object]]] = {
        "target": (condition.target, {one.target for one in lines}),
        "identity": (condition.identity_sha256, {one.identity_sha256 for one in lines}),
        "system prompt": (condition.system_prompt_sha256 or "", {one.system_prompt_sha256 for one in lines}),
        "options": (_options(condition.options), {_options(one.options) for one in lines}),
    }
    for what, (checked_out, were) in facts.items():
        if were != {checked_out}:
            was = ", ".join(sorted(_short(one, what) for one in were))
            yield f"another {what}: measured {was}, checked out {_short(checked_out, what)}"


def _probes(have: Mapping[str, str], meant: Mapping[str, str]) -> Iterator[str]:
    for what, ids in (
        ("in the checkout and not measured", meant.keys() - have.keys()),
        ("measured and not in the checkout", have.keys() - meant.keys()),
        ("another in the checkout", {one for one in have.keys() & meant.keys() if have[one] != meant[one]}),
    ):
        if ids:
            yield f"{len(ids)} probe{'' if len(ids) == 1 else 's'} {what}: {names_shown(sorted(ids))}"


def _options(options: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={content}" for name, content in sorted(options.items()))


def _short(fact: object, what: str) -> str:
    text = str(fact)
    return printable(text[:8] if what in ("identity", "system prompt") else text, 60) or "none"
