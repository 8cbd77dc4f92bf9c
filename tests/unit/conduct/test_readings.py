"""What the CTCAE says of a recorded row: of laboratory values, and of an adverse event."""

from __future__ import annotations

import datetime as dt

import pytest

from equipoise.conduct.findings import FindingKind
from equipoise.conduct.readings import laboratory_readings, readings_of
from equipoise.study.forms import CheckLevel

from .conftest import DAY, Ward
from .test_laboratory_grades import FORMS, LIMITS, SCHEDULE


@pytest.fixture
def begin(make_ward):
    def begun(**words: object) -> Ward:
        said = {"laboratory": LIMITS, "eligibility": {}, "strata": {}, "randomise": None} | words
        ward = make_ward(forms=FORMS, schedule=SCHEDULE, **said)
        ward.register()
        return ward

    return begun


def blood(ward: Ward, *, days: int = 0, **values: float):
    date, at = DAY + dt.timedelta(days=days), "later" if days else "screening"
    return ward.fill("blood", values, at=at, date=date).grades


def test_each_graded_value_has_its_grade_with_the_rule_that_gave_it(ward: Ward):
    ward.register()
    low, open_ = ward.fill("laboratory", {"haemoglobin": 131.0, "neutrophils": 0.9}).grades
    assert (low.item, low.value, low.grade) == ("neutrophils", 0.9, 3)
    assert low.why == "Neutrophils 0.9 10^9/L is below 1: grade 3 (CTCAE v5.0)."
    assert (open_.item, open_.grade) == ("haemoglobin", None)
    assert "the lower limit of normal is missing" in open_.why


def test_a_value_in_another_unit_is_told_in_both(begin):
    (reading,) = blood(begin(), hb=11.9)
    assert reading.why == (
        "Haemoglobin 119 g/L is below LLN (120): grade 1; recorded as 11.9 g/dL (CTCAE v5.0)."
    )


def test_a_value_in_a_unit_of_another_kind_has_no_reading(begin):
    assert blood(begin(), pg=5.0) == ()


def test_a_later_value_is_graded_against_the_last_one_up_to_enrolment(begin):
    ward = begin()
    assert [each.grade for each in blood(ward, alt=100.0)] == [1]
    (later,) = blood(ward, days=21, alt=201.0)
    assert (later.grade, later.baseline.value) == (1, 100.0)
    assert later.why.startswith("ALT 201 U/L is 2.01 x baseline (100), baseline abnormal: grade 1")


def test_the_edition_of_the_study_grades(begin):
    ward = begin(toxicity={"criteria": "ctcae_4_03"})
    blood(ward, alt=100.0)
    (later,) = blood(ward, days=21, alt=201.0)
    assert (later.grade, later.why[-14:]) == (3, "(CTCAE v4.03).")


@pytest.mark.parametrize("edition", ["ctcae_5", "ctcae_4_03"])
def test_readings_agree_with_the_worst_grade_so_far(begin, edition):
    ward = begin(toxicity={"criteria": edition})
    worst = None
    for days, alt in enumerate([45.0, 30.0, 100.0, 160.0, 900.0]):
        date = DAY + dt.timedelta(days=21 * days)
        values = {"alt": alt}
        at = "later" if days else "screening"
        why = "typing error" if days > 1 else None
        receipt = ward.fill("blood", values, at=at, date=date, why=why)
        grade = receipt.grades[0].grade
        if days < 2:
            worst = grade if worst is None else max(worst, grade)
            assert receipt.computed["alt_now"] == worst
        else:
            assert receipt.computed["alt_now"] == max(grade, 1)


def test_a_receipt_keeps_its_reading_when_the_record_goes_on(begin):
    ward = begin()
    (before,) = blood(ward, alt=100.0)
    said = before.why
    ward.fill("blood", {"alt": 999.0}, why="typing error")
    assert before.why == said


def test_a_row_of_the_record_reads_like_its_receipt(begin):
    ward = begin()
    grades = blood(ward, alt=100.0)
    subject = ward.desk.record.subjects["01"]
    row = ward.row("blood")
    assert laboratory_readings(row, subject=subject, rulebook=ward.desk.rulebook) == grades
    assert readings_of(row, subject=subject, rulebook=ward.desk.rulebook) == grades


def event(ward: Ward, term: str, grade: int, *, row: int = 1):
    values = {"ae_term": term, "ae_grade": grade, "ae_start": "2026-03", "ae_reason": "x"}
    return ward.fill("events", values, at="any_time", row=row)


def test_the_grade_of_an_event_is_told_in_the_words_of_its_table(ward: Ward):
    ward.register()
    (reading,) = event(ward, "fatigue", 1).grades
    assert (reading.item, reading.grade) == ("ae_grade", 1)
    assert reading.why == "Fatigue grade 1: rest relieves it (CTCAE v5.0)."


