import pytest

from equipoise.base import BadInput
from equipoise.oncology.toxicity.ctcae_course import (
    GRADES,
    GradeChange,
    grade_change,
    shift_table,
    worst_by_cycle,
    worst_grade,
)


def test_the_worst_grade_is_told_beside_what_has_none():
    worst = worst_grade([1, None, 3, 0])
    assert (worst.grade, worst.graded, worst.ungraded) == (3, 3, 1)
    assert worst_grade([None]).grade is None
    assert worst_grade([]).ungraded == 0


def test_each_cycle_has_a_worst_grade_of_its_own():
    by_cycle = worst_by_cycle([(1, 2), (2, None), (1, 3), (3, 0), (2, None)])
    assert {cycle: worst.grade for cycle, worst in by_cycle.items()} == {1: 3, 2: None, 3: 0}
    assert by_cycle[2].ungraded == 2
    assert list(by_cycle) == [1, 2, 3]


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (1, 3, GradeChange.WORSE),
        (3, 1, GradeChange.BETTER),
        (2, 2, GradeChange.SAME),
        (None, 0, GradeChange.FROM_MISSING),
        (0, None, GradeChange.TO_MISSING),
        (None, None, GradeChange.MISSING),
    ],
)
def test_missing_is_a_state_and_not_no_change(before, after, change):
    assert grade_change(before, after) is change


def test_a_shift_table_has_a_row_and_a_column_for_missing():
    table = shift_table([(0, 3), (0, 3), (1, 1), (None, 2), (4, None), (None, None)])
    assert table.row(0) == (0, 0, 0, 2, 0, 0)
    assert table.row(None) == (0, 0, 1, 0, 0, 1)
    assert table.row(4) == (0, 0, 0, 0, 0, 1)
    assert table.row(3) == (0,) * len(GRADES)
    assert table.changed(GradeChange.WORSE) == 2
    assert table.changed(GradeChange.FROM_MISSING) == 1
    assert table.changed(GradeChange.TO_MISSING) == 1


def test_a_grade_that_no_laboratory_value_has_is_refused():
    with pytest.raises(BadInput, match=r"^pairs:"):
        shift_table([(0, 5)])
