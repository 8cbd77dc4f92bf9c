"""The record reads lesions as the datasets do, whatever was recorded."""

from __future__ import annotations

import datetime as dt
import random
from itertools import count

import polars as pl

from equipoise.conduct.lesions.tumour_reading import tumour_readings
from equipoise.conduct.record import Cell, Record, Row, SubjectRecord
from equipoise.conduct.rulebook import Rulebook, rulebook_of
from equipoise.conduct.snapshot import snapshot_of
from equipoise.conduct.values import Value, to_text
from equipoise.derive import derive_datasets
from equipoise.study import Study
from equipoise.study.folder import standard_form

START = dt.date(2026, 3, 2)
SUBJECTS = 600
FORM = {"form": "lesions", **standard_form("lesions").value}
SURGERY = {
    "form": "surgery",
    "title": "Surgery",
    "purpose": "surgery",
    "items": {
        "surgery_date": {"label": "Day", "type": "date"},
        "surgery_outcome": {"label": "Outcome", "type": "text"},
        "margin": {"label": "Margin", "type": "text"},
    },
}
VISITS = {
    "screening": {"at": "-28 d .. 0 d", "forms": ["consent", "lesions", "outside"]},
    "scan": {"first": "42 d", "every": "42 d", "times": 9, "forms": ["lesions"]},
    "operation": {"at": "90 d", "forms": ["surgery", "pathology"]},
}
WORDS = {
    "study": "small",
    "title": "A small trial",
    "phase": "2",
    "disease": {"name": "a tumour"},
    "subjects": {"planned": 40},
    "sites": {"north": {"label": "North"}},
    "arms": {"drug": {"label": "Drug"}, "none": {"label": "None", "role": "control"}},
    "eligibility": {"include": {"adult": {"text": "Adult", "rule": "age >= 18"}}},
    "randomise": {"method": "permuted_blocks", "sizes": [2]},
    "schedule": {
        "clocks": {"randomisation": "randomisation_date"},
        "epochs": {"trial": "Trial"},
        "visits": {
            **{
                name: {"epoch": "trial", "from": "randomisation", **visit}
                for name, visit in VISITS.items()
            },
            "any_time": {"epoch": "trial", "forms": ["lesions", "outside"]},
        },
    },
    "forms": {
        "consent": {
            "form": "consent",
            "title": "Consent",
            "purpose": "subject",
            "items": {"age": {"label": "Age", "type": "integer"}},
        },
        "lesions": FORM,
        "outside": FORM | {"form": "outside"},
        "surgery": SURGERY,
        "pathology": {
            "form": "pathology",
            "title": "Pathology",
            "items": {"seen": {"label": "Seen", "type": "yes_no"}},
        },
    },
    "endpoints": {
        "orr": {"kind": "response", "label": "Response", "population": "all"},
    },
    "analysis_sets": {"all": {"label": "All", "rule": "randomisation_date is not null"}},
    "analyses": {"flow": {"method": "flow", "title": "Flow"}},
    "report": [{"heading": "Subjects", "show": ["flow"]}],
    "roles": {"doctor": {"label": "Doctor", "may": ["record"]}},
}
STATES = {
    "target": ["measured"] * 8 + ["too_small", "absent", "not_evaluated", "present", "merged"],
    "non_target": ["present"] * 4 + ["absent", "unequivocal_progression", "not_evaluated"],
    "new": ["present", "equivocal", "measured", "absent"],
}


