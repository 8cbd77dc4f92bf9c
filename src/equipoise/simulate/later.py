"""Values after enrolment that the scenario draws: from a distribution, or like another item."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.simulate.baseline import Values
from equipoise.simulate.dice import Dice
from equipoise.simulate.plan import PlannedVisit
from equipoise.simulate.quantiles import Drawn, as_item, quantile
from equipoise.study.forms import Form, Item, ItemType
from equipoise.study.scenarios import LaterDistribution, Like, Scenario, Uniform


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Whose values they are.

    Attributes
    ----------
    scenario, arm : Scenario, str
        What is drawn, and under which arm.
    dice : Dice
        Random numbers of the subject.
    baseline : Values
        Values before enrolment, for items that are like them.
    """

    scenario: Scenario
    arm: str
    dice: Dice
    baseline: Values

    def distribution(self, item: str) -> LaterDistribution | None:
        """Return what an item is drawn from; what the arm says goes first."""
        return self.scenario.by_arm.get(item, {}).get(self.arm) or self.scenario.fill.get(item)


def draw_later(form: Form, *, of: Later, visit: PlannedVisit) -> Values:
    """Return what the scenario draws for one form at one visit after enrolment."""
    values: Values = {}
    for name, item in form.items.items():
        distribution = of.distribution(name)
        if distribution is None or item.computed:
            continue
        u = of.dice.uniform(f"fill/{name}/{visit.visit}", number=visit.number)
        drawn = draw_item(distribution, u, item=item, baseline=of.baseline)
        if drawn is not None:
            values[name] = as_item(drawn, item)
    return values


def draw_item(
    distribution: LaterDistribution, u: float, *, item: Item, baseline: Values
) -> Drawn | None:
    """Return the value at a share `u` of a distribution, or as another item was before.

    None when that other item has no value. An item that is asked with yes or no is yes when the
    other one times the factor is at least one half.
    """
    if not isinstance(distribution, Like):
        return quantile(distribution, u)
    before = baseline.get(distribution.item)
    if not isinstance(before, bool | int | float):
        return None
    value = float(before) * _factor(distribution, u)
    return value >= 0.5 if item.type is ItemType.YES_NO else value


def _factor(like: Like, u: float) -> float:
    return 1.0 if like.factor is None else float(quantile(Uniform(within=like.factor), u))
