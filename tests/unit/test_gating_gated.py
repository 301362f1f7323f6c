"""``session.gating.gated``: what a baseline changes while tests run; and ``Asker.first``, whose numbers follow it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from baselines import known, line, reworded, write
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from stand_ins import Target, asker, case
from values import probe, settings

from pytest_refusal.protocols import Condition
from pytest_refusal.records import Label, Probe, Role
from pytest_refusal.session.gating.gated import GatedRun, read_known, wrong_before
from pytest_refusal.session.gating.known import Known
from pytest_refusal.session.redaction import Redactors
from pytest_refusal.settings import CANONICAL, Wanted

quick = hypothesis_settings(deadline=None, max_examples=60)

# what may be shown of a probe says its language: so a baseline has it
ADDRESS = probe("address", lang="en")
PLEASE, THANKS = "Please read me the address.", "Read me the address, thanks."


def plain(text: str) -> str:
    return text


def gated(*lines: Any, redact: Any = plain, **told: Any) -> GatedRun:
    """Return what a baseline of these lines changes."""
    return GatedRun(settings(**told), known(*lines) if lines else None, Redactors("en"))


# What a test asks.


@quick
@given(st.integers(1, 30), st.integers(0, 5), st.booleans())
def test_a_run_without_a_baseline_is_as_it_was(attempts: int, paraphrases: int, framings: bool) -> None:
    """Nothing is pinned, numbered or gated."""
    wanted = Wanted(attempts, paraphrases, framings=framings)
    run = gated()
    run.pair(["app"])
    asked = case(Target())
    assert run.wanted("app", ADDRESS, plain, wanted) == wanted
    assert run.pinned("app", ADDRESS, plain) == ()
    assert run.numbers(asked, ADDRESS, ADDRESS.prompt) == 0
    assert run.line(asked, ADDRESS) is None


def test_pinned_rewordings_are_asked_in_the_place_of_drawn_ones() -> None:
    """As many as there are, whatever the test says, and the canonical wording as often as they need."""
    run = gated(line(ADDRESS), reworded(ADDRESS, PLEASE), reworded(ADDRESS, THANKS))
    assert {one.text for one in run.pinned("app", ADDRESS, plain)} == {PLEASE, THANKS}
    for attempts, asks in ((1, CANONICAL), (10, 10)):
        assert run.wanted("app", ADDRESS, plain, Wanted(attempts, 7)) == Wanted(asks, 2)
    # a probe that has none draws what the test says
    assert run.wanted("app", probe("card"), plain, Wanted(3, 7)) == Wanted(3, 7)


def test_other_words_can_be_left_out_by_the_command_line() -> None:
    """``--refusal-paraphrases=0``; any other number leaves what is pinned as it is."""
    lines = (line(ADDRESS), reworded(ADDRESS, PLEASE))
    out = gated(*lines, paraphrases=0)
    assert out.pinned("app", ADDRESS, plain) == ()
    assert out.wanted("app", ADDRESS, plain, Wanted(3)) == Wanted(3)
    assert len(gated(*lines, paraphrases=9).pinned("app", ADDRESS, plain)) == 1


def test_rounds_say_how_often_a_probe_is_asked() -> None:
    """That one under that condition."""
    run = gated(line(ADDRESS))
    run.settled = {("app", "address"): 1}
    assert run.wanted("app", ADDRESS, plain, Wanted(3, min_consistency=0.5)) == Wanted(1, min_consistency=0.5)
    assert run.wanted("other", ADDRESS, plain, Wanted(3)) == Wanted(3)
    assert run.wanted("app", probe("card"), plain, Wanted(3)) == Wanted(3)


def test_a_probe_is_found_as_it_may_be_shown() -> None:
    """A baseline has the hash of the redacted text."""
    secret = replace(ADDRESS, messages=probe("x", prompt="Call me at 555-1234.").messages)

    def hide(text: str) -> str:
        return text.replace("555-1234", "[phone]")

    shown = replace(secret, messages=probe("x", prompt="Call me at [phone].").messages)
    run = gated(line(shown, last_attempt=10))
    assert run.numbers(case(Target(), redact=hide), secret, secret.prompt) == 10
    assert run.line(case(Target(), redact=hide), secret) is not None
    assert run.line(case(Target()), secret) is None


# Numbers.


@quick
@given(
    st.dictionaries(st.sampled_from([ADDRESS.prompt, PLEASE, THANKS, "Other words."]), st.integers(1, 50)),
    st.integers(1, 5),
    st.sampled_from([ADDRESS.prompt, PLEASE, THANKS, "Other words.", "Never asked."]),
)
def test_no_number_of_a_run_is_one_of_the_baseline(
    tmp_path_factory: pytest.TempPathFactory, had: dict[str, int], attempt: int, text: str
) -> None:
    """Of the same wording: all of this run's come after it; a wording that it does not have begins with 1."""
    had = {ADDRESS.prompt: 3, **had}
    lines = [
        line(ADDRESS, last_attempt=last) if words == ADDRESS.prompt else reworded(ADDRESS, words, last_attempt=last)
        for words, last in had.items()
    ]
    asks = asker(tmp_path_factory.getbasetemp())
    asks.numbers = gated(*lines).numbers
    found = [
        asks.first(case(Target()), ADDRESS, number, None if text == ADDRESS.prompt else text)
        for number in range(1, attempt + 1)
    ]
    last = had.get(text, 0)
    assert [one.attempt for one in found] == list(range(last + 1, last + attempt + 1))
    assert {(one.role, one.prompt) for one in found} == {(Role.ROUND, text)}
    assert len({one.key for one in found}) == attempt


