"""In: assumptions. Out: boundaries, events, calendar times and power, by formula.

Open `group_sequential.py` first; `survival.py` and `boundaries.py` are what it is made of.
"""

from equipoise.design.boundaries import Boundary, crossing_probabilities, efficacy_boundary
from equipoise.design.group_sequential import (
    GroupSequentialSurvival,
    SurvivalAssumptions,
    design_survival,
)
from equipoise.design.single_arm import gate_probability
from equipoise.design.spending import OBrienFlemingSpending, PocockSpending
from equipoise.design.survival import schoenfeld_events, uniform_accrual

__all__ = [
    "Boundary",
    "GroupSequentialSurvival",
    "OBrienFlemingSpending",
    "PocockSpending",
    "SurvivalAssumptions",
    "crossing_probabilities",
    "design_survival",
    "efficacy_boundary",
    "gate_probability",
    "schoenfeld_events",
    "uniform_accrual",
]
