"""The adverse events of a study and the grades that exist for them."""

from __future__ import annotations

import pytest

from equipoise.study.event_terms import event_terms, grades_of_events
from equipoise.study.folder import standard_form
from equipoise.study.forms import Form
from equipoise.study.study import Study

STUDY = {
    "study": "small",
    "title": "A small study",
    "phase": "2",
    "disease": {"name": "a tumour"},
    "subjects": {"planned": 10},
    "arms": {"drug": {"label": "Drug"}},
    "schedule": {
        "clocks": {"registration": "registration_date"},
        "epochs": {"trial": "Trial"},
        "visits": {"any_time": {"epoch": "trial", "forms": ["events"]}},
    },
    "endpoints": {"r": {"kind": "binary", "label": "R", "rule": "true", "population": "all"}},
    "analysis_sets": {"all": {"label": "All", "rule": "true"}},
    "analyses": {"flow": {"method": "flow", "title": "Flow"}},
    "report": [{"heading": "Flow", "show": ["flow"]}],
    "roles": {"nurse": {"label": "Nurse", "may": ["record"]}},
}


@pytest.fixture(scope="module")
def standard() -> Form:
    return Form.model_validate({"form": "events", **standard_form("adverse_events").value})


def study_of(standard: Form, **words: object) -> Study:
    forms = {"events": standard.model_dump(by_alias=True)}
    return Study.model_validate(STUDY | {"forms": forms} | words)


def test_each_code_of_the_standard_form_is_a_term_or_stands_for_many(standard: Form):
    study = study_of(standard)
    many = event_terms(study).keys() - grades_of_events(study).keys()
    assert many == {"haemorrhage", "hepatitis"}


def test_grades_are_those_of_the_term(standard: Form):
    grades = grades_of_events(study_of(standard))
    assert grades["fatigue"] == {1, 2, 3}
    assert grades["myocarditis"] == {2, 3, 4, 5}
    assert grades["febrile_neutropenia"] == {3, 4, 5}


def test_a_form_of_another_purpose_has_no_events(standard: Form):
    other = standard.model_dump(by_alias=True) | {"purpose": "complications"}
    assert event_terms(study_of(standard, forms={"events": other})) == {}


def test_a_term_that_only_another_edition_has_has_no_grades(standard: Form):
    words = standard.model_dump(by_alias=True)
    words["items"]["ae_term"]["codes"] = {"clot": "Arterial thromboembolism"}
    forms = {"events": words}
    assert set(grades_of_events(study_of(standard, forms=forms))) == {"clot"}
    older = study_of(standard, forms=forms, toxicity={"criteria": "ctcae_4_03"})
    assert grades_of_events(older) == {}


def test_of_an_edition_whose_findings_were_not_read_laboratory_terms_alone_have_grades(
    standard: Form,
):
    newest = study_of(standard, toxicity={"criteria": "ctcae_6"})
    grades = grades_of_events(newest)
    assert "fatigue" not in grades
    assert all(grades[code] for code in grades)
    assert {event_terms(newest)[code] for code in grades} >= {"Anemia"}
