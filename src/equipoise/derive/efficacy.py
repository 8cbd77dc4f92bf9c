"""`adeff`: endpoints with one answer a subject: yes or no, a response, a number."""

from __future__ import annotations

from typing import assert_never

import polars as pl

from equipoise.derive.frames import ADEFF
from equipoise.derive.subjects import SubjectFrame
from equipoise.oncology import Response
from equipoise.study.endpoints import (
    Binary,
    Endpoint,
    Measured,
    MissingBinary,
    ResponseEndpoint,
    TimeToEvent,
)
from equipoise.study.response import success_words
from equipoise.study.rules import rule_names


def derive_adeff(subjects: SubjectFrame, *, adrs: pl.DataFrame) -> pl.DataFrame:
    """Return one row a subject of the population and endpoint.

    AVAL is 1 or 0 for an endpoint of yes or no and for a response, after the rule for missing
    answers: failure counts 0, excluded stays missing. A response that was never assessed, or is
    NE, is no answer. A measured endpoint has its number; what is not finite is missing, and a
    length of time counts in days. AVALC is the answer before that rule.
    """
    parts = [
        _labelled(answers, name=name, endpoint=endpoint, subjects=subjects)
        for name, endpoint in subjects.study.endpoints.items()
        for answers in [_answers(name, endpoint, subjects=subjects, adrs=adrs)]
        if answers is not None
    ]
    return ADEFF.checked(pl.concat([ADEFF.empty(), *parts]))


def _answers(
    name: str, endpoint: Endpoint, *, subjects: SubjectFrame, adrs: pl.DataFrame
) -> pl.DataFrame | None:
    """Return USUBJID, AVAL, AVALC and ENTRIES; None for endpoints that are times."""
    match endpoint:
        case Binary():
            return _binary(endpoint, subjects)
        case ResponseEndpoint():
            return _response(endpoint, adrs.filter(pl.col("PARAMCD") == name))
        case Measured():
            return _measured(endpoint, subjects)
        case TimeToEvent():
            return None
        case _:
            assert_never(endpoint)


def _binary(endpoint: Binary, subjects: SubjectFrame) -> pl.DataFrame:
    answers = subjects.judged({"AVAL": endpoint.rule}).with_columns(
        pl.col("AVAL").cast(pl.Boolean())
    )
    words = pl.when("AVAL").then(pl.lit("yes")).when(~pl.col("AVAL")).then(pl.lit("no"))
    return answers.select(
        "USUBJID", _counted(pl.col("AVAL"), endpoint.missing), words.alias("AVALC")
    ).join(subjects.entries_of(rule_names(endpoint.rule)), on="USUBJID")


def _response(endpoint: ResponseEndpoint, best: pl.DataFrame) -> pl.DataFrame:
    response = pl.col("AVALC")
    known = pl.when(response != str(Response.NE)).then(response)
    success = known.is_in(list(success_words(endpoint)))
    return best.select("USUBJID", _counted(success, endpoint.missing), "AVALC", "ENTRIES")


def _measured(endpoint: Measured, subjects: SubjectFrame) -> pl.DataFrame:
    answers = subjects.judged({"AVAL": endpoint.value})
    is_time = answers.schema["AVAL"] == pl.Duration
    raw = pl.col("AVAL").dt.total_days() if is_time else pl.col("AVAL")
    number = raw.cast(pl.Float64())
    return answers.select(
        "USUBJID",
        pl.when(number.is_finite()).then(number).alias("AVAL"),
        pl.lit(None, dtype=pl.String()).alias("AVALC"),
    ).join(subjects.entries_of(rule_names(endpoint.value)), on="USUBJID")


def _counted(success: pl.Expr, missing: MissingBinary) -> pl.Expr:
    match missing:
        case MissingBinary.FAILURE:
            answer = success.fill_null(value=False)
        case MissingBinary.EXCLUDED:
            answer = success
        case _:
            assert_never(missing)
    return answer.cast(pl.Float64()).alias("AVAL")


def _labelled(
    answers: pl.DataFrame, *, name: str, endpoint: Endpoint, subjects: SubjectFrame
) -> pl.DataFrame:
    population = subjects.frame.filter(pl.col(endpoint.population)).select("USUBJID", "ARMCD")
    whole = population.join(answers, on="USUBJID", maintain_order="left").with_columns(
        pl.lit(name).alias("PARAMCD"), pl.lit(endpoint.label).alias("PARAM")
    )
    return whole.select(list(ADEFF.columns))
