import numpy as np
import pytest

from equipoise.base.errors import BadInput, NotConverged
from equipoise.stats.competing_risks import cause_specific_cox, fine_gray, predicted_incidence
from equipoise.stats.competing_risks.fine_gray import CensoringEstimated, WeightedRows
from equipoise.stats.time_to_event.cox import Ties

ROUTES = [CensoringEstimated(), WeightedRows(), WeightedRows(ties=Ties.BRESLOW)]


@pytest.fixture
def rows():
    rng = np.random.default_rng(4)
    return rng.integers(1, 12, 60).astype(float), rng.integers(0, 3, 60), rng.normal(size=(60, 2))


def refused(where, call):
    with pytest.raises(BadInput) as error:
        call()
    assert error.value.faults[0].where == where


@pytest.mark.parametrize("route", ROUTES)
def test_a_prediction_begins_at_0_rises_and_stays(rows, route):
    model = fine_gray(*rows, of_interest=2, route=route)
    times = [0, 0.5, 3, 6, 11, 50]
    found = predicted_incidence(model, [[0, 0], [1, -1]], times=times)
    assert found.shape == (6, 2)
    assert found[:2].tolist() == [[0, 0], [0, 0]]
    assert (np.diff(found, axis=0) >= 0).all()
    assert found[-1].tolist() == found[-2].tolist()
    assert (found <= 1).all()
    assert model.cause == 2


def test_a_prediction_far_out_is_1_and_does_not_overflow(rows):
    model = fine_gray(*rows, of_interest=1)
    far = 1e9 * np.sign(model.coef)
    assert predicted_incidence(model, [far, -far], times=[0, 11]).tolist() == [[0, 0], [1, 0]]


def test_a_prediction_of_other_covariates_is_refused(rows):
    model = fine_gray(*rows, of_interest=1)
    refused("covariates", lambda: predicted_incidence(model, [1.0, 2.0], times=[1]))
    refused("covariates", lambda: predicted_incidence(model, 1.0, times=[1]))
    refused("times", lambda: predicted_incidence(model, [[1.0, 2.0]], times=[-1]))
    alone = fine_gray(rows[0], rows[1], rows[2][:, 0], of_interest=1)
    assert predicted_incidence(alone, [1.0, 2.0], times=[5]).shape == (1, 2)


@pytest.mark.parametrize("route", ROUTES)
def test_the_route_and_the_level_change_the_interval(rows, route):
    narrow, wide = (
        fine_gray(*rows, of_interest=1, route=route, confidence=level) for level in (0.8, 0.99)
    )
    assert (wide.lower < narrow.lower).all()
    assert (wide.upper > narrow.upper).all()
    assert wide.route == route
    others = [fine_gray(*rows, of_interest=1, route=other) for other in ROUTES if other != route]
    assert all((other.std_err != narrow.std_err).all() for other in others)


def test_fine_gray_refuses_what_it_cannot_mean(rows):
    time, cause, x = rows
    refused("of_interest", lambda: fine_gray(time, cause, x, of_interest=5))
    refused("covariates", lambda: fine_gray(time, cause, x[:5], of_interest=1))
    refused("covariates", lambda: fine_gray(time, cause, np.ones(60), of_interest=1))
    refused("covariates", lambda: fine_gray(time, cause, x * [1, np.nan], of_interest=1))
    refused("cause", lambda: fine_gray(time, cause[:5], x, of_interest=1))
    refused("confidence", lambda: fine_gray(time, cause, x, of_interest=1, confidence=0))
    exact = WeightedRows(ties=Ties.EXACT)
    refused("ties", lambda: fine_gray(time, cause, x, of_interest=1, route=exact))


@pytest.mark.parametrize("route", ROUTES)
def test_a_covariate_that_tells_the_cause_without_error_has_no_maximum(route):
    time, cause = np.arange(1.0, 13.0), np.array([1] * 6 + [0, 2] * 3)
    with pytest.raises(NotConverged):
        fine_gray(time, cause, cause == 1, of_interest=1, route=route)


def test_large_units_and_offsets_do_not_change_the_fit(rows):
    time, cause, x = rows
    plain = fine_gray(time, cause, x, of_interest=1)
    moved = fine_gray(time, cause, 1e4 * x + 1e6, of_interest=1)
    assert moved.coef == pytest.approx(plain.coef / 1e4, rel=1e-7)
    assert moved.std_err == pytest.approx(plain.std_err / 1e4, rel=1e-7)


def test_cause_specific_models_are_found_by_their_cause(rows):
    found = cause_specific_cox(*rows, ties=Ties.BRESLOW, confidence=0.9, strata=rows[1] > 5)
    assert found.causes == (1, 2)
    assert found.of(2) is found.models[1]
    assert found.of(1).events == np.sum(rows[1] == 1)
    assert (found.of(1).ties, found.of(1).confidence) == (Ties.BRESLOW, 0.9)
    refused("of_interest", lambda: found.of(3))


def test_strata_reach_the_cause_specific_models(rows):
    strata = np.arange(60) % 2
    found = cause_specific_cox(*rows, strata=strata).of(1)
    assert found.strata == 2
    assert (found.coef != cause_specific_cox(*rows).of(1).coef).all()


def test_a_covariate_that_is_constant_among_those_at_risk_is_refused_in_any_order_of_rows():
    draws = np.random.default_rng(1)
    for _ in range(50):
        late = np.sort(draws.integers(100, 600, 8)).astype(float)
        time = np.concatenate(([1.0, 2.0, 3.0], late))  # censored before the first event
        cause = np.concatenate(([0, 0, 0], np.ones(8, dtype=int)))
        column = np.concatenate((draws.random(3), np.full(8, 0.1)))[:, np.newaxis]
        order = draws.permutation(11)
        with pytest.raises(BadInput):
            fine_gray(time[order], cause[order], column[order], of_interest=1)
