"""The verdict of a run beside its baseline."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_refusal.gate.direction import decide_direction
from pytest_refusal.gate.given import GatedCondition, GateSettings
from pytest_refusal.gate.levels import levels
from pytest_refusal.summary import GateResult, GateVerdict


def decide(conditions: Sequence[GatedCondition], settings: GateSettings | None = None) -> GateResult:
    """Decide whether what was right became rarer, in every condition and both directions.

    Of each condition and direction that the baseline has, at its share of ``alpha``:

    * *suite*: the exact stratified test on "right" (4/5 of the share) and on the second cut (1/5), a stratum for each
      probe; *rewordings*: the same on the pinned rewordings; *categories*: on "right", Tarone and Holm; *probes*: the
      fresh attempts of each picked probe against its baseline, Tarone and Holm.
    * ``fail``: a test has p at most its level and a drop of ``min_drop`` or more; or a category has it with unjudged
      attempts counted as not right, where there are few enough of those to say anything; or a critical probe has a
      wrong attempt.
    * ``unmeasured``: too many attempts have no verdict.
    * ``none``: nothing to compare, or the user left some of the baseline's probes out: single probes alone are decided.
    * ``pass``: no test fails, the suite's p is above 0.2, the upper bound of its drop is below ``margin``, nothing was
      left unasked, and unjudged attempts, were they wrong, would change nothing. Else ``undecided``.

    Where nothing was edited and probes have a second set (role ``again``), what it does not fail too is withdrawn.

    Simulated (``python -m benchmarks gate``): something unchanged fails in 0.5 to 3 % of runs at the default alpha.

    Args:
        conditions: Of this run; names are unique, and ids within each.
        settings: What the gate was told; None: the defaults.

    Returns:
        The result of every condition and direction that the baseline has, in the order given.

    Raises:
        ValueError: Two conditions have the same name, or two probes of a condition the same id.
    """
    told = settings or GateSettings()
    if len({one.name for one in conditions}) < len(conditions):
        raise ValueError("two conditions have the same name")
    for one in conditions:
        if len({probe.id for probe in one.probes}) < len(one.probes):
            raise ValueError(f"two probes of {one.name!r} have the same id")
    by_name = {one.name: one for one in conditions}
    found = tuple(
        decide_direction(by_name[name], direction, share, told)
        for (name, direction), share in levels(conditions, told.alpha).items()
    )
    verdict = GateVerdict.first(one.verdict for one in found)
    return GateResult(verdict, told.alpha, found)
