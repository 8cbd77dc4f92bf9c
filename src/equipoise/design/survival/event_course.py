"""Events over calendar time, by formula.

Time is in months of 30.4375 days. Subjects enter piecewise uniformly, have their event after an
exponential time, and are lost to follow-up after another.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, expm1, inf, log, log1p

from equipoise.base.errors import bad_input

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
    hazard : float
        Events per subject and month.
    dropout_hazard : float
        Losses to follow-up per subject and month.
    """

    subjects: float
    hazard: float
    dropout_hazard: float = 0.0

    def __post_init__(self) -> None:
        """Refuse an arm without subjects or events, and hazards that are none."""
        if not (0 < self.subjects < inf and 0 < self.hazard < inf):
            raise bad_input(
                "an arm has subjects, and a hazard above 0",
                where="subjects, hazard",
                got=f"{self.subjects}, {self.hazard}",
                fix="a median of 9 months is a hazard of log(2) / 9 = 0.077",
            )
        if not 0 <= self.dropout_hazard < inf:
            raise bad_input(
                "a dropout hazard is not negative",
                where="dropout_hazard",
                got=self.dropout_hazard,
                fix="3 % per year is a hazard of -log(0.97) / 12 = 0.0025",
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
    """Return accrual at one rate over some months."""
    return Accrual(pieces=(AccrualPiece(months=months, share=1.0),))


def hazard_of_median(months: float) -> float:
    """Return the hazard per month of an exponential time with this median."""
    if not 0 < months < inf:
        raise bad_input("a median time is above 0", where="months", got=months, fix="9")
    return log(2) / months


def hazard_of_yearly_probability(probability: float) -> float:
    r"""Return the hazard per month, :math:`-\log(1 - p) / 12`, that loses a share p in a year.

    3 % per year means that 0.03 of the subjects still at risk are lost 12 months on.
    """
    if not 0 <= probability < 1:
        raise bad_input(
            "a yearly probability lies between 0 and 1",
            where="probability",
            got=probability,
            fix="0.03 for 3 % per year",
        )
    return -log1p(-probability) / 12


def expected_events(course: TwoArmCourse, *, months: float) -> Expected:
    r"""Return the events expected by a calendar month.

    A subject of an arm with hazard :math:`\lambda` and dropout hazard :math:`\eta` who has been
    in the trial for u months has had the event with probability
    :math:`\frac{\lambda}{\lambda + \eta} (1 - e^{-(\lambda + \eta) u})`; this is averaged over
    the time of entry in closed form.

    Parameters
    ----------
    course : TwoArmCourse
        Arms and accrual.
    months : float
        Calendar time since the first subject could enter; not negative.
    """
    if not 0 <= months < inf:
        raise bad_input("a calendar month is not negative", where="months", got=months, fix="36")
    return Expected(
        months=months,
        control=_events(course.control, accrual=course.accrual, months=months),
        experimental=_events(course.experimental, accrual=course.accrual, months=months),
        subjects=sum(arm.subjects for arm in course.arms) * _enrolled(course.accrual, months),
    )


def time_of_events(course: TwoArmCourse, *, events: float) -> float:
    """Return the calendar month by which a number of events is expected.

    Parameters
    ----------
    course : TwoArmCourse
        Arms and accrual.
    events : float
        Events of both arms, above 0.

    Returns
    -------
    float
        Where `expected_events` equals ``events``: the time of the mean, not the mean of the time.

    Raises
    ------
    BadInput
        When so many events are never expected, because too many subjects are lost before.
    """
    ever = sum(arm.subjects * arm.hazard / (arm.hazard + arm.dropout_hazard) for arm in course.arms)
    if not 0 < events < ever:
        raise bad_input(
            "the events of a look are expected some day",
            where="events",
            got=f"{events} of at most {ever:.1f} that are ever expected",
            fix="plan fewer events, or more subjects",
        )
    low, high = 0.0, course.accrual.months
    while expected_events(course, months=high).events < events:
        low, high = high, 2 * high
    return _month_between(course, events=events, low=low, high=high)


def _month_between(course: TwoArmCourse, *, events: float, low: float, high: float) -> float:
    """Return the month by Newton's method, halving the bracket where a step does not halve.

    Events follow the pieces of accrual: where nobody enters, the rate falls and Newton overshoots.
    """
    month, last = high, high - low
    for _ in range(ROUNDS):
        gap = expected_events(course, months=month).events - events
        low, high = (low, month) if gap > 0 else (month, high)
        rate = _event_rate(course, months=month)  # 0 before the first subject enters
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
        for piece, begin in _begun(accrual)
    )


def _events(arm: ArmCourse, *, accrual: Accrual, months: float) -> float:
    leaving = arm.hazard + arm.dropout_hazard
    chance = 0.0
    for piece, begin in _begun(accrual):
        entered = min(max(months - begin, 0.0), piece.months)
        staying = _staying(leaving, since=months - begin, entered=entered)
        chance += piece.share / piece.months * (entered - staying)
    return arm.subjects * arm.hazard / leaving * chance


def _event_rate(course: TwoArmCourse, *, months: float) -> float:
    """Return the events expected per month at a calendar month."""
    rate = 0.0
    for arm in course.arms:
        leaving = arm.hazard + arm.dropout_hazard
        for piece, begin in _begun(course.accrual):
            entered = min(max(months - begin, 0.0), piece.months)
            staying = _staying(leaving, since=months - begin, entered=entered)
            rate += arm.subjects * arm.hazard * piece.share / piece.months * staying
    return rate


def _staying(leaving: float, *, since: float, entered: float) -> float:
    """Return the integral, over times of entry, of the chance to be still at risk.

    The piece began ``since`` months ago, and subjects entered during its first ``entered`` months.
    """
    if entered == 0:
        return 0.0
    return exp(-leaving * (since - entered)) * -expm1(-leaving * entered) / leaving


def _begun(accrual: Accrual) -> list[tuple[AccrualPiece, float]]:
    """Return each piece with the month it begins."""
    begin, pieces = 0.0, []
    for piece in accrual.pieces:
        pieces.append((piece, begin))
        begin += piece.months
    return pieces
