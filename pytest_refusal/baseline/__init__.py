"""A baseline: what a team has accepted as the state of its application, a line of counts for each probe."""

from pytest_refusal.baseline.accepting import LEAST_ATTEMPTS, MOST_UNJUDGED, accepted
from pytest_refusal.baseline.changes import Change, Kind, changes
from pytest_refusal.baseline.counting import lines_of, not_pinned
from pytest_refusal.baseline.lines import SCHEMA, BaselineLine, Key, to_text
from pytest_refusal.baseline.reading import Baseline, read_baseline

__all__ = [
    "LEAST_ATTEMPTS",
    "MOST_UNJUDGED",
    "SCHEMA",
    "Baseline",
    "BaselineLine",
    "Change",
    "Key",
    "Kind",
    "accepted",
    "changes",
    "lines_of",
    "not_pinned",
    "read_baseline",
    "to_text",
]
