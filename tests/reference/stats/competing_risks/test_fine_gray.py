import numpy as np
import pytest

from equipoise.base.randomness import Seed, stream
from equipoise.stats.competing_risks import cause_specific_cox, fine_gray, predicted_incidence
from equipoise.stats.competing_risks.fine_gray import CensoringEstimated, WeightedRows
from equipoise.stats.time_to_event.cox import Ties, cox_regression
from equipoise.stats.time_to_event.cox_robust import cox_robust
from equipoise.stats.time_to_event.cox_rows import cox_rows


@pytest.mark.source("program: survival 3.5-3: finegray and coxph with cluster, default eps")
def test_weighted_rows_of_the_golden_fit(truth, mgus):
    found = fine_gray(mgus.time, mgus.cause, mgus.covariates, of_interest=1, route=WeightedRows())
    by_r = truth["finegray_golden"]
    # R stopped at a relative change of 1e-9 of the likelihood; the next test has its limit.
    assert found.coef == pytest.approx(by_r["coef"], rel=1e-7)
    assert found.variance == pytest.approx(np.array(by_r["robust_var"]), rel=1e-7)


@pytest.mark.source("program: survival 3.5-3: finegray, coxph and survfit with eps = 1e-14")
def test_weighted_rows_with_both_ties_and_their_predictions(truth, mgus):
    for by_r in truth["fine_gray"]:
        found = fine_gray(
            mgus.time,
            mgus.cause,
            mgus.covariates,
            of_interest=by_r["cause"],
            route=WeightedRows(ties=Ties(by_r["ties"])),
        )
        assert found.coef == pytest.approx(by_r["coef"], rel=1e-9)
        assert found.variance == pytest.approx(np.array(by_r["variance"]), rel=1e-9)
        assert found.naive_variance == pytest.approx(np.array(by_r["naive_variance"]), rel=1e-9)
        assert (found.loglik_null, found.loglik) == pytest.approx(by_r["loglik"], rel=1e-12)
        assert found.wald.chi_square == pytest.approx(by_r["wald"], rel=1e-9)
        incidence = predicted_incidence(found, [[60, 0], [80, 1]], times=[60, 120, 240])
        assert incidence == pytest.approx(np.array(by_r["incidence"]), rel=1e-9)


@pytest.mark.source("program: cmprsk: tests/test.Rout.save, crr(ss, cc, cv), as printed")
def test_fine_and_grays_own_equation_of_the_test_of_cmprsk(truth):
    rows = truth["cmprsk_test"]
    kept = np.ones(len(rows["time"]), dtype=bool)
    kept[rows["missing"]] = False
    time, cause, covariates = (
        np.array(rows[name])[kept] for name in ("time", "cause", "covariates")
    )
    found = fine_gray(time, cause, covariates, of_interest=1)
    assert found.route == CensoringEstimated()
    assert found.coef == pytest.approx(rows["crr"]["coef"], abs=5e-5)
    assert found.std_err == pytest.approx(rows["crr"]["std_err"], abs=5e-5)
    assert found.p_wald == pytest.approx(rows["crr"]["p_value"], abs=5e-3)
    alone = fine_gray(time, cause, covariates[:, 0], of_interest=1)
    assert alone.coef == pytest.approx(rows["crr_first"]["coef"], abs=5e-5)
    assert alone.std_err == pytest.approx(rows["crr_first"]["std_err"], abs=5e-4)


def uncensored(time, cause, *, at, events_first):
    """Return the chance of not being censored before a time."""
    chance = 1.0
    for moment in np.unique(time[(cause == 0) & (time < at)]):
        gone = np.sum((time == moment) & (cause == 0))
        waiting = time > moment if events_first else time >= moment
        chance *= 1 - gone / (np.sum(waiting) + (gone if events_first else 0))
    return chance


def tied_rows(seed):
    rng = np.random.default_rng(seed)
    return rng.integers(1, 9, 40).astype(float), rng.integers(0, 3, 40), rng.normal(size=(40, 2))


