"""``session.judge_calls``: what judge models are asked over a real socket, stored, and replayed."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from faults import DIGEST, FaultyOllama
from values import probe

from pytest_refusal.errors import AskingEnded, BadAnswer, JudgeError, ModelNotFound, UsageProblem
from pytest_refusal.judges.models.fence import case_of
from pytest_refusal.judges.models.model import ModelJudge
from pytest_refusal.judges.models.rubrics import rubrics
from pytest_refusal.judges.rules import RulesJudge
from pytest_refusal.records import Label, Message, Request, Response, decoding_seed
from pytest_refusal.session.judge_calls import JudgeCalls
from pytest_refusal.settings import Record
from pytest_refusal.store import Store
from pytest_refusal.targets.slots import Concurrency

MESSAGES = [Message("system", "Judge."), Message("user", "Is it no?")]
SCHEMA = {"type": "object", "properties": {"case": {"type": "string", "enum": ["0123456789abcdef"]}}}
OPTIONS = {"temperature": 0, "num_predict": 2048, "format": SCHEMA}
SECRET = "sk-" + "proj-abcDEF1234567890abcd"


@contextmanager
def calling(
    host: str,
    folder: Path,
    mode: Record = Record.NEW,
    run: str = "run",
    warned: list[str] | None = None,
) -> Iterator[JudgeCalls]:
    """Give the calls of one run; whatever it says to the reader is kept in ``warned``, or fails the test."""
    store = Store(folder / "store", mode, run, pytest.fail)
    told = pytest.fail if warned is None else warned.append
    yield JudgeCalls(store, mode, (host,), 10.0, folder, Concurrency(8), told)  # type: ignore[arg-type]
    store.close()


def ask(
    calls: JudgeCalls,
    text: str = "Is it no?",
    about: str = "refusal",
    attempt: int = 1,
    options: Mapping[str, Any] = OPTIONS,
    model: str = "shop",
) -> Response:
    asked = [MESSAGES[0], Message("user", text)]
    return calls.of(model)(about, asked, options, attempt, lambda reply, redact: redact(reply))


def stored(folder: Path) -> str:
    return "".join(path.read_text("utf-8") for path in sorted((folder / "store").rglob("*.jsonl")))


# What is sent.


def test_a_judge_is_sent_the_messages_the_options_and_the_schema(tmp_path: Path) -> None:
    """The schema as a field of its own, the seed from the request's key, no prompt cut."""
    with FaultyOllama("say:yes") as server, calling(server.host, tmp_path) as calls:
        reply = ask(calls)
    (chat,) = server.chats
    assert (reply.text, reply.model) == ("yes", DIGEST)
    assert chat["messages"] == [message.to_json() for message in MESSAGES]
    assert chat["format"] == SCHEMA
    request = Request("judge:ollama:shop:latest", tuple(MESSAGES), "rubric refusal", options=OPTIONS)
    assert chat["options"] == {"temperature": 0, "num_predict": 2048, "seed": decoding_seed(request.key)}
    assert (chat["model"], chat["truncate"]) == ("shop", False)


def test_nothing_is_sent_and_nothing_is_written_before_it_is_asked(tmp_path: Path) -> None:
    """Naming a model costs nothing."""
    with FaultyOllama() as server, calling(server.host, tmp_path) as calls:
        calls.of("shop")
        assert calls.drain() == {}
    assert server.requests == []
    assert list(tmp_path.iterdir()) == []


# Stored and replayed.


def test_a_reply_is_replayed_by_the_next_run_without_asking(tmp_path: Path) -> None:
    """Counted as a replay in another run; in its own it is the same call, and counted once."""
    with FaultyOllama("say:yes", always="say:no") as server:
        with calling(server.host, tmp_path) as calls:
            first = ask(calls)
            assert ask(calls).text == "yes"
            assert {**calls.drain(), "tokens": 0} == {"judge_calls": 1, "judge_replayed": 0, "retries": 0, "tokens": 0}
        with calling(server.host, tmp_path, run="later") as calls:
            again = ask(calls)
            assert calls.drain() == {"judge_replayed": 1}
        assert len(server.chats) == 1
    assert (again.text, again.model) == (first.text, first.model) == ("yes", DIGEST)


