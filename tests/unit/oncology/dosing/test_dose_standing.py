"""What becomes of a drug from dose day to dose day, in plain values."""

from __future__ import annotations

import pytest

from equipoise.base.quantities import parse_dose
from equipoise.oncology.dosing.dose import LENVATINIB_BY_WEIGHT, DoseByWeight, WeightBand
from equipoise.oncology.dosing.dose_changes import (
    BackToPlan,
    Change,
    DoseAction,
    FollowedRow,
    HoldUntil,
    LeaveOut,
    Lower,
    Rung,
    Share,
    StopForGood,
)
from equipoise.oncology.dosing.dose_standing import (
    Body,
    DayFacts,
    Decision,
    DosePlan,
    Standing,
    decide_dose,
)

BODY = Body(weight_kg=70.0, bsa_m2=2.0)
LIGHT = Body(weight_kg=59.9, bsa_m2=1.6)
DAILY = frozenset(range(1, 22))
TWELVE = DosePlan(rule=parse_dose("12 mg"), days=DAILY)
GEMCITABINE = DosePlan(rule=parse_dose("1000 mg/m2"), days=frozenset({1, 8}))


def rung(text: str, *, every: int = 1, on: tuple[int, ...] = ()) -> Rung:
    return Rung(dose=parse_dose(text), every=every, on=frozenset(on))


STOP_LEVEL = Rung(dose=None)
LADDER = Lower(ladder=(rung("8 mg"), rung("4 mg"), rung("4 mg", every=2), STOP_LEVEL))


def day(
    *changes: Change,
    dose_day: int = 1,
    released: tuple[str, ...] = (),
    begun: bool = False,
    body: Body = BODY,
    again: Change | None = None,
) -> DayFacts:
    rows = tuple(
        FollowedRow(label=f"row {k}", reason=f"reason {k}", change=change, again=again)
        for k, change in enumerate(changes)
    )
    labels = frozenset(row.label for row in rows)
    return DayFacts(
        dose_day=dose_day,
        body=body,
        followed=rows,
        lasting=labels,
        begun=labels if begun else frozenset(),
        released=frozenset(released),
    )


def told(plan: DosePlan, *days: DayFacts) -> list[tuple[str, float | None]]:
    standing, found = Standing(), list[Decision]()
    for facts in days:
        standing, decision = decide_dose(standing, plan, day=facts)
        found.append(decision)
    return [(str(one.action), one.given_mg) for one in found]


QUIET = day()


def test_nothing_that_is_followed_leaves_the_full_dose():
    assert told(TWELVE, QUIET) == [("full", 12.0)]


def test_a_ladder_is_gone_down_once_for_each_time_its_row_comes_back():
    down = day(LADDER)
    days = (down, QUIET, down, QUIET, down, QUIET, down, QUIET)
    assert [mg for _, mg in told(TWELVE, *days)] == [8, 8, 4, 4, 2, 2, 0, 0]
    assert told(TWELVE, *days)[-2:] == [("stop", 0.0), ("stop", 0.0)]


def test_every_other_day_counts_as_its_mean():
    assert told(TWELVE, day(Lower(ladder=(rung("4 mg", every=2),)))) == [("reduce", 2.0)]


def test_a_row_that_stays_true_lowers_the_dose_once():
    down = day(LADDER)
    assert [mg for _, mg in told(TWELVE, down, down, down)] == [8, 8, 8]


def test_something_new_that_makes_the_row_true_lowers_the_dose_again():
    assert [mg for _, mg in told(TWELVE, day(LADDER), day(LADDER, begun=True))] == [8, 4]


def test_a_light_subject_enters_the_same_ladder_below_its_own_dose():
    plan = DosePlan(rule=LENVATINIB_BY_WEIGHT, days=DAILY)
    down, quiet = day(LADDER, body=LIGHT), day(body=LIGHT)
    days = (quiet, down, quiet, down, quiet, down)
    assert [mg for _, mg in told(plan, *days)] == [8, 4, 4, 2, 2, 0]


def test_two_rows_that_lower_on_one_day_are_one_level():
    assert told(TWELVE, day(LADDER, LADDER)) == [("reduce", 8.0)]


def test_of_two_different_levels_on_one_day_the_lower_one_is_taken():
    assert told(TWELVE, day(Lower(ladder=(rung("4 mg"),)), LADDER)) == [("reduce", 4.0)]


def test_a_reduction_to_a_dose_above_the_present_one_changes_nothing():
    first, second = Lower(ladder=(rung("4 mg"),)), Lower(ladder=(rung("8 mg"),))
    facts = (day(first), day(StopForGood(), second))
    assert told(TWELVE, facts[0], day(second))[1] == ("reduce", 4.0)
    assert told(TWELVE, *facts)[1] == ("stop", 0.0)


def test_only_a_row_that_says_so_brings_the_planned_dose_back():
    assert told(TWELVE, day(LADDER), QUIET, day(BackToPlan()), QUIET) == [
        ("reduce", 8.0),
        ("reduce", 8.0),
        ("full", 12.0),
        ("full", 12.0),
    ]


def test_a_row_that_lowers_wins_over_one_that_brings_back():
    assert told(TWELVE, day(LADDER), day(BackToPlan(), LADDER, begun=True))[1] == ("reduce", 4.0)


