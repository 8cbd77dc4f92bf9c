from dataclasses import replace

import pytest

from equipoise.base.errors import BadInput
from equipoise.design.survival.effect import Effect, VarianceUnder, growth_for_power, power_of
from equipoise.design.survival.event_course import with_subjects
from equipoise.design.survival.fixed_design import (
    AverageHazardRatioTest,
    FormulaTest,
    MilestoneTest,
    RestrictedMeanTest,
    WeightedLogrankTest,
    design_fixed,
)
from equipoise.design.survival.logrank_formula import LogrankFormula
from equipoise.stats.numerics.probability_scale import ProbabilityScale
from equipoise.stats.time_to_event.comparison_weights import FlemingHarrington, ModestlyWeighted

from .planned_trials import COURSE, GAMMA, LATE, QUESTION


@pytest.mark.parametrize("under", list(VarianceUnder))
def test_growth_gives_the_power_it_was_asked_for(under):
    effect = Effect(size=0.3, null_information=40.0, information=35.0)
    growth = growth_for_power(effect, z=1.96, power=0.9, under=under)
    grown = Effect(size=0.3, null_information=40.0 * growth, information=35.0 * growth)
    assert power_of(grown, z=1.96, under=under) == pytest.approx(0.9, abs=1e-12)
    with pytest.raises(BadInput, match="power"):
        growth_for_power(effect, z=1.96, power=1.0, under=under)
    with pytest.raises(BadInput, match="effect"):
        growth_for_power(replace(effect, size=-0.1), z=1.96, power=0.9, under=under)


@pytest.mark.parametrize(
    ("test", "other"),
    [
        (AverageHazardRatioTest(), AverageHazardRatioTest(variance_under=VarianceUnder.NULL)),
        (AverageHazardRatioTest(), AverageHazardRatioTest(null_hazard_ratio=1.1)),
        (FormulaTest(), FormulaTest(formula=LogrankFormula.BERNSTEIN_LAGAKOS)),
        (FormulaTest(), FormulaTest(null_hazard_ratio=1.1)),
        (
            WeightedLogrankTest(weight=GAMMA),
            WeightedLogrankTest(weight=GAMMA, variance_under=VarianceUnder.BOTH),
        ),
        (WeightedLogrankTest(weight=GAMMA), WeightedLogrankTest(weight=FlemingHarrington(rho=1))),
        (
            WeightedLogrankTest(weight=ModestlyWeighted(until=6)),
            WeightedLogrankTest(weight=ModestlyWeighted(until=6, height=1 / 1.1)),
        ),
        (RestrictedMeanTest(until_months=20), RestrictedMeanTest(until_months=24)),
        (
            RestrictedMeanTest(until_months=20),
            RestrictedMeanTest(until_months=20, null_difference=-1),
        ),
        (MilestoneTest(milestone_months=12), MilestoneTest(milestone_months=18)),
        (
            MilestoneTest(milestone_months=12),
            MilestoneTest(milestone_months=12, scale=ProbabilityScale.LOG_LOG),
        ),
        (
            MilestoneTest(milestone_months=12),
            MilestoneTest(milestone_months=12, null_difference=-0.05),
        ),
    ],
)
def test_every_choice_of_a_test_changes_its_power(test, other):
    question = replace(QUESTION, course=LATE)
    one, two = (design_fixed(question, test=choice).power for choice in (test, other))
    assert abs(one - two) > 1e-4


@pytest.mark.parametrize(
    "test",
    [
        AverageHazardRatioTest(),
        FormulaTest(formula=LogrankFormula.LACHIN_FOULKES),
        WeightedLogrankTest(weight=GAMMA),
        RestrictedMeanTest(until_months=20),
        MilestoneTest(milestone_months=12),
    ],
)
def test_the_subjects_of_a_power_have_that_power(test):
    sized = design_fixed(replace(QUESTION, course=LATE, power=0.85), test=test)
    course = with_subjects(LATE, subjects=sized.subjects)
    powered = design_fixed(replace(QUESTION, course=course), test=test)
    assert powered.power == pytest.approx(0.85, abs=1e-9)
    assert powered.events == pytest.approx(sized.events)


def test_designs_warn_of_few_events_unlike_arms_and_heavy_weights():
    def warned(course, test):
        return " ".join(design_fixed(replace(QUESTION, course=course), test=test).warnings)

    strong = replace(COURSE, experimental=replace(COURSE.experimental, hazard=0.03))
    unlike = replace(COURSE, control=replace(COURSE.control, subjects=50))
    large = with_subjects(COURSE, subjects=3000)
    logrank, heavy = AverageHazardRatioTest(), WeightedLogrankTest(weight=GAMMA)
    assert "promise too much" in warned(strong, logrank)
    assert "3 experimental subjects to each" in warned(unlike, logrank)
    assert "few events" in warned(large, heavy)
    assert warned(large, logrank).count(".") == warned(large, logrank).count("asymptotic")
    assert len(design_fixed(replace(QUESTION, course=large), test=logrank).warnings) == 1