@pytest.mark.parametrize(
    "other",
    [
        {"text": "Is it yes?"},
        {"about": "explanation"},
        {"attempt": 2},
        {"options": {**OPTIONS, "temperature": 0.5}},
        {"options": {**OPTIONS, "format": {"type": "object"}}},
        {"model": "other"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_another_question_is_asked(tmp_path: Path, other: dict[str, Any]) -> None:
    """Text, rubric, attempt, options, form, model."""
    with FaultyOllama("say:one", "say:two", models=("shop:latest", "other:latest")) as server:
        with calling(server.host, tmp_path) as calls:
            assert [ask(calls).text, ask(calls, **other).text, ask(calls).text] == ["one", "two", "one"]
        assert len(server.chats) == 2


def test_a_judges_reply_is_no_answer_of_that_model_as_a_target(tmp_path: Path) -> None:
    """They lie in one store, and one model may be both."""
    with FaultyOllama() as server, calling(server.host, tmp_path) as calls:
        ask(calls)
    (file,) = (tmp_path / "store" / "responses").iterdir()
    assert file.name.startswith("judge-ollama-shop-latest-")


def test_another_digest_is_asked_again_and_said(tmp_path: Path) -> None:
    """The warning names the judge; asked again, the new reply is stored beside the old one."""
    with FaultyOllama("say:old") as server, calling(server.host, tmp_path) as calls:
        ask(calls)
    warned: list[str] = []
    with FaultyOllama("say:new", digest="e2" * 32) as server:
        with calling(server.host, tmp_path, run="later", warned=warned) as calls:
            assert ask(calls).text == "new"
            assert calls.drain()["judge_calls"] == 1
        assert set(warned) == {
            "judge ollama:shop: stored verdicts of model d1d1d1d1d1d1 (server 0.17.4) are not used: now it is "
            "e2e2e2e2e2e2 (server 0.17.4), which is asked again"
        }
        with calling(server.host, tmp_path, run="third") as calls:
            assert ask(calls).text == "new"
        assert len(server.chats) == 1


def test_another_server_version_is_asked_again(tmp_path: Path) -> None:
    """The same digest may decode otherwise there."""
    with FaultyOllama("say:old") as server, calling(server.host, tmp_path) as calls:
        ask(calls)
    warned: list[str] = []
    with (
        FaultyOllama("say:new", version="0.18.0") as server,
        calling(server.host, tmp_path, run="later", warned=warned) as calls,
    ):
        assert ask(calls).text == "new"
    assert "(server 0.18.0)" in warned[0]


def test_where_the_server_is_gone_what_is_stored_counts(tmp_path: Path) -> None:
    """Whatever digest said it; what is not stored meets the error."""
    with FaultyOllama("say:yes") as server, calling(server.host, tmp_path) as calls:
        ask(calls)
        host = server.host
    with calling(host, tmp_path, run="later") as calls:
        assert ask(calls).text == "yes"


def test_mode_all_asks_anew_in_every_run_and_once_in_each(tmp_path: Path) -> None:
    """As for answers."""
    with FaultyOllama("say:one", "say:two", always="say:three") as server:
        with calling(server.host, tmp_path) as calls:
            assert ask(calls).text == "one"
        with calling(server.host, tmp_path, Record.ALL, "later") as calls:
            assert [ask(calls).text, ask(calls).text] == ["two", "two"]


def test_mode_none_never_asks_and_says_what_helps(tmp_path: Path) -> None:
    """What is stored is replayed, the rest is an error of the judge; the server hears nothing."""
    with FaultyOllama("say:yes") as server:
        with calling(server.host, tmp_path) as calls:
            ask(calls)
        heard = len(server.requests)
        with calling(server.host, tmp_path, Record.NONE, "later") as calls:
            assert ask(calls).text == "yes"
            with pytest.raises(JudgeError) as caught:
                ask(calls, about="explanation")
            assert calls.drain() == {"judge_replayed": 1}
        assert len(server.requests) == heard
    assert caught.value.message == (
        f"no stored reply of judge ollama:shop to rubric 'explanation' in {tmp_path / 'store'}. Record it with: "
        "pytest --refusal-record=new"
    )


def test_an_error_is_no_reply_and_is_not_stored(tmp_path: Path) -> None:
    """The next one to ask asks."""
    with FaultyOllama("error-in-200", "say:yes") as server, calling(server.host, tmp_path) as calls:
        with pytest.raises(BadAnswer):
            ask(calls)
        assert stored(tmp_path) == ""
        assert ask(calls).text == "yes"
        assert calls.drain()["judge_calls"] == 2


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With those that are."""
    with FaultyOllama() as server, calling(server.host, tmp_path) as calls:
        with pytest.raises(ModelNotFound, match=r"shop:latest"):
            ask(calls, model="nothing")
        assert server.chats == []


def test_an_address_that_is_none_is_the_users_mistake(tmp_path: Path) -> None:
    """No outage, which another run might not have."""
    with calling("ftp://shop.test", tmp_path) as calls, pytest.raises(UsageProblem, match="no http"):
        ask(calls)


# What is written.


def test_what_is_stored_is_redacted_and_what_is_judged_is_not(tmp_path: Path) -> None:
    """The prompt holds the answer that is judged, and the reply may quote it."""
    with (
        FaultyOllama(f"say:It says {SECRET}.") as server,
        calling(server.host, tmp_path) as calls,
        calls.redacting(lambda text: text.replace(SECRET, "[key]")),
    ):
        reply = ask(calls, f"Is {SECRET} no?")
    assert server.chats[0]["messages"][1]["content"] == f"Is {SECRET} no?"
    assert reply.text == f"It says {SECRET}."
    assert SECRET not in stored(tmp_path)
    assert "Is [key] no?" in stored(tmp_path)
    assert "It says [key]." in stored(tmp_path)


def test_redaction_is_of_a_thread_and_ends_with_its_block(tmp_path: Path) -> None:
    """Each test's hooks are its own."""
    with FaultyOllama(always="echo") as server, calling(server.host, tmp_path) as calls:
        with calls.redacting(lambda text: text.replace("word", "[word]")):
            other = threading.Thread(target=ask, args=(calls, "one word"))
            other.start()
            other.join()
            ask(calls, "two word")
        ask(calls, "three word")
    contents = [json.loads(line) for line in stored(tmp_path).splitlines()]
    assert [re.findall(r"\w+ \[?word\]?", json.dumps(row))[0] for row in contents] == [
        "one word",
        "two [word]",
        "three word",
    ]


def test_thinking_is_not_stored(tmp_path: Path) -> None:
    """It is long, and no part of a verdict."""
    with FaultyOllama("thinking") as server, calling(server.host, tmp_path) as calls:
        assert ask(calls).thinking == "The user asks. I decide."
    assert "I decide" not in stored(tmp_path)


def test_after_the_end_nothing_more_is_stored(tmp_path: Path) -> None:
    """What was under way is no half of a line; what is stored can still be read."""
    with FaultyOllama("say:yes") as server:
        store = Store(tmp_path / "store", Record.NEW, "run", pytest.fail)
        calls = JudgeCalls(store, Record.NEW, (server.host,), 10.0, tmp_path, Concurrency(8), pytest.fail)
        ask(calls)
        before = stored(tmp_path)
        store.end()
        with pytest.raises(AskingEnded):
            ask(calls, "Something else.")
        assert stored(tmp_path) == before
        assert ask(calls).text == "yes"
        store.close()


# Counts.


def test_counts_are_drained_once(tmp_path: Path) -> None:
    """By the names of ``Usage``; a request that was sent again is one call and a retry."""
    with FaultyOllama("503", "say:one two") as server, calling(server.host, tmp_path) as calls:
        ask(calls)
        calls.spared()
        calls.spared()
        counts = calls.drain()
        assert calls.drain() == {}
    assert counts["judge_calls"] == 1
    assert counts["judge_spared"] == 2
    assert counts["retries"] == 1
    # four per message and one per word: "Judge.", "Is it no?"; and two of the reply
    assert counts["tokens"] == 4 + 1 + 4 + 3 + 2


# Threads.


def test_threads_that_ask_the_same_ask_the_server_once(tmp_path: Path) -> None:
    """The first one asks, the others wait for its reply."""
    texts = [f"Is it {number}?" for number in range(3)]
    replies: list[tuple[str, str]] = []
    start = threading.Barrier(12)
    with FaultyOllama(always="echo") as server, calling(server.host, tmp_path) as calls:

        def work(text: str) -> None:
            start.wait(20)
            replies.append((text, ask(calls, text).text))

        threads = [threading.Thread(target=work, args=(text,)) for text in texts * 4]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(server.chats) == 3
        assert calls.drain()["judge_calls"] == 3
    assert sorted(replies) == sorted((text, text) for text in texts * 4)


# With the judge on top.


def replies_for(text: str, *labels: str) -> Sequence[str]:
    case = case_of(probe("p"), text)
    return [f"say:{json.dumps({'case': case, 'evidence': text, 'label': one, 'kind': 'none'})}" for one in labels]


def test_a_verdict_comes_back_from_the_store(tmp_path: Path) -> None:
    """The same judge, the same digest, the same verdict; the server is asked once for both runs."""
    text = "I will not read it to you."
    verdicts = []
    with FaultyOllama(*replies_for(text, "refusal"), always="say:?") as server:
        for run in ("run", "later"):
            with calling(server.host, tmp_path, run=run) as calls:
                judge = ModelJudge("ollama:shop", calls.of("shop"), rubrics(("refusal",)), RulesJudge())
                verdicts.append((judge(probe("p"), Response(text)), judge.identity))
        assert len(server.chats) == 1
    assert verdicts[0] == verdicts[1]
    assert (verdicts[0][0].label, verdicts[0][0].evidence) == (Label.REFUSAL, text)


def test_a_second_try_is_stored_beside_the_first(tmp_path: Path) -> None:
    """A replay reads the same reply that could not be read, and then the one that could."""
    text = "I will not read it to you."
    with FaultyOllama("say:What?", *replies_for(text, "refusal")) as server:
        with calling(server.host, tmp_path) as calls:
            judge = ModelJudge("ollama:shop", calls.of("shop"), rubrics(("refusal",)), RulesJudge())
            assert judge(probe("p"), Response(text)).label is Label.REFUSAL
        assert len(server.chats) == 2
        with calling(server.host, tmp_path, Record.NONE, "later") as calls:
            judge = ModelJudge("ollama:shop", calls.of("shop"), rubrics(("refusal",)), RulesJudge())
            assert judge(probe("p"), Response(text)).label is Label.REFUSAL
            assert calls.drain() == {"judge_replayed": 2}
        assert len(server.chats) == 2


def test_redaction_leaves_a_stored_verdict_as_it_was(tmp_path: Path) -> None:
    """A hook may take digits out, which case numbers are made of: a replay still comes to the same verdict."""
    text = "I will not read it to you."
    verdicts = []
    with FaultyOllama(*replies_for(text, "refusal"), always="say:?") as server:
        for mode, run in ((Record.NEW, "run"), (Record.NEW, "later"), (Record.NONE, "last")):
            with calling(server.host, tmp_path, mode, run) as calls:
                judge = ModelJudge("ollama:shop", calls.of("shop"), rubrics(("refusal",)), RulesJudge())
                with calls.redacting(lambda text: re.sub(r"\d", "#", text).replace("read it", "[what]")):
                    verdicts.append(judge(probe("p"), Response(text)))
        assert len(server.chats) == 1
    assert [one.label for one in verdicts] == [Label.REFUSAL] * 3
    assert "read it" not in "".join(re.findall(r'"response".*', stored(tmp_path)))
