"""What a single-arm trial with a yes-or-no endpoint should tell apart, and how surely."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.base.errors import BadInput, bad_input

HAIR = 1e-12
"""Share by which rounding may miss a limit that is met exactly, as a power of 0.9 by one subject
whose rate is 0.9."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleArmGoal:
    """Two response rates and the error rates between them.

    Attributes
    ----------
    p0 : float
        Response rate of no interest.
    p1 : float
        Response rate worth finding, above p0; both lie inside (0, 1).
    alpha_one_sided : float
        Largest probability of going on when the rate is p0, inside (0, 0.5).
    power : float
        Smallest probability of going on when the rate is p1, from 0.5 to below 1.

    Raises
    ------
    BadInput
        With one fault for every attribute that cannot be meant.
    """

    p0: float
    p1: float
    alpha_one_sided: float
    power: float

    def __post_init__(self) -> None:
        """Refuse rates and errors that are none, all in one go."""
        errors = [*self._rate_errors(), *self._error_rate_errors()]
        if errors:
            raise BadInput(*(fault for error in errors for fault in error.faults))

    def _rate_errors(self) -> list[BadInput]:
        rates = (("p0", self.p0, "0.1"), ("p1", self.p1, "0.3"))
        errors = [
            bad_input("a response rate lies between 0 and 1", where=name, got=rate, fix=fix)
            for name, rate, fix in rates
            if not 0 < rate < 1
        ]
        if not errors and self.p0 >= self.p1:
            what = "the rate worth finding lies above the rate of no interest"
            errors.append(
                bad_input(what, where="p0, p1", got=(self.p0, self.p1), fix="p0=0.1, p1=0.3")
            )
        return errors

    def _error_rate_errors(self) -> list[BadInput]:
        errors = []
        if not 0 < self.alpha_one_sided < 0.5:
            what = "a one-sided error lies between 0 and 0.5"
            errors.append(
                bad_input(what, where="alpha_one_sided", got=self.alpha_one_sided, fix="0.05")
            )
        if not 0.5 <= self.power < 1:
            what = "a power lies from 0.5 to below 1"
            errors.append(bad_input(what, where="power", got=self.power, fix="0.8"))
        return errors
