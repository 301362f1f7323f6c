"""The values of a finished run."""

from pytest_refusal.summary.counts import (
    LEAST_LABELS,
    Agreement,
    ByRule,
    ConditionSummary,
    Corrected,
    Direction,
    Group,
    JudgeErrors,
    Rate,
    Score,
    SplitVote,
    Unjudged,
)
from pytest_refusal.summary.run import Broken, MeasuredCondition, Report, ServerUse, Usage

__all__ = [
    "LEAST_LABELS",
    "Agreement",
    "Broken",
    "ByRule",
    "ConditionSummary",
    "Corrected",
    "Direction",
    "Group",
    "JudgeErrors",
    "MeasuredCondition",
    "Rate",
    "Report",
    "Score",
    "ServerUse",
    "SplitVote",
    "Unjudged",
    "Usage",
]
