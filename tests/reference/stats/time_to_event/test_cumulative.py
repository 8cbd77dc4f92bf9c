"""Cumulative hazards and mean numbers of events against R."""

import numpy as np
import pytest

from equipoise.stats.time_to_event.cumulative import CumulativeInterval, cumulative_at
from equipoise.stats.time_to_event.mean_cumulative import mean_cumulative
from equipoise.stats.time_to_event.nelson_aalen import (
    HazardMethod,
    HazardTies,
    HazardVariance,
    fleming_harrington,
    nelson_aalen,
)
from equipoise.stats.time_to_event.risk_sets import CaseWeights, WeightMeaning

DAYS = [30, 90, 180, 365]
CORRECTED = HazardMethod(ties=HazardTies.FLEMING_HARRINGTON)


@pytest.fixture(scope="module")
def by_r(stored):
    return stored("curves_by_r.json")


@pytest.fixture(scope="module")
def lung(data_set):
    return {name: data_set("lung")[name].to_numpy() for name in ("time", "status", "age", "sex")}


def lung_hazard(lung, *, rows=slice(None), **how):
    return nelson_aalen(lung["time"][rows], lung["status"][rows] - 1, **how)


def survival_when(hazard, times):
    """Return S(t) and its error and ends at times, of the curve of a hazard."""
    curve = fleming_harrington(hazard)
    row = np.searchsorted(curve.times, times, side="right") - 1
    return curve.survival[row], curve.std_err[row], curve.lower[row], curve.upper[row]


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3: "
    "survfit(Surv(time, status) ~ sex, stype = 2, ctype = 1), lung"
)
def test_the_nelson_aalen_estimate_by_sex(by_r, lung):
    truth = by_r["by_call"]["na_lung"]["value"]
    for place, sex in enumerate((1, 2)):
        hazard = lung_hazard(lung, rows=lung["sex"] == sex)
        here, times = slice(3 * place, 3 * place + 3), [180, 365, 730]
        at = cumulative_at(hazard, times)
        assert at.estimate == pytest.approx(truth["cumhaz"][here], rel=1e-12)
        assert at.std_err == pytest.approx(truth["std.chaz"][here], rel=1e-12)
        assert survival_when(hazard, times)[0] == pytest.approx(truth["surv"][here], rel=1e-12)


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3: "
    "survfit(Surv(time, status) ~ sex, stype = 2, ctype = 2), lung"
)
def test_the_tie_correction_of_fleming_and_harrington_by_sex(by_r, lung):
    truth = by_r["by_call"]["fh_lung"]["value"]
    for place, sex in enumerate((1, 2)):
        hazard = lung_hazard(lung, rows=lung["sex"] == sex, method=CORRECTED)
        here, times = slice(3 * place, 3 * place + 3), [180, 365, 730]
        at = cumulative_at(hazard, times)
        assert at.estimate == pytest.approx(truth["cumhaz"][here], rel=1e-12)
        assert survival_when(hazard, times)[0] == pytest.approx(truth["surv"][here], rel=1e-12)


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3: "
    "survfit(stype = 2, ctype = 1, conf.type = 'log-log'; ctype = 2, 'log')"
)
@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("na_lung_all", HazardMethod(interval=CumulativeInterval.LOG)),
        (
            "fh_lung_all",
            HazardMethod(ties=HazardTies.FLEMING_HARRINGTON, interval=CumulativeInterval.PLAIN),
        ),
    ],
)
def test_a_hazard_makes_a_survival_curve_with_interval(by_r, lung, *, name, method):
    truth = by_r[name]
    hazard = lung_hazard(lung, method=method)
    at = cumulative_at(hazard, DAYS)
    assert at.estimate == pytest.approx(truth["hazard"], rel=1e-12)
    assert at.std_err == pytest.approx(truth["hazard_se"], rel=1e-12)
    survival, std_err, lower, upper = survival_when(hazard, DAYS)
    assert survival == pytest.approx(truth["survival"], rel=1e-12)
    assert std_err == pytest.approx(truth["std_err"], rel=1e-12)
    assert lower == pytest.approx(truth["lower"], rel=1e-12)
    assert upper == pytest.approx(truth["upper"], rel=1e-12)


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3: "
    "survfit(Surv(start, stop, event) ~ 1, stype = 2, ctype = 1), heart"
)
def test_a_hazard_with_delayed_entry(by_r, data_set):
    heart = data_set("heart").filter(transplant=1)
    hazard = nelson_aalen(
        heart["stop"].to_numpy(), heart["event"].to_numpy(), entry=heart["start"].to_numpy()
    )
    at = cumulative_at(hazard, DAYS)
    assert at.estimate == pytest.approx(by_r["na_heart"]["hazard"], rel=1e-12)
    assert at.std_err == pytest.approx(by_r["na_heart"]["hazard_se"], rel=1e-12)


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3: "
    "survfit(weights = 1 + age %% 3, robust = FALSE), ctype = 1 and 2"
)
def test_a_hazard_of_counted_subjects(by_r, lung):
    weights = CaseWeights(values=1 + lung["age"] % 3, meaning=WeightMeaning.COUNT)
    for method, name, error in ((None, "hazard", "hazard_se"), (CORRECTED, "fh_hazard", "fh_se")):
        at = cumulative_at(lung_hazard(lung, weights=weights, method=method), DAYS)
        assert at.estimate == pytest.approx(by_r["counted_lung"][name], rel=1e-12)
        assert at.std_err == pytest.approx(by_r["counted_lung"][error], rel=1e-12)


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3: survfit(weights = 0.5 + (age %% 7) / 5, robust = TRUE)"
)
def test_a_hazard_with_sampling_weights_has_a_robust_error(by_r, lung):
    weights = CaseWeights(values=0.5 + (lung["age"] % 7) / 5, meaning=WeightMeaning.SAMPLING)
    at = cumulative_at(lung_hazard(lung, weights=weights), DAYS)
    assert at.estimate == pytest.approx(by_r["sampled_lung"]["hazard"], rel=1e-12)
    assert at.std_err == pytest.approx(by_r["sampled_lung"]["hazard_se"], rel=1e-11)


