from math import sqrt

import numpy as np
import pytest

from equipoise.stats.competing_risks import (
    Pointwise,
    aalen_johansen,
    incidence_at,
    multi_state,
    occupation_at,
    state_histories,
    time_in_state,
)
from equipoise.stats.competing_risks.incidence_variance import IncidenceVariance
from equipoise.stats.competing_risks.state_variance import StateVariance
from equipoise.stats.numerics.probability_scale import ProbabilityScale

LOG = Pointwise(scale=ProbabilityScale.LOG)

# Four subjects are well at 0. A falls ill at 1 and dies at 3; B dies at 2; C falls ill at 2 and is
# followed to 5; D is followed to 4.
#   time  at risk well, ill  changes                     well   ill          dead
#     1        4, 0          well-ill 1                   3/4    1/4          0
#     2        3, 1          well-ill 1, well-dead 1      1/4    1/4 + 1/4    1/4
#     3        1, 2          ill-dead 1                   1/4    1/4          1/4 + 1/4
SUBJECT = ["A", "A", "B", "C", "C", "D"]
FROM = ["well", "ill", "well", "well", "ill", "well"]
TO = ["ill", "dead", "dead", "ill", "ill", "well"]
START, STOP = [0, 1, 0, 0, 2, 0], [1, 3, 2, 2, 5, 4]
FOUR = "by hand: illness and death of four subjects, table above"


def four(**how):
    return multi_state(state_histories(SUBJECT, FROM, TO, start=START, stop=STOP), **how)


@pytest.mark.source(FOUR)
def test_hazards_and_chances_of_illness_and_death():
    model = four()
    assert model.states == ("dead", "ill", "well")
    assert model.times.tolist() == [1, 2, 3]
    assert model.at_risk.tolist() == [[0, 0, 4], [0, 1, 3], [0, 2, 1]]
    assert model.transitions == (("ill", "dead"), ("well", "dead"), ("well", "ill"))
    assert model.changes.tolist() == [[0, 0, 1], [0, 1, 1], [1, 0, 0]]
    assert model.hazard == pytest.approx(
        np.array([[0, 0, 1 / 4], [0, 1 / 3, 7 / 12], [1 / 2, 1 / 3, 7 / 12]])
    )
    assert model.start.tolist() == [0, 0, 1]
    assert model.occupation == pytest.approx(np.array([[0, 1, 3], [1, 2, 1], [2, 1, 1]]) / 4)
    assert model.n == 4


@pytest.mark.source(FOUR)
def test_expected_times_add_the_chances_over_the_gaps():
    found = time_in_state(four(), until=4)
    assert found.estimate == pytest.approx(
        [0 + 0 + 1 / 4 + 2 / 4, 0 + 1 / 4 + 2 / 4 + 1 / 4, 9 / 4]
    )
    early = time_in_state(four(), until=0.5)
    assert early.estimate.tolist() == [0, 0, 0.5]
    assert early.std_err.tolist() == [0, 0, 0]


@pytest.mark.source(
    "by hand: nobody is censored before 3, so the chances are shares of four subjects"
)
@pytest.mark.parametrize("variance", list(StateVariance))
def test_shares_have_the_variance_of_a_share(variance):
    model = four(variance=variance)
    assert model.std_err[0] == pytest.approx([0, sqrt(3) / 8, sqrt(3) / 8])
    at_two = [sqrt(3) / 8, 1 / 4, sqrt(3) / 8]
    assert model.std_err[1, [0, 2]] == pytest.approx([at_two[0], at_two[2]])
    if variance is StateVariance.INFINITESIMAL_JACKKNIFE:
        assert model.std_err[1] == pytest.approx(at_two)


@pytest.mark.source("by hand: binomial variance of each hazard, d (Y - d) / Y^3, summed")
def test_greenwoods_variance_of_the_hazards():
    model = four(variance=StateVariance.GREENWOOD)
    squared = [[0, 0, 3 / 64], [0, 2 / 27, 3 / 64 + 2 / 27], [1 / 8, 2 / 27, 3 / 64 + 2 / 27]]
    assert model.hazard_std_err**2 == pytest.approx(np.array(squared))


