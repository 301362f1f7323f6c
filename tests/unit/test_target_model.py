"""A model behind Ollama: what is sent, what is read, and every way in which a server can fail, over real sockets."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from faults import ANSWER, DIGEST, REFUSAL, FaultyOllama

from pytest_refusal.errors import (
    BadAnswer,
    ModelNotFound,
    Overloaded,
    PromptCut,
    TargetError,
    TargetTimeout,
    Unreachable,
    UsageProblem,
)
from pytest_refusal.protocols import Facts
from pytest_refusal.records import Message, Request, ToolCall, decoding_seed
from pytest_refusal.targets.connection import address_of
from pytest_refusal.targets.ollama import OllamaTarget, full_name
from pytest_refusal.targets.spread import SpreadTarget

TOOL = {
    "type": "function",
    "function": {
        "name": "refund_order",
        "description": "Refunds an order.",
        "parameters": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"order": {"type": "integer", "minimum": 1}, "why": {"type": "object", "properties": {}}},
        },
    },
}


def user(text: str) -> Message:
    return Message("user", text)


def asks(*messages: Message | str, **fields: Any) -> Request:
    rows = tuple(user(m) if isinstance(m, str) else m for m in messages)
    return Request("ollama:shop:latest", rows, "p", **fields)


@contextmanager
def faulty(*script: str, **told: Any) -> Iterator[tuple[FaultyOllama, OllamaTarget]]:
    fields: Mapping[str, Any] = told.pop("target", {})
    with FaultyOllama(*script, **told) as server:
        yield server, OllamaTarget("shop", host=server.host, **fields)


def error_of(kind: type[TargetError], *script: str, **told: Any) -> TargetError:
    with faulty(*script, **told) as (_, target):
        target.facts()
        with pytest.raises(kind) as caught:
            target.ask(asks("Where is my parcel?"))
    assert type(caught.value) is kind
    return caught.value


def test_the_json_of_a_chat_is_exactly_this() -> None:
    """Messages, options with a seed from the key, no streaming, and a prompt that may not be cut: nothing else."""
    request = asks(Message("system", "Be kind."), "Hello", options={"temperature": 0.5, "min_p": 0.1})
    with faulty() as (server, target):
        target.ask(request)
    assert server.chats == [
        {
            "model": "shop",
            "stream": False,
            "options": {"temperature": 0.5, "min_p": 0.1, "seed": decoding_seed(request.key)},
            "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello"}],
            "tools": [],
            "truncate": False,
            "shift": False,
        }
    ]
    assert server.paths() == ["/api/tags", "/api/version", "/api/chat"]


def test_the_length_of_the_body_is_that_of_what_is_sent() -> None:
    """Characters of several bytes arrive whole."""
    with faulty("echo") as (_, target):
        assert target.ask(asks("Größe 42, „schön“ 👟")).text == "Größe 42, „schön“ 👟"


def test_a_seed_of_the_users_is_kept() -> None:
    """``options: {seed: 7}`` goes to the server as it stands."""
    with faulty() as (server, target):
        target.ask(asks("Hello", options={"seed": 7}))
    assert server.chats[0]["options"] == {"seed": 7}


def test_each_attempt_has_a_seed_of_its_own() -> None:
    """The same prompt, asked three times, is decoded with three seeds of 31 bits."""
    with faulty() as (server, target):
        for attempt in (1, 2, 3):
            target.ask(asks("Hello", attempt=attempt))
    seeds = {chat["options"]["seed"] for chat in server.chats}
    assert len(seeds) == 3
    assert all(0 <= seed < 2**31 for seed in seeds)


def test_think_format_and_keep_alive_are_fields_of_their_own() -> None:
    """Written among the options of a probe, they stand where Ollama's API has them."""
    options = {"think": "high", "format": {"type": "object"}, "keep_alive": "5m", "temperature": 0}
    with faulty() as (server, target):
        target.ask(asks("Hello", options={**options, "seed": 1}))
    chat = server.chats[0]
    assert (chat["think"], chat["format"], chat["keep_alive"]) == ("high", {"type": "object"}, "5m")
    assert chat["options"] == {"temperature": 0, "seed": 1}


def test_tools_are_sent_as_they_stand() -> None:
    """The client drops what it does not know of a JSON Schema (nested properties, limits); the server gets all."""
    with faulty(target={"tools": [TOOL]}) as (server, target):
        target.ask(asks("Hello"))
    assert server.chats[0]["tools"] == [TOOL]


