import pytest

from equipoise.oncology.ctcae_clinical import (
    CLINICAL_TERMS,
    clinical_term,
    existing_grades,
    impossible_grade,
    search_terms,
)
from equipoise.oncology.ctcae_proof import clinical_rows, laboratory_rows
from equipoise.oncology.ctcae_rows import Edition, Term
from equipoise.oncology.ctcae_table import CTCAE_V5


def names(words):
    return [term.name for term in search_terms(words)]


def test_every_term_stands_once_with_words_of_its_own_for_every_grade():
    assert len(CLINICAL_TERMS) == len({term.name for term in CLINICAL_TERMS}) >= 60
    for term in CLINICAL_TERMS:
        texts = list(term.grades.values())
        assert set(term.grades) <= {1, 2, 3, 4, 5}
        assert all(texts)
        assert len(set(texts)) == len(texts)
        assert term.grades.get(5, "death") == "death"


def test_a_search_finds_by_the_beginnings_of_words_in_any_order():
    assert names("hand foot") == ["Palmar-plantar erythrodysesthesia syndrome"]
    assert names("sens peri neu") == ["Peripheral sensory neuropathy"]
    assert names("NAUSEA") == ["Nausea"]
    assert "Diarrhea" in names("diarrhoea")
    assert names("leak") == [
        "Capillary leak syndrome",
        "Biliary anastomotic leak",
        "Gastrointestinal anastomotic leak",
        "Biliary fistula",
        "Chylous ascites",
    ]


def test_a_search_for_nothing_or_nonsense_finds_nothing_and_never_more_than_asked():
    assert names("  ") == names("qqq") == []
    assert len(search_terms("p", most=3)) == 3


def test_a_term_is_found_by_its_name_whatever_its_capitals():
    assert clinical_term(" fatigue ").grades[1] == "rest relieves it"
    assert clinical_term("tiredness") is None


@pytest.mark.parametrize(
    ("name", "grades"),
    [
        ("Fatigue", "123"),
        ("Nausea", "123"),
        ("Vomiting", "12345"),
        ("Neutrophil count decreased", "1234"),
        ("Platelet count decreased", "1234"),
        ("Anemia", "12345"),
        ("Hypoalbuminemia", "12345"),
        ("INR increased", "123"),
        ("Alanine aminotransferase increased", "1234"),
        ("Hypokalemia", "12345"),
        ("Leukocytosis", "345"),
        ("Hyperuricemia", "1345"),
        ("Hypertension", "12345"),
    ],
)
def test_the_grades_of_a_term_include_those_only_a_clinician_can_give(name, grades):
    assert existing_grades(name) == {int(grade) for grade in grades}


def test_an_impossible_grade_is_told_and_an_unknown_term_is_not_judged():
    assert impossible_grade("fatigue", grade=4) == (
        "CTCAE v5.0 has no grade 4 for fatigue: its grades are 1, 2, 3"
    )
    assert impossible_grade("Febrile neutropenia", grade=2) is not None
    assert impossible_grade("Febrile neutropenia", grade=3) is None
    assert impossible_grade("Another thing", grade=9) is None


def test_the_table_for_proof_reading_is_made_of_the_rows_that_grade():
    rows = {row.code: row for row in laboratory_rows()}
    assert set(rows) == set(CTCAE_V5)
    alt = rows[Term.ALT].grades
    assert alt[1] == ">ULN if baseline normal; >=1.5 x baseline if baseline abnormal"
    assert alt[4] == ">20 x ULN if baseline normal; >20 x baseline if baseline abnormal"
    assert alt[5] == ""
    assert rows[Term.HAEMOGLOBIN].grades[4] == "clinical"
    assert rows[Term.HAEMOGLOBIN_HIGH].grades[2] == ">ULN + 20"
    assert rows[Term.SODIUM_LOW].grades[3] == "<125; <=129 with symptoms"
    assert rows[Term.FIBRINOGEN].grades[2] == "<0.75 x LLN; <=0.75 x baseline while below LLN"
    before = {row.code: row for row in laboratory_rows(Edition.V4_03)}
    assert before[Term.ALT].grades[1] == ">ULN"
    assert before[Term.CREATININE].grades[1] == ">ULN; >baseline"
    assert Term.TSH not in before


def test_the_clinical_terms_for_proof_reading_have_five_columns():
    rows = clinical_rows()
    assert len(rows) == len(CLINICAL_TERMS)
    assert all(list(row.grades) == [1, 2, 3, 4, 5] for row in rows)
    nausea = next(row for row in rows if row.name == "Nausea")
    assert (nausea.grades[4], nausea.soc) == ("", "Gastrointestinal disorders")
