"""The named formulas of a log-rank test's power: which effect, over whose variance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from math import log
from typing import assert_never

from equipoise.base.errors import BadInput, bad_input
from equipoise.design.assumed import refuse_allocation, refuse_alpha, refuse_hazard_ratio
from equipoise.design.survival.effect import Effect, VarianceUnder
from equipoise.design.survival.event_course import (
    Course,
    Expected,
    TwoArmCourse,
    expected_events,
    strata_of,
)
from equipoise.design.survival.hazards import times_ratio
from equipoise.design.survival.logrank_events import hazard_ratio_at


class LogrankFormula(StrEnum):
    """How mean and variance of the log-rank statistic are approximated.

    The first three know only the events of both arms together; the others count the events that
    each arm is expected to have, so they need a trial.
    """

    SCHOENFELD = "schoenfeld"
    """Log hazard ratio over the variance of equal hazards (rpact, lrstat)."""
    FREEDMAN = "freedman"
    """(1 - HR) / (1 + r HR), from the mean of the hypergeometric terms."""
    HSIEH = "hsieh"
    """(1 - HR) / (1 + HR), corrected for unequal arms; HsiehFreedman in rpact."""
    RUBINSTEIN = "rubinstein"
    """Log hazard ratio over 1 / d_control + 1 / d_experimental, as assumed."""
    LACHIN_FOULKES = "lachin_foulkes"
    """Error by the variance when both arms have the mean hazard, power by that as assumed; the
    default of gsDesign."""
    BERNSTEIN_LAGAKOS = "bernstein_lagakos"
    """The same, when the null hypothesis gives both arms the hazard of the control arm."""


BY_EVENTS = (LogrankFormula.SCHOENFELD, LogrankFormula.FREEDMAN, LogrankFormula.HSIEH)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogrankTest:
    """A log-rank test at one look.

    Attributes
    ----------
    alpha_one_sided : float
        One-sided error.
    allocation : float
        r, experimental subjects for each control subject.
    null_hazard_ratio : float
        1 for superiority; above 1, the margin of a non-inferiority trial.
    formula : LogrankFormula
        How power is approximated.
    """

    alpha_one_sided: float = 0.025
    allocation: float = 1.0
    null_hazard_ratio: float = 1.0
    formula: LogrankFormula = LogrankFormula.SCHOENFELD

    def __post_init__(self) -> None:
        """Refuse an error, an allocation and a margin that are none."""
        refuse_alpha(self.alpha_one_sided)
        refuse_allocation(self.allocation)
        refuse_hazard_ratio(self.null_hazard_ratio, where="null_hazard_ratio")
        if self.null_hazard_ratio != 1 and self.formula in {
            LogrankFormula.FREEDMAN,
            LogrankFormula.HSIEH,
        }:
            raise bad_input(
                "this formula is for a null hypothesis of equal hazards",
                where="formula, null_hazard_ratio",
                got=f"{self.formula}, {self.null_hazard_ratio}",
                fix="LogrankFormula.SCHOENFELD or LogrankFormula.LACHIN_FOULKES",
            )


def effect_of_events(test: LogrankTest, *, events: float, hazard_ratio: float) -> Effect:
    r"""Return the effect of a hazard ratio and the information of some events.

    .. math:: \text{Schoenfeld: } \log\frac{HR_0}{HR},\ \frac{d\,r}{(1 + r)^2} \qquad
              \text{Freedman: } \frac{1 - HR}{1 + r HR},\ d\,r \qquad
              \text{Hsieh: } \frac{1 - HR}{1 + HR},\ \frac{4\,d\,r}{(1 + r)^2}

    Parameters
    ----------
    test : LogrankTest
        The test; its formula counts all events, whatever their arm.
    events : float
        Events at the look, above 0.
    hazard_ratio : float
        Experimental over control, above 0.

    Raises
    ------
    BadInput
        For a formula that counts the events of each arm.

    References
    ----------
    Schoenfeld 1981, doi:10.1093/biomet/68.1.316; Freedman 1982, doi:10.1002/sim.4780010204;
    Hsieh 1992, Statistics in Medicine 11, 1091-1098.
    """
    r, ratio = test.allocation, hazard_ratio
    split = r / (1 + r) ** 2
    match test.formula:
        case LogrankFormula.SCHOENFELD:
            size, information = log(test.null_hazard_ratio / ratio), events * split
        case LogrankFormula.FREEDMAN:
            size, information = (1 - ratio) / (1 + r * ratio), events * r
        case LogrankFormula.HSIEH:
            size, information = (1 - ratio) / (1 + ratio), events * 4 * split
        case (
            LogrankFormula.RUBINSTEIN
            | LogrankFormula.LACHIN_FOULKES
            | LogrankFormula.BERNSTEIN_LAGAKOS
        ):
            raise _needs_trial(test.formula)
        case _:
            assert_never(test.formula)
    return Effect(size=size, null_information=information, information=information)


def effect_of_course(
    test: LogrankTest, *, course: Course, hazard_ratio: float, months: float
) -> Effect:
    r"""Return the effect of a hazard ratio and its information at a calendar month of a trial.

    Formulas of two variances take :math:`I = \sum (1 / d_C + 1 / d_E)^{-1}` over strata, with the
    events expected as assumed, and the same with those expected under the null hypothesis.

    References
    ----------
    Rubinstein, Gail and Santner 1981, doi:10.1016/0021-9681(81)90007-2; Lachin and Foulkes 1986,
    doi:10.2307/2531201; Bernstein and Lagakos 1978, Journal of Statistical Computation and
    Simulation 8, 65-73.
    """
    if test.formula in BY_EVENTS:
        events = expected_events(course, months=months).events
        return effect_of_events(test, events=events, hazard_ratio=hazard_ratio)
    assumed = _information(course, months=months)
    null = assumed
    if test.formula is not LogrankFormula.RUBINSTEIN:
        factor = _null_control(test, hazard_ratio=hazard_ratio)
        null = sum(
            _information(
                _under_null(stratum, factor=factor, ratio=test.null_hazard_ratio), months=months
            )
            for stratum in strata_of(course)
        )
    size = log(test.null_hazard_ratio / hazard_ratio)
    return Effect(size=size, null_information=null, information=assumed)


def variance_under(formula: LogrankFormula) -> VarianceUnder:
    """Return whose variance a formula takes."""
    match formula:
        case LogrankFormula.SCHOENFELD | LogrankFormula.FREEDMAN | LogrankFormula.HSIEH:
            return VarianceUnder.NULL
        case LogrankFormula.RUBINSTEIN:
            return VarianceUnder.ALTERNATIVE
        case LogrankFormula.LACHIN_FOULKES | LogrankFormula.BERNSTEIN_LAGAKOS:
            return VarianceUnder.BOTH
        case _:
            assert_never(formula)


def hazard_ratio_at_bound(test: LogrankTest, *, z: float, events: float) -> float:
    """Return the estimated hazard ratio that is just at a bound, about.

    Parameters
    ----------
    test : LogrankTest
        The test.
    z : float
        Bound on Z, large favours the experimental arm.
    events : float
        Events at the look.
    """
    ratio = hazard_ratio_at(z, events=events, allocation=test.allocation)
    return test.null_hazard_ratio * ratio


def _information(course: Course, *, months: float) -> float:
    return sum(_harmonic(expected_events(stratum, months=months)) for stratum in strata_of(course))


def _harmonic(expected: Expected) -> float:
    return expected.control * expected.experimental / expected.events if expected.events else 0.0


def _null_control(test: LogrankTest, *, hazard_ratio: float) -> float:
    """Return the control arm's hazard under the null hypothesis, over that assumed."""
    if test.formula is LogrankFormula.BERNSTEIN_LAGAKOS:
        return 1.0
    r = test.allocation
    return (1 + r * hazard_ratio) / (1 + r * test.null_hazard_ratio)


def _under_null(course: TwoArmCourse, *, factor: float, ratio: float) -> TwoArmCourse:
    hazard = times_ratio(course.control.hazard, factor)
    return replace(
        course,
        control=replace(course.control, hazard=hazard),
        experimental=replace(course.experimental, hazard=times_ratio(hazard, ratio)),
    )


def _needs_trial(formula: LogrankFormula) -> BadInput:
    return bad_input(
        "this formula counts the events of each arm, so it needs a trial",
        where="formula",
        got=formula,
        fix="ask with a TrialQuestion, or take LogrankFormula.SCHOENFELD",
    )
