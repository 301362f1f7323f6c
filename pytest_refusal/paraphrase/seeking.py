"""Seeking: Hypothesis looks for rewordings with a high grade, one text after another, each learned from those before.

It is no draw: what it finds is biased on purpose, so no share of it is a rate.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue

from pytest_refusal.paraphrase.draws import strategy_of
from pytest_refusal.paraphrase.values import Paraphrase
from pytest_refusal.paraphrase.wordings import Wordings
from pytest_refusal.records import sha256

Grade = Callable[[Paraphrase], float | None]
"""How near a rewording is to what is sought: the higher the nearer; None: nothing was learned of it."""

_ROUNDS = 8
"""Searches, at most: one of n examples draws some texts twice, and the next one uses what is left."""


class _Enough(BaseException):
    """Ends a search: no Exception, for that would be a failure which Hypothesis reproduces."""


def seek(wordings: Wordings, n: int, grade: Grade, *, seed: str | int = "", name: str = "") -> None:
    """Grade up to ``n`` distinct rewordings, going where the grades are high.

    About half of them are drawn; from the best of these Hypothesis climbs by small changes (``hypothesis.target``).

    Args:
        wordings: What can be made of a prompt, the team's variants too.
        n: How many are graded at most, 1 or more; fewer where no more can be made.
        grade: Called once for a text, on the thread of the caller, whatever runs there (a test with ``@given`` of the
            user's own, too). What it raises ends the search and is raised.
        seed: Of the run. The search is the same for the same seed, name, grades and version of Hypothesis.
        name: Of what is sought for, a probe's id.
    """
    found: SimpleQueue[Paraphrase | None] = SimpleQueue()
    graded: SimpleQueue[float | _Enough | None] = SimpleQueue()

    def ask(one: Paraphrase) -> float | None:
        found.put(one)
        answer = graded.get()
        if isinstance(answer, _Enough):
            raise answer
        return answer

    # Hypothesis forbids one search inside another in one thread, and the target may have to be asked on the caller's:
    # so the search has a thread of its own, and its questions come back here
    with ThreadPoolExecutor(1) as pool:
        search = pool.submit(_search, wordings, n, ask, f"{seed}\0{name}\0{wordings.prompt}")
        search.add_done_callback(lambda _: found.put(None))
        try:
            while (one := found.get()) is not None:
                graded.put(grade(one))
        finally:
            graded.put(_Enough())
        search.result()


def _search(wordings: Wordings, n: int, ask: Grade, seed: str) -> None:
    grades: dict[str, float | None] = {}

    def one(paraphrase: Paraphrase) -> None:
        if paraphrase.text not in grades:
            if len(grades) >= n:
                raise _Enough
            grades[paraphrase.text] = ask(paraphrase)
        if (grade := grades[paraphrase.text]) is not None:
            target(grade)

    from hypothesis import HealthCheck, Phase, Verbosity, given, settings, target
    from hypothesis import seed as seeded
    from hypothesis.errors import Unsatisfiable

    for number in range(_ROUNDS):
        known = len(grades)
        test = settings(
            max_examples=n,
            phases=[Phase.generate, Phase.target],
            database=None,
            derandomize=False,
            deadline=None,
            verbosity=Verbosity.quiet,
            suppress_health_check=list(HealthCheck),
            backend="hypothesis",
        )(given(strategy_of(wordings))(one))
        # a prompt of which nothing can be made is no failure
        with suppress(_Enough, Unsatisfiable):
            seeded(int(sha256(f"{seed}\0{number}"), 16))(test)()
        if len(grades) in (known, n):
            return
