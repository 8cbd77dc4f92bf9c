import datetime as dt
from decimal import Decimal

import pytest

from equipoise.base import BadInput
from equipoise.oncology import recist_responses
from equipoise.oncology.response.recist import Lesion, LesionKind, LesionState, Response
from equipoise.oncology.response.recist_timepoints import Assessment, Regrowth

MEASURED, ABSENT, PRESENT = LesionState.MEASURED, LesionState.ABSENT, LesionState.PRESENT


def lesion(name, diameter_mm=None, *, state=None, nodal=False):
    kinds = {"T": LesionKind.TARGET, "N": LesionKind.NON_TARGET, "X": LesionKind.NEW}
    seen = MEASURED if state is None else state
    return Lesion(name=name, kind=kinds[name[0]], nodal=nodal, state=seen, diameter_mm=diameter_mm)


def on(day, *lesions, markers_raised=False):
    date = dt.date(2026, 1, 5) + dt.timedelta(days=day)
    return Assessment(date=date, lesions=lesions, markers_raised=markers_raised)


def course(*sums):
    return recist_responses([on(56 * place, lesion("T1", mm)) for place, mm in enumerate(sums)])


def explained(*assessments):
    return recist_responses(assessments)[-1].explanation


def test_progression_is_explained_by_nadir_and_its_date():
    last = course(100, 60, 72)[-1]
    assert last.explanation == (
        "PD: sum 72 mm is 20.0 % and 12 mm above the nadir of 60 mm of 2026-03-02"
    )
    assert last.change_from_baseline_percent == -28.0
    assert last.change_from_nadir_mm == 12
    assert last.change_from_nadir_percent == 20.0


def test_the_baseline_has_a_sum_and_no_response():
    first = course(100, 60)[0]
    assert (first.sum_mm, first.response, first.nadir_mm) == (Decimal(100), None, None)
    assert first.change_from_baseline_percent is None
    assert not first.new_lesion
    assert not first.after_complete_response
    assert first.explanation == "Baseline: sum 100 mm of 1 target lesion"
    two = recist_responses([on(0, lesion("T1"), lesion("T2", 9))])
    assert two[0].explanation == "Baseline: the sum of 2 target lesions is unknown"
    assert explained(on(0, lesion("N1", state=PRESENT))) == "Baseline: no target lesion"


def test_no_assessments_give_no_timepoints():
    assert recist_responses([]) == ()


def test_the_nadir_is_the_first_smallest_sum_before_the_visit():
    points = course(100, 60, 60, 71)
    assert points[-1].nadir_date == points[1].date
    assert points[1].nadir_mm == 100


def test_a_sum_with_a_missing_lesion_is_no_nadir():
    points = recist_responses(
        [
            on(0, lesion("T1", 30), lesion("T2", 30)),
            on(56, lesion("T1", 20)),
            on(112, lesion("T1", 30), lesion("T2", 31)),
        ]
    )
    assert [point.sum_mm for point in points] == [60, None, 61]
    assert [point.response for point in points] == [None, Response.NE, Response.SD]
    assert points[1].explanation == "NE: 'T2' not evaluated"
    assert points[2].nadir_mm == 60


def test_stable_disease_is_explained_against_both_references():
    assert course(100, 60, 71)[-1].explanation == (
        "SD: sum 71 mm is 29.0 % below the baseline of 100 mm and 18.3 % and 11 mm above the "
        "nadir of 60 mm of 2026-03-02: neither PR nor PD"
    )
    assert course(100, 100)[-1].explanation == (
        "SD: sum 100 mm is equal to the baseline of 100 mm and not above the nadir of 100 mm "
        "of 2026-01-05: neither PR nor PD"
    )
    assert "10.0 % above the baseline" in course(100, 110)[-1].explanation


def test_a_percentage_is_cut_and_never_rounded_up_to_the_limit():
    explanation = course(100, 50.1, 60.1)[-1].explanation
    assert "19.9 %" in explanation
    assert "20.0 %" not in explanation


def test_partial_response_is_explained():
    assert course(100, 70)[-1].explanation == "PR: sum 70 mm is 30.0 % below the baseline of 100 mm"


