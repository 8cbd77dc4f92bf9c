from dataclasses import replace
from math import log, sqrt

import pytest
from scipy.special import ndtri

from equipoise.design.survival.hazards import (
    Steps,
    hazard_of_yearly_probability,
)
from equipoise.design.survival.logrank_formula import LogrankFormula, LogrankTest
from equipoise.design.survival.logrank_question import (
    EventQuestion,
    PacedAccrual,
    StratumHazard,
    TrialQuestion,
)
from equipoise.design.survival.logrank_solution import solve_logrank

LOST = hazard_of_yearly_probability(0.03)
ANCHOR = TrialQuestion(
    test=LogrankTest(),
    control_hazard=log(2) / 9,
    accrual_months=24,
    follow_up_months=12,
    hazard_ratio=0.6,
    power=0.8,
    dropout_hazards=(LOST, LOST),
)


@pytest.fixture
def case(stored):
    cases = stored("survival_planning.json")["cases"]
    return lambda name: cases[name]["outputs"]


@pytest.mark.source("program: gsDesign 3.11: nSurv by four methods")
@pytest.mark.parametrize(
    ("formula", "name"),
    [
        (LogrankFormula.SCHOENFELD, "nSurv-Schoenfeld"),
        (LogrankFormula.FREEDMAN, "nSurv-Freedman"),
        (LogrankFormula.LACHIN_FOULKES, "nSurv-LachinFoulkes"),
        (LogrankFormula.BERNSTEIN_LAGAKOS, "nSurv-BernsteinLagakos"),
    ],
)
def test_subjects_and_events_by_each_formula(case, formula, name):
    truth = case(name)
    found = solve_logrank(replace(ANCHOR, test=LogrankTest(formula=formula)))
    assert found.subjects == pytest.approx(truth["n"], rel=1e-11)
    assert found.events == pytest.approx(truth["d"], rel=1e-11)
    assert found.control_events == pytest.approx(truth["eDC"], rel=1e-11)
    assert found.experimental_events == pytest.approx(truth["eDE"], rel=1e-11)


@pytest.mark.source("program: rpact 4.5: getSampleSizeSurvival, one look, 12 months of follow-up")
def test_subjects_of_the_reference_trial(case):
    truth, found = case("surv-fixed-basic"), solve_logrank(ANCHOR)
    assert found.subjects == pytest.approx(truth["nFixed"], rel=1e-11)
    assert found.events == pytest.approx(truth["eventsFixed"], rel=1e-11)
    assert found.hazard_ratio_at_bound == pytest.approx(
        truth["criticalValuesEffectScale"], rel=1e-11
    )


@pytest.mark.source("program: rpact 4.5: getSampleSizeSurvival with 400 subjects")
def test_follow_up_of_400_subjects(case):
    truth = case("surv-fixed-events-schoenfeld")
    found = solve_logrank(
        TrialQuestion(
            test=LogrankTest(),
            control_hazard=log(2) / 12,
            subjects=400,
            accrual_months=18,
            hazard_ratio=0.7,
            power=0.9,
        )
    )
    assert found.follow_up_months == pytest.approx(truth["followUpTime"], abs=1e-7)
    assert found.events == pytest.approx(truth["eventsFixed"], rel=1e-11)


@pytest.mark.source("program: rpact 4.5: stepped accrual, hazards, dropout by arm; roots to 2e-8")
def test_follow_up_under_stepped_accrual_and_hazards(case):
    truth = case("surv-piecewise-accrual-hazard-dropout")
    found = solve_logrank(
        TrialQuestion(
            test=LogrankTest(),
            control_hazard=Steps(values=(0.025, 0.04, 0.015), until=(6, 12)),
            subjects=480,
            hazard_ratio=0.65,
            power=0.9,
            accrual=PacedAccrual(rates=Steps(values=(5, 10, 15, 20), until=(3, 6, 9))),
            dropout_hazards=(
                hazard_of_yearly_probability(0.04),
                hazard_of_yearly_probability(0.05),
            ),
        )
    )
    assert found.accrual_months == truth["accrualTime"][-1]
    assert found.follow_up_months == pytest.approx(truth["followUpTime"], abs=5e-8)
    assert found.events == pytest.approx(truth["eventsFixed"], rel=1e-11)


