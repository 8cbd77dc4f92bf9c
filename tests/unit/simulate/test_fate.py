from __future__ import annotations

from dataclasses import replace

import pytest

from equipoise.base.randomness import Seed
from equipoise.simulate.dice import Dice
from equipoise.simulate.fate import Findings, Frailty, Times, draw_fate, draw_findings
from equipoise.simulate.subject import Fate
from equipoise.study.scenarios import Course, Scenario

FOUND = Findings(
    response="PR",
    refused=None,
    resectable=True,
    margin="R0",
    viable_percent=10.0,
    operative_death=None,
)
NEVER = "exponential(median 99999 mo)"


def times(scenario: Scenario, *, subject: int = 0, **changes: object) -> Times:
    words = scenario.arms["drug"].model_dump(by_alias=True) | changes
    return Times(
        course=Course.model_validate(words),
        dice=Dice(seed=Seed(value=5), subject=subject),
        hazard_ratio=1.0,
        margins={"R1": 1.6},
        yearly_dropout=0.0,
    )


def fate_of(findings: Findings, known: Times, *, scans: tuple[int, ...] = (40, 54)) -> Fate:
    return draw_fate(findings, times=known, surgery_day=63, scan_days=scans)


def test_progression_precludes_surgery_and_shows_at_the_first_scan(scenario: Scenario):
    fate = fate_of(replace(FOUND, response="PD"), times(scenario, death_otherwise=NEVER))
    assert fate.progression_day == 40
    assert fate.surgery is not None
    assert (fate.surgery.day, fate.surgery.reason) == (None, "progression")


def test_progression_that_no_scan_shows_is_found_when_surgery_is_due(scenario: Scenario):
    known = times(scenario, death_otherwise=NEVER, death_unresected=NEVER)
    fate = fate_of(replace(FOUND, response="PD"), known, scans=())
    assert fate.progression_day == 63


def test_who_refuses_is_not_operated_and_may_progress_later(scenario: Scenario):
    known = times(scenario, death_otherwise=NEVER, death_unresected=NEVER)
    fate = fate_of(replace(FOUND, refused="unfit"), known)
    assert fate.surgery is not None
    assert fate.surgery.reason == "unfit"
    assert fate.recurrence_day is None
    assert fate.progression_day is not None
    assert fate.progression_day > 63


def test_an_exploration_has_a_day_but_no_margin(scenario: Scenario):
    surgery = fate_of(replace(FOUND, resectable=False), times(scenario)).surgery
    assert surgery is not None
    assert (surgery.day, surgery.resected, surgery.margin) == (63, False, None)
    assert surgery.viable_percent is None


def test_death_of_another_cause_before_the_day_of_surgery_precludes_it(scenario: Scenario):
    early = times(scenario, death_otherwise="exponential(median 1 d)")
    fate = fate_of(replace(FOUND, response="PD"), early)
    assert fate.death_day < 40
    assert fate.surgery is not None
    assert fate.surgery.reason == "death"
    assert fate.response is None
    assert fate.progression_day is None


def test_death_within_ninety_days_leaves_no_recurrence_behind_it(scenario: Scenario):
    known = times(scenario, recurrence="exponential(median 9999 mo)")
    fate = fate_of(replace(FOUND, operative_death=12), known)
    assert (fate.death_day, fate.death_cause) == (75, "surgery")
    assert fate.recurrence_day is None
    assert fate.new_therapy_day is None


def test_who_recurs_dies_of_the_disease_after_it(scenario: Scenario):
    known = times(scenario, recurrence="exponential(median 9 mo)", death_otherwise=NEVER)
    fate = fate_of(FOUND, known)
    assert fate.recurrence_day is not None
    assert 63 < fate.recurrence_day < fate.death_day
    assert fate.death_cause == "disease"


def test_a_margin_hastens_recurrence_by_its_hazard_ratio(scenario: Scenario):
    known = times(scenario, recurrence="exponential(median 1000 d)", death_otherwise=NEVER)
    clear, margin = (fate_of(replace(FOUND, margin=m), known).recurrence_day for m in ("R0", "R1"))
    assert clear is not None
    assert margin is not None
    assert margin - 63 == pytest.approx((clear - 63) / 1.6, abs=1)


def test_dropout_is_drawn_only_before_death_and_with_its_reason(scenario: Scenario):
    stays = times(scenario)
    leaves = [
        fate_of(FOUND, replace(stays, yearly_dropout=0.9, dice=Dice(seed=Seed(value=5), subject=k)))
        for k in range(40)
    ]
    assert fate_of(FOUND, stays).dropout_day is None
    gone = [fate for fate in leaves if fate.dropout_day is not None]
    assert gone
    assert all(fate.last_day == fate.dropout_day < fate.death_day for fate in gone)
    assert {fate.dropout_reason for fate in gone} == {"lost", "withdrew"}


def test_a_study_without_surgery_has_no_operation(scenario: Scenario):
    fate = draw_fate(FOUND, times=times(scenario), surgery_day=None, scan_days=())
    assert fate.surgery is None
    assert fate.recurrence_day is None


def drawn(scenario: Scenario, *, subjects: int = 2000, sd: float = 0.0) -> list[Findings]:
    found = []
    for subject in range(subjects):
        dice = Dice(seed=Seed(value=2), subject=subject)
        frailty = Frailty(value=sd * dice.normal("frailty"), sd=sd)
        course = scenario.arms["drug"]
        found.append(
            draw_findings(
                course, dice=dice, frailty=frailty, margins={"R1": 2.0}, reasons=("refusal",)
            )
        )
    return found


@pytest.mark.parametrize("sd", [0.0, 0.8])
def test_shares_are_those_of_the_scenario_whatever_the_frailty(scenario: Scenario, sd: float):
    found = drawn(scenario, sd=sd)
    expected = {"CR": 0.05, "PR": 0.45, "SD": 0.40, "PD": 0.10}
    for response, share in expected.items():
        got = sum(each.response == response for each in found) / len(found)
        assert got == pytest.approx(share, abs=4 * (share * (1 - share) / len(found)) ** 0.5)
    refused = sum(each.refused is not None for each in found) / len(found)
    margins = sum(each.margin == "R1" for each in found) / len(found)
    assert refused == pytest.approx(0.1, abs=0.027)
    assert margins == pytest.approx(0.2, abs=0.036)


def test_frail_subjects_respond_less_and_have_worse_margins(scenario: Scenario):
    responders = [each for each in drawn(scenario, sd=1.0) if each.response in {"CR", "PR"}]
    others = [each for each in drawn(scenario, sd=1.0) if each.response in {"SD", "PD"}]
    share = [
        sum(each.margin == "R1" for each in group) / len(group) for group in (responders, others)
    ]
    assert share[0] < 0.7 * share[1]


def test_tumour_left_at_a_margin_is_viable(scenario: Scenario):
    words = scenario.arms["drug"].model_dump(by_alias=True) | {"viable_tumour": "uniform(0 .. 0.4)"}
    gone = scenario.model_copy(update={"arms": {"drug": Course.model_validate(words)}})
    for each in drawn(gone, subjects=200):
        assert each.viable_percent == (1.0 if each.margin == "R1" else 0.0)
