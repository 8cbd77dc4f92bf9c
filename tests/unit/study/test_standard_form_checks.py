"""Histories that cannot be, refused by the standard forms with a reason."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from equipoise.study.folder import standard_form
from equipoise.study.rules import judge

OPERATED = {"operated": True, "surgery_outcome": "resected", "surgery_date": dt.date(2026, 4, 1)}
EXPLORED = OPERATED | {"surgery_outcome": "explored_only"}
REFUSED = {"operated": False, "surgery_outcome": None, "surgery_date": None}
UNKNOWN = {"operated": None, "surgery_outcome": None, "surgery_date": None}
DIED = dt.date(2026, 6, 1)
TYPES = {
    "operated": pl.Boolean(),
    "surgery_outcome": pl.String(),
    "surgery_date": pl.Date(),
    "margin": pl.String(),
    "form_date": pl.Date(),
    "death_date": pl.Date(),
}


def answer(form: str, check: str, **known: object) -> bool | None:
    """Return whether a check is met; None when something it asks is missing."""
    said = standard_form(form).value["checks"][check]
    assert said["level"] == "hard"
    row = pl.DataFrame([{**dict.fromkeys(TYPES), **known}], schema=TYPES)
    return judge({"met": said["rule"]}, row)["met"].cast(pl.Boolean()).item()


@pytest.mark.parametrize(
    ("known", "met"),
    [
        (OPERATED | {"margin": "R0"}, True),
        (OPERATED | {"margin": "R2"}, True),
        (EXPLORED | {"margin": "R2"}, True),
        (EXPLORED | {"margin": "RX"}, True),
        (EXPLORED | {"margin": "R0"}, False),
        (EXPLORED | {"margin": "R1"}, False),
        (REFUSED | {"margin": "R2"}, False),
        (REFUSED, True),
        (UNKNOWN | {"margin": "R0"}, None),
    ],
)
def test_a_margin_needs_a_resection(known, met):
    assert answer("pathology", "margin_of_a_resection", **known) is met


@pytest.mark.parametrize(("late", "met"), [(0, True), (1, False)])
def test_nobody_is_operated_or_followed_after_death(late, met):
    day = DIED + dt.timedelta(days=late)
    surgery = answer("surgery", "surgery_before_death", surgery_date=day, death_date=DIED)
    follow_up = answer("follow_up", "follow_up_before_death", form_date=day, death_date=DIED)
    assert (surgery, follow_up) == (met, met)


def test_the_living_may_be_operated_and_followed():
    day = DIED
    assert answer("surgery", "surgery_before_death", surgery_date=day) is None
    assert answer("follow_up", "follow_up_before_death", form_date=day) is None
