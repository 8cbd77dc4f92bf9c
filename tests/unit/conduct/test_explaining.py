"""Everything that is worked out for a subject, form by form, each with its reason."""

from __future__ import annotations

from equipoise.conduct.explaining import Aspect, explain_subject

from .dose_trial import Trial


def explained(trial: Trial):
    return explain_subject(
        trial.ward.desk.record.subjects[trial.subject], rulebook=trial.ward.desk.rulebook
    )


def said(trial: Trial, *, at: str, form: str):
    forms = [one for one in explained(trial) if (one.visit, one.form) == (at, form)]
    return forms[0].said if forms else ()


def test_blood_says_the_grade_of_each_value_and_why(trial: Trial):
    trial.cycle(1, on=7, neutrophils=0.9)
    [neutrophils] = [one for one in said(trial, at="cycle_1", form="laboratory") if one.value]
    assert (neutrophils.aspect, neutrophils.item, neutrophils.value) == (
        Aspect.GRADE,
        "neutrophils",
        3,
    )
    assert neutrophils.why.startswith("Neutrophils 0.9 10^9/L is below 1")


def test_a_dose_says_what_its_tables_name_and_a_finding_that_stands(trial: Trial):
    trial.cycle(1, on=7)
    trial.dose("alpha", 1500.0, at="cycle_1", on=7, row=1, dose_reason="frail")
    dose, finding = said(trial, at="cycle_1", form="dosing")
    assert (dose.aspect, dose.item, dose.value) == (Aspect.DOSE, "alpha", "full")
    assert (finding.aspect, finding.item) == (Aspect.FINDING, "given_mg")
    assert "full dose, 1897 mg" in finding.why


def test_forms_stand_in_the_order_of_their_days_and_silent_ones_are_left_out(trial: Trial):
    trial.cycle(2, on=28)
    trial.cycle(1, on=7)
    visits = dict.fromkeys(one.visit for one in explained(trial))
    assert [visit for visit in visits if visit.startswith("cycle")] == ["cycle_1", "cycle_2"]
    assert all(one.said for one in explained(trial))
