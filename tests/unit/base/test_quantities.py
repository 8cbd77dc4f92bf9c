"""Quantities are read as people write them, and say what they expect otherwise."""

import pytest

from equipoise.base.quantities import (
    Dose,
    DoseBasis,
    Span,
    Window,
    parse_dose,
    parse_duration,
    parse_duration_span,
    parse_fraction,
    parse_span,
    parse_window,
    parse_yearly_probability,
)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("21 d", 21),
        ("8 wk", 56),
        ("2 mo", 60.875),
        ("1 y", 365.25),
        ("-28 d", -28),
        ("0.5 y", 182.625),
    ],
)
def test_a_duration_is_a_number_of_days(text: str, days: float) -> None:
    assert parse_duration(text).days == days


def test_twelve_months_are_a_year() -> None:
    assert parse_duration("12 mo").days == parse_duration("1 y").days
    assert parse_duration("1 y").months == 12


def test_a_duration_is_said_as_it_was_written() -> None:
    assert str(parse_duration(" 24 mo ")) == "24 mo"


@pytest.mark.parametrize("text", ["21", "21 days", "d", "", "1e2 d", "21 d 3"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a duration is a number and d, wk, mo or y"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("±3 d", Window(before_days=3, after_days=3)),
        ("± 14 d", Window(before_days=14, after_days=14)),
        ("-2 d .. +7 d", Window(before_days=2, after_days=7)),
    ],
)
def test_a_window_opens_before_and_after(text: str, window: Window) -> None:
    assert parse_window(text) == window


@pytest.mark.parametrize("text", ["±3 d", "-2 d .. +7 d"])
def test_a_window_is_said_as_a_person_writes_it(text: str) -> None:
    assert str(parse_window(text)) == text


@pytest.mark.parametrize("text", ["3 d", "±3 wk", "+-3 d", "-2 d .. 7"])
def test_what_is_no_window_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a window is"):
        parse_window(text)


@pytest.mark.parametrize(("said", "share"), [("60 %", 0.6), ("2.5%", 0.025), (0.4, 0.4), (1, 1.0)])
def test_a_share_is_a_fraction(said: str | float, share: float) -> None:
    assert parse_fraction(said) == pytest.approx(share)


@pytest.mark.parametrize("text", ["0.6", "sixty %", "%", "60 percent"])
def test_a_text_that_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a share is written '60 %'"):
        parse_fraction(text)


def test_a_monthly_rate_is_a_yearly_probability() -> None:
    assert parse_yearly_probability("3 % per year") == pytest.approx(0.03)
    # staying twelve months: 0.99^12 = 0.886385
    assert parse_yearly_probability("1 % per month") == pytest.approx(1 - 0.886384871716129)


@pytest.mark.parametrize("text", ["3 %", "3 per year", "3 % per week"])
def test_a_rate_says_of_how_many_and_how_often(text: str) -> None:
    with pytest.raises(ValueError, match="a rate is written"):
        parse_yearly_probability(text)


@pytest.mark.parametrize(
    ("text", "dose"),
    [
        ("240 mg", Dose(mg=240, basis=DoseBasis.FLAT)),
        ("1000 mg/m2", Dose(mg=1000, basis=DoseBasis.BODY_SURFACE)),
        ("1.5 g / m2", Dose(mg=1500, basis=DoseBasis.BODY_SURFACE)),
        ("5 mg/kg", Dose(mg=5, basis=DoseBasis.BODY_WEIGHT)),
        ("500 mcg", Dose(mg=0.5, basis=DoseBasis.FLAT)),
    ],
)
def test_a_dose_is_in_milligrams_by_its_basis(text: str, dose: Dose) -> None:
    assert parse_dose(text) == dose


@pytest.mark.parametrize("text", ["240 mg", "1000 mg/m2", "5 mg/kg"])
def test_a_dose_is_said_as_a_person_writes_it(text: str) -> None:
    assert str(parse_dose(text)) == text


@pytest.mark.parametrize("text", ["240", "240 mg/m3", "mg", "240 ml"])
def test_what_is_no_dose_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a dose is written"):
        parse_dose(text)


def test_both_ends_of_a_range_belong_to_it() -> None:
    span = parse_span("0.1 .. 30")
    assert span == Span(low=0.1, high=30)
    assert [value in span for value in (0.1, 30, 0.09, 30.1)] == [True, True, False, False]
    assert str(span) == "0.1 .. 30"


@pytest.mark.parametrize("text", ["30 .. 0.1", "1 - 5", "1 ..", ".. 5"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="range"):
        parse_span(text)


def test_a_span_of_days_has_two_ends_or_one() -> None:
    low, high = parse_duration_span("-28 d .. 0 d")
    assert (low.days, high.days) == (-28, 0)
    assert parse_duration_span("9 wk") == (parse_duration("9 wk"), parse_duration("9 wk"))


def test_the_earlier_end_of_a_span_comes_first() -> None:
    with pytest.raises(ValueError, match="the earlier end comes first"):
        parse_duration_span("0 d .. -28 d")
