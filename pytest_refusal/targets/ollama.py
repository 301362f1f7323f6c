"""A model behind an Ollama server, asked through the official client."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_refusal.errors import BadAnswer, ModelNotFound, PromptCut, TargetError, UsageProblem
from pytest_refusal.escaping import printable
from pytest_refusal.protocols import Ahead, Facts
from pytest_refusal.records import Message, Request, Response, ToolCall, canonical_json, decoding_seed, sha256
from pytest_refusal.targets import context
from pytest_refusal.targets.connection import SHOWN, Connection, Refused, Reply, counted
from pytest_refusal.targets.endpoints import following
from pytest_refusal.targets.slots import Concurrency, Slots

if TYPE_CHECKING:
    import ollama

TOP_LEVEL = ("think", "format", "keep_alive")
"""Options of a probe that are fields of their own in Ollama's API."""

WHOLE_PROMPT = {"truncate": False, "shift": False}
"""A prompt that does not fit is an error, and an answer ends (``length``) where the context does: the server would
forget the older half of the prompt to write on."""

MOST_NAMES = 10


class OllamaTarget:
    """A model behind an Ollama server. Nothing is imported and nothing is sent before it is first asked.

    Args:
        model: As Ollama names it; ``m`` and ``m:latest`` are one.
        host: ``HOST:PORT`` or a URL, with or without credentials; None: ``$OLLAMA_HOST``, else 127.0.0.1:11434.
        timeout_s: Seconds to wait for an answer.
        options: Decoding parameters; ``think``, ``format`` and ``keep_alive`` may stand among them.
        think: Whether (or how hard) a model that can think does so.
        tools: What the model may call, as JSON Schema in Ollama's form; sent as they stand.
        name: What conditions are named after; None: ``ollama:`` and the model as it was typed.
    """

    on_test_thread = False
    stored = True
    ahead = Ahead.ALWAYS

    def __init__(
        self,
        model: str,
        *,
        host: str | None = None,
        timeout_s: float = 120.0,
        options: Mapping[str, Any] | None = None,
        think: bool | str | None = None,
        tools: Sequence[Mapping[str, Any]] | None = None,
        name: str | None = None,
    ) -> None:
        self.model = model
        self.name = f"ollama:{model}" if name is None else name
        self.options: Mapping[str, Any] = {**(options or {}), **({} if think is None else {"think": think})}
        self.identity: str | None = f"ollama:{full_name(model)}"
        self._tools = _json_of_tools(tools or ())
        if tools:
            self.identity += f" tools {sha256(self._tools)[:16]}"
        self._server = _Server(
            model, Connection(host, timeout_s, {**WHOLE_PROMPT, **({"tools": list(tools)} if tools else {})})
        )

    @property
    def address(self) -> str:
        """Where the server is, without credentials."""
        return self._server.address

    @property
    def slots(self) -> Slots:
        """The places at its server."""
        return self._server.connection.slots

    @property
    def limit(self) -> int:
        """How many requests it gets at once now."""
        return self.slots.limit

    @property
    def flying(self) -> int:
        """How many requests its server is working on."""
        return self.slots.flying

    def use(self, concurrency: Concurrency) -> None:
        """Ask within the places of a run, which all targets behind the same server share."""
        self._server.connection.slots = concurrency.of(self.address)

    def facts(self) -> Facts:
        """Return the model's digest and the server's version; asked once.

        Raises:
            ModelNotFound: The server has other models; the message names them.
            TargetError: The server cannot be asked.
        """
        return self._server.facts(self.name)

    def lacks(self, request: Request) -> str:
        """Return ``""``: turns, system prompt, prefill and options are all sent; or what is wrong with a text."""
        for text in (*(message.content for message in request.messages), request.prefill):
            try:
                text.encode()
            except UnicodeEncodeError as error:
                return (
                    f"{self.name} cannot be sent half a character ({printable(text[error.start])}, a lone "
                    "surrogate): it is no Unicode text. Write the whole character"
                )
        return ""

    def holds(self, request: Request) -> int | None:
        """Return None: a model draws as many answers as are asked."""
        return None

    def ask(self, request: Request) -> Response:
        """Send the conversation and return the answer; of ``turns`` the last one, with all calls, tokens and times.

        Raises:
            PromptCut: The prompt does not fit the model's context.
            TargetError: Of another class, if no answer came (see ``errors``).
            UsageProblem: An option or the address that the client cannot take.
        """
        facts = self.facts()
        fields = {key: request.options[key] for key in TOP_LEVEL if key in request.options}
        options = {key: option for key, option in request.options.items() if key not in TOP_LEVEL}
        options.setdefault("seed", decoding_seed(request.key))
        total = Response("")
        history: list[Message] = []
        for messages in _steps(request):
            history += messages
            answer = self._answer(history, options, fields, facts)
            history.append(Message("assistant", answer.text))
            total = following(total, answer)
        return total

    def _answer(
        self, messages: Sequence[Message], options: Mapping[str, Any], fields: Mapping[str, Any], facts: Facts
    ) -> Response:
        def send(client: ollama.Client) -> ollama.ChatResponse:
            rows = [message.to_json() for message in messages]
            answer: ollama.ChatResponse = client.chat(self.model, rows, options=dict(options), **fields)
            return answer

        reply = self._server.send(self.name, send)
        prompt_tokens = reply.content.prompt_eval_count or 0
        if not context.can_be_told(facts.server_version):
            room = self._server.context_length() or options.get("num_ctx") or context.OLD_CONTEXT
            if context.may_be_cut(messages, prompt_tokens, int(room), besides=len(self._tools.encode())):
                raise self._server.cut(
                    self.name,
                    f"Ollama {facts.server_version or 'of unknown version'} cannot be told not to cut, and the prompt "
                    f"may have been too long for {room} tokens. Update it to "
                    f"{'.'.join(map(str, context.TRUNCATE_SINCE))} or later, or raise",
                )
        return self._response(reply, prompt_tokens, facts)

    def _response(self, reply: Reply[ollama.ChatResponse], prompt_tokens: int, facts: Facts) -> Response:
        answer = reply.content
        if answer.done is not True:
            words = printable(answer.message.content or "", SHOWN)
            message = f"{self.name} at {self.address} sent an answer that is not finished (no 'done: true'): '{words}'"
            raise counted(BadAnswer(message), reply.retries)
        return Response(
            text=answer.message.content or "",
            thinking=answer.message.thinking or "",
            tool_calls=tuple(
                ToolCall(call.function.name, canonical_json(call.function.arguments))
                for call in answer.message.tool_calls or ()
            ),
            finish_reason=answer.done_reason or "",
            model=facts.model,
            server_version=facts.server_version,
            prompt_tokens=prompt_tokens,
            output_tokens=answer.eval_count or 0,
            duration_s=reply.duration_s,
            wait_s=round(max(_times(answer)[0] or 0.0, 0.0), 6),
            retries=reply.retries,
        )


