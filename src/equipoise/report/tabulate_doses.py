"""The table of dose intensity: each drug of each regimen, by group."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.report.formats import count
from equipoise.report.heads import group_heads, method_notes
from equipoise.report.labels import in_words
from equipoise.report.sheet import Sheet
from equipoise.report.tables import Column, Line, Table, notes_of, number_cell
from equipoise.report.tabulate_subjects import limit_lines, numbers_lines
from equipoise.study.analyses import DoseIntensityAnalysis
from equipoise.study.study import Study

NOTE = (
    "Given mg in per cent of the mg that the calendar fixed at randomisation plans up to the cut; "
    "a dose that was held counts 0. Of subjects who began the regimen."
)


def tabulate_dose_intensity(
    study: Study, sheet: Sheet, *, analysis: DoseIntensityAnalysis
) -> Table:
    """Return the relative dose intensity of each drug by group."""
    drugs = [endpoint for endpoint in sheet.endpoints if endpoint]
    return Table(
        caption=f"{analysis.title}, per cent",
        columns=(Column(label="Drug"), *group_heads(study, sheet, by=analysis.by)),
        lines=tuple(line for drug in drugs for line in _drug(study, sheet, endpoint=drug)),
        notes=notes_of(NOTE, *method_notes(study, sheet)),
    )


def _drug(study: Study, sheet: Sheet, *, endpoint: str) -> Iterator[Line]:
    rows = sheet.only(endpoint=endpoint)
    groups = [rows.only(group=group) for group in sheet.groups]
    regimen, _, drug = endpoint.partition(".")
    label = study.regimens[regimen].drugs[drug].label
    yield Line(label=label or in_words(drug), heads=True)
    begun = [rows.first("n", level="") for rows in groups]
    cells = tuple(number_cell(row, count) for row in begun)
    yield Line(label="Subjects who began", cells=cells, depth=1)
    yield from numbers_lines(groups)
    yield from limit_lines(groups, unit="%")
