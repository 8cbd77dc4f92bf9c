"""The dose tables of the shipped trial against the labels that they are taken from."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path

import polars as pl
import pytest

from equipoise.oncology.dosing.dose_standing import Decision, Standing, decide_dose
from equipoise.oncology.dosing.event_grades import EventSpan
from equipoise.study import Study, load_study
from equipoise.study.dose_actions import body_of
from equipoise.study.dose_tables import (
    Asked,
    DoseDay,
    DrugTables,
    Known,
    TablesSay,
    drug_tables,
    tables_say,
)
from equipoise.study.namespace import form_names
from equipoise.study.rules import judge, rule_names

GOLP = Path(__file__).parents[3] / "studies" / "icc_golp"
HEALTHY: Mapping[str, Known] = {
    "neutrophils": 4.0,
    "platelets": 200.0,
    "alt": 30.0,
    "ast": 30.0,
    "bilirubin": 12.0,
    "creatinine_clearance": 90.0,
    "alt_grade": 0,
    "ast_grade": 0,
    "bilirubin_grade": 0,
    "creatinine_grade": 0,
    "screening.alt": 30.0,
    "screening.ast": 30.0,
}


@cache
def study() -> Study:
    return load_study(GOLP)


@cache
def tables(drug: str) -> DrugTables:
    return drug_tables(study(), study().regimens["golp"])[drug]


def lasting(first: int, grade: int, *, last: int | None = None) -> EventSpan:
    ends = None if last is None else (last, last)
    return EventSpan(grade=grade, starts=(first, first), ends=ends)


def dose_day(
    *,
    day: int = 1,
    since: int | None = None,
    dose_day: int = 1,
    values: Mapping[str, Known] | None = None,
    events: Mapping[str, tuple[EventSpan, ...]] | None = None,
) -> DoseDay:
    known = {**HEALTHY, **(values or {})}
    return DoseDay(
        dose_day=dose_day,
        day=day,
        since=since,
        value=known.get,
        events=lambda term: (events or {}).get(term, ()),
        body=body_of(height_cm=180.0, weight_kg=80.0),  # 2.0 m2
    )


def follow(drug: str, *days: DoseDay) -> list[Decision]:
    standing, found = Standing(), []
    for day in days:
        said = say(drug, day)
        assert not said.unjudged
        standing, decision = decide_dose(standing, tables(drug).plan, day=said.facts)
        found.append(decision)
    return found


def say(drug: str, day: DoseDay) -> TablesSay:
    answers = {asked: answered(drug, day, asked) for asked in Asked}
    return tables_say(tables(drug), day, answers=answers)


def answered(drug: str, day: DoseDay, asked: Asked) -> dict[str, object]:
    rules = tables(drug).questions[asked]
    types = form_names(study())
    names = dict.fromkeys(name for rule in rules.values() for name in rule_names(rule))
    look = partial(day.look_up, asked=asked, terms=tables(drug).terms)
    frame = pl.DataFrame(
        [{name: look(name) for name in names}], schema={name: types[name] for name in names}
    )
    return judge(rules, frame).row(0, named=True) if rules else {}


def told(drug: str, *days: DoseDay) -> list[tuple[str, float | None]]:
    return [(str(one.action), one.given_mg) for one in follow(drug, *days)]


@pytest.mark.source("by hand: gemcitabine label, day 8, counts 1.2 and 110: half of 1000 mg/m2")
def test_gemcitabine_on_day_8_with_neutrophils_of_1_2_is_halved():
    day = dose_day(dose_day=8, values={"neutrophils": 1.2, "platelets": 110.0})
    assert told("gemcitabine", day) == [("reduce", 1000.0)]


@pytest.mark.source("by hand: gemcitabine label, the table of day 1 and day 8 at its limits")
@pytest.mark.parametrize(
    ("number", "neutrophils", "platelets", "action"),
    [
        (1, 1.5, 100.0, "full"),
        (1, 1.49, 100.0, "delay"),
        (1, 1.5, 99.0, "delay"),
        (8, 1.5, 100.0, "full"),
        (8, 1.49, 100.0, "reduce"),
        (8, 1.0, 100.0, "reduce"),
        (8, 0.99, 100.0, "omit"),
        (8, 1.5, 99.0, "reduce"),
        (8, 1.5, 75.0, "reduce"),
        (8, 1.5, 74.0, "omit"),
        (8, 1.2, 74.0, "omit"),  # half by one count and none by the other: none
        (8, 0.9, 90.0, "omit"),
    ],
)
def test_the_worse_of_the_two_counts_rules_gemcitabine(
    *, number: int, neutrophils: float, platelets: float, action: str
):
    values = {"neutrophils": neutrophils, "platelets": platelets}
    assert told("gemcitabine", dose_day(dose_day=number, values=values))[0][0] == action


@pytest.mark.source("by hand: gemcitabine label, 800 mg/m2 for good, on day 1 only when it recurs")
def test_febrile_neutropenia_lowers_gemcitabine_for_good_and_the_second_takes_day_8_away():
    fever = {"febrile_neutropenia": (lasting(10, 3, last=15), lasting(30, 3, last=34))}
    days = [(1, 1, None), (8, 8, 1), (22, 1, 8), (29, 8, 22), (43, 1, 29), (50, 8, 43)]
    doses = told(
        "gemcitabine",
        *(dose_day(day=d, dose_day=n, since=s, events=fever) for d, n, s in days),
    )
    assert doses == [
        ("full", 2000.0),
        ("full", 2000.0),
        ("reduce", 1600.0),
        ("reduce", 1600.0),
        ("reduce", 1600.0),
        ("omit", 0.0),
    ]


@pytest.mark.source("by hand: gemcitabine label, platelets below 25: none on day 8, then 800 mg/m2")
def test_platelets_below_25_leave_day_8_out_and_lower_every_later_dose():
    low = dose_day(day=8, dose_day=8, since=1, values={"platelets": 20.0})
    assert told("gemcitabine", dose_day(), low, dose_day(day=22, since=8)) == [
        ("full", 2000.0),
        ("omit", 0.0),
        ("reduce", 1600.0),
    ]


@pytest.mark.source("by hand: oxaliplatin label, neuropathy by grade")
@pytest.mark.parametrize(
    ("grade", "action", "mg"),
    [(1, "full", 170.0), (2, "reduce", 150.0), (3, "hold", 0.0), (4, "stop", 0.0)],
)
def test_neuropathy_changes_oxaliplatin_by_its_grade(grade: int, action: str, mg: float):
    day = dose_day(events={"neuropathy": (lasting(1, grade),)})
    assert told("oxaliplatin", day) == [(action, mg)]


@pytest.mark.source("by hand: oxaliplatin US label, 65 mg/m2 below a clearance of 30 mL/min")
def test_a_clearance_below_30_starts_oxaliplatin_at_65_mg_m2():
    day = dose_day(values={"creatinine_clearance": 29.9})
    assert told("oxaliplatin", day) == [("reduce", 130.0)]


@pytest.mark.source("by hand: oxaliplatin US label, 65 mg/m2 whatever the counts were")
def test_a_clearance_below_30_is_not_hidden_by_low_counts():
    fever = {"febrile_neutropenia": (lasting(1, 3),)}
    day = dose_day(values={"creatinine_clearance": 29.9}, events=fever)
    assert told("oxaliplatin", day) == [("reduce", 130.0)]


@pytest.mark.source(
    "by hand: oxaliplatin label, grade 4 neutrophils and grade 3 platelets lower it"
)
@pytest.mark.parametrize(
    ("neutrophils", "platelets", "later"),
    [(0.5, 200.0, 170.0), (0.49, 200.0, 150.0), (4.0, 50.0, 170.0), (4.0, 49.0, 150.0)],
)
def test_very_low_counts_wait_and_then_lower_oxaliplatin(
    neutrophils: float, platelets: float, later: float
):
    low = dose_day(values={"neutrophils": neutrophils, "platelets": platelets})
    first, second = told("oxaliplatin", low, dose_day(day=22, since=1))
    assert (first, second[1]) == (("delay", 0.0), later)


@pytest.mark.source("by hand: US labels, what ends a drug for good")
@pytest.mark.parametrize(
    ("drug", "term", "grade"),
    [
        ("gemcitabine", "hepatic_failure", 3),
        ("gemcitabine", "capillary_leak", 1),
        ("oxaliplatin", "anaphylaxis", 3),
        ("oxaliplatin", "infusion_reaction", 4),
        ("oxaliplatin", "sepsis", 3),
        ("oxaliplatin", "rhabdomyolysis", 2),
        ("oxaliplatin", "qt_prolonged", 4),
        ("oxaliplatin", "pres", 2),
    ],
)
def test_some_events_end_chemotherapy(drug: str, term: str, grade: int):
    assert told(drug, dose_day(events={term: (lasting(1, grade),)})) == [("stop", 0.0)]


@pytest.mark.source(
    "by hand: oxaliplatin label, a reaction that does not threaten life ends nothing"
)
def test_a_milder_infusion_reaction_leaves_oxaliplatin():
    day = dose_day(events={"infusion_reaction": (lasting(1, 3),)})
    assert told("oxaliplatin", day) == [("full", 170.0)]


CYCLES = ((1, None), (22, 1), (43, 22), (64, 43), (85, 64), (106, 85), (127, 106))


def lenvatinib(**events: tuple[EventSpan, ...]) -> list[tuple[str, float | None]]:
    return told("lenvatinib", *(dose_day(day=d, since=s, events=events) for d, s in CYCLES))


@pytest.mark.source("by hand: ladder of lenvatinib from 8 mg: 4, 4 every other day, stop")
def test_lenvatinib_goes_down_its_ladder_with_each_event_of_grade_3_that_has_passed():
    events = tuple(lasting(day, 3, last=day + 7) for day in (5, 26, 47))
    assert lenvatinib(diarrhoea=events) == [
        ("full", 8.0),
        ("reduce", 4.0),
        ("reduce", 2.0),
        ("stop", 0.0),
        ("stop", 0.0),
        ("stop", 0.0),
        ("stop", 0.0),
    ]


@pytest.mark.source("by hand: lenvatinib label, hypertension of grade 3 holds until grade 2")
def test_lasting_hypertension_holds_lenvatinib_and_it_goes_on_one_level_down():
    doses = lenvatinib(hypertension=(lasting(20, 3, last=60),))
    assert doses[:4] == [("full", 8.0), ("hold", 0.0), ("hold", 0.0), ("reduce", 4.0)]


@pytest.mark.source("by hand: lenvatinib label, no change for a first haematological event")
def test_the_first_haematological_event_only_holds_lenvatinib():
    events = (lasting(20, 3, last=30), lasting(60, 4, last=70))
    doses = lenvatinib(thrombocytopenia=events)
    assert doses == [
        ("full", 8.0),
        ("hold", 0.0),
        ("full", 8.0),
        ("hold", 0.0),
        ("reduce", 4.0),
        ("reduce", 4.0),
        ("reduce", 4.0),
    ]


@pytest.mark.source("by hand: lenvatinib label, 2 g of protein in 24 hours lie inside grade 2")
def test_two_grams_of_protein_hold_lenvatinib_at_grade_2():
    day = dose_day(values={"urine_protein": 2.0}, events={"proteinuria": (lasting(1, 2),)})
    mild = dose_day(values={"urine_protein": 1.9}, events={"proteinuria": (lasting(1, 2),)})
    assert (told("lenvatinib", day), told("lenvatinib", mild)) == ([("hold", 0.0)], [("full", 8.0)])


@pytest.mark.source("by hand: grade 2 is 1 to below 3.5 g, on both sides of the label's 2 g")
@pytest.mark.parametrize(("grade", "open_rows"), [(1, 0), (2, 1)])
def test_grade_2_proteinuria_asks_the_urine_of_24_hours(grade: int, open_rows: int):
    day = dose_day(events={"proteinuria": (lasting(1, grade),)})
    assert len(say("lenvatinib", day).unjudged) == open_rows


@pytest.mark.source("by hand: lenvatinib label, restart once protein is below 2 g in 24 hours")
@pytest.mark.parametrize(
    ("urine", "action"), [(None, "hold"), (2.0, "hold"), (1.9, "full")], ids=str
)
def test_a_hold_for_protein_ends_by_urine_that_was_measured(urine: float | None, action: str):
    heavy = dose_day(values={"urine_protein": 2.5})
    later = dose_day(day=22, since=1, values={"urine_protein": urine})
    assert told("lenvatinib", heavy, later)[1][0] == action


@pytest.mark.source("by hand: lenvatinib label, grade 4 stops")
@pytest.mark.parametrize("term", ["hypertension", "haemorrhage", "diarrhoea"])
def test_grade_4_stops_lenvatinib(term: str):
    assert lenvatinib(**{term: (lasting(20, 4, last=24),)})[:3] == [
        ("full", 8.0),
        ("stop", 0.0),
        ("stop", 0.0),
    ]


@pytest.mark.source("by hand: toripalimab label, hepatitis rows by multiples of the upper limits")
@pytest.mark.parametrize(
    ("base", "alt", "margin", "action"),
    [
        (30.0, 150.0, None, "full"),  # normal before treatment: the row without tumour
        (30.0, 151.0, None, "hold"),
        (30.0, 401.0, None, "stop"),
        (60.0, 250.0, None, "full"),  # raised one to three times: with tumour
        (60.0, 251.0, None, "hold"),
        (60.0, 500.0, None, "hold"),
        (60.0, 501.0, None, "stop"),
        (200.0, 400.0, None, "full"),  # raised more than three times
        (200.0, 401.0, None, "hold"),
        (200.0, 501.0, None, "stop"),
        (60.0, 151.0, "R0", "hold"),  # after R0 no tumour is left
        (60.0, 401.0, "R0", "stop"),
        (60.0, 250.0, "R1", "full"),
    ],
)
def test_hepatitis_holds_or_stops_toripalimab_by_the_tumour_in_the_liver(
    *, base: float, alt: float, margin: str | None, action: str
):
    values = {"screening.alt": base, "alt": alt, "alt_grade": 2, "margin": margin}
    assert told("toripalimab", dose_day(values=values))[0][0] == action


@pytest.mark.source(
    "by hand: toripalimab label, bilirubin above 1.5 times holds only without tumour"
)
@pytest.mark.parametrize(
    ("bilirubin", "margin", "action"),
    [(31.0, None, "full"), (31.0, "R0", "hold"), (61.6, None, "stop"), (61.6, "R0", "stop")],
)
def test_bilirubin_holds_toripalimab_after_r0_only_and_stops_it_always(
    bilirubin: float, margin: str | None, action: str
):
    values = {"bilirubin": bilirubin, "bilirubin_grade": 2, "margin": margin}
    assert told("toripalimab", dose_day(values=values))[0][0] == action


@pytest.mark.source("by hand: table of immune-mediated events of the class")
@pytest.mark.parametrize(
    ("term", "grade", "action"),
    [
        ("pneumonitis", 1, "full"),
        ("pneumonitis", 2, "hold"),
        ("pneumonitis", 3, "stop"),
        ("colitis", 3, "hold"),
        ("colitis", 4, "stop"),
        ("nephritis", 3, "hold"),
        ("nephritis", 4, "stop"),
        ("myocarditis", 1, "full"),
        ("myocarditis", 2, "stop"),
        ("neurological_immune", 2, "hold"),
        ("neurological_immune", 3, "stop"),
        ("endocrinopathy", 3, "hold"),
        ("infusion_reaction", 3, "stop"),
        ("rash", 3, "hold"),
        ("stevens_johnson", 3, "stop"),
    ],
)
def test_immune_events_hold_or_stop_toripalimab_and_never_lower_it(
    term: str, grade: int, action: str
):
    dose = told("toripalimab", dose_day(events={term: (lasting(1, grade),)}))[0]
    assert dose == (action, 240.0 if action == "full" else 0.0)


@pytest.mark.source("by hand: toripalimab label, grade 3 that comes back ends it, grade 2 does not")
@pytest.mark.parametrize("term", ["colitis", "nephritis", "rash"])
@pytest.mark.parametrize(("grade", "action"), [(2, "hold"), (3, "stop")])
def test_grade_3_that_comes_back_ends_toripalimab(*, term: str, grade: int, action: str):
    events = {term: (lasting(2, grade, last=10), lasting(24, grade, last=30))}
    days = [
        dose_day(day=d, since=s, events=events) for d, s in ((1, None), (8, 1), (22, 8), (29, 22))
    ]
    last = told("toripalimab", *days)[-1][0]
    assert last == ("full" if (term, grade) == ("rash", 2) else action)


@pytest.mark.source(
    "by hand: the limits that the rows write as numbers are those of the laboratory"
)
def test_multiples_in_the_rows_are_of_the_limits_of_the_laboratory():
    limits = {name: study().laboratory[name].high for name in ("alt", "ast", "bilirubin")}
    assert limits == {"alt": 50, "ast": 40, "bilirubin": 20.5}
