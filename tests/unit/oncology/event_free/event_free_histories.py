"""Histories in days since randomisation, judged, for the tests of event-free survival."""

import datetime as dt

from equipoise.oncology import event_free_survival
from equipoise.oncology.event_free.event_free_history import History, SurgeryOutcome
from equipoise.oncology.event_free.event_free_rules import EventRules

START = dt.date(2026, 1, 1)


def day(number):
    return START + dt.timedelta(days=number)


def dated(fact):
    if isinstance(fact, tuple):
        return tuple(day(one) for one in fact)
    return day(fact) if isinstance(fact, int) and not isinstance(fact, bool) else fact


def history(**facts):
    return History(randomised=START, **{name: dated(fact) for name, fact in facts.items()})


def resected(**facts):
    return history(**{"surgery": 84, "outcome": SurgeryOutcome.RESECTED} | facts)


def explored(**facts):
    return resected(outcome=SurgeryOutcome.EXPLORED_ONLY, **facts)


def judged(subject, *, cut_off=None, **switches):
    until = None if cut_off is None else day(cut_off)
    return event_free_survival(subject, rules=EventRules(**switches), cut_off=until)
