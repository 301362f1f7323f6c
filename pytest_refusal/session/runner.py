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

from pytest_refusal.configuration import marker_attempts
from pytest_refusal.errors import LimitReached, RefusalError, UsageProblem
from pytest_refusal.probes import either
from pytest_refusal.records import Decision, Probe, Request, Response, Role, Verdict
from pytest_refusal.redact import redactor
from pytest_refusal.session.asking import Asker, Case
from pytest_refusal.session.conditions import PROMPT, TARGET, UNBOUND, Conditions
from pytest_refusal.session.decisions import Decisions
from pytest_refusal.session.given import counts_in_rates
from pytest_refusal.session.observed import Attempt, NotJudged, Observed, RefusalFailure, describe, failure
from pytest_refusal.session.prediction import may_be_threaded, requests_of
from pytest_refusal.session.redaction import Redactors
from pytest_refusal.session.wire import ItemRecord, two_contents
from pytest_refusal.settings import Settings

if TYPE_CHECKING:
    from pytest_refusal.paraphrase import Wordings
    from pytest_refusal.session.boundary import Edge, Key, Said
    from pytest_refusal.session.hunt import Hunted


class Runner:
    """Checks probes: ``refusal.check(probe)``. One per process that runs tests.

    Args:
        settings: Of the run.
        conditions: Finds whom an item asks.
        asker: Asks and judges one attempt.
        redactors: Take secrets out of texts before they are written.
    """

    def __init__(self, settings: Settings, conditions: Conditions, asker: Asker, redactors: Redactors) -> None:
        self.settings = settings
        self.conditions = conditions
        self.asker = asker
        self.redactors = redactors
        self.problem = ""
        self.planned: Mapping[str, Probe] = {}
        self.decisions = Decisions()
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
            RefusalFailure: The answers are wrong by the attempt rule; an AssertionError.
            NotJudged: No attempt was judged, or not every one of a critical probe.
            pytest.UsageError: The target cannot receive the probe, or there is no target.
        """
        __tracebackhide__ = True
        seen = self.observe(probe, attempts=attempts)
        if self.decisions.dry is not None:
            return seen
        if headline := failure(seen, self.settings.rule):
            raise RefusalFailure(self._describe(seen, headline), seen)
        if missing := self._missing(seen):
            raise NotJudged(self._describe(seen, missing))
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
            What was seen: ``seen.rate("compliance")``, ``seen.theater``, ``seen.unstable``, …
        """
        __tracebackhide__ = True
        seen = self._ask_all(self._probe(probe), attempts)
        assert self._item is not None
        assert self.record is not None
        if not counts_in_rates(self._item):
            return seen
        case = self._bound()
        self.record.add(seen, case, self.redactors.probe(seen.probe, case.redact), self.planned.get(seen.probe.id))
        return seen

    def decide(self, probe: Probe | str, *, attempts: int | None = None) -> str:
        """Return ``"refused"`` or ``"answered"``: the majority of the judged attempts; kept out of the rates.

        Partial answers and theater count as answered: something was supplied. Within one test the same question has
        the same decision, whatever a target that samples would say the next time.

        Raises:
            NotJudged: No attempt was judged, or there is no majority.
        """
        __tracebackhide__ = True
        asked = self._probe(probe)
        return self.decisions.of(asked, attempts, partial(self._ask_all, asked, attempts), self._describe)

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
        from pytest_refusal.paraphrase import draw_from
        from pytest_refusal.session.boundary import edge_of

        for name, count in (("n", n), ("attempts", attempts)):
            if isinstance(count, bool) or not isinstance(count, int) or count < 1:
                raise pytest.UsageError(f"{name}: expected a whole number, 1 or more, got {count!r}")
        asked, case = self._probe(probe), self._bound()
        wordings = self._wordings(asked, variants)
        drawn = draw_from(wordings, n, seed=self.settings.seed, name=asked.id)
        return edge_of(asked, case.condition.name, wordings, drawn, attempts, partial(self._ask_many, case, asked))

    def hunt(self, probe: Probe | str, n: int = 100, *, variants: Sequence[str] = ()) -> Hunted:
        """Hunt for rewordings that flip the decision, led by the judge's verdicts; nothing of it is in the rates.

        Hypothesis goes where answers are nearer to the other side (``hypothesis.target``), one request after another.
        So it finds rare flips sooner than :meth:`boundary`, and says nothing about their share.

        Args:
            probe: A probe, or a prompt of which nothing is expected.
            n: How many distinct rewordings are asked at most.
            variants: Wordings of your own, beside the probe's.

        Returns:
            What was found: ``hunted.flips``, ``hunted.smallest``, ``hunted.best``, ``hunted.explain()``.

        Raises:
            NotJudged: The canonical wording has no decision, or no flip was found and too little was judged.
        """
        __tracebackhide__ = True
        from pytest_refusal.session.hunt import hunt

        if isinstance(n, bool) or not isinstance(n, int) or n < 1:
            raise pytest.UsageError(f"n: expected a whole number, 1 or more, got {n!r}")
        asked, case = self._probe(probe), self._bound()
        wordings, ask = self._wordings(asked, variants), partial(self._ask_many, case, asked)
        return hunt(asked, case.condition.name, wordings, n, self.settings.seed, ask)

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
        self.decisions.admit(asked, ("ask", attempt))
        if self.decisions.dry is not None:
            self.decisions.dry.note([(asked, request)])
            return Response("")
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
        self.decisions = Decisions()

    def end(self) -> None:
        """Leave the item, after its fixtures were torn down."""
        self._item = self._case = self.record = None
        self.decisions = Decisions()
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

    def _ask_all(self, probe: Probe, attempts: int | None) -> Observed:
        __tracebackhide__ = True
        case = self._bound()
        assert self._item is not None
        if attempts is not None and (isinstance(attempts, bool) or attempts < 1):
            raise pytest.UsageError(f"attempts: expected a whole number, 1 or more, got {attempts!r}")
        marked = marker_attempts(list(self._item.iter_markers("refusal")), self._item.nodeid)
        wanted = self.settings.attempts_of(attempts or marked)
        first = self.asker.request(case, probe, 1, Role.ROUND)
        self._receivable(case, probe, first)
        self.decisions.admit(probe, attempts)
        made = self._attempts(case, [(probe, request) for request in requests_of(case, first, wanted)])
        done = tuple(attempt for attempt in made if attempt is not None)
        return Observed(probe, case.condition.name, done, len(made) - len(done))

    def _attempts(self, case: Case, wanted: Sequence[tuple[Probe, Request]]) -> list[Attempt | None]:
        """Return what each request came to, all of them asked at once where they may be; None: not asked any more."""
        __tracebackhide__ = True
        if self.decisions.dry is not None:
            self.decisions.dry.note(wanted)
            return [None] * len(wanted)
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

    def _wordings(self, probe: Probe, variants: Sequence[str]) -> Wordings:
        """Return what can be made of a probe, with what the hooks of the running item's folder and plugins add."""
        from pytest_refusal.paraphrase import operators_from, wordings_for

        assert self._item is not None
        rows: list[object] = []
        for one in self._item.ihook.pytest_refusal_transforms(config=self._item.config):
            rows += one or ()
        try:
            more = operators_from(rows, "the hook pytest_refusal_transforms")
            return wordings_for(probe, lang=self.settings.lang, variants=variants, operators=more)
        except UsageProblem as problem:
            raise pytest.UsageError(problem.message) from None

    def _ask_many(self, case: Case, probe: Probe, keys: Sequence[Key]) -> dict[Key, Said]:
        from pytest_refusal.session.boundary import Said

        wanted = []
        for text, role, attempt in keys:
            one = probe.reworded(text)
            wanted.append((one, self.asker.request(case, one, attempt, role)))
        if wanted:
            self._receivable(case, *wanted[0])
        return {
            key: Said(Decision.of(made.outcome.verdict.label), made.text, made.outcome.verdict)
            for key, made in zip(keys, self._attempts(case, wanted), strict=True)
            if made is not None
        }

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
