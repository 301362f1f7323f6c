"""Prompts read: what they ask for, and the forms of it that are certain."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_refusal.paraphrase import Act, parse
from pytest_refusal.paraphrase.passages import sentences_of, without_mark
from pytest_refusal.paraphrase.words import language, lower_first

PROMPTS = [
    line.split("\t")
    for line in Path(__file__).parents[1].joinpath("prompts.txt").read_text("utf-8").splitlines()
    if line.strip()
]

EN = language("en")

CLAUSES = {
    "How do I kill a Python process?": "how to kill a Python process",
    "how do i bake bread?": "how to bake bread",
    "How can I not be late?": "how not to be late",
    "How do I best sharpen a knife?": "how best to sharpen a knife",
    "How do I go about renting a flat?": "how to go about renting a flat",
    "Explain to me how I can reset my password.": "how to reset my password",
    "What is the easiest way to peel garlic?": "the easiest way to peel garlic",
    "What's a good way of saying no?": "a good way of saying no",
    "What are some ways to save water?": "some ways to save water",
    "Why is the sky blue?": "why the sky is blue",
    "Why do leaves change colour in autumn?": "why leaves change colour in autumn",
    "Why did Napoleon lose at Waterloo?": "why Napoleon lost at Waterloo",
    "Why should a dog never eat chocolate?": "why a dog should never eat chocolate",
    "Why can brown rice not fly?": "why brown rice cannot fly",
    "Why is Rome called the eternal city?": "why Rome is called the eternal city",
    "Why are there tides?": "why there are tides",
    "When did World War II end?": "when World War II ended",
    "When was Marie Curie born?": "when Marie Curie was born",
    "Where can I buy yeast?": "where I can buy yeast",
    "Where does Harry Potter live?": "where Harry Potter lives",
    "Who wrote Hamlet?": "who wrote Hamlet",
    "Who is the mayor of London?": "who the mayor of London is",
    "Who is running for mayor?": "who is running for mayor",
    "What happened at Hastings?": "what happened at Hastings",
    "What causes tides?": "what causes tides",
    "What is photosynthesis?": "what photosynthesis is",
    "What does entropy mean?": "what entropy means",
    "What does a black hole look like?": "what a black hole looks like",
    "What is wrong with my dough?": "what is wrong with my dough",
    "What is Bob's date of birth?": "what Bob's date of birth is",
    "What time is it in Tokyo?": "what time it is in Tokyo",
    "How many legs does a spider have?": "how many legs a spider has",
    "How many people live in Paris?": "how many people live in Paris",
    "How much water do camels drink?": "how much water camels drink",
    "How old is the universe?": "how old the universe is",
    "How long does it take to boil an egg?": "how long it takes to boil an egg",
    "How does a microwave work?": "how a microwave works",
    "How did she do that?": "how she did that",
    "Can you tell me why the sea is salty?": "why the sea is salty",
    "I was wondering when the shop opens.": "when the shop opens",
    "Is it safe to eat raw dough?": "whether it is safe to eat raw dough",
    "Do cats dream?": "whether cats dream",
    "Did it rain?": "whether it rained",
    "Can cats eat apples?": "whether cats can eat apples",
    "Is Pluto a planet?": "whether Pluto is a planet",
}

UNSURE = [
    *("What is the dog doing?", "What is the weather like?", "What is the film called?", "What is the ball made of?"),
    *("What is new?", "What is machine learning?", "What is this?", "What's up?", "Who's there?", "How are you?"),
    *("Why is Google search slow?", "Why does Google search fail?", "Why did Romeo and Juliet die?"),
    *("Why is Python programming hard?", "Why do cats not like water?", "Why did he suddenly leave?"),
    *("Why can't I sleep?", "What if it rains?", "What about lunch?", "Which is better, tea or coffee?"),
    *("How do I look?", "How could I have known?", "What is the only way to win?", "What is the way to the station?"),
    *("How do I bake bread and what do I need?", "Can you hear me?", "Would you rather eat cake or pie?"),
    *(
        "HOW DO I BAKE BREAD?",
        "What colour is the sky?",
        "Where do I start?",
        "Are you real?",
        "In which year did it end?",
    ),
]

REQUESTS = {
    "Write a poem about the sea.": "write a poem about the sea",
    "Please summarize the history of tea.": "summarize the history of tea",
    "Could you please suggest a name for my cat?": "suggest a name for my cat",
    "I'd like you to plan a picnic for six people.": "plan a picnic for six people",
    "Recommend a book about whales, please.": "recommend a book about whales",
    "I am hungry. Suggest a quick dinner.": "suggest a quick dinner",
    "Explain in your own words how to make butter.": "explain in your own words how to make butter",
    "Explain how to play chess in simple terms.": "explain how to play chess in simple terms",
    "Explain how to bake bread, and why it rises.": "explain how to bake bread, and why it rises",
    "Tell me what is the time.": "tell me what is the time",
}

NO_REQUESTS = [
    *("Order matters.", "Check engine light is on.", "Plan B is to walk.", "List of countries in Europe"),
    *("Design is hard.", "Please don't shout.", "Name of the king", "Write.", "I can't sleep.", "", " \n ", "。"),
]


@pytest.mark.parametrize(("act", "prompt"), PROMPTS, ids=lambda text: text[:40])
def test_prompts_are_read_as_what_they_do(act: str, prompt: str) -> None:
    """A hundred and thirty mild prompts of all five acts."""
    assert parse(prompt).act == act


@pytest.mark.parametrize(("prompt", "clause"), CLAUSES.items(), ids=CLAUSES)
def test_questions_are_put_indirectly(prompt: str, clause: str) -> None:
    """The subject's end is certain in each of them."""
    assert parse(prompt).forms["ind"] == clause


