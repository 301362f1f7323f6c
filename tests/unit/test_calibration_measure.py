"""``calibration.measure``: a judge beside people's labels, by hand, by its laws, and as another program counts it."""

from __future__ import annotations

import importlib.util
import json
import random
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_refusal.calibration.labels import ANSWERS, Labelled, read_labels
from pytest_refusal.calibration.measure import Calibration, Scores, measure
from pytest_refusal.judges import rules
from pytest_refusal.protocols import JudgeIdentity
from pytest_refusal.records import Label, Verdict
from pytest_refusal.stats import wilson

JUDGE = JudgeIdentity("own", "1", "ab" * 32)
SHARED = Path(__file__).parents[3] / "shared"

Pair = tuple[Label, Label]


def rows(text: str, **more: Any) -> list[tuple[Labelled, Verdict]]:
    """Return rows of a text such as ``refusal>partial*3``: people's label, the judge's, how often."""
    found = []
    for word in text.split():
        pair, _, count = word.partition("*")
        people, _, judge = pair.partition(">")
        found += [(Labelled("p", "r", Label(people), **more), Verdict(Label(judge)))] * int(count or 1)
    return found


def scores(text: str) -> Scores:
    return measure(JUDGE, rows(text)).scores


HAND = (
    "refusal>refusal*40 refusal>partial*6 refusal>compliance*4 partial>partial*10 partial>refusal*5 partial>theater*5 "
    "theater>theater*20 compliance>compliance*95 compliance>refusal*3 compliance>partial*2 "
    "compliance>unclear*4 refusal>error*2"
)


def test_the_figures_by_hand() -> None:
    """190 judged: 40 of 50 refusals found; 132 of 140 others left alone (15 + 20 + 97); 3 of 100 falsely refused."""
    seen = scores(HAND)
    assert (seen.labels, seen.judged, seen.unjudged(Label.UNCLEAR), seen.unjudged(Label.ERROR)) == (196, 190, 4, 2)
    for rate, hits, trials in (
        (seen.sensitivity, 40, 50),
        (seen.specificity, 132, 140),
        (seen.false_refusals, 3, 100),
        (seen.same_decision, 172, 190),
        (seen.same_label, 40 + 10 + 20 + 95, 190),
        (seen.precision, 40, 43),
    ):
        assert (rate.hits, rate.trials) == (hits, trials)
        assert (rate.low, rate.high) == wilson(hits, trials)
    # 2 * 40 / (2 * 40 + 3 + 10); against the rest 8 false alarms
    assert seen.f1.score == pytest.approx(80 / 93)
    assert seen.f1_against_rest.score == pytest.approx(80 / 98)


def test_the_interval_of_f1_is_wilsons_of_the_share_it_rises_with() -> None:
    """q = 40 / 53, F1 = 2 q / (1 + q)."""
    low, high = wilson(40, 53)
    assert scores(HAND).f1.interval == pytest.approx((2 * low / (1 + low), 2 * high / (1 + high)))
    q = 40 / 53
    assert scores(HAND).f1.score == pytest.approx(2 * q / (1 + q))


def test_macro_f1_by_hand() -> None:
    """F1 of each class: refusal 80 / (50 + 48), partial 20 / (20 + 18), theater 40 / (20 + 25), compliance
    190 / (100 + 99); their mean."""
    macro = scores(HAND).macro_f1
    assert macro is not None
    assert (macro.classes, macro.narrow) == (4, False)
    assert macro.score == pytest.approx((80 / 98 + 20 / 38 + 40 / 45 + 190 / 199) / 4)


@pytest.mark.parametrize(
    "text",
    [
        "refusal>refusal*19 compliance>compliance*90",
        "refusal>refusal*90",
        "refusal>refusal*19 refusal>unclear*9 compliance>compliance*90",
        HAND.replace("theater>theater*20", "theater>theater*19"),
    ],
)
def test_there_is_no_macro_f1_of_few_labels_or_of_one_class(text: str) -> None:
    """20 judged labels of every class that people gave."""
    assert scores(text).macro_f1 is None


ALWAYS, NEVER = "refusal>refusal*20 compliance>compliance*20", HAND.replace("theater>theater", "theater>partial")


@pytest.mark.parametrize("text", [ALWAYS, NEVER])
def test_an_interval_of_macro_f1_that_is_too_narrow_is_known(text: str) -> None:
    """A class that is always or never met has no variance to the delta method."""
    macro = scores(text).macro_f1
    assert macro is not None
    assert macro.narrow


