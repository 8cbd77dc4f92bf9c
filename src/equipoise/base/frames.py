"""Frame schemas: a frame is checked once, at the door of the room that takes it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from equipoise.base.errors import BadInput, Fault
from equipoise.base.hashes import sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameSchema:
    """Name and columns of a frame.

    Attributes
    ----------
    name : str
        What the frame is, in the trial's words.
    columns : Mapping[str, polars.DataType]
        Column name to type, in order.
    """

    name: str
    columns: Mapping[str, pl.DataType]

    def empty(self) -> pl.DataFrame:
        """Return the frame with no rows."""
        return pl.DataFrame(schema=dict(self.columns))

    def of(self, rows: list[Mapping[str, object]]) -> pl.DataFrame:
        """Return a frame of these rows; a key that is no column is refused."""
        unknown = sorted({key for row in rows for key in row} - set(self.columns))
        if unknown:
            raise BadInput(self._fault(f"columns not in the schema: {', '.join(unknown)}"))
        plain = [dict(row) for row in rows]
        return pl.DataFrame(plain, schema=dict(self.columns), orient="row")

    def checked(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the frame with its columns in order, or say every column that is wrong.

        Raises
        ------
        BadInput
            For missing columns, extra columns and columns of another type.
        """
        got = dict(frame.schema)
        faults = [
            self._fault(f"{name} is {got.get(name, 'missing')}, expected {kind}")
            for name, kind in self.columns.items()
            if got.get(name) != kind
        ]
        faults += [self._fault(f"{name} is not a column") for name in got.keys() - self.columns]
        if faults:
            raise BadInput(*faults)
        return frame.select(list(self.columns))

    def _fault(self, got: str) -> Fault:
        return Fault(
            kind="frame_schema",
            what=f"the frame does not have the columns of '{self.name}'",
            where=self.name,
            got=got,
            fix=f"columns are: {', '.join(self.columns)}",
        )


def hash_of_frame(frame: pl.DataFrame, *, decimals: int = 9) -> str:
    """Return the SHA-256 of a frame's content in the order of its rows.

    Floats are rounded to ``decimals`` significant digits first, so that two machines whose last
    bit differs agree.
    """
    rounded = frame.with_columns(pl.col(pl.Float64).round_sig_figs(decimals))
    lists = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
    flat = rounded.with_columns(
        pl.col(name).list.eval(pl.element().cast(pl.String)).list.join(" ") for name in lists
    )
    return sha256(flat.write_csv().encode())
