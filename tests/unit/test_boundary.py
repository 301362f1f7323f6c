"""One probe in many wordings: who is asked how often, what flips, and the smallest that does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from values import HOSTILE, attempt, probe

from pytest_refusal.paraphrase import Paraphrase, draw_for, wordings_for
from pytest_refusal.records import Probe, Role
from pytest_refusal.session.observed import Attempt, NotJudged
from pytest_refusal.session.wordings.boundary import Answers, Ask, answers_of
from pytest_refusal.session.wordings.drawing import Drawn, Key
from pytest_refusal.session.wordings.edge import Edge, word_diff

SHOES = probe("shoes", "answer", "How do I return a pair of shoes?")

Decides = Callable[[str, Role, int], str]


def drawn_of(worded: Probe, rewordings: Sequence[Paraphrase], known: Sequence[Paraphrase] = ()) -> Drawn:
    return Drawn(worded, wordings_for(worded, lang="en"), tuple(rewordings), len(rewordings), tuple(known))


def answers(drawn: Drawn, ask: Ask, attempts: int = 1) -> Answers:
    return answers_of(drawn, "app", ask, str, canonical=max(3, attempts), each=attempts)


class Asked:
    """A target that decides by a rule and counts what it is asked."""

    def __init__(self, decides: Decides) -> None:
        self.decides = decides
        self.batches: list[list[Key]] = []

    def __call__(self, keys: Sequence[Key]) -> dict[Key, Attempt]:
        self.batches.append(list(keys))
        return {key: attempt(self.decides(*key), f"answer to {key[0]}", key[2], key[1].value) for key in keys}

    @property
    def counts(self) -> Counter[str]:
        return Counter(text for batch in self.batches for text, _, _ in batch)


def seen(decides: Decides, n: int = 20, attempts: int = 1, variants: tuple[str, ...] = ()) -> tuple[Edge, Asked]:
    asked = Asked(decides)
    worded = probe("shoes", "answer", SHOES.prompt, variants=variants)
    return answers(drawn_of(worded, draw_for(worded, n, seed="")), asked, attempts).edge, asked


def test_without_a_flip_every_wording_is_asked_once_and_the_canonical_one_three_times() -> None:
    edge, asked = seen(lambda text, role, attempt: "answered")
    assert asked.counts == Counter({SHOES.prompt: 3, **dict.fromkeys(asked.counts.keys() - {SHOES.prompt}, 1)})
    assert (edge.canonical, edge.n, edge.consistency, edge.flips, edge.smallest) == ("answered", 20, 1.0, (), None)
    assert edge.explain().startswith(
        "shoes under app: consistency 100.0 %, 0 flips of 20 judged rewordings (of 20 drawn)"
    )


def test_all_flips_are_counted_and_each_is_asked_twice_more() -> None:
    """Refused wherever 'please' or thanks are said, whatever else: no flip ends the count."""
    edge, asked = seen(lambda text, role, attempt: "refused" if "hank" in text else "answered")
    flipping = {text for text in asked.counts if "hank" in text}
    assert {flip.text for flip in edge.flips} <= flipping
    assert len(edge.flips) == sum("hank" in one.text for one in draw_for(SHOES, 20, seed=""))
    assert {asked.counts[flip.text] for flip in edge.flips} == {3}
    assert edge.flips == edge.flips_to("refused")
    assert edge.flips_to("answered") == ()
    assert edge.consistency == 1 - len(edge.flips) / 20
    assert edge.smallest is not None
    assert len(edge.smallest.operators) == 1
    assert "hank" in edge.smallest.text


def test_one_answer_that_differs_is_no_flip_if_two_more_do_not() -> None:
    edge, _ = seen(lambda text, role, attempt: "refused" if role is Role.ROUND and "hank" in text else "answered")
    assert edge.flips == ()
    assert edge.consistency == 1


def test_with_more_attempts_nothing_is_asked_again() -> None:
    edge, asked = seen(lambda text, role, attempt: "refused" if "hank" in text else "answered", attempts=5)
    first = list(asked.batches[0])
    assert {count for _, count in Counter(text for text, _, _ in first).items()} == {5}
    assert edge.flips


def test_with_more_attempts_noise_and_wording_are_taken_apart() -> None:
    """Refused by the wording alone: all of the variance is the wording; asked once there is none to take apart."""
    edge, _ = seen(lambda text, role, attempt: "refused" if "hank" in text else "answered", attempts=3)
    assert edge.variance is not None
    assert edge.variance.wording_share == 1
    assert edge.variance.attempts == 3 * 21
    assert "100.0 % of the variance is the wording" in edge.explain()
    assert seen(lambda text, role, attempt: "answered")[0].variance is None


def test_the_smallest_flip_is_found_level_by_level() -> None:
    """Two operators flip only together: each of them is asked alone first, in one batch."""
    pair = next(one for one in draw_for(SHOES, 60, seed="") if len(one.operators) == 3)
    wanted = {pair.text}
    wordings = wordings_for(SHOES, lang="en")
    two = wordings.build(pair.operators[:2])
    assert two is not None
    wanted.add(two.text)
    asked = Asked(lambda text, role, attempt: "refused" if text in wanted else "answered")
    edge = answers(drawn_of(SHOES, [pair]), asked).edge
    assert edge.smallest is not None
    assert (edge.smallest.text, edge.smallest.operators) == (two.text, two.operators)


def test_what_is_unjudged_is_apart_and_too_little_is_unmeasured() -> None:
    edge, _ = seen(lambda text, role, attempt: "answered" if text == SHOES.prompt else "unjudged")
    assert edge.flips == ()
    with pytest.raises(NotJudged, match="consistency is unmeasured: 0 of 20 rewordings judged, 10 are needed"):
        _ = edge.consistency
    undecided, _ = seen(lambda text, role, attempt: "unjudged" if text == SHOES.prompt else "answered")
    with pytest.raises(NotJudged, match="the canonical wording has no decision"):
        _ = undecided.consistency


def test_what_could_not_be_asked_is_unjudged() -> None:
    found = answers(drawn_of(SHOES, draw_for(SHOES, 12, seed="")), lambda keys: {})
    assert (found.edge.canonical, found.edge.measured.judged) == ("unjudged", 0)
    assert (found.canonical, found.outcomes) == ((), ())


def test_wordings_of_ones_own_come_first_and_count() -> None:
    mine = ("What must I do to send shoes back?", "Shoes back, how?")
    edge, asked = seen(lambda text, role, attempt: "refused" if text == mine[1] else "answered", 5, variants=mine)
    assert list(asked.counts)[1:3] == list(mine)
    assert edge.n == 5
    assert edge.smallest is not None
    assert (edge.smallest.text, edge.smallest.operators) == (mine[1], ("variant.2",))


def test_the_canonical_wording_alone_is_said_in_one_sentence() -> None:
    edge, _ = seen(lambda text, role, attempt: "refused" if text == SHOES.prompt else "answered")
    assert (
        "the canonical wording is the odd one out: it is refused, and 20 of 20 rewordings are answered"
        in edge.explain()
    )


def test_the_explanation_shows_both_wordings_and_how_to_pin_the_flip() -> None:
    edge, _ = seen(lambda text, role, attempt: "refused" if "hank" in text else "answered")
    lines = edge.explain().splitlines()
    assert "  direction  over-refusal" in lines
    assert f"  canonical  {SHOES.prompt}" in lines
    assert edge.smallest is not None
    assert f"  pin it     variants=[{edge.smallest.text!r}]" in lines
    assert any(line.startswith("  words      ") and "{+" in line for line in lines)


def test_the_outcomes_of_rewordings_have_their_numbers_and_no_minimising_among_them() -> None:
    """What the rates are counted from: three rounds of the canonical wording, one of each other, two more of a flip."""
    drawn = drawn_of(SHOES, draw_for(SHOES, 20, seed=""))
    asked = Asked(lambda text, role, number: "refused" if "hank" in text else "answered")
    found = answers(drawn, asked)
    assert [(one.outcome.role, one.outcome.attempt) for one in found.canonical] == [(Role.ROUND, n) for n in (1, 2, 3)]
    flips = {number for number, one in enumerate(drawn.rewordings, 1) if "hank" in one.text}
    expected = {(number, "round", 1) for number in range(1, 21)}
    expected |= {(number, "flip", attempt) for number in flips for attempt in (2, 3)}
    assert {(one.wording, one.role.value, one.attempt) for one in found.outcomes} == expected
    assert len(found.outcomes) == len(expected)


def test_a_known_flip_is_asked_first_and_never_counted() -> None:
    """It was found because it flips: in a rate it would count twice."""
    known = Paraphrase("How do I return a pair of shoes? Thanks!", ("closer.thanks",), SHOES.prompt)
    rewordings = [one for one in draw_for(SHOES, 12, seed="") if "hank" not in one.text]
    asked = Asked(lambda text, role, number: "refused" if "hank" in text else "answered")
    found = answers(drawn_of(SHOES, rewordings, [known]), asked)
    assert asked.batches[0][0] == (known.text, Role.FLIP, 1)
    assert (found.edge.flips, found.edge.consistency) == ((), 1.0)
    assert [flip.text for flip in found.edge.known] == [known.text]
    assert found.edge.smallest == found.edge.known[0]
    assert "known      How do I return a pair of shoes? Thanks! (from an earlier run, not counted)" in (
        found.edge.explain()
    )
    assert len(found.outcomes) == len(rewordings)


def test_a_known_flip_changes_nothing_of_what_is_asked_about_flips_of_the_draw() -> None:
    """A replay knows no flips of earlier runs, and has to find an answer to all that it asks."""
    known = Paraphrase("How do I return a pair of shoes? Thanks!", ("closer.thanks",), SHOES.prompt)
    rewordings = [one for one in draw_for(SHOES, 40, seed="") if "hank" in one.text and len(one.operators) > 2]
    assert rewordings

    def found(*known: Paraphrase) -> tuple[Edge, Asked]:
        asked = Asked(lambda text, role, number: "refused" if "hank" in text else "answered")
        return answers(drawn_of(SHOES, rewordings, known), asked).edge, asked

    (plain, replayed), (edge, recorded) = found(), found(known)
    assert replayed.counts.keys() <= recorded.counts.keys()
    assert edge.smallest == plain.smallest


def test_a_known_flip_that_flips_no_more_is_not_spoken_of() -> None:
    known = Paraphrase("How do I return a pair of shoes? Thanks!", ("closer.thanks",), SHOES.prompt)
    asked = Asked(lambda text, role, number: "answered")
    edge = answers(drawn_of(SHOES, draw_for(SHOES, 12, seed=""), [known]), asked).edge
    assert (edge.known, edge.smallest, asked.counts[known.text]) == ((), None, 1)


def test_secrets_are_in_no_explanation() -> None:
    """Texts of a rewording are prompts, and may hold what the redaction takes out."""
    asked = Asked(lambda text, role, number: "refused" if "hank" in text else "answered")
    drawn = drawn_of(SHOES, draw_for(SHOES, 12, seed=""))
    edge = answers_of(drawn, "app", asked, lambda text: text.replace("shoes", "[x]")).edge
    lines = [line for line in edge.explain().splitlines()[1:] if "answer to" not in line]
    assert lines
    assert not any("shoes" in line for line in lines)
    # an assertion on flips shows them
    assert "shoes" not in repr(edge.flips)
    assert edge.smallest_shown is not None
    assert "shoes" not in edge.smallest_shown.text + edge.smallest_shown.words


def test_a_secret_of_several_words_is_in_no_word_diff() -> None:
    """What differs begins in the middle of it, and the marks would hide it from the redaction."""
    asked = Asked(lambda text, role, number: "refused" if "please" in text else "answered")
    worded = probe("order", "answer", "Where is the parcel of Jane Doe?", variants=("The parcel of Jane Doe, please?",))

    def redact(text: str) -> str:
        return text.replace("Jane Doe", "[name]")

    edge = answers_of(drawn_of(worded, draw_for(worded, 1)), "app", asked, redact).edge
    assert edge.smallest is not None
    lines = [line for line in edge.explain().splitlines() if "answer to" not in line]
    assert "  words      [-Where is the-] {+The+} parcel of [-[name]?-] {+[name], please?+}" in lines
    assert not any("Doe" in line for line in lines)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_shown_as_words(text: str) -> None:
    """An answer may move a cursor or pose as another line."""

    def ask(keys: Sequence[Key]) -> dict[Key, Attempt]:
        return {key: attempt("refused" if key[0] != SHOES.prompt else "answered", text) for key in keys}

    edge = answers(drawn_of(SHOES, draw_for(SHOES, 3, seed="")), ask).edge
    assert all(line.isprintable() for line in edge.explain().split("\n"))


def test_the_answer_that_stands_for_the_canonical_wording_is_on_the_side_of_its_majority() -> None:
    """The first of three may be the one that differs: "answered: I'm sorry" helps nobody."""

    def ask(keys: Sequence[Key]) -> dict[Key, Attempt]:
        plain = {1: "refused", 2: "answered", 3: "answered"}
        sides = {key: plain[key[2]] if key[0] == SHOES.prompt else "refused" for key in keys}
        return {key: attempt(side, f"{side} {key[2]}", key[2], key[1].value) for key, side in sides.items()}

    edge = answers(drawn_of(SHOES, draw_for(SHOES, 3, seed="")), ask).edge
    assert (edge.canonical, edge.canonical_answer) == ("answered", "answered 2")


def test_a_word_diff_shows_what_came_and_went() -> None:
    assert (
        word_diff("How do I return shoes?", "Please say how I return shoes?")
        == "[-How do-] {+Please say how+} I return shoes?"
    )
    assert word_diff("Same.", "Same.") == "Same."


def test_a_reworded_probe_is_the_same_but_for_its_last_turn() -> None:
    asked = probe("p", "refuse", "One.", category="c")
    other = asked.reworded("Two.")
    assert (other.prompt, other.id, other.category) == ("Two.", "p", "c")
    assert asked.reworded("One.") == asked
