"""Rates, intervals, tests and agreement: exact, or saying what they are. The standard library alone.

Checked against scipy and statsmodels in the tests. Where a formula comes from stands with it.
"""

from pytest_refusal.stats.intervals import (
    clopper_pearson,
    clustered_interval,
    effective_trials,
    population_interval,
    rogan_gladen,
    student_t_quantile,
    trials_for_floor,
    wilson,
)
from pytest_refusal.stats.paired import Difference, mover, paired_difference, stratified_two_sided
from pytest_refusal.stats.permutation import Permuted, VarianceSplit, permutation_test, variance_split
from pytest_refusal.stats.raters import entropy, fleiss_kappa, gwet_ac1, pairwise_agreement, raw_agreement
from pytest_refusal.stats.several import benjamini_hochberg, bonferroni, holm
from pytest_refusal.stats.strata import MantelHaenszel, at_least_one, mantel_haenszel

__all__ = [
    "Difference",
    "MantelHaenszel",
    "Permuted",
    "VarianceSplit",
    "at_least_one",
    "benjamini_hochberg",
    "bonferroni",
    "clopper_pearson",
    "clustered_interval",
    "effective_trials",
    "entropy",
    "fleiss_kappa",
    "gwet_ac1",
    "holm",
    "mantel_haenszel",
    "mover",
    "paired_difference",
    "pairwise_agreement",
    "permutation_test",
    "population_interval",
    "raw_agreement",
    "rogan_gladen",
    "stratified_two_sided",
    "student_t_quantile",
    "trials_for_floor",
    "variance_split",
    "wilson",
]
