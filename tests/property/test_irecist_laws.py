import datetime as dt

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from equipoise.oncology import recist_responses
from equipoise.oncology.response.irecist import irecist_responses
from equipoise.oncology.response.irecist_best import irecist_best, irecist_progression
from equipoise.oncology.response.irecist_words import OF_RECIST, IResponse
from equipoise.oncology.response.recist import Lesion, LesionKind, LesionState, Response
from equipoise.oncology.response.recist_timepoints import Assessment

START = dt.date(2026, 1, 1)
SIZES = st.integers(0, 40) | st.none()
OTHERS = st.sampled_from(
    [
        LesionState.ABSENT,
        LesionState.PRESENT,
        LesionState.PRESENT,
        LesionState.GROWN,
        LesionState.UNEQUIVOCAL_PROGRESSION,
        LesionState.NOT_EVALUATED,
    ]
)
NEW = st.sampled_from([None, None, None, LesionState.PRESENT, LesionState.GROWN]) | st.integers(
    0, 30
)
VISITS = st.lists(st.tuples(SIZES, OTHERS, NEW, NEW), max_size=6)


def lesion(name, kind, seen):
    if not isinstance(seen, LesionState):
        known = seen is not None
        state = LesionState.MEASURED if known else LesionState.NOT_EVALUATED
        size = float(seen) if known else None
        return Lesion(name=name, kind=kind, nodal=False, state=state, diameter_mm=size)
    return Lesion(name=name, kind=kind, nodal=False, state=seen)


def course(visits, *, swap=False):
    """Return assessments 6 weeks apart, the baseline with 30 mm and a non-target."""
    found = []
    for place, (size, other, *new) in enumerate([(30, LesionState.PRESENT), *visits]):
        lesions = [
            lesion("T1", LesionKind.TARGET, size),
            lesion("N1", LesionKind.NON_TARGET, other),
            *(
                lesion(f"X{number}", LesionKind.NEW, seen)
                for number, seen in enumerate(new)
                if seen is not None
            ),
        ]
        date = START + dt.timedelta(weeks=6 * place)
        found.append(Assessment(date=date, lesions=tuple(lesions[::-1] if swap else lesions)))
    return found


@given(VISITS)
def test_up_to_the_first_pd_irecist_is_recist(visits):
    plain, immune = recist_responses(course(visits)), irecist_responses(course(visits))
    for one, other in zip(plain[1:], immune[1:], strict=True):
        assert other.response is OF_RECIST[one.response]
        if one.response is Response.PD:
            break


@given(VISITS)
def test_what_comes_later_never_changes_an_earlier_time_point_of_irecist(visits):
    whole = irecist_responses(course(visits))
    for length in range(len(visits) + 1):
        assert irecist_responses(course(visits[:length])) == whole[: length + 1]


@given(VISITS)
def test_the_order_of_lesions_plays_no_part_in_irecist(visits):
    one, other = irecist_responses(course(visits)), irecist_responses(course(visits, swap=True))
    assert [point.response for point in one] == [point.response for point in other]


@given(VISITS)
def test_icpd_comes_only_after_iupd_and_lasts(visits):
    calls = [point.response for point in irecist_responses(course(visits))[1:]]
    if IResponse.ICPD in calls:
        first = calls.index(IResponse.ICPD)
        assert set(calls[first:]) == {IResponse.ICPD}
        before = [call for call in calls[:first] if call is not IResponse.NE]
        assert before[-1] is IResponse.IUPD


@given(VISITS)
def test_progression_by_irecist_is_never_before_that_by_recist(visits):
    points = irecist_responses(course(visits))
    found = irecist_progression(points)
    first = [point.date for point in points if point.point.response is Response.PD]
    if found is not None:
        assert found.date >= first[0]
        assert irecist_best(points, since=START).response is not None


@given(VISITS)
def test_every_response_of_irecist_begins_its_own_explanation(visits):
    for point in irecist_responses(course(visits))[1:]:
        assert point.explanation.startswith(f"{point.response}: ")
        assert len(point.explanation) > len(f"{point.response}: ")


def twin(sums):
    """Return the responses to a row of sums of targets, by the words of the paper alone.

    One component: an iUPD is confirmed by a sum 5 mm or more above the smallest since it was
    called, stays while the sum is 20 % and 5 mm above the nadir before it, and is reset otherwise.
    """
    told, waiting, cleared = [], [], False
    for place, now in enumerate(sums[1:], start=1):
        nadir = min(sums[:place])
        grown = now - nadir >= 5 and now >= 1.2 * nadir - 1e-9
        grown = grown or (cleared and now > 0)
        confirmed = grown and bool(waiting) and now - min(waiting) >= 5
        if confirmed or "iCPD" in told:
            told.append("iCPD")
        elif grown:
            waiting.append(now)
            told.append("iUPD")
        else:
            waiting = []
            shrunk = now <= 0.7 * sums[0] + 1e-9
            told.append("iCR" if now == 0 else ("iPR" if shrunk else "iSD"))
        cleared = cleared or now == 0
    return told


def test_a_row_of_sums_is_judged_as_by_a_twin_on_thousands_of_histories():
    draw = np.random.default_rng(20260304)
    reached = set()
    for _ in range(3_000):
        steps = draw.choice([-12, -6, -2, 0, 0, 2, 4, 5, 8], draw.integers(1, 7))
        sums = [30, *np.maximum(30 + steps.cumsum(), 0).tolist()]
        assessments = [
            Assessment(
                date=START + dt.timedelta(weeks=6 * place),
                lesions=(lesion("T1", LesionKind.TARGET, size),),
            )
            for place, size in enumerate(sums)
        ]
        calls = [str(point.response) for point in irecist_responses(assessments)[1:]]
        assert calls == twin(sums)
        reached |= set(calls)
    assert reached == {"iCR", "iPR", "iSD", "iUPD", "iCPD"}
