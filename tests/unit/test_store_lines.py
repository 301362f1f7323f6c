"""One answer ⇄ one line: nothing a model says can break a line, and no damaged line passes for an answer."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_refusal.records import Message, Request, Response, Role, ToolCall
from pytest_refusal.store.lines import Damaged, Line, decode, encode, key_of

REQUEST = Request("ollama:tiny", (Message("user", "How do I return a pair of shoes?"),), "shoes")
HOSTILE = 'a\u2028b\u2029c\x85d\x00e\x1b[31mf\r\ng\ud800h\udc00i\u202ej\ufeffk\U000e0041l"m\\n😀'
any_text = st.text(st.characters(exclude_categories=()) | st.sampled_from(HOSTILE))


def joined(text: str) -> str:
    """Return the text with the halves of a surrogate pair as the one character they mean: all that JSON can carry."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def written(response: Response, request: Request = REQUEST, **more: object) -> bytes:
    return encode(request, response, "run 1", None, str) if not more else encode(request, response, "run 1", more, str)


def changed(**fields: object) -> bytes:
    """Return a line with some fields replaced; None takes a field out."""
    row = {**json.loads(written(Response("Gladly."))), **fields}
    return json.dumps({name: part for name, part in row.items() if part is not None}, sort_keys=True).encode()


# a depth that the parser still takes, and the check of the key does not have to
NESTED = changed(request="deep").replace(b'"deep"', b'{"a": ' * 900 + b"1" + b"}" * 900)


@given(any_text, any_text, any_text)
def test_every_answer_is_one_line_and_comes_back_as_it_was(text: str, prompt: str, argument: str) -> None:
    """Line ends, NUL, separators, lone surrogates: one line for every reader, and the same texts again."""
    request = Request("ollama:tiny", (Message("system", prompt), Message("user", text)), "shoes", prefill=argument)
    response = Response(text, thinking=argument, tool_calls=(ToolCall("look", argument),), model=prompt)
    line = written(response, request)
    assert len(line.decode("utf-8").splitlines()) == 1
    assert line.endswith(b"}\n")
    assert key_of(line) == request.key
    back = decode(line, request.key).response
    assert back == Response(
        joined(text), thinking=joined(argument), tool_calls=(ToolCall("look", joined(argument)),), model=joined(prompt)
    )


def test_a_hostile_text_is_written_so_that_a_reviewer_sees_it() -> None:
    """What moves a cursor, turns the reading direction or hides is written out; letters and emoji stay readable."""
    line = written(Response(HOSTILE + "Größe 尺寸")).decode()
    assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202e\ufeff\ud800-\udfff\U000e0041]", line[:-1])
    for shown in ("\\u2028", "\\u2029", "\\u0085", "\\u0000", "\\u001b", "\\ud800", "\\u202e", "😀", "Größe 尺寸"):
        assert shown in line


def test_five_megabytes_come_back_byte_for_byte() -> None:
    """A runaway answer is an answer."""
    text = (HOSTILE + "x" * 1000) * 5000
    assert decode(written(Response(text)), REQUEST.key).response.text == text


def test_the_whole_of_a_response_and_its_verdict_come_back() -> None:
    """Every field, and the verdict as the JSON that was given."""
    response = Response(
        "Gladly.", "hm", (ToolCall("look", '{"a":1}'),), "stop", "blocked", "digest", "0.5", 3, 4, 1.25, retries=2
    )
    request = Request(
        "app", REQUEST.messages, "shoes", Role.FLIP, 4, True, "Sure", {"temperature": 0.5, "stop": ["a"]}, "7"
    )
    line = encode(request, response, "run 1", {"label": "refusal", "scores": {"a": 0.5}}, str)
    assert decode(line, request.key) == Line(response, "run 1", {"label": "refusal", "scores": {"a": 0.5}})
    assert b"redacted" not in line


def test_a_line_reads_from_key_to_run() -> None:
    """Sorted, so that equal answers are equal lines in a diff, and the key can be found without parsing."""
    assert written(Response("Gladly.")).decode() == (
        f'{{"key": "{REQUEST.key}", "request": {{"attempt": 1, "identity": "ollama:tiny", "messages": '
        '[{"content": "How do I return a pair of shoes?", "role": "user"}], "probe": "shoes", "role": "round"}, '
        '"response": {"text": "Gladly."}, "run": "run 1"}\n'
    )


def test_a_redacted_request_keeps_its_key_and_says_that_it_is_redacted() -> None:
    """Every text of the request goes through; the key is of what was asked, so that it is found again."""
    request = Request(
        "app 4711",
        (Message("user", "card 4711"),),
        "card 4711",
        prefill="4711",
        options={"stop": ["4711"]},
        seed="4711",
    )
    line = encode(request, Response("Gladly."), "run 1", None, lambda text: text.replace("4711", "*"))
    assert b"4711" not in line.replace(request.key.encode(), b"")
    assert json.loads(line)["redacted"] is True
    assert decode(line, request.key).response == Response("Gladly.")


