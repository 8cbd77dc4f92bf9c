"""Cox models of public data sets as R's survival fits them, and by hand where a line suffices."""

from math import log, sqrt

import numpy as np
import pytest

from equipoise.stats import Ties, cox, logistic
from equipoise.stats.time_to_event.cox import cox_regression
from equipoise.stats.time_to_event.cox_concordance import concordance
from equipoise.stats.time_to_event.cox_robust import cox_robust
from equipoise.stats.time_to_event.cox_rows import cox_rows

R = "program: R 4.2.2, survival 3.5-3: coxph"


@pytest.fixture(scope="module")
def numbers(stored):
    return stored("cox_and_hazard_models.json")


@pytest.fixture(scope="module")
def lung(data_set):
    table = data_set("lung")
    place = np.arange(1, table.height + 1)
    return {
        **{name: table[name].to_numpy() for name in ("time", "age", "sex")},
        "event": table["status"].to_numpy() == 2,
        "ph.ecog": table["ph.ecog"].to_numpy(),
        "site": table["inst"].fill_null(0).to_numpy(),
        "count": 1.0 + place % 3,
    }


@pytest.fixture(scope="module")
def heart(data_set):
    return {name: column.to_numpy() for name, column in data_set("heart").to_dict().items()}


@pytest.fixture(scope="module")
def known(lung):
    """Return the rows of lung whose ECOG status is known."""
    there = ~np.isnan(lung["ph.ecog"])
    return {name: column[there] for name, column in lung.items()}


def table_of(rows, *names):
    return np.column_stack([rows[name] for name in names])


def lung_rows(rows, *names, **how):
    return cox_rows(rows["time"], rows["event"], table_of(rows, *names), **how)


def heart_rows(heart, *names):
    return cox_rows(heart["stop"], heart["event"], table_of(heart, *names), entry=heart["start"])


def assert_as_r(model, found, *, rel=1e-8):
    """Compare a model with what R says of it; its naive variance where it has a robust one."""
    variance = np.array(found["naive"] or found["variance"])
    assert model.coef == pytest.approx(found["coef"], rel=rel)
    assert model.variance == pytest.approx(variance, rel=rel, abs=1e-10 * variance.max())
    assert [model.loglik_null, model.loglik] == pytest.approx(found["loglik"], rel=1e-12)
    assert model.score.chi_square == pytest.approx(found["score"], rel=1e-10)
    assert [model.n, model.events] == [found["n"], found["events"]]
    if found["naive"] is None:
        assert model.wald.chi_square == pytest.approx(found["wald"], rel=rel)


def assert_robust_as_r(robust, found):
    variance = np.array(found["variance"])
    assert robust.variance == pytest.approx(variance, rel=1e-8, abs=1e-10 * variance.max())
    assert robust.wald.chi_square == pytest.approx(found["wald"], rel=1e-8)
    score = np.ravel(found["robust_score"])[0]  # R gives a matrix for one coefficient
    assert robust.score.chi_square == pytest.approx(score, rel=1e-8)


@pytest.mark.source(f"{R}, ties efron, breslow and exact")
@pytest.mark.parametrize(
    ("name", "ties"),
    [("lung3_efron", Ties.EFRON), ("lung3_exact", Ties.EXACT)],
)
def test_three_covariates(known, numbers, name, *, ties):
    model = cox(known["time"], known["event"], table_of(known, "age", "sex", "ph.ecog"), ties=ties)
    assert_as_r(model, numbers["models"][name])


@pytest.mark.source(f"{R}, ties efron and breslow")
@pytest.mark.parametrize("ties", [Ties.EFRON, Ties.BRESLOW])
def test_two_covariates(lung, numbers, ties):
    model = cox(lung["time"], lung["event"], table_of(lung, "sex", "age"), ties=ties)
    assert_as_r(model, numbers["models"][f"lung_{ties.value}"])


