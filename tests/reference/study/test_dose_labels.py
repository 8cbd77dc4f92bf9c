"""The dose tables of the shipped study against the drugs' labels."""

from pathlib import Path

import pytest

from equipoise.base.quantities import parse_dose
from equipoise.oncology.dosing.dose_standing import Standing, decide_dose
from equipoise.oncology.dosing.event_grades import EventSpan
from equipoise.simulate.dose_rules import judge_days
from equipoise.study import load_study
from equipoise.study.dose_actions import body_of
from equipoise.study.dose_tables import DoseDay, drug_tables
from equipoise.study.namespace import form_names
from equipoise.study.regimens import WeightBand

STUDY = load_study(Path(__file__).parents[3] / "studies" / "icc_golp")
TABLES = drug_tables(STUDY, STUDY.regimens["golp"])
LABEL = "paper: label of gemcitabine (ovarian cancer): ANC 1,500 and platelets 100,000 on day 8"


def said(drug, *, dose_day, events=None, **values):
    """Return the first row that is followed, and the rows that cannot be judged."""
    day = DoseDay(
        dose_day=dose_day,
        day=100,
        since=92,
        value=values.get,
        events=lambda term: (events or {}).get(term, ()),
        body=body_of(height_cm=170.0, weight_kg=65.0),
    )
    (answer,) = judge_days(TABLES[drug], days=[day], types=form_names(STUDY))
    return answer


def action(drug, **known):
    followed = said(drug, **known).followed
    return followed[0].rule.then.kind if followed else "full"


def lasting(grade):
    return (EventSpan(grade=grade, starts=(95, 95), ends=None),)


@pytest.mark.source(LABEL)
@pytest.mark.parametrize(
    ("neutrophils", "platelets", "expected"),
    [
        (1.5, 100, "full"),
        (1.2, 110, "reduce"),
        (1.6, 99, "reduce"),
        (1.0, 75, "reduce"),
        (0.99, 110, "omit"),
        (1.6, 74, "omit"),
        (1.2, 74, "omit"),  # half and hold together: the worse of the two counts
    ],
)
def test_gemcitabine_on_day_8_follows_the_worse_of_the_two_counts(neutrophils, platelets, expected):
    assert (
        action("gemcitabine", dose_day=8, neutrophils=neutrophils, platelets=platelets) == expected
    )


@pytest.mark.source(LABEL)
def test_gemcitabine_on_day_8_is_halved_at_1_2_and_110():
    (row, *_) = said("gemcitabine", dose_day=8, neutrophils=1.2, platelets=110.0).followed
    assert row.rule.then.percent == 50
    assert (row.table, row.number) == ("day_8", 2)


@pytest.mark.source("by hand: an unknown count is not a count above the limit")
def test_a_count_that_is_not_known_leaves_its_rows_open():
    answer = said("gemcitabine", dose_day=8, neutrophils=1.6, platelets=None)
    assert answer.followed == ()
    assert {row.table for row in answer.unjudged} >= {"day_8"}


@pytest.mark.source("paper: label of toripalimab: held or stopped, never reduced")
@pytest.mark.parametrize(
    ("event", "grade", "expected"),
    [
        ("pneumonitis", 1, "full"),
        ("pneumonitis", 2, "hold"),
        ("pneumonitis", 3, "stop"),
        ("colitis", 3, "hold"),
        ("colitis", 4, "stop"),
        ("myocarditis", 2, "stop"),
    ],
)
def test_toripalimab_is_held_or_stopped(event, grade, expected):
    known = {"neutrophils": 3.0, "platelets": 200.0, "alt": 20.0, "ast": 20.0, "bilirubin": 10.0}
    found = action("toripalimab", dose_day=1, events={event: lasting(grade)}, **known)
    assert found == expected
    rows = [row for row in TABLES["toripalimab"].rows if row.rule.then.kind == "reduce"]
    assert rows == []


@pytest.mark.source("paper: label of lenvatinib: 12 mg from 60 kg on, 8 mg below")
@pytest.mark.parametrize(("weight_kg", "mg"), [(59.9, 8.0), (60.0, 12.0)])
def test_a_band_of_weight_begins_at_its_weight(weight_kg, mg):
    bands = (
        WeightBand(from_kg=0, dose=parse_dose("8 mg")),
        WeightBand(from_kg=60, dose=parse_dose("12 mg")),
    )
    plan = STUDY.regimens["golp"].model_copy(
        update={
            "drugs": {
                "lenvatinib": STUDY.regimens["golp"]
                .drugs["lenvatinib"]
                .model_copy(update={"dose": None, "by_weight": bands})
            },
            "modify": {},
        }
    )
    tables = drug_tables(STUDY, plan)["lenvatinib"]
    day = DoseDay(
        dose_day=1,
        day=100,
        since=None,
        value=lambda _: None,
        events=lambda _: (),
        body=body_of(height_cm=170.0, weight_kg=weight_kg),
    )
    (answer,) = judge_days(tables, days=[day], types=form_names(STUDY))
    _, decided = decide_dose(Standing(), tables.plan, day=answer.facts)
    assert decided.planned_mg == mg