@pytest.mark.source("by hand: a row for each subject and event time, weighted, in a Cox model")
@pytest.mark.parametrize("ties", [Ties.EFRON, Ties.BRESLOW])
def test_weighted_rows_are_a_cox_model_of_weighted_rows(ties):
    time, cause, x = tied_rows(3)
    rows = []
    for i in range(time.size):
        rows.append((0.0, time[i], cause[i] == 1, 1.0, i))
        start = time[i]
        for moment in np.unique(time[(cause == 1) & (time > time[i])]) if cause[i] == 2 else []:
            own, now = (
                uncensored(time, cause, at=at, events_first=True) for at in (time[i], moment)
            )
            rows.append((start, moment, False, now / own, i))
            start = moment
    entry, stop, event, weight, subject = (np.array(column) for column in zip(*rows, strict=True))
    model = cox_regression(
        cox_rows(stop, event, x[subject], entry=entry, weights=weight), ties=ties
    )
    robust = cox_robust(model, cluster=subject)
    found = fine_gray(time, cause, x, of_interest=1, route=WeightedRows(ties=ties))
    assert found.coef == pytest.approx(model.coef, rel=1e-10)
    assert found.loglik == pytest.approx(model.loglik, rel=1e-12)
    assert found.naive_variance == pytest.approx(model.variance, rel=1e-10)
    assert found.variance == pytest.approx(robust.variance, rel=1e-9)
    assert (found.n, found.events) == (40, np.sum(cause == 1))
    assert (found.competing, found.censored) == (np.sum(cause == 2), np.sum(cause == 0))


def definition(beta, *, time, cause, x):
    """Return information, and eta + psi of Fine and Gray 1999, one subject and time at a time."""
    n = time.size
    free = {at: uncensored(time, cause, at=at, events_first=False) for at in np.unique(time)}
    relative = np.exp(x @ beta)

    def weight(j, t):
        if time[j] >= t:
            return 1.0
        return free[t] / free[time[j]] if cause[j] == 2 else 0.0

    def sums(t):
        w = np.array([weight(j, t) * relative[j] for j in range(n)])
        return w.sum(), (w @ x) / w.sum(), w

    deaths = [i for i in range(n) if cause[i] == 1]
    eta, information = np.zeros_like(x), np.zeros((x.shape[1],) * 2)
    for d in deaths:
        total, mean, w = sums(time[d])
        information += (x - mean).T @ ((w / total)[:, None] * (x - mean))
        eta[d] += x[d] - mean
        eta -= (w / total)[:, None] * (x - mean)
    psi = np.zeros_like(x)
    for c in [i for i in range(n) if cause[i] == 0]:
        u, q = time[c], np.zeros(x.shape[1])
        for d in deaths:
            if time[d] >= u:
                total, mean, w = sums(time[d])
                gone = (cause == 2) & (time < u)
                q += (w * gone) @ (x - mean) / total
        at_risk = np.sum(time >= u)
        psi[c] += q / at_risk
        psi[time >= u] -= q / at_risk**2
    return information, eta + psi


@pytest.mark.source("by hand: eta and psi of Fine and Gray 1999, one subject and time at a time")
@pytest.mark.parametrize("seed", [1, 2])
def test_fine_and_grays_sandwich_from_its_definition(seed):
    time, cause, x = tied_rows(seed)
    found = fine_gray(time, cause, x, of_interest=1)
    information, parts = definition(found.coef, time=time, cause=cause, x=x)
    assert parts.sum(axis=0) == pytest.approx([0, 0], abs=1e-10)
    bread = np.linalg.inv(information)
    assert found.naive_variance == pytest.approx(bread, rel=1e-9)
    assert found.variance == pytest.approx(bread @ (parts.T @ parts) @ bread, rel=1e-9)


@pytest.mark.source("by hand: without censoring, a Cox model with competing events never at an end")
def test_without_censoring_who_had_a_competing_event_stays_for_ever():
    rng = np.random.default_rng(8)
    time, cause, x = rng.exponential(size=50), rng.integers(1, 3, 50), rng.normal(size=50)
    model = cox_regression(
        cox_rows(np.where(cause == 1, time, 1e9), cause == 1, x), ties=Ties.BRESLOW
    )
    robust = cox_robust(model)
    for route in (CensoringEstimated(), WeightedRows()):
        found = fine_gray(time, cause, x, of_interest=1, route=route)
        assert found.coef == pytest.approx(model.coef, rel=1e-10)
        assert found.variance == pytest.approx(robust.variance, rel=1e-9)


