"""The page of event-free survival: the rules in words, and the code's answer to each situation."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from page_parts import bullets, page, section, table

from equipoise.oncology import event_free_survival
from equipoise.oncology.event_free.event_free_conventions import SideBySide, compare_conventions
from equipoise.oncology.event_free.event_free_history import History, SurgeryOutcome
from equipoise.oncology.event_free.event_free_proof import (
    JCOG_SOURCE,
    censoring_rows,
    contradiction_rows,
    event_rows,
    switch_rows,
)
from equipoise.oncology.event_free.event_free_rules import (
    CensorBeforeGap,
    Clearance,
    EventRules,
    Landmark,
    NewTherapy,
    NotAnEvent,
    OnTheDay,
    ProgressionRule,
    SecondPrimary,
)
from equipoise.oncology.surgery.resection import Margin

START = dt.date(2026, 1, 5)
LANDMARK = Landmark(days=112)
FDA = EventRules()


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A history to be judged, and what a person would call it."""

    words: str
    history: History
    rules: EventRules = FDA
    cut_off: dt.date | None = None


def day(number: int) -> dt.date:
    """Return the day so long after randomisation."""
    return START + dt.timedelta(days=number)


def subject(**facts: int | tuple[int, ...] | object) -> History:
    """Return a history whose days are counted from randomisation."""
    return History(randomised=START, **{name: _dated(fact) for name, fact in facts.items()})


def _dated(fact: object) -> object:
    if isinstance(fact, tuple):
        return tuple(day(number) for number in fact)
    return day(fact) if isinstance(fact, int) and not isinstance(fact, bool) else fact


def resected(margin: Margin, *, on: int = 84, **facts: object) -> History:
    """Return the history of a resection on a day."""
    return subject(surgery=on, outcome=SurgeryOutcome.RESECTED, margin=margin, **facts)


def explored(*, on: int = 84, **facts: object) -> History:
    """Return the history of an exploration on a day."""
    return subject(surgery=on, outcome=SurgeryOutcome.EXPLORED_ONLY, **facts)


R0, R1, R2 = Margin.R0, Margin.R1, Margin.R2
SEEN = (56, 84, 168)

SITUATIONS = (
    Situation(words="progression, never operated", history=subject(progressions=(56,), death=200)),
    Situation(
        words="progression, resected R0 all the same",
        history=resected(R0, progressions=(56,), assessments=SEEN),
    ),
    Situation(
        words="the same where any progression counts",
        history=resected(R0, progressions=(56,), assessments=SEEN),
        rules=EventRules(progression=ProgressionRule.ANY),
    ),
    Situation(words="unresectable at surgery", history=explored(death=300)),
    Situation(words="resected R2", history=resected(R2, death=300)),
    Situation(
        words="resected R2, no event by itself, progression later",
        history=resected(R2, progressions=(140,), death=300),
        rules=EventRules(incomplete_resection=NotAnEvent()),
    ),
    Situation(
        words="resected R2, at a landmark of 112 days",
        history=resected(R2, death=300),
        rules=EventRules(incomplete_resection=LANDMARK),
    ),
    Situation(
        words="the same, data cut-off on day 100",
        history=resected(R2, assessments=(56, 84)),
        rules=EventRules(incomplete_resection=LANDMARK),
        cut_off=day(100),
    ),
    Situation(words="resected R1", history=resected(R1, assessments=SEEN)),
    Situation(
        words="resected R1 where only R0 is complete",
        history=resected(R1, assessments=SEEN),
        rules=EventRules(clearance=Clearance.R0_ONLY),
    ),
    Situation(
        words="not operated for toxicity, no progression",
        history=subject(not_operated=70, assessments=SEEN),
    ),
    Situation(
        words="the same where not reaching surgery is an event",
        history=subject(not_operated=70, assessments=SEEN),
        rules=EventRules(surgery_not_reached=OnTheDay()),
    ),
    Situation(
        words="recurrence, first suspected at an earlier scan",
        history=resected(R0, recurrence_suspected=250, recurrence=280, assessments=SEEN),
    ),
    Situation(
        words="recurrence suspected and not confirmed",
        history=resected(R0, recurrence_suspected=250, assessments=(*SEEN, 252)),
    ),
    Situation(
        words="another cancer",
        history=resected(R0, second_primary=200, assessments=SEEN),
    ),
    Situation(
        words="another cancer where it is an event",
        history=resected(R0, second_primary=200, assessments=SEEN),
        rules=EventRules(second_primary=SecondPrimary.EVENT),
    ),
    Situation(words="death 20 days after resection", history=resected(R0, death=104)),
    Situation(
        words="progression and death on one day", history=subject(progressions=(90,), death=90)
    ),
    Situation(
        words="new therapy, then recurrence",
        history=resected(R0, new_therapy=200, recurrence=260, assessments=SEEN),
    ),
    Situation(
        words="the same where a new therapy censors",
        history=resected(R0, new_therapy=200, recurrence=260, assessments=SEEN),
        rules=EventRules(new_therapy=NewTherapy.CENSOR),
    ),
    Situation(
        words="the same where a new therapy is an event",
        history=resected(R0, new_therapy=200, recurrence=260, assessments=SEEN),
        rules=EventRules(new_therapy=NewTherapy.EVENT),
    ),
    Situation(
        words="recurrence 232 days after the last assessment, 196 allowed",
        history=resected(R0, recurrence=400, assessments=SEEN),
        rules=EventRules(missed_visits=CensorBeforeGap(longest_gap_days=196)),
    ),
    Situation(words="no event", history=resected(R0, assessments=SEEN)),
    Situation(words="lost after randomisation", history=subject(assessments=(-7,))),
    Situation(
        words="death after the data cut-off",
        history=resected(R0, death=300, assessments=SEEN),
        cut_off=day(250),
    ),
)

