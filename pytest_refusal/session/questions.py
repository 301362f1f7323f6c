"""What a test asks of a probe: attempts at its own words, at others, at other forms; all at once where they may be."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import pytest

from pytest_refusal.errors import LimitReached, RefusalError, UsageProblem
from pytest_refusal.records import Outcome, Probe, Request, Role, repeats_itself
from pytest_refusal.session.ahead.prediction import framed_requests, may_be_threaded, requests_of, worded
from pytest_refusal.session.asking import Asker, Case
from pytest_refusal.session.gating.gated import GatedRun
from pytest_refusal.session.observed import Attempt, NotJudged, Observed
from pytest_refusal.session.running import Running
from pytest_refusal.session.wordings.drawing import Drawing, Drawn, Key
from pytest_refusal.settings import Wanted

if TYPE_CHECKING:
    from pytest_refusal.framing import Framed
    from pytest_refusal.session.wordings.boundary import Answers


class Questions:
    """Asks for the running item.

    Args:
        running: The item.
        asker: Asks and judges one attempt.
        drawing: Draws other wordings.
        gated: What a baseline changes.
    """

    def __init__(self, running: Running, asker: Asker, drawing: Drawing, gated: GatedRun) -> None:
        self.running = running
        self.asker = asker
        self.drawing = drawing
        self.gated = gated

    def rounds(self, case: Case, probe: Probe, attempts: int) -> list[Request]:
        """Return the requests of a probe in its own words.

        Raises:
            pytest.UsageError: The target cannot receive it.
        """
        first = self.asker.first(case, probe)
        self.receivable(case, probe, first)
        return requests_of(case, first, attempts)

    def receivable(self, case: Case, probe: Probe, request: Request) -> None:
        """Raise a ``pytest.UsageError`` if the target cannot receive the request."""
        if lacks := case.endpoint.lacks(request):
            raise pytest.UsageError(f"{probe.id}: {lacks}")

    def plain(self, probe: Probe, attempts: int) -> Observed:
        """Ask a probe in its own words."""
        __tracebackhide__ = True
        case = self.running.bound()
        requests = self.rounds(case, probe, attempts)
        self.running.decisions.admit(probe, attempts)
        made = self._attempts(case, [(probe, request) for request in requests])
        done = tuple(attempt for attempt in made if attempt is not None)
        return Observed(probe, case.condition.name, done, len(made) - len(done))

    def fresh(self, probe: Probe) -> list[Outcome] | None:
        """Ask the attempts that a wrong or unjudged first one earns; None where there is nothing to draw."""
        __tracebackhide__ = True
        case = self.running.bound()
        requests = self.gated.fresh(self.asker, case, probe)
        if not requests:
            return None
        made = self._attempts(case, [(probe, request) for request in requests])
        return [attempt.outcome for attempt in made if attempt is not None]

    def drawn(self, probe: Probe, wanted: Wanted) -> Drawn | None:
        """Return the other wordings that the item wants, or None."""
        case = self.running.bound()
        pinned = self.gated.pinned(case.condition.name, probe, case.redact)
        try:
            return self.drawing.of(self.running.item, probe, wanted, pinned)
        except UsageProblem as problem:
            raise pytest.UsageError(problem.message) from None

    def worded(self, drawn: Drawn, *, canonical: int, each: int = 1) -> Answers:
        """Ask a probe in its own words and in others.

        Args:
            drawn: The other words.
            canonical: Attempts at its own.
            each: Attempts at each of the others.
        """
        __tracebackhide__ = True
        from pytest_refusal.session.wordings.boundary import answers_of

        case = self.running.bound()
        rounds = len(self.rounds(case, drawn.probe, canonical))
        ask = partial(self.many, case, drawn.probe)
        answers = answers_of(drawn, case.condition.name, ask, case.redact, canonical=rounds, each=each)
        self.drawing.remember(answers.edge)
        return answers

    def framings(self, probe: Probe, wanted: Wanted) -> list[Framed]:
        """Return the other frames that the item wants of a probe, and ask them all at once with what comes next."""
        case = self.running.bound()
        try:
            framed = self.drawing.framed(self.asker, case, probe, wanted)
        except UsageProblem as problem:
            raise pytest.UsageError(problem.message) from None
        self._want(case, framed_requests(self.asker, case, framed, wanted.attempts))
        return framed

    def framed(self, one: Framed, attempts: int) -> Observed:
        """Ask a probe in another frame."""
        __tracebackhide__ = True
        case = self.running.bound()
        made = self._attempts(case, framed_requests(self.asker, case, [one], attempts))
        done = tuple(attempt for attempt in made if attempt is not None)
        return Observed(one.probe, case.condition.name, done, len(made) - len(done))

    def many(self, case: Case, probe: Probe, keys: Sequence[Key]) -> dict[Key, Attempt]:
        """Ask texts of a probe at once; what could not be asked is left out, as what a file of answers lacks.

        So is a flip's second and third attempt where it can only be the first answer once more: at temperature 0, or
        with a seed that the user set.
        """
        __tracebackhide__ = True
        once = repeats_itself({**case.endpoint.options, **probe.options})
        keys = [key for key in keys if not (once and key[1] is Role.FLIP and key[2] > 1)]
        wanted = [
            (key, asked)
            for key, asked in zip(keys, worded(self.asker, case, probe, keys), strict=True)
            # of a text that it has no answer to, the first attempt says so
            if asked[1].attempt <= (case.endpoint.holds(asked[1]) or asked[1].attempt)
        ]
        made = self._attempts(case, [asked for _, asked in wanted])
        return {key: attempt for (key, _), attempt in zip(wanted, made, strict=True) if attempt is not None}

    def _attempts(self, case: Case, wanted: Sequence[tuple[Probe, Request]]) -> list[Attempt | None]:
        """Return what each request came to, all of them asked at once where they may be; None: not asked any more."""
        __tracebackhide__ = True
        dry = self.running.decisions.dry
        if dry is not None:
            dry.note(wanted)
            return [None] * len(wanted)
        self._want(case, wanted)
        made: list[Attempt | None] = []
        for probe, request in wanted:
            try:
                made.append(self.asker.attempt(case, probe, request))
            except LimitReached:
                # a later attempt may have been asked ahead, before this one
                made.append(None)
                assert self.running.record is not None
                self.running.record.cut += 1
            except RefusalError as error:
                raise NotJudged(f"{probe.id}: {case.redact(error.message)}") from None
        return made

    def _want(self, case: Case, wanted: Sequence[tuple[Probe, Request]]) -> None:
        if self.asker.ahead is not None and may_be_threaded(case.endpoint, self.running.settings):
            self.asker.ahead.want(case, wanted)
