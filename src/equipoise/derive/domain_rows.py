"""Rows of one domain: findings (a row a value) and whole rows (a row a form row)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from equipoise.derive.placement import PlaceKind
from equipoise.study.forms import ItemType

FORM_ROW = ("USUBJID", "VISIT", "form", "row")
NUMBERS = (str(ItemType.NUMBER), str(ItemType.INTEGER))
_LINK = "LNKID"
_FILLED_WHEN_DONE: Mapping[str, str] = {"EX": "EXSTDTC", "EC": "ECSTDTC"}
"""Domains whose form is filled on the day of the deed; of others that day is one of collection."""


def whole_rows(domain: str, *, placed: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """Return one row a form row that has a value of the domain, a column a variable.

    Parameters
    ----------
    domain : str
        Two letters.
    placed : polars.DataFrame
        The items of the domain, as `places` gives them.
    values : polars.DataFrame
        Their values, with TEXT, SPID and DTC.
    """
    variables = list(dict.fromkeys(placed["VARIABLE"]))
    numeric = placed.group_by("VARIABLE").agg(pl.col("TYPE").is_in(NUMBERS).all())
    wide = _wide(values, variables).with_columns(
        pl.col(name).cast(pl.Float64())
        for name in numeric.filter("TYPE")["VARIABLE"]
        if name in variables
    )
    keys = values.group_by(FORM_ROW, maintain_order=True).agg(
        pl.col("date").first(),
        pl.col("SPID").first().alias(f"{domain}SPID"),
        pl.col("DTC").first(),
        _together("ENTRIES"),
    )
    whole = _dated(
        keys.join(wide, on=list(FORM_ROW), maintain_order="left"),
        _FILLED_WHEN_DONE.get(domain, f"{domain}DTC"),
    )
    return whole.sort("USUBJID", "date", *FORM_ROW[1:], maintain_order=True)


def findings(
    domain: str, *, placed: pl.DataFrame, values: pl.DataFrame, links: pl.DataFrame | None
) -> pl.DataFrame:
    """Return one row a value of the domain.

    Parameters
    ----------
    domain, placed, values
        As in `whole_rows`.
    links : polars.DataFrame | None
        Form rows and the lesion (LINK) that they are about; None where no form of the domain says.
    """
    is_qualifier = pl.col("KIND") == str(PlaceKind.QUALIFIER)
    tests = values.filter(~is_qualifier).select(
        *FORM_ROW,
        "date",
        "DTC",
        pl.col("SPID").alias(f"{domain}SPID"),
        pl.col("VARIABLE").alias(f"{domain}TESTCD"),
        pl.col("LABEL").alias(f"{domain}TEST"),
        pl.col("TEXT").alias(f"{domain}ORRES"),
        pl.col("UNIT").alias(f"{domain}ORRESU"),
        pl.col("NUMBER").alias(f"{domain}STRESN"),
        "ENTRIES",
    )
    qualifiers = list(dict.fromkeys(placed.filter(is_qualifier)["VARIABLE"]))
    if qualifiers:
        tests = _qualified(tests, values.filter(is_qualifier), qualifiers)
    if links is not None:
        link = links.rename({"LINK": f"{domain}{_LINK}"})
        tests = tests.join(link, on=list(FORM_ROW), how="left", maintain_order="left")
    order = ("USUBJID", "date", *FORM_ROW[1:], f"{domain}TESTCD")
    return _dated(tests, f"{domain}DTC").sort(order, maintain_order=True)


def _qualified(
    tests: pl.DataFrame, values: pl.DataFrame, qualifiers: Sequence[str]
) -> pl.DataFrame:
    """Add the qualifiers of a form row to each of its findings, and the entries behind them."""
    more = values.group_by(FORM_ROW).agg(_together("ENTRIES").alias("MORE"))
    key = list(FORM_ROW)
    wide = tests.join(_wide(values, qualifiers), on=key, how="left", maintain_order="left")
    whole = wide.join(more, on=key, how="left", maintain_order="left")
    together = pl.concat_list("ENTRIES", pl.col("MORE").fill_null([])).list.unique().list.sort()
    return whole.with_columns(together.alias("ENTRIES")).drop("MORE")


def links_of(values: pl.DataFrame) -> pl.DataFrame:
    """Return the form rows that name a lesion (a variable --LNKID), and its name (LINK)."""
    named = values.filter(names_lesion())
    return named.group_by(FORM_ROW).agg(pl.col("TEXT").first().alias("LINK"))


def names_lesion() -> pl.Expr:
    """Return whether an item names the lesion that its form row is about."""
    return pl.col("VARIABLE").str.ends_with(_LINK)


def _wide(values: pl.DataFrame, variables: Sequence[str]) -> pl.DataFrame:
    wide = values.pivot(
        on="VARIABLE", index=list(FORM_ROW), values="TEXT", aggregate_function="first"
    )
    absent = [name for name in variables if name not in wide.columns]
    whole = wide.with_columns(pl.lit(None, dtype=pl.String()).alias(name) for name in absent)
    return whole.select(*FORM_ROW, *variables)


def _dated(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """Name the day of the form, unless the study has an item for that date."""
    if column not in rows.columns:
        return rows.rename({"DTC": column})
    return rows.with_columns(pl.coalesce(column, "DTC")).drop("DTC")


def _together(column: str) -> pl.Expr:
    return pl.col(column).explode(empty_as_null=False).unique().sort()
