"""What R says of a cause-specific model beside its coefficients: three tests and concordance."""

import pytest

from equipoise.stats.competing_risks import cause_specific_cox
from equipoise.stats.time_to_event.cox_concordance import concordance


@pytest.mark.source("program: survival 3.5-3: coxph(Surv(etime, ev == 1) ~ age + sex), mgus2")
def test_tests_and_concordance_of_progression(stored, mgus):
    truth = stored("remaining_goldens_analysis.json")["cases"]["csc_mgus2"]["outputs"]
    model = cause_specific_cox(mgus.time, mgus.cause, mgus.covariates).of(1)
    for test, name in ((model.likelihood_ratio, "LRT"), (model.score, "score")):
        assert [test.chi_square, test.df, test.p_value] == pytest.approx(truth[name], rel=1e-8)
    # R rounds the chi-square of Wald to two digits, not its p-value.
    assert model.wald.chi_square == pytest.approx(truth["wald"][0], abs=0.005)
    assert model.wald.p_value == pytest.approx(truth["wald"][2], rel=1e-7)
    found = concordance(model)
    assert [found.estimate, found.std_err] == pytest.approx(truth["concordance"], rel=1e-10)
