"""Laboratory grades: who became worse, and from which grade to which (shift tables)."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.analyse.laboratory_shift import shift_level
from equipoise.oncology.toxicity.ctcae_course import GRADES
from equipoise.report.formats import percent
from equipoise.report.heads import group_heads, method_notes
from equipoise.report.labels import in_words, item_of
from equipoise.report.sheet import Sheet
from equipoise.report.tables import (
    Column,
    Line,
    Over,
    Pieces,
    Table,
    counted,
    notes_of,
    number_cell,
)
from equipoise.study.analyses import LaboratoryShiftAnalysis
from equipoise.study.study import Study

CHANGES = {"worse": "Worse", "severe": "New grade 3\u20134"}
_MISSING = "?"


def tabulate_laboratory_changes(
    study: Study, sheet: Sheet, *, analysis: LaboratoryShiftAnalysis
) -> Table:
    """Return how many subjects were worse than at baseline, item by item and group by group."""
    heads = group_heads(study, sheet, by=analysis.by)
    changes = tuple(Column(label=label, below="n (%)") for label in CHANGES.values())
    return Table(
        caption=f"{analysis.title}: changes for the worse",
        columns=(Column(label="Laboratory value"), *(one for _ in heads for one in changes)),
        lines=tuple(
            Line(
                label=_label(study, item),
                cells=tuple(
                    _share(sheet.only(endpoint=item, group=group), level=level)
                    for group in sheet.groups
                    for level in CHANGES
                ),
            )
            for item in _items(sheet)
        ),
        notes=notes_of(
            *method_notes(study, sheet),
            "New grade 3\u20134: not so, or not known, at baseline.",
            f"Analysis set: {study.analysis_sets[analysis.population].label}.",
        ),
        over=tuple(_over(head, width=len(CHANGES)) for head in heads),
    )


def tabulate_laboratory_shift(
    study: Study, sheet: Sheet, *, analysis: LaboratoryShiftAnalysis
) -> Table:
    """Return the shift of each laboratory item by group; a grade that nobody had has no line."""
    heads = group_heads(study, sheet, by=analysis.by)
    worst = tuple(Column(label=_grade(grade)) for grade in GRADES)
    return Table(
        caption=analysis.title,
        columns=(Column(label="Grade at baseline"), *(one for _ in heads for one in worst)),
        lines=tuple(line for item in _items(sheet) for line in _item(study, sheet, item=item)),
        notes=notes_of(
            *method_notes(study, sheet),
            f"{_MISSING} is a grade that is not known: no value, or one without a grade.",
            f"Analysis set: {study.analysis_sets[analysis.population].label}.",
        ),
        over=tuple(_over(head, width=len(GRADES), what=": worst grade") for head in heads),
    )


def _items(sheet: Sheet) -> list[str]:
    return [endpoint for endpoint in sheet.endpoints if endpoint]


def _label(study: Study, name: str) -> str:
    item = item_of(study, name)
    return in_words(name) if item is None else item.label


def _over(head: Column, *, width: int, what: str = "") -> Over:
    return Over(label=f"{head.label}, {head.below}{what}", width=width, colour=head.colour)


def _item(study: Study, sheet: Sheet, *, item: str) -> Iterator[Line]:
    rows = sheet.only(endpoint=item)
    groups = [rows.only(group=group) for group in sheet.groups]
    yield Line(label=_label(study, item), heads=True)
    for before in GRADES:
        if rows.first("count", level=shift_level(before, None)) is not None:
            yield Line(
                label="Not known" if before is None else f"Grade {before}",
                cells=tuple(cell for part in groups for cell in _shifts(part, before=before)),
                depth=1,
            )


def _shifts(part: Sheet, *, before: int | None) -> Iterator[Pieces]:
    for worst in GRADES:
        found = part.first("count", level=shift_level(before, worst))
        yield number_cell(found, lambda value: f"{value or 0:.0f}")


def _share(part: Sheet, *, level: str) -> Pieces:
    count, share = (part.first(statistic, level=level) for statistic in ("count", "percent"))
    return counted(count, share, spell=percent)


def _grade(grade: int | None) -> str:
    return _MISSING if grade is None else str(grade)
