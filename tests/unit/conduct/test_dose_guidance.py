"""Guidance for doses in the live record: what it says."""

from __future__ import annotations

import datetime as dt

import pytest

from equipoise.conduct.doses.guidance import GuidedAction

from .dose_trial import DAY, Trial


def test_nothing_is_said_of_a_cycle_that_has_not_begun(trial: Trial):
    assert trial.guidance(at="cycle_1") is None


def test_a_visit_without_doses_is_no_cycle(trial: Trial):
    trial.blood(at="midcycle_1", on=14)
    assert trial.guidance(at="midcycle_1") is None


def test_all_drugs_are_told_at_once_with_the_planned_dose_of_the_body(trial: Trial):
    trial.cycle(1, on=7)
    found = trial.guidance(at="cycle_1")
    assert found is not None
    assert [(one.drug, one.action, one.dose_mg) for one in found.drugs] == [
        ("alpha", GuidedAction.FULL, 1897.0),
        ("beta", GuidedAction.FULL, 12.0),
    ]
    assert str(found).splitlines() == [
        "Alpha, cycle_1 day 1 (2026-03-09): full dose, 1897 mg.",
        "Beta tablets, cycle_1 day 1 (2026-03-09): full dose, 12 mg.",
    ]


def test_a_dose_by_surface_follows_the_weight_of_the_cycle_and_one_by_weight_that_before_treatment(
    trial: Trial,
):
    trial.cycle(1, on=7, kg=50.0)
    assert trial.says("alpha", at="cycle_1").dose_mg == 1581.0
    assert trial.says("beta", at="cycle_1").dose_mg == 12.0


def test_the_row_that_fires_is_told_with_its_values_its_number_and_its_source(trial: Trial):
    trial.cycle(1, on=7)
    trial.blood(at="midcycle_1", on=14, neutrophils=1.2, platelets=110.0)
    said = trial.says("alpha", at="cycle_1", dose_day=8)
    assert (said.action, said.planned_mg, said.dose_mg) == (GuidedAction.REDUCE, 1897.0, 948.0)
    [fired] = said.fired
    assert (fired.row.table, fired.row.number, fired.row.rule.source) == ("day_8", 2, "label")
    assert (fired.action, fired.values) == ("reduce 50 %", {"neutrophils": "1.2"})
    assert said.say == (
        "Alpha, cycle_1 day 8 (2026-03-16): reduce to 948 mg of 1897 mg because neutrophils 1.2 "
        "(table of day 8, row 2: neutrophils < 1.5 or platelets < 100; label)."
    )


def test_both_counts_are_told_when_both_are_low(trial: Trial):
    trial.cycle(1, on=7)
    trial.blood(at="midcycle_1", on=14, neutrophils=1.2, platelets=90.0)
    said = trial.says("alpha", at="cycle_1", dose_day=8)
    assert said.fired[0].values == {"neutrophils": "1.2", "platelets": "90"}


def test_half_the_dose_by_one_count_and_none_by_the_other_is_none(trial: Trial):
    trial.cycle(1, on=7)
    trial.blood(at="midcycle_1", on=14, neutrophils=1.2, platelets=60.0)
    said = trial.says("alpha", at="cycle_1", dose_day=8)
    assert (said.action, said.dose_mg, said.next_mg) == (GuidedAction.OMIT, 0.0, 1897.0)
    assert said.resume == "on its next day"


def test_what_is_not_known_is_told_and_never_taken_for_a_full_dose(trial: Trial):
    trial.cycle(1, on=7)
    trial.blood(at="midcycle_1", on=14, platelets=None)
    said = trial.says("alpha", at="cycle_1", dose_day=8)
    assert (said.action, said.dose_mg) == (GuidedAction.UNKNOWN, None)
    assert [one.row.number for one in said.open] == [1, 2]
    assert said.say == (
        "Alpha, cycle_1 day 8 (2026-03-16): no dose can be named; platelets not known: rows 1 and "
        "2 of the table of day 8 cannot be judged."
    )


def test_a_count_that_is_low_enough_needs_no_other_to_leave_the_dose_out(trial: Trial):
    trial.cycle(1, on=7)
    trial.blood(at="midcycle_1", on=14, neutrophils=0.9, platelets=None)
    assert trial.says("alpha", at="cycle_1", dose_day=8).action is GuidedAction.OMIT


def test_blood_of_day_1_says_nothing_of_day_8(trial: Trial):
    trial.cycle(1, on=7)
    assert trial.says("alpha", at="cycle_1", dose_day=8).action is GuidedAction.UNKNOWN
    trial.blood(at="midcycle_1", on=11)
    assert trial.says("alpha", at="cycle_1", dose_day=8).action is GuidedAction.FULL


