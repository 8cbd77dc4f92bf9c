from __future__ import annotations

import pickle

import pytest

from equipoise.base.errors import BadInput
from equipoise.base.randomness import Seed
from equipoise.simulate import draw_arrivals, draw_subject, draw_subjects
from equipoise.simulate.baseline import complete, hazard_ratios
from equipoise.simulate.dice import Dice
from equipoise.simulate.measures import Measured, asked, measure_laboratory
from equipoise.simulate.plan import plan_arm
from equipoise.study.scenarios import Scenario
from equipoise.study.study import Study

SEED = Seed(value=11)


def test_subjects_arrive_as_often_as_the_scenario_says(scenario: Scenario):
    days = draw_arrivals(scenario, seed=SEED, count=2000)
    assert days[-1] == pytest.approx(200 * 30.4375, rel=0.1)
    assert list(days) == sorted(days)
    assert draw_arrivals(scenario, seed=SEED, count=50) == days[:50]


def test_a_subject_is_the_same_alone_and_in_any_chunk(study: Study, scenario: Scenario):
    together = draw_subjects(study, scenario, seed=SEED, numbers=range(12))
    assert draw_subjects(study, scenario, seed=SEED, numbers=range(5, 9)) == together[5:9]
    assert draw_subject(study, scenario, seed=SEED, subject=7) == together[7]


def test_another_seed_or_replicate_draws_other_subjects(study: Study, scenario: Scenario):
    seeds = (SEED, Seed(value=12), Seed(value=11, replicate=1))
    baselines = [draw_subject(study, scenario, seed=seed, subject=0).baseline for seed in seeds]
    assert baselines[0] != baselines[1]
    assert baselines[0] != baselines[2]


def test_a_new_item_of_the_scenario_leaves_the_others_alone(study: Study, scenario: Scenario):
    fewer = {name: scenario.baseline[name] for name in scenario.baseline if name != "smoker"}
    less = scenario.model_copy(update={"baseline": fewer})
    first, second = (draw_subject(study, each, seed=SEED, subject=3) for each in (scenario, less))
    assert {**first.baseline, "smoker": None} == {**second.baseline, "smoker": None}
    assert first.courses == second.courses


def test_arms_with_the_same_words_and_no_other_plan_have_the_same_fate(
    study: Study, scenario: Scenario
):
    alike = scenario.model_copy(update={"arms": dict.fromkeys(study.arms, scenario.arms["knife"])})
    for subject in draw_subjects(study, alike, seed=SEED, numbers=range(30)):
        fates = {arm: course.fate for arm, course in subject.courses.items()}
        surgeries = [fate.surgery for fate in fates.values() if fate.surgery is not None]
        assert len({surgery.resected for surgery in surgeries}) == 1
        recurrences = {
            fate.recurrence_day - fate.surgery.planned_day
            for fate in fates.values()
            if fate.recurrence_day is not None and fate.surgery is not None
        }
        assert len(recurrences) <= 1


def test_a_subject_is_plain_enough_to_travel_to_another_process(study: Study, scenario: Scenario):
    subject = draw_subject(study, scenario, seed=SEED, subject=1)
    assert pickle.loads(pickle.dumps(subject)) == subject  # noqa: S301 - our own bytes


def test_a_scenario_that_leaves_an_arm_out_is_refused(study: Study, scenario: Scenario):
    partial = scenario.model_copy(update={"arms": {"drug": scenario.arms["drug"]}})
    with pytest.raises(BadInput, match="no course for knife"):
        draw_subject(study, partial, seed=SEED, subject=0)


def test_risk_multiplies_over_factors_asked_computed_and_found_at_surgery(
    study: Study, scenario: Scenario
):
    rows = [
        {"age": 65, "nodes_positive": 0},
        {"age": 75, "nodes_positive": 0},
        {"age": 75, "nodes_positive": 2},
        {"nodes_positive": 2},
    ]
    assert hazard_ratios(study, scenario, rows) == (1.0, 2.0, 6.0, 3.0)


def test_computed_items_and_strata_are_worked_out_from_what_is_asked(study: Study):
    frame = complete(study, [{"age": 65}, {"age": 75}, {"age": None}], names=["elderly", "old"])
    assert frame["elderly"].to_list() == [False, True, None]
    assert frame["old"].to_list() == [True, True, None]


def test_an_item_asked_under_a_condition_stays_empty_without_it(study: Study):
    form = study.forms["baseline"]
    assert asked(form, {"smoker": False, "packs": 5}) == {"smoker": False}
    assert asked(form, {"smoker": True, "packs": 5}) == {"smoker": True, "packs": 5}


def test_treatment_moves_the_mean_of_a_laboratory_value_by_its_factor(
    study: Study, scenario: Scenario
):
    visit = next(one for one in plan_arm(study, "drug").visits if one.visit == "cycle")
    for treated, factor, sd in ((True, 0.5, 0.15), (False, 1.0, 0.05)):
        drawn = []
        for subject in range(1000):
            dice = Dice(seed=SEED, subject=subject)
            whose = Measured(
                scenario=scenario,
                arm="drug",
                dice=dice,
                baseline={"neutrophils": 4.0},
                treated=range(0),
            )
            form = study.forms["laboratory"]
            found = measure_laboratory(form, of=whose, visit=visit, treated=treated)
            drawn.append(float(found["neutrophils"] or 0) / 4)
        assert sum(drawn) / 1000 == pytest.approx(factor, abs=4 * sd / 1000**0.5)


def test_adverse_events_take_their_shares_of_the_treated(study: Study, scenario: Scenario):
    subjects = draw_subjects(study, scenario, seed=SEED, numbers=range(500))
    grades = [[event.grade for event in one.courses["drug"].adverse_events] for one in subjects]
    share = sum(bool(each) for each in grades) / len(grades)
    severe = sum(max(each, default=0) >= 3 for each in grades) / len(grades)
    assert share == pytest.approx(0.6, abs=0.09)
    assert severe == pytest.approx(0.2, abs=0.072)
    assert not any(one.courses["knife"].adverse_events for one in subjects)


def test_a_daily_drug_ends_its_days_before_the_day_arranged_for_surgery(
    study: Study, scenario: Scenario
):
    words = study.model_dump(by_alias=True, exclude_none=True)
    words["regimens"]["weekly"]["drugs"]["beta"] |= {"days": "daily", "stop_before_surgery": "30 d"}
    early = Study.model_validate(words)
    subjects = draw_subjects(early, scenario, seed=SEED, numbers=range(60))
    courses = [subject.courses["drug"] for subject in subjects]
    runs = [
        (course.fate.surgery.day - dose.day, dose.days)
        for course in courses
        if course.fate.surgery is not None and course.fate.surgery.day is not None
        for dose in course.doses
        if dose.drug == "beta" and dose.given_mg > 0
    ]
    assert all(until - days >= 30 for until, days in runs)
    assert len({days for _, days in runs}) > 2
