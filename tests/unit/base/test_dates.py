"""Partial dates end where knowledge ends."""

import datetime as dt

import pytest

from equipoise.base.dates import parse_partial_date


@pytest.mark.parametrize("text", ["2026", "2026-03", "2026-03-02"])
def test_a_partial_date_is_said_as_it_was_written(text: str) -> None:
    assert str(parse_partial_date(text)) == text


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2026", dt.date(2026, 1, 1), dt.date(2026, 12, 31)),
        ("2024-02", dt.date(2024, 2, 1), dt.date(2024, 2, 29)),
        ("2026-03-02", dt.date(2026, 3, 2), dt.date(2026, 3, 2)),
    ],
)
def test_a_partial_date_lies_between_two_days(
    text: str, earliest: dt.date, latest: dt.date
) -> None:
    date = parse_partial_date(text)
    assert (date.earliest(), date.latest()) == (earliest, latest)


def test_a_date_is_complete_when_its_day_is_known() -> None:
    assert parse_partial_date("2026-03-02").complete
    assert not parse_partial_date("2026-03").complete


@pytest.mark.parametrize("text", ["26-03-02", "2026-3-2", "2026-13", "2026-02-30", "0000", "March"])
def test_what_is_no_day_of_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|month|day|year"):
        parse_partial_date(text)
