from __future__ import annotations

import datetime as dt

import pytest

from equipoise.conduct.findings import Finding, FindingKind
from equipoise.conduct.values import (
    InUnit,
    converted,
    fitting,
    from_text,
    is_plain_text,
    parse_value,
    to_text,
)
from equipoise.study.forms import Item, ItemType


def item(kind: str, **words: object) -> Item:
    return Item.model_validate({"label": "An item", "type": kind, **words})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (4.2, "4.2"),
        (240.0, "240"),
        (-0.0, "0"),
        (1e22, "1e+22"),
        (0.1 + 0.2, "0.30000000000000004"),
        (7, "7"),
        (True, "true"),
        (False, "false"),
        (dt.date(2026, 3, 2), "2026-03-02"),
        ("R0", "R0"),
        (None, None),
    ],
)
def test_a_value_has_one_text(value, text):
    assert to_text(value) == text


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("number", True),
        ("number", "4.2"),
        ("number", float("nan")),
        ("number", float("inf")),
        ("integer", 3.0),
        ("integer", True),
        ("yes_no", 1),
        ("yes_no", "yes"),
        ("date", "2026-03-02"),
        ("date", dt.datetime(2026, 3, 2, tzinfo=dt.UTC)),
        ("partial_date", "2026-13"),
        ("partial_date", dt.date(2026, 3, 2)),
        ("text", ""),
        ("text", "  \n"),
        ("text", "nul\0"),
        ("text", "\ud800"),
        ("text", "x" * 10_001),
        ("code", 3),
    ],
)
def test_a_value_of_another_type_is_found(kind, value):
    found = fitting(value, name="x", item=item(kind))
    assert isinstance(found, Finding)
    assert found.kind is FindingKind.WRONG_TYPE


def test_a_whole_number_fits_an_item_of_numbers():
    kept = fitting(3, name="x", item=item("number"))
    assert kept == 3.0
    assert isinstance(kept, float)


def test_a_partial_date_is_kept_as_written():
    assert fitting("2026-03", name="x", item=item("partial_date")) == "2026-03"


def test_missing_fits_every_item():
    assert all(fitting(None, name="x", item=item(kind)) is None for kind in ItemType)


@pytest.mark.parametrize(("value", "fits"), [(0.1, True), (30, True), (0.09, False), (30.1, False)])
def test_both_ends_belong_to_a_range(value, fits):
    found = fitting(value, name="x", item=item("number", unit="cm", range="0.1 .. 30"))
    assert isinstance(found, Finding) is not fits
    if isinstance(found, Finding):
        assert found.kind is FindingKind.OUT_OF_RANGE
        assert "0.1 .. 30 cm" in found.say


def test_a_code_outside_its_list_is_found():
    found = fitting("R9", name="x", item=item("code", codes={"R0": "R0", "R1": "R1"}))
    assert isinstance(found, Finding)
    assert found.kind is FindingKind.CODE_NOT_IN_LIST
    assert "R0, R1" in found.say


@pytest.mark.parametrize("text", ["x", "Zwei Zeilen\nund ein\tTabulator", "肝内胆管癌"])
def test_what_people_write_is_plain_text(text):
    assert is_plain_text(text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [("yes_no", "yes"), ("number", "4,2"), ("integer", "3.5"), ("date", "2.3.2026")],
)
def test_a_text_that_is_no_value_is_refused_in_words(kind, text):
    with pytest.raises(ValueError, match=f"'{text}' is not"):
        parse_value(item(kind), text)


def test_an_empty_text_is_missing():
    assert parse_value(item("number"), "  ") is None


def test_a_yes_no_of_the_log_is_true_or_false_only():
    assert from_text("true", kind=ItemType.YES_NO) is True
    with pytest.raises(ValueError, match="true or false"):
        from_text("1", kind=ItemType.YES_NO)


BILIRUBIN = {"unit": "umol/L", "units": {"mg/dL": 17.1, "mg/L": 1.71}, "range": "0 .. 1000"}


@pytest.mark.parametrize(
    ("number", "unit", "value", "text"),
    [
        (1.2, "mg/dL", 20.52, "20.52 = 1.2 mg/dL"),
        (0.3, "mg/dL", 5.13, "5.13 = 0.3 mg/dL"),
        (12, "mg/L", 20.52, "20.52 = 12 mg/L"),
        (20.5, "umol/L", 20.5, "20.5"),
    ],
)
def test_a_number_in_another_unit_is_converted_exactly_and_both_are_kept(
    *, number, unit, value, text
):
    kept = converted(InUnit(number=number, unit=unit), name="x", item=item("number", **BILIRUBIN))
    assert kept == (value, text)
    assert from_text(text, kind=ItemType.NUMBER) == value


@pytest.mark.parametrize(
    ("number", "unit", "kind", "got"),
    [
        (1.2, "mg/dl", FindingKind.UNKNOWN_UNIT, "1.2 mg/dl"),
        (60, "mg/dL", FindingKind.OUT_OF_RANGE, "1026.0 (60 mg/dL)"),
        (float("nan"), "mg/dL", FindingKind.WRONG_TYPE, "nan (nan mg/dL)"),
    ],
)
def test_a_unit_that_is_not_taken_or_a_number_out_of_range_is_found(*, number, unit, kind, got):
    found = converted(InUnit(number=number, unit=unit), name="x", item=item("number", **BILIRUBIN))
    assert isinstance(found, Finding)
    assert (found.kind, found.got) == (kind, got)


def test_an_item_without_units_says_so():
    found = converted(InUnit(number=1, unit="mg"), name="x", item=item("number"))
    assert isinstance(found, Finding)
    assert found.say == "'x' is a number without unit"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.2 mg/dL", InUnit(number=1.2, unit="mg/dL")),
        ("1.2mg/dL", InUnit(number=1.2, unit="mg/dL")),
        ("20 umol/L", InUnit(number=20, unit="umol/L")),
        ("20", 20.0),
        ("1e1", 10.0),
    ],
)
def test_a_number_may_be_written_with_a_unit_of_its_item(text, value):
    assert parse_value(item("number", **BILIRUBIN), text) == value


@pytest.mark.parametrize("text", ["1.2 g/L", "20.52 = 1.2 mg/dL", "mg/dL"])
def test_another_unit_and_the_spelling_of_the_log_are_no_number(text):
    with pytest.raises(ValueError, match="is not a number"):
        parse_value(item("number", **BILIRUBIN), text)


def test_an_equals_sign_in_a_text_is_a_letter_like_others():
    assert from_text("a = b", kind=ItemType.TEXT) == "a = b"
    assert parse_value(item("text"), "a = b") == "a = b"
