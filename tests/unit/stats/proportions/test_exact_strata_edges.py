from math import inf

import numpy as np
import pytest

from equipoise.base.errors import BadInput
from equipoise.stats.proportions.exact_stratified import PointMass, exact_mantel_haenszel
from equipoise.stats.proportions.fourfold import FourfoldTable
from equipoise.stats.proportions.generalised_mantel_haenszel import (
    Association,
    generalised_mantel_haenszel,
)

ALL_IN_FIRST = FourfoldTable(x1=4, n1=4, x2=0, n2=5)
NOBODY = FourfoldTable(x1=0, n1=4, x2=0, n2=5)
ONE_ARM = FourfoldTable(x1=2, n1=4, x2=0, n2=0)


@pytest.mark.parametrize("point_mass", list(PointMass))
def test_the_most_that_the_margins_allow_has_no_upper_end(point_mass):
    found = exact_mantel_haenszel([ALL_IN_FIRST], point_mass=point_mass)
    assert (found.odds_ratio, found.upper) == (inf, inf)
    assert 1 < found.lower < inf


@pytest.mark.parametrize("point_mass", list(PointMass))
def test_the_least_that_the_margins_allow_has_no_lower_end(point_mass):
    found = exact_mantel_haenszel([ALL_IN_FIRST.swapped()], point_mass=point_mass)
    assert (found.odds_ratio, found.lower) == (0, 0)
    assert 0 < found.upper < 1


def test_strata_in_which_nothing_varies_say_nothing():
    found = exact_mantel_haenszel([NOBODY, ONE_ARM])
    assert found.p_value == 1
    assert np.isnan(found.odds_ratio)
    assert (found.lower, found.upper) == (0, inf)
    assert found.tables == (NOBODY,)


def test_a_mid_p_interval_lies_within_the_exact_one():
    tables = [FourfoldTable(x1=5, n1=9, x2=2, n2=8), FourfoldTable(x1=3, n1=6, x2=2, n2=7)]
    exact, mid = (exact_mantel_haenszel(tables, point_mass=mass) for mass in PointMass)
    assert exact.lower < mid.lower < mid.odds_ratio == exact.odds_ratio < mid.upper < exact.upper
    assert mid.p_value < exact.p_value


def test_strata_of_one_arm_each_are_refused():
    with pytest.raises(BadInput, match="both have subjects"):
        exact_mantel_haenszel([ONE_ARM])
    with pytest.raises(BadInput, match="confidence"):
        exact_mantel_haenszel([ALL_IN_FIRST], confidence=1.0)


@pytest.mark.parametrize("association", list(Association))
def test_a_response_that_never_varies_is_refused(association):
    with pytest.raises(BadInput, match="two groups and two responses"):
        generalised_mantel_haenszel([1, 1, 1], [0, 1, 2], association=association)


def test_words_are_no_scores():
    response, group = ["low", "high", "low"], [0, 1, 1]
    assert generalised_mantel_haenszel(response, group).df == 1
    with pytest.raises(BadInput, match="a score is a number"):
        generalised_mantel_haenszel(response, group, association=Association.MEAN_SCORES)
    with pytest.raises(BadInput, match="a score is a number"):
        generalised_mantel_haenszel(group, response, association=Association.CORRELATION)


def test_columns_of_unequal_length_and_missing_labels_are_refused():
    with pytest.raises(BadInput, match="same number of rows"):
        generalised_mantel_haenszel([0, 1, 1], [0, 1])
    with pytest.raises(BadInput, match="has a label"):
        generalised_mantel_haenszel([0, 1, np.nan], [0, 1, 1])


def test_a_stratum_of_one_subject_adds_nothing():
    response, group = [0, 1, 1, 0, 1, 1], ["a", "a", "b", "b", "b", "a"]
    alone = generalised_mantel_haenszel(response[:5], group[:5], strata=[1] * 5)
    more = generalised_mantel_haenszel(response, group, strata=[1] * 5 + [2])
    assert more.chi_square == pytest.approx(alone.chi_square)


def test_only_differences_of_scores_count():
    response, group = np.array([0, 1, 3, 0, 1, 2.0]), ["a", "a", "b", "b", "b", "a"]
    plain, far = (
        generalised_mantel_haenszel(response + shift, group, association=Association.MEAN_SCORES)
        for shift in (0, 1e9)
    )
    assert far.chi_square == pytest.approx(plain.chi_square, rel=1e-12)
