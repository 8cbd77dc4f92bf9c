"""Dose standing against a slow twin that looks back over the whole history, and its laws."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import pytest

from equipoise.base.quantities import Dose, DoseBasis
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
from equipoise.oncology.dosing.dose_standing import (
    Body,
    DayFacts,
    Decision,
    DosePlan,
    Standing,
    decide_dose,
)

from .draws import Draws

BODY = Body(weight_kg=70.0, bsa_m2=2.0)
PLAN = DosePlan(rule=Dose(mg=100.0, basis=DoseBasis.FLAT), days=frozenset({1, 8}))
LABELS = ("a", "b", "c")
RULES = ("x", "y")


def flat(mg: float, *, every: int = 1, on: tuple[int, ...] = ()) -> Rung:
    dose = Dose(mg=mg, basis=DoseBasis.FLAT)
    return Rung(dose=dose, every=every, on=frozenset(on))


LADDERS = (
    Lower(ladder=(flat(80), flat(60), flat(60, every=2))),
    Lower(ladder=(flat(75), flat(75, on=(1,)), Rung(dose=None))),
    Lower(ladder=(flat(50),)),
)


def some_change(draw: Draws) -> Change:
    ladder = draw.one_of(LADDERS)
    hold = HoldUntil(until=draw.one_of(RULES), then=draw.one_of((None, ladder)))
    left = LeaveOut(action=draw.one_of((DoseAction.OMIT, DoseAction.HOLD, DoseAction.DELAY)))
    kinds = [ladder, ladder, hold, hold, Share(share=0.5), Share(share=0.9), left]
    rare = [StopForGood(), BackToPlan()]
    return draw.one_of(rare if draw.random() < 0.06 else kinds)


def some_history(draw: Draws, *, days: int) -> list[DayFacts]:
    """Return a history over a fixed table of three rows, whose truth comes and goes."""
    table = {
        label: FollowedRow(
            label=label,
            reason=label,
            change=some_change(draw),
            again=draw.one_of((None, None, some_change(draw))),
        )
        for label in LABELS
    }
    history = []
    for k in range(days):
        true = [label for label in LABELS if draw.random() < 0.3]
        followed = tuple(table[label] for label in true[: draw.one_of((1, 2))])
        history.append(
            DayFacts(
                dose_day=1 if k % 2 == 0 else 8,
                body=BODY,
                followed=followed,
                lasting=frozenset(true),
                begun=frozenset(label for label in true if draw.random() < 0.2),
                released=frozenset(rule for rule in RULES if draw.random() < 0.4),
            )
        )
    return history


@dataclass
class Doing:
    """What a row did on a day: which change, and whether as something new."""

    row: FollowedRow
    change: Change
    anew: bool
    repeated: bool


class Twin:
    """Works each day out from all days before it, as the method page words it."""

    def __init__(self, history: list[DayFacts]) -> None:
        self.history = history
        self.done: list[list[Doing]] = []
        self.ended: list[set[str]] = []  # rows whose hold ended on the day
        self.stop_day: int | None = None
        self.levels: list[Rung | None] = []

    def doses(self) -> list[tuple[str, float]]:
        return [self.dose(t) for t in range(len(self.history))]

    def dose(self, t: int) -> tuple[str, float]:
        if self.stop_day is not None:
            self.done.append([])
            self.ended.append(set())
            return ("stop", 0.0)
        today = self.history[t]
        doing = [self.doing(t, row) for row in today.followed]
        self.done.append(doing)
        open_holds = self.open_holds(t)
        over = [hold for hold in open_holds if hold[0] in today.released]
        self.ended.append({label for _, label, _ in over})
        still = [hold for hold in open_holds if hold[0] not in today.released]
        lowers = [then for _, _, then in over if then is not None]
        lowers += [one.change for one in doing if one.anew and isinstance(one.change, Lower)]
        self.go_down(t, lowers, doing=doing, held=bool(still))
        if any(isinstance(one.change, StopForGood) for one in doing):
            self.stop_day = t
        if self.stop_day is not None:
            return ("stop", 0.0)
        return self.given(t, doing, held=bool(still))

    def doing(self, t: int, row: FollowedRow) -> Doing:
        began = self.run_before(t, row.label)
        if row.label in self.history[t].begun or began is None:
            repeated = any(one.row.label == row.label for day in self.done[:t] for one in day)
            anew = True
        else:
            repeated, anew = began, False
        change = row.again if repeated and row.again is not None else row.change
        return Doing(row, change, anew, repeated)

    def run_before(self, t: int, label: str) -> bool | None:
        """Look back: was the row followed while it was true without a break, up to yesterday?"""
        if label not in self.history[t].lasting and label not in {
            row.label for row in self.history[t].followed
        }:
            return None
        for s in range(t - 1, -1, -1):
            if label in self.ended[s]:
                return None
            for one in self.done[s]:
                if one.row.label == label:
                    return one.repeated
            if label not in self.history[s].lasting:
                return None
        return None

    def open_holds(self, t: int) -> list[tuple[str, str, Lower | None]]:
        """Return holds that were begun and had not ended before today, one for each rule."""
        found: dict[str, tuple[str, str, Lower | None]] = {}
        for s in range(t + 1):
            for one in self.done[s]:
                if one.anew and isinstance(one.change, HoldUntil):
                    found[one.change.until] = (one.change.until, one.row.label, one.change.then)
            if s < t:
                for rule in self.history[s].released:
                    found.pop(rule, None)
        return list(found.values())

    def go_down(self, t: int, lowers: list[Lower], *, doing: list[Doing], held: bool) -> None:
        level = self.levels[t - 1] if t else None
        back = any(isinstance(one.change, BackToPlan) for one in doing)
        if back and not lowers and not held:
            level = None
        best: Rung | None = level
        for lower in lowers:
            rung = next(
                (one for one in lower.ladder if one.dose is None or is_less(one, level)),
                level,
            )
            if rung is not None and rung.dose is None:
                self.stop_day = t
            elif sum(both_days(rung)) < sum(both_days(best)):
                best = rung
        self.levels.append(best)

    def given(self, t: int, doing: list[Doing], *, held: bool) -> tuple[str, float]:
        level = self.levels[t]
        left = [one.change.action for one in doing if isinstance(one.change, LeaveOut)]
        if held:
            return ("hold", 0.0)
        if left:
            other = [action for action in left if action is not DoseAction.DELAY]
            return (str((other or left)[0]), 0.0)
        if level is not None and level.on and self.history[t].dose_day not in level.on:
            return ("omit", 0.0)
        doses = [100.0] if level is None or level.dose is None else [level.dose.mg / level.every]
        doses += [100.0 * one.change.share for one in doing if isinstance(one.change, Share)]
        dose = min(doses)
        return ("full" if dose == 100.0 else "reduce", dose)


def both_days(rung: Rung | None) -> tuple[float, float]:
    """Return the mg of day 1 and day 8."""
    if rung is None:
        return (100.0, 100.0)
    if rung.dose is None:
        return (0.0, 0.0)
    mg = rung.dose.mg / rung.every
    return (mg, mg if not rung.on else 0.0)


def is_less(one: Rung, level: Rung | None) -> bool:
    first, second = both_days(one), both_days(level)
    return first[0] <= second[0] and first[1] <= second[1] and sum(first) < sum(second)


def decisions(history: list[DayFacts]) -> list[Decision]:
    standing, found = Standing(), []
    for facts in history:
        standing, decision = decide_dose(standing, PLAN, day=facts)
        found.append(decision)
    return found


def told(history: list[DayFacts]) -> list[tuple[str, float | None]]:
    return [(str(one.action), one.given_mg) for one in decisions(history)]


@pytest.mark.parametrize("seed", range(8))
def test_the_twin_that_looks_back_over_the_whole_history_agrees(seed: int):
    draw = Draws(seed)
    for _ in range(1300):
        history = some_history(draw, days=10)
        assert told(history) == Twin(history).doses()


def histories(count: int = 400) -> list[list[DayFacts]]:
    draw = Draws(77)
    return [some_history(draw, days=12) for _ in range(count)]


def test_every_action_comes_up_in_the_histories():
    seen = {action for history in histories() for action, _ in told(history)}
    assert seen == {str(action) for action in DoseAction}


def test_a_later_day_never_changes_an_earlier_one():
    for history in histories():
        whole = told(history)
        assert all(told(history[:k]) == whole[:k] for k in (1, 5, 11))


def test_the_dose_is_never_above_the_planned_one_nor_back_after_a_stop():
    for history in histories():
        doses = told(history)
        assert all(mg is not None and 0 <= mg <= 100 for _, mg in doses)
        first = next((k for k, (action, _) in enumerate(doses) if action == "stop"), len(doses))
        assert all(dose == ("stop", 0.0) for dose in doses[first:])


def test_without_a_row_that_says_so_the_usual_dose_never_goes_up():
    for history in histories():
        changes = [row.change for facts in history for row in facts.followed]
        changes += [row.again for facts in history for row in facts.followed if row.again]
        if any(isinstance(change, BackToPlan) for change in changes):
            continue
        usual = [one.usual_mg or 0.0 for one in decisions(history)]
        assert all(later <= earlier for earlier, later in pairwise(usual))


def test_one_more_row_on_a_day_never_leaves_more_of_the_dose_of_that_day():
    draw = Draws(5)
    for history in histories():
        more = FollowedRow(label="more", reason="more", change=some_change(draw))
        if isinstance(more.change, BackToPlan):
            continue
        last = history[-1]
        longer = replace(last, followed=(*last.followed, more), lasting=last.lasting | {"more"})
        before, after = told(history)[-1][1], told([*history[:-1], longer])[-1][1]
        hold_over = isinstance(more.change, HoldUntil) and more.change.until in last.released
        assert hold_over or (after or 0.0) <= (before or 0.0)


def test_names_of_rows_and_rules_do_not_matter():
    draw = Draws(9)
    for _ in range(300):
        history = some_history(draw, days=8)
        renamed = [
            replace(
                facts,
                followed=tuple(replace(row, label=f"row {row.label}") for row in facts.followed),
                lasting=frozenset(f"row {label}" for label in facts.lasting),
                begun=frozenset(f"row {label}" for label in facts.begun),
            )
            for facts in history
        ]
        assert told(renamed) == told(history)
