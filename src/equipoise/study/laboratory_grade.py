"""The CTCAE grade of one laboratory value of a study, by the limits of its laboratory."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.oncology.toxicity.ctcae import Baseline, Grade, ctcae_grade
from equipoise.oncology.toxicity.ctcae_limits import Limits, Sample
from equipoise.oncology.toxicity.ctcae_rows import Term
from equipoise.oncology.toxicity.laboratory_units import factor_to, in_unit_of, limits_in_unit_of
from equipoise.study.normal_ranges import normal_limits
from equipoise.study.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedItem:
    """A laboratory item whose values have a grade: its name, its term, and the unit it is in."""

    name: str
    term: Term
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A value in the unit of its item, and of what sample it is."""

    value: float
    sample: Sample


def graded_items(study: Study) -> dict[str, GradedItem]:
    """Return the items whose values have a grade, by name."""
    return {
        name: GradedItem(name=name, term=Term(str(item.ctcae)), unit=item.unit or "")
        for form in study.forms.values()
        for name, item in form.items.items()
        if item.ctcae in set(Term)
        if factor_to(Term(str(item.ctcae)), unit=item.unit or "") is not None
    }


def grade_of_value(
    study: Study, item: GradedItem, *, taken: Taken | None, baseline: Taken | None
) -> int | None:
    """Return the grade of a value; None when it is not known.

    A baseline is normal or not by the limits of its own day.
    """
    return None if taken is None else reading(study, item, taken=taken, baseline=baseline).grade


def reading(study: Study, item: GradedItem, *, taken: Taken, baseline: Taken | None) -> Grade:
    """Return the same with what decided: the rule in words, or what is missing."""
    before = None
    if baseline is not None:
        own = _limits(study, item, sample=baseline.sample)
        value = in_unit_of(item.term, baseline.value, unit=item.unit)
        before = Baseline(value=value, upper_limit=own.upper, lower_limit=own.lower)
    return ctcae_grade(
        item.term,
        in_unit_of(item.term, taken.value, unit=item.unit),
        limits=_limits(study, item, sample=taken.sample),
        baseline=before,
        rules=study.toxicity.rules,
    )


def _limits(study: Study, item: GradedItem, *, sample: Sample) -> Limits:
    limits = normal_limits(study.laboratory.get(item.name), sample=sample)
    return limits_in_unit_of(item.term, limits, unit=item.unit)
