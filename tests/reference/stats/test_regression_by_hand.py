from math import erfc, exp, log, sqrt

import numpy as np
import pytest

from equipoise.stats import Ties, cox, logistic, logrank

# Three subjects: events at 1 and 1 with x = 1 and 0, and a censoring at 2 with x = 0. With
# r = exp(beta) the risk set of time 1 weighs r + 2.
TIMES, EVENTS, X = [1, 1, 2], [1, 1, 0], [1, 0, 0]


@pytest.mark.source("by hand: log L = beta - log(r + 2) - log(r + 2 - (r + 1) / 2), so r^2 = 6")
def test_efron_of_two_tied_events():
    model = cox(TIMES, EVENTS, X, ties=Ties.EFRON)
    r = sqrt(6)
    first, second = r / (r + 2), r / (r + 3)
    information = first * (1 - first) + second * (1 - second)
    assert model.coef[0] == pytest.approx(log(r), rel=1e-12)
    assert model.variance[0, 0] == pytest.approx(1 / information, rel=1e-12)
    assert model.loglik == pytest.approx(log(r) - log(r + 2) - log((r + 3) / 2), rel=1e-12)
    assert model.loglik_null == pytest.approx(-log(3) - log(2), rel=1e-12)
    assert model.score.chi_square == pytest.approx(
        (1 - 1 / 3 - 1 / 4) ** 2 / (1 / 3 * 2 / 3 + 1 / 4 * 3 / 4), rel=1e-12
    )
    assert model.wald.chi_square == pytest.approx(log(r) ** 2 * information, rel=1e-12)


@pytest.mark.source("by hand: log L = beta - 2 log(r + 2), so r = 2")
def test_breslow_of_two_tied_events():
    model = cox(TIMES, EVENTS, X, ties=Ties.BRESLOW)
    assert model.coef[0] == pytest.approx(log(2), rel=1e-12)
    assert model.variance[0, 0] == pytest.approx(2, rel=1e-12)
    assert model.loglik == pytest.approx(log(2) - 2 * log(4), rel=1e-12)
    assert model.loglik_null == pytest.approx(-2 * log(3), rel=1e-12)
    assert model.score.chi_square == pytest.approx((1 / 3) ** 2 / (4 / 9), rel=1e-12)
    z = 1.959963984540054
    assert (model.lower[0], model.upper[0]) == pytest.approx(
        (2 * exp(-z * sqrt(2)), 2 * exp(z * sqrt(2))), rel=1e-12
    )


@pytest.mark.source("by hand: two copies of the same three subjects, each its own stratum")
def test_strata_add_their_log_likelihoods():
    once = cox(TIMES, EVENTS, X)
    twice = cox(TIMES * 2, EVENTS * 2, X * 2, strata=["a"] * 3 + ["b"] * 3)
    assert twice.coef == pytest.approx(once.coef, rel=1e-12)
    assert twice.loglik == pytest.approx(2 * once.loglik, rel=1e-12)
    assert twice.variance == pytest.approx(once.variance / 2, rel=1e-12)
    assert (twice.n, twice.events, twice.strata) == (6, 4, 2)


# Group a: events at 1 and 4, censored at 3. Group b: events at 2 and 2, censored at 5.
#   time  at risk a, b   events   expected in a   variance
#      1       3, 3         1           1/2          1/4
#      2       2, 3         2           4/5       2 (3/4) (2/5) (3/5) = 9/25
#      4       1, 1         1           1/2          1/4
@pytest.mark.source("by hand: six subjects, table above")
def test_log_rank_of_six_subjects():
    test = logrank([1, 3, 4, 2, 2, 5], [1, 0, 1, 1, 1, 0], ["a", "a", "a", "b", "b", "b"])
    variance = 1 / 4 + 9 / 25 + 1 / 4
    assert test.groups == ("a", "b")
    assert test.n.tolist() == [3, 3]
    assert test.observed.tolist() == [2, 2]
    assert test.expected == pytest.approx([1.8, 2.2])
    assert test.variance == pytest.approx(np.array([[1, -1], [-1, 1]]) * variance)
    assert test.chi_square == pytest.approx(0.2**2 / variance)
    assert test.z == pytest.approx(-0.2 / sqrt(variance))
    assert test.df == 1


@pytest.mark.source("by hand: a chi-square of 1 df is the square of a normal deviate")
def test_log_rank_p_value_is_two_sided():
    test = logrank([1, 3, 4, 2, 2, 5], [1, 0, 1, 1, 1, 0], [0, 0, 0, 1, 1, 1])
    assert test.p_value == pytest.approx(erfc(abs(test.z) / sqrt(2)), rel=1e-12)


@pytest.mark.source("by hand: a 2 x 2 table, 12 of 20 against 5 of 25")
def test_logistic_of_one_binary_covariate_is_the_odds_ratio_of_the_table():
    outcome = [1] * 12 + [0] * 8 + [1] * 5 + [0] * 20
    model = logistic(outcome, [1] * 20 + [0] * 25)
    variance = 1 / 12 + 1 / 8 + 1 / 5 + 1 / 20
    assert model.coef == pytest.approx([log(5 / 20), log(12 / 8) - log(5 / 20)], rel=1e-11)
    assert model.odds_ratio[1] == pytest.approx(12 * 20 / (8 * 5), rel=1e-11)
    assert np.diag(model.variance) == pytest.approx([1 / 5 + 1 / 20, variance], rel=1e-11)
    assert model.lower[1] == pytest.approx(6 * exp(-1.959963984540054 * sqrt(variance)), rel=1e-11)
    fitted = 12 * log(0.6) + 8 * log(0.4) + 5 * log(0.2) + 20 * log(0.8)
    null = 17 * log(17 / 45) + 28 * log(28 / 45)
    assert [model.loglik_null, model.loglik] == pytest.approx([null, fitted], rel=1e-12)
    assert model.likelihood_ratio.chi_square == pytest.approx(2 * (fitted - null), rel=1e-11)
    assert (model.n, model.events, model.likelihood_ratio.df) == (45, 17, 1)


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3: coxph, eps = 1e-14; a plain Newton step diverges"
)
def test_a_newton_step_too_far_is_halved():
    time = [1, 7, 6, 8, 4, 2, 3, 5, 0]
    event = [1, 1, 1, 1, 1, 0, 1, 1, 1]
    model = cox(time, event, [3, 2, -11, 0, 14, 0, 2, 1, -102])
    assert model.coef[0] == pytest.approx(-0.03478947238904941, rel=1e-9)
    assert model.loglik == pytest.approx(-9.379490783338277, rel=1e-13)
