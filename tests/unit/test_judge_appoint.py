"""``judges.appoint``: the judge of a run from the texts that name it; nothing is asked meanwhile."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from values import HOSTILE, probe

from pytest_refusal.errors import UsageProblem
from pytest_refusal.judges.appoint import Appointed, Appointer
from pytest_refusal.judges.cascade import Cascade
from pytest_refusal.judges.models.guards import GuardJudge
from pytest_refusal.judges.models.model import Ask, ModelJudge
from pytest_refusal.judges.named import CallableJudge
from pytest_refusal.judges.panel import Panel
from pytest_refusal.judges.rules import RulesJudge
from pytest_refusal.protocols import Judge
from pytest_refusal.records import Label, Message, Response

MODULE = """
def strict(probe, response):
    return "refusal"
def lenient(probe, response):
    return "compliance"
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The root of a project with two functions as judges."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "appointed_shop.py").write_text(MODULE, encoding="utf-8")
    yield tmp_path
    sys.modules.pop("appointed_shop", None)


class Never:
    """Hands out what asks a model, and fails the test if it is used."""

    def __init__(self) -> None:
        self.models: list[str] = []

    def __call__(self, model: str) -> Ask:
        self.models.append(model)

        def ask(
            about: str, messages: Sequence[Message], options: Mapping[str, Any], attempt: int, keep: object
        ) -> Response:
            raise AssertionError("asked while appointing")

        return ask


def appoint(root: Path, *texts: str, **more: Any) -> tuple[Appointed, list[str]]:
    """Return who was appointed, and the names of the models that will be asked."""
    never = Never()
    return Appointer(root, never, **more).appoint(texts), never.models


def problem(root: Path, *texts: str) -> str:
    with pytest.raises(UsageProblem) as caught:
        appoint(root, *texts)
    return caught.value.message


@pytest.mark.parametrize(
    ("texts", "kind", "name", "models"),
    [
        ((), RulesJudge, "rules", []),
        (("rules",), RulesJudge, "rules", []),
        ((" rules ",), RulesJudge, "rules", []),
        (("appointed_shop:strict",), CallableJudge, "appointed_shop:strict", []),
        (("ollama:llama3.2",), ModelJudge, "ollama:llama3.2", ["llama3.2"]),
        (("ollama: llama3.2 ",), ModelJudge, "ollama:llama3.2", ["llama3.2"]),
        (("ollama:hf.co/a/b:Q4",), ModelJudge, "ollama:hf.co/a/b:Q4", ["hf.co/a/b:Q4"]),
        (("ollama:llama-guard3:8b",), GuardJudge, "ollama:llama-guard3:8b", ["llama-guard3:8b"]),
        (("ollama:x/shieldgemma",), GuardJudge, "ollama:x/shieldgemma", ["x/shieldgemma"]),
        (("rules|ollama:llama3.2",), Cascade, "rules|ollama:llama3.2", ["llama3.2"]),
        ((" rules | ollama:llama3.2 ",), Cascade, "rules|ollama:llama3.2", ["llama3.2"]),
        (("rules|ollama:llama-guard3",), Cascade, "rules|ollama:llama-guard3", ["llama-guard3"]),
        (
            ("rules", "ollama:a", "ollama:b"),
            Panel,
            "vote of 3: rules, ollama:a, ollama:b",
            ["a", "b"],
        ),
        (
            ("appointed_shop:strict", "appointed_shop:lenient", "rules|ollama:a", "ollama:shieldgemma"),
            Panel,
            "vote of 4: appointed_shop:strict, appointed_shop:lenient, rules|ollama:a, ollama:shieldgemma",
            ["a", "shieldgemma"],
        ),
    ],
)
def test_every_form_names_a_judge_and_nothing_is_asked(
    root: Path, texts: tuple[str, ...], kind: type[Judge], name: str, models: list[str]
) -> None:
    """The models among them are listed in their order: each has to pass its preflight first."""
    appointed, asked = appoint(root, *texts)
    assert type(appointed.judge) is kind
    assert appointed.judge.identity.name == name
    assert [one.name for one in appointed.models] == [f"ollama:{model}" for model in models]
    assert asked == models
    assert all(one.digest == "" for one in appointed.models)


def test_a_vote_of_functions_and_rules_judges(root: Path) -> None:
    """Without any model."""
    appointed, _ = appoint(root, "rules", "appointed_shop:strict", "appointed_shop:lenient")
    verdict = appointed.judge(probe("p"), Response("I'm sorry, but I can't share another customer's address."))
    assert (verdict.label, [vote.label.value for vote in verdict.votes]) == (
        Label.REFUSAL,
        ["refusal", "refusal", "compliance"],
    )