def test_a_prefill_is_a_last_message_of_the_assistant() -> None:
    """The server goes on from it; the answer is what follows."""
    with faulty() as (server, target):
        target.ask(asks("Hello", prefill="Sure, "))
    assert server.chats[0]["messages"][-1] == {"role": "assistant", "content": "Sure, "}


def test_a_conversation_is_sent_as_it_is() -> None:
    """System prompt, user, assistant, user: in this order, in one request."""
    messages = (Message("system", "Be kind."), user("a"), Message("assistant", "b"), user("c"))
    with faulty() as (server, target):
        target.ask(asks(*messages))
    assert server.chats[0]["messages"] == [message.to_json() for message in messages]


def test_turns_are_sent_one_after_another_with_the_models_own_replies() -> None:
    """The last reply is the response; tokens are those of all, and the prefill stands before the last reply only."""
    request = asks(Message("system", "Be kind."), "one", "two", "three", turns=True, prefill="Well,")
    with faulty("say:first", "say:second", "say:third") as (server, target):
        response = target.ask(request)
    assert [message["content"] for message in server.chats[-1]["messages"]] == [
        "Be kind.",
        "one",
        "first",
        "two",
        "second",
        "three",
        "Well,",
    ]
    assert len(server.chats) == 3
    assert [chat["messages"][-1]["content"] for chat in server.chats] == ["one", "two", "Well,"]
    assert (response.text, response.output_tokens) == ("third", 3)


def test_a_tool_that_was_called_in_an_earlier_turn_is_not_forgotten() -> None:
    """Acts count: the calls of all turns stand with the last reply."""
    with faulty("tool", "fine") as (_, target):
        response = target.ask(asks("one", "two", turns=True))
    assert [call.name for call in response.tool_calls] == ["refund_order"]
    assert response.text == ANSWER


def test_a_response_names_what_answered() -> None:
    """Digest and server version come with each answer, with tokens, duration and the reason of its end."""
    with faulty() as (_, target):
        response = target.ask(asks("Where is the secret?"))
    assert (response.text, response.model, response.server_version) == (REFUSAL, DIGEST, "0.17.4")
    assert (response.finish_reason, response.prompt_tokens, response.output_tokens) == ("stop", 8, 8)
    assert response.duration_s > 0
    assert response.retries == 0


def test_thinking_is_kept_apart() -> None:
    """What the model thinks is not what it says."""
    with faulty("thinking") as (_, target):
        response = target.ask(asks("Hello"))
    assert (response.text, response.thinking) == (ANSWER, "The user asks. I decide.")


def test_tool_calls_are_kept_with_canonical_arguments() -> None:
    """The order of the arguments' keys is the alphabet's, and an empty text stays one."""
    with faulty("tool") as (_, target):
        response = target.ask(asks("Hello"))
    assert response.tool_calls == (ToolCall("refund_order", '{"all":true,"order":7}'),)
    assert response.text == ""


def test_an_answer_that_ended_at_the_limit_says_so() -> None:
    """done_reason "length" is a finish reason, no error."""
    with faulty("length") as (_, target):
        assert target.ask(asks("Hello")).finish_reason == "length"


def test_an_empty_text_is_an_answer() -> None:
    """What it means is for a judge to say."""
    with faulty("empty") as (_, target):
        assert target.ask(asks("Hello")).text == ""