@pytest.mark.source(f"{R} at its default convergence, as in two collections of numbers")
def test_published_numbers_of_lung(known, lung, numbers):
    # R stops when the log-likelihood moves by less than 1e-9 of itself: coefficients to 1e-6.
    published = numbers["as_published"]
    for name, ties in (("cox_lung_efron", Ties.EFRON), ("cox_lung_exact", Ties.EXACT)):
        found = published[name]["value"]
        model = cox(known["time"], known["event"], table_of(known, *found["names"]), ties=ties)
        for ours, theirs in (
            (model.coef, "coef"),
            (model.hazard_ratio, "hr"),
            (model.lower, "hr_lower"),
            (model.upper, "hr_upper"),
            (model.p_wald, "p_wald_each"),
        ):
            assert ours == pytest.approx(found[theirs], rel=1e-6)
        tests = [model.likelihood_ratio, model.score]
        for test, theirs in zip(tests, ("LRT", "score"), strict=True):
            assert [test.chi_square, test.df, test.p_value] == pytest.approx(found[theirs])
        assert model.wald.chi_square == pytest.approx(found["wald"][0], abs=0.005)  # R rounds it
    for name, ties in (("surv-cox-lung", Ties.EFRON), ("surv-cox-lung-breslow", Ties.BRESLOW)):
        found = published[name]["value"]
        model = cox(lung["time"], lung["event"], table_of(lung, "sex", "age"), ties=ties)
        assert model.coef == pytest.approx(found["coef"], rel=1e-6)
        assert model.variance == pytest.approx(np.array(found["var"]), rel=1e-6)
        assert [model.loglik_null, model.loglik] == pytest.approx(found["loglik"], rel=1e-9)


@pytest.mark.source(f"{R}(weights), counts of subjects")
@pytest.mark.parametrize("ties", [Ties.EFRON, Ties.BRESLOW])
def test_case_weights(lung, numbers, ties):
    rows = lung_rows(lung, "age", "sex", weights=lung["count"])
    model = cox_regression(rows, ties=ties)
    assert_as_r(model, numbers["models"][f"lung_weighted_{ties.value}"])


@pytest.mark.source(f"{R}(weights, strata, cluster)")
def test_weights_strata_and_clusters_at_once(known, numbers):
    rows = lung_rows(known, "age", "sex", weights=known["count"], strata=known["ph.ecog"] > 0)
    model, found = cox_regression(rows), numbers["models"]["lung_by_site_weighted"]
    assert_as_r(model, found)
    robust = cox_robust(model, cluster=known["site"])
    assert_robust_as_r(robust, found)
    assert robust.clusters == len(set(known["site"].tolist()))


@pytest.mark.source(f"{R}(robust = TRUE), one row a subject")
def test_robust_variance_of_one_row_a_subject(data_set, numbers):
    veteran = data_set("veteran")
    kinds = [veteran["celltype"] == kind for kind in ("smallcell", "adeno", "large")]
    columns = np.column_stack((veteran["trt"], veteran["karno"], *kinds))
    model = cox(veteran["time"], veteran["status"], columns)
    robust = cox_robust(model)
    assert_as_r(model, numbers["models"]["veteran_robust"])
    assert_robust_as_r(robust, numbers["models"]["veteran_robust"])
    found = numbers["as_published"]["cox_robust_single"]["value"]
    for ours, theirs in (
        (robust.hazard_ratio, "hr"),
        (robust.lower, "hr_lower"),
        (robust.upper, "hr_upper"),
        (robust.p_wald, "p_wald_each"),
    ):
        assert ours == pytest.approx(found[theirs], rel=1e-6)
    assert robust.score.p_value == pytest.approx(found["robscore"][2], rel=1e-6)


@pytest.mark.source(f"{R}, hazard ratios of subgroups")
def test_subgroups_of_a_forest_plot(data_set, numbers):
    colon = {name: column.to_numpy() for name, column in data_set("colon").to_dict().items()}
    of_two = colon["rx"] != "Lev"
    groups = {
        "male": colon["sex"] == 1,
        "female": colon["sex"] == 0,
        "age_lt65": colon["age"] < 65,
        "age_ge65": colon["age"] >= 65,
        "node4_0": colon["node4"] == 0,
        "node4_1": colon["node4"] == 1,
    }
    for name, found in numbers["as_published"]["cox_subgroups"]["value"].items():
        part = of_two & groups[name]
        arm = colon["rx"][part] == "Lev+5FU"
        model = cox(colon["time"][part], colon["status"][part], arm)
        assert [model.n, model.events] == [found["n"], found["ev"]]
        # R's default convergence, good to 1e-8 of the hazard ratio here.
        assert model.hazard_ratio[0] == pytest.approx(found["hr"], rel=1e-8)
        assert [model.lower[0], model.upper[0]] == pytest.approx(found["ci"][0], rel=1e-8)


