"""Draws: distinct rewordings of a prompt, the same in every process, through Hypothesis' public names alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING, TypeVar

from pytest_refusal.paraphrase.values import KINDS_ON, Operator, Paraphrase
from pytest_refusal.paraphrase.wordings import Wordings, wordings_for, wordings_of
from pytest_refusal.records import Probe, sha256

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

_Row = TypeVar("_Row")

MOST_OPERATORS = 4
"""Operators of one drawn rewording, at most."""

_CHOICES = 90
"""Rows of one choice: among 100 or more Hypothesis mixes constants out of whatever modules are imported."""

_TRIES = (3, 10)
"""Draws for every text that is wanted, at most: where the first number is not enough, the second one is tried.

A tenth of the draws that Hypothesis is allowed goes to its smallest examples: with ten for each text two thirds of the
texts have one operator, with three half of them. Small spaces end by themselves before that.
"""


def draw(prompt: str, n: int, seed: str | int) -> list[Paraphrase]:
    """Draw rewordings of an English prompt.

    Args:
        prompt: The canonical wording.
        n: How many are wanted, 0 or more.
        seed: Draws are the same for the same prompt, seed, operators and version of Hypothesis, in every process.

    Returns:
        At most ``n`` rewordings with distinct texts, none of them the prompt's; fewer where no more can be made. They
        are no simple random sample of all rewordings: a share of them is a share "over these n texts".

    Raises:
        ValueError: ``n`` is negative.
    """
    return _drawn(wordings_of(prompt), n, seed)


def draw_for(
    probe: Probe,
    n: int,
    *,
    seed: str | int = "",
    kinds: Iterable[str] = KINDS_ON,
    lang: str = "en",
    operators: Iterable[Operator] = (),
    pinned: Sequence[Paraphrase] = (),
) -> list[Paraphrase]:
    """Return the rewordings of a probe's last user turn: the team's ``variants`` first, then drawn ones.

    Args:
        probe: Its ``variants`` are wordings of kind ``variant`` and count towards ``n``; its ``keep`` words stay as
            they are in drawn ones.
        n: How many are wanted, 0 or more.
        seed: Of the run (ini ``refusal_seed``); the probe's id is mixed in.
        kinds: Names of the kinds to use.
        lang: The language of probes that name none (ini ``refusal_lang``).
        operators: More operators, from ``load_operators`` or ``operators_from``.
        pinned: Texts of an earlier draw, as a baseline holds them. They come back as they are and nothing is drawn.

    Returns:
        At most ``n`` distinct rewordings; all pinned ones, if there are any.

    Raises:
        ValueError: ``n`` is negative.
        UsageProblem: A kind does not exist, or an operator's name is taken.
    """
    if pinned:
        return list(pinned)
    wordings = wordings_for(probe, lang=lang, kinds=kinds, operators=operators)
    return draw_from(wordings, n, seed=seed, name=probe.id)


def draw_from(wordings: Wordings, n: int, *, seed: str | int = "", name: str = "") -> list[Paraphrase]:
    """Draw from wordings that are at hand, such as those of ``wordings_for``: the team's variants first.

    Args:
        wordings: What can be made of a prompt.
        n: How many are wanted, 0 or more.
        seed: Of the run.
        name: Of what they are drawn for, a probe's id; mixed into the seed.

    Returns:
        At most ``n`` distinct rewordings.

    Raises:
        ValueError: ``n`` is negative.
    """
    return _drawn(wordings, n, f"{seed}\0{name}")


def paraphrases_of(
    prompt: str | Probe,
    *,
    lang: str = "en",
    kinds: Iterable[str] = KINDS_ON,
    keep: Iterable[str] = (),
    variants: Iterable[str] = (),
    operators: Iterable[Operator] = (),
) -> SearchStrategy[Paraphrase]:
    """Return a Hypothesis strategy of rewordings, for tests of your own with ``@given``.

    It composes with other strategies (``st.sampled_from(prompts).flatmap(paraphrases_of)``, ``.map``, ``st.data()``)
    and shrinks towards fewer operators. For a rate over many rewordings use ``draw`` or ``paraphrases=``: ``@given``
    stops at the first failure.

    Args:
        prompt: A prompt, or a probe, whose last user turn, ``lang``, ``keep`` and ``variants`` are taken.
        lang: The prompt's language (of a probe: where it names none).
        kinds: Names of the kinds to use.
        keep: Words or phrases that stay as they are.
        variants: Your own wordings.
        operators: More operators, from ``load_operators`` or ``operators_from``.

    Returns:
        A strategy of ``Paraphrase``: ``.text``, ``.operators``, ``.canonical``; an empty one (``st.nothing()``) where
        nothing can be made of the prompt.

    Raises:
        UsageProblem: A kind does not exist, or an operator's name is taken.
    """
    if isinstance(prompt, Probe):
        wordings = wordings_for(prompt, lang=lang, kinds=kinds, keep=keep, variants=variants, operators=operators)
    else:
        wordings = wordings_of(prompt, lang=lang, kinds=kinds, keep=keep, variants=variants, operators=operators)
    return strategy_of(wordings)


def strategy_of(wordings: Wordings) -> SearchStrategy[Paraphrase]:
    """Return the strategy of all rewordings that can be made of a prompt, the team's variants among them."""
    return _strategy(wordings, wordings.variants)


