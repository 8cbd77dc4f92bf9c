"""Log-rank tests, weighted and combined, against R and by hand."""

from math import sqrt

import numpy as np
import polars as pl
import pytest

from equipoise.stats.time_to_event.comparison_weights import (
    GEHAN_BRESLOW,
    LOGRANK,
    PETO_PETO,
    TARONE_WARE,
    AtRiskPower,
    EarlyZero,
    FlemingHarrington,
    ModestlyWeighted,
    ModifiedPetoPeto,
    Moment,
    Plateau,
    Prentice,
    PrenticeMarek,
    weights_of,
)
from equipoise.stats.time_to_event.event_table import compared_columns, event_table
from equipoise.stats.time_to_event.logrank import logrank
from equipoise.stats.time_to_event.max_combo import max_combo
from equipoise.stats.time_to_event.weighted_logrank import RankVariance, weighted_logrank

LATE = FlemingHarrington(rho=0, gamma=1)
HALF = FlemingHarrington(rho=0.5, gamma=0)


@pytest.fixture(scope="module")
def cases(stored):
    kept = stored("survival_tests.json")
    return kept["cases"] | kept["more"]


@pytest.fixture
def columns(data_set):
    """Return time, event and group of a data set, and strata when asked."""
    rows = {
        "ovarian": ("futime", "fustat", "rx"),
        "gbsg": ("rfstime", "status", "hormon"),
        "veteran": ("time", "status", "trt"),
        "colon": ("time", "status", "rx"),
        "lung": ("time", "status", "sex"),
    }

    def read(name, keep=None):
        table = data_set(name)
        table = table if keep is None else table.filter(keep)
        time, event, group = (table[column].to_numpy() for column in rows[name])
        return table, (time, event == event.max(), group)

    return read


def same_as_survdiff(test, case):
    order = np.asarray(case["observed"]), np.asarray(case["expected"])
    assert test.observed == pytest.approx(order[0], rel=1e-12)
    assert test.expected == pytest.approx(order[1], rel=1e-12)
    assert test.variance.ravel() == pytest.approx(np.asarray(case["variance"]), rel=1e-9, abs=1e-10)
    assert test.chi_square == pytest.approx(case["chi_square"], rel=1e-9)


@pytest.mark.source("program: survival 3.5-3 (R 4.2.2): survdiff on ovarian")
def test_log_rank_of_ovarian(cases, columns):
    test = logrank(*columns("ovarian")[1])
    value = cases["surv-logrank-ovarian"]["value"]
    assert test.observed == pytest.approx(value["obs"])
    assert test.expected == pytest.approx(value["exp"], rel=1e-12)
    assert test.variance == pytest.approx(np.array(value["var"]), rel=1e-12)
    assert test.chi_square == pytest.approx(value["chisq"], rel=1e-12)


@pytest.mark.source("program: survival 3.5-3 (R 4.2.2): survdiff on colon, strata of two columns")
def test_stratified_log_rank_of_three_groups(cases, columns):
    table, outcome = columns("colon")
    strata = (table["extent"] * 10 + table["node4"]).to_numpy()
    test = logrank(*outcome, strata=strata)
    value = cases["lr_colon_strat"]["value"]
    order = [test.groups.index(name) for name in ("Obs", "Lev", "Lev+5FU")]
    assert test.n[order] == pytest.approx(value["n"])
    assert test.observed[order] == pytest.approx(value["obs"])
    assert test.expected[order] == pytest.approx(value["exp"], rel=1e-12)
    assert test.variance[np.ix_(order, order)] == pytest.approx(np.array(value["var"]), rel=1e-10)
    assert (test.chi_square, test.df) == (pytest.approx(value["chisq"], rel=1e-10), 2)
    assert test.p_value == pytest.approx(value["p"], rel=1e-9)


