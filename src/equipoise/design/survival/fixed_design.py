"""A survival trial with one look at a calendar month: power of its subjects, or subjects for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from scipy.special import ndtri

from equipoise.base.errors import BadInput, bad_input
from equipoise.design.assumed import refuse_alpha, refuse_power
from equipoise.design.survival.average_hazard_ratio import (
    average_hazard_ratio,
    hazard_ratio_effect,
)
from equipoise.design.survival.cautions import event_cautions, weight_cautions
from equipoise.design.survival.effect import (
    Effect,
    VarianceUnder,
    growth_for_power,
    power_of,
)
from equipoise.design.survival.event_course import (
    Course,
    expected_events,
    strata_of,
    subjects_of,
    with_subjects,
)
from equipoise.design.survival.logrank_formula import (
    LogrankFormula,
    LogrankTest,
    effect_of_course,
    variance_under,
)
from equipoise.design.survival.restricted_mean import (
    milestone_effect,
    restricted_mean_effect,
)
from equipoise.design.survival.weighted_logrank import (
    Weight,
    heaviest_share,
    weighted_logrank_effect,
)
from equipoise.stats.numerics.probability_scale import ProbabilityScale


@dataclass(frozen=True, slots=True, kw_only=True)
class AverageHazardRatioTest:
    """The log-rank test, seen as a test of the average hazard ratio.

    Attributes
    ----------
    variance_under : VarianceUnder
        Whose variance; gsDesign2 takes `BOTH` unless told otherwise.
    null_hazard_ratio : float
        1 for superiority; above 1, the margin of a non-inferiority trial.
    """

    variance_under: VarianceUnder = VarianceUnder.BOTH
    null_hazard_ratio: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaTest:
    """The log-rank test under proportional hazards, by a named formula.

    Hazards that are not proportional count with their average hazard ratio.

    Attributes
    ----------
    formula : LogrankFormula
        How mean and variance are approximated.
    null_hazard_ratio : float
        1 for superiority; above 1, the margin of a non-inferiority trial.
    """

    formula: LogrankFormula = LogrankFormula.SCHOENFELD
    null_hazard_ratio: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedLogrankTest:
    """A weighted log-rank test.

    Attributes
    ----------
    weight : Weight
        Weight of an event.
    variance_under : VarianceUnder
        Whose variance; npsurvSS takes `ALTERNATIVE`, gsDesign2 `BOTH`. That of the null hypothesis
        alone is refused: it is the larger one, and would promise power that is not there.
    """

    weight: Weight
    variance_under: VarianceUnder = VarianceUnder.ALTERNATIVE

    def __post_init__(self) -> None:
        """Refuse the variance of the null hypothesis alone."""
        if self.variance_under is VarianceUnder.NULL:
            raise bad_input(
                "a weighted log-rank test is standardised by the variance as assumed",
                where="variance_under",
                got=self.variance_under,
                fix="VarianceUnder.ALTERNATIVE or VarianceUnder.BOTH",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictedMeanTest:
    """A test of the difference of restricted mean survival times.

    Attributes
    ----------
    until_months : float
        Follow-up to which the means are taken.
    null_difference : float
        Months, experimental minus control, under the null hypothesis.
    """

    until_months: float
    null_difference: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneTest:
    """A test of survival at a milestone.

    Attributes
    ----------
    milestone_months : float
        Follow-up at which survival is compared.
    scale : ProbabilityScale
        Difference, or log-log.
    null_difference : float
        Difference on that scale under the null hypothesis.
    """

    milestone_months: float
    scale: ProbabilityScale = ProbabilityScale.PLAIN
    null_difference: float = 0.0


FixedTest = (
    AverageHazardRatioTest | FormulaTest | WeightedLogrankTest | RestrictedMeanTest | MilestoneTest
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedQuestion:
    """A trial with one look, of which the subjects or the power are asked for.

    Attributes
    ----------
    course : Course
        Arms and accrual, of each stratum. When a power is wanted, its subjects are only shares.
    months : float
        Calendar month of the look.
    alpha_one_sided : float
        One-sided error.
    power : float or None
        Wanted power; None asks for the power of the course's subjects.
    """

    course: Course
    months: float
    alpha_one_sided: float
    power: float | None = None

    def __post_init__(self) -> None:
        """Refuse an error that is none and a power that is less than the error."""
        refuse_alpha(self.alpha_one_sided)
        if self.power is not None:
            fix = "0.8, or None to ask for it"
            refuse_power(self.power, alpha_one_sided=self.alpha_one_sided, fix=fix)


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedDesign:
    """A survival trial with one look.

    Attributes
    ----------
    subjects, events : float
        Subjects of all arms, and events expected by the look; not rounded.
    months : float
        Calendar month of the look.
    z, alpha_one_sided : float
        Bound on Z, large in favour of the experimental arm, and its error.
    power : float
        Probability of crossing the bound.
    effect : Effect or None
        What the test sees with these subjects; None when several tests are combined.
    warnings : tuple of str
        Sentences to read beside the numbers.
    """

    subjects: float
    events: float
    months: float
    z: float
    alpha_one_sided: float
    power: float
    effect: Effect | None
    warnings: tuple[str, ...]


def design_fixed(question: FixedQuestion, *, test: FixedTest) -> FixedDesign:
    r"""Return the power of a trial with one look, or the subjects that a power needs.

    .. math:: power = \Phi\left((\theta - z / \sqrt{I_0}) \sqrt{I_1}\right)

    with effect :math:`\theta` and information under the null hypothesis and as assumed;
    information grows with subjects, whose shares of arms, strata and stretches of accrual stay.

    Parameters
    ----------
    question : FixedQuestion
        The trial; its power or its subjects are asked for.
    test : FixedTest
        The test at the look.

    Raises
    ------
    BadInput
        When a power is wanted for an assumption without an effect.
    """
    z = float(-ndtri(question.alpha_one_sided))
    effect, under = effect_at(question.course, months=question.months, test=test)
    course, growth = question.course, 1.0
    if question.power is not None:
        growth = growth_for_power(effect, z=z, power=question.power, under=under)
        course = with_subjects(course, subjects=growth * subjects_of(course))
    grown = Effect(
        size=effect.size,
        null_information=growth * effect.null_information,
        information=growth * effect.information,
    )
    events = expected_events(course, months=question.months).events
    return FixedDesign(
        subjects=subjects_of(course),
        events=events,
        months=question.months,
        z=z,
        alpha_one_sided=question.alpha_one_sided,
        power=power_of(grown, z=z, under=under),
        effect=grown,
        warnings=fixed_cautions(course, months=question.months, weights=weights_of(test)),
    )


def effect_at(course: Course, *, months: float, test: FixedTest) -> tuple[Effect, VarianceUnder]:
    """Return what a test sees at a calendar month, and whose variance it takes."""
    match test:
        case AverageHazardRatioTest(variance_under=under, null_hazard_ratio=null):
            average = average_hazard_ratio(course, months=months)
            return hazard_ratio_effect(average, null_hazard_ratio=null), under
        case FormulaTest():
            return _formula_effect(course, months=months, test=test), variance_under(test.formula)
        case WeightedLogrankTest(weight=weight, variance_under=under):
            return weighted_logrank_effect(course, months=months, weight=weight), under
        case RestrictedMeanTest(until_months=until, null_difference=null):
            effect = restricted_mean_effect(
                course, months=months, until_months=until, null_difference=null
            )
            return effect, VarianceUnder.ALTERNATIVE
        case MilestoneTest():
            effect = milestone_effect(
                course,
                months=months,
                milestone_months=test.milestone_months,
                scale=test.scale,
                null_difference=test.null_difference,
            )
            return effect, VarianceUnder.ALTERNATIVE
        case _:
            assert_never(test)


def allocation_of(course: Course) -> float:
    """Return experimental subjects for each control subject, over all strata."""
    arms = [stratum.arms for stratum in strata_of(course)]
    control, experimental = (sum(pair[arm].subjects for pair in arms) for arm in (0, 1))
    return experimental / control


def fixed_cautions(
    course: Course, *, months: float, weights: tuple[Weight, ...]
) -> tuple[str, ...]:
    """Return where the formula misleads for a course looked at at a calendar month."""
    shares = [heaviest_share(course, months=months, weight=weight) for weight in weights]
    return event_cautions(
        events=expected_events(course, months=months).events,
        hazard_ratio=_hazard_ratio_about(course, months=months),
        allocation=allocation_of(course),
    ) + weight_cautions(share=max(shares, default=0.0))


def _hazard_ratio_about(course: Course, *, months: float) -> float:
    """Return the average hazard ratio, or that of the events where hazards are not comparable."""
    try:
        return average_hazard_ratio(course, months=months).hazard_ratio
    except BadInput:
        seen = expected_events(course, months=months)
        apart = seen.control > 0
        return seen.experimental / seen.control / allocation_of(course) if apart else 1.0


def weights_of(test: FixedTest) -> tuple[Weight, ...]:
    """Return the weights of a log-rank test; none for other tests."""
    return (test.weight,) if isinstance(test, WeightedLogrankTest) else ()


def _formula_effect(course: Course, *, months: float, test: FormulaTest) -> Effect:
    ratio = average_hazard_ratio(course, months=months).hazard_ratio
    logrank = LogrankTest(
        allocation=allocation_of(course),
        formula=test.formula,
        null_hazard_ratio=test.null_hazard_ratio,
    )
    return effect_of_course(logrank, course=course, hazard_ratio=ratio, months=months)
