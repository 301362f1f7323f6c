"""The official Ollama client over one connection pool: what is sent, what comes back, and what can go wrong."""

from __future__ import annotations

import json
import os
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import unquote, urlsplit

from pytest_refusal.errors import (
    BadAnswer,
    Overloaded,
    RefusalError,
    TargetError,
    TargetTimeout,
    Unreachable,
    UsageProblem,
)
from pytest_refusal.escaping import printable
from pytest_refusal.targets.backoff import wait_s
from pytest_refusal.targets.law import Law
from pytest_refusal.targets.slots import Slots

if TYPE_CHECKING:
    import ssl

    import httpx
    import ollama

BUSY = (429, 503)
RETRIES = 4
CONNECT_S = 10.0
SHOWN = 300

T = TypeVar("T")
Failure = TypeVar("Failure", bound=RefusalError)


class Refused(Exception):
    """The server answered, but with no answer: a status from 400 on, no JSON object, or an "error" in a 200.

    Attributes:
        status: Of HTTP.
        words: The server's "error" text, else what came; hostile and of any length.
        retry_after: The header as it came, or ``""``.
        is_json: What came is a JSON object.
        retries: How often the request was sent again before.
    """

    retries = 0

    def __init__(self, status: int, words: str, retry_after: str = "", *, is_json: bool = True) -> None:
        super().__init__(status, words)
        self.status = status
        self.words = words
        self.retry_after = retry_after
        self.is_json = is_json


class BrokenBody(Exception):
    """The connection broke after the answer had begun."""


class _Lost(Exception):
    """The connection went away before an answer began; what to raise if it does so again."""

    def __init__(self, failure: TargetError | UsageProblem, cause: Exception) -> None:
        super().__init__(failure.message)
        self.failure = failure
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Reply(Generic[T]):
    """What a call gave; ``duration_s`` is that of the last sending, without the waits before it."""

    content: T
    retries: int
    duration_s: float


Measure = Callable[[T], tuple[float | None, float]]
"""What an answer says of itself: seconds in the server's queue (None: it does not say), seconds of work."""