@pytest.mark.source("program: survival 3.5-3 (R 4.2.2): survdiff on colon without Lev, strata")
def test_z_has_the_sign_of_the_last_group(cases, columns):
    table, (time, event, group) = columns("colon", pl.col("rx") != "Lev")
    strata = (table["extent"] * 10 + table["node4"]).to_numpy()
    value = cases["lr_colon2_strat_signed"]["value"]
    treated = logrank(time, event, group == "Lev+5FU", strata=strata)
    assert treated.z == pytest.approx(value["z"], rel=1e-10)
    assert treated.chi_square == pytest.approx(value["chisq"], rel=1e-10)
    # By their names the control sorts last, and the sign is the control's.
    assert logrank(time, event, group, strata=strata).z == pytest.approx(-value["z"], rel=1e-10)


@pytest.mark.source("program: survival 3.5-3 (R 4.2.2): survdiff on lung by ph.ecog, four groups")
def test_log_rank_of_four_groups(cases, data_set):
    table = data_set("lung").filter(pl.col("ph.ecog").is_not_null())
    test = logrank(table["time"], table["status"] == 2, table["ph.ecog"])
    same_as_survdiff(test, cases["lung_ecog"])


@pytest.mark.source("program: survival 3.5-3 (R 4.2.2): survdiff on veteran, strata celltype")
def test_stratified_log_rank_of_veteran(cases, columns):
    table, outcome = columns("veteran")
    test = logrank(*outcome, strata=table["celltype"].to_list())
    same_as_survdiff(test, cases["veteran_strata"])


@pytest.mark.source("program: survival 3.5-3 (R 4.2.2): survdiff(rho = 1), with and without strata")
def test_peto_peto_as_survdiff(cases, columns):
    value = cases["lr_peto"]["value"]
    test = weighted_logrank(*columns("lung")[1], weight=PETO_PETO)
    assert test.observed == pytest.approx(value["obs"], rel=1e-12)
    assert test.expected == pytest.approx(value["exp"], rel=1e-12)
    assert test.variance == pytest.approx(np.array(value["var"]), rel=1e-11)
    assert test.chi_square == pytest.approx(value["chisq"], rel=1e-11)
    assert test.p_value == pytest.approx(value["p"], rel=1e-10)
    table, outcome = columns("veteran")
    strata = table["celltype"].to_list()
    same_as_survdiff(
        weighted_logrank(*outcome, weight=PETO_PETO, strata=strata), cases["veteran_rho1_strata"]
    )


@pytest.mark.source(
    "program: survival 3.5-3 (R 4.2.2): survdiff on colon, rho 1 in strata, rho 1/2"
)
def test_fleming_harrington_of_three_groups_as_survdiff(cases, columns):
    table, (time, event, rx) = columns("colon")
    group = [("Obs", "Lev", "Lev+5FU").index(name) for name in rx]
    strata = (table["extent"] * 10 + table["node4"]).to_numpy()
    stratified = weighted_logrank(time, event, group, weight=PETO_PETO, strata=strata)
    same_as_survdiff(stratified, cases["colon_rho1_strata"])
    same_as_survdiff(weighted_logrank(time, event, group, weight=HALF), cases["colon_rho_half"])


@pytest.mark.source("program: simtrial 1.0.2 (R 4.2.2): wlr on ovarian and stratified veteran")
@pytest.mark.parametrize(
    ("case", "weight"),
    [
        ("st-wlr-ovarian-lr", LOGRANK),
        ("st-wlr-ovarian-fh01", LATE),
        (
            "st-wlr-ovarian-mb180",
            ModestlyWeighted(until=180, height=0.5, plateau=Plateau.LAST_EVENT),
        ),
        ("st-wlr-ovarian-ez180", EarlyZero(until=180)),
        ("st-wlr-veteran-stratified", LOGRANK),
    ],
)
def test_weighted_tests_as_simtrial(cases, columns, case, *, weight):
    table, outcome = columns(case.split("-")[2])
    strata = table["celltype"].to_list() if case.endswith("stratified") else None
    test = weighted_logrank(*outcome, weight=weight, strata=strata)
    value = cases[case]["value"]
    difference = test.observed[1] - test.expected[1]
    assert difference == pytest.approx(value["estimate"], rel=1e-11)
    assert sqrt(test.variance[1, 1]) == pytest.approx(value["se"], rel=1e-12)
    # simtrial 1.0 gives the z that favours the experimental arm when it is positive.
    assert -test.z == pytest.approx(value["z"], rel=1e-11)


