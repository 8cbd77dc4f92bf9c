import numpy as np
import pytest

from equipoise.base.randomness import Seed, stream
from equipoise.stats.competing_risks import gray


@pytest.mark.source("program: cmprsk 2.2-11: cuminc(etime, ev, sex) of mgus2, tests")
@pytest.mark.parametrize("cause", [1, 2])
def test_grays_test_of_mgus2(truth, mgus, cause):
    statistic, p_value, df = truth["cuminc"]["gray"][cause - 1]
    found = gray(mgus.time, mgus.cause, mgus.sex, of_interest=cause)
    assert found.chi_square == pytest.approx(statistic, rel=1e-11)
    assert found.p_value == pytest.approx(p_value, rel=1e-10)
    assert found.df == df


@pytest.mark.source("program: cmprsk: tests/test.Rout.save, three groups in two strata, as printed")
def test_stratified_test_of_three_groups(truth):
    rows = truth["cmprsk_test"]
    for times, wanted in ((rows["time"], "gray"), (rows["other_time"], "gray_other")):
        found = [
            gray(times, rows["cause"], rows["group"], of_interest=k, strata=rows["stratum"])
            for k in (1, 2)
        ]
        assert [one.chi_square for one in found] == pytest.approx(rows[wanted], abs=5e-7)
        assert [(one.df, one.strata) for one in found] == [(2, 2), (2, 2)]


@pytest.mark.source("program: cmprsk: tests/test.Rout.save, groups a and c, as printed")
def test_stratified_test_of_two_of_the_groups(truth):
    rows = truth["cmprsk_test"]
    kept = np.array(rows["group"]) != "b"
    columns = [np.array(rows[name])[kept] for name in ("time", "cause", "group", "stratum")]
    found = [gray(*columns[:3], of_interest=k, strata=columns[3]).chi_square for k in (1, 2)]
    assert found == pytest.approx(rows["gray_without_b"], abs=5e-8)


# Group a: cause 1 at 1, censored at 3. Group b: cause 2 at 2, cause 1 at 4. No ties.
#   time  h_a, h_b    R_a, R_b    F0     score of a                weight at rho = 1
#     1     2, 2        2, 2      1/4    1 - 2/4                        1
#     4     0, 1/(1/2)  0, 2     3/4     0 - 0                         3/4
@pytest.mark.source("by hand: four subjects, table above")
def test_scores_of_four_subjects():
    time, cause, group = [1, 3, 2, 4], [1, 0, 2, 1], ["a", "a", "b", "b"]
    for rho in (0.0, 1.0):
        found = gray(time, cause, group, of_interest=1, rho=rho)
        assert found.score == pytest.approx([0.5, -0.5])
        assert found.n.tolist() == [2, 2]
        assert found.events.tolist() == [1, 1]
    # At 4 only b is at risk. A later event of a after 4 has the weight 1 - F0 = 1/4 of rho = 1.
    time, cause, group = [1, 5, 2, 4, 6], [1, 1, 2, 1, 0], ["a", "a", "b", "b", "b"]
    # h: at 1 (2, 3); at 4 (2, 3), as S_a = 1/2 and S_b = 2/3; at 5 (2, 3), S_b = 1/3.
    # F_a before 4 is 1/2, F_b 0: R = (1, 3); before 5 F_b is 1/3: R = (1, 2). F0 = 1/5, 2/5.
    plain = gray(time, cause, group, of_interest=1)
    late = gray(time, cause, group, of_interest=1, rho=1.0)
    steps = np.array([1 - 2 / 5, 0 - 1 / 4, 1 - 1 / 3])
    assert plain.score[0] == pytest.approx(steps.sum())
    assert late.score[0] == pytest.approx(steps @ [1, 4 / 5, 3 / 5])


def trial(rng, *, n):
    """Return two groups of one incidence of cause 1; cause 2 is earlier in the second."""
    group = np.arange(n) % 2
    first = rng.random(n) < 0.45
    time = np.where(first, rng.exponential(10, n), rng.exponential(np.where(group, 4, 12)))
    censoring = rng.uniform(0, np.where(group, 30, 40))
    cause = np.where(censoring < time, 0, np.where(first, 1, 2))
    return np.minimum(time, censoring), cause, group


@pytest.mark.source("simulation: 1000 trials of 150 subjects, seed 7; equal incidence of one cause")
def test_type_one_error_where_only_the_competing_cause_differs():
    rejected = 0
    for replicate in range(1000):
        rng = stream(Seed(value=7, replicate=replicate), purpose="gray_null")
        rejected += gray(*trial(rng, n=150), of_interest=1).p_value < 0.05
    assert rejected / 1000 == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / 1000))
