"""Curves, the log-rank test and Cox regression, on eight subjects and on awkward ones."""

from __future__ import annotations

import polars as pl
import pytest

from equipoise.analyse.kaplan_meier import MOST_TICKS, axis_ticks
from equipoise.base.quantities import DAYS_PER_MONTH, parse_duration
from equipoise.stats import Ties, cox, kaplan_meier, logrank, median
from equipoise.study.analyses import CoxAnalysis, CurveAnalysis, LogRankAnalysis, TimeUnit

EFS = {"title": "Event-free survival", "endpoint": "efs"}
AT = (parse_duration("6 mo"), parse_duration("24 mo"))


def curve(**words):
    return CurveAnalysis(method="kaplan_meier", **{**EFS, "by": "arm", "at": AT, **words})


def rank(**words):
    return LogRankAnalysis(method="logrank", **{**EFS, "by": "arm", **words})


def hazards(*covariates, **words):
    return CoxAnalysis(method="cox", covariates=covariates, **{**EFS, **words})


def times(*told, arm="chemo"):
    return [
        {"USUBJID": f"{arm}{k}", "ARMCD": arm, "PARAMCD": "efs", "ESTIMAND": "primary"}
        | {"AVAL": float(days), "CNSR": censored}
        for k, (days, censored) in enumerate(told)
    ]


@pytest.mark.parametrize("unit", list(TimeUnit))
@pytest.mark.parametrize("longest", [0.0, 0.5, 6.0, 37.0, 90.0, 700.0])
def test_ticks_start_at_0_are_few_and_reach_the_last_step_within_the_time(longest, unit):
    ticks = axis_ticks(longest, unit=unit)
    step = ticks[1] if len(ticks) > 1 else longest + 1
    assert ticks[0] == 0.0
    assert len(ticks) <= MOST_TICKS
    assert ticks[-1] <= longest < ticks[-1] + step


def test_the_median_is_told_in_months_of_30_4375_days(run, data, value):
    found = run(curve(), data)
    expected = median(kaplan_meier([400, 200, 60, 30], [0, 1, 1, 0])).estimate / DAYS_PER_MONTH
    assert value(found, "it/efs/chemo/median") == pytest.approx(expected)


def test_the_median_can_be_told_in_days(run, data, value):
    assert value(run(curve(unit="days"), data), "it/efs/chemo/median") == 200.0


def test_events_and_subjects_are_counted(run, data, value):
    found = run(curve(), data)
    assert value(found, "it/efs/surgery_first/n") == 4.0
    assert value(found, "it/efs/surgery_first/events") == 3.0


def test_the_curve_starts_at_1_with_everybody_at_risk(run, data, value):
    found = run(curve(), data)
    assert value(found, "it/efs/chemo/curve/survival@0") == 1.0
    assert value(found, "it/efs/chemo/curve/at_risk@0") == 4.0
    assert value(found, "it/efs/chemo/curve/censored@0") == 0.0


def test_the_curve_has_a_point_at_each_observed_time(run, data):
    found = run(curve(unit="days"), data).filter(group="chemo", level="curve", statistic="survival")
    assert found["at"].to_list() == [0.0, 30.0, 60.0, 200.0, 400.0]
    assert found["value"].to_list() == pytest.approx([1, 1, 2 / 3, 1 / 3, 1 / 3])


def test_a_censored_subject_is_told_at_its_time(run, data, value):
    found = run(curve(unit="days"), data)
    assert value(found, "it/efs/chemo/curve/censored@30") == 1.0
    assert value(found, "it/efs/chemo/curve/censored@60") == 0.0


def test_an_observed_time_of_0_is_not_told_twice(run, make_data, value):
    found = run(curve(by=None), make_data(adtte=times((0, 0), (5, 1))))
    assert value(found, "it/efs/all/curve/survival@0") == 0.5


def test_a_landmark_within_follow_up_has_its_survival(run, data, value):
    assert value(run(curve(), data), "it/efs/chemo/landmark/survival@6") == pytest.approx(2 / 3)


def test_a_landmark_beyond_follow_up_is_not_estimable(run, data):
    found = run(curve(), data).filter(level="landmark", statistic="survival", group="chemo")
    assert found["text"].to_list() == [None, "not estimable: nobody was followed for 24 mo"]


