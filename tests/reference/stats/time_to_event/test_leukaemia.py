"""Freireich's trial of 6-mercaptopurine: 42 subjects that half of the literature has worked on."""

import numpy as np
import pytest

from equipoise.stats import (
    ProbabilityScale,
    Ties,
    cox,
    kaplan_meier,
    logistic,
    logrank,
    median,
    quantile,
    survival_at,
)

R = (
    "program: R 4.2.2, survival 3.5-3, coxph.control(eps = 1e-15); score (7 i) mod 11, block "
    "i mod 3"
)


@pytest.fixture(scope="module")
def trial(stored):
    rows = stored("leukaemia_gehan_1965.json")
    place = np.arange(42)
    return {
        "time": np.array(rows["weeks"]),
        "event": np.array(rows["relapse"]),
        "placebo": np.array(rows["placebo"]),
        "covariates": np.column_stack((rows["placebo"], 7 * place % 11)),
        "block": place % 3,
    }


def curve(trial, *, placebo, **how):
    rows = trial["placebo"] == placebo
    return kaplan_meier(trial["time"][rows], trial["event"][rows], **how)


@pytest.mark.source("paper: Kleinbaum and Klein 2012, Survival Analysis, chapter 2: 23 and 8 weeks")
def test_median_remission(trial):
    assert median(curve(trial, placebo=0)).estimate == 23
    assert median(curve(trial, placebo=1)).estimate == 8


@pytest.mark.source(
    "paper: Kleinbaum and Klein 2012, chapter 2 (survival); R survival 3.5-3 (errors)"
)
def test_survival_and_standard_errors_of_the_treated_arm(trial):
    treated = curve(trial, placebo=0)
    at = survival_at(treated, [6, 7, 10, 13, 16, 22, 23])
    assert at.estimate.round(4).tolist() == [
        0.8571,
        0.8067,
        0.7529,
        0.6902,
        0.6275,
        0.5378,
        0.4482,
    ]
    assert at.std_err.round(4).tolist() == [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    assert at.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]


@pytest.mark.source(
    "program: R 4.2.2, survival 3.5-3: summary(survfit(...), times = c(6, 10, 22.5, 30))"
)
@pytest.mark.parametrize(
    ("interval", "lower", "upper"),
    [
        (
            ProbabilityScale.LOG_LOG,
            [0.6197179552659839, 0.5031995107999565, 0.267778936767135, 0.1880520059592324],
            [0.951551747646997, 0.8893618351692654, 0.7467907176353944, 0.6801426284952413],
        ),
        (
            ProbabilityScale.LOG,
            [0.7198170839162704, 0.5859189820296942, 0.3370366161576847, 0.2487882268176596],
            [1, 0.9675747545522975, 0.8582008480446648, 0.807372045529077],
        ),
        (
            ProbabilityScale.PLAIN,
            [0.7074793118252004, 0.5640993266787881, 0.2864815911296213, 0.1843848638406129],
            [1, 0.9417830262623881, 0.7891486609712187, 0.7119736795767539],
        ),
    ],
)
def test_intervals_of_the_treated_arm(trial, *, interval, lower, upper):
    at = survival_at(curve(trial, placebo=0, interval=interval), [6, 10, 22.5, 30])
    assert at.lower == pytest.approx(lower, rel=1e-13)
    assert at.upper == pytest.approx(upper, rel=1e-13)
    assert at.at_risk.tolist() == [21, 15, 6, 4]


@pytest.mark.source("program: R 4.2.2, survival 3.5-3: quantile(survfit(...))")
@pytest.mark.parametrize(
    ("placebo", "interval", "estimate", "lower", "upper"),
    [
        (0, "log_log", [13, 23, None], [6, 13, 23], [22, None, None]),
        (0, "log", [13, 23, None], [6, 16, 23], [None, None, None]),
        (0, "plain", [13, 23, None], [6, 13, 23], [23, None, None]),
        (1, "log_log", [4, 8, 12], [1, 4, 8], [5, 11, 22]),
        (1, "log", [4, 8, 12], [2, 4, 8], [8, 12, None]),
        (1, "plain", [4, 8, 12], [2, 4, 8], [8, 11, 17]),
    ],
)
def test_quartiles_with_their_intervals(trial, *, placebo, interval, estimate, lower, upper):
    arm = curve(trial, placebo=placebo, interval=ProbabilityScale(interval))
    found = [quantile(arm, share) for share in (0.25, 0.5, 0.75)]
    truth = np.array([estimate, lower, upper], dtype=float)
    assert [one.estimate for one in found] == pytest.approx(truth[0], nan_ok=True)
    assert [one.lower for one in found] == pytest.approx(truth[1], nan_ok=True)
    assert [one.upper for one in found] == pytest.approx(truth[2], nan_ok=True)


@pytest.mark.source("paper: Kleinbaum and Klein 2012, Survival Analysis, chapter 2: 16.79, 1 df")
def test_log_rank_is_16_79(trial):
    test = logrank(trial["time"], trial["event"], trial["placebo"])
    assert round(test.chi_square, 2) == 16.79
    assert test.observed.tolist() == [9, 21]
    assert test.expected.round(2).tolist() == [19.25, 10.75]
    assert test.z > 0