@pytest.mark.source("by hand: 2 of 4 at time 1, 1 of 2 at time 2; d (n - d) / n^3 or d / n^2")
def test_both_variances_of_a_hazard():
    rows = [1, 1, 2, 3], [1, 1, 1, 0]
    aalen = nelson_aalen(*rows)
    assert aalen.estimate.tolist() == [0.5, 1.0, 1.0]
    assert aalen.std_err**2 == pytest.approx([2 / 16, 2 / 16 + 1 / 4, 3 / 8])
    greenwood = nelson_aalen(*rows, method=HazardMethod(variance=HazardVariance.GREENWOOD))
    assert greenwood.std_err**2 == pytest.approx([4 / 64, 4 / 64 + 1 / 8, 3 / 16])
    split = nelson_aalen(*rows, method=CORRECTED)
    assert split.estimate == pytest.approx([1 / 4 + 1 / 3, 13 / 12, 13 / 12])
    assert split.std_err**2 == pytest.approx([1 / 16 + 1 / 9, 61 / 144, 61 / 144])


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3: survfit(Surv(tstart, tstop, status) ~ treat, id = id), cgd"
)
def test_mean_number_of_infections_by_treatment(by_r, data_set):
    truth = by_r["by_call"]["mcf_cgd"]["value"]
    for place, arm in enumerate(("placebo", "rIFN-g")):
        rows = data_set("cgd").filter(treat=arm)
        curve = mean_cumulative(
            rows["tstop"].to_numpy(),
            rows["status"].to_numpy(),
            rows["id"].to_numpy(),
            entry=rows["tstart"].to_numpy(),
        )
        at = cumulative_at(curve, [100, 200, 300])
        here = slice(3 * place, 3 * place + 3)
        assert at.estimate == pytest.approx(truth["cumhaz"][here], rel=1e-12)
        assert at.std_err == pytest.approx(truth["std.chaz"][here], rel=1e-11)
        assert curve.n == rows["id"].n_unique()


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3: "
    "survfit(Surv(start, stop, event) ~ 1, id = id), bladder2 with rx 2"
)
def test_mean_number_of_recurrences_of_bladder_cancer(by_r, data_set):
    rows = data_set("bladder2").filter(rx=2)
    curve = mean_cumulative(
        rows["stop"].to_numpy(),
        rows["event"].to_numpy(),
        rows["id"].to_numpy(),
        entry=rows["start"].to_numpy(),
    )
    times, truth = [5, 10, 20, 30, 50], by_r["mcf_bladder"]
    at = cumulative_at(curve, times)
    assert at.estimate == pytest.approx(truth["mean"], rel=1e-12)
    assert at.std_err == pytest.approx(truth["std_err"], rel=1e-11)
    assert curve.at_risk[np.searchsorted(curve.times, times)].tolist() == truth["at_risk"]
