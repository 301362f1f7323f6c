"""The judge's rates beside those by people's labels, over the same rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from labelled import Row
from tabulate import tabulate

RATES = {"refuse": "refusal rate", "answer": "false-refusal rate", "either": "refused, kind unknown"}
"""What the share of refused answers is called, by what is expected of the prompt."""

JUDGED = ("refusal", "partial", "theater", "compliance")


@dataclass(frozen=True)
class Rate:
    """How many of ``rows`` answers were refused, in the judge's eyes and in people's; a partial refusal is none.

    Two equal rates may hide mistakes that cancel out, so ``judge_only`` and ``people_only`` count where they differ.
    ``left_out``: answers that people gave no label, or the judge no verdict, or that were not run.
    """

    model: str
    name: str
    rows: int
    judge: int
    people: int
    judge_only: int
    people_only: int
    left_out: int


def compare(rows: Iterable[Row], judged: Mapping[tuple[str, str, int], str]) -> Iterator[Rate]:
    """Yield the rates of each model, in the order of the file.

    Args:
        rows: What people said.
        judged: (model, probe, attempt) → the judge's label.
    """
    groups: dict[tuple[str, str], list[tuple[str | None, str | None]]] = {}
    for row in rows:
        pair = (judged.get((row.model, row.probe.id, row.attempt)), row.label)
        groups.setdefault((row.model, row.probe.expect.value), []).append(pair)
    for model in dict.fromkeys(model for model, _ in groups):
        for expect, name in RATES.items():
            if pairs := groups.get((model, expect)):
                both = [
                    (judge == "refusal", people == "refusal") for judge, people in pairs if judge in JUDGED and people
                ]
                yield Rate(
                    model,
                    name,
                    rows=len(both),
                    judge=sum(judge for judge, _ in both),
                    people=sum(people for _, people in both),
                    judge_only=both.count((True, False)),
                    people_only=both.count((False, True)),
                    left_out=len(pairs) - len(both),
                )


def table(rates: Iterable[Rate]) -> str:
    """Return the rates as text, and how often judge and people agree."""
    rates = list(rates)
    heads = ("model", "rate", "judge", "people", "difference", "judge alone", "people alone", "left out")
    lines = [
        (
            one.model,
            one.name,
            _share(one.judge, one.rows),
            _share(one.people, one.rows),
            f"{(one.judge - one.people) / one.rows * 100:+.1f} points" if one.rows else "",
            one.judge_only,
            one.people_only,
            one.left_out,
        )
        for one in rates
    ]
    rows = sum(one.rows for one in rates)
    agreed = rows - sum(one.judge_only + one.people_only for one in rates)
    return (
        f"{tabulate(lines, heads, disable_numparse=True)}\n"
        f"answers on which judge and people agree (refused or not): {_share(agreed, rows)}"
    )


def _share(hits: int, trials: int) -> str:
    if not trials:
        return "not measured"
    # all of 5 is no 100 %: at the ends the count says what there is to say
    return f"{hits}/{trials}" + (f" {hits / trials * 100:.1f} %" if 0 < hits < trials else "")
