"""Decisions on rewordings → boundary consistency: of each probe, of all of them, and what flips go with.

Values in, values out. :func:`measure` makes :class:`pytest_refusal.summary.Consistency` from :class:`AskedProbe`;
:func:`sentences` says it.
"""

from pytest_refusal.consistency.measure import APART, CHANCES, measure, probe_boundary
from pytest_refusal.consistency.sentences import probe_sentence, sentences
from pytest_refusal.consistency.wordings import Applied, AskedProbe, Wording, decide

__all__ = [
    "APART",
    "CHANCES",
    "Applied",
    "AskedProbe",
    "Wording",
    "decide",
    "measure",
    "probe_boundary",
    "probe_sentence",
    "sentences",
]