def _strategy(wordings: Wordings, variants: Sequence[Paraphrase]) -> SearchStrategy[Paraphrase]:
    from hypothesis import strategies as st

    ways: list[SearchStrategy[Paraphrase]] = [st.sampled_from(rows) for rows in _pieces(variants)]
    if wordings.operators:
        one = st.one_of([st.sampled_from(rows) for rows in _pieces(wordings.operators)])
        slots = len({operator.slot for operator in wordings.operators})
        several = st.lists(
            one, min_size=1, max_size=min(MOST_OPERATORS, slots), unique_by=lambda operator: operator.slot
        )
        ways.append(several.map(wordings.compose).filter(bool).map(_made))
    return st.one_of(ways)


def _made(found: Paraphrase | None) -> Paraphrase:
    assert found is not None
    return found


def _pieces(rows: Sequence[_Row]) -> list[Sequence[_Row]]:
    # of one size, for every piece is as likely as every other
    size = -(-len(rows) // max(1, -(-len(rows) // _CHOICES)))
    return [rows[start : start + size] for start in range(0, len(rows), max(1, size))]


def _drawn(wordings: Wordings, n: int, seed: str | int) -> list[Paraphrase]:
    if n < 0:
        raise ValueError(f"n: expected 0 or more, got {n}")
    seen = {variant.text: variant for variant in wordings.variants[:n]}
    if len(seen) >= n or not wordings.operators:
        return list(seen.values())

    from hypothesis import HealthCheck, Phase, Verbosity, currently_in_test_context, find, settings
    from hypothesis.errors import NoSuchExample, Unsatisfiable

    def enough(found: Paraphrase) -> bool:
        seen.setdefault(found.text, found)
        return len(seen) >= n

    def search() -> None:
        random = Random(int(sha256(f"{seed}\0{wordings.prompt}"), 16))
        for tries in _TRIES:
            with suppress(NoSuchExample, Unsatisfiable):
                find(
                    _strategy(wordings, ()),
                    enough,
                    random=random,
                    settings=settings(
                        max_examples=tries * n,
                        phases=[Phase.generate],
                        database=None,
                        derandomize=False,
                        deadline=None,
                        verbosity=Verbosity.quiet,
                        suppress_health_check=list(HealthCheck),
                        backend="hypothesis",
                    ),
                )
                return

    if currently_in_test_context():
        # in a test of the user's own: Hypothesis forbids one search inside another, in one thread
        with ThreadPoolExecutor(1) as pool:
            pool.submit(search).result()
    else:
        search()
    return list(seen.values())