class Connection:
    """Official clients of one server, built when they are needed; any number of threads may share the connection.

    Args:
        host: As ``ollama.Client`` takes it, credentials allowed; None: ``$OLLAMA_HOST``, else 127.0.0.1:11434.
        timeout_s: Seconds to wait for an answer.
        chat_fields: Put into each chat request as they stand, because the client has no argument for them, or keeps
            only those parts of them that it knows.
    """

    def __init__(self, host: str | None, timeout_s: float, chat_fields: Mapping[str, Any]) -> None:
        self._host = host or os.environ.get("OLLAMA_HOST", "")
        self.timeout_s = timeout_s
        self.address = address_of(self._host)
        self._chat_fields = dict(chat_fields)
        self._lock = threading.Lock()
        self._clients: list[ollama.Client] = []
        self._idle: list[ollama.Client] = []
        self._certificates: ssl.SSLContext | None = None
        # no socket may outlive its owner: an unclosed one is a ResourceWarning in the user's run
        weakref.finalize(self, _close, self._clients)
        self._thread = threading.local()
        self.slots = Slots(Law())

    def ask(self, who: str, work: Callable[[ollama.Client], T], measure: Measure[T]) -> Reply[T]:
        """Do what :meth:`call` does, within the places of the server.

        A 429 or 503 halves them, and all wait as long as the server asks for. The time-out does not run while the
        request waits in the server's queue: it is longer by what the answers before it let expect, and a request that
        ran out of time there is sent again.

        Args:
            who: The target's name, for messages.
            work: Sends one request.
            measure: Of its answer.

        Raises:
            AskingEnded: The run is over.
            Refused, TargetError, UsageProblem: As :meth:`call`.
        """
        retries = lost = 0
        while True:
            with self.slots.turn() as turn:
                self._thread.read_s = self.timeout_s + turn.queue_s
                try:
                    reply = self._once(who, work, retries)
                except Refused as refused:
                    if refused.status not in BUSY:
                        raise
                    self.slots.refused(turn, wait_s(retries, refused.retry_after))
                    if retries >= RETRIES:
                        raise counted(self._overloaded(who, refused, retries), retries) from None
                except _Lost as error:
                    if lost:
                        raise error.failure from error.cause
                    lost += 1
                except TargetTimeout:
                    if not self.slots.timed_out(turn) or retries >= RETRIES:
                        raise
                else:
                    self.slots.answered(turn, *measure(reply.content))
                    return reply
                finally:
                    self._thread.read_s = None
            retries += 1

    def call(self, who: str, work: Callable[[ollama.Client], T]) -> Reply[T]:
        """Do ``work`` with the client; 429 and 503 are tried again, at most four times, and a lost connection once.

        Args:
            who: The target's name, for messages.
            work: Sends one request.

        Raises:
            Refused: The server answered with no answer; what that means is the caller's to say.
            Unreachable, TargetTimeout, Overloaded, BadAnswer: ``retries`` says how often it was sent again.
            UsageProblem: An address or an option that the client cannot take.
        """
        retries = lost = 0
        while True:
            try:
                return self._once(who, work, retries)
            except Refused as refused:
                if refused.status not in BUSY:
                    raise
                if retries >= RETRIES:
                    raise counted(self._overloaded(who, refused, retries), retries) from None
                time.sleep(wait_s(retries, refused.retry_after))
            except _Lost as error:
                if lost:
                    raise error.failure from error.cause
                lost += 1
            retries += 1

    def _once(self, who: str, work: Callable[[ollama.Client], T], retries: int) -> Reply[T]:
        try:
            with self._client() as client:
                begun = time.perf_counter()
                return Reply(work(client), retries, time.perf_counter() - begun)
        except UsageProblem:
            raise
        except Refused as refused:
            refused.retries = retries
            raise
        except Exception as error:
            failure = counted(self._failure(who, error), retries)
            if _lost_before_answer(error):
                raise _Lost(failure, error) from error
            raise failure from error

    @contextmanager
    def _client(self) -> Iterator[ollama.Client]:
        """Lend a client to one thread.

        Threads that share one lose requests: httpcore 1.0 closes a connection beyond those that it keeps alive just as
        another thread is given it ("Bad file descriptor", or no answer until the time-out; 64 threads, one in 5,000).
        """
        with self._lock:
            client = self._idle.pop() if self._idle else None
        if client is None:
            client = self._build()
            with self._lock:
                self._clients.append(client)
        try:
            yield client
        finally:
            with self._lock:
                self._idle.append(client)

    def _build(self) -> ollama.Client:
        try:
            import httpx
            import ollama

            with self._lock:
                if self._certificates is None:
                    self._certificates = _certificates(self.address)
            return ollama.Client(
                self._host or None,
                timeout=httpx.Timeout(self.timeout_s, connect=min(self.timeout_s, CONNECT_S)),
                auth=_credentials(self._host),
                verify=self._certificates,
                event_hooks={"request": [self._prepare], "response": [_check]},
            )
        except (ValueError, httpx.InvalidURL) as error:  # also raised by the import itself, which reads $OLLAMA_HOST
            raise UsageProblem(
                f"{self.address} is no address of an Ollama server ({printable(str(error), SHOWN)}). "
                "Name it as HOST:PORT or as a URL, with --refusal-host or $OLLAMA_HOST."
            ) from None

    def _prepare(self, request: httpx.Request) -> None:
        """Put in what the client has no argument for: fields of a chat, and how long this one may take."""
        read_s = getattr(self._thread, "read_s", None)
        if read_s is not None:
            request.extensions["timeout"] = {**request.extensions.get("timeout", {}), "read": read_s}
        if not self._chat_fields or request.method != "POST" or not request.url.path.endswith("/api/chat"):
            return
        import httpx

        body = {**json.loads(request.read()), **self._chat_fields}
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        request.stream = httpx.ByteStream(content)
        request.headers["Content-Length"] = str(len(content))

    def _overloaded(self, who: str, refused: Refused, retries: int) -> Overloaded:
        return Overloaded(
            f"{who} at {self.address} is overloaded: {refused.status} after {retries} retries, "
            f"'{printable(refused.words, SHOWN)}'. "
            "Ask less at a time with --refusal-concurrency=N, or raise OLLAMA_MAX_QUEUE on the server."
        )

    def _failure(self, who: str, error: Exception) -> TargetError | UsageProblem:
        import httpx

        at = f"{who} at {self.address}"
        reason = printable(str(error) or type(error).__name__, SHOWN)
        match error:
            case httpx.ConnectTimeout():
                return Unreachable(f"nothing answers at {self.address} ({who}): no connection in time. {_HELP}")
            case httpx.TimeoutException():
                return TargetTimeout(
                    f"no answer from {at} within {self.timeout_s:g} s. "
                    "Give it longer with --refusal-timeout=SECONDS, or ask less at a time with --refusal-concurrency=N."
                )
            case ConnectionError():
                # the client says how to install Ollama and hides what happened, which is in the context
                reason = printable(str(error.__context__ or error), SHOWN)
                return Unreachable(f"nothing answers at {self.address} ({who}): {reason}. {_HELP}")
            case httpx.DecodingError():
                return BadAnswer(f"the answer of {at} cannot be decoded: {reason}")
            case httpx.UnsupportedProtocol():
                return UsageProblem(f"{self.address} is no http:// or https:// address: {reason}")
            case BrokenBody() | httpx.HTTPError():
                return Unreachable(f"the connection to {at} broke: {reason}. Look into the server's log.")
            case UnicodeEncodeError():
                return UsageProblem(f"{at} cannot be sent what is no Unicode text: {reason}")
            case _ if getattr(error, "title", "") == "ChatRequest":  # of pydantic: the request, before it was sent
                return UsageProblem(f"the Ollama client cannot send these options to {who}: {reason}")
            case _:
                return BadAnswer(f"what {at} sent is no answer of an Ollama server: {reason}")


