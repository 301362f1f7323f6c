"""Counts of labels before and now → a verdict: what became worse, what did not, and what nobody can tell.

Values in, values out. :func:`decide` makes :class:`pytest_refusal.summary.GateResult` from :class:`GatedCondition`.
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
from pytest_refusal.gate.suite import blocks

__all__ = [
    "CONFIRMATIONS",
    "DIRECTIONS",
    "MIN_DROP",
    "GateSettings",
    "GatedCondition",
    "GatedProbe",
    "GatedWording",
    "Standing",
    "blocks",
    "decide",
    "detectable",
    "divide",
    "levels",
    "never_fails",
]
