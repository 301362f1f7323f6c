"""A file of answers as a target: what is found in it, and what is wrong with it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_refusal.errors import AnswerNotHeld, UsageProblem
from pytest_refusal.records import Message, Request, Response, ToolCall
from pytest_refusal.targets.replay import ReplayTarget


def asks(*messages: Message | str, **fields: Any) -> Request:
    rows = tuple(Message("user", m) if isinstance(m, str) else m for m in messages)
    return Request("replay", rows, "p", **fields)


def written(folder: Path, *rows: object) -> ReplayTarget:
    path = folder / "answers.jsonl"
    path.write_text(
        "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows) + "\n", encoding="utf-8"
    )
    return ReplayTarget(path)


def problems(folder: Path, *rows: object) -> str:
    with pytest.raises(UsageProblem) as caught:
        written(folder, *rows)
    return str(caught.value)


def test_the_kth_row_of_a_prompt_answers_attempt_k(tmp_path: Path) -> None:
    """Rows of other prompts between them do not count."""
    target = written(
        tmp_path,
        {"prompt": "a", "response": "a1"},
        {"prompt": "b", "response": "b1"},
        {"prompt": "a", "response": "a2", "id": "x", "source": "elsewhere"},
    )
    assert [target.ask(asks("a", attempt=k)).text for k in (1, 2)] == ["a1", "a2"]
    assert target.ask(asks("b")).text == "b1"
    assert [target.holds(asks(prompt)) for prompt in "abc"] == [2, 1, None]


def test_a_conversation_is_found_by_its_messages_without_the_system_prompt(tmp_path: Path) -> None:
    """``prompt`` is a conversation of one user turn."""
    turns = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}]
    target = written(
        tmp_path,
        {"messages": [{"role": "system", "content": "s"}, *turns], "response": "long"},
        {"messages": turns[:1], "response": "short"},
    )
    messages = [Message(turn["role"], turn["content"]) for turn in turns]
    assert target.ask(asks(*messages)).text == "long"
    assert target.ask(asks("a")).text == "short"
    assert target.holds(asks("c")) is None


def test_a_response_may_be_an_object(tmp_path: Path) -> None:
    """Tool calls in two spellings, a refusal flag, thinking, the reason of the end."""
    target = written(
        tmp_path,
        {
            "prompt": "a",
            "response": {
                "text": "x",
                "thinking": "t",
                "finish_reason": "stop",
                "tool_calls": [
                    {"name": "one", "arguments": {"b": 1, "a": 2}},
                    {"type": "function", "function": {"name": "two", "arguments": '{"b": 1, "a": 2}'}},
                    {"name": "three", "arguments": "no json"},
                    {"name": "four"},
                ],
            },
        },
        {"prompt": "a", "response": {"text": None, "refused": True}},
        {"prompt": "a", "response": {"text": "", "refused": "content_filter", "other": 1}},
    )
    answers = [target.ask(asks("a", attempt=k)) for k in (1, 2, 3)]
    arguments = '{"a":2,"b":1}'
    calls = (ToolCall("one", arguments), ToolCall("two", arguments), ToolCall("three", "no json"), ToolCall("four"))
    assert answers == [
        Response("x", thinking="t", finish_reason="stop", tool_calls=calls),
        Response("", refused="refused"),
        Response("", refused="content_filter"),
    ]


def test_a_prompt_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With the file and an example; escapes are written out."""
    target = written(tmp_path, {"prompt": "a", "response": "x"})
    with pytest.raises(AnswerNotHeld) as caught:
        target.ask(asks("b\x1b[31m" + "z" * 500))
    message = str(caught.value)
    assert str(tmp_path / "answers.jsonl") in message
    assert "b\\x1b[31m" in message
    assert message.isprintable()
    assert '"response"' in message
    assert len(message) < 600


def test_an_attempt_too_many_is_named(tmp_path: Path) -> None:
    """With the number of rows and the option."""
    target = written(tmp_path, {"prompt": "a", "response": "x"})
    with pytest.raises(AnswerNotHeld, match=r"holds 1 answer to 'a', and attempt 2 .*--refusal-attempts=1"):
        target.ask(asks("a", attempt=2))


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (asks(Message("system", "s"), "a"), "a system prompt.*--refusal-system-prompt"),
        (asks("a", prefill="Sure"), "a prefill"),
        (asks("a", options={"temperature": 0}), "options"),
    ],
)
def test_what_answers_that_are_already_there_cannot_be_given(tmp_path: Path, request_: Request, words: str) -> None:
    """Said, never left out."""
    target = written(tmp_path, {"prompt": "a", "response": "x"})
    assert target.lacks(asks("a")) == ""
    assert re.search(words, target.lacks(request_))


