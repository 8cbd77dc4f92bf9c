import numpy as np
import pytest

from equipoise.base.errors import BadInput
from equipoise.stats.proportions.fourfold import FourfoldTable, comparing, fourfold_tables

EVENT = [1, 0, 1, 1, 0, 0, 1]
ARM = ["new", "new", "old", "new", "old", "old", "old"]
SITE = ["b", "a", "a", "b", "a", "b", "a"]


def refused(where, call):
    with pytest.raises(BadInput) as error:
        call()
    fault = error.value.faults[0]
    assert fault.where == where
    assert fault.fix
    return fault


def test_rows_are_counted_with_the_named_arm_first():
    assert fourfold_tables(EVENT, ARM, first="new") == (FourfoldTable(x1=2, n1=3, x2=2, n2=4),)
    assert fourfold_tables(EVENT, ARM, first="old") == (FourfoldTable(x1=2, n1=4, x2=2, n2=3),)


def test_strata_come_in_the_order_of_their_labels():
    assert fourfold_tables(EVENT, ARM, first="new", strata=SITE) == (
        FourfoldTable(x1=0, n1=1, x2=2, n2=3),
        FourfoldTable(x1=2, n1=2, x2=0, n2=1),
    )


def test_swapping_changes_the_arms_over():
    table = FourfoldTable(x1=2, n1=3, x2=1, n2=4)
    assert table.swapped() == FourfoldTable(x1=1, n1=4, x2=2, n2=3)
    assert table.rates == (2 / 3, 1 / 4)
    assert table.total == 7


def test_a_stratum_with_one_arm_compares_nothing_and_is_left_out():
    both = FourfoldTable(x1=2, n1=3, x2=1, n2=4)
    alone = FourfoldTable(x1=2, n1=3, x2=0, n2=0)
    assert comparing([alone, both]) == (both,)
    refused("tables", lambda: comparing([alone]))
    refused("tables", lambda: comparing([]))


@pytest.mark.parametrize("counts", [(5, 4), (-1, 4), (0.5, 4), (2, np.nan), (1, np.inf), (0, -1)])
def test_counts_that_are_no_part_of_a_whole_are_refused(counts):
    successes, n = counts
    refused("x1, n1", lambda: FourfoldTable(x1=successes, n1=n, x2=0, n2=4))
    refused("x2, n2", lambda: FourfoldTable(x1=0, n1=4, x2=successes, n2=n))


@pytest.mark.parametrize(
    ("arm", "first"),
    [(ARM, "third"), (["new"] * 7, "new"), ([*ARM[:6], "third"], "new")],
)
def test_other_than_two_arms_or_an_unknown_first_is_refused(arm, first):
    refused("group, first", lambda: fourfold_tables(EVENT, arm, first=first))


def test_columns_of_unequal_length_and_broken_events_are_refused():
    refused("group", lambda: fourfold_tables(EVENT, ARM[:5], first="new"))
    refused("event", lambda: fourfold_tables([1, 0, 2], ARM[:3], first="new"))
    refused("strata", lambda: fourfold_tables(EVENT, ARM, first="new", strata=SITE[:3]))
