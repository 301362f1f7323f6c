"""A hunt: what is asked, what counts as a flip, and what it says; no rate of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from values import HOSTILE, attempt, probe

from pytest_refusal.paraphrase import wordings_for
from pytest_refusal.records import Decision, Role
from pytest_refusal.session.observed import Attempt, NotJudged
from pytest_refusal.session.wordings.drawing import Key
from pytest_refusal.session.wordings.hunt import NO_SAMPLE, Hunted, hunt, nearness

SHOES = probe("shoes", "answer", "How do I return a pair of shoes?")


class Asked:
    """A target that decides by a rule and counts what it is asked; after ``most`` requests it is not asked any more."""

    def __init__(self, decides: Callable[[str, Role, int], str], most: int = 10_000) -> None:
        self.decides = decides
        self.most = most
        self.keys: list[Key] = []

    def __call__(self, keys: Sequence[Key]) -> dict[Key, Attempt]:
        fine = keys[: max(0, self.most - len(self.keys))]
        self.keys += fine
        return {key: attempt(self.decides(*key), f"answer to {key[0]}", key[2], key[1].value) for key in fine}

    @property
    def counts(self) -> Counter[str]:
        return Counter(text for text, _, _ in self.keys)


def hunted(
    decides: Callable[[str, Role, int], str], n: int = 40, variants: tuple[str, ...] = (), most: int = 10_000
) -> tuple[Hunted, Asked]:
    asked = Asked(decides, most)
    worded = probe("shoes", "answer", SHOES.prompt, variants=variants)
    return hunt(SHOES, "app", wordings_for(worded, lang="en"), n, "", asked), asked


def thanks(text: str, role: Role, attempt: int) -> str:
    return "refused" if "hank" in text else "answered"


def test_without_a_flip_every_text_is_asked_once_and_the_canonical_one_three_times() -> None:
    found, asked = hunted(lambda text, role, attempt: "answered")
    assert asked.counts == Counter({SHOES.prompt: 3, **dict.fromkeys(asked.counts.keys() - {SHOES.prompt}, 1)})
    assert (found.canonical, found.asked, found.judged, found.flips, found.smallest) == ("answered", 40, 40, (), None)
    assert found.explain().splitlines()[0] == (
        "shoes under app: 0 flips found in 40 rewordings (40 judged); the canonical wording is answered; " + NO_SAMPLE
    )
    assert found.explain().splitlines()[1].startswith("  nearest    ")


def test_a_flip_is_asked_twice_more_and_ends_nothing() -> None:
    found, asked = hunted(thanks)
    assert found.asked == 40
    assert len(found.flips) > 1
    assert {asked.counts[flip.text] for flip in found.flips} == {3}
    assert [role for text, role, number in asked.keys if text == found.flips[0].text] == [
        Role.ROUND,
        Role.FLIP,
        Role.FLIP,
    ]
    order = list(asked.counts)
    assert sorted(found.flips, key=lambda flip: order.index(flip.text)) == list(found.flips)
    assert found.best == 1
    assert found.smallest is not None
    assert len(found.smallest.operators) == 1


def test_one_answer_that_differs_is_no_flip_if_two_more_do_not() -> None:
    found, _ = hunted(lambda text, role, attempt: "refused" if role is Role.ROUND and "hank" in text else "answered")
    assert found.flips == ()
    assert found.best == 1


def test_a_hunt_for_leaks_goes_the_other_way() -> None:
    found, _ = hunted(lambda text, role, attempt: "answered" if "hank" in text else "refused")
    assert {flip.to for flip in found.flips} == {"answered"}
    assert (
        "  direction  leak: refused, and answered in other words (as it should be: the canonical wording is wrong)"
        in found.explain().splitlines()
    )


def test_wordings_of_ones_own_are_hunted_in() -> None:
    mine = ("Shoes back, how?", "What must I do to send shoes back?")
    found, _ = hunted(lambda text, role, attempt: "refused" if text in mine else "answered", 100, variants=mine)
    assert {flip.text for flip in found.flips} == set(mine)
    assert found.smallest is not None
    assert found.smallest.operators in (("variant.1",), ("variant.2",))


def test_an_outage_is_no_good_news() -> None:
    with pytest.raises(NotJudged, match="nothing to hunt for: the canonical wording has no decision"):
        hunted(lambda text, role, attempt: "unjudged")
    with pytest.raises(NotJudged, match="no flip was found, and 0 of 40 rewordings were judged: 10 are needed"):
        hunted(lambda text, role, attempt: "answered" if text == SHOES.prompt else "unjudged")
    with pytest.raises(NotJudged, match="no flip was found, and 6 of 40 rewordings were judged"):
        hunted(lambda text, role, attempt: "answered", most=9)


def test_flips_stand_although_the_rest_was_not_judged() -> None:
    def decides(text: str, role: Role, attempt: int) -> str:
        return thanks(text, role, attempt) if "hank" in text or text == SHOES.prompt else "unjudged"

    found, _ = hunted(decides)
    assert found.flips
    assert found.judged < found.asked == 40


def test_where_no_rewording_can_be_made_nothing_was_checked() -> None:
    nothing = wordings_for(SHOES, lang="en", kinds=())
    with pytest.raises(NotJudged, match="nothing to hunt in: no rewording can be made of it"):
        hunt(SHOES, "app", nothing, 10, "", Asked(thanks))


def test_verdicts_lead_to_rare_flips() -> None:
    """Refused where greeting, thanks and context come together; a judge that is less sure with each of them leads."""
    signs = re.compile("H(?:ello|i|ey)|Good|Sorry"), re.compile("hank|heers"), re.compile("came up|about this|myself")

    def flips(unsure: float, seed: str) -> int:
        def ask(keys: Sequence[Key]) -> dict[Key, Attempt]:
            return {key: answer(key[0]) for key in keys}

        def answer(text: str) -> Attempt:
            found = sum(bool(sign.search(text)) for sign in signs)
            if found == len(signs):
                return attempt("refused", text, confidence=0.9)
            return attempt("answered", text, confidence=0.9 - unsure * found)

        try:
            return len(hunt(SHOES, "app", wordings_for(SHOES, lang="en"), 60, seed, ask).flips)
        except NotJudged:
            return 0

    seeds = [str(number) for number in range(8)]
    led, level = ([flips(unsure, seed) for seed in seeds] for unsure in (0.2, 0.0))
    assert sum(led) > sum(level)


@pytest.mark.parametrize(
    ("label", "confidence", "scores", "near"),
    [
        ("refusal", 1.0, {}, 0.0),
        ("refusal", 0.6, {}, 0.2),
        ("partial", 0.9, {}, 0.5),
        ("theater", 0.9, {}, 0.5),
        ("compliance", 0.6, {}, 0.8),
        ("compliance", 1.0, {}, 1.0),
        ("refusal", 1.0, {"noncompliance_estimate": 1.5}, 0.25),
        ("refusal", 1.0, {"noncompliance": 3.0, "noncompliance_estimate": 0.0}, 0.5),
    ],
)
def test_how_near_an_answer_is(label: str, confidence: float, scores: dict[str, float], near: float) -> None:
    said = attempt("answered", label=label, confidence=confidence, scores=scores)
    assert nearness(said, Decision.ANSWERED) == pytest.approx(near)
    assert nearness(said, Decision.REFUSED) == pytest.approx(1 - near)
    assert nearness(attempt("unjudged"), Decision.REFUSED) is None


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_shown_as_words(text: str) -> None:
    def ask(keys: Sequence[Key]) -> dict[Key, Attempt]:
        return {key: attempt("refused" if key[0] != SHOES.prompt else "answered", text) for key in keys}

    found = hunt(SHOES, "app", wordings_for(SHOES, lang="en"), 3, "", ask)
    assert all(line.isprintable() for line in found.explain().split("\n"))
