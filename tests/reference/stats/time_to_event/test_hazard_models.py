"""Exponential, Weibull and piecewise exponential models, as R fits them and by hand."""

from math import exp, log, sqrt

import numpy as np
import pytest
from scipy.stats import chi2

from equipoise.stats.time_to_event.hazard_piecewise import (
    piecewise_exponential,
    piecewise_survival,
)
from equipoise.stats.time_to_event.hazard_rate import exponential_rate
from equipoise.stats.time_to_event.hazard_weibull import weibull, weibull_survival

Z = 1.959963984540054


@pytest.fixture(scope="module")
def numbers(stored):
    return stored("cox_and_hazard_models.json")


@pytest.fixture(scope="module")
def lung(data_set):
    table = data_set("lung")
    return table["time"], table["status"] == 2, table.select("age", "sex").to_numpy()


@pytest.fixture(scope="module")
def trials(data_set, lung):
    """Return times, events and covariates of the Weibull models that R was asked for."""
    veteran, ovarian = data_set("veteran"), data_set("ovarian")
    three = veteran.select("trt", "karno", "age").to_numpy()
    return {
        "weibull": lung,
        "weibull_veteran": (veteran["time"], veteran["status"], three),
        "weibull_alone": (ovarian["futime"], ovarian["fustat"], None),
    }


@pytest.mark.source("program: R 4.2.2, survival 3.5-3: survreg(dist = 'weibull')")
@pytest.mark.parametrize("name", ["weibull", "weibull_veteran", "weibull_alone"])
def test_weibull_models(trials, numbers, name):
    model, found = weibull(*trials[name]), numbers["survreg"][name]
    assert model.accelerated.coef == pytest.approx(np.atleast_1d(found["coef"]), rel=1e-8)
    assert model.scale == pytest.approx(found["scale"], rel=1e-8)
    assert model.variance == pytest.approx(np.array(found["variance"]), rel=1e-8)
    assert [model.loglik_null, model.loglik] == pytest.approx(found["loglik"], rel=1e-12)


@pytest.mark.source("program: R 4.2.2, survival 3.5-3: survreg at its default convergence")
def test_published_weibull_model_of_lung(lung, numbers):
    model, found = weibull(*lung), numbers["as_published"]["weibull_aft"]["value"]
    assert model.accelerated.coef == pytest.approx(found["coef"], rel=1e-6)
    assert model.scale == pytest.approx(found["scale"], rel=1e-6)
    assert model.variance == pytest.approx(np.array(found["var"]), rel=1e-6)
    gain = 2 * (found["loglik"][1] - found["loglik"][0])
    assert model.likelihood_ratio.chi_square == pytest.approx(gain, rel=1e-6)
    assert model.likelihood_ratio.df == 2


@pytest.mark.source("by hand: beta = -gamma / sigma, and its variance by the delta method from R's")
def test_both_readings_of_a_weibull_model(lung, numbers):
    model, found = weibull(*lung), numbers["survreg"]["weibull"]
    coef, sigma = np.array(found["coef"]), found["scale"]
    assert model.proportional.coef == pytest.approx(-coef[1:] / sigma, rel=1e-8)
    assert model.proportional.ratio == pytest.approx(np.exp(-coef[1:] / sigma), rel=1e-8)
    for place in (1, 2):
        # Derivatives of -gamma / sigma by gamma and by log sigma.
        slope = np.array([-1 / sigma, coef[place] / sigma])
        part = np.array(found["variance"])[np.ix_([place, 3], [place, 3])]
        spread = sqrt(slope @ part @ slope)
        assert model.proportional.std_err[place - 1] == pytest.approx(spread, rel=1e-8)
    error = sqrt(found["variance"][3][3])
    ends = [1 / sigma * exp(-Z * error), 1 / sigma * exp(Z * error)]
    assert [model.shape_lower, model.shape_upper] == pytest.approx(ends, rel=1e-8)


@pytest.mark.source("by hand: S(t | x) = exp(-(t exp(-mu - gamma x))^(1 / sigma)), R's parameters")
def test_survival_by_a_weibull_model(lung, numbers):
    found = numbers["survreg"]["weibull"]
    sigma, row = found["scale"], np.array([1, 60, 2])
    predictor = np.array(found["coef"]) @ row
    curve = weibull_survival(weibull(*lung), [60, 2], times=[0, 180, 365])
    hazard = [(time / exp(predictor)) ** (1 / sigma) for time in (0, 180, 365)]
    assert curve.cumulative_hazard == pytest.approx(hazard, rel=1e-8)
    assert curve.estimate == pytest.approx(np.exp(-np.array(hazard)), rel=1e-8)
    # log H = (log t - mu - gamma x) / sigma: derivatives by mu, gamma and log sigma.
    slope = np.append(-row, -(log(365) - predictor)) / sigma
    spread = sqrt(slope @ np.array(found["variance"]) @ slope)
    ends = [exp(-hazard[2] * exp(side * Z * spread)) for side in (1, -1)]
    assert [curve.lower[2], curve.upper[2]] == pytest.approx(ends, rel=1e-8)
    assert [curve.lower[0], curve.estimate[0], curve.upper[0]] == [1, 1, 1]


@pytest.mark.source("program: R 4.2.2, survival 3.5-3: survreg(dist = 'exponential')")
def test_exponential_regression(lung, numbers):
    model, found = piecewise_exponential(*lung), numbers["survreg"]["exponential"]
    assert -model.parameters == pytest.approx(found["coef"], rel=1e-8)
    assert model.variance == pytest.approx(np.array(found["variance"]), rel=1e-8)
    assert [model.loglik_null, model.loglik] == pytest.approx(found["loglik"], rel=1e-12)


