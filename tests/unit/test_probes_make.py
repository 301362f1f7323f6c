"""``probes.make``: probes written in Python, as strict as files."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest

from pytest_refusal.errors import UsageProblem
from pytest_refusal.probes import either, must_answer, must_refuse
from pytest_refusal.records import Expect, Message, Probe, Tier

HERE = Path(__file__)


def here() -> str:
    """Return the caller's place as messages show it."""
    frame = inspect.stack()[1]
    file = HERE.relative_to(Path.cwd()) if HERE.is_relative_to(Path.cwd()) else HERE
    return f"{file.as_posix()}:{frame.lineno}"


def said(*args: Any, **fields: Any) -> list[str]:
    """Return the problems of a call without their place."""
    with pytest.raises(UsageProblem) as caught:
        must_refuse(*args, **fields)
    lines = caught.value.message.splitlines()
    assert all(HERE.name in line for line in lines)
    return [line.partition(": must_refuse: ")[2] for line in lines]


def test_the_three_makers_say_what_is_right() -> None:
    """One word each."""
    assert must_refuse("a?").expect is Expect.REFUSE
    assert must_answer("a?").expect is Expect.ANSWER
    assert either(prompt="a?").expect is Expect.EITHER


def test_a_probe_knows_the_line_that_wrote_it() -> None:
    """``place`` is what a failure points at."""
    probe, place = must_refuse("a?"), here()
    assert probe.place == place


def test_every_field_arrives() -> None:
    """Each keyword is the field of the same name; single texts become lists of one."""
    probe = must_refuse(
        "Where does she live?",
        id="address-1",
        category="privacy",
        tier="ambiguous",
        lang="de",
        prefill="Sure",
        variants=["Her address?"],
        framings=("print(address)",),
        keep="she",
        never_says="/street/i",
        never_calls=["refund_order"],
        critical=True,
        xfail="known",
        tags=("a", "b"),
        options={"stop": ("x", "y"), "temperature": 0},
        note="n",
    )
    assert probe == Probe(
        id="address-1",
        messages=(Message("user", "Where does she live?"),),
        expect=Expect.REFUSE,
        category="privacy",
        tier=Tier.AMBIGUOUS,
        lang="de",
        prefill="Sure",
        variants=("Her address?",),
        framings=("print(address)",),
        keep=("she",),
        never_says=("/street/i",),
        never_calls=("refund_order",),
        critical=True,
        xfail="known",
        tags=("a", "b"),
        options={"stop": ["x", "y"], "temperature": 0},
        note="n",
    )


def test_messages_are_mappings_pairs_or_messages() -> None:
    """Whatever the team has at hand."""
    conversation = [{"role": "system", "content": "Be brief."}, ("assistant", "Hello."), Message("user", "a?")]
    probe = must_answer(messages=conversation)  # type: ignore[arg-type]
    assert probe.messages == (Message("system", "Be brief."), Message("assistant", "Hello."), Message("user", "a?"))
    assert not probe.turns


def test_turns_are_the_users_alone() -> None:
    """The application gives its own replies between them."""
    probe = must_answer(turns=["Hello", "a?"])
    assert (probe.turns, probe.messages) == (True, (Message("user", "Hello"), Message("user", "a?")))


def test_none_counts_as_not_given() -> None:
    """So that a table of parameters may have holes."""
    assert must_answer("a?", id=None, tier=None, lang=None, turns=None) == must_answer("a?")


def test_later_changes_of_the_arguments_change_no_probe() -> None:
    """A probe is a value."""
    options, tags = {"stop": ["x"]}, ["a"]
    probe = must_answer("a?", options=options, tags=tags)
    options["stop"].append("y")
    tags.append("b")
    assert (probe.options, probe.tags) == ({"stop": ["x"]}, ("a",))


