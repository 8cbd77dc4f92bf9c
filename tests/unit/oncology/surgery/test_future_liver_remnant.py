import pytest

from equipoise.base import BadInput
from equipoise.oncology.surgery.future_liver_remnant import (
    LiverQuality,
    MeasuredVolume,
    StandardVolume,
    VolumeFormula,
    future_liver_remnant,
    remnant_rows,
    standard_liver_volume,
)

LIVER = MeasuredVolume(total_ml=1700, tumour_ml=200)


def remnant(ml, *, quality=LiverQuality.NORMAL, least_percent=None, denominator=LIVER):
    return future_liver_remnant(
        ml, denominator=denominator, quality=quality, least_percent=least_percent
    )


def test_the_share_is_of_the_liver_without_tumour_when_that_was_measured():
    assert remnant(450).percent == pytest.approx(30)


def test_what_it_is_a_share_of_is_kept_beside_it():
    measured, standard = remnant(450), remnant(450, denominator=StandardVolume(bsa_m2=1.8))
    assert measured.denominator == LIVER
    assert standard.percent != measured.percent
    assert "standard liver volume of 1487 mL (Vauthey)" in standard.explanation
    urata = remnant(450, denominator=StandardVolume(bsa_m2=1.8, formula=VolumeFormula.URATA))
    assert "standard liver volume of 1274 mL (Urata)" in urata.explanation


@pytest.mark.parametrize(
    ("quality", "least_ml"),
    [
        (LiverQuality.NORMAL, 300),
        (LiverQuality.AFTER_CHEMOTHERAPY, 450),
        (LiverQuality.FIBROSIS_OR_CIRRHOSIS, 600),
    ],
)
def test_the_smallest_share_is_enough_and_less_is_not(quality, least_ml):
    assert remnant(least_ml, quality=quality).sufficient is True
    assert remnant(least_ml - 0.1, quality=quality).sufficient is False


def test_a_protocol_may_have_its_own_limit():
    assert remnant(375, least_percent=25).sufficient is True
    assert remnant(374, least_percent=25).least_percent == 25


def test_an_unknown_quality_leaves_open_whether_it_is_enough():
    found = remnant(450, quality=None)
    assert (found.percent, found.sufficient, found.least_percent) == (30, None, None)
    assert found.explanation.endswith("the quality of the liver is unknown.")


def test_a_remnant_says_why():
    assert remnant(450).explanation == (
        "Remnant 30.0 % of the measured liver without tumour of 1500 mL: enough, the least is 20 %."
    )


@pytest.mark.parametrize(
    ("ml", "enough", "said"),
    [(299, False, "too little"), (300, None, "open"), (599, None, "open"), (600, True, "enough")],
)
def test_an_unknown_quality_does_not_matter_where_every_liver_has_one_answer(ml, enough, said):
    found = remnant(ml, quality=None)
    assert (found.sufficient, found.least_percent) == (enough, None)
    assert said in found.explanation


def test_what_was_not_measured_is_unknown():
    assert remnant(None) is None


def test_the_table_for_proof_reading_has_every_quality():
    assert [row.quality for row in remnant_rows()] == list(LiverQuality)


def test_impossible_volumes_are_refused():
    with pytest.raises(BadInput, match="larger than the liver"):
        remnant(1501)
    with pytest.raises(BadInput, match="beside the tumour"):
        MeasuredVolume(total_ml=500, tumour_ml=500)
    with pytest.raises(BadInput):
        standard_liver_volume(0.6, formula=VolumeFormula.VAUTHEY)


def test_a_body_too_small_for_the_formula_is_refused_by_its_surface():
    with pytest.raises(BadInput, match=r"no volume for so small a body(.|\n)*got: 0.5"):
        standard_liver_volume(0.5, formula=VolumeFormula.VAUTHEY)
