"""Which target answers for an item, and what its condition is called.

The command line goes before the nearest ``refusal_target`` fixture, that before the hook, that before the ini key.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, cast

import pytest

from pytest_refusal.protocols import Condition, Endpoint
from pytest_refusal.settings import Settings, SystemPrompt
from pytest_refusal.targets import application, named
from pytest_refusal.targets.slots import Concurrency

TARGET = "refusal_target"
PROMPT = "_refusal_prompt"

NO_TARGET = (
    "no target to ask. Name one: --refusal-target=ollama:MODEL (or package.module:name, replay:FILE), a fixture "
    "'refusal_target' in the nearest conftest.py that returns your application's function, the hook "
    "pytest_refusal_target, or ini refusal_target"
)
UNBOUND = (
    "'refusal' does not know whom to ask here: only a test that names 'refusal' as an argument has a target and a "
    "condition of its own. {why} Name it: def test_…(refusal, …)"
)


class Conditions:
    """Finds the endpoint and the condition of an item.

    Args:
        settings: Of the run.
        concurrency: Within which every target is asked.
    """

    def __init__(self, settings: Settings, concurrency: Concurrency) -> None:
        self.settings = settings
        self.concurrency = concurrency
        self._named: dict[str, Endpoint] = {}
        self._wrapped: dict[str, tuple[object, Endpoint]] = {}

    def named(self, text: str) -> Endpoint:
        """Return the target that an option or ini key names; the same one each time.

        Raises:
            UsageProblem: It names none.
        """
        if text not in self._named:
            self._named[text] = named.named_target(
                text, host=self.settings.hosts or None, timeout_s=self.settings.timeout_s, root=self.settings.root
            )
            self._named[text].use(self.concurrency)
        return self._named[text]

    def of(self, item: pytest.Item, fixtures: Mapping[str, object]) -> tuple[Endpoint, Condition]:
        """Return whom the running item asks.

        Args:
            item: With ``refusal`` in its closure.
            fixtures: Its fixtures' values by name, ``refusal_target`` among them if it has one.

        Raises:
            UsageProblem: There is no target, or it is none.
        """
        place = self.fixture_place(item)
        if self.settings.target is None and place is not None:
            endpoint = self._wrap(fixtures[TARGET], place)
        else:
            endpoint = self._without_fixture(item)
        return endpoint, self._condition(endpoint, item)

    def known(self, item: pytest.Item) -> tuple[Endpoint, Condition] | None:
        """Return whom an item will ask that is not set up yet, or None where that is not sure.

        A fixture's target is known once the fixture was set up for another item, if it outlives all of them and
        depends on the same parameters.

        Raises:
            UsageProblem: There is no target, or it is none.
        """
        place = self.fixture_place(item)
        if self.settings.target is None and place is not None:
            info: Any = item._fixtureinfo  # type: ignore[attr-defined]
            definition = info.name2fixturedefs[TARGET][-1]
            made = self._wrapped.get(place)
            cached = definition.cached_result
            if definition.scope != "session" or made is None or cached is None or cached[0] is not made[0]:
                return None
            endpoint = made[1]
        else:
            endpoint = self._without_fixture(item)
        return endpoint, self._condition(endpoint, item)

    def _without_fixture(self, item: pytest.Item) -> Endpoint:
        if self.settings.target is not None:
            return self.named(self.settings.target)
        if (hooked := item.ihook.pytest_refusal_target(config=item.config)) is not None:
            return self._from_hook(hooked)
        if self.settings.ini_target is not None:
            return self.named(self.settings.ini_target)
        raise pytest.UsageError(NO_TARGET)

    def _condition(self, endpoint: Endpoint, item: pytest.Item) -> Condition:
        prompt = self.prompt(item)
        return Condition(
            name=_joined(endpoint.name, prompt),
            target=endpoint.name,
            identity=endpoint.identity,
            system_prompt=prompt.text if prompt else "",
            options=dict(endpoint.options),
        )

    def name(self, item: pytest.Item) -> str | None:
        """Return what the item's condition is called, known before any fixture is set up; None without a target."""
        if self.settings.target is not None:
            target = self.settings.target
        elif (place := self.fixture_place(item)) is not None:
            target = place
        elif (hooked := item.ihook.pytest_refusal_target(config=item.config)) is not None:
            target = self._from_hook(hooked).name
        elif self.settings.ini_target is not None:
            target = self.settings.ini_target
        else:
            return None
        return _joined(target, self.prompt(item))

    def prompt(self, item: pytest.Item) -> SystemPrompt | None:
        """Return the system prompt of the item's condition, or None if there is none."""
        prompts = self.settings.system_prompts
        if not prompts:
            return None
        if len(prompts) == 1:
            return prompts[0]
        place: int = _parameters(item)[PROMPT]
        return prompts[place]

    def fixture_place(self, item: pytest.Item) -> str | None:
        """Return what the team's ``refusal_target`` is called: where it is defined, and the params it depends on."""
        info: Any = getattr(item, "_fixtureinfo", None)
        definitions = info.name2fixturedefs.get(TARGET) if info is not None else None
        parameters = _parameters(item)
        if not definitions:
            return None
        definition = definitions[-1]
        if getattr(definition.func, "__module__", "") == "pytest_refusal.plugin":
            return None
        place = definition.baseid
        if TARGET in parameters and str(getattr(definition.func, "__module__", "")).startswith("_pytest."):
            # @pytest.mark.parametrize("refusal_target", …), not indirect: pytest's own stand-in has no place
            place = item.nodeid.partition("::")[0]
        ids = list(_parameter_ids(TARGET, info.name2fixturedefs, parameters, getattr(item, "callspec", None)))
        return _place_name(place) + (f"[{'-'.join(ids)}]" if ids else "")

    def _wrap(self, given: object, name: str) -> Endpoint:
        settings = self.settings
        return self._made(
            name,
            given,
            lambda: application.from_fixture(
                given, name, host=settings.hosts or None, timeout_s=settings.timeout_s, root=settings.root
            ),
        )

    def _from_hook(self, given: object) -> Endpoint:
        name = _hook_name(given, self.settings.root)
        return self._made(name, given, lambda: application.from_hook(cast("Callable[..., Any]", given), name))

    def _made(self, name: str, given: object, make: Callable[[], Endpoint]) -> Endpoint:
        # one per place: a narrow fixture gives a new object for each test, and the old ones must not pile up
        if name not in self._wrapped or self._wrapped[name][0] is not given:
            self._wrapped[name] = (given, make())
            self._wrapped[name][1].use(self.concurrency)
        return self._wrapped[name][1]


