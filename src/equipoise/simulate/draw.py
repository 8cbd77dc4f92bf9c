"""Virtual subjects of a scenario: arrival, values before enrolment, and a course for each arm.

Subjects are drawn in chunks because rules are judged for many at once; a subject is the same in
whatever chunk it is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from equipoise.base.errors import bad_input
from equipoise.base.quantities import DAYS_PER_MONTH
from equipoise.base.randomness import Seed
from equipoise.simulate.course import draw_courses
from equipoise.simulate.dice import Dice
from equipoise.simulate.plan import plan_arm
from equipoise.simulate.screened import Screened, screen, screening_visits
from equipoise.simulate.subject import VirtualCourse, VirtualSubject
from equipoise.study.scenarios import Scenario
from equipoise.study.study import Study


def draw_arrivals(scenario: Scenario, *, seed: Seed, count: int) -> tuple[int, ...]:
    """Return the day of screening of the first subjects, in whole days after the start of accrual.

    Gaps are exponential with the mean that the scenario's subjects a month give; each has the
    address of its subject, so more subjects do not move the first ones.
    """
    mean = DAYS_PER_MONTH / scenario.screened_per_month
    days, reached = [], 0.0
    for subject in range(count):
        reached -= mean * math.log(Dice(seed=seed, subject=subject).uniform("arrival"))
        days.append(int(reached))
    return tuple(days)


def draw_subject(study: Study, scenario: Scenario, *, seed: Seed, subject: int) -> VirtualSubject:
    """Return one virtual subject; see `draw_subjects`."""
    return draw_subjects(study, scenario, seed=seed, numbers=range(subject, subject + 1))[0]


def draw_subjects(
    study: Study, scenario: Scenario, *, seed: Seed, numbers: range
) -> tuple[VirtualSubject, ...]:
    """Return virtual subjects of some numbers.

    Parameters
    ----------
    study : Study
        The study; its words are all that is known of the disease.
    scenario : Scenario
        How subjects behave.
    seed : Seed
        Every draw is a function of seed, replicate, subject and purpose.
    numbers : range
        Numbers of the subjects, from 0 in the order of arrival.

    Returns
    -------
    tuple[VirtualSubject, ...]
        In the order of the numbers, with a course for each arm.

    Raises
    ------
    BadInput
        When the scenario does not describe an arm of the study.
    """
    if missing := [arm for arm in study.arms if arm not in scenario.arms]:
        raise bad_input(
            "the scenario does not say what happens in an arm",
            where=f"scenario '{scenario.scenario}'",
            got=f"no course for {', '.join(missing)}",
            fix="write one under 'arms'",
        )
    arrivals = draw_arrivals(scenario, seed=seed, count=numbers.stop)
    plans = {arm: plan_arm(study, arm) for arm in study.arms}
    visits = screening_visits(tuple(plans.values()))
    screened = [
        screen(study, scenario, dice=Dice(seed=seed, subject=number), visits=visits)
        for number in numbers
    ]
    courses = {
        arm: draw_courses(study, scenario, plan=plan, screened=screened)
        for arm, plan in plans.items()
    }
    return tuple(
        _subject(
            one, day=arrivals[one.dice.subject], courses={arm: of[k] for arm, of in courses.items()}
        )
        for k, one in enumerate(screened)
    )


def _subject(one: Screened, *, day: int, courses: Mapping[str, VirtualCourse]) -> VirtualSubject:
    return VirtualSubject(
        number=one.dice.subject,
        site=one.site,
        screening_day=day,
        enrolment_day=day + one.waits,
        frailty=one.frailty.value,
        baseline=one.baseline,
        lesions=one.lesions,
        screening=one.visits,
        values=one.values,
        courses=courses,
    )
