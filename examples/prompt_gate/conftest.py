"""Whom the tests ask: the scripted bot, or a model instead with --refusal-target=ollama:MODEL."""

from __future__ import annotations

from pathlib import Path

import pytest
import shop_bot

from pytest_refusal import target


@pytest.fixture(scope="session")
def refusal_target() -> object:
    """The application. With an identity a baseline knows whether the bot itself was edited too."""
    return target(shop_bot.chat, identity=Path(shop_bot.__file__))
