"""Curves on public data against R: scales, delayed entry, weights, quantiles, follow-up."""

import numpy as np
import polars as pl
import pytest

from equipoise.stats.numerics.probability_scale import ProbabilityScale
from equipoise.stats.time_to_event.landmark import landmark
from equipoise.stats.time_to_event.milestone import survival_difference
from equipoise.stats.time_to_event.risk_sets import CaseWeights, WeightMeaning
from equipoise.stats.time_to_event.rmst import rmst
from equipoise.stats.time_to_event.survival import (
    kaplan_meier,
    median,
    quantile,
    reverse_kaplan_meier,
    survival_at,
)

DAYS = [30, 90, 180, 365]
QUARTERS = (0.25, 0.5, 0.75)
FIVE_SCALES = [
    scale for scale in ProbabilityScale if scale is not ProbabilityScale.COMPLEMENTARY_LOG_LOG
]
"""Those of R's ``survfit``."""


@pytest.fixture(scope="module")
def by_r(stored):
    return stored("curves_by_r.json")


@pytest.fixture(scope="module")
def called(by_r):
    return {name: case["value"] for name, case in by_r["by_call"].items()}


def close(found, truth, *, rel=1e-10):
    """Say whether numbers are those of R, which writes "not reached" as NA."""
    expected = np.array(truth, dtype=float)
    assert np.asarray(found, dtype=float) == pytest.approx(expected, rel=rel, nan_ok=True)
    return True


def curve_of(rows, **how):
    return kaplan_meier(rows["time"].to_numpy(), rows["status"].to_numpy(), **how)


def lung_of(data_set):
    return data_set("lung").with_columns(pl.col("status") - 1)


def parts(rows, by):
    return [group for _, group in rows.group_by(by, maintain_order=True)]


def quartiles(curve):
    found = [quantile(curve, share) for share in QUARTERS]
    return [[getattr(one, end) for one in found] for end in ("estimate", "lower", "upper")]


def told_at(curve, times, truth, *, rel=1e-10):
    at = survival_at(curve, times)
    for column, name in (("estimate", "survival"), ("std_err", "std_err")):
        close(getattr(at, column), truth[name], rel=rel)
    assert close(at.lower, truth["lower"], rel=rel)
    assert close(at.upper, truth["upper"], rel=rel)


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3: "
    "survfit(Surv(time, status) ~ sex), conf.type log, plain, logit"
)
@pytest.mark.parametrize("interval", ["log", "plain", "logit"])
def test_medians_of_lung_cancer_by_sex(data_set, called, interval):
    truth = called[f"km_lung_sex_{interval}"]
    lung = lung_of(data_set)
    for place, sex in enumerate((1, 2)):
        curve = curve_of(lung.filter(sex=sex), interval=ProbabilityScale(interval))
        found = median(curve)
        ends = [truth[name][place] for name in ("median", "lcl", "ucl")]
        assert [found.estimate, found.lower, found.upper] == ends
        assert (curve.n, curve.events.sum()) == (truth["records"][place], truth["events"][place])
        mean = rmst(curve, tau=float(curve.times[-1]))
        # R's means run to the last time of both curves; the women's ends before it at a height
        # above 0, which R carries on.
        if curve.times[-1] == lung["time"].max():
            assert mean.estimate == pytest.approx(truth["rmean"][place], rel=1e-12)
            assert mean.std_err == pytest.approx(truth["se_rmean"][place], rel=1e-12)


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3: "
    "summary(survfit(Surv(time, status) ~ sex, conf.type = 'log'), times)"
)
def test_landmarks_of_lung_cancer_by_sex(data_set, called):
    truth = called["km_lung_times_log"]
    lung, times = lung_of(data_set), [90, 180, 365, 730]
    for place, sex in enumerate((1, 2)):
        curve = curve_of(lung.filter(sex=sex), interval=ProbabilityScale.LOG)
        here = slice(4 * place, 4 * place + 4)
        at = survival_at(curve, times)
        assert at.at_risk.tolist() == truth["n.risk"][here]
        close(at.estimate, truth["surv"][here])
        close(at.std_err, truth["std.err"][here])
        close(at.lower, truth["lower"][here])
        assert close(at.upper, truth["upper"][here])


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3: "
    "quantile(survfit(Surv(time, status) ~ rx, conf.type = 'log'))"
)
def test_quartiles_of_colon_cancer_by_treatment(data_set, called):
    truth = called["km_colon_quart_log"]
    colon = data_set("colon")
    for place, arm in enumerate(("Obs", "Lev", "Lev+5FU")):
        found = quartiles(curve_of(colon.filter(rx=arm), interval=ProbabilityScale.LOG))
        for got, name in zip(found, ("quantile", "lower", "upper"), strict=True):
            assert close(got, truth[name][place])


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3: survfit(Surv(futime, fustat) ~ 1, conf.type = 'log-log')"
)
def test_the_whole_curve_of_ovarian_cancer(data_set, called):
    truth = called["km_ovarian_all"]
    ovarian = data_set("ovarian")
    curve = kaplan_meier(ovarian["futime"].to_numpy(), ovarian["fustat"].to_numpy())
    assert curve.at_risk.tolist() == truth["n.risk"]
    assert curve.censored.tolist() == truth["n.censor"]
    close(curve.survival, truth["surv"])
    close(curve.std_err / curve.survival, truth["std.err_cumhaz"])
    close(curve.lower, truth["lower"])
    assert close(curve.upper, truth["upper"])


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3: survfit in subsets of veteran where S(t) is 0.5 exactly"
)
def test_a_median_on_a_flat_step_is_its_middle(data_set, called):
    veteran = data_set("veteran")
    for case in called["km_flat_half_public"]:
        rows = veteran.filter(celltype=case["celltype"], trt=case["trt"])
        curve = curve_of(rows, interval=ProbabilityScale.LOG)
        found = median(curve)
        close(
            [found.estimate, found.lower, found.upper], [case[k] for k in ("median", "lcl", "ucl")]
        )
        first = curve.times[np.flatnonzero(curve.survival <= 0.5 + 1e-9)[0]]
        assert (curve.n, first) == (case["n"], case["first_time_S_le_half"])


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3: survfit(..., conf.int = 0.9, conf.type = each of five), lung"
)
@pytest.mark.parametrize("interval", FIVE_SCALES)
def test_intervals_of_90_percent_on_five_scales(data_set, by_r, interval):
    curve = curve_of(lung_of(data_set), interval=interval, confidence=0.9)
    told_at(curve, DAYS, by_r[f"lung90_{interval.value}"])


