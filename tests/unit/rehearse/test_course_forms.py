from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from equipoise.conduct.forms import FilledForm
from equipoise.rehearse.course_forms import fill_course
from equipoise.rehearse.pen import Pen
from equipoise.rehearse.screening_forms import fill_screening
from equipoise.rehearse.steps import Enter, date_of
from equipoise.simulate.subject import (
    AdverseEvent,
    Fate,
    FormValues,
    Surgery,
    VirtualCourse,
    VirtualSubject,
    VisitDay,
)
from equipoise.study import Study, load_study

STUDIES = Path(__file__).parents[3] / "studies"
ENROLLED = 20
RESECTED = Surgery(planned_day=60, resected=True, margin="R0", viable_percent=20.0)
OPERATION = VisitDay(occurrence="surgery", visit="surgery", day=60)
FOLLOW_UPS = tuple(
    VisitDay(occurrence=f"follow_up_{k}", visit="follow_up", day=84 * (k + 1)) for k in (1, 2, 3)
)


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(STUDIES / "icc_golp")


def fate(**changes: Any) -> Fate:
    words: dict[str, Any] = {
        "response": "PR",
        "surgery": RESECTED,
        "progression_day": None,
        "recurrence_day": None,
        "new_therapy_day": None,
        "death_day": 5000,
        "death_cause": "other",
        "dropout_day": None,
    }
    return Fate(**(words | changes))


def course(
    of: Fate,
    *visits: VisitDay,
    drawn: dict[str, dict[str, Any]] | None = None,
    events: tuple[AdverseEvent, ...] = (),
) -> VirtualCourse:
    forms = {"surgery": ("surgery", "pathology", "complications"), "follow_up": ("follow_up",)}
    return VirtualCourse(
        arm="golp",
        fate=of,
        visits=visits,
        values=tuple(
            FormValues(occurrence=visit.occurrence, form=form, values=(drawn or {}).get(form, {}))
            for visit in visits
            for form in forms[visit.visit]
        ),
        scans=(),
        doses=(),
        adverse_events=events,
        completed_day=None,
    )


def pen(study: Study, **changes: Any) -> Pen:
    words: dict[str, Any] = {
        "number": 6,
        "site": "minhang",
        "screening_day": 12,
        "enrolment_day": ENROLLED,
        "frailty": 0.0,
        "baseline": {},
        "lesions": (),
        "screening": (),
        "values": (),
        "courses": {},
    }
    return Pen(study=study, subject=VirtualSubject(**(words | changes)))


def filled(study: Study, of: VirtualCourse) -> list[tuple[int, FilledForm]]:
    """Return (day after enrolment of the entry, form) in the order of entry."""
    steps = fill_course(pen(study), of)
    return [
        (step.day - ENROLLED, step.does.filled) for step in steps if isinstance(step.does, Enter)
    ]


def forms(study: Study, of: VirtualCourse, name: str) -> list[tuple[int, FilledForm]]:
    return [(day, form) for day, form in filled(study, of) if form.form == name]


def on(day: int) -> dt.date:
    return date_of(ENROLLED + day)


def test_a_recurrence_is_told_at_the_next_visit_and_at_each_one_after(study: Study):
    known = fate(recurrence_day=200, recurrence_site="local", new_therapy_day=240)
    told = [
        form.values for _, form in forms(study, course(known, OPERATION, *FOLLOW_UPS), "follow_up")
    ]
    later = {"recurrence": True, "recurrence_date": on(200), "recurrence_site": "local"}
    assert told == [
        {"recurrence": False},
        {**later, "new_therapy_date": on(240)},
        {**later, "new_therapy_date": on(240)},
    ]


def test_who_is_not_resected_has_progression_and_never_recurrence(study: Study):
    known = fate(surgery=Surgery(planned_day=60), progression_day=170)
    told = [
        form.values for _, form in forms(study, course(known, OPERATION, *FOLLOW_UPS), "follow_up")
    ]
    assert told[0] == {"progression": False}
    assert told[1] == {"progression": True, "progression_date": on(170)}


def test_an_exploration_has_no_specimen(study: Study):
    explored = course(fate(surgery=Surgery(planned_day=60)), OPERATION)
    assert next(form.form for _, form in filled(study, explored)) == "surgery"
    assert forms(study, explored, "pathology") == []
    values = forms(study, explored, "surgery")[0][1].values
    assert values["surgery_outcome"] == "explored_only"


def test_no_more_nodes_have_tumour_than_were_examined(study: Study):
    drawn = {"pathology": {"nodes_examined": 2, "nodes_positive": 3}}
    [(day, form)] = forms(study, course(fate(), OPERATION, drawn=drawn), "pathology")
    assert day == 67
    assert (form.values["nodes_positive"], form.values["margin"]) == (2, "R0")


