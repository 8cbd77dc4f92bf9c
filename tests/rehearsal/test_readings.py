"""What the record answers when lesions are entered is what the datasets say of the same record."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from equipoise.base.randomness import Seed
from equipoise.conduct.lesions.tumour_reading import TumourReading, tumour_reading, tumour_readings
from equipoise.conduct.ports import Log
from equipoise.conduct.record import Record
from equipoise.conduct.rulebook import Rulebook, rulebook_of
from equipoise.conduct.snapshot import snapshot_of
from equipoise.derive import AnalysisData, derive_datasets
from equipoise.rehearse import rehearse_trial
from equipoise.store import MemoryLog
from equipoise.study import load_study
from equipoise.study.identity import Subjects

GOLP = Path(__file__).parents[2] / "studies" / "icc_golp"
Readings = dict[str, tuple[TumourReading, ...]]


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    whole = load_study(GOLP)
    fewer = {"subjects": Subjects(planned=70), "analyses": {"flow": whole.analyses["flow"]}}
    return rulebook_of(whole.model_copy(update=fewer))


@pytest.fixture(scope="module")
def record(rulebook: Rulebook) -> Record:
    kept: list[Log] = []

    def open_log(salts: Callable[[], str]) -> Log:
        kept.append(MemoryLog(salts=salts))
        return kept[0]

    rehearse_trial(
        rulebook.study,
        scenario=rulebook.study.scenarios["design"],
        seed=Seed(value=11),
        workers=1,
        open_log=open_log,
        progress=lambda _what, _done, _of: None,
    )
    record = Record(kinds=rulebook.kinds)
    record.take(kept[0].entries())
    return record


@pytest.fixture(scope="module")
def data(record: Record, rulebook: Rulebook) -> AnalysisData:
    return derive_datasets(rulebook.study, snapshot_of(record, rulebook=rulebook))


@pytest.fixture(scope="module")
def readings(record: Record, rulebook: Rulebook) -> Readings:
    return {
        name: tumour_readings(subject, rulebook=rulebook)
        for name, subject in record.subjects.items()
    }


def test_sums_and_changes_are_those_of_adtr(data: AnalysisData, readings: Readings):
    said = [
        (
            subject,
            one.visit,
            one.date,
            one.sum_mm,
            one.nadir_mm,
            one.change_percent,
            one.change_from_nadir_percent,
        )
        for subject, own in readings.items()
        for one in own
    ]
    columns = ("USUBJID", "VISIT", "ADT", "SUMDIAM", "NADIR", "PCHG", "PCHGNAD")
    derived = data.datasets["adtr"].select(columns).rows()
    assert len(derived) > 100
    assert sorted(said, key=str) == sorted(derived, key=str)


def test_responses_and_their_reasons_are_those_of_adrs(data: AnalysisData, readings: Readings):
    said = [
        (subject, one.visit, one.date, str(one.response or one.after_resection), one.explanation)
        for subject, own in readings.items()
        for one in own
        if one.response is not None or one.after_resection is not None
    ]
    points = data.datasets["adrs"].filter(pl.col("PARAMCD").is_in(["OVR", "RECUR"]))
    derived = points.select("USUBJID", "VISIT", "ADT", "AVALC", "EXPLAIN").rows()
    assert {"PR", "SD", "PD"} <= {row[3] for row in derived}
    assert sorted(said) == sorted(derived)


def test_a_visit_has_the_reading_of_its_assessment(
    record: Record, rulebook: Rulebook, readings: Readings
):
    for name, subject in record.subjects.items():
        for one in readings[name]:
            assert tumour_reading(subject, rulebook=rulebook, visit=one.visit) == one


def test_virtual_subjects_give_rise_to_no_finding_about_lesions(record: Record):
    marks = [
        name
        for subject in record.subjects.values()
        for row in subject.rows.values()
        for name in (*row.findings, *row.overridden)
    ]
    assert [name for name in marks if name.startswith("recist.")] == []
