import numpy as np
import pytest

from equipoise.base.errors import NotConverged
from equipoise.stats import Ties, cox, logistic, logrank, summarise
from equipoise.stats.summary import quantile_type_2


@pytest.mark.parametrize("ties", list(Ties))
def test_a_covariate_that_orders_the_events_has_no_finite_hazard_ratio(ties):
    with pytest.raises(NotConverged, match="runs to infinity"):
        cox([1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0], ties=ties)


def test_an_arm_without_events_has_no_finite_hazard_ratio():
    with pytest.raises(NotConverged) as error:
        cox([1, 2, 3, 4], [1, 1, 0, 0], [[0, 1], [0, 2], [1, 2], [1, 1]])
    assert error.value.faults[0].where == "coefficient 0"


def test_a_covariate_that_separates_the_outcomes_has_no_finite_odds_ratio():
    with pytest.raises(NotConverged):
        logistic([0, 0, 0, 1, 1, 1], [1, 2, 3, 4, 5, 6])


def test_almost_separated_outcomes_still_have_an_odds_ratio():
    model = logistic([0, 0, 1, 0, 1, 1] * 2, [1, 2, 3, 4, 5, 6] * 2)
    assert 0 < model.coef[1] < 10


def test_covariates_in_large_units_far_from_0_change_nothing_but_the_unit():
    time, event, x = [5, 3, 8, 1, 9, 4], [1, 1, 0, 1, 1, 1], np.array([2, 1, 3, 5, 1, 4])
    plain = cox(time, event, x)
    moved = cox(time, event, 1e9 + 1e3 * x)
    assert moved.coef * 1e3 == pytest.approx(plain.coef, rel=1e-9)
    assert moved.loglik == pytest.approx(plain.loglik, rel=1e-12)


def test_the_intercept_comes_first_and_is_at_covariates_of_0():
    outcome, x = [0, 1, 0, 1, 1, 0], np.array([1, 2, 3, 4, 6, 2])
    plain, moved = logistic(outcome, x), logistic(outcome, x - 10)
    assert moved.coef[1] == pytest.approx(plain.coef[1], rel=1e-9)
    assert moved.coef[0] == pytest.approx(plain.coef[0] + 10 * plain.coef[1], rel=1e-9)


def test_strata_without_events_say_nothing():
    time, event, x = [5, 3, 8, 1], [1, 1, 0, 1], [2, 1, 3, 2.5]
    plain = cox(time, event, x)
    more = cox([*time, 7, 9], [*event, 0, 0], [*x, 1, 5], strata=[1, 1, 1, 1, 2, 2])
    assert more.coef == pytest.approx(plain.coef, rel=1e-12)
    assert (more.n, more.strata) == (6, 2)


def test_z_is_negative_when_the_second_group_has_fewer_events_than_expected():
    late = logrank([1, 2, 3, 7, 8, 9], [1] * 6, ["control"] * 3 + ["experimental"] * 3)
    assert late.groups == ("control", "experimental")
    assert late.z < 0
    assert late.observed[1] < late.expected[1]


def test_three_groups_have_no_z_and_two_degrees_of_freedom():
    test = logrank([1, 2, 3, 4, 5, 6], [1] * 6, [1, 2, 3, 1, 2, 3])
    assert test.z is None
    assert test.df == 2
    assert test.variance.sum(axis=0) == pytest.approx([0, 0, 0], abs=1e-15)


def test_a_group_that_left_before_the_first_event_costs_no_degree_of_freedom():
    test = logrank([1, 3, 4, 5, 6], [0, 1, 1, 1, 1], [3, 1, 2, 1, 2])
    assert test.df == 1
    assert test.expected[2] == 0


def test_missing_values_are_counted_and_left_out():
    found = summarise([1.0, np.nan, 3.0, np.nan])
    assert (found.n, found.missing, found.mean) == (2, 2, 2.0)


def test_of_one_value_the_spread_is_unknown():
    found = summarise([4.0])
    assert np.isnan(found.sd)
    assert (found.mean, found.q1, found.q3) == (4, 4, 4)


def test_of_missing_values_alone_nothing_is_known():
    found = summarise([np.nan, np.nan])
    assert (found.n, found.missing) == (0, 2)
    assert np.isnan([found.mean, found.sd, found.median, found.minimum, found.maximum]).all()


def test_the_ends_of_the_quantiles_are_the_ends_of_the_values():
    ordered = np.array([1.0, 4.0, 9.0])
    assert [quantile_type_2(ordered, share=share) for share in (0, 1)] == [1, 9]