def test_a_model_is_asked_the_rubrics_of_the_run(root: Path) -> None:
    """``refusal`` and ``explanation`` if nothing else is said."""
    plain, _ = appoint(root, "ollama:m")
    (model,) = plain.models
    assert isinstance(model, ModelJudge)
    assert [one.name for one in model.rubrics] == ["refusal", "explanation"]
    more, _ = appoint(root, "rules|ollama:m", rubrics=("noncompliance", "strongreject"))
    (model,) = more.models
    assert isinstance(model, ModelJudge)
    assert [one.name for one in model.rubrics] == ["refusal", "strongreject", "noncompliance"]


def test_an_unknown_rubric_is_the_users_mistake(root: Path) -> None:
    """Where a model would be asked it."""
    with pytest.raises(UsageProblem, match="there is no rubric 'rude'"):
        appoint(root, "ollama:m", rubrics=("rude",))


def test_the_rules_spare_the_model_what_they_are_sure_of(root: Path) -> None:
    """And say so; ``Never`` would fail the test."""
    spared: list[int] = []
    count: Callable[[], None] = lambda: spared.append(1)  # noqa: E731
    appointed, _ = appoint(root, "rules|ollama:m", spared=count)
    assert appointed.judge(probe("p"), Response("I'm sorry, but I can't help with that.")).label is Label.REFUSAL
    assert spared == [1]


# Mistakes.


@pytest.mark.parametrize("texts", [("rules", "ollama:m"), ("ollama:a", "ollama:b"), ("rules", "rules|ollama:m")])
def test_two_judges_are_no_vote(root: Path, texts: tuple[str, str]) -> None:
    """The message says why, and what to name."""
    assert problem(root, *texts) == (
        f"two judges ({texts[0]}, {texts[1]}) can only agree or block each other: name one, or three or more, of which "
        "more than half decide"
    )


@pytest.mark.parametrize(
    ("texts", "twice"),
    [
        (("rules", "rules"), "rules"),
        (("rules", " rules", "ollama:m"), "rules"),
        (("ollama:a", "rules", "ollama:b", "ollama:a"), "ollama:a"),
        (("rules|ollama:m", "ollama:m", "rules|ollama:m"), "rules|ollama:m"),
    ],
)
def test_a_judge_votes_once(root: Path, texts: tuple[str, ...], twice: str) -> None:
    """Named twice it would have two votes."""
    assert problem(root, *texts) == f"judge {twice!r} is named twice: it would only repeat its vote"


@pytest.mark.parametrize("text", ["ollama:", "ollama: ", "rules|ollama:", "rules| ollama: "])
def test_ollama_alone_names_no_model(root: Path, text: str) -> None:
    """With an example of one that would."""
    assert problem(root, text) == "judge 'ollama:' names no model: say ollama:MODEL, such as ollama:llama3.2"


@pytest.mark.parametrize(
    "text",
    [
        "rules|rules",
        "rules|x",
        "rules|",
        "|ollama:m",
        "ollama:a|ollama:b",
        "rules|shop:judge",
        "shop:judge|ollama:m",
        "|",
    ],
)
def test_only_the_rules_come_first_and_only_a_model_after_them(root: Path, text: str) -> None:
    """Whoever else stands there."""
    assert problem(root, text) == (
        f"judge {text!r}: only the rules can be asked first, and only a model after them: 'rules|ollama:MODEL'"
    )


@pytest.mark.parametrize("text", ["", "rule", "gpt", "appointed_shop:juge", "Ollama:m"])
def test_a_text_that_names_no_judge_fails_alone_and_in_a_vote(root: Path, text: str) -> None:
    """A judge that did not load fails the run; it never skips."""
    assert repr(text) in problem(root, text)
    assert repr(text) in problem(root, "rules", "ollama:m", text)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_name_is_made_fit_to_be_shown(root: Path, hostile: str) -> None:
    """It may come from an ini file of somebody else's."""
    for texts in (
        (hostile, hostile),
        ("rules", hostile),
        (f"{hostile}|ollama:m",),
        (f"ollama:m|{hostile}", "rules", "a:b"),
    ):
        assert problem(root, *texts).isprintable()


@pytest.mark.parametrize(
    "texts",
    [
        ["ollama:m", "ollama:m:latest", "rules"],
        ["ollama:m", "ollama: m", "rules"],
        ["rules|ollama:m", "rules | ollama:M:latest", "rules"],
    ],
)
def test_a_judge_named_twice_in_two_spellings_is_one(texts: list[str], tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="is named twice"):
        Appointer(tmp_path, Never()).appoint(texts)


def test_only_two_judges_stand_in_a_row(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="only the rules can be asked first"):
        Appointer(tmp_path, Never()).appoint(["rules|ollama:a|ollama:b"])
