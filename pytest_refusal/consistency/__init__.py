"""Decisions on rewordings → boundary consistency: of each probe, of all of them, and what flips go with.

Values in, values out. :func:`measure` makes :class:`pytest_refusal.summary.Consistency` from :class:`AskedProbe`.
"""

from pytest_refusal.consistency.measure import APART, CHANCES, measure, placed, probe_boundary, wording_variance
from pytest_refusal.consistency.wordings import AskedProbe, Wording, asked_probes

__all__ = [
    "APART",
    "CHANCES",
    "AskedProbe",
    "Wording",
    "asked_probes",
    "measure",
    "placed",
    "probe_boundary",
    "wording_variance",
]