@pytest.mark.source(f"{R}(Surv(start, stop, event)), Stanford heart transplants")
@pytest.mark.parametrize("ties", list(Ties))
def test_a_covariate_that_changes_during_follow_up(heart, numbers, ties):
    model = cox_regression(heart_rows(heart, "age", "year", "surgery", "transplant"), ties=ties)
    assert_as_r(model, numbers["models"][f"heart_{ties.value}"])


@pytest.mark.source(f"{R}(Surv(start, stop, event)), transplant alone")
def test_who_enters_at_the_time_of_an_event_is_not_at_risk(heart, numbers):
    model = cox_regression(heart_rows(heart, "transplant"))
    found = numbers["models"]["heart_transplant"]
    assert model.coef == pytest.approx(found["coef"], rel=1e-8)
    assert model.score.chi_square == pytest.approx(found["score"], rel=1e-8)


@pytest.mark.source(f"{R}(cluster = id)")
def test_clusters_of_rows_of_one_subject(heart, data_set, numbers):
    model = cox_regression(heart_rows(heart, "age", "year", "surgery", "transplant"))
    assert_robust_as_r(cox_robust(model, cluster=heart["id"]), numbers["models"]["heart_cluster"])
    bladder = data_set("bladder2")
    columns = bladder.select("rx", "number", "size").to_numpy()
    for name, strata, ties in (
        ("bladder_cluster", bladder["enum"], Ties.EFRON),
        ("bladder_cluster_breslow", None, Ties.BRESLOW),
    ):
        rows = cox_rows(
            bladder["stop"], bladder["event"], columns, entry=bladder["start"], strata=strata
        )
        recurrent = cox_regression(rows, ties=ties)
        assert_as_r(recurrent, numbers["models"][name])
        robust = cox_robust(recurrent, cluster=bladder["id"])
        assert_robust_as_r(robust, numbers["models"][name])


@pytest.mark.source("program: R 4.2.2, survival 3.5-3: glm, then coxph(weights, robust = TRUE)")
def test_inverse_probability_of_treatment_weights(data_set, numbers):
    colon = data_set("colon")
    colon = colon.filter(colon["rx"] != "Lev")
    arm = (colon["rx"] == "Lev+5FU").to_numpy()
    causes = colon.select("age", "sex", "extent", "surg", "node4").to_numpy()
    score = logistic(arm, causes).coef
    chance = 1 / (1 + np.exp(-(score[0] + causes @ score[1:])))
    weights = np.where(arm, 1 / chance, 1 / (1 - chance))
    model = cox_regression(cox_rows(colon["time"], colon["status"], arm, weights=weights))
    assert_as_r(model, numbers["models"]["colon_weighted"])
    assert_robust_as_r(cox_robust(model), numbers["models"]["colon_weighted"])


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3: clogit(case ~ spontaneous + induced + strata)"
)
def test_matched_sets_at_one_time_are_conditional_logistic_regression(numbers):
    found = numbers["conditional_logistic"]
    case, spontaneous, induced, stratum = np.array(found["rows"]).T
    rows = cox_rows(
        np.ones(case.size), case, np.column_stack((spontaneous, induced)), strata=stratum
    )
    model = cox_regression(rows, ties=Ties.EXACT)
    assert model.coef == pytest.approx(found["coef"], rel=1e-8)
    assert model.variance == pytest.approx(np.array(found["variance"]), rel=1e-8)
    assert [model.loglik_null, model.loglik] == pytest.approx(found["loglik"], rel=1e-12)


@pytest.mark.source("program: R 4.2.2, survival 3.5-3: concordance(coxph(..))")
def test_concordance(known, heart, numbers):
    for model, name in (
        (cox_regression(lung_rows(known, "age", "sex", "ph.ecog")), "lung3"),
        (cox_regression(heart_rows(heart, "age", "year", "surgery", "transplant")), "heart"),
    ):
        found, ours = numbers["concordance"][name], concordance(model)
        assert ours.estimate == pytest.approx(found["concordance"], rel=1e-12)
        assert ours.std_err == pytest.approx(found["std_err"], rel=1e-10)
        pairs = [ours.concordant, ours.discordant, ours.tied]
        assert pairs == pytest.approx(found["counts"][:3])


