from math import inf, nan

import pytest

from equipoise.report.formats import (
    count,
    decimal,
    duration,
    p_equation,
    p_value,
    percent,
    places_for,
    ratio,
    share,
    span,
    trimmed,
)


@pytest.mark.parametrize("missing", [None, nan, inf])
@pytest.mark.parametrize("spell", [decimal, count, p_value, ratio, percent, share])
def test_what_cannot_be_estimated_is_ne_in_every_spelling(spell, missing):
    assert spell(missing) == "NE"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0.01234, "0.0123"),
        (0.0001, "0.0001"),
        (0.00009, "<0.0001"),
        (0.99995, ">0.9999"),
        (1.0, ">0.9999"),
        (0.5, "0.5000"),
    ],
)
def test_a_p_value_has_four_decimals_and_two_ends(value, told):
    assert p_value(value) == told


def test_an_equation_of_p_has_one_sign_of_relation():
    assert p_equation(0.0123) == "p = 0.0123"
    assert p_equation(1e-9) == "p < 0.0001"
    assert p_equation(None) == "p = NE"


def test_a_ratio_has_two_decimals_and_is_cut_when_it_runs_away():
    assert ratio(0.6249) == "0.62"
    assert ratio(1e7) == ">999.99"


def test_shares_and_per_cents_are_told_alike():
    assert share(0.4525) == percent(45.25) == "45.2"


def test_a_median_has_one_decimal():
    assert decimal(19.666) == "19.7"


def test_a_number_below_zero_has_a_minus_sign_and_zero_has_none():
    assert decimal(-2.346, places=2) == "\u22122.35"
    assert decimal(-0.004, places=2) == "0.00"


def test_thousands_are_parted():
    assert count(12345.0) == "12\u2009345"


@pytest.mark.parametrize(
    ("size", "places"), [(2380, 0), (238.4, 1), (41.2, 1), (1.02, 2), (0.05, 3), (0, 1), (nan, 1)]
)
def test_small_numbers_have_more_decimals_than_large_ones(size, places):
    assert places_for(size) == places


def test_a_recorded_number_loses_decimals_that_say_nothing():
    assert trimmed(39.0, places=1) == "39"
    assert trimmed(1.5, places=2) == "1.5"
    assert trimmed(200.0, places=0) == "200"
    assert trimmed(None, places=1) == "NE"


def test_months_have_a_decimal_and_days_have_none():
    assert duration(19.666, unit="months") == "19.7"
    assert duration(2449.0, unit="days") == "2449"


def test_a_dash_never_meets_a_minus_sign():
    assert span("0.41", "0.93") == "\u2013"
    assert span(decimal(-93.0), decimal(-29.4)) == " to "
