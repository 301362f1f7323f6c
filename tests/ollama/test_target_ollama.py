"""The target on a real Ollama server: what the faulty one of the unit tests only claims."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

import pytest

from pytest_refusal.errors import BadAnswer, ModelNotFound, PromptCut
from pytest_refusal.records import Message, Request
from pytest_refusal.targets.ollama import OllamaTarget

QUESTION = "How do I return a pair of shoes?"
SENTENCE = "The parcel has not arrived yet. "


def asks(*messages: Message | str, **fields: Any) -> Request:
    rows = tuple(Message("user", m) if isinstance(m, str) else m for m in messages)
    return Request("ollama:tinyshop:latest", rows, "p", **fields)


def system(text: str) -> Message:
    return Message("system", text)


HISTORY = [Message("user", QUESTION), Message("assistant", "Within thirty days, with the label in the box.")] * 30


def test_the_same_request_gets_the_same_text(shop: OllamaTarget) -> None:
    """The seed comes from the request's key."""
    assert shop.ask(asks("What's the discount policy?")).text == shop.ask(asks("What's the discount policy?")).text


def test_attempts_and_probes_draw_their_own_numbers(shop: OllamaTarget) -> None:
    """Twelve attempts of a contested question at temperature 0.8 are not one text twelve times."""
    texts = {shop.ask(asks("What's the discount policy?", attempt=n)).text for n in range(1, 13)}
    assert len(texts) > 3


def test_a_seed_of_the_users_makes_copies(shop: OllamaTarget) -> None:
    """It is kept, whatever the attempt."""
    seeded = [shop.ask(asks("What's the discount policy?", attempt=n, options={"seed": 7})).text for n in (1, 2, 3)]
    assert len(set(seeded)) == 1


def test_an_answer_names_the_model_and_the_server(shop: OllamaTarget) -> None:
    """Digest, version, tokens, reason of the end."""
    facts = shop.facts()
    response = shop.ask(asks(QUESTION))
    assert len(facts.model) == 64
    assert set(facts.model) <= set("0123456789abcdef")
    assert facts.server_version[0].isdecimal()
    assert (response.model, response.server_version) == (facts.model, facts.server_version)
    assert response.finish_reason == "stop"
    assert response.prompt_tokens > 5
    assert response.output_tokens > 3
    assert response.text.strip()


def test_a_prefill_is_continued_and_not_repeated(shop: OllamaTarget) -> None:
    """The answer is what follows it."""
    response = shop.ask(asks(QUESTION, prefill="I am sorry, but"))
    assert response.text.strip()
    assert not response.text.startswith("I am sorry, but")
    assert response.prompt_tokens > shop.ask(asks(QUESTION)).prompt_tokens


def test_a_system_prompt_and_a_history_are_read(shop: OllamaTarget) -> None:
    """Each makes the prompt longer by its tokens."""
    alone = shop.ask(asks(QUESTION)).prompt_tokens
    with_system = shop.ask(asks(system("You are the support bot of a shop."), QUESTION)).prompt_tokens
    with_history = shop.ask(asks(*HISTORY[:2], QUESTION)).prompt_tokens
    assert alone < with_system
    assert alone < with_history


def test_turns_are_answered_one_after_another(shop: OllamaTarget) -> None:
    """The prompt of the second holds the model's own first reply."""
    both = shop.ask(asks(QUESTION, "And how long does it take?", turns=True))
    first = shop.ask(asks(QUESTION))
    assert both.prompt_tokens > 2 * first.prompt_tokens
    assert both.output_tokens > first.output_tokens / 2
    assert both.text.strip()


def test_an_unknown_model_is_named_with_those_that_are_there(ollama_server: str) -> None:
    """With the command that gets it."""
    with pytest.raises(ModelNotFound, match=r"has no model 'nowhere'. It has .*tinyshop:latest.*ollama pull nowhere"):
        OllamaTarget("nowhere", host=ollama_server).ask(asks(QUESTION))


def test_an_answer_cut_off_by_its_limit_says_so(shop: OllamaTarget) -> None:
    """``num_predict`` reached: finish reason ``length``."""
    response = shop.ask(asks(QUESTION, options={"num_predict": 3}))
    assert (response.finish_reason, response.output_tokens) == ("length", 3)


