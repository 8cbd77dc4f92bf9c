"""Clinical terms of CTCAE v4.03 against two transcriptions of the document of the NCI.

Written from the columns of grades of ``CTCAE_4.03.csv`` (KohSoonho/CTCAE) and of
``app/assets/data/ctcae_data.json`` (mountetna/timur), which agree on every term here: a grade
exists where the cell is not "-".
"""

from collections import Counter

import pytest

from equipoise.oncology.toxicity.ctcae_clinical import (
    CLINICAL_TERMS,
    clinical_term,
    existing_grades,
    impossible_grade,
    nearest_term,
)
from equipoise.oncology.toxicity.ctcae_clinical_editions import CLINICAL_TABLES
from equipoise.oncology.toxicity.ctcae_rows import Edition, Soc

TRANSCRIPTIONS = (
    "program: KohSoonho/CTCAE CTCAE_4.03.csv and mountetna/timur ctcae_data.json: "
    "cells of grades 1 to 5 of the rows of these terms"
)
NCI = "paper: NCI, CTCAE v4.03, 14 June 2010: "
READ_EDITIONS = (Edition.V5, Edition.V4_03)

BY_GRADES = {
    "12345": """Atrial fibrillation; Heart failure; Myocarditis; Pericarditis; Adrenal
    insufficiency; Hyperthyroidism; Hypothyroidism; Ascites; Colitis; Constipation; Diarrhea;
    Duodenal obstruction; Dysphagia; Enterocolitis; Gastritis; Gastrointestinal fistula; Lower
    gastrointestinal hemorrhage; Mucositis oral; Pancreatic fistula; Small intestinal obstruction;
    Upper gastrointestinal hemorrhage; Vomiting; Fever; Infusion related reaction; Bile duct
    stenosis; Hepatic hemorrhage; Allergic reaction; Cytokine release syndrome; Skin infection;
    Biliary anastomotic leak; Gastrointestinal anastomotic leak; Intraoperative hepatobiliary
    injury; Intraoperative venous injury; Postoperative hemorrhage; Wound complication; Wound
    dehiscence; Anorexia; Dehydration; Hyperglycemia; Hypophosphatemia; Osteonecrosis of jaw;
    Encephalopathy; Peripheral motor neuropathy; Peripheral sensory neuropathy; Reversible posterior
    leukoencephalopathy syndrome; Stroke; Acute kidney injury; Dyspnea; Epistaxis; Laryngopharyngeal
    dysesthesia; Pleural effusion; Pneumonitis; Rash acneiform; Hematoma; Hypertension; Hypotension;
    Thromboembolic event""",
    "2345": """Disseminated intravascular coagulation; Myocardial infarction; Colonic perforation;
    Duodenal perforation; Esophageal varices hemorrhage; Gastric perforation; Ileus;
    Intra-abdominal hemorrhage; Pancreatitis; Small intestinal perforation; Infusion site
    extravasation; Biliary fistula; Cholecystitis; Portal hypertension; Portal vein thrombosis;
    Catheter related infection; Lung infection; Upper respiratory infection; Urinary tract
    infection; Wound infection; Vascular access complication; Capillary leak syndrome""",
    "345": """Febrile neutropenia; Multi-organ failure; Hepatic failure; Perforation bile duct;
    Anaphylaxis; Abdominal infection; Biliary tract infection; Hepatic infection; Intraoperative
    hemorrhage; Tumor lysis syndrome; Stevens-Johnson syndrome""",
    "45": "Hepatic necrosis; Sepsis; Toxic epidermal necrolysis",
    "1345": "Hemolytic uremic syndrome",
    "123": """Abdominal distension; Abdominal pain; Dry mouth; Dyspepsia; Gastroparesis; Nausea;
    Chills; Edema limbs; Fatigue; Pain; Hepatic pain; Seroma; Weight gain; Weight loss; Arthralgia;
    Back pain; Myalgia; Myositis; Dizziness; Headache; Paresthesia; Insomnia; Proteinuria; Cough;
    Voice alteration; Palmar-plantar erythrodysesthesia syndrome; Pruritus; Rash maculo-papular;
    Lymphocele""",
    "12": "Malaise; Dysgeusia; Alopecia",
    "234": "Ejection fraction decreased",
    "1234": "Electrocardiogram QT corrected interval prolonged",
}
NOT_THERE = """Hypophysitis; Hypopituitarism; Chylous ascites; Sinusoidal obstruction syndrome;
Bacteremia; Hepatitis B reactivation; Guillain-Barre syndrome; Myasthenia gravis; Nephrotic
syndrome; Arterial thromboembolism"""


def names(words):
    return [" ".join(name.split()) for name in words.split(";")]


READ = {name: grades for grades, words in BY_GRADES.items() for name in names(words)}


@pytest.mark.source(TRANSCRIPTIONS)
def test_the_grades_of_v4_03_are_those_of_two_transcriptions():
    ours = {
        term.name: "".join(str(grade) for grade in term.grades)
        for term in CLINICAL_TABLES[Edition.V4_03]
    }
    assert ours == READ


