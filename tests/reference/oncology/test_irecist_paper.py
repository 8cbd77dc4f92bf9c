import datetime as dt

import pytest

from equipoise.oncology.response.irecist import irecist_responses
from equipoise.oncology.response.irecist_best import (
    DatedIResponse,
    IProgression,
    irecist_best,
    irecist_progression,
)
from equipoise.oncology.response.irecist_words import IResponse
from equipoise.oncology.response.recist import Lesion, LesionKind, LesionState
from equipoise.oncology.response.recist_timepoints import Assessment

SEYMOUR = "paper: Seymour et al. 2017, doi:10.1016/S1470-2045(17)30074-8"
COMMITTEE = "paper: EORTC RECIST committee, iRECIST questions, "
START = dt.date(2026, 1, 1)
MEASURED, PRESENT = LesionState.MEASURED, LesionState.PRESENT
GROWN, WORSE = LesionState.GROWN, LesionState.UNEQUIVOCAL_PROGRESSION


def lesion(name, seen):
    """Return a lesion by its name: T target, N non-target, X new; `seen` is mm or a state."""
    kinds = {"T": LesionKind.TARGET, "N": LesionKind.NON_TARGET, "X": LesionKind.NEW}
    state, size = (seen, None) if isinstance(seen, LesionState) else (MEASURED, seen)
    return Lesion(name=name, kind=kinds[name[0]], nodal=False, state=state, diameter_mm=size)


def course(*visits):
    """Return assessments 8 weeks apart."""
    return [
        Assessment(
            date=START + dt.timedelta(weeks=8 * place),
            lesions=tuple(lesion(name, seen) for name, seen in visit.items()),
        )
        for place, visit in enumerate(visits)
    ]


def calls(*visits):
    return " ".join(str(point.response) for point in irecist_responses(course(*visits))[1:])


@pytest.mark.source(SEYMOUR + ", table 2: targets")
@pytest.mark.parametrize(
    ("then", "expected"),
    [
        (84.9, "iUPD iUPD"),
        (85.0, "iUPD iCPD"),
        (75.0, "iUPD iUPD"),
        (71.0, "iUPD iSD"),
        (42.0, "iUPD iPR"),
        (0.0, "iUPD iCR"),
    ],
)
def test_a_progression_of_targets_is_confirmed_by_5_mm_more_or_reset_by_shrinking(then, expected):
    assert calls({"T1": 60}, {"T1": 80}, {"T1": then}) == expected


@pytest.mark.source(COMMITTEE + "sequential increases add up: 4 mm, then 2 mm")
def test_increases_below_the_limit_add_up():
    assert calls({"T1": 60}, {"T1": 80}, {"T1": 84}, {"T1": 86}) == "iUPD iUPD iCPD"


@pytest.mark.source(SEYMOUR + ", table 2: non-targets; any increase confirms")
@pytest.mark.parametrize(
    ("then", "expected"), [(WORSE, "iUPD iUPD"), (GROWN, "iUPD iCPD"), (PRESENT, "iUPD iSD")]
)
def test_a_progression_of_non_targets_is_confirmed_by_any_growth(then, expected):
    first = {"T1": 60, "N1": PRESENT}
    assert calls(first, {"T1": 60, "N1": WORSE}, {"T1": 60, "N1": then}) == expected


@pytest.mark.source(
    SEYMOUR + ", table 2: measured new lesions, 5 mm in sum; unmeasured, any growth"
)
@pytest.mark.parametrize(
    ("new", "then", "expected"),
    [
        ({"X1": 12}, {"X1": 12}, "iUPD iUPD"),
        ({"X1": 12}, {"X1": 16.9}, "iUPD iUPD"),
        ({"X1": 12}, {"X1": 17}, "iUPD iCPD"),
        ({"X1": 12, "X2": 11}, {"X1": 14, "X2": 14}, "iUPD iCPD"),
        ({"X1": PRESENT}, {"X1": PRESENT}, "iUPD iUPD"),
        ({"X1": PRESENT}, {"X1": GROWN}, "iUPD iCPD"),
        ({"X1": PRESENT}, {"X1": PRESENT, "X2": PRESENT}, "iUPD iCPD"),
        ({"X1": PRESENT}, {"X1": LesionState.ABSENT}, "iUPD iSD"),
    ],
)
def test_new_lesions_confirm_by_growth_or_number(new, then, expected):
    assert calls({"T1": 60}, {"T1": 60, **new}, {"T1": 60, **then}) == expected


@pytest.mark.source(SEYMOUR + ": progression of another component confirms")
@pytest.mark.parametrize(
    "then",
    [
        {"T1": 80, "N1": PRESENT, "X1": PRESENT},
        {"T1": 80, "N1": WORSE},
        {"T1": 60, "N1": PRESENT, "X1": PRESENT},
    ],
)
def test_progression_elsewhere_confirms(then):
    assert calls({"T1": 60, "N1": PRESENT}, {"T1": 80, "N1": PRESENT}, then) == "iUPD iCPD"


