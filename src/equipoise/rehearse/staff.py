"""Who gives the commands of a rehearsal: at each site somebody of a role that may."""

from __future__ import annotations

from equipoise.base.errors import bad_input
from equipoise.conduct import Person
from equipoise.study.identity import Permission
from equipoise.study.study import Study


def staff_of(study: Study, permission: Permission) -> str:
    """Return the first role of the study that may do something.

    Raises
    ------
    BadInput
        When no role may.
    """
    for name, role in study.roles.items():
        if permission in role.may:
            return name
    raise bad_input(
        f"no role of the study may {permission}",
        where="roles",
        got=", ".join(study.roles),
        fix=f"give one of them 'may: [{permission}]'",
    )


def person_at(study: Study, *, site: str, permission: Permission) -> Person:
    """Return somebody of a site who may do something."""
    role = staff_of(study, permission)
    return Person(name=f"{role}.{site}" if site else role, role=role, site=site)
