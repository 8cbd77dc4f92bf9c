"""Lesions entered in the live record: the response that they make, and what RECIST asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from equipoise.base.errors import RecordRefused
from equipoise.conduct.commands import override_finding, record_form, remove_row, sign_form
from equipoise.conduct.entries import Action, Place
from equipoise.conduct.findings import FindingKind
from equipoise.conduct.forms import FilledForm
from equipoise.conduct.lesions.tumour_reading import tumour_reading, tumour_readings
from equipoise.conduct.receipt import Receipt
from equipoise.conduct.record import Cell
from equipoise.conduct.snapshot import take_snapshot, visible_to
from equipoise.oncology.response.after_resection import AfterResection
from equipoise.oncology.response.recist import Response
from equipoise.study.folder import standard_form
from equipoise.study.identity import Permission, Role

DAY = dt.date(2026, 3, 2)
Make = Callable[..., Any]

LESIONS = standard_form("lesions").value
SCAN = {
    "epoch": "trial",
    "from": "randomisation",
    "first": "42 d",
    "every": "42 d",
    "times": 4,
    "forms": ["lesions"],
}
SURGERY = {
    "form": "surgery",
    "title": "Surgery",
    "items": {
        "surgery_date": {"label": "Day", "type": "date"},
        "surgery_outcome": {
            "label": "Outcome",
            "type": "code",
            "codes": {"resected": "Resected", "explored_only": "Explored"},
        },
        "margin": {"label": "Margin", "type": "code", "codes": {"R0": "R0", "R2": "R2"}},
    },
}


class Trial:
    """One subject, with its lesions row by row; randomised on DAY when asked."""

    def __init__(self, ward: Any) -> None:
        self.ward = ward
        ward.register(on=DAY - dt.timedelta(days=60))
        for form, values in {
            "consent": {"consent_date": DAY, "age": 50, "sex": "female"},
            "laboratory": {"neutrophils": 4.0, "haemoglobin": 120.0},
            "body": {"height_cm": 180.0, "weight_kg": 72.0},
        }.items():
            ward.fill(form, values, date=DAY - dt.timedelta(days=60))

    @property
    def subject(self) -> Any:
        return self.ward.desk.record.subjects["01"]

    def row(
        self, name: str, mm: float | None, *, at: str = "screening", on: int = -5, **more: Any
    ) -> Receipt:
        """Enter a lesion on a day after randomisation; T is a target, N a non-target, X new."""
        kinds = {"T": "target", "N": "non_target", "X": "new"}
        state = "measured" if mm is not None else "present"
        values = {
            "lesion": name,
            "lesion_kind": kinds[name[0]],
            "lesion_organ": "other",
            "lesion_state": state,
        }
        values |= {} if mm is None else {"diameter_mm": mm}
        number = more.pop("row", int(name[1:]) + {"T": 0, "N": 20, "X": 40}[name[0]])
        why = more.pop("why", None)
        date = DAY + dt.timedelta(days=on)
        receipt: Receipt = self.ward.fill(
            "lesions", values | more, at=at, date=date, row=number, why=why
        )
        return receipt

    def demote(self, name: str) -> Receipt:
        """Follow a target of screening as a non-target."""
        gone = {"lesion_kind": "non_target", "lesion_state": "present", "diameter_mm": None}
        return self.row(name, None, **gone, why="no target")

    def scan(self, *sizes: float, at: str = "screening", on: int = -5) -> Receipt:
        """Enter targets T1, T2 ... and answer with the last receipt."""
        return [self.row(f"T{k}", mm, at=at, on=on) for k, mm in enumerate(sizes, start=1)][-1]

    def start(self) -> None:
        self.ward.allocate()

    def stands(self) -> dict[tuple[str, int, str], str]:
        """Return the findings about lesions that stand open: visit, row, kind -> sentence."""
        return {
            (row.visit, row.row, name.removeprefix("recist.")): mark.text
            for row in self.subject.rows.values()
            for name, mark in row.findings.items()
            if name.startswith("recist.")
        }

    def place(self, row: int, kind: str, *, at: str = "screening") -> Place:
        return Place(subject="01", visit=at, form="lesions", row=row, item=f"recist.{kind}")


@pytest.fixture(scope="module")
def words(small_study: Any) -> Mapping[str, Any]:
    said = small_study.model_dump(by_alias=True, exclude_none=True)
    visits = said["schedule"]["visits"]
    visits["screening"]["forms"] = (*visits["screening"]["forms"], "lesions")
    visits |= {"scan": SCAN}
    visits["any_time"]["forms"] = (*visits["any_time"]["forms"], "lesions", "surgery")
    forms = said["forms"] | {"lesions": {"form": "lesions", **LESIONS}, "surgery": SURGERY}
    return {"forms": forms, "schedule": said["schedule"] | {"visits": visits}}


@pytest.fixture
def trial(make_ward: Make, words: Mapping[str, Any]) -> Trial:
    return Trial(make_ward(**words))


def test_the_receipt_of_a_lesion_has_the_baseline_as_far_as_it_is_recorded(trial: Trial):
    first = trial.row("T1", 30.0).response
    assert first is not None
    assert (first.response, first.sum_mm, first.explanation) == (
        None,
        30.0,
        "Baseline: sum 30 mm of 1 target lesion",
    )
    both = trial.row("T2", 20.0).response
    assert both is not None
    assert (both.visit, both.date, both.sum_mm, both.nadir_mm) == (
        "screening",
        DAY - dt.timedelta(days=5),
        50.0,
        None,
    )


@pytest.mark.parametrize(
    ("mm", "more"),
    [(8.0, {"lesion_organ": "lymph_node"}), (None, {"lesion_state": "absent"})],
)
def test_a_non_target_that_baseline_does_not_show_is_asked_about(
    trial: Trial, mm: float | None, more: dict[str, str]
):
    trial.scan(30.0)
    trial.row("N1", mm, **more)
    say = "N1: absent, or a node below 10 mm, is no lesion of baseline"
    assert trial.stands() == {("screening", 21, "lesions_contradict"): say}
    trial.row("N1", 10.0, lesion_organ="lymph_node", lesion_state="measured", why="other node")
    assert trial.stands() == {}


def test_a_time_point_is_not_evaluable_until_every_target_has_its_row(trial: Trial):
    trial.scan(30.0, 20.0)
    trial.start()
    first = trial.row("T1", 20.0, at="scan_1", on=42).response
    assert first is not None
    assert (first.response, first.explanation) == (Response.NE, "NE: 'T2' not evaluated")
    both = trial.row("T2", 10.0, at="scan_1", on=42).response
    assert both is not None
    assert (both.response, both.change_percent, both.nadir_mm) == (Response.PR, -40.0, 50.0)
    assert both.explanation == "PR: sum 30 mm is 40.0 % below the baseline of 50 mm"


def test_a_corrected_row_of_baseline_changes_the_readings_after_it(trial: Trial):
    trial.scan(30.0, 20.0)
    trial.start()
    trial.scan(20.0, 10.0, at="scan_1", on=42)
    trial.row("T1", 20.0, why="measured again")
    said = tumour_readings(trial.subject, rulebook=trial.ward.desk.rulebook)
    assert [(one.visit, one.response, one.sum_mm) for one in said] == [
        ("screening", None, 40.0),
        ("scan_1", Response.SD, 30.0),
    ]


def test_the_query_answers_for_a_visit_and_not_for_one_without_lesions(trial: Trial):
    receipt = trial.scan(30.0)
    rulebook = trial.ward.desk.rulebook
    at = tumour_reading(trial.subject, rulebook=rulebook, visit="screening")
    assert at == receipt.response
    assert tumour_reading(trial.subject, rulebook=rulebook, visit="scan_1") is None


def test_visits_of_one_day_are_one_assessment_and_either_asks_for_it(trial: Trial):
    trial.scan(30.0, 20.0)
    trial.start()
    trial.row("T2", 20.0, at="scan_1", on=42)
    both = trial.row("T1", 30.0, at="any_time", on=42).response
    assert both is not None
    assert (both.visit, both.response, both.sum_mm) == ("any_time", Response.SD, 50.0)
    rulebook = trial.ward.desk.rulebook
    assert tumour_reading(trial.subject, rulebook=rulebook, visit="scan_1") == both


def test_forms_without_lesions_have_no_response(trial: Trial):
    trial.scan(30.0)
    assert trial.ward.fill("body", {"weight_kg": 71.0}, why="weighed again").response is None


def test_what_comes_after_a_resection_is_judged_for_recurrence(trial: Trial):
    trial.scan(30.0)
    trial.start()
    operated = {"surgery_date": DAY + dt.timedelta(days=60), "surgery_outcome": "resected"}
    trial.ward.fill("surgery", operated, at="operation", date=DAY + dt.timedelta(days=60))
    trial.row("T1", None, at="scan_2", on=84, lesion_state="absent")
    said = trial.row("X1", None, at="scan_2", on=84).response
    assert said is not None
    assert (said.response, said.after_resection) == (None, AfterResection.RECURRENCE)
    assert said.explanation == (
        "recurrence: new lesion 'X1' after the resection of 2026-05-01; "
        "whether tumour was left (R2) is not known"
    )
    trial.ward.fill(
        "surgery",
        {"surgery_outcome": "explored_only"},
        at="operation",
        date=DAY + dt.timedelta(days=60),
        why="report read again",
    )
    at = tumour_reading(trial.subject, rulebook=trial.ward.desk.rulebook, visit="scan_2")
    assert at is not None
    assert (at.response, at.after_resection) == (Response.PD, None)


def test_the_last_operation_counts(trial: Trial):
    trial.scan(30.0)
    trial.start()
    operations = (("any_time", 70, "resected"), ("operation", 60, "explored_only"))
    for at, day, outcome in operations:
        on = DAY + dt.timedelta(days=day)
        values = {"surgery_date": on, "surgery_outcome": outcome}
        trial.ward.fill("surgery", values, at=at, date=on)
    said = trial.row("T1", None, at="scan_2", on=84, lesion_state="absent").response
    assert said is not None
    assert said.after_resection is AfterResection.NO_RECURRENCE


def test_an_operation_of_a_form_that_repeats_is_none(make_ward: Make, words: Mapping[str, Any]):
    forms = words["forms"] | {"surgery": SURGERY | {"repeats": "one operation"}}
    trial = Trial(make_ward(**words | {"forms": forms}))
    trial.scan(30.0)
    trial.start()
    on = DAY + dt.timedelta(days=60)
    trial.ward.fill("surgery", {"surgery_date": on}, at="operation", date=on)
    said = trial.row("T1", 30.0, at="scan_2", on=84).response
    assert said is not None
    assert said.response is Response.SD


def test_an_answer_to_an_item_that_is_no_longer_asked_does_not_count(
    make_ward: Make, words: Mapping[str, Any]
):
    items = {name: item for name, item in LESIONS["items"].items() if name != "measured_by"}
    fewer = {"lesions": {"form": "lesions", **LESIONS, "items": items}}
    trial = Trial(make_ward(**words | {"forms": words["forms"] | fewer}))
    trial.row("T1", 15.0)
    cell = Cell(text="chest_film", value="chest_film", seq=1)
    trial.subject.rows["screening", "lesions", 1].cells["measured_by"] = cell
    trial.row("T2", 15.0)
    assert trial.stands() == {}


def test_a_sixth_target_is_told_on_its_row_and_named_in_the_receipt(trial: Trial):
    receipt = trial.scan(*[20.0] * 6)
    [finding] = receipt.findings
    assert (finding.kind, finding.level) == (FindingKind.TARGET_CHOICE, "soft")
    assert finding.say == "T1, T2, T3, T4, T5, T6: 6 lesions are measured, at most 5 count"
    assert list(trial.stands()) == [("screening", 6, "target_choice")]
    told = [one for one in trial.ward.desk.log.entries() if one.action is Action.FINDING]
    assert [one.seq for one in told] == [receipt.entries[-1]]


def test_a_finding_that_stands_has_the_words_of_the_row_as_it_is(trial: Trial):
    trial.row("T1", 9.0)
    trial.row("T1", 8.0, why="measured again")
    assert trial.stands() == {
        ("screening", 1, "target_not_measurable"): "T1: a diameter of 8 mm is below 10 mm"
    }


def test_a_finding_closes_on_its_row_when_a_sibling_is_no_target_any_more(trial: Trial):
    trial.scan(*[20.0] * 6)
    receipt = trial.demote("T1")
    assert receipt.findings == ()
    assert trial.stands() == {}
    trial.row("T1", 20.0, why="a target after all")
    assert list(trial.stands()) == [("screening", 6, "target_choice")]


def test_a_finding_moves_to_the_last_lesion_it_names_and_keeps_its_words_up_to_date(trial: Trial):
    trial.scan(*[20.0] * 6)
    trial.row("T7", 20.0)
    assert trial.stands() == {
        ("screening", 7, "target_choice"): (
            "T1, T2, T3, T4, T5, T6, T7: 7 lesions are measured, at most 5 count"
        )
    }
    trial.demote("T1")
    assert trial.stands() == {
        ("screening", 7, "target_choice"): (
            "T2, T3, T4, T5, T6, T7: 6 lesions are measured, at most 5 count"
        )
    }


def test_a_removed_row_closes_and_moves_what_is_told_of_its_siblings(trial: Trial):
    for k in (1, 2, 3):
        trial.row(f"T{k}", 20.0, lesion_organ="liver")
    assert trial.stands() == {
        ("screening", 3, "target_choice"): "T1, T2, T3: 3 of them in liver: at most 2"
    }
    place = Place(subject="01", visit="screening", form="lesions", row=1)
    remove_row(trial.ward.desk, trial.ward.person, place=place, why="entered twice")
    assert trial.stands() == {}


def test_what_was_overridden_is_not_told_again_because_of_a_sibling(trial: Trial):
    trial.scan(*[20.0] * 6)
    why = "all six agreed with the radiologist"
    place = trial.place(6, "target_choice")
    override_finding(trial.ward.desk, trial.ward.person, place=place, why=why)
    trial.row("N1", None)
    assert trial.stands() == {}
    trial.row("T7", 20.0)
    assert list(trial.stands()) == [("screening", 7, "target_choice")]
    trial.demote("T7")
    assert trial.stands() == {}


def test_a_target_that_is_too_small_is_told(trial: Trial):
    trial.row("T1", 9.0)
    trial.row("T2", 14.0, lesion_organ="lymph_node")
    trial.row("T3", 10.0)
    assert trial.stands() == {
        ("screening", 1, "target_not_measurable"): "T1: a diameter of 9 mm is below 10 mm",
        ("screening", 2, "target_not_measurable"): (
            "T2: a short axis of 14 mm is a pathological node, but below 15 mm"
        ),
    }
    assert tumour_readings(trial.subject, rulebook=trial.ward.desk.rulebook)[0].sum_mm == 33.0


def test_a_target_without_diameter_leaves_the_sum_unknown(trial: Trial):
    trial.row("T1", None, lesion_state="not_evaluated")
    assert trial.stands() == {
        ("screening", 1, "target_not_measurable"): (
            "T1: a target without diameter leaves the sum unknown"
        )
    }


@pytest.mark.parametrize(
    ("known", "say"),
    [
        ({}, None),
        ({"slice_mm": 5.0, "measured_by": "ct_or_mri", "treated_before": "none"}, None),
        ({"slice_mm": 8.0}, "a diameter of 15 mm is below 16 mm, twice the sections of 8 mm"),
        ({"slice_mm": 7.5}, None),
        ({"measured_by": "chest_film"}, "a diameter of 15 mm is below 20 mm"),
        ({"measured_by": "calliper", "slice_mm": 8.0}, None),
        ({"treated_before": "treated"}, "it was treated locally and has not progressed since"),
        ({"treated_before": "progressed_since"}, None),
    ],
)
def test_only_what_is_known_speaks_against_a_target(
    trial: Trial, known: dict[str, Any], say: str | None
):
    trial.row("T1", 15.0, **known)
    told = {} if say is None else {("screening", 1, "target_not_measurable"): f"T1: {say}"}
    assert trial.stands() == told


def test_only_the_choice_at_baseline_is_told(trial: Trial):
    trial.scan(20.0)
    trial.start()
    trial.scan(4.0, at="scan_1", on=42)
    assert trial.stands() == {}


def test_an_old_baseline_is_told_once_the_start_is_known(trial: Trial):
    trial.scan(20.0, 20.0, on=-29)
    assert trial.stands() == {}
    trial.start()
    assert trial.stands() == {
        ("screening", 1, "baseline_day"): (
            "the baseline of 2026-02-01 is 29 days before the start, at most 28"
        )
    }
    trial.row("T3", 20.0, at="any_time", on=-3)
    assert trial.stands() == {}


def test_a_baseline_after_the_start_is_told(trial: Trial):
    trial.start()
    [finding] = trial.scan(20.0, on=2).findings
    assert finding.kind is FindingKind.BASELINE_DAY
    assert finding.say == "the baseline of 2026-03-04 comes after the start of 2026-03-02"


def test_a_target_that_baseline_does_not_have_is_told_and_there_is_no_response(trial: Trial):
    trial.scan(20.0)
    trial.start()
    trial.row("T1", 18.0, at="scan_1", on=42)
    receipt = trial.row("T2", 12.0, at="scan_1", on=42)
    [finding] = receipt.findings
    assert finding.kind is FindingKind.LESIONS_CONTRADICT
    assert finding.say == (
        "RECIST cannot take the assessment of 2026-04-13: a lesion that baseline does not have "
        "is new ('T2')"
    )
    assert receipt.response is None
    late = trial.row("T2", 12.0, on=-5)
    assert late.response is not None
    assert trial.stands() == {}


def test_contradictions_of_several_assessments_are_told_each_on_its_row(trial: Trial):
    trial.scan(20.0)
    trial.start()
    trial.row("T2", 12.0, at="scan_1", on=42)
    trial.row("T1", 18.0, at="scan_2", on=84)
    trial.row("T1", 19.0, at="scan_2", on=84, row=2)
    assert list(trial.stands()) == [
        ("scan_1", 2, "lesions_contradict"),
        ("scan_2", 2, "lesions_contradict"),
    ]
    assert "a lesion is there twice ('T1')" in trial.stands()["scan_2", 2, "lesions_contradict"]


def test_a_baseline_that_recist_cannot_take_is_told_and_nothing_else(trial: Trial):
    trial.row("T1", 9.0, lesion_state="absent")
    assert list(trial.stands()) == [("screening", 1, "lesions_contradict")]
    assert trial.row("T2", 9.0).response is None


def test_a_state_that_its_diameter_contradicts_is_told_with_both(trial: Trial):
    trial.scan(20.0, 20.0)
    trial.start()
    trial.row("T1", 9.0, at="scan_1", on=42, lesion_state="absent")
    trial.row("T2", 20.0, at="scan_1", on=42)
    assert trial.stands() == {
        ("scan_1", 1, "lesions_contradict"): (
            "RECIST cannot take the assessment of 2026-04-13: state and diameter contradict each "
            "other (lesion 'T1': absent, 9.0 mm)"
        )
    }


def test_a_signature_on_a_sibling_stands_though_a_finding_closes_there(trial: Trial):
    trial.scan(*[20.0] * 6)
    place = Place(subject="01", visit="screening", form="lesions", row=6)
    sign_form(trial.ward.desk, trial.ward.person, place=place, meaning="read and agreed")
    trial.demote("T1")
    assert trial.stands() == {}
    assert trial.subject.rows["screening", "lesions", 6].signature is not None


def test_a_form_that_is_refused_leaves_the_findings_of_siblings_alone(trial: Trial):
    trial.scan(*[20.0] * 6)
    before = trial.stands()
    with pytest.raises(RecordRefused):
        trial.row("T1", None, lesion_kind="non_target", lesion_state="present", diameter_mm=None)
    assert trial.stands() == before


@pytest.mark.parametrize("hidden", ["diameter_mm", "lesion_organ", "lesions", "randomisation_date"])
def test_findings_about_lesions_are_hidden_with_what_they_tell(trial: Trial, hidden: str):
    trial.row("T1", 9.0, on=-40)
    trial.start()
    study = trial.ward.desk.study
    snapshot = take_snapshot(trial.ward.desk)
    assert {"recist.target_not_measurable", "recist.baseline_day"} == set(
        snapshot.findings["check"]
    )
    seen = Role(label="Seen", may=(Permission.READ,), hidden=("age",))
    assert visible_to(snapshot, role=seen, study=study).findings.height == 2
    role = Role(label="Blind", may=(Permission.READ,), hidden=(hidden,))
    assert visible_to(snapshot, role=role, study=study).findings.is_empty()


def test_a_role_that_must_not_see_diameters_gets_no_response(
    make_ward: Make, words: Mapping[str, Any]
):
    may = ["record", "register", "allocate", "sign", "read"]
    roles = {
        "doctor": {"label": "Doctor", "may": may},
        "clerk": {"label": "Clerk", "may": ["record"], "hidden": ["diameter_mm"]},
    }
    trial = Trial(make_ward(**words, roles=roles))
    trial.scan(30.0, 20.0)
    values = {"lesion": "N1", "lesion_kind": "non_target", "lesion_organ": "bone"}
    filled = FilledForm(
        subject="01",
        visit="screening",
        form="lesions",
        row=3,
        date=DAY,
        values=values | {"lesion_state": "present"},
    )
    clerk = replace(trial.ward.person, role="clerk")
    assert record_form(trial.ward.desk, clerk, filled).response is None
    again = replace(filled, row=4, values=filled.values | {"lesion": "N2"})
    assert record_form(trial.ward.desk, trial.ward.person, again).response is not None