def test_when_everybody_had_the_event_survival_is_0_ever_after(run, make_data, value):
    found = run(curve(by=None), make_data(adtte=times((10, 0), (20, 0))))
    assert value(found, "it/efs/all/landmark/survival@24") == 0.0
    assert value(found, "it/efs/all/landmark/lower@24") is None


def test_all_groups_share_the_ticks_of_the_table_at_risk(run, data):
    found = run(curve(), data).filter(level="at_risk")
    ticks = {group: part["at"].to_list() for (group,), part in found.group_by("group")}
    assert (
        ticks["chemo"]
        == ticks["surgery_first"]
        == [0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0]
    )


def test_the_table_at_risk_counts_those_not_yet_gone(run, data):
    found = run(curve(), data).filter(level="at_risk", group="chemo")
    assert found["value"].to_list() == [4, 2, 2, 2, 1, 1, 1, 0, 0]
    assert found["value"].to_list() == found["n"].to_list()


def test_follow_up_is_the_median_of_the_reverse_curve(run, data, value):
    found = run(curve(unit="days"), data)
    assert value(found, "it/efs/chemo/follow_up/median") == 400.0
    assert set(found.filter(level="follow_up")["method"]) == {
        "reverse Kaplan-Meier, log-log interval, 95 %"
    }


@pytest.mark.parametrize(
    ("word", "said"), [("log_log", "log-log"), ("log", "log"), ("plain", "plain")]
)
def test_the_interval_is_named_in_words_and_used(*, run, data, value, word, said):
    found = run(curve(interval=word, unit="days"), data)
    expected = kaplan_meier([400, 200, 60, 30], [0, 1, 1, 0], interval=word)
    assert value(found, "it/efs/chemo/curve/upper@60") == pytest.approx(expected.upper[1])
    assert found.filter(statistic="events")["method"][0] == f"Kaplan-Meier, {said} interval, 95 %"


def test_a_median_that_is_not_reached_says_so(run, make_data):
    found = run(curve(by=None), make_data(adtte=times((10, 1), (20, 1))))
    told = found.filter(statistic="median", level="")
    assert told["text"].to_list() == ["not estimable: not reached"]


def test_a_group_of_nobody_has_no_curve(run, make_data, value):
    found = run(curve(), make_data(adtte=times((10, 0), (20, 1))))
    here = found.filter(group="surgery_first")
    assert value(found, "it/efs/surgery_first/n") == 0.0
    assert here.filter(level="curve").height == 0
    assert here.filter(statistic="median")["text"].to_list() == ["not estimable: no subjects"]


def test_only_the_estimand_asked_for_is_told(run, data):
    found = run(curve(estimand="sensitivity"), data)
    assert found.filter(statistic="n")["value"].to_list() == [0.0, 0.0]


def test_a_time_that_is_missing_is_not_counted(run, make_data, value):
    rows = times((10, 0), (20, 1))
    rows[0]["AVAL"] = None
    assert value(run(curve(by=None), make_data(adtte=rows)), "it/efs/all/n") == 1.0


def test_curves_can_be_told_by_a_binary_endpoint(run, data, value):
    found = run(curve(by="r0", unit="days"), data)
    assert value(found, "it/efs/yes/n") == 3.0
    assert value(found, "it/efs/yes/events") == 1.0


COMPARED = "it/efs/chemo~v~surgery_first"
DAYS = [400, 200, 60, 30, 300, 20, 500, 100]
EVENTS = [0, 1, 1, 0, 1, 1, 0, 1]
CHEMO = [1, 1, 1, 1, 0, 0, 0, 0]
OLDER = [0, 1, 1, 0, 1, 0, 1, 0]


@pytest.mark.parametrize(("strata", "labels"), [((), None), (("older",), OLDER)])
def test_the_test_is_the_log_rank_test_of_these_rows(*, run, data, value, strata, labels):
    found = run(rank(strata=strata), data)
    expected = logrank(DAYS, EVENTS, CHEMO, strata=labels)
    assert value(found, f"{COMPARED}/chi_square") == pytest.approx(expected.chi_square)
    assert value(found, f"{COMPARED}/p_value") == pytest.approx(expected.p_value)
    assert value(found, f"{COMPARED}/z") == pytest.approx(expected.z)
    assert value(found, "it/efs/chemo/expected") == pytest.approx(expected.expected[1])


