"""The walk through the calendar: one step after the other, each a command of the record."""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import assert_never

from equipoise.base.errors import bad_input
from equipoise.base.randomness import Seed, stream
from equipoise.conduct import Desk, allocate_subject, record_form, register_subject
from equipoise.conduct.commands import override_finding, record_arm
from equipoise.conduct.eligibility import Eligible, eligibility_of
from equipoise.rehearse.course_forms import fill_course
from equipoise.rehearse.pen import Pen
from equipoise.rehearse.screening_forms import fill_screening
from equipoise.rehearse.staff import person_at
from equipoise.rehearse.steps import Arrive, Enrol, Enter, Step, date_of, subject_name
from equipoise.simulate import VirtualSubject
from equipoise.study.identity import Permission
from equipoise.study.study import Study

Progress = Callable[[str, int, int], None]
"""What is being done, how much of it is done, of how much."""

OPENING = dt.time(8, 0, tzinfo=dt.UTC)
MOST_SCREENED = 100
"""Subjects screened for each one planned, after which nobody seems to be eligible."""


@dataclass(slots=True, kw_only=True)
class Clock:
    """The clock of the trial: it stands at the second of the last command."""

    now: dt.datetime = field(default_factory=lambda: dt.datetime.combine(date_of(0), OPENING))

    def __call__(self) -> dt.datetime:
        """Return what the clock says."""
        return self.now

    def move(self, day: int) -> None:
        """Move to the next second of a day."""
        opening = dt.datetime.combine(date_of(day), OPENING)
        self.now = max(self.now + dt.timedelta(seconds=1), opening)


@dataclass(slots=True, kw_only=True)
class Accrual:
    """How many subjects are planned, in screening, enrolled, and were screened so far."""

    planned: int
    waiting: int = 0
    enrolled: int = 0
    screened: int = 0

    @property
    def complete(self) -> bool:
        """Whether nobody else is enrolled."""
        return self.enrolled == self.planned

    @property
    def open(self) -> bool:
        """Whether somebody who arrives is screened: there may still be a place."""
        return self.enrolled + self.waiting < self.planned


@dataclass(slots=True, kw_only=True)
class Conducting:
    """A trial under way.

    Attributes
    ----------
    desk, clock : Desk, Clock
        Where commands go, and when.
    seed : Seed
        Of draws that belong to no subject.
    tell : Progress
        Told about enrolments, and about the months after the last.
    accrual : Accrual
        Who is in.
    calendar : list of (int, int, Step)
        Heap of what is to come: day, order within the day, step.
    """

    desk: Desk
    clock: Clock
    seed: Seed
    tell: Progress
    accrual: Accrual
    calendar: list[tuple[int, int, Step]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)

    def accrue(self, arrivals: Iterator[VirtualSubject]) -> int:
        """Screen and enrol until the trial is full; return the day of the last enrolment.

        While every place may be taken by somebody in screening, who arrives is turned away.

        Raises
        ------
        BadInput
            When hardly anybody is eligible.
        """
        arriving, day = next(arrivals), 0
        while not self.accrual.complete:
            if self.calendar and self.calendar[0][0] < arriving.screening_day:
                day = self._take_step()
                continue
            if self.accrual.open:
                self._screen(arriving)
            arriving = next(arrivals)
        return day

    def follow(self, *, since: int, until: int) -> None:
        """Take the steps that remain up to a day, that day included."""
        while self.calendar and self.calendar[0][0] <= until:
            day = self._take_step()
            self.tell("followed up (days)", day - since, until - since)
        self.tell("followed up (days)", until - since, until - since)

    def _screen(self, subject: VirtualSubject) -> None:
        self.accrual.waiting += 1
        self.accrual.screened += 1
        if self.accrual.screened > MOST_SCREENED * self.accrual.planned:
            raise bad_input(
                "hardly any virtual subject is eligible",
                where="scenario",
                got=f"{self.accrual.enrolled} of {self.accrual.screened} enrolled",
                fix="let 'baseline' of the scenario meet the criteria of eligibility",
            )
        pen = Pen(study=self.desk.study, subject=subject)
        self._plan([Step(day=subject.screening_day, does=Arrive(subject=subject))])
        self._plan(fill_screening(pen))
        self._plan([Step(day=subject.enrolment_day, does=Enrol(subject=subject))])

    def _plan(self, steps: Iterable[Step]) -> None:
        for step in steps:
            heapq.heappush(self.calendar, (step.day, next(self._order), step))

    def _take_step(self) -> int:
        day, _, step = heapq.heappop(self.calendar)
        self.clock.move(day)
        match step.does:
            case Arrive(subject=subject):
                self._register(subject)
            case Enrol(subject=subject):
                self._enrol(subject)
            case Enter():
                self._enter(step.does)
            case _:
                assert_never(step.does)
        return day

    def _enter(self, what: Enter) -> None:
        """Enter a form; what is found about it is explained, where there is something to say."""
        person = person_at(self.desk.study, site=what.site, permission=Permission.RECORD)
        receipt = record_form(self.desk, person, what.filled)
        for finding in receipt.findings if what.because else ():
            place = what.filled.place.at(finding.item)
            override_finding(self.desk, person, place=place, why=what.because or "")

    def _register(self, subject: VirtualSubject) -> None:
        site, name = subject.site, subject_name(subject)
        person = person_at(self.desk.study, site=site, permission=Permission.REGISTER)
        on = date_of(subject.screening_day)
        register_subject(self.desk, person, subject=name, site=site, on=on)

    def _enrol(self, subject: VirtualSubject) -> None:
        """Enrol a subject whom the record finds eligible; the others are not seen again."""
        self.accrual.waiting -= 1
        record = self.desk.record.subjects[subject_name(subject)]
        if not isinstance(eligibility_of(record, rulebook=self.desk.rulebook), Eligible):
            return
        arm = self._arm(subject)
        self.accrual.enrolled += 1
        self.tell("enrolled", self.accrual.enrolled, self.accrual.planned)
        pen = Pen(study=self.desk.study, subject=subject)
        self._plan(fill_course(pen, subject.courses[arm]))

    def _arm(self, subject: VirtualSubject) -> str:
        """Return the arm: by randomisation, by chance where others allocate, or the only one."""
        study, name = self.desk.study, subject_name(subject)
        if study.randomise is None and len(study.arms) == 1:
            return next(iter(study.arms))
        person = person_at(study, site=subject.site, permission=Permission.ALLOCATE)
        on = date_of(subject.enrolment_day)
        if study.randomise is not None:
            return allocate_subject(self.desk, person, subject=name, on=on).arm
        arm = _arm_by_chance(study, seed=self.seed, subject=subject.number)
        record_arm(self.desk, person, subject=name, arm=arm, on=on)
        return arm


def _arm_by_chance(study: Study, *, seed: Seed, subject: int) -> str:
    places = [name for name, arm in study.arms.items() for _ in range(arm.allocation)]
    draw = stream(seed, purpose="arm", subject=subject)
    return places[int(draw.integers(len(places)))]