_HELP = "Is the server running ('ollama serve')? Is the address right (--refusal-host, $OLLAMA_HOST)?"


def load_client() -> None:
    """Import the official client, which takes a tenth of a second: so on a thread, while pytest collects.

    It reads $OLLAMA_HOST at its import and may raise; who asks meets that again.
    """
    with suppress(Exception):
        import httpx  # noqa: F401
        import ollama  # noqa: F401


def address_of(host: str) -> str:
    """Return the address as it is shown: with a scheme, without credentials, fit for a terminal."""
    scheme, rest = host.split("://", 1) if "://" in host else ("http", host or "127.0.0.1:11434")
    shown = rest.rpartition("@")[2].partition("?")[0].rstrip("/")
    return printable(f"{scheme}://{shown}", SHOWN)


def _close(clients: list[ollama.Client]) -> None:
    for client in clients:
        client.close()  # type: ignore[no-untyped-call]  # as the client is


def _certificates(address: str) -> ssl.SSLContext:
    """Return what TLS trusts. Loading that takes 20 ms, and most model servers are asked without TLS.

    A plain server may still redirect to one with TLS, so the certificates are then loaded for its connection.
    """
    import httpx

    if not address.startswith("http://"):
        return httpx.create_ssl_context()
    import ssl

    class Late(ssl.SSLContext):
        def wrap_socket(self, *arguments: Any, **more: Any) -> ssl.SSLSocket:
            return httpx.create_ssl_context().wrap_socket(*arguments, **more)

    return Late(ssl.PROTOCOL_TLS_CLIENT)


def _credentials(host: str) -> tuple[str, str] | None:
    """Return user and password of an address: the client takes the host's name out of it and drops the rest."""
    split = urlsplit(host if "://" in host else f"http://{host}")
    if split.username is None:
        return None
    return unquote(split.username), unquote(split.password or "")


def _check(response: httpx.Response) -> None:
    """Raise for what is no answer, before the client looks at it: it overlooks an "error" in a 200."""
    import httpx

    try:
        response.read()
    except httpx.TimeoutException:
        raise
    except httpx.TransportError as error:
        raise BrokenBody(str(error)) from error
    if response.is_redirect:
        return
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        body = None
    words = body.get("error") if isinstance(body, dict) else None
    if response.status_code >= 400 or words or not isinstance(body, dict):
        if not isinstance(words, str):
            words = json.dumps(words) if words else response.content.decode("utf-8", "replace")
        retry_after = response.headers.get("Retry-After", "")
        raise Refused(response.status_code, words, retry_after, is_json=isinstance(body, dict))


def _lost_before_answer(error: Exception) -> bool:
    """Return whether the connection went away before an answer began: mostly a kept one that the server had closed."""
    import httpx

    return isinstance(error, httpx.ReadError | httpx.WriteError | httpx.RemoteProtocolError)


def counted(error: Failure, retries: int) -> Failure:
    """Return ``error`` with the number of its retries, where it has a place for it."""
    if isinstance(error, TargetError):
        error.retries = retries
    return error
