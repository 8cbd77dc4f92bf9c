"""The published responses of the earlier study of this regimen, from 30 rows to its figures."""

from __future__ import annotations

import pytest

from equipoise.study.analyses import ProportionAnalysis

ESMO = "ESMO 2020 abstract 56P and doi:10.1038/s41392-023-01317-7: 24/30, 80.0 % (61.4-92.3)"
RATE = ProportionAnalysis(method="proportion", title="Response", endpoints=("orr",))
BEST = ["CR"] * 1 + ["PR"] * 23 + ["SD"] * 4 + ["NE"] * 2


@pytest.fixture(scope="module")
def response(cells_of):
    who = [{"USUBJID": f"{place:02d}", "PARAMCD": "orr"} for place in range(30)]
    answers = [
        row | {"AVAL": float(best in {"CR", "PR"}), "AVALC": best}
        for row, best in zip(who, BEST, strict=True)
    ]
    best = [row | {"AVALC": best} for row, best in zip(who, BEST, strict=True)]
    return cells_of(RATE, adeff=answers, adrs=best)


@pytest.mark.source(ESMO)
def test_objective_response_with_its_exact_interval(response):
    cell = "it/orr/all/clopper_pearson"
    assert response[f"{cell}/successes"] == 24
    ends = [response[f"{cell}/{end}"] for end in ("proportion", "lower", "upper")]
    assert [round(100 * end, 1) for end in ends] == [80.0, 61.4, 92.3]


@pytest.mark.source("doi:10.1038/s41392-023-01317-7: 1 complete and 23 partial responses")
def test_categories_of_response(response):
    told = [response[f"it/orr/all/{category}/count"] for category in ("CR", "PR", "SD", "PD")]
    assert told == [1, 23, 4, 0]
    assert round(response["it/orr/all/CR/percent"], 1) == 3.3


@pytest.mark.source("by hand: 30 rows, none without an assessment")
def test_categories_add_up_to_the_subjects(response):
    counts = [value for cell, value in response.items() if cell.endswith("/count")]
    assert sum(counts) == 30
    assert response["it/orr/all/not_assessed/count"] == 0
