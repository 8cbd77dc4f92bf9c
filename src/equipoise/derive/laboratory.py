"""`adlb`: laboratory values with their normal limits, baseline and CTCAE grade."""

from __future__ import annotations

import polars as pl

from equipoise.conduct.grades import limits
from equipoise.derive.baseline import baseline_visits, on_or_before_start
from equipoise.derive.frames import ADLB
from equipoise.derive.recorded import Recorded
from equipoise.derive.subjects import SubjectFrame
from equipoise.oncology import ctcae_grade
from equipoise.oncology.ctcae_table import CTCAE_V5, LaboratoryTerm, Of, Term, When
from equipoise.study.forms import Form, FormPurpose, Item, ItemType
from equipoise.study.study import Study

_SEXES = ("female", "male")
_GRADED_BY = ["TERM", "AVAL", "LOW", "HIGH", "KNOWN"]
_ITEMS: dict[str, pl.DataType] = {
    "form": pl.String(),
    "item": pl.String(),
    "PARAM": pl.String(),
    "UNIT": pl.String(),
    "TERM": pl.String(),
    "sex": pl.String(),
    "LOW": pl.Float64(),
    "HIGH": pl.Float64(),
}


def derive_adlb(recorded: Recorded, subjects: SubjectFrame) -> pl.DataFrame:
    """Return one row a laboratory value.

    A value is one of a laboratory form, or of an item that belongs to SDTM's LB or has a CTCAE
    term. BASE is the last one on or before the start, or else the last one of a visit planned
    there. Values after the start are graded by a baseline that lies before it; earlier ones by the
    normal limits alone, since nothing was known before them. A value whose unit is not that of its
    CTCAE term has no grade.
    """
    sex = pl.col("sex") if "sex" in subjects.frame.columns else pl.lit(None, dtype=pl.String())
    who = subjects.frame.select("USUBJID", "ARMCD", "BASEDT", sex.fill_null("").alias("sex"))
    values = recorded.dated_values().rename({"subject": "USUBJID", "visit": "VISIT", "date": "ADT"})
    known = (
        values.join(who, on="USUBJID", maintain_order="left")
        .join(_items(recorded.study), on=["form", "item", "sex"], maintain_order="left")
        .with_columns(pl.col("value").cast(pl.Float64()).alias("AVAL"))
        .rename({"item": "PARAMCD"})
    )
    baselines = _baselines(known, recorded.study)
    based = known.join(baselines, on=["USUBJID", "PARAMCD"], how="left", maintain_order="left")
    ordered = _graded(based).sort("USUBJID", "PARAMCD", "ADT", "seq", maintain_order=True)
    return ADLB.checked(ordered.select(list(ADLB.columns)))


def _items(study: Study) -> pl.DataFrame:
    """Return the laboratory items with the limits of each sex, and of an unknown one ('')."""
    rows = [
        {
            "form": form_name,
            "item": name,
            "PARAM": item.label,
            "UNIT": item.unit,
            "TERM": _term(item),
            "sex": sex,
            "LOW": low,
            "HIGH": high,
        }
        for form_name, form in study.forms.items()
        for name, item in form.items.items()
        if _is_laboratory(form, item)
        for sex in (*_SEXES, "")
        for low, high in [limits(study.laboratory.get(name), sex=sex)]
    ]
    return pl.DataFrame(rows, schema=_ITEMS, orient="row")


def _is_laboratory(form: Form, item: Item) -> bool:
    if item.type not in {ItemType.NUMBER, ItemType.INTEGER}:
        return False
    of_domain = item.sdtm is not None and item.sdtm.startswith("LB.")
    return form.purpose is FormPurpose.LABORATORY or of_domain or item.ctcae is not None


def _term(item: Item) -> str | None:
    """Return the CTCAE term of an item, unless it is measured in another unit."""
    if item.ctcae not in set(Term):
        return None
    unit = CTCAE_V5[Term(item.ctcae)].unit
    return item.ctcae if (item.unit or "") in {unit, unit or "1"} else None


def _baselines(values: pl.DataFrame, study: Study) -> pl.DataFrame:
    """Return the baseline of each item, and whether it lies on or before the start."""
    early = on_or_before_start("ADT")
    by_plan = pl.col("VISIT").is_in(list(baseline_visits(study)))
    counted = values.filter(pl.col("BASEDT").is_not_null(), early | by_plan)
    ordered = counted.with_columns(early.alias("EARLY")).sort(
        "EARLY", "ADT", "seq", maintain_order=True
    )
    last = ordered.group_by("USUBJID", "PARAMCD", maintain_order=True).last()
    return last.select("USUBJID", "PARAMCD", pl.col("AVAL").alias("BASE"), "EARLY")


def _graded(values: pl.DataFrame) -> pl.DataFrame:
    """Add the grade of each value; equal values under equal limits are graded once."""
    after = ~on_or_before_start("ADT") & pl.col("EARLY") & (pl.col("BASE") > 0)
    known = values.with_columns(pl.when(after, _baseline_matters()).then("BASE").alias("KNOWN"))
    cases = known.select(_GRADED_BY).drop_nulls("TERM").unique(maintain_order=True)
    grades = [
        ctcae_grade(Term(term), value, lower_limit=low, upper_limit=high, baseline=baseline).grade
        for term, value, low, high, baseline in cases.iter_rows()
    ]
    graded = cases.with_columns(pl.Series("ATOXGR", grades, dtype=pl.Int64()))
    return known.join(graded, on=_GRADED_BY, how="left", nulls_equal=True, maintain_order="left")


def _baseline_matters() -> pl.Expr:
    """Return whether the grade may depend on BASE: so that equal cases are seen to be equal."""
    given = [term for term, one in CTCAE_V5.items() if _uses(one, When.BASELINE_GIVEN)]
    abnormal = [term for term, one in CTCAE_V5.items() if _uses(one, When.ABNORMAL_BASELINE)]
    plain = [
        term for term, one in CTCAE_V5.items() if any(row.of is Of.BASELINE for row in one.rows)
    ]
    normal = (pl.col("BASE") <= pl.col("HIGH")).fill_null(value=False)
    only_abnormal = sorted(set(abnormal) - set(given))
    always = sorted({*given, *plain} - set(only_abnormal))
    return pl.col("TERM").is_in(always) | (pl.col("TERM").is_in(only_abnormal) & ~normal)


def _uses(term: LaboratoryTerm, when: When) -> bool:
    return any(row.when is when for row in term.rows)
