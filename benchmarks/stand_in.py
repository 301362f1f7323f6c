"""A stand-in for an Ollama server: every chat takes the same time L, and C of them are worked on at once.

As a program it prints its port on the first line and runs until its standard input ends::

    python benchmarks/stand_in.py --latency 0.2 --slots 16

Chats wait for a slot in the order they came, without a bound, as Ollama lets them; with ``--queue N`` only N wait, and
the next gets 503. A client that goes away gives its slot back, as with Ollama. An answer leaves up to a millisecond
after L (the resolution of the event loop's timers), and who waits for its slot does not pay for that.
``GET /stats`` tells what happened since the last ``/reset``. Each answer says how long it waited:
``total_duration - load_duration - prompt_eval_duration - eval_duration``.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import math
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

MODEL = "shop:latest"
DIGEST = "d1" * 32
VERSION = "0.17.4"
REFUSAL = "I'm sorry, but I can't share that."
ANSWER = "Sure. Keep the receipt and send the shoes back within 30 days."
BUSY = "server busy, please try again.  maximum pending requests exceeded"
REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 503: "Service Unavailable"}

PROMPT_SHARE = 0.2
"""How much of L counts as reading the prompt; the rest is writing the answer."""


@dataclass(slots=True)
class Stats:
    """What came and went since the last reset; times in seconds, of this process's clocks.

    Attributes:
        chats: Requests to ``/api/chat``, those that got 503 included.
        unique_chats: Different bodies among them.
        answered: Those that got an answer.
        refused_503: Those that found the queue full.
        abandoned: Those whose client went away before the answer.
        others: Requests to the other addresses of the API.
        most_in_flight: Largest number of chats that waited or were worked on at the same time.
        first_request: When the first request came, whatever it was, by ``time.time()``; 0.0: none came.
        first_chat: When the first chat came; ``first_chat_monotonic``: by the monotonic clock.
        last_answer: When the last answer to a chat left; ``last_answer_monotonic``: by the monotonic clock.
        busy_s: Slot-seconds that answers took, all slots together.
        slots: C.
        busy_share: ``busy_s`` in what the slots had between the first chat and the last answer, 0 to 1.
        p50_s, p95_s: Of the times from a chat's arrival to its answer, 503s left out.
    """

    chats: int = 0
    unique_chats: int = 0
    answered: int = 0
    refused_503: int = 0
    abandoned: int = 0
    others: int = 0
    most_in_flight: int = 0
    first_request: float = 0.0
    first_chat: float = 0.0
    first_chat_monotonic: float = 0.0
    last_answer: float = 0.0
    last_answer_monotonic: float = 0.0
    busy_s: float = 0.0
    slots: int = 0
    busy_share: float = 0.0
    p50_s: float = 0.0
    p95_s: float = 0.0


@dataclass(slots=True, eq=False)
class Chat:
    """A chat under way; ``timer`` is set while it holds a slot, from ``begun`` until ``due``."""

    connection: Connection
    refuses: bool
    arrived: float
    begun: float = 0.0
    due: float = 0.0
    timer: asyncio.TimerHandle | None = None


@dataclass
class StandIn:
    """The server's state.

    Args:
        latency_s: L, what each chat takes once it has a slot.
        slots: C, how many are worked on at once.
        queue: How many may wait; None: any number.
        durations: Answers tell their times.
        refuses: What has this word in it is refused, in any case.
    """

    latency_s: float
    slots: int
    queue: int | None = None
    durations: bool = True
    refuses: str = "secret"
    stats: Stats = field(default_factory=Stats)

    def __post_init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._working = 0
        self._waiting: deque[Chat] = deque()
        self._bodies: set[bytes] = set()
        self._latencies: list[float] = []

    def reset(self) -> None:
        """Forget what was counted; chats under way go on."""
        self.stats = Stats()
        self._bodies.clear()
        self._latencies.clear()

    def report(self) -> dict[str, Any]:
        """Return the stats up to now."""
        stats = self.stats
        ordered = sorted(self._latencies)
        stats.unique_chats = len(self._bodies)
        stats.slots = self.slots
        span = stats.last_answer_monotonic - stats.first_chat_monotonic
        stats.busy_share = stats.busy_s / (self.slots * span) if span > 0 else 0.0
        stats.p50_s, stats.p95_s = (ordered[math.ceil(q * len(ordered)) - 1] if ordered else 0.0 for q in (0.5, 0.95))
        return asdict(stats)

    def enter(self, connection: Connection, body: bytes) -> Chat | None:
        """Take a chat in, for a slot or for the queue; None: the queue is full.

        Raises:
            ValueError: The body is no chat.
        """
        refuses = self.refuses in _last_user_turn(body)
        now, stats = self.loop.time(), self.stats
        if not stats.chats:
            stats.first_chat, stats.first_chat_monotonic = time.time(), now
        stats.chats += 1
        self._bodies.add(hashlib.blake2b(body, digest_size=16).digest())
        chat = Chat(connection, refuses, now)
        if self._working < self.slots:
            self._start(chat, now)
        elif self.queue is not None and len(self._waiting) >= self.queue:
            stats.refused_503 += 1
            return None
        else:
            self._waiting.append(chat)
        stats.most_in_flight = max(stats.most_in_flight, self._working + len(self._waiting))
        return chat

    def abandon(self, chat: Chat) -> None:
        """Give back what a chat held: its client is gone."""
        self.stats.abandoned += 1
        if chat.timer is None:
            self._waiting.remove(chat)
        else:
            chat.timer.cancel()
            self._free(self.loop.time())

    def _start(self, chat: Chat, begun: float) -> None:
        self._working += 1
        chat.begun, chat.due = begun, begun + self.latency_s
        chat.timer = self.loop.call_at(chat.due, self._finish, chat)

    def _finish(self, chat: Chat) -> None:
        now, stats = self.loop.time(), self.stats
        # the next one begins when this one was due, so that late timers do not add up
        self._free(chat.due)
        stats.answered += 1
        stats.busy_s += self.latency_s
        stats.last_answer, stats.last_answer_monotonic = time.time(), now
        self._latencies.append(now - chat.arrived)
        chat.connection.answer_chat(self._answer(chat))

    def _free(self, now: float) -> None:
        self._working -= 1
        if self._waiting:
            self._start(self._waiting.popleft(), now)

    def _answer(self, chat: Chat) -> dict[str, Any]:
        text = REFUSAL if chat.refuses else ANSWER
        answer: dict[str, Any] = {
            "model": MODEL,
            "created_at": "2026-01-01T00:00:00Z",
            "message": {"role": "assistant", "content": text},
            "done": True,
            "done_reason": "stop",
        }
        if self.durations:
            work = max(int(self.latency_s * 1e9), 1000)
            prompt = int(PROMPT_SHARE * work)
            answer |= {
                "total_duration": max(int((chat.begun - chat.arrived) * 1e9), 0) + work,
                "load_duration": 0,
                "prompt_eval_count": 16,
                "prompt_eval_duration": prompt,
                "eval_count": len(text.split()),
                "eval_duration": work - prompt,
            }
        return answer


class Connection(asyncio.Protocol):
    """A connection that is kept; one request after another."""

    def __init__(self, owner: StandIn) -> None:
        self._owner = owner
        self._buffer = b""
        self._chat: Chat | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._chat is not None:
            chat, self._chat = self._chat, None
            self._owner.abandon(chat)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._chat is None:
            self._read_on()

    def answer_chat(self, answer: Mapping[str, Any]) -> None:
        """Send the answer to the chat under way."""
        self._chat = None
        self._send(200, answer)
        if self._buffer:
            self._read_on()

    def _read_on(self) -> None:
        while self._chat is None and self._transport is not None:
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            length = _content_length(head)
            if len(rest) < length:
                return
            self._buffer = rest[length:]
            method, path, *_ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
            self._take(method, path, rest[:length])

    def _take(self, method: str, path: str, body: bytes) -> None:
        owner = self._owner
        if path == "/stats":
            self._send(200, owner.report())
            return
        if path == "/reset":
            owner.reset()
            self._send(200, {})
            return
        owner.stats.first_request = owner.stats.first_request or time.time()
        if (method, path) == ("POST", "/api/chat"):
            try:
                self._chat = owner.enter(self, body)
            except (ValueError, TypeError, AttributeError):
                self._send(400, {"error": "invalid JSON"})
                return
            if self._chat is None:
                self._send(503, {"error": BUSY})
            return
        owner.stats.others += 1
        row = {"name": MODEL, "model": MODEL, "digest": DIGEST, "size": 1}
        known: dict[tuple[str, str], Any] = {
            ("GET", "/api/tags"): {"models": [row]},
            ("GET", "/api/version"): {"version": VERSION},
            ("GET", "/api/ps"): {"models": [{**row, "context_length": 4096}]},
            ("POST", "/api/show"): {"template": "{{ .Prompt }}", "capabilities": ["completion"], "model_info": {}},
        }
        found = known.get((method, path))
        self._send(404 if found is None else 200, {"error": "not found"} if found is None else found)

    def _send(self, status: int, content: Any) -> None:
        if self._transport is None:
            return
        body = json.dumps(content).encode()
        head = (
            f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        )
        self._transport.write(head.encode() + b"\r\n" + body)


def _content_length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.split(b"\r\n", 1)[0]) if found else 0


def _last_user_turn(body: bytes) -> str:
    for message in reversed(json.loads(body)["messages"] or ()):
        if message.get("role") == "user":
            return str(message.get("content", "")).lower()
    return ""


async def serve(
    latency_s: float,
    slots: int,
    queue: int | None = None,
    durations: bool = True,
    port: int = 0,
    refuses: str = "secret",
) -> None:
    """Serve until the standard input ends; the port is the first line printed."""
    owner = StandIn(latency_s, slots, queue, durations, refuses)
    server = await owner.loop.create_server(lambda: Connection(owner), "127.0.0.1", port, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    ended = asyncio.Event()

    def wait_for_end() -> None:
        with suppress(ValueError, OSError):
            sys.stdin.read()
        with suppress(RuntimeError):
            owner.loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=wait_for_end, daemon=True).start()
    await ended.wait()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="A stand-in for an Ollama server, with a fixed latency.")
    parser.add_argument("--latency", type=float, default=0.2, metavar="S", help="what a chat takes (default 0.2)")
    parser.add_argument("--slots", type=int, default=1, metavar="C", help="chats worked on at once (default 1)")
    parser.add_argument("--queue", type=int, metavar="N", help="chats that may wait; the next gets 503 (default: all)")
    parser.add_argument("--no-durations", action="store_true", help="answers do not tell their times")
    parser.add_argument("--refuses", default="secret", metavar="WORD", help="what has it is refused (default: secret)")
    parser.add_argument("--port", type=int, default=0, help="default: any free one")
    told = parser.parse_args(arguments)
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(told.latency, told.slots, told.queue, not told.no_durations, told.port, told.refuses.lower()))


if __name__ == "__main__":
    main()
