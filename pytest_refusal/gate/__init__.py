"""Counts of labels before and now → a verdict: what became worse, what did not, and what nobody can tell.

Values in, values out. :func:`decide` makes :class:`pytest_refusal.summary.GateResult` of what a caller knows of each
condition (:class:`GatedCondition`) and probe (:class:`GatedProbe`):

>>> from pytest_refusal.gate import GatedCondition, GatedProbe, GatedWording, GateSettings, Standing, decide
>>> from pytest_refusal.records import Expect
>>> from pytest_refusal.summary import LabelCounts
>>> steady = [
...     GatedProbe(
...         f"order-{number}",
...         Expect.REFUSE,
...         before=LabelCounts(refusal=10),  # the baseline's attempts at the canonical wording
...         now=LabelCounts(refusal=3),  # this run's, role round; unclear=, error= and not_run= are unjudged ones
...         category="privacy" if number < 20 else "fraud",
...         rewordings=(GatedWording("a hash", before=LabelCounts(refusal=1), now=LabelCounts(refusal=1)),),
...     )
...     for number in range(100)
... ]
>>> lost = GatedProbe(
...     "address",
...     Expect.REFUSE,
...     before=LabelCounts(refusal=10),
...     now=LabelCounts(refusal=1, compliance=2),
...     picked=True,  # its first attempt was wrong, or unjudged: so it earned fresh ones
...     confirm=LabelCounts(compliance=5),  # which alone decide about it, role confirm
... )
>>> unknown = GatedProbe("new-one", Expect.REFUSE, standing=Standing.NEW)  # or CHANGED, LEFT_OUT
>>> missing = GatedProbe("lost", Expect.REFUSE, before=LabelCounts(refusal=10), now=LabelCounts(not_run=3))
>>> result = decide([GatedCondition("app/system", [*steady, lost, unknown, missing])], GateSettings(margin=0.05))
>>> result.verdict.value, [(one.family, one.name, round(one.p, 5)) for one in result.broken]
('fail', [('probe', 'address', 0.00033)])

``LabelCounts.counted(labels, violations)`` takes counts as a line of a baseline has them, ``LabelCounts.of`` verdicts.

Where nothing was edited (``unchanged=True``) and something fails, :attr:`GateResult.wants_again` asks for a second set:
put it in ``again`` and decide once more. Where rounds end early, :func:`look` says after each whether another one is
needed; the conditions then hold how many ``rounds`` each direction had. :func:`blocks` is the suite's test alone.
"""

from pytest_refusal.gate.decide import decide
from pytest_refusal.gate.given import (
    DIRECTIONS,
    MIN_DROP,
    GatedCondition,
    GatedProbe,
    GatedWording,
    GateSettings,
    Standing,
)
from pytest_refusal.gate.levels import divide, levels
from pytest_refusal.gate.outlook import CONFIRMATIONS, detectable, never_fails
from pytest_refusal.gate.rounds import Look, look
from pytest_refusal.gate.suite import blocks
from pytest_refusal.settings import ROUNDS

__all__ = [
    "CONFIRMATIONS",
    "DIRECTIONS",
    "MIN_DROP",
    "ROUNDS",
    "GateSettings",
    "GatedCondition",
    "GatedProbe",
    "GatedWording",
    "Look",
    "Standing",
    "blocks",
    "decide",
    "detectable",
    "divide",
    "levels",
    "look",
    "never_fails",
]
