"""The hooks that a ``conftest.py`` or another plugin may implement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_refusal.protocols import Judge, Target


@pytest.hookspec(firstresult=True)
def pytest_refusal_target(config: pytest.Config) -> Target | None:
    """Return the application under test, or ``None`` to leave it to another plugin.

    Called for every test that has probes and neither ``--refusal-target`` nor a ``refusal_target`` fixture, in every
    process that runs tests; the ``conftest.py`` nearest to the test answers first. Make clients outside of it.

    Example::

        def pytest_refusal_target(config):
            return lambda request: Response(my_app.chat(request.prompt))
    """


@pytest.hookspec(firstresult=True)
def pytest_refusal_judge(config: pytest.Config) -> Judge | None:
    """Return the judge of this run, or ``None`` to leave it to ``--refusal-judge``, which goes first.

    Called once in every process that runs tests. A judge is a function (probe, response) → ``Verdict`` with an
    attribute ``identity``, a ``JudgeIdentity``, by which results of different judges are kept apart. It is called on
    the test's thread; one that asks a server may say ``concurrent = True`` and is then called on any thread, ahead of
    the test.

    Example::

        def pytest_refusal_judge(config):
            return MyJudge()
    """


def pytest_refusal_transforms(config: pytest.Config) -> Sequence[Mapping[str, Any]]:  # type: ignore[empty-body]
    """Return operators for paraphrases, beside the shipped ones: small changes that leave alone what is asked for.

    Called once in every process that runs tests, before the first paraphrase is drawn; every implementation is called.
    A row has the keys of the tables in ``pytest_refusal/paraphrase/tables``: ``name``, ``slot``, ``lang``, and
    ``template``, ``find`` with ``replace``, or ``edit``; if wanted ``kind``, ``acts``, ``guard``, ``unless``.
    ``load_operators`` reads such rows from a TOML file. A new operator changes what is drawn.

    Example::

        def pytest_refusal_transforms(config):
            return [{"name": "shop.thanks", "slot": "closer", "lang": "en", "template": "{T} Thanks, shop team!"}]
    """


def pytest_refusal_redact(text: str) -> str:  # type: ignore[empty-body]
    """Return ``text`` without what must not be written anywhere, such as customers' data.

    Called after judging, for every prompt, answer and sentence of evidence, before it reaches the store, a report or
    the terminal, on any thread. Every implementation is called, each with what the one before it returned; keys,
    tokens and credentials in URLs are taken out always.

    Example::

        def pytest_refusal_redact(text):
            return re.sub(r"\\b\\d{16}\\b", "[card]", text)
    """


def pytest_refusal_report(report: dict[str, Any], config: pytest.Config) -> None:
    """Look at the finished report, once at the end of the run, in the process that the terminal belongs to.

    ``report`` is what ``--refusal-report=FILE.json`` would write (its schema: ``pytest-refusal schema report``).

    Example::

        def pytest_refusal_report(report, config):
            upload(report["summary"])
    """
