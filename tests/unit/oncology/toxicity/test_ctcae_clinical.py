import pytest

from equipoise.oncology.toxicity.ctcae_clinical import (
    CLINICAL_TERMS,
    clinical_term,
    existing_grades,
    impossible_grade,
    nearest_term,
    search_terms,
)
from equipoise.oncology.toxicity.ctcae_clinical_4_03 import DIFFERENT_4_03
from equipoise.oncology.toxicity.ctcae_clinical_editions import CLINICAL_TABLES
from equipoise.oncology.toxicity.ctcae_proof import clinical_rows, laboratory_rows
from equipoise.oncology.toxicity.ctcae_rows import Edition, Term
from equipoise.oncology.toxicity.ctcae_table import CTCAE_V5


def names(words):
    return [term.name for term in search_terms(words)]


@pytest.mark.parametrize("edition", [Edition.V5, Edition.V4_03])
def test_every_term_stands_once_with_words_of_its_own_for_every_grade(edition):
    terms = CLINICAL_TABLES[edition]
    assert len(terms) == len({term.name for term in terms}) >= 60
    for term in terms:
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


def test_a_study_by_the_earlier_edition_is_told_its_own_grades():
    before = Edition.V4_03
    assert impossible_grade("Malaise", grade=3) is None
    assert impossible_grade("malaise", grade=3, edition=before) == (
        "CTCAE v4.03 has no grade 3 for malaise: its grades are 1, 2"
    )
    assert impossible_grade("Acute kidney injury", grade=1) is not None
    assert impossible_grade("Acute kidney injury", grade=1, edition=before) is None
    assert impossible_grade("Another thing", grade=9, edition=before) is None
    assert impossible_grade("Hyponatremia", grade=2, edition=before) is not None


def test_a_term_that_an_edition_does_not_have_is_told_with_the_nearest():
    assert impossible_grade("Hypophysitis", grade=2, edition=Edition.V4_03) == (
        "CTCAE v4.03 has no term Hypophysitis: nearest is Endocrine disorders - Other, specify"
    )
    assert nearest_term(" hypophysitis ", edition=Edition.V5) is None
    assert nearest_term("Fatigue", edition=Edition.V4_03) is None
    assert nearest_term("Arterial thromboembolism", edition=Edition.V4_03) == (
        clinical_term("thromboembolic event", edition=Edition.V4_03).name
    )


def test_a_search_finds_the_terms_of_the_edition_with_its_words():
    assert [term.name for term in search_terms("hypophysitis")] == ["Hypophysitis"]
    assert search_terms("hypophysitis", edition=Edition.V4_03) == ()
    (found,) = search_terms("vomiting", edition=Edition.V4_03)
    assert found.grades[2].startswith("3 to 5 times")


def test_a_study_by_v6_knows_the_grades_of_laboratory_terms_only():
    now = Edition.V6
    assert (clinical_term("Fatigue", edition=now), search_terms("fatigue", edition=now)) == (
        None,
        (),
    )
    assert existing_grades("Fatigue", edition=now) is None
    assert impossible_grade("Fatigue", grade=4, edition=now) is None
    assert existing_grades("Platelet count decreased", edition=now) is None
    assert existing_grades("thrombocytopenia", edition=now) == {1, 2, 3, 4, 5}
    assert existing_grades("Creatinine clearance decreased", edition=now) == {2, 3}
    assert impossible_grade("Alkaline phosphatase increased", grade=3, edition=now) == (
        "CTCAE v6.0 has no grade 3 for Alkaline phosphatase increased: its grades are 1"
    )
    assert clinical_rows(now) == ()


def test_a_difference_names_a_term_of_v5_and_is_one():
    for name, grades in DIFFERENT_4_03.items():
        now = clinical_term(name).grades
        assert all(now.get(grade, "") != words for grade, words in grades.items()), name


def test_what_both_editions_grade_by_numbers_and_by_words_has_the_same_grades():
    for name in ("Hyperglycemia", "Hypophosphatemia"):
        assert existing_grades(name, edition=Edition.V4_03) == {1, 2, 3, 4, 5}


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
    now = {row.code: row for row in laboratory_rows(Edition.V6)}
    assert now[Term.ALT].grades[3] == (
        ">5 x ULN if baseline normal; >2 x baseline if baseline abnormal, up to 5 x ULN; "
        "open: >2 x baseline if baseline above 5 x ULN"
    )
    assert now[Term.ALP].grades == {1: ">ULN and above the baseline", 2: "", 3: "", 4: "", 5: ""}
    assert now[Term.CREATININE].grades[3] == ">3 x ULN; >3 x baseline if baseline below LLN"
    assert now[Term.CREATININE_CLEARANCE].grades[4] == "open: <10"


def test_the_clinical_terms_for_proof_reading_have_five_columns():
    rows = clinical_rows()
    assert len(rows) == len(CLINICAL_TERMS)
    assert len(clinical_rows(Edition.V4_03)) == len(CLINICAL_TABLES[Edition.V4_03])
    assert all(list(row.grades) == [1, 2, 3, 4, 5] for row in rows)
    nausea = next(row for row in rows if row.name == "Nausea")
    assert (nausea.grades[4], nausea.soc) == ("", "Gastrointestinal disorders")