def illness_death(data_set):
    """Return histories entry -> pcm -> death of mgus2; a malignancy on the last day is 0.1 back."""
    table = data_set("mgus2")
    number, end = table["id"].to_numpy(), table["futime"].to_numpy().astype(float)
    became, died = table["pstat"].to_numpy() == 1, table["death"].to_numpy() == 1
    on_the_last_day = became & (table["ptime"] == table["futime"]).to_numpy()
    turn = table["ptime"].to_numpy() - np.where(on_the_last_day, 0.1, 0)
    last = np.where(died, "death", np.where(became, "pcm", "(s0)"))
    return state_histories(
        np.concatenate((number, number[became])),
        np.concatenate((np.full(number.size, "(s0)"), np.full(became.sum(), "pcm"))),
        np.concatenate((np.where(became, "pcm", last), last[became])),
        start=np.concatenate((np.zeros(number.size), turn[became])),
        stop=np.concatenate((np.where(became, turn, end), end[became])),
    )


@pytest.mark.source("program: survival 3.5-3: survfit of tmerge(mgus2), states (s0), pcm, death")
def test_illness_and_death_of_survfit(truth, data_set):
    by_r = truth["illness_death"]
    model = multi_state(illness_death(data_set), pointwise=LOG)
    order = [model.states.index(state) for state in ("(s0)", "pcm", "death")]
    found = occupation_at(model, by_r["times"])
    assert found.estimate[:, order] == pytest.approx(np.array(by_r["occupation"]), rel=1e-11)
    assert found.std_err[:, order] == pytest.approx(np.array(by_r["std_err"]), rel=1e-11)
    assert found.lower[:, order] == pytest.approx(np.array(by_r["lower"]), rel=1e-10)
    row = np.searchsorted(model.times, by_r["times"], side="right") - 1
    columns = [
        model.transitions.index(pair)
        for pair in (("(s0)", "pcm"), ("(s0)", "death"), ("pcm", "death"))
    ]
    assert model.hazard[row][:, columns] == pytest.approx(np.array(by_r["hazard"]), rel=1e-12)
    spent = time_in_state(model, until=240)
    assert np.column_stack((spent.estimate, spent.std_err))[order] == pytest.approx(
        np.array(by_r["mean"]), rel=1e-11
    )


@pytest.mark.source(
    "program: survival 3.5-3: survfit of a reversible graph, mixed start, late entry"
)
def test_reversible_histories_of_survfit(truth):
    by_r = truth["reversible"]
    histories = state_histories(
        by_r["rows"]["subject"],
        by_r["rows"]["from_state"],
        by_r["rows"]["to_state"],
        start=by_r["rows"]["start"],
        stop=by_r["rows"]["stop"],
    )
    model = multi_state(histories)
    order = [model.states.index(state) for state in ("home", "ward", "dead")]
    found = occupation_at(model, [0, *by_r["times"]])
    assert found.estimate[0, order] == pytest.approx(by_r["start"])
    assert found.std_err[0, order] == pytest.approx(by_r["start_std_err"], rel=1e-12)
    assert found.estimate[1:, order] == pytest.approx(np.array(by_r["occupation"]), rel=1e-12)
    assert found.std_err[1:, order] == pytest.approx(np.array(by_r["std_err"]), rel=1e-11)
    row = np.searchsorted(model.times, by_r["times"], side="right") - 1
    pairs = (("ward", "home"), ("home", "ward"), ("home", "dead"), ("ward", "dead"))
    columns = [model.transitions.index(pair) for pair in pairs]
    assert model.hazard[row][:, columns] == pytest.approx(np.array(by_r["hazard"]), rel=1e-12)
    spent = time_in_state(model, until=25)
    assert np.column_stack((spent.estimate, spent.std_err))[order] == pytest.approx(
        np.array(by_r["mean"]), rel=1e-11
    )


@pytest.mark.source(
    "by hand: two ends without return are competing risks, whose jackknife is Greenwood's"
)
@pytest.mark.parametrize("variance", list(StateVariance))
def test_two_ends_are_competing_risks(mgus, variance):
    ends = np.array(["start", "malignancy", "death"])
    model = multi_state(
        state_histories(
            mgus.number,
            np.full(mgus.time.size, "start"),
            ends[mgus.cause],
            start=np.zeros(mgus.time.size),
            stop=mgus.time,
        ),
        variance=variance,
    )
    curve = aalen_johansen(
        mgus.time, mgus.cause, variance=IncidenceVariance.INFINITESIMAL_JACKKNIFE
    )
    times = [12, 100, 250, 400]
    found, other = occupation_at(model, times), incidence_at(curve, times)
    order = [model.states.index("malignancy"), model.states.index("death")]
    assert found.estimate[:, order] == pytest.approx(other.estimate, rel=1e-11)
    assert found.std_err[:, order] == pytest.approx(other.std_err, rel=1e-9)


