"""Residuals, curves and tests of Cox models, as R's survival gives them."""

from math import exp, log, sqrt

import numpy as np
import pytest

from equipoise.stats import ProbabilityScale, Ties, cox
from equipoise.stats.time_to_event.cox import cox_regression
from equipoise.stats.time_to_event.cox_baseline import Centre, baseline_hazard, predicted_survival
from equipoise.stats.time_to_event.cox_residuals import (
    deviance_residuals,
    dfbeta,
    martingale_residuals,
    schoenfeld_residuals,
    score_residuals,
)
from equipoise.stats.time_to_event.cox_rows import cox_rows
from equipoise.stats.time_to_event.proportional_hazards_test import (
    TimeScale,
    proportional_hazards_test,
)

R = "program: R 4.2.2, survival 3.5-3:"

SCALES = {
    "km": TimeScale.KAPLAN_MEIER,
    "identity": TimeScale.IDENTITY,
    "log": TimeScale.LOG,
    "rank": TimeScale.RANK,
}


@pytest.fixture(scope="module")
def numbers(stored):
    return stored("cox_and_hazard_models.json")


@pytest.fixture(scope="module")
def models(data_set):
    """Return the models whose residuals, curves and tests R was asked for."""
    lung, veteran, heart = (data_set(name) for name in ("lung", "veteran", "heart"))
    dead = lung["status"] == 2
    two = lung.select("age", "sex").to_numpy()
    known = lung["ph.ecog"].is_not_null().to_numpy()
    weights = 1.0 + np.arange(1, lung.height + 1) % 3
    weighted = cox_rows(
        lung["time"].to_numpy()[known],
        dead.to_numpy()[known],
        two[known],
        strata=(lung["ph.ecog"].drop_nulls() > 0).to_numpy(),
        weights=weights[known],
    )
    changing = cox_rows(
        heart["stop"],
        heart["event"],
        heart.select("age", "year", "surgery", "transplant").to_numpy(),
        entry=heart["start"],
    )
    kinds = [veteran["celltype"] == kind for kind in ("smallcell", "adeno", "large")]
    factor = np.column_stack((veteran["trt"], veteran["karno"], *kinds))
    three = veteran.select("trt", "karno", "age").to_numpy()
    return {
        "lung": cox(lung["time"], dead, two),
        "lung_breslow": cox(lung["time"], dead, two, ties=Ties.BRESLOW),
        "lung_exact": cox(lung["time"], dead, two, ties=Ties.EXACT),
        "lung_strata": cox(lung["time"], dead, lung["age"], strata=lung["sex"]),
        "lung_age": cox(lung["time"], dead, lung["age"]),
        "lung_weighted": cox_regression(weighted),
        "heart": cox_regression(changing),
        "veteran": cox(veteran["time"], veteran["status"], three),
        "veteran_factor": cox(veteran["time"], veteran["status"], factor, ties=Ties.BRESLOW),
    }


def assert_test(test, rows, *, rel):
    for ours, (chi_square, df, p_value) in zip((*test.terms, test.overall), rows, strict=True):
        assert ours.chi_square == pytest.approx(chi_square, rel=rel)
        assert ours.df == df
        assert ours.p_value == pytest.approx(p_value, rel=rel)


@pytest.mark.source(f"{R} cox.zph, transforms km, identity, log and rank")
@pytest.mark.parametrize("name", ["veteran", "heart", "lung_weighted", "veteran_factor"])
def test_proportional_hazards(models, numbers, name):
    terms = [[0], [1], [2, 3, 4]] if name == "veteran_factor" else None
    for found in numbers["zph"][name]:
        scale = SCALES[found["transform"]]
        test = proportional_hazards_test(models[name], scale=scale, terms=terms)
        assert test.scale is scale
        assert_test(test, found["table"], rel=1e-8)


@pytest.mark.source(f"{R} cox.zph of coxph at its default convergence")
@pytest.mark.parametrize("transform", list(SCALES))
def test_published_tests_of_proportional_hazards(models, numbers, transform):
    found = numbers["as_published"][f"zph_{transform}"]["value"]
    test = proportional_hazards_test(models["veteran"], scale=SCALES[transform])
    assert_test(test, found, rel=1e-6)


