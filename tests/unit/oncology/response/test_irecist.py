import datetime as dt
from decimal import Decimal

import pytest

from equipoise.base import BadInput
from equipoise.oncology.response.irecist import irecist_responses
from equipoise.oncology.response.irecist_best import (
    DatedIResponse,
    irecist_best,
    irecist_progression,
)
from equipoise.oncology.response.irecist_words import IResponse
from equipoise.oncology.response.recist import Lesion, LesionKind, LesionState
from equipoise.oncology.response.recist_timepoints import Assessment

START = dt.date(2026, 1, 1)
PRESENT, ABSENT, MISSED = LesionState.PRESENT, LesionState.ABSENT, LesionState.NOT_EVALUATED
WORSE, GROWN = LesionState.UNEQUIVOCAL_PROGRESSION, LesionState.GROWN


def lesion(name, seen, *, organ=None, nodal=False):
    kinds = {"T": LesionKind.TARGET, "N": LesionKind.NON_TARGET, "X": LesionKind.NEW}
    state, size = (seen, None) if isinstance(seen, LesionState) else (LesionState.MEASURED, seen)
    return Lesion(
        name=name,
        kind=kinds[name[0]],
        nodal=nodal,
        state=state,
        diameter_mm=size,
        organ=organ,
    )


def judged(*visits):
    """Return time points 8 weeks apart; a visit is a mapping, or lesions ready made."""
    return irecist_responses(
        [
            Assessment(
                date=START + dt.timedelta(weeks=8 * place),
                lesions=tuple(
                    [lesion(name, seen) for name, seen in visit.items()]
                    if isinstance(visit, dict)
                    else visit
                ),
            )
            for place, visit in enumerate(visits)
        ]
    )


def calls(*visits):
    return " ".join(str(point.response) for point in judged(*visits)[1:])


def test_the_baseline_has_no_response_and_no_assessments_no_time_points():
    (first,) = judged({"T1": 60})
    assert (first.response, first.explanation) == (None, "Baseline: sum 60 mm of 1 target lesion")
    assert irecist_responses([]) == ()


def test_an_unconfirmed_progression_is_explained_with_what_to_wait_for():
    assert judged({"T1": 60}, {"T1": 80})[-1].explanation == (
        "iUPD: sum 80 mm is 33.3 % and 20 mm above the nadir of 60 mm of 2026-01-01; "
        "to be confirmed 28 days later or more"
    )


def test_a_confirmed_progression_names_the_sign_and_the_first_iupd():
    last = judged({"T1": 60}, {"T1": 80}, {"T1": 85})[-1]
    assert last.explanation == (
        "iCPD: sum 85 mm is 5 mm above the 80 mm of the unconfirmed progression; "
        "confirms the iUPD of 2026-02-26"
    )
    assert last.iupd_on == dt.date(2026, 2, 26)


def test_a_progression_that_stays_and_one_that_is_reset_are_explained():
    stays, reset = judged({"T1": 60}, {"T1": 80}, {"T1": 80}, {"T1": 61})[2:]
    assert stays.explanation == (
        "iUPD: no further growth since the iUPD of 2026-02-26, and no return to stable disease"
    )
    assert reset.explanation.endswith(
        "; the iUPD of 2026-02-26 was not confirmed and counts no longer"
    )


def test_after_icpd_every_time_point_is_icpd():
    points = judged({"T1": 60}, {"T1": 80}, {"T1": 90}, {"T1": 20}, {"T1": 0})
    assert [str(point.response) for point in points[1:]] == ["iUPD", "iCPD", "iCPD", "iCPD"]
    assert points[-1].explanation == "iCPD: progression was confirmed on 2026-04-23"
    assert points[-1].iupd_on == dt.date(2026, 2, 26)


def test_a_missed_scan_lies_between_without_closing_the_episode():
    points = judged({"T1": 60}, {"T1": 80}, {"T1": MISSED}, {"T1": 86})
    assert [str(point.response) for point in points[1:]] == ["iUPD", "NE", "iCPD"]
    found = irecist_progression(points)
    assert found is not None
    assert (found.date, found.confirmed_on) == (points[1].date, points[3].date)


def test_growth_of_the_lesions_that_are_known_confirms_though_one_is_missed():
    first = {"T1": 40, "T2": 20}
    assert calls(first, {"T1": 60, "T2": 20}, {"T1": 85, "T2": MISSED}) == "iUPD iCPD"
    assert calls(first, {"T1": 60, "T2": 20}, {"T1": 75, "T2": MISSED}) == "iUPD iUPD"


