from __future__ import annotations

import pytest

from equipoise.simulate.plan import Clock, plan_arm
from equipoise.study.study import Study


def counting_from(study: Study, date: str) -> Study:
    """Return the study with a date on two forms, and the wound visits counting from one of them."""
    words = study.model_dump(by_alias=True, exclude_none=True)
    words["forms"]["baseline"]["items"]["consent_date"] = {"label": "Consent", "type": "date"}
    words["forms"]["wound"]["items"]["healed_date"] = {"label": "Healed", "type": "date"}
    words["schedule"]["clocks"]["surgery"] = date
    return Study.model_validate(words)


@pytest.mark.parametrize(
    ("date", "clock"),
    [
        ("consent_date", Clock.REGISTRATION),
        ("baseline_date", Clock.REGISTRATION),
        ("surgery_date", Clock.SURGERY),
        ("dosing_date", Clock.FORM),
        ("healed_date", Clock.FORM),
    ],
)
def test_a_date_asked_at_screening_is_the_day_of_registration(
    study: Study, date: str, clock: Clock
):
    plan = plan_arm(counting_from(study, date), "drug")
    assert {visit.clock for visit in plan.visits if visit.visit == "wound"} == {clock}