@pytest.mark.source("program: R 4.2.2, survival 3.5-3: survdiff, block i mod 3")
def test_log_rank_of_three_groups_and_stratified(trial):
    blocks = logrank(trial["time"], trial["event"], trial["block"])
    assert blocks.expected == pytest.approx(
        [9.236624670999918, 9.85359989266227, 10.90977543633781], rel=1e-13
    )
    assert blocks.variance[0] == pytest.approx(
        [6.02403691487504, -2.876139044759161, -3.147897870115882], rel=1e-13
    )
    assert (blocks.chi_square, blocks.df) == pytest.approx((0.7163805891691838, 2), rel=1e-12)
    assert blocks.p_value == pytest.approx(0.6989400578427423, rel=1e-12)
    assert blocks.z is None
    stratified = logrank(trial["time"], trial["event"], trial["placebo"], strata=trial["block"])
    assert stratified.expected == pytest.approx([18.98518981018981, 11.01481018981019], rel=1e-13)
    assert stratified.chi_square == pytest.approx(15.18160699488076, rel=1e-12)
    assert stratified.p_value == pytest.approx(9.764994776261654e-05, rel=1e-11)
    assert stratified.strata == 3


@pytest.mark.source(
    "program: R survival 3.5-3 (Efron); Kleinbaum and Klein 2012, chapter 3 (Breslow, 1.509)"
)
def test_cox_by_efron_is_1_5721_and_by_breslow_1_5092(trial):
    efron = cox(trial["time"], trial["event"], trial["placebo"])
    assert round(float(efron.coef[0]), 4) == 1.5721
    assert round(float(efron.hazard_ratio[0]), 3) == 4.817
    breslow = cox(trial["time"], trial["event"], trial["placebo"], ties=Ties.BRESLOW)
    assert round(float(breslow.coef[0]), 4) == 1.5092


@pytest.mark.source(R)
@pytest.mark.parametrize(
    ("ties", "stratified", "truth"),
    [
        (
            Ties.EFRON,
            False,
            {
                "coef": [1.596943308314563, 0.03465262541640596],
                "variance": [0.1735794226490562, 0.002461016314428999, 0.003349534647343267],
                "loglik": [-93.18426999684773, -84.82918721244729],
                "score": 17.51166868150643,
                "wald": 14.73551852494819,
            },
        ),
        (
            Ties.EFRON,
            True,
            {
                "coef": [1.514005547407235, 0.0007309761705327875],
                "variance": [0.1779555917352452, 0.0003128945335524669, 0.004597568738683838],
                "loglik": [-61.56786326380864, -54.16033019110944],
                "score": 15.27923243161673,
                "wald": 12.88162472702749,
            },
        ),
        (
            Ties.BRESLOW,
            False,
            {
                "coef": [1.535377628462355, 0.03613587334100152],
                "variance": [0.1711657258369168, 0.002507470813837237, 0.003361886990597827],
                "loglik": [-93.98505047824518, -86.1853806312826],
                "score": 16.22857666439579,
                "wald": 13.82850762164959,
            },
        ),
        (
            Ties.BRESLOW,
            True,
            {
                "coef": [1.505340070730656, 0.006128130702114231],
                "variance": [0.1781536518330171, 0.0006505219960626522, 0.004513039050956895],
                "loglik": [-61.68564629946502, -54.3742287844101],
                "score": 15.04909280354244,
                "wald": 12.71971948155101,
            },
        ),
    ],
)
def test_cox_of_two_covariates(trial, *, ties, stratified, truth):
    strata = trial["block"] if stratified else None
    model = cox(trial["time"], trial["event"], trial["covariates"], ties=ties, strata=strata)
    assert model.coef == pytest.approx(truth["coef"], rel=1e-9)
    assert model.variance[np.triu_indices(2)] == pytest.approx(truth["variance"], rel=1e-9)
    assert [model.loglik_null, model.loglik] == pytest.approx(truth["loglik"], rel=1e-13)
    assert model.score.chi_square == pytest.approx(truth["score"], rel=1e-11)
    assert model.wald.chi_square == pytest.approx(truth["wald"], rel=1e-9)
    assert model.likelihood_ratio.chi_square == pytest.approx(
        2 * (truth["loglik"][1] - truth["loglik"][0]), rel=1e-12
    )
    assert (model.n, model.events, model.wald.df) == (42, 30, 2)


@pytest.mark.source("program: R 4.2.2: glm(weeks > 8 ~ placebo + score, binomial, epsilon = 1e-15)")
def test_logistic_of_remission_beyond_8_weeks(trial):
    model = logistic(trial["time"] > 8, trial["covariates"])
    assert model.coef == pytest.approx(
        [0.9759408317298909, -1.647055693296611, 0.03786348401446384], rel=1e-10
    )
    assert model.variance[np.triu_indices(3)] == pytest.approx(
        [
            0.5265498217163765,
            -0.2574884333329807,
            -0.05439428811393193,
            0.4659460482872482,
            -0.001182399278034061,
            0.01123555618507722,
        ],
        rel=1e-9,
    )
    assert [model.loglik_null, model.loglik] == pytest.approx(
        [-28.68214039741981, -25.41749678804834], rel=1e-13
    )
    assert model.p_wald == pytest.approx(
        [0.1786437679920802, 0.01582588489190288, 0.7209347991312895], rel=1e-9
    )