def test_a_request_that_json_cannot_carry_is_stored_and_found_all_the_same() -> None:
    """Numbers as names, halves of a pair: the check of the key is left out and the line says so."""
    request = Request("app", (Message("user", "\ud83d\ude00"),), "shoes", options={"logit_bias": {10: 1, 9: 2}})
    line = written(Response("Gladly."), request)
    assert json.loads(line)["redacted"] is True
    assert decode(line, key_of(line)).response == Response("Gladly.")


def test_a_number_that_is_none_is_not_written() -> None:
    """NaN is no JSON: other readers of the file would fail on it."""
    with pytest.raises(ValueError, match="JSON compliant"):
        written(Response("Gladly.", duration_s=float("nan")))


@pytest.mark.parametrize("rewritten", [(",", ":"), (",  ", " : ")])
def test_a_line_that_another_program_wrote_anew_still_counts(rewritten: tuple[str, str]) -> None:
    """Other blanks, another order of the keys, a byte order mark, CRLF."""
    row = json.loads(written(Response("Gladly.")))
    compact = json.dumps(row, separators=rewritten).encode()
    turned = json.dumps(dict(reversed(row.items())), separators=rewritten).encode()
    for line in (compact, turned, b"\xef\xbb\xbf" + compact, compact + b"\r\n", compact + b"   \n"):
        assert key_of(line) == REQUEST.key
        assert decode(line, REQUEST.key).response == Response("Gladly.")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"", "not JSON"),
        (b"rubbish", "not JSON"),
        (b"\x00\xff\xfe", "not UTF-8"),
        (b"[]", "no JSON object"),
        (b"{}", "not the one it begins with"),
        (b'{"a": "' + b"x" * 50_000_000, "not JSON"),
        (b"[" * 1_000_000, "too deep"),
        (NESTED, "too deep|not that of its request"),
        (b'{"n": ' + b"9" * 10_000 + b"}", "not JSON"),
        (changed(request=None), "no request"),
        (changed(request="x"), "no request"),
        (changed(request={"identity": "other"}), "not that of its request"),
        (changed(redacted=1, request={}), "not that of its request"),
        (changed(key="0" * 64), "not the one it begins with"),
        (changed(run=None), "which run"),
        (changed(run=3), "which run"),
        (changed(verdict="refusal"), "verdict"),
        (changed(response=None), "no response"),
        (changed(response={}), "wrong shape"),
        (changed(response={"text": 1}), "wrong shape"),
        (changed(response={"text": "a", "colour": "red"}), "wrong shape"),
        (changed(response={"text": "a", "thinking": 1}), "thinking of its response"),
        (changed(response={"text": "a", "retries": True}), "retries of its response"),
        (changed(response={"text": "a", "tool_calls": 5}), "wrong shape"),
        (changed(response={"text": "a", "tool_calls": [5]}), "wrong shape"),
        (changed(response={"text": "a", "tool_calls": [{"name": 1, "arguments": "{}"}]}), "tool call"),
        (written(Response("a")).replace(b'"text": "a"', b'"text": "a", "duration_s": NaN'), "not JSON"),
        (b'{"key": "' + b"0" * 64 + b'", ' + changed()[1:], "not JSON"),
        (changed()[:-50] + changed(), "not JSON"),
    ],
    ids=lambda part: part[:12] if isinstance(part, str) else "",
)
def test_a_line_that_is_no_answer_says_why(line: bytes, why: str) -> None:
    """Torn, rubbish, two lines in one, another shape, another key, a name twice: never an answer, never a crash."""
    with pytest.raises(Damaged, match=why):
        decode(line, REQUEST.key)


@pytest.mark.parametrize("line", [b"rubbish", b"{}", b'{"key": 5}', b"\xff", written(Response("Gladly."))[:-2]])
def test_a_line_without_a_key_or_an_end_has_none(line: bytes) -> None:
    """Found while indexing, without a look at the rest."""
    with pytest.raises(Damaged):
        key_of(line)


@given(st.data())
def test_no_single_changed_byte_gives_another_answer_unseen(data: st.DataObject) -> None:
    """A flipped byte is damage, or it changed nothing that the line's own check covers: the request stands."""
    line = bytearray(written(Response("Gladly.")))
    place = data.draw(st.integers(0, len(line) - 2))
    line[place] = data.draw(st.integers(0, 255))
    try:
        row = decode(bytes(line), REQUEST.key)
    except Damaged:
        return
    assert isinstance(row.response.text, str)
    assert json.loads(line)["request"] == REQUEST.to_json()
