import numpy as np
import pytest

from equipoise.base.errors import BadInput
from equipoise.stats.time_to_event.comparison_weights import (
    LOGRANK,
    PETO_PETO,
    AtRiskPower,
    EarlyZero,
    FlemingHarrington,
    ModestlyWeighted,
)
from equipoise.stats.time_to_event.event_table import (
    compared_columns,
    event_table,
    event_table_with_groups,
)
from equipoise.stats.time_to_event.logrank import logrank
from equipoise.stats.time_to_event.max_combo import FOUR_TESTS, max_combo
from equipoise.stats.time_to_event.weighted_logrank import RankVariance, weighted_logrank

TIME = [5, 1, 3, 3, 2, 8, 6, 3]
EVENT = [1, 1, 1, 0, 1, 0, 1, 1]
ARM = ["b", "a", "a", "b", "b", "a", "b", "a"]


def test_a_table_counts_who_is_at_risk_at_each_event_time():
    table, events = event_table_with_groups(compared_columns(TIME, EVENT, ARM))
    assert table.times.tolist() == [1, 2, 3, 5, 6]
    assert table.events.tolist() == [1, 1, 2, 1, 1]
    assert table.at_risk.tolist() == [8, 7, 6, 3, 2]
    assert table.others_at_risk.tolist() == [[4, 4, 3, 2, 1]]
    assert events.tolist() == [[0, 1, 0, 1, 1]]


def test_times_that_differ_in_the_last_bit_are_two_times():
    near = np.nextafter(1.0, 2.0)
    table = event_table(compared_columns([near, 1.0, 0.0], [1, 1, 1], [0, 1, 0]))
    assert table.times.tolist() == [0.0, 1.0, near]
    assert table.others_at_risk.tolist() == [[1, 1, 0]]


def test_minus_zero_is_zero():
    table = event_table(compared_columns([-0.0, 0.0, 1.0], [1, 1, 1], [0, 1, 0]))
    assert table.times.tolist() == [0.0, 1.0]
    assert table.events.tolist() == [2, 1]


@pytest.mark.parametrize(
    ("labels", "truth"),
    [
        (["x", "y", "x"], ("x", "y")),
        ([2, 1, 2], (1, 2)),
        ([0.5, -1.0, 0.5], (-1.0, 0.5)),
        ([True, False, True], (False, True)),
        (np.array(["x", "y", "x"], dtype=object), ("x", "y")),
    ],
)
def test_labels_are_sorted_whatever_they_are(labels, truth):
    columns = compared_columns([1, 2, 3], [1, 1, 1], labels)
    assert columns.groups == truth
    assert [member.tolist() for member in columns.members] == [
        [False, True, False] if columns.groups[0] == labels[1] else [True, False, True],
        [True, False, True] if columns.groups[0] == labels[1] else [False, True, False],
    ]


def test_many_groups_are_compared_as_few_are():
    time, event = np.arange(1.0, 37), np.ones(36)
    group = np.arange(36) % 12
    test = logrank(time, event, group)
    assert test.df == 11
    assert test.observed.tolist() == [3] * 12
    assert test.expected.sum() == pytest.approx(36)


def test_the_variance_of_all_groups_adds_up_to_nothing():
    test = weighted_logrank(
        TIME, EVENT, [0, 1, 2, 0, 1, 2, 0, 1], weight=FlemingHarrington(rho=1, gamma=1)
    )
    assert test.variance.sum(axis=1) == pytest.approx([0, 0, 0], abs=1e-15)
    assert test.z is None


def test_each_stratum_has_weights_of_its_own():
    strata = [1, 1, 1, 1, 2, 2, 2, 2]
    weight = FlemingHarrington(rho=1, gamma=0)
    both = weighted_logrank(TIME, EVENT, ARM, weight=weight, strata=strata)
    parts = [
        weighted_logrank(TIME[half], EVENT[half], ARM[half], weight=weight)
        for half in (slice(4), slice(4, 8))
    ]
    assert both.observed == pytest.approx(parts[0].observed + parts[1].observed)
    assert both.variance == pytest.approx(parts[0].variance + parts[1].variance)
    assert both.strata == 2
    assert both.observed[1] != weighted_logrank(TIME, EVENT, ARM, weight=weight).observed[1]


def test_the_variance_is_as_asked():
    plain = weighted_logrank(TIME, EVENT, ARM, weight=LOGRANK)
    dealt = weighted_logrank(TIME, EVENT, ARM, weight=LOGRANK, spread=RankVariance.PERMUTATION)
    assert dealt.observed == pytest.approx(plain.observed)
    assert dealt.z != pytest.approx(plain.z, rel=1e-3)
    assert dealt.spread is RankVariance.PERMUTATION


