import pytest

from equipoise.base import BadInput
from equipoise.oncology.disease.ecog import Ecog, ecog_rows, performance_status


def test_a_grade_says_what_it_means():
    status = performance_status(0)
    assert status.grade is Ecog.FULLY_ACTIVE
    assert status.explanation == "ECOG 0: does everything as before the disease."


def test_every_grade_from_0_to_5_has_words_of_its_own():
    assert [int(grade) for grade, _ in ecog_rows()] == [0, 1, 2, 3, 4, 5]
    assert len({words for _, words in ecog_rows()}) == 6


def test_an_unknown_grade_stays_unknown():
    assert performance_status(None) is None


@pytest.mark.parametrize("grade", [-1, 6])
def test_a_number_that_is_no_grade_is_refused(grade):
    with pytest.raises(BadInput, match=r"^ecog:"):
        performance_status(grade)