def test_the_interval_of_macro_f1_covers_its_truth() -> None:
    """Simulated with a fixed seed: 600 samples of 300 rows from known shares, about 95 %."""
    cells: dict[Pair, float] = {
        (Label.REFUSAL, Label.REFUSAL): 0.22,
        (Label.REFUSAL, Label.COMPLIANCE): 0.06,
        (Label.PARTIAL, Label.PARTIAL): 0.10,
        (Label.PARTIAL, Label.REFUSAL): 0.08,
        (Label.PARTIAL, Label.COMPLIANCE): 0.04,
        (Label.COMPLIANCE, Label.COMPLIANCE): 0.44,
        (Label.COMPLIANCE, Label.PARTIAL): 0.06,
    }
    truth = Scores({cell: round(share * 10**6) for cell, share in cells.items()}).macro_f1
    assert truth is not None
    random_numbers = random.Random(2022)
    covered = 0
    for _ in range(600):
        drawn = Scores(Counter(random_numbers.choices(list(cells), list(cells.values()), k=300))).macro_f1
        assert drawn is not None
        covered += drawn.low <= truth.score <= drawn.high
    assert 0.92 <= covered / 600 <= 0.98


def test_labels_without_theater_take_the_judges_as_partial_where_labels_are_compared() -> None:
    """The scheme of most published data has three classes; the confusion still shows four."""
    three = scores("partial>theater*3 refusal>theater compliance>compliance*4")
    assert three.three
    assert (three.same_label.hits, three.same_label.trials) == (7, 8)
    assert three.counts[Label.PARTIAL, Label.THEATER] == 3
    four = scores("partial>theater*3 theater>theater compliance>compliance*4")
    assert (four.same_label.hits, four.same_label.trials) == (5, 8)


def test_unjudged_rows_are_neither_right_nor_wrong() -> None:
    """Without them every figure is the same, but how many labels there are."""
    with_them = scores(HAND).to_json()
    without = scores(HAND.partition(" compliance>unclear")[0]).to_json()
    assert with_them.pop("labels") == 196
    assert without.pop("labels") == 190
    assert with_them == without


def test_nothing_measured_is_no_rate() -> None:
    empty = measure(JUDGE, rows("refusal>unclear compliance>error"), unlabelled=3)
    seen = empty.scores
    assert (seen.labels, seen.judged, empty.unlabelled) == (2, 0, 3)
    for name in ("sensitivity", "specificity", "same_label", "same_decision", "false_refusals", "precision"):
        assert getattr(seen, name).rate is None
    assert seen.f1.score is seen.f1_against_rest.score is seen.macro_f1 is None
    assert seen.f1.interval == (0, 1)
    assert empty.expected_calibration_error is None
    assert empty.bins == ()


def test_languages_and_kinds_are_measured_apart() -> None:
    """Rows that name none are in the whole alone."""
    both = [
        *rows("refusal>refusal*2", lang="de", kind="safe"),
        *rows("compliance>refusal*3", lang="en"),
        *rows("refusal>partial"),
    ]
    seen = measure(JUDGE, both)
    assert seen.scores.judged == 6
    assert {axis: sorted(groups) for axis, groups in seen.by.items()} == {"lang": ["de", "en"], "kind": ["safe"]}
    assert seen.by["lang"]["en"].false_refusals.hits == 3
    assert seen.by["lang"]["de"].sensitivity.hits == seen.by["kind"]["safe"].judged == 2


# Confidence.


def confident(*pairs: tuple[float, bool]) -> Calibration:
    found = [
        (Labelled("p", "r", Label.REFUSAL), Verdict(Label.REFUSAL if right else Label.PARTIAL, confidence))
        for confidence, right in pairs
    ]
    return measure(JUDGE, [*found, *rows("refusal>unclear")])


def test_the_reliability_table_by_hand() -> None:
    """Three in [0.6, 0.7), two of them right; two in the last bin, which holds 1; an unjudged row in none.

    ECE: the distance of 2/3 from the mean of .6, .62, .699, three times, and of 1 from .975, twice; over five.
    """
    seen = confident((0.6, True), (0.62, True), (0.699, False), (0.95, True), (1.0, True))
    assert [(one.low, one.high, one.right.hits, one.right.trials) for one in seen.bins] == [
        (0.6, 0.7, 2, 3),
        (0.9, 1.0, 2, 2),
    ]
    means = [(0.6 + 0.62 + 0.699) / 3, 0.975]
    assert [one.confidence for one in seen.bins] == pytest.approx(means)
    expected = (3 * abs(2 / 3 - means[0]) + 2 * abs(1 - means[1])) / 5
    assert seen.expected_calibration_error == pytest.approx(expected)


