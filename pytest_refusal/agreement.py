"""Votes of several judges → how well they agree, and on which answers they do not."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from pytest_refusal.records import Label, Outcome
from pytest_refusal.stats import fleiss_kappa, gwet_ac1, raw_agreement
from pytest_refusal.summary import Agreement, SplitVote

LABELS = tuple(label for label in Label if label.judged)


def agreement(outcomes: Iterable[Outcome]) -> Agreement | None:
    """Return how the judges agreed over the four labels, or None where there was no vote.

    A vote that is ``unclear`` or failed is a missing rating: raw agreement and AC1 are taken over the answers with two
    ratings or more, Fleiss' kappa over those with all of them.

    Args:
        outcomes: Of the whole run; each with the votes on it, or without.
    """
    voted = [one for one in outcomes if one.verdict.votes]
    if not voted:
        return None
    names = tuple(vote.judge for vote in voted[0].verdict.votes)
    table = []
    for one in voted:
        counts = Counter(vote.label for vote in one.verdict.votes)
        table.append([counts[label] for label in LABELS])
    several = [row for row in table if sum(row) > 1]
    complete = [row for row in table if sum(row) == len(names)]
    kappa = fleiss_kappa(complete) if complete else math.nan
    return Agreement(
        judges=names,
        answers=len(several),
        raw=raw_agreement(several) if several else None,
        ac1=gwet_ac1(several) if several else None,
        kappa=None if math.isnan(kappa) else kappa,
        complete=len(complete),
        split=tuple(_split(one) for one in voted if one.verdict.split),
    )


def _split(outcome: Outcome) -> SplitVote:
    votes = tuple((vote.judge, vote.label.value) for vote in outcome.verdict.votes)
    return SplitVote(
        outcome.probe,
        outcome.condition,
        outcome.wording,
        outcome.role.value,
        outcome.attempt,
        outcome.verdict.label.value,
        votes,
    )
