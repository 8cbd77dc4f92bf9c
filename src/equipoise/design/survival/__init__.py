"""In: accrual, hazards, dropout and a test. Out: events, subjects, calendar, looks and power.

Open `event_course.py` first, then `logrank_solution.py` (one look), `fixed_design.py` (other
tests) and `sequential_survival.py` (several looks).
"""

from equipoise.design.survival.event_course import (
    ArmCourse,
    TwoArmCourse,
    expected_events,
    time_of_events,
)
from equipoise.design.survival.fixed_design import FixedQuestion, design_fixed
from equipoise.design.survival.hazards import Steps, weibull_of_median
from equipoise.design.survival.logrank_question import EventQuestion, TrialQuestion
from equipoise.design.survival.logrank_solution import solve_logrank
from equipoise.design.survival.sequential_survival import design_looks

__all__ = [
    "ArmCourse",
    "EventQuestion",
    "FixedQuestion",
    "Steps",
    "TrialQuestion",
    "TwoArmCourse",
    "design_fixed",
    "design_looks",
    "expected_events",
    "solve_logrank",
    "time_of_events",
    "weibull_of_median",
]
