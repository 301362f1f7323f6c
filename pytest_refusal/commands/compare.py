"""``pytest-refusal compare``: the regression gate without a run, on what two runs measured."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_refusal.baseline import BaselineLine
    from pytest_refusal.session.gating.pairs import Compared, Side

DESCRIPTION = """\
Say whether what was right in BASE became rarer in CURRENT: FAIL, PASS, UNDECIDED, unmeasured, or no verdict. Each is a
JSON report (--refusal-report=FILE.json) or a baseline (FILE.jsonl). Nothing is asked and nothing is written.

Conditions are compared by name; where each side has one, those two. Probes are compared by id as long as they are the
same (messages, options, expect); a probe of BASE that CURRENT does not have counts as not run, unless CURRENT says
that probes were left out (-k, -m, --lf, --deselect): then there is no verdict on the whole. Pinned rewordings are
compared by their texts. Both have to be judged by the same judge.

Levels and limits are the defaults: 5 % over all tests, refusal_min_drop 0.01, refusal_margin 0.05, refusal_max_unjudged
0.05."""

EXAMPLE = """\
example:
  pytest --refusal-report=now.json
  pytest-refusal compare refusal-baseline.jsonl now.json

ends with 0 for PASS, UNDECIDED and no verdict, 1 for FAIL and unmeasured, 2 if the two cannot be compared."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "compare",
        help="hold a report against a baseline or another report",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("base", metavar="BASE", type=Path, help="before: FILE.jsonl (a baseline) or a JSON report")
    parser.add_argument("current", metavar="CURRENT", type=Path, help="now: the same")
    parser.add_argument(
        "--check-identity",
        action="store_true",
        help="end with 2 where a side does not say what it measured: a callable without target(identity=…)",
    )
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> tuple[int, str]:
    """Compare both.

    Returns:
        (exit status, text to print).

    Raises:
        UsageProblem: A file cannot be used, or the two cannot be compared.
    """
    from pytest_refusal.gate import GateSettings, decide
    from pytest_refusal.reports import gate
    from pytest_refusal.session.gating.pairs import compared
    from pytest_refusal.summary import GateVerdict

    base, current = _side(given.base), _side(given.current)
    pairs = compared(base, current)
    if given.check_identity:
        _check_identity(base, current, pairs)
    settings = GateSettings()
    result = decide([one.gated for one in pairs], settings)
    said = [one.text for one in gate.lines(result, margin=settings.margin, remark=_other_models(base, current, pairs))]
    # the verdict first, then what was compared, then why
    text = "\n".join([said[0], *_about(base, current, pairs), *said[1:], ""])
    return int(result.verdict in (GateVerdict.FAIL, GateVerdict.UNMEASURED)), text


def _side(path: Path) -> Side:
    from pytest_refusal.baseline import lines_of, read_baseline
    from pytest_refusal.baseline.answers import SUFFIX
    from pytest_refusal.baseline.counting import damaged_otherwise
    from pytest_refusal.calibration.sheet import read_json_object
    from pytest_refusal.errors import UsageProblem
    from pytest_refusal.escaping import printable
    from pytest_refusal.session.gating.pairs import Side, side_of_report

    name = printable(str(path))
    if path.name.endswith(SUFFIX):
        raise UsageProblem(f"{name} holds the answers of a baseline; name the baseline itself")
    if path.suffix == ".jsonl":
        return Side(name, read_baseline(path).lines)
    report = read_json_object(path)
    try:
        lines = lines_of(report)
        if not lines:
            raise UsageProblem("it has no attempt at any probe: run the tests that have probes")
        with damaged_otherwise():
            return side_of_report(name, report, lines)
    except UsageProblem as problem:
        raise UsageProblem(f"{name}: {problem.message}") from None


def _check_identity(base: Side, current: Side, pairs: Sequence[Compared]) -> None:
    from pytest_refusal.errors import UsageProblem
    from pytest_refusal.escaping import printable

    for one in pairs:
        for side, condition in ((base, one.before), (current, one.now)):
            if not all(line.identity_sha256 for line in side.under(condition)):
                raise UsageProblem(
                    f"--check-identity: {side.name} does not say what {printable(condition, 60)} was: give the "
                    "callable an identity, target(identity=…), of its prompts, model and settings, and run again"
                )


def _other_models(base: Side, current: Side, pairs: Sequence[Compared]) -> str:
    from pytest_refusal.escaping import printable

    found = []
    for one in pairs:
        before, now = ({line.model for line in side} for side in (base.under(one.before), current.under(one.now)))
        if before != now and all((*before, *now)):
            was, is_now = (", ".join(sorted(printable(model[:12]) for model in side)) for side in (before, now))
            found.append(f"{printable(one.now, 60)} {was} → {is_now}")
    return f"another model ({'; '.join(found)}), so it is no evidence about the edit" if found else ""


def _about(base: Side, current: Side, pairs: Sequence[Compared]) -> Iterator[str]:
    """Yield what was compared with what, and what was not."""
    from pytest_refusal.baseline.accepting import many
    from pytest_refusal.commands.accept_text import FACTS
    from pytest_refusal.escaping import printable

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
            shown = ", ".join(printable(probe, 60) for probe in one.missing[:8])
            more = f" and {len(one.missing) - 8} more" if len(one.missing) > 8 else ""
            yield f"  missing: {many(len(one.missing), 'probe')} of before, which count as not run: {shown}{more}"
        asked = [probe for probe in one.gated.probes if probe.now.total]
        if lost := sum(not each.now.total for probe in asked for each in probe.rewordings):
            yield (
                f"  missing: {many(lost, 'pinned rewording')} of before, which count as not run: ask them now as then "
                "(--refusal-paraphrases), or accept a baseline without them"
            )
    if not current.asked_more:
        yield "single probes get no verdict: only a run that is gated asks the fresh attempts that decide about them"
    for side, names, where in (
        (base, {one.before for one in pairs}, "before"),
        (current, {one.now for one in pairs}, "now"),
    ):
        for condition in sorted({line.condition for line in side.lines} - names):
            yield f"only {where}, compared with nothing: condition {printable(condition, 60)}"


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