@pytest.mark.source("program: FastSurvival 0.2.0 (R 4.2.2): survdiff_fast on gbsg")
@pytest.mark.parametrize(
    ("case", "weight"),
    [("fs-gehan-gbsg", GEHAN_BRESLOW), ("fs-tarone-ware-gbsg", TARONE_WARE)],
)
def test_gehan_and_tarone_ware_as_fastsurvival(cases, columns, case, *, weight):
    test = weighted_logrank(*columns("gbsg")[1], weight=weight)
    assert test.z == pytest.approx(cases[case]["value"], rel=1e-11)


@pytest.mark.source("program: coin 1.4.2 (R 4.2.2): logrank_test on veteran, permutation variance")
@pytest.mark.parametrize(
    ("case", "weight"),
    [
        ("coin_lr_Gehan-Breslow", GEHAN_BRESLOW),
        ("coin_lr_Tarone-Ware", TARONE_WARE),
        ("coin_lr_Peto-Peto", PETO_PETO),
        ("coin_lr_Prentice", Prentice()),
        ("coin_lr_Prentice-Marek", PrenticeMarek()),
        ("coin_fh01", LATE),
    ],
)
def test_permutation_tests_as_coin(cases, columns, case, *, weight):
    """coin scores each subject by its hazard less its event and standardises group 1's sum.

    Group 1's hazard less events is group 2's events less expected: the sign is ours.
    """
    test = weighted_logrank(*columns("veteran")[1], weight=weight, spread=RankVariance.PERMUTATION)
    assert test.z == pytest.approx(cases[case]["value"]["z"], rel=1e-10)
    assert test.p_value == pytest.approx(cases[case]["value"]["p"], rel=1e-10)


@pytest.mark.source("program: simtrial 1.0.2 and FastSurvival 0.2.0 (R 4.2.2): MaxCombo")
def test_max_combo_as_others(cases, columns):
    value = cases["st-maxcombo-ovarian"]["value"]
    three = (LOGRANK, LATE, PETO_PETO)
    test = max_combo(*columns("ovarian")[1], weights=three)
    assert test.z == pytest.approx(value["z"], rel=1e-10)
    printed = np.array([list(row.values()) for row in value["corr"]])
    assert test.correlation == pytest.approx(printed, rel=1e-11)
    # Both draw their normal integral at random: to about 1e-5 and, at the package's default of
    # 1e-3, to about 1e-4.
    assert test.p_fewer == pytest.approx(value["p_value"], abs=1e-5)
    four = max_combo(*columns("gbsg")[1])
    smallest, p_value = cases["fs-maxcombo-gbsg"]["value"]
    assert four.z.min() == pytest.approx(smallest, rel=1e-11)
    assert four.weights[four.best] == PETO_PETO
    assert four.p_fewer == pytest.approx(p_value, abs=1e-4)


# Group a: events at 1 and 4, censored at 3. Group b: events at 2 and 2, censored at 5.
#   time  events  at risk  of b      S(t-)   S(t)
#      1       1        6     3          1    5/6
#      2       2        5     3        5/6    1/2
#      4       1        2     1        1/2    1/4
SIX = [1, 3, 4, 2, 2, 5], [1, 0, 1, 1, 1, 0], ["a", "a", "a", "b", "b", "b"]


