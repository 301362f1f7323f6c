"""A judge from a text: ``rules``, or ``package.module:name``, a function (probe, response) → label or verdict."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from pytest_refusal.errors import JudgeError, UsageProblem
from pytest_refusal.escaping import printable
from pytest_refusal.imports import find, is_name
from pytest_refusal.protocols import Judge, JudgeIdentity
from pytest_refusal.records import Label, Probe, Response, Verdict, sha256

FORMS = (
    "'rules' (embedded, offline), 'ollama:MODEL' (a model behind Ollama), 'rules|ollama:MODEL' (the model where the "
    "rules are not sure), or 'package.module:name' (a function (probe, response) → label of yours)"
)


def named_judge(text: str, root: Path) -> Judge:
    """Return the judge that a text names.

    Args:
        text: ``rules``, or ``package.module:name``.
        root: Modules are looked for in the current folder, then here.

    Raises:
        UsageProblem: The text names no judge.
    """
    if text == "rules":
        from pytest_refusal.judges.rules import RulesJudge

        return RulesJudge()
    if not is_name(text):
        hint = " Did you mean 'rules'?" if difflib.get_close_matches(text, ["rules"]) else ""
        raise UsageProblem(f"no judge is called {printable(text, 200)!r}.{hint} Say {FORMS}.")
    called = f"judge {text!r}"
    found = find(text, called, list(dict.fromkeys([Path.cwd(), root])), FORMS)
    if isinstance(found, type) or not callable(found):
        raise UsageProblem(f"{called} is no function (probe, response) → label, but {type(found).__name__}")
    return CallableJudge(cast("Callable[[Probe, Response], Any]", found), text)


class CallableJudge:
    """A function of the team's as a judge: it returns a label, as a word or enum, or a ``Verdict``.

    Its identity is what it states as an attribute ``identity`` (a text or a ``JudgeIdentity``), else its name alone:
    then nobody can know that two results were judged alike.
    """

    def __init__(self, function: Callable[[Probe, Response], Any], name: str) -> None:
        self.function = function
        self.concurrent = bool(getattr(function, "concurrent", False))
        stated = getattr(function, "identity", None)
        if isinstance(stated, JudgeIdentity):
            self.identity = stated
        else:
            self.identity = JudgeIdentity(name, "" if stated is None else "stated", sha256(f"{name}\0{stated}"))

    def __call__(self, probe: Probe, response: Response) -> Verdict:
        """Return the function's verdict.

        Raises:
            JudgeError: It returned neither a label nor a verdict.
        """
        said = self.function(probe, response)
        verdict = said if isinstance(said, Verdict) else Verdict(said)
        try:
            label = Label(getattr(verdict.label, "value", verdict.label))
        except ValueError:
            words = ", ".join(Label)
            raise JudgeError(
                f"{self.identity.name} returned {printable(repr(said), 100)}: no label ({words}) and no Verdict"
            ) from None
        if not 0 <= verdict.confidence <= 1:
            raise JudgeError(f"{self.identity.name} returned a confidence of {verdict.confidence!r}, outside of [0, 1]")
        for name, score in verdict.scores.items():
            if not math.isfinite(score):
                raise JudgeError(
                    f"{self.identity.name} returned {score!r} as score {printable(name, 100)!r}: no number"
                )
        return replace(verdict, label=label, judge=verdict.judge or self.identity.name)
