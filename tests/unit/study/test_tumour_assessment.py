"""Rows of a lesion form as RECIST takes them in."""

import datetime as dt

import pytest

from equipoise.base.errors import BadInput
from equipoise.oncology.response.recist import Lesion, LesionKind, LesionState
from equipoise.oncology.response.recist_baseline import LocalTherapy, Method
from equipoise.study.tumour_assessment import (
    LesionRow,
    RecordedLesion,
    assessment_of,
    assessments_from_baseline,
    imaged_of,
    judge_assessments,
    lesion_of,
)

ROW = LesionRow(lesion="T1", kind="target", organ="liver", state="measured", diameter_mm=41.0)


def test_codes_of_the_form_become_words_of_recist():
    assert lesion_of(ROW) == Lesion(
        name="T1",
        kind=LesionKind.TARGET,
        nodal=False,
        state=LesionState.MEASURED,
        diameter_mm=41.0,
        organ="liver",
    )


def test_a_lymph_node_is_nodal():
    row = LesionRow(lesion="T2", kind="target", organ="lymph_node", state="absent")
    assert lesion_of(row).nodal


def test_lesions_of_organs_without_a_code_are_not_said_to_share_one():
    assert (
        lesion_of(LesionRow(lesion="N1", kind="new", organ="other", state="present")).organ is None
    )
    assert lesion_of(LesionRow(lesion="N1", kind="new", state="present")).organ is None


def test_an_assessment_has_the_lesions_of_its_rows_and_the_day():
    found = assessment_of([ROW], date=dt.date(2026, 3, 2))
    assert (found.date, found.lesions) == (dt.date(2026, 3, 2), (lesion_of(ROW),))


def test_a_code_that_recist_does_not_know_is_told_with_those_it_knows():
    with pytest.raises(BadInput) as refused:
        lesion_of(LesionRow(lesion="T1", kind="main", state="measured"))
    [fault] = refused.value.faults
    assert (fault.where, fault.got) == ("lesion 'T1'", "main")
    assert "non_target" in fault.fix


def day(number: int) -> dt.date:
    return dt.date(2026, 3, 2) + dt.timedelta(days=number)


def seen(visit: str, on: int, name: str = "T1", *, number: int = 1, mm: float = 20.0):
    row = LesionRow(lesion=name, kind="target", organ="liver", state="measured", diameter_mm=mm)
    return RecordedLesion(visit=visit, number=number, date=day(on), row=row, origin=None)


def found(*lesions, start: int | None = 0):
    """Return day, first visit and names of each assessment of a study that plans `screening`."""
    since = None if start is None else day(start)
    assessments = assessments_from_baseline(lesions, start=since, planned=["screening"])
    return [
        ((one.date - day(0)).days, one.visit, [lesion.row.lesion for lesion in one.lesions])
        for one in assessments
    ]


def test_rows_of_a_visit_are_one_assessment_on_the_first_of_their_days():
    late = seen("scan_1", 44, "T1", number=1)
    early = seen("scan_1", 42, "T2", number=2)
    for rows in ([late, early], [early, late]):
        assert found(seen("screening", -3), *rows) == [
            (-3, "screening", ["T1"]),
            (42, "scan_1", ["T1", "T2"]),
        ]


def test_visits_of_one_day_are_one_assessment_of_the_first_by_name():
    both = [seen("scan_1", 42, "T1"), seen("extra", 42, "T2")]
    assert found(seen("screening", -3), *both)[1:] == [(42, "extra", ["T2", "T1"])]


def test_the_baseline_is_the_last_on_or_before_the_start():
    rows = [seen("screening", -20), seen("extra", 0), seen("scan_1", 42)]
    assert [one[0] for one in found(*rows)] == [0, 42]


def test_else_it_is_the_last_of_a_visit_planned_there():
    rows = [seen("extra", 1), seen("screening", 3), seen("scan_1", 42)]
    assert [one[0] for one in found(*rows)] == [3, 42]


def test_before_the_start_is_known_no_scan_is_late():
    assert [one[0] for one in found(seen("screening", -20), seen("extra", 9), start=None)] == [9]


def test_without_baseline_there_are_no_assessments():
    assert found(seen("scan_1", 42)) == []


def test_assessments_are_judged_up_to_the_first_that_recist_cannot_take():
    rows = [seen("screening", -3), seen("scan_1", 42), seen("scan_2", 84, "T2"), seen("scan_3", 99)]
    assessments = assessments_from_baseline(rows, start=day(0), planned=["screening"])
    judged = judge_assessments(assessments)
    assert [point.date for point in judged.points] == [day(-3), day(42)]
    assert judged.refused == day(84)
    assert [fault.what for fault in judged.faults] == [
        "a lesion that baseline does not have is new"
    ]
    assert judge_assessments(assessments[:2]).refused is None
    assert judge_assessments([]).points == ()


def test_what_is_not_known_of_a_lesion_is_taken_for_what_lets_it_be_a_target():
    imaged = imaged_of(ROW)
    assert (imaged.method, imaged.slice_mm, imaged.local_therapy) == (Method.SECTIONS, 5.0, None)


def test_what_is_known_of_a_lesion_counts():
    row = LesionRow(
        lesion="T1",
        kind="target",
        state="measured",
        diameter_mm=41.0,
        slice_mm=8.0,
        measured_by="calliper",
        treated_before="treated",
    )
    imaged = imaged_of(row)
    assert (imaged.method, imaged.slice_mm) == (Method.CALLIPER, 8.0)
    assert imaged.local_therapy is LocalTherapy.TREATED
