"""Freireich's trial of 6-mercaptopurine, from analysis datasets to result rows."""

from __future__ import annotations

import pytest

from equipoise.study.analyses import CoxAnalysis, CurveAnalysis, LogRankAnalysis

R = "R 4.2.2, survival 3.5-3: survfit (log-log), survdiff, coxph (Efron); block is row mod 3"
pytestmark = pytest.mark.source(R)

REMISSION = {"title": "Remission", "endpoint": "efs"}
TEST = "it/efs/chemo~v~surgery_first"


@pytest.fixture(scope="module")
def trial(stored):
    """Return the datasets: 6-mercaptopurine is the experimental arm, a week counts as a day."""
    told = stored("leukaemia_gehan_1965.json")
    rows = zip(told["weeks"], told["relapse"], told["placebo"], strict=True)
    adtte, adsl = [], []
    for place, (weeks, relapse, placebo) in enumerate(rows):
        arm = "surgery_first" if placebo else "chemo"
        who = {"USUBJID": f"{place:02d}", "ARMCD": arm}
        times = {"AVAL": float(weeks), "CNSR": 1 - relapse, "ESTIMAND": "primary"}
        adtte.append(who | times | {"PARAMCD": "efs"})
        adsl.append(who | {"ecog": place % 3})
    return {"adtte": adtte, "adsl": adsl}


@pytest.fixture(scope="module")
def curves(cells_of, trial):
    analysis = CurveAnalysis(
        method="kaplan_meier", by="arm", unit="days", at=("10 d", "20 d"), **REMISSION
    )
    return cells_of(analysis, **trial)


@pytest.mark.parametrize(
    ("arm", "expected"), [("chemo", [23.0, 13.0, None]), ("surgery_first", [8.0, 4.0, 11.0])]
)
def test_medians_with_their_intervals(curves, arm, expected):
    statistics = ("median", "median_lower", "median_upper")
    assert [curves[f"it/efs/{arm}/{statistic}"] for statistic in statistics] == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("chemo/landmark/{}@10", [15, 0.75294118, 0.50319951, 0.88936184]),
        ("chemo/landmark/{}@20", [8, 0.62745098, 0.36751086, 0.80491219]),
        ("surgery_first/landmark/{}@20", [2, 0.095238095, 0.01625926, 0.26124998]),
    ],
)
def test_survival_at_chosen_times(curves, cell, expected):
    statistics = ("at_risk", "survival", "lower", "upper")
    found = [curves[f"it/efs/{cell.format(statistic)}"] for statistic in statistics]
    assert found == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize(
    ("strata", "chi_square", "expected"),
    [((), 16.7929409892, 19.250500948), (("ecog",), 15.1816069949, 18.9851898102)],
)
def test_log_rank_test(cells_of, trial, *, strata, chi_square, expected):
    analysis = LogRankAnalysis(method="logrank", by="arm", strata=strata, **REMISSION)
    found = cells_of(analysis, **trial)
    assert found[f"{TEST}/chi_square"] == pytest.approx(chi_square, rel=1e-10)
    assert found["it/efs/chemo/expected"] == pytest.approx(expected, rel=1e-10)
    assert found["it/efs/chemo/observed"] == 9
    assert found[f"{TEST}/z"] == pytest.approx(-(chi_square**0.5), rel=1e-10)


@pytest.mark.parametrize(
    ("strata", "coefficient", "error"),
    [
        ((), -1.572125148829, 0.412396717709),
        (("ecog",), -1.513957404145, 0.421827412685),
    ],
)
def test_cox_regression(cells_of, trial, *, strata, coefficient, error):
    analysis = CoxAnalysis(method="cox", covariates=("arm",), strata=strata, **REMISSION)
    found = cells_of(analysis, **trial)
    assert found["it/efs/all/arm/coefficient"] == pytest.approx(coefficient, rel=1e-9)
    assert found["it/efs/all/arm/se"] == pytest.approx(error, rel=1e-9)


def test_hazard_ratio_with_its_interval(cells_of, trial):
    found = cells_of(CoxAnalysis(method="cox", covariates=("arm",), **REMISSION), **trial)
    told = [found[f"it/efs/all/arm/{end}"] for end in ("hazard_ratio", "lower", "upper")]
    assert told == pytest.approx([0.207603524842, 0.092512837262, 0.465872897234], rel=1e-9)
    assert found["it/efs/all/model/likelihood_ratio"] == pytest.approx(16.351690839, rel=1e-9)
