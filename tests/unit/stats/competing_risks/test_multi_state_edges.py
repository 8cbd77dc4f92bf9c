import numpy as np
import pytest

from equipoise.base.errors import BadInput
from equipoise.stats.competing_risks import (
    Pointwise,
    multi_state,
    occupation_at,
    state_histories,
    time_in_state,
)
from equipoise.stats.competing_risks.state_variance import StateVariance
from equipoise.stats.numerics.probability_scale import ProbabilityScale

SUBJECT, FROM, TO = [1, 1, 2, 3], ["a", "b", "a", "a"], ["b", "b", "b", "a"]
START, STOP = [0, 2, 0, 1], [2, 6, 3, 5]


def histories(*, subject=SUBJECT, from_state=FROM, to_state=TO, start=START, stop=STOP):
    return state_histories(subject, from_state, to_state, start=start, stop=stop)


def refused(where, **how):
    with pytest.raises(BadInput) as error:
        histories(**how)
    fault = error.value.faults[0]
    assert fault.where == where
    return fault


ALL = "subject, from_state, to_state, start, stop"


def test_rows_come_in_any_order():
    order = [3, 1, 0, 2]
    mixed = histories(
        subject=[SUBJECT[i] for i in order],
        from_state=[FROM[i] for i in order],
        to_state=[TO[i] for i in order],
        start=[START[i] for i in order],
        stop=[STOP[i] for i in order],
    )
    plain = histories()
    assert mixed.subject.tolist() == plain.subject.tolist()
    assert mixed.stop.tolist() == plain.stop.tolist()
    assert mixed.origin.tolist() == plain.origin.tolist()


def test_states_may_be_numbers():
    found = multi_state(histories(from_state=[0, 1, 0, 0], to_state=[1, 1, 1, 0]))
    assert found.states == (0, 1)
    assert found.transitions == ((0, 1),)


def test_stays_that_overlap_or_do_not_follow_are_told_by_subject():
    assert "subject 1" in refused(ALL, start=[0, 1, 0, 1]).got
    assert "b at 2, then a from 2" in refused(ALL, from_state=["a"] * 4).got
    refused("start, stop", stop=[2, 2, 3, 5])
    refused("start", start=[0, 2, 0])
    refused("subject", subject=[1, 1, 2])
    refused("to_state", to_state=["b", "b"])
    refused("from_state", from_state=["a", "b"])
    refused("stop", stop=[2, 6, 3, -5])
    refused("from_state, to_state", subject=[1, 4, 2, 3], to_state=FROM)


def test_a_gap_is_time_not_followed():
    gap = histories(start=[0, 4, 0, 1])
    found = multi_state(gap)
    assert found.at_risk.tolist() == [[3, 0], [2, 0]]
    assert multi_state(histories()).at_risk.tolist() == [[3, 0], [2, 1]]


@pytest.mark.parametrize("variance", list(StateVariance))
def test_chances_add_up_to_1_and_times_to_the_horizon(variance):
    model = multi_state(histories(), variance=variance)
    assert model.occupation.sum(axis=1) == pytest.approx([1, 1])
    for until in (0.5, 2, 2.5, 10):
        assert time_in_state(model, until=until).estimate.sum() == pytest.approx(until)
    assert model.variance is variance


def test_a_mixed_start_has_an_error_of_its_own():
    mixed = histories(subject=[1, 1, 2, 3], from_state=["a", "b", "b", "a"], to_state=list("bbaa"))
    for variance in StateVariance:
        found = occupation_at(multi_state(mixed, variance=variance), [0])
        assert found.estimate[0] == pytest.approx([2 / 3, 1 / 3])
        assert found.std_err[0] == pytest.approx(np.sqrt([2 / 27, 2 / 27]))
        spent = time_in_state(multi_state(mixed, variance=variance), until=1)
        assert spent.std_err == pytest.approx(np.sqrt([2 / 27, 2 / 27]))


def test_the_scale_and_level_reach_the_intervals():
    for scale in ProbabilityScale:
        model = multi_state(histories(), pointwise=Pointwise(scale=scale, confidence=0.8))
        assert (model.lower <= model.occupation).all()
        assert (model.occupation <= model.upper).all()
    narrow, wide = (
        time_in_state(multi_state(histories()), until=4, confidence=c) for c in (0.5, 0.9)
    )
    assert (wide.lower < narrow.lower).all()
    assert (wide.upper > narrow.upper).all()


def test_bad_horizons_and_levels_are_refused():
    model = multi_state(histories())
    for until in (0, -1, np.inf, np.nan):
        with pytest.raises(BadInput, match="horizon"):
            time_in_state(model, until=until)
    with pytest.raises(BadInput, match="confidence"):
        time_in_state(model, until=1, confidence=0)
    with pytest.raises(BadInput, match="confidence"):
        multi_state(histories(), pointwise=Pointwise(confidence=2))


def test_the_input_stays_writable():
    start = np.array(START, dtype=float)
    histories(start=start)
    start[0] = 0.5
    assert start[0] == 0.5
