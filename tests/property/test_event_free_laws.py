"""Laws of event-free survival over every switch, on any history that can be."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, replace

from hypothesis import assume, given
from hypothesis import strategies as st

from equipoise.oncology import event_free_survival
from equipoise.oncology.event_free.event_free_history import (
    History,
    SurgeryOutcome,
    contradictions_of,
)
from equipoise.oncology.event_free.event_free_rules import (
    CensorBeforeGap,
    Clearance,
    EfsEvent,
    EventRules,
    IgnoreMissedVisits,
    Landmark,
    NewTherapy,
    NotAnEvent,
    OnTheDay,
    ProgressionRule,
    SecondPrimary,
)
from equipoise.oncology.surgery.resection import Margin

START = dt.date(2026, 1, 1)
LAST = 120
DAYS = st.integers(0, LAST)
MAYBE = st.none() | DAYS
CONVENTIONS = (OnTheDay(), NotAnEvent(), Landmark(days=60))
RESECTED = st.sampled_from([None, SurgeryOutcome.RESECTED])


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


def date(number: int | None) -> dt.date | None:
    return None if number is None else day(number)


@st.composite
def histories(draw: st.DrawFn) -> History:
    surgery = draw(MAYBE)
    outcome = draw(st.none() | st.sampled_from(SurgeryOutcome)) if surgery is not None else None
    resected = surgery is not None and outcome is not SurgeryOutcome.EXPLORED_ONLY
    recurrence = draw(st.none() | st.integers(surgery or 0, LAST)) if resected else None
    last = LAST if recurrence is None else recurrence
    suspected = draw(st.none() | st.integers(surgery or 0, last)) if resected else None
    progressions = tuple(day(one) for one in draw(st.lists(DAYS, max_size=2)))
    return History(
        randomised=START,
        progressions=progressions,
        precludes_surgery=draw(st.none() | st.booleans()) if progressions else None,
        not_operated=date(draw(MAYBE) if surgery is None else draw(st.none() | st.just(surgery))),
        surgery=date(surgery),
        outcome=outcome,
        margin=draw(st.none() | st.sampled_from(Margin)) if resected else None,
        recurrence=date(recurrence),
        recurrence_suspected=date(suspected),
        second_primary=date(draw(MAYBE)),
        new_therapy=date(draw(MAYBE)),
        death=date(draw(st.none() | st.integers(LAST, LAST + 30))),
        assessments=tuple(day(one) for one in draw(st.lists(st.integers(-9, LAST), max_size=5))),
    )


RULES = st.builds(
    EventRules,
    incomplete_resection=st.sampled_from(CONVENTIONS),
    surgery_not_reached=st.sampled_from(CONVENTIONS),
    progression=st.sampled_from(ProgressionRule),
    clearance=st.sampled_from(Clearance),
    second_primary=st.sampled_from(SecondPrimary),
    new_therapy=st.sampled_from(NewTherapy),
    missed_visits=st.sampled_from([IgnoreMissedVisits(), CensorBeforeGap(longest_gap_days=30)]),
)
CUTS = st.integers(0, LAST + 40)


@given(histories())
def test_the_histories_of_these_laws_can_be(history):
    assert list(contradictions_of(history)) == []


@given(histories(), RULES, CUTS)
def test_the_end_lies_between_randomisation_and_cut_off(history, rules, cut):
    ending = event_free_survival(history, rules=rules, cut_off=day(cut))
    assert START <= ending.date <= day(cut)
    assert (ending.event is None) == (ending.censoring is not None)


@given(histories(), RULES)
def test_the_sentence_begins_with_the_answer(history, rules):
    ending = event_free_survival(history, rules=rules)
    answer = "Event" if ending.is_event else "Censored"
    assert ending.reason.startswith(f"{answer} on {ending.date}")
    assert len(ending.reason) > len(f"{answer} on {ending.date}: ")


def shifted(history: History, days: int) -> History:
    by = dt.timedelta(days=days)
    moved = {}
    for field in fields(history):
        fact = getattr(history, field.name)
        if isinstance(fact, dt.date):
            moved[field.name] = fact + by
        elif isinstance(fact, tuple):
            moved[field.name] = tuple(one + by for one in fact)
    return replace(history, **moved)


@given(history=histories(), rules=RULES, cut=CUTS, days=st.integers(-900, 900))
def test_shifting_every_date_shifts_the_end(*, history, rules, cut, days):
    ending = event_free_survival(history, rules=rules, cut_off=day(cut))
    later = event_free_survival(shifted(history, days), rules=rules, cut_off=day(cut + days))
    assert (later.date - ending.date).days == days
    assert (later.event, later.censoring) == (ending.event, ending.censoring)


@given(histories(), RULES)
def test_the_conventions_agree_when_the_resection_is_complete(history, rules):
    enough = {Margin.R0, Margin.RX, None}
    enough |= {Margin.R1} if rules.clearance is Clearance.R0_OR_R1 else set()
    assume(history.margin in enough and not history.explored_only)
    one, *others = (
        event_free_survival(history, rules=replace(rules, incomplete_resection=convention))
        for convention in CONVENTIONS
    )
    assert all(other == one for other in others)


@given(histories(), RULES)
def test_an_incomplete_resection_is_an_event_no_earlier_when_it_waits(history, rules):
    plain = replace(rules, new_therapy=NewTherapy.CONTINUE, missed_visits=IgnoreMissedVisits())
    now, waits = (
        event_free_survival(history, rules=replace(plain, incomplete_resection=convention))
        for convention in (OnTheDay(), NotAnEvent())
    )
    assert not waits.is_event or (now.is_event and now.date <= waits.date)


@given(histories())
def test_counting_more_as_an_event_never_moves_it_later(history):
    wide = EventRules(
        surgery_not_reached=OnTheDay(),
        progression=ProgressionRule.ANY,
        clearance=Clearance.R0_ONLY,
        second_primary=SecondPrimary.EVENT,
        new_therapy=NewTherapy.EVENT,
    )
    most = event_free_survival(history, rules=wide)
    least = event_free_survival(history, rules=EventRules(incomplete_resection=NotAnEvent()))
    assert not least.is_event or (most.is_event and most.date <= least.date)


LATER = st.sampled_from(["second_primary", "new_therapy", "death", "assessments", "progressions"])


@given(history=histories(), rules=RULES, name=LATER, days=st.integers(1, 300))
def test_a_later_record_never_changes_an_earlier_event(*, history, rules, name, days):
    living = replace(history, death=None)
    first = event_free_survival(living, rules=rules)
    before = getattr(living, name)
    assume(first.is_event and (before is None or isinstance(before, tuple)))
    new = max(first.date, day(LAST)) + dt.timedelta(days=days)
    added = new if before is None else (*before, new)
    after = event_free_survival(replace(living, **{name: added}), rules=rules)
    assert (after.date, after.event) == (first.date, first.event)


@given(history=histories(), rules=RULES, one=CUTS, other=CUTS)
def test_an_event_of_an_early_cut_is_the_event_of_a_later_one(*, history, rules, one, other):
    """Only surgery in between may undo a progression or a decision, or be dated back.

    A suspicion of recurrence likewise counts from its day once it is confirmed.
    """
    early, late = sorted((one, other))
    between = (history.surgery, history.recurrence)
    assume(not any(when is not None and day(early) < when <= day(late) for when in between))
    first = event_free_survival(history, rules=rules, cut_off=day(early))
    second = event_free_survival(history, rules=rules, cut_off=day(late))
    dated_back = second.event in {EfsEvent.INCOMPLETE_RESECTION, EfsEvent.SURGERY_NOT_REACHED}
    if first.is_event and not (dated_back and second.date < first.date):
        assert (second.date, second.event) == (first.date, first.event)


@given(histories(), RULES, st.randoms(use_true_random=False))
def test_the_order_of_the_record_plays_no_part(history, rules, random):
    mixed = replace(
        history,
        progressions=tuple(random.sample(history.progressions, len(history.progressions))),
        assessments=tuple(random.sample(history.assessments, len(history.assessments))),
    )
    assert event_free_survival(mixed, rules=rules) == event_free_survival(history, rules=rules)