@pytest.mark.source("program: R 4.2.2: glm(poisson, offset = log time) of survSplit rows")
def test_piecewise_exponential_regression(lung, data_set, numbers):
    found = numbers["piecewise"]
    model = piecewise_exponential(*lung, cuts=found["cuts"])
    assert model.parameters == pytest.approx(found["coef"], rel=1e-8)
    assert model.variance == pytest.approx(np.array(found["variance"]), rel=1e-8)
    assert [model.loglik_null, model.loglik] == pytest.approx(found["loglik"], rel=1e-12)
    heart, found = data_set("heart"), numbers["piecewise_heart"]
    model = piecewise_exponential(
        heart["stop"],
        heart["event"],
        heart.select("age", "transplant").to_numpy(),
        cuts=found["cuts"],
        entry=heart["start"],
    )
    assert model.parameters == pytest.approx(found["coef"], rel=1e-8)
    assert model.variance == pytest.approx(np.array(found["variance"]), rel=1e-8)


@pytest.mark.source("program: R 4.2.2: poisson.test(events, person-time)")
def test_exact_interval_of_a_rate(lung, numbers):
    found = numbers["as_published"]["exp_rate"]["value"]
    model = exponential_rate(*lung[:2])
    assert model.rate == pytest.approx(found["rate"], rel=1e-12)
    assert [model.lower, model.upper] == pytest.approx(found["ci"], rel=1e-10)


@pytest.mark.source("by hand: no events, upper limit -log(0.025) / T; two, chi-square quantiles")
def test_rates_of_few_events():
    none = exponential_rate([2, 3], [0, 0])
    assert [none.rate, none.lower] == [0, 0]
    assert none.upper == pytest.approx(-log(0.025) / 5, rel=1e-12)
    two = exponential_rate([1, 4, 5], [1, 1, 0], confidence=0.9)
    ends = chi2.ppf(0.05, 4) / 20, chi2.ppf(0.95, 6) / 20
    assert [two.lower, two.upper] == pytest.approx(ends, rel=1e-12)
    assert [two.events, two.person_time, two.rate] == [2, 10, 0.2]


# Times 1, 2 (events), 4 (event), 5 (censored), cut at 2: person-time 1 + 2 + 2 + 2 = 7 and 2 + 3.
@pytest.mark.source("by hand: rates 2 / 7 and 1 / 5; log-likelihood 2 log(2/7) + log(1/5) - 3")
def test_two_pieces_of_four_subjects():
    model = piecewise_exponential([1, 2, 4, 5], [1, 1, 1, 0], cuts=(2,))
    assert model.events.tolist() == [2, 1]
    assert model.person_time.tolist() == [7, 5]
    assert model.rate == pytest.approx([2 / 7, 1 / 5], rel=1e-12)
    assert model.variance == pytest.approx(np.diag([1 / 2, 1]), abs=1e-12)
    assert model.rate_upper == pytest.approx([2 / 7 * exp(Z * sqrt(0.5)), 0.2 * exp(Z)])
    assert model.loglik == pytest.approx(2 * log(2 / 7) + log(1 / 5) - 3, rel=1e-12)
    assert model.likelihood_ratio is None
    curve = piecewise_survival(model, times=[0, 1, 3])
    assert curve.cumulative_hazard == pytest.approx([0, 2 / 7, 4 / 7 + 1 / 5], rel=1e-12)
    # At 3: shares 20/27 and 7/27 of the hazard, with variances 1/2 and 1 of the log rates.
    spread = sqrt((20 / 27) ** 2 / 2 + (7 / 27) ** 2)
    assert curve.lower[2] == pytest.approx(exp(-27 / 35 * exp(Z * spread)), rel=1e-12)
    assert [curve.lower[0], curve.upper[0]] == [1, 1]


# An arm with 3 events in 10, another with 6 in 8: log hazard ratio log((6/8) / (3/10)).
@pytest.mark.source("by hand: a hazard ratio of two rates has variance 1/3 + 1/6")
def test_the_hazard_ratio_of_two_arms_is_the_ratio_of_their_rates():
    time = [1, 4, 2, 3, 2, 1, 1, 1, 1, 1, 1]
    event = [1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0]
    model = piecewise_exponential(time, event, [0] * 4 + [1] * 7)
    assert model.proportional.coef == pytest.approx([log(2.5)], rel=1e-12)
    assert model.proportional.std_err == pytest.approx([sqrt(1 / 3 + 1 / 6)], rel=1e-12)
    curve = piecewise_survival(model, [1], times=[2])
    assert curve.estimate == pytest.approx([exp(-1.5)], rel=1e-12)
    ends = [exp(-1.5 * exp(side * Z / sqrt(6))) for side in (1, -1)]
    assert [curve.lower[0], curve.upper[0]] == pytest.approx(ends, rel=1e-12)


@pytest.mark.source("simulation: 500 trials of 120 subjects, shape 1.4, hazard ratio 0.7, seed 4")
def test_weibull_intervals_hold_the_truth_as_often_as_they_say():
    draw = np.random.default_rng(4)
    arm = np.arange(120) % 2
    trials, inside = 500, np.zeros(2)
    for _ in range(trials):
        time = (draw.exponential(size=arm.size) / 0.7**arm) ** (1 / 1.4)
        censored = draw.uniform(0.5, 2.5, size=arm.size)
        model = weibull(np.minimum(time, censored), time <= censored, arm)
        hazard_ratio = model.proportional
        inside += (
            hazard_ratio.lower[0] < 0.7 < hazard_ratio.upper[0],
            model.shape_lower < 1.4 < model.shape_upper,
        )
    error = 3 * sqrt(0.95 * 0.05 / trials)
    assert inside / trials == pytest.approx([0.95, 0.95], abs=error)
