"""The rule of a risk table, its pure function and a slow twin agree on random subjects."""

import itertools
import math

import polars as pl
import pytest

from equipoise.oncology.disease.risk_table import risk
from equipoise.study.forms import ItemType
from equipoise.study.risk import RiskTable, risk_rule
from equipoise.study.rules import judge

from .draws import Draws

TABLES, SUBJECTS = 12, 1_000


def draw_table(draws):
    names = [f"f{k}" for k in range(1, draws.below(6, start=3))]
    ratios = {name: round(draws.between(0.4, 3.0), 2) for name in names}
    starts = sorted({round(draws.between(0.5, 4.0), 1) for _ in range(draws.below(4))})
    own = {"hazard": "death", "source": "assumed"}
    return RiskTable.model_validate(
        {
            "label": "Death",
            "shrink": draws.one_of(["none", "30 %", "50 %"]),
            "factors": {
                name: {"label": name, "when": f"{name} > 0", "hazard_ratio": ratio, **own}
                for name, ratio in ratios.items()
            },
            "classes": {"c0": 0, **{f"c{k}": start for k, start in enumerate(starts, start=1)}},
        }
    )


def twin(table, findings):
    """Return every linear predictor that the unknown factors leave open, in floating point."""
    parts = [
        (1 - table.shrink) * math.log(factor.hazard_ratio) for factor in table.factors.values()
    ]
    open_ways = [(True, False) if has is None else (has,) for has in findings.values()]
    for way in itertools.product(*open_ways):
        yield math.fsum(part for part, has in zip(parts, way, strict=True) if has)


def class_of(table, predictor):
    """Return the class of a predictor; those on a limit belong to the class that begins there."""
    reached = [name for name, start in table.classes.items() if math.exp(predictor) >= start - 1e-9]
    return reached[-1]


@pytest.mark.parametrize("seed", range(TABLES))
def test_one_subject_and_a_frame_of_subjects_have_the_same_risk(seed):
    draws = Draws(seed)
    table = draw_table(draws)
    rows = [{name: draws.maybe([0, 1]) for name in table.factors} for _ in range(SUBJECTS)]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(table.factors, pl.Int64()))
    kinds = (ItemType.CODE, ItemType.NUMBER, ItemType.INTEGER)
    rules = {kind.value: risk_rule(table, answers=kind) for kind in kinds}
    for row, told in zip(rows, judge(rules, frame).to_dicts(), strict=True):
        findings = {name: None if value is None else value > 0 for name, value in row.items()}
        one = risk(table.model, findings=findings)
        assert told["code"] == one.risk_class
        assert (told["number"] is None) == (one.hazard_ratio is None)
        assert told["number"] == pytest.approx(one.hazard_ratio)
        assert told["integer"] == (None if one.unknown else len(one.present))


@pytest.mark.parametrize("seed", range(TABLES))
def test_the_risk_is_the_one_that_all_ways_to_fill_the_unknown_share(seed):
    draws = Draws(100 + seed)
    table = draw_table(draws)
    for _ in range(SUBJECTS):
        findings = {name: draws.maybe([True, False]) for name in table.factors}
        got = risk(table.model, findings=findings)
        ways = list(twin(table, findings))
        classes = {class_of(table, way) for way in ways}
        assert (got.linear_predictor is None) == (len(ways) > 1)
        if len(ways) == 1:
            assert got.linear_predictor == pytest.approx(ways[0], abs=1e-9)
        assert got.risk_class in {None, *classes}
        if len(classes) == 1:
            assert got.risk_class == next(iter(classes))
        assert {*got.present, *got.absent, *got.unknown} == set(table.factors)


@pytest.mark.parametrize("shrink", ["none", "50 %"])
def test_shrinking_moves_every_risk_towards_one_and_never_past_it(shrink):
    draws = Draws(7)
    for _ in range(50):
        table = draw_table(draws).model_copy(update={"shrink": 0.0})
        less = RiskTable.model_validate({**table.model_dump(mode="json"), "shrink": shrink})
        findings = {name: draws.one_of([True, False]) for name in table.factors}
        whole = risk(table.model, findings=findings).linear_predictor
        shrunk = risk(less.model, findings=findings).linear_predictor
        assert abs(shrunk) <= abs(whole) + 1e-9
        assert shrunk * whole >= 0
