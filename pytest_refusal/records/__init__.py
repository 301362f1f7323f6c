"""The values that travel from a probe to the report: frozen, without behaviour of their own beyond their wire form.

Nothing here knows pytest, a file or a network. Rates are fractions from 0 to 1, durations are seconds.
"""

from pytest_refusal.records.answered import Response, ToolCall
from pytest_refusal.records.asked import (
    Applied,
    FramedForm,
    Message,
    Probe,
    Request,
    Rewording,
    decoding_seed,
    repeats_itself,
)
from pytest_refusal.records.judged import Outcome, Verdict, Vote, is_right
from pytest_refusal.records.words import Decision, Expect, Kind, Label, Role, Tier, canonical_json, sha256

__all__ = [
    "Applied",
    "Decision",
    "Expect",
    "FramedForm",
    "Kind",
    "Label",
    "Message",
    "Outcome",
    "Probe",
    "Request",
    "Response",
    "Rewording",
    "Role",
    "Tier",
    "ToolCall",
    "Verdict",
    "Vote",
    "canonical_json",
    "decoding_seed",
    "is_right",
    "repeats_itself",
    "sha256",
]