@pytest.mark.source(f"{R} residuals.coxph of types martingale, deviance, score, dfbeta")
@pytest.mark.parametrize("name", ["lung", "lung_breslow", "heart", "lung_weighted"])
def test_residuals_of_rows(models, numbers, name):
    model, found = models[name], numbers["residuals"][name]
    martingale, score = martingale_residuals(model), score_residuals(model)
    for ours, theirs in (
        (martingale, "martingale"),
        (deviance_residuals(model), "deviance"),
        (score, "score"),
        (dfbeta(model), "dfbeta"),
    ):
        expected = np.array(found[theirs])
        assert ours[:20] == pytest.approx(expected, rel=1e-8, abs=1e-8 * np.abs(expected).max())
    assert np.sum(martingale**2) == pytest.approx(found["martingale_sum_of_squares"], rel=1e-8)
    squares = np.sum(score**2, axis=0)
    assert squares == pytest.approx(np.array(found["score_sum_of_squares"]), rel=1e-8)


@pytest.mark.source(f"{R} residuals.coxph of types schoenfeld and scaledsch")
@pytest.mark.parametrize("name", ["lung", "lung_breslow", "heart", "lung_weighted"])
def test_residuals_of_events(models, numbers, name):
    found, ours = numbers["residuals"][name], schoenfeld_residuals(models[name])
    assert ours.time[:12].tolist() == found["schoenfeld_times"]
    assert ours.time == pytest.approx(models[name].rows.time[ours.row])
    for column, theirs in ((ours.residual, "schoenfeld"), (ours.scaled, "scaled")):
        expected = np.array(found[theirs])
        assert column[:12] == pytest.approx(expected, rel=1e-8, abs=1e-8 * np.abs(expected).max())
    squares = np.sum(ours.residual**2, axis=0)
    assert squares == pytest.approx(found["schoenfeld_sum_of_squares"], rel=1e-8)


@pytest.mark.source(f"{R} survfit(coxph(..), newdata), conf.type log, log-log and plain")
@pytest.mark.parametrize("name", ["lung", "lung_breslow", "lung_exact", "heart"])
@pytest.mark.parametrize(
    "interval", [ProbabilityScale.LOG, ProbabilityScale.LOG_LOG, ProbabilityScale.PLAIN]
)
def test_survival_of_given_covariates(models, numbers, name, *, interval):
    found = numbers["survival"][name]
    row = [5, 2, 0, 1] if name == "heart" else [60, 2]
    ours = predicted_survival(models[name], row, times=found["times"], interval=interval)
    theirs = found[interval.value]
    assert ours.estimate == pytest.approx(theirs["surv"], rel=1e-8)
    assert ours.cumulative_hazard == pytest.approx(theirs["cumhaz"], rel=1e-8)
    assert ours.estimate * ours.hazard_std_err == pytest.approx(theirs["std_err"], rel=1e-8)
    assert ours.lower == pytest.approx(theirs["lower"], rel=1e-8)
    assert ours.upper == pytest.approx(theirs["upper"], rel=1e-8)


@pytest.mark.source(f"{R} survfit and basehaz of coxph at its default convergence")
def test_published_curves(models, numbers):
    published = numbers["as_published"]
    found = published["cox_predsurv"]["value"]
    for place, sex in enumerate((1, 2)):
        ours = predicted_survival(models["lung"], [60, sex], times=[180, 365])
        assert ours.estimate == pytest.approx([row[place] for row in found["surv"]], rel=1e-6)
        assert ours.lower == pytest.approx([row[place] for row in found["lower"]], rel=1e-6)
        assert ours.upper == pytest.approx([row[place] for row in found["upper"]], rel=1e-6)
    found = published["basehaz"]["value"]
    (curve,) = baseline_hazard(models["lung"], centre=Centre.ZERO)
    at = [curve.times.tolist().index(time) for time in found["time"]]
    assert curve.cumulative_hazard[at] == pytest.approx(found["hazard"], rel=1e-6)


