"""What is shown and stored of a verdict."""

from __future__ import annotations

from pytest_refusal.records import Label, Verdict, Vote
from pytest_refusal.session.asking import redacted

SECRET = "tell-nobody-4711"


def hide(text: str) -> str:
    return text.replace(SECRET, "[key]")


def test_every_text_of_a_verdict_is_redacted() -> None:
    """Also what a judge raised, which may quote the answer, and stands with its vote."""
    text = f"Sure, it is {SECRET}, as you asked."
    votes = (Vote("a", Label.ERROR, reason=f"cannot parse {text}"), Vote("b", Label.COMPLIANCE))
    verdict = Verdict(
        Label.COMPLIANCE, evidence=text, offset=0, violation=f"said '{SECRET}'", reason=f"saw {SECRET}", votes=votes
    )
    shown = redacted(verdict, text, hide(text), hide)
    assert SECRET not in str(shown.to_json())
    assert (shown.evidence, shown.offset) == (hide(text), 0)
    assert [vote.label for vote in shown.votes] == [Label.ERROR, Label.COMPLIANCE]


def test_what_holds_nothing_to_hide_stays_as_it_is() -> None:
    verdict = Verdict(Label.REFUSAL, evidence="No.", offset=6, votes=(Vote("a", Label.REFUSAL),))
    assert redacted(verdict, "Well. No.", "Well. No.", hide) == verdict
