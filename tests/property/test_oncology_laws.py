import datetime as dt
from dataclasses import replace
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from equipoise.oncology import (
    best_overall_response,
    recist_responses,
)
from equipoise.oncology.response.best_response import DatedResponse
from equipoise.oncology.response.recist import (
    Lesion,
    LesionKind,
    LesionState,
    Response,
    target_response,
)
from equipoise.oncology.response.recist_timepoints import Assessment
from equipoise.oncology.surgery.pathology import TumourBed, pathological_response

START = dt.date(2026, 1, 1)
ORDER = list(Response)
TENTHS = st.integers(0, 2000)


def day(number):
    return START + dt.timedelta(days=number)


def target(name, tenths, *, nodal=False):
    state = LesionState.NOT_EVALUATED if tenths is None else LesionState.MEASURED
    return Lesion(
        name=name,
        kind=LesionKind.TARGET,
        nodal=nodal,
        state=state,
        diameter_mm=None if tenths is None else tenths / 10,
    )


@given(tenths=TENTHS, baseline=st.integers(1, 2000), nadir=TENTHS)
def test_target_response_is_the_rule_in_whole_tenths_of_a_millimetre(tenths, baseline, nadir):
    assume(nadir <= baseline)
    got = target_response(
        [target("T1", tenths)],
        baseline_mm=Decimal(baseline) / 10,
        nadir_mm=Decimal(nadir) / 10,
    )
    if tenths == 0:
        expected = Response.CR
    elif 5 * tenths >= 6 * nadir and tenths - nadir >= 50:
        expected = Response.PD
    else:
        expected = Response.PR if 10 * tenths <= 7 * baseline else Response.SD
    assert got is expected


visits = st.lists(
    st.tuples(st.none() | TENTHS, st.none() | st.integers(0, 300)), min_size=1, max_size=5
)


def course(sizes, *, swap=False):
    assessments = []
    for place, (liver, node) in enumerate(sizes):
        lesions = (target("T1", liver), target("T2", node, nodal=True))
        both = lesions[::-1] if swap else lesions
        assessments.append(Assessment(date=day(56 * place), lesions=both))
    return assessments


@given(visits)
def test_the_order_of_lesions_plays_no_part(sizes):
    one, other = recist_responses(course(sizes)), recist_responses(course(sizes, swap=True))
    assert [point.response for point in one] == [point.response for point in other]
    assert [point.nadir_mm for point in one] == [point.nadir_mm for point in other]


@given(visits)
def test_a_new_lesion_is_always_pd(sizes):
    *before, last = course([(500, 200), *sizes])
    new = Lesion(name="X1", kind=LesionKind.NEW, nodal=False, state=LesionState.PRESENT)
    points = recist_responses([*before, replace(last, lesions=(*last.lesions, new))])
    assert points[-1].response is Response.PD


@given(visits)
def test_every_response_begins_its_own_explanation(sizes):
    for point in recist_responses(course([(500, 200), *sizes]))[1:]:
        assert point.explanation.startswith(f"{point.response}: ")
        assert len(point.explanation) > len(f"{point.response}: ")


@given(visits)
def test_what_comes_later_never_changes_an_earlier_timepoint(sizes):
    whole = recist_responses(course(sizes))
    for length in range(len(sizes) + 1):
        assert recist_responses(course(sizes[:length])) == whole[:length]


responses = st.lists(st.tuples(st.integers(1, 200), st.sampled_from(ORDER)), max_size=6)


def dated(pairs):
    return [DatedResponse(date=day(on), response=response) for on, response in pairs]


@given(responses)
def test_confirmation_never_makes_a_best_response_better(pairs):
    strict = best_overall_response(dated(pairs), since=START, confirmed=True).response
    loose = best_overall_response(dated(pairs), since=START, confirmed=False).response
    assert (strict is None) == (loose is None)
    if strict is not None and loose is not None:
        assert ORDER.index(strict) >= ORDER.index(loose)


@given(responses, st.randoms(use_true_random=False))
def test_the_order_of_timepoints_plays_no_part(pairs, random):
    shuffled = list(pairs)
    random.shuffle(shuffled)
    for confirmed in (True, False):
        one = best_overall_response(dated(pairs), since=START, confirmed=confirmed)
        other = best_overall_response(dated(shuffled), since=START, confirmed=confirmed)
        assert one == other


@given(
    st.lists(st.tuples(st.integers(0, 100), st.integers(1, 50)), min_size=1, max_size=4),
    st.integers(2, 9),
)
def test_the_unit_of_area_plays_no_part_in_pathological_response(beds, scale):
    def judged(times):
        return pathological_response(
            [TumourBed(viable_percent=share, area_mm2=times * area) for share, area in beds],
            nodes_positive=False,
        )

    assert judged(1) == judged(scale)
    viable = sum(share * area for share, area in beds)
    assert judged(1).major is (viable <= 10 * sum(area for _, area in beds))
