"""What has become of a drug, dose day by dose day: held, lowered, stopped; and the dose of a day.

Three things stay until they are undone: a hold until its rule is true, a level of the ladder until
a lower one (never a higher one, unless a row says so), and a stop for good. All else is for a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from equipoise.base.quantities import Dose
from equipoise.oncology.dosing.dose import DoseByWeight, dose_mg, is_about, measured_out
from equipoise.oncology.dosing.dose_changes import (
    BackToPlan,
    Change,
    DoseAction,
    FollowedRow,
    HoldUntil,
    LeaveOut,
    Lower,
    Rung,
    Share,
    StopForGood,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """Weight and body surface that doses count; None when unknown."""

    weight_kg: float | None
    bsa_m2: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DosePlan:
    """What the protocol plans for a drug: its dose, its days of the cycle, its levels.

    The levels of the ladder are those below the dose, from high to low.
    """

    rule: Dose | DoseByWeight
    days: frozenset[int]
    ladder: tuple[Rung, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFacts:
    """What is known on one dose day of one drug.

    Attributes
    ----------
    dose_day : int
        Day of the cycle.
    body : Body
        Body size that the dose counts.
    followed : tuple[FollowedRow, ...]
        Rows that are followed, at most one of each table.
    lasting : frozenset[str]
        Labels of rows that are not false: their present run of being true goes on.
    begun : frozenset[str]
        Labels of rows that are true because of something that began since the dose day before.
    released : frozenset[str]
        What holds wait for, as far as it is true now.
    """

    dose_day: int
    body: Body
    followed: tuple[FollowedRow, ...] = ()
    lasting: frozenset[str] = frozenset()
    begun: frozenset[str] = frozenset()
    released: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """Why a dose is not the full one: the label of a row, and words."""

    label: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A hold that stands: why, and what follows it."""

    because: Because
    then: Lower | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What has become of one drug of one subject.

    Attributes
    ----------
    stopped : Because | None
        Why it was stopped for good.
    holds : Mapping[str, Held]
        What each hold waits for -> the hold.
    lowered : Rung | None
        The level to which it was lowered; None for the planned dose.
    why : Because | None
        Why it was lowered.
    runs : Mapping[str, bool]
        Rows that were followed and are still true -> whether it is a run that came back.
    seen : frozenset[str]
        Rows that were ever followed.
    """

    stopped: Because | None = None
    holds: Mapping[str, Held] = field(default_factory=dict)
    lowered: Rung | None = None
    why: Because | None = None
    runs: Mapping[str, bool] = field(default_factory=dict)
    seen: frozenset[str] = frozenset()

    def carried(self) -> Standing:
        """Return what another regimen takes over of a drug it has as well: its level, its stop."""
        stopped, why = (
            None if one is None else Because(label="", reason=one.reason)
            for one in (self.stopped, self.why)
        )
        return Standing(stopped=stopped, lowered=self.lowered, why=why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The dose of one day.

    Attributes
    ----------
    planned_mg, given_mg : float | None
        As planned, and as it follows from the standing and the rows of the day, in mg; the mean of
        a day where a level gives the drug more rarely. None when body size is unknown.
    usual_mg : float | None
        What is given when nothing stands against it: the dose to go on with after a hold.
    action : DoseAction
        What is done.
    because : Because | None
        Why it is not the full dose.
    """

    planned_mg: float | None
    given_mg: float | None
    usual_mg: float | None
    action: DoseAction
    because: Because | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A row that is followed today with what it does today, and whether its run is a new one."""

    row: FollowedRow
    change: Change
    anew: bool
    repeated: bool

    @property
    def because(self) -> Because:
        """The row, as the reason of a dose."""
        return Because(label=self.row.label, reason=self.row.reason)


def decide_dose(standing: Standing, plan: DosePlan, *, day: DayFacts) -> tuple[Standing, Decision]:
    """Return what becomes of a drug on a dose day, and the dose of that day.

    What lasts (a level, a hold, a stop) is done once in each run of days on which its row is true;
    a run that comes back, or something new that makes the row true, is done again. On one day a
    ladder is gone down by one level at most. A hold that may end on the day it begins is over.
    """
    if standing.stopped is not None:
        return standing, _decision(standing, plan, day=day, done=())
    done = tuple(done_today(standing, row, day=day) for row in day.followed)
    now = _with_holds(standing, done)
    released = {until: held for until, held in now.holds.items() if until in day.released}
    lowers = [(held.then, held.because) for held in released.values() if held.then is not None]
    lowers += [
        (one.change, one.because) for one in done if one.anew and isinstance(one.change, Lower)
    ]
    now = replace(now, holds={u: held for u, held in now.holds.items() if u not in released})
    now = _restored(now, done, lowers=bool(lowers))
    now = min(
        (_lowered(now, plan, by=lower, why=why, body=day.body) for lower, why in lowers),
        key=lambda one: sum(_cycle(one, plan, body=day.body)),
        default=now,
    )
    stops = [one.because for one in done if isinstance(one.change, StopForGood)]
    now = replace(
        now,
        stopped=stops[0] if stops else now.stopped,
        runs=_runs(
            standing, done, day=day, ended={held.because.label for held in released.values()}
        ),
        seen=standing.seen | {one.row.label for one in done},
    )
    return now, _decision(now, plan, day=day, done=done)


def done_today(standing: Standing, row: FollowedRow, *, day: DayFacts) -> Done:
    """Return what a followed row does on a day, given what has become of the drug."""
    anew = row.label not in standing.runs or row.label in day.begun
    repeated = row.label in standing.seen if anew else standing.runs[row.label]
    change = row.again if repeated and row.again is not None else row.change
    return Done(row=row, change=change, anew=anew, repeated=repeated)


def _with_holds(standing: Standing, done: tuple[Done, ...]) -> Standing:
    holds = dict(standing.holds)
    for one in done:
        if one.anew and isinstance(one.change, HoldUntil):
            held = Held(because=one.because, then=one.change.then)
            holds = {one.change.until: held} | holds | {one.change.until: held}
    return replace(standing, holds=holds)


def _runs(
    standing: Standing, done: tuple[Done, ...], *, day: DayFacts, ended: set[str]
) -> dict[str, bool]:
    """Return the runs that go on; one whose hold ended is over, whatever is still seen of it."""
    lasting = {label: again for label, again in standing.runs.items() if label in day.lasting}
    now = lasting | {one.row.label: one.repeated for one in done}
    return {label: again for label, again in now.items() if label not in ended}


def _restored(standing: Standing, done: tuple[Done, ...], *, lowers: bool) -> Standing:
    """Return the standing back at the planned dose, when a row says so and nothing is against."""
    if lowers or standing.holds or not any(isinstance(one.change, BackToPlan) for one in done):
        return standing
    return replace(standing, lowered=None, why=None)


def _lowered(
    standing: Standing, plan: DosePlan, *, by: Lower, why: Because, body: Body
) -> Standing:
    """Return a drug on the first level that is less than its dose; on the lowest it stays.

    A level is less when it gives less in a cycle, and on no day more.
    """
    so_far = _cycle(standing, plan, body=body)
    for rung in by.ladder:
        lower = replace(standing, lowered=rung, why=why)
        if rung.dose is None:
            return replace(standing, stopped=why)
        days = _cycle(lower, plan, body=body)
        if days != so_far and all(new <= old for new, old in zip(days, so_far, strict=True)):
            return lower
    return standing


def as_prescribed(
    standing: Standing, plan: DosePlan, *, named: Decision, given_mg: float, body: Body
) -> Standing:
    """Return a drug on the level that somebody prescribed though the tables named a higher dose.

    Another dose than one of the ladder (half a dose on one day) is for its day alone.
    """
    so_far, today = named.usual_mg, named.given_mg
    if so_far is None or today is None or given_mg >= today or is_about(given_mg, of_mg=today):
        return standing
    why = Because(label="", reason="a lower level was prescribed before")
    levels = [replace(standing, lowered=rung, why=why) for rung in plan.ladder if rung.dose]
    for lower in levels:
        mg = _level_mg(lower, plan, body=body)
        if mg is not None and mg < so_far and is_about(given_mg, of_mg=mg):
            return lower
    return standing


def _cycle(standing: Standing, plan: DosePlan, *, body: Body) -> tuple[float, ...]:
    """Return the mg of each day of a cycle, by which levels are compared; 0 for a stopped drug.

    Where body size is unknown any size does as well: the levels keep their order.
    """
    if standing.stopped is not None:
        return (0.0,) * len(plan.days)
    known = Body(weight_kg=body.weight_kg or 70.0, bsa_m2=body.bsa_m2 or 1.8)
    planned, rung = _mg(plan.rule, body=known) or 0.0, standing.lowered
    if rung is None or rung.dose is None:
        return (planned,) * len(plan.days)
    mg = min(planned, rung.mean_mg(_mg(rung.dose, body=known) or 0.0))
    return tuple(mg if not rung.on or day in rung.on else 0.0 for day in sorted(plan.days))


def _mg(rule: Dose | DoseByWeight, *, body: Body) -> float | None:
    mg = dose_mg(rule, weight_kg=body.weight_kg, bsa_m2=body.bsa_m2)
    return None if mg is None else measured_out(mg)


def _level_mg(standing: Standing, plan: DosePlan, *, body: Body) -> float | None:
    """Return the dose of a day on which the drug is given: of its level, at most the planned."""
    planned, rung = _mg(plan.rule, body=body), standing.lowered
    if planned is None or rung is None or rung.dose is None:
        return planned
    level = _mg(rung.dose, body=body)
    return None if level is None else min(planned, rung.mean_mg(level))


_Today = tuple[DoseAction, float | None, Because | None]
"""What is done, the dose in mg, and why."""


def _decision(
    standing: Standing, plan: DosePlan, *, day: DayFacts, done: tuple[Done, ...]
) -> Decision:
    """Return the dose of a day from the standing on that day and the rows of the day."""
    planned, usual = _mg(plan.rule, body=day.body), _level_mg(standing, plan, body=day.body)
    found = _none_today(standing, done, dose_day=day.dose_day)
    action, mg, why = found or _given(planned, usual=usual, done=done, why=standing.why)
    return Decision(planned_mg=planned, given_mg=mg, usual_mg=usual, action=action, because=why)


def _none_today(standing: Standing, done: tuple[Done, ...], *, dose_day: int) -> _Today | None:
    """Return why there is no dose today; None when there is one."""
    if standing.stopped is not None:
        return DoseAction.STOP, 0.0, standing.stopped
    if standing.holds:
        return DoseAction.HOLD, 0.0, next(iter(standing.holds.values())).because
    left = [(one.change.action, one.because) for one in done if isinstance(one.change, LeaveOut)]
    if left:  # a delay gives way to all else
        action, why = min(left, key=lambda one: one[0] is DoseAction.DELAY)
        return action, 0.0, why
    level = standing.lowered
    if level is not None and level.on and dose_day not in level.on:
        return DoseAction.OMIT, 0.0, standing.why
    return None


def _given(
    planned: float | None, *, usual: float | None, done: tuple[Done, ...], why: Because | None
) -> _Today:
    """Return the least of the level and the shares of this day; a share is of the planned dose."""
    shares = [(one.change.share, one.because) for one in done if isinstance(one.change, Share)]
    share, because = min(shares, key=lambda one: one[0], default=(1.0, None))
    if planned is None or usual is None:
        because = because or why
        return (DoseAction.FULL if because is None else DoseAction.REDUCE), None, because
    today = measured_out(planned * share)
    if because is not None and today < usual:
        return DoseAction.REDUCE, today, because
    if usual < planned:
        return DoseAction.REDUCE, usual, why
    return DoseAction.FULL, planned, None
