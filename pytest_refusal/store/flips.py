"""The plain file of known flips: rewordings that changed a decision in an earlier run, to be asked first in the next.

Hypothesis' own database is of no use for it: it stores choices, not texts, and a new row of a table or a new version of
Hypothesis turns them into other texts.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pytest_refusal.errors import AskingEnded, StoreError
from pytest_refusal.escaping import readable_json
from pytest_refusal.records import Probe
from pytest_refusal.store.answers import Store

FLIPS = "flips.jsonl"

MOST = 3
"""Of one probe, the latest: each is a request in every run."""


@dataclass(frozen=True, slots=True)
class KnownFlip:
    """A rewording that flipped once, and what made it."""

    text: str
    operators: tuple[str, ...]


class KnownFlips:
    """Flips of each probe, whatever the target and the system prompt: an edit of those is why they are tried.

    A probe with another id has flips of its own: its answers are stored under its id, and a run that was made once asks
    nothing the second time.

    Args:
        store: Whose folder holds the file.
        warn: Is told what cannot be read or written; neither stops a run.
    """

    def __init__(self, store: Store, warn: Callable[[str], None]) -> None:
        self.path = store.folder / FLIPS
        self._store = store
        self._warn = warn
        self._known: dict[tuple[str, str], dict[str, KnownFlip]] | None = None

    def of(self, probe: Probe) -> tuple[KnownFlip, ...]:
        """Return the probe's known flips, the latest first: at most three."""
        return tuple(reversed(self._read().get((probe.id, probe.messages_sha256), {}).values()))[:MOST]

    def add(self, probe: Probe, flip: KnownFlip) -> None:
        """Write a flip down, unless it is known."""
        known = self._read().setdefault((probe.id, probe.messages_sha256), {})
        if flip.text in known:
            return
        known[flip.text] = flip
        row = {
            "probe": probe.id,
            "prompt_sha256": probe.messages_sha256,
            "text": flip.text,
            "operators": list(flip.operators),
        }
        line = readable_json(json.dumps(row, ensure_ascii=False)).encode("utf-8", "surrogatepass") + b"\n"
        try:
            self._store.append(FLIPS, line)
        except StoreError as error:
            self._warn(f"a flip is not asked first next time: {error.message}")
        except AskingEnded:
            pass

    def _read(self) -> dict[tuple[str, str], dict[str, KnownFlip]]:
        if self._known is not None:
            return self._known
        self._known = {}
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return self._known
        except OSError as error:
            self._warn(f"cannot read {self.path}: {error.strerror or error}; no known flip is asked first")
            return self._known
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            if (row := _row(line)) is None:
                self._warn(
                    f"{self.path}:{number}: not a known flip, left out; expected probe, prompt_sha256, text, operators"
                )
                continue
            flip = KnownFlip(row["text"], tuple(row["operators"]))
            self._known.setdefault((row["probe"], row["prompt_sha256"]), {})[flip.text] = flip
        return self._known


def _row(line: bytes) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict):
        return None
    texts = (row.get("probe"), row.get("prompt_sha256"), row.get("text"))
    operators = row.get("operators")
    if not all(isinstance(one, str) and one for one in texts) or not isinstance(operators, list):
        return None
    return row if all(isinstance(one, str) for one in operators) else None
