"""What a target answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that the model asked to call; ``arguments`` is canonical JSON text."""

    name: str
    arguments: str = "{}"

    def to_json(self) -> dict[str, str]:
        return {"name": self.name, "arguments": self.arguments}


@dataclass(frozen=True, slots=True)
class Response:
    """What a target answered.

    Attributes:
        text: The answer, without the model's thinking.
        thinking: Kept apart from the text.
        tool_calls: Tools the model asked to call, in order.
        finish_reason: The provider's word: ``stop``, ``length``, … or ``""``.
        refused: The provider's refusal flag: its word or the name of the exception; ``""`` if there is none.
        model: Digest, or the provider's word for what answered.
        server_version: The server's own version, or ``""``.
        prompt_tokens: Tokens of the prompt, 0 if unknown.
        output_tokens: Tokens of the answer, 0 if unknown.
        duration_s: How long it took, in seconds, a wait in the server's queue included.
        wait_s: How much of that the server says it waited for a place, in seconds; 0 if it does not say.
        retries: How often the request was sent again before this answer came.
    """

    text: str
    thinking: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    finish_reason: str = ""
    refused: str = ""
    model: str = ""
    server_version: str = ""
    prompt_tokens: int = 0
    output_tokens: int = 0
    duration_s: float = 0.0
    wait_s: float = 0.0
    retries: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the fields that are not empty; JSON types only."""
        row: dict[str, Any] = {"text": self.text}
        if self.tool_calls:
            row["tool_calls"] = [call.to_json() for call in self.tool_calls]
        words = ("thinking", "finish_reason", "refused", "model", "server_version")
        for name in (*words, "prompt_tokens", "output_tokens", "duration_s", "wait_s", "retries"):
            if getattr(self, name):
                row[name] = getattr(self, name)
        return row

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Response:
        """Return the response that ``to_json`` wrote.

        Raises:
            KeyError, TypeError: It is not such a row.
        """
        fields = dict(row)
        fields["tool_calls"] = tuple(ToolCall(c["name"], c["arguments"]) for c in row.get("tool_calls", ()))
        if not isinstance(fields["text"], str):
            raise TypeError("text is not a string")
        return cls(**fields)
