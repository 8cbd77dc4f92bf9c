"""Sentences to read beside the numbers of a survival design: where its formula misleads."""

from __future__ import annotations

ASYMPTOTIC = (
    "Power and error are by an asymptotic formula (many events, a hazard ratio near 1, the "
    "variance of equal hazards); simulate the design before a decision rests on the third digit."
)

OPTIMISTIC = (
    "With {events} events and a hazard ratio of {hazard_ratio:g} the formula may promise too much: "
    "for looks at 77 and 128 events and a ratio of 0.6 it says 0.8206, and two million trials "
    "simulated with lrstat and rpact say 0.8157."
)

UNEQUAL = (
    "With {allocation:.3g} experimental subjects to each control subject the variance of equal "
    "hazards is wrong by more than with equal arms; compare it with the formula of both variances."
)

HEAVY = (
    "The weights put most of the test on few events ({share:.0%} of the weighted variance on a "
    "fifth of the events); the normal approximation is poorer than that of the log-rank test."
)

MANY_EVENTS = 300
STRONG_RATIO = 0.75
FAR_FROM_EQUAL = 1.5
HEAVY_SHARE = 0.4


def event_cautions(*, events: float, hazard_ratio: float, allocation: float) -> tuple[str, ...]:
    """Return where the formula misleads for these events, this effect and this allocation."""
    cautions = [ASYMPTOTIC]
    if events < MANY_EVENTS and hazard_ratio < STRONG_RATIO:
        cautions.append(OPTIMISTIC.format(events=f"{events:.0f}", hazard_ratio=hazard_ratio))
    if max(allocation, 1 / allocation) > FAR_FROM_EQUAL:
        cautions.append(UNEQUAL.format(allocation=allocation))
    return tuple(cautions)


def weight_cautions(*, share: float) -> tuple[str, ...]:
    """Return a warning when the fifth of events that weigh most have much of the variance."""
    return (HEAVY.format(share=share),) if share > HEAVY_SHARE else ()