def test_partial_response_names_the_nadir_only_when_above_it():
    words = "PR: sum 70 mm is 30.0 % below the baseline of 100 mm"
    assert course(100, 70, 70)[-1].explanation == words
    regrown = course(100, 60, 60.5)[-1].explanation
    assert regrown.endswith("and 0.8 % and 0.5 mm above the nadir of 60 mm of 2026-03-02")


def test_complete_targets_with_a_rest_elsewhere_are_pr_and_say_what_remains():
    first = on(0, lesion("T1", 30), lesion("N1", state=PRESENT))
    gone = lesion("T1", state=ABSENT)
    remains = explained(first, on(56, gone, lesion("N1", state=PRESENT)))
    assert remains == "PR: target lesions are gone, but 'N1' still there"
    assert explained(first, on(56, gone)) == "PR: target lesions are gone, but 'N1' not evaluated"
    raised = explained(on(0, lesion("T1", 30)), on(56, gone, markers_raised=True))
    assert raised == "PR: target lesions are gone, but tumour markers still above normal"
    unknown = explained(on(0, lesion("T1", 30)), on(56, gone, markers_raised=None))
    assert unknown == "PR: target lesions are gone, but tumour markers not known to be normal"


def test_complete_response_is_explained_with_the_rest_of_the_nodes():
    first = on(0, lesion("T1", 40), lesion("T2", 18, nodal=True))
    second = on(56, lesion("T1", state=ABSENT), lesion("T2", 9, nodal=True))
    words = "CR: no lesion is left and every node is below 10 mm"
    assert explained(first, second) == f"{words} (sum 9 mm)"
    only = explained(on(0, lesion("T1", 40)), on(56, lesion("T1", state=ABSENT)))
    assert only == words


def test_every_sign_of_progression_is_told():
    first = on(0, lesion("T1", 30), lesion("N1", state=PRESENT))
    worse = lesion("N1", state=LesionState.UNEQUIVOCAL_PROGRESSION)
    words = explained(first, on(56, lesion("T1", 36), worse, lesion("X1", state=PRESENT)))
    assert words == (
        "PD: sum 36 mm is 20.0 % and 6 mm above the nadir of 30 mm of 2026-01-05; unequivocal "
        "progression of 'N1'; new lesion 'X1'"
    )


def test_a_sum_of_some_lesions_says_so():
    first = on(0, lesion("T1", 20), lesion("T2", 20), lesion("T3", 10))
    words = explained(first, on(56, lesion("T1", 40), lesion("T2", 40)))
    assert words.startswith("PD: sum of the lesions evaluated 80 mm is 60.0 % and 30 mm above")


def test_growth_of_normal_nodes_is_no_sign_of_progression():
    nodes = [on(56 * place, lesion("T1", mm, nodal=True)) for place, mm in enumerate([15, 4])]
    last = on(168, lesion("T1", 9.5, nodal=True), lesion("X1", state=PRESENT))
    assert explained(*nodes, last) == "PD: new lesion 'X1'"


def test_a_lesion_back_after_complete_response_is_pd_whatever_its_size():
    gone = on(56, lesion("T1", state=ABSENT))
    back = on(112, lesion("T1", 4))
    words = explained(on(0, lesion("T1", 40)), gone, back)
    assert words == "PD: 'T1' seen again after complete response"
    large = explained(on(0, lesion("T1", 40)), gone, on(112, lesion("T1", 7)))
    assert large == (
        "PD: sum 7 mm is 7 mm above the nadir of 0 mm of 2026-03-02; "
        "'T1' seen again after complete response"
    )


def test_a_lesion_back_before_complete_response_is_added_to_the_sum():
    there = lesion("N1", state=PRESENT)
    points = recist_responses(
        [
            on(0, lesion("T1", 40), there),
            on(56, lesion("T1", state=ABSENT), there),
            on(112, lesion("T1", 4), there),
        ]
    )
    assert [point.response for point in points[1:]] == [Response.PR, Response.PR]


def test_a_node_at_10_mm_again_after_complete_response_is_left_to_judgement():
    sizes = [18, 9, 11]
    words = explained(*[on(56 * p, lesion("T1", mm, nodal=True)) for p, mm in enumerate(sizes)])
    assert words == (
        "PR: sum 11 mm is 38.8 % below the baseline of 18 mm and 22.2 % and 2 mm above the nadir "
        "of 9 mm of 2026-03-02; "
        "'T1' at 10 mm or more again, judge whether it is disease"
    )


