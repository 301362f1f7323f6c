"""Users' own tests with ``@given``: shrinking within a budget, and a dry pass that says what a test will ask.

Hypothesis is reached by its public names, and by ``inner_test`` of a test's ``hypothesis`` handle, which is made for
it; one private name stands in ``_has_own_seed``.
"""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Protocol
from unittest import SkipTest

import pytest

from pytest_refusal.configuration import marked
from pytest_refusal.errors import RefusalError
from pytest_refusal.protocols import Ahead
from pytest_refusal.records import sha256
from pytest_refusal.session.ahead.prediction import may_be_threaded
from pytest_refusal.session.decisions import DryPass

if TYPE_CHECKING:
    from pytest_refusal.session.runner import Runner


class Handle(Protocol):
    """The attribute ``hypothesis`` of a test with ``@given``."""

    inner_test: Callable[..., Any]


def handle_of(item: pytest.Item) -> Handle | None:
    """Return Hypothesis' handle of an item's test, or None where the test has no ``@given``."""
    handle = getattr(getattr(item, "obj", None), "hypothesis", None)
    return handle if hasattr(handle, "inner_test") else None


def wants_prefetch(item: pytest.Item) -> bool:
    """Return ``prefetch`` of the nearest marker ``refusal`` that says it."""
    return bool(marked(list(item.iter_markers("refusal")), item.nodeid).prefetch)


def counts_in_rates(item: pytest.Item) -> bool:
    """Return whether what an item sees belongs into the rates.

    Hypothesis stops at a failure and then asks around it, so what it draws would count too many failures: a test with
    ``@given`` passes or fails, and is in no rate.
    """
    return handle_of(item) is None


class GivenHooks:
    """Goes round each test with ``@given``, and leaves it as it was.

    Args:
        runner: Bound to the running item.
        seed: The ini value ``refusal_seed``.
    """

    def __init__(self, runner: Runner, seed: str) -> None:
        self.runner = runner
        self.seed = seed
        self._said: set[str] = set()

    # innermost: what Hypothesis' own plugin prepares is there
    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        handle = handle_of(item)
        if handle is None or "refusal" not in getattr(item, "fixturenames", ()):
            return (yield)
        inner = handle.inner_test
        try:
            ahead = wants_prefetch(item) and self._may_be_asked_ahead(item)
            with _seeded(item, self.seed) if ahead else nullcontext():
                if ahead:
                    self._prefetch(item, handle)
                handle.inner_test = guarded(inner, Watch(self.runner))
                return (yield)
        finally:
            handle.inner_test = inner

    def _may_be_asked_ahead(self, item: pytest.Item) -> bool:
        """Return whether a dry pass is of use; says why not where somebody can change that."""
        if self.runner.asker.ahead is None:
            # record mode none
            return False
        fixtures = getattr(item, "funcargs", {})
        try:
            endpoint, _ = self.runner.running.conditions.of(item, fixtures)
        except (RefusalError, pytest.UsageError):
            # the test shows it
            return False
        if may_be_threaded(endpoint, self.runner.running.settings):
            return True
        if endpoint.ahead is not Ahead.NEVER and endpoint.name not in self._said:
            self._said.add(endpoint.name)
            item.warn(
                pytest.PytestWarning(
                    f"prefetch=True: {endpoint.name} is asked on the thread of its test, one request after another, so "
                    "there is no dry pass. Where it may be asked on several threads, say so: "
                    "target(fn, concurrent=True), or a number for --refusal-concurrency"
                )
            )
        return False

    def _prefetch(self, item: pytest.Item, handle: Handle) -> None:
        """Run the test without asking, and then ask for all that it would ask."""
        dry = self._dry_pass(item, handle, DryPass())
        if dry.learned:
            dry = self._dry_pass(item, handle, DryPass(dry.guesses))
        case, ahead = self.runner.running.case, self.runner.asker.ahead
        if case is not None and ahead is not None:
            ahead.want(case, list(dry.wanted.values()))

    def _dry_pass(self, item: pytest.Item, handle: Handle, dry: DryPass) -> DryPass:
        self.runner.running.decisions.dry = dry
        handle.inner_test, inner = guarded(handle.inner_test, Swallow(dry)), handle.inner_test
        try:
            item.runtest()
        except (Exception, pytest.skip.Exception, pytest.fail.Exception):
            # a health check, a skip, a wrong strategy: the real pass meets it again, and shows it
            pass
        finally:
            self.runner.running.decisions.dry = None
            handle.inner_test = inner
        return dry


