"""Event-free survival again, day by day, on plain numbers: slow, and written from the definitions.

Day 0 is randomisation. The walk goes from day to day, asks of each kind of event in turn whether it
is one on that day, and stops at the first. It shares no line with the code under test.
"""

from __future__ import annotations

import datetime as dt
import itertools
from random import Random
from typing import Any

import pytest

from equipoise.oncology import event_free_survival
from equipoise.oncology.event_free.event_free_history import History, SurgeryOutcome
from equipoise.oncology.event_free.event_free_rules import (
    CensorBeforeGap,
    Clearance,
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

SOURCE = (
    "simulation: random histories against a day-by-day walk written from the endpoint definition "
    "of FDA 2018 (Clinical Trial Endpoints) and the three datings of JCOG0801-A, "
    "doi:10.1093/jjco/hys122"
)
START = dt.date(2026, 1, 1)
HORIZON = 26
DAYS = [START + dt.timedelta(days=number) for number in range(HORIZON + 15)]
LANDMARK = 12
GAP = 8
NEVER = 10**6

Facts = dict[str, Any]

SWITCHES = {
    "incomplete": ("day", "never", "landmark"),
    "not_reached": ("never", "day", "landmark"),
    "any_progression": (False, True),
    "only_r0": (False, True),
    "second": (False, True),
    "therapy": ("continue", "censor", "event"),
    "gap": (False, True),
}


def random_facts(draw: Random) -> Facts:
    """Return a history that can be, in day numbers; small numbers make days coincide."""

    def maybe(low: int = 0, share: float = 0.5, high: int = HORIZON) -> int | None:
        return draw.randint(low, high) if draw.random() < share and low <= high else None

    operated = maybe(share=0.7)
    explored = operated is not None and draw.random() < 0.25
    resected = operated is not None and not explored
    recurred = maybe(operated, 0.5) if operated is not None and resected else None
    suspected = None
    if operated is not None and resected:
        suspected = maybe(operated, 0.4, HORIZON if recurred is None else recurred)
    progressed = sorted(draw.sample(range(HORIZON + 1), draw.choice([0, 0, 1, 2])))
    facts: Facts = {
        "progressed": progressed,
        "precludes": draw.choice([None, None, True, False]) if progressed else None,
        "refused": maybe(0, 0.3, HORIZON if operated is None else operated),
        "operated": operated,
        "outcome": draw.choice(["resected", "resected", None]) if resected else None,
        "margin": draw.choice(["R0", "R0", "R1", "R2", "RX", None]) if resected else None,
        "recurred": recurred,
        "suspected": suspected,
        "second": maybe(share=0.15),
        "therapy": maybe(share=0.35),
        "seen": [draw.randint(-3, HORIZON) for _ in range(draw.choice([0, 1, 2, 4, 6]))],
    }
    if explored:
        facts |= {"outcome": "explored_only", "margin": draw.choice([None, "R2", "RX"])}
    return facts | {"died": died_of(draw, facts)}


def died_of(draw: Random, facts: Facts) -> int | None:
    """Return a day of death that nothing comes after."""
    found = [
        *facts["progressed"],
        *facts["seen"],
        *(facts[name] for name in ("refused", "operated", "recurred", "suspected")),
        *(facts[name] for name in ("second", "therapy")),
    ]
    last = max((number for number in found if number is not None), default=0)
    return draw.randint(max(last, 0), max(last, 0) + 12) if draw.random() < 0.4 else None


def known_by(cut: int, facts: Facts) -> Facts:
    known: Facts = {}
    for name, fact in facts.items():
        if isinstance(fact, list):
            known[name] = [number for number in fact if number <= cut]
        elif isinstance(fact, int) and not isinstance(fact, bool):
            known[name] = fact if fact <= cut else None
        else:
            known[name] = fact
    if known["operated"] is None:
        known |= {"outcome": None, "margin": None}
    return known


def walk(facts: Facts, switches: Facts, *, cut: int) -> tuple[int, str]:
    """Return the day of the end and what it is: an event's name, or why it is censored."""
    known = known_by(cut, facts)
    for today in range(cut + 1):
        for name, is_one in QUESTIONS:
            happened = is_one(today, known, switches)
            if happened is not None:
                return followed(today, name, happened=happened, known=known, switches=switches)
    last = last_seen(known, until=cut)
    started = known["therapy"]
    if switches["therapy"] == "censor" and started is not None and started < last:
        return last_seen(known, until=started), "therapy"
    return last, "seen" if last > 0 else "never"


def followed(
    today: int, name: str, *, happened: int, known: Facts, switches: Facts
) -> tuple[int, str]:
    """Return an event that was found, unless a therapy or a gap before it ended follow-up."""
    started = known["therapy"]
    if switches["therapy"] == "censor" and started is not None and started < happened:
        return last_seen(known, until=started), "therapy"
    before = last_seen(known, until=happened - 1)
    if switches["gap"] and happened - before > GAP:
        return before, "gap"
    return today, name


def last_seen(known: Facts, *, until: int) -> int:
    return max([0, *(number for number in known["seen"] if number <= until)])


def progression(today: int, known: Facts, switches: Facts) -> int | None:
    """Progression that precluded surgery, or that no resection followed; or any."""
    if today not in known["progressed"]:
        return None
    if switches["any_progression"] or known["precludes"]:
        return today
    operated_later = known["operated"] is not None and known["operated"] >= today
    if not operated_later:
        return today
    if known["precludes"] is None and known["outcome"] == "explored_only":
        return today
    return None


def incomplete(today: int, known: Facts, switches: Facts) -> int | None:
    left = {"R2"} | ({"R1"} if switches["only_r0"] else set())
    if known["outcome"] == "explored_only" or known["margin"] in left:
        return failed(today, known["operated"], switches["incomplete"])
    return None


def not_reached(today: int, known: Facts, switches: Facts) -> int | None:
    if known["refused"] is None or known["operated"] is not None:
        return None
    return failed(today, known["refused"], switches["not_reached"])


def failed(today: int, happened: int, convention: str) -> int | None:
    counts = {"day": happened, "never": NEVER, "landmark": LANDMARK}[convention]
    return happened if today == counts else None


def recurrence(today: int, known: Facts, _: Facts) -> int | None:
    if known["recurred"] is None:
        return None
    first = known["recurred"] if known["suspected"] is None else known["suspected"]
    return today if today == first else None


def second(today: int, known: Facts, switches: Facts) -> int | None:
    return today if switches["second"] and known["second"] == today else None


def therapy(today: int, known: Facts, switches: Facts) -> int | None:
    return today if switches["therapy"] == "event" and known["therapy"] == today else None


def death(today: int, known: Facts, _: Facts) -> int | None:
    return today if known["died"] == today else None


QUESTIONS = (
    ("progression", progression),
    ("incomplete resection", incomplete),
    ("surgery not reached", not_reached),
    ("recurrence", recurrence),
    ("second primary tumour", second),
    ("death", death),
    ("new therapy", therapy),
)
ENDS = {
    "last assessment": "seen",
    "never assessed": "never",
    "last assessment before new therapy": "therapy",
    "last assessment before missed visits": "gap",
}


def as_history(facts: Facts) -> History:
    def date(name: str) -> dt.date | None:
        return None if facts[name] is None else DAYS[facts[name]]

    return History(
        randomised=START,
        progressions=tuple(DAYS[number] for number in facts["progressed"]),
        precludes_surgery=facts["precludes"],
        not_operated=date("refused"),
        surgery=date("operated"),
        outcome=None if facts["outcome"] is None else SurgeryOutcome(facts["outcome"]),
        margin=None if facts["margin"] is None else Margin(facts["margin"]),
        recurrence=date("recurred"),
        recurrence_suspected=date("suspected"),
        second_primary=date("second"),
        new_therapy=date("therapy"),
        death=date("died"),
        assessments=tuple(START + dt.timedelta(days=number) for number in facts["seen"]),
    )


def as_rules(switches: Facts) -> EventRules:
    dating = {"day": OnTheDay(), "never": NotAnEvent(), "landmark": Landmark(days=LANDMARK)}
    rule = (
        ProgressionRule.ANY
        if switches["any_progression"]
        else ProgressionRule("precluding surgery")
    )
    return EventRules(
        incomplete_resection=dating[switches["incomplete"]],
        surgery_not_reached=dating[switches["not_reached"]],
        progression=rule,
        clearance=Clearance.R0_ONLY if switches["only_r0"] else Clearance.R0_OR_R1,
        second_primary=SecondPrimary.EVENT if switches["second"] else SecondPrimary.NOT_AN_EVENT,
        new_therapy=NewTherapy(switches["therapy"]),
        missed_visits=CensorBeforeGap(longest_gap_days=GAP)
        if switches["gap"]
        else IgnoreMissedVisits(),
    )


EVERY_SWITCH = [
    dict(zip(SWITCHES, choice, strict=True)) for choice in itertools.product(*SWITCHES.values())
]


@pytest.mark.source(SOURCE)
@pytest.mark.parametrize("seed", range(4))
def test_the_walk_from_day_to_day_comes_to_the_same_end(seed):
    draw = Random(f"event-free survival {seed}")  # noqa: S311 - histories, no secrets
    every = [(switches, as_rules(switches)) for switches in EVERY_SWITCH]
    ends = set()
    for number in range(25_000):
        switches, rules = every[number % len(every)]
        facts, cut = random_facts(draw), draw.randint(0, HORIZON + 14)
        ending = event_free_survival(as_history(facts), rules=rules, cut_off=DAYS[cut])
        what = ENDS[ending.censoring] if ending.censoring else str(ending.event)
        found = ((ending.date - START).days, what)
        assert found == walk(facts, switches, cut=cut), (facts, switches, cut, ending.reason)
        ends.add(what)
    assert ends == {name for name, _ in QUESTIONS} | set(ENDS.values())
