"""The judge that a command names: its arguments, the judge itself, and how it goes through many answers."""

from __future__ import annotations

import argparse
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_refusal.protocols import Judge

TIMEOUT_S = 120.0
MOST_AT_ONCE = 64
"""Threads that wait for a judge model; how many requests are in flight is found from the server's answers."""


def add_judge_argument(parser: argparse.ArgumentParser) -> None:
    """Declare ``--judge``."""
    parser.add_argument(
        "--judge",
        metavar="JUDGE",
        action="append",
        help="as pytest's --refusal-judge: 'rules', 'ollama:MODEL', 'rules|ollama:MODEL' or 'package.module:name'; "
        "three or more vote (default: rules)",
    )


def add_judge_model_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what a judge model needs: ``--host`` and ``--store``."""
    parser.add_argument(
        "--host", metavar="HOST", action="append", help="of the Ollama server (default: $OLLAMA_HOST, 127.0.0.1:11434)"
    )
    parser.add_argument(
        "--store",
        metavar="DIR",
        type=Path,
        default=Path(".refusal"),
        help="of a judge model's replies: what it said once is not asked again (default: %(default)s)",
    )


def make_judge(texts: Sequence[str], hosts: Sequence[str], store: Path) -> tuple[Judge, dict[str, None]]:
    """Return the judge that ``--judge``, said once or more, names.

    Args:
        texts: As they were said.
        hosts: Of the Ollama servers; none: the client's own default.
        store: Folder of a judge model's replies.

    Returns:
        The judge, and warnings that it may fill while it judges.

    Raises:
        UsageProblem: They name none, a model failed its golden cases, or it did not answer.
    """
    from pytest_refusal.errors import RefusalError, UsageProblem
    from pytest_refusal.judges.models.rubrics import DEFAULT
    from pytest_refusal.session.judge_calls import JudgeCalls
    from pytest_refusal.session.judging import appointed
    from pytest_refusal.settings import Record
    from pytest_refusal.store import Store
    from pytest_refusal.targets.slots import Concurrency

    warnings: dict[str, None] = {}
    kept = Store(store.absolute(), Record.NEW, uuid.uuid4().hex, warnings.setdefault)
    calls = JudgeCalls(kept, Record.NEW, hosts, TIMEOUT_S, Path.cwd(), Concurrency(), warnings.setdefault)
    try:
        return appointed(texts, Path.cwd(), DEFAULT, calls), warnings
    except RefusalError as error:
        raise UsageProblem(error.message) from None


@contextmanager
def going_through(many: bool) -> Iterator[Callable[[Callable[[Any], Any], Sequence[Any]], Iterable[Any]]]:
    """Give what goes through answers and keeps their order: ``map``, or one that does many at once."""
    if not many:
        yield map
        return
    with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
        yield pool.map
