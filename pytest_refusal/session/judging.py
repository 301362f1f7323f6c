"""Which judge judges: ``--refusal-judge``, the hook, or the embedded rules."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_refusal.errors import UsageProblem
from pytest_refusal.protocols import Judge
from pytest_refusal.settings import Settings


def is_embedded(config: pytest.Config, settings: Settings) -> bool:
    """Return whether the embedded rules judge: what cannot be wrong need not be loaded before the first answer."""
    if settings.judge is not None:
        return settings.judge == "rules"
    return not config.hook.pytest_refusal_judge.get_hookimpls()


def find_judge(config: pytest.Config, settings: Settings) -> Judge:
    """Return the judge of the run: acts before words.

    Raises:
        pytest.UsageError: What is named is no judge, or the hook's has no identity.
    """
    from pytest_refusal.judges.acts import ActsFirst

    return ActsFirst(_named_or_hooked(config, settings), settings.handoff_tools)


def _named_or_hooked(config: pytest.Config, settings: Settings) -> Judge:
    if settings.judge is not None:
        from pytest_refusal.judges.named import named_judge

        try:
            return named_judge(settings.judge, settings.root)
        except UsageProblem as problem:
            raise pytest.UsageError(problem.message) from None
    hooked: Any = config.hook.pytest_refusal_judge(config=config)
    if hooked is None:
        from pytest_refusal.judges.rules import RulesJudge

        return RulesJudge()
    if not callable(hooked) or not hasattr(hooked, "identity"):
        raise pytest.UsageError(
            "the hook pytest_refusal_judge has to return a function (probe, response) → Verdict with an attribute "
            f"'identity' (a JudgeIdentity), and returned {hooked!r}"
        )
    judge: Judge = hooked
    return judge