def test_without_a_height_no_dose_by_surface_can_be_named(trial: Trial):
    trial.cycle(1, on=7)
    record = trial.ward.desk.record.subjects[trial.subject]
    record.rows["screening", "body", 1].cells.pop("height_cm")
    said = trial.says("alpha", at="cycle_1")
    assert (said.action, said.dose_mg) == (GuidedAction.UNKNOWN, None)
    assert "body size is not known" in said.say


def test_a_delay_names_the_last_day_of_the_window(trial: Trial):
    trial.cycle(1, on=7, platelets=80.0)
    said = trial.says("alpha", at="cycle_1")
    assert (said.action, said.dose_mg) == (GuidedAction.DELAY, 0.0)
    assert said.resume == "when the row is no longer true, at the latest on 2026-03-12"
    assert trial.says("beta", at="cycle_1").action is GuidedAction.FULL


def test_a_hold_says_until_when_and_with_which_dose_the_drug_goes_on(trial: Trial):
    trial.cycle(1, on=7)
    trial.event("fatigue", 3, start=20)
    trial.cycle(2, on=28)
    said = trial.says("beta", at="cycle_2")
    assert (said.action, said.dose_mg, said.next_mg) == (GuidedAction.HOLD, 0.0, 8.0)
    assert said.resume == "when fatigue_grade <= 1"
    assert said.say == (
        "Beta tablets, cycle_2 day 1 (2026-03-30): hold because fatigue grade 3 (table of any "
        "day, row 2: fatigue_grade = 3; label); go on with 8 mg when fatigue_grade <= 1."
    )


def test_a_drug_goes_on_one_level_down_and_stays_there(trial: Trial):
    trial.cycle(1, on=7)
    trial.event("fatigue", 3, start=20, end=35)
    for number, on in ((2, 28), (3, 49)):
        trial.cycle(number, on=on)
    said = trial.says("beta", at="cycle_3")
    assert (said.action, said.dose_mg, said.planned_mg) == (GuidedAction.REDUCE, 8.0, 12.0)
    assert ", as before, by table of any day, row 2" not in trial.says("beta", at="cycle_2").say


def test_an_event_between_two_dose_days_lowers_the_dose_though_it_is_over(trial: Trial):
    trial.cycle(1, on=7)
    trial.event("fatigue", 3, start=12, end=20)
    trial.cycle(2, on=28)
    assert trial.says("beta", at="cycle_2").dose_mg == 8.0
    trial.cycle(3, on=49)
    later = trial.says("beta", at="cycle_3")
    assert later.dose_mg == 8.0
    assert "as before, by table of any day, row 2: fatigue_grade = 3; label" in later.say


def test_two_events_between_the_same_dose_days_are_one_level(trial: Trial):
    trial.cycle(1, on=7)
    for row, start in enumerate((8, 16), start=1):
        trial.event("fatigue", 3, start=start, end=start + 3, row=row)
    trial.cycle(2, on=28)
    assert trial.says("beta", at="cycle_2").dose_mg == 8.0


def test_a_dose_of_every_other_day_is_told_with_its_mean(trial: Trial):
    trial.fill("body", {"weight_kg": 59.9}, at="screening", on=0, why="weighed again")
    for number, on in ((1, 7), (2, 28), (3, 49)):
        trial.event("fatigue", 3, start=on + 1, end=on + 4, row=number)
        trial.cycle(number, on=on)
    doses = [trial.says("beta", at=f"cycle_{number}").dose_mg for number in (1, 2, 3)]
    assert doses == [8.0, 4.0, 2.0]
    say = trial.says("beta", at="cycle_3").say
    assert "reduce to 4 mg every other day (2 mg a day) of 8 mg" in say


def test_an_end_known_to_the_month_leaves_open_whether_a_hold_may_end(trial: Trial):
    trial.cycle(1, on=7)
    trial.event("fatigue", 3, start=20, end="2026-04")
    trial.cycle(2, on=28)
    trial.cycle(3, on=49)  # 20 April
    said = trial.says("beta", at="cycle_3")
    assert said.action is GuidedAction.HOLD
    assert said.say.endswith("fatigue grade not known: whether the hold may end cannot be judged.")


def test_a_stop_is_for_good(trial: Trial):
    trial.cycle(1, on=7)
    trial.event("nausea", 4, start=9, end=12)
    trial.cycle(2, on=28)
    trial.cycle(3, on=49)
    said = trial.says("beta", at="cycle_3")
    assert (said.action, said.dose_mg, said.next_mg) == (GuidedAction.STOP, 0.0, None)


def test_a_drug_that_somebody_recorded_as_stopped_stays_stopped(trial: Trial):
    trial.cycle(1, on=7)
    trial.dose(
        "beta", 0.0, at="cycle_1", on=7, row=1, dose_change="stopped", dose_reason="his wish"
    )
    assert trial.says("beta", at="cycle_1").action is GuidedAction.FULL
    trial.cycle(2, on=28)
    said = trial.says("beta", at="cycle_2")
    assert said.action is GuidedAction.STOP
    assert "recorded as stopped on 2026-03-09: his wish" in said.say


