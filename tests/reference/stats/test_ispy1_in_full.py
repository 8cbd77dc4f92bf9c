"""What R says of recurrence in I-SPY 1 beside medians and coefficients: means, concordance."""

import csv

import numpy as np
import pytest

from equipoise.stats import cox, kaplan_meier
from equipoise.stats.time_to_event.cox_concordance import concordance
from equipoise.stats.time_to_event.rmst import rmst

SOURCE = "program: R 4.2.2, survival 3.5-3; calls in tests/reference/data/ispy1_results.json"
pytestmark = pytest.mark.source(SOURCE)


@pytest.fixture(scope="module")
def recurrence(public_data):
    """Return months, event, response and age of the subjects whose response is known."""
    ages, rows = {}, []
    with (public_data / "ispy1" / "predictors.csv").open(newline="", encoding="utf-8") as file:
        ages = {row["SUBJECTID"]: row["age"] for row in csv.DictReader(file)}
    with (public_data / "ispy1" / "outcomes.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            cells = (row["RFS"], row["rfs_ind"], row["PCR"], ages[row["SUBJECTID"]])
            rows.append([float(cell or "nan") for cell in cells])
    table = np.array(rows)
    return table[~np.isnan(table[:, 2])].T


def test_restricted_means_of_recurrence_by_response(recurrence, stored):
    time, event, responded, _ = recurrence
    truth = stored("ispy1_results.json")["ispy1_rfs_km"]
    for place in (0, 1):
        arm = responded == place
        # R's means run to the last time of all curves, and R carries a curve that ends before at
        # its last height; we refuse to, so the strip is added here, and its error is not told.
        curve = kaplan_meier(time[arm], event[arm])
        last = float(curve.times[-1])
        mean = rmst(curve, tau=last)
        carried = (float(time.max()) - last) * float(curve.survival[-1])
        assert mean.estimate + carried == pytest.approx(truth["rmean"][place], rel=1e-12)
        if carried == 0:
            assert mean.std_err == pytest.approx(truth["se_rmean"][place], rel=1e-12)


def test_hazard_ratio_and_concordance_of_recurrence(recurrence, stored):
    time, event, responded, age = recurrence
    truth = stored("ispy1_results.json")["ispy1_rfs_cox"]
    model = cox(time, event, np.column_stack((responded, age)))
    assert model.hazard_ratio == pytest.approx(truth["hr"], rel=1e-8)
    found = concordance(model)
    assert [found.estimate, found.std_err] == pytest.approx(truth["concordance"], rel=1e-8)
