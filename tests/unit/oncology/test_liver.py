import pytest

from equipoise.base import BadInput
from equipoise.oncology import albi, child_pugh
from equipoise.oncology.liver import AlbiGrade, Ascites, ChildPughClass, Encephalopathy


def scored(**changes):
    best = {
        "bilirubin_umol_l": 10,
        "albumin_g_l": 42,
        "inr": 1.0,
        "ascites": Ascites.NONE,
        "encephalopathy": Encephalopathy.NONE,
    }
    return child_pugh(**best | changes)


def test_five_points_are_the_best_and_fifteen_the_worst():
    assert scored().points == 5
    worst = scored(
        bilirubin_umol_l=60,
        albumin_g_l=20,
        inr=3,
        ascites=Ascites.MODERATE_OR_SEVERE,
        encephalopathy=Encephalopathy.GRADE_3_4,
    )
    assert (worst.points, worst.liver_class) == (15, ChildPughClass.C)


def test_class_a_ends_at_6_and_class_b_at_9():
    six = scored(albumin_g_l=30)
    assert (six.points, six.liver_class) == (6, ChildPughClass.A)
    seven = scored(albumin_g_l=20)
    assert (seven.points, seven.liver_class) == (7, ChildPughClass.B)
    nine = scored(albumin_g_l=20, bilirubin_umol_l=60)
    assert (nine.points, nine.liver_class) == (9, ChildPughClass.B)
    ten = scored(albumin_g_l=20, bilirubin_umol_l=60, ascites=Ascites.SLIGHT)
    assert (ten.points, ten.liver_class) == (10, ChildPughClass.C)


def test_an_unknown_item_leaves_points_open_and_the_class_where_it_matters():
    one_unknown = scored(ascites=None)
    assert (one_unknown.points, one_unknown.liver_class) == (None, None)
    assert scored(ascites=None, albumin_g_l=30).liver_class is None
    clear = scored(ascites=None, bilirubin_umol_l=60)
    assert (clear.points, clear.liver_class) == (None, ChildPughClass.B)


@pytest.mark.parametrize("item", ["bilirubin_umol_l", "albumin_g_l", "inr", "encephalopathy"])
def test_each_item_may_be_unknown(item):
    assert scored(**{item: None}).points is None


def test_a_negative_laboratory_value_is_refused():
    with pytest.raises(BadInput, match=r"^inr:"):
        scored(inr=-1)


def test_albi_is_unknown_without_both_values():
    assert albi(bilirubin_umol_l=None, albumin_g_l=40) is None
    assert albi(bilirubin_umol_l=10, albumin_g_l=None) is None


def test_albi_refuses_a_bilirubin_of_zero():
    with pytest.raises(BadInput, match=r"^bilirubin_umol_l:"):
        albi(bilirubin_umol_l=0, albumin_g_l=40)


@pytest.mark.parametrize(
    ("albumin_g_l", "grade", "modified"),
    [
        (2.60 / 0.085, 1, AlbiGrade.ONE),
        (2.59 / 0.085, 2, AlbiGrade.TWO_A),
        (2.27 / 0.085, 2, AlbiGrade.TWO_A),
        (2.26 / 0.085, 2, AlbiGrade.TWO_B),
        (1.39 / 0.085, 2, AlbiGrade.TWO_B),
        (1.38 / 0.085, 3, AlbiGrade.THREE),
    ],
)
def test_a_score_on_a_cut_belongs_to_the_better_grade(albumin_g_l, grade, modified):
    result = albi(bilirubin_umol_l=1, albumin_g_l=albumin_g_l)
    assert (result.grade, result.modified_grade) == (grade, modified)
