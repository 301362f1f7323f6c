"""An Ollama server on the loopback that answers, or misbehaves as it is told.

In a test::

    with FaultyOllama("503", "fine") as server:            # the first chat gets 503, the second and all others are fine
        OllamaTarget("shop", host=server.host).ask(request)
        assert server.chats[0]["options"]["seed"] == 7      # the JSON as it came, one per chat

As a program (it prints its port on the first line and runs until its standard input ends or it is killed)::

    python tests/faults.py 503 503 fine --when broken=bad-json --always fine --model shop:latest

What a chat gets: the first of ``when`` whose word is in the last user turn, else the next of the script, else
``always``.
A fault may be repeated, ``503*3``; a ``when`` that was repeated so often is used up. The faults:

    fine            an answer: it refuses if the last user turn contains "secret"
    empty           an answer without text
    length          an answer that ended at the token limit (done_reason "length")
    length:TEXT     that text, cut off by the token limit
    thinking        an answer with thinking beside it
    tool            a tool call (refund_order) and no text
    echo            the last user turn as the answer
    say:TEXT        that text
    slow:SECONDS    an answer after so long
    hang            no answer, until the server is closed
    reset           the connection is reset (RST) instead of an answer
    disconnect      the connection is closed instead of an answer
    truncated       the body breaks off before its announced length
    bad-json        200 with a body that is no JSON
    list            200 with a JSON list
    error-in-200    200 with an "error"
    error-beside    200 with a whole answer and an "error" beside it
    not-done        200 with "done": false
    no-message      200 without a message
    wrong-shape     200 with a message whose content is a list
    unknown         404, as for a model that is not there
    cut             400, as for a prompt that does not fit (sent whatever its length)
    400 429 500 503 and any other number from 400 on: that status; "503,7": with Retry-After: 7

With ``places`` the server works on so many chats at once, others wait in their order, and each answer says how long it
waited and was worked on; beyond ``queue`` waiting ones it says 503. With ``durations=False`` no answer says a time.

A prompt over ``context_length`` (a token is a word here, and four are added per message) is treated as Ollama does it:
with ``truncate: false`` and from version 0.12.6 on 400, else whole turns are dropped from the front, then it is cut.
"""

from __future__ import annotations

import argparse
import json
import select
import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

REFUSAL = "I'm sorry, but I can't help with that."
ANSWER = "Sure. Here is what you asked for."
DIGEST = "d1" * 32
MEETING_S = 20.0
TOO_LONG = "the input length exceeds the context length"


