"""Relative dose intensity of each drug of each regimen, in per cent of what the calendar plans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from equipoise.analyse.groups import groups_by
from equipoise.analyse.results import Row, Topic, count_of, result
from equipoise.analyse.selection import Selection, equals, number, select
from equipoise.analyse.summaries import QUARTILES, analyse_column
from equipoise.derive.frames import AnalysisData
from equipoise.study.analyses import DoseIntensityAnalysis
from equipoise.study.study import Study


def analyse_dose_intensity(
    study: Study, data: AnalysisData, *, name: str, analysis: DoseIntensityAnalysis
) -> Iterator[Row]:
    """Give the rows of a table of dose intensity; the endpoint is `REGIMEN.DRUG`.

    Of subjects who began the regimen; levels ``at_least`` count those whose intensity is known.
    The first row of each group, which is of no drug, counts its subjects.
    """
    whole = select(data, "adexsum", column="RDI")
    groups = groups_by(study, data, by=analysis.by)
    for group in groups:
        rows = group.of(whole)
        topic = Topic(analysis=name, group=group.name)
        yield result(topic, "n", len(rows.subjects), of=rows)
    for regimen, said in study.regimens.items():
        for drug in said.drugs:
            own = whole.narrowed(equals("REGIMEN", regimen)).narrowed(equals("PARAMCD", drug))
            topic = Topic(analysis=name, endpoint=f"{regimen}.{drug}", method=QUARTILES)
            for group in groups:
                rows = group.of(own)
                if rows.n:  # an arm that is not given the drug has no lines of it
                    here = replace(topic, group=group.name)
                    yield from _of_group(here, rows, at_least=analysis.at_least)


def _of_group(topic: Topic, rows: Selection, *, at_least: tuple[float, ...]) -> Iterator[Row]:
    yield from analyse_column(topic, rows=rows)
    known = rows.known("RDI")
    for limit in at_least:
        part = known.narrowed(f"RDI >= {number(limit)}")
        yield from count_of(topic.of_level("at_least", at=limit), part=part, whole=known)
