"""Framings of a probe (technical, code-wrapped, role, …), each beside its plain twin; never part of its consistency.

probe → the same probe in other frames (rows in ``tables/``, or the team's own words) → refusals plain and framed.
"""

from pytest_refusal.framing.asked import AskedForm, AskedTwins, Attempt, asked_twins
from pytest_refusal.framing.forms import Wanted, framing_names, framings_for, unframed_for
from pytest_refusal.framing.measure import measure
from pytest_refusal.framing.tables import frames_from, load_frames
from pytest_refusal.framing.values import HAND_WRITTEN, Frame, Framed, Unframed

__all__ = [
    "HAND_WRITTEN",
    "AskedForm",
    "AskedTwins",
    "Attempt",
    "Frame",
    "Framed",
    "Unframed",
    "Wanted",
    "asked_twins",
    "frames_from",
    "framing_names",
    "framings_for",
    "load_frames",
    "measure",
    "unframed_for",
]