def test_facts_are_asked_once_by_any_number_of_threads() -> None:
    """Eight threads begin at once; the lists of models and the version are read one time."""
    with faulty() as (server, target):
        threads = [threading.Thread(target=target.ask, args=(asks("Hello", attempt=n),)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert server.paths().count("/api/tags") == 1
    assert server.paths().count("/api/version") == 1
    assert len(server.chats) == 8


def test_facts_that_failed_are_asked_again() -> None:
    """Only a success is kept."""
    with faulty(models=["other:latest"]) as (server, target):
        with pytest.raises(ModelNotFound):
            target.facts()
        server.models.append("shop:latest")
        assert target.facts() == Facts(DIGEST, "0.17.4")


@pytest.mark.parametrize("typed", ["shop", "shop:latest", "library/shop", "registry.ollama.ai/library/shop:latest"])
def test_a_models_names_are_one(typed: str) -> None:
    """With or without ``:latest`` and the default registry: one identity, one model; the name is as it was typed."""
    with FaultyOllama() as server:
        target = OllamaTarget(typed, host=server.host)
        assert target.facts().model == DIGEST
    assert (target.identity, target.name) == ("ollama:shop:latest", f"ollama:{typed}")


def test_a_port_in_a_registry_is_no_tag() -> None:
    """The tag is looked for in the last part of the name."""
    assert full_name("host:5000/me/shop") == "host:5000/me/shop:latest"
    assert full_name("hf.co/me/shop:Q4") == "hf.co/me/shop:Q4"


def test_the_host_is_not_in_the_identity_and_tools_are() -> None:
    """The same model elsewhere is the same; with other tools it is another."""
    plain = OllamaTarget("shop", host="a:1")
    assert plain.identity == OllamaTarget("shop", host="b:2").identity
    with_tools = OllamaTarget("shop", tools=[TOOL])
    assert with_tools.identity != plain.identity
    assert with_tools.identity == OllamaTarget("shop:latest", tools=[dict(reversed(TOOL.items()))]).identity


def test_think_is_an_option_and_so_part_of_every_key() -> None:
    """Thinking or not are two conditions."""
    assert OllamaTarget("shop", options={"temperature": 0}, think=True).options == {"temperature": 0, "think": True}
    assert OllamaTarget("shop").options == {}


def test_an_unknown_model_is_named_with_those_that_are_there() -> None:
    """At most ten names, the command that gets it, and the address."""
    with faulty(models=[f"m{n}:latest" for n in range(12)]) as (server, target):
        with pytest.raises(ModelNotFound) as caught:
            target.facts()
        message = str(caught.value)
    assert f"http://{server.host} has no model 'shop'" in message
    assert "m9:latest and 2 more" in message
    assert "m10" not in message
    assert "ollama pull shop" in message


def test_a_model_that_went_away_is_not_found() -> None:
    """404 in the middle of a run names the models that are left."""
    with faulty() as (server, target):
        target.facts()
        server.models[:] = ["other:latest"]
        with pytest.raises(ModelNotFound, match="It has other:latest"):
            target.ask(asks("Hello"))


def test_a_404_for_a_model_that_is_there_is_a_bad_answer() -> None:
    """Then it is not the model that is missing: perhaps it is no Ollama server."""
    assert "status 404" in str(error_of(BadAnswer, "unknown"))


def test_no_server_at_the_address() -> None:
    """The message names the address and what helps."""
    with FaultyOllama() as server:
        host = server.host
    with pytest.raises(Unreachable) as caught:
        OllamaTarget("shop", host=f"http://me:pass-word@{host}/").facts()
    message = str(caught.value)
    assert f"nothing answers at http://{host} (ollama:shop)" in message
    assert "refused" in message
    assert "ollama serve" in message
    assert "--refusal-host" in message
    assert "pass-word" not in message


@pytest.mark.parametrize("host", ["http://me:p/w@shop.test:1/x", "me:p@w@shop.test:1/x", "shop.test:1/x/?key=p"])
def test_no_address_shows_credentials(host: str) -> None:
    """User, password and query never reach a message."""
    assert address_of(host) == "http://shop.test:1/x"


def test_credentials_of_the_address_are_sent() -> None:
    """The client takes the host's name alone out of a URL; a server behind a password still has to be reached."""
    with FaultyOllama() as server:
        OllamaTarget("shop", host=f"http://me:a%40b@{server.host}").ask(asks("Hello"))
    assert {request.headers["Authorization"] for request in server.requests} == {"Basic bWU6YUBi"}


@pytest.mark.parametrize("host", ["http://[::1", "127.0.0.1:port"])
def test_an_address_that_is_none_is_the_users_mistake(host: str) -> None:
    """It names the option."""
    with pytest.raises(UsageProblem, match="--refusal-host"):
        OllamaTarget("shop", host=host).facts()


def test_another_scheme_is_the_users_mistake() -> None:
    """Only http and https."""
    with pytest.raises(UsageProblem, match="no http:// or https:// address"):
        OllamaTarget("shop", host="ftp://127.0.0.1").facts()


def test_a_busy_server_is_asked_again() -> None:
    """Two 503, then an answer: the answer counts, with two retries."""
    with faulty("503,0*2") as (server, target):
        response = target.ask(asks("Hello"))
    assert (response.text, response.retries) == (ANSWER, 2)
    assert len(server.chats) == 3
    assert server.chats[0] == server.chats[2]


def test_an_error_after_retries_counts_them() -> None:
    """Busy twice, then a 500."""
    assert error_of(BadAnswer, "503,0*2", "500").retries == 2


def test_a_busy_server_that_asks_for_no_time_is_asked_again() -> None:
    """Without ``Retry-After`` the waiting is ours."""
    with faulty("429", "503") as (_, target):
        assert target.ask(asks("Hello")).retries == 2


@pytest.mark.parametrize("status", ["429", "503"])
def test_a_server_that_stays_busy_is_overloaded(status: str) -> None:
    """After four retries it is an error that counts them and names the option."""
    error = error_of(Overloaded, always=f"{status},0")
    assert error.retries == 4
    assert status in str(error)
    assert "OLLAMA_MAX_QUEUE" in str(error)


def test_a_date_in_the_past_is_no_time_to_wait() -> None:
    """``Retry-After`` may be a date."""
    with faulty("503,Wed, 21 Oct 2015 07:28:00 GMT") as (_, target):
        assert target.ask(asks("Hello")).retries == 1


@pytest.mark.parametrize("fault", ["reset", "disconnect"])
def test_a_lost_connection_is_tried_once_more(fault: str) -> None:
    """A kept connection that the server closed looks the same."""
    with faulty(fault) as (_, target):
        response = target.ask(asks("Hello"))
    assert (response.text, response.retries) == (ANSWER, 1)


@pytest.mark.parametrize("fault", ["reset", "disconnect"])
def test_a_connection_that_is_lost_twice_is_unreachable(fault: str) -> None:
    """One retry, then an error with the address."""
    error = error_of(Unreachable, always=fault)
    assert error.retries == 1
    assert "http://127.0.0.1:" in str(error)


def test_a_body_that_breaks_off_is_not_asked_again() -> None:
    """The answer had begun: another one would be a second draw."""
    with faulty("truncated") as (server, target):
        with pytest.raises(Unreachable, match="broke"):
            target.ask(asks("Hello"))
        assert len(server.chats) == 1


def test_no_answer_in_time() -> None:
    """The message names the seconds and the option."""
    error = error_of(TargetTimeout, "hang", target={"timeout_s": 0.3})
    assert "within 0.3 s" in str(error)
    assert "--refusal-timeout" in str(error)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("400", "invalid options"),
        ("500", "llama runner process has terminated"),
        ("bad-json", 'what is no JSON object: \'{"model": "shop", "mess\''),
        ("list", "what is no JSON object: '[1, 2]"),
        ("error-in-200", "an error of the model runner"),
        ("error-beside", "an error of the model runner"),
        ("not-done", "not finished"),
        ("no-message", "no answer of an Ollama server"),
        ("wrong-shape", "no answer of an Ollama server"),
    ],
)
def test_what_is_no_answer_is_a_bad_one(fault: str, words: str) -> None:
    """Each with the address and what came."""
    message = str(error_of(BadAnswer, fault))
    assert words in message
    assert "http://127.0.0.1:" in message
    assert "ollama:shop" in message


