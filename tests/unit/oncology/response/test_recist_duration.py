import datetime as dt

import pytest

from equipoise.base import BadInput
from equipoise.oncology import recist_responses
from equipoise.oncology.response.best_response import GUIDELINE, DatedResponse
from equipoise.oncology.response.recist import Lesion, LesionKind, LesionState, Response
from equipoise.oncology.response.recist_duration import (
    EndOfResponse,
    Recurrence,
    Watched,
    recurrence_after,
    response_duration,
)
from equipoise.oncology.response.recist_timepoints import Assessment

START = dt.date(2026, 1, 1)


def day(number):
    return START + dt.timedelta(days=number)


def lasted(text, *, confirmed=True, **options):
    pairs = (part.split() for part in text.split(", "))
    points = [DatedResponse(date=day(int(on)), response=Response(call)) for on, call in pairs]
    return response_duration(points, confirmed=confirmed, **options)


def ends(text, **options):
    found = lasted(text, **options)
    return (found.start - START).days, (found.end - START).days, found.how


def test_a_response_lasts_from_its_first_day_to_progression():
    assert ends("50 SD, 80 PR, 110 CR, 150 PD") == (80, 150, EndOfResponse.PROGRESSION)
    found = lasted("80 PR, 110 PR, 150 PD")
    assert found.is_event
    assert found.days == 71
    assert found.explanation == "Response from 2026-03-22 to progression on 2026-05-31: 71 days"


def test_without_response_there_is_no_duration():
    assert lasted("50 SD, 80 PD") is None
    assert lasted("50 PR, 80 PD") is None
    assert lasted("50 PR, 80 PD", confirmed=False).days == 31


def test_death_ends_a_response_and_progression_of_the_same_day_goes_first():
    dead = Watched(death=day(120))
    assert ends("50 PR, 80 PR", watched=dead) == (50, 120, EndOfResponse.DEATH)
    assert ends("50 PR, 80 PR, 120 PD", watched=dead) == (50, 120, EndOfResponse.PROGRESSION)


def test_an_ongoing_response_is_censored_at_the_last_adequate_assessment():
    assert ends("50 PR, 80 PR, 110 NE") == (50, 80, EndOfResponse.STILL_RESPONDING)
    found = lasted("50 PR, 80 PR, 110 NE")
    assert not found.is_event
    assert found.explanation.endswith(
        "the last adequate assessment on 2026-03-22, censored: 31 days"
    )


def test_nothing_after_the_last_day_counts():
    text = "50 PR, 80 PR, 120 PD"
    assert ends(text, watched=Watched(last_day=day(120)))[2] is EndOfResponse.PROGRESSION
    surgery = Watched(last_day=day(119), death=day(130))
    assert ends(text, watched=surgery) == (50, 80, EndOfResponse.STILL_RESPONDING)


def test_an_event_after_a_long_gap_is_censored_before_it():
    gap = Watched(longest_gap_days=60)
    assert ends("50 PR, 80 PR, 140 PD", watched=gap)[2] is EndOfResponse.PROGRESSION
    assert ends("50 PR, 80 PR, 141 PD", watched=gap) == (50, 80, EndOfResponse.AFTER_A_GAP)
    told = lasted("50 PR, 80 PR, 141 PD", watched=gap)
    assert "too long a gap" in told.explanation
    with pytest.raises(BadInput, match="no such gap"):
        Watched(longest_gap_days=0)


def test_what_comes_back_after_cr_ends_it_where_the_rules_say_so():
    text = "50 CR, 80 CR, 110 PR"
    assert ends(text)[2] is EndOfResponse.STILL_RESPONDING
    assert ends(text, rules=GUIDELINE) == (50, 110, EndOfResponse.PROGRESSION)


def seen(*visits):
    """Return time points 50 days apart: the size of the target, the state of a new lesion."""
    assessments = []
    for place, (size, new) in enumerate(visits):
        lesions = [
            Lesion(
                name="T1",
                kind=LesionKind.TARGET,
                nodal=False,
                state=LesionState.MEASURED,
                diameter_mm=size,
            )
        ]
        if new is not None:
            lesions.append(Lesion(name="X1", kind=LesionKind.NEW, nodal=False, state=new))
        assessments.append(Assessment(date=day(50 * place), lesions=tuple(lesions)))
    return recist_responses(assessments)


NEW, DOUBT = LesionState.PRESENT, LesionState.EQUIVOCAL


def test_after_a_resection_only_a_new_lesion_is_a_recurrence():
    points = seen((40, None), (20, None), (0, None), (6, None), (0, NEW))
    found = recurrence_after(points, surgery=day(75))
    assert found == Recurrence(date=day(200), seen_on=day(200))
    assert recurrence_after(points[:4], surgery=day(75)) is None


def test_a_suspected_recurrence_dates_back_but_not_to_before_surgery():
    points = seen((40, None), (20, DOUBT), (0, DOUBT), (0, NEW))
    assert recurrence_after(points, surgery=day(25)) == Recurrence(date=day(50), seen_on=day(150))
    assert recurrence_after(points, surgery=day(75)) == Recurrence(date=day(100), seen_on=day(150))
    assert recurrence_after(points, surgery=day(125)) == Recurrence(date=day(150), seen_on=day(150))


def test_a_new_lesion_before_surgery_is_no_recurrence():
    assert recurrence_after(seen((40, None), (20, NEW)), surgery=day(50)) is None


def test_a_recurrence_never_dates_back_to_a_doubt_about_another_lesion():
    doubt, missed = LesionState.EQUIVOCAL, LesionState.NOT_EVALUATED
    rows = ({}, {"X1": doubt}, {"X1": missed, "X2": doubt}, {"X1": LesionState.PRESENT})
    kept = {"name": "T1", "kind": LesionKind.TARGET, "nodal": False}
    points = recist_responses(
        [
            Assessment(
                date=day(50 * place),
                lesions=(
                    Lesion(**kept, state=LesionState.MEASURED, diameter_mm=20),
                    *(
                        Lesion(name=name, kind=LesionKind.NEW, nodal=False, state=state)
                        for name, state in new.items()
                    ),
                ),
            )
            for place, new in enumerate(rows)
        ]
    )
    assert recurrence_after(points, surgery=day(75)) == Recurrence(date=day(150), seen_on=day(150))
