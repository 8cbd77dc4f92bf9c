from __future__ import annotations

from dataclasses import replace

import pytest

from equipoise.simulate.calendar import PlacedVisit
from equipoise.simulate.plan import plan_arm
from equipoise.simulate.subject import AdverseEvent, GivenDose
from equipoise.simulate.treatment import Cycle, dose_starts, give_cycles, planned_mg
from equipoise.study.regimens import Drug
from equipoise.study.study import Study

BODY = {"height_cm": 180.0, "weight_kg": 80.0}  # 2.0 m2 by Mosteller


def cycle(
    study: Study,
    *,
    neutrophils: dict[int, float],
    recovered: float = 4.0,
    number: int = 1,
    room: int = 6,
    rash: int | None = None,
) -> Cycle:
    plan = [visit for visit in plan_arm(study, "drug").visits if visit.visit == "cycle"][number - 1]
    events = (_rash(rash, day=plan.planned),) if rash is not None else ()
    return Cycle(
        owner=0,
        visit=PlacedVisit(plan=plan, day=plan.planned, latest=plan.latest, missed=False),
        room=plan.planned + room - 3,
        before=BODY,
        laboratory={day: {"neutrophils": value} for day, value in neutrophils.items()},
        recovered={"neutrophils": recovered},
        events=events,
    )


def _rash(grade: int, *, day: int) -> AdverseEvent:
    return AdverseEvent(
        term="rash", grade=grade, start=day, end=day + 2, serious=False, related=True
    )


def given(study: Study, *cycles: Cycle) -> tuple[GivenDose, ...]:
    return give_cycles(study, study.regimens["weekly"], cycles=cycles).doses[0]


def told(doses: tuple[GivenDose, ...]) -> list[tuple[str, int, float, str]]:
    return [(dose.drug, dose.day, dose.given_mg, dose.change) for dose in doses]


def test_a_dose_is_given_as_planned_when_no_row_holds(study: Study):
    doses = given(study, cycle(study, neutrophils={1: 4.0, 8: 4.0}))
    assert told(doses) == [
        ("alpha", 3, 200.0, "none"),
        ("beta", 3, 8.0, "none"),
        ("alpha", 10, 200.0, "none"),
        ("beta", 10, 8.0, "none"),
    ]
    assert all(dose.reason is None for dose in doses)


def test_a_run_of_consecutive_days_is_one_dose(study: Study):
    drugs = study.regimens["weekly"].drugs
    assert dose_starts(drugs["beta"]) == (1, 8)
    assert dose_starts(drugs["alpha"].model_copy(update={"days": "daily"})) == (1,)


@pytest.mark.parametrize(
    ("count", "mg", "change", "reason"),
    [
        (0.99, 0.0, "omitted", "neutrophils < 1.0"),
        (1.0, 150.0, "reduced", "neutrophils < 1.5"),
        (1.49, 150.0, "reduced", "neutrophils < 1.5"),
        (1.5, 200.0, "none", None),
    ],
)
def test_the_first_row_that_holds_on_the_day_is_followed(
    study: Study, *, count: float, mg: float, change: str, reason: str | None
):
    doses = given(study, cycle(study, neutrophils={1: 4.0, 8: count}))
    on_day_8 = next(dose for dose in doses if (dose.drug, dose.dose_day) == ("alpha", 8))
    assert (on_day_8.given_mg, on_day_8.change, on_day_8.reason) == (mg, change, reason)


def test_a_cycle_waits_until_its_window_ends_and_the_values_recover(study: Study):
    answer = give_cycles(
        study,
        study.regimens["weekly"],
        cycles=[cycle(study, neutrophils={1: 1.2, 8: 4.0}, recovered=3.0)],
    )
    assert told(answer.doses[0])[:2] == [
        ("alpha", 6, 200.0, "delayed"),
        ("beta", 6, 8.0, "delayed"),
    ]
    assert told(answer.doses[0])[2:] == [("alpha", 13, 200.0, "none"), ("beta", 13, 8.0, "none")]
    assert answer.cycles[0].laboratory[1] == {"neutrophils": 3.0}


def test_a_delay_without_room_or_recovery_leaves_the_dose_out(study: Study):
    full = given(study, cycle(study, neutrophils={1: 1.2, 8: 4.0}, room=3))
    low = given(study, cycle(study, neutrophils={1: 1.2, 8: 4.0}, recovered=1.2))
    assert [told(doses)[0] for doses in (full, low)] == [
        ("alpha", 3, 0.0, "omitted"),
        ("alpha", 6, 0.0, "omitted"),
    ]


def test_an_adverse_event_reduces_a_dose_while_it_lasts(study: Study):
    doses = given(study, cycle(study, neutrophils={1: 4.0, 8: 4.0}, rash=2))
    beta = [(dose.dose_day, dose.given_mg, dose.change) for dose in doses if dose.drug == "beta"]
    assert beta == [(1, 4.0, "reduced"), (8, 8.0, "none")]


def test_a_drug_that_is_stopped_is_not_given_again(study: Study):
    first = cycle(study, neutrophils={1: 4.0, 8: 4.0}, rash=3)
    second = cycle(study, neutrophils={1: 4.0, 8: 4.0}, number=2)
    doses = given(study, first, second)
    beta = [(dose.occurrence, dose.given_mg, dose.change) for dose in doses if dose.drug == "beta"]
    assert beta == [("cycle_1", 0.0, "stopped")]
    assert sum(dose.drug == "alpha" for dose in doses) == 4


def test_subjects_do_not_share_their_doses(study: Study):
    cycles = [cycle(study, neutrophils={1: 4.0, 8: 4.0}, rash=3)]
    cycles.append(replace(cycle(study, neutrophils={1: 4.0, 8: 4.0}), owner=1))
    doses = give_cycles(study, study.regimens["weekly"], cycles=cycles).doses
    assert [dose.change for dose in doses[1]] == ["none"] * 4


def test_a_dose_by_body_surface_is_unknown_without_height(study: Study):
    drug = study.regimens["weekly"].drugs["alpha"]
    assert planned_mg(drug, before={"weight_kg": 80.0}) is None


def test_a_dose_by_weight_takes_the_band_of_the_weight():
    bands = [{"from_kg": 0, "dose": "8 mg"}, {"from_kg": 60, "dose": "12 mg"}]
    drug = Drug.model_validate({"by_weight": bands, "route": "oral", "days": "daily"})
    assert [planned_mg(drug, before={"weight_kg": kg}) for kg in (59.9, 60.0)] == [8.0, 12.0]
