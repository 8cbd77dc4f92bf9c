import pytest

from equipoise.base import BadInput
from equipoise.oncology import body_surface_area, cockcroft_gault
from equipoise.oncology.dosing.body_size import BsaFormula, Sex


def test_a_cap_holds_above_it_and_not_below():
    assert body_surface_area(190, weight_kg=110, cap_m2=2.0) == 2.0
    uncapped = body_surface_area(170, weight_kg=65)
    assert body_surface_area(170, weight_kg=65, cap_m2=2.0) == uncapped


def test_the_formulas_differ():
    mosteller = body_surface_area(190, weight_kg=110)
    assert mosteller != body_surface_area(190, weight_kg=110, formula=BsaFormula.DUBOIS)


def test_an_unknown_measurement_gives_an_unknown_area():
    assert body_surface_area(None, weight_kg=65) is None
    assert body_surface_area(170, weight_kg=None) is None


@pytest.mark.parametrize(
    ("height_cm", "weight_kg", "cap_m2"), [(0, 65, None), (170, -1, None), (170, 65, 0)]
)
def test_a_size_of_nothing_is_refused(height_cm, weight_kg, cap_m2):
    with pytest.raises(BadInput, match="not above 0"):
        body_surface_area(height_cm, weight_kg=weight_kg, cap_m2=cap_m2)


def cleared(**changes):
    known = {"creatinine_umol_l": 80, "age_years": 60, "weight_kg": 70, "sex": Sex.MALE}
    return cockcroft_gault(**known | changes)


def test_women_clear_85_per_cent_of_men():
    assert cleared(sex=Sex.FEMALE) == pytest.approx(0.85 * cleared())


@pytest.mark.parametrize("item", ["creatinine_umol_l", "age_years", "weight_kg", "sex"])
def test_an_unknown_item_gives_an_unknown_clearance(item):
    assert cleared(**{item: None}) is None


def test_a_child_below_one_year_has_an_age():
    assert cleared(age_years=0) == pytest.approx(cleared(age_years=70) * 2)


@pytest.mark.parametrize(
    ("item", "value"), [("age_years", 140), ("age_years", -0.5), ("creatinine_umol_l", 0)]
)
def test_impossible_items_are_refused(item, value):
    with pytest.raises(BadInput, match=f"^{item}:"):
        cleared(**{item: value})
