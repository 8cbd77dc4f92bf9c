"""What the words of a finding tell: who must not see that must not see the finding.

The log keeps the name of a check and its sentence; which items the sentence may name follows from
the form and the check.
"""

from __future__ import annotations

from collections.abc import Iterable

from equipoise.conduct.doses.dose_days import HEIGHT, SURGERY_DATE, WEIGHT
from equipoise.conduct.doses.surgery_room import PLANNED_SURGERY_DATE
from equipoise.conduct.entries import FORM_DATE
from equipoise.conduct.lesions.lesion_findings import RECIST
from equipoise.conduct.lesions.lesion_rows import LESION_ITEMS
from equipoise.conduct.sources import items_behind
from equipoise.study.dose_tables import drug_tables
from equipoise.study.forms import FormPurpose
from equipoise.study.rules import rule_names
from equipoise.study.schedule import visit_of
from equipoise.study.study import Study

_STARTS = frozenset({"randomisation_date", "registration_date"})
_OF_DOSES = frozenset({HEIGHT, WEIGHT, SURGERY_DATE, PLANNED_SURGERY_DATE})


def items_told(study: Study, *, visit: str, form: str, check: str) -> frozenset[str]:
    """Return every item, date or `arm` that the sentence of a finding may tell.

    A check of the study tells what its rule asks; a finding about lesions all items of lesions and
    the start; one about the day of a visit its clock, and the arm where the arms have other days;
    one about an item all items of its form, and one about a dose what the dose tables ask as well.
    """
    said = study.forms.get(form)
    if said is None:
        return frozenset({check})
    if check in said.checks:
        return _asked([said.checks[check].rule], study)
    if check.startswith(RECIST):
        return frozenset(LESION_ITEMS) | _STARTS
    if check == FORM_DATE:
        return _of_visit(visit, study)
    of_doses = _of_dose_tables(study) if said.purpose is FormPurpose.DOSING else frozenset()
    return frozenset({check, *said.items}) | of_doses


def items_of_guidance(study: Study) -> frozenset[str]:
    """Return every form, item, date or `arm` that guidance for doses may tell."""
    forms = {name: form for name, form in study.forms.items() if form.purpose is FormPurpose.DOSING}
    items = (form.items for form in forms.values())
    return frozenset({"arm", *forms}).union(*items) | _of_dose_tables(study)


def _asked(rules: Iterable[str], study: Study) -> frozenset[str]:
    """Return the names in some rules, and the items that stand behind them."""
    names = {name for rule in rules for name in rule_names(rule)}
    behind = (items_behind(name, study=study) for name in names)
    return frozenset(name.rpartition(".")[2] for name in names).union(*behind)


def _of_visit(visit: str, study: Study) -> frozenset[str]:
    found = visit_of(study.schedule, visit)
    if found is None or found[1].start is None:
        return frozenset()
    clock = study.schedule.clocks.get(found[1].start, "")
    arm = {"arm"} if isinstance(found[1].at, dict) else set[str]()
    return frozenset({clock, clock.removesuffix("_date"), *arm})


def _of_dose_tables(study: Study) -> frozenset[str]:
    rules = (
        rule
        for regimen in study.regimens.values()
        for tables in drug_tables(study, regimen).values()
        for asked in tables.questions.values()
        for rule in asked.values()
    )
    return _asked(rules, study) | _OF_DOSES
