import pytest

from equipoise.base import BadInput
from equipoise.oncology.toxicity.ctcae_rows import Edition
from equipoise.oncology.toxicity.ctcae_signs import (
    BloodPressure,
    Dipstick,
    Drugs,
    UrineProtein,
    hypertension_grade,
    proteinuria_grade,
)


def pressure(systolic, diastolic, *, normal=True, drugs=None, danger=False):
    return BloodPressure(
        systolic_mm_hg=systolic,
        diastolic_mm_hg=diastolic,
        previously_normal=normal,
        drugs=drugs,
        life_threatening=danger,
    )


@pytest.mark.parametrize(
    ("systolic", "diastolic", "grade"),
    [
        (119, 79, 0),
        (120, 79, 1),
        (119, 80, 1),
        (139.5, 89.5, 1),
        (140, 70, 2),
        (110, 90, 2),
        (159.5, 99.5, 2),
        (160, 70, 3),
        (110, 100, 3),
    ],
)
def test_the_worse_of_two_pressures_gives_the_grade(systolic, diastolic, grade):
    assert hypertension_grade(pressure(systolic, diastolic)).grade == grade


def test_treatment_is_at_least_a_grade_of_its_own():
    assert hypertension_grade(pressure(118, 76, drugs=Drugs.ONE)).grade == 2
    assert hypertension_grade(pressure(145, 92, drugs=Drugs.MORE)).grade == 3
    assert hypertension_grade(pressure(118, 76, drugs=Drugs.UNCHANGED)).grade == 0
    assert hypertension_grade(pressure(118, 76, danger=True)).grade == 4


def test_a_pressure_that_was_raised_before_leaves_grade_2_open_in_version_5_only():
    raised = pressure(145, 85, normal=False)
    assert hypertension_grade(raised).possible == (1, 2)
    assert hypertension_grade(raised, edition=Edition.V4_03).grade == 2
    assert hypertension_grade(pressure(145, 85, normal=None)).grade is None
    assert hypertension_grade(pressure(145, 85, normal=False, drugs=Drugs.ONE)).grade == 2


def test_a_raised_pressure_that_lasts_is_grade_2_in_version_5_too():
    lasting = BloodPressure(
        systolic_mm_hg=145, diastolic_mm_hg=85, previously_normal=False, lasting=True
    )
    assert hypertension_grade(lasting).grade == 2
    assert hypertension_grade(lasting).rule == (
        "Blood pressure 145/85 mm Hg, raised before, lasting: grade 2"
    )
    low = BloodPressure(
        systolic_mm_hg=130, diastolic_mm_hg=85, previously_normal=True, lasting=True
    )
    assert hypertension_grade(low).grade == 1


@pytest.mark.parametrize(
    ("normal", "now", "before"), [(True, (2,), (2,)), (False, (2,), (0,)), (None, (2,), (0, 1, 2))]
)
def test_a_rise_with_symptoms_is_grade_2_and_in_v4_03_only_if_normal_before(normal, now, before):
    risen = BloodPressure(
        systolic_mm_hg=118, diastolic_mm_hg=79, previously_normal=normal, rise_with_symptoms=True
    )
    assert hypertension_grade(risen).possible == now
    assert hypertension_grade(risen, edition=Edition.V4_03).possible == before


def test_a_rise_with_symptoms_never_lowers_the_grade_of_the_pressure():
    risen = BloodPressure(
        systolic_mm_hg=165, diastolic_mm_hg=79, previously_normal=True, rise_with_symptoms=True
    )
    assert hypertension_grade(risen).rule == (
        "Blood pressure 165/79 mm Hg, normal before, risen with symptoms: grade 3"
    )


def test_a_pressure_not_measured_leaves_open_what_is_worse():
    assert hypertension_grade(pressure(None, 85)).possible == (1, 2, 3)
    assert hypertension_grade(pressure(165, None)).grade == 3
    assert hypertension_grade(pressure(None, None)).possible == (0, 1, 2, 3)


