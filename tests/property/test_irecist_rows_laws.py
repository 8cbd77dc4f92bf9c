"""iRECIST differs from RECIST 1.1 only where something progressed."""

import datetime as dt
import runpy
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from equipoise.oncology.response.irecist_words import OF_RECIST
from equipoise.oncology.response.recist import Response

PEN = runpy.run_path(str(Path(__file__).parents[1] / "unit" / "derive" / "conftest.py"))
RESPONSE = {"kind": "response", "label": "R", "population": "randomised"}
START = dt.date(2026, 1, 1)


def target(length):
    said = {"lesion": "T1", "lesion_kind": "target", "lesion_organ": "liver"}
    if length is None:
        return said | {"lesion_state": "not_evaluated"}
    return said | {"lesion_state": "measured", "diameter_mm": length}


def derived(seed):
    """Give the responses of 60 subjects whose target takes four random sizes."""
    draw = np.random.default_rng(seed)
    words = {"orr": RESPONSE, "iorr": RESPONSE | {"criteria": "irecist"}}
    study = PEN["small_study"](**{f"endpoints__{name}": said for name, said in words.items()})
    record = PEN["Written"](study)
    for subject in (f"S{place:02}" for place in range(60)):
        record.subject(subject)
        record.form(subject, "screening/lesions", -5, **target(40.0))
        for visit in range(1, 5):
            length = None if draw.random() < 0.1 else float(draw.integers(20, 49))
            record.form(subject, f"cycle_{visit}/lesions", 28 * visit, **target(length))
    return record.derive().datasets["adrs"]


def with_i(responses):
    return [str(OF_RECIST[Response(one)]) for one in responses]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_up_to_the_first_progression_the_rows_of_irecist_are_those_of_recist_with_an_i(seed):
    adrs = derived(seed)
    both = {
        name: adrs.filter(pl.col("PARAMCD") == name).sort("USUBJID", "ADT")
        for name in ("OVR", "IOVR")
    }
    assert both["OVR"]["ADT"].to_list() == both["IOVR"]["ADT"].to_list()
    calm = (pl.col("AVALC") == "PD").cum_sum().over("USUBJID") == 0
    here = both["OVR"].select(calm=calm)["calm"]
    assert 20 < here.sum() < here.len()
    assert with_i(both["OVR"].filter(here)["AVALC"]) == both["IOVR"].filter(here)["AVALC"].to_list()
    assert both["OVR"].filter(here)["ENTRIES"].equals(both["IOVR"].filter(here)["ENTRIES"])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_without_any_progression_the_best_response_is_that_of_recist_with_an_i(seed):
    adrs = derived(seed)
    progressed = adrs.filter(pl.col("PARAMCD") == "OVR", pl.col("AVALC") == "PD")
    calm = adrs.join(progressed, on="USUBJID", how="anti").sort("USUBJID")
    best = {name: calm.filter(pl.col("PARAMCD") == name)["AVALC"] for name in ("orr", "iorr")}
    assert best["orr"].len() > 3
    assert with_i(best["orr"]) == best["iorr"].to_list()
