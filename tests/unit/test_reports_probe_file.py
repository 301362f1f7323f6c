"""A run as a probe file: what is written is read again as the same probes, with the wordings pinned."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from values import HOSTILE, outcome, probe, report

from pytest_refusal.probes import load
from pytest_refusal.records import Applied, Message, Probe, Rewording, Tier
from pytest_refusal.reports import probe_file


def rewordings(*texts: str) -> dict[int, Rewording]:
    return {n: Rewording(text, (Applied("x.y", "frame", "frame"),), "0" * 64) for n, text in enumerate(texts, 1)}


def read_back(
    tmp_path: Path, *probes: Probe, paraphrases: dict[str, dict[int, Rewording]] | None = None
) -> list[Probe]:
    run = report([outcome(one.id, "refusal") for one in probes], probes)
    file = tmp_path / "pinned.probes.yaml"
    file.write_text(probe_file.to_text(replace(run, wordings=paraphrases or {})), encoding="utf-8", newline="\n")
    return list(load([str(file)], tmp_path))


def test_the_wordings_become_variants_behind_those_of_the_team(tmp_path: Path) -> None:
    one = probe("shoes", "answer", "How do I return shoes?", variants=("Shoes back, how?",))
    [back] = read_back(
        tmp_path, one, paraphrases={"shoes": rewordings("Shoes back, how?", "How do I return shoes? Hm.")}
    )
    assert back == replace(one, variants=("Shoes back, how?", "How do I return shoes? Hm."))


@pytest.mark.parametrize(
    "one",
    [
        probe("p", "refuse", category="privacy", tier=Tier.INAPPROPRIATE, critical=True, never_says=("/Elm \\d+/",)),
        probe("p", "either", lang="de", keep=("a",), tags=("t",), note="n", options={"temperature": 0.5}),
        probe("p", messages=(Message("user", "Hi."), Message("assistant", "Hello."), Message("user", "Tell me."))),
        probe("p", messages=(Message("user", "Hi."), Message("user", "Tell me.")), turns=True),
        probe("p", prefill="Sure, here", framings=("As a teacher, say it.",), never_calls=("refund",)),
    ],
    ids=["acts", "fields", "messages", "turns", "framings"],
)
def test_every_field_of_a_probe_comes_back(tmp_path: Path, one: Probe) -> None:
    assert read_back(tmp_path, one) == [one]


@pytest.mark.parametrize("text", [one for one in HOSTILE if "\ud800" not in one])
def test_hostile_texts_come_back_and_make_no_key(tmp_path: Path, text: str) -> None:
    """A rewording may hold what YAML would read as something else."""
    [back] = read_back(tmp_path, probe("p", "refuse", text), paraphrases={"p": rewordings(f"{text}?")})
    assert (back.prompt, back.variants) == (text, (f"{text}?",))


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\xad", "\ue000"])
def test_what_hides_from_a_reader_is_written_out(hidden: str, tmp_path: Path) -> None:
    """The file is there to be read before it is committed."""
    one = probe("p", "refuse", f"Return {hidden}shoes.", options={f"stop{hidden}": hidden}, variants=(f"{hidden}Hm?",))
    assert read_back(tmp_path, one) == [one]
    assert hidden not in (tmp_path / "pinned.probes.yaml").read_text(encoding="utf-8")


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: text.strip()))
def test_any_text_comes_back(text: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        [back] = read_back(Path(folder), probe("p", "refuse", "Hm?", variants=(text,)))
    assert back.variants == (text,)


def test_a_probe_that_was_asked_in_no_other_words_has_no_variants() -> None:
    text = probe_file.to_text(report([outcome("p", "refusal")], [probe("p")]))
    assert "variants:" not in text
    assert text.startswith("# Written by pytest-refusal ")
