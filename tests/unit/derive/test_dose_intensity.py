"""`adexsum`: given of the dose that the calendar plans, counted by hand."""

from __future__ import annotations

import pytest

ITEMS = {
    "drug": {"label": "Drug", "type": "text"},
    "dose_day": {"label": "Day", "type": "integer"},
    "planned_mg": {"label": "Planned", "type": "number"},
    "given_mg": {"label": "Given", "type": "number"},
    "dose_days": {"label": "Days", "type": "integer"},
}
REGIMEN = {
    "label": "Two drugs",
    "cycle": "21 d",
    "cycles": {"planned": 4},
    "drugs": {
        "alpha": {"dose": "100 mg", "route": "intravenous", "days": [1, 8]},
        "beta": {"label": "Beta tablets", "dose": "10 mg", "route": "oral", "days": "daily"},
    },
}
LAST = 62  # the second of the cycles that are planned on days 21, 42, 63 and 84 ends then


@pytest.fixture
def record(written):
    """A subject who began the regimen on day 21, as planned."""
    arms = {
        "drug": {"label": "Drug then surgery", "regimen": "two"},
        "upfront": {"label": "Surgery", "role": "control"},
    }
    study = written(forms__dosing__items=ITEMS, regimens={"two": REGIMEN}, arms=arms)
    return study.subject("S1", arm="drug")


def dose(record, row, *, on, drug, **more):
    """Write down a dose: `row` is the row in its cycle, `on` counts from randomisation."""
    cycle = 1 if on < 42 else 2
    values = {"drug": drug, "dose_day": 1, "planned_mg": 100.0 if drug == "alpha" else 10.0}
    record.form("S1", f"cycle_{cycle}/dosing", on, row=row, **(values | more))


def found(record, *, cut=LAST):
    frame = record.derive(cut=cut).datasets["adexsum"]
    columns = ("PARAMCD", "PLANNED", "GIVEN", "WEEKS", "INTENSITY", "RDI")
    return {row[0]: row[1:] for row in frame.select(columns).iter_rows()}


def test_held_reduced_and_missing_doses_lower_the_intensity(record):
    dose(record, 1, on=21, drug="alpha", given_mg=100.0)
    dose(record, 2, on=28, drug="alpha", given_mg=50.0, dose_day=8)
    dose(record, 3, on=21, drug="beta", given_mg=10.0, dose_days=21)
    dose(record, 1, on=42, drug="alpha", given_mg=0.0)
    dose(record, 2, on=42, drug="beta", given_mg=5.0, dose_days=14)
    # Four doses of 100 mg and 42 of 10 mg are planned up to day 62, in six weeks.
    assert found(record) == {
        "alpha": (400.0, 150.0, 6.0, 25.0, 37.5),
        "beta": (420.0, 280.0, 6.0, pytest.approx(280 / 6), pytest.approx(200 / 3)),
    }


def test_days_nobody_wrote_down_are_all_of_the_run(record):
    dose(record, 1, on=21, drug="beta", given_mg=10.0)
    assert found(record, cut=41)["beta"] == (210.0, 210.0, 3.0, 70.0, 100.0)


def test_a_late_cycle_does_not_move_the_calendar(record):
    dose(record, 1, on=27, drug="alpha", given_mg=100.0)
    assert found(record, cut=41)["alpha"][-1] == 50.0


def test_what_lies_behind_the_cut_is_not_planned_yet(record):
    dose(record, 1, on=21, drug="alpha", given_mg=100.0)
    dose(record, 2, on=21, drug="beta", given_mg=10.0, dose_days=7)
    # Up to day 27 one dose and seven tablets are planned, in one week of the first cycle.
    assert found(record, cut=27) == {
        "alpha": (100.0, 100.0, 1.0, 100.0, 100.0),
        "beta": (70.0, 70.0, 1.0, 70.0, 100.0),
    }


@pytest.mark.parametrize("days", [{}, {"dose_days": 21}])
def test_tablets_behind_the_cut_are_not_given_yet(record, days):
    dose(record, 1, on=21, drug="beta", given_mg=10.0, **days)
    assert found(record, cut=27)["beta"] == (70.0, 70.0, 1.0, 70.0, 100.0)


def test_a_dose_that_is_not_known_leaves_the_intensity_open(record):
    dose(record, 1, on=21, drug="alpha")
    planned, given, _, intensity, rdi = found(record)["alpha"]
    assert (planned, given, intensity, rdi) == (400.0, None, None, None)


def test_a_drug_that_was_never_given_has_no_planned_dose_of_its_own(record):
    dose(record, 1, on=21, drug="alpha", given_mg=100.0)
    planned, given, _, _, rdi = found(record)["beta"]
    assert (planned, given, rdi) == (None, 0, None)


def test_who_never_began_has_no_row_and_names_come_from_the_regimen(record):
    assert found(record) == {}
    dose(record, 1, on=21, drug="beta", given_mg=10.0)
    frame = record.derive().datasets["adexsum"]
    assert frame["PARAM"].to_list() == ["Alpha", "Beta tablets"]
    assert frame["REGIMEN"].to_list() == ["two", "two"]
    assert frame["ENTRIES"].list.len().to_list()[1] > 0


def test_doses_of_another_drug_and_of_another_arm_do_not_count(record):
    dose(record, 1, on=21, drug="gamma", given_mg=100.0)
    assert found(record) == {}
    record.subject("S2", arm="upfront")
    record.form("S2", "cycle_1/dosing", 21, drug="alpha", dose_day=1, given_mg=100.0)
    assert found(record) == {}
