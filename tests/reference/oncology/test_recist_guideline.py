import datetime as dt
from decimal import Decimal

import pytest

from equipoise.oncology import recist_responses
from equipoise.oncology.response.recist import (
    Lesion,
    LesionKind,
    LesionState,
    Response,
    target_response,
    timepoint_response,
)
from equipoise.oncology.response.recist_timepoints import Assessment

GUIDELINE = "paper: Eisenhauer et al. 2009, doi:10.1016/j.ejca.2008.10.026"
CR, PR, SD, PD, NE = Response.CR, Response.PR, Response.SD, Response.PD, Response.NE
NON = Response.NON_CR_NON_PD


def lesion(name, diameter_mm, *, nodal=False):
    return Lesion(
        name=name,
        kind=LesionKind.TARGET,
        nodal=nodal,
        state=LesionState.MEASURED,
        diameter_mm=diameter_mm,
    )


def course(*visits):
    start = dt.date(2026, 1, 5)
    return recist_responses(
        [
            Assessment(date=start + dt.timedelta(weeks=8 * place), lesions=tuple(lesions))
            for place, lesions in enumerate(visits)
        ]
    )


def sums(*millimetres):
    return course(*([lesion("T1", mm)] for mm in millimetres))


@pytest.mark.source(
    "by hand: from the definitions of Eisenhauer 2009, doi:10.1016/j.ejca.2008.10.026"
)
@pytest.mark.parametrize(
    ("millimetres", "nadir_mm", "expected"),
    [
        ((50, 40, 48), 40, PD),
        ((25, 20, 24), 20, SD),
        ((100, 70), 100, PR),
        ((100, 60, 71), 60, SD),
        ((100, 60, 72), 60, PD),
        ((20, 24), 20, SD),
        ((100, 70.1), 100, SD),
        ((20, 25), 20, PD),
        ((200, 100, 119.9), 100, PR),
        ((200, 100, 120), 100, PD),
    ],
)
def test_the_last_of_these_sums_is_called(millimetres, nadir_mm, expected):
    last = sums(*millimetres)[-1]
    assert (last.nadir_mm, last.response) == (nadir_mm, expected)


@pytest.mark.source("by hand: 24 is 4 % below 25")
def test_the_change_from_baseline_is_told_beside_the_change_from_nadir():
    last = sums(25, 20, 24)[-1]
    assert last.change_from_baseline_percent == pytest.approx(-4.0)
    assert last.change_from_nadir_percent == pytest.approx(20.0)
    assert last.change_from_nadir_mm == 4


@pytest.mark.source(GUIDELINE + ", section 4.3.2: nodes in complete response keep their size")
def test_nodes_from_18_to_9_mm_with_the_liver_lesion_gone_are_cr_with_a_sum_of_9():
    last = course(
        [lesion("T1", 30), lesion("T2", 18, nodal=True)],
        [lesion("T1", 0), lesion("T2", 9, nodal=True)],
    )[-1]
    assert (last.sum_mm, last.response) == (9, CR)


@pytest.mark.source(
    "paper: EORTC RECIST committee, FAQ on PR that changes slightly, each visit by itself"
)
def test_a_sum_that_rises_slightly_above_the_pr_line_is_sd_at_that_visit():
    assert [point.response for point in sums(100, 70, 70, 80)[1:]] == [PR, PR, SD]


@pytest.mark.source(
    GUIDELINE + ", section 4.4.4: too small to measure is 5 mm, likely gone is 0 mm"
)
@pytest.mark.parametrize("nodal", [True, False])
def test_defaults_of_faint_lesions(nodal):
    def faint(state):
        return Lesion(name="T1", kind=LesionKind.TARGET, nodal=nodal, state=state)

    assert faint(LesionState.TOO_SMALL).length_mm == 5
    assert faint(LesionState.ABSENT).length_mm == 0


@pytest.mark.source(GUIDELINE + ", missing assessments: 3 lesions of 50 mm, two measured at 80 mm")
def test_a_missing_lesion_does_not_hide_a_progression():
    two = [lesion("T1", 40), lesion("T2", 40)]
    call = target_response(
        [*two, Lesion(name="T3", kind=LesionKind.TARGET, nodal=False, state=LesionState.MEASURED)],
        baseline_mm=Decimal(50),
        nadir_mm=Decimal(50),
    )
    assert call is PD


@pytest.mark.source(GUIDELINE + ", table 1")
@pytest.mark.parametrize(
    ("target", "non_target", "new_lesion", "overall"),
    [
        (CR, CR, False, CR),
        (CR, None, False, CR),
        (CR, NON, False, PR),
        (CR, NE, False, PR),
        (PR, CR, False, PR),
        (PR, NON, False, PR),
        (PR, NE, False, PR),
        (PR, None, False, PR),
        (SD, CR, False, SD),
        (SD, NON, False, SD),
        (SD, NE, False, SD),
        (SD, None, False, SD),
        (NE, CR, False, NE),
        (NE, NON, False, NE),
        (NE, None, False, NE),
        (PD, CR, False, PD),
        (PD, NE, True, PD),
        (CR, PD, False, PD),
        (NE, PD, False, PD),
        (PR, PD, True, PD),
        (CR, CR, True, PD),
        (NE, NE, True, PD),
    ],
)
def test_overall_response_with_target_lesions(*, target, non_target, new_lesion, overall):
    call = timepoint_response(target, non_target=non_target, new_lesion=new_lesion)
    assert call is overall


@pytest.mark.source(GUIDELINE + ", table 2")
@pytest.mark.parametrize(
    ("non_target", "new_lesion", "overall"),
    [
        (CR, False, CR),
        (NON, False, NON),
        (NE, False, NE),
        (PD, False, PD),
        (PD, True, PD),
        (CR, True, PD),
        (NON, True, PD),
    ],
)
def test_overall_response_with_non_target_lesions_only(non_target, new_lesion, overall):
    call = timepoint_response(None, non_target=non_target, new_lesion=new_lesion)
    assert call is overall
