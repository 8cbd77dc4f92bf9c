from itertools import product

import polars as pl
import pytest

from equipoise.base import BadInput
from equipoise.oncology.response.recist import Lesion, LesionKind, LesionState
from equipoise.oncology.response.recist_baseline import LocalTherapy, Method
from equipoise.study.folder import standard_form

FORM = standard_form("lesions").value


def accepted_by_form(kind, state):
    row = pl.DataFrame({"lesion_kind": [kind], "lesion_state": [state], "diameter_mm": [20.0]})
    rules = [check["rule"] for check in FORM["checks"].values()]
    return all(row.select(pl.sql_expr(rule)).item() for rule in rules)


def accepted_by_recist(kind, state):
    try:
        Lesion(name="L", kind=kind, nodal=False, state=state)
    except BadInput:
        return False
    return True


def test_the_form_has_the_words_of_recist_and_no_others():
    assert set(FORM["items"]["lesion_state"]["codes"]) == set(LesionState)
    assert set(FORM["items"]["lesion_kind"]["codes"]) == set(LesionKind)
    assert set(FORM["items"]["measured_by"]["codes"]) == set(Method)
    assert set(FORM["items"]["treated_before"]["codes"]) == set(LocalTherapy)


def test_what_is_asked_of_a_target_at_baseline_is_never_required():
    for name in ("measured_by", "slice_mm", "treated_before"):
        assert not {"required", "required_when"} & FORM["items"][name].keys()


@pytest.mark.parametrize(("kind", "state"), list(product(LesionKind, LesionState)))
def test_the_form_refuses_the_states_that_recist_refuses(kind, state):
    assert accepted_by_form(str(kind), str(state)) is accepted_by_recist(kind, state)
