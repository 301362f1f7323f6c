"""A judge that is asked first, and another one where the first is not sure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pytest_refusal.protocols import Judge, JudgeIdentity
from pytest_refusal.records import Label, Probe, Response, Verdict, canonical_json, sha256


class Cascade:
    """``rules|ollama:MODEL``: the model is asked only in the middle band, where the rules' confidence is low.

    Args:
        first: Judges everything.
        second: Judges where ``first`` is less sure than ``band``; if it fails, so does the verdict.
        band: Confidence from which on the first judge's word stands, in [0, 1].
        spared: Told of each answer that the second judge need not see.

    Attributes:
        identity: Both judges', and the band.
        concurrent, asks: The second judge's.
    """

    def __init__(self, first: Judge, second: Judge, band: float, spared: Callable[[], None] = lambda: None) -> None:
        self._first = first
        self._second = second
        self._band = band
        self._spared = spared
        self.concurrent = bool(getattr(second, "concurrent", False))
        self.asks = bool(getattr(second, "asks", False))

    @property
    def identity(self) -> JudgeIdentity:
        one, two = self._first.identity, self._second.identity
        name = f"{one.name}|{two.name}"
        version = f"{one.version} | {two.version}"
        return JudgeIdentity(name, version, sha256(canonical_json([one.sha256, two.sha256, self._band])))

    def __call__(self, probe: Probe, response: Response) -> Verdict:
        """Judge a response.

        Raises:
            RefusalError: The second judge failed.
        """
        verdict = self._first(probe, response)
        if verdict.label is Label.UNCLEAR:
            # nothing was said: there is nothing that another judge could see
            return verdict
        if verdict.confidence >= self._band:
            self._spared()
            return verdict
        second = self._second(probe, response)
        return replace(second, scores={**verdict.scores, **second.scores})