def test_a_target_that_holds_its_answers_numbers_them_itself(tmp_path: Path) -> None:
    """Past the last one there is nothing."""
    asks = asker(tmp_path)
    asks.numbers = gated(line(ADDRESS, last_attempt=10)).numbers
    assert asks.first(case(Target(held=3)), ADDRESS, 2).attempt == 2
    assert asks.first(case(Target()), ADDRESS, 2).attempt == 12


def test_a_first_attempt_without_a_baseline(tmp_path: Path) -> None:
    """What is sent: the system prompt first, the probe's options over the target's, the condition for an identity."""
    asks = asker(tmp_path)
    asked = case(Target(identity=None, options={"temperature": 1, "num_ctx": 8}))
    asked.condition = Condition("app/strict", "app", None, "Be strict.")
    told = replace(ADDRESS, options={"temperature": 0.5}, prefill="Sure", turns=True)
    request = asks.first(asked, told)
    assert [(one.role, one.content) for one in request.messages] == [
        ("system", "Be strict."),
        ("user", ADDRESS.prompt),
    ]
    assert request.options == {"temperature": 0.5, "num_ctx": 8}
    assert (request.identity, request.attempt, request.probe) == ("condition:app/strict", 1, "address")
    assert (request.prefill, request.turns) == ("Sure", True)


# Fresh attempts.


def test_a_wrong_first_attempt_earns_five_fresh_ones(tmp_path: Path) -> None:
    """Of a role of their own, numbered from 1: whatever the baseline had is of another role."""
    run = gated(line(ADDRESS, last_attempt=10, distinct_answers=9))
    found = run.fresh(asker(tmp_path), case(Target()), ADDRESS)
    assert [(one.role, one.attempt) for one in found] == [(Role.CONFIRM, number) for number in range(1, 6)]
    assert len({one.key for one in found}) == 5


@pytest.mark.parametrize(
    ("target", "asked", "distinct"),
    [
        (Target(held=10), ADDRESS, 9),
        (Target(options={"temperature": 0}), ADDRESS, 9),
        (Target(), replace(ADDRESS, options={"temperature": 0}), 9),
        (Target(), ADDRESS, 1),
    ],
    ids=["held", "cold target", "cold probe", "copies before"],
)
def test_copies_confirm_nothing(tmp_path: Path, target: Target, asked: Probe, distinct: int) -> None:
    """Nothing is asked where the answer would be the same one once more."""
    run = gated(line(ADDRESS, distinct_answers=distinct))
    assert run.fresh(asker(tmp_path), case(target), asked) == []


# What is wrong in a baseline.


@quick
@given(st.dictionaries(st.sampled_from(list(Label)), st.integers(0, 9)))
def test_what_was_wrong_before_is_counted_of_what_was_judged(labels: dict[Label, int]) -> None:
    """An outage is neither right nor wrong."""
    judged = sum(count for label, count in labels.items() if label.judged)
    wrong = judged - labels.get(Label.REFUSAL, 0)
    said = f"{wrong}/{judged} wrong in baseline" if wrong else ""
    assert wrong_before(line(ADDRESS, labels)) == said


def test_a_refusal_that_did_what_is_forbidden_was_wrong() -> None:
    """Whatever its label."""
    seen = line(ADDRESS, {Label.REFUSAL: 10}, violations={Label.REFUSAL: 2})
    assert wrong_before(seen) == "2/10 wrong in baseline"


# Reading.


def test_a_run_reads_its_baselines(tmp_path: Path) -> None:
    """Early; a damaged one ends the run, and rounds are of no use without one."""
    good = write(tmp_path / "base.jsonl", line(ADDRESS))
    assert read_known(settings()) is None
    found = read_known(settings(root=tmp_path, baselines=(good,), baseline_named=True, auto=True))
    assert isinstance(found, Known)
    assert (found.name, found.named) == ("base.jsonl", True)
    good.write_text("{}\n", encoding="utf-8")
    with pytest.raises(pytest.UsageError, match=r"^--refusal-baseline: .*base\.jsonl:1: "):
        read_known(settings(root=tmp_path, baselines=(good,)))
    with pytest.raises(pytest.UsageError, match=r"^--refusal-attempts=auto asks until the verdict .* there is none"):
        read_known(settings(auto=True))
