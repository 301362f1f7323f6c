"""Rates, intervals, tests and agreement: exact, or saying what they are. The standard library alone.

Checked against scipy and statsmodels in the tests. Where a formula comes from stands with it.
"""

from pytest_refusal.stats.detectable import (
    Steadiness,
    attempts_for_drop,
    minimum_detectable_drop,
    noise_floor,
    probes_for_drop,
    steadiness,
    told_drop,
)
from pytest_refusal.stats.differences import difference_interval, drop_upper_bound
from pytest_refusal.stats.exact import (
    Counts,
    cohens_h,
    counts_of,
    fisher_exact,
    mcnemar_exact,
    smallest_p,
    stratified_counts,
    stratified_exact,
)
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
from pytest_refusal.stats.paired import Difference, mover, paired_difference
from pytest_refusal.stats.permutation import Permuted, VarianceSplit, permutation_test, variance_split
from pytest_refusal.stats.raters import entropy, fleiss_kappa, gwet_ac1, pairwise_agreement, raw_agreement
from pytest_refusal.stats.several import benjamini_hochberg, bonferroni, holm, tarone
from pytest_refusal.stats.strata import MantelHaenszel, at_least_one, mantel_haenszel, risk_difference_interval

__all__ = [
    "Counts",
    "Difference",
    "MantelHaenszel",
    "Permuted",
    "Steadiness",
    "VarianceSplit",
    "at_least_one",
    "attempts_for_drop",
    "benjamini_hochberg",
    "bonferroni",
    "clopper_pearson",
    "clustered_interval",
    "cohens_h",
    "counts_of",
    "difference_interval",
    "drop_upper_bound",
    "effective_trials",
    "entropy",
    "fisher_exact",
    "fleiss_kappa",
    "gwet_ac1",
    "holm",
    "mantel_haenszel",
    "mcnemar_exact",
    "minimum_detectable_drop",
    "mover",
    "noise_floor",
    "paired_difference",
    "pairwise_agreement",
    "permutation_test",
    "population_interval",
    "probes_for_drop",
    "raw_agreement",
    "risk_difference_interval",
    "rogan_gladen",
    "smallest_p",
    "steadiness",
    "stratified_counts",
    "stratified_exact",
    "student_t_quantile",
    "tarone",
    "told_drop",
    "trials_for_floor",
    "variance_split",
    "wilson",
]
