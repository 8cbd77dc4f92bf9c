import datetime as dt

import pytest

from equipoise.oncology.toxicity.ctcae_limits import (
    UNKNOWN_LIMITS,
    Limits,
    NormalRange,
    Sample,
    limits_for,
)

FEMALE = Limits(lower=115, upper=150)
MALE = Limits(lower=130, upper=175)
OLD = Limits(lower=110, upper=160)
NORTH = Limits(lower=120, upper=158)
RANGES = (
    NormalRange(limits=FEMALE, sex="female"),
    NormalRange(limits=MALE, sex="male"),
    NormalRange(limits=OLD, sex="female", youngest=65),
    NormalRange(limits=NORTH, laboratory="north", since=dt.date(2026, 3, 1)),
)
SPRING = dt.date(2026, 3, 1)


@pytest.mark.parametrize(
    ("sample", "limits"),
    [
        (Sample(laboratory="south", sex="male", age_years=70, date=SPRING), MALE),
        (Sample(laboratory="south", sex="female", age_years=64.9, date=SPRING), FEMALE),
        (Sample(laboratory="south", sex="female", age_years=65, date=SPRING), OLD),
        (Sample(laboratory="north", sex="female", age_years=70, date=SPRING), NORTH),
        (
            Sample(laboratory="north", sex="female", age_years=70, date=dt.date(2026, 2, 28)),
            OLD,
        ),
    ],
)
def test_the_most_particular_range_that_is_meant_holds(sample, limits):
    assert limits_for(RANGES, sample=sample) == limits


@pytest.mark.parametrize(
    "sample",
    [
        Sample(),
        Sample(laboratory="south", sex=None, age_years=50, date=SPRING),
        Sample(laboratory="south", sex="female", age_years=None, date=SPRING),
        Sample(laboratory="north", sex="male", age_years=50, date=None),
        Sample(laboratory=None, sex="male", age_years=50, date=SPRING),
        Sample(laboratory="south", sex="other", age_years=50, date=SPRING),
    ],
)
def test_limits_are_unknown_where_what_decides_is_not_known(sample):
    assert limits_for(RANGES, sample=sample) == UNKNOWN_LIMITS


def test_a_fact_that_no_range_in_question_asks_for_need_not_be_known():
    sample = Sample(laboratory="south", sex="male", age_years=None, date=None)
    assert limits_for(RANGES, sample=sample) == MALE


def test_two_ranges_that_differ_for_one_sample_leave_it_without_limits():
    ranges = [NormalRange(limits=FEMALE), NormalRange(limits=MALE)]
    assert limits_for(ranges, sample=Sample()) == UNKNOWN_LIMITS
    assert limits_for([*ranges[:1], *ranges[:1]], sample=Sample()) == FEMALE


def test_no_range_is_no_limit():
    assert limits_for([], sample=Sample()) == UNKNOWN_LIMITS
