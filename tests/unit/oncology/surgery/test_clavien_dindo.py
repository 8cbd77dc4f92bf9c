import pytest

from equipoise.base import BadInput
from equipoise.oncology.surgery.clavien_dindo import (
    Care,
    ClavienDindo,
    Complication,
    Window,
    clavien_dindo,
    clavien_dindo_rows,
    grade_of_care,
)

FIRST, II, IIIA, V = (ClavienDindo(one) for one in ("I", "II", "IIIa", "V"))


def judged(*grades, day=5, window=Window.DAYS_90):
    return clavien_dindo([Complication(grade=one, day=day) for one in grades], window=window)


def test_complications_rise_from_i_to_v_and_are_major_from_iiia():
    assert [grade.rank for grade in ClavienDindo] == list(range(7))
    assert [grade.value for grade in ClavienDindo if not grade.major] == ["I", "II"]


def test_the_highest_grade_and_every_complication_count():
    result = judged(II, IIIA, II)
    assert (result.complications, result.highest, result.major) == (3, IIIA, True)
    assert result.dead is False


def test_no_complication_is_known_to_be_none():
    result = judged()
    assert (result.complications, result.highest, result.major) == (0, None, False)
    assert result.explanation == "No complication within 90 days."


def test_an_ungraded_complication_leaves_open_what_it_could_change():
    assert judged(II, None).major is None
    assert judged(II, None).highest is None
    assert judged(IIIA, None).major is True
    assert judged(IIIA, None).highest is None
    assert judged(V, None).highest is V
    assert (judged(II, None).dead, judged(V, None).dead) == (None, True)


def test_the_last_day_of_the_window_counts_and_the_next_does_not():
    for window in Window:
        assert judged(IIIA, day=int(window), window=window).highest is IIIA
        assert judged(IIIA, day=window + 1, window=window).complications == 0
    assert judged(IIIA, day=45, window=Window.DAYS_30).major is False
    assert judged(IIIA, day=45).major is True


def test_an_unknown_day_leaves_open_what_it_could_change():
    late = Complication(grade=IIIA, day=None)
    sure = Complication(grade=IIIA, day=3)
    mild = Complication(grade=II, day=3)
    assert clavien_dindo([late], window=Window.DAYS_30).major is None
    assert clavien_dindo([late, mild], window=Window.DAYS_30).highest is None
    both = clavien_dindo([late, sure], window=Window.DAYS_30)
    assert (both.complications, both.highest, both.major) == (None, IIIA, True)


def test_the_worst_complication_is_told_by_name_and_day():
    leak = Complication(grade=IIIA, name="bile leak", day=12, disabled=True)
    ward = Complication(grade=II, name="pneumonia", day=4)
    words = clavien_dindo([ward, leak], window=Window.DAYS_90).explanation
    assert words == (
        "IIIa (major): worst is IIIa-d bile leak, day 12 of 2 complications within 90 days."
    )
    open_words = clavien_dindo([ward, Complication(grade=None, day=1)], window=Window.DAYS_30)
    assert open_words.explanation.startswith("Highest grade not decided: ")


@pytest.mark.parametrize(
    ("care", "grade"),
    [
        ([], "I"),
        ([Care.BEDSIDE_WOUND], "I"),
        ([Care.BEDSIDE_WOUND, Care.OTHER_DRUGS], "II"),
        ([Care.WATCHED_CLOSELY], "I"),
        ([Care.TRANSFUSION, Care.INTERVENTION], "IIIa"),
        ([Care.ONE_ORGAN, Care.INTERVENTION_ANAESTHESIA], "IVa"),
        ([Care.BRAIN], "IVa"),
    ],
)
def test_the_grade_follows_the_most_that_was_necessary(care, grade):
    assert grade_of_care(care) == grade


def test_every_grade_can_be_reached_and_every_care_has_one():
    assert {grade for grade, _ in clavien_dindo_rows()} == set(ClavienDindo)
    assert {care for _, care in clavien_dindo_rows()} == set(Care)
    assert all(grade_of_care([care]) is grade for grade, care in clavien_dindo_rows())


def test_a_complication_before_the_operation_and_a_disabled_dead_are_refused():
    with pytest.raises(BadInput, match="before the operation"):
        Complication(grade=FIRST, day=-1)
    with pytest.raises(BadInput, match="dead"):
        Complication(grade=V, disabled=True)
