"""In: assumptions. Out: boundaries, events, calendar times and power, by formula.

Open `survival/group_sequential.py` first; `study_design.py` reads the design of a study file. The
rooms `one_arm`, `two_proportions`, `group_sequential`, `survival` and `adaptive` offer more.
"""

from types import MappingProxyType

from equipoise.base.doors import opened
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

_ROOMS = MappingProxyType(
    {
        "adaptive": "adaptive",
        "group_sequential": "group_sequential",
        "one_arm": "one_arm",
        "survival": "survival",
        "two_proportions": "two_proportions",
    }
)


def __getattr__(name: str) -> object:
    """Open a room when it is first asked for."""
    return opened(__name__, name, behind=_ROOMS)


def __dir__() -> list[str]:
    """Name all that is offered, fetched or not."""
    return sorted({*globals(), *_ROOMS})
