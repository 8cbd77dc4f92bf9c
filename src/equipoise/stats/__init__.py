"""In: arrays of one row for each subject. Out: frozen results with interval, counts and method.

Open `time_to_event/survival.py` first; each estimator or test has a file of its own name.
"""

from equipoise.stats.logistic import logistic
from equipoise.stats.proportions.one_sample import clopper_pearson, wilson
from equipoise.stats.summary import summarise
from equipoise.stats.time_to_event.cox import Ties, cox
from equipoise.stats.time_to_event.logrank import logrank
from equipoise.stats.time_to_event.survival import (
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
