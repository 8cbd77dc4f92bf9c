"""Survival designs by formula against their limits: a size, looks, a MaxCombo probability."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from math import log

from equipoise.design.group_sequential.boundaries import crossing_probabilities, efficacy_boundary
from equipoise.design.group_sequential.spending import OBrienFlemingSpending
from equipoise.design.survival.event_course import (
    ArmCourse,
    TwoArmCourse,
    time_of_events,
    uniform_accrual,
)
from equipoise.design.survival.fixed_design import (
    FixedQuestion,
    FormulaTest,
    MilestoneTest,
    RestrictedMeanTest,
    WeightedLogrankTest,
    design_fixed,
)
from equipoise.design.survival.hazards import Steps, hazard_of_yearly_probability, times_ratio
from equipoise.design.survival.logrank_formula import LogrankFormula, LogrankTest
from equipoise.design.survival.logrank_question import TrialQuestion
from equipoise.design.survival.logrank_solution import solve_logrank
from equipoise.design.survival.max_combo import design_max_combo, max_combo_power
from equipoise.design.survival.sequential_survival import design_looks
from equipoise.design.survival.survival_plan import (
    AtEventFractions,
    AtEvents,
    StoppingRule,
    SurvivalPlan,
)
from equipoise.design.survival.weighted_logrank import logrank_moments
from equipoise.stats.time_to_event.comparison_weights import FlemingHarrington

LOST = hazard_of_yearly_probability(0.03)
ANCHOR = TwoArmCourse(
    control=ArmCourse(subjects=89, hazard=log(2) / 9, dropout_hazard=LOST),
    experimental=ArmCourse(subjects=89, hazard=0.6 * log(2) / 9, dropout_hazard=LOST),
    accrual=uniform_accrual(24),
)
DELAYED = TwoArmCourse(
    control=ArmCourse(subjects=200, hazard=log(2) / 12, dropout_hazard=0.001),
    experimental=ArmCourse(
        subjects=200,
        hazard=times_ratio(log(2) / 12, Steps(values=(1, 0.6), until=(4,))),
        dropout_hazard=0.001,
    ),
    accrual=uniform_accrual(12),
)
SIZE = TrialQuestion(
    test=LogrankTest(formula=LogrankFormula.LACHIN_FOULKES),
    control_hazard=log(2) / 9,
    accrual_months=24,
    follow_up_months=12,
    hazard_ratio=0.6,
    power=0.8,
    dropout_hazards=(LOST, LOST),
)
LATE = TrialQuestion(
    test=LogrankTest(),
    control_hazard=0.06,
    subjects=400,
    accrual_months=18,
    hazard_ratio=0.7,
    power=0.9,
)
STOPPING = StoppingRule(alpha_one_sided=0.025, efficacy=OBrienFlemingSpending())
POWER_OF_LOOKS = SurvivalPlan(
    course=ANCHOR, timing=AtEvents(events=(77, 128)), stopping=STOPPING, test=FormulaTest()
)
SIZE_OF_LOOKS = SurvivalPlan(
    course=ANCHOR,
    timing=AtEventFractions(fractions=(0.6, 1.0), months=36),
    stopping=STOPPING,
    test=FormulaTest(),
    power=0.8,
)
ONE_LOOK = FixedQuestion(course=DELAYED, months=36, alpha_one_sided=0.025, power=0.9)
WEIGHTS = (FlemingHarrington(), FlemingHarrington(gamma=1), FlemingHarrington(rho=1))


def milliseconds(work: Callable[[], object]) -> float:
    """Return the median time of a call, after one that warms up."""
    work()
    times = []
    for _ in range(31):
        started = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times)


def main() -> None:
    """Print median times, the limit of each, and the share of it."""
    boundary = efficacy_boundary(
        (77 / 128, 1.0), alpha_one_sided=0.025, spending=OBrienFlemingSpending()
    )
    moments = logrank_moments(DELAYED, months=36, weights=WEIGHTS)
    weighted = WeightedLogrankTest(weight=FlemingHarrington(gamma=1))
    rows: dict[str, tuple[Callable[[], object], float]] = {
        "subjects, Lachin-Foulkes": (lambda: solve_logrank(SIZE), 2.0),
        "follow-up of 400 subjects": (lambda: solve_logrank(LATE), 2.0),
        "month of 128 events": (lambda: time_of_events(ANCHOR, events=128), 2.0),
        "power of two looks": (lambda: crossing_probabilities(boundary, drift=2.9), 0.5),
        "two looks at events, whole design": (lambda: design_looks(POWER_OF_LOOKS), 4.0),
        "subjects for two looks": (lambda: design_looks(SIZE_OF_LOOKS), 4.0),
        "subjects, weighted log-rank": (lambda: design_fixed(ONE_LOOK, test=weighted), 2.0),
        "subjects, restricted mean": (
            lambda: design_fixed(ONE_LOOK, test=RestrictedMeanTest(until_months=24)),
            2.0,
        ),
        "subjects, milestone": (
            lambda: design_fixed(ONE_LOOK, test=MilestoneTest(milestone_months=24)),
            2.0,
        ),
        "MaxCombo probability": (lambda: max_combo_power(moments, z=2.2), 2.0),
        "subjects, MaxCombo": (lambda: design_max_combo(ONE_LOOK, weights=WEIGHTS), 20.0),
    }
    for name, (work, limit) in rows.items():
        median = milliseconds(work)
        print(f"{name} | {median:.3f} ms | limit {limit:g} ms | {median / limit:.2f} of the limit")


if __name__ == "__main__":
    main()