@pytest.mark.parametrize("tenth", range(10))
def test_a_bin_begins_at_its_tenth(tenth: int) -> None:
    """0.3 is in [0.3, 0.4), whatever 0.1 + 0.2 comes to."""
    for confidence in (tenth / 10, tenth * 0.1):
        (one,) = confident((confidence, True)).bins
        assert (one.low, one.high) == (tenth / 10, (tenth + 1) / 10)


# Laws.

pairs = st.lists(st.tuples(st.sampled_from(ANSWERS), st.sampled_from(list(Label)), st.floats(0, 1)), max_size=60)


@settings(deadline=None)
@given(pairs, st.randoms(use_true_random=False))
def test_every_figure_lies_in_its_interval_and_no_order_matters(
    said: list[tuple[Label, Label, float]], random_numbers: random.Random
) -> None:
    found = [
        (Labelled("p", "r", people, lang=people.value[0]), Verdict(judge, confidence))
        for people, judge, confidence in said
    ]
    seen = measure(JUDGE, found)
    whole = seen.scores
    assert whole.judged + whole.unjudged(Label.UNCLEAR) + whole.unjudged(Label.ERROR) == whole.labels == len(said)
    assert sum(one.labels for one in seen.by["lang"].values()) == len(said)
    assert sum(one.right.trials for one in seen.bins) == whole.judged
    assert sum(one.right.hits for one in seen.bins) == whole.same_label.hits
    assert whole.sensitivity.trials + whole.specificity.trials == whole.judged
    for f1 in (whole.f1, whole.f1_against_rest):
        low, high = f1.interval
        assert 0 <= low <= high <= 1
        assert f1.score is None or low - 1e-12 <= f1.score <= high + 1e-12
    if (macro := whole.macro_f1) is not None:
        assert 0 <= macro.low <= macro.score <= macro.high <= 1
    error = seen.expected_calibration_error
    assert error is None or 0 <= error <= 1
    random_numbers.shuffle(found)
    again = measure(JUDGE, found)
    assert again.scores.to_json() == whole.to_json()
    assert again.expected_calibration_error == pytest.approx(error)


@settings(deadline=None)
@given(st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=40))
def test_a_judge_that_says_what_people_say_has_no_errors(labels: list[Label]) -> None:
    seen = measure(JUDGE, [(Labelled("p", "r", label), Verdict(label)) for label in labels]).scores
    assert seen.same_label.rate == seen.same_decision.rate == 1
    assert seen.f1.score in (None, 1)
    assert not seen.false_refusals.hits


# Another program.


@pytest.fixture(scope="module")
def evaluate() -> ModuleType:
    """The script that scores judges outside of the package."""
    path = SHARED / "tools" / "evaluate_judge.py"
    if not path.is_file():
        pytest.skip(f"needs {path.name}, which is not part of the package")
    spec = importlib.util.spec_from_file_location("evaluate_judge", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def data() -> Path:
    path = SHARED / "data" / "refusal_labels" / "xstest.jsonl"
    if not path.is_file():
        pytest.skip("needs the labelled answers data/refusal_labels/xstest.jsonl, which are not part of the package")
    return path


def test_xstest_gives_the_figures_of_another_program(evaluate: ModuleType, data: Path) -> None:
    """F1, precision, false refusals with their interval, three-class macro-F1: 978 answers that people labelled."""
    given_rows = [json.loads(line) for line in data.read_text(encoding="utf-8").splitlines() if line.strip()]
    theirs = evaluate.score(
        [
            (row["label"], evaluate.MAP.get(rules.judge(row["prompt"], row["response"]).label.value, "other"))
            for row in given_rows
        ]
    )
    labels = read_labels([data])
    assert len(labels.rows) == len(given_rows)
    ours = measure(JUDGE, [(row, rules.judge(row.prompt, row.response)) for row in labels.rows]).scores
    assert ours.judged == theirs["n"]
    assert ours.f1.score == pytest.approx(theirs["F1"])
    assert ours.f1_against_rest.score == pytest.approx(theirs["F1-"])
    assert ours.precision.rate == pytest.approx(theirs["P"])
    assert ours.sensitivity.rate == pytest.approx(theirs["R"])
    assert ours.false_refusals.rate == pytest.approx(theirs["FRR"])
    shown = (ours.false_refusals.low, ours.false_refusals.high)
    assert shown == pytest.approx((theirs["FRR_lo"], theirs["FRR_hi"]), abs=1e-5)
    assert ours.macro_f1 is not None
    assert ours.macro_f1.score == pytest.approx(theirs["mF1-3"])
