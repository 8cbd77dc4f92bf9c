"""Laws of virtual subjects: impossible histories are never drawn, for any seed and study."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from equipoise.base.randomness import Seed
from equipoise.oncology.event_free.event_free_history import (
    History,
    SurgeryOutcome,
    contradictions_of,
)
from equipoise.oncology.surgery.resection import Margin
from equipoise.simulate import VirtualCourse, VirtualSubject, draw_subjects
from equipoise.simulate.plan import plan_arm
from equipoise.study import Study, load_study
from equipoise.study.forms import FormPurpose

ROOT = Path(__file__).parents[2]
STUDIES = {
    "oesophagus": load_study(ROOT / "tests" / "studies" / "oesophagus"),
    "icc_golp": load_study(ROOT / "studies" / "icc_golp"),
}
START = dt.date(2026, 1, 1)
SEEDS = st.integers(0, 2**32)


def draw(study: Study, seed: int, *, count: int = 12) -> tuple[VirtualSubject, ...]:
    scenario = next(iter(study.scenarios.values()))
    return draw_subjects(study, scenario, seed=Seed(value=seed), numbers=range(count))


def courses(study: Study, seed: int) -> list[VirtualCourse]:
    return [course for subject in draw(study, seed) for course in subject.courses.values()]


def date(day: int | None) -> dt.date | None:
    return None if day is None else START + dt.timedelta(days=day)


@pytest.mark.parametrize("name", STUDIES)
@given(seed=SEEDS)
@example(seed=2248933)  # a delayed cycle whose second visit would follow death
@settings(max_examples=6, deadline=None)
def test_the_rules_of_event_free_survival_find_no_impossible_history(name: str, seed: int):
    for course in courses(STUDIES[name], seed):
        fate, surgery = course.fate, course.fate.surgery
        assert surgery is not None
        operated = surgery.day is not None
        outcome = SurgeryOutcome.RESECTED if surgery.resected else SurgeryOutcome.EXPLORED_ONLY
        history = History(
            randomised=START,
            progressions=tuple(filter(None, [date(fate.progression_day)])),
            surgery=date(surgery.day),
            outcome=outcome if operated else None,
            margin=None if surgery.margin is None else Margin(surgery.margin),
            recurrence=date(fate.recurrence_day),
            death=date(fate.death_day),
            last_alive=date(max((visit.day for visit in course.visits), default=0)),
            pathological_complete=surgery.viable_percent == 0 if surgery.resected else None,
        )
        assert list(contradictions_of(history)) == []


@pytest.mark.parametrize("name", STUDIES)
@given(seed=SEEDS)
@settings(max_examples=6, deadline=None)
def test_nothing_is_seen_from_the_day_of_death_or_dropout_on(name: str, seed: int):
    for course in courses(STUDIES[name], seed):
        last = course.fate.last_day
        seen = [visit.day for visit in course.visits]
        seen += [scan.day for scan in course.scans]
        seen += [dose.day + dose.days - 1 for dose in course.doses]
        seen += [event.start for event in course.adverse_events]
        seen += [event.end for event in course.adverse_events if event.end is not None]
        assert all(0 <= day < last for day in seen)


@pytest.mark.parametrize("name", STUDIES)
@given(seed=SEEDS)
@settings(max_examples=6, deadline=None)
def test_visits_are_of_the_arm_and_in_their_window_and_none_comes_twice(name: str, seed: int):
    study = STUDIES[name]
    plans = {
        arm: {visit.occurrence: visit for visit in plan_arm(study, arm).visits}
        for arm in study.arms
    }
    for course in courses(study, seed):
        names = [visit.occurrence for visit in course.visits]
        assert len(set(names)) == len(names)
        days = [visit.day for visit in course.visits]
        assert days == sorted(days)
        surgery = course.fate.surgery
        starts = {"enrolment": 0, "surgery": surgery.day if surgery is not None else None}
        for visit in course.visits:
            plan = plans[course.arm][visit.occurrence]
            start = starts[plan.clock]
            assert start is not None
            assert start + plan.earliest <= visit.day <= start + plan.latest


@pytest.mark.parametrize("name", STUDIES)
@given(seed=SEEDS)
@settings(max_examples=6, deadline=None)
def test_progression_ends_treatment_and_precludes_surgery(name: str, seed: int):
    for course in courses(STUDIES[name], seed):
        fate = course.fate
        if fate.response != "PD" or fate.progression_day is None:
            continue
        assert fate.surgery is not None
        assert fate.surgery.reason == "progression"
        assert all(dose.day < fate.progression_day for dose in course.doses)


@pytest.mark.parametrize("name", STUDIES)
@given(seed=SEEDS)
@settings(max_examples=6, deadline=None)
def test_no_dose_is_above_its_plan_and_an_omitted_one_is_nothing(name: str, seed: int):
    for course in courses(STUDIES[name], seed):
        for dose in course.doses:
            assert 0 <= dose.given_mg <= dose.planned_mg
            assert (dose.change == "none") == (dose.reason is None)
            assert (dose.change in {"omitted", "stopped"}) == (dose.given_mg == 0)
            assert dose.change != "reduced" or dose.given_mg < dose.planned_mg


@pytest.mark.parametrize("name", STUDIES)
@given(seed=SEEDS)
@settings(max_examples=5, deadline=None)
def test_values_lie_in_the_ranges_and_code_lists_of_their_items(name: str, seed: int):
    study = STUDIES[name]
    special = {FormPurpose.LESIONS, FormPurpose.DOSING}
    for subject in draw(study, seed):
        found = [*subject.values, *(v for c in subject.courses.values() for v in c.values)]
        for each in found:
            form = study.forms[each.form]
            assert form.purpose not in special or not each.values
            for item_name, value in each.values.items():
                item = form.items[item_name]
                assert not item.computed
                assert item.range is None or float(value or 0) in item.range
                assert not item.codes or value in item.codes


@given(seed=SEEDS, split=st.integers(1, 11))
@settings(max_examples=5, deadline=None)
def test_chunks_do_not_change_subjects(seed: int, split: int):
    study = STUDIES["oesophagus"]
    scenario = next(iter(study.scenarios.values()))
    whole = draw(study, seed)
    parts = [range(split), range(split, 12)]
    drawn = [draw_subjects(study, scenario, seed=Seed(value=seed), numbers=part) for part in parts]
    assert (*drawn[0], *drawn[1]) == whole
