"""``targets.law``: the limit that a server's own words lead to, against a simulated server with C places."""

from __future__ import annotations

import heapq
import math
from collections import deque

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_refusal.targets.law import FIXED, MOST, Law


class Simulated:
    """A server that works on ``places`` requests at once, each for ``work_s`` seconds; others wait in their order.

    ``idle_s`` is what it seems to wait even when nothing does (template and tokenizer).
    """

    def __init__(self, law: Law, places: int, work_s: float = 0.1, idle_s: float = 0.0) -> None:
        self.law = law
        self.places = places
        self.work_s = work_s
        self.idle_s = idle_s
        self.most = 0

    def serve(self, requests: int) -> float:
        """Return how long it takes until all are answered, in seconds."""
        now_s = 0.0
        sent = flying = 0
        queue: deque[tuple[float, int, int]] = deque()
        working: list[tuple[float, float, int, int]] = []
        answered = 0
        while answered < requests:
            while sent < requests and flying < self.law.limit:
                sent += 1
                flying += 1
                queue.append((now_s, self.law.epoch, flying))
            self.most = max(self.most, flying)
            while queue and len(working) < self.places:
                sent_s, epoch, beside = queue.popleft()
                begun_s = now_s + self.idle_s
                heapq.heappush(working, (begun_s + self.work_s, begun_s - sent_s, epoch, beside))
            now_s, wait_s, epoch, beside = heapq.heappop(working)
            flying -= 1
            answered += 1
            self.law.answered(epoch, beside, wait_s, self.work_s)
        return now_s


@settings(deadline=None)
@given(places=st.integers(1, 100), idle_s=st.sampled_from([0.0, 0.01, 0.035]))
def test_the_limit_settles_just_above_what_the_server_works_on(places: int, idle_s: float) -> None:
    """Hardly below (a place would stand empty), and not twice as many: latency stays within twice the work."""
    law = Law()
    Simulated(law, places, idle_s=idle_s).serve(60 * places + 200)
    assert 0.9 * places <= law.limit <= max(2 * places, places + 2)


@pytest.mark.parametrize("places", [1, 4, 16, 64])
def test_the_search_costs_a_few_latencies(places: int) -> None:
    """The whole against the limit of ceil(N/C) latencies: 200 requests, and 3,200 for 64 places."""
    requests = 200 if places < 64 else 3200
    law = Law()
    took_s = Simulated(law, places).serve(requests)
    waves = math.ceil(requests / places)
    assert took_s <= (waves + 1 + math.log2(max(places / 4, 1)) + 2) * 0.1 + 1e-9


@pytest.mark.parametrize("places", [1, 4, 16])
def test_the_parallelism_of_the_server_is_seen(places: int) -> None:
    """K · (1 - share) is it, whatever K is."""
    law = Law()
    Simulated(law, places).serve(100 * places)
    assert law.parallel is not None
    assert round(law.parallel) == pytest.approx(places, abs=max(1, 0.1 * places))


def test_the_first_request_goes_alone() -> None:
    """It loads the model; what it seems to wait is what an idle server shows."""
    law = Law()
    assert law.limit == 1
    law.answered(0, 1, 0.02, 0.08)
    assert law.limit == 4


def test_what_an_idle_server_shows_is_no_waiting() -> None:
    """A real Ollama "waits" 8-17 ms for template and tokenizer: a share of 0.26 with small answers."""
    law = Law()
    law.answered(0, 1, 0.013, 0.037)
    for _ in range(4):
        law.answered(law.epoch, 4, 0.013, 0.037)
    assert law.limit == 8
    assert law.parallel is None


def test_never_more_than_the_most() -> None:
    law = Law(most=20)
    Simulated(law, 10_000).serve(5000)
    assert law.limit == 20
    assert Law()._most == MOST == 256


def test_answers_to_requests_from_before_a_change_do_not_count() -> None:
    """They waited under another limit."""
    law = Law()
    law.answered(0, 1, 0.0, 0.1)
    for _ in range(20):
        law.answered(0, 1, 0.5, 0.1)
    assert law.limit == 4


def test_few_in_flight_say_nothing_about_the_limit() -> None:
    """Where tests are slow the server is idle, and that is no reason to send it more at once."""
    law = Law()
    law.answered(0, 1, 0.0, 0.1)
    for _ in range(50):
        law.answered(law.epoch, 1, 0.0, 0.1)
    assert law.limit == 4


def test_a_server_that_does_not_say_gets_a_fixed_number() -> None:
    law = Law()
    law.answered(0, 1, None, 0.0)
    assert law.limit == FIXED == 8
    for _ in range(100):
        law.answered(law.epoch, 8, None, 0.0)
    assert law.limit == 8
    assert law.parallel is None


def test_a_refusal_halves_once_for_all_that_were_sent_together() -> None:
    """Sixteen 503 at once are one message, not sixteen."""
    law = Law(16)
    epoch = law.epoch
    for _ in range(16):
        law.refused(epoch)
    assert law.limit == 8
    law.refused(law.epoch)
    assert law.limit == 4
    for _ in range(10):
        law.refused(law.epoch)
    assert law.limit == 1


def test_a_told_limit_comes_back_after_refusals_and_never_rises_above() -> None:
    """One more for each full set of answers."""
    law = Law(4)
    law.refused(law.epoch)
    assert law.limit == 2
    for _ in range(2 + 3):
        law.answered(law.epoch, 2, 0.0, 0.1)
    assert law.limit == 4
    for _ in range(100):
        law.answered(law.epoch, 4, 0.0, 0.1)
    assert law.limit == 4


def test_a_told_limit_is_kept_and_still_shows_what_the_server_does() -> None:
    law = Law(32)
    Simulated(law, 4).serve(400)
    assert law.limit == 32
    assert law.parallel == pytest.approx(4, rel=0.05)
