"""What holds of every target that is ready to be asked."""

from __future__ import annotations

import copy
import inspect
from dataclasses import replace
from typing import TypeGuard

from pytest_refusal.protocols import Endpoint
from pytest_refusal.records import Response


def is_endpoint(given: object) -> TypeGuard[Endpoint]:
    """Return whether ``given`` is a target made ready (by ``target`` or by another plugin)."""
    return not inspect.isclass(given) and all(hasattr(given, part) for part in ("ask", "lacks", "holds", "facts"))


def renamed(endpoint: Endpoint, name: str) -> Endpoint:
    """Return the same target under another name: one value may be returned by fixtures of several places."""
    if endpoint.name == name:
        return endpoint
    other = copy.copy(endpoint)
    other.name = name
    return other


def following(earlier: Response, reply: Response) -> Response:
    """Return a reply with what the turns before it did and cost: a forbidden call may be an early one."""
    return replace(
        reply,
        tool_calls=earlier.tool_calls + reply.tool_calls,
        prompt_tokens=earlier.prompt_tokens + reply.prompt_tokens,
        output_tokens=earlier.output_tokens + reply.output_tokens,
        duration_s=earlier.duration_s + reply.duration_s,
        wait_s=earlier.wait_s + reply.wait_s,
        retries=earlier.retries + reply.retries,
    )