def test_a_file_is_known_by_its_text(tmp_path: Path) -> None:
    """Not by its name, folder or line ends; nothing is stored of it a second time."""
    row = '{"prompt": "a", "response": "x"}'
    files = {"a.jsonl": f"{row}\n{row}\n", "b.jsonl": f"{row}\r\n{row}\r\n", "c.jsonl": f"{row}\n"}
    for name, text in files.items():
        (tmp_path / name).write_bytes(text.encode())
    (tmp_path / "d.jsonl").write_bytes(b"\xef\xbb\xbf" + files["a.jsonl"].encode())
    one, two, three, four = (ReplayTarget(tmp_path / f"{name}.jsonl") for name in "abcd")
    assert one.identity == two.identity == four.identity != three.identity
    assert (one.name, one.stored, one.on_test_thread) == ("replay:a.jsonl", False, False)


def test_all_that_is_wrong_is_said_at_once_with_file_and_line(tmp_path: Path) -> None:
    """Blank lines count as lines."""
    message = problems(
        tmp_path,
        {"prompt": "a", "response": "x"},
        "",
        "{no json",
        "[1]",
        {"response": "x"},
        {"prompt": "a"},
        {"prompt": 7, "response": "x"},
        {"prompt": "a", "messages": [], "response": "x"},
        {"messages": "a", "response": "x"},
        {"messages": [{"role": "user"}], "response": "x"},
        {"messages": [{"role": "system", "content": "s"}], "response": "x"},
        {"prompt": "a", "response": 7},
        {"prompt": "a", "response": {}},
        {"prompt": "a", "response": {"text": 7}},
        {"prompt": "a", "response": {"text": "x", "tool_calls": {"a": 1}}},
        {"prompt": "a", "response": {"text": "x", "tool_calls": [{}]}},
        {"prompt": "a", "response": {"text": "x", "refused": [1]}},
    )
    lines = message.splitlines()
    assert lines[0].startswith("15 rows of a replay file cannot be used. A row is such as {")
    path = tmp_path / "answers.jsonl"
    said = [
        "not JSON",
        "a row is a JSON object, not a list",
        "it has no 'prompt'",
        "it has no 'response'",
        "'prompt' is a text, not a number",
        "it has both 'prompt' and 'messages'",
        "'messages' is a list of",
        "'messages' is a list of",
        "'messages' holds no turn of the user's",
        "'response' is a text or an object with 'text', not a number",
        "'response' has no 'text'",
        "its 'text' is a text, not a number",
        "'tool_calls' of its response is a list, not an object",
        "a tool call of its response is",
        "'refused' of its response is true, false or a text, not a list",
    ]
    for number, (line, words) in enumerate(zip(lines[1:], said, strict=True), start=3):
        assert line.startswith(f"{path}:{number}: {words}")


def test_the_first_twenty_errors_are_said(tmp_path: Path) -> None:
    """And how many more there are."""
    lines = problems(tmp_path, *["{"] * 30).splitlines()
    assert len(lines) == 22
    assert lines[-1] == "… and 10 more"


@pytest.mark.parametrize("content", [b"", b"\n \n"])
def test_a_file_without_answers_is_no_target(tmp_path: Path, content: bytes) -> None:
    """The message shows a row."""
    (tmp_path / "a.jsonl").write_bytes(content)
    with pytest.raises(UsageProblem, match=r"holds no answers\. A row is such as"):
        ReplayTarget(tmp_path / "a.jsonl")


def test_a_file_that_cannot_be_read_is_named_with_its_whole_path(tmp_path: Path) -> None:
    """Missing, or no UTF-8 (with the line)."""
    with pytest.raises(UsageProblem, match="cannot be read"):
        ReplayTarget(tmp_path / "nowhere.jsonl")
    (tmp_path / "a.jsonl").write_bytes(b'{"prompt": "a", "response": "x"}\n"\xff"\n')
    with pytest.raises(UsageProblem, match=r"a\.jsonl:2: it is no UTF-8 text"):
        ReplayTarget(tmp_path / "a.jsonl")


def test_line_separators_inside_a_text_end_no_row(tmp_path: Path) -> None:
    """U+2028, U+0085 and form feeds may stand in a JSON text as they are."""
    text = "a\u2028b\u0085c"
    target = written(tmp_path, json.dumps({"prompt": text, "response": text}, ensure_ascii=False))
    assert target.ask(asks(text)).text == text


@given(st.lists(st.tuples(st.sampled_from("abc"), st.text()), min_size=1, max_size=20))
def test_every_answer_is_found_again(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]) -> None:
    """As many as there are, each under its prompt and number."""
    target = written(tmp_path_factory.mktemp("r"), *({"prompt": prompt, "response": text} for prompt, text in rows))
    for prompt in "abc":
        mine = [text for one, text in rows if one == prompt]
        assert target.holds(asks(prompt)) == (len(mine) or None)
        assert [target.ask(asks(prompt, attempt=k)).text for k in range(1, len(mine) + 1)] == mine
