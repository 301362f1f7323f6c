"""``pytest-refusal compare``: the regression gate without a run, on what two runs measured."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_refusal.session.gating.pairs import Compared, Side

DESCRIPTION = """\
Say whether what was right in BASE became rarer in CURRENT: FAIL, PASS, UNDECIDED, unmeasured, or no verdict. Each is a
JSON report (--refusal-report=FILE.json) or a baseline (FILE.jsonl). Nothing is asked and nothing is written.

Conditions are compared by name; where each side has one, those two. Probes are compared by id as long as they are the
same (messages, options, expect); a probe of BASE that CURRENT does not have counts as not run, unless CURRENT says
that probes were left out (-k, -m, --lf, --deselect): then there is no verdict on the whole. Pinned rewordings are
compared by their texts. Both have to be judged by the same judge.

Levels and limits are the defaults: 5 % over all tests, 5 % of attempts without a verdict.

--check-identity asks for more: both sides state what they measured. With CHECKOUT, the report of a dry run in the
checkout under review, CURRENT has to have measured just that: its conditions, identities, system prompts and probes. So
nobody lets a report of something else pass for the edit."""

EXAMPLE = """\
example:
  pytest --refusal-report=now.json
  pytest-refusal compare refusal-baseline.jsonl now.json

  pytest --refusal-dry-run --refusal-report=checkout.json
  pytest-refusal compare refusal-baseline.jsonl now.json --check-identity checkout.json

ends with 0 for PASS, UNDECIDED and no verdict, 1 for FAIL and unmeasured, 2 if the two cannot be compared."""


STATED = Path()
"""``--check-identity`` without a checkout: both sides have to state an identity, whatever it is."""


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
        metavar="CHECKOUT",
        nargs="?",
        type=Path,
        const=STATED,
        help="end with 2 where a side does not say what it measured (a callable without target(identity=…)), or where "
        "CURRENT is not what CHECKOUT has, a report of --refusal-dry-run; stands after BASE and CURRENT",
    )
    parser.add_argument(
        "--min-drop",
        metavar="SHARE",
        type=fraction,
        help="a smaller drop fails nothing, a fraction (default: 0.01, as ini refusal_min_drop)",
    )
    parser.add_argument(
        "--margin",
        metavar="SHARE",
        type=_above_zero,
        help="PASS excludes a drop of this size or more, a fraction (default: 0.05, as ini refusal_margin)",
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
    from pytest_refusal.session.gating.about import about, not_asked_afresh, other_models
    from pytest_refusal.session.gating.pairs import as_asked, compared
    from pytest_refusal.summary import GateVerdict

    base, current = _side(given.base), _side(given.current)
    base, left_out = as_asked(base, current)
    pairs = compared(base, current)
    if given.check_identity is not None:
        _check_identity(base, current, pairs)
        if given.check_identity != STATED:
            _check_checkout(current, given.check_identity)
    told = {"min_drop": given.min_drop, "margin": given.margin}
    settings = GateSettings(**{name: share for name, share in told.items() if share is not None})
    result = decide([one.gated for one in pairs], settings)
    remark = other_models(base, current, pairs)
    said = [one.text for one in gate.lines(result, margin=settings.margin, remark=remark)]
    # the verdict first, then what was compared, then why
    text = "\n".join([said[0], *about(base, current, pairs), *left_out, *not_asked_afresh(current), *said[1:], ""])
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


def _check_checkout(current: Side, path: Path) -> None:
    from pytest_refusal.errors import UsageProblem
    from pytest_refusal.session.gating.identity import DRY_RUN, differences
    from pytest_refusal.session.past.reading import read_report

    checkout = read_report(path)
    if not checkout.report.dry_run:
        raise UsageProblem(f"--check-identity: {checkout.name} is no report of a dry run; write one with: {DRY_RUN}")
    if found := list(differences(current, checkout.report)):
        said = "\n".join(f"  * {one}" for one in found)
        raise UsageProblem(
            f"--check-identity: {current.name} did not measure what {checkout.name} has:\n{said}\n"
            "run the tests in this checkout: pytest --refusal-report=FILE.json"
        )


def fraction(text: str) -> float:
    """Return a fraction of the command line."""
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        hint = f" ({share / 100:g}?)" if 1 < share <= 100 else ""
        raise argparse.ArgumentTypeError(f"expected a fraction from 0 to 1, got {text!r}{hint}")
    return share


def _above_zero(text: str) -> float:
    if not (share := fraction(text)):
        raise argparse.ArgumentTypeError(
            f"no number of attempts excludes every drop; expected a fraction above 0, got {text!r}"
        )
    return share
