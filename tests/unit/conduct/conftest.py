"""A small trial without a file: two arms, seven forms, and a desk over a log in memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from equipoise.base.randomness import Seed
from equipoise.conduct.commands import allocate_subject, record_form, register_subject
from equipoise.conduct.desk import Desk, Person, open_desk
from equipoise.conduct.entries import Place
from equipoise.conduct.forms import FilledForm
from equipoise.conduct.receipt import Receipt
from equipoise.conduct.values import Value
from equipoise.store.memory import MemoryLog
from equipoise.study.study import Study

from .dose_trial import Trial, dose_trial

DAY = dt.date(2026, 3, 2)
NOW = dt.datetime(2026, 9, 1, 10, 30, 15, 123_456, tzinfo=dt.UTC)

ITEMS: dict[str, dict[str, object]] = {
    "consent": {
        "form": "consent",
        "title": "Consent",
        "purpose": "subject",
        "items": {
            "consent_date": {"label": "Consent", "type": "date", "required": True},
            "age": {"label": "Age", "type": "integer", "range": "0 .. 120", "required": True},
            "sex": {"label": "Sex", "type": "code", "codes": {"female": "F", "male": "M"}},
            "remark": {"label": "Remark", "type": "text"},
        },
    },
    "body": {
        "form": "body",
        "title": "Body",
        "items": {
            "height_cm": {"label": "Height", "type": "number", "unit": "cm", "range": "100 .. 230"},
            "weight_kg": {
                "label": "Weight",
                "type": "number",
                "unit": "kg",
                "units": {"lb": 0.45359237},
                "required": True,
            },
            "surface": {"label": "Area", "type": "number", "function": "body_surface_mosteller"},
            "large": {"label": "Large", "type": "yes_no", "compute": "surface > 2"},
        },
        "checks": {
            "plausible": {"rule": "weight_kg < height_cm", "say": "Heavier than tall"},
        },
    },
    "laboratory": {
        "form": "laboratory",
        "title": "Laboratory",
        "purpose": "laboratory",
        "items": {
            "neutrophils": {
                "label": "Neutrophils",
                "type": "number",
                "unit": "10^9/L",
                "range": "0 .. 100",
                "ctcae": "neutrophils",
            },
            "haemoglobin": {
                "label": "Haemoglobin",
                "type": "number",
                "unit": "g/L",
                "ctcae": "haemoglobin",
            },
            "not_toxic": {
                "label": "No grade 4",
                "type": "yes_no",
                "compute": "neutrophils_grade < 4",
            },
            "anaemic": {"label": "Anaemia", "type": "yes_no", "compute": "haemoglobin_grade >= 1"},
        },
    },
    "risk": {
        "form": "risk",
        "title": "Risk",
        "items": {
            "marker": {"label": "Marker", "type": "number", "required": True},
            "high_risk": {
                "label": "High risk",
                "type": "yes_no",
                "compute": "marker > 200 or neutrophils < 2",
            },
            "double": {"label": "Both", "type": "yes_no", "compute": "high_risk and older"},
        },
    },
    "events": {
        "form": "events",
        "title": "Adverse events",
        "purpose": "adverse_events",
        "repeats": "one event",
        "items": {
            "ae_term": {
                "label": "Event",
                "type": "code",
                "codes": {"fatigue": "Fatigue", "nausea": "Nausea"},
                "required": True,
            },
            "ae_grade": {"label": "Grade", "type": "integer", "range": "1 .. 5", "required": True},
            "ae_start": {"label": "Start", "type": "partial_date", "required": True},
            "ae_end": {"label": "End", "type": "partial_date"},
            "ae_reason": {"label": "Why", "type": "text", "required_when": "ae_grade >= 3"},
        },
        "checks": {
            "order": {
                "rule": "ae_start <= ae_end",
                "say": "Ends before it starts",
                "level": "hard",
            },
            "tired": {"rule": "fatigue_grade < 4", "say": "Very tired", "level": "soft"},
        },
    },
    "surgery": {
        "form": "surgery",
        "title": "Surgery",
        "items": {"surgery_date": {"label": "Day", "type": "date"}},
        "checks": {
            "late": {
                "rule": "surgery_date >= randomisation_date",
                "say": "Before randomisation",
                "level": "hard",
            }
        },
    },
    "death": {
        "form": "death",
        "title": "Death",
        "items": {"death_date": {"label": "Day", "type": "date", "required": True}},
        "checks": {
            "after_surgery": {
                "rule": "death_date >= surgery_date",
                "say": "Death lies before surgery",
                "level": "hard",
            }
        },
    },
}

WORDS: dict[str, object] = {
    "study": "small",
    "title": "A small trial",
    "phase": "2",
    "disease": {"name": "a tumour"},
    "subjects": {"planned": 40},
    "sites": {"north": {"label": "North"}, "south": {"label": "South"}},
    "arms": {"drug": {"label": "Drug"}, "none": {"label": "No drug", "role": "control"}},
    "eligibility": {
        "include": {
            "adult": {"text": "Adult", "rule": "age >= 18"},
            "fit": {"text": "Enough neutrophils", "rule": "neutrophils >= 1.5"},
            "proved": {"text": "Histology", "rule": "marker > 1000", "at": "surgery"},
        },
        "exclude": {"giant": {"text": "Too heavy", "rule": "weight_kg > 200"}},
    },
    "strata": {"older": {"label": "Older than 60", "rule": "age > 60"}},
    "randomise": {"method": "permuted_blocks", "sizes": [2, 4], "by": ["older"]},
    "schedule": {
        "clocks": {"randomisation": "randomisation_date"},
        "epochs": {"trial": "Trial"},
        "visits": {
            "screening": {
                "epoch": "trial",
                "from": "randomisation",
                "at": "-28 d .. 0 d",
                "forms": ["consent", "body", "laboratory", "risk"],
            },
            "cycle": {
                "epoch": "trial",
                "from": "randomisation",
                "first": "7 d",
                "every": "21 d",
                "times": 3,
                "arms": ["drug"],
                "forms": ["body", "laboratory"],
            },
            "operation": {
                "epoch": "trial",
                "from": "randomisation",
                "at": {"drug": "12 wk", "none": "2 wk"},
                "forms": ["surgery"],
            },
            "any_time": {"epoch": "trial", "forms": ["events", "death"]},
        },
    },
    "forms": ITEMS,
    "laboratory": {
        "neutrophils": {"low": 1.8, "high": 6.3, "unit": "10^9/L"},
        "haemoglobin": {"female": "115 .. 150", "male": "130 .. 175", "unit": "g/L"},
    },
    "endpoints": {
        "alive": {
            "kind": "binary",
            "label": "Alive",
            "rule": "death_date is null",
            "population": "all",
        }
    },
    "analysis_sets": {"all": {"label": "All", "rule": "randomisation_date is not null"}},
    "analyses": {"flow": {"method": "flow", "title": "Flow"}},
    "report": [{"heading": "Subjects", "show": ["flow"]}],
    "roles": {
        "doctor": {"label": "Doctor", "may": ["record", "register", "allocate", "sign", "read"]},
        "nurse": {"label": "Nurse", "may": ["record", "read"]},
        "office": {"label": "Office", "may": ["query", "read"], "hidden": ["arm"]},
        "blind": {
            "label": "Blind",
            "may": ["read"],
            "hidden": ["arm", "events", "height_cm", "randomisation_date"],
        },
    },
}

DOCTOR = Person(name="dora", role="doctor", site="north")


@dataclass(slots=True)
class Ward:
    """A desk with short words for the forms of the small trial."""

    desk: Desk
    person: Person = DOCTOR
    numbers: count[int] = field(default_factory=lambda: count(1))

    def register(self, subject: str = "01", *, on: dt.date = DAY) -> str:
        register_subject(self.desk, self.person, subject=subject, site="north", on=on)
        return subject

    def fill(
        self, form: str, values: Mapping[str, Value], *, at: str = "screening", **words: object
    ) -> Receipt:
        asked: dict[str, object] = {"subject": "01", "date": DAY} | words
        filled = FilledForm(form=form, visit=at, values=values, **asked)
        return record_form(self.desk, self.person, filled)

    def screen(self, subject: str = "01", *, age: int = 50) -> None:
        """Register a subject and fill in what randomisation needs."""
        self.register(subject)
        self.fill("consent", {"consent_date": DAY, "age": age, "sex": "female"}, subject=subject)
        self.fill("laboratory", {"neutrophils": 4.0, "haemoglobin": 120.0}, subject=subject)
        self.fill("body", {"height_cm": 180.0, "weight_kg": 72.0}, subject=subject)

    def allocate(self, subject: str = "01", *, on: dt.date = DAY) -> str:
        return allocate_subject(self.desk, self.person, subject=subject, on=on).arm

    def in_arm(self, arm: str) -> str:
        """Screen and allocate subjects until one is in the arm; return that one."""
        for number in self.numbers:
            subject = f"{number:02d}"
            self.screen(subject)
            if self.allocate(subject) == arm:
                return subject
        raise AssertionError

    def row(self, form: str, *, at: str = "screening", subject: str = "01", row: int = 1):
        return self.desk.record.subjects[subject].rows[at, form, row]

    def place(self, form: str, item: str = "", *, at: str = "screening", row: int = 1) -> Place:
        return Place(subject="01", visit=at, form=form, row=row, item=item)


def study_with(**words: object) -> Study:
    return Study.model_validate(WORDS | words)


def ward_of(study: Study, *, clock: Callable[[], dt.datetime] = lambda: NOW) -> Ward:
    salts = (f"{k:032x}" for k in count(1))
    log = MemoryLog(salts=lambda: next(salts))
    return Ward(open_desk(study, log=log, clock=clock, seed=Seed(value=20260302)))


@pytest.fixture(scope="session")
def small_study() -> Study:
    return study_with()


@pytest.fixture
def ward(small_study: Study) -> Ward:
    return ward_of(small_study)


@pytest.fixture(scope="session")
def make_ward() -> Callable[..., Ward]:
    """Return a maker of wards over the small trial with other words."""
    return lambda **words: ward_of(study_with(**words))


@pytest.fixture
def trial(make_ward: Any, small_study: Any) -> Trial:
    """Return a trial with dose tables, and a subject in it."""
    return dose_trial(make_ward, small_study)