def test_growth_counts_from_the_smallest_sum_of_the_episode():
    assert calls({"T1": 60}, {"T1": 85}, {"T1": 80}, {"T1": 84}) == "iUPD iUPD iUPD"
    assert calls({"T1": 60}, {"T1": 85}, {"T1": 80}, {"T1": 85}) == "iUPD iUPD iCPD"


def test_targets_that_left_progression_within_an_episode_count_as_newly_progressed():
    first = {"T1": 60, "N1": PRESENT}
    both, only_others = {"T1": 80, "N1": WORSE}, {"T1": 61, "N1": WORSE}
    assert calls(first, both, only_others, {"T1": 78, "N1": WORSE}) == "iUPD iUPD iCPD"


def test_a_second_non_target_that_turns_worse_confirms():
    first = {"T1": 60, "N1": PRESENT, "N2": PRESENT}
    one, two = {"N1": WORSE, "N2": PRESENT}, {"N1": WORSE, "N2": WORSE}
    assert calls(first, {"T1": 60, **one}, {"T1": 60, **two}) == "iUPD iCPD"


def test_a_non_target_with_a_size_confirms_by_its_size():
    sized = Lesion(name="N1", kind=LesionKind.NON_TARGET, nodal=False, state=WORSE, diameter_mm=22)
    larger = Lesion(
        name="N1", kind=LesionKind.NON_TARGET, nodal=False, state=WORSE, diameter_mm=22.1
    )
    first = (lesion("T1", 60), lesion("N1", PRESENT))
    target = lesion("T1", 60)
    assert calls(first, (target, sized), (target, sized)) == "iUPD iUPD"
    assert calls(first, (target, sized), (target, larger)) == "iUPD iCPD"


def test_icr_needs_every_new_lesion_gone():
    new = {"T1": 60, "X1": PRESENT}
    points = judged({"T1": 60}, new, {"T1": 0, "X1": PRESENT}, {"T1": 0, "X1": ABSENT})
    assert [str(point.response) for point in points[1:]] == ["iUPD", "iPR", "iCR"]
    assert points[2].explanation.startswith(
        "iPR: no lesion of baseline is left, but new lesion 'X1' is"
    )


def test_what_made_the_iupd_has_to_be_evaluated_to_undo_it():
    new = ({"T1": 60}, {"T1": 60, "X1": PRESENT})
    assert calls(*new, {"T1": 60, "X1": MISSED}, {"T1": 60, "X1": GROWN}) == "iUPD NE iCPD"
    assert calls(*new, {"T1": 60}, {"T1": 60, "X1": ABSENT}) == "iUPD NE iSD"
    assert calls(*new, {"T1": 30, "X1": MISSED}) == "iUPD iPR"
    other = ({"T1": 60, "N1": PRESENT}, {"T1": 60, "N1": WORSE}, {"T1": 30, "N1": MISSED})
    assert calls(*other, {"T1": 30, "N1": GROWN}) == "iUPD NE iCPD"
    assert calls(*other, {"T1": 30, "N1": PRESENT}) == "iUPD NE iPR"
    assert judged(*other)[-1].explanation == (
        "NE: 'N1' not evaluated: the iUPD of 2026-02-26 is neither confirmed nor undone"
    )


def test_a_new_lesion_that_vanished_and_is_back_is_progression_anew():
    first = ({"T1": 60}, {"T1": 60, "X1": PRESENT})
    assert calls(*first, {"T1": 0, "X1": ABSENT}, {"T1": 0, "X1": PRESENT}) == "iUPD iCR iUPD"
    assert calls(*first, {"T1": 50, "X1": ABSENT}, {"T1": 50, "X1": PRESENT}) == "iUPD iSD iUPD"
    better = ({"T1": 30, "X1": ABSENT}, {"T1": 30, "X1": PRESENT}, {"T1": 30, "X1": GROWN})
    assert calls(*first, *better) == "iUPD iPR iUPD iCPD"
    missed = ({"T1": 30, "X1": PRESENT}, {"T1": 30, "X1": MISSED}, {"T1": 30, "X1": PRESENT})
    assert calls(*first, *missed) == "iUPD iPR iPR iPR"


