from __future__ import annotations

import numpy as np
import pytest

from equipoise.base.randomness import Seed
from equipoise.simulate.dice import Dice, badness

SEED = Seed(value=3)


def test_a_longer_draw_begins_like_a_shorter_one():
    dice = Dice(seed=SEED, subject=4)
    assert dice.uniforms("x", count=5)[:2] == dice.uniforms("x", count=2)


def test_numbers_of_a_series_do_not_depend_on_which_is_asked_first():
    asked = [Dice(seed=SEED, subject=4).uniform("x", number=k) for k in (40, 1, 33)]
    again = [Dice(seed=SEED, subject=4).uniform("x", number=k) for k in (33, 40, 1)]
    assert sorted(asked) == sorted(again)
    assert len(set(asked)) == 3


def test_another_subject_purpose_replicate_or_seed_has_other_numbers():
    addresses = [(SEED, 1, "x"), (SEED, 2, "x"), (SEED, 1, "y"), (Seed(value=4), 1, "x")]
    addresses.append((Seed(value=3, replicate=1), 1, "x"))
    drawn = {Dice(seed=seed, subject=who).uniform(what) for seed, who, what in addresses}
    assert len(drawn) == len(addresses)


def test_badness_is_uniform_and_follows_frailty():
    sd, n = 0.6, 4000
    frailty = sd * np.array([Dice(seed=SEED, subject=k).normal("frailty") for k in range(n)])
    drawn = np.array(
        [
            badness(Dice(seed=SEED, subject=k), purpose="bad", frailty=float(frailty[k]), sd=sd)
            for k in range(n)
        ]
    )
    shares = np.histogram(drawn, bins=10, range=(0, 1))[0] / n
    assert np.abs(shares - 0.1).max() < 4 * np.sqrt(0.09 / n)
    ranks = [np.argsort(np.argsort(each)) for each in (frailty, drawn)]
    rho = sd / np.sqrt(1 + sd**2)
    spearman = 6 / np.pi * np.arcsin(rho / 2)  # of two normal variables
    assert np.corrcoef(*ranks)[0, 1] == pytest.approx(spearman, abs=0.05)


def test_badness_does_not_follow_frailty_without_spread():
    dice = Dice(seed=SEED, subject=1)
    assert badness(dice, purpose="b", frailty=0, sd=0) == pytest.approx(dice.uniform("b"))
