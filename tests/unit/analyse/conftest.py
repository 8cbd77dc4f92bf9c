"""A trial of ten subjects, small enough to count by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import polars as pl
import pytest
from polars import DataFrame

from equipoise.analyse.results import gather
from equipoise.analyse.study import analyse
from equipoise.base.frames import FrameSchema
from equipoise.derive import ADAE, ADEFF, ADEX, ADLB, ADRS, ADTR, ADTTE, AnalysisData, adsl_schema
from equipoise.derive.frames import ADEXSUM, ADLBSUM, IMPOSSIBLE, LINEAGE
from equipoise.study import Study, load_study
from equipoise.study.analyses import Analysis

STUDIES = Path(__file__).parents[2] / "studies"
START = dt.date(2024, 1, 1)
Rows = Sequence[Mapping[str, object]]

CHEMO, SURGERY = "chemo", "surgery_first"
ARM = dict.fromkeys(("S01", "S02", "S03", "S04"), CHEMO) | dict.fromkeys(
    ("S05", "S06", "S07", "S08"), SURGERY
)

SUBJECTS: Rows = [
    {"USUBJID": "S01", "sex": "female", "age": 55, "ecog": 0, "operated": True}
    | {"surgery_outcome": "resected", "margin": "R0", "surgery_date": dt.date(2024, 3, 4)},
    {"USUBJID": "S02", "sex": "male", "age": 65, "ecog": 1, "operated": True}
    | {"surgery_outcome": "resected", "margin": "R1", "surgery_date": dt.date(2024, 3, 11)}
    | {"recurrence": True, "recurrence_date": dt.date(2024, 7, 18)},
    {"USUBJID": "S03", "sex": "male", "age": 70, "operated": False}
    | {"not_operated_reason": "progression", "death_date": dt.date(2024, 8, 1)},
    {"USUBJID": "S04", "sex": "female", "age": 50, "ecog": 0},
    {"USUBJID": "S05", "sex": "male", "age": 66, "ecog": 1, "operated": True}
    | {"surgery_outcome": "resected", "margin": "R0", "surgery_date": dt.date(2024, 1, 15)},
    {"USUBJID": "S06", "sex": "female", "age": 40, "ecog": 0, "operated": True}
    | {"surgery_outcome": "explored_only", "surgery_date": dt.date(2024, 1, 20)},
    {"USUBJID": "S07", "sex": "male", "age": 61, "ecog": 1, "operated": True}
    | {"surgery_outcome": "resected", "margin": "R0", "surgery_date": dt.date(2024, 1, 16)},
    {"USUBJID": "S08", "sex": "female", "age": 59, "ecog": 0, "operated": False}
    | {"not_operated_reason": "refusal", "end_reason": "withdrew"},
    {"USUBJID": "S09", "age": 80, "platelets": 90.0, "NOTELIG": "adult, platelets"},
    {"USUBJID": "S10", "age": 60},
]
ELIGIBLE = {"S09": False, "S10": None}
EFS = {
    "S01": (400, 1),
    "S02": (200, 0),
    "S03": (60, 0),
    "S04": (30, 1),
    "S05": (300, 0),
    "S06": (20, 0),
    "S07": (500, 1),
    "S08": (100, 0),
}
RESPONSE = {"S01": "PR", "S02": "SD", "S03": "PD"}
R0 = ("S01", "S05", "S07")


@pytest.fixture(scope="session")
def study() -> Study:
    """Return the one-page study of the tests."""
    return load_study(STUDIES / "oesophagus")


def _subjects() -> Rows:
    return [
        {
            "SITEID": "north",
            "REGDT": START,
            "RANDDT": START if row["USUBJID"] in ARM else None,
            "ARMCD": ARM.get(row["USUBJID"]),
            "ELIGFL": ELIGIBLE.get(row["USUBJID"], True),
            "ENROLFL": row["USUBJID"] in ARM,
            "all_randomised": row["USUBJID"] in ARM,
            "treated": row["USUBJID"] in {"S01", "S02", "S03", "S05", "S06", "S07"},
            "older": row["age"] > 60,
        }
        | dict(row)
        for row in SUBJECTS
    ]


def _times() -> Rows:
    rows = []
    for subject, (days, censored) in EFS.items():
        end = START + dt.timedelta(days=days - 1)
        common = {"USUBJID": subject, "ARMCD": ARM[subject], "STARTDT": START, "ADT": end}
        ends = {"AVAL": float(days), "ESTIMAND": "primary", "ENTRIES": []}
        said = "Censored" if censored else "Recurrence"
        dead = subject == "S03"
        rows.append(common | ends | {"PARAMCD": "efs", "CNSR": censored, "EVNTDESC": said})
        os = {"PARAMCD": "os", "CNSR": int(not dead), "EVNTDESC": "Death" if dead else "Censored"}
        rows.append(common | ends | os)
    return rows


def _answers() -> Rows:
    answers = []
    for subject, arm in ARM.items():
        common = {"USUBJID": subject, "ARMCD": arm, "ENTRIES": []}
        best = RESPONSE.get(subject)
        orr = {"PARAMCD": "orr", "AVAL": float(best in {"CR", "PR"}), "AVALC": best}
        r0 = {"PARAMCD": "r0", "AVAL": float(subject in R0), "AVALC": None}
        answers += [common | orr, common | r0]
    return answers


def _responses() -> Rows:
    day = dt.date(2024, 2, 19)
    scans = [
        {"USUBJID": who, "ARMCD": CHEMO, "PARAMCD": "OVR", "VISIT": "restaging", "ADT": day}
        | {"AVALC": response}
        for who, response in RESPONSE.items()
    ]
    best = [
        {"USUBJID": who, "ARMCD": arm, "PARAMCD": "orr", "AVALC": RESPONSE.get(who)}
        for who, arm in ARM.items()
    ]
    return [*scans, *best]


def _sums() -> Rows:
    told = [
        ("S01", None, dt.date(2023, 12, 20), True),
        ("S01", -40.0, dt.date(2024, 2, 19), True),
        ("S02", None, dt.date(2023, 12, 20), True),
        ("S02", -5.0, dt.date(2024, 2, 5), True),
        ("S02", -10.0, dt.date(2024, 2, 19), True),
        ("S02", -100.0, dt.date(2024, 6, 1), False),
        ("S03", None, dt.date(2023, 12, 20), True),
        ("S03", 25.0, dt.date(2024, 2, 19), True),
        ("S05", None, dt.date(2023, 12, 20), True),
    ]
    return [
        {"USUBJID": who, "ARMCD": ARM[who], "PCHG": change, "ADT": day, "PREFL": before}
        for who, change, day, before in told
    ]


def _events() -> Rows:
    told = [
        ("S01", "fatigue", "Fatigue", 1, False, True),
        ("S01", "fatigue", "Fatigue", 3, False, True),
        ("S02", "fatigue", "Fatigue", 2, False, False),
        ("S02", "neutropenia", "Neutrophil count decreased", 4, True, True),
        ("S03", "neutropenia", "Neutrophil count decreased", 5, True, True),
        ("S05", "fatigue", "Fatigue", None, False, False),
        ("S09", "fatigue", "Fatigue", 2, False, False),
    ]
    return [
        {"USUBJID": who, "ARMCD": ARM.get(who), "AEDECOD": term, "AETERM": label}
        | {"AETOXGR": grade, "AESER": serious, "AEREL": related}
        for who, term, label, grade, serious, related in told
    ]


def _doses() -> Rows:
    days = (dt.date(2024, 1, 4), dt.date(2024, 1, 25))
    given = [(who, day, 120.0) for who in ("S01", "S02", "S03") for day in days]
    told = [*given, ("S04", days[0], 0.0), ("S01", dt.date(2024, 4, 1), 100.0)]
    return [
        {"USUBJID": who, "ARMCD": CHEMO, "ADT": day, "DRUG": "cisplatin", "GIVEN": mg}
        for who, day, mg in told
    ]


@pytest.fixture(scope="session")
def make_data(study: Study) -> Callable[..., AnalysisData]:
    """Return a function from rows of datasets to analysis data; what is not given is empty."""

    def make(*, of: Study = study, domains: object = None, **datasets: Rows) -> AnalysisData:
        schemas: dict[str, FrameSchema] = {
            "adsl": adsl_schema(of),
            "adtte": ADTTE,
            "adrs": ADRS,
            "adtr": ADTR,
            "adeff": ADEFF,
            "adae": ADAE,
            "adlb": ADLB,
            "adlbsum": ADLBSUM,
            "adex": ADEX,
            "adexsum": ADEXSUM,
        }
        frames = {name: schema.of(list(datasets.get(name, []))) for name, schema in schemas.items()}
        return AnalysisData(
            study_hash=of.content_hash,
            snapshot_head="",
            cut=dt.date(2026, 1, 1),
            domains=domains or {},
            datasets=frames,
            lineage=LINEAGE.empty(),
            impossible=IMPOSSIBLE.empty(),
        )

    return make


@pytest.fixture(scope="session")
def data(make_data: Callable[..., AnalysisData]) -> AnalysisData:
    """Return the analysis data of the ten subjects."""
    return make_data(
        adsl=_subjects(),
        adtte=_times(),
        adrs=_responses(),
        adtr=_sums(),
        adeff=_answers(),
        adae=_events(),
        adex=_doses(),
    )


@pytest.fixture(scope="session")
def empty(make_data: Callable[..., AnalysisData]) -> AnalysisData:
    """Return the analysis data of a trial that nobody entered."""
    return make_data()


@pytest.fixture(scope="session")
def run(study: Study) -> Callable[..., DataFrame]:
    """Return a function that runs one analysis under the name ``it``."""

    def run_one(analysis: Analysis, data: AnalysisData, *, of: Study = study) -> DataFrame:
        return gather(analyse(of, data, name="it", analysis=analysis))

    return run_one


@pytest.fixture(scope="session")
def value() -> Callable[[DataFrame, str], float | None]:
    """Return a function that reads the value of one cell; the cell must be there once."""

    def read(results: DataFrame, cell: str) -> float | None:
        found = results.filter(pl.col("cell") == cell)
        assert found.height == 1, f"{cell} is not among {results['cell'].to_list()}"
        return found["value"].item()

    return read
