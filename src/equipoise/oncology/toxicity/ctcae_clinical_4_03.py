"""CTCAE v4.03 (14 June 2010): the clinical terms that it grades otherwise than v5.0, or has not.

Each row was read in two transcriptions of the document of the NCI that agree on all of them:
``CTCAE_4.03.csv`` of KohSoonho/CTCAE and ``app/assets/data/ctcae_data.json`` of mountetna/timur.
Both were made from the spreadsheet of the NCI. The words are ours and say what divides the grades.
What v4.03 lists as radiologic, endoscopic or elective operative intervention is the invasive
intervention of v5.0 and counts as the same; a planned operation alone does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from equipoise.oncology.toxicity.ctcae_clinical_rows import DEATH, LIFE
from equipoise.oncology.toxicity.ctcae_rows import Soc

NO_GRADE = ""

_SEEN_ONLY = "no symptoms; found on examination, nothing to be done"
_PERFORATION = {2: "symptoms; needs medicine", 3: "severe; planned operation needed"}
_BLEEDS = {2: "moderate; needs medicine or a small cautery", 3: "transfusion or invasive treatment"}
_NOT_BY_MOUTH = {2: NO_GRADE}
_EFFORT = {
    2: "symptoms on mild to moderate effort",
    3: "severe: symptoms at rest or on little effort; needs treatment",
}
_REACTION = {
    2: "treated or infusion stopped, soon better; prevention for 24 hours at most",
    3: "long, comes back, or hospital for what follows",
}
_RESECTED = {3: "resected whole or reconstructed; disabling"}
_A_QUARTER = "at most 25 % of the incision apart, no deeper than the superficial fascia"

_HEART: Mapping[str, Mapping[int, str]] = {
    "Hemolytic uremic syndrome": {1: "fragmented red cells without clinical consequences"},
    "Atrial fibrillation": {
        3: "symptoms that medicine does not fully control, or pacemaker or ablation",
        4: LIFE,
    },
    "Heart failure": _EFFORT,
    "Myocarditis": {1: "no symptoms; laboratory or imaging only", **_EFFORT},
    "Ejection fraction decreased": {3: "39 to 20 % at rest, or more than 20 points down"},
    "Electrocardiogram QT corrected interval prolonged": {
        1: "QTc 450 to 480 ms",
        2: "QTc 481 to 500 ms",
        3: "QTc 501 ms or more in at least two ECGs",
        4: "QTc 501 ms or more or over 60 ms longer than before, and torsade de pointes, "
        "polymorphic ventricular tachycardia or signs of grave arrhythmia",
    },
    "Capillary leak syndrome": {1: NO_GRADE},
    "Hypertension": {
        2: "140 to 159 or 90 to 99; one drug, or lasting; or symptoms with over 20 more diastolic "
        "or over 140/90 if normal before",
    },
    "Thromboembolic event": {
        1: "clot in a vein, as in a superficial thrombosis",
        2: "clot in a vein, as in an uncomplicated deep thrombosis; needs medicine",
        3: "as in an uncomplicated pulmonary embolism or a clot on the heart's wall; "
        "needs medicine",
        4: "life in danger, as in pulmonary embolism, stroke or arterial occlusion; "
        "circulation or nerves unstable; treat at once",
    },
}

_DIGESTIVE: Mapping[str, Mapping[int, str]] = {
    "Colitis": {
        3: "severe abdominal pain, changed bowel habits, treatment needed or signs of peritonitis"
    },
    "Colonic perforation": _PERFORATION,
    "Duodenal perforation": _PERFORATION,
    "Gastric perforation": _PERFORATION,
    "Small intestinal perforation": _PERFORATION,
    "Diarrhea": {
        2: "4 to 6 stools a day more, or moderately more from a stoma",
        3: "7 or more stools a day more, incontinence, much more from a stoma, or hospital; "
        "limits self-care",
    },
    "Duodenal obstruction": {3: "hospital or planned operation needed, or disabling"},
    "Small intestinal obstruction": {
        3: "hospital or planned operation needed; limits self-care or disabling"
    },
    "Gastrointestinal fistula": {
        1: _SEEN_ONLY,
        2: "symptoms; function of the bowel altered",
        3: "function severely altered; tube or intravenous feeding or hospital",
    },
    "Pancreatic fistula": {
        1: _SEEN_ONLY,
        2: "symptoms; function of the bowel altered",
        3: "function severely altered; tube or intravenous feeding, hospital or planned operation",
    },
    "Gastroparesis": {
        3: "weight lost, medicine does not help, cannot feed enough by mouth",
        4: NO_GRADE,
    },
    "Ileus": {1: NO_GRADE, 3: "function severely altered; intravenous feeding"},
    "Esophageal varices hemorrhage": {3: _BLEEDS[3]},
    "Intra-abdominal hemorrhage": {2: "needs medicine or a small cautery", 3: _BLEEDS[3]},
    "Lower gastrointestinal hemorrhage": _BLEEDS,
    "Upper gastrointestinal hemorrhage": _BLEEDS,
    "Mucositis oral": {2: "moderate pain, eats all the same; softer diet"},
    "Vomiting": {
        1: "1 or 2 times in 24 hours, 5 minutes apart",
        2: "3 to 5 times in 24 hours, 5 minutes apart",
        3: "6 or more times in 24 hours, 5 minutes apart; tube or intravenous feeding or hospital",
    },
    "Biliary fistula": {
        2: "symptoms; nothing to be done",
        3: "function severely altered; intravenous feeding, endoscopy or planned operation",
    },
    "Hepatic failure": {3: "flapping tremor or mild encephalopathy; limits self-care"},
    "Hepatic hemorrhage": {2: "symptoms; needs medicine", 3: "transfusion needed"},
}

_GENERAL: Mapping[str, Mapping[int, str]] = {
    "Infusion site extravasation": {1: NO_GRADE},
    "Malaise": {3: NO_GRADE},
    "Allergic reaction": {
        1: "passing flush or rash, drug fever below 38 degrees C; nothing to be done",
        **_REACTION,
    },
    "Cytokine release syndrome": {
        1: "mild; infusion goes on, nothing to be done",
        **_REACTION,
        4: "life in danger: vasopressor or ventilator",
    },
    "Dehydration": {
        2: "fluids by vein for less than a day",
        3: "fluids by vein or hospital needed",
    },
    "Hyperglycemia": {
        1: "fasting glucose above normal to 8.9 mmol/L",
        2: "fasting glucose above 8.9 to 13.9 mmol/L",
        3: "glucose above 13.9 to 27.8 mmol/L; hospital",
        4: "glucose above 27.8 mmol/L; life in danger",
    },
    "Hypophosphatemia": {
        1: "phosphate below normal to 0.8 mmol/L",
        2: "below 0.8 to 0.6 mmol/L",
        3: "below 0.6 to 0.3 mmol/L",
        4: "below 0.3 mmol/L; life in danger",
    },
    "Myositis": {4: NO_GRADE},
    "Peripheral motor neuropathy": {1: _SEEN_ONLY, 3: "severe; limits self-care or needs an aid"},
    "Peripheral sensory neuropathy": {1: "no symptoms; reflexes lost or paraesthesia", 5: DEATH},
    "Reversible posterior leukoencephalopathy syndrome": {
        1: _SEEN_ONLY,
        2: "moderate, imaging abnormal; limits housework and errands",
        3: "severe, imaging very abnormal; limits self-care",
    },
    "Stroke": {
        1: "no or mild deficit; found on imaging only",
        2: "moderate deficit",
        3: "severe deficit",
    },
    "Acute kidney injury": {
        1: "creatinine up by more than 0.3 mg/dL, or 1.5 to 2 times the baseline",
        2: "creatinine 2 to 3 times the baseline",
        3: "creatinine above 3 times the baseline or above 4.0 mg/dL; hospital",
    },
    "Proteinuria": {
        1: "1+, or below 1.0 g in 24 h",
        2: "2+, or 1.0 to 3.4 g in 24 h",
        3: "3.5 g or more in 24 h",
    },
    "Palmar-plantar erythrodysesthesia syndrome": {
        2: "peeling, blisters, bleeding or thick skin with pain; limits housework"
    },
    "Pruritus": {
        2: "intense or wide, at times, skin scratched; tablets; limits housework and errands",
        3: "intense or wide, constant; limits self-care or sleep; steroid by mouth or "
        "immunosuppressant",
    },
    "Rash acneiform": {
        2: "10 to 30 % of the skin; limits housework and errands",
        3: "more than 30 % of the skin; limits self-care, or infected: antibiotic by mouth",
    },
    "Rash maculo-papular": {
        2: "10 to 30 % of the skin, with or without symptoms; limits housework and errands",
        3: "more than 30 % of the skin, with or without symptoms; limits self-care",
    },
}

_SURGERY: Mapping[str, Mapping[int, str]] = {
    "Abdominal infection": _NOT_BY_MOUTH,
    "Biliary tract infection": _NOT_BY_MOUTH,
    "Hepatic infection": _NOT_BY_MOUTH,
    "Sepsis": {3: NO_GRADE},
    "Urinary tract infection": {2: "in one place; treated locally"},
    "Wound infection": {1: NO_GRADE, 2: "in one place; treated locally"},
    "Postoperative hemorrhage": {
        1: "slight, seen on examination; nothing to be done",
        2: "moderate; invasive treatment needed",
        3: "2 units of red cells or more beyond the protocol, or urgent invasive treatment",
    },
    "Intraoperative hemorrhage": {3: "invasive treatment after the operation"},
    "Intraoperative hepatobiliary injury": _RESECTED,
    "Intraoperative venous injury": _RESECTED,
    "Vascular access complication": {
        1: NO_GRADE,
        3: "deep vein or heart thrombosis; treated",
        4: "embolism, as in pulmonary embolism, or a clot that endangers life",
    },
    "Wound complication": {
        1: _A_QUARTER,
        2: "more than 25 % of the incision apart; treated locally",
        3: "hernia that is not strangulated, or fascia apart; operation",
        4: "strangulated hernia; major reconstruction, resection or amputation",
    },
    "Wound dehiscence": {
        1: _A_QUARTER,
        2: "more than 25 % apart and treated locally, or a hernia that is not strangulated",
    },
}

DIFFERENT_4_03: Mapping[str, Mapping[int, str]] = MappingProxyType(
    {**_HEART, **_DIGESTIVE, **_GENERAL, **_SURGERY}
)
"""Term -> grade -> what it means in v4.03 where it is otherwise; '' where it does not exist."""

SOC_4_03: Mapping[str, Soc] = MappingProxyType({"Infusion related reaction": Soc.GENERAL})
"""Terms that v4.03 has in another system organ class."""


def _other(soc: Soc) -> str:
    return f"{soc} - Other, specify"


NEAREST_4_03: Mapping[str, str] = MappingProxyType(
    {
        "Hypophysitis": _other(Soc.ENDOCRINE),
        "Hypopituitarism": _other(Soc.ENDOCRINE),
        "Chylous ascites": "Ascites",
        "Sinusoidal obstruction syndrome": _other(Soc.HEPATOBILIARY),
        "Bacteremia": _other(Soc.INFECTIONS),
        "Hepatitis B reactivation": "Hepatitis viral",
        "Guillain-Barre syndrome": _other(Soc.NERVOUS),
        "Myasthenia gravis": _other(Soc.NERVOUS),
        "Nephrotic syndrome": _other(Soc.RENAL),
        "Arterial thromboembolism": "Thromboembolic event",
        "Blood bicarbonate decreased": _other(Soc.INVESTIGATIONS),
        "Blood lactate dehydrogenase increased": _other(Soc.INVESTIGATIONS),
        "Thyroid stimulating hormone increased": _other(Soc.INVESTIGATIONS),
    }
)
"""Term of v5.0 that v4.03 does not have -> the term of v4.03 that is nearest, by our choice."""
