"""``target(…)``: what a ``refusal_target`` fixture returns, more exactly said; and what fixtures and hooks returned."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from pytest_refusal.errors import UsageProblem
from pytest_refusal.protocols import Endpoint
from pytest_refusal.targets.callables import CallableTarget
from pytest_refusal.targets.endpoints import is_endpoint, renamed
from pytest_refusal.targets.identity import stated_identity

FORMS = (
    "a function (str -> str, or with a parameter 'messages'), target(…), or one of the texts 'ollama:MODEL', "
    "'replay:FILE', 'package.module:name'"
)
TIMEOUT_S = 120.0


def target(
    fn: Callable[..., Any] | str | None = None,
    *,
    factory: Callable[[], Any] | None = None,
    identity: object = None,
    refusals: type[Exception] | Sequence[type[Exception]] = (),
    name: str | None = None,
    concurrent: bool = False,
    options: Mapping[str, Any] | None = None,
    host: str | Sequence[str] | None = None,
    think: bool | str | None = None,
    tools: Sequence[Mapping[str, Any]] | None = None,
    timeout_s: float = TIMEOUT_S,
) -> Endpoint:
    """Say what is asked: an application's function, or a text such as ``"ollama:llama3.2"``.

    A function gets the prompt, a ``str``. A parameter named ``messages`` gets the list of ``{"role", "content"}``
    instead, the system prompt first; parameters named ``system_prompt``, ``prefill`` and ``options`` get these where
    the run or the probe sets them (a system prompt that has a parameter is not in ``messages`` again). It returns a
    ``str``, a ``Response``, or an iterator of ``str``, and may be asynchronous in each of these forms; asynchronous
    code runs on one event loop for the whole run.

    Args:
        fn: The function; or ``"ollama:MODEL"``, ``"replay:FILE"``, ``"package.module:name"``.
        factory: Instead of ``fn``: called for every request, returns a function with a conversation of its own.
        identity: What makes the answers what they are: texts, numbers, ``Path``s (each counts by its content), or lists
            and dicts of these. Stored answers are used again until one of them changes; None: never.
        refusals: Exceptions by which the application refuses; any other one is an error.
        name: What conditions are named after, where the place of the fixture does not name them.
        concurrent: The function may be asked on several threads, ahead of its test.
        options: Decoding parameters of this target; a probe's go over them.
        host: Of an Ollama server; several share the work.
        think: For an Ollama model that can think.
        tools: For an Ollama model: what it may call.
        timeout_s: Seconds to wait for an Ollama server or an asynchronous function.

    Raises:
        UsageProblem: The arguments do not go together, or a file of ``identity`` cannot be read.

    Example::

        @pytest.fixture(scope="session")
        def refusal_target():
            return target(my_app.chat, identity=[Path("prompts/system.md"), my_app.MODEL])
    """
    if (fn is None) == (factory is None):
        raise UsageProblem(f"target(…) takes one of a function and factory=…: the first is {FORMS}")
    of_model = {"host": host, "think": think, "tools": tools}
    of_function = {"identity": identity, "refusals": refusals or None, "concurrent": concurrent or None}
    if isinstance(fn, str):
        from pytest_refusal.targets import named

        if named.kind_of(fn) != "function":
            _reject(f"target({fn!r})", of_function, "a function")
            made = named.named_target(fn, host=host, options=options, think=think, tools=tools, timeout_s=timeout_s)
            return renamed(made, name) if name else made
        found = named.find_function(fn)
        name = name or fn
        if is_endpoint(found):
            _reject(f"target({fn!r}), which is a target already,", {**of_model, **of_function}, "a function")
            return renamed(found, name)
        fn = cast("Callable[..., Any]", found)
    _reject("target(function)", of_model, "'ollama:MODEL'")
    maker = fn if fn is not None else factory
    if not callable(maker) or inspect.isclass(fn):
        what = f"the class {fn.__qualname__}: say target(factory=…)" if inspect.isclass(fn) else type(maker).__name__
        raise UsageProblem(f"target(…) cannot ask {what}; it takes {FORMS}")
    return CallableTarget(
        fn,
        factory=factory,
        identity=None if identity is None else stated_identity(identity),
        refusals=_exceptions(refusals),
        name=name or str(getattr(maker, "__qualname__", type(maker).__qualname__)),
        concurrent=concurrent,
        options=options,
        timeout_s=timeout_s,
    )


def from_fixture(
    given: object,
    name: str,
    *,
    host: str | Sequence[str] | None = None,
    timeout_s: float = TIMEOUT_S,
    root: Path | None = None,
) -> Endpoint:
    """Make a target of what a ``refusal_target`` fixture returned: ``target(…)``, a function, or a text.

    Args:
        given: The fixture's value.
        name: What conditions are named after.
        host: For the text ``ollama:MODEL``.
        timeout_s: Seconds to wait for an answer; ``target(…)`` keeps its own.
        root: Where files and modules are looked for besides the current folder.

    Raises:
        UsageProblem: It is nothing that can be asked.
    """
    if isinstance(given, str):
        from pytest_refusal.targets.named import named_target

        return renamed(named_target(given, host=host, timeout_s=timeout_s, root=root), name)
    if is_endpoint(given):
        return renamed(given, name)
    if not callable(given) or inspect.isclass(given):
        raise UsageProblem(
            f"the fixture refusal_target of {name} returned "
            f"{f'the class {given.__qualname__}' if inspect.isclass(given) else type(given).__name__}, which cannot be "
            f"asked. It returns {FORMS}; for a class with a conversation of its own: target(factory=…)"
        )
    return CallableTarget(given, name=name, timeout_s=timeout_s)


def from_hook(fn: Callable[..., Any] | Endpoint, name: str) -> Endpoint:
    """Make a target of what the hook ``pytest_refusal_target`` returned: a function of a ``Request``, or ``target(…)``.

    Args:
        fn: ``Request -> Response``; the other returns of ``target`` are taken too.
        name: What conditions are named after.

    Raises:
        UsageProblem: It cannot be called.
    """
    if is_endpoint(fn):
        return renamed(fn, name)
    if not callable(fn):
        raise UsageProblem(
            f"the hook pytest_refusal_target returned {type(fn).__name__} ({name}): it returns a function "
            "(Request) -> Response, or target(…)"
        )
    return CallableTarget(fn, name=name, takes_request=True)


def _reject(what: str, arguments: Mapping[str, object], whose: str) -> None:
    if wrong := [name for name, given in arguments.items() if given is not None]:
        raise UsageProblem(f"{what} takes no {', '.join(wrong)}: that is for {whose}")


def _exceptions(refusals: type[Exception] | Sequence[type[Exception]]) -> tuple[type[Exception], ...]:
    classes = (refusals,) if inspect.isclass(refusals) else tuple(refusals)
    for one in classes:
        if not (inspect.isclass(one) and issubclass(one, Exception)):
            raise UsageProblem(f"target(refusals=…) takes exception classes, not {one!r}")
    return classes
