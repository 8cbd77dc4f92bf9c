"""The flow of subjects as boxes: what each says, before anything has a place on a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from equipoise.analyse.later_criteria import NOT_MET
from equipoise.derive.later_criteria import later_criteria
from equipoise.report.formats import count
from equipoise.report.heads import group_heads
from equipoise.report.sheet import Result, Sheet
from equipoise.report.tables import Column, Line, Table, number_cell
from equipoise.study.identity import CriterionTime
from equipoise.study.study import Study

REASON = "."
"""What parts a box and the reason of some of its subjects in the name of a level."""
IN_SET = "in_set."
NOT_ELIGIBLE = "not_eligible"

ENTRY = ("screened", "registered")
ASIDE = (NOT_ELIGIBLE, "not_randomised", "not_enrolled")
ENTERED = ("randomised", "enrolled")
ALLOCATION = ("allocated", "started", "not_started")
SURGERY = ("operated", "not_operated", "surgery_unknown")
UNLESS_NOBODY = (*ASIDE, "surgery_unknown")
"""Boxes that are only worth telling when somebody is in them."""
MOST_REASONS = 7
"""Reasons that a box spells out; the table of numbers has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """A line of a box: what is counted, how many, and how far it is set in."""

    label: str
    n: int | None
    depth: int = 0

    def __str__(self) -> str:
        """Return the line as it is read."""
        return self.label if self.n is None else f"{self.label} (n\u00a0=\u00a0{self.n})"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowBox:
    """A box of the diagram: a heading, or none, and the tallies in it."""

    heading: str
    tallies: tuple[Tally, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """The boxes of a diagram.

    Attributes
    ----------
    entry : FlowBox
        Who was screened.
    aside : FlowBox or None
        Who left before the arms part, with reasons.
    entered : FlowBox
        Who was randomised or enrolled.
    arms : tuple of tuple of FlowBox
        One column for each arm, from the top; every column has the same stages.
    """

    entry: FlowBox
    aside: FlowBox | None
    entered: FlowBox
    arms: tuple[tuple[FlowBox, ...], ...]


def describe_flow(study: Study, sheet: Sheet) -> Flow:
    """Return the boxes of the diagram; every number is a result row."""
    everybody = sheet.only(group="all")
    aside = tuple(_tallies(study, everybody, boxes=ASIDE))
    arms = [group for group in sheet.groups if group in study.arms]
    return Flow(
        entry=FlowBox(heading="", tallies=tuple(_tallies(study, everybody, boxes=ENTRY))),
        aside=FlowBox(heading="Excluded", tallies=aside) if aside else None,
        entered=FlowBox(heading="", tallies=tuple(_tallies(study, everybody, boxes=ENTERED))),
        arms=tuple(_column(study, sheet.only(group=arm), arm=arm) for arm in arms),
    )


def _column(study: Study, rows: Sheet, *, arm: str) -> tuple[FlowBox, ...]:
    sets = tuple(level for level in rows.levels if level.startswith(IN_SET))
    stages = (
        (study.arms[arm].label, (*ALLOCATION, *_later(study, at=CriterionTime.TREATMENT))),
        ("Surgery", (*SURGERY, *_later(study, at=CriterionTime.SURGERY))),
        ("Analysis sets", sets),
    )
    boxes = (
        FlowBox(heading=heading, tallies=tuple(_tallies(study, rows, boxes=names)))
        for heading, names in stages
    )
    return tuple(box for box in boxes if box.tallies)


def _later(study: Study, *, at: CriterionTime) -> Iterator[str]:
    """Give the levels of those who do not meet a criterion that is judged at a time."""
    for name, criterion in later_criteria(study).items():
        if criterion.at is at:
            yield f"{NOT_MET}{name}"


def _tallies(study: Study, rows: Sheet, *, boxes: tuple[str, ...]) -> Iterator[Tally]:
    """Give the tallies of some boxes, each followed by its most frequent reasons."""
    for box in boxes:
        row = rows.first("count", level=box)
        if row is None or (box in UNLESS_NOBODY and not row.value):
            continue
        yield Tally(label=box_label(study, row), n=round(row.value or 0))
        reasons = _reasons(rows, box=box)
        for reason in reasons[:MOST_REASONS]:
            yield Tally(label=box_label(study, reason), n=round(reason.value or 0), depth=1)
        if len(reasons) > MOST_REASONS:
            more = len(reasons) - MOST_REASONS
            yield Tally(label=f"and {more} more", n=None, depth=1)


def _reasons(rows: Sheet, *, box: str) -> list[Result]:
    """Return the reasons of a box, most frequent first."""
    found = [
        row
        for row in rows.only(statistic="count")
        if row.level.startswith(f"{box}{REASON}") and row.value
    ]
    return sorted(found, key=lambda row: -(row.value or 0))


def box_label(study: Study, row: Result) -> str:
    """Return what a box or a reason is called; a criterion says whether it had to be true."""
    box, _, reason = row.level.partition(REASON)
    said = row.text or row.level
    if box == NOT_ELIGIBLE and reason in study.eligibility.include:
        return f"Not met: {said}"
    if box == NOT_ELIGIBLE and reason in study.eligibility.exclude:
        return f"Met: {said}"
    return "Allocated" if row.level == "allocated" else said


def tabulate_flow(study: Study, sheet: Sheet) -> Table:
    """Return the numbers of the diagram as a table, each with its address."""
    lines = []
    for level in sheet.levels:
        found = [sheet.first("count", group=group, level=level) for group in sheet.groups]
        said = next(row for row in found if row is not None)
        lines.append(
            Line(
                label=box_label(study, said),
                cells=tuple(number_cell(row, count) for row in found),
                depth=1 if REASON in level else 0,
            )
        )
    return Table(
        caption="Numbers of the diagram",
        columns=(Column(label="Box"), *group_heads(study, sheet, by="arm")),
        lines=tuple(lines),
    )
