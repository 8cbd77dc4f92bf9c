import pytest

from equipoise.base import BadInput
from equipoise.oncology.surgery.liver_failure import (
    LiverDay,
    LiverFailureGrade,
    Management,
    UpperLimits,
    liver_failure,
    liver_failure_rows,
)

LIMITS = UpperLimits(inr=1.2, bilirubin_umol_l=20.5)
NORMAL = (-1, 1.0, 10.0)


def judged(*rows, management=Management.UNCHANGED):
    days = [LiverDay(day=day, inr=inr, bilirubin_umol_l=bili) for day, inr, bili in rows]
    return liver_failure(days, limits=LIMITS, management=management)


def test_both_values_raised_on_day_5_are_liver_failure():
    found = judged(NORMAL, (5, 1.4, 30.0))
    assert (found.grade, found.day, found.failed) == (LiverFailureGrade.A, 5, True)


@pytest.mark.parametrize(
    "rows",
    [
        [NORMAL, (4, 1.9, 80.0), (5, 1.1, 15.0)],
        [NORMAL, (5, 1.4, 20.5)],
        [NORMAL, (5, 1.2, 80.0)],
        [NORMAL, (5, 1.4, 15.0), (6, 1.1, 60.0)],
    ],
)
def test_before_day_5_on_the_limit_and_on_different_days_is_none(rows):
    assert judged(*rows).grade is LiverFailureGrade.NONE


def test_what_was_raised_before_the_operation_has_to_rise():
    high = (-2, 1.0, 40.0)
    assert judged(high, (4, 1.5, 60.0), (5, 1.4, 55.0)).failed is False
    assert judged(high, (4, 1.5, 60.0), (5, 1.4, 65.0)).failed is True
    assert judged((-2, 1.4, 40.0), (4, 1.6, 60.0), (5, 1.5, 65.0)).failed is False


@pytest.mark.parametrize(
    ("management", "grade"),
    [
        (Management.UNCHANGED, LiverFailureGrade.A),
        (Management.NOT_INVASIVE, LiverFailureGrade.B),
        (Management.INVASIVE, LiverFailureGrade.C),
        (None, None),
    ],
)
def test_what_was_done_gives_the_grade(management, grade):
    assert judged(NORMAL, (7, 1.4, 30.0), management=management).grade is grade


def test_missing_values_leave_it_open_unless_the_other_one_decides():
    assert judged(NORMAL, (5, None, 30.0)).failed is None
    assert judged(NORMAL, (5, None, 15.0)).failed is False
    assert judged(NORMAL, (3, 1.4, 30.0)).failed is None
    assert judged(NORMAL, (5, None, 30.0), (6, 1.4, 30.0)).day == 6


def test_the_order_of_days_plays_no_part():
    assert judged((6, 1.4, 30.0), NORMAL) == judged(NORMAL, (6, 1.4, 30.0))


def test_liver_failure_says_why():
    assert judged(NORMAL, (5, 1.4, 30.0)).explanation == (
        "Liver failure grade A: INR and bilirubin raised on day 5; no change of the usual care."
    )
    assert judged(NORMAL, (5, 1.0, 9.0)).explanation.startswith("No liver failure: ")


def test_every_grade_stands_in_the_table_for_proof_reading():
    assert {grade for grade, _ in liver_failure_rows()} | {LiverFailureGrade.NONE} == set(
        LiverFailureGrade
    )


def test_a_day_twice_and_a_value_of_nothing_are_refused():
    with pytest.raises(BadInput, match="twice"):
        judged(NORMAL, NORMAL)
    with pytest.raises(BadInput, match=r"^inr:"):
        LiverDay(day=1, inr=0, bilirubin_umol_l=None)
