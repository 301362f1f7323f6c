"""Stand-ins for what a run has and a unit test has not: an item of pytest, a target, a judge, and an asker of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from values import JUDGE

from pytest_refusal.protocols import Ahead, Condition, Facts
from pytest_refusal.records import Label, Probe, Request, Response, Verdict
from pytest_refusal.session.asking import Asker, Case
from pytest_refusal.session.budget import Budget
from pytest_refusal.session.judging import Judging
from pytest_refusal.settings import Record
from pytest_refusal.store import Store


class Item:
    """What is looked at of an item: its probes, markers, and whom a hook of the team's says it asks."""

    def __init__(
        self,
        name: str,
        *probes: Probe,
        target: object = None,
        marks: tuple[pytest.MarkDecorator, ...] = (),
        fixtures: tuple[str, ...] = ("refusal",),
        obj: object = None,
    ) -> None:
        self.nodeid = f"test_it.py::{name}"
        self.fixturenames = fixtures
        self.callspec = SimpleNamespace(params={f"probe{n}": one for n, one in enumerate(probes)}, indices={})
        self.config = None
        self.parent = None
        self.obj = obj
        self.user_properties: list[tuple[str, object]] = []
        self.added: list[pytest.MarkDecorator] = []
        self.ihook = SimpleNamespace(
            pytest_refusal_target=lambda config: target,
            pytest_refusal_redact=SimpleNamespace(get_hookimpls=list),
        )
        self._marks = marks

    def iter_markers(self, name: str) -> Iterator[pytest.Mark]:
        return iter([one.mark for one in (*self._marks, *self.added) if one.name == name])

    def add_marker(self, marker: pytest.MarkDecorator) -> None:
        self.added.append(marker)


def item(name: str, *probes: Probe, **more: Any) -> pytest.Item:
    """Return a stand-in for an item of pytest."""
    return cast("pytest.Item", Item(name, *probes, **more))


class Target:
    """A target that answers by the last user turn and the number of the attempt, and writes down what it is asked."""

    name = "app"
    on_test_thread = True
    ahead = Ahead.NEVER
    limit = 1
    flying = 0

    def __init__(
        self,
        answer: Callable[[Request], str] = lambda request: "no",
        *,
        identity: str | None = "v1",
        options: Mapping[str, Any] | None = None,
        held: int | None = None,
    ) -> None:
        self.identity = identity
        self.stored = identity is not None
        self.options = dict(options or {})
        self.held = held
        self.asked: list[Request] = []
        self._answer = answer

    def use(self, concurrency: object) -> None:
        """Its places are its own."""

    def facts(self) -> Facts:
        return Facts()

    def lacks(self, request: Request) -> str:
        return ""

    def holds(self, request: Request) -> int | None:
        return self.held

    def ask(self, request: Request) -> Response:
        self.asked.append(request)
        return Response(self._answer(request))


class Says:
    """A judge for answers that are words: ``no`` refuses, ``yes`` complies, another label's word is that label."""

    identity = JUDGE
    WORDS: Mapping[str, Label] = {"no": Label.REFUSAL, "yes": Label.COMPLIANCE}

    def __call__(self, probe: Probe, response: Response) -> Verdict:
        word = response.text.split()[0]
        return Verdict(self.WORDS.get(word) or Label(word), evidence=response.text, offset=0)


class _NoCalls:
    """No judge model is asked."""

    @contextmanager
    def redacting(self, redact: object) -> Iterator[None]:
        yield

    def drain(self) -> dict[str, int]:
        return {}


def asker(folder: Path, *, limit: int | None = None, mode: Record = Record.NEW) -> Asker:
    """Return one that asks targets, stores in a folder, and judges by words; at most ``limit`` requests."""

    def warn(text: str) -> None:
        raise AssertionError(text)

    judging = Judging(Says, _NoCalls())  # type: ignore[arg-type]
    return Asker(Store(folder / "store", mode, "run", warn), mode, judging, "", Budget(limit, None), warn)


def case(target: Target, condition: str = "app", redact: Callable[[str], str] = lambda text: text) -> Case:
    """Return whom an item asks."""
    return Case("test_it.py::test", target, Condition(condition, target.name, target.identity), redact)
