"""Laws of result rows on small trials that hypothesis invents, gaps and all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.analyse import analyse_study
from equipoise.derive import ADAE, ADEFF, ADEX, ADLB, ADRS, ADTR, ADTTE, AnalysisData, adsl_schema
from equipoise.derive.frames import IMPOSSIBLE, LINEAGE
from equipoise.study import load_study

STUDY = load_study(Path(__file__).parents[1] / "studies" / "oesophagus")
SCHEMAS = (adsl_schema(STUDY), ADTTE, ADRS, ADTR, ADEFF, ADAE, ADLB, ADEX)
START = dt.date(2024, 1, 1)
CATEGORIES = ["CR", "PR", "SD", "PD", "NE", None]
Row = dict[str, Any]

few = settings(max_examples=10, deadline=None)
maybe = st.sampled_from([True, False, None])


def code(form: str, item: str) -> st.SearchStrategy[str | None]:
    return st.sampled_from([*STUDY.forms[form].items[item].codes, None])


SUBJECT = st.fixed_dictionaries(
    {
        "arm": st.sampled_from([*STUDY.arms, None]),
        "eligible": maybe,
        "failed": st.sampled_from(["adult", "adult, platelets", "performance", None]),
        "age": st.integers(18, 80) | st.none(),
        "sex": code("demographics", "sex"),
        "operated": maybe,
        "reason": code("surgery", "not_operated_reason"),
        "outcome": code("surgery", "surgery_outcome"),
        "margin": code("pathology", "margin"),
        "days": st.integers(1, 900),
        "censored": st.integers(0, 1),
        "best": st.sampled_from(CATEGORIES),
        "change": st.integers(-100, 60).map(float) | st.none(),
        "events": st.lists(
            st.tuples(
                st.sampled_from(["fatigue", "neutropenia", "rash"]), st.integers(1, 5) | st.none()
            ),
            max_size=4,
        ),
        "doses": st.lists(st.integers(0, 90), max_size=3),
    }
)


@st.composite
def trials(draw) -> AnalysisData:
    """Draw a trial of up to 12 subjects; only those with an arm are randomised."""
    drawn = draw(st.lists(SUBJECT, max_size=12))
    return trial_of({f"S{place:02d}": facts for place, facts in enumerate(drawn)})


def trial_of(subjects: Mapping[str, Row]) -> AnalysisData:
    entered = {who: facts for who, facts in subjects.items() if facts["arm"] is not None}
    rows: dict[str, list[Row]] = {
        "adsl": [_subject(who, facts) for who, facts in subjects.items()],
        "adtte": [row for who, facts in entered.items() for row in _times(who, facts)],
        "adeff": [row for who, facts in entered.items() for row in _answers(who, facts)],
        "adrs": [
            _key(who, facts) | {"PARAMCD": "orr", "AVALC": facts["best"]}
            for who, facts in entered.items()
        ],
        "adtr": [
            _key(who, facts) | {"PCHG": facts["change"], "PREFL": True}
            for who, facts in entered.items()
        ],
        "adae": [
            _key(who, facts) | {"AEDECOD": term, "AETERM": term, "AETOXGR": grade}
            for who, facts in subjects.items()
            for term, grade in facts["events"]
        ],
        "adex": [
            _key(who, facts) | {"ADT": START + dt.timedelta(days=day), "GIVEN": float(day)}
            for who, facts in entered.items()
            for day in facts["doses"]
        ],
    }
    return AnalysisData(
        study_hash=STUDY.content_hash,
        snapshot_head="",
        cut=dt.date(2027, 1, 1),
        domains={},
        datasets={one.name: one.of(rows.get(one.name, [])) for one in SCHEMAS},
        lineage=LINEAGE.empty(),
        impossible=IMPOSSIBLE.empty(),
    )


def _key(who: str, facts: Row) -> Row:
    return {"USUBJID": who, "ARMCD": facts["arm"]}


def _subject(who: str, facts: Row) -> Row:
    inside = facts["arm"] is not None
    return _key(who, facts) | {
        "ENROLFL": inside,
        "ELIGFL": facts["eligible"],
        "NOTELIG": facts["failed"],
        "age": facts["age"],
        "older": None if facts["age"] is None else facts["age"] > 60,
        "sex": facts["sex"],
        "operated": facts["operated"],
        "not_operated_reason": facts["reason"],
        "surgery_outcome": facts["outcome"],
        "margin": facts["margin"],
        "all_randomised": inside,
        "treated": inside and facts["operated"] is True,
    }


def _times(who: str, facts: Row) -> list[Row]:
    end = START + dt.timedelta(days=facts["days"] - 1)
    common = {"ESTIMAND": "primary", "STARTDT": START, "ADT": end, "AVAL": float(facts["days"])}
    told = _key(who, facts) | common | {"EVNTDESC": "told"}
    return [told | {"PARAMCD": name, "CNSR": facts["censored"]} for name in ("efs", "os")]


def _answers(who: str, facts: Row) -> list[Row]:
    response = float(facts["best"] in {"CR", "PR"})
    told = {"orr": response, "r0": float(facts["margin"] == "R0")}
    return [_key(who, facts) | {"PARAMCD": name, "AVAL": value} for name, value in told.items()]


def cells(results: pl.DataFrame) -> dict[str, float | None]:
    return dict(results.select("cell", "value").iter_rows())


@few
@given(trials())
def test_every_condition_selects_as_many_rows_as_the_number_says(trial):
    for row in analyse_study(STUDY, trial).iter_rows(named=True):
        rows = trial.datasets[row["dataset"]].filter(pl.sql_expr(row["where"]))
        assert rows.height == row["n"], row["cell"]


@few
@given(trials())
def test_every_number_is_there_or_says_why_not(trial):
    results = analyse_study(STUDY, trial)
    says = results["text"].fill_null("").str.starts_with("not estimable: ")
    assert (says == results["value"].is_null()).all()
    assert results["value"].drop_nulls().is_finite().all()


@few
@given(trials())
def test_every_sum_of_the_flow_closes(trial):
    told = analyse_study(STUDY, trial).filter(analysis="flow")
    box = {
        (group, level): n for group, level, n in told.select("group", "level", "value").iter_rows()
    }
    first = ("not_eligible", "not_randomised", "randomised")
    assert box["all", "screened"] == sum(box["all", part] for part in first)
    assert box["all", "randomised"] == sum(box[arm, "allocated"] for arm in STUDY.arms)
    for arm in STUDY.arms:
        parts = ("operated", "not_operated", "surgery_unknown")
        assert box[arm, "allocated"] == sum(box[arm, part] for part in parts)
        for whole in ("operated", "not_operated"):
            reasons = [
                n
                for (group, level), n in box.items()
                if group == arm and level.startswith(f"{whole}.")
            ]
            assert box[arm, whole] == sum(reasons)
    assert box["chemo", "allocated"] == box["chemo", "started"] + box["chemo", "not_started"]


@few
@given(trials())
def test_the_groups_of_a_table_add_up_to_everybody(trial):
    counts = analyse_study(STUDY, trial).filter(
        pl.col("analysis").is_in(["baseline", "surgery_outcomes", "safety"]),
        pl.col("statistic") == "count",
    )
    keys = ["analysis", "endpoint", "level"]
    of_arms = counts.filter(pl.col("group") != "all").group_by(keys).agg(pl.col("value").sum())
    both = counts.filter(group="all").join(of_arms, on=keys, how="left")
    assert (both["value"] == both["value_right"]).all()


@few
@given(trials())
def test_swapping_the_arms_turns_the_sign_of_z(trial):
    names = dict(zip(STUDY.arms, reversed(list(STUDY.arms)), strict=True))
    swapped = replace(
        trial,
        datasets={
            name: frame.with_columns(pl.col("ARMCD").replace(names))
            for name, frame in trial.datasets.items()
        },
    )
    cell = "efs_test/efs/chemo~v~surgery_first/"
    one, other = (cells(analyse_study(STUDY, each)) for each in (trial, swapped))
    if one[f"{cell}z"] is None:
        assert other[f"{cell}z"] is None
    else:
        assert other[f"{cell}z"] == pytest.approx(-one[f"{cell}z"], abs=1e-9)
        assert other[f"{cell}chi_square"] == pytest.approx(one[f"{cell}chi_square"], abs=1e-9)


@few
@given(trials(), st.randoms(use_true_random=False))
def test_the_order_of_rows_in_a_dataset_changes_no_number(trial, random):
    def shuffled(frame: pl.DataFrame) -> pl.DataFrame:
        order = list(range(frame.height))
        random.shuffle(order)
        return frame[order]

    other = replace(
        trial, datasets={name: shuffled(frame) for name, frame in trial.datasets.items()}
    )
    one, two = (cells(analyse_study(STUDY, each)) for each in (trial, other))
    assert set(one) == set(two)
    wrong = {
        cell: (value, two[cell])
        for cell, value in one.items()
        if (value is None) != (two[cell] is None)
        or (value is not None and two[cell] != pytest.approx(value, rel=1e-6, abs=1e-9))
    }
    assert wrong == {}
