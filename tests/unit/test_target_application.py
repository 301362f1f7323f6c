"""The application as a function: what it gets, what it may return, and what it cannot receive."""

from __future__ import annotations

import contextvars
import functools
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_refusal.errors import ApplicationError, CannotReceive, TargetTimeout, UsageProblem
from pytest_refusal.records import Message, Request, Response, ToolCall
from pytest_refusal.targets.application import from_fixture, from_hook, target
from pytest_refusal.targets.endpoints import is_endpoint, renamed
from pytest_refusal.targets.loop import BackgroundLoop, TookTooLong

SYSTEM = Message("system", "Be kind.")
HISTORY = (Message("user", "a"), Message("assistant", "b"), Message("user", "c"))


def asks(*messages: Message | str, **fields: Any) -> Request:
    rows = tuple(Message("user", m) if isinstance(m, str) else m for m in messages)
    return Request("app", rows, "p", **fields)


class Blocked(Exception):
    pass


def test_a_function_gets_the_prompt_and_returns_a_text() -> None:
    """str -> str is all that is needed."""
    response = target(lambda prompt: f"<{prompt}>").ask(asks("Hello"))
    assert response.text == "<Hello>"
    assert response.duration_s > 0


def test_messages_are_given_as_a_list_with_the_system_prompt() -> None:
    """A parameter of this name gets the whole conversation."""
    seen: list[Any] = []

    def chat(messages: list[dict[str, str]]) -> str:
        seen.append(messages)
        return "fine"

    target(chat).ask(asks(SYSTEM, *HISTORY))
    assert seen == [[SYSTEM.to_json(), *(message.to_json() for message in HISTORY)]]


def test_named_parameters_get_what_is_set() -> None:
    """``system_prompt``, ``prefill`` and ``options``; the system prompt is not in ``messages`` again."""
    seen: dict[str, Any] = {}

    def chat(messages: Any, *, system_prompt: str, prefill: str = "", options: Any = None) -> str:
        seen.update(messages=messages, system_prompt=system_prompt, prefill=prefill, options=options)
        return "fine"

    target(chat).ask(asks(SYSTEM, "Hello", prefill="Sure", options={"temperature": 0}))
    assert seen == {
        "messages": [{"role": "user", "content": "Hello"}],
        "system_prompt": "Be kind.",
        "prefill": "Sure",
        "options": {"temperature": 0},
    }


def test_parameters_keep_their_defaults_where_nothing_is_set() -> None:
    """An application's own default prompt is not replaced by an empty one; a parameter without default gets one."""

    def chat(prompt: str, options: dict[str, Any], system_prompt: str = "own", prefill: str = "none") -> str:
        return f"{prompt}|{options}|{system_prompt}|{prefill}"

    assert target(chat).ask(asks("Hello")).text == "Hello|{}|own|none"


def test_a_function_may_want_the_prompt_beside_the_messages() -> None:
    """It is given by position only where the function cannot be called without."""

    def wants(prompt: str, messages: Any = ()) -> str:
        return f"{prompt} {len(messages)}"

    def may(messages: Any, prompt: str = "own") -> str:
        return f"{prompt} {len(messages)}"

    assert target(wants).ask(asks(*HISTORY)).text == "c 3"
    assert target(may).ask(asks(*HISTORY)).text == "own 3"


class Bot:
    def __init__(self) -> None:
        self.heard: list[str] = []

    def __call__(self, prompt: str) -> str:
        self.heard.append(prompt)
        return " ".join(self.heard)

    def chat(self, prompt: str) -> str:
        return prompt.upper()


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (Bot(), "Hello"),
        (Bot().chat, "HELLO"),
        (functools.partial(lambda lang, prompt: f"{lang}: {prompt}", "en"), "en: Hello"),
        (str.upper, "HELLO"),
        (lambda *words: words[0], "Hello"),
        (lambda prompt, **more: prompt, "Hello"),
    ],
    ids=["object", "method", "partial", "builtin", "star", "keywords"],
)
def test_every_kind_of_callable_can_be_asked(function: Callable[..., Any], text: str) -> None:
    """Objects, methods, partials, builtins."""
    assert target(function).ask(asks("Hello")).text == text


def test_a_function_with_more_parameters_is_refused_when_it_is_made_a_target() -> None:
    """The message names them and says what to do."""

    def chat(prompt: str, customer: str) -> str:
        return prompt + customer

    with pytest.raises(UsageProblem, match=r"chat cannot be asked: it also wants customer.*Wrap it"):
        target(chat)
    with pytest.raises(UsageProblem, match="takes no prompt"):
        target(lambda: "fine")


