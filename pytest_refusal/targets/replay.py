"""A file of answers as a target: JSONL, each row a prompt (or messages) and the response to it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pytest_refusal.errors import AnswerNotHeld, UsageProblem
from pytest_refusal.escaping import printable
from pytest_refusal.protocols import Ahead, Facts
from pytest_refusal.records import Message, Request, Response, ToolCall, canonical_json, sha256

MOST_ERRORS = 20
SHOWN = 200
EXAMPLE = '{"prompt": "How do I return a pair of shoes?", "response": "Send them back within 30 days."}'

Conversation = tuple[Message, ...]


class Wrong(Exception):
    """What is wrong with a row, in words."""


class ReplayTarget:
    """Answers from a file. The k-th row of a conversation answers attempt k.

    A row is ``{"prompt": text}`` or ``{"messages": [{"role", "content"}, …]}`` with ``"response"``: a text, or an
    object with ``text``, ``tool_calls``, ``refused``, ``finish_reason``, ``thinking``. Other keys are allowed: data
    sets carry more. System messages in a row do not count for finding it.

    Args:
        path: The file; read at once.
        name: What conditions are named after; None: ``replay:`` and the file's name.

    Raises:
        UsageProblem: The file cannot be read, holds no row, or holds rows that are none: the first twenty at once.
    """

    on_test_thread = False
    stored = False
    ahead = Ahead.NEVER
    limit = 1
    flying = 0

    def __init__(self, path: Path | str, name: str | None = None) -> None:
        self._path = Path(path)
        self.name = f"replay:{self._path.name}" if name is None else name
        self.options: Mapping[str, Any] = {}
        text = _text_of(self._path)
        self.identity: str | None = f"replay:{sha256(text)}"
        self._answers = _read(self._path, text)

    def use(self, concurrency: object) -> None:
        """Do nothing: there is no server to spare."""

    def facts(self) -> Facts:
        """Return nothing: what wrote the file is not known."""
        return Facts()

    def lacks(self, request: Request) -> str:
        """Say that an answer which is already there cannot be given a system prompt, a prefill or options."""
        for given, what, way_out in (
            (request.system_prompt, "a system prompt", "leave out --refusal-system-prompt"),
            (request.prefill, "a prefill", "leave out the probe's 'prefill'"),
            (request.options, "options", "leave out the probe's 'options'"),
        ):
            if given:
                return f"{self.name} cannot be given {what}: its answers are already there. Ask a model, or {way_out}"
        return ""

    def holds(self, request: Request) -> int | None:
        """Return how many answers there are for this conversation, None if there is none."""
        return len(self._answers.get(_spoken(request.messages), ())) or None

    def ask(self, request: Request) -> Response:
        """Return the answer of the request's attempt.

        Raises:
            AnswerNotHeld: The file has fewer rows for this conversation, or none.
        """
        answers = self._answers.get(_spoken(request.messages), [])
        if 1 <= request.attempt <= len(answers):
            return answers[request.attempt - 1]
        shown = printable(request.prompt, SHOWN)
        if not answers:
            raise AnswerNotHeld(
                f"{self._path} holds no answer to '{shown}'. Add a row to it, such as {EXAMPLE}; the prompt has to be "
                "the same to the letter"
            )
        raise AnswerNotHeld(
            f"{self._path} holds {len(answers)} answer{'s'[: len(answers) != 1]} to '{shown}', and attempt "
            f"{request.attempt} was asked for. Ask fewer with --refusal-attempts={len(answers)}, or add rows"
        )


def _text_of(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageProblem(f"replay file {path.absolute()} cannot be read: {error.strerror}") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageProblem(f"{path}:{line}: it is no UTF-8 text ({error.reason}). Save it as UTF-8") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read(path: Path, text: str) -> dict[Conversation, list[Response]]:
    answers: dict[Conversation, list[Response]] = {}
    errors: list[str] = []
    # not splitlines(): U+2028 and its like stand unescaped inside JSON strings
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            conversation, response = _row(line)
        except Wrong as wrong:
            errors.append(f"{path}:{number}: {wrong}")
        else:
            answers.setdefault(conversation, []).append(response)
    if errors:
        more = [f"… and {len(errors) - MOST_ERRORS} more"] if len(errors) > MOST_ERRORS else []
        rows = f"{len(errors)} row{'s'[: len(errors) != 1]}"
        raise UsageProblem(
            "\n".join(
                [f"{rows} of a replay file cannot be used. A row is such as {EXAMPLE}", *errors[:MOST_ERRORS], *more]
            )
        )
    if not answers:
        raise UsageProblem(f"replay file {path.absolute()} holds no answers. A row is such as {EXAMPLE}")
    return answers


def _row(line: str) -> tuple[Conversation, Response]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Wrong(f"not JSON ({printable(str(error), SHOWN)})") from None
    if not isinstance(row, dict):
        raise Wrong(f"a row is a JSON object, not {_kind(row)}")
    return _conversation(row), _response(row)


def _conversation(row: Mapping[str, Any]) -> Conversation:
    prompt, messages = row.get("prompt"), row.get("messages")
    if prompt is not None and messages is not None:
        raise Wrong("it has both 'prompt' and 'messages'; one of them says what was asked")
    if messages is None:
        if not isinstance(prompt, str):
            raise Wrong(f"'prompt' is a text, not {_kind(prompt)}" if "prompt" in row else "it has no 'prompt'")
        return (Message("user", prompt),)
    if not isinstance(messages, list):
        raise Wrong(f"'messages' is a list of {{'role', 'content'}}, not {_kind(messages)}")
    conversation = []
    for message in messages:
        if not (isinstance(message, dict) and all(isinstance(message.get(key), str) for key in ("role", "content"))):
            raise Wrong("'messages' is a list of {'role': text, 'content': text}; one of them is not")
        conversation.append(Message(message["role"], message["content"]))
    spoken = _spoken(conversation)
    if not spoken:
        raise Wrong("'messages' holds no turn of the user's")
    return spoken


def _response(row: Mapping[str, Any]) -> Response:
    if "response" not in row:
        raise Wrong("it has no 'response'")
    given = row["response"]
    if isinstance(given, str):
        return Response(given)
    if not isinstance(given, dict):
        raise Wrong(f"'response' is a text or an object with 'text', not {_kind(given)}")
    text, refused = given.get("text"), given.get("refused") or ""
    calls = given.get("tool_calls") or []
    if text is None and (calls or refused):
        text = ""
    texts: dict[str, Any] = {
        "text": text,
        **{key: given.get(key) or "" for key in ("thinking", "finish_reason", "model")},
    }
    for key, content in texts.items():
        if not isinstance(content, str):
            raise Wrong(
                "'response' has no 'text'" if content is None else f"its '{key}' is a text, not {_kind(content)}"
            )
    if not isinstance(refused, str | bool):
        raise Wrong(f"'refused' of its response is true, false or a text, not {_kind(refused)}")
    if not isinstance(calls, list):
        raise Wrong(f"'tool_calls' of its response is a list, not {_kind(calls)}")
    return Response(
        **texts, refused="refused" if refused is True else refused or "", tool_calls=tuple(map(_tool_call, calls))
    )


def _tool_call(call: object) -> ToolCall:
    """Read ``{"name", "arguments"}``, or the providers' form with these inside ``function``."""
    if isinstance(call, dict) and isinstance(call.get("function"), dict):
        call = call["function"]
    if not (isinstance(call, dict) and isinstance(call.get("name"), str)):
        raise Wrong("a tool call of its response is {'name': text, 'arguments': object}")
    arguments = call.get("arguments", {})
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments)
        except (ValueError, RecursionError):
            return ToolCall(call["name"], arguments)
    return ToolCall(call["name"], canonical_json(arguments))


def _spoken(messages: Sequence[Message]) -> Conversation:
    return tuple(message for message in messages if message.role != "system")


def _kind(content: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(content), "a number")
