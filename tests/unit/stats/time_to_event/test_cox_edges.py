import numpy as np
import pytest

from equipoise.base.errors import BadInput, NotConverged
from equipoise.stats import Ties, cox
from equipoise.stats.time_to_event.cox import cox_regression
from equipoise.stats.time_to_event.cox_baseline import Centre, baseline_hazard, predicted_survival
from equipoise.stats.time_to_event.cox_concordance import concordance
from equipoise.stats.time_to_event.cox_residuals import (
    dfbeta,
    martingale_residuals,
    schoenfeld_residuals,
    score_residuals,
)
from equipoise.stats.time_to_event.cox_robust import cox_robust
from equipoise.stats.time_to_event.cox_rows import cox_rows
from equipoise.stats.time_to_event.proportional_hazards_test import (
    TimeScale,
    proportional_hazards_test,
)

TIME, EVENT, X = [5, 3, 8, 1, 9, 4], [1, 1, 0, 1, 1, 1], [2, 1, 3, 5, 1, 4]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"entry": [0, 0, 0, 1, 0, 0]}, "entry"),
        ({"entry": [0, 0]}, "entry"),
        ({"entry": [0, 0, 0, float("nan"), 0, 0]}, "entry"),
        ({"weights": [1, 1, 1, -1, 1, 1]}, "weights"),
        ({"weights": [0] * 6}, "weights"),
        ({"weights": [1] * 5}, "weights"),
        ({"weights": [0, 0, 1, 0, 0, 0]}, "event"),
        ({"strata": ["a"] * 5}, "strata"),
        ({"strata": ["a"] * 5 + [None]}, "strata"),
    ],
)
def test_rows_that_cannot_be_meant_are_refused(change, where):
    with pytest.raises(BadInput) as error:
        cox_rows(TIME, EVENT, X, **change)
    assert error.value.faults[0].where == where


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"time": [5, 3, 8, -1, 9, 4]}, "time"),
        ({"event": [1, 1, 0, 2, 1, 1]}, "event"),
        ({"event": [0] * 6}, "event"),
        ({"event": [1] * 5}, "event"),
        ({"covariates": [2, 1, 3, float("nan"), 1, 4]}, "covariates"),
        ({"covariates": [[1]] * 5}, "covariates"),
        ({"covariates": [3] * 6}, "covariates"),
        ({"covariates": np.column_stack((X, X))}, "covariates"),
    ],
)
def test_columns_that_cannot_be_meant_are_refused(change, where):
    with pytest.raises(BadInput) as error:
        cox(**{"time": TIME, "event": EVENT, "covariates": X, **change})
    assert error.value.faults[0].where == where


def test_a_level_outside_0_and_1_is_refused():
    with pytest.raises(BadInput, match="confidence"):
        cox_regression(cox_rows(TIME, EVENT, X), confidence=95)


def test_exact_ties_have_no_case_weights():
    with pytest.raises(BadInput, match="weights"):
        cox_regression(cox_rows(TIME, EVENT, X, weights=[1] * 6), ties=Ties.EXACT)


@pytest.mark.parametrize("ties", list(Ties))
def test_rows_that_enter_late_may_leave_a_likelihood_without_maximum(ties):
    # The one with x 1 is alone at risk with one of x 0 at its event, and at no other.
    rows = cox_rows([1, 2, 5], [1, 1, 0], [0, 1, 0], entry=[0, 1, 0])
    with pytest.raises(NotConverged, match="runs to infinity"):
        cox_regression(rows, ties=ties)


@pytest.mark.parametrize(
    "ask", [score_residuals, dfbeta, schoenfeld_residuals, cox_robust, proportional_hazards_test]
)
def test_what_exact_ties_do_not_define_is_refused(ask):
    with pytest.raises(BadInput, match="exact ties"):
        ask(cox(TIME, EVENT, X, ties=Ties.EXACT))


def test_martingale_residuals_of_exact_ties_are_those_of_breslow_at_its_coefficient():
    time, event, x = [1, 1, 2, 2, 3], [1, 1, 1, 0, 1], [1, 0, 0, 1, 1]
    residual = martingale_residuals(cox(time, event, x, ties=Ties.EXACT))
    assert residual.sum() == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("cluster", [["a"] * 5, ["a"] * 6])
def test_a_robust_variance_needs_a_cluster_for_each_row_and_more_than_one(cluster):
    with pytest.raises(BadInput, match="cluster"):
        cox_robust(cox(TIME, EVENT, X), cluster=cluster)


