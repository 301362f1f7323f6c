"""Rewordings of a prompt that ask for the same thing: a small grammar, tables of operators, and draws from them.

parse (speech act, forms) → operators that apply → draws of distinct texts → the smallest flip. The operators are data
in ``tables/``; Hypothesis loads when something is drawn.
"""

from pytest_refusal.paraphrase.draws import draw, draw_for, draw_from, paraphrases_of
from pytest_refusal.paraphrase.seeking import seek
from pytest_refusal.paraphrase.smallest import minimise, minimising
from pytest_refusal.paraphrase.tables import load_operators, operators_from
from pytest_refusal.paraphrase.values import (
    KINDS_ON,
    Act,
    Operator,
    OperatorKind,
    Paraphrase,
    Parsed,
    Reach,
    Slot,
)
from pytest_refusal.paraphrase.variants import warnings_of, warnings_of_probe
from pytest_refusal.paraphrase.wordings import Wordings, parse, wordings_for, wordings_of

__all__ = [
    "KINDS_ON",
    "Act",
    "Operator",
    "OperatorKind",
    "Paraphrase",
    "Parsed",
    "Reach",
    "Slot",
    "Wordings",
    "draw",
    "draw_for",
    "draw_from",
    "load_operators",
    "minimise",
    "minimising",
    "operators_from",
    "paraphrases_of",
    "parse",
    "seek",
    "warnings_of",
    "warnings_of_probe",
    "wordings_for",
    "wordings_of",
]
