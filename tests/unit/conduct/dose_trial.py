"""A trial of two drugs with dose tables, one subject in it, for the tests of guidance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from equipoise.conduct.doses.dose_guidance import dose_guidance
from equipoise.conduct.doses.guidance import DrugGuidance, Guidance
from equipoise.conduct.receipt import Receipt

DAY = dt.date(2026, 3, 2)
Make = Callable[..., Any]

NUMBER = {"type": "number"}
DOSING = {
    "form": "dosing",
    "title": "Doses",
    "purpose": "dosing",
    "repeats": "one dose",
    "items": {
        "drug": {"label": "Drug", "type": "text", "required": True},
        "dose_day": {"label": "Day", "type": "integer", "required": True},
        "planned_mg": {"label": "Planned", "type": "number"},
        "given_mg": {"label": "Given", "type": "number"},
        "dose_days": {"label": "Days", "type": "integer"},
        "dose_change": {
            "label": "Change",
            "type": "code",
            "codes": {"none": "None", "reduced": "Reduced", "omitted": "No", "stopped": "Stop"},
        },
        "dose_reason": {"label": "Why", "type": "text"},
    },
}
LABORATORY = {
    "form": "laboratory",
    "title": "Laboratory",
    "purpose": "laboratory",
    "items": {
        "neutrophils": {"label": "Neutrophils", **NUMBER, "unit": "10^9/L", "ctcae": "neutrophils"},
        "haemoglobin": {"label": "Haemoglobin", **NUMBER, "unit": "g/L"},
        "platelets": {"label": "Platelets", **NUMBER, "unit": "10^9/L"},
    },
}
REGIMEN = {
    "label": "Two drugs",
    "cycle": "21 d",
    "cycles": {"planned": 3},
    "drugs": {
        "alpha": {
            "dose": "1000 mg/m2",
            "route": "intravenous",
            "days": [1, 8],
            "levels": ["800 mg/m2"],
            "largest_bsa": 2.0,
        },
        "beta": {
            "label": "Beta tablets",
            "by_weight": [{"from_kg": 0, "dose": "8 mg"}, {"from_kg": 60, "dose": "12 mg"}],
            "body_size": "before_treatment",
            "route": "oral",
            "days": "daily",
            "levels": ["8 mg", "4 mg", "4 mg every other day", "stop"],
            "stop_before_surgery": "7 d",
            "restart_after_surgery": "14 d",
        },
    },
    "modify": {
        "alpha": {
            "day_1": [
                {"when": "neutrophils < 1.5 or platelets < 100", "then": "delay", "source": "label"}
            ],
            "day_8": [
                {"when": "neutrophils < 1.0 or platelets < 75", "then": "omit", "source": "label"},
                {
                    "when": "neutrophils < 1.5 or platelets < 100",
                    "then": "reduce 50 %",
                    "source": "label",
                },
            ],
        },
        "beta": {
            "any_day": [
                {"when": "nausea_grade >= 4", "then": "stop", "source": "label"},
                {
                    "when": "fatigue_grade = 3",
                    "then": "hold until fatigue_grade <= 1 then reduce one level",
                    "source": "label",
                },
            ]
        },
    },
}
CYCLE = {
    "epoch": "trial",
    "from": "randomisation",
    "first": "7 d",
    "every": "21 d",
    "times": 3,
    "window": "±3 d",
    "arms": ["drug"],
    "forms": ["body", "laboratory", "dosing"],
}
MIDCYCLE = CYCLE | {"first": "14 d", "forms": ["laboratory"]}


AFTER = {
    "label": "Beta after surgery",
    "phase": "adjuvant",
    "cycle": "21 d",
    "cycles": {"planned": 2},
    "arms": ["drug"],
    "drugs": {"beta": REGIMEN["drugs"]["beta"] | {"stop_before_surgery": None}},
}
LATER = CYCLE | {"from": "surgery", "first": "7 d", "times": 2, "forms": ["dosing"]}


def dose_trial(make_ward: Make, small_study: Any) -> Trial:
    """Return the trial with its subject."""
    words = small_study.model_dump(by_alias=True, exclude_none=True)
    forms = words["forms"] | {"dosing": DOSING, "laboratory": LABORATORY}
    forms["surgery"]["purpose"] = "surgery"
    forms["surgery"]["items"]["operated"] = {"label": "Operated", "type": "yes_no"}
    forms["body"]["items"]["planned_surgery_date"] = {"label": "Arranged for", "type": "date"}
    forms["risk"]["items"].pop("high_risk")
    forms["risk"]["items"].pop("double")
    visits = words["schedule"]["visits"] | {
        "cycle": CYCLE,
        "midcycle": MIDCYCLE,
        "later": LATER,
    }
    clocks = words["schedule"]["clocks"] | {"surgery": "surgery_date"}
    schedule = words["schedule"] | {"visits": visits, "clocks": clocks}
    arms = words["arms"] | {"drug": {"label": "Drug", "regimen": "two"}}
    eligibility = {"include": {"adult": {"text": "Adult", "rule": "age >= 18"}}}
    ward = make_ward(
        forms=forms,
        schedule=schedule,
        arms=arms,
        eligibility=eligibility,
        regimens={"two": REGIMEN, "after": AFTER},
        laboratory={"neutrophils": {"low": 1.8, "high": 6.3, "unit": "10^9/L"}},
    )
    return Trial(ward)


class Trial:
    """A subject of the arm with drugs: 180 cm, 72 kg (1.897 m2), randomised on DAY."""

    def __init__(self, ward: Any) -> None:
        self.ward = ward
        self.subject = ward.in_arm("drug")

    def fill(
        self, form: str, values: Mapping[str, Any], *, at: str, on: int, **words: Any
    ) -> Receipt:
        """Fill a form on a day after randomisation."""
        date = DAY + dt.timedelta(days=on)
        asked = {"subject": self.subject, "date": date} | words
        receipt: Receipt = self.ward.fill(form, values, at=at, **asked)
        return receipt

    def blood(
        self, *, at: str, on: int, neutrophils: float | None = 4.0, platelets: float | None = 200.0
    ) -> Receipt:
        values = {"neutrophils": neutrophils, "platelets": platelets, "haemoglobin": 120.0}
        return self.fill("laboratory", values, at=at, on=on)

    def cycle(self, number: int, *, on: int, kg: float = 72.0, **counts: float) -> None:
        self.fill("body", {"weight_kg": kg}, at=f"cycle_{number}", on=on)
        self.blood(at=f"cycle_{number}", on=on, **counts)

    def event(
        self, term: str, grade: int, *, start: int, end: int | str | None = None, row: int = 1
    ):
        def date(day: int | str | None) -> str | None:
            if isinstance(day, int):
                return (DAY + dt.timedelta(days=day)).isoformat()
            return day

        values = {"ae_term": term, "ae_grade": grade, "ae_reason": "x"}
        values |= {"ae_start": date(start), "ae_end": date(end)}
        return self.fill("events", values, at="any_time", on=start, row=row)

    def dose(
        self, drug: str, mg: float, *, at: str, on: int, row: int, dose_day: int = 1, **more: Any
    ) -> Receipt:
        values = {"drug": drug, "dose_day": dose_day, "given_mg": mg} | more
        return self.fill("dosing", values, at=at, on=on, row=row)

    def says(self, drug: str, *, at: str, dose_day: int = 1) -> DrugGuidance:
        found = self.guidance(at=at, dose_day=dose_day)
        assert found is not None
        said = found.of(drug)
        assert said is not None
        return said

    def guidance_on(self, date: dt.date, *, at: str = "cycle_3") -> DrugGuidance:
        """Return what is said of beta in a cycle on a day."""
        subject = self.ward.desk.record.subjects[self.subject]
        rulebook = self.ward.desk.rulebook
        found = dose_guidance(subject, rulebook=rulebook, visit=at, date=date)
        assert found is not None
        said = found.of("beta")
        assert said is not None
        return said

    def guidance(self, *, at: str, dose_day: int = 1) -> Guidance | None:
        subject = self.ward.desk.record.subjects[self.subject]
        return dose_guidance(subject, rulebook=self.ward.desk.rulebook, visit=at, dose_day=dose_day)
