"""What has become of a drug so far: held, reduced, stopped; and the dose that follows from it.

A reduction to a dose or by a level stays; a drug that is held until a rule is true stays held
until then; one that is stopped stays stopped. Everything else is for one day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from equipoise.base.quantities import Dose
from equipoise.simulate.amounts import measured_out, milligrams, planned_mg
from equipoise.simulate.dose_rules import DayRows, Followed
from equipoise.study.functions import Value
from equipoise.study.regimens import Delay, Drug, Hold, Omit, Reduce, Stop

_Body = Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What has become of one drug of one subject.

    Attributes
    ----------
    stopped : bool
        Whether it was stopped for good.
    holds : Mapping[str, str]
        Rule that ends a hold -> why the drug is held.
    lowered : Dose | None
        The dose to which it was reduced; None for the planned one.
    why : str | None
        Why it was reduced.
    """

    stopped: bool = False
    holds: Mapping[str, str] = field(default_factory=dict)
    lowered: Dose | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One dose in mg: as planned and as given, with the code of its change and the reason."""

    planned: float
    given: float
    change: str
    reason: str | None = None


def stand_on(standing: Standing, drug: Drug, *, name: str, today: DayRows, body: _Body) -> Standing:
    """Return what becomes of a drug on a day: holds that end, and the row that is followed."""
    held = {until: why for until, why in standing.holds.items() if until not in today.released}
    now = replace(standing, holds=held)
    row = today.followed.get(name)
    match row:
        case Followed(action=Hold(until=str(until)), reason=reason):
            return replace(now, holds={until: reason} | held)
        case Followed(action=Reduce(percent=None, to=to), reason=reason):
            ladder = drug.levels if to is None else (to,)
            return _lowered(now, drug, ladder=ladder, reason=reason, body=body)
        case Followed(action=Stop()):
            return replace(now, stopped=True)
        case _:
            return now


def _lowered(
    standing: Standing, drug: Drug, *, ladder: tuple[Dose, ...], reason: str, body: _Body
) -> Standing:
    """Return a drug on the first rung that is below its dose; on the lowest it stays."""
    usual = _usual_mg(standing, drug, body=body)
    for rung in ladder:
        mg = milligrams(rung, before=body)
        if usual is not None and mg is not None and mg < usual:
            return replace(standing, lowered=rung, why=reason)
    return standing


def _usual_mg(standing: Standing, drug: Drug, *, body: _Body) -> float | None:
    planned = planned_mg(drug, before=body)
    lowered = None if standing.lowered is None else milligrams(standing.lowered, before=body)
    return planned if planned is None or lowered is None else min(planned, lowered)


def decide_dose(
    standing: Standing, drug: Drug, *, row: Followed | None, body: _Body
) -> Decision | None:
    """Return the dose of a day from the standing on that day; None when body size is unknown."""
    planned, usual = planned_mg(drug, before=body), _usual_mg(standing, drug, body=body)
    if planned is None or usual is None:
        return None
    if standing.stopped:
        reason = None if row is None else row.reason
        return Decision(planned=planned, given=0.0, change="stopped", reason=reason)
    if standing.holds:
        reason = next(iter(standing.holds.values()))
        return Decision(planned=planned, given=0.0, change="omitted", reason=reason)
    share = 1.0 if row is None else _share_today(row)
    if row is not None and share == 0:
        return Decision(planned=planned, given=0.0, change="omitted", reason=row.reason)
    today = measured_out(planned * share)
    if row is not None and today < usual:
        return Decision(planned=planned, given=today, change="reduced", reason=row.reason)
    if usual < planned:
        return Decision(planned=planned, given=usual, change="reduced", reason=standing.why)
    return Decision(planned=planned, given=planned, change="none")


def _share_today(row: Followed) -> float:
    """Return the share of the planned dose that a row leaves for its day alone."""
    match row.action:
        case Reduce(percent=float(percent)):
            return 1 - percent / 100
        case Omit() | Hold() | Delay() | Stop():
            return 0.0
        case Reduce():
            return 1.0
        case _:
            assert_never(row.action)