def test_blood_pressure_is_told_in_words():
    found = hypertension_grade(pressure(145, 85, normal=False))
    assert found.rule == "Blood pressure 145/85 mm Hg, raised before: grade 1 or 2"
    found = hypertension_grade(pressure(None, 101, drugs=Drugs.ONE))
    assert found.rule == (
        "Blood pressure ?/101 mm Hg, normal before, one drug started or changed: grade 3"
    )


@pytest.mark.parametrize(
    ("grams", "grade"),
    [(0.14, 0), (0.15, 1), (0.99, 1), (1.0, 2), (3.45, 2), (3.49, 2), (3.5, 3)],
)
def test_protein_in_a_day_gives_the_grade(grams, grade):
    urine = UrineProtein(grams_a_day=grams, upper_limit_grams_a_day=0.15)
    assert proteinuria_grade(urine).grade == grade
    ratio = UrineProtein(protein_creatinine_ratio=grams, upper_limit_grams_a_day=0.15)
    assert proteinuria_grade(ratio).grade == grade


@pytest.mark.parametrize(
    ("stick", "possible", "before"),
    [
        (Dipstick.NEGATIVE, (0,), (0,)),
        (Dipstick.TRACE, (0,), (0,)),
        (Dipstick.ONE, (1,), (1,)),
        (Dipstick.TWO, (2,), (2,)),
        (Dipstick.THREE, (2,), (2, 3)),
        (Dipstick.FOUR, (3,), (2, 3)),
    ],
)
def test_a_dipstick_gives_the_grade_and_version_4_03_does_not_name_all(stick, possible, before):
    urine = UrineProtein(dipstick=stick)
    assert proteinuria_grade(urine).possible == possible
    assert proteinuria_grade(urine, edition=Edition.V4_03).possible == before


def test_a_day_comes_before_a_spot_sample_and_that_before_a_dipstick():
    spot = UrineProtein(protein_creatinine_ratio=4.0, dipstick=Dipstick.ONE)
    assert proteinuria_grade(spot).grade == 3
    day = UrineProtein(
        grams_a_day=0.5,
        protein_creatinine_ratio=4.0,
        dipstick=Dipstick.FOUR,
        upper_limit_grams_a_day=0.15,
    )
    assert proteinuria_grade(day).grade == 1


def test_what_is_not_known_of_urine_leaves_the_grade_open():
    assert proteinuria_grade(UrineProtein(grams_a_day=0.5)).possible == (0, 1)
    assert proteinuria_grade(UrineProtein(grams_a_day=0)).grade == 0
    nothing = proteinuria_grade(UrineProtein())
    assert (nothing.grade, nothing.rule) == (None, "No grade: urine protein not measured")
    words = proteinuria_grade(UrineProtein(grams_a_day=2.1)).rule
    assert words == "Urine protein 2.1 g in 24 h: grade 2"


def test_signs_that_cannot_be_meant_are_refused():
    with pytest.raises(BadInput, match=r"^systolic:"):
        hypertension_grade(pressure(-1, 80))
    with pytest.raises(BadInput, match=r"^grams_a_day:"):
        proteinuria_grade(UrineProtein(grams_a_day=-1))
    with pytest.raises(BadInput, match=r"^upper_limit_grams_a_day:"):
        proteinuria_grade(UrineProtein(grams_a_day=1, upper_limit_grams_a_day=0))


def test_by_an_edition_that_was_not_read_neither_has_a_grade():
    found = hypertension_grade(pressure(170, 100, danger=True), edition=Edition.V6)
    assert (found.grade, found.possible) == (None, ())
    assert found.rule == "No grade: hypertension by CTCAE v6.0 is not in this package"
    urine = proteinuria_grade(UrineProtein(grams_a_day=4), edition=Edition.V6)
    assert (urine.grade, urine.possible) == (None, ())
