"""Real people through the whole house: I-SPY 1, against R survival 3.5.3 and base R 4.2.2.

The tables are read from the folder `data/ispy1` below the environment variable
EQUIPOISE_REFERENCE_DATA; without it these tests are skipped and counted.
"""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from equipoise.cli.app import app

ROOT = Path(__file__).parents[3]
R = "R 4.2.2, survival 3.5.3, on the public tables of I-SPY 1 (TCIA, 2016)"
GOLDEN = json.loads((ROOT / "tests/reference/data/ispy1_results.json").read_text())


@pytest.fixture(scope="module")
def results(public_data: Path, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    out = tmp_path_factory.mktemp("ispy1") / "run"
    tables = public_data / "ispy1"
    words = ["analyse", str(ROOT / "studies/ispy1"), "--data", str(tables), "--out", str(out)]
    done = CliRunner().invoke(app, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert "<svg" in (out / "report.html").read_text()
    return pl.read_parquet(out / "results.parquet")


def value(results: pl.DataFrame, statistic: str, **where: object) -> float | None:
    rows = results.filter(statistic=statistic, **where)
    assert rows.height == 1, rows
    return rows["value"][0]


@pytest.mark.source(R)
@pytest.mark.parametrize(
    ("golden", "where"),
    [
        ("all", {"analysis": "pcr_rate", "group": "all"}),
        ("her2pos", {"analysis": "pcr_by_her2", "group": "yes"}),
        ("her2neg", {"analysis": "pcr_by_her2", "group": "no"}),
    ],
)
def test_pcr_rate_with_both_intervals(results: pl.DataFrame, golden: str, where: dict):
    expected = GOLDEN["ispy1_pcr"][golden]
    for level, key in (("clopper_pearson", "cp"), ("wilson", "wilson")):
        at = where | {"level": level}
        assert value(results, "successes", **at) == expected["x"]
        assert value(results, "n", **at) == expected["n"]
        assert value(results, "lower", **at) == pytest.approx(expected[key][0], abs=1e-8)
        assert value(results, "upper", **at) == pytest.approx(expected[key][1], abs=1e-8)


@pytest.mark.source(R)
def test_63_events_of_relapse_free_survival_and_40_deaths(results: pl.DataFrame):
    assert value(results, "events", analysis="rfs_all", group="all", level="") == 63
    assert value(results, "events", analysis="os_all", group="all", level="") == 40
    assert value(results, "n", analysis="os_all", group="all", level="") == 221


@pytest.mark.source(R)
def test_relapse_free_survival_by_pcr(results: pl.DataFrame):
    expected = GOLDEN["ispy1_rfs_km"]
    for k, group in enumerate(("no", "yes")):
        at = {"analysis": "rfs_by_pcr", "group": group, "level": ""}
        assert value(results, "n", **at) == expected["records"][k]
        assert value(results, "events", **at) == expected["events"][k]
        keys = {"median": "median", "median_lower": "lcl", "median_upper": "ucl"}
        for statistic, key in keys.items():
            assert value(results, statistic, **at) == expected[key][k]


@pytest.mark.source(R)
def test_logrank_of_relapse_free_survival_by_pcr(results: pl.DataFrame):
    expected = GOLDEN["ispy1_rfs_lr"]
    at = {"analysis": "rfs_test"}
    assert value(results, "chi_square", **at) == pytest.approx(expected["chisq"], rel=1e-8)
    assert value(results, "p_value", **at) == pytest.approx(expected["p"], rel=1e-8)
    for k, group in enumerate(("no", "yes")):
        assert value(results, "observed", group=group, **at) == expected["obs"][k]
        assert value(results, "expected", group=group, **at) == pytest.approx(
            expected["exp"][k], rel=1e-8
        )


@pytest.mark.source(R)
def test_cox_of_relapse_free_survival_on_pcr_and_age(results: pl.DataFrame):
    expected = GOLDEN["ispy1_rfs_cox"]
    for k, covariate in enumerate(("pcr", "age")):
        at = {"analysis": "rfs_model", "level": covariate}
        for statistic, key in (
            ("coefficient", "coef"),
            ("hazard_ratio", "hr"),
            ("lower", "hr_lower"),
            ("upper", "hr_upper"),
            ("p_value", "p_wald_each"),
        ):
            assert value(results, statistic, **at) == pytest.approx(expected[key][k], rel=1e-6)


@pytest.mark.source(R)
def test_survival_at_three_and_five_years_by_residual_cancer_burden(results: pl.DataFrame):
    expected = GOLDEN["ispy1_os_landmark"]
    groups = ("0", "I", "II", "III")
    for k, (group, days) in enumerate((g, d) for g in groups for d in (1096.0, 1826.0)):
        at = {"analysis": "os_by_rcb", "group": group, "level": "landmark", "at": days}
        for statistic, key in (("survival", "surv"), ("lower", "lower"), ("upper", "upper")):
            assert value(results, statistic, **at) == pytest.approx(expected[key][k], abs=1e-8)


@pytest.mark.source(R)
def test_change_of_the_longest_diameter(results: pl.DataFrame):
    expected = GOLDEN["ispy1_ld_change"]
    at = {"analysis": "change", "level": ""}
    assert value(results, "n", **at) == expected["n"]
    for statistic, truth in (
        ("mean", expected["mean"]),
        ("sd", expected["sd"]),
        ("median", expected["median"]),
        ("q1", expected["q"][0]),
        ("q3", expected["q"][1]),
    ):
        assert value(results, statistic, **at) == pytest.approx(truth, rel=1e-8)
    assert value(results, "count", analysis="change", level="at_most") == expected["le_m30"]
    assert value(results, "count", analysis="change", level="at_least") == expected["ge_p20"]


@pytest.mark.source(R)
def test_logistic_regression_of_pcr_on_age_and_her2(results: pl.DataFrame):
    expected = GOLDEN["ispy1_pcr_logit"]
    for k, covariate in enumerate(("intercept", "age", "her2_positive")):
        at = {"analysis": "pcr_model", "level": covariate}
        assert value(results, "coefficient", **at) == pytest.approx(expected["coef"][k], rel=1e-6)
        assert value(results, "se", **at) == pytest.approx(expected["se"][k], rel=1e-6)