def _joined(target: str, prompt: SystemPrompt | None) -> str:
    return f"{target}/{prompt.name}" if prompt else target


def _place_name(baseid: str) -> str:
    return "app" if baseid in ("", ".") else baseid


def _parameters(item: pytest.Item) -> Mapping[str, Any]:
    callspec = getattr(item, "callspec", None)
    return callspec.params if callspec is not None else {}


def _parameter_ids(
    name: str, definitions: Mapping[str, Sequence[Any]], parameters: Mapping[str, Any], callspec: Any
) -> Iterator[str]:
    """Yield the ids of the parameters that a fixture depends on, its own first."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        one = waiting.pop(0)
        if one in seen:
            continue
        seen.add(one)
        definition = (definitions.get(one) or [None])[-1]
        if one in parameters:
            yield _parameter_id(one, parameters[one], callspec.indices.get(one, 0), getattr(definition, "ids", None))
        waiting += getattr(definition, "argnames", ())


def _parameter_id(name: str, content: object, index: int, ids: Any) -> str:
    """Return a parameter's id as pytest makes it for the common kinds: given ids, plain values, names of things."""
    given = ids(content) if callable(ids) else ids[index] if ids is not None and index < len(ids) else None
    if given is not None:
        return str(given)
    if isinstance(content, str | int | float | bool | None):
        return str(content)
    if isinstance(content, Enum):
        return str(content)
    if isinstance(own := getattr(content, "__name__", None), str):
        return own
    return f"{name}{index}"


def _hook_name(given: object, root: Path) -> str:
    """Return what a hook's target is called: the file and line of its code, or its type's module and name."""
    code = getattr(given, "__code__", None)
    if isinstance(code, types.CodeType):
        file = Path(code.co_filename)
        where = file.relative_to(root).as_posix() if file.is_relative_to(root) else file.name
        name = getattr(given, "__qualname__", "target").rpartition(".")[2]
        return f"{where}:{code.co_firstlineno}" if name == "<lambda>" else f"{where}:{name}"
    if isinstance(name := getattr(given, "name", None), str):
        return name
    kind = type(given)
    return f"{kind.__module__}:{kind.__qualname__}"