@dataclass(frozen=True, slots=True)
class _Model:
    name: str
    digest: str


class _Server:
    """What is known of the server; shared by all names of a target."""

    def __init__(self, model: str, connection: Connection) -> None:
        self._model = model
        self.connection = connection
        self._lock = threading.Lock()
        self._facts: Facts | None = None
        self.address = connection.address

    def facts(self, who: str) -> Facts:
        with self._lock:
            if self._facts is None:
                models = self._models(who)
                wanted = full_name(self._model).casefold()
                digest = next((m.digest for m in models if full_name(m.name).casefold() == wanted), None)
                if digest is None:
                    raise self._not_found(who, models)
                self._facts = Facts(digest, self._version(who))
            return self._facts

    def send(self, who: str, work: Callable[[ollama.Client], ollama.ChatResponse]) -> Reply[ollama.ChatResponse]:
        try:
            return self.connection.ask(who, work, _times)
        except Refused as refused:
            if refused.status == 404:
                models = self._models(who)
                if not any(full_name(m.name).casefold() == full_name(self._model).casefold() for m in models):
                    raise self._not_found(who, models) from None
            if context.says_too_long(refused.words):
                cut = self.cut(who, f"the server says '{printable(refused.words, SHOWN)}'. Raise")
                raise counted(cut, refused.retries) from None
            raise self._bad(who, refused) from None

    def context_length(self) -> int | None:
        """Return the context of the loaded model in tokens, None if the server does not tell."""
        try:
            loaded = self.connection.call(self._model, lambda client: client.ps()).content.models
        except (Refused, TargetError):
            return None
        wanted = full_name(self._model).casefold()
        return next((m.context_length for m in loaded if full_name(m.model or "").casefold() == wanted), None)

    def cut(self, who: str, words: str) -> PromptCut:
        return PromptCut(
            f"{who} at {self.address}: the prompt does not fit the model's context, and cut to fit it would be another "
            f"prompt than yours: {words} the option num_ctx (as far as the model was trained for), or shorten the "
            "system prompt or the conversation."
        )

    def _models(self, who: str) -> list[_Model]:
        try:
            listed = self.connection.call(who, lambda client: client.list()).content.models
        except Refused as refused:
            raise self._bad(who, refused) from None
        return [_Model(m.model or "", m.digest or "") for m in listed]

    def _version(self, who: str) -> str:
        def ask(client: ollama.Client) -> str:
            # the client has no public method for /api/version; this is the one that all of its own are made of
            row = client._request_raw("GET", "/api/version").json()  # type: ignore[no-untyped-call]  # as the client is
            return str(row.get("version") or "")

        try:
            return printable(self.connection.call(who, ask).content, SHOWN)
        except Refused as refused:
            if refused.status == 404:  # another server that speaks Ollama's chat alone
                return ""
            raise self._bad(who, refused) from None

    def _not_found(self, who: str, models: Sequence[_Model]) -> ModelNotFound:
        names = [printable(m.name, 100) for m in models]
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        there = f"It has {', '.join(names[:MOST_NAMES])}{more}" if names else "It has no models"
        return ModelNotFound(
            f"{who}: the server at {self.address} has no model '{printable(self._model, SHOWN)}'. {there}. "
            f"Get it with 'ollama pull {printable(self._model, SHOWN)}', or name another server with --refusal-host."
        )

    def _bad(self, who: str, refused: Refused) -> BadAnswer:
        if refused.status >= 300:
            where = f"status {refused.status}"
        else:
            where = "an error in a 200" if refused.is_json else "what is no JSON object"
        error = BadAnswer(
            f"{who} at {self.address} gave no answer but {where}: '{printable(refused.words, SHOWN)}'. "
            "Is it an Ollama server, and does the model take these options? Its log may say more."
        )
        return counted(error, refused.retries)


