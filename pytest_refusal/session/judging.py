"""The judge of a run: who it is, whether it is fit to judge, and its verdict on an answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pytest_refusal.errors import RefusalError, UsageProblem
from pytest_refusal.protocols import Judge, Redactor
from pytest_refusal.records import Label, Probe, Response, Verdict, canonical_json, sha256
from pytest_refusal.session.judge_calls import JudgeCalls
from pytest_refusal.settings import Settings

SITTING_AT_ONCE = 8
"""Golden cases that are sent at the same time; the places at the server may be fewer."""


def is_embedded(config: pytest.Config, settings: Settings) -> bool:
    """Return whether the embedded rules judge: what cannot be wrong need not be loaded before the first answer."""
    if settings.judges:
        return settings.judges == ("rules",)
    return not config.hook.pytest_refusal_judge.get_hookimpls()


def find_judge(config: pytest.Config, settings: Settings, calls: JudgeCalls, *, preflight: bool = True) -> Judge:
    """Return the judge of the run: acts before words.

    Args:
        config: Whose hooks may name a judge.
        settings: Of the run.
        calls: Asks judge models.
        preflight: Let each judge model answer its golden cases first.

    Raises:
        pytest.UsageError: What is named is no judge, the hook's has no identity, or a judge model failed its golden
            cases or did not answer.
    """
    from pytest_refusal.judges.acts import ActsFirst

    return ActsFirst(_named_or_hooked(config, settings, calls, preflight), settings.handoff_tools)


def _named_or_hooked(config: pytest.Config, settings: Settings, calls: JudgeCalls, preflight: bool) -> Judge:
    hooked: Any = None if settings.judges else config.hook.pytest_refusal_judge(config=config)
    if hooked is None:
        try:
            return appointed(settings.judges, settings.root, settings.rubrics, calls, preflight=preflight)
        except RefusalError as problem:
            raise pytest.UsageError(problem.message) from None
    if not callable(hooked) or not hasattr(hooked, "identity"):
        raise pytest.UsageError(
            "the hook pytest_refusal_judge has to return a function (probe, response) → Verdict with an attribute "
            f"'identity' (a JudgeIdentity), and returned {hooked!r}"
        )
    judge: Judge = hooked
    return judge


def appointed(
    texts: Sequence[str], root: Path, rubrics: tuple[str, ...], calls: JudgeCalls, *, preflight: bool = True
) -> Judge:
    """Return the judge that the texts name, once each model among them has passed its golden cases.

    Args:
        texts: As ``--refusal-judge`` takes them; none: the rules.
        root: Modules are looked for in the current folder, then here.
        rubrics: What a judge model is asked.
        calls: Asks judge models.
        preflight: Let each model answer its golden cases first.

    Raises:
        UsageProblem: A text names no judge.
        Unfit: A model failed; the message has the table.
        RefusalError: A model did not answer.
    """
    if tuple(texts) in ((), ("rules",)):
        from pytest_refusal.judges.rules import RulesJudge

        return RulesJudge()
    from pytest_refusal.judges.appoint import Appointer
    from pytest_refusal.judges.models.preflight import FLOOR, Unfit, failed, golden_cases, sit, table

    made = Appointer(root, calls.of, rubrics, calls.spared).appoint(texts)
    for model in made.models if preflight else ():
        try:
            results = sit(model, _at_once)
        except UsageProblem:
            raise
        except RefusalError as error:
            raise type(error)(f"judge {model.name} could not be asked, so nothing is judged: {error.message}") from None
        if failed(results):
            from pytest_refusal.reports.terminal import table as laid_out

            right = sum(one.right for one in results)
            shown = "\n".join(line.text for line in laid_out(table(results)))
            raise Unfit(
                f"judge {model.name} is not fit to judge: {right} of {len(golden_cases())} golden cases came out "
                f"right, at least {FLOOR} have to. Nothing was judged.\n{shown}\n"
                "Name a larger model, or let the rules judge: --refusal-judge=rules"
            )
    return made.judge


def _at_once(function: Callable[[Any], Any], cases: Sequence[Any]) -> Iterable[Any]:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(SITTING_AT_ONCE) as pool:
        return list(pool.map(function, cases))


class Judging:
    """Verdicts on answers. Threads may share it.

    Args:
        find: Gives the judge; asked for it when the first answer is there.
        calls: Asks judge models.
    """

    def __init__(self, find: Callable[[], Judge], calls: JudgeCalls) -> None:
        self._find = find
        self._calls = calls
        self._judge: Judge | None = None
        self._guard = threading.RLock()

    @contextmanager
    def loads(self) -> Iterator[None]:
        """Load the judge on this thread at the end of the block; threads that begin in it wait for it to be loaded.

        Its modules are imported through pytest's assertion rewriting, and two threads that make a syntax tree at the
        same time may break each other before Python 3.11.8 ("AST constructor recursion depth mismatch",
        python/cpython#106905): so no thread but the test's imports anything of ours.
        """
        with self._guard:
            yield
            _ = self.judge

    @property
    def judge(self) -> Judge:
        """The judge of the run."""
        if self._judge is None:
            # its tables are read once, whichever thread comes first
            with self._guard:
                self._judge = self._judge or self._find()
        return self._judge

    @property
    def ahead(self) -> bool:
        """Whether the judge may be called on any thread, ahead of the test."""
        return bool(getattr(self.judge, "concurrent", False))

    @property
    def asks(self) -> bool:
        """Whether the judge asks a server, and so claims its replies in the store."""
        return bool(getattr(self.judge, "asks", False))

    def verdict(self, probe: Probe, response: Response, redact: Redactor) -> Verdict:
        """Return the judge's verdict; a judge that failed gives an ``error``, never an exception."""
        judge = self.judge
        try:
            with self._calls.redacting(redact):
                return judge(probe, response)
        except RefusalError as error:
            return Verdict(Label.ERROR, 0.0, reason=f"the judge failed: {error.message}")
        except Exception as error:
            return Verdict(Label.ERROR, 0.0, reason=f"the judge raised {type(error).__name__}: {error}")

    def spent(self) -> dict[str, int]:
        """Return what judging cost since the last call, by the names of ``Usage``."""
        return self._calls.drain()

    def to_keep(self, probe: Probe, verdict: Verdict) -> dict[str, Any]:
        """Return the row of a verdict that stands with an answer, with what it holds for."""
        return {**verdict.to_json(), "for": self._holds_for(probe)}

    def kept(self, probe: Probe, row: Mapping[str, Any] | None) -> Verdict | None:
        """Return the verdict of such a row, or None if it holds for something else."""
        if row is None or row.get("for") != self._holds_for(probe):
            return None
        try:
            return Verdict.from_json({name: content for name, content in row.items() if name != "for"})
        except (KeyError, TypeError, ValueError):
            # somebody edited the store: the text is judged again
            return None

    def _holds_for(self, probe: Probe) -> str:
        """Return what a kept verdict depends on besides the text: who judged, and what the probe forbids."""
        asked = [probe.expect.value, probe.never_says, probe.never_calls]
        return sha256(canonical_json([self.judge.identity.sha256, asked]))
