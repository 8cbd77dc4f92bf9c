import math
from pathlib import Path

import polars as pl
import pytest

from equipoise.base.quantities import parse_dose
from equipoise.oncology import albi, body_surface_area, child_pugh, cockcroft_gault, dose_mg
from equipoise.oncology.disease.liver import AlbiGrade, Ascites, Encephalopathy, Inr, LiverTests
from equipoise.oncology.disease.risk_scores import (
    MegnaFindings,
    PreoperativeFindings,
    megna,
    preoperative_risk,
    preoperative_rows,
    tumour_burden,
)
from equipoise.oncology.disease.risk_table import RiskFactor, RiskModel, risk
from equipoise.oncology.dosing.body_size import BsaFormula, Sex
from equipoise.oncology.dosing.dose import LENVATINIB_BY_WEIGHT
from equipoise.oncology.surgery.future_liver_remnant import (
    LiverQuality,
    StandardVolume,
    VolumeFormula,
    future_liver_remnant,
    standard_liver_volume,
)
from equipoise.study.functions import FUNCTIONS
from equipoise.study.load import load_study
from equipoise.study.rules import judge

GOLP = Path(__file__).parents[3] / "studies" / "icc_golp"

PUGH = "paper: Pugh et al. 1973, doi:10.1002/bjs.1800600817, limits in SI units"


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


BEST = {"bilirubin": 10, "albumin": 42, "inr": 1.0}


def points(item, value):
    """Return the points of one item, the others being at their best."""
    values = BEST | {item: value}
    tests = LiverTests(
        bilirubin=values["bilirubin"], albumin=values["albumin"], clotting=Inr(values["inr"])
    )
    signs = {"ascites": Ascites.NONE, "encephalopathy": Encephalopathy.NONE}
    return child_pugh(tests, **signs | ({item: value} if item in signs else {})).points - 4