def test_only_a_node_that_returned_after_complete_response_is_left_to_judgement():
    def nodes(*sizes):
        visits = [on(56 * p, lesion("T1", mm, nodal=True)) for p, mm in enumerate(sizes)]
        return explained(*visits)

    assert "judge" not in nodes(18, 12)
    assert "judge" not in nodes(18, 9, 9)
    assert "judge" not in nodes(18, 9, 15)


def test_disease_without_targets_is_never_sd():
    first = on(0, lesion("N1", state=PRESENT))
    points = recist_responses([first, on(56, lesion("N1", state=PRESENT)), on(112)])
    assert points[1].explanation == "NON-CR/NON-PD: 'N1' still there"
    assert points[2].explanation == "NE: 'N1' not evaluated"
    unknown = on(56, lesion("N1", state=ABSENT), markers_raised=None)
    assert explained(first, unknown) == "NE: tumour markers not known to be normal"


def test_no_lesion_to_follow_and_no_known_baseline_are_told():
    assert explained(on(0), on(56)) == "NE: no lesion to follow"
    words = explained(on(0, lesion("T1")), on(56, lesion("T1", 20)))
    assert words == "NE: the baseline sum is unknown or 0 mm"


def test_changes_are_unknown_where_a_sum_is():
    point = recist_responses([on(0, lesion("T1", 30)), on(56)])[-1]
    assert point.change_from_baseline_percent is None
    assert point.change_from_nadir_mm is None
    assert point.change_from_nadir_percent is None


EQUIVOCAL = LesionState.EQUIVOCAL


def suspicion(*states):
    """Return time points with a target and a new lesion in these states, None without it."""
    visits = [on(0, lesion("T1", 30))]
    for place, state in enumerate(states, start=1):
        new = [] if state is None else [lesion("X1", state=state)]
        visits.append(on(56 * place, lesion("T1", 30), *new))
    return recist_responses(visits)


def test_an_equivocal_new_lesion_changes_no_response_and_is_told():
    last = suspicion(EQUIVOCAL)[-1]
    assert (last.response, last.progressed_on) == (Response.SD, None)
    assert last.explanation.endswith("; 'X1' may be a new lesion, to be confirmed")


@pytest.mark.parametrize(
    ("states", "since"),
    [
        ((PRESENT,), 1),
        ((EQUIVOCAL, PRESENT), 1),
        ((EQUIVOCAL, EQUIVOCAL, PRESENT), 1),
        ((EQUIVOCAL, None, PRESENT), 1),
        ((EQUIVOCAL, LesionState.NOT_EVALUATED, PRESENT), 1),
        ((EQUIVOCAL, ABSENT, PRESENT), 3),
        ((EQUIVOCAL, ABSENT, EQUIVOCAL, PRESENT), 3),
    ],
)
def test_progression_dates_from_the_first_suspicion_that_nothing_refuted(states, since):
    points = suspicion(*states)
    assert points[-1].response is Response.PD
    assert points[-1].progressed_on == points[since].date


def test_progression_that_dates_back_says_so():
    assert suspicion(EQUIVOCAL, PRESENT)[-1].explanation == (
        "PD: new lesion 'X1', suspected since 2026-03-02, from which day PD counts"
    )


def test_a_pr_that_regrows_a_little_is_sd_by_visit_or_stays_pr_until_progression():
    def calls(regrowth, *sums):
        visits = [on(56 * place, lesion("T1", mm)) for place, mm in enumerate(sums)]
        points = recist_responses(visits, regrowth=regrowth)
        return " ".join(str(point.response) for point in points[1:])

    assert calls(Regrowth.BY_VISIT, 100, 70, 70, 80, 80, 80) == "PR PR SD SD SD"
    assert calls(Regrowth.STAYS_PR, 100, 70, 70, 80, 80, 80) == "PR PR PR PR PR"
    assert calls(Regrowth.STAYS_PR, 100, 90, 70, 84, 83) == "SD PR PD SD"
    last = recist_responses(
        [on(56 * p, lesion("T1", mm)) for p, mm in enumerate([100, 70, 80])],
        regrowth=Regrowth.STAYS_PR,
    )[-1]
    assert last.explanation.endswith("of 2026-03-02, and the earlier PR lasts until PD")