def test_a_hold_lasts_until_its_rule_is_true_and_then_goes_one_level_down():
    held = day(HoldUntil(until="mild", then=LADDER))
    assert told(TWELVE, held, QUIET, day(released=("mild",)), QUIET) == [
        ("hold", 0.0),
        ("hold", 0.0),
        ("reduce", 8.0),
        ("reduce", 8.0),
    ]


def test_what_came_and_went_between_two_dose_days_only_lowers_the_dose():
    over = day(HoldUntil(until="mild", then=LADDER), released=("mild",))
    assert told(TWELVE, QUIET, over, over) == [("full", 12.0), ("reduce", 8.0), ("reduce", 4.0)]


def test_two_holds_that_end_on_one_day_are_one_level():
    two = day(HoldUntil(until="a", then=LADDER), HoldUntil(until="b", then=LADDER))
    assert told(TWELVE, two, day(released=("a",)), day(released=("b",))) == [
        ("hold", 0.0),
        ("hold", 0.0),
        ("reduce", 4.0),
    ]
    assert told(TWELVE, two, day(released=("a", "b")))[1] == ("reduce", 8.0)


def test_the_first_event_only_holds_and_the_second_lowers_the_dose():
    first, second = HoldUntil(until="mild"), HoldUntil(until="mild", then=LADDER)
    fires, over = day(first, again=second), day(released=("mild",))
    assert told(TWELVE, fires, over, fires, over) == [
        ("hold", 0.0),
        ("full", 12.0),
        ("hold", 0.0),
        ("reduce", 8.0),
    ]


def test_a_stop_is_for_good_whatever_comes_later():
    assert told(TWELVE, day(StopForGood()), day(BackToPlan()), QUIET) == [("stop", 0.0)] * 3


@pytest.mark.parametrize("left", [DoseAction.OMIT, DoseAction.HOLD])
def test_of_half_the_dose_and_none_on_one_day_none_is_given(left: DoseAction):
    both = day(Share(share=0.5), LeaveOut(action=left))
    assert told(GEMCITABINE, both, QUIET) == [(left, 0.0), ("full", 2000.0)]


def test_a_dose_that_is_left_out_outweighs_a_cycle_that_waits():
    waits = LeaveOut(action=DoseAction.DELAY)
    assert told(TWELVE, day(waits, LeaveOut(action=DoseAction.OMIT))) == [("omit", 0.0)]
    assert told(TWELVE, day(waits)) == [("delay", 0.0)]


def test_a_share_is_of_the_planned_dose_and_the_lower_of_level_and_share_is_given():
    lower = Lower(ladder=(rung("800 mg/m2"),))
    quiet = DayFacts(dose_day=1, body=BODY)
    standing, _ = decide_dose(Standing(), GEMCITABINE, day=day(lower))
    half = decide_dose(standing, GEMCITABINE, day=day(Share(share=0.5)))[1]
    most = decide_dose(standing, GEMCITABINE, day=day(Share(share=0.9)))[1]
    later = decide_dose(standing, GEMCITABINE, day=quiet)[1]
    assert [one.given_mg for one in (half, most, later)] == [1000.0, 1600.0, 1600.0]


def test_a_level_for_day_1_leaves_day_8_out():
    levels = Lower(ladder=(rung("800 mg/m2"), rung("800 mg/m2", on=(1,))))
    fires = day(levels)
    days = (fires, day(levels, dose_day=8, begun=True), QUIET, day(dose_day=8))
    assert told(GEMCITABINE, *days) == [
        ("reduce", 1600.0),
        ("omit", 0.0),
        ("reduce", 1600.0),
        ("omit", 0.0),
    ]


def test_without_body_size_there_is_no_dose_but_what_becomes_of_the_drug_is_known():
    unknown = Body(weight_kg=None, bsa_m2=None)
    level = Lower(ladder=(rung("800 mg/m2"),))
    standing, decision = decide_dose(Standing(), GEMCITABINE, day=day(level, body=unknown))
    assert (decision.given_mg, decision.planned_mg) == (None, None)
    assert decision.action is DoseAction.REDUCE
    known = decide_dose(standing, GEMCITABINE, day=QUIET)[1]
    assert known.given_mg == 1600.0


def test_amounts_are_whole_mg_from_20_mg_on_and_tenths_below():
    odd = Body(weight_kg=70.0, bsa_m2=1.7523)
    assert told(GEMCITABINE, day(body=odd)) == [("full", 1752.0)]
    bands = DoseByWeight(bands=(WeightBand(from_kg=0, mg=8.25),))
    assert told(DosePlan(rule=bands, days=DAILY), QUIET) == [("full", 8.2)]


def test_another_regimen_takes_over_level_and_stop_and_nothing_else():
    held = day(HoldUntil(until="mild"), LADDER)
    standing, _ = decide_dose(Standing(), TWELVE, day=held)
    carried = standing.carried()
    assert (carried.lowered, carried.holds, carried.seen) == (rung("8 mg"), {}, frozenset())
    assert decide_dose(carried, TWELVE, day=QUIET)[1].given_mg == 8.0
    stopped, _ = decide_dose(Standing(), TWELVE, day=day(StopForGood()))
    assert decide_dose(stopped.carried(), TWELVE, day=QUIET)[1].action is DoseAction.STOP
