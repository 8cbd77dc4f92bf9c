import numpy as np
import pytest

from equipoise.base.errors import BadInput, NotConverged
from equipoise.stats.time_to_event.hazard_piecewise import (
    piecewise_exponential,
    piecewise_survival,
)
from equipoise.stats.time_to_event.hazard_rate import exponential_rate
from equipoise.stats.time_to_event.hazard_weibull import weibull, weibull_survival

TIME, EVENT, X = [5, 3, 8, 1, 9, 4], [1, 1, 0, 1, 1, 1], [2, 1, 3, 5, 1, 4]


@pytest.mark.parametrize("fit", [weibull, piecewise_exponential])
@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"time": [5, 3, 8, -1, 9, 4]}, "time"),
        ({"event": [1, 1, 0, 2, 1, 1]}, "event"),
        ({"event": [0] * 6}, "event"),
        ({"event": [1] * 5}, "event"),
        ({"covariates": [2, 1, 3, float("nan"), 1, 4]}, "covariates"),
        ({"covariates": [3] * 6}, "covariates"),
        ({"covariates": np.column_stack((X, X))}, "covariates"),
        ({"confidence": 0}, "confidence"),
    ],
)
def test_columns_that_cannot_be_meant_are_refused(fit, *, change, where):
    with pytest.raises(BadInput) as error:
        fit(**{"time": TIME, "event": EVENT, "covariates": X, **change})
    assert error.value.faults[0].where == where


@pytest.mark.parametrize("time", [[0, 3, 8, 1, 9, 4], [2] * 6])
def test_a_weibull_model_needs_different_times_above_0(time):
    with pytest.raises(BadInput, match="Weibull"):
        weibull(time, EVENT)


@pytest.mark.parametrize("fit", [weibull, piecewise_exponential])
def test_an_arm_without_events_has_no_finite_hazard_ratio(fit):
    with pytest.raises(NotConverged, match="runs to infinity"):
        fit([1, 2, 3, 4], [1, 1, 0, 0], [0, 0, 1, 1])


@pytest.mark.parametrize(
    "cuts", [(0,), (-1, 2), (3, 3), (4, 2), (float("nan"),), (1, float("inf"))]
)
def test_cuts_rise_and_lie_above_0(cuts):
    with pytest.raises(BadInput, match="cuts"):
        piecewise_exponential(TIME, EVENT, cuts=cuts)


def test_a_piece_without_events_has_no_rate():
    with pytest.raises(BadInput, match="piece 2"):
        piecewise_exponential(TIME, EVENT, cuts=(3, 5, 8))


def test_an_event_at_a_cut_is_of_the_earlier_piece():
    model = piecewise_exponential(TIME, EVENT, cuts=(4,))
    assert model.events.tolist() == [3, 2]
    assert model.person_time.tolist() == [4 * 5 - 1 + 1, 1 + 4 + 5]


def test_time_before_entry_is_not_at_risk():
    model = piecewise_exponential(TIME, EVENT, cuts=(4,), entry=[2, 0, 5, 0, 0, 0])
    assert model.person_time.tolist() == [2 + 3 + 1 + 4 + 4, 1 + 3 + 5]
    with pytest.raises(BadInput, match="entry"):
        piecewise_exponential(TIME, EVENT, entry=[5, 0, 0, 0, 0, 0])


def test_a_model_of_no_covariates_takes_none():
    assert weibull(TIME, EVENT).likelihood_ratio is None
    for model, survival in (
        (weibull(TIME, EVENT), weibull_survival),
        (piecewise_exponential(TIME, EVENT), piecewise_survival),
    ):
        assert model.proportional.coef.size == 0
        assert 0 < survival(model, times=[3]).estimate[0] < 1
        with pytest.raises(BadInput, match="covariates"):
            survival(model, [1], times=[3])


@pytest.mark.parametrize(
    ("fit", "survival"),
    [(weibull, weibull_survival), (piecewise_exponential, piecewise_survival)],
)
def test_curves_fall_within_their_interval_from_1(fit, survival):
    narrow, wide = (
        survival(fit(TIME, EVENT, X, confidence=level), [2], times=[0, 1, 5, 50])
        for level in (0.8, 0.95)
    )
    assert narrow.estimate[0] == narrow.lower[0] == narrow.upper[0] == 1
    assert np.all(np.diff(narrow.estimate) < 0)
    assert np.all(wide.lower <= narrow.lower)
    assert np.all(narrow.upper <= wide.upper)
    with pytest.raises(BadInput, match="times"):
        survival(fit(TIME, EVENT, X), [2], times=[-1])


def test_a_rate_needs_time_at_risk():
    with pytest.raises(BadInput, match="time at risk"):
        exponential_rate([0, 0], [0, 1])
    with pytest.raises(BadInput, match="confidence"):
        exponential_rate([1, 2], [0, 1], confidence=1)


def test_results_cannot_be_changed():
    for column in (weibull(TIME, EVENT).variance, piecewise_exponential(TIME, EVENT).rate):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 0
