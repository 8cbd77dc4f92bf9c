from __future__ import annotations

from dataclasses import replace

import pytest

from equipoise.simulate.calendar import PlacedVisit
from equipoise.simulate.dose_cycle import Cycle, dose_book
from equipoise.simulate.plan import plan_arm
from equipoise.simulate.subject import AdverseEvent, GivenDose
from equipoise.simulate.treatment import AFTER_SURGERY, BEFORE_SURGERY, give_cycles
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
    daily = with_drug(study, "alpha", days="daily")
    regimens = (study.regimens["weekly"], daily.regimens["weekly"])
    books = [dose_book(study, regimen).drugs for regimen in regimens]
    assert books[0]["beta"].starts == (1, 8)
    assert books[1]["alpha"].starts == (1,)


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


def with_drug(study: Study, drug: str, **said: object) -> Study:
    """Return the study with other words for one drug; `rows` are those of any day."""
    words = study.model_dump(by_alias=True, exclude_none=True)
    regimen = words["regimens"]["weekly"]
    rows = said.pop("rows", None)
    regimen["drugs"][drug] |= said
    if rows is not None:
        regimen["modify"][drug] = {"any_day": rows}
    return Study.model_validate(words)


def of_drug(doses: tuple[GivenDose, ...], drug: str) -> list[tuple[int, float, str, str | None]]:
    return [
        (dose.day, dose.given_mg, dose.change, dose.reason) for dose in doses if dose.drug == drug
    ]


def quiet(study: Study, *, number: int = 1, rash: int | None = None) -> Cycle:
    return cycle(study, neutrophils={1: 4.0, 8: 4.0}, number=number, rash=rash)


def test_a_reduction_lasts_longer_than_what_it_was_made_for(study: Study):
    doses = given(study, quiet(study, rash=2), quiet(study, number=2))
    low = [(4.0, "reduced", "rash_grade = 2")] * 4
    assert [row[1:] for row in of_drug(doses, "beta")] == low


def test_reductions_go_down_the_ladder_one_by_one_and_stay_on_the_lowest(study: Study):
    low = with_drug(study, "beta", levels=["6 mg", "4 mg"])
    doses = given(
        low,
        quiet(low, rash=2),
        quiet(low, number=2, rash=2),
        quiet(low, number=2, rash=2),
    )
    assert [row[1] for row in of_drug(doses, "beta")] == [6.0, 6.0, 4.0, 4.0, 4.0, 4.0]


def test_a_reduction_to_a_dose_never_goes_up_again(study: Study):
    rows = [
        {"when": "neutrophils < 1.0", "then": "reduce to 4 mg"},
        {"when": "neutrophils < 2.0", "then": "reduce to 6 mg"},
    ]
    low = with_drug(study, "beta", rows=rows)
    first = cycle(low, neutrophils={1: 0.9, 8: 1.6}, room=3)
    doses = of_drug(given(low, first, quiet(low, number=2)), "beta")
    assert [row[1:] for row in doses] == [(4.0, "reduced", "neutrophils < 1.0")] * 4


def test_a_share_of_the_dose_is_taken_away_for_that_day_only(study: Study):
    first = cycle(study, neutrophils={1: 4.0, 8: 1.2})
    doses = of_drug(given(study, first, quiet(study, number=2)), "alpha")
    assert [row[1] for row in doses] == [200.0, 150.0, 200.0, 200.0]


HOLD = {"when": "neutrophils < 1.0", "then": "hold until neutrophils >= 2.0"}


def test_a_drug_is_held_until_its_rule_is_true_on_the_day(study: Study):
    held = with_drug(study, "beta", rows=[HOLD])
    first = cycle(held, neutrophils={1: 0.9, 8: 1.9}, room=3)
    second = cycle(held, neutrophils={1: 1.9, 8: 2.0}, number=2)
    changes = [(row[2], row[3]) for row in of_drug(given(held, first, second), "beta")]
    assert changes == [("omitted", "neutrophils < 1.0")] * 3 + [("none", None)]


def test_what_is_unknown_does_not_end_a_hold(study: Study):
    held = with_drug(study, "beta", rows=[HOLD])
    first = cycle(held, neutrophils={1: 0.9, 8: 0.9}, room=3)
    second = replace(quiet(held, number=2), laboratory={1: {}, 8: {}})
    assert {row[2] for row in of_drug(given(held, first, second), "beta")} == {"omitted"}