# Two events at time 1, with x 1 and 0, and three more subjects at risk with x 1, 0, 0. Of all
# pairs of the five, r^2 + 6 r + 3 with r = exp(beta): log L = log r - log(r^2 + 6 r + 3).
@pytest.mark.source("by hand: r^2 = 3, and the information is 1 / (1 + r)")
def test_exact_ties_of_two_among_five():
    model = cox([1, 1, 2, 2, 2], [1, 1, 0, 0, 0], [1, 0, 1, 0, 0], ties=Ties.EXACT)
    r = sqrt(3)
    assert model.coef[0] == pytest.approx(log(r), rel=1e-12)
    assert model.variance[0, 0] == pytest.approx(1 + r, rel=1e-12)
    assert model.loglik == pytest.approx(log(r) - log(6 + 6 * r), rel=1e-12)
    assert model.loglik_null == pytest.approx(-log(10), rel=1e-12)


# A (x 1) has the event at 1, B (x 0) at 2, C (x 1) enters at 1. At risk: A, B; then B, C:
# L = r / (r + 1) * 1 / (1 + r), largest at r = 1. With C at risk at 1 it would be at r = sqrt(1/2).
@pytest.mark.source("by hand: log L = beta - 2 log(1 + r), so beta = 0 with information 1/2")
@pytest.mark.parametrize("ties", list(Ties))
def test_delayed_entry_at_the_time_of_an_event(ties):
    rows = cox_rows([1, 2, 3], [1, 1, 0], [1, 0, 1], entry=[0, 0, 1])
    model = cox_regression(rows, ties=ties)
    assert model.coef[0] == pytest.approx(0, abs=1e-15)
    assert model.variance[0, 0] == pytest.approx(2, rel=1e-12)
    assert model.loglik == pytest.approx(-2 * log(2), rel=1e-12)


@pytest.mark.source("by hand: weights 2 and 1 of two events, log L = 2 beta - 3 log(2 r + 2)")
def test_breslow_of_two_weighted_events():
    # At risk with weights: event x 1 (2), event x 0 (1), censored x 0 (1); r = 2 by the score.
    rows = cox_rows([1, 1, 2], [1, 1, 0], [1, 0, 0], weights=[2, 1, 1])
    model = cox_regression(rows, ties=Ties.BRESLOW)
    assert model.coef[0] == pytest.approx(log(2), rel=1e-12)
    assert model.loglik == pytest.approx(2 * log(2) - 3 * log(6), rel=1e-12)
    assert model.variance[0, 0] == pytest.approx(1 / (3 * (2 / 3) * (1 / 3)), rel=1e-12)


@pytest.mark.source("by hand: pairs (1, 2), (1, 3), (3, 2) of four; one agrees, one ties, one not")
def test_concordance_of_four_subjects():
    # Events at 1 (x 1), 2 (x 2), censored at 3 (x 1) and at 1 (x 0): the last outlived 1.
    model = cox([1, 2, 3, 1], [1, 1, 0, 0], [1, 2, 1, 0])
    found = concordance(model)
    assert model.coef[0] > 0
    assert [found.concordant, found.discordant, found.tied] == [2, 1, 1]
    assert found.estimate == pytest.approx(2.5 / 4)


@pytest.mark.source("simulation: 1000 trials of 150 subjects, hazard ratio 0.6, seed 20")
def test_intervals_hold_the_true_hazard_ratio_as_often_as_they_say():
    draw = np.random.default_rng(20)
    trials, inside, robust_inside = 1000, 0, 0
    arm = np.arange(150) % 2
    for _ in range(trials):
        event_time = draw.exponential(size=arm.size) / 0.6**arm
        censored = draw.uniform(0.5, 2.5, size=arm.size)
        model = cox(np.minimum(event_time, censored), event_time <= censored, arm)
        robust = cox_robust(model)
        inside += model.lower[0] < 0.6 < model.upper[0]
        robust_inside += robust.lower[0] < 0.6 < robust.upper[0]
    error = 3 * sqrt(0.95 * 0.05 / trials)
    assert inside / trials == pytest.approx(0.95, abs=error)
    assert robust_inside / trials == pytest.approx(0.95, abs=error)
