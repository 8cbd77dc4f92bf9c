"""A recorded dose beside the guidance, and the guidance that a form's receipt carries.

The prescriber decides: another dose than the guidance names needs a reason and is recorded as a
soft finding.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from equipoise.conduct.doses.dose_days import DRUG, CycleDay, cycles_of
from equipoise.conduct.doses.dose_guidance import DOSE_REASON, GIVEN, dose_guidance, guide_drug
from equipoise.conduct.doses.guidance import DrugGuidance, Guidance, GuidedAction
from equipoise.conduct.findings import Finding, FindingKind
from equipoise.conduct.record import Row, SubjectRecord
from equipoise.conduct.rulebook import Rulebook
from equipoise.conduct.visit_windows import DOSE_DAY
from equipoise.oncology.dosing.dose import is_about
from equipoise.study.forms import CheckLevel, FormPurpose

PLANNED, DAYS = "planned_mg", "dose_days"


def guidance_of_row(row: Row, *, subject: SubjectRecord, rulebook: Rulebook) -> Guidance | None:
    """Return the guidance that belongs to a form: of a dose its drug, of blood values all drugs.

    None for other forms, and for blood of a day without a dose.
    """
    match rulebook.forms[row.form].form.purpose:
        case FormPurpose.DOSING:
            return _of_dose(row, subject=subject, rulebook=rulebook)
        case FormPurpose.LABORATORY:
            return _of_blood(row, subject=subject, rulebook=rulebook)
        case _:
            return None


def _of_dose(row: Row, *, subject: SubjectRecord, rulebook: Rulebook) -> Guidance | None:
    drug, number = row.value(DRUG), row.value(DOSE_DAY)
    if not isinstance(drug, str) or not isinstance(number, int):
        return None
    on = CycleDay(occurrence=row.visit, dose_day=number, date=row.date)
    found = guide_drug(drug, subject=subject, rulebook=rulebook, on=on)
    if found is None:
        return None
    return Guidance(
        subject=subject.subject, visit=row.visit, dose_day=number, date=row.date, drugs=(found,)
    )


def _of_blood(row: Row, *, subject: SubjectRecord, rulebook: Rulebook) -> Guidance | None:
    """Return the guidance for the day on which blood was taken, when a dose is due then."""
    begun = [
        cycle for cycle in cycles_of(subject, rulebook=rulebook) if cycle.first_day <= row.date
    ]
    if not begun:
        return None
    number = (row.date - begun[-1].first_day).days + 1
    due = rulebook.drugs[begun[-1].regimen].values()
    if not any(number in rules.tables.starts for rules in due):
        return None
    visit = begun[-1].occurrence
    return dose_guidance(subject, rulebook=rulebook, visit=visit, dose_day=number)


def dose_findings(row: Row, *, guidance: Guidance | None, rulebook: Rulebook) -> Iterator[Finding]:
    """Yield what the row of a dose does otherwise than the guidance for it says."""
    if guidance is None:
        yield from _of_no_regimen(row, rulebook=rulebook)
        return
    given, planned = (_number(row, item) for item in (GIVEN, PLANNED))
    for said in guidance.drugs:
        if planned is not None and _differs(planned, from_mg=said.planned_mg):
            yield _soft(FindingKind.DOSE_DEVIATION, PLANNED, said, got=planned)
        if given is None:
            continue
        if said.action is GuidedAction.UNKNOWN and given > 0:
            yield _soft(FindingKind.DOSE_NOT_JUDGED, GIVEN, said, got=given)
        if said.action is GuidedAction.NOT_DUE or _differs(given, from_mg=said.dose_mg):
            yield _soft(FindingKind.DOSE_DEVIATION, GIVEN, said, got=given)
            yield from _without_reason(row, said, rulebook=rulebook)
        elif given > 0 and _runs_on(row, said):
            days = _number(row, DAYS) or 0.0
            yield _soft(FindingKind.DOSE_DEVIATION, DAYS, said, got=days, unit="d")


def _of_no_regimen(row: Row, *, rulebook: Rulebook) -> Iterator[Finding]:
    """Yield that a drug was given which the regimen that is due does not have."""
    drug, given = row.value(DRUG), _number(row, GIVEN)
    if rulebook.study.regimens and isinstance(drug, str) and given:
        yield Finding(
            kind=FindingKind.DOSE_DEVIATION,
            item=DRUG,
            say=f"{given:g} mg of '{drug}' are given, which no regimen due at {row.visit} has",
            got=drug,
            level=CheckLevel.SOFT,
        )


def _without_reason(row: Row, said: DrugGuidance, *, rulebook: Rulebook) -> Iterator[Finding]:
    asked = DOSE_REASON in rulebook.forms[row.form].form.items
    if asked and row.value(DOSE_REASON) is None:
        say = f"'{DOSE_REASON}' is required, for the dose is another than: {said.say}"
        yield Finding(kind=FindingKind.MISSING_REQUIRED, item=DOSE_REASON, say=say, got="nothing")


def _differs(mg: float, *, from_mg: float | None) -> bool:
    return from_mg is not None and not is_about(mg, of_mg=from_mg)


def _runs_on(row: Row, said: DrugGuidance) -> bool:
    """Tell whether a dose is recorded for days beyond the last one before surgery."""
    days = _number(row, DAYS)
    if days is None or said.last is None:
        return False
    return row.date + dt.timedelta(days=days - 1) > said.last


def _number(row: Row, item: str) -> float | None:
    value = row.value(item)
    return float(value) if isinstance(value, int | float) else None


def _soft(
    kind: FindingKind, item: str, said: DrugGuidance, *, got: float, unit: str = "mg"
) -> Finding:
    words = f"{item} {got:g} is not what the study says: {said.say}"
    return Finding(kind=kind, item=item, say=words, got=f"{got:g} {unit}", level=CheckLevel.SOFT)