class Guard(Protocol):
    """Goes round each example of a test; an error that it does not swallow is raised again."""

    def begin(self) -> None: ...

    def end(self) -> None: ...

    def swallows(self, error: BaseException) -> bool: ...


class Watch:
    """Notes that a test has failed: from then on it asks within a budget."""

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self._late = _Deadline()

    def begin(self) -> None:
        self._late.begin()

    def end(self) -> None:
        if self._late.passed:
            # Hypothesis raises it after us
            self._fail()

    def swallows(self, error: BaseException) -> bool:
        if not _is_control(error):
            self._fail()
        return False

    def _fail(self) -> None:
        if not self.runner.running.decisions.failed:
            self.runner.running.decisions.failed = True
            if self.runner.asker.ahead is not None:
                self.runner.asker.ahead.forget()


class Swallow:
    """Lets an example of a dry pass end well whatever it came to, unless Hypothesis has to know.

    What ``assume`` and ``reject`` raise has to pass, or the examples of the real pass would be others: with all
    swallowed, 26 of 31 requests of a test with ``assume`` were not the ones that it then wanted.
    """

    def __init__(self, dry: DryPass) -> None:
        self.dry = dry
        self._late = _Deadline()

    def begin(self) -> None:
        self._late.begin()
        self.dry.begin()

    def end(self) -> None:
        if self._late.passed:
            from hypothesis import reject

            # or Hypothesis takes the deadline for a failure and looks for smaller ones
            reject()

    def swallows(self, error: BaseException) -> bool:
        from hypothesis.errors import UnsatisfiedAssumption

        swallowed = isinstance(error, (Exception, pytest.fail.Exception)) and not _is_control(error)
        if swallowed or isinstance(error, UnsatisfiedAssumption):
            self.dry.fail()
        return swallowed


class _Deadline:
    """Whether an example takes longer than its test allows."""

    def begin(self) -> None:
        self._began = time.perf_counter()

    @property
    def passed(self) -> bool:
        from hypothesis import settings

        # inside of an example these are its test's
        deadline = settings().deadline
        return deadline is not None and time.perf_counter() - self._began >= deadline.total_seconds()


def _is_control(error: BaseException) -> bool:
    """Return whether an error is no failure of the test, but how it talks to Hypothesis or pytest."""
    from hypothesis.errors import HypothesisException, StopTest

    control = (HypothesisException, StopTest, SkipTest, pytest.skip.Exception, pytest.exit.Exception)
    if isinstance(error, BaseExceptionGroup):
        # a task group puts what its tasks raise into one
        return error.subgroup(control) is not None
    return isinstance(error, control)


def guarded(inner: Callable[..., Any], guard: Guard) -> Callable[..., Any]:
    """Return the test with a guard round it: its name, signature and source are the same, so Hypothesis knows it."""
    if inspect.iscoroutinefunction(inner):
        # whoever makes a plain function of it (pytest-asyncio, anyio) comes after us, and looks for a coroutine

        @functools.wraps(inner)
        async def guarded_async(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            guard.begin()
            try:
                result = await inner(*args, **kwargs)
            except BaseException as error:
                if guard.swallows(error):
                    return None
                raise
            guard.end()
            return result

        return guarded_async

    @functools.wraps(inner)
    def guarded_plain(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        guard.begin()
        try:
            result = inner(*args, **kwargs)
        except BaseException as error:
            if guard.swallows(error):
                return None
            raise
        guard.end()
        return result

    return guarded_plain


@contextmanager
def _seeded(item: pytest.Item, seed: str) -> Iterator[None]:
    """Let every run of the item's test draw the same, unless it does already; Hypothesis then uses no database."""
    test = item.obj  # type: ignore[attr-defined]
    function = getattr(test, "__func__", test)
    if _has_own_seed(function) or item.config.getoption("hypothesis_seed", None) is not None:
        yield
        return
    from hypothesis import seed as seeded

    before = dict(vars(function))
    # the same texts under every condition and for every parameter
    seeded(int(sha256(f"{seed}\0{item.nodeid.partition('[')[0]}"), 16))(function)
    try:
        yield
    finally:
        # other items share the function
        vars(function).clear()
        vars(function).update(before)


def _has_own_seed(function: Callable[..., Any]) -> bool:
    """Return whether the test has ``@seed``: a private name of Hypothesis, without which our seed goes before it."""
    return getattr(function, "_hypothesis_internal_use_seed", None) is not None
