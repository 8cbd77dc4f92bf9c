import numpy as np
import pytest

from equipoise.stats.competing_risks import (
    Pointwise,
    aalen_johansen,
    aalen_johansen_by_group,
    incidence_at,
)
from equipoise.stats.competing_risks.incidence_variance import IncidenceVariance
from equipoise.stats.numerics.probability_scale import ProbabilityScale
from equipoise.stats.time_to_event.survival import kaplan_meier

JACKKNIFE = IncidenceVariance.INFINITESIMAL_JACKKNIFE

# Seven subjects; at 2 one has cause 1, one cause 2, and one is censored.
#   time  at risk  cause 1, 2  S before   F1 step         F2 step
#     1      7        1, 0         1        1/7              0
#     2      6        1, 1        6/7       1/7             1/7
#     4      3        0, 1        4/7        0              4/21
#     5      2        1, 0        8/21      4/21             0
TIMES, CAUSES = [1, 2, 2, 2, 4, 5, 6], [1, 1, 2, 0, 2, 1, 0]


@pytest.mark.source("by hand: seven subjects with ties of two causes and a censoring, table above")
def test_each_step_is_the_chance_before_times_the_share_of_the_cause():
    curve = aalen_johansen(TIMES, CAUSES)
    assert curve.times.tolist() == [1, 2, 4, 5, 6]
    assert curve.at_risk.tolist() == [7, 6, 3, 2, 1]
    assert curve.events.tolist() == [[1, 0], [1, 1], [0, 1], [1, 0], [0, 0]]
    assert curve.censored.tolist() == [0, 1, 0, 0, 1]
    first, second = np.array([3, 6, 6, 10, 10]) / 21, np.array([0, 3, 7, 7, 7]) / 21
    assert curve.incidence == pytest.approx(np.column_stack((first, second)), rel=1e-14)
    assert curve.event_free == pytest.approx(1 - first - second, rel=1e-14)


def aalen_by_double_sum(times, causes, *, cause):
    """Return Aalen's variance at each distinct time, one pair of times after another."""
    curve = aalen_johansen(times, causes)
    own = curve.events[:, curve.causes.index(cause)]
    other = curve.events.sum(axis=1) - own
    height = curve.incidence[:, curve.causes.index(cause)]
    before = np.concatenate(([1.0], curve.event_free[:-1]))
    variances = []
    for t in range(curve.times.size):
        total = 0.0
        for s in range(t + 1):
            n = curve.at_risk[s]
            later = (height[t] - height[s]) / curve.event_free[s] if curve.event_free[s] else 0.0
            for deaths, move in ((own[s], 1 - later), (other[s], -later)):
                spread = (n - deaths) / (n - 1) if deaths > 1 else 1.0
                total += (before[s] * move) ** 2 * spread * deaths / n**2
        variances.append(total)
    return np.array(variances)


@pytest.mark.source("by hand: the delta method as a double sum over event times, ties corrected")
@pytest.mark.parametrize("cause", [1, 2])
def test_aalens_variance_of_seven_subjects(cause):
    found = aalen_johansen(TIMES, CAUSES).std_err[:, cause - 1] ** 2
    assert found == pytest.approx(aalen_by_double_sum(TIMES, CAUSES, cause=cause), rel=1e-12)
    assert aalen_johansen(TIMES, CAUSES).std_err[0, 0] == pytest.approx(1 / 7)


def weighted_incidence(weights, *, columns, at, cause):
    """Return the incidence at a time when each subject counts with a weight."""
    time, causes, entry = columns
    free = height = 1.0
    height = 0.0
    for moment in np.unique(time[causes > 0]):
        if moment > at:
            break
        total = weights[(entry < moment) & (time >= moment)].sum()
        here = time == moment
        height += free * weights[here & (causes == cause)].sum() / total
        free *= 1 - weights[here & (causes > 0)].sum() / total
    return height