@pytest.mark.source("by hand: each of the five numbers of a trial is found from the other four")
@pytest.mark.parametrize(
    "formula", [LogrankFormula.SCHOENFELD, LogrankFormula.RUBINSTEIN, LogrankFormula.LACHIN_FOULKES]
)
def test_every_number_of_a_trial_is_found_from_the_others(formula):
    whole = solve_logrank(
        replace(ANCHOR, test=LogrankTest(formula=formula, allocation=2, alpha_one_sided=0.05))
    )
    names = ("subjects", "accrual_months", "follow_up_months", "hazard_ratio", "power")
    for asked in names:
        known = {name: getattr(whole, name) for name in names if name != asked}
        question = replace(whole.question, **known, **{asked: None})
        found = solve_logrank(question)
        assert getattr(found, asked) == pytest.approx(getattr(whole, asked), rel=1e-7)


@pytest.mark.source("by hand: (1.959964 + 0.841621)^2 times (1 + 0.6 r)^2 / (0.16 r), and Hsieh's")
@pytest.mark.parametrize("r", [1.0, 2.0])
def test_events_by_freedman_and_hsieh(r):
    deviates = float(ndtri(0.975) + ndtri(0.8)) ** 2
    expected = {
        LogrankFormula.SCHOENFELD: deviates * (1 + r) ** 2 / r / log(0.6) ** 2,
        LogrankFormula.FREEDMAN: deviates * (1 + 0.6 * r) ** 2 / (0.4**2 * r),
        LogrankFormula.HSIEH: deviates * (1.6 / 0.4) ** 2 * (1 + r) ** 2 / (4 * r),
    }
    for formula, events in expected.items():
        test = LogrankTest(formula=formula, allocation=r)
        found = solve_logrank(EventQuestion(test=test, hazard_ratio=0.6, power=0.8))
        assert found.events == pytest.approx(events, rel=1e-12)
        ratio = solve_logrank(EventQuestion(test=test, events=events, power=0.8)).hazard_ratio
        assert ratio == pytest.approx(0.6, abs=1e-9)
        power = solve_logrank(EventQuestion(test=test, events=events, hazard_ratio=0.6)).power
        assert power == pytest.approx(0.8, abs=1e-12)


@pytest.mark.source("by hand: d = 4 (1.959964 + 1.281552)^2 / log(1.3)^2 for no difference")
def test_events_to_show_that_a_hazard_ratio_is_below_a_margin():
    test = LogrankTest(null_hazard_ratio=1.3)
    found = solve_logrank(EventQuestion(test=test, hazard_ratio=1.0, power=0.9))
    expected = 4 * float(ndtri(0.975) + ndtri(0.9)) ** 2 / log(1.3) ** 2
    assert found.events == pytest.approx(expected, rel=1e-12)
    assert found.hazard_ratio_at_bound == pytest.approx(
        1.3 * 0.1 ** (2 * float(ndtri(0.975)) / sqrt(expected) / log(10)), rel=1e-12
    )


@pytest.mark.source("by hand: two strata of one hazard are one trial; unlike ones lie between")
def test_strata_of_one_hazard_change_nothing():
    def strata(fast, slow):
        return (
            StratumHazard(label="fast", share=0.3, hazard=fast),
            StratumHazard(label="slow", share=0.7, hazard=slow),
        )

    hazard = log(2) / 9
    for formula in (LogrankFormula.SCHOENFELD, LogrankFormula.LACHIN_FOULKES):
        plain = replace(ANCHOR, test=LogrankTest(formula=formula))
        same = replace(plain, control_hazard=strata(hazard, hazard))
        assert solve_logrank(same).subjects == pytest.approx(solve_logrank(plain).subjects)
        unlike = solve_logrank(replace(plain, control_hazard=strata(2 * hazard, hazard / 2)))
        ends = [
            solve_logrank(replace(plain, control_hazard=rate)).subjects
            for rate in (2 * hazard, hazard / 2)
        ]
        assert ends[0] < unlike.subjects < ends[1]
