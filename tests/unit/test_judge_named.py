"""``judges.named``: a judge from a text, and a team's own function as a judge."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any

import pytest
from values import probe

from pytest_refusal.errors import JudgeError, UsageProblem
from pytest_refusal.judges.named import CallableJudge, named_judge
from pytest_refusal.judges.rules import RulesJudge
from pytest_refusal.protocols import JudgeIdentity
from pytest_refusal.records import Kind, Label, Response, Verdict

MODULE = """
from pytest_refusal.records import Label, Verdict
class Strict:
    identity = "strict-3"
    def __call__(self, probe, response):
        return Label.REFUSAL
class Desk:
    strict = Strict()
def judge(probe, response):
    return "compliance" if probe.id in response.text else "refusal"
desk = Desk()
number = 3
"""

FORMS = (
    "'rules' (embedded, offline), 'ollama:MODEL' (a model behind Ollama), 'rules|ollama:MODEL' (the model where the "
    "rules are not sure), or 'package.module:name' (a function (probe, response) → label of yours)"
)


class Word(StrEnum):
    """A team's own labels."""

    NO = "refusal"
    HALF = "partial"
    MAYBE = "maybe"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The root of a project with a judge in it; what it adds to the interpreter is taken away again."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "root").mkdir()
    (tmp_path / "here").mkdir()
    (tmp_path / "root" / "judged_shop.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "here")
    yield tmp_path / "root"
    sys.modules.pop("judged_shop", None)


def saying(said: Any) -> CallableJudge:
    """Return a judge that says always the same."""
    return CallableJudge(lambda asked, response: said, "shop:judge")


def problem(text: str, folder: Path) -> str:
    with pytest.raises(UsageProblem) as caught:
        named_judge(text, folder)
    return caught.value.message


def test_rules_is_the_embedded_judge(tmp_path: Path) -> None:
    """Offline, and with an identity of its own."""
    judge = named_judge("rules", tmp_path)
    assert isinstance(judge, RulesJudge)
    assert judge.identity == RulesJudge().identity
    verdict = judge(probe("p"), Response("I'm sorry, but I can't share another customer's address."))
    assert verdict.label is Label.REFUSAL


@pytest.mark.parametrize("text", ["judged_shop:judge", "judged_shop:desk.strict"])
def test_a_function_of_a_module_below_the_root_is_a_judge(folder: Path, text: str) -> None:
    """Whatever can be called, from whatever folder pytest was started in."""
    verdict = named_judge(text, folder)(probe("p"), Response("no"))
    assert verdict.label is Label.REFUSAL


def test_a_judge_is_given_the_probe_and_the_response(folder: Path) -> None:
    """Both whole."""
    judge = named_judge("judged_shop:judge", folder)
    assert judge(probe("p-1"), Response("about p-1")).label is Label.COMPLIANCE


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("rule", f"no judge is called 'rule'. Did you mean 'rules'? Say {FORMS}."),
        ("", f"no judge is called ''. Say {FORMS}."),
        ("ollama:llama3.2", f"no judge is called 'ollama:llama3.2'. Say {FORMS}."),
        ("judged_shop.judge", f"no judge is called 'judged_shop.judge'. Say {FORMS}."),
        ("judged_shop:juge", "judge 'judged_shop:juge': judged_shop has no 'juge'. Did you mean judge?"),
        ("judged_shop:number", "judge 'judged_shop:number' is no function (probe, response) → label, but int"),
        ("judged_shop:Strict", "judge 'judged_shop:Strict' is no function (probe, response) → label, but type"),
    ],
)
def test_a_text_that_names_no_judge_says_why_and_what_it_takes(folder: Path, text: str, answer: str) -> None:
    """A judge that did not load fails the run; it never skips."""
    assert problem(text, folder) == answer


def test_a_hostile_name_is_made_fit_to_be_shown(tmp_path: Path) -> None:
    """It may come from an ini file of somebody else's."""
    seen = problem("\x1b[31m" + "x" * 500, tmp_path)
    assert "\x1b" not in seen
    assert "… (+305)" in seen


def test_a_module_that_is_not_there_names_the_folders_and_the_forms(folder: Path) -> None:
    """The current folder first, then the root."""
    seen = problem("judged_nothing:judge", folder)
    assert f"It was looked for in {Path.cwd()}, {folder} and among the installed packages. Other forms: {FORMS}" in seen


# What a team's function may return.


@pytest.mark.parametrize("label", Label)
def test_a_label_may_be_a_word_or_an_enum(label: Label) -> None:
    """``unclear`` and ``error`` too: a judge may not know."""
    for said in (label.value, label):
        assert saying(said)(probe("p"), Response("x")) == Verdict(label, judge="shop:judge")


def test_a_teams_own_words_may_be_an_enum_of_them() -> None:
    """What is equal to a label is one."""
    assert saying(Word.HALF)(probe("p"), Response("x")).label is Label.PARTIAL


