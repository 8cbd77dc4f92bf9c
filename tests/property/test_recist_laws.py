import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from equipoise.oncology import best_overall_response, recist_responses
from equipoise.oncology.response.best_response import (
    ADMIRALONCO,
    GUIDELINE,
    GUIDELINE_RECODED,
    DatedResponse,
    first_response,
    progression_date,
)
from equipoise.oncology.response.recist import Lesion, LesionKind, LesionState, Response
from equipoise.oncology.response.recist_baseline import Imaged, Use, lesion_use, selection_findings
from equipoise.oncology.response.recist_duration import Watched, response_duration
from equipoise.oncology.response.recist_timepoints import Assessment, Regrowth

START = dt.date(2026, 1, 1)
ORDER = list(Response)
CONVENTIONS = st.sampled_from([ADMIRALONCO, GUIDELINE, GUIDELINE_RECODED])
SUMS = st.lists(st.integers(0, 600), min_size=1, max_size=6)
CALLS = st.lists(st.tuples(st.integers(1, 60), st.sampled_from(ORDER)), max_size=6)


def day(number):
    return START + dt.timedelta(days=number)


def target(name, tenths, **known):
    return Lesion(
        name=name,
        kind=LesionKind.TARGET,
        nodal=known.get("nodal", False),
        state=LesionState.MEASURED,
        diameter_mm=tenths / 10,
        organ=known.get("organ"),
    )


def course(sums, *, times=1, regrowth=Regrowth.BY_VISIT):
    visits = [
        Assessment(date=day(56 * place), lesions=(target("T1", times * tenths),))
        for place, tenths in enumerate([400, *sums])
    ]
    return [point.response for point in recist_responses(visits, regrowth=regrowth)[1:]]


@given(SUMS, st.integers(2, 9))
def test_larger_lesions_of_the_same_shape_keep_every_response_but_sd_of_small_growth(sums, times):
    """Only the 5 mm of PD depend on the scale, and they are met more easily at a larger one."""
    small, large = course(sums), course(sums, times=times)
    first = next(
        (i for i, pair in enumerate(zip(small, large, strict=True)) if len({*pair}) > 1), 0
    )
    assert small[:first] == large[:first]
    if small != large:
        assert small[first] is not Response.PD
        assert large[first] is Response.PD


@given(SUMS)
def test_a_pr_that_lasts_never_makes_a_response_worse(sums):
    by_visit, stays = course(sums), course(sums, regrowth=Regrowth.STAYS_PR)
    pairs = list(zip(by_visit, stays, strict=True))
    assert all(one is other or (one, other) == (Response.SD, Response.PR) for one, other in pairs)


def points(pairs):
    found, on = [], 0
    for gap, response in pairs:
        on += gap
        found.append(DatedResponse(date=day(on), response=response))
    return found


@given(CALLS, CONVENTIONS)
def test_best_response_first_response_and_progression_fit_together(pairs, rules):
    history = points(pairs)
    best = best_overall_response(history, since=START, confirmed=True, rules=rules)
    first = first_response(history, confirmed=True, rules=rules)
    responded = best.response in {Response.CR, Response.PR}
    assert (first is not None) == responded
    if first is not None:
        assert first.date <= best.date
        assert first.confirmed_on - first.date >= dt.timedelta(days=rules.confirm_days)
        progressed = progression_date(history, rules=rules)
        assert progressed is None or progressed > first.confirmed_on


@given(
    pairs=CALLS,
    rules=CONVENTIONS,
    last=st.none() | st.integers(0, 300),
    gap=st.none() | st.integers(1, 90),
)
def test_a_duration_begins_with_the_first_response_and_ends_by_the_last_day(
    *, pairs, rules, last, gap
):
    history = points(pairs)
    last_day = None if last is None else day(last)
    watched = Watched(death=day(310), last_day=last_day, longest_gap_days=gap)
    found = response_duration(history, confirmed=False, watched=watched, rules=rules)
    first = first_response(history, confirmed=False, until=last_day, rules=rules)
    assert (found is None) == (first is None)
    if found is not None and first is not None:
        assert found.start == first.date <= found.end
        assert found.days >= 1
        assert last_day is None or found.end <= last_day


@given(CALLS, CONVENTIONS)
def test_reading_a_cr_by_the_guideline_never_makes_the_best_response_better(pairs, rules):
    history = points(pairs)
    strict = best_overall_response(history, since=START, confirmed=False, rules=rules)
    plain = best_overall_response(history, since=START, confirmed=False, rules=ADMIRALONCO)
    if plain.response is not None and strict.response is not None:
        assert ORDER.index(strict.response) >= ORDER.index(plain.response)


@given(st.integers(0, 400), st.integers(1, 20), st.booleans())
def test_a_larger_lesion_is_never_less_measurable(tenths, slice_mm, nodal):
    order = [Use.NO_LESION, Use.NON_TARGET, Use.TARGET]
    one, other = (
        lesion_use(Imaged(nodal=nodal, diameter_mm=size / 10, slice_mm=slice_mm)).use
        for size in (tenths, tenths + 1)
    )
    assert order.index(one) <= order.index(other)


@given(st.lists(st.tuples(st.sampled_from(["liver", "lung", None]), st.booleans()), max_size=8))
def test_the_order_of_targets_plays_no_part_in_what_is_found(places):
    lesions = [
        target(f"T{n}", 300, organ=organ, nodal=nodal) for n, (organ, nodal) in enumerate(places)
    ]
    one = {frozenset(finding.lesions) for finding in selection_findings(lesions)}
    other = {frozenset(finding.lesions) for finding in selection_findings(lesions[::-1])}
    assert one == other
