"""The console program run in this process: what it ends with and what it prints."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_refusal.cli import main

Ends = Callable[..., tuple[int, str, str]]
"""Arguments → exit status, standard output, standard error."""


def console(capsys: pytest.CaptureFixture[str], *before: str, after: tuple[str, ...] = ()) -> Ends:
    """Return what runs ``pytest-refusal``; ``before`` and ``after`` stand round the arguments of each run."""

    def run(*arguments: object) -> tuple[int, str, str]:
        try:
            status = main([*before, *map(str, arguments), *after])
        except SystemExit as caught:
            status = int(caught.code or 0)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run