@dataclass(frozen=True)
class Recorded:
    """A request as it came; ``body`` is its JSON, None without one."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


@dataclass
class _Rule:
    fault: str
    left: int | None
    word: str = ""

    @classmethod
    def of(cls, text: str, word: str = "", forever: bool = False) -> _Rule:
        fault, star, times = text.rpartition("*")
        if star and times.isdecimal():
            return cls(fault, int(times), word)
        return cls(text, None if forever else 1, word)

    def take(self) -> str | None:
        if self.left is None:
            return self.fault
        if self.left == 0:
            return None
        self.left -= 1
        return self.fault


@dataclass
class _Plan:
    script: list[_Rule]
    when: list[_Rule]
    always: str
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fault_for(self, prompt: str) -> str:
        with self.lock:
            for rule in [*(rule for rule in self.when if rule.word in prompt), *self.script]:
                if (fault := rule.take()) is not None:
                    return fault
            return self.always


class FaultyOllama:
    """The server; a context manager. Open, ``host`` is its address for a client.

    Args:
        script: Faults of the first chats, one after another.
        when: Faults by a word of the last user turn.
        always: What a chat gets that nothing else is said about.
        models: Names that ``/api/tags`` lists, with their tags.
        scripted: Model name with its tag → what a chat's body gets from it, as one of the faults; such a model is
            there too.
        digest: Of every model.
        version: Of the server.
        context_length: In words, four more per message.
        tells_context: ``/api/ps`` tells the context length; old servers do not.
        port: 0: any free one.
        places: How many chats are worked on at once; None: any number, and the times it tells are made up.
        queue: How many may wait for a place; None: any number.
        durations: Answers tell their times.
        tls: Serve with TLS.
        redirect: Send every request to this address.
        together: No chat is answered until so many have been under way at once, or 20 s have passed: whether a
            client sends them together is then no question of who is faster.
        alone: So many chats, the first ones, are answered before that.

    Attributes:
        requests: All that came, in order; ``chats``: the JSON bodies of the chats alone.
        most_under_way: The largest number of chats that were waited for at the same time.
        answered: How many chats got an answer, of whatever kind.
        connections: How many were made.
        alone_s: How long each chat was under way with no other beside it, in seconds, in the order of their ends.
    """

    def __init__(
        self,
        *script: str,
        when: Mapping[str, str] | None = None,
        always: str = "fine",
        models: Sequence[str] = ("shop:latest",),
        scripted: Mapping[str, Callable[[Any], str]] | None = None,
        digest: str = DIGEST,
        version: str = "0.17.4",
        context_length: int = 4096,
        tells_context: bool = True,
        port: int = 0,
        places: int | None = None,
        queue: int | None = None,
        durations: bool = True,
        tls: ssl.SSLContext | None = None,
        redirect: str = "",
        together: int = 0,
        alone: int = 0,
    ) -> None:
        self.together = together
        self.alone = alone
        self.durations = durations
        self.redirect = redirect
        self.answered = 0
        self.connections = 0
        self.alone_s: list[float] = []
        self._alone_since = 0.0
        self._places = places
        self._queue = queue
        self._working = 0
        self._waiting: list[object] = []
        self._turns = threading.Condition()
        self.scripted = dict(scripted or {})
        self.models = [*models, *self.scripted]
        self.digest = digest
        self.version = version
        self.context_length = context_length
        self.tells_context = tells_context
        self.requests: list[Recorded] = []
        self.most_under_way = 0
        self.closing = threading.Event()
        self.plan = _Plan(
            [_Rule.of(text) for text in script],
            [_Rule.of(text, word, forever=True) for word, text in (when or {}).items()],
            always,
        )
        self._under_way = 0
        self._met = threading.Condition()
        self._arrived = threading.Condition()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.owner = self
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def chats(self) -> list[Any]:
        return [request.body for request in self.requests if request.path == "/api/chat"]

    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def __enter__(self) -> FaultyOllama:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of all that hangs, and end."""
        self.closing.set()
        self._server.shutdown()
        self._server.close_connections()
        self._server.server_close()
        self._thread.join()

    def note(self, request: Recorded) -> None:
        with self._arrived:
            self.requests.append(request)
            self._arrived.notify_all()

    def wait_for_chats(self, count: int, timeout_s: float = 30.0) -> None:
        """Return when so many chats have come; raises TimeoutError if they do not."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.chats) >= count, timeout_s):
                raise TimeoutError(f"{len(self.chats)} of {count} chats came within {timeout_s} s")

    @contextmanager
    def place(self, connection: socket.socket) -> Iterator[float | None]:
        """Wait for a place in the order of arrival; yields the seconds waited, None where there are any number.

        Raises:
            OverflowError: So many wait already.
            ConnectionError: The client went away meanwhile.
        """
        if self._places is None:
            yield None
            return
        begun, ticket = time.monotonic(), object()
        with self._turns:
            if self._queue is not None and self._working >= self._places and len(self._waiting) >= self._queue:
                raise OverflowError
            self._waiting.append(ticket)
            while self._waiting[0] is not ticket or self._working >= self._places:
                self._turns.wait(0.05)
                if self.closing.is_set():
                    break
                if _is_gone(connection):
                    self._waiting.remove(ticket)
                    self._turns.notify_all()
                    raise ConnectionError
            self._waiting.remove(ticket)
            self._working += 1
            self._turns.notify_all()
        try:
            yield time.monotonic() - begun
        finally:
            with self._turns:
                self._working -= 1
                self._turns.notify_all()

    def enter_chat(self, step: int) -> None:
        now_s = time.monotonic()
        with self._met:
            if self._under_way == 1:
                self.alone_s.append(now_s - self._alone_since)
            self._under_way += step
            self._alone_since = now_s
            self.most_under_way = max(self.most_under_way, self._under_way)
            self._met.notify_all()

    def meet(self) -> None:
        """Wait until as many chats have been under way as are meant to be together."""
        with self._met:
            if self.alone:
                self.alone -= 1
                return
            self._met.wait_for(lambda: self.most_under_way >= self.together or self.closing.is_set(), MEETING_S)

    def add(self, word: str, fault: str) -> None:
        """Let the chats with this word get a fault; ``500*1`` once."""
        with self.plan.lock:
            self.plan.when.append(_Rule.of(fault, word, forever=True))


class _Server(ThreadingHTTPServer):
    owner: FaultyOllama
    daemon_threads = False  # joined at the end, so that no thread outlives the test
    request_queue_size = 256

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.owner.connections += 1
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        """Wake the threads that wait for the next request of a connection that the client keeps."""
        with self._guard:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RD)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: connections that break are what this server is for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server
    arrived = 0.0
    under_way = False
    waited_s: float | None = None

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        owner = self.server.owner
        if owner.redirect:
            self._head(307, 0, {"Location": owner.redirect + self.path})
            return
        owner.note(Recorded("GET", self.path, dict(self.headers), None))
        rows = [{"name": name, "model": name, "digest": owner.digest, "size": 1} for name in owner.models]
        if self.path == "/api/tags":
            self._send({"models": rows})
        elif self.path == "/api/version":
            self._send({"version": owner.version})
        elif self.path == "/api/ps":
            told = {"context_length": owner.context_length} if owner.tells_context else {}
            self._send({"models": [{**row, **told} for row in rows]})
        else:
            self._send({"error": "not found"}, 404)

    def do_POST(self) -> None:
        owner = self.server.owner
        length = int(self.headers.get("Content-Length", 0))
        content = self.rfile.read(length)
        if len(content) < length:
            # who sent it died before it was all sent: that was no request
            self.close_connection = True
            return
        try:
            body = json.loads(content)
        except ValueError:
            body = None
        owner.note(Recorded("POST", self.path, dict(self.headers), body))
        if not isinstance(body, dict):
            self._send({"error": "invalid JSON"}, 400)
        elif self.path == "/api/show":
            self._send({"template": "{{ .Prompt }}", "capabilities": ["completion", "tools"], "model_info": {}})
        elif self.path == "/api/chat":
            owner.enter_chat(+1)
            self.under_way = True
            self.arrived = time.monotonic()
            try:
                owner.meet()
                with owner.place(self.connection) as self.waited_s:
                    self._chat(body)
            except OverflowError:
                self._misbehave("503", "", 0)
            except ConnectionError:
                self.close_connection = True
            finally:
                self._leave()
        else:
            self._send({"error": "not found"}, 404)

    def _chat(self, body: Mapping[str, Any]) -> None:
        owner = self.server.owner
        model = str(body.get("model"))
        full = model if ":" in model.rpartition("/")[2] else f"{model}:latest"
        turns = [str(m.get("content", "")) for m in body.get("messages", ()) if m.get("role") == "user"]
        prompt = turns[-1] if turns else ""
        fault = owner.scripted[full](body) if full in owner.scripted else owner.plan.fault_for(prompt)
        if fault == "unknown" or full not in owner.models:
            self._send({"error": f"model '{model}' not found"}, 404)
            return
        tokens = _tokens(body.get("messages", ()), owner, body.get("truncate", True) is False)
        if tokens is None or fault == "cut":
            self._send({"error": TOO_LONG}, 400)
            return
        self._misbehave(fault, prompt, tokens)

    def _misbehave(self, fault: str, prompt: str, tokens: int) -> None:
        name, _, argument = fault.partition(":")
        status, _, retry_after = fault.partition(",")
        fine = _answer(REFUSAL if "secret" in prompt.lower() else ANSWER, tokens)
        if status.isdecimal():
            headers = {"Retry-After": retry_after} if retry_after else {}
            self._send({"error": _WORDS.get(status, f"status {status}")}, int(status), headers)
        elif name == "hang":
            self.server.owner.closing.wait()
            self.close_connection = True
        elif name == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._drop()
        elif name == "disconnect":
            self._drop()
        elif name == "truncated":
            content = json.dumps(fine).encode()
            self._head(200, len(content))
            self.wfile.write(content[: len(content) // 2])
            self._drop()
        elif name == "bad-json":
            self._write(200, b'{"model": "shop", "mess')
        elif name == "list":
            self._write(200, b"[1, 2]")
        else:
            if name == "slow":
                self.server.owner.closing.wait(float(argument))
            self._send(self._timed(_counted(_variant(name, argument, fine, prompt))))
            self.server.owner.answered += 1

    def _timed(self, answer: dict[str, Any]) -> dict[str, Any]:
        owner = self.server.owner
        if not owner.durations:
            return {key: content for key, content in answer.items() if not key.endswith("_duration")}
        if self.waited_s is None:
            return answer
        total_s = time.monotonic() - self.arrived
        told = {"total_duration": total_s, "eval_duration": total_s - self.waited_s, "prompt_eval_duration": 0}
        return {**answer, **{key: int(seconds * 1e9) for key, seconds in told.items()}}

    def _send(self, content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        self._write(status, json.dumps(content).encode(), headers)

    def _write(self, status: int, content: bytes, headers: Mapping[str, str] | None = None) -> None:
        self._head(status, len(content), headers)
        self.wfile.write(content)

    def _leave(self) -> None:
        """Count a chat as over: before its answer is sent, for the client's next one may be here at once."""
        if self.under_way:
            self.under_way = False
            self.server.owner.enter_chat(-1)

    def _head(self, status: int, length: int, headers: Mapping[str, str] | None = None) -> None:
        self._leave()
        self.send_response(status)
        for name, content in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, content)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def _drop(self) -> None:
        self.wfile.flush()
        self.close_connection = True
        # file and socket share the descriptor: both have to go for the connection to close now
        self.rfile.close()
        self.connection.close()


