"""Restricted means of public data against survRM2, FastSurvival and survfit."""

import numpy as np
import pytest

from equipoise.stats.numerics.probability_scale import ProbabilityScale
from equipoise.stats.time_to_event.adjusted_rmst import adjusted_rmst
from equipoise.stats.time_to_event.rmst import compare_rmst, rmst
from equipoise.stats.time_to_event.survival import kaplan_meier, median


@pytest.fixture(scope="module")
def called(stored):
    return {name: case["value"] for name, case in stored("curves_by_r.json")["by_call"].items()}


def two_curves(time, event, arm):
    one, other = (np.asarray(arm) == code for code in (1, 0))
    return kaplan_meier(time[one], event[one]), kaplan_meier(time[other], event[other])


def as_survrm2(comparison):
    """Return the rows of its table: difference, ratio, ratio of times lost."""
    rows = (comparison.difference, comparison.ratio, comparison.lost_ratio)
    return [[row.estimate, row.lower, row.upper, row.p_value] for row in rows]


def arm_row(arm):
    return [arm.estimate, arm.std_err, arm.lower, arm.upper]


def veteran_of(data_set):
    rows = data_set("veteran")
    return rows["time"].to_numpy(), rows["status"].to_numpy(), rows["trt"].to_numpy() - 1


def lung_of(data_set):
    rows = data_set("lung")
    return rows["time"].to_numpy(), rows["status"].to_numpy() - 1, rows["sex"].to_numpy() - 1


def gbsg_of(data_set):
    rows = data_set("gbsg")
    return rows["rfstime"].to_numpy(), rows["status"].to_numpy(), rows["hormon"].to_numpy()


@pytest.mark.source("program: survRM2 1.0-4: rmst2(time, status, trt - 1, tau = 300), veteran")
def test_restricted_means_of_the_veteran_trial(data_set, called):
    truth = called["rmst_veteran"]
    one, other = two_curves(*veteran_of(data_set))
    found = compare_rmst(one, control=other, tau=300)
    assert arm_row(found.experimental) == pytest.approx(truth["arm1"], rel=1e-10)
    assert arm_row(found.control) == pytest.approx(truth["arm0"], rel=1e-10)
    assert np.array(as_survrm2(found)) == pytest.approx(np.array(truth["unadj"]), rel=1e-9)


@pytest.mark.source("program: survRM2 1.0-4: rmst2(time, status == 2, sex == 2, tau = 500), lung")
def test_restricted_means_of_lung_cancer(data_set, called):
    truth = called["rmst2-lung"]
    one, other = two_curves(*lung_of(data_set))
    found = compare_rmst(one, control=other, tau=500)
    assert arm_row(rmst(one, tau=500)) == pytest.approx(truth["arm1"], rel=1e-10)
    assert arm_row(rmst(other, tau=500)) == pytest.approx(truth["arm0"], rel=1e-10)
    assert found.experimental.std_err**2 == pytest.approx(truth["var1"], rel=1e-10)
    assert np.array(as_survrm2(found)) == pytest.approx(np.array(truth["unadjusted"]), rel=1e-9)


@pytest.mark.source("program: FastSurvival 0.2.0: rmst_fast(rfstime, status, hormon, tau = 1825)")
def test_restricted_means_of_breast_cancer(data_set, called):
    one, other = two_curves(*gbsg_of(data_set))
    found = compare_rmst(one, control=other, tau=1825)
    difference, ratio = found.difference, found.ratio
    rows = [found.control.estimate, found.experimental.estimate]
    rows += [difference.estimate, difference.std_err, difference.lower, difference.upper]
    rows += [difference.z, difference.p_value]
    rows += [ratio.estimate, ratio.lower, ratio.upper, ratio.z, ratio.p_value]
    assert rows == pytest.approx(called["fs-rmst-gbsg"], rel=1e-9)


@pytest.mark.source("program: survRM2 1.0-4: rmst2(..., tau = 1826, covariates = age, nodes), gbsg")
def test_contrasts_adjusted_for_age_and_nodes(data_set, called):
    table = data_set("gbsg").select("age", "nodes").to_numpy()
    found = adjusted_rmst(*gbsg_of(data_set), covariates=table, tau=1826)
    # The program leaves its quasi-Poisson fit at the default tolerance of glm, 1e-8.
    assert np.array(as_survrm2(found)) == pytest.approx(np.array(called["rmst_adj"]), rel=1e-7)


@pytest.mark.source("program: R 4.2.2, survival 3.5-3: summary(survfit(...), rmean = 1826), gbsg")
def test_the_mean_and_median_table_of_breast_cancer(data_set, called):
    time, event, hormone = gbsg_of(data_set)
    for code, truth in enumerate(called["km_gbsg_rmean"]):
        rows = hormone == code
        curve = kaplan_meier(time[rows], event[rows], interval=ProbabilityScale.LOG)
        mean, middle = rmst(curve, tau=1826), median(curve)
        found = [curve.n, curve.events.sum(), mean.estimate, mean.std_err]
        found += [middle.estimate, middle.lower, middle.upper]
        expected = np.array(truth, dtype=float)
        assert np.array(found, dtype=float) == pytest.approx(expected, rel=1e-10, nan_ok=True)


@pytest.mark.source("by hand: 1, 2, 4 with events, 3 censored; S is 3/4, 1/2, 1/2, 0; tau 3.5")
def test_the_area_under_four_steps():
    curve = kaplan_meier([1, 2, 3, 4], [1, 1, 0, 1])
    found = rmst(curve, tau=3.5)
    assert found.estimate == pytest.approx(1 + 3 / 4 + 1.5 / 2)
    assert found.lost == pytest.approx(3.5 - 2.5)
    variance = (3 / 4 + 3 / 4) ** 2 / 12 + (3 / 4) ** 2 / 6
    assert found.std_err**2 == pytest.approx(variance)
    assert (found.n, found.events) == (4, 2)


@pytest.mark.source("by hand: without censoring the mean of min(time, tau), its variance over n")
def test_without_censoring_the_restricted_mean_is_a_mean():
    time = np.array([1.0, 2.0, 2.5, 4.0, 7.0, 9.0])
    found = rmst(kaplan_meier(time, np.ones(6)), tau=5)
    short = np.minimum(time, 5)
    assert found.estimate == pytest.approx(short.mean())
    assert found.std_err**2 == pytest.approx(short.var() / 6)