def _times(answer: ollama.ChatResponse) -> tuple[float | None, float]:
    """Return how long the request waited for its place in the server (None: it does not say), and was worked on.

    All that a server's times leave over: Ollama has no field for the wait (its server/routes.go, total_duration runs
    from the arrival on).
    """
    work = (answer.prompt_eval_duration or 0) + (answer.eval_duration or 0)
    if not answer.total_duration or not work:
        return None, 0.0
    return (answer.total_duration - (answer.load_duration or 0) - work) / 1e9, work / 1e9


def full_name(model: str) -> str:
    """Return a model's name with its tag and without the default registry: ``m`` is ``m:latest``."""
    short = model.removeprefix("registry.ollama.ai/").removeprefix("library/")
    return short if ":" in short.rpartition("/")[2] else f"{short}:latest"


def _steps(request: Request) -> list[list[Message]]:
    """Return what is sent before each answer that is waited for; the prefill stands before the last one."""
    prefill = [Message("assistant", request.prefill)] if request.prefill else []
    if not request.turns:
        return [[*request.messages, *prefill]]
    steps: list[list[Message]] = [[]]
    for message in request.messages:
        if steps[-1] and steps[-1][-1].role == "user":
            steps.append([])
        steps[-1].append(message)
    steps[-1] += prefill
    return steps


def _json_of_tools(tools: Sequence[Mapping[str, Any]]) -> str:
    if not tools:
        return ""
    try:
        return canonical_json(list(tools))
    except (TypeError, ValueError) as error:
        raise UsageProblem(
            f"tools are JSON Schema in Ollama's form ({{'type': 'function', 'function': {{'name': …}}}}): {error}"
        ) from None
