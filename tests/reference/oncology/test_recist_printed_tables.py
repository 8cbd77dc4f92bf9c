import datetime as dt
from itertools import product

import pytest

from equipoise.oncology import best_overall_response
from equipoise.oncology.response.best_response import (
    ADMIRALONCO,
    GUIDELINE,
    GUIDELINE_RECODED,
    DatedResponse,
)
from equipoise.oncology.response.irecist_best import DatedIResponse, irecist_best
from equipoise.oncology.response.recist import Response, timepoint_response
from equipoise.oncology.response.recist_tables import (
    I_TABLE_3,
    TABLE_1,
    TABLE_2,
    TABLE_3,
    recist_tables,
)

EISENHAUER = "paper: Eisenhauer et al. 2009, doi:10.1016/j.ejca.2008.10.026"
SEYMOUR = "paper: Seymour et al. 2017, doi:10.1016/S1470-2045(17)30074-8"
START = dt.date(2026, 1, 1)
CR, PR, SD, PD, NE = Response.CR, Response.PR, Response.SD, Response.PD, Response.NE


@pytest.mark.source(EISENHAUER + ", tables 1 and 2")
@pytest.mark.parametrize("row", [*TABLE_1, *TABLE_2])
def test_each_row_of_the_time_point_tables_gives_its_response(row):
    for target, non_target, new in product(row.target, row.non_target, row.new_lesion):
        call = timepoint_response(target, non_target=non_target, new_lesion=new)
        assert call is row.overall


@pytest.mark.source("by hand: 5 responses of targets, 5 of non-targets (none included), new or not")
def test_the_time_point_tables_leave_no_combination_out():
    def combinations(rows):
        return {key for row in rows for key in product(row.target, row.non_target, row.new_lesion)}

    assert len(combinations(TABLE_1)) == 5 * 5 * 2
    assert len(combinations(TABLE_2)) == 4 * 2


def two(first, then, *, minimum, rules):
    """Return the best of two assessments on days 50 and 80."""
    points = [
        DatedResponse(date=START + dt.timedelta(days=day), response=response)
        for day, response in ((50, first), (80, then))
    ]
    changed = type(rules)(minimum_sd_days=minimum, after_complete=rules.after_complete)
    return best_overall_response(points, since=START, confirmed=True, rules=changed).response


@pytest.mark.source(EISENHAUER + ", table 3")
@pytest.mark.parametrize("row", TABLE_3)
def test_each_row_of_the_confirmation_table_gives_its_best_response(row):
    assert two(row.first, row.then, minimum=42, rules=GUIDELINE) is row.best
    assert two(row.first, row.then, minimum=56, rules=GUIDELINE) is row.best_before_minimum


@pytest.mark.source(EISENHAUER + ", table 3, footnote: a CR that turns out to have been PR")
def test_a_cr_that_was_called_too_early_is_recoded_and_confirmed_by_the_pr_after_it():
    (row,) = [row for row in TABLE_3 if row.recoded is not None]
    assert two(row.first, row.then, minimum=42, rules=GUIDELINE_RECODED) is row.recoded
    assert two(row.first, row.then, minimum=42, rules=ADMIRALONCO) is SD
    assert two(CR, SD, minimum=56, rules=GUIDELINE_RECODED) is PD


@pytest.mark.source(SEYMOUR + ", table 3")
@pytest.mark.parametrize("row", I_TABLE_3)
def test_every_history_of_the_examples_of_irecist_has_their_best_response(row):
    days = [56 * (1 + place) for place in range(len(row.timepoints))]
    for calls in product(*row.timepoints):
        points = [
            DatedIResponse(date=START + dt.timedelta(days=day), response=call)
            for day, call in zip(days, calls, strict=True)
        ]
        assert irecist_best(points, since=START).response is row.best


@pytest.mark.source("by hand: rows of tables 1 to 3 of RECIST, of tables 2 and 3 of iRECIST")
def test_the_tables_for_proof_reading_hold_every_row_in_words():
    tables = recist_tables()
    assert [len(table.rows) for table in tables] == [9, 5, 11, 5, 8]
    assert all(len(row) == len(table.heads) for table in tables for row in table.rows)
    assert tables[0].rows[0] == ("CR", "CR, none", "no", "CR")
    assert tables[0].rows[-1][2] == "yes"
    assert tables[1].rows[3] == ("none", "PD", "any", "PD")
    assert tables[2].rows[1] == ("CR", "PR", "SD", "PD", "PR")
    assert tables[4].rows[7] == ("iUPD", "NE", "NE", "NE", "NE", "iUPD")