def _is_gone(connection: socket.socket) -> bool:
    """Return whether the other end has closed the connection, as Ollama sees it of one that waits."""
    readable, _, _ = select.select([connection], [], [], 0)
    try:
        return bool(readable) and not connection.recv(1, socket.MSG_PEEK)
    except OSError:
        return True


_WORDS = {
    "400": "invalid options",
    "429": "too many requests",
    "500": "llama runner process has terminated",
    "503": "server busy, please try again.  maximum pending requests exceeded",
}


def _answer(text: str, tokens: int) -> dict[str, Any]:
    return {
        "model": "shop",
        "created_at": "2026-01-01T00:00:00Z",
        "message": {"role": "assistant", "content": text},
        "done": True,
        "done_reason": "stop",
        "total_duration": 1_000_000,
        "load_duration": 0,
        "prompt_eval_count": tokens,
        "prompt_eval_duration": 500_000,
        "eval_count": 0,
        "eval_duration": 500_000,
    }


def _variant(name: str, argument: str, fine: dict[str, Any], prompt: str) -> dict[str, Any]:
    message = fine["message"]
    call = {"function": {"name": "refund_order", "arguments": {"order": 7, "all": True}}}
    variants: dict[str, Any] = {
        "fine": fine,
        "slow": fine,
        "empty": {**fine, "message": {**message, "content": ""}},
        "length": {**fine, "done_reason": "length", "message": {**message, "content": argument or message["content"]}},
        "thinking": {**fine, "message": {**message, "thinking": "The user asks. I decide."}},
        "tool": {**fine, "message": {**message, "content": "", "tool_calls": [call]}},
        "echo": {**fine, "message": {**message, "content": prompt}},
        "say": {**fine, "message": {**message, "content": argument}},
        "error-in-200": {"error": "an error of the model runner"},
        "error-beside": {**fine, "error": "an error of the model runner"},
        "not-done": {**fine, "done": False},
        "no-message": {key: content for key, content in fine.items() if key != "message"},
        "wrong-shape": {**fine, "message": {**message, "content": ["a", "list"]}},
    }
    found: dict[str, Any] = variants.get(name, {"error": f"tests/faults.py knows no fault {name!r}"})
    return found


