"""Doors that open a further room, or fetch what is slow to load, when it is first asked for.

A room that loaded everything behind it would make each caller wait for solvers and compilers that
few need. Such a door answers an unknown name by a module's ``__getattr__`` (PEP 562).
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module


def opened(door: str, name: str, *, behind: Mapping[str, str]) -> object:
    """Return what a door offers under a name, loading it.

    Parameters
    ----------
    door : str
        Name of the package that was asked.
    name : str
        What it was asked for.
    behind : mapping
        From each name offered to the module, below the package, that holds it; a module that
        bears the name itself is the answer.

    Raises
    ------
    AttributeError
        For a name that is not offered.
    """
    if name not in behind:
        raise AttributeError(f"module {door!r} has no attribute {name!r}")
    module = import_module(f"{door}.{behind[name]}")
    return module if behind[name] == name else getattr(module, name)
