"""Equal content has one hash, whatever its spelling."""

import math

import polars as pl
import pytest

from equipoise.base.errors import BadInput
from equipoise.base.frames import FrameSchema, hash_of_frame
from equipoise.base.hashes import canonical, hash_of

SCHEMA = FrameSchema(name="doses", columns={"drug": pl.String(), "mg": pl.Float64()})


def test_the_order_of_keys_leaves_a_hash_alone() -> None:
    assert hash_of({"a": 1, "b": [2, 3]}) == hash_of({"b": [2, 3], "a": 1})


def test_the_order_of_a_list_changes_a_hash() -> None:
    assert hash_of([1, 2]) != hash_of([2, 1])


def test_one_spelling_is_utf_8_without_spaces() -> None:
    assert canonical({"b": "±3 d", "a": None}) == '{"a":null,"b":"±3 d"}'.encode()


def test_what_has_no_spelling_has_no_hash() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        hash_of(math.nan)


def test_the_last_bit_of_a_number_leaves_the_hash_of_a_frame_alone() -> None:
    one = pl.DataFrame({"x": [0.1 + 0.2, 1e9], "tags": [["a", "b"], []]})
    other = pl.DataFrame({"x": [0.3, 1e9], "tags": [["a", "b"], []]})
    assert hash_of_frame(one) == hash_of_frame(other)
    assert hash_of_frame(one) != hash_of_frame(other.reverse())
    assert hash_of_frame(one) != hash_of_frame(one.with_columns(pl.col("x") * 1.001))


def test_a_frame_of_rows_has_the_columns_of_its_schema() -> None:
    frame = SCHEMA.of([{"mg": 80.0, "drug": "cisplatin"}, {"drug": "oxaliplatin"}])
    assert frame.rows() == [("cisplatin", 80.0), ("oxaliplatin", None)]
    assert SCHEMA.empty().schema == frame.schema


def test_a_row_with_a_word_that_is_no_column_is_refused() -> None:
    with pytest.raises(BadInput, match="columns not in the schema: dose"):
        SCHEMA.of([{"drug": "cisplatin", "dose": 80}])


def test_every_wrong_column_is_told() -> None:
    with pytest.raises(BadInput) as raised:
        SCHEMA.checked(pl.DataFrame({"mg": ["80"], "unit": ["mg"]}))
    got = {fault.got for fault in raised.value.faults}
    assert got == {
        "drug is missing, expected String",
        "mg is String, expected Float64",
        "unit is not a column",
    }


def test_columns_come_out_in_the_order_of_the_schema() -> None:
    frame = pl.DataFrame({"mg": [80.0], "drug": ["cisplatin"]})
    assert SCHEMA.checked(frame).columns == ["drug", "mg"]
