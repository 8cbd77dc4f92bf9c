"""A small study and scenario of two arms, written out in the test's own words."""

from __future__ import annotations

from typing import Any

import pytest

from equipoise.study.scenarios import Scenario
from equipoise.study.study import Study

ITEM = {"label": "An item"}
STUDY: dict[str, Any] = {
    "study": "small",
    "title": "A small study",
    "phase": "3",
    "disease": {"name": "carcinoma"},
    "subjects": {"planned": 10},
    "arms": {
        "drug": {"label": "Drug", "regimen": "weekly"},
        "knife": {"label": "Surgery", "role": "control"},
    },
    "strata": {"old": {"label": "Old", "rule": "age > 60"}},
    "randomise": {"method": "permuted_blocks", "sizes": [4]},
    "regimens": {
        "weekly": {
            "label": "A drug",
            "cycle": "21 d",
            "cycles": {"planned": 2},
            "drugs": {
                "alpha": {"dose": "100 mg/m2", "route": "intravenous", "days": [1, 8]},
                "beta": {
                    "dose": "8 mg",
                    "route": "oral",
                    "days": [1, 2, 3, 8, 9],
                    "levels": ["4 mg"],
                },
            },
            "modify": {
                "alpha": {
                    "day_1": [{"when": "neutrophils < 1.5", "then": "delay"}],
                    "day_8": [
                        {"when": "neutrophils < 1.0", "then": "omit"},
                        {"when": "neutrophils < 1.5", "then": "reduce 25 %"},
                    ],
                },
                "beta": {
                    "any_day": [
                        {"when": "rash_grade >= 3", "then": "stop"},
                        {"when": "rash_grade = 2", "then": "reduce one level"},
                    ]
                },
            },
        }
    },
    "schedule": {
        "clocks": {"randomisation": "randomisation_date", "surgery": "surgery_date"},
        "epochs": {"all": "All"},
        "visits": {
            "screening": {
                "epoch": "all",
                "from": "randomisation",
                "at": "-10 d .. 0 d",
                "forms": ["baseline", "laboratory", "lesions"],
            },
            "cycle": {
                "epoch": "all",
                "from": "randomisation",
                "first": "3 d",
                "every": "21 d",
                "times": 2,
                "window": "±3 d",
                "arms": ["drug"],
                "forms": ["laboratory", "dosing"],
            },
            "scan": {
                "epoch": "all",
                "from": "randomisation",
                "at": "8 wk",
                "window": "±5 d",
                "arms": ["drug"],
                "forms": ["lesions"],
            },
            "operation": {
                "epoch": "all",
                "from": "randomisation",
                "at": {"drug": "9 wk", "knife": "2 wk"},
                "window": "±7 d",
                "forms": ["surgery"],
            },
            "wound": {
                "epoch": "all",
                "from": "surgery",
                "first": "14 d",
                "every": "14 d",
                "times": 2,
                "forms": ["wound"],
            },
        },
    },
    "forms": {
        "baseline": {
            "form": "baseline",
            "title": "Baseline",
            "purpose": "subject",
            "items": {
                "age": {**ITEM, "type": "integer", "range": "18 .. 90"},
                "height_cm": {**ITEM, "type": "number", "unit": "cm"},
                "weight_kg": {**ITEM, "type": "number", "unit": "kg"},
                "smoker": {**ITEM, "type": "yes_no"},
                "packs": {**ITEM, "type": "integer", "required_when": "smoker"},
                "elderly": {**ITEM, "type": "yes_no", "compute": "age > 70"},
            },
        },
        "laboratory": {
            "form": "laboratory",
            "title": "Laboratory",
            "purpose": "laboratory",
            "items": {"neutrophils": {**ITEM, "type": "number", "unit": "10^9/L"}},
        },
        "lesions": {
            "form": "lesions",
            "title": "Lesions",
            "purpose": "lesions",
            "repeats": "one lesion",
            "items": {"lesion": {**ITEM, "type": "text"}},
        },
        "dosing": {
            "form": "dosing",
            "title": "Doses",
            "purpose": "dosing",
            "repeats": "one dose",
            "items": {"drug": {**ITEM, "type": "text"}},
        },
        "events": {
            "form": "events",
            "title": "Events",
            "purpose": "adverse_events",
            "repeats": "one event",
            "items": {"ae_term": {**ITEM, "type": "code", "codes": {"rash": "Rash"}}},
        },
        "surgery": {
            "form": "surgery",
            "title": "Surgery",
            "purpose": "surgery",
            "items": {
                "operated": {**ITEM, "type": "yes_no"},
                "nodes_positive": {**ITEM, "type": "integer"},
            },
        },
        "wound": {
            "form": "wound",
            "title": "Wound",
            "items": {"healed": {**ITEM, "type": "yes_no"}},
        },
    },
    "endpoints": {
        "r": {"kind": "binary", "label": "R", "rule": "operated", "population": "everybody"}
    },
    "analysis_sets": {"everybody": {"label": "Everybody", "rule": "true"}},
    "analyses": {"flow": {"method": "flow", "title": "Flow"}},
    "report": [{"heading": "Flow", "show": ["flow"]}],
    "roles": {"nurse": {"label": "Nurse", "may": ["record"]}},
}
COURSE: dict[str, Any] = {
    "not_operated": "10 %",
    "explored_not_resected": "10 %",
    "margin": {"R0": "80 %", "R1": "20 %"},
    "ninety_day_death": "3 %",
    "recurrence": "weibull(shape 0.69, scale 17 mo)",
    "progression_unresected": "exponential(median 5 mo)",
    "death_after_recurrence": "exponential(median 11 mo)",
    "death_unresected": "exponential(median 9 mo)",
    "death_otherwise": "exponential(median 240 mo)",
}
SCENARIO: dict[str, Any] = {
    "scenario": "small",
    "title": "Small",
    "screened_per_month": 10,
    "follow_up_after_last": "12 mo",
    "baseline": {
        "age": "normal(60, 8, 30 .. 85)",
        "height_cm": "normal(170, 8)",
        "weight_kg": "normal(70, 10, 45 .. 120)",
        "smoker": "30 %",
        "packs": "uniform(1 .. 40)",
        "neutrophils": "lognormal(4, 0.3)",
        "diameter_mm": "lognormal(40, 0.4)",
    },
    "fill": {"healed": "80 %", "nodes_positive": {"0": "50 %", "2": "50 %"}},
    "risk": {
        "elder": {"when": "elderly", "hazard_ratio": 2.0},
        "nodal": {"when": "nodes_positive > 0", "hazard_ratio": 3.0},
        "unknown": {"when": "never_asked > 1", "hazard_ratio": 100.0},
    },
    "arms": {
        "drug": {**COURSE, "response": {"CR": "5 %", "PR": "45 %", "SD": "40 %", "PD": "10 %"}},
        "knife": COURSE,
    },
    "adverse_events": {"rash": {"drug": {"any_grade": "60 %", "grade_3_or_more": "20 %"}}},
    "laboratory": {"neutrophils": {"drug": {"factor": 0.5, "sd_log": 0.3}}},
}


@pytest.fixture(scope="session")
def study() -> Study:
    """A study of two arms, one with a regimen and a scan before surgery."""
    return Study.model_validate(STUDY)


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    """A scenario of the small study."""
    return Scenario.model_validate(SCENARIO)