class Pen:
    """Writes rows of random lesions into a record, each value an entry of its own."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.record = Record(kinds=rulebook.kinds)
        self.draw = random.Random(20260302)  # noqa: S311 - no secret
        self.seq = count(1)

    def subject(self, number: int) -> None:
        start = START if self.draw.random() < 0.85 else None
        one = SubjectRecord(
            subject=f"{number:04d}",
            site="north",
            registration_date=START - dt.timedelta(days=40),
            registration_seq=next(self.seq),
            arm=None if start is None else "drug",
            randomisation_date=start,
            allocation_seq=None if start is None else next(self.seq),
        )
        self.record.subjects[one.subject] = one
        names = self.draw.sample(["T1", "T2", "T3", "N1"], k=self.draw.randint(1, 4))
        self.scan(one, "screening", day=self.draw.choice([-20, -5, 0, 0, 3]), names=names)
        for later in range(1, self.draw.randint(1, 6)):
            self.scan(one, f"scan_{later}", day=42 * later, names=names)
        for _ in range(self.draw.choice([0, 0, 1])):
            self.scan(one, "any_time", day=self.draw.randint(-10, 130), names=names)
        if self.draw.random() < 0.3:
            self.operation(one)

    def scan(self, one: SubjectRecord, visit: str, *, day: int, names: list[str]) -> None:
        seen = [*names, *(["X1"] if self.draw.random() < 0.2 and visit != "screening" else [])]
        if self.draw.random() < 0.06:
            seen.append(self.draw.choice(["T4", "T1", "X1"]))
        form = self.draw.choice(["lesions"] * 5 + ["outside"])
        shift = self.draw.choice([0] * 10 + [1, -42, -1])
        for row, name in enumerate(seen, start=1):
            if self.draw.random() < 0.04:
                continue
            late = self.draw.choice([0] * 10 + [2])
            on = START + dt.timedelta(days=day + shift + late)
            at = form if visit in {"screening", "any_time"} else "lesions"
            self.row(one, (visit, at, row), on=on, values=self.lesion(name))

    def lesion(self, name: str) -> dict[str, Value]:
        kind = {"T": "target", "N": "non_target", "X": "new"}[name[0]]
        state = self.draw.choice(STATES[kind])
        values: dict[str, Value] = {"lesion": name, "lesion_kind": kind, "lesion_state": state}
        if self.draw.random() < 0.9:
            values["lesion_organ"] = "lymph_node" if name == "T2" else "liver"
        if state == "measured" or self.draw.random() < 0.01:
            values["diameter_mm"] = float(self.draw.randint(4, 40))
        if self.draw.random() < 0.01:
            values.pop("lesion_state")
        return values

    def operation(self, one: SubjectRecord) -> None:
        on = START + dt.timedelta(days=self.draw.choice([80, 84, 100]))
        values: dict[str, Value] = {"surgery_date": on}
        values["surgery_outcome"] = self.draw.choice(["resected", "resected", "explored_only"])
        values["margin"] = self.draw.choice(["R0", "R2"])
        self.row(one, ("operation", "surgery", 1), on=on, values=values)

    def row(
        self,
        one: SubjectRecord,
        key: tuple[str, str, int],
        *,
        on: dt.date,
        values: dict[str, Value],
    ) -> None:
        visit, form, number = key
        cells = {
            item: Cell(text=to_text(value) or "", value=value, seq=next(self.seq))
            for item, value in {"form_date": on, **values}.items()
        }
        first = cells["form_date"].seq
        one.put(Row(visit=visit, form=form, row=number, date=on, first=first, cells=cells))


def test_readings_of_the_record_are_those_of_the_datasets_for_random_records():
    study = Study.model_validate(WORDS)
    rulebook = rulebook_of(study)
    pen = Pen(rulebook)
    for number in range(SUBJECTS):
        pen.subject(number)
    derived_data = derive_datasets(study, snapshot_of(pen.record, rulebook=rulebook))
    data = derived_data.datasets
    said = [
        (name, one)
        for name, subject in pen.record.subjects.items()
        for one in tumour_readings(subject, rulebook=rulebook)
    ]
    sums = [
        (name, one.visit, one.date, one.sum_mm, one.nadir_mm, one.change_percent)
        for name, one in said
    ]
    columns = ("USUBJID", "VISIT", "ADT", "SUMDIAM", "NADIR", "PCHG")
    assert sorted(sums, key=str) == sorted(data["adtr"].select(columns).rows(), key=str)
    calls = [
        (name, one.visit, one.date, str(one.response or one.after_resection), one.explanation)
        for name, one in said
        if one.response or one.after_resection
    ]
    points = data["adrs"].filter(pl.col("PARAMCD").is_in(["OVR", "RECUR"]))
    derived = points.select("USUBJID", "VISIT", "ADT", "AVALC", "EXPLAIN").rows()
    assert sorted(calls) == sorted(derived)
    # The law speaks of every kind of answer, and of subjects whose lesions contradict.
    assert {"PR", "SD", "PD", "NE", "CR", "recurrence", "not evaluable"} <= {
        one[3] for one in calls
    }
    assert len(calls) > SUBJECTS / 2
    refused = derived_data.impossible.filter(pl.col("reason").str.contains("baseline|lesion"))
    assert refused.height > SUBJECTS / 20