async def reply(prompt: str) -> str:
    return f"<{prompt}>"


async def stream(prompt: str) -> AsyncIterator[str]:
    yield "<"
    yield prompt
    yield ">"


def pieces(prompt: str) -> Iterator[str]:
    yield from ("<", prompt, ">")


async def awaited_stream(prompt: str) -> AsyncIterator[str]:
    return stream(prompt)


@pytest.mark.parametrize(
    "function",
    [reply, stream, pieces, awaited_stream, lambda prompt: reply(prompt), lambda prompt: iter(["<", prompt, ">"])],
    ids=["async", "async stream", "stream", "awaited stream", "coroutine", "iterator"],
)
def test_a_stream_or_an_asynchronous_answer_is_waited_for(function: Callable[..., Any]) -> None:
    """Each gives the same text."""
    assert target(function).ask(asks("Hello")).text == "<Hello>"


def test_a_response_is_taken_as_it_is() -> None:
    """Tool calls, tokens, its own duration."""
    given = Response("", tool_calls=(ToolCall("refund_order"),), prompt_tokens=7, duration_s=1.5)
    assert target(lambda prompt: given).ask(asks("Hello")) == given


def test_asynchronous_targets_share_one_loop_and_see_the_callers_context() -> None:
    """A client that an application keeps belongs to one loop; context variables are those of the test."""
    import asyncio

    user = contextvars.ContextVar("user", default="nobody")
    loops: set[int] = set()

    async def chat(prompt: str) -> str:
        loops.add(id(asyncio.get_running_loop()))
        return user.get()

    one, two = target(chat), target(chat)
    user.set("guest")
    assert [one.ask(asks("a")).text, two.ask(asks("b")).text] == ["guest", "guest"]
    assert len(loops) == 1


def test_an_asynchronous_answer_that_does_not_come_is_a_timeout() -> None:
    """It is cancelled; the message names the seconds."""
    import asyncio

    cancelled = threading.Event()

    async def chat(prompt: str) -> str:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        return "never"

    with pytest.raises(TargetTimeout, match=r"within 0.05 s.*--refusal-timeout"):
        target(chat, timeout_s=0.05).ask(asks("Hello"))
    assert cancelled.wait(10)


def test_a_timeout_of_the_applications_own_is_its_error() -> None:
    """``TimeoutError`` raised by the application is not ours."""

    async def chat(prompt: str) -> str:
        raise TimeoutError("the database")

    with pytest.raises(ApplicationError, match="TimeoutError: the database"):
        target(chat).ask(asks("Hello"))


def test_an_exception_by_which_the_application_refuses_is_an_answer() -> None:
    """Its text and the exception's name; a stream's text until then."""

    def chat(prompt: str) -> str:
        raise Blocked("policy 7")

    async def later(prompt: str) -> str:
        raise Blocked

    def broken(prompt: str) -> Iterator[str]:
        yield "Well, "
        raise Blocked("policy 7")

    texts = [target(one, refusals=(Blocked,)).ask(asks("x")) for one in (chat, later, broken)]
    assert [(one.text, one.refused) for one in texts] == [
        ("policy 7", "Blocked"),
        ("", "Blocked"),
        ("Well, ", "Blocked"),
    ]


def test_any_other_exception_is_an_error_with_its_place() -> None:
    """Type, words, file and line; the exception itself is the cause."""

    def chat(prompt: str) -> str:
        raise ValueError("no \x1b[31mkey")

    with pytest.raises(ApplicationError) as caught:
        target(chat, name="shop", refusals=Blocked).ask(asks("Hello"))
    message = str(caught.value)
    line = chat.__code__.co_firstlineno + 1
    assert "shop raised ValueError: no \\x1b[31mkey (" in message
    assert f"test_target_application.py:{line})" in message
    assert "refusals=" in message
    assert isinstance(caught.value.__cause__, ValueError)


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, pytest.skip.Exception])
@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
def test_what_ends_a_test_or_a_run_passes_through(kind: type[BaseException], asynchronous: bool) -> None:
    """Ctrl-C, exit and skip are no errors of the application, and the loop survives them."""

    def chat(prompt: str) -> str:
        raise kind("stop")

    async def later(prompt: str) -> str:
        raise kind("stop")

    with pytest.raises(kind):
        target(later if asynchronous else chat).ask(asks("Hello"))
    assert target(reply).ask(asks("Hello")).text == "<Hello>"


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (None, "returned None;"),
        (7, "returned builtins.int;"),
        (["a"], "returned builtins.list;"),
        (b"a", "returned builtins.bytes;"),
        (iter(["a", 7]), "an iterator with builtins.int in it"),
        (Response(None), "a Response whose text is None"),  # type: ignore[arg-type]  # as a team may write it
    ],
)
def test_what_is_no_answer_is_an_error_that_says_what_is_one(returned: object, words: str) -> None:
    """The message names what came and what is allowed."""
    with pytest.raises(ApplicationError) as caught:
        target(lambda prompt: returned).ask(asks("Hello"))
    assert words in str(caught.value)
    assert "str" in str(caught.value)


