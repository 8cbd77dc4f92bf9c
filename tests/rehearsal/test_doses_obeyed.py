"""Virtual subjects obey the dose tables, and the record's guidance says the same of every dose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from equipoise.base.randomness import Seed
from equipoise.conduct.doses.dose_findings import guidance_of_row
from equipoise.conduct.doses.guidance import DrugGuidance, GuidedAction
from equipoise.conduct.entries import Action
from equipoise.conduct.ports import Log
from equipoise.conduct.record import Record, Row
from equipoise.conduct.rulebook import rulebook_of
from equipoise.rehearse import rehearse_trial
from equipoise.store import MemoryLog
from equipoise.study import Study, load_study
from equipoise.study.forms import FormPurpose
from equipoise.study.identity import Subjects

GOLP = Path(__file__).parents[2] / "studies" / "icc_golp"


@pytest.fixture(scope="module")
def study() -> Study:
    whole = load_study(GOLP)
    fewer = {"subjects": Subjects(planned=70), "analyses": {"flow": whole.analyses["flow"]}}
    return whole.model_copy(update=fewer)


@pytest.fixture(scope="module")
def log(study: Study) -> Log:
    kept: list[Log] = []

    def open_log(salts: Callable[[], str]) -> Log:
        kept.append(MemoryLog(salts=salts))
        return kept[0]

    rehearse_trial(
        study,
        scenario=study.scenarios["design"],
        seed=Seed(value=4),
        workers=1,
        open_log=open_log,
        progress=lambda _what, _done, _of: None,
    )
    return kept[0]


@pytest.fixture(scope="module")
def doses(study: Study, log: Log) -> list[tuple[Row, DrugGuidance]]:
    return list(recorded_doses(study, log))


def recorded_doses(study: Study, log: Log) -> Iterator[tuple[Row, DrugGuidance]]:
    rulebook = rulebook_of(study)
    record = Record(kinds=rulebook.kinds)
    record.take(log.entries())
    for subject in record.subjects.values():
        for row in subject.rows.values():
            if rulebook.forms[row.form].form.purpose is FormPurpose.DOSING:
                guidance = guidance_of_row(row, subject=subject, rulebook=rulebook)
                assert guidance is not None
                yield row, guidance.drugs[0]


def test_every_dose_is_the_one_that_the_guidance_names(doses: list[tuple[Row, DrugGuidance]]):
    assert len(doses) > 500
    for row, said in doses:
        assert row.value("planned_mg") == said.planned_mg
        # Where a row cannot be judged no dose is named, and none is given.
        named = 0.0 if said.action is GuidedAction.UNKNOWN else said.dose_mg
        assert row.value("given_mg") == named, said.say


def test_the_tables_come_to_bear(doses: list[tuple[Row, DrugGuidance]]):
    seen = Counter(said.action for _, said in doses)
    assert {GuidedAction.REDUCE, GuidedAction.HOLD, GuidedAction.OMIT} <= seen.keys()
    assert seen[GuidedAction.UNKNOWN] > 0  # blood of day 8 that was missed
    assert 0.8 < seen[GuidedAction.FULL] / len(doses) < 0.98


def test_a_dose_that_is_not_the_full_one_carries_its_reason(doses: list[tuple[Row, DrugGuidance]]):
    for row, said in doses:
        if said.action is not GuidedAction.FULL:
            assert row.value("dose_reason") is not None


def test_what_was_found_about_a_form_is_explained(log: Log):
    open_findings = {
        (entry.subject, entry.visit, entry.form, entry.row, entry.item): entry.action
        for entry in log.entries()
        if entry.action in {Action.FINDING, Action.OVERRIDE}
    }
    assert Action.FINDING not in open_findings.values()
