"""What R says of Cox models and curves beside coefficients and intervals: tests, concordance."""

import numpy as np
import polars as pl
import pytest

from equipoise.stats import Ties, cox
from equipoise.stats.time_to_event.cox_concordance import concordance
from equipoise.stats.time_to_event.cox_robust import cox_robust
from equipoise.stats.time_to_event.logrank import logrank
from equipoise.stats.time_to_event.risk_sets import CaseWeights, WeightMeaning
from equipoise.stats.time_to_event.rmst import rmst
from equipoise.stats.time_to_event.survival import kaplan_meier

R = "program: R 4.2.2, survival 3.5-3"


@pytest.fixture(scope="module")
def published(stored):
    cases = stored("cox_and_hazard_models.json")["as_published"]
    return lambda name: cases[name]["value"]


@pytest.fixture(scope="module")
def called(stored):
    cases = stored("curves_by_r.json")["by_call"]
    return lambda name: cases[name]["value"]


def same_concordance(model, told):
    found = concordance(model)
    # The error is a sum over pairs of rows; R's is to 1e-8 of its coefficients.
    assert [found.estimate, found.std_err] == pytest.approx(told, rel=1e-8)
    return True


@pytest.mark.source(f"{R}: coxph(Surv(time, status) ~ age + sex + ph.ecog): var, Wald, concordance")
@pytest.mark.parametrize(
    ("name", "ties"), [("cox_lung_efron", Ties.EFRON), ("cox_lung_exact", Ties.EXACT)]
)
def test_variance_wald_and_concordance_of_lung(data_set, published, name, *, ties):
    truth = published(name)
    lung = data_set("lung").filter(pl.col("ph.ecog").is_not_null())
    columns = lung.select("age", "sex", "ph.ecog").to_numpy()
    model = cox(lung["time"], lung["status"] == 2, columns, ties=ties)
    # R stops when the log-likelihood moves by less than 1e-9 of itself.
    variance = np.array(truth["var"])
    assert model.variance == pytest.approx(variance, rel=1e-5, abs=1e-9)
    assert model.wald.p_value == pytest.approx(truth["wald"][2], rel=1e-5)
    assert [model.n, model.events] == [truth["n"], truth["nevent"]]
    assert same_concordance(model, truth["concordance"])


@pytest.mark.source(f"{R}: coxph(... ~ trt + karno + celltype, robust = TRUE): tests")
def test_tests_and_concordance_of_the_robust_model(data_set, published):
    truth = published("cox_robust_single")
    veteran = data_set("veteran")
    kinds = [veteran["celltype"] == kind for kind in ("smallcell", "adeno", "large")]
    columns = np.column_stack((veteran["trt"], veteran["karno"], *kinds))
    model = cox(veteran["time"], veteran["status"], columns)
    for test, name in ((model.likelihood_ratio, "LRT"), (model.score, "score")):
        assert [test.chi_square, test.df, test.p_value] == pytest.approx(truth[name], rel=1e-8)
    robust = cox_robust(model)
    assert robust.wald.p_value == pytest.approx(truth["wald"][2], rel=1e-5)
    assert [robust.score.chi_square, robust.score.df] == pytest.approx(
        truth["robscore"][:2], rel=1e-6
    )
    assert robust.variance == pytest.approx(np.array(truth["var"]), rel=1e-5, abs=1e-9)
    assert model.variance == pytest.approx(np.array(truth["naive_var"]), rel=1e-5, abs=1e-9)
    found = concordance(model)
    # With robust = TRUE R's error of the concordance is by the same clusters: one row each here.
    assert [found.estimate, found.std_err] == pytest.approx(truth["concordance"], rel=1e-8)


@pytest.mark.source(f"{R}: survdiff(... strata(extent, node4)) on colon, one-sided p")
def test_one_side_of_a_stratified_test(data_set, stored):
    truth = stored("survival_tests.json")["cases"]["lr_colon2_strat_signed"]["value"]
    colon = data_set("colon").filter(pl.col("rx") != "Lev")
    strata = (colon["extent"] * 10 + colon["node4"]).to_numpy()
    treated = (colon["rx"] == "Lev+5FU").to_numpy()
    found = logrank(colon["time"].to_numpy(), colon["status"].to_numpy(), treated, strata=strata)
    assert found.z < 0
    assert found.p_value / 2 == pytest.approx(truth["p_one_sided"], rel=1e-10)


@pytest.mark.source(f"{R}: summary(survfit(weights = w), times)$n.event, colon by treatment")
def test_weighted_events_between_times(data_set, stored, called):
    truth, by_r = called("km_weighted"), stored("curves_by_r.json")["iptw"]
    weight = pl.DataFrame({"id": by_r["id"], "weight": by_r["weight"]})
    colon = data_set("colon").join(weight, on="id")
    edges = [0, 365, 1096, 1826]
    for place, arm in enumerate(("Obs", "Lev+5FU")):
        rows = colon.filter(rx=arm)
        curve = kaplan_meier(
            rows["time"].to_numpy(),
            rows["status"].to_numpy(),
            weights=CaseWeights(values=rows["weight"].to_numpy(), meaning=WeightMeaning.SAMPLING),
        )
        found, _ = np.histogram(
            curve.times, bins=np.array(edges) + 0.5, weights=curve.weighted.events
        )
        assert found == pytest.approx(truth["n.event"][3 * place : 3 * place + 3], rel=1e-9)


@pytest.mark.source("program: survRM2 1.0-4: rmst2(lung, tau = 500), variance of the control arm")
def test_variance_of_the_control_arm(data_set, called):
    men = data_set("lung").filter(sex=1)
    curve = kaplan_meier(men["time"].to_numpy(), men["status"].to_numpy() - 1)
    assert rmst(curve, tau=500).std_err ** 2 == pytest.approx(
        called("rmst2-lung")["var0"], rel=1e-10
    )


@pytest.mark.source(f"{R}: survfit(Surv(time, status) ~ sex)$table, restricted mean of both sexes")
def test_restricted_means_to_the_last_time_of_both_curves(data_set, called):
    # R carries the curve of the women, which ends before, at its last height; we refuse to, so
    # the strip is added here.
    lung = data_set("lung")
    for interval in ("log", "plain", "logit"):
        truth = called(f"km_lung_sex_{interval}")["rmean"]
        for place, sex in enumerate((1, 2)):
            rows = lung.filter(sex=sex)
            curve = kaplan_meier(rows["time"].to_numpy(), rows["status"].to_numpy() - 1)
            last = float(curve.times[-1])
            carried = (lung["time"].max() - last) * float(curve.survival[-1])
            assert rmst(curve, tau=last).estimate + carried == pytest.approx(
                truth[place], rel=1e-12
            )