def test_z_is_negative_when_the_arm_named_first_has_fewer_events_than_expected(
    run, make_data, value
):
    late = times((100, 0), (110, 0), (120, 1))
    early = times((10, 0), (20, 0), (30, 0), arm="surgery_first")
    found = run(rank(), make_data(adtte=[*late, *early]))
    assert value(found, f"{COMPARED}/z") < 0
    assert value(found, "it/efs/chemo/observed") < value(found, "it/efs/chemo/expected")


def test_the_strata_are_named_in_the_method(run, data):
    assert run(rank(strata=("older",)), data)["method"][0].endswith("stratified by older")


def test_a_subject_whose_stratum_is_unknown_is_left_out_and_counted(*, run, make_data, data, value):
    adsl = data.datasets["adsl"].with_columns(
        older=pl.when(USUBJID="S01").then(None).otherwise("older")
    )
    told = make_data(adsl=adsl.to_dicts(), adtte=data.datasets["adtte"].to_dicts())
    found = run(rank(strata=("older",)), told)
    assert value(found, f"{COMPARED}/missing") == 1.0
    assert value(found, "it/efs/chemo/n") == 3.0


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([], id="nobody"),
        pytest.param(times((10, 0), (20, 1)), id="one group"),
        pytest.param([*times((10, 1)), *times((10, 1), arm="surgery_first")], id="no events"),
    ],
)
def test_a_test_that_cannot_be_made_says_why(run, make_data, rows):
    found = run(rank(), make_data(adtte=rows)).filter(statistic="p_value")
    assert found["value"].to_list() == [None]
    assert found["text"][0].startswith("not estimable: ")


def test_the_hazard_ratio_is_of_the_experimental_arm_over_control(run, data, value):
    found = run(hazards("arm", strata=("older",)), data)
    expected = cox(DAYS, EVENTS, CHEMO, strata=OLDER)
    assert value(found, "it/efs/all/arm/hazard_ratio") == pytest.approx(expected.hazard_ratio[0])
    assert value(found, "it/efs/all/arm/upper") == pytest.approx(expected.upper[0])
    assert value(found, "it/efs/all/model/score") == pytest.approx(expected.score.chi_square)


@pytest.mark.parametrize("ties", [Ties.EFRON, Ties.BRESLOW])
def test_ties_are_taken_as_the_study_says(*, run, make_data, value, ties):
    rows = [*times((10, 0), (10, 0), (20, 0)), *times((10, 0), (30, 0), arm="surgery_first")]
    arms = [{"USUBJID": row["USUBJID"], "ARMCD": row["ARMCD"]} for row in rows]
    found = run(hazards("arm", ties=ties.value), make_data(adtte=rows, adsl=arms))
    expected = cox([10, 10, 20, 10, 30], [1] * 5, [1, 1, 1, 0, 0], ties=ties)
    assert value(found, "it/efs/all/arm/coefficient") == pytest.approx(expected.coef[0])
    assert f"{ties.value.capitalize()} ties" in found["method"][0]


def test_covariates_may_be_items_strata_and_binary_endpoints(run, data, value):
    found = run(hazards("age", "older", "r0"), data)
    assert set(found["level"]) == {"model", "age", "older", "r0"}
    assert value(found, "it/efs/all/model/n") == 8.0


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([], id="nobody"),
        pytest.param(times((10, 0), (20, 1)), id="one arm"),
        pytest.param([*times((10, 1)), *times((10, 1), arm="surgery_first")], id="no events"),
        pytest.param([*times((10, 0)), *times((20, 1), arm="surgery_first")], id="monotone"),
    ],
)
def test_a_model_that_cannot_be_fitted_says_why(run, make_data, rows):
    arms = [{"USUBJID": row["USUBJID"], "ARMCD": row["ARMCD"]} for row in rows]
    found = run(hazards("arm"), make_data(adtte=rows, adsl=arms)).filter(level="arm")
    assert found["value"].null_count() == found.height == 6
    assert found["text"].str.starts_with("not estimable: ").all()
