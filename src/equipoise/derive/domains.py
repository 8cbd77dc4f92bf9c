"""A snapshot in the shape of SDTM, driven by the `sdtm` words of the items."""

from __future__ import annotations

import polars as pl

from equipoise.conduct.entries import FORM_DATE
from equipoise.derive.domain_rows import (
    FORM_ROW,
    NUMBERS,
    findings,
    links_of,
    names_lesion,
    whole_rows,
)
from equipoise.derive.placement import DEMOGRAPHICS, WHOLE_ROW_DOMAINS, places
from equipoise.derive.recorded import Recorded
from equipoise.derive.subjects import SubjectFrame
from equipoise.study.forms import ItemType
from equipoise.study.schedule import visit_of
from equipoise.study.study import Study

VISITS = "SV"


def derive_domains(recorded: Recorded, subjects: SubjectFrame) -> dict[str, pl.DataFrame]:
    """Return the domains of a study, each in the shape of SDTM.

    Findings (LB, VS, TR, ...) have one row a value: --TESTCD, --TEST, --ORRES, --ORRESU, --STRESN.
    Other domains have one row a form row, with a column for each variable; DM one a subject; SV one
    a visit of the schedule. Yes and no are Y and N, dates ISO 8601 text. --SPID names form and row,
    so that rows of several domains that came from one form row meet again; --LNKID does the same
    for lesions. A domain that the study can fill is there, empty if need be.
    """
    placed = places(recorded.study)
    values = _values(recorded, placed)
    links = links_of(values)
    linked = set(placed.filter(names_lesion())["form"])
    whole = {}
    for domain in sorted(set(placed["DOMAIN"]) - {DEMOGRAPHICS}):
        here = placed.filter(pl.col("DOMAIN") == domain)
        own = values.filter(pl.col("DOMAIN") == domain)
        if domain in WHOLE_ROW_DOMAINS:
            rows = whole_rows(domain, placed=here, values=own)
        else:
            rows = findings(
                domain, placed=here, values=own, links=links if linked & set(here["form"]) else None
            )
        whole[domain] = _numbered(rows, domain, study=recorded.study)
    visits = _numbered(_visits(recorded), VISITS, study=recorded.study)
    return {DEMOGRAPHICS: _demographics(placed, subjects), **whole, VISITS: visits}


def _values(recorded: Recorded, placed: pl.DataFrame) -> pl.DataFrame:
    """Return every value with its place, its TEXT as SDTM spells it, and its NUMBER."""
    letters = pl.col("value").replace({"true": "Y", "false": "N"})
    yes_no = pl.col("TYPE") == str(ItemType.YES_NO)
    number = pl.col("value").cast(pl.Float64(), strict=False)
    named = recorded.dated_values().rename({"subject": "USUBJID", "visit": "VISIT"})
    return named.join(placed, on=["form", "item"], maintain_order="left").with_columns(
        pl.when(yes_no).then(letters).otherwise("value").alias("TEXT"),
        pl.when(pl.col("TYPE").is_in(NUMBERS)).then(number).alias("NUMBER"),
        pl.format("{}/{}", "form", "row").alias("SPID"),
        pl.col("date").dt.to_string("iso").alias("DTC"),
    )


def _numbered(rows: pl.DataFrame, domain: str, *, study: Study) -> pl.DataFrame:
    """Return the rows numbered, with the columns of every domain around their own."""
    number = pl.int_range(1, pl.len() + 1, dtype=pl.Int64()).over("USUBJID")
    whole = rows.with_columns(
        pl.lit(study.study).alias("STUDYID"),
        pl.lit(domain).alias("DOMAIN"),
        number.alias(f"{domain}SEQ"),
    )
    first = ["STUDYID", "DOMAIN", "USUBJID", f"{domain}SEQ"]
    last = ["VISIT", "ENTRIES"]
    inner = {*first, *last, "date", *FORM_ROW}
    return whole.select(*first, *(name for name in rows.columns if name not in inner), *last)


def _demographics(placed: pl.DataFrame, subjects: SubjectFrame) -> pl.DataFrame:
    """Return one row a subject; an item that several forms ask for one variable counts once."""
    here = placed.filter(
        pl.col("DOMAIN") == DEMOGRAPHICS, pl.col("item").is_in(subjects.frame.columns)
    )
    of_variable = here.group_by("VARIABLE", maintain_order=True).agg(
        pl.col("item").unique(maintain_order=True)
    )
    own = [
        pl.coalesce(_as_sdtm(subjects.frame, item) for item in items).alias(variable)
        for variable, items in of_variable.iter_rows()
    ]
    start = pl.col("BASEDT").dt.to_string("iso").alias("RFSTDTC")
    rows = subjects.frame.select(
        pl.lit(subjects.study.study).alias("STUDYID"),
        pl.lit(DEMOGRAPHICS).alias("DOMAIN"),
        "USUBJID",
        pl.col("USUBJID").alias("SUBJID"),
        "SITEID",
        start,
        "ARMCD",
        "ARM",
        *own,
    )
    used = ["USUBJID", "ARMCD", *here["item"]]
    return rows.join(subjects.entries_of(used), on="USUBJID", maintain_order="left")


def _as_sdtm(frame: pl.DataFrame, item: str) -> pl.Expr:
    match frame.schema[item]:
        case pl.Date():
            return pl.col(item).dt.to_string("iso")
        case pl.Boolean():
            return pl.col(item).replace_strict({True: "Y", False: "N"}, return_dtype=pl.String())
        case _:
            return pl.col(item)


def _visits(recorded: Recorded) -> pl.DataFrame:
    """Return the first and last day of each visit that the schedule plans."""
    schedule = recorded.study.schedule
    found = {name: visit_of(schedule, name) for name in recorded.values["visit"].unique()}
    planned = [name for name, visit in found.items() if visit and not visit[1].any_time]
    rows = recorded.values.filter(pl.col("item") == FORM_DATE, pl.col("visit").is_in(planned))
    days = rows.group_by(pl.col("subject").alias("USUBJID"), pl.col("visit").alias("VISIT")).agg(
        pl.col("date").min().dt.to_string("iso").alias("SVSTDTC"),
        pl.col("date").max().dt.to_string("iso").alias("SVENDTC"),
        pl.col("seq").unique().sort().alias("ENTRIES"),
    )
    return days.sort("USUBJID", "SVSTDTC", "VISIT")