@pytest.mark.parametrize(
    ("given", "later"),
    [(8.0, 8.0), (4.0, 4.0), (2.0, 2.0), (6.0, 12.0), (0.0, 12.0), (12.0, 12.0)],
)
def test_a_lower_level_that_somebody_prescribed_is_not_left_upwards(
    trial: Trial, *, given: float, later: float
):
    trial.cycle(1, on=7)
    trial.dose("beta", given, at="cycle_1", on=7, row=1, dose_reason="grade 2 that lasts")
    trial.cycle(2, on=28)
    said = trial.says("beta", at="cycle_2")
    assert said.dose_mg == later
    assert ("a lower level was prescribed before" in said.say) is (later < 12.0)


def test_a_dose_by_surface_counts_no_more_than_the_largest(trial: Trial):
    trial.cycle(1, on=7, kg=90.0)  # 2.12 m2
    assert trial.says("alpha", at="cycle_1").planned_mg == 2000.0


def test_half_a_dose_by_judgement_is_for_its_day_alone(trial: Trial):
    trial.cycle(1, on=7)
    trial.dose("alpha", 948.0, at="cycle_1", on=7, row=1, dose_reason="judgement")
    trial.cycle(2, on=28)
    assert trial.says("alpha", at="cycle_2").dose_mg == 1897.0


def test_a_drug_that_is_not_due_is_said_so(trial: Trial):
    trial.cycle(1, on=7)
    said = trial.says("alpha", at="cycle_1", dose_day=2)
    assert (said.action, said.dose_mg) == (GuidedAction.NOT_DUE, None)
    assert said.say == "Alpha: not due on day 2, given on day 1, 8 of the cycle."


def test_a_drug_that_must_pause_before_surgery_is_left_out(trial: Trial):
    trial.cycle(3, on=49)
    # Surgery is planned 12 weeks after randomisation, 25 May: seven days off leave 17 May.
    assert trial.says("beta", at="cycle_3", dose_day=21).action is GuidedAction.FULL
    moved = trial.guidance_on(dt.date(2026, 5, 17)), trial.guidance_on(dt.date(2026, 5, 18))
    assert [one.action for one in moved] == [GuidedAction.FULL, GuidedAction.OMIT]
    assert "7 d off before surgery planned for 2026-05-25" in moved[1].say


def test_the_day_that_was_arranged_comes_before_the_day_that_is_planned(trial: Trial):
    trial.cycle(3, on=49)
    arranged = {"weight_kg": 72.0, "planned_surgery_date": dt.date(2026, 5, 4)}
    trial.fill("body", arranged, at="cycle_3", on=49, why="arranged")
    days = [dt.date(2026, 4, 26), dt.date(2026, 4, 27)]
    assert [trial.guidance_on(day).action for day in days] == [
        GuidedAction.FULL,
        GuidedAction.OMIT,
    ]


def test_a_subject_who_is_not_operated_need_not_pause(trial: Trial):
    trial.cycle(3, on=49)
    trial.fill("surgery", {"operated": False}, at="operation", on=60)
    assert trial.guidance_on(dt.date(2026, 5, 24)).action is GuidedAction.FULL


def test_after_surgery_the_other_regimen_is_due_and_begins_no_sooner_than_allowed(trial: Trial):
    trial.cycle(1, on=7)
    operated = {"operated": True, "surgery_date": DAY + dt.timedelta(days=84)}
    trial.fill("surgery", operated, at="operation", on=84)
    # Operated on 25 May: fourteen days off let 8 June be the first.
    early, first = dt.date(2026, 6, 7), dt.date(2026, 6, 8)
    held, free = (trial.guidance_on(day, at="later_1") for day in (early, first))
    assert (held.action, held.dose_mg, held.next_mg) == (GuidedAction.HOLD, 0.0, 12.0)
    assert held.resume == "on 2026-06-08"
    assert "14 d off after surgery" in held.say
    assert (free.action, free.dose_mg) == (GuidedAction.FULL, 12.0)


def test_a_drug_that_was_lowered_before_surgery_stays_lowered_after_it(trial: Trial):
    trial.cycle(1, on=7)
    trial.event("fatigue", 3, start=12, end=20)
    trial.cycle(2, on=28)
    operated = {"operated": True, "surgery_date": DAY + dt.timedelta(days=84)}
    trial.fill("surgery", operated, at="operation", on=84)
    said = trial.guidance_on(dt.date(2026, 7, 1), at="later_1")
    assert (said.dose_mg, said.planned_mg) == (8.0, 12.0)
    assert "(fatigue_grade = 3)" in said.say
    assert trial.says("beta", at="cycle_2").dose_mg == 8.0
