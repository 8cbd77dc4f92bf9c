from __future__ import annotations

from math import log
from statistics import stdev

import pytest

from equipoise.base.randomness import Seed
from equipoise.simulate.dice import Dice
from equipoise.simulate.habits import LABORATORY_SPREAD
from equipoise.simulate.measures import Measured, measure_laboratory
from equipoise.simulate.plan import plan_arm
from equipoise.study.scenarios import LaboratoryEffect, Scenario
from equipoise.study.study import Study


@pytest.mark.parametrize(("said", "spread"), [(None, LABORATORY_SPREAD), (0.0, 0.0), (0.3, 0.3)])
def test_treated_values_spread_as_said_else_as_between_any_two_visits(
    study: Study, scenario: Scenario, *, said: float | None, spread: float
):
    effect = LaboratoryEffect(factor=0.5, sd_log=said)
    changed = scenario.model_copy(update={"laboratory": {"neutrophils": {"drug": effect}}})
    visit = next(one for one in plan_arm(study, "drug").visits if one.visit == "cycle")
    logs: list[float] = []
    for subject in range(400):
        dice = Dice(seed=Seed(value=1), subject=subject)
        of = Measured(
            scenario=changed,
            arm="drug",
            dice=dice,
            baseline={"neutrophils": 4000.0},
            treated=range(100),
        )
        form = study.forms["laboratory"]
        value = measure_laboratory(form, of=of, visit=visit, treated=True)["neutrophils"]
        assert isinstance(value, float)
        logs.append(log(value))
    assert stdev(logs) == pytest.approx(spread, rel=0.12, abs=1e-6)
