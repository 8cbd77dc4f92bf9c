"""The parts of tests and curves, each by a line of arithmetic or by R."""

from math import exp, log, sqrt

import numpy as np
import pytest
from scipy.special import ndtr

from equipoise.stats import cox
from equipoise.stats.time_to_event.comparison_weights import Moment, pooled_survival
from equipoise.stats.time_to_event.cox_residuals import score_residuals_at
from equipoise.stats.time_to_event.cumulative import CumulativeInterval, cumulative_bounds
from equipoise.stats.time_to_event.event_table import compared_columns, event_table
from equipoise.stats.time_to_event.logrank import (
    chi_square_of,
    expected_events,
    hypergeometric_variance,
    signed_root,
)
from equipoise.stats.time_to_event.rmst import contrast, ratio_contrast

Z = 1.959963984540054


@pytest.fixture
def five():
    """Return events at 1 (a), 2 (b) and twice at 3 (a, b); b is censored at 4."""
    return event_table(
        compared_columns([1, 2, 3, 3, 4], [1, 1, 1, 1, 0], ["a", "b", "a", "b", "b"])
    )


@pytest.mark.source("by hand: 3/5 + 3/4 + 2 * 2/3 of b; 6/25 + 3/16 + 2 * (1/2) * 2/9")
def test_expected_events_and_their_variance(five):
    assert five.events.tolist() == [1, 1, 2]
    assert five.at_risk.tolist() == [5, 4, 3]
    expected = expected_events(five, five.events)
    of_b = 3 / 5 + 3 / 4 + 2 * 2 / 3
    assert expected == pytest.approx([4 - of_b, of_b], rel=1e-14)
    variance = hypergeometric_variance(five, five.events)
    spread = 6 / 25 + 3 / 16 + 2 * (1 / 2) * (2 / 9)
    assert variance == pytest.approx(spread * np.array([[1, -1], [-1, 1]]), rel=1e-13)
    gap = np.array([of_b - 2, 2 - of_b])  # both arms had two events
    assert chi_square_of(gap, variance) == pytest.approx((gap[1] ** 2 / spread, 1), rel=1e-13)
    assert signed_root(gap, variance) == pytest.approx(gap[1] / sqrt(spread), rel=1e-13)
    assert signed_root(np.zeros(3), np.eye(3)) is None


@pytest.mark.source("by hand: S is 4/5, 4/5 * 3/4, 3/5 * 1/3 after, and 1, 4/5, 3/5 before")
def test_the_pooled_curve_at_its_events(five):
    assert pooled_survival(five, Moment.AFTER) == pytest.approx([0.8, 0.6, 0.2])
    assert pooled_survival(five, Moment.BEFORE) == pytest.approx([1.0, 0.8, 0.6])


@pytest.mark.source("program: R 4.2.2, survival 3.5-3: coxph(init, iter.max = 0), residuals(score)")
def test_score_residuals_at_other_coefficients(data_set, stored):
    truth = stored("remaining_goldens_analysis.json")["cases"]["score_residuals_elsewhere"]
    rows = data_set("ovarian")
    model = cox(rows["futime"], rows["fustat"], rows.select("age", "rx").to_numpy())
    found = score_residuals_at(model, np.array([0.1, -0.5]))
    expected = np.column_stack((truth["outputs"]["age"], truth["outputs"]["rx"]))
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-10)


@pytest.mark.source("by hand: 0.4 -+ 1.96 * 0.3 cut at 0, and 0.4 e^(-+ 1.96 * 0.3 / 0.4)")
def test_ends_of_a_rising_curve():
    height, error = np.array([0.0, 0.4]), np.array([0.0, 0.3])
    low, high = cumulative_bounds(height, error, z=Z, interval=CumulativeInterval.PLAIN)
    assert (low[1], high[1]) == pytest.approx((0.0, 0.4 + 0.3 * Z))
    low, high = cumulative_bounds(height, error, z=Z, interval=CumulativeInterval.LOG)
    assert (low[1], high[1]) == pytest.approx((0.4 * exp(-0.75 * Z), 0.4 * exp(0.75 * Z)))
    assert (low[0], high[0]) == (0.0, 0.0)


@pytest.mark.source("by hand: 3 with an error of 1.5 is z = 2; a ratio of 2 with 0.25 on its log")
def test_a_difference_and_a_ratio_with_their_tests():
    found = contrast(3.0, 1.5, z=Z)
    assert (found.z, found.p_value) == pytest.approx((2.0, 2 * float(ndtr(-2.0))))
    assert (found.lower, found.upper) == pytest.approx((3 - 1.5 * Z, 3 + 1.5 * Z))
    assert np.isnan(contrast(3.0, 0.0, z=Z).z)
    found = ratio_contrast(log(2.0), 0.25, z=Z)
    assert (found.estimate, found.z) == pytest.approx((2.0, log(2.0) / 0.25))
    assert (found.lower, found.upper) == pytest.approx((2 * exp(-Z / 4), 2 * exp(Z / 4)))
