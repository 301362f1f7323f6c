"""Refusal regression testing of LLM applications, as ordinary pytest tests.

Names load when they are first used: pytest imports this module in every run, with probes or without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_refusal.collection.public import either as either
    from pytest_refusal.collection.public import load_probes as load_probes
    from pytest_refusal.collection.public import must_answer as must_answer
    from pytest_refusal.collection.public import must_refuse as must_refuse
    from pytest_refusal.collection.public import target as target
    from pytest_refusal.paraphrase import Paraphrase as Paraphrase
    from pytest_refusal.paraphrase import paraphrases_of as paraphrases_of
    from pytest_refusal.protocols import Judge as Judge
    from pytest_refusal.protocols import JudgeIdentity as JudgeIdentity
    from pytest_refusal.protocols import Target as Target
    from pytest_refusal.records import Expect as Expect
    from pytest_refusal.records import Kind as Kind
    from pytest_refusal.records import Label as Label
    from pytest_refusal.records import Message as Message
    from pytest_refusal.records import Probe as Probe
    from pytest_refusal.records import Request as Request
    from pytest_refusal.records import Response as Response
    from pytest_refusal.records import ToolCall as ToolCall
    from pytest_refusal.records import Verdict as Verdict
    from pytest_refusal.session.observed import NotJudged as NotJudged
    from pytest_refusal.session.observed import Observed as Observed
    from pytest_refusal.session.observed import RefusalFailure as RefusalFailure
    from pytest_refusal.session.runner import Runner as Runner

__version__ = "0.1.0"

_HOMES = {
    "pytest_refusal.collection.public": ("either", "load_probes", "must_answer", "must_refuse", "target"),
    "pytest_refusal.paraphrase": ("Paraphrase", "paraphrases_of"),
    "pytest_refusal.protocols": ("Judge", "JudgeIdentity", "Target"),
    "pytest_refusal.records": (
        "Expect",
        "Kind",
        "Label",
        "Message",
        "Probe",
        "Request",
        "Response",
        "ToolCall",
        "Verdict",
    ),
    "pytest_refusal.session.observed": ("NotJudged", "Observed", "RefusalFailure"),
    "pytest_refusal.session.runner": ("Runner",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(["__version__", *_HOME_OF])


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
