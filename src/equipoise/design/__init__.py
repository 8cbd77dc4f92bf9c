"""In: assumptions. Out: boundaries, events, calendar times and power, by formula.

Open `group_sequential.py` first; it is made of `event_course.py`, `survival.py`, `boundaries.py`.
"""

from equipoise.design.boundaries import Boundary, crossing_probabilities, efficacy_boundary
from equipoise.design.event_course import uniform_accrual
from equipoise.design.group_sequential import (
    GroupSequentialSurvival,
    SurvivalAssumptions,
    design_survival,
)
from equipoise.design.single_arm import gate_probability
from equipoise.design.spending import OBrienFlemingSpending, PocockSpending
from equipoise.design.survival import schoenfeld_events

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
