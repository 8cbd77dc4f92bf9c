"""`adlb`: laboratory values with their normal limits, baseline and CTCAE grade."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import polars as pl

from equipoise.derive.baseline import baseline_visits, on_or_before_start
from equipoise.derive.frames import ADLB
from equipoise.derive.recorded import Recorded
from equipoise.derive.subjects import SubjectFrame
from equipoise.oncology.toxicity.ctcae import GradingRules
from equipoise.oncology.toxicity.ctcae_columns import (
    TERM_CODES,
    UNKNOWN,
    LaboratoryColumns,
    ctcae_grades,
)
from equipoise.oncology.toxicity.ctcae_limits import Limits, Sample
from equipoise.oncology.toxicity.ctcae_rows import Term
from equipoise.oncology.toxicity.laboratory_units import factor_to, in_unit_of
from equipoise.study.forms import Form, FormPurpose, Item, ItemType
from equipoise.study.normal_ranges import normal_limits
from equipoise.study.study import Study

_SAMPLED_BY = ["item", "site", "sex", "age", "ADT"]
_NUMBERS = ["AVAL", "LOW", "HIGH", "KNOWN", "KNOWN_LOW", "KNOWN_HIGH"]
_ABOUT: dict[str, pl.DataType] = {
    "site": pl.String(),
    "sex": pl.String(),
    "age": pl.Float64(),
}
_ITEMS: dict[str, pl.DataType] = {
    "form": pl.String(),
    "item": pl.String(),
    "PARAM": pl.String(),
    "UNIT": pl.String(),
    "TERM": pl.String(),
}
_BASE_COLUMNS = (
    ("AVAL", "BASE"),
    ("LOW", "BASE_LOW"),
    ("HIGH", "BASE_HIGH"),
    ("seq", "BASE_SEQ"),
)
_LIMITS: dict[str, pl.DataType] = {"LOW": pl.Float64(), "HIGH": pl.Float64()}


def derive_adlb(recorded: Recorded, subjects: SubjectFrame) -> pl.DataFrame:
    """Return one row a laboratory value.

    A value is one of a laboratory form, or of an item that belongs to SDTM's LB or has a CTCAE
    term. Limits are those for the subject's site, sex and age on the day of the value. BASE is the
    last one on or before the start, or else the last one of a visit planned there. Values after
    the start are graded by a baseline that lies before it, normal or not by its own limits;
    earlier ones by the normal limits alone, since nothing was known before them. A value whose
    unit is none of its CTCAE term has no grade; one below 0 has none either, and is no baseline.
    POSTFL is true of values after the start, unless a visit planned at or before it took them late.
    """
    values = recorded.dated_values().rename({"subject": "USUBJID", "visit": "VISIT", "date": "ADT"})
    known = (
        values.join(_about(subjects), on="USUBJID", maintain_order="left")
        .join(_items(recorded.study), on=["form", "item"], maintain_order="left")
        .with_columns(pl.col("value").cast(pl.Float64()).alias("AVAL"))
    )
    limited = _limited(known, recorded.study).rename({"item": "PARAMCD"})
    baselines = _baselines(limited, recorded.study)
    based = limited.join(baselines, on=["USUBJID", "PARAMCD"], how="left", maintain_order="left")
    graded = _graded(_placed(based, recorded.study), rules=recorded.study.toxicity.rules)
    ordered = graded.sort("USUBJID", "PARAMCD", "ADT", "seq", maintain_order=True)
    return ADLB.checked(ordered.select(list(ADLB.columns)))


def _about(subjects: SubjectFrame) -> pl.DataFrame:
    """Return what decides the limits of each subject, beside arm and start."""
    have = subjects.frame.columns
    about = (
        (pl.col(name) if name in have else pl.lit(None)).cast(kind).alias(name)
        for name, kind in _ABOUT.items()
    )
    return subjects.frame.select("USUBJID", "ARMCD", "BASEDT", *about)


def _items(study: Study) -> pl.DataFrame:
    """Return the laboratory items of the study."""
    rows = [
        {
            "form": form_name,
            "item": name,
            "PARAM": item.label,
            "UNIT": item.unit,
            "TERM": _term(item),
        }
        for form_name, form in study.forms.items()
        for name, item in form.items.items()
        if _is_laboratory(form, item)
    ]
    return pl.DataFrame(rows, schema=_ITEMS, orient="row")


def _limited(values: pl.DataFrame, study: Study) -> pl.DataFrame:
    """Add the normal limits of each value; equal samples are looked up once."""
    asks_day = [
        name
        for name, normal in study.laboratory.items()
        if any(own.since or own.until for own in normal.ranges)
    ]
    day = pl.when(pl.col("item").is_in(asks_day)).then("ADT")
    sampled = values.with_columns(day.alias("sampled"))
    keys = [*_SAMPLED_BY[:-1], "sampled"]
    samples = sampled.select(keys).unique(maintain_order=True)
    rows = [
        _limits_of(study, str(item), sample=sample)
        for item, site, sex, age, date in samples.iter_rows()
        for sample in [Sample(laboratory=site, sex=sex, age_years=age, date=date)]
    ]
    ends = [(limits.lower, limits.upper) for limits in rows]
    found = samples.hstack(pl.DataFrame(ends, schema=_LIMITS, orient="row"))
    return sampled.join(found, on=keys, how="left", nulls_equal=True, maintain_order="left")


def _limits_of(study: Study, item: str, *, sample: Sample) -> Limits:
    return normal_limits(study.laboratory.get(item), sample=sample)


def _is_laboratory(form: Form, item: Item) -> bool:
    if item.type not in {ItemType.NUMBER, ItemType.INTEGER}:
        return False
    of_domain = item.sdtm is not None and item.sdtm.startswith("LB.")
    return form.purpose is FormPurpose.LABORATORY or of_domain or item.ctcae is not None


def _term(item: Item) -> str | None:
    """Return the CTCAE term of an item, unless its unit cannot be told in that of the term."""
    if item.ctcae not in set(Term):
        return None
    return item.ctcae if factor_to(Term(item.ctcae), unit=item.unit or "") is not None else None


def _baselines(values: pl.DataFrame, study: Study) -> pl.DataFrame:
    """Return the baseline of each item, its limits, and whether it lies before the start."""
    early = on_or_before_start("ADT")
    by_plan = pl.col("VISIT").is_in(list(baseline_visits(study)))
    counted = values.filter(pl.col("BASEDT").is_not_null(), early | by_plan, _can_be_meant())
    ordered = counted.with_columns(early.alias("EARLY")).sort(
        "EARLY", "ADT", "seq", maintain_order=True
    )
    last = ordered.group_by("USUBJID", "PARAMCD", maintain_order=True).last()
    base = (pl.col(one).alias(name) for one, name in _BASE_COLUMNS)
    return last.select("USUBJID", "PARAMCD", *base, "EARLY")


def _can_be_meant() -> pl.Expr:
    """Return whether a value is none below 0 of an item that is graded."""
    return pl.col("TERM").is_null() | (pl.col("AVAL") >= 0)


def _placed(values: pl.DataFrame, study: Study) -> pl.DataFrame:
    """Say which value is the baseline, and which came after it."""
    by_plan = pl.col("VISIT").is_in(list(baseline_visits(study)))
    return values.with_columns(
        pl.col("seq").eq_missing(pl.col("BASE_SEQ")).alias("ABLFL"),
        (~on_or_before_start("ADT") & ~by_plan).alias("POSTFL"),
    )


def _graded(values: pl.DataFrame, *, rules: GradingRules) -> pl.DataFrame:
    """Add the grade of each value, in the unit of its term."""
    after = ~on_or_before_start("ADT") & pl.col("EARLY")
    known = values.with_columns(
        pl.when(after).then("BASE").alias("KNOWN"),
        pl.when(after).then("BASE_LOW").alias("KNOWN_LOW"),
        pl.when(after).then("BASE_HIGH").alias("KNOWN_HIGH"),
    )
    told = _in_units_of_terms(known.select("TERM", "UNIT", *_NUMBERS))
    graded = known.select(pl.col("TERM").is_not_null() & _can_be_meant()).to_series()
    grades = np.full(told.height, UNKNOWN, dtype=np.int64)
    grades[graded.to_numpy()] = ctcae_grades(_columns(told.filter(graded)), rules=rules)
    known_grade = pl.when(pl.col("ATOXGR") != UNKNOWN).then("ATOXGR").alias("ATOXGR")
    return known.with_columns(pl.Series("ATOXGR", grades)).with_columns(known_grade)


def _in_units_of_terms(values: pl.DataFrame) -> pl.DataFrame:
    """Return the numbers of each row in the unit of its term."""
    pairs = values.select("TERM", "UNIT").drop_nulls("TERM").unique(maintain_order=True)
    for term, unit in pairs.iter_rows():
        factor = factor_to(Term(term), unit=unit or "")
        if factor is None or factor == 1:
            continue
        here = (pl.col("TERM") == term) & pl.col("UNIT").eq_missing(pl.lit(unit))
        convert = partial(_told, Term(term), unit=str(unit))
        values = values.with_columns(
            pl.when(here)
            .then(pl.col(name).map_elements(convert, return_dtype=pl.Float64()))
            .otherwise(name)
            .alias(name)
            for name in _NUMBERS
        )
    return values


def _told(term: Term, value: float, *, unit: str) -> float:
    return in_unit_of(term, value, unit=unit)


def _columns(values: pl.DataFrame) -> LaboratoryColumns:
    codes = values["TERM"].replace_strict(
        {term.value: code for term, code in TERM_CODES.items()}, return_dtype=pl.Int8()
    )
    numbers = [values[name].fill_null(math.nan).to_numpy() for name in _NUMBERS]
    value, low, high, known, known_low, known_high = numbers
    return LaboratoryColumns(
        terms=codes.to_numpy(),
        values=value,
        lower_limits=low,
        upper_limits=high,
        baselines=known,
        baseline_lower_limits=known_low,
        baseline_upper_limits=known_high,
        symptomatic=np.full(values.height, UNKNOWN, dtype=np.int8),
    )
