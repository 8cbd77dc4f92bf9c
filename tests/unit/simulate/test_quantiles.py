from __future__ import annotations

import math
from statistics import NormalDist

import pytest

from equipoise.base.quantities import Span, parse_duration
from equipoise.simulate.quantiles import as_item, category, lifetime_days, quantile, written
from equipoise.study.forms import Item
from equipoise.study.scenarios import Chance, Choice, Exponential, LogNormal, Normal, Weibull

MONTH = 30.4375


def test_the_middle_of_a_normal_distribution_is_its_mean():
    assert quantile(Normal(mean=58, sd=9), 0.5) == pytest.approx(58)


def test_a_normal_distribution_cut_on_one_side_moves_its_median_to_the_other():
    half = Normal(mean=0, sd=1, within=Span(low=0, high=100))
    assert quantile(half, 0.5) == pytest.approx(NormalDist().inv_cdf(0.75))


@pytest.mark.parametrize("u", [1e-12, 0.5, 1 - 1e-12])
def test_a_cut_distribution_never_leaves_its_range(u: float):
    cut = Normal(mean=58, sd=9, within=Span(low=50, high=60))
    assert 50 <= float(quantile(cut, u)) <= 60


def test_the_middle_of_a_log_normal_distribution_is_its_median():
    assert quantile(LogNormal(median=6.2, sd_log=0.45), 0.5) == pytest.approx(6.2)
    cut = LogNormal(median=6.2, sd_log=0.45, within=Span(low=0, high=6.2))
    assert float(quantile(cut, 0.5)) < 6.2


def test_codes_take_their_share_of_the_line_in_their_order():
    choice = Choice(shares=(("a", 0.25), ("b", 0.0), ("c", 0.75)))
    drawn = [quantile(choice, u) for u in (0.1, 0.2499, 0.25, 0.99, 1.0)]
    assert drawn == ["a", "a", "c", "c", "c"]


def test_the_last_code_with_a_share_takes_what_rounding_leaves():
    assert category([("a", 0.1), ("b", 0.2), ("c", 0.0)], 0.31) == "b"


def test_chance_says_yes_below_its_share():
    assert (quantile(Chance(share=0.3), 0.29), quantile(Chance(share=0.3), 0.3)) == (True, False)


def test_a_weibull_lifetime_ends_where_its_survival_says():
    lifetime = Weibull(shape=0.69, scale=parse_duration("17 mo"))
    survival = math.exp(-((12 / 17) ** 0.69))
    assert lifetime_days(lifetime, 1 - survival, hazard_ratio=1) == pytest.approx(12 * MONTH, abs=1)


def test_a_hazard_ratio_is_a_power_of_survival():
    lifetime = Weibull(shape=0.69, scale=parse_duration("17 mo"))
    survival = math.exp(-2 * (12 / 17) ** 0.69)
    assert lifetime_days(lifetime, 1 - survival, hazard_ratio=2) == pytest.approx(12 * MONTH, abs=1)


def test_the_middle_of_an_exponential_lifetime_is_its_median():
    lifetime = Exponential(median=parse_duration("300 d"))
    assert lifetime_days(lifetime, 0.5, hazard_ratio=1) == 300


def test_a_lifetime_has_at_least_one_day_and_never_overflows():
    lifetime = Weibull(shape=0.1, scale=parse_duration("240 mo"))
    assert lifetime_days(lifetime, 2**-54, hazard_ratio=50) == 1
    assert lifetime_days(lifetime, 1 - 2**-53, hazard_ratio=1e-3) == 10**6


@pytest.mark.parametrize(
    ("value", "item", "kept"),
    [
        (64.27, {"type": "number", "unit": "kg"}, 64.3),
        (61.7, {"type": "number", "unit": "mm"}, 62.0),
        (4.0718, {"type": "number", "unit": "10^9/L"}, 4.07),
        (110.72, {"type": "number", "unit": "U/mL"}, 111.0),
        (0.0, {"type": "number"}, 0.0),
        (130.2, {"type": "number", "unit": "kg", "range": "25 .. 120"}, 120.0),
        ("2", {"type": "integer"}, 2),
        (58.6, {"type": "integer"}, 59),
        (True, {"type": "yes_no"}, True),
        ("no", {"type": "yes_no"}, False),
        ("II", {"type": "code", "codes": {"II": "II"}}, "II"),
    ],
)
def test_a_value_is_as_precise_as_people_write_it(value, item, kept):
    got = as_item(value, Item.model_validate({"label": "x", **item}))
    assert got == kept
    assert type(got) is type(kept)


def test_a_negative_number_keeps_three_digits():
    assert written(-0.012345, unit=None) == -0.0123
