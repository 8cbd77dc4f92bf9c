"""Tables of other people: every cell that cannot be read is told by file, line and column."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from equipoise.base.errors import BadInput, RecordRefused, StorageFault
from equipoise.conduct import Person, open_desk
from equipoise.exchange.tables import read_tables, record_tables
from equipoise.study import Study, load_study
from equipoise.study.mapping import MappedForm
from equipoise.wiring import open_log

ADVANCED = Path(__file__).parents[3] / "studies" / "icc_advanced"

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
IMPORTER = Person(name="import", role="importer", site=None)


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
    first = rows[0].filled
    assert (first.subject, first.form, first.visit, first.row) == (
        "A01",
        "response",
        "assessment",
        1,
    )
    assert first.date == dt.date(2020, 5, 1)
    assert first.values == {"best_response": "CR"}


def test_an_empty_cell_stays_missing(study: Study, tables: Path):
    file = tables / "responses.csv"
    file.write_text(file.read_text().replace("A02,PR", "A02,"))
    row = next(row for row in read_tables(study, tables) if row.filled.subject == "A02")
    assert row.filled.values == {}


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


@pytest.mark.parametrize("row", ["A99,PR,zz", "A99"])
def test_a_row_with_another_number_of_cells_is_told(study: Study, tables: Path, row: str):
    file = tables / "responses.csv"
    file.write_text(f"{file.read_text()}{row}\n")
    with pytest.raises(BadInput) as caught:
        read_tables(study, tables)
    assert caught.value.faults[0].where.endswith("responses.csv:32")
    assert "2 cells" in caught.value.faults[0].what


def test_two_columns_of_one_name_are_refused(study: Study, tables: Path):
    file = tables / "responses.csv"
    file.write_text(file.read_text().replace("subject,best_response", "subject,subject"))
    with pytest.raises(BadInput) as caught:
        read_tables(study, tables)
    assert "two columns 'subject'" in caught.value.faults[0].what


def test_what_the_record_refuses_is_told_by_file_and_line_all_at_once(study: Study, tables: Path):
    file = tables / "responses.csv"
    file.write_text(file.read_text().replace("A02,PR", "A02,XX").replace("A05,PR", "A05,YY"))
    desk = open_desk(study, log=open_log(None, salts=lambda: "00"), clock=lambda: NOW)
    rows = read_tables(study, tables)
    with pytest.raises(RecordRefused) as caught:
        record_tables(desk, IMPORTER, rows=rows, progress=lambda *_: None)
    assert [fault.where.split(" ")[0].rsplit(":")[-1] for fault in caught.value.faults] == [
        "3",
        "6",
    ]
    assert [fault.got for fault in caught.value.faults] == ["'XX'", "'YY'"]


def test_rows_of_a_repeating_form_are_numbered_and_a_column_can_name_the_arm(tmp_path: Path):
    (tmp_path / "events.csv").write_text(
        "id,arm,day,term,grade\n1,X,2020-01-02,fatigue,1\n1,X,2020-01-03,rash,2\n2,Y,2020-01-02,rash,1\n"
    )
    study = _two_arms_told()
    rows = read_tables(study, tmp_path)
    assert [(row.filled.subject, row.filled.row, row.arm) for row in rows] == [
        ("1", 1, "chemo"),
        ("1", 2, "chemo"),
        ("2", 1, "surgery_first"),
    ]
    desk = open_desk(study, log=open_log(None, salts=lambda: "00"), clock=lambda: NOW)
    person = Person(name="import", role="importer", site=None)
    assert record_tables(desk, person, rows=rows, progress=lambda *_: None) == 2
    assert desk.record.subjects["2"].arm == "surgery_first"


def _two_arms_told() -> Study:
    """Return the page-long study as if it had been randomised and recorded elsewhere."""
    page = load_study(ADVANCED.parents[1] / "tests" / "studies" / "oesophagus")
    mapped = MappedForm.model_validate(
        {
            "file": "events.csv",
            "subject": "id",
            "visit": "any_time",
            "date": "day",
            "arm": {"column": "arm", "values": {"X": "chemo", "Y": "surgery_first"}},
            "items": {"ae_term": "term", "ae_grade": "grade"},
        }
    )
    form = page.forms["adverse_events"]
    items = {name: item.model_copy(update={"required": False}) for name, item in form.items.items()}
    forms = page.forms | {"adverse_events": form.model_copy(update={"items": items})}
    del forms["demographics"]
    role = page.roles["investigator"]
    return page.model_copy(
        update={
            "data": {"adverse_events": mapped},
            "forms": forms,
            "randomise": None,
            "sites": {},
            "schedule": page.schedule.model_copy(
                update={"visits": {"any_time": page.schedule.visits["any_time"]}}
            ),
            "eligibility": page.eligibility.model_copy(update={"include": {}}),
            "roles": {"importer": role},
        }
    )