def _counted(answer: dict[str, Any]) -> dict[str, Any]:
    content = answer.get("message", {}).get("content")
    return {**answer, "eval_count": len(content.split())} if isinstance(content, str) else answer


def _tokens(messages: Sequence[Mapping[str, Any]], owner: FaultyOllama, whole: bool) -> int | None:
    """Return the tokens of the prompt, cut as Ollama cuts it; None if it is too long and may not be cut."""
    version = tuple(int(part) for part in owner.version.split(".")[:3])
    kept = list(messages)
    while (count := sum(len(str(m.get("content", "")).split()) + 4 for m in kept)) > owner.context_length:
        if whole and version >= (0, 12, 6):
            return None
        droppable = [m for m in kept[:-1] if m.get("role") != "system"]
        if not droppable:
            return owner.context_length
        kept.remove(droppable[0])
    return count


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="An Ollama server that misbehaves; tests/faults.py lists the faults.")
    parser.add_argument("script", nargs="*", help="faults of the first chats")
    parser.add_argument("--when", action="append", default=[], metavar="WORD=FAULT")
    parser.add_argument("--always", default="fine", metavar="FAULT")
    parser.add_argument("--model", action="append", metavar="NAME:TAG")
    parser.add_argument("--version", default="0.17.4")
    parser.add_argument("--context-length", type=int, default=4096)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--places", type=int)
    told = parser.parse_args(arguments)
    with FaultyOllama(
        *told.script,
        when=dict(one.split("=", 1) for one in told.when),
        always=told.always,
        models=told.model or ("shop:latest",),
        version=told.version,
        context_length=told.context_length,
        port=told.port,
        places=told.places,
    ) as server:
        print(server.port, flush=True)
        with suppress(KeyboardInterrupt):
            sys.stdin.read()


if __name__ == "__main__":
    main()