def test_a_hold_for_an_adverse_event_ends_with_it(study: Study):
    rows = [{"when": "rash_grade >= 2", "then": "hold until rash_grade <= 1"}]
    held = with_drug(study, "beta", rows=rows)
    doses = of_drug(given(held, quiet(held, rash=2)), "beta")
    assert [row[2] for row in doses] == ["omitted", "none"]


def test_a_hold_without_an_end_is_for_that_day(study: Study):
    held = with_drug(study, "beta", rows=[{"when": "neutrophils < 1.0", "then": "hold"}])
    doses = of_drug(given(held, cycle(held, neutrophils={1: 0.9, 8: 1.5}, room=3)), "beta")
    assert [row[2] for row in doses] == ["omitted", "none"]


def test_a_dose_too_near_to_surgery_is_left_out_and_a_run_ends_long_enough_before(study: Study):
    daily = with_drug(study, "beta", days="daily", stop_before_surgery="7 d")
    first, second = quiet(daily), quiet(daily, number=2)
    assert (first.visit.day, second.visit.day) == (3, 24)

    def runs(surgery_day: int | None) -> list[tuple[int, str, str | None]]:
        cycles = [replace(one, surgery_day=surgery_day) for one in (first, second)]
        doses = [dose for dose in given(daily, *cycles) if dose.drug == "beta"]
        return [(dose.days, dose.change, dose.reason) for dose in doses]

    assert runs(None) == [(21, "none", None), (21, "none", None)]
    # The last day is the eighth before surgery: day 34 of 42, the eleventh of the run.
    assert runs(42) == [(21, "none", None), (11, "none", None)]
    assert runs(32) == [(21, "none", None), (1, "none", None)]
    assert runs(31) == [(21, "none", None), (21, "omitted", BEFORE_SURGERY)]


def test_grades_are_of_whole_numbers_too_but_not_of_yes_and_no(study: Study):
    words = study.model_dump(by_alias=True, exclude_none=True)
    item = words["forms"]["laboratory"]["items"]["neutrophils"]
    item |= {"type": "integer", "ctcae": "neutrophils"}
    rows = [{"when": "neutrophils_grade >= 3", "then": "omit"}]
    words["regimens"]["weekly"]["modify"] = {"beta": {"any_day": rows}}
    words["laboratory"] = {"neutrophils": {"unit": "10^9/L", "low": 2.0, "high": 7.0}}
    graded = Study.model_validate(words)
    whole = quiet(graded)
    cycles = [
        replace(whole, laboratory={1: {"neutrophils": value}, 8: {"neutrophils": 5}})
        for value in (0, 5, False)
    ]
    firsts = [of_drug(given(graded, one), "beta")[0][2:] for one in cycles]
    unknown = ("omitted", "cannot be judged: neutrophils_grade >= 3")
    assert firsts == [("omitted", "neutrophils_grade >= 3"), ("none", None), unknown]


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


def test_a_drug_of_both_regimens_keeps_its_level_and_its_stop(study: Study):
    regimen = study.regimens["weekly"]
    first = give_cycles(study, regimen, cycles=[quiet(study, rash=2)])
    second = give_cycles(study, regimen, cycles=[quiet(study)], before=first.standings)
    assert [row[1] for row in of_drug(second.doses[0], "beta")] == [4.0, 4.0]
    stopped = give_cycles(study, regimen, cycles=[quiet(study, rash=3)])
    none = give_cycles(study, regimen, cycles=[quiet(study)], before=stopped.standings)
    assert of_drug(none.doses[0], "beta") == []


def test_a_dose_too_soon_after_surgery_is_left_out(study: Study):
    rested = with_drug(study, "beta", restart_after_surgery="7 d")
    soon = replace(quiet(rested), operated_day=2)
    doses = [dose for dose in given(rested, soon) if dose.drug == "beta"]
    assert [(dose.day, dose.change, dose.reason) for dose in doses] == [
        (3, "omitted", AFTER_SURGERY),
        (10, "none", None),
    ]


def test_a_dose_by_weight_takes_the_weight_that_its_drug_says(study: Study):
    bands = [{"from_kg": 0, "dose": "8 mg"}, {"from_kg": 60, "dose": "12 mg"}]
    for said, mg in (("each_cycle", 12.0), ("before_treatment", 8.0)):
        words = {"dose": None, "by_weight": bands, "body_size": said, "levels": []}
        banded = with_drug(study, "beta", rows=[], **words)
        entered = {"height_cm": 180.0, "weight_kg": 59.9}
        heavier = replace(quiet(banded), before=BODY | {"weight_kg": 60.0}, entry=entered)
        assert of_drug(given(banded, heavier), "beta")[0][1] == mg
