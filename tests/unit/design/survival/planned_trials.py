"""Two arms, and the questions that are asked of them, for the tests of survival designs."""

from dataclasses import replace

from equipoise.design.group_sequential.spending import OBrienFlemingSpending
from equipoise.design.survival.event_course import ArmCourse, TwoArmCourse, uniform_accrual
from equipoise.design.survival.fixed_design import FixedQuestion
from equipoise.design.survival.hazards import Steps
from equipoise.design.survival.logrank_formula import LogrankTest
from equipoise.design.survival.logrank_question import TrialQuestion
from equipoise.design.survival.survival_plan import AtMonths, StoppingRule, SurvivalPlan
from equipoise.stats.time_to_event.comparison_weights import FlemingHarrington

COURSE = TwoArmCourse(
    control=ArmCourse(subjects=150, hazard=0.06, dropout_hazard=0.005),
    experimental=ArmCourse(subjects=150, hazard=0.04, dropout_hazard=0.005),
    accrual=uniform_accrual(12),
)
LATE = replace(
    COURSE,
    experimental=replace(COURSE.experimental, hazard=Steps(values=(0.06, 0.03), until=(5,))),
)
TRIAL = TrialQuestion(
    test=LogrankTest(),
    control_hazard=0.06,
    accrual_months=12,
    follow_up_months=12,
    hazard_ratio=0.7,
    power=0.8,
)
QUESTION = FixedQuestion(course=COURSE, months=30, alpha_one_sided=0.025)
STOPPING = StoppingRule(alpha_one_sided=0.025, efficacy=OBrienFlemingSpending())
PLAN = SurvivalPlan(course=COURSE, timing=AtMonths(months=(18, 30)), stopping=STOPPING)
GAMMA = FlemingHarrington(gamma=1)
