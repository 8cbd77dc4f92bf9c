from decimal import Decimal

import pytest

from equipoise.base import BadInput
from equipoise.oncology.response.recist import (
    Lesion,
    LesionKind,
    LesionState,
    Response,
    non_target_response,
    split_mm,
    sum_of_diameters,
    target_response,
    timepoint_response,
)


def target(name, diameter_mm=None, *, nodal=False, state=LesionState.MEASURED):
    return Lesion(
        name=name, kind=LesionKind.TARGET, nodal=nodal, state=state, diameter_mm=diameter_mm
    )


def non_target(name, state, *, nodal=False, diameter_mm=None):
    return Lesion(
        name=name, kind=LesionKind.NON_TARGET, nodal=nodal, state=state, diameter_mm=diameter_mm
    )


def new(state, *, nodal=False, diameter_mm=None):
    return Lesion(name="X1", kind=LesionKind.NEW, nodal=nodal, state=state, diameter_mm=diameter_mm)


def judged(*lesions, baseline=100, nadir=100, after=False):
    return target_response(
        lesions,
        baseline_mm=None if baseline is None else Decimal(str(baseline)),
        nadir_mm=None if nadir is None else Decimal(str(nadir)),
        after_complete_response=after,
    )


def test_the_sum_adds_targets_only_and_keeps_small_nodes():
    lesions = [
        target("T1", 30.1),
        target("T2", 9, nodal=True),
        target("T3", state=LesionState.TOO_SMALL),
        target("T4", state=LesionState.ABSENT),
        non_target("N1", LesionState.PRESENT, diameter_mm=40),
        new(LesionState.MEASURED, diameter_mm=12),
    ]
    assert sum_of_diameters(lesions) == Decimal("44.1")


def test_the_sum_is_unknown_when_a_target_is():
    assert sum_of_diameters([target("T1", 30), target("T2")]) is None
    assert sum_of_diameters([target("T1", state=LesionState.NOT_EVALUATED)]) is None
    assert sum_of_diameters([non_target("N1", LesionState.PRESENT)]) is None


@pytest.mark.parametrize(
    ("state", "diameter_mm"),
    [
        (LesionState.ABSENT, 12),
        (LesionState.TOO_SMALL, 4),
        (LesionState.NOT_EVALUATED, 0),
        (LesionState.MEASURED, -1),
        (LesionState.MEASURED, float("inf")),
        (LesionState.PRESENT, None),
        (LesionState.UNEQUIVOCAL_PROGRESSION, None),
        (LesionState.GROWN, None),
        (LesionState.EQUIVOCAL, None),
        (LesionState.MERGED, 12),
    ],
)
def test_a_target_that_contradicts_itself_is_refused(state, diameter_mm):
    with pytest.raises(BadInput, match="lesion 'T1'"):
        target("T1", diameter_mm, state=state)


def test_only_new_lesions_are_equivocal_and_only_targets_merge():
    with pytest.raises(BadInput, match="no state of a lesion that is non_target"):
        non_target("N1", LesionState.EQUIVOCAL)
    with pytest.raises(BadInput, match="no state of a lesion that is non_target"):
        non_target("N1", LesionState.MERGED)
    with pytest.raises(BadInput, match="no state of a lesion that is new"):
        new(LesionState.MERGED)


def test_a_merged_target_adds_nothing_and_a_split_one_the_sum_of_its_parts():
    whole = target("T1", 50)
    merged = target("T2", state=LesionState.MERGED)
    assert sum_of_diameters([whole, merged]) == 50
    assert judged(target("T1", state=LesionState.ABSENT), merged) is Response.CR
    assert judged(target("T1", 50), merged, baseline=60, nadir=50) is Response.SD
    assert split_mm(12.1, 7.2) == 19.3


def test_a_form_may_repeat_what_the_state_says():
    assert target("T1", 0, state=LesionState.ABSENT).length_mm == 0
    assert target("T1", 5, state=LesionState.TOO_SMALL).length_mm == 5