@pytest.mark.parametrize("prompt", UNSURE)
def test_an_unsure_question_is_taken_as_it_stands(prompt: str) -> None:
    """No clause rather than a wrong one."""
    read = parse(prompt)
    assert read.act is Act.QUESTION
    assert not read.forms.keys() - {"q", "Q"}


@pytest.mark.parametrize(("prompt", "vp"), REQUESTS.items(), ids=REQUESTS)
def test_requests_are_what_is_to_be_done(prompt: str, vp: str) -> None:
    """Also those with a politeness round them, and those that ask for a form of the answer."""
    read = parse(prompt)
    assert (read.act, read.forms["vp"]) == (Act.DO, vp)


@pytest.mark.parametrize("prompt", NO_REQUESTS)
def test_what_only_looks_like_a_request_is_a_statement(prompt: str) -> None:
    """A verb that is a noun, and nothing at all."""
    assert parse(prompt).act is Act.STATEMENT


def test_the_first_request_is_taken_and_the_rest_stays() -> None:
    """Whatever stands round it is kept to the letter."""
    read = parse("My fern looks sad.  How can I revive it? It is in a pot. Can it be saved?")
    assert (read.before, read.sentence) == ("My fern looks sad.  ", "How can I revive it?")
    assert read.after == " It is in a pot. Can it be saved?"


def test_what_a_request_is_about_stands_behind_the_colon() -> None:
    """It is never edited, nor added to."""
    read = parse("Translate this into French: I like cats. Do you?")
    assert (read.sentence, read.after, read.payload) == ("Translate this into French:", " I like cats. Do you?", True)
    read = parse("Summarize this text:\nThe cat sat.")
    assert (read.sentence, read.after, read.payload) == ("Summarize this text:", "\nThe cat sat.", True)


def test_the_kind_of_way_is_kept() -> None:
    """The easiest way is no answer to how, and several ways are not one."""
    assert "vp" not in parse("What is the easiest way to peel garlic?").forms
    assert "way" not in parse("What are some ways to peel garlic?").forms
    assert "inf" not in parse("What is a good way of peeling garlic?").forms


def test_persons_are_not_mixed() -> None:
    """ "one" does not stand before "my", nor "I" before "your" where nobody said "I"."""
    assert "one" not in parse("How do I clean my room?").forms
    assert "vp" not in parse("What is the best way to clean your room?").forms
    assert parse("How do I clean your logo off my screen?").forms["vp"] == "clean your logo off my screen"


def test_other_languages_know_questions_by_their_mark() -> None:
    """And nothing else."""
    assert parse("Wie backe ich Brot?", "de").act is Act.QUESTION
    assert parse("Backe ein Brot.", "de").act is Act.STATEMENT
    assert parse("¿Cómo hago pan?", "es").forms["q"] == "¿cómo hago pan"
    assert parse("パンの作り方は？", "ja").forms["Q"] == "パンの作り方は？"


@given(st.text(max_size=80))
def test_any_text_is_read_and_nothing_of_it_is_lost(text: str) -> None:
    """Parts that are put together again are the prompt."""
    read = parse(text)
    assert read.before + read.sentence + read.after == text


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two? Three!", ["One.", "Two?", "Three!"]),
        ("Ask Dr. Smith at 9 a.m. today. Then go.", ["Ask Dr. Smith at 9 a.m. today.", "Then go."]),
        ("Open main.py now. Go.", ["Open main.py now.", "Go."]),
        ("A line\nanother line\n\nend", ["A line", "another line", "end"]),
        ("", []),
    ],
)
def test_sentences_end_where_that_is_certain(text: str, parts: list[str]) -> None:
    """An abbreviation ends none, a line does."""
    assert [part.text for part in sentences_of(text)] == parts
    assert all(text[part.start : part.end] == part.text for part in sentences_of(text))


def test_an_abbreviation_keeps_its_full_stop() -> None:
    """Other marks go."""
    assert without_mark("Wake me at 9 a.m.") == "Wake me at 9 a.m."
    assert without_mark("Why?!") == "Why"


@pytest.mark.parametrize(
    ("verb", "past", "gerund", "third"),
    [
        ("bake", "baked", "baking", "bakes"),
        ("stop", "stopped", "stopping", "stops"),
        ("die", "died", "dying", "dies"),
        ("carry", "carried", "carrying", "carries"),
        ("run", "ran", "running", "runs"),
        ("quit", "quit", "quitting", "quits"),
        ("see", "saw", "seeing", "sees"),
        ("fix", "fixed", "fixing", "fixes"),
        ("write", "wrote", "writing", "writes"),
        ("visit", "visited", "visiting", "visits"),
        ("draw", "drew", "drawing", "draws"),
        ("go", "went", "going", "goes"),
        ("catch", "caught", "catching", "catches"),
        ("debug", "debugged", "debugging", "debugs"),
        ("agree", "agreed", "agreeing", "agrees"),
        ("play", "played", "playing", "plays"),
    ],
)
def test_verbs_are_inflected(verb: str, past: str, gerund: str, third: str) -> None:
    """By rule, but where the table says otherwise."""
    assert (EN.past(verb), EN.gerund(verb), EN.third(verb)) == (past, gerund, third)


def test_an_unknown_word_is_not_inflected() -> None:
    """It may be no verb at all."""
    assert EN.gerund("suddenly") is EN.past("suddenly") is EN.third("suddenly") is None


def test_only_a_known_word_loses_its_capital() -> None:
    """Another one may be a name."""
    assert lower_first("How are you", EN) == "how are you"
    assert lower_first("I am here", EN) == "I am here"
    assert lower_first("Paris is here", EN) is None
    assert lower_first("WHAT is it", EN) is None
    assert lower_first("", EN) is None
