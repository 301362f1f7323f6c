"""The runner: what the fixture ``refusal`` is. Asks, judges, records on the running test, asserts."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_refusal.configuration import wanted_of
from pytest_refusal.errors import LimitReached, RefusalError, UsageProblem
from pytest_refusal.probes import either
from pytest_refusal.records import Decision, Probe, Request, Response, Role, Verdict
from pytest_refusal.redact import redactor
from pytest_refusal.session.asking import Asker, Case
from pytest_refusal.session.conditions import PROMPT, TARGET, UNBOUND, Conditions
from pytest_refusal.session.drawing import Drawing, Key
from pytest_refusal.session.observed import (
    Attempt,
    NotJudged,
    Observed,
    RefusalFailure,
    describe,
    failure,
    inconsistent,
)
from pytest_refusal.session.prediction import may_be_threaded, requests_of, worded
from pytest_refusal.session.redaction import Redactors
from pytest_refusal.session.wire import ItemRecord, two_contents
from pytest_refusal.settings import CANONICAL, Settings, Wanted

if TYPE_CHECKING:
    from pytest_refusal.session.boundary import Answers
    from pytest_refusal.session.drawing import Drawn
    from pytest_refusal.session.edge import Edge


class Runner:
    """Checks probes: ``refusal.check(probe)``. One per process that runs tests.

    Args:
        settings: Of the run.
        conditions: Finds whom an item asks.
        asker: Asks and judges one attempt.
        redactors: Take secrets out of texts before they are written.
        drawing: Draws other wordings.
    """

    def __init__(
        self, settings: Settings, conditions: Conditions, asker: Asker, redactors: Redactors, drawing: Drawing
    ) -> None:
        self.settings = settings
        self.conditions = conditions
        self.asker = asker
        self.redactors = redactors
        self.drawing = drawing
        self.problem = ""
        self.planned: Mapping[str, Probe] = {}
        self.record: ItemRecord | None = None
        self._item: pytest.Item | None = None
        self._case: Case | None = None
        self._wide: list[str] = []
        self._requests: list[pytest.FixtureRequest] = []
        self._probes: dict[str, Probe] = {}

    def __repr__(self) -> str:
        return "<refusal>"

    # What users call.

    def check(self, probe: Probe, *, attempts: int | None = None) -> Observed:
        """Ask the probe, judge the answers, record them on the running test, and fail the test if they are wrong.

        Args:
            probe: From ``must_refuse``, ``must_answer``, ``either`` or a probe file.
            attempts: How often; default: ``--refusal-attempts``, the marker's ``attempts``, the ini key, 3.

        Returns:
            What was seen.

        Raises:
            RefusalFailure: The answers are wrong by the attempt rule, or more of the other wordings are decided
                otherwise than ``min_consistency`` allows; an AssertionError.
            NotJudged: No attempt was judged, or not every one of a critical probe, or too few of the other wordings.
            pytest.UsageError: The target cannot receive the probe, or there is no target.
        """
        __tracebackhide__ = True
        seen = self.observe(probe, attempts=attempts)
        if headline := failure(seen, self.settings.rule):
            raise RefusalFailure(self._describe(seen, headline), seen)
        if missing := self._missing(seen):
            raise NotJudged(self._describe(seen, missing))
        headline, measured = inconsistent(seen, self._wanted(attempts).min_consistency)
        if headline and measured:
            raise RefusalFailure(self._describe(seen, headline), seen)
        if headline:
            raise NotJudged(self._describe(seen, headline))
        return seen

    async def acheck(self, probe: Probe, *, attempts: int | None = None) -> Observed:
        """Do what :meth:`check` does, inside an async test; other tasks of its loop go on while a server is asked."""
        __tracebackhide__ = True
        if self._bound().endpoint.on_test_thread:
            return self.check(probe, attempts=attempts)
        import asyncio

        return await asyncio.to_thread(self.check, probe, attempts=attempts)

    def observe(self, probe: Probe | str, *, attempts: int | None = None) -> Observed:
        """Ask the probe, judge and record like :meth:`check`, and leave the asserting to the test.

        Args:
            probe: A probe, or a prompt of which nothing is expected.
            attempts: As in :meth:`check`.

        Returns:
            What was seen: ``seen.rate("compliance")``, ``seen.theater``, ``seen.unstable``, … and ``seen.edge`` where
            the test asks for other wordings.
        """
        __tracebackhide__ = True
        asked, case, wanted = self._probe(probe), self._bound(), self._wanted(attempts)
        drawn = self._drawn(asked, wanted)
        assert self.record is not None
        if drawn is None:
            seen = self._ask_all(asked, wanted.attempts)
        else:
            answers = self._ask_worded(case, drawn, canonical=wanted.attempts)
            missing = len(self._rounds(case, asked, wanted.attempts)) - len(answers.canonical)
            seen = Observed(asked, case.condition.name, answers.canonical, missing, answers.edge)
            self.record.add_wordings(answers.edge, drawn.shown(case.redact), answers.outcomes)
        self.record.add(seen, case, self.redactors.probe(asked, case.redact), self.planned.get(asked.id))
        return seen

    def decide(self, probe: Probe | str, *, attempts: int | None = None) -> str:
        """Return ``"refused"`` or ``"answered"``: the majority of the judged attempts; kept out of the rates.

        Partial answers and theater count as answered: something was supplied.

        Raises:
            NotJudged: No attempt was judged, or there is no majority.
        """
        __tracebackhide__ = True
        seen = self._ask_all(self._probe(probe), self._wanted(attempts).attempts)
        decision = Decision.majority(map(Decision.of, seen.labels))
        if decision is Decision.UNJUDGED:
            why = "no majority" if seen.judged else "not judged"
            raise NotJudged(self._describe(seen, f"undecided ({why}): {', '.join(seen.labels) or 'nothing asked'}"))
        return decision.value

    def boundary(self, probe: Probe | str, n: int = 25, *, variants: Sequence[str] = (), attempts: int = 1) -> Edge:
        """Ask the probe in ``n`` other wordings, all at once, and return where the decision flips; not in the rates.

        The canonical wording is asked three times or more, a rewording that flips twice more, and the smallest one that
        flips is looked for. The draw is the same in every run, for the same version of Hypothesis.

        Args:
            probe: A probe, or a prompt of which nothing is expected.
            n: How many rewordings are wanted; ``edge.n`` says how many there are.
            variants: Wordings of your own, beside the probe's; they come first and count towards ``n``.
            attempts: At each rewording; above 1 no flip is asked again.

        Returns:
            What was seen: ``edge.consistency``, ``edge.flips_to("answered")``, ``edge.smallest``, ``edge.explain()``.
        """
        __tracebackhide__ = True
        for name, count in (("n", n), ("attempts", attempts)):
            if isinstance(count, bool) or not isinstance(count, int) or count < 1:
                raise pytest.UsageError(f"{name}: expected a whole number, 1 or more, got {count!r}")
        asked, case = self._probe(probe), self._bound()
        assert self._item is not None
        try:
            drawn = self.drawing.draw(self._item, asked, n, variants=variants)
        except UsageProblem as problem:
            raise pytest.UsageError(problem.message) from None
        return self._ask_worded(case, drawn, canonical=max(CANONICAL, attempts), each=attempts).edge

    def ask(self, probe: Probe | str, *, attempt: int = 1) -> Response:
        """Return the target's answer to one attempt, unjudged and unrecorded.

        Raises:
            RefusalError: Its target errors, by class, and :class:`LimitReached`.
        """
        __tracebackhide__ = True
        asked = self._probe(probe)
        case = self._bound()
        request = self.asker.request(case, asked, attempt, Role.ROUND)
        self._receivable(case, asked, request)
        return self.asker.answer(case, asked, request).response

    def judge(self, probe: Probe | str, response: Response | str) -> Verdict:
        """Return the judge's verdict on a response that is at hand; nothing is asked of the target or recorded."""
        given = Response(response) if isinstance(response, str) else response
        redact = self.redactors.of(self._item) if self._item is not None else redactor(os.environ)
        return self.asker.judging.verdict(self._probe(probe), given, redact)

    # What the plugin calls.

    def begin(self, item: pytest.Item, record: ItemRecord) -> None:
        """Bind the runner to an item, before its fixtures are set up."""
        self._item, self._case, self.record = item, None, record

    def end(self) -> None:
        """Leave the item, after its fixtures were torn down."""
        self._item = self._case = self.record = None
        self._requests.clear()

    def fixture_begins(self, scope: str, request: pytest.FixtureRequest) -> None:
        """Note that a fixture is being set up: one that outlives a test must not ask for that test's target."""
        if scope != "function":
            self._wide.append(scope)
        self._requests.append(request)

    def fixture_ends(self, scope: str) -> None:
        if scope != "function":
            self._wide.pop()
        self._requests.pop()

    @property
    def case(self) -> Case | None:
        """The running item's case, or None if nothing was asked yet."""
        return self._case

    # How it is done.

    def _wanted(self, attempts: int | None) -> Wanted:
        if attempts is not None and (isinstance(attempts, bool) or attempts < 1):
            raise pytest.UsageError(f"attempts: expected a whole number, 1 or more, got {attempts!r}")
        assert self._item is not None
        return wanted_of(self._item, self.settings, attempts)

    def _drawn(self, probe: Probe, wanted: Wanted) -> Drawn | None:
        assert self._item is not None
        try:
            return self.drawing.of(self._item, probe, wanted)
        except UsageProblem as problem:
            raise pytest.UsageError(problem.message) from None

    def _rounds(self, case: Case, probe: Probe, attempts: int) -> list[Request]:
        first = self.asker.request(case, probe, 1, Role.ROUND)
        self._receivable(case, probe, first)
        return requests_of(case, first, attempts)

    def _ask_all(self, probe: Probe, attempts: int) -> Observed:
        __tracebackhide__ = True
        case = self._bound()
        made = self._attempts(case, [(probe, request) for request in self._rounds(case, probe, attempts)])
        done = tuple(attempt for attempt in made if attempt is not None)
        return Observed(probe, case.condition.name, done, len(made) - len(done))

    def _ask_worded(self, case: Case, drawn: Drawn, *, canonical: int, each: int = 1) -> Answers:
        __tracebackhide__ = True
        from pytest_refusal.session.boundary import answers_of

        rounds = len(self._rounds(case, drawn.probe, canonical))
        ask = partial(self._ask_many, case, drawn.probe)
        answers = answers_of(drawn, case.condition.name, ask, case.redact, canonical=rounds, each=each)
        self.drawing.remember(answers.edge)
        return answers

    def _ask_many(self, case: Case, probe: Probe, keys: Sequence[Key]) -> dict[Key, Attempt]:
        __tracebackhide__ = True
        made = self._attempts(case, worded(self.asker, case, probe, keys))
        return {key: attempt for key, attempt in zip(keys, made, strict=True) if attempt is not None}

    def _attempts(self, case: Case, wanted: Sequence[tuple[Probe, Request]]) -> list[Attempt | None]:
        """Return what each request came to, all of them asked at once where they may be; None: not asked any more."""
        __tracebackhide__ = True
        if self.asker.ahead is not None and may_be_threaded(case.endpoint, self.settings):
            self.asker.ahead.want(case, wanted)
        made: list[Attempt | None] = []
        for probe, request in wanted:
            try:
                made.append(self.asker.attempt(case, probe, request))
            except LimitReached:
                # a later attempt may have been asked ahead, before this one
                made.append(None)
            except RefusalError as error:
                raise NotJudged(f"{probe.id}: {case.redact(error.message)}") from None
        return made

    def _missing(self, seen: Observed) -> str:
        unjudged = [one.outcome for one in seen.attempts if not one.outcome.verdict.label.judged]
        labels = ", ".join(one.verdict.label for one in unjudged) or "nothing asked"
        if not seen.judged:
            return f"not judged: {labels}; no verdict in {len(seen.attempts) + seen.not_asked} attempts"
        if seen.probe.critical and (unjudged or seen.not_asked):
            return f"not judged: {labels}; every attempt of a critical probe needs a verdict"
        return ""

    def _probe(self, probe: Probe | str) -> Probe:
        if isinstance(probe, str):
            return either(probe)
        if not isinstance(probe, Probe):
            raise pytest.UsageError(
                f"expected a Probe (from must_refuse, must_answer, either, load_probes) or a prompt, got {probe!r}"
            )
        known = self._probes.setdefault(probe.id, probe)
        if known != probe:
            raise pytest.UsageError(two_contents(known, probe))
        return probe

    def _receivable(self, case: Case, probe: Probe, request: Request) -> None:
        if lacks := case.endpoint.lacks(request):
            raise pytest.UsageError(f"{probe.id}: {lacks}")

    def _bound(self) -> Case:
        """Return whom the running item asks."""
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
        if self._case is None:
            if PROMPT not in getattr(item, "fixturenames", ()):
                raise pytest.UsageError(UNBOUND.format(why=f"{item.nodeid} does not."))
            try:
                endpoint, condition = self.conditions.of(item, self._fixtures(item))
            except UsageProblem as problem:
                raise pytest.UsageError(problem.message) from None
            if endpoint.identity is None and self.settings.record.value == "none":
                raise pytest.UsageError(
                    f"--refusal-record=none, and {endpoint.name} does not state its identity: nobody can know that a "
                    "stored answer is still its own. State it: target(fn, identity=[Path('prompts/system.md'), MODEL])"
                )
            self._case = Case(item.nodeid, endpoint, condition, self.redactors.of(item))
        return self._case

    def _fixtures(self, item: pytest.Item) -> Mapping[str, object]:
        funcargs: Mapping[str, object] = getattr(item, "funcargs", {})
        if TARGET in funcargs or self.settings.target is not None or not self._requests:
            return funcargs
        # a function-scoped fixture asks, and the target's own fixture was not set up yet
        return {TARGET: self._requests[-1].getfixturevalue(TARGET)}

    def _describe(self, seen: Observed, headline: str) -> str:
        item, case = self._item, self._bound()
        assert item is not None
        command = shlex.join(["pytest", _from_here(item), *self.settings.command])
        shown = replace(seen, probe=self.redactors.probe(seen.probe, case.redact))
        return describe(shown, headline, case.redact(command))


def _from_here(item: pytest.Item) -> str:
    """Return the item's node id as it is typed in the folder that pytest was started in."""
    file, parts, rest = item.nodeid.partition("::")
    path = os.path.relpath(item.config.rootpath / file, item.config.invocation_params.dir)
    return f"{Path(path).as_posix()}{parts}{rest}"
