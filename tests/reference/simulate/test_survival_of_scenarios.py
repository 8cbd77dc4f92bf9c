"""Virtual subjects live as long as the curves that scenarios are written from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from equipoise.base.randomness import Seed
from equipoise.simulate.dice import Dice
from equipoise.simulate.fate import Findings, Times, draw_fate
from equipoise.simulate.subject import Fate
from equipoise.study.scenarios import Course

SUBJECTS = 4000
MONTH = 30.4375
SURGERY_DAY = 10
NEVER = "exponential(median 999999 mo)"
COURSE: dict[str, Any] = {
    "not_operated": "0 %",
    "explored_not_resected": "0 %",
    "margin": {"R0": "100 %"},
    "ninety_day_death": "0 %",
    "recurrence": NEVER,
    "progression_unresected": NEVER,
    "death_after_recurrence": NEVER,
    "death_unresected": NEVER,
    "death_otherwise": NEVER,
}
RESECTED = Findings(
    response=None,
    refused=None,
    resectable=True,
    margin="R0",
    viable_percent=None,
    operative_death=None,
)


def fates(findings: Findings, *, hazard_ratio: float = 1.0, **lifetimes: str) -> list[Fate]:
    course = Course.model_validate(COURSE | lifetimes)
    return [
        draw_fate(
            findings,
            times=Times(
                course=course,
                dice=Dice(seed=Seed(value=20), subject=subject),
                hazard_ratio=hazard_ratio,
                margins={},
                yearly_dropout=0.0,
            ),
            surgery_day=SURGERY_DAY,
            scan_days=(),
        )
        for subject in range(SUBJECTS)
    ]


def share_free(fates: list[Fate], *, months: float) -> float:
    """Return the share without recurrence some months after surgery."""
    last = SURGERY_DAY + months * MONTH
    free = [fate.recurrence_day is None or fate.recurrence_day > last for fate in fates]
    return sum(free) / len(free)


def four_errors(share: float) -> float:
    return 4 * (share * (1 - share) / SUBJECTS) ** 0.5


@pytest.mark.source("by hand: exp(-(12/17)^0.69) = 0.456, exp(-(24/17)^0.69) = 0.281")
def test_recurrence_follows_its_weibull_curve_without_frailty_and_risk():
    drawn = fates(RESECTED, recurrence="weibull(shape 0.69, scale 17 mo)")
    assert share_free(drawn, months=12) == pytest.approx(0.456, abs=four_errors(0.456))
    assert share_free(drawn, months=24) == pytest.approx(0.281, abs=four_errors(0.281))


@pytest.mark.source("by hand: proportional hazards, 0.456^2 = 0.208 and 0.281^2 = 0.079")
def test_a_hazard_ratio_of_two_squares_the_curve():
    drawn = fates(RESECTED, hazard_ratio=2.0, recurrence="weibull(shape 0.69, scale 17 mo)")
    assert share_free(drawn, months=12) == pytest.approx(0.208, abs=four_errors(0.208))
    assert share_free(drawn, months=24) == pytest.approx(0.079, abs=four_errors(0.079))


@pytest.mark.source("by hand: half the subjects lie beyond the median of an exponential lifetime")
@pytest.mark.parametrize(
    ("findings", "lifetimes"),
    [
        (RESECTED, {"death_otherwise": "exponential(median 13 mo)"}),
        (
            replace(RESECTED, refused="refusal"),
            {"death_unresected": "exponential(median 13 mo)"},
        ),
        (
            RESECTED,
            {
                "recurrence": "weibull(shape 9, scale 1 d)",
                "death_after_recurrence": "exponential(median 13 mo)",
            },
        ),
    ],
)
def test_half_of_the_subjects_outlive_a_median(findings: Findings, lifetimes: dict[str, str]):
    drawn = fates(findings, **lifetimes)
    starts_on = 0 if "death_otherwise" in lifetimes else SURGERY_DAY
    alive = sum(fate.death_day - starts_on > 13 * MONTH for fate in drawn) / SUBJECTS
    assert alive == pytest.approx(0.5, abs=four_errors(0.5))


@pytest.mark.source("by hand: 1 - 0.9 = 10 % of subjects stay two years of 68.4 % dropout each")
def test_dropout_leaves_the_share_of_its_yearly_probability():
    course = Course.model_validate(COURSE)
    left = 0
    for subject in range(SUBJECTS):
        times = Times(
            course=course,
            dice=Dice(seed=Seed(value=20), subject=subject),
            hazard_ratio=1.0,
            margins={},
            yearly_dropout=1 - 0.1**0.5,
        )
        fate = draw_fate(RESECTED, times=times, surgery_day=SURGERY_DAY, scan_days=())
        left += fate.dropout_day is not None and fate.dropout_day <= 730
    assert left / SUBJECTS == pytest.approx(0.9, abs=four_errors(0.9))