def test_an_adverse_event_is_entered_as_it_begins_and_again_as_it_ends(study: Study):
    event = AdverseEvent(term="rash", grade=2, start=30, end=44, serious=False, related=True)
    first, second = forms(study, course(fate(), events=(event,)), "adverse_events")
    assert (first[0], first[1].values["ae_start"]) == (30, on(30).isoformat())
    assert "ae_end" not in first[1].values
    assert (second[0], second[1].values) == (44, {"ae_end": on(44).isoformat()})
    assert (first[1].date, first[1].row) == (second[1].date, second[1].row)


def test_of_a_forgotten_end_the_month_is_told(study: Study):
    event = AdverseEvent(
        term="rash", grade=2, start=3, end=44, serious=False, related=True, end_known=False
    )
    _, (_, end) = forms(study, course(fate(), events=(event,)), "adverse_events")
    assert end.values == {"ae_end": f"{on(44):%Y-%m}"}


def test_adverse_events_have_rows_of_their_own(study: Study):
    events = tuple(
        AdverseEvent(term="rash", grade=1, start=day, end=None, serious=False, related=True)
        for day in (3, 9, 30)
    )
    assert [
        form.row for _, form in forms(study, course(fate(), events=events), "adverse_events")
    ] == [
        1,
        2,
        3,
    ]


def test_a_death_of_the_operation_corrects_the_complications_with_a_reason(study: Study):
    drawn = {"complications": {"complicated": False}}
    died = fate(death_day=100, death_cause="surgery")
    first, second = forms(study, course(died, OPERATION, drawn=drawn), "complications")
    assert (first[0], first[1].values, first[1].why) == (74, {"complicated": False}, None)
    assert (second[0], second[1].date) == (100, first[1].date)
    assert second[1].values["clavien"] == "V"
    assert second[1].why == "died of the operation"


def test_a_death_before_discharge_is_the_complication(study: Study):
    drawn = {"complications": {"complicated": True, "clavien": "II", "complication": "Bile leak"}}
    died = fate(death_day=65, death_cause="surgery")
    [(day, form)] = forms(study, course(died, OPERATION, drawn=drawn), "complications")
    assert day == 65
    assert form.values == {"complicated": True, "clavien": "V", "complication": "Bile leak"}


def test_a_death_before_the_planned_operation_closes_the_form_of_surgery(study: Study):
    died = fate(surgery=Surgery(planned_day=60, reason="death"), death_day=41)
    [(day, form)] = forms(study, course(died), "surgery")
    assert day == 41
    assert form.values == {"operated": False, "not_operated_reason": "death"}


def test_death_ends_the_study(study: Study):
    last = filled(study, course(fate(death_day=300, death_cause="disease"), OPERATION))[-2:]
    assert [(day, form.form) for day, form in last] == [(300, "death"), (300, "disposition")]
    assert last[0][1].values == {"death_date": on(300), "death_cause": "disease"}
    assert last[1][1].values == {"end_reason": "died", "end_date": on(300)}


def test_nobody_hears_of_the_death_of_who_dropped_out(study: Study):
    left = fate(death_day=300, dropout_day=250, dropout_reason="withdrew")
    told = filled(study, course(left, OPERATION))
    assert "death" not in {form.form for _, form in told}
    assert told[-1][0] == 250
    assert told[-1][1].values == {"end_reason": "withdrew", "end_date": on(250)}


def test_what_a_form_does_not_ask_is_left_out(study: Study):
    form = study.forms["follow_up"]
    fewer = {name: item for name, item in form.items.items() if name != "recurrence_site"}
    forms_of_fewer = study.forms | {"follow_up": form.model_copy(update={"items": fewer})}
    small = study.model_copy(update={"forms": forms_of_fewer})
    known = fate(recurrence_day=100, recurrence_site="local")
    told = forms(small, course(known, OPERATION, *FOLLOW_UPS[:1]), "follow_up")
    assert told[0][1].values == {"recurrence": True, "recurrence_date": on(100)}


def test_consent_is_given_on_the_day_of_screening(study: Study):
    visit = VisitDay(occurrence="screening", visit="screening", day=-8)
    asked = FormValues(occurrence="screening", form="demographics", values={"age": 60})
    writing = pen(study, screening=(visit,), values=(asked,))
    [step] = fill_screening(writing)
    assert step.day == 12
    assert isinstance(step.does, Enter)
    assert step.does.filled.subject == "0007"
    assert step.does.filled.values == {"age": 60, "consent_date": date_of(12)}
