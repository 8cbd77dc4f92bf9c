from decimal import Decimal

import pytest

from equipoise.base import BadInput
from equipoise.oncology.exact import as_written, not_negative, plain, positive


def test_a_measurement_is_the_decimal_that_was_written():
    assert as_written(0.1) + as_written(0.2) == as_written(0.3)


def test_noise_beyond_fifteen_digits_is_gone():
    assert as_written(3 * 1.1) == Decimal("3.3")


def test_a_number_that_is_none_is_refused():
    with pytest.raises(BadInput, match="a measurement is a number"):
        as_written(float("nan"))


@pytest.mark.parametrize(("number", "text"), [("100", "100"), ("18.30", "18.3"), ("0.0", "0")])
def test_plain_shows_no_exponent_and_no_idle_zero(number, text):
    assert plain(Decimal(number)) == text


def test_zero_is_not_negative_and_not_positive():
    assert not_negative(0, where="x") == 0
    with pytest.raises(BadInput, match="x: the measurement is not above 0"):
        positive(0, where="x")
    with pytest.raises(BadInput, match="x: the measurement is negative"):
        not_negative(-1, where="x")