def test_a_stratum_of_one_subject_adds_nothing_to_a_permutation_test():
    more = weighted_logrank(
        [*TIME, 4],
        [*EVENT, 1],
        [*ARM, "a"],
        weight=LOGRANK,
        strata=[1] * 8 + [2],
        spread=RankVariance.PERMUTATION,
    )
    plain = weighted_logrank(TIME, EVENT, ARM, weight=LOGRANK, spread=RankVariance.PERMUTATION)
    assert more.z == pytest.approx(plain.z, rel=1e-14)


def test_max_combo_of_one_test_is_that_test():
    weight = FlemingHarrington(rho=0, gamma=1)
    one = max_combo(TIME, EVENT, ARM, weights=(weight,))
    alone = weighted_logrank(TIME, EVENT, ARM, weight=weight)
    assert one.z[0] == pytest.approx(alone.z, rel=1e-12)
    assert one.p_value == pytest.approx(alone.p_value, rel=1e-9)
    assert one.correlation.tolist() == [[1.0]]


def test_max_combo_names_the_test_that_favours_the_second_group_most():
    test = max_combo(TIME, EVENT, ARM)
    assert test.weights == FOUR_TESTS
    assert test.best == int(np.argmin(test.z))
    assert test.p_fewer < 1
    assert not test.z.flags.writeable


def test_max_combo_strata_are_used():
    strata = [1, 1, 1, 1, 2, 2, 2, 2]
    stratified = max_combo(TIME, EVENT, ARM, strata=strata)
    assert stratified.z[0] == pytest.approx(logrank(TIME, EVENT, ARM, strata=strata).z)
    assert stratified.strata == 2


@pytest.mark.parametrize("compare", [logrank, max_combo])
@pytest.mark.parametrize(
    ("time", "event", "group", "where"),
    [
        ([1, 2], [1, 1, 1], [0, 1], "event"),
        ([1, 2], [1, 1], [0, 1, 1], "group"),
        ([1, -2], [1, 1], [0, 1], "time"),
        ([1, np.nan], [1, 1], [0, 1], "time"),
        ([1, 2], [1, 0.5], [0, 1], "event"),
        ([1, 2], [1, 1], [0, np.nan], "group"),
        ([1, 2], [1, 1], np.array(["a", None], dtype=object), "group"),
        ([1, 2], [1, 1], [0, 0], "group"),
        ([], [], [], "time"),
    ],
)
def test_columns_that_cannot_be_compared_are_refused(compare, time, event, *, group, where):
    with pytest.raises(BadInput) as error:
        compare(time, event, group)
    assert error.value.faults[0].where == where


def test_groups_never_at_risk_together_are_refused():
    with pytest.raises(BadInput, match="two groups are at risk"):
        logrank([1, 2, 3, 4], [1, 1, 1, 1], [0, 0, 1, 1], strata=[1, 1, 2, 2])
    with pytest.raises(BadInput, match="two groups are at risk"):
        logrank([1, 2, 3, 4], [0, 0, 0, 0], [0, 0, 1, 1])
    with pytest.raises(BadInput, match="both groups are at risk"):
        max_combo([1, 2, 3, 4], [0, 0, 0, 0], [0, 0, 1, 1])


def test_strata_of_one_group_each_leave_nothing_but_rounding_and_are_refused():
    random = np.random.default_rng(8)
    time, group = random.exponential(1, 3000), np.arange(3000) % 2
    with pytest.raises(BadInput, match="two groups are at risk"):
        weighted_logrank(time, np.ones(3000), group, weight=PETO_PETO, strata=group)


def test_weights_that_leave_no_event_are_refused():
    with pytest.raises(BadInput, match="needs an event"):
        weighted_logrank(TIME, EVENT, ARM, weight=EarlyZero(until=100))
    with pytest.raises(BadInput) as error:
        max_combo(TIME, EVENT, ARM, weights=(LOGRANK, EarlyZero(until=100)))
    assert error.value.faults[0].where == "weights[1]"


def test_max_combo_refuses_three_groups_and_no_tests():
    with pytest.raises(BadInput, match="two groups"):
        max_combo(TIME, EVENT, [0, 1, 2, 0, 1, 2, 0, 1])
    with pytest.raises(BadInput, match="one to eight"):
        max_combo(TIME, EVENT, ARM, weights=())


@pytest.mark.parametrize(
    "make",
    [
        lambda: FlemingHarrington(rho=-1, gamma=0),
        lambda: FlemingHarrington(rho=0, gamma=np.nan),
        lambda: AtRiskPower(power=-0.5),
        lambda: EarlyZero(until=-1),
        ModestlyWeighted,
        lambda: ModestlyWeighted(until=-1),
        lambda: ModestlyWeighted(height=0),
        lambda: ModestlyWeighted(height=1.1),
    ],
)
def test_weights_out_of_range_are_refused(make):
    with pytest.raises(BadInput):
        make()
