"""What holds of every target that is ready to be asked."""

from __future__ import annotations

import copy
import inspect
from typing import TypeGuard

from pytest_refusal.protocols import Endpoint


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
