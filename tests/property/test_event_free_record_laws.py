"""Event-free survival of a record and of one subject's history is one rule, under every switch.

The histories are drawn on few days, so that events, assessments and cut-offs fall on one another.
"""

from __future__ import annotations

import datetime as dt
import runpy
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from equipoise.derive import AnalysisData
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
PEN = runpy.run_path(str(Path(__file__).parents[1] / "unit" / "derive" / "conftest.py"))
LAST = 40
SEVERAL = 150
# No shrinking: a failing example names its seed, and 150 histories shrink for minutes.
LAW = settings(deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
SCREENING = -5
RANDOM = st.randoms(use_true_random=True)
SAID = {OnTheDay(): "at_surgery", NotAnEvent(): "not_an_event", Landmark(days=20): "landmark 20 d"}
CONVENTIONS = st.sampled_from(list(SAID))
ALONE = {
    "decision_date": "not_operated",
    "second_date": "second_primary",
    "new_therapy_date": "new_therapy",
    "death_date": "death",
}


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


def name(number: int) -> str:
    return f"S{number:03d}"


def date(number: int | None) -> dt.date | None:
    return None if number is None else day(number)


def drawn(random: Random) -> History:
    """Draw a history that can be; scans end with surgery, and what was left progresses after it."""
    surgery = maybe(random, 0, LAST)
    explored = surgery is not None and random.random() < 0.3
    resected = surgery is not None and not explored
    recurrence = maybe(random, surgery or 0, LAST) if resected else None
    suspected = None if recurrence is None else maybe(random, surgery or 0, recurrence)
    until = LAST if surgery is None else surgery
    scans = random.sample(range(1, until + 1), min(until, random.choice([0, 0, 1, 2])))
    late = None if surgery is None else maybe(random, surgery + 1, LAST + 1)
    outcome = SurgeryOutcome.EXPLORED_ONLY if explored else SurgeryOutcome.RESECTED
    return History(
        randomised=START,
        progressions=tuple(map(day, [*scans, *([] if late is None else [late])])),
        not_operated=date(maybe(random, 0, LAST)) if surgery is None else None,
        surgery=date(surgery),
        outcome=None if surgery is None else outcome,
        margin=random.choice([None, *Margin]) if resected else None,
        recurrence=date(recurrence),
        recurrence_suspected=date(suspected),
        second_primary=date(maybe(random, 0, LAST)),
        new_therapy=date(maybe(random, 0, LAST)),
        death=date(maybe(random, LAST + 1, LAST + 9)),
        assessments=tuple(map(day, random.sample(range(LAST + 1), random.randrange(5)))),
    )


def maybe(random: Random, first: int, last: int) -> int | None:
    return random.randint(first, last) if random.random() < 0.4 else None


RULES = st.builds(
    EventRules,
    incomplete_resection=CONVENTIONS,
    surgery_not_reached=CONVENTIONS,
    progression=st.sampled_from(ProgressionRule),
    clearance=st.sampled_from(Clearance),
    second_primary=st.sampled_from(SecondPrimary),
    new_therapy=st.sampled_from(NewTherapy),
    missed_visits=st.just(IgnoreMissedVisits())
    | st.builds(CensorBeforeGap, longest_gap_days=st.integers(1, 30)),
)


def asks(title: str, **items: str) -> dict[str, Any]:
    """Say a form that is no assessment of the disease."""
    said = {name: {"label": name, "type": kind} for name, kind in items.items()}
    return {"form": title, "title": title, "items": said}


def words_of(rules: EventRules) -> dict[str, Any]:
    """Say the rules in the words of a study file."""
    resected = {"unless": "surgery_outcome = 'resected'"}
    left = ["R2"] if rules.clearance is Clearance.R0_OR_R1 else ["R1", "R2"]
    margins = ", ".join(f"'{margin}'" for margin in left)
    scans = {"label": EfsEvent.PROGRESSION, "response": "PD", "until": "surgery"}
    events = {
        "progressed": scans | (resected if rules.progression is not ProgressionRule.ANY else {}),
        "told": {"label": EfsEvent.PROGRESSION, "date": "progression_date"},
        "incomplete": {
            "label": EfsEvent.INCOMPLETE_RESECTION,
            "date": "surgery_date",
            "when": f"surgery_outcome = 'explored_only' or margin in ({margins})",
        },
        "not_reached": {"label": EfsEvent.SURGERY_NOT_REACHED, "date": "decision_date"},
        "recurred": {
            "label": EfsEvent.RECURRENCE,
            "date": "recurrence_date",
            "suspected": "recurrence_suspected_date",
            "when": "recurrence",
        },
        "second": {"label": EfsEvent.SECOND_PRIMARY, "date": "second_date"},
        "died": {"label": EfsEvent.DEATH, "date": "death_date"},
    }
    dated = [
        {"event": "incomplete", "date": SAID[rules.incomplete_resection]},
        {"event": "not_reached", "date": SAID[rules.surgery_not_reached]},
    ]
    second = ["second"] if rules.second_primary is SecondPrimary.EVENT else []
    return {
        "events": events,
        "endpoints__efs__events": ["progressed", "told", *dated, "recurred", *second, "died"],
        "endpoints__efs__intercurrent": switches_of(rules),
        "endpoints__efs__censor": {"at": "last_assessment", "assessed_by": ["seen", "lesions"]},
        "forms__follow_up__items": {
            "recurrence": {"label": "Back", "type": "yes_no"},
            "recurrence_date": {"label": "Found", "type": "date"},
            "recurrence_suspected_date": {"label": "Suspected", "type": "date"},
        },
        "forms__extra": asks("extra", **dict.fromkeys(("progression_date", *ALONE), "date")),
        "forms__seen": asks("seen", well="yes_no"),
    }


def switches_of(rules: EventRules) -> dict[str, Any]:
    def both(choice: str) -> dict[str, str]:
        return {"primary": choice, "sensitivity": choice}

    gap = rules.missed_visits
    therapy = {"new_therapy": {"date": "new_therapy_date", **both(str(rules.new_therapy))}}
    if isinstance(gap, IgnoreMissedVisits):
        return therapy
    longest = {"longest_gap": f"{gap.longest_gap_days} d"}
    return therapy | {"missed_visits": longest | both("censor_if_two")}


def write(record: Any, subject: str, known: History, *, scans: Sequence[dt.date]) -> None:
    """Write a history; each form on the day of what it tells, progression by scan or by word."""
    record.subject(subject)
    record.scan(subject, "screening", SCREENING, 50)
    for number, on in enumerate(scans, start=1):
        record.scan(subject, f"scan_{number}", (on - START).days, 50 * 1.5**number)
    told = set(known.progressions) - set(scans)
    write_surgery(record, subject, known)
    write_items(record, subject, known, told=max(told, default=None))
    for number, on in enumerate(known.assessments):
        fill(record, subject, f"seen_{number}/seen", on=on, well=True)


def write_surgery(record: Any, subject: str, known: History) -> None:
    """Write what was operated, found in the specimen, and came back."""
    if known.surgery is not None or known.outcome is not None:
        words = {"surgery_date": known.surgery, "surgery_outcome": known.outcome}
        fill(record, subject, "operation/surgery", on=known.surgery, **words)
    complete = known.pathological_complete
    viable = None if complete is None else 0 if complete else 50
    if known.margin is not None or viable is not None:
        words = {"margin": known.margin, "viable_percent": viable}
        fill(record, subject, "operation/pathology", on=known.surgery, **words)
    first, again = known.recurrence_suspected, known.recurrence
    if first is not None or again is not None:
        words = {"recurrence_suspected_date": first, "recurrence_date": again}
        fill(record, subject, "back/follow_up", on=again, recurrence=again is not None, **words)


def write_items(record: Any, subject: str, known: History, *, told: dt.date | None) -> None:
    """Write the dates that stand alone, among them of a progression that is told by word."""
    alone = {item: getattr(known, name) for item, name in ALONE.items()}
    alone["progression_date"] = told
    for item, on in alone.items():
        if on is not None:
            form = "death" if item == "death_date" else "extra"
            fill(record, subject, f"{item}/{form}", on=on, **{item: on})


def fill(record: Any, subject: str, place: str, *, on: dt.date | None, **items: object) -> None:
    """Fill a form on a day, the first one without; an item of None stays empty."""
    said = {name: value for name, value in items.items() if value is not None}
    record.form(subject, place, ((on or START) - START).days, **said)


def scans_of(known: History) -> list[dt.date]:
    """Return the days of progression up to surgery: these are told by scans, later ones by word."""
    until = known.surgery or dt.date.max
    return sorted(one for one in known.progressions if one <= until)


def assessed(known: History) -> History:
    """Return the history as the record holds it: a scan is an assessment too."""
    return replace(known, assessments=(*known.assessments, *scans_of(known)))


def recorded(
    several: list[History],
    rules: EventRules,
    *,
    cut: int,
    scans: Callable[[History], Sequence[dt.date]],
) -> AnalysisData:
    record = PEN["Written"](PEN["small_study"](**words_of(rules)))
    for number, known in enumerate(several):
        write(record, name(number), known, scans=scans(known))
    return record.derive(cut=cut)


@settings(LAW, max_examples=20)
@given(RANDOM, RULES, st.integers(0, LAST + 9))
def test_a_record_gives_the_event_free_survival_of_its_histories(random, rules, cut):
    several = [drawn(random) for _ in range(SEVERAL)]
    data = recorded(several, rules, cut=cut, scans=scans_of)
    times = data.datasets["adtte"].filter(pl.col("PARAMCD") == "efs")
    expected = [
        event_free_survival(assessed(known), rules=rules, cut_off=day(cut)) for known in several
    ]
    assert times["ADT"].to_list() == [one.date for one in expected]
    assert times["CNSR"].to_list() == [int(not one.is_event) for one in expected]
    named = [
        label.lower() for label, cnsr in times.select("EVNTDESC", "CNSR").iter_rows() if cnsr == 0
    ]
    assert named == [str(one.event) for one in expected if one.event is not None]


def muddled(random: Random) -> History:
    """Draw a history whose parts know nothing of one another."""

    def some() -> dt.date | None:
        return date(maybe(random, -2, 9))

    told = some()
    return History(
        randomised=START,
        progressions=() if told is None else (told,),
        surgery=some(),
        outcome=random.choice([None, *SurgeryOutcome]),
        margin=random.choice([None, *Margin]),
        pathological_complete=random.choice([None, True, False]),
        recurrence=some(),
        recurrence_suspected=some(),
        new_therapy=some(),
        death=some(),
    )


def last_form(known: History) -> dt.date:
    """Return the last day on which a form of the living was filled."""
    back = known.recurrence or (START if known.recurrence_suspected else None)
    operated = known.surgery or (START if known.outcome else None)
    return max(on for on in (back, operated, day(SCREENING)) if on is not None)


@settings(LAW, max_examples=10)
@given(RANDOM)
def test_a_record_is_told_impossible_for_the_reasons_of_its_histories(random):
    several = [muddled(random) for _ in range(SEVERAL)]
    told = recorded(several, EventRules(), cut=LAST, scans=lambda _: ()).impossible
    found = told.filter(~pl.col("reason").str.contains("lies before"))
    expected = [
        (name(number), reason)
        for number, known in enumerate(several)
        for reason in contradictions_of(replace(known, last_alive=last_form(known)))
    ]
    assert sorted(found.select("subject", "reason").iter_rows()) == sorted(expected)
