"""I-SPY 1: pathological response, residual burden and recurrence of 221 subjects."""

import csv

import numpy as np
import pytest

from equipoise.stats import (
    clopper_pearson,
    cox,
    kaplan_meier,
    logistic,
    logrank,
    median,
    summarise,
    survival_at,
    wilson,
)

SOURCE = "program: R 4.2.2, survival 3.5-3; calls in tests/reference/data/ispy1_results.json"
pytestmark = pytest.mark.source(SOURCE)


@pytest.fixture(scope="module")
def subjects(public_data):
    """Return one column of numbers for each variable; an empty cell is NaN."""
    rows = {}
    for name in ("outcomes.csv", "predictors.csv"):
        with (public_data / "ispy1" / name).open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                rows.setdefault(row["SUBJECTID"], {}).update(row)
    wanted = {
        "pcr": "PCR",
        "rfs": "RFS",
        "recurred": "rfs_ind",
        "os": "survDtD2 (tx)",
        "status": "sstat",
        "burden": "RCBClass",
        "age": "age",
        "her2": "Her2MostPos",
        "first": "MRI LD Baseline",
        "last": "MRI LD PreSurg",
    }
    return {
        name: np.array([float(row[column] or "nan") for row in rows.values()])
        for name, column in wanted.items()
    }


@pytest.fixture(scope="module")
def truth(stored):
    return stored("ispy1_results.json")


def known(subjects, *names):
    rows = ~np.any([np.isnan(subjects[name]) for name in names], axis=0)
    return {name: column[rows] for name, column in subjects.items()}


@pytest.mark.parametrize(("part", "her2"), [("all", None), ("her2pos", 1), ("her2neg", 0)])
def test_pathological_response_rate(subjects, truth, *, part, her2):
    rows = known(subjects, "pcr")
    chosen = np.ones(rows["pcr"].size, dtype=bool) if her2 is None else rows["her2"] == her2
    expected = truth["ispy1_pcr"][part]
    counts = int(rows["pcr"][chosen].sum()), int(chosen.sum())
    assert counts == (expected["x"], expected["n"])
    for method, ends in ((clopper_pearson, expected["cp"]), (wilson, expected["wilson"])):
        interval = method(*counts)
        assert (interval.lower, interval.upper) == pytest.approx(ends, rel=1e-12)


def test_recurrence_free_survival_by_response(subjects, truth):
    rows = known(subjects, "pcr")
    expected = truth["ispy1_rfs_km"]
    for place, responded in enumerate((0, 1)):
        arm = rows["pcr"] == responded
        curve = kaplan_meier(rows["rfs"][arm], rows["recurred"][arm])
        found = median(curve)
        ends = [expected[name][place] for name in ("median", "lcl", "ucl")]
        assert [found.estimate, found.lower, found.upper] == pytest.approx(
            np.array(ends, dtype=float), nan_ok=True
        )
        assert (curve.n, curve.events.sum()) == (
            expected["records"][place],
            expected["events"][place],
        )


def test_log_rank_of_recurrence_by_response(subjects, truth):
    rows = known(subjects, "pcr")
    expected = truth["ispy1_rfs_lr"]
    test = logrank(rows["rfs"], rows["recurred"], rows["pcr"])
    assert test.n.tolist() == expected["n"]
    assert test.expected == pytest.approx(expected["exp"], rel=1e-13)
    assert test.variance == pytest.approx(np.array(expected["var"]), rel=1e-13)
    assert (test.chi_square, test.p_value) == pytest.approx(
        (expected["chisq"], expected["p"]), rel=1e-12
    )
    assert test.z < 0


def test_cox_of_recurrence_on_response_and_age(subjects, truth):
    rows = known(subjects, "pcr")
    expected = truth["ispy1_rfs_cox"]
    model = cox(rows["rfs"], rows["recurred"], np.column_stack((rows["pcr"], rows["age"])))
    assert model.coef == pytest.approx(expected["coef"], rel=1e-8)
    assert model.variance == pytest.approx(np.array(expected["var"]), rel=1e-8)
    assert model.lower == pytest.approx(expected["hr_lower"], rel=1e-8)
    assert model.upper == pytest.approx(expected["hr_upper"], rel=1e-8)
    assert model.p_wald == pytest.approx(expected["p_wald_each"], rel=1e-7)
    assert [model.loglik_null, model.loglik] == pytest.approx(expected["loglik"], rel=1e-12)
    for test, name in ((model.likelihood_ratio, "LRT"), (model.score, "score")):
        assert [test.chi_square, test.df, test.p_value] == pytest.approx(expected[name], rel=1e-9)
    assert model.wald.p_value == pytest.approx(expected["wald"][2], rel=1e-8)
    assert (model.n, model.events) == (expected["n"], expected["nevent"])


def test_survival_at_3_and_5_years_by_residual_burden(subjects, truth):
    rows = known(subjects, "burden")
    expected = truth["ispy1_os_landmark"]
    found = []
    for burden in range(4):
        arm = rows["burden"] == burden
        curve = kaplan_meier(rows["os"][arm], rows["status"][arm] == 8)
        found.append(survival_at(curve, [1096, 1826]))
    for ours, theirs in {
        "at_risk": "n.risk",
        "estimate": "surv",
        "std_err": "std.err",
        "lower": "lower",
        "upper": "upper",
    }.items():
        column = np.concatenate([getattr(one, ours) for one in found])
        assert column == pytest.approx(expected[theirs], rel=1e-12)


def test_change_of_longest_diameter(subjects, truth):
    expected = truth["ispy1_ld_change"]
    with np.errstate(divide="ignore", invalid="ignore"):
        change = 100 * (subjects["last"] - subjects["first"]) / subjects["first"]
    found = summarise(change[np.isfinite(change)])
    assert found.n == expected["n"]
    assert (found.mean, found.sd) == pytest.approx((expected["mean"], expected["sd"]), rel=1e-12)
    assert (found.q1, found.median, found.q3) == pytest.approx(
        (expected["q"][0], expected["median"], expected["q"][1]), rel=1e-13
    )


def test_logistic_of_response_on_age_and_her2(subjects, truth):
    rows = known(subjects, "pcr", "age", "her2")
    expected = truth["ispy1_pcr_logit"]
    model = logistic(rows["pcr"], np.column_stack((rows["age"], rows["her2"])))
    assert model.coef == pytest.approx(expected["coef"], rel=1e-7)
    assert model.std_err == pytest.approx(expected["se"], rel=1e-6)
    assert model.n == expected["n"]
