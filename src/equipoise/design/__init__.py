"""In: assumptions. Out: boundaries, events, calendar times and power, by formula.

Open `survival/group_sequential.py` first; `study_design.py` reads the design of a study file.
"""

from equipoise.design.group_sequential.boundaries import (
    Boundary,
    crossing_probabilities,
    efficacy_boundary,
)
from equipoise.design.group_sequential.spending import OBrienFlemingSpending, PocockSpending
from equipoise.design.one_arm.gate import gate_probability
from equipoise.design.survival.event_course import uniform_accrual
from equipoise.design.survival.group_sequential import (
    GroupSequentialSurvival,
    SurvivalAssumptions,
    design_survival,
)
from equipoise.design.survival.logrank_events import schoenfeld_events

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
