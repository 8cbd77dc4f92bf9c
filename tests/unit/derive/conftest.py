"""A small neoadjuvant study and a pen to write its record by hand, entry by entry."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from equipoise.base.frames import FrameSchema
from equipoise.conduct.snapshot import FINDINGS, SUBJECTS, VALUES, Snapshot
from equipoise.derive import AnalysisData, derive_datasets
from equipoise.study import Study

START = dt.date(2026, 1, 1)
"""Day 0: randomisation, unless a test says otherwise."""

CODES = {"resected": "Resected", "explored_only": "Explored"}
WORDS: dict[str, Any] = {
    "study": "small",
    "title": "A small neoadjuvant trial",
    "phase": "3",
    "disease": {"name": "a tumour"},
    "subjects": {"planned": 10},
    "sites": {"north": {"label": "North"}},
    "arms": {
        "drug": {"label": "Drug then surgery"},
        "upfront": {"label": "Surgery", "role": "control"},
    },
    "eligibility": {"include": {"adult": {"text": "Adult", "rule": "age >= 18"}}},
    "strata": {"older": {"label": "Older than 60", "rule": "age > 60"}},
    "randomise": {"method": "permuted_blocks", "sizes": [4], "by": ["older"]},
    "laboratory": {
        "neutrophils": {"low": 1.8, "high": 7.5, "unit": "10^9/L"},
        "alt": {"female": "7 .. 40", "male": "9 .. 50", "unit": "U/L"},
    },
    "schedule": {
        "clocks": {
            "randomisation": "randomisation_date",
            "treatment": "dosing_date",
            "surgery": "surgery_date",
        },
        "epochs": {"trial": "Trial"},
        "visits": {
            "screening": {
                "epoch": "trial",
                "from": "randomisation",
                "at": "-28 d .. 0 d",
                "forms": ["demographics", "laboratory", "lesions"],
            },
            "cycle": {
                "epoch": "trial",
                "from": "randomisation",
                "every": "21 d",
                "times": 4,
                "forms": ["laboratory", "dosing", "lesions"],
            },
            "operation": {
                "epoch": "trial",
                "from": "randomisation",
                "at": "9 wk",
                "forms": ["surgery", "pathology", "complications"],
            },
            "follow_up": {
                "epoch": "trial",
                "from": "randomisation",
                "every": "12 wk",
                "times": 20,
                "forms": ["follow_up"],
            },
            "any_time": {"epoch": "trial", "forms": ["adverse_events", "death", "extra"]},
        },
    },
    "forms": {
        "demographics": {
            "form": "demographics",
            "title": "Demographics",
            "purpose": "subject",
            "domain": "DM",
            "items": {
                "age": {"label": "Age", "type": "integer", "sdtm": "DM.AGE"},
                "sex": {
                    "label": "Sex",
                    "type": "code",
                    "codes": {"female": "Female", "male": "Male"},
                    "sdtm": "DM.SEX",
                },
            },
        },
        "laboratory": {
            "form": "laboratory",
            "title": "Laboratory",
            "purpose": "laboratory",
            "domain": "LB",
            "items": {
                "neutrophils": {
                    "label": "Neutrophils",
                    "type": "number",
                    "unit": "10^9/L",
                    "ctcae": "neutrophils",
                    "sdtm": "LB.NEUT",
                },
                "alt": {
                    "label": "Alanine aminotransferase",
                    "type": "number",
                    "unit": "U/L",
                    "ctcae": "alt",
                    "sdtm": "LB.ALT",
                },
                "haemolytic": {"label": "Haemolytic", "type": "yes_no", "sdtm": "LB.HAEM"},
            },
        },
        "lesions": {
            "form": "lesions",
            "title": "Lesions",
            "purpose": "lesions",
            "domain": "TR",
            "repeats": "one lesion",
            "items": {
                "lesion": {"label": "Lesion", "type": "text", "sdtm": "TU.TULNKID"},
                "lesion_kind": {
                    "label": "Kind",
                    "type": "code",
                    "codes": {"target": "T", "non_target": "N", "new": "X", "cyst": "Cyst"},
                    "sdtm": "TU.TUMIDENT",
                },
                "lesion_organ": {"label": "Organ", "type": "text", "sdtm": "TU.TULOC"},
                "lesion_state": {"label": "State", "type": "text", "sdtm": "TR.TUMSTATE"},
                "diameter_mm": {
                    "label": "Diameter",
                    "type": "number",
                    "unit": "mm",
                    "sdtm": "TR.DIAMETER",
                },
            },
        },
        "dosing": {
            "form": "dosing",
            "title": "Dosing",
            "purpose": "dosing",
            "domain": "EX",
            "repeats": "one dose",
            "items": {
                "drug": {"label": "Drug", "type": "text", "sdtm": "EX.EXTRT"},
                "planned_mg": {"label": "Planned", "type": "number", "sdtm": "EX.PLANDOSE"},
                "given_mg": {"label": "Given", "type": "number", "sdtm": "EX.EXDOSE"},
                "dose_change": {"label": "Change", "type": "text", "sdtm": "EX.EXADJ"},
            },
        },
        "adverse_events": {
            "form": "adverse_events",
            "title": "Adverse events",
            "purpose": "adverse_events",
            "domain": "AE",
            "repeats": "one event",
            "items": {
                "ae_term": {
                    "label": "Term",
                    "type": "code",
                    "codes": {"fatigue": "Fatigue", "rash": "Rash maculo-papular"},
                    "sdtm": "AE.AETERM",
                },
                "ae_grade": {"label": "Grade", "type": "integer", "sdtm": "AE.AETOXGR"},
                "ae_start": {"label": "Start", "type": "partial_date", "sdtm": "AE.AESTDTC"},
                "ae_serious": {"label": "Serious", "type": "yes_no", "sdtm": "AE.AESER"},
                "ae_related": {"label": "Related", "type": "yes_no", "sdtm": "AE.AEREL"},
            },
        },
        "surgery": {
            "form": "surgery",
            "title": "Surgery",
            "purpose": "surgery",
            "domain": "PR",
            "items": {
                "operated": {"label": "Operated", "type": "yes_no", "sdtm": "PR.PROCCUR"},
                "surgery_date": {"label": "Date", "type": "date", "sdtm": "PR.PRSTDTC"},
                "surgery_outcome": {
                    "label": "Outcome",
                    "type": "code",
                    "codes": CODES,
                    "sdtm": "PR.PROUTCM",
                },
            },
        },
        "pathology": {
            "form": "pathology",
            "title": "Pathology",
            "purpose": "pathology",
            "domain": "MI",
            "items": {
                "margin": {
                    "label": "Margin",
                    "type": "code",
                    "codes": {"R0": "R0", "R1": "R1", "R2": "R2", "RX": "RX"},
                    "sdtm": "MI.MARGIN",
                },
                "viable_percent": {"label": "Viable", "type": "number", "sdtm": "MI.VIABLE"},
            },
        },
        "complications": {
            "form": "complications",
            "title": "Complications",
            "purpose": "complications",
            "domain": "FA",
            "repeats": "one complication",
            "items": {
                "complication": {"label": "Complication", "type": "text", "sdtm": "FA.FATERM"},
                "clavien": {"label": "Clavien-Dindo", "type": "text", "sdtm": "FA.CLAVIEN"},
                "complication_date": {"label": "Date", "type": "date", "sdtm": "FA.FADTC"},
            },
        },
        "follow_up": {
            "form": "follow_up",
            "title": "Follow-up",
            "purpose": "follow_up",
            "domain": "RS",
            "items": {
                "recurrence": {"label": "Recurrence", "type": "yes_no", "sdtm": "RS.RECUR"},
                "recurrence_date": {"label": "Date", "type": "date", "sdtm": "RS.RECURDT"},
                "recurrence_suspected_date": {"label": "Suspected", "type": "date"},
                "new_therapy_date": {"label": "New", "type": "date", "sdtm": "CM.CMSTDTC"},
            },
        },
        "death": {
            "form": "death",
            "title": "Death",
            "purpose": "death",
            "domain": "DD",
            "items": {
                "death_date": {"label": "Date of death", "type": "date", "sdtm": "DM.DTHDTC"},
                "death_cause": {"label": "Cause", "type": "text", "sdtm": "DD.DDORRES"},
            },
        },
        "extra": {
            "form": "extra",
            "title": "What only this study asks",
            "items": {
                "pain": {"label": "Pain", "type": "integer"},
                "response": {"label": "Response elsewhere", "type": "code", "codes": {"PR": "PR"}},
                "days": {"label": "Days", "type": "number"},
                "gone": {"label": "Event", "type": "yes_no"},
            },
        },
    },
    "events": {
        "progressed": {
            "label": "Progression",
            "response": "PD",
            "until": "surgery",
            "unless": "surgery_outcome = 'resected'",
        },
        "incomplete": {
            "label": "Incomplete resection",
            "date": "surgery_date",
            "when": "surgery_outcome = 'explored_only' or margin = 'R2'",
        },
        "recurred": {"label": "Recurrence", "date": "recurrence_date", "when": "recurrence"},
        "died": {"label": "Death", "date": "death_date"},
    },
    "endpoints": {
        "efs": {
            "kind": "time_to_event",
            "label": "Event-free survival",
            "from": "randomisation",
            "events": [
                "progressed",
                {"event": "incomplete", "date": "at_surgery"},
                "recurred",
                "died",
            ],
            "censor": {"at": "last_assessment", "assessed_by": ["lesions", "surgery", "follow_up"]},
            "population": "randomised",
        },
        "os": {
            "kind": "time_to_event",
            "label": "Overall survival",
            "from": "randomisation",
            "events": ["died"],
            "censor": {"at": "last_contact"},
            "population": "randomised",
        },
        "orr": {
            "kind": "response",
            "label": "Objective response",
            "until": "surgery",
            "population": "randomised",
        },
        "r0": {
            "kind": "binary",
            "label": "R0 resection",
            "rule": "margin = 'R0'",
            "population": "randomised",
        },
    },
    "analysis_sets": {
        "randomised": {"label": "Randomised", "rule": "randomisation_date is not null"},
        "treated": {"label": "Treated", "rule": "dosing_date is not null"},
        "clear": {"label": "Clear margin", "rule": "margin = 'R0'"},
    },
    "analyses": {"flow": {"method": "flow", "title": "Flow"}},
    "report": [{"heading": "Flow", "show": ["flow"]}],
    "roles": {"investigator": {"label": "Investigator", "may": ["record"]}},
}


def day(number: int) -> dt.date:
    """Return the day that lies so many days after the start."""
    return START + dt.timedelta(days=number)


def small_study(**changes: Any) -> Study:
    """Return the study with some words changed: `endpoints__efs__censor={...}`."""
    words = copy.deepcopy(WORDS)
    for path, value in changes.items():
        *parents, last = path.split("__")
        place = words
        for parent in parents:
            place = place[parent]
        place[last] = value
    return Study.model_validate(words)


class Written:
    """A record under the pen; each value is one entry, numbered from 1."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.seq = 0
        self.subjects: list[tuple[Any, ...]] = []
        self.values: list[tuple[Any, ...]] = []

    def subject(
        self,
        name: str,
        *,
        arm: str = "drug",
        registered: int = -10,
        randomised: int | None = 0,
        not_eligible: str | None = None,
    ) -> Written:
        registration, allocation = self._next(), None
        if randomised is not None:
            allocation = self._next()
        known = (None, None, None) if randomised is None else (day(randomised), arm, "older=1")
        eligible = not_eligible is None
        self.subjects.append(
            (
                name,
                "north",
                day(registered),
                registration,
                eligible,
                not_eligible,
                *known,
                allocation,
            )
        )
        return self

    def form(
        self, subject: str, place: str, on: int, *, row: int = 1, **values: object
    ) -> dict[str, int]:
        """Fill one row of a form at `visit/form`; answer with the entry of each value."""
        visit, form = place.split("/")
        entries = {}
        for item, value in {"form_date": day(on), **values}.items():
            entries[item] = self._next()
            text = str(value).lower() if isinstance(value, bool) else str(value)
            at = (subject, visit, form, row)
            self.values.append((*at, item, text, day(on), entries[item]))
        return entries

    def scan(
        self, subject: str, visit: str, on: int, *lengths: float, first: int = 1
    ) -> dict[str, int]:
        """Record target lesions of the liver, T1, T2 ..., with these diameters in mm."""
        entries: dict[str, int] = {}
        for row, length in enumerate(lengths, start=first):
            state = {"lesion_state": "measured", "diameter_mm": length}
            made = self.form(
                subject,
                f"{visit}/lesions",
                on,
                row=row,
                lesion=f"T{row}",
                lesion_kind="target",
                lesion_organ="liver",
                **(state if length else {"lesion_state": "absent"}),
            )
            entries |= {f"{item}_{row}": seq for item, seq in made.items()}
        return entries

    def snapshot(self) -> Snapshot:
        return Snapshot(
            study_hash=self.study.content_hash,
            head="f" * 64,
            entries=self.seq,
            values=_frame(VALUES, self.values),
            subjects=_frame(SUBJECTS, self.subjects),
            findings=FINDINGS.empty(),
        )

    def derive(self, cut: int | None = None) -> AnalysisData:
        until = None if cut is None else day(cut)
        return derive_datasets(self.study, self.snapshot(), cut=until)

    def _next(self) -> int:
        self.seq += 1
        return self.seq


def _frame(schema: FrameSchema, rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict(schema.columns), orient="row")


@pytest.fixture
def written() -> Callable[..., Written]:
    """Return a maker of empty records of the small study, with some of its words changed."""
    return lambda **changes: Written(small_study(**changes))
