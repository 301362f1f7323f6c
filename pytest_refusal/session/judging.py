"""Which judge judges: ``--refusal-judge``, the hook, or the embedded rules."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_refusal.errors import UsageProblem
from pytest_refusal.judges.named import named_judge
from pytest_refusal.judges.rules import RulesJudge
from pytest_refusal.protocols import Judge
from pytest_refusal.settings import Settings


def find_judge(config: pytest.Config, settings: Settings) -> Judge:
    """Return the judge of the run.

    Raises:
        pytest.UsageError: What is named is no judge, or the hook's has no identity.
    """
    if settings.judge is not None:
        try:
            return named_judge(settings.judge, settings.root)
        except UsageProblem as problem:
            raise pytest.UsageError(problem.message) from None
    hooked: Any = config.hook.pytest_refusal_judge(config=config)
    if hooked is None:
        return RulesJudge()
    if not callable(hooked) or not hasattr(hooked, "identity"):
        raise pytest.UsageError(
            "the hook pytest_refusal_judge has to return a function (probe, response) → Verdict with an attribute "
            f"'identity' (a JudgeIdentity), and returned {hooked!r}"
        )
    judge: Judge = hooked
    return judge
