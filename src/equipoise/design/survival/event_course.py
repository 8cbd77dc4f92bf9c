"""Events over calendar time, by formula.

Time is in months of 30.4375 days. Subjects enter piecewise uniformly; hazards of the event and of
loss to follow-up are piecewise constant over follow-up, or the event's is that of a Weibull time.
Arms and strata have their own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import assert_never

from equipoise.base.errors import bad_input
from equipoise.design.survival.hazards import Hazard, Steps, as_steps, rate_and_shape
from equipoise.design.survival.incidence import Incidence, incidence

ROUNDS = 200
SAME = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class AccrualPiece:
    """A stretch of calendar time in which subjects enter at one rate.

    Attributes
    ----------
    months : float
        Its length.
    share : float
        Share of all subjects who enter in it.
    """

    months: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Accrual:
    """Piecewise uniform accrual from month 0.

    Attributes
    ----------
    pieces : tuple of AccrualPiece
        In order of time; the shares sum to 1.
    """

    pieces: tuple[AccrualPiece, ...]

    def __post_init__(self) -> None:
        """Refuse accrual that is not all subjects over a stretch of time."""
        long = all(0 < piece.months < inf for piece in self.pieces)
        shared = all(piece.share >= 0 for piece in self.pieces)
        whole = abs(sum(piece.share for piece in self.pieces) - 1) < 1e-9
        if not (long and shared and whole):
            raise bad_input(
                "accrual has pieces of some months, whose shares of subjects sum to 1",
                where="accrual",
                got=self.pieces,
                fix="uniform_accrual(24)",
            )

    @property
    def months(self) -> float:
        """Length of the whole accrual."""
        return sum(piece.months for piece in self.pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmCourse:
    """How many subjects an arm has, and how fast they have events and are lost.

    Attributes
    ----------
    subjects : float
        Subjects; a fraction is an expected number.
    hazard : float, Steps or Weibull
        Events per subject and month of follow-up.
    dropout_hazard : float or Steps
        Losses to follow-up per subject and month.
    """

    subjects: float
    hazard: Hazard
    dropout_hazard: float | Steps = 0.0

    def __post_init__(self) -> None:
        """Refuse an arm without subjects or events, and hazards that are none."""
        rate, _ = rate_and_shape(self.hazard)
        as_steps(self.dropout_hazard, where="dropout_hazard")
        if not (0 < self.subjects < inf and any(value > 0 for value in rate.values)):
            raise bad_input(
                "an arm has subjects, and a hazard above 0",
                where="subjects, hazard",
                got=f"{self.subjects}, {self.hazard}",
                fix="a median of 9 months is a hazard of log(2) / 9 = 0.077",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoArmCourse:
    """Two arms that accrue together.

    Attributes
    ----------
    control, experimental : ArmCourse
        The arms.
    accrual : Accrual
        When subjects of both arms enter.
    """

    control: ArmCourse
    experimental: ArmCourse
    accrual: Accrual

    @property
    def arms(self) -> tuple[ArmCourse, ArmCourse]:
        """Control, then experimental."""
        return self.control, self.experimental


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """A named stratum with arms and accrual of its own."""

    label: str
    course: TwoArmCourse


@dataclass(frozen=True, slots=True, kw_only=True)
class StratifiedCourse:
    """Strata that accrue side by side from the same month 0.

    Attributes
    ----------
    strata : tuple of Stratum
        At least one; labels differ.
    """

    strata: tuple[Stratum, ...]

    def __post_init__(self) -> None:
        """Refuse no strata, and strata of one name."""
        labels = [stratum.label for stratum in self.strata]
        if not labels or len(set(labels)) < len(labels):
            raise bad_input(
                "strata have names, each its own",
                where="strata",
                got=labels,
                fix="Stratum(label='high', course=...), Stratum(label='low', course=...)",
            )


Course = TwoArmCourse | StratifiedCourse


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What is expected by a calendar month.

    Attributes
    ----------
    months : float
        Calendar time since the first subject could enter.
    control, experimental : float
        Events in each arm.
    subjects : float
        Subjects enrolled, both arms.
    """

    months: float
    control: float
    experimental: float
    subjects: float

    @property
    def events(self) -> float:
        """Events, both arms."""
        return self.control + self.experimental


def uniform_accrual(months: float) -> Accrual:
    """Return accrual at one rate over some months; `BadInput` for months not above 0."""
    return Accrual(pieces=(AccrualPiece(months=months, share=1.0),))


def strata_of(course: Course) -> tuple[TwoArmCourse, ...]:
    """Return the strata of a course; an unstratified one has itself."""
    match course:
        case TwoArmCourse():
            return (course,)
        case StratifiedCourse(strata=strata):
            return tuple(stratum.course for stratum in strata)
        case _:
            assert_never(course)


def subjects_of(course: Course) -> float:
    """Return the subjects of all arms and strata."""
    return sum(arm.subjects for stratum in strata_of(course) for arm in stratum.arms)


def with_subjects(course: Course, *, subjects: float) -> Course:
    """Return the course with so many subjects, in the same shares of arms and strata."""
    factor = subjects / subjects_of(course)
    match course:
        case TwoArmCourse():
            return _enlarged(course, factor=factor)
        case StratifiedCourse(strata=strata):
            return StratifiedCourse(
                strata=tuple(
                    replace(stratum, course=_enlarged(stratum.course, factor=factor))
                    for stratum in strata
                )
            )
        case _:
            assert_never(course)


def with_equal_hazards(course: Course) -> Course:
    """Return the course when the experimental arm has the hazards of its control arm."""
    match course:
        case TwoArmCourse():
            return _equal(course)
        case StratifiedCourse(strata=strata):
            return StratifiedCourse(
                strata=tuple(replace(stratum, course=_equal(stratum.course)) for stratum in strata)
            )
        case _:
            assert_never(course)


