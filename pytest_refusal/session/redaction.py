"""The redaction in force for an item: what is always taken out, then every hook that the item can see."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import cast

import pytest

from pytest_refusal.protocols import Redactor
from pytest_refusal.records import Message, Probe
from pytest_refusal.redact import redact_json, redactor


class Redactors:
    """Hands out one redactor per set of hook implementations.

    Args:
        lang: Language code of probes that name none.
    """

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._made: dict[tuple[int, ...], Redactor] = {}
        self._shown: dict[tuple[str, Redactor], tuple[Probe, Probe]] = {}

    def of(self, item: pytest.Item) -> Redactor:
        """Return the redactor of an item: the ``conftest.py`` files above it take part, nearest first."""
        implementations = list(reversed(item.ihook.pytest_refusal_redact.get_hookimpls()))
        key = tuple(id(one) for one in implementations)
        if key not in self._made:
            hooks = [cast("Callable[[str], str]", one.function) for one in implementations if one.argnames]
            self._made[key] = redactor(os.environ, hooks)
        return self._made[key]

    def probe(self, probe: Probe, redact: Redactor) -> Probe:
        """Return the probe as it may be written: its texts redacted, its id as it is, its language said."""
        known = self._shown.get((probe.id, redact))
        if known is None or known[0] is not probe:
            known = self._shown[probe.id, redact] = (probe, self._redacted(probe, redact))
        return known[1]

    def _redacted(self, probe: Probe, redact: Redactor) -> Probe:
        messages = tuple(Message(one.role, redact(one.content)) for one in probe.messages)
        return replace(
            probe,
            lang=probe.lang or self.lang,
            # of two that are alike one is kept: a suite may hold ten thousand
            messages=probe.messages if messages == probe.messages else messages,
            prefill=redact(probe.prefill),
            variants=tuple(map(redact, probe.variants)),
            framings=tuple(map(redact, probe.framings)),
            never_says=tuple(map(redact, probe.never_says)),
            note=redact(probe.note),
            xfail=redact(probe.xfail),
            options=redact_json(dict(probe.options), redact),
        )