def test_a_factory_makes_a_conversation_for_each_request() -> None:
    """Nothing of one request is heard by the next."""
    fresh = target(factory=Bot)
    assert [fresh.ask(asks("one")).text, fresh.ask(asks("two")).text] == ["one", "two"]


def test_a_factorys_conversation_gets_the_turns_one_after_another() -> None:
    """The last reply is the response."""
    assert target(factory=Bot).ask(asks("one", "two", "three", turns=True)).text == "one two three"


def test_a_function_of_messages_gets_growing_lists_with_its_own_replies() -> None:
    """Turns for a function that keeps nothing; the prefill is for the last reply."""
    seen: list[Any] = []

    def chat(messages: list[dict[str, str]], prefill: str = "") -> Response:
        seen.append(([message["content"] for message in messages], prefill))
        return Response(f"r{len(seen)}", tool_calls=(ToolCall(f"t{len(seen)}"),), output_tokens=5)

    response = target(chat).ask(asks(SYSTEM, "one", "two", turns=True, prefill="Sure"))
    assert seen == [(["Be kind.", "one"], ""), (["Be kind.", "one", "r1", "two"], "Sure")]
    assert (response.text, response.output_tokens) == ("r2", 10)
    assert [call.name for call in response.tool_calls] == ["t1", "t2"]


def test_a_factory_may_be_asynchronous() -> None:
    """Both the making and the answering."""

    async def new_chat() -> Callable[[str], Any]:
        return reply

    assert target(factory=new_chat).ask(asks("Hello")).text == "<Hello>"


def test_a_factory_that_makes_nothing_callable_is_the_users_mistake() -> None:
    """The message shows the right form."""
    with pytest.raises(UsageProblem, match=r"made builtins\.str, which cannot be called"):
        target(factory=lambda: "Hello").ask(asks("Hello"))


def both(prompt: str) -> str:
    return prompt


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (asks(*HISTORY), "several messages. Give it a parameter 'messages'"),
        (asks("a", "b", turns=True), "several turns. Make it target(factory=…)"),
        (asks(SYSTEM, "a"), "a system prompt. Give it a parameter 'system_prompt' or 'messages'"),
        (asks("a", prefill="Sure"), "a prefill. Give it a parameter 'prefill'"),
        (asks("a", options={"temperature": 0}), "options (temperature). Give it a parameter 'options'"),
    ],
)
def test_what_a_function_cannot_receive_is_said_with_the_way_out(request_: Request, words: str) -> None:
    """Nothing is left out silently."""
    assert words in target(both).lacks(request_)
    assert target(lambda messages, prefill, options: "x").lacks(request_) == ""


def test_options_of_the_target_itself_do_not_count_as_lacking() -> None:
    """Who set them for this function knows where they go; another value of the probe's does count."""
    own = target(both, options={"temperature": 0})
    assert own.options == {"temperature": 0}
    assert own.lacks(asks("a", options={"temperature": 0})) == ""
    assert "options (temperature)" in own.lacks(asks("a", options={"temperature": 1}))


def test_what_a_factory_makes_is_looked_at_before_it_is_asked() -> None:
    """It is not made for looking; the first request that does not fit is a mistake, not a left-out prompt."""
    made: list[Bot] = []

    def new_chat() -> Bot:
        made.append(Bot())
        return made[-1]

    fresh = target(factory=new_chat)
    assert fresh.lacks(asks(SYSTEM, "a")) == ""
    assert made == []
    with pytest.raises(CannotReceive, match="a system prompt"):
        fresh.ask(asks(SYSTEM, "a"))
    assert made[0].heard == []
    assert "a system prompt" in fresh.lacks(asks(SYSTEM, "a"))


