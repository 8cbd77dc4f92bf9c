"""Roles: somebody may do what the trial needs, and what is hidden exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from equipoise.study.checks.problem import Problem, Whole, unknown
from equipoise.study.identity import Permission

KINDS: Mapping[str, str] = {
    "role_hides_unknown": "A role must not see what the study does not have.",
    "role_nobody_records": "No role may do what every trial needs: register, record, allocate.",
}


def check_hidden(whole: Whole) -> Iterator[Problem]:
    """Find hidden things that do not exist."""
    known = {"arm", *whole.items, *whole.study.forms}
    for name, role in whole.study.roles.items():
        for k, hidden in enumerate(role.hidden):
            if hidden not in known:
                what = f"role '{name}' must not see '{hidden}', which is no item or form, nor 'arm'"
                path = ("roles", name, "hidden", str(k))
                yield unknown("role_hides_unknown", path=path, got=hidden, known=known, what=what)


def check_permissions(whole: Whole) -> Iterator[Problem]:
    """Find deeds that nobody may do."""
    may = {permission for role in whole.study.roles.values() for permission in role.may}
    needed = [Permission.REGISTER, Permission.RECORD]
    if whole.study.randomise is not None:
        needed.append(Permission.ALLOCATE)
    for permission in needed:
        if permission not in may:
            yield Problem(
                kind="role_nobody_records",
                path=("roles",),
                what=f"no role may {permission}",
                got=", ".join(whole.study.roles),
                fix=f"add '{permission}' to what one of the roles may do",
            )