def test_each_row_its_own_cluster_is_no_cluster():
    model = cox(TIME, EVENT, X)
    one, other = cox_robust(model), cox_robust(model, cluster=list("fbdeca"))
    assert other.variance == pytest.approx(one.variance, rel=1e-12)
    assert (one.clusters, other.clusters) == (6, 6)


def test_results_cannot_be_changed():
    model = cox(TIME, EVENT, X)
    for column in (model.coef, cox_robust(model).variance, schoenfeld_residuals(model).scaled):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 0


def test_a_model_does_not_print_its_rows():
    assert "rows" not in repr(cox(TIME, EVENT, X))


def test_the_level_of_a_model_is_that_of_all_its_intervals():
    narrow, wide = (cox(TIME, EVENT, X, confidence=level) for level in (0.5, 0.99))
    assert cox_robust(narrow).upper < cox_robust(wide).upper
    curves = [predicted_survival(model, [2], times=[4]) for model in (narrow, wide)]
    assert curves[0].lower > curves[1].lower


def test_survival_is_predicted_within_a_stratum_with_events():
    x, event = [2, 1, 3, 1.5, 1, 4], [1, 1, 1, 1, 0, 0]
    model = cox(TIME, event, x, strata=["b", "b", "b", "b", "a", "a"])
    (curve,) = baseline_hazard(model, centre=Centre.ZERO)
    assert curve.stratum == "b"
    assert predicted_survival(model, [2], times=[5], stratum="b").estimate < 1
    for stratum in ("a", None):
        with pytest.raises(BadInput, match="stratum"):
            predicted_survival(model, [2], times=[5], stratum=stratum)


def test_survival_is_predicted_for_as_many_covariates_as_coefficients():
    with pytest.raises(BadInput, match="covariates"):
        predicted_survival(cox(TIME, EVENT, X), [2, 1], times=[5])


def test_survival_counts_who_is_at_risk_since_entry():
    rows = cox_rows(TIME, EVENT, X, entry=[0, 0, 3, 0, 4, 0])
    found = predicted_survival(cox_regression(rows), [2], times=[0, 3, 4, 4.5, 10])
    assert found.at_risk.tolist() == [0, 3, 3, 3, 0]
    assert found.estimate[0] == found.upper[0] == 1


@pytest.mark.parametrize("columns", [[[1]], [[-1]], [[]]])
def test_a_term_is_one_or_more_columns_of_the_model(columns):
    with pytest.raises(BadInput, match="terms"):
        proportional_hazards_test(cox(TIME, EVENT, X), terms=columns)


def test_events_all_at_one_time_do_not_tell_whether_hazards_are_proportional():
    model = cox([2, 2, 2, 3], [1, 1, 0, 0], [1, 0, 0, 1])
    with pytest.raises(BadInput, match="changes with time"):
        proportional_hazards_test(model)


def test_time_0_has_no_logarithm():
    model = cox([0, *TIME[1:]], EVENT, X)
    with pytest.raises(BadInput, match="scale"):
        proportional_hazards_test(model, scale=TimeScale.LOG)
    censored_at_once = cox([0, *TIME], [0, *EVENT], [3, *X])
    assert proportional_hazards_test(censored_at_once, scale=TimeScale.LOG).overall.df == 1


def test_concordance_needs_a_pair():
    model = cox([2, 2, 3], [1, 1, 0], [1, 0, 0.5])
    assert concordance(model).estimate == 0.5
    rows = cox_rows([1, 1, 2, 2], [1, 1, 1, 1], [1, 0, 2, 5], entry=[0, 0, 1, 1])
    with pytest.raises(BadInput, match="no pair"):
        concordance(cox_regression(rows, ties=Ties.BRESLOW))


def test_many_ties_do_not_overflow_the_exact_likelihood():
    n = 3000
    x = np.arange(n) % 2
    event = np.arange(n) % 10 == 0
    event[1:600:4] = True
    model = cox(np.ones(n), event, x, ties=Ties.EXACT)
    # One table of 2 x 2: the odds ratio, less the little that conditioning on margins takes.
    odds = np.log(150 / (n / 2 - 150) / (300 / (n / 2 - 300)))
    assert model.coef[0] == pytest.approx(odds, abs=0.002)


def test_a_covariate_that_is_constant_within_every_stratum_is_refused_in_any_order_of_rows():
    draws = np.random.default_rng(1)
    for _ in range(200):
        time = draws.integers(1, 600, 7).astype(float)
        event, stratum = draws.random(7) < 0.7, draws.integers(0, 3, 7)
        column = (stratum == 1).astype(float)[:, np.newaxis]
        with pytest.raises(BadInput):
            cox(time, event, column, strata=stratum.astype(str))
