"""In: times and whether they ended in an event. Out: curves, tests and models of one event.

Open `survival.py` first. By their files: weights of the tests (`comparison_weights`), adjusted
means (`adjusted_rmst`), landmarks, parametric hazards (`hazard_*`), and what follows a Cox model
(`cox_rows`, `cox_robust`, `cox_baseline`, `cox_residuals`, `proportional_hazards_test`).
"""

from equipoise.stats.time_to_event.cox import cox
from equipoise.stats.time_to_event.logrank import logrank
from equipoise.stats.time_to_event.max_combo import max_combo
from equipoise.stats.time_to_event.mean_cumulative import mean_cumulative
from equipoise.stats.time_to_event.milestone import survival_difference
from equipoise.stats.time_to_event.nelson_aalen import nelson_aalen
from equipoise.stats.time_to_event.one_sample_logrank import one_sample_logrank
from equipoise.stats.time_to_event.rmst import compare_rmst, rmst
from equipoise.stats.time_to_event.survival import kaplan_meier, reverse_kaplan_meier
from equipoise.stats.time_to_event.weighted_logrank import weighted_logrank

__all__ = [
    "compare_rmst",
    "cox",
    "kaplan_meier",
    "logrank",
    "max_combo",
    "mean_cumulative",
    "nelson_aalen",
    "one_sample_logrank",
    "reverse_kaplan_meier",
    "rmst",
    "survival_difference",
    "weighted_logrank",
]