@pytest.mark.source("by hand: six subjects, table above")
@pytest.mark.parametrize(
    ("weight", "truth"),
    [
        (LOGRANK, (1, 1, 1)),
        (LATE, (0, 1 / 6, 1 / 2)),
        (FlemingHarrington(rho=1, gamma=1), (0, 5 / 36, 1 / 4)),
        (PETO_PETO, (1, 5 / 6, 1 / 2)),
        (GEHAN_BRESLOW, (6, 5, 2)),
        (AtRiskPower(power=2), (36, 25, 4)),
        (Prentice(), (6 / 7, 30 / 49, 20 / 49)),
        (PrenticeMarek(), (6 / 7, 4 / 7, 8 / 21)),
        (ModifiedPetoPeto(), (6 / 7, 5 / 7, 8 / 21)),
        (ModifiedPetoPeto(moment=Moment.AFTER), (36 / 49, 20 / 42, 16 / 63)),
        (ModestlyWeighted(until=2), (1, 6 / 5, 2)),
        (ModestlyWeighted(until=2, plateau=Plateau.LAST_EVENT), (1, 6 / 5, 6 / 5)),
        (ModestlyWeighted(until=1.5), (1, 6 / 5, 6 / 5)),
        (ModestlyWeighted(until=0.5), (1, 1, 1)),
        (ModestlyWeighted(height=0.8), (1, 6 / 5, 5 / 4)),
        (ModestlyWeighted(until=4, height=0.6), (1, 6 / 5, 5 / 3)),
        (EarlyZero(until=2), (0, 1, 1)),
        (EarlyZero(until=2.5), (0, 0, 1)),
    ],
)
def test_weights_of_six_subjects(weight, truth):
    table = event_table(compared_columns(*SIX))
    assert weights_of(weight, table) == pytest.approx(truth, rel=1e-12)


@pytest.mark.source("by hand: six subjects, weights 6, 5, 2")
def test_gehan_of_six_subjects():
    test = weighted_logrank(*SIX, weight=GEHAN_BRESLOW)
    assert test.observed == pytest.approx([8, 10])
    assert test.expected == pytest.approx([6 / 2 + 10 * 2 / 5 + 1, 6 / 2 + 10 * 3 / 5 + 1])
    variance = 36 / 4 + 25 * 2 * (3 / 4) * (6 / 25) + 4 / 4
    assert test.variance[1, 1] == pytest.approx(variance)
    assert test.z == pytest.approx(0 / sqrt(variance), abs=1e-15)


@pytest.mark.source(
    "by hand: scores of four subjects, 3/4, 5/12, -1/12, -13/12 of hazards added up"
)
def test_permutation_variance_of_four_subjects():
    test = weighted_logrank(
        [1, 2, 3, 4],
        [1, 1, 1, 1],
        [0, 1, 0, 1],
        weight=LOGRANK,
        spread=RankVariance.PERMUTATION,
    )
    scores = np.array([3 / 4, 5 / 12, -1 / 12, -13 / 12])
    assert test.observed[1] - test.expected[1] == pytest.approx(scores[1] + scores[3])
    assert test.variance[1, 1] == pytest.approx((scores @ scores) / 3 * (2 - 4 / 4))


@pytest.mark.source("by hand: correlation of log-rank and FH(0, 1) of six subjects")
def test_max_combo_correlation_of_six_subjects():
    test = max_combo(*SIX, weights=(LOGRANK, LATE))
    spread = np.array([1 / 4, 2 * (3 / 4) * (6 / 25), 1 / 4])
    late = np.array([0, 1 / 6, 1 / 2])
    truth = (late @ spread) / sqrt(spread.sum() * (late * late @ spread))
    assert test.correlation[0, 1] == pytest.approx(truth, rel=1e-12)
    assert test.z[0] == pytest.approx(logrank(*SIX).z, rel=1e-12)
    assert test.events.tolist() == [2, 2]
