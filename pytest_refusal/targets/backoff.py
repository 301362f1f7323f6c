"""How long to leave a busy server alone before it is asked again."""

from __future__ import annotations

import random
import time

BACKOFF_S = 0.1
LONGEST_WAIT_S = 10.0


def wait_s(retries: int, retry_after: str) -> float:
    """Return how long to wait: what the server asks for (at most ten seconds), else 0.1·2^n s and up to half more."""
    asked = _seconds_of(retry_after)
    if asked is not None:
        return min(max(asked, 0.0), LONGEST_WAIT_S)
    # a generator of its own: the user's seeded one must give the same numbers with and without retries
    return float(BACKOFF_S * 2**retries * random.SystemRandom().uniform(1.0, 1.5))


def _seconds_of(retry_after: str) -> float | None:
    """Return the seconds that a ``Retry-After`` names, as a number or as a date; None if it says nothing."""
    if not retry_after:
        return None
    if retry_after.strip().isdecimal():
        return float(retry_after[:9])
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(retry_after).timestamp() - time.time()
    except (ValueError, OverflowError):
        return None