def test_a_grade_that_the_term_does_not_have_is_a_soft_finding(ward: Ward):
    ward.register()
    receipt = event(ward, "nausea", 4)
    (finding,) = receipt.findings
    assert (finding.kind, finding.level) == (FindingKind.IMPOSSIBLE_GRADE, CheckLevel.SOFT)
    assert (finding.item, finding.got) == ("ae_grade", "Nausea, grade 4")
    assert finding.say == "CTCAE v5.0 has no grade 4 for Nausea: its grades are 1, 2, 3"
    assert receipt.grades[0].why == f"{finding.say}."
    assert ward.row("events", at="any_time").findings["ae_grade"].text == finding.say


def test_the_finding_closes_with_a_grade_that_exists(ward: Ward):
    ward.register()
    event(ward, "nausea", 4)
    ward.fill("events", {"ae_grade": 3}, at="any_time", why="typing error")
    assert ward.row("events", at="any_time").findings == {}


TERMS = {
    "haemorrhage": "Haemorrhage",
    "thrombus": "Arterial thromboembolism",
    "neutropenia": "Neutrophil count decreased",
    "anaemia": "Anemia",
    "alt_raised": "Alanine aminotransferase increased",
}


@pytest.fixture
def wider(ward: Ward, make_ward):
    """Return a maker of wards whose events have other terms."""
    forms = {name: form.model_dump(by_alias=True) for name, form in ward.desk.study.forms.items()}
    forms["events"]["items"]["ae_term"]["codes"] = TERMS
    forms["events"]["checks"] = {}

    def made(**words: object) -> Ward:
        own = make_ward(forms=forms, **words)
        own.register()
        return own

    return made


def test_a_term_that_is_not_in_the_ctcae_is_not_judged(wider):
    receipt = event(wider(), "haemorrhage", 4)
    assert (receipt.findings, receipt.grades) == ((), ())


def test_a_term_of_another_edition_is_told_with_the_nearest(wider):
    (finding,) = event(wider(toxicity={"criteria": "ctcae_4_03"}), "thrombus", 3).findings
    assert finding.say == (
        "CTCAE v4.03 has no term Arterial thromboembolism: nearest is Thromboembolic event"
    )
    assert event(wider(), "thrombus", 3).findings == ()


def test_a_term_that_people_write_is_judged_as_written(ward: Ward, make_ward):
    forms = {name: form.model_dump(by_alias=True) for name, form in ward.desk.study.forms.items()}
    forms["events"]["items"]["ae_term"] |= {"type": "text", "codes": {}}
    forms["events"]["checks"] = {}
    own = make_ward(forms=forms)
    own.register()
    (finding,) = event(own, "alopecia", 3).findings
    assert finding.say == "CTCAE v5.0 has no grade 3 for alopecia: its grades are 1, 2"
    assert event(own, "tired of waiting", 5, row=2).findings == ()


@pytest.mark.parametrize(
    ("term", "grade", "meaning"),
    [
        ("neutropenia", 3, "Neutrophils <1 10^9/L"),
        ("neutropenia", 1, "Neutrophils <LLN"),
        ("anaemia", 4, "by the clinician's judgement, no number gives it"),
        ("alt_raised", 3, "ALT >5 x ULN if baseline normal; >5 x baseline if baseline abnormal"),
    ],
)
def test_a_laboratory_term_means_what_its_cut_offs_say(wider, term, *, grade, meaning):
    (reading,) = event(wider(), term, grade).grades
    assert reading.meaning == meaning


@pytest.mark.parametrize(
    ("hidden", "seen"),
    [
        ("arm", ["neutrophils", "haemoglobin"]),
        ("neutrophils", ["haemoglobin"]),
        ("age", []),
        ("laboratory", []),
    ],
)
def test_a_role_reads_no_grade_of_what_is_hidden_from_it(make_ward, hidden, seen):
    doctor = {"label": "D", "may": ["record", "register"], "hidden": [hidden]}
    ward = make_ward(roles={"doctor": doctor})
    ward.register()
    receipt = ward.fill("laboratory", {"neutrophils": 0.9, "haemoglobin": 131.0})
    assert [each.item for each in receipt.grades] == seen


def test_other_forms_have_no_readings(ward: Ward):
    ward.register()
    assert ward.fill("body", {"weight_kg": 72.0}).grades == ()


def test_corrected_calcium_is_computed_and_graded(make_ward):
    calcium = {
        "calcium": {"label": "Calcium", "type": "number", "unit": "mmol/L"},
        "albumin": {"label": "Albumin", "type": "number", "unit": "g/L"},
        "corrected": {
            "label": "Corrected calcium",
            "type": "number",
            "unit": "mmol/L",
            "function": "corrected_calcium",
            "ctcae": "calcium_low",
        },
    }
    forms = {"person": FORMS["person"], "blood": FORMS["blood"] | {"items": calcium}}
    said = {"laboratory": {}, "eligibility": {}, "strata": {}, "randomise": None}
    ward = make_ward(forms=forms, schedule=SCHEDULE, **said)
    ward.register()
    receipt = ward.fill("blood", {"calcium": 1.8, "albumin": 42.0})
    assert receipt.computed["corrected"] == 1.76
    (reading,) = receipt.grades
    assert reading.why == "Corrected calcium 1.76 mmol/L is below 2: grade 2 (CTCAE v5.0)."
