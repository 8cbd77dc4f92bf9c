"""Adverse events: each subject once a term, at the worst grade."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from equipoise.analyse.groups import EVERYBODY, Group, groups_by, in_set
from equipoise.analyse.results import Row, Topic, result, subjects_of
from equipoise.analyse.selection import Selection, equals, select
from equipoise.derive.frames import AnalysisData
from equipoise.study.analyses import AdverseEventsAnalysis
from equipoise.study.study import Study

ANY_EVENT = "any_event"
METHOD = "each subject once a term, at the worst CTCAE grade"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Band:
    """Grades that are counted together."""

    level: str
    text: str
    low: int
    high: int


BANDS = (
    _Band(level="grade_1_2", text="Grade 1-2", low=1, high=2),
    _Band(level="grade_3_4", text="Grade 3-4", low=3, high=4),
    _Band(level="grade_5", text="Grade 5", low=5, high=5),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Term:
    """A term and the rows of it."""

    name: str
    label: str
    rows: Selection


def analyse_adverse_events(
    study: Study, data: AnalysisData, *, name: str, analysis: AdverseEventsAnalysis
) -> Iterator[Row]:
    """Give the rows of a table of adverse events, for each group and for all.

    The endpoint is the term, ``any_event`` first and then from the most frequent down; levels
    are ``any_grade``, ``grade_1_2``, ``grade_3_4`` and ``grade_5``, and for any event also
    ``serious`` and ``related``. ``count`` is of subjects, its ``n`` of their events; per cents are
    of the analysis set. The text is the term in words, or the level.

    The first row of each group, which is of no term, counts its subjects.
    """
    population = in_set(data, population=analysis.population)
    events = select(data, "adae", column="AETOXGR").known("AEDECOD").only(population.subjects)
    groups = groups_by(study, data, by=analysis.by)
    shown = groups if analysis.by is None else (*groups, EVERYBODY)
    for group in shown:
        rows = group.of(population)
        yield result(Topic(analysis=name, group=group.name), "n", rows.n, of=rows)
    for term in (_any(events), *_terms(events)):
        for group in shown:
            topic = Topic(analysis=name, endpoint=term.name, group=group.name, method=METHOD)
            yield from _term(topic, term, group=group, whole=group.of(population))


def _any(events: Selection) -> _Term:
    return _Term(name=ANY_EVENT, label="Any adverse event", rows=events)


def _terms(events: Selection) -> Iterator[_Term]:
    """Give the terms, the one of most subjects first."""
    subjects = pl.col("USUBJID").n_unique().alias("subjects")
    label = pl.col("AETERM").first().fill_null(pl.col("AEDECOD").first())
    terms = events.rows.group_by("AEDECOD").agg(subjects, label.alias("label"))
    ordered = terms.sort("subjects", "label", "AEDECOD", descending=[True, False, False])
    for name, label_text in ordered.select("AEDECOD", "label").iter_rows():
        yield _Term(name=name, label=label_text, rows=events.narrowed(equals("AEDECOD", name)))


def _term(topic: Topic, term: _Term, *, group: Group, whole: Selection) -> Iterator[Row]:
    rows = group.of(term.rows)
    any_grade = topic.of_level("any_grade")
    yield from subjects_of(any_grade, part=rows, whole=whole, text=term.label)
    for band in BANDS:
        part = _at_worst(rows, band)
        yield from subjects_of(topic.of_level(band.level), part=part, whole=whole, text=band.text)
    ungraded = _never_graded(rows)
    if ungraded.n:
        here = topic.of_level("not_graded")
        yield from subjects_of(here, part=ungraded, whole=whole, text="Grade not recorded")
    if term.name == ANY_EVENT:
        yield from _kinds(topic, rows=rows, whole=whole)


def _at_worst(rows: Selection, band: _Band) -> Selection:
    """Return the events, in a band of grades, of the subjects whose worst grade lies in it."""
    worst = rows.rows.group_by("USUBJID").agg(pl.col("AETOXGR").max())
    here = worst.filter(pl.col("AETOXGR").is_between(band.low, band.high))
    return rows.narrowed(f"AETOXGR between {band.low} and {band.high}").only(here["USUBJID"])


def _never_graded(rows: Selection) -> Selection:
    return rows.without(rows.narrowed("AETOXGR is not null").subjects)


def _kinds(topic: Topic, *, rows: Selection, whole: Selection) -> Iterator[Row]:
    kinds = (("serious", "Serious", "AESER"), ("related", "Related to treatment", "AEREL"))
    for level, text, column in kinds:
        part = rows.narrowed(column).reading(column)
        yield from subjects_of(topic.of_level(level), part=part, whole=whole, text=text)
