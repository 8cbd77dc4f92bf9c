"""Clinical terms of CTCAE v5.0: infections, and what follows an operation.

Which grades exist and what divides them is that of the NCI document of 27 November 2017 (read in
``CTCAE_v5.0.csv`` of KohSoonho/CTCAE); the words are ours.
"""

from __future__ import annotations

from equipoise.oncology.toxicity.ctcae_clinical_rows import ClinicalTerm, term
from equipoise.oncology.toxicity.ctcae_rows import Soc

_SEEN_ONLY = "no symptoms; found on examination, nothing to be done"
_BY_VEIN = "medicine by vein or invasive treatment"
_BY_MOUTH = "medicine by mouth"
_LOCAL = "in one place; treated locally"
_LEAK = (
    "no symptoms; found by a test, nothing to be done",
    "symptoms; needs medicine",
    "severe; invasive treatment needed",
)
_INJURED = (
    "repaired at once",
    "resected in part",
    "resected whole or reconstructed; limits self-care",
)

SURGERY: tuple[ClinicalTerm, ...] = (
    term(Soc.INFECTIONS, "Abdominal infection", "", _BY_MOUTH, _BY_VEIN, fatal=True),
    term(
        Soc.INFECTIONS,
        "Biliary tract infection",
        "",
        _BY_MOUTH,
        _BY_VEIN,
        fatal=True,
        called="cholangitis",
    ),
    term(
        Soc.INFECTIONS,
        "Hepatic infection",
        "",
        _BY_MOUTH,
        _BY_VEIN,
        fatal=True,
        called="liver abscess",
    ),
    term(Soc.INFECTIONS, "Lung infection", "", _BY_MOUTH, _BY_VEIN, fatal=True, called="pneumonia"),
    term(Soc.INFECTIONS, "Upper respiratory infection", "", _BY_MOUTH, _BY_VEIN, fatal=True),
    term(Soc.INFECTIONS, "Urinary tract infection", "", _BY_MOUTH, _BY_VEIN, fatal=True),
    term(
        Soc.INFECTIONS,
        "Catheter related infection",
        "",
        "local treatment or medicine by mouth",
        _BY_VEIN,
        fatal=True,
        called="line infection, port infection",
    ),
    term(Soc.INFECTIONS, "Wound infection", _LOCAL, _BY_MOUTH, _BY_VEIN, fatal=True),
    term(Soc.INFECTIONS, "Skin infection", _LOCAL, _BY_MOUTH, _BY_VEIN, fatal=True),
    term(
        Soc.INFECTIONS,
        "Bacteremia",
        "",
        "blood culture positive without signs or symptoms",
        called="bacteraemia",
    ),
    term(
        Soc.INFECTIONS,
        "Sepsis",
        "",
        "",
        "blood culture positive with signs or symptoms; treated",
        fatal=True,
        called="septic shock",
    ),
    term(
        Soc.INFECTIONS,
        "Hepatitis B reactivation",
        "no or mild symptoms; nothing to be done",
        "moderate; needs medicine",
        "severe but life not in danger; hospital, or medicine by vein",
        "life in danger; liver decompensated",
        fatal=True,
    ),
    term(
        Soc.INJURY,
        "Biliary anastomotic leak",
        *_LEAK,
        fatal=True,
        called="bile leak, insufficiency of the anastomosis",
    ),
    term(Soc.INJURY, "Gastrointestinal anastomotic leak", *_LEAK, fatal=True),
    term(
        Soc.INJURY,
        "Postoperative hemorrhage",
        "mild; nothing to be done",
        "moderate; less than 2 units of red cells",
        "2 units or more, invasive treatment or hospital",
        fatal=True,
        called="bleeding after surgery, haemorrhage",
    ),
    term(
        Soc.INJURY,
        "Intraoperative hemorrhage",
        "",
        "",
        "invasive treatment after the operation, or hospital",
        fatal=True,
        called="bleeding during surgery",
    ),
    term(Soc.INJURY, "Intraoperative hepatobiliary injury", *_INJURED, fatal=True),
    term(Soc.INJURY, "Intraoperative venous injury", *_INJURED, fatal=True),
    term(
        Soc.INJURY,
        "Wound dehiscence",
        "skin apart; nothing to be done",
        "skin apart; sutured or treated locally",
        "fascia apart, bowel inside; operation",
        "bowel outside or strangulated, or major reconstruction",
        fatal=True,
        called="burst abdomen, wound complication",
    ),
    term(
        Soc.INJURY,
        "Wound complication",
        "observed; ointment",
        "cared for at the bedside",
        "operation needed",
        fatal=True,
        called="impaired healing",
    ),
    term(
        Soc.INJURY,
        "Seroma",
        _SEEN_ONLY,
        "symptoms; aspirated",
        "symptoms; planned invasive treatment",
    ),
    term(
        Soc.INJURY,
        "Vascular access complication",
        "catheter opened by a thrombolytic",
        "catheter displaced, blocked or leaking; replaced",
        "pulmonary embolism, deep vein or heart thrombosis; treated",
        "life in danger; circulation or nerves unstable",
        fatal=True,
        called="port thrombosis",
    ),
)