def heart_of(data_set, *, transplant):
    rows = data_set("heart").filter(transplant=transplant)
    return rows["stop"].to_numpy(), rows["event"].to_numpy(), rows["start"].to_numpy()


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3: "
    "survfit(Surv(start, stop, event) ~ 1, heart), conf.type each of five"
)
@pytest.mark.parametrize("interval", FIVE_SCALES)
def test_delayed_entry_on_five_scales(data_set, by_r, interval):
    time, event, entry = heart_of(data_set, transplant=1)
    curve = kaplan_meier(time, event, entry=entry, interval=interval)
    truth = by_r[f"entry_heart_{interval.value}"]
    told_at(curve, DAYS, truth)
    estimate, lower, upper = quartiles(curve)
    close(estimate, truth["quartile"])
    if interval is ProbabilityScale.LOG_LOG:
        # The lower curve is 0.51 at day 5, with 11 at risk, and rises to 0.53 at day 16. The first
        # day at 0.75 or below is 5; R's quantile interpolates the heights in order and says 16.
        assert curve.lower[0] < curve.lower[1] < 0.75
        assert lower.pop(0) == 5
        close(lower, truth["quartile_lower"][1:])
    else:
        close(lower, truth["quartile_lower"])
    assert close(upper, truth["quartile_upper"])


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3: survfit(Surv(start, stop, event) ~ 1, heart)"
)
def test_subjects_at_risk_with_delayed_entry(data_set, by_r):
    time, event, entry = heart_of(data_set, transplant=1)
    curve = kaplan_meier(time, event, entry=entry)
    truth = by_r["entry_heart_rows"]
    for name in ("times", "at_risk", "events", "censored"):
        assert getattr(curve, name).tolist() == truth[name]


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3: "
    "summary(survfit(Surv(start, stop, event) ~ transplant), times)"
)
def test_delayed_entry_in_both_states_of_the_heart_trial(data_set, called):
    truth = called["km_lefttrunc_heart"]
    for place in (0, 1):
        time, event, entry = heart_of(data_set, transplant=place)
        curve = kaplan_meier(time, event, entry=entry, interval=ProbabilityScale.LOG)
        here = slice(4 * place, 4 * place + 4)
        names = {"survival": "surv", "std_err": "std.err", "lower": "lower", "upper": "upper"}
        told_at(curve, DAYS, {ours: truth[theirs][here] for ours, theirs in names.items()})
        # Between two times R tells the subjects at risk at the next one, later entries included.
        following = np.searchsorted(curve.times, DAYS)
        assert curve.at_risk[following].tolist() == truth["n.risk"][here]


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3: "
    "survfit(Surv(time, status == 0) ~ 1, conf.type = 'log-log'), lung by sex"
)
def test_follow_up_by_the_reverse_curve(data_set, by_r):
    for sex in (1, 2):
        rows = lung_of(data_set).filter(sex=sex)
        curve = reverse_kaplan_meier(rows["time"].to_numpy(), rows["status"].to_numpy())
        names = ("quartile", "quartile_lower", "quartile_upper")
        for got, name in zip(quartiles(curve), names, strict=True):
            assert close(got, by_r[f"reverse_lung_{sex}"][name])


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3: "
    "survfit(weights = 1 + age %% 3, robust = FALSE), summary(rmean = 365)"
)
def test_weights_that_count_subjects(data_set, by_r):
    lung = lung_of(data_set)
    counts = 1 + lung["age"].to_numpy() % 3
    curve = curve_of(lung, weights=CaseWeights(values=counts, meaning=WeightMeaning.COUNT))
    truth = by_r["counted_lung"]
    told_at(curve, DAYS, truth)
    following = np.searchsorted(curve.times, DAYS)
    close(curve.weighted.at_risk[following], truth["at_risk"])
    mean = rmst(curve, tau=365)
    assert close([mean.estimate, mean.std_err], truth["rmst"])


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3: survfit(weights = 0.5 + (age %% 7) / 5, robust = TRUE)"
)
def test_sampling_weights_have_a_robust_variance(data_set, by_r):
    lung = lung_of(data_set)
    weight = 0.5 + (lung["age"].to_numpy() % 7) / 5
    curve = curve_of(lung, weights=CaseWeights(values=weight, meaning=WeightMeaning.SAMPLING))
    told_at(curve, DAYS, by_r["sampled_lung"])
    following = np.searchsorted(curve.times, DAYS)
    assert close(curve.weighted.at_risk[following], by_r["sampled_lung"]["at_risk"])


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3: "
    "survfit(Surv(start, stop, event) ~ 1, weights, id, robust = TRUE), heart"
)
def test_sampling_weights_with_delayed_entry(data_set, by_r):
    time, event, entry = heart_of(data_set, transplant=1)
    weight = 0.5 + (np.arange(1, time.size + 1) % 7) / 5
    curve = kaplan_meier(
        time,
        event,
        entry=entry,
        weights=CaseWeights(values=weight, meaning=WeightMeaning.SAMPLING),
        interval=ProbabilityScale.LOG,
    )
    told_at(curve, DAYS, by_r["sampled_heart"])


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3: "
    "survfit(Surv(time, status) ~ rx, weights = inverse propensity), colon"
)
def test_inverse_probability_weights_in_colon_cancer(data_set, by_r, called):
    truth = called["km_weighted"]
    weight = pl.DataFrame({"id": by_r["iptw"]["id"], "weight": by_r["iptw"]["weight"]})
    colon = data_set("colon").join(weight, on="id")
    assert colon["weight"].sum() == pytest.approx(truth["w_sum"], rel=1e-12)
    times = [365, 1096, 1826]
    for place, arm in enumerate(("Obs", "Lev+5FU")):
        rows = colon.filter(rx=arm)
        weights = CaseWeights(values=rows["weight"].to_numpy(), meaning=WeightMeaning.SAMPLING)
        curve = curve_of(rows, weights=weights, interval=ProbabilityScale.LOG)
        here = slice(3 * place, 3 * place + 3)
        names = {"survival": "surv", "std_err": "std.err", "lower": "lower", "upper": "upper"}
        told_at(curve, times, {ours: truth[theirs][here] for ours, theirs in names.items()})
        following = np.searchsorted(curve.times, times)
        assert close(curve.weighted.at_risk[following], truth["n.risk"][here])


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3: "
    "survfit(Surv(time - 180, status) ~ 1, subset(lung, time > 180))"
)
def test_a_landmark_at_180_days(data_set, by_r):
    lung = lung_of(data_set)
    there = landmark(lung["time"].to_numpy(), lung["status"].to_numpy(), at=180)
    at = survival_at(kaplan_meier(there.time, there.event), [30, 185])
    truth = by_r["landmark_lung"]
    close(at.estimate, truth["survival"])
    close(at.std_err, truth["std_err"])
    assert [there.rows.size] == truth["rows"]


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3: "
    "difference of two summaries of survfit at day 365, plain and log-log"
)
def test_the_difference_of_survival_at_a_year(data_set, by_r):
    women, men = (curve_of(lung_of(data_set).filter(sex=sex)) for sex in (2, 1))
    plain = survival_difference(women, control=men, at=365)
    error = (plain.upper - plain.estimate) / 1.959963984540054
    found = [plain.estimate, error, plain.lower, plain.upper, plain.z, plain.p_value]
    close(found, by_r["milestone_lung"]["plain"], rel=1e-9)
    scaled = survival_difference(women, control=men, at=365, scale=ProbabilityScale.LOG_LOG)
    assert close([scaled.z, scaled.p_value], by_r["milestone_lung"]["log_log"])
