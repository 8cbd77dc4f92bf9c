"""The receipt of a form tells nothing that its author must not see."""

from __future__ import annotations

from typing import Any

import pytest

from equipoise.conduct.findings import FindingKind

from .dose_trial import Trial, dose_trial

MAY = ["record", "register", "allocate", "sign", "read"]


def test_a_computed_item_that_is_hidden_is_worked_out_and_not_told(make_ward: Any):
    for hidden, told in (["marker"], True), (["high_risk"], False), (["risk"], False):
        doctor = {"label": "Doctor", "may": MAY, "hidden": hidden}
        ward = make_ward(roles={"doctor": doctor})
        ward.register()
        receipt = ward.fill("risk", {"marker": 250.0})
        assert ("high_risk" in receipt.computed) is told
        assert ward.row("risk").value("high_risk") is True


@pytest.mark.parametrize(
    ("hidden", "told"), [("arm", False), ("dosing", False), ("neutrophils", False), ("sex", True)]
)
def test_guidance_is_not_told_to_whom_something_it_tells_is_hidden(
    make_ward: Any, small_study: Any, hidden: str, *, told: bool
):
    trial = blind_trial(make_ward, small_study, hidden)
    trial.fill("body", {"weight_kg": 72.0}, at="cycle_1", on=7)
    assert (trial.blood(at="cycle_1", on=7).guidance is not None) is told
    dose = trial.dose("alpha", 1500.0, at="cycle_1", on=7, row=1, dose_reason="frail")
    assert (dose.guidance is not None) is told


def test_a_finding_that_tells_something_hidden_is_recorded_and_not_told(
    make_ward: Any, small_study: Any
):
    trial = blind_trial(make_ward, small_study, "neutrophils")
    trial.cycle(1, on=7)
    dose = trial.dose("alpha", 1500.0, at="cycle_1", on=7, row=1, dose_reason="frail")
    assert dose.findings == ()
    assert list(trial.ward.row("dosing", at="cycle_1", subject=trial.subject).findings)
    late = trial.fill("body", {"weight_kg": 72.0}, at="cycle_2", on=99)
    assert [one.kind for one in late.findings] == [FindingKind.VISIT_OUTSIDE_WINDOW]


def blind_trial(make_ward: Any, small_study: Any, hidden: str) -> Trial:
    """Return the trial with dose tables where the doctor must not see something."""

    def blind(**words: Any) -> Any:
        doctor = {"label": "Doctor", "may": MAY, "hidden": [hidden]}
        return make_ward(**words, roles={"doctor": doctor})

    return dose_trial(blind, small_study)