@pytest.mark.source(f"{R} basehaz(centered = FALSE) with and without strata")
def test_baseline_hazard_at_covariates_0(models, numbers):
    (curve,) = baseline_hazard(models["lung"], centre=Centre.ZERO)
    found = numbers["basehaz"]
    at = np.searchsorted(curve.times, found["times"], side="right") - 1
    assert curve.cumulative_hazard[at] == pytest.approx(found["hazard"], rel=1e-8)
    found = numbers["basehaz_strata"]
    curves = {
        f"sex={curve.stratum}": curve
        for curve in baseline_hazard(models["lung_strata"], centre=Centre.ZERO)
    }
    assert list(curves) == ["sex=1", "sex=2"]
    for stratum, time, hazard in zip(found["strata"], found["times"], found["hazard"], strict=True):
        curve = curves[stratum]
        at = np.searchsorted(curve.times, time, side="right") - 1
        assert curve.cumulative_hazard[at] == pytest.approx(hazard, rel=1e-8)


@pytest.mark.source(f"{R} basehaz(centered = TRUE), a covariate that is not of 0 and 1")
def test_baseline_hazard_at_the_mean(models, numbers):
    (curve,) = baseline_hazard(models["lung_age"], centre=Centre.MEAN)
    found = numbers["basehaz_mean"]
    at = np.searchsorted(curve.times, found["times"], side="right") - 1
    assert curve.cumulative_hazard[at] == pytest.approx(found["hazard"], rel=1e-8)
    assert curve.centre is Centre.MEAN


# Events at 1 and 1 with x 1 and 0, a censoring at 2 with x 0: by Efron r = exp(beta) = sqrt(6).
# Denominators r + 2 and r + 2 - (r + 1) / 2; each event is exposed to half of the second.
R6 = sqrt(6)
FIRST, SECOND = 1 / (R6 + 2), 2 / (R6 + 3)


@pytest.mark.source("by hand: hazard 1 / (r + 2) + 2 / (r + 3) for x = 0, r = sqrt(6)")
def test_baseline_and_residuals_of_three_subjects():
    model = cox([1, 1, 2], [1, 1, 0], [1, 0, 0])
    (curve,) = baseline_hazard(model, centre=Centre.ZERO)
    assert curve.times.tolist() == [1]
    assert curve.cumulative_hazard == pytest.approx([FIRST + SECOND], rel=1e-12)
    shared = FIRST + SECOND / 2
    expected = [1 - R6 * shared, 1 - shared, -(FIRST + SECOND)]
    assert martingale_residuals(model) == pytest.approx(expected, rel=1e-12)
    mean = (R6 * FIRST + R6 / 2 * SECOND) / 2
    assert schoenfeld_residuals(model).residual[:, 0] == pytest.approx([1 - mean, -mean])


@pytest.mark.source("by hand: the same three subjects by Breslow, r = 2 and hazard 2 / (r + 2)")
def test_breslow_survival_of_three_subjects():
    model = cox([1, 1, 2], [1, 1, 0], [1, 0, 0], ties=Ties.BRESLOW)
    found = predicted_survival(model, [1], times=[0.5, 1, 5])
    assert found.estimate == pytest.approx([1, exp(-1), exp(-1)], rel=1e-12)
    assert found.at_risk.tolist() == [3, 3, 0]
    # var = r^2 [2 / (r + 2)^2 + d^2 / information] with d = (1 - 1/2) 2/4 and information 1/2.
    assert found.hazard_std_err[1] == pytest.approx(sqrt(4 * (2 / 16 + 1 / 16 * 2)), rel=1e-12)
    width = 1.959963984540054 * found.hazard_std_err[1]
    assert found.lower == pytest.approx([1, exp(-1 - width), exp(-1 - width)], rel=1e-12)
    assert found.upper == pytest.approx([1, 1, 1])
    # An event expected 1/2 or 1, and a censoring expected 1/2, of which the sign is below 0.
    assert martingale_residuals(model) == pytest.approx([0, 0.5, -0.5], abs=1e-12)
    deviance = [0, sqrt(-2 * (0.5 + log(0.5))), -1]
    assert deviance_residuals(model) == pytest.approx(deviance, abs=1e-7)
