import numpy as np
import pytest

from equipoise.base.errors import BadInput
from equipoise.stats.competing_risks import (
    Pointwise,
    aalen_johansen,
    aalen_johansen_by_group,
    gray,
    incidence_at,
)
from equipoise.stats.competing_risks.incidence_variance import IncidenceVariance
from equipoise.stats.numerics.probability_scale import ProbabilityScale

TIME, CAUSE, GROUP = [1, 2, 3, 4, 5, 6], [1, 2, 0, 1, 2, 0], list("ababab")


def refused(where, call):
    with pytest.raises(BadInput) as error:
        call()
    fault = error.value.faults[0]
    assert fault.where == where
    assert fault.fix


@pytest.mark.parametrize("variance", list(IncidenceVariance))
def test_when_the_last_subject_has_an_event_the_incidences_add_up_to_1(variance):
    curve = aalen_johansen([1, 2, 3], [1, 2, 1], variance=variance)
    assert curve.event_free[-1] == 0
    assert curve.incidence[-1].sum() == pytest.approx(1)
    assert np.isfinite(curve.std_err).all()


def test_a_risk_set_that_empties_and_fills_again_stops_the_curve():
    curve = aalen_johansen([2, 5], [1, 2], entry=[0, 3], variance=IncidenceVariance("aalen"))
    assert curve.at_risk.tolist() == [1, 1]
    assert curve.incidence.tolist() == [[1, 0], [1, 0]]
    for variance in IncidenceVariance:
        late = aalen_johansen([2, 5], [1, 2], entry=[0, 3], variance=variance)
        assert np.isfinite(late.std_err).all()


@pytest.mark.parametrize("scale", list(ProbabilityScale))
def test_intervals_hold_the_estimate_and_stay_between_0_and_1(scale):
    curve = aalen_johansen(TIME, CAUSE, pointwise=Pointwise(scale=scale, confidence=0.999))
    assert (curve.lower >= 0).all()
    assert (curve.lower <= curve.incidence).all()
    assert (curve.incidence <= curve.upper).all()
    assert (curve.upper <= 1).all()
    assert (curve.lower[0, 1], curve.upper[0, 1]) == (0, 0)


def test_before_the_first_time_nothing_happened_and_after_the_last_nobody_is_at_risk():
    found = incidence_at(aalen_johansen(TIME, CAUSE), [0, 0.5, 6, 100])
    assert found.estimate[:2].tolist() == [[0, 0], [0, 0]]
    assert found.std_err[:2].tolist() == [[0, 0], [0, 0]]
    assert found.at_risk.tolist() == [6, 6, 1, 0]
    assert found.estimate[3].tolist() == found.estimate[2].tolist()


def test_every_group_has_all_causes():
    curves = aalen_johansen_by_group(TIME, [1, 2, 1, 2, 1, 2], GROUP)
    assert list(curves) == ["a", "b"]
    assert curves["a"].causes == (1, 2)
    assert curves["a"].incidence[-1].tolist() == pytest.approx([1, 0])
    assert curves["a"].events[:, 1].sum() == 0
    late = aalen_johansen_by_group(TIME, CAUSE, GROUP, entry=[0, 1, 2, 3, 4, 5])
    assert late["a"].at_risk.tolist() == [1, 1, 1]


def test_causes_keep_their_numbers():
    assert aalen_johansen(TIME, [7, 3, 0, 7, 3, 0]).causes == (3, 7)
    assert gray(TIME, [7, 3, 0, 7, 3, 0], GROUP, of_interest=7).cause == 7


@pytest.mark.parametrize(
    "cause",
    [[0, 0, 0, 0, 0, 0], [1, 2, -1, 0, 0, 0], [1, 2, 0.5, 0, 0, 0], list("abcabc"), [1, 2, 0]],
)
def test_causes_that_are_not_whole_numbers_or_never_happened_are_refused(cause):
    refused("cause", lambda: aalen_johansen(TIME, cause))


def test_bad_times_entries_and_levels_are_refused():
    refused("time", lambda: aalen_johansen([-1, 2, 3, 4, 5, 6], CAUSE))
    refused("time", lambda: aalen_johansen([np.nan, 2, 3, 4, 5, 6], CAUSE))
    refused("entry", lambda: aalen_johansen(TIME, CAUSE, entry=TIME))
    refused("group", lambda: aalen_johansen_by_group(TIME, CAUSE, GROUP[:3]))
    wide = Pointwise(confidence=1.5)
    refused("confidence", lambda: aalen_johansen(TIME, CAUSE, pointwise=wide))
    refused("times", lambda: incidence_at(aalen_johansen(TIME, CAUSE), [-1]))


def test_the_result_cannot_be_changed():
    curve = aalen_johansen(TIME, CAUSE)
    with pytest.raises(ValueError, match="read-only"):
        curve.incidence[0, 0] = 0.9


def test_gray_refuses_one_group_an_unknown_cause_and_groups_never_compared():
    refused("group", lambda: gray(TIME, CAUSE, ["a"] * 6, of_interest=1))
    refused("of_interest", lambda: gray(TIME, CAUSE, GROUP, of_interest=3))
    refused("rho", lambda: gray(TIME, CAUSE, GROUP, of_interest=1, rho=np.inf))
    refused("strata", lambda: gray(TIME, CAUSE, GROUP, of_interest=1, strata=[1, 2]))
    refused(
        "time, cause, group",
        lambda: gray([1, 2, 3, 4], [1, 1, 1, 1], [0, 0, 1, 1], of_interest=1, strata=[0, 0, 1, 1]),
    )


def test_gray_of_a_group_that_leaves_early_is_finite():
    time, cause = [1, 1, 2, 3, 4, 5, 6, 7], [1, 2, 1, 1, 2, 1, 1, 2]
    group = ["a", "a", "b", "b", "b", "b", "b", "b"]
    for rho in (-1.0, 0.0, 1.0):
        found = gray(time, cause, group, of_interest=1, rho=rho)
        assert np.isfinite(found.chi_square)
        assert 0 <= found.p_value <= 1


def test_the_weight_of_gray_changes_the_test():
    rng = np.random.default_rng(2)
    columns = rng.integers(1, 30, 60), rng.integers(0, 3, 60), rng.integers(0, 2, 60)
    found = {gray(*columns, of_interest=1, rho=rho).chi_square for rho in (-1, 0, 1)}
    assert len(found) == 3
