"""What is known of a log-rank design, with the one thing that is asked for left out."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from equipoise.base.errors import BadInput, bad_input
from equipoise.design.survival.hazards import Hazard, Steps
from equipoise.design.survival.logrank_formula import LogrankTest


@dataclass(frozen=True, slots=True, kw_only=True)
class EventQuestion:
    """Events, hazard ratio and power: two are known, the third is None.

    Attributes
    ----------
    test : LogrankTest
        Error, allocation, null hypothesis and formula; one that needs only events.
    events : float or None
        Events of both arms at the look.
    hazard_ratio : float or None
        Experimental over control.
    power : float or None
        Probability of rejecting.
    """

    test: LogrankTest
    events: float | None = None
    hazard_ratio: float | None = None
    power: float | None = None

    def __post_init__(self) -> None:
        """Refuse what leaves nothing, or more than one thing, to find."""
        asked_of(self, ("events", "hazard_ratio", "power"))


UNIFORM = Steps(values=(1.0,))
"""One rate throughout."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadAccrual:
    """Subjects are spread over the accrual, however many they are.

    Attributes
    ----------
    rates : Steps
        Relative rates of accrual over calendar months; the last goes on.
    """

    rates: Steps = UNIFORM


@dataclass(frozen=True, slots=True, kw_only=True)
class PacedAccrual:
    """Subjects enter at known rates, so that subjects and months of accrual are one question.

    Attributes
    ----------
    rates : Steps
        Subjects of both arms per month, over calendar months; the last goes on.
    """

    rates: Steps


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumHazard:
    """A stratum of subjects with a control hazard of its own; the hazard ratio is common.

    Attributes
    ----------
    label : str
        Its name.
    share : float
        Its share of the subjects; the shares sum to 1.
    hazard : Hazard
        Hazard of its control arm.
    """

    label: str
    share: float
    hazard: Hazard


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialQuestion:
    """A trial looked at once, after a minimum follow-up: exactly one thing about it is None.

    With a `PacedAccrual`, subjects and months of accrual say the same: give one of them, or none
    to ask for both.

    Attributes
    ----------
    test : LogrankTest
        Error, allocation, null hypothesis and formula.
    control_hazard : Hazard or tuple of StratumHazard
        Hazard of the control arm, or of each stratum for a stratified test.
    subjects : float or None
        Subjects of both arms.
    accrual_months : float or None
        Length of the accrual.
    follow_up_months : float or None
        From the end of accrual to the look.
    hazard_ratio : float or None
        Experimental over control, constant in time.
    power : float or None
        Probability of rejecting.
    accrual : SpreadAccrual or PacedAccrual
        How subjects enter.
    dropout_hazards : tuple of (float or Steps)
        Losses to follow-up per subject and month, control and experimental arm.
    """

    test: LogrankTest
    control_hazard: Hazard | tuple[StratumHazard, ...]
    subjects: float | None = None
    accrual_months: float | None = None
    follow_up_months: float | None = None
    hazard_ratio: float | None = None
    power: float | None = None
    accrual: SpreadAccrual | PacedAccrual = SpreadAccrual()
    dropout_hazards: tuple[float | Steps, float | Steps] = (0.0, 0.0)

    def __post_init__(self) -> None:
        """Refuse what leaves nothing, or more than one thing, to find."""
        self.asked()
        shares = [stratum.share for stratum in self.strata]
        if not (all(share > 0 for share in shares) and abs(sum(shares) - 1) < 1e-9):
            raise bad_input(
                "shares of strata are above 0 and sum to 1",
                where="control_hazard",
                got=shares,
                fix="StratumHazard(label='high', share=0.4, hazard=0.08), ...",
            )

    @property
    def strata(self) -> tuple[StratumHazard, ...]:
        """Strata with their shares; an unstratified trial has one."""
        if isinstance(self.control_hazard, tuple):
            return self.control_hazard
        return (StratumHazard(label="all", share=1.0, hazard=self.control_hazard),)

    def asked(self) -> str:
        """Return the name of what is asked for.

        At a known pace, that is ``accrual_months`` when subjects are left out with them.
        """
        others = ("follow_up_months", "hazard_ratio", "power")
        if isinstance(self.accrual, SpreadAccrual):
            return asked_of(self, ("subjects", "accrual_months", *others))
        if self.subjects is not None and self.accrual_months is not None:
            raise bad_input(
                "at a known pace, subjects and months of accrual say the same",
                where="subjects, accrual_months",
                got=f"{self.subjects}, {self.accrual_months}",
                fix="leave one of them out, or spread the subjects with SpreadAccrual()",
            )
        return asked_of(self, ("accrual_months" if self.subjects is None else "subjects", *others))


def asked_of(question: EventQuestion | TrialQuestion, names: tuple[str, ...]) -> str:
    """Return the one field that is None.

    Raises
    ------
    BadInput
        With the names of the fields when none or several are None, and for known values that
        cannot be meant.
    """
    left_out = [name for name in names if getattr(question, name) is None]
    if len(left_out) != 1:
        raise bad_input(
            f"exactly one of {', '.join(names)} is None: the one to find",
            where=", ".join(left_out or names),
            got="none is None" if not left_out else f"{len(left_out)} are None",
            fix="leave out what is asked for, and give the others",
        )
    errors = [error for name in names for error in _value_errors(question, name)]
    if errors:
        raise BadInput(*(fault for error in errors for fault in error.faults))
    return left_out[0]


def _value_errors(question: EventQuestion | TrialQuestion, name: str) -> list[BadInput]:
    value = getattr(question, name)
    if value is None:
        return []
    match name:
        case "power":
            good, what = (
                question.test.alpha_one_sided < value < 1,
                "a power lies between the one-sided error and 1",
            )
        case "follow_up_months":
            good, what = 0 <= value < inf, "a follow-up is not negative"
        case _:
            good, what = 0 < value < inf, "a number of a plan is above 0"
    fix = "0.8" if name == "power" else "leave out one number, and give the others"
    return [] if good else [bad_input(what, where=name, got=value, fix=fix)]