@pytest.mark.source(PUGH)
@pytest.mark.parametrize(
    ("item", "value", "expected"),
    [
        ("bilirubin", 33.9, 1),
        ("bilirubin", 34, 2),
        ("bilirubin", 34.2, 2),
        ("bilirubin", 50, 2),
        ("bilirubin", 50.1, 3),
        ("albumin", 35.1, 1),
        ("albumin", 35, 2),
        ("albumin", 28, 2),
        ("albumin", 27.9, 3),
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
    assert points(item, value) == expected


@pytest.mark.source("by hand: sqrt(170 x 65 / 3600); 0.20247 x 1.7**0.725 x 65**0.425")
def test_body_surface_of_170_cm_and_65_kg():
    assert body_surface_area(170, weight_kg=65) == pytest.approx(1.752, abs=5e-4)
    du_bois = body_surface_area(170, weight_kg=65, formula=BsaFormula.DUBOIS)
    assert du_bois == pytest.approx(1.754, abs=5e-4)


@pytest.mark.source("paper: Du Bois 1916, in cm: 0.007184 x cm**0.725 x kg**0.425")
@pytest.mark.parametrize(("height_cm", "weight_kg"), [(150, 45), (170, 65), (190, 110)])
def test_du_bois_agrees_with_its_form_in_centimetres(height_cm, weight_kg):
    area = body_surface_area(height_cm, weight_kg=weight_kg, formula=BsaFormula.DUBOIS)
    assert area == pytest.approx(0.007184 * height_cm**0.725 * weight_kg**0.425, rel=1e-4)


@pytest.mark.source("by hand: 80 years to 140, 70 kg, 80 / 88.42 mg/dL")
def test_clearance_of_a_man_of_60_years():
    clearance = cockcroft_gault(80, age_years=60, weight_kg=70, sex=Sex.MALE)
    assert clearance == pytest.approx(5600 * 88.42 / (72 * 80))
    assert clearance == pytest.approx(85.96, abs=0.01)


@pytest.mark.source(
    "paper: Cockcroft and Gault, in umol/L: (140 - age) x kg x 1.23 or 1.04 / umol/L"
)
@pytest.mark.parametrize(("sex", "constant"), [(Sex.MALE, 1.23), (Sex.FEMALE, 1.04)])
def test_the_form_in_micromoles_differs_by_less_than_half_a_per_cent(sex, constant):
    clearance = cockcroft_gault(95, age_years=66, weight_kg=58, sex=sex)
    assert clearance == pytest.approx(74 * 58 * constant / 95, rel=5e-3)


@pytest.mark.source("paper: lenvatinib label: 60 kg and more 12 mg, less 8 mg")
@pytest.mark.parametrize(("weight_kg", "expected"), [(0.5, 8), (59.9, 8), (60.0, 12), (90, 12)])
def test_lenvatinib_changes_at_60_kg(weight_kg, expected):
    assert dose_mg(LENVATINIB_BY_WEIGHT, weight_kg=weight_kg) == expected


@pytest.mark.source("by hand: 1000 mg/m2 at the Mosteller surface of 180 cm and 80 kg, 2 m2")
def test_gemcitabine_of_two_square_metres():
    area = body_surface_area(180, weight_kg=80)
    assert dose_mg(parse_dose("1000 mg/m2"), bsa_m2=area) == pytest.approx(2000)


@pytest.mark.source("by hand: sqrt(6^2 + 8^2) = 10")
def test_the_tumour_burden_of_six_centimetres_and_eight_nodules():
    assert tumour_burden(6.0, nodules=8) == pytest.approx(10)


VAUTHEY = "paper: Vauthey 2002, doi:10.1053/jlts.2002.31654: -794.41 + 1267.28 m2"
URATA = "paper: Urata 1995, doi:10.1002/hep.1840210515: 706.2 m2 + 2.4"


@pytest.mark.source(VAUTHEY)
def test_the_standard_liver_of_1_8_square_metres_by_vauthey():
    volume = standard_liver_volume(1.8, formula=VolumeFormula.VAUTHEY)
    assert volume == pytest.approx(1486.694)


@pytest.mark.source(URATA)
def test_the_standard_liver_of_1_8_square_metres_by_urata():
    assert standard_liver_volume(1.8, formula=VolumeFormula.URATA) == pytest.approx(1273.56)


@pytest.mark.source("by hand: 446.0082 / (-794.41 + 1267.28 x 1.8) = 30 %")
def test_a_remnant_of_30_per_cent_is_enough_after_chemotherapy_and_not_with_cirrhosis():
    liver = StandardVolume(bsa_m2=1.8)
    found = {
        quality: future_liver_remnant(446.0082, denominator=liver, quality=quality).sufficient
        for quality in LiverQuality
    }
    assert list(found.values()) == [True, True, False]


@pytest.mark.source("paper: Raoof 2017, doi:10.1001/jamasurg.2017.0117: one point each")
def test_megna_counts_one_point_for_each_factor():
    none = {
        "multifocal": False,
        "extrahepatic_extension": False,
        "poor_grade": False,
        "node_positive": False,
        "age_years": 60,
    }
    assert megna(MegnaFindings(**none)).points == 0
    for factor in none:
        worse = none | {factor: 61 if factor == "age_years" else True}
        assert megna(MegnaFindings(**worse)).points == 1


@pytest.mark.source("by hand: 9 + 1.12 x 5.7 + 2.81 ln 100 + 0.50 x 6 / 2 - 2.79 x 3.9 = 18.9435")
def test_the_preoperative_score_of_the_median_tumour():
    found = preoperative_risk(
        PreoperativeFindings(
            tumour_cm=5.7, ca199=100.0, neutrophils=6.0, lymphocytes=2.0, albumin_g_l=39.0
        )
    )
    assert found.score == pytest.approx(18.9435, abs=1e-4)
    assert found.high is False


@pytest.mark.source("paper: repub.eur.nl/pub/103948: hazard ratios 1.12, 1.33, 1.05 and 0.76")
def test_the_weights_of_the_preoperative_score_are_ten_times_the_printed_log_hazard_ratios():
    for row in preoperative_rows():
        least, most = (10 * math.log(row.hazard_ratio + step) for step in (-0.005, 0.005))
        assert least - 0.005 <= row.weight <= most + 0.005


@pytest.mark.source("by hand: sqrt(2.0 x 0.5 x 4.0) = 2 with half of each log hazard ratio")
def test_half_of_each_log_hazard_ratio_is_the_root_of_the_product():
    factors = {
        name: RiskFactor(label=name, hazard_ratio=ratio)
        for name, ratio in (("a", 2.0), ("b", 0.5), ("c", 4.0))
    }
    classes = {"low": 0.0, "high": 2.0}
    table = RiskModel(factors=factors, shrink=0.5, classes=classes)
    found = risk(table, findings=dict.fromkeys(factors, True))
    assert found.hazard_ratio == pytest.approx(2.0)
    assert found.linear_predictor == pytest.approx(0.6931471805599453)
    as_printed = RiskModel(factors=factors, shrink=0.0, classes=classes)
    assert risk(as_printed, findings=dict.fromkeys(factors, True)).hazard_ratio == pytest.approx(4)


@pytest.mark.source("by hand: INR below 1.2 is required of the shipped trial, so 1.2 fails")
@pytest.mark.parametrize(("inr", "eligible"), [(1.19, True), (1.2, False), (None, None)])
def test_an_inr_of_1_2_fails_at_screening(inr, eligible):
    rule = load_study(GOLP).eligibility.include["clotting"].rule
    frame = pl.DataFrame({"inr": [inr]}, schema={"inr": pl.Float64()})
    assert judge({"clotting": rule}, frame)["clotting"].to_list() == [eligible]


@pytest.mark.source("by hand: a solitary tumour of 5.0 cm is T1a, stage IA, and not above 5 cm")
def test_five_centimetres_are_stage_ia_and_no_high_risk_by_size():
    rule = load_study(GOLP).forms["disease"].items["high_risk"].compute
    found = {
        "tumour_cm": 5.0,
        "nodules": 1,
        "vascular_invasion": False,
        "hilar_nodes": False,
        "ca199": 200.0,
    }
    assert judge({"high": rule}, pl.DataFrame([found]))["high"].to_list() == [False]
    larger = pl.DataFrame([found | {"tumour_cm": 5.1}])
    assert judge({"high": rule}, larger)["high"].to_list() == [True]
    del found["ca199"]
    assert FUNCTIONS["ajcc8_intrahepatic"].call(**found) == "IA"
