import pytest

from equipoise.base import BadInput
from equipoise.base.quantities import parse_dose
from equipoise.oncology import dose_mg
from equipoise.oncology.dosing.dose import (
    LENVATINIB_BY_WEIGHT,
    DoseByWeight,
    WeightBand,
    relative_dose_intensity,
)


def test_a_flat_dose_needs_no_measurement():
    assert dose_mg(parse_dose("240 mg")) == 240


def test_a_dose_per_body_size_needs_its_own_measurement():
    assert dose_mg(parse_dose("85 mg/m2"), bsa_m2=1.8) == pytest.approx(153)
    assert dose_mg(parse_dose("85 mg/m2"), weight_kg=70) is None
    assert dose_mg(parse_dose("5 mg/kg"), weight_kg=70) == 350
    assert dose_mg(parse_dose("5 mg/kg"), bsa_m2=1.8) is None
    assert dose_mg(LENVATINIB_BY_WEIGHT, bsa_m2=1.8) is None


def test_a_weight_below_the_first_band_is_refused():
    rule = DoseByWeight(bands=(WeightBand(from_kg=40, mg=8),))
    with pytest.raises(BadInput, match="no band for this weight"):
        dose_mg(rule, weight_kg=39.9)


@pytest.mark.parametrize("starts", [(), (60, 0), (60, 60)])
def test_bands_that_do_not_rise_are_refused(starts):
    with pytest.raises(BadInput, match="bands do not rise"):
        DoseByWeight(bands=tuple(WeightBand(from_kg=start, mg=8) for start in starts))


@pytest.mark.parametrize("measurement", ["weight_kg", "bsa_m2"])
def test_a_size_of_nothing_is_refused(measurement):
    with pytest.raises(BadInput, match=f"^{measurement}:"):
        dose_mg(parse_dose("240 mg"), **{measurement: 0})


def test_a_held_dose_counts_zero():
    assert relative_dose_intensity([100, 0, 50], planned_mg=[100, 100, 100]) == 0.5


def test_an_unknown_dose_leaves_the_intensity_open():
    assert relative_dose_intensity([100, None], planned_mg=[100, 100]) is None
    assert relative_dose_intensity([], planned_mg=[]) is None


def test_doses_that_do_not_pair_are_refused():
    with pytest.raises(BadInput, match="doses do not pair"):
        relative_dose_intensity([100], planned_mg=[100, 100])


@pytest.mark.parametrize(("delivered", "planned"), [(-1, 100), (1, -100)])
def test_negative_doses_are_refused(delivered, planned):
    with pytest.raises(BadInput, match="negative"):
        relative_dose_intensity([delivered], planned_mg=[planned])
