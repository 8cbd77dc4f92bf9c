import numpy as np
import pytest

from equipoise.base.errors import BadInput
from equipoise.stats import (
    clopper_pearson,
    cox,
    kaplan_meier,
    logistic,
    logrank,
    quantile,
    summarise,
    survival_at,
    wilson,
)
from equipoise.stats.numerics.columns import entry_column, weight_column

TIME = [3.0, 1.0, 2.0, 5.0]
EVENT = [1, 1, 0, 1]
GROUP = ["a", "a", "b", "b"]


def refused(where, call):
    with pytest.raises(BadInput) as error:
        call()
    fault = error.value.faults[0]
    assert fault.where == where
    assert fault.fix
    return fault


@pytest.mark.parametrize(
    "analyse",
    [
        kaplan_meier,
        lambda time, event: logrank(time, event, GROUP),
        lambda time, event: cox(time, event, [1, 0, 1, 0]),
    ],
)
class TestEveryTimeToEventAnalysis:
    def test_refuses_columns_of_unequal_length(self, analyse):
        refused("event", lambda: analyse(TIME, EVENT[:3]))

    def test_refuses_a_negative_time_and_says_which_row(self, analyse):
        fault = refused("time", lambda: analyse([3.0, 1.0, -2.0, 5.0], EVENT))
        assert "row 2" in fault.got
        assert "-2.0" in fault.got

    @pytest.mark.parametrize("value", [np.nan, np.inf])
    def test_refuses_a_time_that_is_no_finite_number(self, analyse, value):
        refused("time", lambda: analyse([3.0, 1.0, value, 5.0], EVENT))

    @pytest.mark.parametrize("value", [2, -1, 0.5, np.nan])
    def test_refuses_an_event_that_is_not_0_or_1(self, analyse, value):
        refused("event", lambda: analyse(TIME, [1, 1, value, 1]))

    def test_refuses_no_rows(self, analyse):
        refused("time", lambda: analyse([], []))

    def test_refuses_words_for_times(self, analyse):
        refused("time", lambda: analyse(["early", "late", "late", "late"], EVENT))

    def test_refuses_a_table_for_times(self, analyse):
        refused("time", lambda: analyse([TIME, TIME], EVENT))


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.1, np.nan])
@pytest.mark.parametrize(
    "estimate",
    [
        lambda level: clopper_pearson(1, 4, confidence=level),
        lambda level: wilson(1, 4, confidence=level),
        lambda level: kaplan_meier(TIME, EVENT, confidence=level),
        lambda level: cox(TIME, EVENT, [0, 1, 1, 0], confidence=level),
        lambda level: logistic(EVENT, [0, 1, 1, 0], confidence=level),
    ],
)
def test_a_confidence_level_outside_0_and_1_is_refused(estimate, confidence):
    refused("confidence", lambda: estimate(confidence))


@pytest.mark.parametrize("interval", [clopper_pearson, wilson])
@pytest.mark.parametrize(("successes", "n"), [(5, 4), (-1, 4), (0, 0), (1.5, 4)])
def test_counts_that_are_no_part_of_a_whole_are_refused(interval, successes, n):
    refused("successes, n", lambda: interval(successes, n))


@pytest.mark.parametrize("group", [["a", "a", None, "b"], [0.0, 1.0, np.nan, 1.0]])
def test_a_missing_label_is_refused(group):
    refused("group", lambda: logrank(TIME, EVENT, np.array(group)))
    refused("strata", lambda: logrank(TIME, EVENT, GROUP, strata=np.array(group)))


def test_one_group_is_refused():
    refused("group", lambda: logrank(TIME, EVENT, ["a"] * 4))


def test_groups_that_are_never_compared_are_refused():
    refused("time, event, group", lambda: logrank(TIME, EVENT, GROUP, strata=GROUP))
    refused("time, event, group", lambda: logrank(TIME, [0, 0, 0, 0], GROUP))


def test_a_cox_model_without_events_is_refused():
    refused("event", lambda: cox(TIME, [0, 0, 0, 0], [0, 1, 1, 0]))


@pytest.mark.parametrize(
    "covariates",
    [
        [[1, 2], [1, 3], [1, 4], [1, 2]],
        [[1, 2], [2, 4], [0, 0], [3, 6]],
        [0.1, 0.1, 0.1, 0.1],
    ],
)
@pytest.mark.parametrize("fit", [lambda x: cox(TIME, EVENT, x), lambda x: logistic(EVENT, x)])
def test_constant_and_dependent_covariates_are_refused(fit, covariates):
    refused("covariates", lambda: fit(covariates))


@pytest.mark.parametrize("fit", [lambda x: cox(TIME, EVENT, x), lambda x: logistic(EVENT, x)])
def test_covariates_are_whole_rows_of_finite_numbers(fit):
    refused("covariates", lambda: fit([0, 1, np.nan, 0]))
    refused("covariates", lambda: fit([0, 1, 1]))
    refused("covariates", lambda: fit(np.empty((4, 0))))
    refused("covariates", lambda: fit(np.zeros((4, 1, 1))))


def test_a_covariate_that_is_constant_within_each_stratum_is_refused():
    refused("covariates", lambda: cox(TIME, EVENT, [0, 0, 1, 1], strata=[1, 1, 2, 2]))


def test_an_outcome_with_one_value_is_refused():
    refused("outcome", lambda: logistic([1, 1, 1, 1], [0, 1, 1, 0]))


@pytest.mark.parametrize("share", [0, 1, 50])
def test_a_share_of_events_lies_between_0_and_1(share):
    refused("share", lambda: quantile(kaplan_meier(TIME, EVENT), share))


def test_a_curve_is_not_asked_for_negative_times():
    refused("times", lambda: survival_at(kaplan_meier(TIME, EVENT), [-1]))


def test_a_summary_needs_rows_and_refuses_infinity():
    refused("values", lambda: summarise([]))
    refused("values", lambda: summarise([1, np.inf, np.nan]))


@pytest.mark.parametrize("weights", [[1, -1], [0, 0], [1]])
def test_weights_count_every_row_and_are_not_negative(weights):
    with pytest.raises(BadInput):
        weight_column(weights, rows=2)


def test_no_weights_stay_no_weights():
    assert weight_column(None, rows=2) is None
    assert weight_column([2, 0], rows=2).tolist() == [2, 0]


def test_a_subject_enters_before_it_leaves():
    time = np.array([1.0, 2.0])
    assert entry_column([0, 1.5], time=time).tolist() == [0, 1.5]
    assert entry_column(None, time=time) is None
    with pytest.raises(BadInput, match="enters before it leaves"):
        entry_column([0, 2], time=time)
