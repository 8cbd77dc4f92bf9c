"""How often tests reject when there is nothing to find, within three standard errors."""

from math import sqrt

import numpy as np
import pytest

from equipoise.stats.time_to_event.logrank import logrank
from equipoise.stats.time_to_event.max_combo import max_combo
from equipoise.stats.time_to_event.one_sample_logrank import WU, one_sample_logrank
from equipoise.stats.time_to_event.reference_hazard import ConstantHazard

TRIALS = 1500
LEVEL = 0.05


def near_level(rejected):
    return abs(np.mean(rejected) - LEVEL) < 3 * sqrt(LEVEL * (1 - LEVEL) / len(rejected))


def trial_of(random, *, subjects=200):
    """Exponential times, censored evenly between 0.5 and 2.5, in two arms by turns."""
    latent, last = random.exponential(1, subjects), random.uniform(0.5, 2.5, subjects)
    return np.minimum(latent, last), latent <= last, np.arange(subjects) % 2


@pytest.mark.source("simulation: 1500 trials of 200 subjects without an effect, seed 20261")
def test_log_rank_late_weights_and_max_combo_keep_their_level():
    random = np.random.default_rng(20261)
    tests = [max_combo(*trial_of(random)) for _ in range(TRIALS)]
    assert near_level([abs(test.z[0]) > 1.959964 for test in tests])
    assert near_level([abs(test.z[1]) > 1.959964 for test in tests])
    assert near_level([test.p_value < LEVEL for test in tests])
    assert near_level([test.p_fewer < LEVEL for test in tests])
    # The best of four without a correction is what MaxCombo corrects.
    assert not near_level([np.abs(test.z).max() > 1.959964 for test in tests])


@pytest.mark.source("simulation: 1500 stratified trials without an effect in strata that differ")
def test_the_stratified_log_rank_keeps_its_level():
    random = np.random.default_rng(20262)
    strata = np.arange(120) // 40
    rejected = []
    for _ in range(TRIALS):
        latent = random.exponential(1, 120) / (1 + 2 * strata)
        test = logrank(latent, np.ones(120), random.integers(0, 2, 120), strata=strata)
        rejected.append(test.p_value < LEVEL)
    assert near_level(rejected)


@pytest.mark.source("simulation: 4000 arms of 60 subjects that follow the reference, seed 20263")
def test_the_one_sample_log_rank_of_wu_keeps_its_level():
    random = np.random.default_rng(20263)
    reference = ConstantHazard(rate=0.1)
    rejected = []
    for _ in range(4000):
        latent, last = random.exponential(10, 60), random.uniform(6, 18, 60)
        found = one_sample_logrank(
            np.minimum(latent, last), latent <= last, reference=reference, method=WU
        )
        rejected.append(found.p_value < LEVEL)
    assert near_level(rejected)
