"""Many requests at once at a model behind Ollama: places, the server's queue, busy and dying hosts; real sockets."""

from __future__ import annotations

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from faults import ANSWER, DIGEST, FaultyOllama

from pytest_refusal.errors import TargetTimeout, Unreachable
from pytest_refusal.records import Message, Request
from pytest_refusal.targets.ollama import OllamaTarget
from pytest_refusal.targets.slots import Concurrency
from pytest_refusal.targets.spread import SpreadTarget


def asks(text: str, **fields: Any) -> Request:
    return Request("ollama:shop:latest", (Message("user", text),), "p", **fields)


def test_a_time_out_does_not_run_while_a_request_waits_in_the_server_s_queue() -> None:
    """Six at once at a server that works on one, 0.3 s each: the last waits 1.5 s, and 1 s is the time for an answer.

    What the first answers show makes the later ones wait longer; who ran out of time before that is sent again.
    """
    with FaultyOllama(always="slow:0.3", places=1) as server:
        target = OllamaTarget("shop", host=server.host, timeout_s=1.0)
        target.use(Concurrency(6))
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(lambda number: target.ask(asks(f"Hello {number}")), range(12)))
    assert [answer.text for answer in answers] == [ANSWER] * 12
    assert max(answer.wait_s for answer in answers) > 1.0


def test_a_request_that_hangs_while_others_are_answered_runs_out_of_time() -> None:
    """Later ones were answered, so it was no longer in the queue."""
    with FaultyOllama(when={"hang": "hang"}, always="slow:0.05") as server:
        target = OllamaTarget("shop", host=server.host, timeout_s=0.5)
        target.use(Concurrency(4))
        with ThreadPoolExecutor(4) as pool:
            hangs = pool.submit(target.ask, asks("hang"))
            server.wait_for_chats(1)
            for number in range(30):
                pool.submit(target.ask, asks(f"Hello {number}"))
            with pytest.raises(TargetTimeout, match=r"within 0\.5 s.*--refusal-timeout"):
                hangs.result(20)


def test_an_answer_says_how_long_it_waited_in_the_server() -> None:
    """total_duration less load, prompt and answer."""
    with FaultyOllama(always="slow:0.1", places=1) as server:
        target = OllamaTarget("shop", host=server.host)
        target.use(Concurrency(2))
        with ThreadPoolExecutor(2) as pool:
            waits = sorted(answer.wait_s for answer in pool.map(target.ask, [asks("a"), asks("b")]))
    assert waits[0] < 0.05
    assert 0.05 < waits[1] < 0.5


def test_a_busy_server_halves_what_is_in_flight_for_all() -> None:
    """Places for two and a queue of two: eight at once are too many, and nobody fails."""
    with FaultyOllama(always="slow:0.03", places=2, queue=2) as server:
        target = OllamaTarget("shop", host=server.host)
        concurrency = Concurrency(8)
        target.use(concurrency)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda number: target.ask(asks(f"Hello {number}")), range(24)))
    assert all(answer.text == ANSWER for answer in answers)
    assert sum(answer.retries for answer in answers) >= 1
    assert target.limit < 8


def test_nobody_asks_before_the_time_that_a_busy_server_names() -> None:
    """Retry-After: 1 holds for the request that waits its turn, too."""
    with FaultyOllama("503,1", always="fine") as server:
        target = OllamaTarget("shop", host=server.host)
        target.use(Concurrency(2))
        target.facts()
        begun = time.monotonic()
        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(target.ask, asks("a"))
            server.wait_for_chats(1)
            first.result(10)
        assert time.monotonic() - begun >= 0.9


def test_two_models_behind_one_server_share_its_places() -> None:
    with FaultyOllama(models=("shop:latest", "other:latest"), together=3) as server:
        concurrency = Concurrency(3)
        targets = [OllamaTarget(model, host=server.host) for model in ("shop", "other")]
        for target in targets:
            target.use(concurrency)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda number: targets[number % 2].ask(asks(f"Hello {number}")), range(16)))
        assert server.most_under_way == 3


