import pytest

from equipoise.base import BadInput
from equipoise.oncology.surgery.resection import (
    Margin,
    MarginRule,
    MarginWidth,
    margin_rows,
    margin_status,
)

INK, ONE_MM = MarginRule.AT_INK, MarginRule.WITHIN_1_MM


@pytest.mark.parametrize(
    ("margin_mm", "rule", "expected"),
    [
        (0, INK, Margin.R1),
        (0.5, INK, Margin.R0),
        (0, ONE_MM, Margin.R1),
        (0.9, ONE_MM, Margin.R1),
        (1.0, ONE_MM, Margin.R0),
        (None, INK, Margin.RX),
    ],
)
def test_the_convention_decides_what_a_narrow_margin_is(margin_mm, rule, expected):
    found = margin_status(margin_mm, gross_residual=False, rule=rule)
    assert found.status is expected
    assert (found.margin_mm, found.rule) == (margin_mm, rule)


def test_gross_residual_is_r2_whatever_the_margin():
    assert margin_status(10, gross_residual=True, rule=INK).status is Margin.R2
    assert margin_status(None, gross_residual=True, rule=INK).status is Margin.R2


def test_an_unknown_residual_is_rx():
    found = margin_status(10, gross_residual=None, rule=INK)
    assert found.status is Margin.RX
    assert found.explanation == (
        "RX: not known whether visible tumour was left, margin 10 mm; "
        "R1 is tumour at the ink (UICC, CAP)."
    )


@pytest.mark.parametrize(
    ("margin_mm", "width"),
    [
        (0, None),
        (0.4, MarginWidth.BELOW_1),
        (1, MarginWidth.FROM_1),
        (4.9, MarginWidth.FROM_1),
        (5, MarginWidth.FROM_5),
        (10, MarginWidth.FROM_10),
        (None, None),
    ],
)
def test_an_r0_margin_has_a_class_of_width(margin_mm, width):
    assert margin_status(margin_mm, gross_residual=False, rule=INK).width is width


def test_every_residual_tumour_class_is_told():
    assert [margin for margin, _ in margin_rows()] == list(Margin)


def test_a_negative_margin_is_refused():
    with pytest.raises(BadInput, match=r"^margin_mm:"):
        margin_status(-1, gross_residual=True, rule=INK)
