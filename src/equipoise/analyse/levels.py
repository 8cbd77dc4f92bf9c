"""The rows that count the subjects of a group at each level of an item."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from equipoise.analyse.repeated import levels_as_told, once_a_subject, select_repeated
from equipoise.analyse.results import Row, Topic, count_of, result, subjects_of
from equipoise.analyse.selection import Selection
from equipoise.analyse.variables import Variable, levels_of
from equipoise.derive.frames import AnalysisData
from equipoise.study.forms import ItemType
from equipoise.study.rules import rule_names
from equipoise.study.study import Study

NOT_APPLICABLE = "not_applicable"

ONCE = "each subject once, at the last category of the list that occurred"


def analyse_levels(
    topic: Topic, study: Study, data: AnalysisData, *, variable: Variable, of: Selection
) -> Iterator[Row]:
    """Give count and per cent of subjects at each level, and of those without one.

    Per cents are of all subjects of the group. ``n`` is how many have a value.

    Parameters
    ----------
    variable : Variable
        The item.
    of : Selection
        The subjects of the group, in `adsl`.
    """
    if variable.repeated_on is not None:
        yield from _repeated(replace(topic, method=ONCE), study, data, variable=variable, of=of)
        return
    whole = of.reading(variable.name)
    known, unknown = whole.known(variable.name), whole.unknown(variable.name)
    yield result(topic, "n", known.n, of=known)
    for level in levels_of(variable, values=data.datasets["adsl"][variable.name]):
        part = whole.narrowed(level.condition)
        here = topic.of_level(level.name)
        yield from count_of(here, part=part, whole=whole, text=level.label)
    asked, not_asked = _asked(variable, unknown)
    missing = topic.of_level(_missing(variable))
    yield from count_of(missing, part=asked, whole=whole, text="Not recorded")
    if not_asked is not None:
        here = topic.of_level(NOT_APPLICABLE)
        yield from count_of(here, part=not_asked, whole=whole, text="Not applicable")


def _asked(variable: Variable, unknown: Selection) -> tuple[Selection, Selection | None]:
    """Return those without a value who should have one, and those who were never asked.

    Whether a subject is asked may itself be unknown; then a value was to be expected.
    """
    rule = variable.asked_when
    if rule is None or not set(rule_names(rule)) <= set(unknown.rows.columns):
        return unknown, None
    expected = f"coalesce({rule}, true)"
    return unknown.narrowed(expected), unknown.narrowed(f"not {expected}")


def _repeated(
    topic: Topic, study: Study, data: AnalysisData, *, variable: Variable, of: Selection
) -> Iterator[Row]:
    """Count each subject once, though a form that repeats may have told several categories."""
    told = select_repeated(study, data, variable=variable).only(of.subjects)
    yield result(topic, "n", len(told.subjects), of=told)
    levels = levels_as_told(variable, column=told.column)
    parts = once_a_subject(told, levels)
    shown = levels if variable.type is ItemType.YES_NO else levels[::-1]
    for level in shown:
        here = topic.of_level(level.name)
        yield from subjects_of(here, part=parts[level.name], whole=of, text=level.label)
    nobody = of.without(told.subjects).reading("USUBJID")
    missing = topic.of_level(_missing(variable))
    yield from count_of(missing, part=nobody, whole=of, text="None recorded")


def _missing(variable: Variable) -> str:
    """Return the level of those without a value; a code list may have taken the word."""
    return "not_recorded" if "missing" in variable.codes else "missing"
