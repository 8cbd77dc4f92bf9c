from __future__ import annotations

import pytest

from equipoise.base.randomness import Seed
from equipoise.simulate.calendar import Diary, place_before_surgery, place_later
from equipoise.simulate.dice import Dice
from equipoise.simulate.plan import Clock, plan_arm
from equipoise.study.study import Study


def diary(subject: int, *, missed: float = 0.0) -> Diary:
    return Diary(
        dice=Dice(seed=Seed(value=1), subject=subject),
        missed_share=missed,
        never_missed=frozenset({"surgery"}),
    )


def test_an_arm_plans_its_own_visits_only(study: Study):
    names = [visit.occurrence for visit in plan_arm(study, "knife").visits]
    assert names == ["screening", "operation", "wound_1", "wound_2"]


def test_a_window_spans_the_planned_day_and_a_day_per_arm_is_the_arms_own(study: Study):
    plans = {arm: plan_arm(study, arm).surgery for arm in study.arms}
    days = {arm: (plan.earliest, plan.planned, plan.latest) for arm, plan in plans.items() if plan}
    assert days == {"drug": (56, 63, 70), "knife": (7, 14, 21)}


def test_a_visit_planned_up_to_the_clock_lies_before_enrolment(study: Study):
    before = [
        visit.occurrence for visit in plan_arm(study, "drug").visits if visit.before_enrolment
    ]
    assert before == ["screening"]


@pytest.mark.parametrize("arm", ["drug", "knife"])
def test_visits_lie_in_their_windows_in_their_order_and_before_surgery(study: Study, arm: str):
    plan = plan_arm(study, arm)
    for subject in range(200):
        placed = place_before_surgery(plan, diary=diary(subject), registered=-5)
        days = [visit.day for visit in placed]
        assert days == sorted(days)
        assert all(one.plan.earliest <= one.day <= one.plan.latest for one in placed)
        surgery = next(visit.day for visit in placed if visit.plan is plan.surgery)
        assert all(visit.day < surgery for visit in placed if visit.plan is not plan.surgery)


def test_arms_share_the_day_within_a_window(study: Study):
    shifts = {
        arm: [
            visit.day - visit.plan.planned
            for visit in place_before_surgery(plan_arm(study, arm), diary=diary(8), registered=-5)
            if visit.plan.visit == "operation"
        ]
        for arm in study.arms
    }
    assert shifts["drug"] == shifts["knife"]


def test_visits_are_missed_as_often_as_the_scenario_says_but_never_surgery(study: Study):
    placed = [
        visit
        for subject in range(500)
        for visit in place_before_surgery(
            plan_arm(study, "drug"), diary=diary(subject, missed=0.2), registered=-5
        )
    ]
    others = [visit.missed for visit in placed if visit.plan.visit != "operation"]
    assert sum(others) / len(others) == pytest.approx(0.2, abs=4 * (0.16 / len(others)) ** 0.5)
    assert not any(visit.missed for visit in placed if visit.plan.visit == "operation")


def test_visits_from_surgery_come_only_after_an_operation(study: Study):
    plan = plan_arm(study, "knife")
    assert [one.clock for one in plan.visits][-1] is Clock.SURGERY
    later = place_later(plan, diary=diary(1), surgery_day=20, placed=[])
    assert [(visit.plan.occurrence, visit.day) for visit in later] == [
        ("wound_1", 34),
        ("wound_2", 48),
    ]
    assert place_later(plan, diary=diary(1), surgery_day=None, placed=[]) == []
