"""A callable as a target: what it can be given, how it is called, and what may come back."""

from __future__ import annotations

import functools
import inspect
import time
import traceback
from collections.abc import AsyncIterable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pytest_refusal.errors import ApplicationError, CannotReceive, RefusalError, TargetTimeout, UsageProblem
from pytest_refusal.escaping import printable
from pytest_refusal.protocols import Ahead, Facts
from pytest_refusal.records import Message, Request, Response
from pytest_refusal.targets.endpoints import following
from pytest_refusal.targets.law import FIXED, Law
from pytest_refusal.targets.loop import BACKGROUND, TookTooLong
from pytest_refusal.targets.slots import Concurrency, Slots

NAMED = ("messages", "options", "prefill", "system_prompt")
"""Parameters that are given by name."""

CALLABLES = "functions"
"""What the places of all callables are called: none of them says how many requests it can take."""

SHOWN = 300
ALLOWED = "a str, a pytest_refusal.Response, or an iterator of str"


@dataclass(frozen=True, slots=True)
class Signature:
    """How a callable wants to be called.

    Attributes:
        takes: Which of ``messages``, ``options``, ``prefill``, ``system_prompt`` it has a parameter for.
        needs: Which of these have no default.
        prompt: It gets the last user turn as its first positional argument.
        by_position: Those of ``takes`` that cannot be given by name, in order.
    """

    takes: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    prompt: bool = True

    @classmethod
    def of(cls, function: Callable[..., Any], called: str) -> Signature:
        """Read a callable's parameters; one that does not tell them gets the prompt alone.

        Raises:
            UsageProblem: It has a further parameter without a default.
        """
        try:
            parameters = list(inspect.signature(function).parameters.values())
        except (ValueError, TypeError):
            return cls()
        named = {
            p.name: p for p in parameters if p.name in NAMED and p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
        }
        others = [p for p in parameters if p.name not in named and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
        required = [p for p in others if p.default is p.empty]
        first = next((p for p in others if p.kind is not p.KEYWORD_ONLY), None)
        takes_any = any(p.kind is p.VAR_POSITIONAL for p in parameters)
        # a function that gets the messages gets the prompt beside them only if it cannot be called without
        prompt = "messages" not in named if first not in required else True
        unfilled = [p.name for p in required if p is not first]
        if unfilled or (prompt and first is None and not takes_any):
            wants = f"also wants {', '.join(unfilled)}" if unfilled else "takes no prompt"
            raise UsageProblem(
                f"{called} cannot be asked: it {wants}. A target is called with the prompt, or with 'messages' (and "
                "with 'system_prompt', 'prefill', 'options' where it has such parameters). Wrap it in a function of "
                "one argument, or give the rest defaults"
            )
        return cls(frozenset(named), frozenset(name for name, p in named.items() if p.default is p.empty), prompt)


class CallableTarget:
    """The application as a function; made by ``application.target``, which says what the arguments mean."""

    def __init__(
        self,
        function: Callable[..., Any] | None,
        *,
        factory: Callable[[], Any] | None = None,
        identity: str | None = None,
        refusals: tuple[type[Exception], ...] = (),
        name: str,
        concurrent: bool = False,
        options: Mapping[str, Any] | None = None,
        timeout_s: float = 120.0,
        takes_request: bool = False,
    ) -> None:
        self.name = name
        self.identity = identity
        self.options: Mapping[str, Any] = dict(options or {})
        self.stored = identity is not None
        self.on_test_thread = not (concurrent or _is_async(function) or _is_async(factory))
        self.ahead = Ahead.STATED if concurrent else Ahead.IF_TOLD
        self._slots = Slots(Law(FIXED))
        self._function = function
        self._factory = factory
        self._refusals = refusals
        self._timeout_s = timeout_s
        self._takes_request = takes_request
        # what a factory makes is not known before it made one, and making one may cost or do something
        self._signature = None if function is None or takes_request else Signature.of(function, name)

    @property
    def limit(self) -> int:
        """How many requests it gets at once."""
        return self._slots.limit

    @property
    def flying(self) -> int:
        """How many requests it is working on, with all other callables."""
        return self._slots.flying

    def use(self, concurrency: Concurrency) -> None:
        """Ask within the places of a run; all callables share them."""
        self._slots = concurrency.of(CALLABLES, measured=False)

    def facts(self) -> Facts:
        """Return nothing: what a callable asks is its own business."""
        return Facts()

    def holds(self, request: Request) -> int | None:
        """Return None: it answers as often as it is asked."""
        return None

    def lacks(self, request: Request) -> str:
        """Say what of the request the callable has no parameter for, and the way out; ``""`` if it gets all.

        Options of the target itself do not count: whoever set them knows where they go. What a factory makes is known
        after its first conversation; until then nothing but the factory itself is looked at.
        """
        if self._takes_request or self._signature is None:
            return ""
        takes = self._signature.takes
        spoken = [message for message in request.messages if message.role != "system"]
        if "messages" not in takes:
            if request.turns and len(spoken) > 1 and self._factory is None:
                return self._way_out(
                    "several turns",
                    "Make it target(factory=…), which gives a new conversation for each probe, or give it a parameter "
                    "'messages'",
                )
            if not request.turns and len(spoken) > 1:
                return self._way_out("a conversation of several messages", "Give it a parameter 'messages'")
            if request.system_prompt and "system_prompt" not in takes:
                return self._way_out("a system prompt", "Give it a parameter 'system_prompt' or 'messages'")
        if request.prefill and "prefill" not in takes:
            return self._way_out("a prefill", "Give it a parameter 'prefill'")
        if "options" not in takes and (foreign := sorted(k for k in request.options if self._is_foreign(k, request))):
            return self._way_out(
                f"options ({', '.join(printable(name, 40) for name in foreign)})", "Give it a parameter 'options'"
            )
        return ""

    def ask(self, request: Request) -> Response:
        """Call the application and return its answer; of ``turns`` the last one, with all calls, tokens and times.

        Raises:
            ApplicationError: It raised, or returned what is no answer.
            TargetTimeout: An asynchronous one gave none in time.
            CannotReceive: What the factory made has no parameter for a part of the request.
        """
        with self._slots.turn() as turn:
            response = self._asked(request)
            self._slots.answered(turn, None, 0.0)
            return response

    def _asked(self, request: Request) -> Response:
        begun = time.perf_counter()
        pieces: list[str] = []
        try:
            response = self._answered(request, pieces)
        except self._refusals as refusal:
            response = Response("".join(pieces) or str(refusal), refused=type(refusal).__name__)
        except RefusalError:
            raise
        except Exception as error:
            raise ApplicationError(
                f"{self.name} raised {type(error).__name__}: {printable(str(error), SHOWN)} ({_place_of(error)}). If "
                "this is its way to refuse, say so: target(…, refusals=(…,))"
            ) from error
        return response if response.duration_s else replace(response, duration_s=time.perf_counter() - begun)

    def _answered(self, request: Request, pieces: list[str]) -> Response:
        function = self._function
        if function is None:
            function = self._conversation()
            if self._signature is None:
                self._signature = Signature.of(function, f"what the factory of {self.name} made")
            if lacks := self.lacks(request):
                raise CannotReceive(lacks)
        if self._takes_request:
            return self._read(function(request), pieces)
        assert self._signature is not None
        if not request.turns:
            return self._read(self._call(function, request.messages, request), pieces)
        return self._talk(function, request, pieces)

    def _talk(self, function: Callable[..., Any], request: Request, pieces: list[str]) -> Response:
        """Give it one user turn after another, with its own replies between them."""
        history: list[Message] = []
        total = Response("")
        last = len(request.messages) - 1
        for number, message in enumerate(request.messages):
            history.append(message)
            if message.role != "user":
                continue
            pieces.clear()
            reply = self._read(self._call(function, history, request, final=number == last), pieces)
            history.append(Message("assistant", reply.text))
            total = following(total, reply)
        return total

    def _call(
        self, function: Callable[..., Any], messages: Sequence[Message], request: Request, final: bool = True
    ) -> Any:
        signature = self._signature
        assert signature is not None
        system = request.system_prompt
        # the system prompt is given once: to its own parameter if there is one
        rows = [m.to_json() for m in messages if not (m.role == "system" and "system_prompt" in signature.takes)]
        given: dict[str, tuple[Any, bool]] = {
            "messages": (rows, True),
            "options": (dict(request.options), bool(request.options)),
            "prefill": (request.prefill if final else "", bool(request.prefill) and final),
            "system_prompt": (system, bool(system)),
        }
        keywords = {
            name: content
            for name, (content, is_set) in given.items()
            if name in signature.takes and (is_set or name in signature.needs)
        }
        return function(messages[-1].content, **keywords) if signature.prompt else function(**keywords)

    def _conversation(self) -> Callable[..., Any]:
        assert self._factory is not None
        made = self._factory()
        if inspect.isawaitable(made):
            made = self._wait(made)
        if not callable(made):
            raise UsageProblem(
                f"the factory of {self.name} made {_kind(made)}, which cannot be called. It has to return the "
                "function that answers: target(factory=my_app.new_chat)"
            )
        return made  # type: ignore[no-any-return]  # callable() says no more

    def _read(self, returned: Any, pieces: list[str]) -> Response:
        """Turn what came back into a response; ``pieces`` keeps what a stream gave before it broke."""
        if inspect.isawaitable(returned):
            returned = self._wait(returned)
        match returned:
            case Response() if isinstance(returned.text, str):
                return returned
            case str():
                return Response(str(returned))
            case AsyncIterable():
                self._wait(self._collect(returned, pieces))
            case Iterator():
                for piece in returned:
                    pieces.append(self._piece(piece))
            case _:
                raise ApplicationError(f"{self.name} returned {_kind(returned)}; a target returns {ALLOWED}")
        return Response("".join(pieces))

    async def _collect(self, stream: AsyncIterable[Any], pieces: list[str]) -> None:
        async for piece in stream:
            pieces.append(self._piece(piece))

    def _piece(self, piece: Any) -> str:
        if not isinstance(piece, str):
            raise ApplicationError(f"{self.name} returned an iterator with {_kind(piece)} in it; it gives only str")
        return piece

    def _wait(self, awaitable: Any) -> Any:
        try:
            return BACKGROUND.run(awaitable, self._timeout_s)
        except TookTooLong:
            raise TargetTimeout(
                f"no answer from {self.name} within {self._timeout_s:g} s. Give it longer with "
                "--refusal-timeout=SECONDS, or target(…, timeout_s=…)"
            ) from None

    def _is_foreign(self, option: str, request: Request) -> bool:
        return option not in self.options or self.options[option] != request.options[option]

    def _way_out(self, what: str, way_out: str) -> str:
        return f"{self.name} cannot be given {what}. {way_out}"


def _is_async(function: Callable[..., Any] | None) -> bool:
    while isinstance(function, functools.partial):
        function = function.func
    return any(
        inspect.iscoroutinefunction(one) or inspect.isasyncgenfunction(one)
        for one in (function, inspect.getattr_static(type(function), "__call__", None))
    )


def _kind(returned: object) -> str:
    if isinstance(returned, Response):
        return f"a Response whose text is {_kind(returned.text)}"
    return "None" if returned is None else f"{type(returned).__module__}.{type(returned).__qualname__}"


def _place_of(error: Exception) -> str:
    """Return where it was raised, relative to the current folder if it lies in it."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return "no traceback"
    file = Path(frames[-1].filename)
    shown = file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
    return f"{shown}:{frames[-1].lineno}"
