import datetime as dt

import pytest

from equipoise.base import BadInput
from equipoise.oncology.response.recist import Lesion, LesionKind, LesionState
from equipoise.oncology.response.recist_baseline import (
    Imaged,
    LocalTherapy,
    Method,
    Nature,
    Use,
    baseline_finding,
    lesion_use,
    selection_findings,
)


def use(diameter_mm, *, nodal=False, slice_mm=5, **known):
    return lesion_use(Imaged(nodal=nodal, diameter_mm=diameter_mm, slice_mm=slice_mm, **known))


@pytest.mark.parametrize(
    ("diameter_mm", "slice_mm", "expected"),
    [
        (10, 5, Use.TARGET),
        (9.9, 5, Use.NON_TARGET),
        (15.9, 8, Use.NON_TARGET),
        (16, 8, Use.TARGET),
        (10, 1, Use.TARGET),
        (10, None, Use.UNKNOWN),
        (9, None, Use.NON_TARGET),
        (None, 5, Use.UNKNOWN),
    ],
)
def test_a_mass_is_measurable_from_10_mm_and_from_two_thick_sections(
    diameter_mm, slice_mm, expected
):
    assert use(diameter_mm, slice_mm=slice_mm).use is expected


@pytest.mark.parametrize(
    ("diameter_mm", "expected"),
    [(9.9, Use.NO_LESION), (10, Use.NON_TARGET), (14.9, Use.NON_TARGET), (15, Use.TARGET)],
)
def test_a_node_is_normal_below_10_mm_and_a_target_from_15_mm(diameter_mm, expected):
    assert use(diameter_mm, nodal=True, slice_mm=None).use is expected


def test_a_calliper_needs_10_mm_and_a_chest_film_20_mm_without_sections():
    assert use(10, slice_mm=None, method=Method.CALLIPER).use is Use.TARGET
    assert use(19.9, slice_mm=None, method=Method.CHEST_FILM).use is Use.NON_TARGET
    assert use(20, slice_mm=None, method=Method.CHEST_FILM).use is Use.TARGET


@pytest.mark.parametrize(
    ("nature", "expected"),
    [
        (Nature.SIMPLE_CYST, Use.NO_LESION),
        (Nature.CYSTIC_METASTASIS, Use.TARGET),
        (Nature.BLASTIC_BONE, Use.NON_TARGET),
        (Nature.BONE_WITHOUT_SOFT_TISSUE, Use.NON_TARGET),
        (Nature.BONE_WITH_SOFT_TISSUE, Use.TARGET),
        (Nature.DIFFUSE, Use.NON_TARGET),
    ],
)
def test_what_a_lesion_is_may_forbid_to_measure_it(nature, expected):
    assert use(40, nature=nature).use is expected


def test_a_cystic_metastasis_is_measurable_but_a_solid_lesion_is_preferred():
    assert "prefer a solid lesion" in use(40, nature=Nature.CYSTIC_METASTASIS).reason


@pytest.mark.parametrize(
    ("therapy", "expected"),
    [
        (LocalTherapy.NONE, Use.TARGET),
        (LocalTherapy.TREATED, Use.NON_TARGET),
        (LocalTherapy.PROGRESSED_SINCE, Use.TARGET),
        (None, Use.UNKNOWN),
    ],
)
def test_a_treated_lesion_is_measurable_only_when_it_progressed_since(therapy, expected):
    assert use(30, local_therapy=therapy).use is expected


def test_reasons_are_told_in_words():
    assert use(12, slice_mm=8).reason == (
        "a diameter of 12 mm is below 16 mm, twice the sections of 8 mm"
    )
    assert use(12, nodal=True).reason == (
        "a short axis of 12 mm is a pathological node, but below 15 mm"
    )


def test_lengths_that_cannot_be_are_refused():
    with pytest.raises(BadInput, match="diameter_mm"):
        use(-1)
    with pytest.raises(BadInput, match="slice_mm"):
        use(10, slice_mm=0)


def target(name, diameter_mm=30, *, organ="liver", nodal=False, kind=LesionKind.TARGET):
    return Lesion(
        name=name,
        kind=kind,
        nodal=nodal,
        state=LesionState.MEASURED,
        diameter_mm=diameter_mm,
        organ=organ,
    )


def says(*lesions, **options):
    return [finding.say for finding in selection_findings(lesions, **options)]


def test_five_targets_two_an_organ_raise_no_finding():
    lesions = [
        target("T1"),
        target("T2"),
        target("T3", organ="lung"),
        target("T4", organ="lymph_node", nodal=True),
        target("T5", organ="lymph_node", nodal=True),
    ]
    assert says(*lesions) == []


def test_more_than_five_targets_are_told():
    lesions = [target(f"T{number}", organ=f"organ {number}") for number in range(1, 7)]
    assert says(*lesions) == ["T1, T2, T3, T4, T5, T6: 6 lesions are measured, at most 5 count"]


def test_more_than_two_targets_in_an_organ_are_told_by_name():
    lesions = [target("T1"), target("T2", organ="lung"), target("T3"), target("T4")]
    (finding,) = selection_findings(lesions)
    assert finding.lesions == ("T1", "T3", "T4")
    assert finding.say == "T1, T3, T4: 3 of them in liver: at most 2"


def test_all_nodes_together_are_one_organ_wherever_they_lie():
    places = ("hilar", "coeliac", "mediastinal")
    lesions = [target(f"T{n}", organ=place, nodal=True) for n, place in enumerate(places)]
    assert says(*lesions) == [
        "T0, T1, T2: 3 of them in lymph nodes, which count as one organ: at most 2"
    ]


def test_lesions_of_unknown_organs_are_not_counted_together():
    assert says(*(target(f"T{number}", organ=None) for number in range(3))) == []


def test_targets_below_the_size_of_a_target_and_without_size_are_told():
    assert says(
        target("T1", 9.5), target("T2", 14, nodal=True, organ=None), target("T3", None)
    ) == [
        "T1: diameter 9.5 mm is below 10 mm",
        "T2: short axis 14 mm is below 15 mm",
        "T3: a target without diameter leaves the sum unknown",
    ]


def test_the_limits_hold_for_measured_new_lesions_too():
    new = [target(f"X{number}", kind=LesionKind.NEW) for number in range(3)]
    unmeasured = Lesion(
        name="X9", kind=LesionKind.NEW, nodal=False, state=LesionState.PRESENT, organ="liver"
    )
    assert says(*new, unmeasured) == []
    assert says(*new, unmeasured, kind=LesionKind.NEW) == [
        "X0, X1, X2: 3 of them in liver: at most 2"
    ]


def test_the_baseline_lies_in_the_28_days_before_the_start():
    start = dt.date(2026, 3, 29)
    assert baseline_finding(start, start=start) is None
    assert baseline_finding(dt.date(2026, 3, 1), start=start) is None
    assert baseline_finding(dt.date(2026, 2, 28), start=start) == (
        "the baseline of 2026-02-28 is 29 days before the start, at most 28"
    )
    assert "comes after" in (baseline_finding(dt.date(2026, 3, 30), start=start) or "")
