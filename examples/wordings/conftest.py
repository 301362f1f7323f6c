"""Whom the tests ask."""

from __future__ import annotations

from pathlib import Path

import library_desk
import pytest

from pytest_refusal import target


@pytest.fixture(scope="session")
def refusal_target() -> object:
    """The desk. ``concurrent`` is the word that several threads may call it, so tests can ask ahead."""
    return target(library_desk.chat, identity=Path(library_desk.__file__), concurrent=True)