@pytest.mark.parametrize(
    ("diameter_mm", "nodal", "gone"),
    [
        (9.9, True, True),
        (10, True, False),
        (0, False, True),
        (0.1, False, False),
        (None, True, None),
    ],
)
def test_a_node_is_gone_below_10_mm_and_another_lesion_at_0(diameter_mm, nodal, gone):
    assert target("T1", diameter_mm, nodal=nodal).gone is gone


def test_a_new_node_counts_from_10_mm():
    assert new(LesionState.MEASURED, nodal=True, diameter_mm=10).newly_seen
    assert not new(LesionState.MEASURED, nodal=True, diameter_mm=9).newly_seen
    assert new(LesionState.PRESENT).newly_seen
    assert new(LesionState.MEASURED).newly_seen
    assert not new(LesionState.ABSENT).newly_seen
    assert not new(LesionState.NOT_EVALUATED).newly_seen
    assert not non_target("N1", LesionState.PRESENT).newly_seen
    assert new(LesionState.GROWN).newly_seen


def test_an_equivocal_new_lesion_is_suspected_and_not_yet_seen():
    assert new(LesionState.EQUIVOCAL).suspected
    assert not new(LesionState.EQUIVOCAL, diameter_mm=20).newly_seen
    assert not new(LesionState.PRESENT).suspected


def test_no_targets_have_no_response():
    assert judged(non_target("N1", LesionState.PRESENT)) is None


def test_thirty_per_cent_is_pr_and_a_hair_less_is_sd():
    assert judged(target("T1", 70)) is Response.PR
    assert judged(target("T1", 70.1), nadir=71) is Response.SD


def test_decimals_do_not_blur_the_cut():
    parts = [target("T1", 23.1), target("T2", 0.21)]
    assert judged(*parts, baseline="33.3") is Response.PR


def test_growth_needs_both_20_per_cent_and_5_mm():
    assert judged(target("T1", 72), nadir=60) is Response.PD
    assert judged(target("T1", 71.9), nadir=60) is Response.SD
    assert judged(target("T1", 24), baseline=30, nadir=20) is Response.SD
    assert judged(target("T1", 25), baseline=30, nadir=20) is Response.PD


def test_pd_goes_before_pr():
    assert judged(target("T1", 60), baseline=100, nadir=50) is Response.PD


def test_normal_nodes_alone_are_cr_even_when_they_grew():
    assert judged(target("T1", 9.5, nodal=True), baseline=15, nadir=4) is Response.CR


def test_a_pathological_non_target_node_prevents_cr_of_the_targets():
    gone = target("T1", state=LesionState.ABSENT)
    node = non_target("N1", LesionState.PRESENT, nodal=True, diameter_mm=12)
    small = non_target("N1", LesionState.PRESENT, nodal=True, diameter_mm=9)
    assert judged(gone, node, nadir=0) is Response.PR
    assert judged(gone, small, nadir=0) is Response.CR


def test_normal_nodes_that_grow_are_not_pd_while_another_node_stays():
    small = target("T1", 9.9, nodal=True)
    other = non_target("N1", LesionState.PRESENT, nodal=True, diameter_mm=12)
    assert judged(small, other, baseline=15, nadir=4) is Response.PR


def test_a_missing_target_gives_ne_unless_the_rest_is_pd_already():
    missing = target("T3", state=LesionState.NOT_EVALUATED)
    assert judged(target("T1", 5), missing, baseline=50, nadir=50) is Response.NE
    assert judged(target("T1", 40), target("T2", 40), missing, baseline=50, nadir=50) is Response.PD


def test_an_unknown_baseline_gives_ne_unless_a_later_nadir_makes_it_pd():
    assert judged(target("T1", 30), baseline=None, nadir=None) is Response.NE
    assert judged(target("T1", 30), baseline=None, nadir=20) is Response.PD
    assert judged(target("T1", 10), baseline=0, nadir=10) is Response.NE
    gone = target("T1", state=LesionState.ABSENT)
    assert judged(gone, baseline=None, nadir=None) is Response.CR


def test_from_a_nadir_of_zero_5_mm_decide():
    assert judged(target("T1", 4), baseline=40, nadir=0) is Response.PR
    assert judged(target("T1", state=LesionState.TOO_SMALL), baseline=40, nadir=0) is Response.PD


