"""The item that is running: whom it asks, what its markers want, and what its failures say."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_refusal.configuration import wanted_of
from pytest_refusal.errors import UsageProblem
from pytest_refusal.protocols import Redactor
from pytest_refusal.redact import redactor
from pytest_refusal.session.asking import Case
from pytest_refusal.session.conditions import PROMPT, TARGET, UNBOUND, Conditions
from pytest_refusal.session.decisions import Decisions
from pytest_refusal.session.observed import Observed, describe
from pytest_refusal.session.redaction import Redactors
from pytest_refusal.session.wire import ItemRecord
from pytest_refusal.settings import Record, Settings, Wanted


class Running:
    """Bound to one item after another, in the process that runs them.

    Args:
        settings: Of the run.
        conditions: Finds whom an item asks.
        redactors: Take secrets out of texts before they are written.

    Attributes:
        problem: Why no test of this process may ask, or ``""``.
        record: What the running item has measured; None between two items.
        decisions: What ``refusal.decide`` has come to in the running item.
        case: The running item's, or None if nothing was asked yet.
    """

    def __init__(self, settings: Settings, conditions: Conditions, redactors: Redactors) -> None:
        self.settings = settings
        self.conditions = conditions
        self.redactors = redactors
        self.problem = ""
        self.record: ItemRecord | None = None
        self.decisions = Decisions()
        self.case: Case | None = None
        self._item: pytest.Item | None = None
        self._wide: list[str] = []
        self._requests: list[pytest.FixtureRequest] = []

    def begin(self, item: pytest.Item, record: ItemRecord) -> None:
        """Bind to an item, before its fixtures are set up."""
        self._item, self.case, self.record = item, None, record
        self.decisions = Decisions()

    def end(self) -> None:
        """Leave the item, after its fixtures were torn down."""
        self._item = self.case = self.record = None
        self.decisions = Decisions()
        self._requests.clear()

    def fixture_begins(self, scope: str, request: pytest.FixtureRequest) -> None:
        """Note that a fixture is being set up: one that outlives a test must not ask for that test's target."""
        if scope != "function":
            self._wide.append(scope)
        self._requests.append(request)

    def fixture_ends(self, scope: str) -> None:
        """Note that a fixture was set up."""
        if scope != "function":
            self._wide.pop()
        self._requests.pop()

    @property
    def item(self) -> pytest.Item:
        """The running item; there is one wherever something is asked."""
        assert self._item is not None
        return self._item

    @property
    def redact(self) -> Redactor:
        """The redaction in force, also where no item runs."""
        return self.redactors.of(self._item) if self._item is not None else redactor(os.environ)

    def wanted(self, attempts: int | None = None) -> Wanted:
        """Return what the item asks of each of its probes.

        Args:
            attempts: What its call says.

        Raises:
            pytest.UsageError: A marker or the call says what has no meaning.
        """
        if attempts is not None and (isinstance(attempts, bool) or not isinstance(attempts, int) or attempts < 1):
            raise pytest.UsageError(f"attempts: expected a whole number, 1 or more, got {attempts!r}")
        return wanted_of(self.item, self.settings, attempts)

    def bound(self) -> Case:
        """Return whom the item asks.

        Raises:
            pytest.UsageError: It has no target, or none of its own; the text says what helps.
        """
        __tracebackhide__ = True
        if self.problem:
            raise pytest.UsageError(self.problem)
        item = self._item
        if item is None:
            raise pytest.UsageError(UNBOUND.format(why="No test is running."))
        if self._wide:
            raise pytest.UsageError(
                UNBOUND.format(why=f"A {self._wide[-1]}-scoped fixture is shared by tests that may ask other targets.")
            )
        if self.case is None:
            if PROMPT not in getattr(item, "fixturenames", ()):
                raise pytest.UsageError(UNBOUND.format(why=f"{item.nodeid} does not."))
            try:
                endpoint, condition = self.conditions.of(item, self._fixtures(item))
            except UsageProblem as problem:
                raise pytest.UsageError(problem.message) from None
            if endpoint.identity is None and self.settings.record is Record.NONE:
                raise pytest.UsageError(
                    f"--refusal-record=none, and {endpoint.name} does not state its identity: nobody can know that a "
                    "stored answer is still its own. State it: target(fn, identity=[Path('prompts/system.md'), MODEL])"
                )
            self.case = Case(item.nodeid, endpoint, condition, self.redactors.of(item))
        return self.case

    def _fixtures(self, item: pytest.Item) -> Mapping[str, object]:
        funcargs: Mapping[str, object] = getattr(item, "funcargs", {})
        if TARGET in funcargs or self.settings.target is not None or not self._requests:
            return funcargs
        # a function-scoped fixture asks, and the target's own fixture was not set up yet
        return {TARGET: self._requests[-1].getfixturevalue(TARGET)}

    def describe(self, seen: Observed, headline: str) -> str:
        """Return the message of a failed check."""
        case = self.bound()
        command = shlex.join(["pytest", _from_here(self.item), *self.settings.command])
        shown = replace(seen, probe=self.redactors.probe(seen.probe, case.redact))
        return describe(shown, headline, case.redact(command))


def _from_here(item: pytest.Item) -> str:
    """Return the item's node id as it is typed in the folder that pytest was started in."""
    file, parts, rest = item.nodeid.partition("::")
    path = os.path.relpath(item.config.rootpath / file, item.config.invocation_params.dir)
    return f"{Path(path).as_posix()}{parts}{rest}"