def test_where_and_whether_a_function_is_asked_ahead() -> None:
    """On its test's thread, unless it is asynchronous or says that it may run concurrently; stored with identity."""
    assert target(both).on_test_thread
    assert not target(both, concurrent=True).on_test_thread
    assert not target(reply).on_test_thread
    assert not target(functools.partial(stream)).on_test_thread
    assert target(factory=Bot).on_test_thread
    assert (target(both).stored, target(both).identity) == (False, None)
    assert target(both, identity="v1").stored
    assert target(both).holds(asks("a")) is None


def test_a_targets_name() -> None:
    """The function's, unless one is given."""
    assert target(both).name == "both"
    assert target(factory=Bot).name == "Bot"
    assert target(both, name="shop").name == "shop"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: target(), "one of a function and factory"),
        (lambda: target(both, factory=Bot), "one of a function and factory"),
        (lambda: target(7), "cannot ask int"),  # type: ignore[arg-type]  # as a team may write it
        (lambda: target(Bot), r"the class Bot: say target\(factory="),
        (lambda: target(both, host="a:1", tools=[]), "takes no host, tools: that is for 'ollama:MODEL'"),
        (lambda: target("ollama:m", identity="x", concurrent=True), "takes no identity, concurrent"),
        (lambda: target("replay:f", think=True), "takes no think"),
        (lambda: target(both, refusals=("Blocked",)), "takes exception classes, not 'Blocked'"),  # type: ignore[arg-type]
        (lambda: target(both, refusals=(KeyboardInterrupt,)), "takes exception classes"),  # type: ignore[arg-type]
    ],
)
def test_arguments_that_do_not_go_together_are_the_users_mistake(make: Callable[[], Any], words: str) -> None:
    """It is said when the target is made."""
    with pytest.raises(UsageProblem, match=words):
        make()


def test_a_text_makes_an_ollama_target_with_its_own_arguments() -> None:
    """``target("ollama:…", options=…, think=…)``, several hosts too."""
    made = target("ollama:shop", host="127.0.0.1:1", options={"temperature": 0}, think=True, name="mine")
    assert (made.name, made.identity) == ("mine", "ollama:shop:latest")
    assert made.options == {"temperature": 0, "think": True}
    assert target("ollama:shop", host=["127.0.0.1:1", "127.0.0.1:2"]).identity == made.identity


# -- fixtures and hooks


def test_what_a_fixture_returns_becomes_a_target_named_after_its_place() -> None:
    """A function, ``target(…)``, or a text; the value itself keeps its own name."""
    stated = target(both, identity="v1")
    places = [from_fixture(given, "tests/a") for given in (both, stated, "ollama:shop")]
    assert [place.name for place in places] == ["tests/a"] * 3
    assert places[1].identity == stated.identity
    assert stated.name == "both"
    assert places[1].ask(asks("Hello")).text == "Hello"


@pytest.mark.parametrize("given", [7, None, Bot])
def test_what_a_fixture_returns_by_mistake_is_named(given: object) -> None:
    """With the place, what came and what is allowed."""
    with pytest.raises(UsageProblem, match=r"refusal_target of tests/a returned .* cannot be asked"):
        from_fixture(given, "tests/a")


def test_a_hooks_function_gets_the_request_itself() -> None:
    """All of it, so nothing is lacking; exceptions and returns are read as everywhere."""
    request = asks(SYSTEM, *HISTORY, prefill="Sure", options={"temperature": 0})
    seen: list[Request] = []

    def answer(request: Request) -> Response:
        seen.append(request)
        return Response("fine")

    made = from_hook(answer, "conftest.py:answer")
    assert made.lacks(request) == ""
    assert made.ask(request).text == "fine"
    assert seen == [request]
    assert (made.name, made.identity, made.stored, made.on_test_thread) == ("conftest.py:answer", None, False, True)
    with pytest.raises(ApplicationError, match="returned None"):
        from_hook(lambda request: None, "h").ask(request)
    with pytest.raises(UsageProblem, match="returned int"):
        from_hook(7, "h")  # type: ignore[arg-type]  # as a team may write it


def test_a_hook_may_return_a_target() -> None:
    """It is asked as it is, under the hook's name."""
    assert from_hook(target(both), "h").ask(asks("Hello")).text == "Hello"


def test_renaming_makes_another_value() -> None:
    """Two fixtures may return one target."""
    one = target(both)
    assert renamed(one, "both") is one
    assert (renamed(one, "b").name, one.name) == ("b", "both")
    assert is_endpoint(one)
    assert not is_endpoint(type(one))


