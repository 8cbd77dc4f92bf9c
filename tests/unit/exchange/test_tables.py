"""Tables of other people: every cell that cannot be read is told by file, line and column."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from equipoise.base.errors import BadInput, StorageFault
from equipoise.exchange.tables import read_tables
from equipoise.study import Study, load_study

ADVANCED = Path(__file__).parents[3] / "studies" / "icc_advanced"


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(ADVANCED)


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    shutil.copy(ADVANCED / "responses.csv", tmp_path)
    return tmp_path


def test_each_row_becomes_a_filled_form(study: Study, tables: Path):
    rows = read_tables(study, tables)
    assert len(rows) == 30
    assert rows[0].subject == "A01"
    assert rows[0].form == "response"
    assert rows[0].visit == "assessment"
    assert rows[0].date == dt.date(2020, 5, 1)
    assert rows[0].values == {"best_response": "CR"}


def test_an_empty_cell_stays_missing(study: Study, tables: Path):
    file = tables / "responses.csv"
    file.write_text(file.read_text().replace("A02,PR", "A02,"))
    row = next(row for row in read_tables(study, tables) if row.subject == "A02")
    assert row.values == {}


def test_every_cell_that_cannot_be_read_is_told_with_its_line(study: Study, tables: Path):
    mapped = study.data["response"].model_copy(
        update={
            "items": {
                "best_response": study.data["response"]
                .items["best_response"]
                .model_copy(update={"values": {"PR": "PR", "CR": "CR"}})
            }
        }
    )
    narrow = study.model_copy(update={"data": {"response": mapped}})
    with pytest.raises(BadInput) as caught:
        read_tables(narrow, tables)
    # 4 SD and 2 NE have no word; the header is line 1 and A25 stands on line 26.
    assert len(caught.value.faults) == 6
    assert caught.value.faults[0].where.endswith("responses.csv:26")
    assert caught.value.faults[0].got == "SD"


def test_a_missing_column_is_named(study: Study, tables: Path):
    file = tables / "responses.csv"
    file.write_text(file.read_text().replace("best_response", "response"))
    with pytest.raises(BadInput) as caught:
        read_tables(study, tables)
    assert "best_response" in caught.value.faults[0].what


def test_a_missing_table_says_how_to_name_its_folder(study: Study, tmp_path: Path):
    with pytest.raises(StorageFault) as caught:
        read_tables(study, tmp_path)
    assert "--data" in caught.value.faults[0].fix
