"""In: arrays of one row for each subject. Out: frozen results with interval, counts and method.

Open `survival.py` first; each estimator or test has a file of its own name.
"""

from equipoise.stats.cox import Ties, cox
from equipoise.stats.logistic import logistic
from equipoise.stats.logrank import logrank
from equipoise.stats.proportions import clopper_pearson, wilson
from equipoise.stats.summary import summarise
from equipoise.stats.survival import (
    SurvivalInterval,
    kaplan_meier,
    median,
    quantile,
    survival_at,
)

__all__ = [
    "SurvivalInterval",
    "Ties",
    "clopper_pearson",
    "cox",
    "kaplan_meier",
    "logistic",
    "logrank",
    "median",
    "quantile",
    "summarise",
    "survival_at",
    "wilson",
]
