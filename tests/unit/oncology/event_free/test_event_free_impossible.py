import pytest

from equipoise.base import BadInput
from equipoise.oncology.event_free.event_free_history import CONTRADICTIONS, SurgeryOutcome
from equipoise.oncology.surgery.resection import Margin

from .event_free_histories import day, explored, history, judged, resected

IMPOSSIBLE = [
    (history(recurrence=100), "recurrence without resection"),
    (explored(recurrence=100), "recurrence without resection"),
    (explored(recurrence_suspected=100), "a suspected recurrence without resection"),
    (resected(recurrence=83), "recurrence before surgery"),
    (resected(recurrence_suspected=83), "a suspected recurrence before surgery"),
    (
        resected(recurrence_suspected=101, recurrence=100),
        "recurrence confirmed before it was suspected",
    ),
    (history(margin=Margin.R0), "a margin without surgery"),
    (history(outcome=SurgeryOutcome.RESECTED), "an outcome of surgery without its date"),
    (explored(margin=Margin.R1), "R0 or R1 of an exploration"),
    (explored(pathological_complete=False), "a pathological response without resection"),
    (
        resected(margin=Margin.R1, pathological_complete=True),
        "complete pathological response with R1 or R2",
    ),
    (resected(not_operated=85), "a decision against surgery after surgery"),
    (
        history(precludes_surgery=False),
        "whether progression precluded surgery, without a progression",
    ),
    (resected(surgery=-1), "surgery before randomisation"),
    (history(progressions=(5, -1)), "progression before randomisation"),
    (history(not_operated=-1), "a decision against surgery before randomisation"),
    (resected(recurrence=-1), "recurrence before randomisation"),
    (resected(recurrence_suspected=-1), "a suspected recurrence before randomisation"),
    (history(second_primary=-1), "a second primary tumour before randomisation"),
    (history(new_therapy=-1), "new therapy before randomisation"),
    (history(death=-1), "death before randomisation"),
    (history(progressions=(5, 51), death=50), "progression after death"),
    (resected(death=83), "surgery after death"),
    (history(not_operated=51, death=50), "a decision against surgery after death"),
    (resected(recurrence=200, death=199), "recurrence after death"),
    (resected(recurrence_suspected=200, death=199), "a suspected recurrence after death"),
    (history(second_primary=51, death=50), "a second primary tumour after death"),
    (history(new_therapy=51, death=50), "new therapy after death"),
    (history(death=50, assessments=(10, 51)), "an assessment after death"),
    (history(death=50, last_alive=51), "a sign of life after death"),
]


@pytest.mark.parametrize(("subject", "what"), IMPOSSIBLE)
def test_impossible_histories_are_refused_with_the_reason(subject, what):
    with pytest.raises(BadInput, match=what):
        judged(subject)


def test_every_contradiction_that_is_looked_for_can_be_found():
    found = {one.says for one in CONTRADICTIONS for subject, _ in IMPOSSIBLE if one.found(subject)}
    assert found == {one.says for one in CONTRADICTIONS}


def test_every_reason_is_told_at_once():
    with pytest.raises(BadInput) as caught:
        judged(history(recurrence=100, margin=Margin.R0, death=50), cut_off=-1)
    assert [fault.what for fault in caught.value.faults] == [
        "recurrence without resection",
        "a margin without surgery",
        "recurrence after death",
        "data cut-off before randomisation",
    ]
    assert caught.value.faults[0].got == (
        "randomised 2026-01-01, margin R0, recurrence 2026-04-11, death 2026-02-20"
    )


def test_a_possible_complete_response_passes():
    subject = resected(margin=Margin.R0, pathological_complete=True, assessments=(100,))
    assert judged(subject).date == day(100)
