"""iRECIST from the words of a study to rows: time points, best response, progression."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

START = dt.date(2026, 1, 1)
EVERY_4_WEEKS = (28, 56, 84, 112)
ORR = {"kind": "response", "label": "R", "criteria": "irecist", "population": "randomised"}
PROGRESSED = {
    "label": "Progression by iRECIST",
    "response": "PD",
    "criteria": "irecist",
    "unconfirmed": "an_event",
}
PFS = {
    "kind": "time_to_event",
    "label": "Time to progression",
    "from": "randomisation",
    "events": ["iprogressed"],
    "censor": {"at": "last_contact"},
    "population": "randomised",
}


def day(number):
    return START + dt.timedelta(days=number)


def words(**event):
    return {
        "endpoints__iorr": ORR,
        "events__iprogressed": PROGRESSED | event,
        "endpoints__pfs": PFS,
    }


def course(record, subject, *sums, days=EVERY_4_WEEKS):
    """Write a subject with one target of these diameters; None is not evaluated."""
    record.subject(subject)
    record.scan(subject, "screening", -5, 60)
    for place, (on, size) in enumerate(zip(days, sums, strict=False), start=1):
        seen(record, subject, f"cycle_{place}", on=on, T1=size)
    return record


def seen(record, subject, visit, *, on, organ="liver", first=1, **lesions):
    for row, (name, size) in enumerate(lesions.items(), start=first):
        state = {"lesion_state": "not_evaluated"}
        if size is not None:
            state = {"lesion_state": "measured", "diameter_mm": size}
        kind = "target" if name.startswith("T") else "new"
        said = {"lesion": name, "lesion_kind": kind, "lesion_organ": organ, **state}
        record.form(subject, f"{visit}/lesions", on, row=row, **said)


def rows(data, parameter):
    return data.datasets["adrs"].filter(pl.col("PARAMCD") == parameter)


def calls(data, parameter="IOVR"):
    return " ".join(rows(data, parameter)["AVALC"])


def test_only_a_study_that_asks_for_irecist_has_its_time_points(written):
    assert rows(course(written(), "S1", 80, 85).derive(), "IOVR").is_empty()
    for asked in (
        {"endpoints__iorr": ORR},
        {"events__iprogressed": PROGRESSED, "endpoints__pfs": PFS},
    ):
        data = course(written(**asked), "S1", 80, 85).derive()
        assert (calls(data), calls(data, "OVR")) == ("iUPD iCPD", "PD PD")


def test_each_time_point_has_a_sentence_that_says_why(written):
    data = course(written(**words()), "S1", 80, 85).derive()
    first, second = rows(data, "IOVR")["EXPLAIN"]
    assert first.startswith("iUPD: sum 80 mm")
    assert second.startswith("iCPD: sum 85 mm is 5 mm above the 80 mm")
    assert f"confirms the iUPD of {day(28)}" in second


def test_days_from_the_iupd_to_its_confirmation_are_those_of_the_study(written):
    early = {"response": {"confirm_progression_after": "20 d"}}
    days = (28, 49)
    assert calls(course(written(**words()), "S1", 80, 85, days=days).derive()) == "iUPD iUPD"
    found = course(written(**words(), **early), "S1", 80, 85, days=days).derive()
    assert calls(found) == "iUPD iCPD"


def test_at_most_two_new_lesions_of_an_organ_are_measured(written):
    def new_lesions(third):
        record = course(written(**words()), "S1", 60, 60)
        for place, last in enumerate((16, 17), start=1):
            visit, on = f"cycle_{place}", EVERY_4_WEEKS[place - 1]
            seen(record, "S1", visit, on=on, first=2, X1=20, X2=18)
            seen(record, "S1", visit, on=on, first=4, organ=third, X3=last)
        return calls(record.derive())

    assert new_lesions("liver") == "iUPD iCPD"
    assert new_lesions("lung") == "iUPD iUPD"


def test_from_the_first_iupd_on_every_scan_is_behind_a_time_point(written):
    record = written(**words()).subject("S1")
    record.scan("S1", "screening", -5, 60)
    before = record.scan("S1", "cycle_1", 28, 60)
    unconfirmed = record.scan("S1", "cycle_2", 56, 80)
    between = record.scan("S1", "cycle_3", 84, 81)
    record.scan("S1", "cycle_4", 112, 85)
    data = record.derive()
    assert calls(data) == "iSD iUPD iUPD iCPD"
    entries = set(rows(data, "IOVR")["ENTRIES"].to_list()[-1])
    assert {*unconfirmed.values(), *between.values()} <= entries
    assert not entries & set(before.values())
    assert not set(rows(data, "OVR")["ENTRIES"].to_list()[-1]) & set(between.values())


def test_success_is_said_in_the_words_of_recist_and_counted_in_those_of_irecist(written):
    record = written(**words(), endpoints__orr=ORR | {"criteria": "recist_1_1"})
    course(record, "S1", 80, 40)
    course(record, "S2", 62, 61)
    data = record.derive()
    told = data.datasets["adeff"].select("PARAMCD", "USUBJID", "AVALC", "AVAL")
    assert told.filter(pl.col("PARAMCD").is_in(["orr", "iorr"])).sort(
        "PARAMCD", "USUBJID"
    ).rows() == [
        ("iorr", "S1", "iPR", 1.0),
        ("iorr", "S2", "iSD", 0.0),
        ("orr", "S1", "PD", 0.0),
        ("orr", "S2", "SD", 0.0),
    ]


def test_stable_disease_is_not_established_before_the_day_of_the_study(written):
    later = {"response": {"stable_after": "9 wk"}}
    record = course(written(**words(), **later), "S1", 60, 60)
    data = record.derive()
    assert rows(data, "iorr")["AVALC"].item() == rows(data, "orr")["AVALC"].item() == "NE"
    assert rows(course(written(**words()), "S1", 60, 60).derive(), "orr")["AVALC"].item() == "SD"


def test_confirmation_of_a_response_waits_as_long_as_the_study_says(written):
    orr = {"kind": "response", "label": "R", "confirmed": True, "population": "randomised"}
    usual = course(written(endpoints__orr=orr), "S1", 60, 40, 40)
    longer = {"response": {"confirm_response_after": "5 wk"}}
    slow = course(written(endpoints__orr=orr, **longer), "S1", 60, 40, 40)
    found = [rows(one.derive(), "orr")["AVALC"].item() for one in (usual, slow)]
    assert found == ["PR", "SD"]


def test_the_event_is_on_the_first_iupd_of_the_episode_that_was_confirmed(written):
    data = course(written(**words()), "S1", 80, 40, 50, 55).derive()
    assert calls(data) == "iUPD iPR iUPD iCPD"
    told = rows(data, "iprogressed").row(0, named=True)
    assert (told["AVALC"], told["ADT"], told["VISIT"]) == ("iCPD", day(84), "cycle_3")
    assert told["EXPLAIN"] == f"iCPD: iUPD of {day(84)}, confirmed by the scan of {day(112)}"
    time = data.datasets["adtte"].filter(pl.col("PARAMCD") == "pfs").row(0, named=True)
    assert (time["ADT"], time["CNSR"], time["EVNTDESC"]) == (day(84), 0, "Progression by iRECIST")


@pytest.mark.parametrize(
    ("unconfirmed", "said", "censored"),
    [("an_event", "an event from that day", 0), ("not_an_event", "no event", 1)],
)
def test_the_study_says_what_a_progression_never_confirmed_is(
    *, written, unconfirmed, said, censored
):
    data = course(written(**words(unconfirmed=unconfirmed)), "S1", 80, 82, None).derive()
    assert calls(data) == "iUPD iUPD NE"
    told = rows(data, "iprogressed").row(0, named=True)
    assert (told["AVALC"], told["ADT"]) == ("iUPD", day(28))
    assert said in told["EXPLAIN"]
    assert f"unconfirmed: {unconfirmed}" in told["EXPLAIN"]
    times = data.datasets["adtte"].filter(pl.col("PARAMCD") == "pfs")
    assert times["CNSR"].to_list() == [censored]


def test_a_progression_that_shrank_again_is_no_event(written):
    data = course(written(**words()), "S1", 80, 60).derive()
    assert rows(data, "iprogressed").is_empty()
    assert data.datasets["adtte"].filter(pl.col("PARAMCD") == "pfs")["CNSR"].to_list() == [1]


def test_a_scan_after_the_last_day_neither_confirms_nor_undoes(written):
    record = course(written(**words(until="surgery", unconfirmed="not_an_event")), "S1", 80, 85)
    record.form(
        "S1", "operation/surgery", 40, surgery_date=day(40), surgery_outcome="explored_only"
    )
    assert rows(record.derive(), "iprogressed")["AVALC"].to_list() == ["iUPD"]
    record = course(written(**words(until="surgery")), "S1", 80, 50)
    record.form(
        "S1", "operation/surgery", 40, surgery_date=day(40), surgery_outcome="explored_only"
    )
    assert rows(record.derive(), "iprogressed")["ADT"].to_list() == [day(28)]


def test_the_entries_of_a_progression_are_those_of_its_episode(written):
    record = written(**words()).subject("S1")
    record.scan("S1", "screening", -5, 60)
    first = record.scan("S1", "cycle_1", 28, 80)
    last = record.scan("S1", "cycle_2", 56, 85)
    later = record.scan("S1", "cycle_3", 84, 90)
    entries = set(rows(record.derive(), "iprogressed")["ENTRIES"].item())
    assert {*first.values(), *last.values()} <= entries
    assert not entries & set(later.values())
