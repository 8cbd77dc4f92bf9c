"""In: times and whether they ended in an event. Out: curves, tests and models of one event.

Open `survival.py` first.
"""

from equipoise.stats.time_to_event.adjusted_rmst import adjusted_rmst
from equipoise.stats.time_to_event.landmark import landmark
from equipoise.stats.time_to_event.mean_cumulative import mean_cumulative
from equipoise.stats.time_to_event.milestone import survival_difference
from equipoise.stats.time_to_event.nelson_aalen import nelson_aalen
from equipoise.stats.time_to_event.risk_sets import CaseWeights, WeightMeaning
from equipoise.stats.time_to_event.rmst import compare_rmst, rmst
from equipoise.stats.time_to_event.survival import kaplan_meier, reverse_kaplan_meier

__all__ = [
    "CaseWeights",
    "WeightMeaning",
    "adjusted_rmst",
    "compare_rmst",
    "kaplan_meier",
    "landmark",
    "mean_cumulative",
    "nelson_aalen",
    "reverse_kaplan_meier",
    "rmst",
    "survival_difference",
]