@pytest.mark.source("program: survival 3.5-3: coxph(Surv(etime, ev == 1) ~ age + sex), default eps")
def test_cause_specific_golden_fit(truth, mgus):
    found = cause_specific_cox(mgus.time, mgus.cause, mgus.covariates).of(1)
    by_r = truth["csc_golden"]
    # R stopped at a relative change of 1e-9 of the likelihood; the next test has its limit.
    assert found.coef == pytest.approx(by_r["coef"], rel=1e-8)
    assert found.variance == pytest.approx(np.array(by_r["var"]), rel=1e-8)
    assert found.hazard_ratio == pytest.approx(by_r["hr"], rel=1e-8)
    assert found.lower == pytest.approx(by_r["hr_lower"], rel=1e-8)
    assert found.upper == pytest.approx(by_r["hr_upper"], rel=1e-8)
    assert found.p_wald == pytest.approx(by_r["p_wald_each"], rel=1e-8)
    assert (found.loglik_null, found.loglik) == pytest.approx(by_r["loglik"], rel=1e-12)
    assert found.likelihood_ratio.chi_square == pytest.approx(by_r["likelihood_ratio"], rel=1e-8)
    assert found.score.chi_square == pytest.approx(by_r["score"], rel=1e-8)
    assert (found.n, found.events) == (by_r["n"], by_r["nevent"])


@pytest.mark.source("program: survival 3.5-3: coxph of each cause, eps = 1e-14")
def test_cause_specific_hazards_of_both_causes(truth, mgus):
    models = cause_specific_cox(mgus.time, mgus.cause, mgus.covariates)
    assert models.causes == (1, 2)
    for by_r in truth["cause_specific"]:
        found = models.of(by_r["cause"])
        assert found.coef == pytest.approx(by_r["coef"], rel=1e-9)
        assert found.variance == pytest.approx(np.array(by_r["variance"]), rel=1e-9)
        assert found.loglik == pytest.approx(by_r["loglik"], rel=1e-12)


def model_trial(rng, *, n):
    """Return a cause with F(t | x) = 1 - (1 - 0.6 (1 - e^-t))^exp(0.7 x), censored at random."""
    x = np.arange(n) % 2
    relative = np.exp(0.7 * x)
    ever = 1 - 0.4**relative
    drawn = rng.random(n)
    own = drawn < ever
    reached = 1 - (1 - np.where(own, drawn, 0.1)) ** (1 / relative)
    time = np.where(own, -np.log1p(-reached / 0.6), rng.exponential(0.8, n))
    censoring = rng.uniform(0, 4, n)
    cause = np.where(censoring < time, 0, np.where(own, 1, 2))
    return np.minimum(time, censoring), cause, x


@pytest.mark.source("simulation: 400 trials of 200 subjects from the model, seed 11, log ratio 0.7")
def test_intervals_hold_the_log_ratio_of_the_model():
    held = {"censoring": 0, "rows": 0}
    estimates = []
    for replicate in range(400):
        rng = stream(Seed(value=11, replicate=replicate), purpose="fine_gray_model")
        rows = model_trial(rng, n=200)
        own = fine_gray(*rows, of_interest=1)
        weighted = fine_gray(*rows, of_interest=1, route=WeightedRows())
        held["censoring"] += own.lower[0] <= np.exp(0.7) <= own.upper[0]
        held["rows"] += weighted.lower[0] <= np.exp(0.7) <= weighted.upper[0]
        estimates.append(own.coef[0])
    error = np.std(estimates) / np.sqrt(400)
    assert np.mean(estimates) == pytest.approx(0.7, abs=3 * error)
    for count in held.values():
        assert count / 400 == pytest.approx(0.95, abs=3 * np.sqrt(0.05 * 0.95 / 400))


@pytest.mark.source("simulation: 600 trials of 150 subjects, seed 13, groups alike")
def test_type_one_error_of_fine_and_gray():
    rejected = 0
    for replicate in range(600):
        rng = stream(Seed(value=13, replicate=replicate), purpose="fine_gray_null")
        time, cause, _ = model_trial(rng, n=150)
        group = rng.permutation(150) % 2
        rejected += fine_gray(time, cause, group, of_interest=1).wald.p_value < 0.05
    assert rejected / 600 == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / 600))