@pytest.mark.source("by hand: slope of the incidence in the weight of each subject, by differences")
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("cause", [1, 2])
def test_the_jackknife_is_the_sum_of_squared_slopes(cause, late):
    rng = np.random.default_rng(5)
    time = rng.integers(2, 12, 30).astype(float)
    causes = rng.integers(0, 3, 30)
    entry = np.where(late, rng.integers(0, 9, 30), -1).astype(float)
    entry = np.minimum(entry, time - 1)
    given = entry if late else None
    curve = aalen_johansen(time, causes, entry=given, variance=JACKKNIFE)
    step = 1e-5
    for at in (4.0, 7.0, 11.0):
        slopes = []
        for subject in range(30):
            push = step * (np.arange(30) == subject)
            ends = [
                weighted_incidence(
                    1 + side * push, columns=(time, causes, entry), at=at, cause=cause
                )
                for side in (1, -1)
            ]
            slopes.append((ends[0] - ends[1]) / (2 * step))
        found = incidence_at(curve, [at]).std_err[0, cause - 1]
        assert found**2 == pytest.approx(np.sum(np.square(slopes)), rel=1e-7)


@pytest.mark.source("program: cmprsk 2.2-11: cuminc of mgus2 by sex, timepoints at 60, 120, 240")
def test_incidence_and_aalens_variance_of_cuminc(truth, mgus):
    curves = aalen_johansen_by_group(mgus.time, mgus.cause, mgus.sex)
    by_r = truth["cuminc"]
    for name, estimate, variance in zip(
        by_r["rows"], by_r["estimate"], by_r["variance"], strict=True
    ):
        sex, cause = name.split()
        found = incidence_at(curves[sex], by_r["times"])
        assert found.estimate[:, int(cause) - 1] == pytest.approx(estimate, rel=1e-12)
        assert found.std_err[:, int(cause) - 1] ** 2 == pytest.approx(variance, rel=1e-12)


@pytest.mark.source("program: cmprsk: tests/test.Rout.save, cuminc(ss, cc, gg), as printed")
def test_incidence_of_the_test_of_cmprsk(truth):
    rows = truth["cmprsk_test"]
    curve = aalen_johansen_by_group(rows["time"], rows["cause"], rows["group"])["a"]
    found = incidence_at(curve, [1, 2, 3])
    assert found.estimate[:, 0] == pytest.approx(rows["incidence_a"], abs=5e-8)
    assert found.std_err[:, 0] ** 2 == pytest.approx(rows["variance_a"], abs=5e-10)


@pytest.mark.source("program: survival 3.5-3: survfit of mgus2, conf.type plain, log and log-log")
def test_jackknife_and_three_intervals_of_survfit(truth, mgus):
    for by_r in truth["survfit"]["curves"]:
        one = mgus.sex == by_r["sex"]
        curve = aalen_johansen(
            mgus.time[one],
            mgus.cause[one],
            variance=JACKKNIFE,
            pointwise=Pointwise(scale=ProbabilityScale(by_r["scale"])),
        )
        found = incidence_at(curve, truth["survfit"]["times"])
        for name in ("estimate", "std_err", "lower", "upper"):
            assert getattr(found, name) == pytest.approx(np.array(by_r[name]), rel=1e-11)


@pytest.mark.source("program: survival 3.5-3: survfit of mgus2 with delayed entry and id")
def test_delayed_entry_of_survfit(truth, mgus):
    entry = (mgus.number * 7) % 11
    kept = entry < mgus.time
    curve = aalen_johansen(mgus.time[kept], mgus.cause[kept], entry=entry[kept], variance=JACKKNIFE)
    by_r = truth["late"]
    found = incidence_at(curve, by_r["times"])
    assert found.at_risk.tolist() == by_r["at_risk"]
    assert found.estimate == pytest.approx(np.array(by_r["estimate"]), rel=1e-12)
    assert found.std_err == pytest.approx(np.array(by_r["std_err"]), rel=1e-11)


@pytest.mark.source("by hand: one cause is one less Kaplan and Meier's curve, Greenwood's variance")
def test_one_cause_is_the_complement_of_kaplan_and_meier():
    times, events = [1, 2, 2, 3, 4, 4, 5], [1, 1, 0, 1, 1, 1, 0]
    km = kaplan_meier(times, events, interval=ProbabilityScale.LOG_LOG)
    curve = aalen_johansen(times, events, variance=JACKKNIFE)
    assert curve.incidence[:, 0] == pytest.approx(1 - km.survival, rel=1e-13)
    assert curve.std_err[:, 0] == pytest.approx(km.std_err, rel=1e-12)
    assert curve.lower[:, 0] == pytest.approx(1 - km.upper, rel=1e-11)
    assert curve.upper[:, 0] == pytest.approx(1 - km.lower, rel=1e-11)
