"""A target from a text: ``ollama:MODEL``, ``replay:FILE``, ``package.module:name``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from pytest_refusal.errors import UsageProblem
from pytest_refusal.escaping import printable
from pytest_refusal.imports import find, is_name
from pytest_refusal.protocols import Endpoint
from pytest_refusal.targets.callables import CallableTarget
from pytest_refusal.targets.endpoints import is_endpoint, renamed

FORMS = (
    "'ollama:MODEL' (such as ollama:llama3.2), 'package.module:name' (such as my_app.bot:chat), or 'replay:FILE' (such "
    "as replay:answers.jsonl)"
)
SHOWN = 300


def named_target(
    text: str,
    *,
    host: str | Sequence[str] | None = None,
    timeout_s: float = 120.0,
    root: Path | None = None,
    options: Mapping[str, Any] | None = None,
    think: bool | str | None = None,
    tools: Sequence[Mapping[str, Any]] | None = None,
) -> Endpoint:
    """Return the target that a text names; no server is asked.

    Args:
        text: One of the three forms; it is the target's name too.
        host: For ``ollama:``; several hosts share the work.
        timeout_s: Seconds to wait for an answer.
        root: Files and modules are looked for in the current folder, then here.
        options: Decoding parameters, for ``ollama:``.
        think: For ``ollama:``.
        tools: For ``ollama:``.

    Raises:
        UsageProblem: The text has another form, the module cannot be imported, the name is not in it or cannot be
            called, or the file cannot be read.
    """
    kind = kind_of(text)
    rest = text.partition(":")[2].strip()
    if kind == "ollama":
        return _ollama(rest, host, timeout_s=timeout_s, options=options, think=think, tools=tools)
    # a host is for whatever Ollama model the run has, and may be given where there is none
    of_model = {"options": options, "think": think, "tools": tools}
    if wrong := [name for name, given in of_model.items() if given is not None]:
        raise UsageProblem(f"target({text!r}) takes no {', '.join(wrong)}: that is for 'ollama:MODEL'")
    if kind == "replay":
        from pytest_refusal.targets.replay import ReplayTarget

        places = [folder / rest for folder in _folders(root)]
        return ReplayTarget(next((place for place in places if place.exists()), places[0]), name=text)
    found = find_function(text, root)
    if is_endpoint(found):
        return renamed(found, text)
    return CallableTarget(cast("Callable[..., Any]", found), name=text, timeout_s=timeout_s)


def kind_of(text: str) -> str:
    """Return which of the three forms a text has: ``ollama``, ``replay`` or ``function``.

    Raises:
        UsageProblem: It has none of them.
    """
    kind, _, rest = text.partition(":")
    if kind in ("ollama", "replay") and rest.strip():
        return kind
    if is_name(text):
        return "function"
    raise UsageProblem(f"no target is called '{printable(text, SHOWN)}'. Say {FORMS}.")


def find_function(text: str, root: Path | None = None) -> object:
    """Return what ``package.module:name`` names: something that can be called, or a target made by ``target(…)``.

    Args:
        text: The name may be dotted.
        root: The module is looked for in the current folder, then here; both are put on ``sys.path``.

    Raises:
        UsageProblem: The module cannot be imported, the name is not in it, or it cannot be called.
    """
    found = find(text, f"target {text!r}", _folders(root), FORMS)
    if not is_endpoint(found) and (inspect.isclass(found) or not callable(found)):
        what = "a class" if inspect.isclass(found) else type(found).__name__
        raise UsageProblem(
            f"target {text!r} is {what}, which cannot be asked. Name a function, or a value made by "
            "pytest_refusal.target(…); for a class with a conversation of its own: target(factory=…)"
        )
    return found


def _ollama(model: str, host: str | Sequence[str] | None, **arguments: Any) -> Endpoint:
    from pytest_refusal.targets.ollama import OllamaTarget

    if host is None or isinstance(host, str):
        return OllamaTarget(model, host=host, **arguments)
    from pytest_refusal.targets.spread import SpreadTarget

    parts = [OllamaTarget(model, host=one, **arguments) for one in host]
    return SpreadTarget(parts) if len(parts) > 1 else parts[0] if parts else OllamaTarget(model, **arguments)


def _folders(root: Path | None) -> list[Path]:
    return list(dict.fromkeys([Path.cwd(), *([root] if root else [])]))
