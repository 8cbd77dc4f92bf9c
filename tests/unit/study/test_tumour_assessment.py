"""Rows of a lesion form as RECIST takes them in."""

import datetime as dt

import pytest

from equipoise.base.errors import BadInput
from equipoise.oncology.recist import Lesion, LesionKind, LesionState
from equipoise.study.tumour_assessment import LesionRow, assessment_of, lesion_of

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