def test_what_a_server_says_cannot_write_on_the_terminal() -> None:
    """Names of models are a server's words: escapes are written out, long texts cut."""
    with faulty(models=["\x1b[31mred\u202e" + "x" * 500]) as (_, target):
        with pytest.raises(ModelNotFound) as caught:
            target.facts()
        message = str(caught.value)
    assert "\\x1b[31mred\\u202e" in message
    assert message.isprintable()
    assert len(message) < 700


LONG = "word " * 100


@pytest.mark.parametrize(
    "messages",
    [
        [user(LONG)],
        [Message("system", LONG), user("Hello")],
        [*[user("one two three"), Message("assistant", "four five six")] * 8, user("Hello")],
    ],
    ids=["one long turn", "a long system prompt", "a long history"],
)
def test_a_prompt_that_does_not_fit_is_an_error(messages: list[Message]) -> None:
    """The server is told not to cut and says so; the message names the option num_ctx."""
    with faulty(context_length=64) as (server, target):
        with pytest.raises(PromptCut) as caught:
            target.ask(asks(*messages))
        assert len(server.chats) == 1
    assert "num_ctx" in str(caught.value)
    assert "the input length exceeds the context length" in str(caught.value)


@pytest.mark.parametrize("tells", [True, False], ids=["tells its context", "does not"])
@pytest.mark.parametrize(
    "messages",
    [
        [user(LONG * 25)],
        [Message("system", LONG * 25), user("Hello")],
        [*[user(LONG), Message("assistant", LONG)] * 12, user("Hello")],
    ],
    ids=["one long turn", "a long system prompt", "a long history"],
)
def test_a_server_that_cannot_be_told_is_not_believed(messages: list[Message], tells: bool) -> None:
    """Before 0.12.6 prompts are cut without a word, a history to less than the context: what may be cut fails."""
    with (
        faulty(version="0.12.5", context_length=2048, tells_context=tells) as (_, target),
        pytest.raises(PromptCut, match=r"0\.12\.5 cannot be told not to cut.*0\.12\.6 or later"),
    ):
        target.ask(asks(*messages))


