import pytest

from equipoise.base import BadInput
from equipoise.oncology import albi, child_pugh
from equipoise.oncology.disease.liver import (
    AlbiGrade,
    Ascites,
    ChildPughClass,
    Encephalopathy,
    Inr,
    LiverTests,
    LiverUnits,
    Prolongation,
    albi_rows,
    child_pugh_classes,
    child_pugh_rows,
)

BEST = {"bilirubin": 10, "albumin": 42, "inr": 1.0}


def scored(*, ascites=Ascites.NONE, encephalopathy=Encephalopathy.NONE, **changes):
    values = BEST | changes
    tests = LiverTests(
        bilirubin=values["bilirubin"], albumin=values["albumin"], clotting=Inr(values["inr"])
    )
    return child_pugh(tests, ascites=ascites, encephalopathy=encephalopathy)


def prolonged(seconds):
    tests = LiverTests(bilirubin=10, albumin=42, clotting=Prolongation(seconds))
    return child_pugh(tests, ascites=Ascites.NONE, encephalopathy=Encephalopathy.NONE)


def conventional(*, bilirubin=0.6, albumin=4.2):
    tests = LiverTests(
        bilirubin=bilirubin,
        albumin=albumin,
        clotting=Inr(1.0),
        units=LiverUnits.CONVENTIONAL,
    )
    return child_pugh(tests, ascites=Ascites.NONE, encephalopathy=Encephalopathy.NONE)


def test_five_points_are_the_best_and_fifteen_the_worst():
    assert scored().points == 5
    worst = scored(
        bilirubin=60,
        albumin=20,
        inr=3,
        ascites=Ascites.MODERATE_OR_SEVERE,
        encephalopathy=Encephalopathy.GRADE_3_4,
    )
    assert (worst.points, worst.liver_class) == (15, ChildPughClass.C)


def test_class_a_ends_at_6_and_class_b_at_9():
    six = scored(albumin=30)
    assert (six.points, six.liver_class) == (6, ChildPughClass.A)
    seven = scored(albumin=20)
    assert (seven.points, seven.liver_class) == (7, ChildPughClass.B)
    nine = scored(albumin=20, bilirubin=60)
    assert (nine.points, nine.liver_class) == (9, ChildPughClass.B)
    ten = scored(albumin=20, bilirubin=60, ascites=Ascites.SLIGHT)
    assert (ten.points, ten.liver_class) == (10, ChildPughClass.C)


def test_an_unknown_item_leaves_points_open_and_the_class_where_it_matters():
    one_unknown = scored(ascites=None)
    assert (one_unknown.points, one_unknown.liver_class) == (None, None)
    assert scored(ascites=None, albumin=30).liver_class is None
    clear = scored(ascites=None, bilirubin=60)
    assert (clear.points, clear.liver_class) == (None, ChildPughClass.B)


@pytest.mark.parametrize("item", ["bilirubin", "albumin", "inr", "encephalopathy"])
def test_each_item_may_be_unknown(item):
    assert scored(**{item: None}).points is None


def test_a_negative_laboratory_value_is_refused():
    with pytest.raises(BadInput, match=r"^INR:"):
        scored(inr=-1)


@pytest.mark.parametrize(("seconds", "points"), [(3.9, 5), (4, 6), (6, 6), (6.1, 7), (None, None)])
def test_seconds_of_prothrombin_time_stand_in_for_the_inr(seconds, points):
    assert prolonged(seconds).points == points


@pytest.mark.parametrize(
    ("values", "points"),
    [
        ({"bilirubin": 1.9}, 5),
        ({"bilirubin": 2}, 6),
        ({"bilirubin": 3}, 6),
        ({"bilirubin": 3.1}, 7),
        ({"albumin": 3.6}, 5),
        ({"albumin": 3.5}, 6),
        ({"albumin": 2.8}, 6),
        ({"albumin": 2.7}, 7),
    ],
)
def test_conventional_units_have_limits_of_their_own(values, points):
    assert conventional(**values).points == points


def test_the_unit_of_measurement_decides_and_is_not_converted():
    assert conventional(bilirubin=3).points == 6
    assert scored(bilirubin=3 * 17.1).points == 7


def test_a_class_says_what_each_item_counts():
    assert scored(albumin=34.5, ascites=None).explanation == (
        "Child-Pugh class not decided, 6 to 8 points: bilirubin 10 umol/L (1), "
        "albumin 34.5 g/L (2), INR 1 (1), ascites unknown (1 to 3), encephalopathy none (1)."
    )
    assert scored().explanation.startswith("Child-Pugh A, 5 points: ")


def test_the_table_for_proof_reading_holds_the_limits_that_count():
    for row in child_pugh_rows():
        assert row.low < row.high
    limits = {(row.item, row.unit): row for row in child_pugh_rows()}
    assert scored(bilirubin=limits["bilirubin", "umol/L"].high).points == 6
    assert len(limits) == 6
    assert [(one.value, most) for one, most in child_pugh_classes()] == [
        ("A", 6),
        ("B", 9),
        ("C", 15),
    ]


def test_albi_is_unknown_without_both_values():
    assert albi(bilirubin_umol_l=None, albumin_g_l=40) is None
    assert albi(bilirubin_umol_l=10, albumin_g_l=None) is None


def test_albi_refuses_a_bilirubin_of_zero():
    with pytest.raises(BadInput, match=r"^bilirubin_umol_l:"):
        albi(bilirubin_umol_l=0, albumin_g_l=40)


def test_a_bilirubin_below_the_assay_counts_as_its_limit():
    floored = albi(bilirubin_umol_l=0, albumin_g_l=40, assay_limit_umol_l=2)
    assert floored == albi(bilirubin_umol_l=2, albumin_g_l=40)
    above = albi(bilirubin_umol_l=9, albumin_g_l=40, assay_limit_umol_l=2)
    assert above == albi(bilirubin_umol_l=9, albumin_g_l=40)


def test_albi_says_its_arithmetic():
    assert albi(bilirubin_umol_l=10, albumin_g_l=40).explanation == (
        "ALBI grade 1 (modified 1): 0.66 log10(10) - 0.085 x 40 = -2.740."
    )
    assert [grade for grade, _ in albi_rows()] == list(AlbiGrade)


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