PAIRS = {
    "explored on day 14, dies on day 300": explored(on=14, death=300),
    "explored on day 84, dies on day 300": explored(on=84, death=300),
    "R2 on day 14, progression on day 150": resected(R2, on=14, progressions=(150,)),
    "R2 on day 84, progression on day 150": resected(R2, on=84, progressions=(150,)),
    "explored on day 14, dies on day 60": explored(on=14, death=60),
    "explored on day 84, dies on day 130": explored(on=84, death=130),
    "R0 on day 14, recurrence on day 200": resected(R0, on=14, recurrence=200),
    "R0 on day 84, recurrence on day 200": resected(R0, on=84, recurrence=200),
}
"""The same fate in an arm operated at once and in one operated after 12 weeks."""

IN_A_STUDY = {
    "incomplete_resection": "`{event: NAME, date: at_surgery}`, `landmark 16 wk`, `not_an_event`",
    "surgery_not_reached": "an event `{date: ITEM, when: not operated}`, counted or not",
    "progression": "`{response: PD, unless: surgery_outcome = 'resected'}`, or without `unless`",
    "clearance": "`when: margin = 'R2'`, or `margin in ('R1', 'R2')`",
    "second_primary": "an event with the date of an item, counted or not",
    "new_therapy": "`intercurrent: new_therapy`: `continue`, `censor`, `event`",
    "missed_visits": "`intercurrent: missed_visits`: `ignore`, `censor_if_two` with `longest_gap`",
}

WORDS = (
    ("`{date: ITEM, when: RULE}`", "it happened on that date if the rule is true of the subject"),
    (
        "`... suspected: ITEM`",
        "date of the first suspicion, on the form that confirms it: it counts instead of `date`",
    ),
    (
        "`{response: PD, until: CLOCK, unless: RULE}`",
        "PD by RECIST 1.1 (or `criteria: irecist`) on scans up to a clock; undone if RULE is true",
    ),
    ("`{event: NAME, date: at_surgery}`", "an incomplete resection is an event on its own day"),
    ("`... date: landmark 16 wk`", "... on one day for everybody"),
    ("`... date: not_an_event`", "... not at all; a later progression or death is"),
    (
        "`censor: {at: last_assessment, assessed_by: FORMS}`",
        "without event, the last of these forms (no scan that cannot be evaluated), or the start",
    ),
    ("`censor: {at: last_contact}`", "without event, the last form of any kind"),
    (
        "`intercurrent: new_therapy`",
        "`continue`; `censor` at the last assessment on or before it; `event` on its day",
    ),
    (
        "`intercurrent: missed_visits`",
        "`ignore`; `censor_if_two`: before a gap longer than `longest_gap` that ends in an event",
    ),
    (
        "`intercurrent: incomplete_resection`",
        "another dating in the sensitivity estimand, for every event that has one",
    ),
)

PARAGRAPH = """`events.yaml` says what an event is, `endpoints.yaml` which count; the first one
wins. Both estimands of an endpoint are derived when they differ, and an analysis names the one it
takes. Histories that cannot be are listed in `impossible.parquet` of the run; of them a recurrence
without a resection before it and an event before the start are not counted, a death is.""".replace(
    "\n", " "
)

CONVENTIONS = """Surgery comes later after neoadjuvant treatment. Dated at surgery, the same failure
counts later in that arm, which makes it look better than it is; at a landmark after the later
surgery it counts on one day for both; as no event it waits, and power is lost. Days from
randomisation:""".replace("\n", " ")


def event_free_page() -> str:
    """Return the page of event-free survival."""
    return page(
        "Event-free survival and its estimands",
        PARAGRAPH,
        section("In a study file", table(("word", "means"), WORDS)),
        section("Events", "On one day the earlier in this table gives its name.", _events()),
        section("Switches", _switches()),
        section("Without event", _censoring()),
        section("An incomplete resection in two arms", CONVENTIONS, _pairs()),
        section(
            "Situations",
            f"Randomised on {START}, surgery on day 84 ({day(84)}); the sentence is the code's.",
            _situations(),
        ),
        section("Histories that cannot be", bullets(contradiction_rows())),
    )


def _events() -> str:
    rows = [(row.event, row.when, row.counts_on, row.source) for row in event_rows()]
    return table(("event", "when", "date that counts", "source"), rows)


def _switches() -> str:
    heads = ("decides", "by default", "or", "in a study file")
    return table(
        heads,
        [
            (row.question, row.default, "; ".join(row.others), IN_A_STUDY[row.name])
            for row in switch_rows()
        ],
    )


def _censoring() -> str:
    rows = [(row.censoring, row.when, row.ends_on) for row in censoring_rows()]
    return table(("censored at", "when", "day"), rows)


def _pairs() -> str:
    heads = ("history", "at surgery", "no event", f"landmark of day {LANDMARK.days}")
    rows = compare_conventions(PAIRS, landmark=LANDMARK, rules=FDA)
    return f"{table(heads, [_days(row) for row in rows])}\n\nSource: {JCOG_SOURCE}."


def _days(row: SideBySide) -> tuple[str, ...]:
    ends = (row.at_surgery, row.not_an_event, row.landmark)
    return (row.subject, *(f"{(end.date - row.randomised).days}, {end.event}" for end in ends))


def _situations() -> str:
    rows = [
        (one.words, event_free_survival(one.history, rules=one.rules, cut_off=one.cut_off).reason)
        for one in SITUATIONS
    ]
    return table(("situation", "answer"), rows)
