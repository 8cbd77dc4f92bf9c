import datetime as dt
from dataclasses import replace
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from equipoise.oncology import (
    best_overall_response,
    ctcae_grade,
    event_free_survival,
    recist_responses,
)
from equipoise.oncology.best_response import DatedResponse
from equipoise.oncology.ctcae_table import Term
from equipoise.oncology.event_free import (
    AtSurgery,
    History,
    Landmark,
    NotAnEvent,
    ProgressionRule,
    SurgeryOutcome,
)
from equipoise.oncology.recist import Lesion, LesionKind, LesionState, Response, target_response
from equipoise.oncology.recist_timepoints import Assessment
from equipoise.oncology.resection import Margin, TumourBed, pathological_response

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


ENZYMES = st.sampled_from([Term.ALT, Term.AST, Term.ALP, Term.GGT, Term.BILIRUBIN, Term.CREATININE])


def enzyme(term, value, *, limit, baseline):
    got = ctcae_grade(term, value, lower_limit=None, upper_limit=limit, baseline=baseline)
    assert got.grade is not None
    return got.grade


@given(
    term=ENZYMES,
    values=st.tuples(st.integers(0, 4000), st.integers(0, 4000)),
    known=st.fixed_dictionaries(
        {"limit": st.integers(1, 100), "baseline": st.none() | st.integers(1, 300)}
    ),
)
def test_a_higher_enzyme_is_never_a_milder_grade(term, values, known):
    assert enzyme(term, min(values), **known) <= enzyme(term, max(values), **known)


@given(
    term=ENZYMES,
    value=st.integers(0, 4000),
    limit=st.integers(1, 100),
    baseline=st.none() | st.integers(1, 300),
)
def test_the_unit_of_an_enzyme_plays_no_part(*, term, value, limit, baseline):
    eighth = None if baseline is None else baseline / 8
    scaled = enzyme(term, value / 8, limit=limit / 8, baseline=eighth)
    assert scaled == enzyme(term, value, limit=limit, baseline=baseline)


@given(
    term=st.sampled_from(list(Term)),
    value=st.floats(0, 300),
    limit=st.none() | st.floats(0.1, 150),
    symptomatic=st.booleans() | st.none(),
)
def test_knowing_more_never_changes_a_grade_that_was_known(*, term, value, limit, symptomatic):
    less = ctcae_grade(term, value, lower_limit=None, upper_limit=None)
    more = ctcae_grade(term, value, lower_limit=limit, upper_limit=limit, symptomatic=symptomatic)
    assert less.grade is None or less.grade == more.grade


dates = st.none() | st.integers(0, 400)
CONVENTIONS = (AtSurgery(), NotAnEvent(), Landmark(days=112))


@st.composite
def histories(draw):
    surgery = draw(dates)
    outcome = None if surgery is None else draw(st.sampled_from(SurgeryOutcome))
    resected = outcome is SurgeryOutcome.RESECTED
    recurrence = draw(dates) if resected else None
    progression, last = draw(dates), draw(dates)
    earlier = [number for number in (surgery, recurrence, progression, last) if number is not None]
    death = draw(st.none() | st.integers(max(earlier, default=0), 500))
    assume(recurrence is None or surgery is None or recurrence >= surgery)
    return History(
        randomised=START,
        progression=None if progression is None else day(progression),
        precludes_surgery=draw(st.none() | st.booleans()),
        surgery=None if surgery is None else day(surgery),
        outcome=outcome,
        margin=draw(st.none() | st.sampled_from(Margin)) if resected else None,
        recurrence=None if recurrence is None else day(recurrence),
        death=None if death is None else day(death),
        last_assessment=None if last is None else day(last),
    )


@given(histories(), st.sampled_from(CONVENTIONS), st.integers(0, 500))
def test_event_free_survival_lies_between_randomisation_and_cut_off(subject, convention, cut):
    result = event_free_survival(subject, incomplete_resection=convention, cut_off=day(cut))
    assert START <= result.date <= day(cut)


@given(histories())
def test_counting_more_as_an_event_never_moves_it_later(subject):
    wide = event_free_survival(
        subject, incomplete_resection=AtSurgery(), progression=ProgressionRule.ANY
    )
    narrow = event_free_survival(subject, incomplete_resection=NotAnEvent())
    assert not narrow.is_event or wide.date <= narrow.date


@given(histories(), st.integers(0, 500), st.integers(0, 500))
def test_an_event_known_at_one_cut_is_the_same_event_at_a_later_one(subject, one, other):
    """A later cut may only undo a progression that a surgery after the first cut followed."""
    early, late = sorted((one, other))
    convention = AtSurgery()
    first = event_free_survival(subject, incomplete_resection=convention, cut_off=day(early))
    second = event_free_survival(subject, incomplete_resection=convention, cut_off=day(late))
    operated_between = subject.surgery is not None and subject.surgery > day(early)
    if first.is_event and not operated_between:
        assert (second.date, second.event) == (first.date, first.event)


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
