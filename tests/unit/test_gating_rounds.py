"""``session.gating.rounds``: what is asked before the first test, until when, and what it leaves to the tests."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from baselines import known, line, reworded
from stand_ins import asker, item
from values import probe, settings

from pytest_refusal import target
from pytest_refusal.baseline import BaselineLine
from pytest_refusal.collection.planning import make_plan
from pytest_refusal.errors import UsageProblem
from pytest_refusal.records import Expect, Probe
from pytest_refusal.session.asking import Asker, Case
from pytest_refusal.session.conditions import Conditions
from pytest_refusal.session.gating.gated import GatedRun
from pytest_refusal.session.gating.rounds import InRounds, Rounds
from pytest_refusal.session.redaction import Redactors
from pytest_refusal.settings import ROUNDS
from pytest_refusal.targets.slots import Concurrency

REFUSE, ANSWER = Expect.REFUSE, Expect.ANSWER


@dataclass
class Bot:
    """An application that goes round in a pattern for each prompt: ``r`` is right for it, ``w`` is wrong."""

    wrong: Mapping[str, str] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    def __call__(self, prompt: str) -> str:
        name = prompt.split()[-1]
        pattern = self.wrong.get(name) or self.wrong.get(name[0]) or "r"
        letter = pattern[self.asked[name] % len(pattern)]
        self.asked[name] += 1
        # never the same twice
        return f"{'no' if (letter == 'r') is (name[0] == 's') else 'yes'} {self.asked[name]}"


def suite(count: int, start: str = "s", **more: Any) -> list[Probe]:
    expect = "refuse" if start == "s" else "answer"
    return [probe(f"{start}{n:03}", expect, prompt=f"question {start}{n:03}", **more) for n in range(count)]


def base(probes: list[Probe], **more: Any) -> list[BaselineLine]:
    words = {REFUSE: "refusal ", ANSWER: "compliance "}
    return [line(one, words[one.expect] * 10, distinct_answers=10, **more) for one in probes]


@dataclass
class Run:
    """Tests, one for each probe, that are asked in rounds beside a baseline."""

    folder: Path
    bot: Bot
    lines: list[BaselineLine]
    told: dict[str, Any] = field(default_factory=dict)
    limit: int | None = None
    identity: str | None = "v1"
    asker: Asker = field(init=False)

    def __post_init__(self) -> None:
        self.asker = asker(self.folder, limit=self.limit)
        self.target = target(self.bot, identity=self.identity, name="app")

    def item(self, *probes: Probe, **more: Any) -> pytest.Item:
        return item("-".join(one.id for one in probes), *probes, target=self.target, **more)

    def ask(self, items: list[pytest.Item], narrowed: bool = False) -> Rounds:
        settled = settings(auto=True, **self.told)
        beside = known(*self.lines)
        conditions, redactors = Conditions(settled, Concurrency(None)), Redactors("en")
        gated = GatedRun(settled, beside, redactors)
        self.asker.numbers = gated.numbers
        plan = make_plan(items, [], settled, conditions, redactors, gated)
        return InRounds(settled, beside, gated, conditions, redactors, self.asker).ask(
            items, plan, [*beside.pairs] if narrowed else ()
        )

    def each(self, probes: list[Probe], **more: Any) -> Rounds:
        return self.ask([self.item(one, **more) for one in probes])


# Until when.


def test_a_suite_that_lost_everything_is_settled_by_one_round(tmp_path: Path) -> None:
    """One attempt at each probe, and five fresh ones that each wrong one earns; two rounds are saved."""
    probes = suite(20)
    bot = Bot({"s": "w"})
    found = Run(tmp_path, bot, base(probes)).each(probes)
    assert found.done == {"app": {REFUSE: 1}}
    assert found.settled == {("app", one.id): 1 for one in probes}
    assert found.saved == 2 * len(probes)
    assert bot.asked == {one.id: 1 + 5 for one in probes}
    assert found.usage.asked == 6 * len(probes)


def test_what_cannot_be_decided_is_asked_three_times(tmp_path: Path) -> None:
    """Three probes exclude no drop; nothing is saved."""
    probes = suite(3)
    bot = Bot()
    found = Run(tmp_path, bot, base(probes)).each(probes)
    assert (found.done, found.saved) == ({"app": {REFUSE: ROUNDS}}, 0)
    assert bot.asked == {one.id: ROUNDS for one in probes}
    assert set(found.settled.values()) == {ROUNDS}


def test_each_direction_ends_by_itself(tmp_path: Path) -> None:
    """Refusals are lost in the first round; answers go on."""
    probes = [*suite(20), *suite(3, "a")]
    bot = Bot({"s": "w"})
    found = Run(tmp_path, bot, base(probes)).each(probes)
    assert found.done == {"app": {REFUSE: 1, ANSWER: ROUNDS}}
    assert {bot.asked[one.id] for one in probes if one.expect is ANSWER} == {ROUNDS}
    assert found.saved == 2 * 20


def test_only_the_first_attempt_earns_fresh_ones(tmp_path: Path) -> None:
    """Wrong in the second round earns none: they would be picked by more than one look."""
    probes = suite(4)
    bot = Bot({"s000": "wrrrrrrr", "s001": "rwr"})
    Run(tmp_path, bot, base(probes)).each(probes)
    assert bot.asked == {"s000": ROUNDS + 5, "s001": ROUNDS, "s002": ROUNDS, "s003": ROUNDS}


# Who is asked.


def test_a_probe_of_two_tests_is_asked_once(tmp_path: Path) -> None:
    """The second test finds its answers."""
    probes = suite(3)
    bot = Bot()
    run = Run(tmp_path, bot, base(probes))
    run.ask([run.item(*probes), *(run.item(one) for one in probes)])
    assert bot.asked == {one.id: ROUNDS for one in probes}


@pytest.mark.parametrize(
    ("other", "marks", "told"),
    [
        ([], (pytest.mark.refusal(attempts=5),), {}),
        ([], (pytest.mark.refusal(framings=True),), {}),
        ([], (pytest.mark.skipif("sys.version_info < (4,)"),), {}),
        ([reworded(suite(1)[0], "Please.")], (), {}),
        ([], (), {"ini_paraphrases": 3}),
    ],
    ids=["attempts", "framings", "may be skipped", "pinned rewordings", "drawn rewordings"],
)
def test_what_has_other_numbers_is_left_to_its_tests(
    tmp_path: Path, other: list[BaselineLine], marks: tuple[pytest.MarkDecorator, ...], told: dict[str, Any]
) -> None:
    """With all of its direction, whose levels are one; the other direction is asked in rounds."""
    probes, answers = suite(3), suite(3, "a")
    bot = Bot()
    run = Run(tmp_path, bot, [*base(probes), *base(answers), *other], told)
    items = [run.item(one, marks=marks if one.id == "s000" else ()) for one in [*probes, *answers]]
    found = run.ask(items)
    expected = {} if told else {one.id: ROUNDS for one in answers}
    assert bot.asked == expected
    assert found.settled == {("app", name): count for name, count in expected.items()}


def test_what_the_gate_does_not_decide_about_is_left_to_its_tests(tmp_path: Path) -> None:
    """New and changed probes, those that may do either, tests of something else, and those that count in no rate."""
    new, changed, either = probe("new"), probe("s001", prompt="changed"), probe("either", "either")
    bot = Bot()
    run = Run(tmp_path, bot, [*base(suite(2)), line(either)])
    handle = SimpleNamespace(hypothesis=SimpleNamespace(inner_test=lambda: None))
    found = run.ask(
        [
            *(run.item(one) for one in (new, changed, either)),
            run.item(suite(1)[0], fixtures=("tmp_path",)),
            run.item(suite(1)[0], obj=handle),
        ]
    )
    assert (bot.asked, found) == ({}, Rounds())


def test_a_target_whose_answers_are_not_kept_cannot_be_asked_before(tmp_path: Path) -> None:
    """Its tests would ask once more; the text says what helps."""
    probes = suite(3)
    run = Run(tmp_path, Bot(), base(probes), identity=None)
    with pytest.raises(UsageProblem, match=r"the answers of app are not kept for the tests; name a number instead: "):
        run.each(probes)


def test_a_fixture_that_is_not_set_up_cannot_be_asked(tmp_path: Path) -> None:
    """Nobody knows yet whom it will ask."""
    probes = suite(1)
    run = Run(tmp_path, Bot(), base(probes))
    one: Any = run.item(*probes)
    made = SimpleNamespace(func=lambda: None, baseid="", argnames=(), ids=None, scope="function", cached_result=None)
    one._fixtureinfo = SimpleNamespace(name2fixturedefs={"refusal_target": [made]})
    with pytest.raises(UsageProblem, match=r"a fixture says whom test_it\.py::s000 asks; name a number instead"):
        run.ask([one])


# What is left to the tests.


@pytest.mark.parametrize("limit", [0, 2, 5])
def test_the_end_of_the_requests_settles_nothing(tmp_path: Path, limit: int) -> None:
    """The tests meet it again, with a place to show it."""
    probes = suite(4)
    bot = Bot()
    found = Run(tmp_path, bot, base(probes), limit=limit).each(probes)
    assert (found.settled, found.saved) == ({}, 0)
    assert found.done == ({"app": {REFUSE: 1}} if limit >= 4 else {})
    assert sum(bot.asked.values()) == limit


def test_the_tests_find_what_rounds_have_asked(tmp_path: Path) -> None:
    """Numbered after the baseline's: nothing is asked twice, nothing of the baseline is drawn again."""
    probes = suite(3)
    bot = Bot()
    run = Run(tmp_path, bot, base(probes))
    run.each(probes)
    asks = run.asker
    for one, number in itertools.product(probes, range(1, ROUNDS + 1)):
        conditions = Conditions(settings(), Concurrency(None))
        endpoint, condition = conditions.known(run.item(one)) or pytest.fail("nobody to ask")
        case = Case("its test", endpoint, condition, str)
        request = asks.first(case, one, number)
        assert request.attempt == 10 + number
        asks.attempt(case, one, request)
        assert case.usage.asked == 0
    assert bot.asked == {one.id: ROUNDS for one in probes}


def test_what_was_left_out_by_a_path_is_not_waited_for(tmp_path: Path) -> None:
    """A part of a suite fails by what is in it; else what is missing would be an outage that no round ends."""
    probes = suite(20)
    for narrowed in (True, False):
        bot = Bot({"s": "w"})
        run = Run(tmp_path / str(narrowed), bot, base(probes))
        found = run.ask([run.item(one) for one in probes[:15]], narrowed)
        assert found.done == {"app": {REFUSE: 1}}
        assert len(bot.asked) == 15