def test_a_known_new_lesion_that_grows_a_little_is_not_told_as_unchanged():
    last = judged(
        {"T1": 60}, {"T1": 60, "X1": PRESENT}, {"T1": 30, "X1": PRESENT}, {"T1": 30, "X1": GROWN}
    )[-1]
    assert last.explanation.endswith("; new lesion 'X1' there, no progression of its own")


def test_disease_without_targets_has_no_isd():
    assert calls({"N1": PRESENT}, {"N1": PRESENT}, {"N1": WORSE}, {"N1": PRESENT}) == (
        "NON-iCR/NON-iUPD iUPD NON-iCR/NON-iUPD"
    )
    gone = calls({"N1": PRESENT}, {"N1": PRESENT, "X1": PRESENT}, {"N1": ABSENT, "X1": PRESENT})
    assert gone == "iUPD NON-iCR/NON-iUPD"


def test_new_lesions_are_summed_apart_from_the_targets():
    last = judged({"T1": 60}, {"T1": 60, "X1": 12, "X2": 10, "X3": 9})[-1]
    assert last.point.sum_mm == 60
    assert last.new_targets == ("X1", "X2")
    assert last.new_sum_mm == Decimal(22)
    assert judged({"T1": 60}, {"T1": 60, "X1": PRESENT})[-1].new_sum_mm is None


def test_at_most_two_new_lesions_of_an_organ_are_measured_the_largest_first():
    new = [lesion(f"X{n}", 10 + n, organ="liver") for n in range(4)]
    nodes = [lesion(f"X{n}", 11 + n, organ=f"site {n}", nodal=True) for n in (4, 5, 6)]
    last = judged((lesion("T1", 60),), (lesion("T1", 60), *new, *nodes))[-1]
    assert last.new_targets == ("X6", "X5", "X3", "X2")


def test_at_most_five_new_lesions_are_measured():
    new = {f"X{n}": 20 for n in range(7)}
    last = judged({"T1": 60}, {"T1": 60, **new})[-1]
    assert last.new_targets == ("X0", "X1", "X2", "X3", "X4")


def test_a_new_lesion_too_small_to_measure_confirms_by_any_growth():
    small = ({"T1": 60}, {"T1": 60, "X1": 8}, {"T1": 60, "X1": 8.5})
    assert calls(*small) == "iUPD iCPD"


def test_known_new_lesions_that_made_a_second_episode_confirm_it_by_growing_further():
    seen = ({"T1": 60}, {"T1": 60, "X1": 20}, {"T1": 40, "X1": 20}, {"T1": 40, "X1": 25})
    assert calls(*seen, {"T1": 40, "X1": 29}) == "iUPD iPR iUPD iUPD"
    assert calls(*seen, {"T1": 40, "X1": 30}) == "iUPD iPR iUPD iCPD"
    worse = (*seen[:3], {"T1": 40, "X1": WORSE})
    assert calls(*worse, {"T1": 40, "X1": GROWN}) == "iUPD iPR iUPD iCPD"


def test_days_below_zero_are_refused():
    with pytest.raises(BadInput, match="confirm_days"):
        irecist_responses([], confirm_days=-1)
    with pytest.raises(BadInput, match="minimum_sd_days"):
        irecist_best([], since=START, minimum_sd_days=-1)


def dated(text):
    pairs = (part.split() for part in text.split(", "))
    return [
        DatedIResponse(date=START + dt.timedelta(days=int(on)), response=IResponse(word))
        for on, word in pairs
    ]


def test_isd_needs_its_minimum_duration():
    assert irecist_best(dated("41 iSD"), since=START).response is IResponse.NE
    assert irecist_best(dated("42 iSD"), since=START).response is IResponse.ISD
    soon = irecist_best(dated("41 iSD"), since=START, minimum_sd_days=41)
    assert soon.response is IResponse.ISD


def test_nothing_after_icpd_or_after_the_last_day_counts():
    history = dated("50 iUPD, 100 iCPD, 150 iCR")
    best = irecist_best(history, since=START)
    assert (best.response, best.date) == (IResponse.ICPD, START + dt.timedelta(days=100))
    until = START + dt.timedelta(days=99)
    assert irecist_best(history, since=START, until=until).response is IResponse.IUPD
    found = irecist_progression(history, until=until)
    assert found is not None
    assert found.confirmed_on is None


def test_a_subject_never_assessed_has_neither_best_response_nor_progression():
    assert irecist_best([], since=START).response is None
    assert irecist_progression([]) is None
    assert irecist_progression(judged({"T1": 60})) is None
