"""A rehearsal in memory: the same for any number of workers, in the order of the calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from equipoise.base.errors import BadInput
from equipoise.base.frames import hash_of_frame
from equipoise.base.randomness import Seed
from equipoise.conduct import verify
from equipoise.conduct.entries import Action, Entry
from equipoise.conduct.ports import Log
from equipoise.rehearse import Rehearsal, rehearse_trial
from equipoise.store import MemoryLog
from equipoise.study import Study, load_study
from equipoise.study.identity import Criterion, Eligibility, Subjects

ROOT = Path(__file__).parents[2]


class Kept:
    """Opens logs in memory and keeps the last."""

    def __init__(self) -> None:
        self.log: Log | None = None

    def __call__(self, salts: Callable[[], str]) -> Log:
        self.log = MemoryLog(salts=salts)
        return self.log

    def entries(self) -> list[Entry]:
        assert self.log is not None
        return list(self.log.entries())


def rehearse(
    study: Study, *, seed: int = 1, workers: int = 1, keep: Kept | None = None
) -> Rehearsal:
    return rehearse_trial(
        study,
        scenario=study.scenarios["design"],
        seed=Seed(value=seed),
        workers=workers,
        open_log=keep or Kept(),
        progress=lambda _what, _done, _of: None,
    )


def changed(study: Study, **changes: Any) -> Study:
    """Return a study of fewer subjects and one analysis with some words changed."""
    fewer = {"subjects": Subjects(planned=12), "analyses": {"flow": study.analyses["flow"]}}
    return study.model_copy(update=fewer | changes)


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(ROOT / "tests" / "studies" / "oesophagus")


@pytest.fixture(scope="module")
def kept() -> Kept:
    return Kept()


@pytest.fixture(scope="module")
def rehearsal(study: Study, kept: Kept) -> Rehearsal:
    return rehearse(study, keep=kept)


def test_two_workers_give_the_log_and_the_results_of_one(study: Study, rehearsal: Rehearsal):
    again = rehearse(study, workers=2)
    assert again.log_head == rehearsal.log_head
    assert again.results_hash == rehearsal.results_hash


def hashes(rehearsal: Rehearsal) -> dict[str, str]:
    """Return the hash of every frame that a rehearsal derives."""
    data = rehearsal.data
    others = {"lineage": data.lineage, "impossible": data.impossible}
    frames = {**data.datasets, **data.domains, **others}
    return {name: hash_of_frame(frame) for name, frame in frames.items()}


def test_every_frame_of_two_equal_rehearsals_is_the_same_row_by_row(
    study: Study, rehearsal: Rehearsal
):
    assert hashes(rehearse(study)) == hashes(rehearsal)


def test_another_seed_gives_another_log_and_other_results(study: Study, rehearsal: Rehearsal):
    other = rehearse(study, seed=2)
    assert other.log_head != rehearsal.log_head
    assert other.results_hash != rehearsal.results_hash


def test_as_many_subjects_are_enrolled_as_planned_and_nobody_waits(
    study: Study, rehearsal: Rehearsal
):
    subjects = rehearsal.snapshot.subjects
    enrolled = subjects.filter(pl.col("randomisation_date").is_not_null())
    assert enrolled.height == study.subjects.planned
    assert enrolled["eligible"].all()
    rest = subjects.filter(pl.col("randomisation_date").is_null())
    assert rest.height > 0
    assert not rest["eligible"].any()


def test_every_arm_gets_its_share(rehearsal: Rehearsal):
    arms = rehearsal.snapshot.subjects.drop_nulls("randomisation_date")["arm"].value_counts()
    assert abs(arms["count"][0] - arms["count"][1]) <= 6  # two strata, blocks of at most six


def test_entries_are_in_the_order_of_the_calendar_and_none_lies_behind_the_cut(
    study: Study, kept: Kept, rehearsal: Rehearsal
):
    entries = kept.entries()
    times = [entry.at for entry in entries]
    assert times == sorted(times)
    assert times[-1].date() <= rehearsal.cut
    last = max(entry.at.date() for entry in entries if entry.action is Action.ALLOCATE)
    waited = round(study.scenarios["design"].follow_up_after_last.days)
    assert rehearsal.cut == last + dt.timedelta(days=waited)


def test_no_form_is_entered_before_its_day(rehearsal: Rehearsal, kept: Kept):
    at = {entry.seq: entry.at.date() for entry in kept.entries()}
    for seq, date in rehearsal.snapshot.values.select("seq", "date").iter_rows():
        assert date <= at[seq]


def test_the_log_is_whole(kept: Kept, rehearsal: Rehearsal):
    verdict = verify(kept.entries())
    assert verdict.intact
    assert rehearsal.snapshot.head == rehearsal.log_head == kept.entries()[-1].hash


def test_a_correct_simulator_leaves_no_finding_and_no_impossible_history(rehearsal: Rehearsal):
    assert rehearsal.snapshot.findings.is_empty()
    assert rehearsal.data.impossible.is_empty()


def test_everything_that_is_seen_is_seen_of_somebody_alive_and_in_the_trial(rehearsal: Rehearsal):
    values = rehearsal.snapshot.values
    ends = values.filter(pl.col("item") == "end_date").select(
        "subject", pl.col("value").str.to_date().alias("end")
    )
    later = values.join(ends, on="subject").filter(pl.col("date") > pl.col("end"))
    assert ends.height > 0
    assert later.is_empty()


def test_some_ends_of_adverse_events_are_known_to_the_month_only(rehearsal: Rehearsal):
    values = rehearsal.snapshot.values
    ends = values.filter(pl.col("item") == "ae_end")["value"].str.len_chars()
    assert set(ends.to_list()) == {len("2026-01"), len("2026-01-01")}


def test_a_study_of_one_arm_enrols_at_registration(study: Study):
    alone = changed(study, arms={"chemo": study.arms["chemo"]}, randomise=None)
    subjects = rehearse(alone).snapshot.subjects
    assert subjects.filter(pl.col("eligible")).height == 12
    assert subjects["arm"].unique().to_list() == ["chemo"]


def test_arms_that_others_allocate_are_recorded(study: Study):
    elsewhere = changed(study, randomise=None)
    subjects = rehearse(elsewhere).snapshot.subjects
    arms = subjects.filter(pl.col("eligible"))["arm"]
    assert arms.len() == 12
    assert set(arms.to_list()) == {"chemo", "surgery_first"}


def test_a_scenario_in_which_nobody_is_eligible_is_refused(study: Study):
    nobody = Eligibility(include={"young": Criterion(text="Under 10", rule="age < 10")})
    with pytest.raises(BadInput, match="hardly any virtual subject is eligible"):
        rehearse(changed(study, eligibility=nobody, subjects=Subjects(planned=1)))


def test_a_log_with_entries_is_refused(study: Study):
    small, keep = changed(study), Kept()
    rehearse(small, keep=keep)
    log = keep.log
    assert log is not None
    with pytest.raises(BadInput, match="a rehearsal begins with an empty log"):
        rehearse_trial(
            small,
            scenario=small.scenarios["design"],
            seed=Seed(value=1),
            workers=1,
            open_log=lambda _salts: log,
            progress=lambda _what, _done, _of: None,
        )


def test_progress_is_told_up_to_its_end(study: Study):
    told: dict[str, tuple[int, int]] = {}
    small = changed(study)
    rehearse_trial(
        small,
        scenario=small.scenarios["design"],
        seed=Seed(value=1),
        workers=1,
        open_log=Kept(),
        progress=lambda what, done, of: told.update({what: (done, of)}),
    )
    assert told["enrolled"] == (12, 12)
    assert told["analysed"] == (2, 2)
    assert all(done <= of for done, of in told.values())
