"""pytest mechanics: each test that names ``refusal`` gets its own target, and runs under each condition.

``refusal`` is session-scoped and requests nothing, for a session fixture that asked for ``refusal_target`` would
answer in one folder with the target of another. So the names are put into the closure of each test instead.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

import pytest

from pytest_refusal.session.conditions import PROMPT, TARGET
from pytest_refusal.settings import Settings


def generate(metafunc: pytest.Metafunc, settings: Settings) -> Generator[None, None, None]:
    """Wrap pytest's own ``pytest_generate_tests`` for a test with ``refusal`` in its closure.

    The conditions come last in an id: ``[b1-m1-P1]`` is probe b1 asked of target m1 under prompt P1.
    """
    extend_closure(metafunc, (PROMPT,) if settings.target is not None else (TARGET, PROMPT))
    names = metafunc.fixturenames
    definition = _target_definition(metafunc)
    if definition is not None:
        # pytest would put the target's id first: it goes through the names in the order of their scopes
        place = names.index(TARGET)
        names.remove(TARGET)
    yield
    if definition is not None:
        names.insert(place, TARGET)
        metafunc.parametrize(TARGET, definition.params, indirect=True, scope=definition.scope, ids=definition.ids)
    if len(settings.system_prompts) > 1:
        metafunc.parametrize(
            PROMPT,
            range(len(settings.system_prompts)),
            indirect=True,
            scope="function",
            ids=[prompt.name for prompt in settings.system_prompts],
        )


def extend_closure(metafunc: pytest.Metafunc, names: Sequence[str]) -> None:
    """Make a test request fixtures that its signature does not name.

    Private parts of pytest, all of them in this function (``tests/plugin/test_targets_of_items.py`` names it):
    a name that is only appended to ``names_closure`` is pruned again from every parametrized test, so it goes into
    ``initialnames``, of a frozen object, and the closure is computed anew.
    """
    from _pytest.fixtures import _get_direct_parametrize_args  # type: ignore[attr-defined, unused-ignore]

    node: Any = metafunc.definition
    info = node._fixtureinfo
    missing = tuple(name for name in names if name not in info.initialnames)
    object.__setattr__(info, "initialnames", (*info.initialnames, *missing))
    closure, definitions = node.session._fixturemanager.getfixtureclosure(
        parentnode=node, initialnames=info.initialnames, ignore_args=_get_direct_parametrize_args(node)
    )
    info.names_closure[:] = closure
    info.name2fixturedefs.update(definitions)


def _target_definition(metafunc: pytest.Metafunc) -> Any:
    """Return the fixture definition whose parameters are ours to apply, or None."""
    if TARGET not in metafunc.fixturenames:
        return None
    for mark in metafunc.definition.iter_markers("parametrize"):
        argnames = mark.args[0] if mark.args else mark.kwargs.get("argnames", ())
        given = argnames.split(",") if isinstance(argnames, str) else argnames
        if TARGET in (name.strip() for name in given):
            return None
    definitions = metafunc.definition._fixtureinfo.name2fixturedefs.get(TARGET)
    if not definitions or definitions[-1].params is None:
        return None
    return definitions[-1]
