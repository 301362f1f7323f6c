"""What users call while their modules are imported: a mistake is shown by pytest as a message, without a traceback."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

from pytest_refusal import probes
from pytest_refusal.collection.files import UsageCollectError
from pytest_refusal.errors import UsageProblem
from pytest_refusal.records import Probe
from pytest_refusal.targets import application

P = ParamSpec("P")
T = TypeVar("T")


def _shown_by_pytest(make: Callable[P, T]) -> Callable[P, T]:
    @functools.wraps(make)
    def maker(*arguments: P.args, **fields: P.kwargs) -> T:
        __tracebackhide__ = True
        try:
            return make(*arguments, **fields)
        except UsageProblem as problem:
            raise UsageCollectError(problem.message) from None

    return maker


must_refuse = _shown_by_pytest(probes.must_refuse)
must_answer = _shown_by_pytest(probes.must_answer)
either = _shown_by_pytest(probes.either)
target = _shown_by_pytest(application.target)


def load_probes(*patterns: str | Path, lang: str = "") -> list[Probe]:
    """Return the probes of files or globs, for ``parametrize`` or a fixture's ``params``.

    Args:
        patterns: Paths or globs of YAML, JSON, JSONL or TOML files, relative to the folder of the calling file.
        lang: Language code of probes that name none; default: ini ``refusal_lang``.

    Returns:
        The probes in the order of the files and their rows; each id once.

    Raises:
        pytest.UsageError: A file is wrong (all its mistakes at once, with file, line and key), a glob matches nothing,
            or one id has two contents.
    """
    caller = Path(sys._getframe(1).f_code.co_filename)
    folder = caller.parent if caller.is_file() else Path.cwd()
    try:
        return list(probes.load(map(str, patterns), folder, lang=lang))
    except UsageProblem as problem:
        raise UsageCollectError(problem.message) from None
