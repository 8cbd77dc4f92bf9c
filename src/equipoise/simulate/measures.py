"""What is measured and asked at the visits of one course: laboratory, vital signs, other forms."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from equipoise.simulate.baseline import Values
from equipoise.simulate.dice import Dice
from equipoise.simulate.habits import (
    LABORATORY_SPREAD,
    LEAST_PULSE_PRESSURE,
    PRESSURE_SPREAD,
    WEIGHT_SPREAD,
)
from equipoise.simulate.later import Later, draw_later
from equipoise.simulate.plan import PlannedVisit
from equipoise.simulate.quantiles import as_item
from equipoise.study.forms import Form, FormPurpose
from equipoise.study.functions import Value
from equipoise.study.rules import POLARS_TYPE, judge
from equipoise.study.scenarios import LaboratoryEffect, Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Whose values they are.

    Attributes
    ----------
    scenario, arm : Scenario, str
        What is drawn, and under which arm.
    dice : Dice
        Random numbers of the subject.
    baseline : Values
        Values before enrolment.
    treated : range
        Days on which drugs before surgery act.
    """

    scenario: Scenario
    arm: str
    dice: Dice
    baseline: Values
    treated: range

    @property
    def later(self) -> Later:
        """What the scenario draws for them after enrolment."""
        return Later(scenario=self.scenario, arm=self.arm, dice=self.dice, baseline=self.baseline)

    def is_treated(self, day: int) -> bool:
        """Tell whether drugs act on a day."""
        return day in self.treated

    def effect(self, item: str) -> LaboratoryEffect | None:
        """Return what treatment of the arm does to a laboratory item."""
        return self.scenario.laboratory.get(item, {}).get(self.arm)


def measure_laboratory(form: Form, *, of: Measured, visit: PlannedVisit, treated: bool) -> Values:
    """Return the laboratory values of one visit.

    A value is log-normal around the one before enrolment. Under treatment its mean is multiplied
    by the factor of the scenario: ``factor * exp(sd z - sd^2 / 2)``. Treated or not, the random
    numbers are the same.
    """
    values: Values = {}
    for name, item in form.items.items():
        before = of.baseline.get(name)
        if item.computed or isinstance(before, bool) or not isinstance(before, int | float):
            continue
        z = of.dice.normal(f"laboratory/{name}/{visit.visit}", number=visit.number)
        effect = of.effect(name) if treated else None
        said = None if effect is None else effect.sd_log
        sd = LABORATORY_SPREAD if said is None else said
        mean = 1.0 if effect is None else effect.factor
        values[name] = as_item(before * mean * math.exp(sd * z - sd * sd / 2), item)
    return values


def measure_form(form: Form, *, of: Measured, visit: PlannedVisit, day: int) -> Values:
    """Return the values of one form at one visit after enrolment.

    What the scenario fills is drawn; laboratory and vital signs vary around the values before
    enrolment; other items that were asked before keep their value. An item that is asked under a
    condition stays empty when the condition does not hold.
    """
    filled = draw_later(form, of=of.later, visit=visit)
    match form.purpose:
        case FormPurpose.LABORATORY:
            known = measure_laboratory(form, of=of, visit=visit, treated=of.is_treated(day))
        case FormPurpose.VITAL_SIGNS:
            known = _vital_signs(form, of=of, visit=visit)
        case FormPurpose.SUBJECT | FormPurpose.DISEASE | None:
            known = asked_before(form, baseline=of.baseline)
        case _:
            known = {}
    return asked(form, known | filled)


_OF_BASELINE = frozenset(
    {
        FormPurpose.SUBJECT,
        FormPurpose.DISEASE,
        FormPurpose.LABORATORY,
        FormPurpose.VITAL_SIGNS,
        None,
    }
)
"""Purposes of the forms that ask values before enrolment; the others have rows of their own."""


def measure_before(form: Form, *, baseline: Mapping[str, Value]) -> Values:
    """Return the values of one form before enrolment."""
    if form.purpose not in _OF_BASELINE:
        return {}
    return asked(form, asked_before(form, baseline=baseline))


def asked_before(form: Form, *, baseline: Mapping[str, Value]) -> Values:
    """Return the values before enrolment of the items of a form that a person fills in."""
    return {
        name: baseline[name]
        for name, item in form.items.items()
        if name in baseline and not item.computed
    }


def asked(form: Form, values: Values) -> Values:
    """Return the values without those that are asked under a condition that does not hold."""
    rules = {name: rule for name in values if (rule := form.items[name].required_when) is not None}
    if not rules:
        return values
    schema = {name: POLARS_TYPE[form.items[name].type] for name in values}
    answers = judge(rules, pl.DataFrame([values], schema=schema)).row(0, named=True)
    return {name: value for name, value in values.items() if answers.get(name) is not False}


def _vital_signs(form: Form, *, of: Measured, visit: PlannedVisit) -> Values:
    """Return vital signs that moved a little; the height is asked once."""
    values = asked_before(form, baseline=of.baseline)
    values.pop("height_cm", None)
    for name, spread in (("weight_kg", None), ("systolic", 1.0), ("diastolic", 0.6)):
        before = values.get(name)
        if isinstance(before, int | float):
            z = of.dice.normal(f"vital/{name}/{visit.visit}", number=visit.number)
            step = before * WEIGHT_SPREAD if spread is None else PRESSURE_SPREAD * spread
            values[name] = as_item(before + step * z, form.items[name])
    systolic, diastolic = values.get("systolic"), values.get("diastolic")
    if isinstance(systolic, int | float) and isinstance(diastolic, int | float):
        most = min(diastolic, systolic - LEAST_PULSE_PRESSURE)
        values["diastolic"] = as_item(most, form.items["diastolic"])
    return values
