import pytest

from equipoise.base.quantities import parse_dose
from equipoise.oncology import albi, body_surface_area, child_pugh, cockcroft_gault, dose_mg
from equipoise.oncology.body_size import BsaFormula, Sex
from equipoise.oncology.dosing import LENVATINIB_BY_WEIGHT
from equipoise.oncology.liver import AlbiGrade, Ascites, Encephalopathy

PUGH = "Pugh et al. 1973, doi:10.1002/bjs.1800600817, limits in SI units"


@pytest.mark.source("by hand: 0.66 x log10(17.1) - 0.085 x 38 = 0.66 x 1.2330 - 3.23")
def test_albi_of_bilirubin_17_and_albumin_38():
    result = albi(bilirubin_umol_l=17.1, albumin_g_l=38)
    assert result.score == pytest.approx(-2.416, abs=5e-4)
    assert (result.grade, result.modified_grade) == (2, AlbiGrade.TWO_A)


@pytest.mark.source("by hand: 0.66 x 1 - 0.085 x 40 = -2.74")
def test_albi_of_bilirubin_10_and_albumin_40():
    result = albi(bilirubin_umol_l=10, albumin_g_l=40)
    assert result.score == pytest.approx(-2.74)
    assert result.grade == 1


def points(**changes):
    best = {
        "bilirubin_umol_l": 10,
        "albumin_g_l": 42,
        "inr": 1.0,
        "ascites": Ascites.NONE,
        "encephalopathy": Encephalopathy.NONE,
    }
    return child_pugh(**best | changes).points - 4


@pytest.mark.source(PUGH)
@pytest.mark.parametrize(
    ("item", "value", "expected"),
    [
        ("bilirubin_umol_l", 33.9, 1),
        ("bilirubin_umol_l", 34, 2),
        ("bilirubin_umol_l", 34.2, 2),
        ("bilirubin_umol_l", 50, 2),
        ("bilirubin_umol_l", 50.1, 3),
        ("albumin_g_l", 35.1, 1),
        ("albumin_g_l", 35, 2),
        ("albumin_g_l", 28, 2),
        ("albumin_g_l", 27.9, 3),
        ("inr", 1.69, 1),
        ("inr", 1.7, 2),
        ("inr", 2.3, 2),
        ("inr", 2.31, 3),
        ("ascites", Ascites.SLIGHT, 2),
        ("ascites", Ascites.MODERATE_OR_SEVERE, 3),
        ("encephalopathy", Encephalopathy.GRADE_1_2, 2),
        ("encephalopathy", Encephalopathy.GRADE_3_4, 3),
    ],
)
def test_every_limit_of_child_pugh(item, value, expected):
    assert points(**{item: value}) == expected


@pytest.mark.source("by hand: sqrt(170 x 65 / 3600); 0.20247 x 1.7**0.725 x 65**0.425")
def test_body_surface_of_170_cm_and_65_kg():
    assert body_surface_area(170, weight_kg=65) == pytest.approx(1.752, abs=5e-4)
    du_bois = body_surface_area(170, weight_kg=65, formula=BsaFormula.DUBOIS)
    assert du_bois == pytest.approx(1.754, abs=5e-4)


@pytest.mark.source("Du Bois 1916 in cm: 0.007184 x cm**0.725 x kg**0.425")
@pytest.mark.parametrize(("height_cm", "weight_kg"), [(150, 45), (170, 65), (190, 110)])
def test_du_bois_agrees_with_its_form_in_centimetres(height_cm, weight_kg):
    area = body_surface_area(height_cm, weight_kg=weight_kg, formula=BsaFormula.DUBOIS)
    assert area == pytest.approx(0.007184 * height_cm**0.725 * weight_kg**0.425, rel=1e-4)


@pytest.mark.source("by hand: 80 years to 140, 70 kg, 80 / 88.42 mg/dL")
def test_clearance_of_a_man_of_60_years():
    clearance = cockcroft_gault(80, age_years=60, weight_kg=70, sex=Sex.MALE)
    assert clearance == pytest.approx(5600 * 88.42 / (72 * 80))
    assert clearance == pytest.approx(85.96, abs=0.01)


@pytest.mark.source("Cockcroft and Gault in umol/L: (140 - age) x kg x 1.23 or 1.04 / umol/L")
@pytest.mark.parametrize(("sex", "constant"), [(Sex.MALE, 1.23), (Sex.FEMALE, 1.04)])
def test_the_form_in_micromoles_differs_by_less_than_half_a_per_cent(sex, constant):
    clearance = cockcroft_gault(95, age_years=66, weight_kg=58, sex=sex)
    assert clearance == pytest.approx(74 * 58 * constant / 95, rel=5e-3)


@pytest.mark.source("lenvatinib label: 60 kg and more 12 mg, less 8 mg")
@pytest.mark.parametrize(("weight_kg", "expected"), [(0.5, 8), (59.9, 8), (60.0, 12), (90, 12)])
def test_lenvatinib_changes_at_60_kg(weight_kg, expected):
    assert dose_mg(LENVATINIB_BY_WEIGHT, weight_kg=weight_kg) == expected


@pytest.mark.source("by hand: 1000 mg/m2 at the Mosteller surface of 180 cm and 80 kg, 2 m2")
def test_gemcitabine_of_two_square_metres():
    area = body_surface_area(180, weight_kg=80)
    assert dose_mg(parse_dose("1000 mg/m2"), bsa_m2=area) == pytest.approx(2000)
