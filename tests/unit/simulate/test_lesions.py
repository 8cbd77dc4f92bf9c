from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest

from equipoise.base.randomness import Seed
from equipoise.oncology import Response, best_overall_response, recist_responses
from equipoise.oncology.response.recist import Lesion, LesionKind, LesionState
from equipoise.oncology.response.recist_timepoints import Assessment
from equipoise.simulate.dice import Dice
from equipoise.simulate.lesions import draw_lesions, draw_scans
from equipoise.simulate.subject import Fate, LesionSeen, Scan, Surgery, VisitDay
from equipoise.study.scenarios import Scenario, read_distribution

START = dt.date(2026, 1, 1)
VISITS = (
    VisitDay(occurrence="scan_1", visit="scan", day=45),
    VisitDay(occurrence="scan_2", visit="scan", day=70),
)
AFTER = (
    VisitDay(occurrence="later_1", visit="later", day=120),
    VisitDay(occurrence="later_2", visit="later", day=200),
)


def fate(response: str | None, **changes: object) -> Fate:
    words: dict[str, Any] = {
        "response": response,
        "surgery": Surgery(planned_day=90, resected=True, margin="R0"),
        "progression_day": None,
        "recurrence_day": None,
        "new_therapy_day": None,
        "death_day": 5000,
        "death_cause": "other",
        "dropout_day": None,
    }
    return Fate(**(words | changes))


def assessment(lesions: Sequence[LesionSeen], day: int) -> Assessment:
    return Assessment(
        date=START + dt.timedelta(days=day),
        lesions=tuple(
            Lesion(
                name=one.lesion,
                kind=LesionKind(one.kind),
                nodal=one.organ == "lymph_node",
                state=LesionState(one.state),
                diameter_mm=one.diameter_mm,
            )
            for one in lesions
        ),
    )


def judged(lesions: Sequence[LesionSeen], scans: Sequence[Scan]) -> Response | None:
    """Return the best overall response that RECIST finds."""
    points = recist_responses(
        [assessment(lesions, -5), *(assessment(scan.lesions, scan.day) for scan in scans)]
    )
    return best_overall_response(points, since=START, confirmed=False).response


def with_organs(scenario: Scenario, **shares: str) -> Scenario:
    baseline = dict(scenario.baseline)
    baseline["diameter_mm"] = read_distribution("lognormal(30, 0.6, 5 .. 300)")
    baseline["lesion_organ"] = read_distribution(shares)
    return scenario.model_copy(update={"baseline": baseline})


@pytest.mark.parametrize("nodes", [0, 50, 100])
@pytest.mark.parametrize(
    ("response", "scans"),
    [("CR", 1), ("CR", 2), ("PR", 1), ("PR", 2), ("SD", 1), ("SD", 2), ("PD", 1)],
)
def test_recist_finds_the_response_that_was_drawn(
    scenario: Scenario, *, response: str, scans: int, nodes: int
):
    organs = with_organs(scenario, lymph_node=f"{nodes} %", liver=f"{100 - nodes} %")
    for subject in range(120):
        dice = Dice(seed=Seed(value=6), subject=subject)
        lesions = draw_lesions(organs, dice=dice)
        visits = VISITS[:scans]
        progression = visits[0].day if response == "PD" else None
        drawn = fate(response, progression_day=progression)
        found = draw_scans(lesions, fate=drawn, visits=visits, dice=dice)
        assert judged(lesions, found) == response, (lesions, found)


def test_a_target_is_large_enough_to_be_one(scenario: Scenario):
    organs = with_organs(scenario, lymph_node="50 %", liver="50 %")
    for subject in range(200):
        dice = Dice(seed=Seed(value=6), subject=subject)
        for lesion in draw_lesions(organs, dice=dice):
            least = 15 if lesion.organ == "lymph_node" else 10
            assert lesion.kind == "non_target" or (lesion.diameter_mm or 0) >= least


def test_at_most_two_targets_are_chosen_in_an_organ(scenario: Scenario):
    organs = with_organs(scenario, liver="100 %")
    drawn = [
        draw_lesions(organs, dice=Dice(seed=Seed(value=6), subject=subject))
        for subject in range(200)
    ]
    targets = [sum(one.kind == "target" for one in lesions) for lesions in drawn]
    assert max(targets) == 2
    further = [lesions for lesions in drawn if len(lesions) == 4]
    assert [one.lesion for one in further[0]] == ["T1", "T2", "N1", "N2"]


def test_a_subject_without_response_is_stable(scenario: Scenario):
    dice = Dice(seed=Seed(value=6), subject=1)
    lesions = draw_lesions(scenario, dice=dice)
    assert judged(lesions, draw_scans(lesions, fate=fate(None), visits=VISITS, dice=dice)) == "SD"


def test_progression_after_the_last_scan_that_was_seen_does_not_show(scenario: Scenario):
    dice = Dice(seed=Seed(value=6), subject=1)
    lesions = draw_lesions(scenario, dice=dice)
    hidden = fate("PD", progression_day=70)
    scans = draw_scans(lesions, fate=hidden, visits=VISITS[:1], dice=dice)
    assert judged(lesions, scans) == "SD"


def test_after_resection_nothing_is_left_until_recurrence(scenario: Scenario):
    dice = Dice(seed=Seed(value=6), subject=1)
    lesions = draw_lesions(scenario, dice=dice)
    recurred = fate("PR", recurrence_day=150)
    scans = draw_scans(lesions, fate=recurred, visits=(*VISITS, *AFTER), dice=dice)
    states = [{one.state for one in scan.lesions if one.kind != "new"} for scan in scans[2:]]
    new = [[one.lesion for one in scan.lesions if one.kind == "new"] for scan in scans[2:]]
    assert states == [{"absent"}, {"absent"}]
    assert new == [[], ["X1"]]


def test_without_resection_lesions_stay_until_progression_shows_a_new_one(scenario: Scenario):
    dice = Dice(seed=Seed(value=6), subject=1)
    lesions = draw_lesions(scenario, dice=dice)
    explored = fate("PR", surgery=Surgery(planned_day=90), progression_day=150)
    scans = draw_scans(lesions, fate=explored, visits=(*VISITS, *AFTER), dice=dice)
    assert scans[2].lesions == scans[1].lesions
    assert scans[3].lesions[:-1] == scans[1].lesions
    assert scans[3].lesions[-1].kind == "new"


def test_there_are_no_lesions_without_a_diameter(scenario: Scenario):
    bare = scenario.model_copy(update={"baseline": {}})
    dice = Dice(seed=Seed(value=6), subject=1)
    assert draw_lesions(bare, dice=dice) == ()
    assert draw_scans((), fate=fate("PR"), visits=VISITS, dice=dice) == ()