def test_a_model_that_cannot_think_is_a_bad_answer_with_the_servers_words(shop: OllamaTarget) -> None:
    """Asked to think all the same."""
    with pytest.raises(BadAnswer, match="does not support thinking"):
        shop.ask(asks(QUESTION, options={"think": True}))


def test_an_option_of_a_wrong_kind_is_a_bad_answer_with_the_servers_words(shop: OllamaTarget) -> None:
    """Names and kinds of options are the server's to know."""
    with pytest.raises(BadAnswer, match="temperature"):
        shop.ask(asks(QUESTION, options={"temperature": "hot"}))


TOO_LONG = [
    pytest.param([Message("user", SENTENCE * 100 + QUESTION)], {}, id="one long turn"),
    pytest.param([system(SENTENCE * 100), Message("user", QUESTION)], {}, id="a long system prompt"),
    pytest.param([system("Be kind."), *HISTORY, Message("user", QUESTION)], {}, id="a long history"),
    pytest.param([Message("user", SENTENCE * 30 + QUESTION)], {"num_ctx": 64}, id="a small context"),
    pytest.param([Message("user", SENTENCE * 100 + QUESTION)], {"num_ctx": 4096}, id="more than it was trained for"),
]


@pytest.mark.parametrize(("messages", "options"), TOO_LONG)
def test_a_prompt_that_does_not_fit_is_an_error(
    shop: OllamaTarget, messages: list[Message], options: dict[str, Any]
) -> None:
    """Never an answer to another prompt than the team's."""
    with pytest.raises(PromptCut, match="num_ctx"):
        shop.ask(asks(*messages, options=options))


def test_turns_that_outgrow_the_context_are_an_error(shop: OllamaTarget) -> None:
    """The first turn fits, the conversation does not."""
    with pytest.raises(PromptCut):
        shop.ask(asks(SENTENCE * 40, SENTENCE * 40, turns=True))


def test_an_answer_that_meets_the_end_of_the_context_is_cut_off_and_no_error(shop: OllamaTarget) -> None:
    """The prompt is whole; the server would forget its older half to write on, and is told to stop instead."""
    ten, twenty = (shop.ask(asks(SENTENCE * n, options={"num_predict": 1})).prompt_tokens for n in (10, 20))
    most = 10 + (512 - ten) * 10 // (twenty - ten)
    response = shop.ask(asks(SENTENCE * most))
    assert response.finish_reason == "length"
    assert response.prompt_tokens <= 512
    assert response.prompt_tokens + response.output_tokens <= 513


class OldServer(BaseHTTPRequestHandler):
    """Stands before the real server as one from before 0.12.6: it knows neither ``truncate`` nor ``shift``."""

    real = ""

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        if self.path == "/api/version":
            self._send(b'{"version": "0.12.5"}')
        else:
            with urlopen(f"http://{self.real}{self.path}") as answer:
                self._send(answer.read())

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body.pop("truncate", None)
        body.pop("shift", None)
        request = HttpRequest(f"http://{self.real}{self.path}", json.dumps(body).encode(), {"Content-Type": "a/json"})
        with urlopen(request) as answer:
            self._send(answer.read())

    def _send(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def old_shop(ollama_server: str) -> Iterator[OllamaTarget]:
    """The same model behind a server that cannot be told not to cut."""
    handler = type("Handler", (OldServer,), {"real": ollama_server})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield OllamaTarget("tinyshop", host=f"127.0.0.1:{server.server_address[1]}")
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("messages", "options"), TOO_LONG)
def test_what_an_old_server_cuts_without_a_word_is_an_error(
    old_shop: OllamaTarget, messages: list[Message], options: dict[str, Any]
) -> None:
    """It answers 200 and may count fewer tokens than its context has; the prompt that may be cut is not believed."""
    with pytest.raises(PromptCut, match=r"0\.12\.5 cannot be told not to cut"):
        old_shop.ask(asks(*messages, options=options))


def test_an_old_server_is_believed_where_nothing_can_be_cut(old_shop: OllamaTarget) -> None:
    """A short conversation, and a long single turn that was counted whole."""
    assert old_shop.ask(asks(system("Be kind."), *HISTORY[:2], QUESTION)).text.strip()
    assert old_shop.ask(asks(SENTENCE * 30)).prompt_tokens < 512
