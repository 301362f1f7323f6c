"""One answer is one line of JSON: written, recognised by its key without parsing, and checked in full when used."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pytest_refusal.escaping import readable_json
from pytest_refusal.protocols import Redactor
from pytest_refusal.records import Request, Response, canonical_json, sha256

# Sorted keys put "key" first, so that a line can be found without parsing it. Lines that another program wrote anew
# (no spaces, a byte order mark) still count.
_HEAD = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"key"\s*:\s*"([0-9a-f]{64})"')

_TYPES: dict[str, tuple[type, ...]] = {
    "thinking": (str,),
    "finish_reason": (str,),
    "refused": (str,),
    "model": (str,),
    "server_version": (str,),
    "prompt_tokens": (int,),
    "output_tokens": (int,),
    "duration_s": (int, float),
    "wait_s": (int, float),
    "retries": (int,),
}


class Damaged(Exception):
    """A line is no answer; the text says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a line holds beside its request."""

    response: Response
    run: str
    verdict: dict[str, Any] | None


def encode(
    request: Request, response: Response, run: str, verdict: Mapping[str, Any] | None, redact: Redactor
) -> bytes:
    """Return the line of an answer, line end included; there is no other line end in it, whatever the texts hold.

    The texts of the request go through ``redact``; the response is written as it comes. If the written request does not
    give the key again (redaction changed it, or JSON cannot carry it), the line says ``"redacted": true`` and the
    key is not checked on reading.

    One thing JSON cannot carry: the two halves of a surrogate pair as two characters come back as the one they mean.

    Raises:
        ValueError: A number is not finite.
    """
    asked = _redacted(request.to_json(), redact)
    row: dict[str, Any] = {"key": request.key, "request": asked, "response": response.to_json(), "run": run}
    if sha256(canonical_json(json.loads(json.dumps(asked)))) != request.key:
        row["redacted"] = True
    if verdict is not None:
        row["verdict"] = dict(verdict)
    text = json.dumps(row, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return readable_json(text).encode() + b"\n"


def key_of(line: bytes) -> str:
    """Return the key of a line, as cheaply as it can be read; ``decode`` does the checking.

    Raises:
        Damaged: There is no key, or the line was cut off.
    """
    head = _HEAD.match(line)
    if not head:
        # perhaps its keys stand in another order
        key = _parse(line).get("key")
        if not isinstance(key, str):
            raise Damaged("it has no key")
        return key
    if line[-64:].rstrip()[-1:] != b"}":
        raise Damaged("it was cut off")
    return head[1].decode()


def decode(line: bytes, key: str) -> Line:
    """Return what a line holds, after every check.

    Raises:
        Damaged: It is not an answer to the request with this key.
    """
    row = _parse(line)
    asked, answer, run, verdict = row.get("request"), row.get("response"), row.get("run"), row.get("verdict")
    if row.get("key") != key:
        raise Damaged("its key is not the one it begins with")
    if not isinstance(asked, dict):
        raise Damaged("it has no request")
    if row.get("redacted") is not True and _key(asked) != key:
        raise Damaged("its key is not that of its request")
    if not isinstance(run, str):
        raise Damaged("it does not say which run asked")
    if "verdict" in row and not isinstance(verdict, dict):
        raise Damaged("its verdict is no object")
    return Line(_response(answer), run, verdict)


def _parse(line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line.decode("utf-8-sig"), object_pairs_hook=_object, parse_constant=_no_number)
    except UnicodeDecodeError:
        raise Damaged("it is not UTF-8 text") from None
    except RecursionError:
        raise Damaged("it is nested too deep") from None
    except ValueError:
        raise Damaged("it is not JSON, or was cut off") from None
    if not isinstance(row, dict):
        raise Damaged("it is no JSON object")
    return row


def _key(asked: dict[str, Any]) -> str:
    try:
        return sha256(canonical_json(asked))
    except RecursionError:
        raise Damaged("it is nested too deep") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) != len(pairs):
        raise ValueError("a name twice")
    return row


def _no_number(name: str) -> float:
    raise ValueError(name)


def _response(answer: object) -> Response:
    if not isinstance(answer, dict):
        raise Damaged("it has no response")
    for name, types in _TYPES.items():
        if name in answer and (not isinstance(answer[name], types) or isinstance(answer[name], bool)):
            raise Damaged(f"{name} of its response has the wrong type")
    try:
        response = Response.from_json(answer)
    except (KeyError, TypeError, AttributeError):
        raise Damaged("its response has the wrong shape") from None
    if not all(isinstance(call.name, str) and isinstance(call.arguments, str) for call in response.tool_calls):
        raise Damaged("a tool call of its response has the wrong type")
    return response


def _redacted(asked: dict[str, Any], redact: Redactor) -> dict[str, Any]:
    def through(content: Any) -> Any:
        if isinstance(content, str):
            return redact(content)
        if isinstance(content, Mapping):
            return {name: through(part) for name, part in content.items()}
        return [through(part) for part in content] if isinstance(content, list | tuple) else content

    row = dict(asked)
    for name in ("identity", "probe", "prefill", "seed", "options"):
        if name in row:
            row[name] = through(row[name])
    row["messages"] = [{**message, "content": redact(message["content"])} for message in row["messages"]]
    return row
