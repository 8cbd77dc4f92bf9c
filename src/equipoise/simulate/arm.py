"""A study and a scenario as one arm sees them, and a subject on its way through that arm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from equipoise.oncology.dosing.dose_standing import Standing
from equipoise.simulate.baseline import Values
from equipoise.simulate.calendar import PlacedVisit
from equipoise.simulate.measures import Measured
from equipoise.simulate.plan import ArmPlan, forms_of
from equipoise.simulate.screened import Screened
from equipoise.simulate.subject import AdverseEvent, Fate, GivenDose
from equipoise.study.event_terms import grades_of_events
from equipoise.study.forms import FormPurpose
from equipoise.study.regimens import RegimenPhase
from equipoise.study.scenarios import Course, Scenario
from equipoise.study.study import Study

_TOXICITY = "toxicity"
_NOT_REFUSALS = frozenset({"progression", "death"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmView:
    """What the study and the scenario say of one arm, looked up once.

    Attributes
    ----------
    study, scenario, plan : Study, Scenario, ArmPlan
        The study, the scenario, and what the study plans for the arm.
    forms : Mapping[FormPurpose, tuple[str, ...]]
        Names of the forms of each purpose.
    reasons : tuple[str, ...]
        Why a subject without progression may not come to surgery.
    event_grades : Mapping[str, frozenset[int]]
        Adverse event -> the grades that the study's CTCAE has for it; absent where not known.
    """

    study: Study
    scenario: Scenario
    plan: ArmPlan
    forms: Mapping[FormPurpose, tuple[str, ...]]
    reasons: tuple[str, ...]
    event_grades: Mapping[str, frozenset[int]]

    @property
    def arm(self) -> str:
        """Name of the arm."""
        return self.plan.arm

    @property
    def course(self) -> Course:
        """What the scenario says of the arm."""
        return self.scenario.arms[self.arm]

    def has(self, visit: PlacedVisit, purpose: FormPurpose) -> bool:
        """Tell whether a visit has a form of a purpose."""
        return not set(self.forms[purpose]).isdisjoint(visit.plan.forms)


def view_arm(study: Study, scenario: Scenario, *, plan: ArmPlan) -> ArmView:
    """Return what the study and the scenario say of one arm."""
    forms = {purpose: forms_of(study, purpose) for purpose in FormPurpose}
    named = [study.forms[form].items.get("not_operated_reason") for form in forms[_SURGERY]]
    reasons = [code for item in named if item for code in item.codes if code not in _NOT_REFUSALS]
    if RegimenPhase.NEOADJUVANT not in plan.regimens:
        reasons = [code for code in reasons if code != _TOXICITY]
    return ArmView(
        study=study,
        scenario=scenario,
        plan=plan,
        forms=forms,
        reasons=tuple(reasons) or ("refusal",),
        event_grades=grades_of_events(study),
    )


_SURGERY = FormPurpose.SURGERY


def phase_at(visit: PlacedVisit, *, fate: Fate) -> RegimenPhase:
    """Return which regimen is given at a visit: from surgery on the adjuvant one."""
    after = fate.surgery is not None and visit.day >= fate.surgery.planned_day
    return RegimenPhase.ADJUVANT if after else RegimenPhase.NEOADJUVANT


@dataclass(frozen=True, slots=True, kw_only=True)
class OnArm:
    """A subject under one arm whose fate is known.

    Attributes
    ----------
    one : Screened
        The subject.
    fate : Fate
        The history of the disease.
    visits : tuple[PlacedVisit, ...]
        The visits that take place, by day.
    measured : Measured
        How values at them come about.
    events : tuple[AdverseEvent, ...]
        Adverse events.
    surgery_day : int | None
        Day for which surgery was arranged at enrolment; None without surgery.
    doses : tuple[GivenDose, ...]
        Doses of the regimens so far.
    laboratory : Mapping[str, Values]
        Values that doses were decided on by occurrence, in the place of those drawn.
    standings : Mapping[str, Standing]
        What has become of each drug so far.
    """

    one: Screened
    fate: Fate
    visits: tuple[PlacedVisit, ...]
    measured: Measured
    events: tuple[AdverseEvent, ...]
    surgery_day: int | None = None
    doses: tuple[GivenDose, ...] = ()
    laboratory: Mapping[str, Values] = field(default_factory=dict)
    standings: Mapping[str, Standing] = field(default_factory=dict)
