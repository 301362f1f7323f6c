"""A target from a text: the three forms, and every way to write them wrongly."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_refusal.errors import UsageProblem
from pytest_refusal.records import Message, Request
from pytest_refusal.targets.application import target
from pytest_refusal.targets.named import named_target
from pytest_refusal.targets.ollama import OllamaTarget
from pytest_refusal.targets.replay import ReplayTarget
from pytest_refusal.targets.spread import SpreadTarget

HELLO = Request("app", (Message("user", "Hello"),), "p")

SHOP = """
import pytest_refusal
MODEL = "m"
def answer(prompt):
    return f"<{prompt}>"
class Bot:
    def __call__(self, prompt):
        return prompt
bot = Bot()
stated = pytest_refusal.target(answer, identity="v1")
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The current folder, with an application in it; what it adds to the interpreter is taken away again."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)
    (tmp_path / "named_shop.py").write_text(SHOP)
    yield tmp_path
    for name in set(sys.modules) - before:
        if name.startswith("named_"):
            del sys.modules[name]


def test_an_ollama_model() -> None:
    """Its tag may be left out; nothing is asked."""
    made = named_target("ollama:llama3.2:1b", host="127.0.0.1:1", timeout_s=3)
    assert isinstance(made, OllamaTarget)
    assert (made.name, made.identity) == ("ollama:llama3.2:1b", "ollama:llama3.2:1b")


def test_several_hosts_make_one_target() -> None:
    """One host in a list is one host, an empty list the default."""
    assert isinstance(named_target("ollama:m", host=["a:1", "b:1"]), SpreadTarget)
    assert isinstance(named_target("ollama:m", host=["a:1"]), OllamaTarget)
    assert isinstance(named_target("ollama:m", host=[]), OllamaTarget)


def test_a_function_of_a_module_in_the_current_folder(folder: Path) -> None:
    """The folder of the invocation is looked into, as ``python -m`` does."""
    made = named_target("named_shop:answer", root=folder)
    assert made.ask(HELLO).text == "<Hello>"
    assert made.name == "named_shop:answer"
    assert made.identity is None


def test_a_module_below_the_root(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From another folder the root is looked into too."""
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    assert named_target("named_shop:answer", root=folder).ask(HELLO).text == "<Hello>"


@pytest.mark.parametrize("name", ["bot", "bot.__call__"])
def test_a_name_may_be_an_object_or_dotted(folder: Path, name: str) -> None:
    """Whatever can be called."""
    assert named_target(f"named_shop:{name}").ask(HELLO).text == "Hello"


def test_a_target_made_in_the_module_keeps_its_identity(folder: Path) -> None:
    """``target(…)`` values are taken as they are, under the text as a name."""
    made = named_target("named_shop:stated")
    assert (made.name, made.identity) == ("named_shop:stated", target(lambda p: p, identity="v1").identity)


def test_a_text_in_target_takes_the_arguments_of_functions(folder: Path) -> None:
    """``target("module:name", identity=…)`` says of the function what it does not say itself."""
    made = target("named_shop:answer", identity="v1", concurrent=True)
    assert (made.name, made.stored, made.on_test_thread) == ("named_shop:answer", True, False)
    with pytest.raises(UsageProblem, match="is a target already, takes no identity"):
        target("named_shop:stated", identity="v2")


def test_a_file_of_answers_is_looked_for_here_and_below_the_root(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is the text."""
    (folder / "answers.jsonl").write_text('{"prompt": "Hello", "response": "fine"}\n')
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    made = named_target("replay:answers.jsonl", root=folder)
    assert isinstance(made, ReplayTarget)
    assert (made.name, made.ask(HELLO).text) == ("replay:answers.jsonl", "fine")
    with pytest.raises(UsageProblem) as caught:
        named_target("replay:nowhere.jsonl", root=folder)
    assert str(folder / "elsewhere" / "nowhere.jsonl") in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "llama3.2", "ollama:", "replay:", "openai:gpt-4", "a b:c", "shop.py:answer-it", ":x", "x:"]
)
def test_another_form_is_refused_with_the_three(text: str) -> None:
    """With an example of each."""
    with pytest.raises(UsageProblem) as caught:
        named_target(text)
    for example in ("ollama:llama3.2", "my_app.bot:chat", "replay:answers.jsonl"):
        assert example in str(caught.value)


def test_a_module_that_is_not_there(folder: Path) -> None:
    """The message names it and where it was looked for."""
    with pytest.raises(UsageProblem) as caught:
        named_target("named_nowhere.bot:answer", root=folder)
    assert "there is no module 'named_nowhere'" in str(caught.value)
    assert str(folder) in str(caught.value)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("x = 1\nimport named_missing_library\n", "ModuleNotFoundError: No module named 'named_missing_library'"),
        ("x = 1\nraise ValueError('no key')\n", "ValueError: no key"),
        ("x = 1\ny = = 2\n", "SyntaxError: invalid syntax"),
        ("x = 1\nimport sys; sys.exit()\n", "SystemExit: it ended the program"),
    ],
)
def test_a_module_that_fails_names_the_line(folder: Path, code: str, words: str) -> None:
    """An error inside it is not "no such module"."""
    (folder / "named_broken.py").write_text(code)
    with pytest.raises(UsageProblem) as caught:
        named_target("named_broken:answer")
    assert words in str(caught.value)
    assert f"{folder / 'named_broken.py'}:2" in str(caught.value)


def test_a_name_that_is_not_there_is_answered_with_close_ones(folder: Path) -> None:
    """Dotted too."""
    with pytest.raises(UsageProblem, match=r"named_shop has no 'anser'. Did you mean answer"):
        named_target("named_shop:anser")
    with pytest.raises(UsageProblem, match=r"named_shop\.bot has no 'chat'"):
        named_target("named_shop:bot.chat")


@pytest.mark.parametrize(("name", "what"), [("MODEL", "str"), ("Bot", "a class")])
def test_a_name_that_cannot_be_asked(folder: Path, name: str, what: str) -> None:
    """The message says what it is, and what to do with a class."""
    with pytest.raises(UsageProblem, match=f"is {what}, which cannot be asked.*factory"):
        named_target(f"named_shop:{name}")