@pytest.mark.source(COMMITTEE + "scenarios B, D and F of the response after new lesions")
def test_response_after_a_new_lesion_needs_shrinkage_after_it():
    new = {"X1": PRESENT}
    assert calls({"T1": 60}, {"T1": 60, **new}, {"T1": 40, **new}) == "iUPD iPR"
    assert calls({"T1": 60}, {"T1": 60}, {"T1": 80}, {"T1": 40}) == "iSD iUPD iPR"
    shrunk = calls({"T1": 60}, {"T1": 40}, {"T1": 40, **new}, {"T1": 40, **new})
    assert shrunk == "iPR iUPD iUPD"


@pytest.mark.source(COMMITTEE + "new lesions that stay after the bar was reset: second scenario")
@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ({"X1": 14}, "iPR"),
        ({"X1": 16}, "iPR"),
        ({"X1": 17}, "iUPD"),
        ({"X1": WORSE}, "iUPD"),
        ({"X1": 12, "X2": PRESENT}, "iUPD"),
    ],
)
def test_after_a_reset_known_new_lesions_count_by_recist_and_further_ones_at_once(then, expected):
    seen = {"X1": 12}
    before = ({"T1": 60}, {"T1": 60, **seen}, {"T1": 40, **seen})
    assert calls(*before, {"T1": 40, **then}) == f"iUPD iPR {expected}"


@pytest.mark.source(SEYMOUR + ": the bar is reset, and an iUPD has to occur again from the nadir")
def test_after_a_reset_progression_counts_from_the_nadir():
    assert calls({"T1": 60}, {"T1": 80}, {"T1": 50}, {"T1": 59.9}) == "iUPD iSD iSD"
    assert calls({"T1": 60}, {"T1": 80}, {"T1": 50}, {"T1": 60}) == "iUPD iSD iUPD"
    again = calls({"T1": 60}, {"T1": 80}, {"T1": 50}, {"T1": 60}, {"T1": 65})
    assert again == "iUPD iSD iUPD iCPD"


def dated(text):
    return [
        DatedIResponse(date=START + dt.timedelta(weeks=8 * place), response=IResponse(word))
        for place, word in enumerate(text.split(), start=1)
    ]


def week(number):
    return START + dt.timedelta(weeks=number)


@pytest.mark.source(SEYMOUR + ", two episodes: the second iUPD is confirmed")
def test_progression_dates_from_the_first_iupd_of_the_confirmed_episode():
    points = irecist_responses(course({"T1": 60}, {"T1": 80}, {"T1": 40}, {"T1": 50}, {"T1": 55}))
    assert [str(point.response) for point in points[1:]] == ["iUPD", "iPR", "iUPD", "iCPD"]
    assert irecist_progression(points) == IProgression(date=week(24), confirmed_on=week(32))
    assert irecist_best(points, since=START).response is IResponse.IPR


@pytest.mark.source("program: pharmaverse admiralonco, vignette irecist, events icpd_y and iupd_y")
@pytest.mark.parametrize(
    ("text", "date", "confirmed_on"),
    [
        ("iUPD iUPD iCPD", 8, 24),
        ("iSD iSD iUPD iPR iPR iUPD iCPD", 48, 56),
        ("iSD iUPD NE iUPD iCPD", 16, 40),
        ("iSD iUPD NE", 16, None),
        ("iUPD iSD iUPD iUPD", 24, None),
    ],
)
def test_progression_of_a_row_of_responses(text, date, confirmed_on):
    found = irecist_progression(dated(text))
    on = None if confirmed_on is None else week(confirmed_on)
    assert found == IProgression(date=week(date), confirmed_on=on)


@pytest.mark.source("program: pharmaverse admiralonco, vignette irecist: a reset iUPD is none")
@pytest.mark.parametrize("text", ["iUPD iSD", "iSD NE", "iUPD iPR NE"])
def test_an_iupd_that_was_reset_is_no_progression(text):
    assert irecist_progression(dated(text)) is None


@pytest.mark.source(COMMITTEE + "no iCPD from a scan less than four weeks after the first iUPD")
def test_a_scan_before_four_weeks_confirms_nothing():
    first, second = course({"T1": 60}, {"T1": 80})
    early = Assessment(
        date=second.date + dt.timedelta(days=27), lesions=(lesion("T1", 90), lesion("X1", PRESENT))
    )
    late = Assessment(date=second.date + dt.timedelta(days=28), lesions=early.lesions)
    assert irecist_responses([first, second, early])[-1].response is IResponse.IUPD
    assert irecist_responses([first, second, late])[-1].response is IResponse.ICPD
    allowed = irecist_responses([first, second, early], confirm_days=26)
    assert allowed[-1].response is IResponse.ICPD