def expected_events(course: Course, *, months: float) -> Expected:
    r"""Return the events expected by a calendar month, over all strata.

    A subject of an arm who has been in the trial for u months has had the event with probability
    P(u), for one hazard :math:`\lambda` and one dropout hazard :math:`\eta`
    :math:`\frac{\lambda}{\lambda + \eta} (1 - e^{-(\lambda + \eta) u})`; this is averaged over
    the time of entry in closed form (Weibull times: by quadrature, to 1e-12).

    Parameters
    ----------
    course : Course
        Arms and accrual, of each stratum.
    months : float
        Calendar time since the first subject could enter; not negative.

    Raises
    ------
    BadInput
        For a month before the start.
    """
    _refuse_before_start(months)
    return _expected(_tracked(course), months=months)


def expected_by_stratum(course: StratifiedCourse, *, months: float) -> dict[str, Expected]:
    """Return the events expected by a calendar month in each stratum, by its label.

    Parameters and errors are those of `expected_events`.
    """
    return {
        stratum.label: expected_events(stratum.course, months=months) for stratum in course.strata
    }


def time_of_events(course: Course, *, events: float) -> float:
    """Return the calendar month by which a number of events is expected.

    Parameters
    ----------
    course : Course
        Arms and accrual, of each stratum.
    events : float
        Events of all arms and strata, above 0.

    Returns
    -------
    float
        Where `expected_events` equals ``events``: the time of the mean, not the mean of the time.

    Raises
    ------
    BadInput
        When so many events are never expected, because too many subjects are lost before.
    """
    tracked = _tracked(course)
    ever = sum(arm.subjects * chance.by(inf) for arm, chance, _ in tracked)
    if not 0 < events < ever:
        raise bad_input(
            "the events of a look are expected some day",
            where="events",
            got=f"{events} of at most {ever:.1f} that are ever expected",
            fix="plan fewer events, or more subjects",
        )
    low, high = 0.0, max(accrual.months for _, _, accrual in tracked)
    while _expected(tracked, months=high).events < events:
        low, high = high, 2 * high
    return _month_between(tracked, events=events, low=low, high=high)


_Tracked = list[tuple[ArmCourse, Incidence, Accrual]]
"""Each arm, control and experimental in turn, with its probability of an event, worked out once."""


def _tracked(course: Course) -> _Tracked:
    return [
        (arm, incidence(arm.hazard, dropout_hazard=arm.dropout_hazard), stratum.accrual)
        for stratum in strata_of(course)
        for arm in stratum.arms
    ]


def _expected(tracked: _Tracked, *, months: float) -> Expected:
    events = [
        arm.subjects * _chance(chance, accrual=accrual, months=months)
        for arm, chance, accrual in tracked
    ]
    return Expected(
        months=months,
        control=sum(events[::2]),
        experimental=sum(events[1::2]),
        subjects=sum(arm.subjects * _enrolled(accrual, months) for arm, _, accrual in tracked),
    )


def _month_between(tracked: _Tracked, *, events: float, low: float, high: float) -> float:
    """Return the month by Newton's method, halving the bracket where a step does not halve.

    Events follow the pieces of accrual: where nobody enters, the rate falls and Newton overshoots.
    """
    month, last = high, high - low
    for _ in range(ROUNDS):
        gap = _expected(tracked, months=month).events - events
        low, high = (low, month) if gap > 0 else (month, high)
        rate = _event_rate(tracked, months=month)  # 0 before the first subject enters
        step = -gap / rate if rate > 0 else inf
        slow = abs(step) > abs(last) / 2 or not low <= month + step <= high
        last = (low + high) / 2 - month if slow else step
        month += last
        if abs(last) < SAME * high:
            break
    return month


def _enrolled(accrual: Accrual, months: float) -> float:
    """Return the share of subjects who have entered."""
    return sum(
        piece.share * min(max((months - begin) / piece.months, 0.0), 1.0)
        for piece, begin in begun(accrual)
    )


def _chance(chance: Incidence, *, accrual: Accrual, months: float) -> float:
    """Return the probability of an event by a calendar month, over the times of entry."""
    return sum(
        piece.share / piece.months * chance.area(since, width=min(piece.months, since))
        for piece, begin in begun(accrual)
        if (since := months - begin) > 0 and piece.share > 0
    )


def _event_rate(tracked: _Tracked, *, months: float) -> float:
    """Return the events expected per month at a calendar month."""
    rate = 0.0
    for arm, chance, accrual in tracked:
        for piece, begin in begun(accrual):
            since = max(months - begin, 0.0)
            gained = chance.by(since) - chance.by(max(since - piece.months, 0.0))
            rate += arm.subjects * piece.share / piece.months * gained
    return rate


def begun(accrual: Accrual) -> list[tuple[AccrualPiece, float]]:
    """Return each piece of accrual with the month it begins."""
    begin, pieces = 0.0, []
    for piece in accrual.pieces:
        pieces.append((piece, begin))
        begin += piece.months
    return pieces


def _enlarged(course: TwoArmCourse, *, factor: float) -> TwoArmCourse:
    control, experimental = (replace(arm, subjects=factor * arm.subjects) for arm in course.arms)
    return replace(course, control=control, experimental=experimental)


def _equal(course: TwoArmCourse) -> TwoArmCourse:
    return replace(course, experimental=replace(course.experimental, hazard=course.control.hazard))


def _refuse_before_start(months: float) -> None:
    if not 0 <= months < inf:
        raise bad_input("a calendar month is not negative", where="months", got=months, fix="36")