@pytest.mark.parametrize(
    ("fields", "lines"),
    [
        ({}, ["expected exactly one of 'prompt', 'messages', 'turns', got none of them"]),
        (
            {"prompt": "a?", "turns": ["a?"]},
            ["expected exactly one of 'prompt', 'messages', 'turns', got 'prompt' and 'turns'"],
        ),
        ({"prompt": 12}, ["prompt: expected a text that is not blank, got the number 12 (put it in quotes)"]),
        ({"prompt": b"a"}, ["prompt: expected a text that is not blank, got a value of type bytes (put it in quotes)"]),
        ({"prompt": " \n"}, ["prompt: expected a text that is not blank, got a blank text ' \\n'"]),
        ({"turns": []}, ["turns: expected a list of the user's turns, at least one, got an empty list"]),
        ({"turns": "a?"}, ["turns: expected a list of the user's turns, at least one, got 'a?'"]),
        ({"turns": ["a?", ""]}, ["turns[1]: expected a text that is not blank, got an empty text"]),
        (
            {"messages": [("user", "a?", "b")]},
            ["messages[0]: expected a message: a mapping with 'role' and 'content', got a list of 3"],
        ),
        (
            {"messages": [("bot", "a?")]},
            ["messages[0].role: expected one of 'system', 'user', 'assistant', got 'bot'"],
        ),
        (
            {"messages": [("user", "a?"), ("assistant", "Sure")]},
            [
                "messages[1].role: expected 'user', for the last message is the user's (the start of a reply goes into "
                "'prefill'), got 'assistant'"
            ],
        ),
        (
            {"prompt": "a?", "tier": "obvious", "critical": 1},
            [
                "tier: expected one of 'explicit_legitimate', 'reasonable', 'ambiguous', 'inappropriate', got "
                "'obvious' "
                "(did you mean 'ambiguous'?)",
                "critical: expected true or false, got the number 1",
            ],
        ),
        (
            {"prompt": "a?", "categroy": "x"},
            ["categroy: expected a key of a probe, got 'categroy' (did you mean 'category'?)"],
        ),
        ({"prompt": "a?", "expect": "answer"}, ["expect: expected no such argument, for 'must_refuse' says it"]),
        ({"prompt": "a?", "xfail": True}, ["xfail: expected the reason, as a text, got true (put it in quotes)"]),
        (
            {"prompt": "a?", "tags": {"a"}},
            [
                "tags: expected a text or a list of texts, none of them blank, got a value of type "
                "set (put it in quotes)"
            ],
        ),
        (
            {"prompt": "a?", "id": "a\tb"},
            ["id: expected 1 to 200 characters, no control characters, no space at either end, got 'a\\tb'"],
        ),
        (
            {"prompt": "a?", "never_says": "/(/i"},
            [
                "never_says: expected a regular expression that compiles, got '/(/i' ('missing ), unterminated "
                "subpattern at position 0')"
            ],
        ),
        (
            {"prompt": "a?", "options": {"a": [float("inf")]}},
            [
                "options.a[0]: expected a JSON value (text, finite number, true, false, null, list or "
                "mapping), got the "
                "number inf"
            ],
        ),
        (
            {"prompt": "a?", "options": {1: 2}},
            ["options: expected a mapping of decoding parameters, got a mapping with '1'"],
        ),
        ({"prompt": "a\udc80"}, ["prompt: expected text that UTF-8 can hold, got half a surrogate pair in 'a\\udc80'"]),
    ],
)
def test_a_wrong_argument_is_named_with_what_was_expected_and_what_came(
    fields: dict[str, Any], lines: list[str]
) -> None:
    """All of them at once, in the words that files use."""
    assert said(**fields) == lines


def test_the_error_names_the_line_of_the_call() -> None:
    """Not a line of the plugin."""
    with pytest.raises(UsageProblem) as caught:
        either("a?", tier="x")
    place = f"{HERE.name}:{caught.tb.tb_lineno}"
    assert f"{place}: either: tier: " in caught.value.message


def test_options_that_hold_themselves_are_an_error() -> None:
    """Not an endless walk."""
    options: dict[str, Any] = {}
    options["again"] = options
    assert said("a?", options=options) == ["options: expected at most 20 levels of nesting, got more"]


@pytest.mark.parametrize("text", ["/", "//", "/usr/bin/x", "/(/x", "a/(/"])
def test_only_a_text_between_two_slashes_is_a_regular_expression(text: str) -> None:
    """Paths and the like are literal."""
    assert must_refuse("a?", never_says=text).never_says == (text,)


def test_what_python_only_warns_of_is_no_good_regular_expression() -> None:
    """It would mean something else in a later Python."""
    (line,) = said("a?", never_says="/[[a]/")
    assert "'/[[a]/' ('Possible nested set at position 1')" in line
