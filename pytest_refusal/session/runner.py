"""The runner: what the fixture ``refusal`` is. Asks, judges, records on the running test, asserts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from pytest_refusal.errors import UsageProblem
from pytest_refusal.probes import either
from pytest_refusal.records import Probe, Response, Role, Verdict
from pytest_refusal.session.asking import Asker, Case
from pytest_refusal.session.gating.gated import GatedRun, wrong_before
from pytest_refusal.session.given import counts_in_rates
from pytest_refusal.session.observed import NotJudged, Observed, RefusalFailure, failure, inconsistent
from pytest_refusal.session.questions import Questions
from pytest_refusal.session.running import Running
from pytest_refusal.session.wire import two_contents
from pytest_refusal.session.wordings.drawing import Drawing, shown_form
from pytest_refusal.settings import CANONICAL, Wanted

if TYPE_CHECKING:
    from pytest_refusal.session.wordings.edge import Edge
    from pytest_refusal.session.wordings.hunt import Hunted

NOT_REWORDED = (
    "boundary consistency unmeasured: the marker's min_consistency is a limit on other wordings, and nothing asks for "
    "any: paraphrases=N beside it, or --refusal-paraphrases=N (0 leaves them out of a run)"
)


class Runner:
    """Checks probes: ``refusal.check(probe)``. One per process that runs tests.

    Args:
        running: The item that runs.
        asker: Asks and judges one attempt.
        drawing: Draws other wordings.
        gated: What a baseline changes.

    Attributes:
        planned: Probes as the plan has them, by id.
    """

    def __init__(self, running: Running, asker: Asker, drawing: Drawing, gated: GatedRun) -> None:
        self.running = running
        self.asker = asker
        self.planned: Mapping[str, Probe] = {}
        self._drawing = drawing
        self._gated = gated
        self._questions = Questions(running, asker, drawing, gated)
        self._probes: dict[str, Probe] = {}

    def __repr__(self) -> str:
        return "<refusal>"

    def check(self, probe: Probe, *, attempts: int | None = None) -> Observed:
        """Ask the probe, judge the answers, record them on the running test, and fail the test if they are wrong.

        Args:
            probe: From ``must_refuse``, ``must_answer``, ``either`` or a probe file.
            attempts: How often; default: ``--refusal-attempts``, the marker's ``attempts``, the ini key, 3.

        Returns:
            What was seen.

        With a baseline that has the probe in this form, wrong answers fail no test: the gate decides at the end of the
        run. A critical probe fails at once.

        Raises:
            RefusalFailure: The answers are wrong by the attempt rule, or more of the other wordings are decided
                otherwise than ``min_consistency`` allows; an AssertionError.
            NotJudged: No attempt was judged, or not every one of a critical probe, or too few of the other wordings.
            pytest.UsageError: The target cannot receive the probe, or there is no target.
        """
        __tracebackhide__ = True
        seen = self.observe(probe, attempts=attempts)
        if self.running.decisions.dry is not None:
            return seen
        if (headline := failure(seen, self.running.settings.rule)) and not self._left_to_the_gate(seen):
            raise RefusalFailure(self.running.describe(seen, headline), seen)
        if missing := _missing(seen):
            raise NotJudged(self.running.describe(seen, missing))
        wanted = self.running.wanted(attempts)
        # a baseline may pin wordings where nothing of now asks for any
        if wanted.unmeasured and seen.edge is None and counts_in_rates(self.running.item):
            raise NotJudged(self.running.describe(seen, NOT_REWORDED))
        headline, measured = inconsistent(seen, wanted.min_consistency)
        if headline and measured:
            raise RefusalFailure(self.running.describe(seen, headline), seen)
        if headline:
            raise NotJudged(self.running.describe(seen, headline))
        return seen

    async def acheck(self, probe: Probe, *, attempts: int | None = None) -> Observed:
        """Do what :meth:`check` does, inside an async test; other tasks of its loop go on while a server is asked."""
        __tracebackhide__ = True
        if self.running.bound().endpoint.on_test_thread:
            return self.check(probe, attempts=attempts)
        import asyncio

        return await asyncio.to_thread(self.check, probe, attempts=attempts)

    def observe(self, probe: Probe | str, *, attempts: int | None = None) -> Observed:
        """Ask the probe, judge and record like :meth:`check`, and leave the asserting to the test.

        Args:
            probe: A probe, or a prompt of which nothing is expected.
            attempts: As in :meth:`check`.

        Returns:
            What was seen: ``seen.rate("compliance")``, ``seen.theater``, ``seen.unstable``, …; ``seen.edge`` where
            the test asks for other wordings, and ``seen.framed`` where it asks for other frames.
        """
        __tracebackhide__ = True
        asked, case, wanted = self._probe(probe), self.running.bound(), self.running.wanted(attempts)
        if not counts_in_rates(self.running.item):
            return self._questions.plain(asked, wanted.attempts)
        wanted = self._gated.wanted(case.condition.name, asked, case.redact, wanted)
        seen = self._seen(asked, case, wanted)
        record = self.running.record
        assert record is not None
        shown = self.running.redactors.probe(asked, case.redact)
        record.add(seen, case, shown, self.planned.get(asked.id))
        if self._gated.line(case, asked) is not None:
            record.gated = True
            fresh = self._questions.fresh(asked) if seen.earns_fresh else None
            if fresh is not None:
                record.picked.append((asked.id, seen.condition))
                record.outcomes += fresh
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
        self.running.bound()
        count = self.running.wanted(attempts).attempts
        ask = partial(self._questions.plain, asked, count)
        return self.running.decisions.of(asked, count, ask, self.running.describe)

    def boundary(
        self, probe: Probe | str, n: int = 25, *, variants: str | Sequence[str] = (), attempts: int = 1
    ) -> Edge:
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
        _counts(n=n, attempts=attempts)
        asked = self._probe(probe)
        self.running.bound()
        try:
            drawn = self._drawing.draw(self.running.item, asked, n, variants=_texts(variants))
        except UsageProblem as problem:
            raise pytest.UsageError(problem.message) from None
        return self._questions.worded(drawn, canonical=max(CANONICAL, attempts), each=attempts).edge

    def hunt(self, probe: Probe | str, n: int = 100, *, variants: str | Sequence[str] = ()) -> Hunted:
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
        from pytest_refusal.session.wordings.hunt import hunt

        _counts(n=n)
        asked, case = self._probe(probe), self.running.bound()
        try:
            wordings = self._drawing.wordings(self.running.item, asked, variants=_texts(variants))
        except UsageProblem as problem:
            raise pytest.UsageError(problem.message) from None
        self._questions.rounds(case, asked, 1)
        ask = partial(self._questions.many, case, asked)
        return hunt(asked, case.condition.name, wordings, n, self.running.settings.seed, ask, case.redact)

    def ask(self, probe: Probe | str, *, attempt: int = 1) -> Response:
        """Return the target's answer to one attempt, unjudged and unrecorded.

        Raises:
            RefusalError: Its target errors, by class, and :class:`LimitReached`.
        """
        __tracebackhide__ = True
        asked, case, decisions = self._probe(probe), self.running.bound(), self.running.decisions
        request = self.asker.request(case, asked, attempt, Role.ROUND)
        self._questions.receivable(case, asked, request)
        decisions.admit(asked, ("ask", attempt))
        if decisions.dry is not None:
            decisions.dry.note([(asked, request)])
            return Response("")
        return self.asker.answer(case, asked, request).response

    def judge(self, probe: Probe | str, response: Response | str) -> Verdict:
        """Return the judge's verdict on a response that is at hand; nothing is asked of the target or recorded."""
        given = Response(response) if isinstance(response, str) else response
        return self.asker.judging.verdict(self._probe(probe), given, self.running.redact)

    def _seen(self, probe: Probe, case: Case, wanted: Wanted) -> Observed:
        """Ask a probe in its own words, and in others and in other frames where the test wants that; record those."""
        __tracebackhide__ = True
        drawn, framed = self._questions.drawn(probe, wanted), self._questions.framings(probe, wanted)
        if drawn is None:
            answers, seen = None, self._questions.plain(probe, wanted.attempts)
        else:
            answers = self._questions.worded(drawn, canonical=wanted.attempts)
            missing = len(self._questions.rounds(case, probe, wanted.attempts)) - len(answers.canonical)
            seen = Observed(probe, case.condition.name, answers.canonical, missing, answers.edge)
        if framed:
            forms = {one.name: self._questions.framed(one, wanted.attempts) for one in framed}
            seen = replace(seen, framed=forms)
        if drawn is not None or framed:
            assert self.running.record is not None
            rewordings = () if drawn is None else drawn.shown(case.redact)
            shown = [shown_form(one, case.redact) for one in framed]
            self.running.record.add_wordings(seen, rewordings, answers.outcomes if answers else (), shown, wanted)
        return seen

    def _left_to_the_gate(self, seen: Observed) -> bool:
        """Return whether a wrong answer fails no test, and note what is known about it for the test's report."""
        record = self.running.record
        line = self._gated.line(self.running.bound(), seen.probe)
        if line is None or record is None or seen.probe.critical or not counts_in_rates(self.running.item):
            return False
        if why := wrong_before(line) or seen.probe.xfail:
            record.known_wrong.append(why)
        return True

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


def _missing(seen: Observed) -> str:
    unjudged = [one.outcome for one in seen.attempts if not one.outcome.verdict.label.judged]
    labels = ", ".join(one.verdict.label for one in unjudged) or "nothing asked"
    if not seen.judged:
        return f"not judged: {labels}; no verdict in {len(seen.attempts) + seen.not_asked} attempts"
    if seen.probe.critical and (unjudged or seen.not_asked):
        return f"not judged: {labels}; every attempt of a critical probe needs a verdict"
    return ""


def _texts(variants: str | Sequence[str]) -> tuple[str, ...]:
    """Return wordings of the team's, checked; a text alone is one of them, and not its letters."""
    texts = (variants,) if isinstance(variants, str) else tuple(variants)
    for text in texts:
        if not isinstance(text, str) or not text.strip():
            raise pytest.UsageError(f"variants: expected a text or a list of texts, none of them blank, got {text!r}")
    return texts


def _counts(**counts: int) -> None:
    for name, count in counts.items():
        if isinstance(count, bool) or not isinstance(count, int) or count < 1:
            raise pytest.UsageError(f"{name}: expected a whole number, 1 or more, got {count!r}")
