"""The parts of a search for stopping rules, on trials small enough to count."""

import numpy as np
import pytest

from equipoise.design.one_arm.bop2 import most_powerful, no_design, share_powers
from equipoise.design.one_arm.cutoff_search import (
    Rules,
    Wanted,
    best_cutoffs,
    binary_outcomes,
    courses,
    cutoff_range,
    highest_stops,
)

SHARES = Rules(looks=(1, 2), values=np.array([[[0.0, 0.5, 1.0], [0.0, 0.5, 1.0]]]))
"""Values 0, 1/2 and 1 at counts 0, 1 and 2, looked at after one subject and after two."""


@pytest.mark.source("by hand: below 1/2 stops at count 0: q after one subject; then never")
def test_the_course_of_a_rule_over_two_subjects():
    assert binary_outcomes(0.3) == (((0,), 0.7), ((1,), 0.3))
    found = courses(SHARES, cutoffs=np.array([0.5]), outcomes=binary_outcomes(0.3))
    assert found.stop_per_look == pytest.approx(np.array([[0.7, 0.0]]), abs=1e-15)
    assert found.go_probability == pytest.approx([0.3])
    assert found.expected_subjects == pytest.approx([0.7 + 2 * 0.3])
    # Below 3/4 everybody stops after one subject: one response is 1/2.
    found = courses(SHARES, cutoffs=np.array([0.75]), outcomes=binary_outcomes(0.3))
    assert found.stop_per_look == pytest.approx(np.array([[1.0, 0.0]]), abs=1e-15)


@pytest.mark.source("by hand: counts that can be seen stop at 0; no value lies between 0 and 1/2")
def test_what_a_cutoff_stops():
    stops = highest_stops(SHARES, cutoffs=np.array([0.5]))
    assert stops.tolist() == [[0, 0]]
    assert highest_stops(SHARES, cutoffs=np.array([0.0])).tolist() == [[-1, -1]]
    below, above = cutoff_range(SHARES, cutoffs=np.array([0.3]))
    assert (below.tolist(), above.tolist()) == ([0.0], [0.5])


@pytest.mark.source(
    "by hand: a cutoff of 1/2 goes on with p = 0.3: an error of 0.31 allows it, not 0.2"
)
def test_the_best_cutoff_of_three():
    at_30 = binary_outcomes(0.3)
    kept = best_cutoffs(SHARES, outcomes=at_30, wanted=Wanted.SMALLEST_WITHIN_ALPHA, limit=0.31)
    assert kept.tolist() == [0.5]
    most = best_cutoffs(SHARES, outcomes=at_30, wanted=Wanted.LARGEST_WITH_POWER, limit=0.29)
    assert most.tolist() == [0.5]
    never = best_cutoffs(SHARES, outcomes=at_30, wanted=Wanted.SMALLEST_WITHIN_ALPHA, limit=0.2)
    assert never[0] > 0.5


@pytest.mark.source("by hand: 1/4 and 1 to the powers 1/2 and 2; of equal powers, fewer subjects")
def test_shapes_and_the_most_powerful_of_them():
    found = share_powers((5, 20), shapes=(0.5, 2.0))
    assert found == pytest.approx(np.array([[0.5, 1.0], [1 / 16, 1.0]]), rel=1e-15)
    powers, subjects = np.array([0.8, 0.9, 0.9]), np.array([10.0, 30.0, 20.0])
    assert most_powerful(powers, subjects=subjects) == 2
    assert "no cutoff keeps the error" in str(no_design((5, 20)))
