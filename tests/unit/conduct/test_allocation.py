from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace

import pytest

from equipoise.base.errors import BadInput, RecordRefused
from equipoise.base.randomness import Seed
from equipoise.conduct.allocation import Deviation, allocation_list, replay_allocations
from equipoise.conduct.commands import record_arm
from equipoise.study.study import Study

from .conftest import DAY, Ward

SEED = Seed(value=11)


def kinds(refusal) -> set[str]:
    return {str(fault.kind) for fault in refusal.value.faults}


def test_a_longer_list_begins_with_the_shorter_one(small_study: Study):
    long = allocation_list(small_study, seed=SEED, stratum="all", length=60)
    for length in (0, 1, 7, 59):
        assert (
            allocation_list(small_study, seed=SEED, stratum="all", length=length) == long[:length]
        )


def test_blocks_of_one_size_are_balanced(small_study: Study):
    one_size = small_study.randomise.model_copy(update={"sizes": (4,)})
    study = small_study.model_copy(update={"randomise": one_size})
    arms = allocation_list(study, seed=SEED, stratum="all", length=400)
    for start in range(0, 400, 4):
        assert Counter(arms[start : start + 4]) == {"drug": 2, "none": 2}


def test_arms_are_in_the_proportion_of_their_allocation(small_study: Study):
    drug = small_study.arms["drug"].model_copy(update={"allocation": 2})
    one_size = small_study.randomise.model_copy(update={"sizes": (3,)})
    study = small_study.model_copy(
        update={"arms": small_study.arms | {"drug": drug}, "randomise": one_size}
    )
    arms = allocation_list(study, seed=SEED, stratum="all", length=30)
    assert Counter(arms) == {"drug": 20, "none": 10}


def test_each_stratum_and_each_seed_has_a_list_of_its_own(small_study: Study):
    lists = {
        allocation_list(small_study, seed=seed, stratum=stratum, length=40)
        for seed in (SEED, Seed(value=12))
        for stratum in ("older=true", "older=false")
    }
    assert len(lists) == 4


def test_every_order_of_a_block_is_as_likely(small_study: Study):
    one_size = small_study.randomise.model_copy(update={"sizes": (4,)})
    study = small_study.model_copy(update={"randomise": one_size})
    arms = allocation_list(study, seed=SEED, stratum="all", length=4 * 6000)
    orders = Counter(arms[k : k + 4] for k in range(0, len(arms), 4))
    chi_square = sum((count - 1000) ** 2 / 1000 for count in orders.values())
    assert len(orders) == 6
    assert chi_square < 20.5  # 0.999 quantile of chi-square with 5 degrees of freedom


def test_a_block_that_splits_an_arm_is_refused(small_study: Study):
    odd = small_study.randomise.model_copy(update={"sizes": (3,)})
    study = small_study.model_copy(update={"randomise": odd})
    with pytest.raises(BadInput, match="whole shares"):
        allocation_list(study, seed=SEED, stratum="all", length=3)


def test_allocation_follows_the_list_of_the_stratum_in_the_order_of_the_log(ward: Ward):
    given = {"older=true": [], "older=false": []}
    for k in range(12):
        subject, age = f"{k:02d}", 70 if k % 3 else 50
        ward.screen(subject, age=age)
        given[f"older={'true' if age > 60 else 'false'}"].append(ward.allocate(subject))
    for stratum, arms in given.items():
        length = len(arms)
        planned = allocation_list(
            ward.desk.study, seed=ward.desk.seed, stratum=stratum, length=length
        )
        assert tuple(arms) == planned


def test_allocations_replay_from_the_seed(ward: Ward):
    for k in range(8):
        ward.screen(f"{k:02d}")
        ward.allocate(f"{k:02d}")
    subjects, study = ward.desk.record.subjects, ward.desk.study
    assert replay_allocations(subjects, study=study, seed=ward.desk.seed) == ()
    assert replay_allocations(subjects, study=study, seed=Seed(value=5)) != ()


def test_a_changed_allocation_does_not_replay(ward: Ward):
    ward.screen()
    arm = ward.allocate()
    other = "none" if arm == "drug" else "drug"
    false = {"01": replace(ward.desk.record.subjects["01"], arm=other)}
    assert replay_allocations(false, study=ward.desk.study, seed=ward.desk.seed) == (
        Deviation(subject="01", stratum="older=false", recorded=other, expected=arm),
    )


def test_nobody_is_allocated_twice(ward: Ward):
    ward.screen()
    arm = ward.allocate()
    with pytest.raises(RecordRefused) as refusal:
        ward.allocate()
    assert kinds(refusal) == {"already_allocated"}
    assert ward.desk.record.subjects["01"].arm == arm


def test_what_is_unknown_is_not_yet(ward: Ward):
    ward.register()
    ward.fill("consent", {"consent_date": DAY, "age": 50})
    with pytest.raises(RecordRefused, match="missing: neutrophils, weight_kg") as refusal:
        ward.allocate()
    assert kinds(refusal) == {"not_yet_eligible"}


def test_an_ineligible_subject_without_consent_hears_both(ward: Ward):
    ward.register()
    ward.fill("laboratory", {"neutrophils": 0.3})
    with pytest.raises(RecordRefused) as refusal:
        ward.allocate()
    assert kinds(refusal) == {"no_consent", "not_eligible", "stratum_unknown"}


@pytest.mark.parametrize("day", [DAY - dt.timedelta(1), dt.date(2026, 12, 1)])
def test_the_day_lies_between_registration_and_today(ward: Ward, day: dt.date):
    ward.screen()
    with pytest.raises(RecordRefused) as refusal:
        ward.allocate(on=day)
    assert kinds(refusal) == {"date_in_future"}


def test_a_desk_without_seed_allocates_nobody(ward: Ward):
    ward.screen()
    ward.desk = replace(ward.desk, seed=None)
    with pytest.raises(RecordRefused) as refusal:
        ward.allocate()
    assert kinds(refusal) == {"no_seed"}


def test_the_stratum_stays_as_randomised_when_the_value_is_corrected(ward: Ward):
    ward.screen(age=50)
    ward.allocate()
    ward.fill("consent", {"age": 70}, why="typing error")
    assert ward.desk.record.subjects["01"].stratum == "older=false"
    ward.fill("risk", {"marker": 300.0})
    assert ward.row("risk").value("double") is False


def test_an_arm_may_be_recorded_only_where_the_study_does_not_randomise(ward: Ward, make_ward):
    ward.screen()
    with pytest.raises(RecordRefused) as refusal:
        record_arm(ward.desk, ward.person, subject="01", arm="drug", on=DAY)
    assert kinds(refusal) == {"not_randomised_here"}
    other = make_ward(randomise=None)
    other.screen()
    with pytest.raises(RecordRefused) as refusal:
        record_arm(other.desk, other.person, subject="01", arm="gold", on=DAY)
    assert kinds(refusal) == {"unknown_arm"}
    record_arm(other.desk, other.person, subject="01", arm="drug", on=DAY)
    assert other.desk.record.subjects["01"].arm == "drug"


def test_a_study_that_does_not_randomise_allocates_nobody(make_ward):
    ward = make_ward(randomise=None)
    ward.screen()
    with pytest.raises(RecordRefused) as refusal:
        ward.allocate()
    assert kinds(refusal) == {"not_randomised_here"}
