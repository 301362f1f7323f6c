"""The gate of a run together with what a reader needs beside its verdict: what was compared, and the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from pytest_refusal.summary.gate import GateResult


@dataclass(frozen=True, slots=True)
class SideBySide:
    """What was answered to a probe that moved, before and now. Both texts have been through the redaction.

    Attributes:
        condition, probe: Name and id.
        prompt: The last user turn.
        before_label, now_label: Words of the labels.
        before: An answer of the baseline, or None where its answers are not at hand.
        now: An answer of this run: a wrong one where there is one.
    """

    condition: str
    probe: str
    prompt: str
    before_label: str
    before: str | None
    now_label: str
    now: str

    def to_json(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass(frozen=True, slots=True)
class GateReport:
    """What the gate says of a run, and of what.

    Attributes:
        result: What it found.
        margin: The drop that PASS excludes, a fraction.
        min_drop: A smaller drop fails nothing, a fraction.
        baselines: Name of a baseline's file, relative to the root → SHA-256 of what it holds.
        remark: For the verdict's first line, such as that the model changed; ``""``: nothing.
        about: What was compared with what, and what was not; sentences fit to be shown.
        relabelled: Where the baseline was judged again by this run's judge: which labels moved, sentences.
        answers: Of probes that moved, the surest first; empty where texts are left out.
        picked: Condition → ids of the probes whose first attempt was wrong or unjudged, and that earned fresh ones.
        again: Whether a second set was asked, for nothing was edited and something failed.
        saved: Where rounds ended early: requests that need not be asked; else None.
        command: How to make this verdict again; ``""`` if it is not known.
        reworded: Whether pinned rewordings were to be asked; False: the user left other words out.
    """

    result: GateResult
    margin: float
    min_drop: float
    baselines: Mapping[str, str] = field(default_factory=dict)
    remark: str = ""
    about: tuple[str, ...] = ()
    relabelled: tuple[str, ...] = ()
    answers: tuple[SideBySide, ...] = ()
    picked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    again: bool = False
    saved: int | None = None
    command: str = ""
    reworded: bool = True