# -- the loop


def test_a_loop_that_was_closed_leaves_nothing_behind() -> None:
    """What still runs is cancelled, the thread ends; used again, it starts again."""
    import asyncio

    loop = BackgroundLoop()
    ended: list[str] = []

    async def forever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("forever")

    async def start() -> None:
        loop_tasks.append(asyncio.ensure_future(forever()))
        await asyncio.sleep(0)

    loop_tasks: list[Any] = []
    before = threading.active_count()
    loop.run(start())
    loop.close()
    assert ended == ["forever"]
    assert threading.active_count() == before
    loop.close()

    async def seven() -> int:
        return 7

    assert loop.run(seven()) == 7
    with pytest.raises(TookTooLong):
        loop.run(asyncio.sleep(60), 0.01)
    loop.close()


def test_the_end_of_the_program_closes_the_loop_without_a_warning() -> None:
    """No ResourceWarning of an open loop or socket, although a task still waits."""
    code = """
import asyncio
from pytest_refusal.records import Message, Request
from pytest_refusal.targets.application import target

async def chat(prompt):
    chat.task = asyncio.ensure_future(asyncio.Event().wait())
    return prompt

print(target(chat).ask(Request("app", (Message("user", "fine"),), "p")).text)
"""
    done = subprocess.run([sys.executable, "-W", "error", "-X", "dev", "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("fine\n", "")


# -- identity


def identity(stated: object) -> str | None:
    return target(both, identity=stated).identity


def test_a_file_counts_by_its_text_and_not_by_its_name_or_line_ends(tmp_path: Path) -> None:
    """Windows and Linux, here and in another folder: one identity; another text: another."""
    for name, content in {
        "a.md": b"one\ntwo\n",
        "b.md": b"one\r\ntwo\r\n",
        "c.md": b"one\rtwo\r",
        "d.md": b"one\n",
    }.items():
        (tmp_path / name).write_bytes(content)
    assert len({identity([tmp_path / name]) for name in ("a.md", "b.md", "c.md")}) == 1
    assert identity([tmp_path / "a.md"]) != identity([tmp_path / "d.md"])
    assert identity([tmp_path / "a.md"]) != identity(["one\ntwo\n"])


def test_a_file_that_is_no_text_counts_by_its_bytes(tmp_path: Path) -> None:
    """A model file, say; line ends mean nothing in it."""
    (tmp_path / "a").write_bytes(b"\xff\n")
    (tmp_path / "b").write_bytes(b"\xff\r\n")
    assert identity(tmp_path / "a") != identity(tmp_path / "b")


def test_a_file_that_is_not_there_is_named_with_its_whole_path(tmp_path: Path) -> None:
    """A folder too."""
    with pytest.raises(UsageProblem) as caught:
        identity([tmp_path / "nowhere.md"])
    assert str(tmp_path / "nowhere.md") in str(caught.value)
    with pytest.raises(UsageProblem, match="is a folder; name its files"):
        identity(tmp_path)


@pytest.mark.parametrize("stated", [object(), [{1, 2}], {1: "a"}, b"bytes", both])
def test_what_cannot_be_an_identity_is_refused(stated: object) -> None:
    """The message lists what can."""
    with pytest.raises(UsageProblem, match=r"target\(identity=…\)"):
        identity(stated)


@pytest.mark.parametrize("stated", ["", [], {}, ()])
def test_an_empty_identity_says_nothing(stated: object) -> None:
    """It would promise that nothing can change."""
    with pytest.raises(UsageProblem, match="is empty"):
        identity(stated)


parts = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(parts, parts)
def test_two_identities_are_equal_only_if_their_parts_are(one: object, two: object) -> None:
    """No text is a number, no list a text; the order of a dict's keys does not count."""
    same = repr(_sorted(one)) == repr(_sorted(two))
    assert (identity([one]) == identity([two])) == same


def _sorted(part: object) -> object:
    if isinstance(part, dict):
        return {key: _sorted(part[key]) for key in sorted(part)}
    return [_sorted(one) for one in part] if isinstance(part, list) else part


@given(parts)
def test_an_identity_is_the_same_each_time(one: object) -> None:
    """Nothing of the process (hashes, addresses, order of keys) is in it."""
    assert identity([one]) == identity([one])
    if isinstance(one, dict) and one:
        assert identity(one) == identity(dict(reversed(one.items())))
