"""Shift tables: subjects by CTCAE grade at baseline and worst grade after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from equipoise.analyse.groups import groups_by, in_set
from equipoise.analyse.results import Row, Topic, count_of, result
from equipoise.analyse.selection import Selection, equals, select
from equipoise.derive.frames import AnalysisData
from equipoise.oncology.toxicity.ctcae_course import GRADES
from equipoise.study.analyses import LaboratoryShiftAnalysis
from equipoise.study.laboratory_grade import graded_items
from equipoise.study.study import Study

METHOD = "worst CTCAE grade after baseline, of all visits"
SEVERE = 3


def analyse_laboratory_shift(
    study: Study, data: AnalysisData, *, name: str, analysis: LaboratoryShiftAnalysis
) -> Iterator[Row]:
    """Give the rows of a shift table; the endpoint is the laboratory item.

    Levels are ``worse`` (above the grade at baseline), ``severe`` (grade 3 or 4 after another
    grade, or after none that is known) and `shift_level` of each pair whose grade at baseline
    occurs in any group. Missing is a grade of its own. Per cents are of the subjects of the
    group; the first row of each group, which is of no item, counts them.
    """
    population = in_set(data, population=analysis.population)
    groups = groups_by(study, data, by=analysis.by)
    for group in groups:
        rows = group.of(population)
        yield result(Topic(analysis=name, group=group.name), "n", rows.n, of=rows)
    whole = select(data, "adlbsum", column="WTOXGR").only(population.subjects)
    for item in analysis.items or tuple(graded_items(study)):
        own = whole.narrowed(equals("PARAMCD", item))
        occurring = set(own.rows["BTOXGR"].to_list())
        topic = Topic(analysis=name, endpoint=item, method=METHOD)
        for group in groups:
            here = replace(topic, group=group.name)
            yield from _of_group(here, group.of(own), baselines=occurring)


def shift_level(before: int | None, worst: int | None) -> str:
    """Return the level of subjects who went from one grade to another.

    Examples
    --------
    >>> shift_level(0, 3), shift_level(None, 1), shift_level(2, None)
    ('0_to_3', 'missing_to_1', '2_to_missing')
    """
    return f"{_word(before)}_to_{_word(worst)}"


def _of_group(topic: Topic, rows: Selection, *, baselines: set[int | None]) -> Iterator[Row]:
    worse = rows.narrowed("WTOXGR > BTOXGR")
    severe = rows.narrowed(f"WTOXGR >= {SEVERE}").narrowed(f"(BTOXGR is null or BTOXGR < {SEVERE})")
    yield from count_of(topic.of_level("worse"), part=worse, whole=rows)
    yield from count_of(topic.of_level("severe"), part=severe, whole=rows)
    for before in GRADES:
        if before not in baselines:
            continue
        begun = rows.narrowed(_is("BTOXGR", before))
        for worst in GRADES:
            part = begun.narrowed(_is("WTOXGR", worst))
            yield from count_of(topic.of_level(shift_level(before, worst)), part=part, whole=rows)


def _is(column: str, grade: int | None) -> str:
    return f"{column} is null" if grade is None else f"{column} = {grade}"


def _word(grade: int | None) -> str:
    return "missing" if grade is None else str(grade)