def test_a_merged_target_is_told_and_counted_within_the_other():
    two = on(0, lesion("T1", 30), lesion("T2", 20))
    both = on(56, lesion("T1", 52), lesion("T2", state=LesionState.MERGED))
    last = recist_responses([two, both])[-1]
    assert (last.sum_mm, last.response) == (52, Response.SD)
    assert last.explanation.endswith("; 'T2' measured within the target it merged with")


def test_targets_gone_from_an_unknown_baseline_say_what_remains():
    node = Lesion(name="N1", kind=LesionKind.NON_TARGET, nodal=True, state=PRESENT, diameter_mm=12)
    first, gone = on(0, lesion("T1"), node), on(56, lesion("T1", state=ABSENT), node)
    assert explained(first, gone) == "PR: target lesions are gone, but 'N1' still there"


@pytest.mark.parametrize(
    ("second", "what"),
    [
        (on(0, lesion("T1", 30)), "assessments are not in order"),
        (on(56, lesion("T1", 30), lesion("T1", 31)), "a lesion is there twice"),
        (on(56, lesion("T2", 30)), "a lesion that baseline does not have is new"),
        (on(56, lesion("T1", 30, nodal=True)), "the lesion was something else at baseline"),
        (on(56, lesion("T1", state=LesionState.MERGED)), "no target is left to hold"),
    ],
)
def test_lesions_that_do_not_fit_the_baseline_are_refused(second, what):
    with pytest.raises(BadInput, match=what):
        recist_responses([on(0, lesion("T1", 30)), second])


def test_a_new_lesion_does_not_take_the_name_of_a_lesion_of_baseline():
    followed = Lesion(name="X1", kind=LesionKind.TARGET, nodal=False, state=MEASURED)
    with pytest.raises(BadInput, match="no lesion is new at baseline"):
        recist_responses([on(0, followed), on(56, lesion("X1", state=PRESENT))])


def test_no_lesion_is_merged_at_baseline():
    with pytest.raises(BadInput, match="no lesion is merged at baseline"):
        recist_responses([on(0, lesion("T1", 30), lesion("T2", state=LesionState.MERGED))])


def test_every_fault_is_told_at_once():
    first = on(0, lesion("T1", 30), lesion("X1", state=PRESENT))
    with pytest.raises(BadInput) as caught:
        recist_responses([first, on(-7, lesion("T9", 30))])
    whats = [fault.what for fault in caught.value.faults]
    assert whats == [
        "no lesion is new at baseline",
        "a lesion that baseline does not have is new",
        "assessments are not in order of their dates",
    ]


def test_a_measured_lesion_of_unknown_diameter_is_not_told_as_not_evaluated():
    first = on(0, lesion("T1", 20), lesion("T2", 20))
    now = on(56, lesion("T1"), lesion("T2", state=LesionState.NOT_EVALUATED))
    assert explained(first, now) == "NE: 'T2' not evaluated, the diameter of 'T1' unknown"


@pytest.mark.parametrize(
    ("assessments", "fix"),
    [
        ([on(10, lesion("T1", 20)), on(5, lesion("T1", 20))], "the earliest first"),
        ([on(0, lesion("T1", 20)), on(5, lesion("T1", state=LesionState.MERGED))], "give one"),
        ([on(0, lesion("T1", 20)), on(5, lesion("T2", 20))], "others as new"),
    ],
)
def test_a_refusal_says_what_mends_it(assessments, fix):
    with pytest.raises(BadInput, match=fix):
        recist_responses(assessments)


@pytest.mark.parametrize(("mm", "told"), [(11, True), (14.9, True), (15, False)])
def test_a_new_node_that_may_be_no_disease_is_to_be_judged(mm, told):
    why = explained(on(0, lesion("T1", 20)), on(56, lesion("T1", 20), lesion("X1", mm, nodal=True)))
    judge = "; 'X1' a node below 15 mm, judge whether it is disease or still equivocal"
    assert why == f"PD: new lesion 'X1'{judge if told else ''}"
