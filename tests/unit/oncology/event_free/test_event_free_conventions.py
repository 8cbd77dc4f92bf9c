import datetime as dt

from equipoise.oncology.event_free.event_free_conventions import compare_conventions
from equipoise.oncology.event_free.event_free_history import History, SurgeryOutcome
from equipoise.oncology.event_free.event_free_rules import (
    EventRules,
    Landmark,
    NotAnEvent,
    SecondPrimary,
)
from equipoise.oncology.surgery.resection import Margin

START = dt.date(2026, 1, 1)
LANDMARK = Landmark(days=112)


def day(number):
    return START + dt.timedelta(days=number)


def operated(on, *, outcome=SurgeryOutcome.EXPLORED_ONLY, **facts):
    return History(randomised=START, surgery=day(on), outcome=outcome, **facts)


def days(row):
    ends = (row.at_surgery, row.not_an_event, row.landmark)
    return [(end.date - row.randomised).days for end in ends]


def test_the_same_failure_counts_later_at_the_later_surgery_and_alike_at_the_landmark():
    at_once, after_drugs = compare_conventions(
        {"upfront": operated(14, death=day(300)), "neoadjuvant": operated(84, death=day(300))},
        landmark=LANDMARK,
        rules=EventRules(),
    )
    assert (at_once.subject, after_drugs.subject) == ("upfront", "neoadjuvant")
    assert days(at_once) == [14, 300, 112]
    assert days(after_drugs) == [84, 300, 112]
    assert not at_once.agree


def test_a_complete_resection_is_the_same_under_all_three():
    whole = operated(14, outcome=SurgeryOutcome.RESECTED, margin=Margin.R0, recurrence=day(200))
    (row,) = compare_conventions({"one": whole}, landmark=LANDMARK, rules=EventRules())
    assert row.agree
    assert days(row) == [200, 200, 200]


def test_other_switches_and_the_cut_off_hold_and_the_dating_of_the_rules_does_not():
    rules = EventRules(incomplete_resection=NotAnEvent(), second_primary=SecondPrimary.EVENT)
    one = operated(60, second_primary=day(70), assessments=(day(50),))
    (row,) = compare_conventions({"one": one}, landmark=LANDMARK, rules=rules)
    assert days(row) == [60, 70, 70]
    (early,) = compare_conventions({"one": one}, landmark=LANDMARK, rules=rules, cut_off=day(65))
    assert days(early) == [60, 50, 50]
