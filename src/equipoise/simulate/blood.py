"""Blood values that a hospital knows when a dose is due: those of a visit shortly before."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.simulate.arm import ArmView, OnArm
from equipoise.simulate.baseline import Values
from equipoise.simulate.calendar import PlacedVisit
from equipoise.simulate.measures import measure_form, measure_laboratory
from equipoise.study.forms import FormPurpose
from equipoise.study.regimens import Regimen


@dataclass(frozen=True, slots=True)
class Blood:
    """Whose blood it is, and under which regimen."""

    view: ArmView
    each: OnArm
    regimen: Regimen

    def on(self, day: int) -> Values:
        """Return the values that count for a dose of a day; none when no visit took blood."""
        within = round(self.regimen.values_within.days)
        visits = (visit for visit in self.each.visits if day - within <= visit.day <= day)
        taken = [visit for visit in visits if self.view.has(visit, FormPurpose.LABORATORY)]
        return self._measured(taken[-1]) if taken else {}

    def recovered(self, visit: PlacedVisit) -> Values:
        """Return the values of a visit without what treatment does to them."""
        values: Values = {}
        for form in self._forms(visit):
            asked = self.view.study.forms[form]
            values |= measure_laboratory(
                asked, of=self.each.measured, visit=visit.plan, treated=False
            )
        return values

    def _measured(self, visit: PlacedVisit) -> Values:
        values: Values = {}
        for form in self._forms(visit):
            asked = self.view.study.forms[form]
            values |= measure_form(asked, of=self.each.measured, visit=visit.plan, day=visit.day)
        return values

    def _forms(self, visit: PlacedVisit) -> list[str]:
        blood = self.view.forms[FormPurpose.LABORATORY]
        return [form for form in visit.plan.forms if form in blood]
