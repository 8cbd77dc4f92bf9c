"""What every design assumes, refused in one place and in one wording: errors, power, ratios."""

from __future__ import annotations

from math import inf

from equipoise.base.errors import bad_input


def refuse_alpha(alpha_one_sided: float, *, fix: str = "0.025") -> None:
    """Refuse a one-sided error that is no error rate."""
    if not 0 < alpha_one_sided < 0.5:
        what = "a one-sided error lies between 0 and 0.5"
        raise bad_input(what, where="alpha_one_sided", got=alpha_one_sided, fix=fix)


def refuse_power(power: float, *, alpha_one_sided: float, fix: str = "0.8") -> None:
    """Refuse a power that does not lie between the error and 1."""
    if not alpha_one_sided < power < 1:
        what = "a power lies between the one-sided error and 1"
        raise bad_input(what, where="power", got=power, fix=fix)


def refuse_allocation(allocation: float) -> None:
    """Refuse experimental subjects for each control subject that are not above 0."""
    if not 0 < allocation < inf:
        raise bad_input(
            "an allocation is above 0",
            where="allocation",
            got=allocation,
            fix="2 for two experimental subjects to each control subject",
        )


def refuse_hazard_ratio(hazard_ratio: float, *, where: str = "hazard_ratio") -> None:
    """Refuse a hazard ratio, experimental over control, that is not above 0."""
    if not 0 < hazard_ratio < inf:
        fix = "0.6" if where == "hazard_ratio" else "1 for superiority, 1.3 for non-inferiority"
        raise bad_input("a hazard ratio is above 0", where=where, got=hazard_ratio, fix=fix)


def refuse_subjects(subjects: float) -> None:
    """Refuse a trial without subjects."""
    if not 0 < subjects < inf:
        raise bad_input("a trial has subjects", where="subjects", got=subjects, fix="200")
