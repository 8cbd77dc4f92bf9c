from math import exp, log, sqrt

import numpy as np
import pytest

from equipoise.stats import ProbabilityScale, kaplan_meier, median, quantile, survival_at
from equipoise.stats.time_to_event.survival import at_risk_at

SEVEN_ROWS = "by hand: 7 subjects, times 1, 2, 2, 3, 4, 4, 5, censored the second 2 and the 5"
TIMES = [1, 2, 2, 3, 4, 4, 5]
EVENTS = [1, 1, 0, 1, 1, 1, 0]
Z = 1.959963984540054


@pytest.mark.source(SEVEN_ROWS)
def test_each_step_multiplies_by_the_share_of_those_at_risk_who_stay():
    curve = kaplan_meier(TIMES, EVENTS)
    assert curve.times.tolist() == [1, 2, 3, 4, 5]
    assert curve.at_risk.tolist() == [7, 6, 4, 3, 1]
    assert curve.events.tolist() == [1, 1, 1, 2, 0]
    assert curve.censored.tolist() == [0, 1, 0, 0, 1]
    assert curve.survival == pytest.approx(
        [6 / 7, 6 / 7 * 5 / 6, 5 / 7 * 3 / 4, 15 / 28 * 1 / 3, 5 / 28]
    )


@pytest.mark.source(SEVEN_ROWS)
def test_greenwood_adds_events_over_at_risk_times_staying():
    curve = kaplan_meier(TIMES, EVENTS)
    sums = np.cumsum([1 / (7 * 6), 1 / (6 * 5), 1 / (4 * 3), 2 / (3 * 1), 0])
    assert curve.std_err == pytest.approx(curve.survival * np.sqrt(sums))
    assert curve.std_err[3] == pytest.approx(5 / 28 * sqrt(1 / 42 + 1 / 30 + 1 / 12 + 2 / 3))


@pytest.mark.source(SEVEN_ROWS)
def test_intervals_at_time_3_on_three_scales():
    height = 15 / 28
    relative = sqrt(1 / 42 + 1 / 30 + 1 / 12)
    plain = (height - Z * height * relative, height + Z * height * relative)
    logarithmic = (height * exp(-Z * relative), 1.0)
    theta = Z * relative / log(height)
    log_log = (height ** exp(-theta), height ** exp(theta))
    for interval, (lower, upper) in {
        ProbabilityScale.PLAIN: plain,
        ProbabilityScale.LOG: logarithmic,
        ProbabilityScale.LOG_LOG: log_log,
    }.items():
        at = survival_at(kaplan_meier(TIMES, EVENTS, interval=interval), [3.5])
        assert (at.lower[0], at.upper[0]) == pytest.approx((lower, upper))
    assert height * exp(Z * relative) > 1


@pytest.mark.source(SEVEN_ROWS)
def test_the_median_is_where_the_curve_first_falls_below_a_half():
    found = median(kaplan_meier(TIMES, EVENTS))
    assert found.estimate == 4
    assert quantile(kaplan_meier(TIMES, EVENTS), 0.25).estimate == 2


@pytest.mark.source("by hand: 4 events at 1, 2, 3, 4; S is 0.5 from 2 to 3, 0.25 from 3 to 4")
def test_a_flat_step_at_the_height_asked_gives_its_middle():
    curve = kaplan_meier([4, 2, 3, 1], [1, 1, 1, 1])
    assert [quantile(curve, share).estimate for share in (0.25, 0.5, 0.75)] == [1.5, 2.5, 3.5]


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3: quantile(survfit(Surv(1:4, c(1, 1, 0, 0)) ~ 1))"
)
def test_a_curve_that_ends_at_the_height_asked_gives_the_middle_to_the_last_time():
    curve = kaplan_meier([1, 2, 3, 4], [1, 1, 0, 0])
    found = [quantile(curve, share) for share in (0.25, 0.5, 0.75)]
    assert [one.estimate for one in found[:2]] == [1.5, 3.0]
    assert [one.lower for one in found] == [1, 1, 1]
    assert np.isnan([found[2].estimate, *(one.upper for one in found)]).all()


@pytest.mark.source("by hand: 10 times 0.1 less is 0.49999999999999994 or 0.5, one step")
def test_a_height_a_rounding_error_off_is_the_same_height():
    times = np.arange(1, 11)
    curve = kaplan_meier(times, np.ones(10))
    assert curve.survival[4] == pytest.approx(0.5)
    assert median(curve).estimate == 5.5


@pytest.mark.source(SEVEN_ROWS)
def test_at_risk_counts_those_whose_time_is_not_before():
    curve = kaplan_meier(TIMES, EVENTS)
    assert at_risk_at(curve, [0, 1, 1.5, 2, 4, 4.5, 5, 5.5]).tolist() == [7, 7, 6, 6, 3, 1, 1, 0]


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3, conf.type 'log-log'; ovarian cancer, 26 subjects"
)
def test_the_ovarian_curve_is_that_of_r(stored):
    truth = stored("kaplan_meier_ovarian.json")
    time = np.repeat(truth["time"], np.add(truth["events"], truth["censored"]))
    curve = kaplan_meier(time, truth["events"])
    assert curve.at_risk.tolist() == truth["at_risk"]
    assert curve.survival == pytest.approx(truth["survival"], rel=1e-14)
    assert curve.std_err / curve.survival == pytest.approx(truth["std_err_log"], rel=1e-14)
    assert curve.lower == pytest.approx(truth["lower"], rel=1e-13)
    assert curve.upper == pytest.approx(truth["upper"], rel=1e-13)