def test_after_complete_response_any_lesion_seen_again_is_pd():
    assert judged(target("T1", 1), baseline=40, nadir=0, after=True) is Response.PD
    missing = target("T2", state=LesionState.NOT_EVALUATED)
    assert judged(target("T1", 1), missing, baseline=40, nadir=0, after=True) is Response.PD


def test_without_a_complete_response_before_a_small_return_is_added_to_the_sum():
    sums = {"baseline_mm": Decimal(40), "nadir_mm": Decimal(0)}
    assert target_response([target("T1", 1)], **sums) is Response.PR


def test_a_node_in_unequivocal_progression_is_never_gone():
    state = LesionState.UNEQUIVOCAL_PROGRESSION
    assert non_target("N1", state, nodal=True, diameter_mm=9).gone is False


def test_after_complete_response_a_node_at_11_mm_is_not_pd_by_itself():
    node = target("T1", 11, nodal=True)
    assert judged(node, baseline=18, nadir=9, after=True) is Response.PR
    assert judged(target("T1", 14, nodal=True), baseline=18, nadir=9, after=True) is Response.PD


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([], None),
        ([LesionState.ABSENT, LesionState.ABSENT], Response.CR),
        ([LesionState.ABSENT, LesionState.PRESENT], Response.NON_CR_NON_PD),
        ([LesionState.PRESENT, LesionState.NOT_EVALUATED], Response.NE),
        ([LesionState.ABSENT, LesionState.GROWN], Response.NON_CR_NON_PD),
        ([LesionState.NOT_EVALUATED, LesionState.UNEQUIVOCAL_PROGRESSION], Response.PD),
    ],
)
def test_non_targets_are_judged_together(states, expected):
    lesions = [non_target(f"N{place}", state) for place, state in enumerate(states)]
    assert non_target_response(lesions) is expected


def test_a_raised_marker_prevents_cr_and_an_unknown_one_leaves_it_open():
    gone = [non_target("N1", LesionState.ABSENT)]
    assert non_target_response(gone, markers_raised=True) is Response.NON_CR_NON_PD
    assert non_target_response(gone, markers_raised=None) is Response.NE
    assert non_target_response([], markers_raised=True) is Response.NON_CR_NON_PD
    present = [non_target("N1", LesionState.PRESENT)]
    assert non_target_response(present, markers_raised=None) is Response.NON_CR_NON_PD


def test_a_non_target_node_is_gone_below_10_mm():
    node = non_target("N1", LesionState.PRESENT, nodal=True, diameter_mm=9.9)
    assert non_target_response([node]) is Response.CR


def test_after_complete_response_a_non_target_seen_again_is_pd_but_a_node_is_not():
    back = [non_target("N1", LesionState.PRESENT)]
    assert non_target_response(back, after_complete_response=True) is Response.PD
    node = [non_target("N1", LesionState.PRESENT, nodal=True)]
    assert non_target_response(node, after_complete_response=True) is Response.NON_CR_NON_PD


def test_an_unknown_answer_on_new_lesions_gives_ne_unless_something_is_pd():
    assert timepoint_response(Response.PR, non_target=None, new_lesion=None) is Response.NE
    assert timepoint_response(Response.PD, non_target=None, new_lesion=None) is Response.PD


def test_without_any_lesion_there_is_no_response():
    assert timepoint_response(None, non_target=None, new_lesion=False) is Response.NE
    assert timepoint_response(None, non_target=None, new_lesion=True) is Response.PD


def test_responses_of_the_other_kind_of_lesion_are_refused():
    with pytest.raises(BadInput, match="not a response of targets"):
        timepoint_response(Response.NON_CR_NON_PD, non_target=None, new_lesion=False)
    with pytest.raises(BadInput, match="not a response of non-targets"):
        timepoint_response(Response.SD, non_target=Response.SD, new_lesion=False)


@pytest.mark.parametrize(
    "state", [LesionState.PRESENT, LesionState.GROWN, LesionState.UNEQUIVOCAL_PROGRESSION]
)
def test_a_lesion_that_is_there_with_0_mm_is_refused(state):
    with pytest.raises(BadInput, match="say that the lesion was absent"):
        non_target("N1", state, diameter_mm=0)
