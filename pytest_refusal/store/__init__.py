"""Answers on disk: asked once, replayed only for the same thing that gave them, kept as text that one can review.

``Store`` loads when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_refusal.settings import Record

if TYPE_CHECKING:
    from pytest_refusal.store.answers import Change as Change
    from pytest_refusal.store.answers import Slot as Slot
    from pytest_refusal.store.answers import Store as Store
    from pytest_refusal.store.answers import Stored as Stored

__all__ = ["Change", "Record", "Slot", "Store", "Stored"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pytest_refusal.store import answers

    return getattr(answers, name)
