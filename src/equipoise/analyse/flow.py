"""The flow of subjects: every box counted, every sum closed."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.analyse.entry import analyse_entry
from equipoise.analyse.later_criteria import analyse_later_criteria
from equipoise.analyse.results import Row, Topic, count
from equipoise.analyse.selection import Selection, equals, named, select
from equipoise.analyse.surgery import analyse_surgery
from equipoise.analyse.treatment import analyse_start
from equipoise.analyse.variables import arm_names
from equipoise.derive.frames import AnalysisData
from equipoise.study.identity import CriterionTime
from equipoise.study.study import Study

IN_SET = "in_set."


def analyse_flow(study: Study, data: AnalysisData, *, name: str) -> Iterator[Row]:
    """Give one count a box.

    The level is the box; ``box.reason`` counts those of a box with one reason, and
    ``in_set.SET`` those of an analysis set. A subject may fail several criteria; every other box
    is the sum of its parts:

    - screened = not_eligible + not_randomised + randomised;
    - randomised = allocated, over the arms;
    - allocated = started + not_started, in an arm with a regimen before surgery;
    - allocated = operated + not_operated + surgery_unknown;
    - operated = operated.CODE over the outcomes of surgery + operated.not_recorded;
    - not_operated = not_operated.CODE over the reasons + not_operated.not_recorded.

    In a study that does not randomise the first boxes are registered, not_eligible, not_enrolled
    and enrolled. Boxes of surgery are absent when the study has no form of surgery; reasons that
    nobody has are left out. ``not_met.CRITERION`` counts those allocated who do not meet a
    criterion that is judged at treatment or surgery; it is no part of a sum.
    """
    topic = Topic(analysis=name)
    everybody = select(data, "adsl", column="REGDT")
    yield from analyse_entry(topic, study, everybody=everybody)
    yield from _sets(topic, study, rows=everybody)
    for arm in arm_names(study):
        here = topic.of_group(arm)
        of_arm = everybody.narrowed(equals("ARMCD", arm))
        allocated = of_arm.narrowed("ENROLFL").reading("ARMCD")
        label = study.arms[arm].label
        yield count(here.of_level("allocated"), of=allocated, text=label)
        yield from analyse_start(here, study, data, arm=study.arms[arm], rows=allocated)
        yield from analyse_later_criteria(here, study, at=CriterionTime.TREATMENT, rows=allocated)
        yield from analyse_surgery(here, study, rows=allocated)
        yield from analyse_later_criteria(here, study, at=CriterionTime.SURGERY, rows=allocated)
        yield from _sets(here, study, rows=of_arm)


def _sets(topic: Topic, study: Study, *, rows: Selection) -> Iterator[Row]:
    for name, chosen in study.analysis_sets.items():
        inside = rows.narrowed(named(name)).reading(name)
        yield count(topic.of_level(f"{IN_SET}{name}"), of=inside, text=chosen.label)
