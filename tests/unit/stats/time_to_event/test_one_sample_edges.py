from math import inf

import numpy as np
import pytest

from equipoise.base.errors import BadInput
from equipoise.stats.time_to_event.one_sample_logrank import (
    EventRatioInterval,
    OneSampleMethod,
    one_sample_logrank,
)
from equipoise.stats.time_to_event.reference_hazard import (
    ConstantHazard,
    HazardTable,
    PiecewiseHazard,
    WeibullHazard,
    cumulative_hazard,
)

RATE = ConstantHazard(rate=0.1)


def test_no_events_leave_a_ratio_of_0_with_an_upper_limit():
    found = one_sample_logrank([1, 2], [0, 0], reference=RATE)
    assert (found.ratio, found.lower) == (0, 0)
    assert 0 < found.upper < inf
    plain = OneSampleMethod(interval=EventRatioInterval.LOG)
    assert one_sample_logrank([1, 2], [0, 0], reference=RATE, method=plain).upper == inf


def test_fewer_events_than_expected_are_a_negative_z():
    found = one_sample_logrank([10] * 20, [1] + [0] * 19, reference=RATE)
    assert found.z < 0
    assert found.p_fewer < 0.001
    assert found.upper < 1


def test_a_wider_level_is_a_wider_interval():
    wide, narrow = (
        one_sample_logrank(
            [10] * 4, [1] * 4, reference=RATE, method=OneSampleMethod(confidence=level)
        )
        for level in (0.99, 0.9)
    )
    assert wide.lower < narrow.lower < narrow.upper < wide.upper


def test_a_table_keeps_its_numbers():
    times = np.array([1.0, 2.0])
    table = HazardTable(times=times, cumulative=np.array([0.1, 0.3]))
    times[1] = 9
    assert table.times.tolist() == [1, 2]
    assert not table.cumulative.flags.writeable


@pytest.mark.parametrize(
    "make",
    [
        lambda: ConstantHazard(rate=0),
        lambda: ConstantHazard(rate=np.nan),
        lambda: ConstantHazard.of_survival(1, at=5),
        lambda: ConstantHazard.of_survival(0.5, at=0),
        lambda: WeibullHazard(shape=0, scale=1),
        lambda: WeibullHazard(shape=1, scale=-1),
        lambda: PiecewiseHazard(starts=(), rates=()),
        lambda: PiecewiseHazard(starts=(1,), rates=(0.1,)),
        lambda: PiecewiseHazard(starts=(0, 0), rates=(0.1, 0.1)),
        lambda: PiecewiseHazard(starts=(0, 1), rates=(0.1,)),
        lambda: PiecewiseHazard(starts=(0, 1), rates=(0.1, -0.1)),
        lambda: HazardTable(times=np.array([2.0, 1]), cumulative=np.array([0.1, 0.2])),
        lambda: HazardTable(times=np.array([1.0, 2]), cumulative=np.array([0.2, 0.1])),
        lambda: HazardTable(times=np.array([1.0, 2]), cumulative=np.array([-0.1, 0.1])),
        lambda: HazardTable(times=np.array([1.0, 2]), cumulative=np.array([0.1])),
        lambda: HazardTable(times=np.array([1.0, np.nan]), cumulative=np.array([0.1, 0.2])),
    ],
)
def test_hazards_out_of_range_are_refused(make):
    with pytest.raises(BadInput):
        make()


def test_a_table_that_ends_too_early_is_refused():
    table = HazardTable(times=np.array([1.0, 2]), cumulative=np.array([0.1, 0.3]))
    with pytest.raises(BadInput, match="as far as"):
        cumulative_hazard(table, [1, 3])


@pytest.mark.parametrize(
    "reference", [lambda time: time[:1], lambda time: -time, lambda time: time * np.nan]
)
def test_a_callable_that_is_no_hazard_is_refused(reference):
    with pytest.raises(BadInput) as error:
        cumulative_hazard(reference, [1, 3])
    assert error.value.faults[0].where == "reference"


def test_nothing_expected_is_refused():
    with pytest.raises(BadInput, match="expected events"):
        one_sample_logrank([0, 0], [0, 0], reference=RATE)


@pytest.mark.parametrize(
    ("time", "event", "entry", "where"),
    [
        ([1, 2], [1], None, "event"),
        ([1, -2], [1, 1], None, "time"),
        ([1, 2], [1, 2], None, "event"),
        ([1, 2], [1, 1], [0, 2], "entry"),
        ([1, 2], [1, 1], [-1, 0], "time"),
    ],
)
def test_columns_that_cannot_be_meant_are_refused(time, event, entry, *, where):
    with pytest.raises(BadInput) as error:
        one_sample_logrank(time, event, reference=RATE, entry=entry)
    assert error.value.faults[0].where == where


def test_a_confidence_that_is_no_level_is_refused():
    with pytest.raises(BadInput, match="confidence"):
        one_sample_logrank([1], [1], reference=RATE, method=OneSampleMethod(confidence=95))
