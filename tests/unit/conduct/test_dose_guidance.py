"""Guidance for doses in the live record: what it says, and a dose that is another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from equipoise.base.errors import RecordRefused
from equipoise.conduct.dose_guidance import dose_guidance
from equipoise.conduct.findings import FindingKind
from equipoise.conduct.guidance import DrugGuidance, Guidance, GuidedAction
from equipoise.conduct.receipt import Receipt

DAY = dt.date(2026, 3, 2)
Make = Callable[..., Any]

NUMBER = {"type": "number"}
DOSING = {
    "form": "dosing",
    "title": "Doses",
    "purpose": "dosing",
    "repeats": "one dose",
    "items": {
        "drug": {"label": "Drug", "type": "text", "required": True},
        "dose_day": {"label": "Day", "type": "integer", "required": True},
        "planned_mg": {"label": "Planned", "type": "number"},
        "given_mg": {"label": "Given", "type": "number"},
        "dose_change": {
            "label": "Change",
            "type": "code",
            "codes": {"none": "None", "reduced": "Reduced", "omitted": "No", "stopped": "Stop"},
        },
        "dose_reason": {"label": "Why", "type": "text"},
    },
}
LABORATORY = {
    "form": "laboratory",
    "title": "Laboratory",
    "purpose": "laboratory",
    "items": {
        "neutrophils": {"label": "Neutrophils", **NUMBER, "unit": "10^9/L", "ctcae": "neutrophils"},
        "haemoglobin": {"label": "Haemoglobin", **NUMBER, "unit": "g/L"},
        "platelets": {"label": "Platelets", **NUMBER, "unit": "10^9/L"},
    },
}
REGIMEN = {
    "label": "Two drugs",
    "cycle": "21 d",
    "cycles": {"planned": 3},
    "drugs": {
        "alpha": {
            "dose": "1000 mg/m2",
            "route": "intravenous",
            "days": [1, 8],
            "levels": ["800 mg/m2"],
        },
        "beta": {
            "label": "Beta tablets",
            "by_weight": [{"from_kg": 0, "dose": "8 mg"}, {"from_kg": 60, "dose": "12 mg"}],
            "body_size": "before_treatment",
            "route": "oral",
            "days": "daily",
            "levels": ["8 mg", "4 mg", "4 mg every other day", "stop"],
            "stop_before_surgery": "7 d",
            "restart_after_surgery": "14 d",
        },
    },
    "modify": {
        "alpha": {
            "day_1": [
                {"when": "neutrophils < 1.5 or platelets < 100", "then": "delay", "source": "label"}
            ],
            "day_8": [
                {"when": "neutrophils < 1.0 or platelets < 75", "then": "omit", "source": "label"},
                {
                    "when": "neutrophils < 1.5 or platelets < 100",
                    "then": "reduce 50 %",
                    "source": "label",
                },
            ],
        },
        "beta": {
            "any_day": [
                {"when": "nausea_grade >= 4", "then": "stop", "source": "label"},
                {
                    "when": "fatigue_grade = 3",
                    "then": "hold until fatigue_grade <= 1 then reduce one level",
                    "source": "label",
                },
            ]
        },
    },
}
CYCLE = {
    "epoch": "trial",
    "from": "randomisation",
    "first": "7 d",
    "every": "21 d",
    "times": 3,
    "window": "±3 d",
    "arms": ["drug"],
    "forms": ["body", "laboratory", "dosing"],
}
MIDCYCLE = CYCLE | {"first": "14 d", "forms": ["laboratory"]}


AFTER = {
    "label": "Beta after surgery",
    "phase": "adjuvant",
    "cycle": "21 d",
    "cycles": {"planned": 2},
    "arms": ["drug"],
    "drugs": {"beta": REGIMEN["drugs"]["beta"] | {"stop_before_surgery": None}},
}
LATER = CYCLE | {"from": "surgery", "first": "7 d", "times": 2, "forms": ["dosing"]}


@pytest.fixture
def trial(make_ward: Make, small_study: Any) -> Trial:
    words = small_study.model_dump(by_alias=True, exclude_none=True)
    forms = words["forms"] | {"dosing": DOSING, "laboratory": LABORATORY}
    forms["surgery"]["purpose"] = "surgery"
    forms["surgery"]["items"]["operated"] = {"label": "Operated", "type": "yes_no"}
    forms["body"]["items"]["planned_surgery_date"] = {"label": "Arranged for", "type": "date"}
    forms["risk"]["items"].pop("high_risk")
    forms["risk"]["items"].pop("double")
    visits = words["schedule"]["visits"] | {
        "cycle": CYCLE,
        "midcycle": MIDCYCLE,
        "later": LATER,
    }
    clocks = words["schedule"]["clocks"] | {"surgery": "surgery_date"}
    schedule = words["schedule"] | {"visits": visits, "clocks": clocks}
    arms = words["arms"] | {"drug": {"label": "Drug", "regimen": "two"}}
    eligibility = {"include": {"adult": {"text": "Adult", "rule": "age >= 18"}}}
    ward = make_ward(
        forms=forms,
        schedule=schedule,
        arms=arms,
        eligibility=eligibility,
        regimens={"two": REGIMEN, "after": AFTER},
        laboratory={"neutrophils": {"low": 1.8, "high": 6.3, "unit": "10^9/L"}},
    )
    return Trial(ward)


class Trial:
    """A subject of the arm with drugs: 180 cm, 72 kg (1.897 m2), randomised on DAY."""

    def __init__(self, ward: Any) -> None:
        self.ward = ward
        self.subject = ward.in_arm("drug")

    def fill(
        self, form: str, values: Mapping[str, Any], *, at: str, on: int, **words: Any
    ) -> Receipt:
        """Fill a form on a day after randomisation."""
        date = DAY + dt.timedelta(days=on)
        asked = {"subject": self.subject, "date": date} | words
        receipt: Receipt = self.ward.fill(form, values, at=at, **asked)
        return receipt

    def blood(
        self, *, at: str, on: int, neutrophils: float | None = 4.0, platelets: float | None = 200.0
    ) -> Receipt:
        values = {"neutrophils": neutrophils, "platelets": platelets, "haemoglobin": 120.0}
        return self.fill("laboratory", values, at=at, on=on)

    def cycle(self, number: int, *, on: int, kg: float = 72.0, **counts: float) -> None:
        self.fill("body", {"weight_kg": kg}, at=f"cycle_{number}", on=on)
        self.blood(at=f"cycle_{number}", on=on, **counts)

    def event(
        self, term: str, grade: int, *, start: int, end: int | str | None = None, row: int = 1
    ):
        def date(day: int | str | None) -> str | None:
            if isinstance(day, int):
                return (DAY + dt.timedelta(days=day)).isoformat()
            return day

        values = {"ae_term": term, "ae_grade": grade, "ae_reason": "x"}
        values |= {"ae_start": date(start), "ae_end": date(end)}
        return self.fill("events", values, at="any_time", on=start, row=row)

    def dose(
        self, drug: str, mg: float, *, at: str, on: int, row: int, dose_day: int = 1, **more: Any
    ) -> Receipt:
        values = {"drug": drug, "dose_day": dose_day, "given_mg": mg} | more
        return self.fill("dosing", values, at=at, on=on, row=row)

    def says(self, drug: str, *, at: str, dose_day: int = 1) -> DrugGuidance:
        found = self.guidance(at=at, dose_day=dose_day)
        assert found is not None
        said = found.of(drug)
        assert said is not None
        return said

    def guidance_on(self, date: dt.date, *, at: str = "cycle_3") -> DrugGuidance:
        """Return what is said of beta in a cycle on a day."""
        subject = self.ward.desk.record.subjects[self.subject]
        rulebook = self.ward.desk.rulebook
        found = dose_guidance(subject, rulebook=rulebook, visit=at, date=date)
        assert found is not None
        said = found.of("beta")
        assert said is not None
        return said

    def guidance(self, *, at: str, dose_day: int = 1) -> Guidance | None:
        subject = self.ward.desk.record.subjects[self.subject]
        return dose_guidance(subject, rulebook=self.ward.desk.rulebook, visit=at, dose_day=dose_day)


def test_nothing_is_said_of_a_cycle_that_has_not_begun(trial: Trial):
    assert trial.guidance(at="cycle_1") is None


def test_a_visit_without_doses_is_no_cycle(trial: Trial):
    trial.blood(at="midcycle_1", on=14)
    assert trial.guidance(at="midcycle_1") is None


def test_all_drugs_are_told_at_once_with_the_planned_dose_of_the_body(trial: Trial):
    trial.cycle(1, on=7)
    found = trial.guidance(at="cycle_1")
    assert found is not None
    assert [(one.drug, one.action, one.dose_mg) for one in found.drugs] == [
        ("alpha", GuidedAction.FULL, 1897.0),
        ("beta", GuidedAction.FULL, 12.0),
    ]
    assert str(found).splitlines() == [
        "Alpha, cycle_1 day 1 (2026-03-09): full dose, 1897 mg.",
        "Beta tablets, cycle_1 day 1 (2026-03-09): full dose, 12 mg.",
    ]


def test_a_dose_by_surface_follows_the_weight_of_the_cycle_and_one_by_weight_that_before_treatment(
    trial: Trial,
):
    trial.cycle(1, on=7, kg=50.0)
    assert trial.says("alpha", at="cycle_1").dose_mg == 1581.0
    assert trial.says("beta", at="cycle_1").dose_mg == 12.0


def test_the_row_that_fires_is_told_with_its_values_its_number_and_its_source(trial: Trial):
    trial.cycle(1, on=7)
    trial.blood(at="midcycle_1", on=14, neutrophils=1.2, platelets=110.0)
    said = trial.says("alpha", at="cycle_1", dose_day=8)
    assert (said.action, said.planned_mg, said.dose_mg) == (GuidedAction.REDUCE, 1897.0, 948.0)
    [fired] = said.fired
    assert (fired.row.table, fired.row.number, fired.row.rule.source) == ("day_8", 2, "label")
    assert (fired.action, fired.values) == ("reduce 50 %", {"neutrophils": "1.2"})
    assert said.say == (
        "Alpha, cycle_1 day 8 (2026-03-16): reduce to 948 mg of 1897 mg because neutrophils 1.2 "
        "(table of day 8, row 2: neutrophils < 1.5 or platelets < 100; label)."
    )


def test_both_counts_are_told_when_both_are_low(trial: Trial):
    trial.cycle(1, on=7)
    trial.blood(at="midcycle_1", on=14, neutrophils=1.2, platelets=90.0)
    said = trial.says("alpha", at="cycle_1", dose_day=8)
    assert said.fired[0].values == {"neutrophils": "1.2", "platelets": "90"}


def test_half_the_dose_by_one_count_and_none_by_the_other_is_none(trial: Trial):
    trial.cycle(1, on=7)
    trial.blood(at="midcycle_1", on=14, neutrophils=1.2, platelets=60.0)
    said = trial.says("alpha", at="cycle_1", dose_day=8)
    assert (said.action, said.dose_mg, said.next_mg) == (GuidedAction.OMIT, 0.0, 1897.0)
    assert said.resume == "on its next day"


def test_what_is_not_known_is_told_and_never_taken_for_a_full_dose(trial: Trial):
    trial.cycle(1, on=7)
    trial.blood(at="midcycle_1", on=14, platelets=None)
    said = trial.says("alpha", at="cycle_1", dose_day=8)
    assert (said.action, said.dose_mg) == (GuidedAction.UNKNOWN, None)
    assert [one.row.number for one in said.open] == [1, 2]
    assert said.say == (
        "Alpha, cycle_1 day 8 (2026-03-16): no dose can be named; platelets not known: rows 1 and "
        "2 of the table of day 8 cannot be judged."
    )


def test_a_count_that_is_low_enough_needs_no_other_to_leave_the_dose_out(trial: Trial):
    trial.cycle(1, on=7)
    trial.blood(at="midcycle_1", on=14, neutrophils=0.9, platelets=None)
    assert trial.says("alpha", at="cycle_1", dose_day=8).action is GuidedAction.OMIT


def test_blood_of_day_1_says_nothing_of_day_8(trial: Trial):
    trial.cycle(1, on=7)
    assert trial.says("alpha", at="cycle_1", dose_day=8).action is GuidedAction.UNKNOWN
    trial.blood(at="midcycle_1", on=11)
    assert trial.says("alpha", at="cycle_1", dose_day=8).action is GuidedAction.FULL


def test_without_a_height_no_dose_by_surface_can_be_named(trial: Trial):
    trial.cycle(1, on=7)
    record = trial.ward.desk.record.subjects[trial.subject]
    record.rows["screening", "body", 1].cells.pop("height_cm")
    said = trial.says("alpha", at="cycle_1")
    assert (said.action, said.dose_mg) == (GuidedAction.UNKNOWN, None)
    assert "body size is not known" in said.say


def test_a_delay_names_the_last_day_of_the_window(trial: Trial):
    trial.cycle(1, on=7, platelets=80.0)
    said = trial.says("alpha", at="cycle_1")
    assert (said.action, said.dose_mg) == (GuidedAction.DELAY, 0.0)
    assert said.resume == "when the row is no longer true, at the latest on 2026-03-12"
    assert trial.says("beta", at="cycle_1").action is GuidedAction.FULL


def test_a_hold_says_until_when_and_with_which_dose_the_drug_goes_on(trial: Trial):
    trial.cycle(1, on=7)
    trial.event("fatigue", 3, start=20)
    trial.cycle(2, on=28)
    said = trial.says("beta", at="cycle_2")
    assert (said.action, said.dose_mg, said.next_mg) == (GuidedAction.HOLD, 0.0, 8.0)
    assert said.resume == "when fatigue_grade <= 1"
    assert said.say == (
        "Beta tablets, cycle_2 day 1 (2026-03-30): hold because fatigue grade 3 (table of any "
        "day, row 2: fatigue_grade = 3; label); go on with 8 mg when fatigue_grade <= 1."
    )


def test_a_drug_goes_on_one_level_down_and_stays_there(trial: Trial):
    trial.cycle(1, on=7)
    trial.event("fatigue", 3, start=20, end=35)
    for number, on in ((2, 28), (3, 49)):
        trial.cycle(number, on=on)
    said = trial.says("beta", at="cycle_3")
    assert (said.action, said.dose_mg, said.planned_mg) == (GuidedAction.REDUCE, 8.0, 12.0)
    assert ", as before, by table of any day, row 2" not in trial.says("beta", at="cycle_2").say


def test_an_event_between_two_dose_days_lowers_the_dose_though_it_is_over(trial: Trial):
    trial.cycle(1, on=7)
    trial.event("fatigue", 3, start=12, end=20)
    trial.cycle(2, on=28)
    assert trial.says("beta", at="cycle_2").dose_mg == 8.0
    trial.cycle(3, on=49)
    later = trial.says("beta", at="cycle_3")
    assert later.dose_mg == 8.0
    assert "as before, by table of any day, row 2: fatigue_grade = 3; label" in later.say


def test_two_events_between_the_same_dose_days_are_one_level(trial: Trial):
    trial.cycle(1, on=7)
    for row, start in enumerate((8, 16), start=1):
        trial.event("fatigue", 3, start=start, end=start + 3, row=row)
    trial.cycle(2, on=28)
    assert trial.says("beta", at="cycle_2").dose_mg == 8.0


def test_a_dose_of_every_other_day_is_told_with_its_mean(trial: Trial):
    trial.fill("body", {"weight_kg": 59.9}, at="screening", on=0, why="weighed again")
    for number, on in ((1, 7), (2, 28), (3, 49)):
        trial.event("fatigue", 3, start=on + 1, end=on + 4, row=number)
        trial.cycle(number, on=on)
    doses = [trial.says("beta", at=f"cycle_{number}").dose_mg for number in (1, 2, 3)]
    assert doses == [8.0, 4.0, 2.0]
    say = trial.says("beta", at="cycle_3").say
    assert "reduce to 4 mg every other day (2 mg a day) of 8 mg" in say


def test_an_end_known_to_the_month_leaves_open_whether_a_hold_may_end(trial: Trial):
    trial.cycle(1, on=7)
    trial.event("fatigue", 3, start=20, end="2026-04")
    trial.cycle(2, on=28)
    trial.cycle(3, on=49)  # 20 April
    said = trial.says("beta", at="cycle_3")
    assert said.action is GuidedAction.HOLD
    assert said.say.endswith("fatigue grade not known: whether the hold may end cannot be judged.")


def test_a_stop_is_for_good(trial: Trial):
    trial.cycle(1, on=7)
    trial.event("nausea", 4, start=9, end=12)
    trial.cycle(2, on=28)
    trial.cycle(3, on=49)
    said = trial.says("beta", at="cycle_3")
    assert (said.action, said.dose_mg, said.next_mg) == (GuidedAction.STOP, 0.0, None)


def test_a_drug_that_somebody_recorded_as_stopped_stays_stopped(trial: Trial):
    trial.cycle(1, on=7)
    trial.dose(
        "beta", 0.0, at="cycle_1", on=7, row=1, dose_change="stopped", dose_reason="his wish"
    )
    assert trial.says("beta", at="cycle_1").action is GuidedAction.FULL
    trial.cycle(2, on=28)
    said = trial.says("beta", at="cycle_2")
    assert said.action is GuidedAction.STOP
    assert "recorded as stopped on 2026-03-09: his wish" in said.say


def test_a_drug_that_is_not_due_is_said_so(trial: Trial):
    trial.cycle(1, on=7)
    said = trial.says("alpha", at="cycle_1", dose_day=2)
    assert (said.action, said.dose_mg) == (GuidedAction.NOT_DUE, None)
    assert said.say == "Alpha: not due on day 2, given on day 1, 8 of the cycle."


def test_a_drug_that_must_pause_before_surgery_is_left_out(trial: Trial):
    trial.cycle(3, on=49)
    # Surgery is planned 12 weeks after randomisation, 25 May: seven days off leave 17 May.
    assert trial.says("beta", at="cycle_3", dose_day=21).action is GuidedAction.FULL
    moved = trial.guidance_on(dt.date(2026, 5, 17)), trial.guidance_on(dt.date(2026, 5, 18))
    assert [one.action for one in moved] == [GuidedAction.FULL, GuidedAction.OMIT]
    assert "7 d off before surgery planned for 2026-05-25" in moved[1].say


def test_the_day_that_was_arranged_comes_before_the_day_that_is_planned(trial: Trial):
    trial.cycle(3, on=49)
    arranged = {"weight_kg": 72.0, "planned_surgery_date": dt.date(2026, 5, 4)}
    trial.fill("body", arranged, at="cycle_3", on=49, why="arranged")
    days = [dt.date(2026, 4, 26), dt.date(2026, 4, 27)]
    assert [trial.guidance_on(day).action for day in days] == [
        GuidedAction.FULL,
        GuidedAction.OMIT,
    ]


def test_a_subject_who_is_not_operated_need_not_pause(trial: Trial):
    trial.cycle(3, on=49)
    trial.fill("surgery", {"operated": False}, at="operation", on=60)
    assert trial.guidance_on(dt.date(2026, 5, 24)).action is GuidedAction.FULL


def test_after_surgery_the_other_regimen_is_due_and_begins_no_sooner_than_allowed(trial: Trial):
    trial.cycle(1, on=7)
    operated = {"operated": True, "surgery_date": DAY + dt.timedelta(days=84)}
    trial.fill("surgery", operated, at="operation", on=84)
    # Operated on 25 May: fourteen days off let 8 June be the first.
    early, first = dt.date(2026, 6, 7), dt.date(2026, 6, 8)
    held, free = (trial.guidance_on(day, at="later_1") for day in (early, first))
    assert (held.action, held.dose_mg, held.next_mg) == (GuidedAction.HOLD, 0.0, 12.0)
    assert held.resume == "on 2026-06-08"
    assert "14 d off after surgery" in held.say
    assert (free.action, free.dose_mg) == (GuidedAction.FULL, 12.0)


def test_a_drug_that_was_lowered_before_surgery_stays_lowered_after_it(trial: Trial):
    trial.cycle(1, on=7)
    trial.event("fatigue", 3, start=12, end=20)
    trial.cycle(2, on=28)
    operated = {"operated": True, "surgery_date": DAY + dt.timedelta(days=84)}
    trial.fill("surgery", operated, at="operation", on=84)
    said = trial.guidance_on(dt.date(2026, 7, 1), at="later_1")
    assert (said.dose_mg, said.planned_mg) == (8.0, 12.0)
    assert "(fatigue_grade = 3)" in said.say
    assert trial.says("beta", at="cycle_2").dose_mg == 8.0


def test_the_receipt_of_blood_tells_the_doses_of_the_day(trial: Trial):
    trial.fill("body", {"weight_kg": 72.0}, at="cycle_1", on=7)
    receipt = trial.blood(at="cycle_1", on=7)
    assert receipt.guidance is not None
    assert [one.drug for one in receipt.guidance.drugs] == ["alpha", "beta"]
    later = trial.blood(at="midcycle_1", on=14, neutrophils=1.2)
    assert later.guidance is not None
    assert (later.guidance.visit, later.guidance.dose_day) == ("cycle_1", 8)
    assert later.guidance.drugs[0].action is GuidedAction.REDUCE


def test_the_receipt_of_a_dose_tells_its_drug(trial: Trial):
    trial.cycle(1, on=7)
    receipt = trial.dose("alpha", 1897.0, at="cycle_1", on=7, row=1)
    assert receipt.findings == ()
    assert receipt.guidance is not None
    assert [one.drug for one in receipt.guidance.drugs] == ["alpha"]


def test_another_dose_needs_a_reason(trial: Trial):
    trial.cycle(1, on=7)
    with pytest.raises(RecordRefused, match="'dose_reason' is required") as refused:
        trial.dose("alpha", 1500.0, at="cycle_1", on=7, row=1)
    assert [fault.kind for fault in refused.value.faults] == [FindingKind.MISSING_REQUIRED]


def test_another_dose_with_a_reason_is_a_soft_finding(trial: Trial):
    trial.cycle(1, on=7)
    receipt = trial.dose("alpha", 1500.0, at="cycle_1", on=7, row=1, dose_reason="frail")
    [finding] = receipt.findings
    assert (finding.kind, finding.item) == (FindingKind.DOSE_DEVIATION, "given_mg")
    assert "full dose, 1897 mg" in finding.say
    row = trial.ward.row("dosing", at="cycle_1", subject=trial.subject)
    assert list(row.findings) == ["given_mg"]


@pytest.mark.parametrize(("mg", "kinds"), [(1803.0, 0), (1990.0, 0), (1801.0, 1), (1993.0, 1)])
def test_five_per_cent_are_what_measuring_out_takes(trial: Trial, *, mg: float, kinds: int):
    trial.cycle(1, on=7)
    receipt = trial.dose("alpha", mg, at="cycle_1", on=7, row=1, dose_reason="as measured")
    assert len(receipt.findings) == kinds


def test_a_dose_that_is_held_and_given_is_a_deviation(trial: Trial):
    trial.cycle(1, on=7, platelets=80.0)
    receipt = trial.dose("alpha", 100.0, at="cycle_1", on=7, row=1, dose_reason="x")
    assert [one.kind for one in receipt.findings] == [FindingKind.DOSE_DEVIATION]


def test_a_dose_given_while_a_row_cannot_be_judged_is_told(trial: Trial):
    trial.cycle(1, on=7)
    receipt = trial.dose("alpha", 1897.0, at="cycle_1", on=14, row=1, dose_day=8)
    assert [one.kind for one in receipt.findings] == [FindingKind.DOSE_NOT_JUDGED]
    trial.blood(at="midcycle_1", on=14)
    again = trial.fill("dosing", {"given_mg": 1898.0}, at="cycle_1", on=14, why="typing")
    assert again.findings == ()
    assert trial.ward.row("dosing", at="cycle_1", subject=trial.subject).findings == {}


def test_no_dose_while_a_row_cannot_be_judged_is_no_finding(trial: Trial):
    trial.cycle(1, on=7)
    receipt = trial.dose("alpha", 0.0, at="cycle_1", on=14, row=1, dose_day=8)
    assert receipt.findings == ()


def test_a_plan_that_is_not_of_this_body_is_told(trial: Trial):
    trial.cycle(1, on=7)
    receipt = trial.dose("alpha", 1897.0, at="cycle_1", on=7, row=1, planned_mg=1500.0)
    assert [(one.kind, one.item) for one in receipt.findings] == [
        (FindingKind.DOSE_DEVIATION, "planned_mg")
    ]


def test_a_drug_the_regimen_does_not_have_has_no_guidance(trial: Trial):
    trial.cycle(1, on=7)
    receipt = trial.dose("gamma", 5.0, at="cycle_1", on=7, row=1)
    assert (receipt.guidance, receipt.findings) == (None, ())


def test_guidance_changes_nothing_in_the_record(trial: Trial):
    trial.cycle(1, on=7)
    before = trial.ward.desk.record.head
    trial.guidance(at="cycle_1")
    assert trial.ward.desk.record.head == before


@pytest.mark.parametrize(("on", "outside"), [(3, True), (4, False), (10, False), (11, True)])
def test_a_visit_outside_its_window_is_a_soft_finding(trial: Trial, *, on: int, outside: bool):
    receipt = trial.fill("body", {"weight_kg": 72.0}, at="cycle_1", on=on)
    kinds = [one.kind for one in receipt.findings]
    assert kinds == ([FindingKind.VISIT_OUTSIDE_WINDOW] if outside else [])


def test_a_visit_outside_its_window_is_told_once_and_of_the_form_that_begins_it(trial: Trial):
    first = trial.fill("body", {"weight_kg": 72.0}, at="cycle_1", on=11)
    second = trial.blood(at="cycle_1", on=11)
    assert [len(one.findings) for one in (first, second)] == [1, 0]


def test_a_dose_of_day_8_belongs_to_the_day_its_cycle_began(trial: Trial):
    trial.cycle(1, on=10)
    trial.blood(at="midcycle_1", on=17)
    assert trial.dose("alpha", 1897.0, at="cycle_1", on=17, row=1, dose_day=8).findings == ()
