"""What is kept of a draw for the next run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from values import attempt, probe, settings

from pytest_refusal.paraphrase import Paraphrase, wordings_for
from pytest_refusal.session.observed import Attempt
from pytest_refusal.session.wordings.boundary import answers_of
from pytest_refusal.session.wordings.drawing import Drawing, Drawn, Key
from pytest_refusal.session.wordings.edge import Edge
from pytest_refusal.settings import Record
from pytest_refusal.store import Store
from pytest_refusal.store.flips import KnownFlips

SHOES = probe("shoes", "answer", "How do I return a pair of shoes?")


def edge_with(flip: Paraphrase) -> Edge:
    """Return what is seen where this wording alone is refused."""

    def ask(keys: Sequence[Key]) -> dict[Key, Attempt]:
        return {key: attempt("refused" if key[0] == flip.text else "answered", number=key[2]) for key in keys}

    drawn = Drawn(SHOES, wordings_for(SHOES, lang="en"), (), 1, (flip,))
    return answers_of(drawn, "app", ask, str).edge


def drawing(folder: Path, mode: Record, warned: list[str]) -> Drawing:
    flips = KnownFlips(Store(folder, mode, "run", warned.append), warned.append)
    return Drawing(settings(record=mode), flips)


def test_a_known_flip_that_nobody_made_of_operators_is_kept_like_any_other(tmp_path: Path) -> None:
    """The file is text, and a person may have written a line of it."""
    warned: list[str] = []
    drawing(tmp_path, Record.NEW, warned).remember(edge_with(Paraphrase("Shoes, back, how?", (), SHOES.prompt)))
    assert "Shoes, back, how?" in (tmp_path / "flips.jsonl").read_text(encoding="utf-8")
    assert warned == []


@pytest.mark.parametrize("mode", Record)
def test_a_flip_is_written_down_unless_nothing_is_recorded(tmp_path: Path, mode: Record) -> None:
    """Mode none promises a folder that stays as it is: it may be read-only, or checked in."""
    warned: list[str] = []
    flip = Paraphrase("How do I return a pair of shoes? Thanks!", ("closer.thanks",), SHOES.prompt)
    drawing(tmp_path / "store", mode, warned).remember(edge_with(flip))
    assert (tmp_path / "store").exists() is (mode is not Record.NONE)
    assert warned == []
