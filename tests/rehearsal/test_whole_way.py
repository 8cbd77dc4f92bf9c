"""The whole house, protocol in, report out, for each shipped study and one of another tumour."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

Equipoise = Callable[..., subprocess.CompletedProcess[str]]

ROOT = Path(__file__).parents[2]
GOLP = ROOT / "studies" / "icc_golp"
OESOPHAGUS = ROOT / "tests" / "studies" / "oesophagus"


def rehearsed(
    equipoise: Equipoise, study: Path, out: Path, *, seed: int, workers: int
) -> dict[str, object]:
    done = equipoise(
        "rehearse", study, "--seed", seed, "--workers", workers, "--out", out, "--json"
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def golp(equipoise: Equipoise, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("golp") / "run"
    rehearsed(equipoise, GOLP, out, seed=1, workers=2)
    return out


@pytest.fixture(scope="module")
def golp_results(golp: Path) -> pl.DataFrame:
    return pl.read_parquet(golp / "results.parquet")


def test_the_same_seed_gives_the_same_results_and_log_on_one_worker_and_on_two(
    equipoise: Equipoise, golp: Path, tmp_path: Path
):
    again = rehearsed(equipoise, GOLP, tmp_path / "one", seed=1, workers=1)
    said = json.loads((golp / "provenance.json").read_text())
    assert again["results_hash"] == said["results_hash"]
    assert again["log_head"] == said["snapshot_head"]


def test_another_seed_gives_another_trial_of_another_tumour_with_no_change_of_code(
    equipoise: Equipoise, tmp_path: Path
):
    first = rehearsed(equipoise, OESOPHAGUS, tmp_path / "first", seed=1, workers=1)
    other = rehearsed(equipoise, OESOPHAGUS, tmp_path / "other", seed=2, workers=2)
    assert first["results_hash"] != other["results_hash"]
    assert first["log_head"] != other["log_head"]


def test_all_178_subjects_are_randomised_one_to_one_within_a_block(golp: Path):
    adsl = pl.read_parquet(golp / "datasets" / "adsl.parquet")
    arms = adsl.filter(pl.col("RANDDT").is_not_null())["ARMCD"].value_counts().sort("ARMCD")
    assert arms["count"].sum() == 178
    # Four strata, blocks of at most six: each stratum is at most three apart.
    assert abs(arms["count"][0] - arms["count"][1]) <= 12


def test_every_result_counts_the_rows_its_address_says(golp: Path, golp_results: pl.DataFrame):
    datasets = {file.stem: pl.read_parquet(file) for file in (golp / "datasets").glob("*.parquet")}
    conditions = golp_results.select("dataset", "where", "n").drop_nulls().unique()
    for dataset, where, n in conditions.iter_rows():
        assert datasets[dataset].sql(f"select count(*) from self where {where}").item() == n  # noqa: S608 - our own condition


def test_a_number_is_walked_back_to_the_entries_that_made_it(equipoise: Equipoise, golp: Path):
    results = pl.read_parquet(golp / "results.parquet")
    cell = results.filter(
        (pl.col("analysis") == "resection")
        & (pl.col("endpoint") == "r0")
        & (pl.col("group") == "golp")
        & (pl.col("statistic") == "successes")
    )
    done = equipoise("trace", golp, cell["cell"][0], "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    margins = [e["new"] for e in told["entries"].values() if e["item"] == "margin"]
    assert margins.count("R0") == cell["value"][0]


def test_the_report_is_one_file_that_says_on_every_section_that_it_is_simulated(golp: Path):
    page = (golp / "report.html").read_text()
    assert 'src="http' not in page
    assert 'href="http' not in page.replace('href="https://clinicaltrials.gov', "")
    assert page.lower().count("simulated") > 10


def test_the_page_can_be_written_again_from_the_run(
    equipoise: Equipoise, golp: Path, tmp_path: Path
):
    done = equipoise("report", golp, "--out", tmp_path / "again.html")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "again.html").read_text() == (golp / "report.html").read_text()


def test_the_doses_of_a_subject_are_told_with_rows_and_sources(equipoise: Equipoise, golp: Path):
    doses = pl.read_parquet(golp / "datasets" / "adex.parquet")
    half = doses.filter((pl.col("DRUG") == "gemcitabine") & (pl.col("CHANGE") == "reduced"))
    one = half.filter(pl.col("DOSEDAY") == 8).row(0, named=True)
    subject, cycle = one["USUBJID"], one["VISIT"]
    done = equipoise("dose", golp, subject, cycle, "--day", 8, "--json")
    assert done.returncode == 0, done.stderr
    [told] = json.loads(done.stdout)
    gemcitabine = next(one for one in told["drugs"] if one["drug"] == "gemcitabine")
    assert gemcitabine["action"] == "reduce"
    assert gemcitabine["rows"][0]["source"] == "label_gemcitabine"
    nobody = equipoise("dose", golp, "nobody")
    assert nobody.returncode == 2
    assert "no such subject" in nobody.stderr


def test_the_forms_of_a_subject_say_what_the_datasets_say(equipoise: Equipoise, golp: Path):
    responses = pl.read_parquet(golp / "datasets" / "adrs.parquet").filter(PARAMCD="OVR")
    one = responses.row(0, named=True)
    done = equipoise("explain", golp, one["USUBJID"], one["VISIT"], "--json")
    assert done.returncode == 0, done.stderr
    told = [said for form in json.loads(done.stdout) for said in form["said"]]
    [response] = [said for said in told if said["aspect"] == "response"]
    assert (response["value"], response["why"]) == (one["AVALC"], one["EXPLAIN"])
    assert "sum" in equipoise("explain", golp, one["USUBJID"]).stdout
    unknown = equipoise("explain", golp, one["USUBJID"], "cycle_77")
    assert unknown.returncode == 2
    assert "no such visit" in unknown.stderr


def test_the_results_tell_the_intensity_of_each_drug(golp_results: pl.DataFrame):
    doses = golp_results.filter(
        (pl.col("analysis") == "doses") & (pl.col("statistic") == "median")
    ).filter(pl.col("group") == "golp")
    told = dict(doses.select("endpoint", "value").iter_rows())
    assert set(told) == {
        "golp.toripalimab",
        "golp.gemcitabine",
        "golp.oxaliplatin",
        "golp.lenvatinib",
        "capecitabine.capecitabine",
    }
    assert told["golp.gemcitabine"] < told["golp.toripalimab"] <= 100


def test_the_log_verifies_and_holds_the_head_that_the_report_names(
    equipoise: Equipoise, golp: Path
):
    done = equipoise("trace", golp, "--verify")
    assert done.returncode == 0, done.stderr
    head = json.loads((golp / "provenance.json").read_text())["snapshot_head"]
    assert head[:12] in done.stdout
    assert "178 allocations, each as the list of seed 1 gives it" in done.stdout


@pytest.mark.source("ESMO 2020 abstract 56P; doi:10.1038/s41392-023-01317-7: 24/30 and 28/30")
def test_the_rows_of_the_earlier_study_give_its_published_rates_and_intervals(
    equipoise: Equipoise, tmp_path: Path
):
    done = equipoise("analyse", ROOT / "studies" / "icc_advanced", "--out", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    assert "24/30 = 80.0 % (61.4-92.3)" in done.stdout
    assert "28/30 = 93.3 % (77.9-99.2)" in done.stdout