def test_threads_do_not_share_the_connections_of_one_client() -> None:
    """Beyond the 20 that httpx keeps alive a shared pool closes connections, now and then one just given away.

    Three rounds of 30 at once: each of the 30 keeps its own connection.
    """
    meeting = threading.Barrier(30, timeout=60)
    with FaultyOllama(always="slow:0.2") as server:
        target = OllamaTarget("shop", host=server.host)
        target.use(Concurrency(30))
        target.facts()

        def ask(number: int) -> str:
            texts = []
            for turn in range(3):
                meeting.wait()
                texts.append(target.ask(asks(f"Hello {number} {turn}")).text)
            return " ".join(texts)

        with ThreadPoolExecutor(30) as pool:
            assert list(pool.map(ask, range(30))) == [" ".join([ANSWER] * 3)] * 30
        assert server.connections <= 30


def spread(*servers: FaultyOllama, told: int | None = 2) -> tuple[SpreadTarget, list[str]]:
    warnings: list[str] = []
    target = SpreadTarget([OllamaTarget("shop", host=server.host, timeout_s=2) for server in servers])
    target.use(Concurrency(told, warn=warnings.append))
    return target, warnings


def test_each_host_has_places_of_its_own() -> None:
    """Two hosts with two places each: four at once, two at each."""
    with FaultyOllama(together=2) as one, FaultyOllama(together=2) as two:
        target, warnings = spread(one, two)
        assert target.limit == 4
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda number: target.ask(asks(f"Hello {number}")), range(20)))
        assert (one.most_under_way, two.most_under_way) == (2, 2)
        assert len(one.chats) + len(two.chats) == 20
        assert min(len(one.chats), len(two.chats)) >= 5
    assert warnings == []


def test_a_host_that_dies_hands_its_requests_to_the_others_and_is_named() -> None:
    """In the middle: what it was asked is asked of the other host, and every request gets its answer."""
    with FaultyOllama(always="slow:0.02") as one:
        two = FaultyOllama(always="reset")
        with two:
            target, warnings = spread(one, two)
            with ThreadPoolExecutor(4) as pool:
                answers = list(pool.map(lambda number: target.ask(asks(f"Hello {number}")), range(12)))
        assert [answer.text for answer in answers] == [ANSWER] * 12
        assert target.limit == 2
    assert len(warnings) == 1
    assert re.match(rf"the host http://{two.host} went away, .* went to the other host: ", warnings[0])


def test_a_host_that_hangs_hands_its_requests_over_too() -> None:
    with FaultyOllama() as one, FaultyOllama(always="hang") as two:
        warnings: list[str] = []
        target = SpreadTarget([OllamaTarget("shop", host=server.host, timeout_s=0.5) for server in (two, one)])
        target.use(Concurrency(2, warn=warnings.append))
        assert target.ask(asks("Hello")).text == ANSWER
        assert [two.host in text for text in warnings] == [True]


def test_a_host_that_is_not_there_from_the_start_is_named_and_left_out() -> None:
    with FaultyOllama() as one:
        with FaultyOllama() as gone:
            pass
        target, warnings = spread(gone, one)
        assert target.facts().model == DIGEST
        assert target.ask(asks("Hello")).text == ANSWER
        assert len(warnings) == 1
        assert re.match(rf"the host http://{gone.host} does not answer; the others do its part: ", warnings[0])


def test_without_any_host_the_error_is_that_of_a_host() -> None:
    with FaultyOllama() as one, FaultyOllama() as two:
        pass
    target, _ = spread(one, two)
    with pytest.raises(Unreachable, match="nothing answers at"):
        target.ask(asks("Hello"))
    with FaultyOllama(always="reset") as one, FaultyOllama(always="reset") as two:
        target, warnings = spread(one, two)
        for _ in range(2):
            with pytest.raises(Unreachable, match="broke"):
                target.ask(asks("Hello"))
        assert len(warnings) == 1