def test_a_short_prompt_is_asked_of_an_old_server_too() -> None:
    """What certainly fits is no error."""
    messages = (Message("system", "Be kind."), user("a"), Message("assistant", "b"), user("c"))
    with faulty(version="0.9.0") as (_, target):
        assert target.ask(asks(*messages)).text == ANSWER


def test_an_option_that_the_client_cannot_send_is_the_users_mistake() -> None:
    """Nothing was sent, and no traceback of a library comes up."""
    with faulty() as (server, target):
        with pytest.raises(UsageProblem, match="cannot send these options"):
            target.ask(asks("Hello", options={"keep_alive": ["a"]}))
        assert server.chats == []


def test_a_target_of_ollamas_can_receive_all_but_half_characters() -> None:
    """Turns, system prompt, prefill, options: yes. A lone surrogate is no text."""
    target = OllamaTarget("shop")
    assert target.lacks(asks(Message("system", "s"), "a", "b", turns=True, prefill="p", options={"x": 1})) == ""
    assert "\\ud83d" in target.lacks(asks("Hello \ud83d"))
    assert target.holds(asks("Hello")) is None
    assert (target.on_test_thread, target.stored) == (False, True)


def test_tools_that_are_no_json_are_the_users_mistake() -> None:
    """It is said when the target is made."""
    with pytest.raises(UsageProblem, match="JSON Schema"):
        OllamaTarget("shop", tools=[{"type": {1, 2}}])


def test_making_a_target_imports_nothing_heavy() -> None:
    """The client (131 ms) is imported by the first request, not before."""
    code = (
        "import sys, pytest_refusal.targets.named as n\n"
        "n.named_target('ollama:shop', host='127.0.0.1:1')\n"
        "print(sorted({'ollama', 'httpx', 'pydantic', 'asyncio', 'http.client', 'pytest'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_socket_outlives_its_target() -> None:
    """A kept connection is closed with its target and at the end of the program: no ResourceWarning."""
    with FaultyOllama() as server:
        code = (
            "from pytest_refusal.targets.ollama import OllamaTarget\n"
            f"kept = OllamaTarget('shop', host={server.host!r}); kept.facts()\n"
            f"gone = OllamaTarget('shop', host={server.host!r}); gone.facts(); del gone\n"
            "print('fine')"
        )
        done = subprocess.run([sys.executable, "-W", "error", "-X", "dev", "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("fine\n", "")


def test_several_hosts_share_the_work() -> None:
    """Each request goes to the host with the fewest under way."""
    with FaultyOllama(always="slow:0.3") as one, FaultyOllama(always="slow:0.3") as two:
        target = SpreadTarget([OllamaTarget("shop", host=server.host) for server in (one, two)])
        target.facts()
        threads = [threading.Thread(target=target.ask, args=(asks("Hello", attempt=n),)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(one.chats) + len(two.chats) == 8
    assert min(len(one.chats), len(two.chats)) >= 1


def test_hosts_with_different_models_are_no_target() -> None:
    """Their answers would be a mixture; the message names both."""
    with FaultyOllama() as one, FaultyOllama(digest="e2" * 32) as two:
        target = SpreadTarget([OllamaTarget("shop", host=server.host) for server in (one, two)])
        with pytest.raises(BadAnswer) as caught:
            target.ask(asks("Hello"))
    assert f"http://{one.host} has {DIGEST[:12]}" in str(caught.value)
    assert f"http://{two.host} has e2e2e2e2e2e2" in str(caught.value)


@pytest.fixture
def tls_server(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Yield the address of an Ollama server with TLS and a certificate that nobody trusts, and the certificate."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the program openssl to make a certificate")
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    command = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    made = [openssl, *command.split(), "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with FaultyOllama(tls=context) as server:
        yield f"https://localhost:{server.port}", certificate


@pytest.mark.parametrize("redirected", [False, True])
def test_tls_is_verified_also_behind_a_redirect_from_a_plain_server(
    tls_server: tuple[str, Path], redirected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The certificates are loaded late for a plain address, and they are loaded."""
    address, certificate = tls_server
    with FaultyOllama(redirect=address) as plain:
        host = plain.host if redirected else address
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
        monkeypatch.delenv("SSL_CERT_DIR", raising=False)
        with pytest.raises(Unreachable, match=r"(?i)certificate"):
            OllamaTarget("shop", host=host).facts()
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert OllamaTarget("shop", host=host).facts().model == DIGEST