def weighted_chances(weights, *, histories, until):
    """Return chances and times spent when each subject counts with a weight, (2, S)."""
    w = weights[histories.subject]
    size = len(histories.states)
    times = np.unique(histories.stop[histories.moved])

    def present(moment):
        return (histories.start < moment) & (histories.stop >= moment)

    def share(rows):
        return np.bincount(histories.origin[rows], weights=w[rows], minlength=size)

    chance = share(present(times[0])) / share(present(times[0])).sum()
    spent, now = np.zeros(size), 0.0
    for moment in times[times <= until]:
        spent, now = spent + (moment - now) * chance, moment
        move, at_risk = np.eye(size), share(present(moment))
        for row in np.flatnonzero((histories.stop == moment) & histories.moved):
            here, there = histories.origin[row], histories.target[row]
            move[here, there] += w[row] / at_risk[here]
            move[here, here] -= w[row] / at_risk[here]
        chance = chance @ move
    return np.stack((chance, spent + (until - now) * chance))


@pytest.mark.source(
    "by hand: slope of chances and times in the weight of each subject, by differences"
)
def test_the_jackknife_of_chances_and_times_is_the_sum_of_squared_slopes(truth):
    rows = truth["reversible"]["rows"]
    columns = (rows["subject"], rows["from_state"], rows["to_state"])
    histories = state_histories(*columns, start=rows["start"], stop=rows["stop"])
    model = multi_state(histories)
    step, until = 1e-5, 17.0
    slopes = []
    for subject in range(len(histories.subjects)):
        push = step * (np.arange(len(histories.subjects)) == subject)
        ends = [
            weighted_chances(1 + side * push, histories=histories, until=until) for side in (1, -1)
        ]
        slopes.append((ends[0] - ends[1]) / (2 * step))
    squared = np.sum(np.square(slopes), axis=0)
    assert occupation_at(model, [until]).std_err[0] ** 2 == pytest.approx(squared[0], rel=1e-6)
    assert time_in_state(model, until=until).std_err ** 2 == pytest.approx(squared[1], rel=1e-6)


@pytest.mark.source("simulation: 300 trials of 80 Markov histories; spread against both variances")
def test_both_standard_errors_are_the_spread_of_repeated_trials():
    rng = np.random.default_rng(21)
    found = {variance: [] for variance in StateVariance}
    for _ in range(300):
        histories = markov_histories(rng, subjects=80)
        for variance in StateVariance:
            model = multi_state(histories, variance=variance)
            place = model.states.index("ill")
            at, spent = occupation_at(model, [1.5]), time_in_state(model, until=3)
            found[variance].append(
                (
                    at.estimate[0, place],
                    at.std_err[0, place],
                    spent.estimate[place],
                    spent.std_err[place],
                )
            )
    for rows in found.values():
        chance, chance_error, time, time_error = np.array(rows).T
        # The standard deviation of 300 values has a relative standard error of 0.041.
        assert np.mean(chance_error) == pytest.approx(np.std(chance), rel=3 * 0.041)
        assert np.mean(time_error) == pytest.approx(np.std(time), rel=3 * 0.041)


def markov_histories(rng, *, subjects):
    """Return illness and death with hazards 0.5, 0.2 and 0.6 in steps of 0.1, ends from 1 to 5."""

    def steps(hazard):
        return np.ceil(10 * rng.exponential(1 / hazard, subjects)) / 10

    fall, die = steps(0.5), steps(0.2)
    later = fall + steps(0.6)
    end = np.ceil(10 * rng.uniform(1, 5, subjects)) / 10
    first = np.minimum(np.minimum(fall, die), end)
    ill = (fall < die) & (fall < end)
    well_to = np.where(ill, "ill", np.where((die < end) & ~ill, "dead", "well"))
    number = np.arange(subjects)
    return state_histories(
        np.concatenate((number, number[ill])),
        np.array(["well"] * subjects + ["ill"] * int(ill.sum())),
        np.concatenate((well_to, np.where(later < end, "dead", "ill")[ill])),
        start=np.concatenate((np.zeros(subjects), fall[ill])),
        stop=np.concatenate((first, np.minimum(later, end)[ill])),
    )