def test_a_verdict_is_taken_as_it_is_and_gets_the_judges_name_if_it_has_none() -> None:
    """Everything else of it stays."""
    said = Verdict(Label.REFUSAL, 0.4, Kind.SCOPE, explained=True, evidence="no", offset=0, scores={"strongreject": 0})
    seen = saying(said)(probe("p"), Response("no"))
    assert seen.judge == "shop:judge"
    assert seen == Verdict(
        Label.REFUSAL,
        0.4,
        Kind.SCOPE,
        explained=True,
        evidence="no",
        offset=0,
        judge="shop:judge",
        scores={"strongreject": 0},
    )
    signed = Verdict(Label.REFUSAL, judge="panel of three")
    assert saying(signed)(probe("p"), Response("no")) == signed


@pytest.mark.parametrize("said", ["refused", "Refusal", "", None, True, 0, ("refusal",), ["refusal"], {}, Word.MAYBE])
def test_what_is_neither_label_nor_verdict_is_a_judges_error(said: object) -> None:
    """Never counted as a refusal or an answer; the text says what came and what is wanted."""
    with pytest.raises(JudgeError) as caught:
        saying(said)(probe("p"), Response("x"))
    words = "refusal, partial, theater, compliance, unclear, error"
    assert caught.value.message == f"shop:judge returned {said!r}: no label ({words}) and no Verdict"


def test_a_long_or_hostile_return_is_cut_and_made_fit() -> None:
    """A judge by model may return the model's text."""
    with pytest.raises(JudgeError) as caught:
        saying("\u202e" + "x" * 500)(probe("p"), Response("x"))
    assert "\u202e" not in caught.value.message
    assert "… (+" in caught.value.message
    assert len(caught.value.message) < 300


def test_what_the_function_raises_goes_through() -> None:
    """Whoever asks turns it into an ``error`` with its text."""

    def judge(asked: object, response: object) -> str:
        raise ZeroDivisionError("by zero")

    with pytest.raises(ZeroDivisionError):
        CallableJudge(judge, "shop:judge")(probe("p"), Response("x"))


# Who judged.


def stating(identity: object) -> Callable[..., str]:
    """Return a judge's function that states an identity."""

    def judge(asked: object, response: object) -> str:
        return "refusal"

    if identity is not None:
        judge.identity = identity  # type: ignore[attr-defined]
    return judge


def test_an_identity_can_be_stated_as_a_value() -> None:
    """Taken as it is."""
    identity = JudgeIdentity("panel", "7", "ab" * 32)
    assert CallableJudge(stating(identity), "shop:judge").identity is identity


def test_identities_that_differ_have_hashes_that_differ() -> None:
    """By the name, by what is stated, and by whether it is."""
    made = [
        CallableJudge(stating(stated), name).identity
        for name in ("shop:judge", "shop:other")
        for stated in (None, "v1", "v2", "")
    ]
    assert len({one.sha256 for one in made}) == len(made)
    assert all(len(one.sha256) == 64 for one in made)
    assert [one.version for one in made[:4]] == ["", "stated", "stated", "stated"]
    assert [one.name for one in made[::4]] == ["shop:judge", "shop:other"]


def test_the_same_name_and_statement_are_the_same_judge() -> None:
    """In another process and on another day."""
    one, other = (CallableJudge(stating("v1"), "shop:judge").identity for _ in range(2))
    assert one == other
    assert one.sha256 == "9005ea0d15af10a6fd4e4f0fd57a67cda733bfe0ce4f7d01f6c14cd3e3dde3e5"


def test_the_name_is_what_the_user_typed(folder: Path) -> None:
    """So that a report can be read."""
    assert named_judge("judged_shop:judge", folder).identity.name == "judged_shop:judge"
    stated = named_judge("judged_shop:desk.strict", folder).identity
    assert (stated.name, stated.version) == ("judged_shop:desk.strict", "stated")


def test_a_label_of_ones_own_enum_and_a_wrong_confidence() -> None:
    """What is not a label's word or not a share is the judge's failure, never a verdict."""

    class Own(Enum):
        YES = "refusal"

    assert saying(Own.YES)(probe("p"), Response("no")).label is Label.REFUSAL
    assert saying(Verdict("refusal"))(probe("p"), Response("no")).label is Label.REFUSAL  # type: ignore[arg-type]
    with pytest.raises(JudgeError, match="confidence of 7"):
        saying(Verdict(Label.REFUSAL, 7))(probe("p"), Response("no"))


def test_a_score_that_is_no_number_is_an_error() -> None:
    """JSON has none for it, and a mean would be none."""
    judge = saying(Verdict(Label.REFUSAL, scores={"strongreject": float("nan")}))
    with pytest.raises(JudgeError, match="returned nan as score 'strongreject'"):
        judge(probe("p"), Response("x"))