@pytest.mark.source(TRANSCRIPTIONS)
def test_every_term_of_v5_is_either_there_or_absent_with_a_nearest_one():
    absent = names(NOT_THERE)
    assert {term.name for term in CLINICAL_TERMS} == {*READ, *absent}
    assert not set(READ) & set(absent)
    for name in absent:
        assert clinical_term(name, edition=Edition.V4_03) is None
        assert existing_grades(name, edition=Edition.V4_03) == frozenset()
        assert nearest_term(name, edition=Edition.V4_03) is not None


@pytest.mark.source(TRANSCRIPTIONS)
def test_terms_are_counted_by_their_grades():
    assert Counter(READ.values()) == {
        "12345": 57,
        "123": 29,
        "2345": 22,
        "345": 11,
        "45": 3,
        "12": 3,
        "1345": 1,
        "234": 1,
        "1234": 1,
    }
    assert (len(READ), len(names(NOT_THERE))) == (128, 10)


@pytest.mark.source(TRANSCRIPTIONS)
@pytest.mark.parametrize(
    ("name", "only_v5", "only_v4_03"),
    [
        ("Hemolytic uremic syndrome", "", "1"),
        ("Myocarditis", "", "1"),
        ("Reversible posterior leukoencephalopathy syndrome", "", "1"),
        ("Acute kidney injury", "", "12"),
        ("Peripheral sensory neuropathy", "", "5"),
        ("Gastroparesis", "4", ""),
        ("Myositis", "4", ""),
        ("Malaise", "3", ""),
        ("Sepsis", "3", ""),
        ("Ileus", "1", ""),
        ("Infusion site extravasation", "1", ""),
        ("Vascular access complication", "1", ""),
        ("Capillary leak syndrome", "1", ""),
        ("Wound infection", "1", ""),
        ("Abdominal infection", "2", ""),
        ("Biliary tract infection", "2", ""),
        ("Hepatic infection", "2", ""),
    ],
)
def test_a_grade_exists_in_one_edition_only(name, only_v5, only_v4_03):
    now, before = (existing_grades(name, edition=edition) for edition in READ_EDITIONS)
    assert now - before == {int(grade) for grade in only_v5}
    assert before - now == {int(grade) for grade in only_v4_03}


@pytest.mark.source(TRANSCRIPTIONS)
def test_no_other_term_has_other_grades():
    changed = {
        name
        for name in READ
        if existing_grades(name) != existing_grades(name, edition=Edition.V4_03)
    }
    assert len(changed) == 17


@pytest.mark.source(NCI + "vomiting by episodes, renal injury by creatinine, rash by surface")
@pytest.mark.parametrize(
    ("name", "grade", "words"),
    [
        ("Vomiting", 1, "1 or 2 times in 24 hours"),
        ("Vomiting", 2, "3 to 5 times in 24 hours"),
        ("Vomiting", 3, "6 or more times in 24 hours"),
        ("Acute kidney injury", 1, "0.3 mg/dL, or 1.5 to 2 times the baseline"),
        ("Acute kidney injury", 2, "2 to 3 times the baseline"),
        ("Acute kidney injury", 3, "above 4.0 mg/dL"),
        ("Rash maculo-papular", 3, "with or without symptoms"),
        ("Proteinuria", 2, "1.0 to 3.4 g"),
        ("Ejection fraction decreased", 3, "more than 20 points"),
        ("Electrocardiogram QT corrected interval prolonged", 3, "at least two ECGs"),
        ("Hyperglycemia", 4, "above 27.8 mmol/L"),
        ("Hypophosphatemia", 3, "below 0.6 to 0.3 mmol/L"),
        ("Wound dehiscence", 1, "at most 25 %"),
        ("Dehydration", 2, "less than a day"),
    ],
)
def test_what_divides_the_grades_of_v4_03(name, grade, words):
    assert words in clinical_term(name, edition=Edition.V4_03).grades[grade]
    assert words not in clinical_term(name).grades.get(grade, "")


@pytest.mark.source(NCI + "infusion related reaction stands among the general disorders")
def test_a_term_stands_in_the_system_organ_class_of_its_edition():
    name = "Infusion related reaction"
    socs = [clinical_term(name, edition=edition).soc for edition in READ_EDITIONS]
    assert socs == [Soc.INJURY, Soc.GENERAL]
    others = [name for name in READ if name != "Infusion related reaction"]
    assert all(
        clinical_term(name, edition=Edition.V4_03).soc is clinical_term(name).soc for name in others
    )


@pytest.mark.source(NCI + "lactate dehydrogenase, bicarbonate and TSH are terms of v5.0")
@pytest.mark.parametrize(
    "name",
    [
        "Blood lactate dehydrogenase increased",
        "Blood bicarbonate decreased",
        "Thyroid stimulating hormone increased",
    ],
)
def test_a_laboratory_term_of_v5_is_not_graded_by_v4_03(name):
    assert impossible_grade(name, grade=1) is None
    assert impossible_grade(name, grade=1, edition=Edition.V4_03) == (
        f"CTCAE v4.03 has no term {name}: nearest is Investigations - Other, specify"
    )
