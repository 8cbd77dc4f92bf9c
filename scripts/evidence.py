"""Which tests prove which method of `stats` and `design`, and where their truth comes from.

The tests are read as they are: a reference test says its source in a marker, and proves the public
functions it calls, directly or by way of functions and tables of its own file.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pkgutil
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

TESTS = Path(__file__).parents[1] / "tests"
ROOMS = ("equipoise.stats", "equipoise.design")
SHARED = (
    "equipoise.stats.numerics.",
    # The column of causes, the variances, ends and risk sets of `aalen_johansen`, `multi_state`
    # and `fine_gray`: every test of those goes through them.
    "equipoise.stats.competing_risks.causes",
    "equipoise.stats.competing_risks.incidence_variance",
    "equipoise.stats.competing_risks.pointwise",
    "equipoise.stats.competing_risks.state_variance",
    "equipoise.stats.competing_risks.subdistribution",
    "equipoise.stats.proportions.score_ends",
    "equipoise.stats.time_to_event.cox_risk_sets",
    "equipoise.stats.time_to_event.cox_fitted",
    "equipoise.stats.time_to_event.cox_ties_exact",
    "equipoise.stats.time_to_event.hazard_regression",
    "equipoise.stats.time_to_event.greenwood",
    "equipoise.stats.time_to_event.influence",
    "equipoise.stats.time_to_event.risk_sets",
    "equipoise.stats.time_to_event.event_table",
    "equipoise.design.one_arm.binomial_arm",
    "equipoise.design.adaptive.product_recursion",
    "equipoise.design.adaptive.multi_arm_recursion",
    "equipoise.design.adaptive.size_rules",
)
"""Parts of methods, proven with the methods they are part of."""

END_OF_ORIGIN = re.compile(r": |; |, (?!\w+ \d+[.]\d)| \(| and (?=[a-z]+ \d)")
"""After the author and the year, or the program and its version, come page, call and remark."""

Function = Callable[..., Any]


class Kind(StrEnum):
    """Where the truth of a test comes from, as its source begins."""

    HAND = "by hand"
    PAPER = "paper"
    PROGRAM = "program"
    SIMULATION = "simulation"
    LAW = "law"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One test of one method.

    Attributes
    ----------
    method : str
        Module and name of the public function.
    kind : Kind
        Where the truth comes from.
    origin : str
        Its source, without the kind and the call.
    """

    method: str
    kind: Kind
    origin: str


def evidence_page() -> str:
    """Return the page that lists every method with its proofs; a cell without proof is empty."""
    proofs: dict[str, list[Proof]] = defaultdict(list)
    for proof in _proofs():
        proofs[proof.method].append(proof)
    parts = [HEAD]
    room = ""
    for method, title in sorted(_methods().items()):
        module, name = method.rsplit(".", 1)
        if _room_of(module) != room:
            room = _room_of(module)
            parts.append(f"\n## {room}\n\n{COLUMNS}")
        cells = " | ".join(_cell(proofs[method], kind) for kind in Kind)
        parts.append(f"| `{name}` {title} | {cells} |")
    return "\n".join(parts) + "\n"


HEAD = """# Evidence

Every public function of `stats` and `design`, and the tests that prove it: the number of tests,
and for papers and programs which. A *law* is a property that must hold for any input
(`tests/property`). An empty cell is a proof nobody has written. Made by `make docs` from the tests
themselves."""

COLUMNS = f"| method | {' | '.join(Kind)} |\n|{'---|' * (len(Kind) + 1)}"


def _methods() -> dict[str, str]:
    """Return every public function of the two rooms with the first words of its docstring."""
    found = {}
    for room in ROOMS:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, prefix=f"{room}."):
            for name, value in vars(importlib.import_module(module.name)).items():
                if _is_method(value) and value.__module__ == module.name:
                    found[f"{module.name}.{name}"] = _title(value)
    return found


def _is_method(value: object) -> bool:
    # A compiled kernel is not a Python function, and is proven by its caller and its slow twin.
    if not inspect.isfunction(value):
        return False
    name, module = value.__name__, value.__module__
    part = any(module.startswith(shared) for shared in SHARED) and "multivariate" not in module
    return module.startswith(ROOMS) and not part and not name.startswith(("_", "refuse_"))


def _title(function: Function) -> str:
    """Return what a function returns, in the words of its docstring."""
    first = (inspect.getdoc(function) or "").split("\n\n")[0].replace("\n", " ").rstrip(".")
    words = first.removeprefix("Return ").removeprefix("the ").split("; ")[0]
    return words.split(" :math:")[0].split(", :math:")[0].replace("|", "/")


def _room_of(module: str) -> str:
    parts = module.split(".")
    return " / ".join(parts[1:-1]) if len(parts) > 3 else parts[1]


def _cell(proofs: list[Proof], kind: Kind) -> str:
    found = [proof for proof in proofs if proof.kind is kind]
    origins = sorted({proof.origin for proof in found} - {""})
    count = str(len(found)) if found else ""
    named = kind in {Kind.PAPER, Kind.PROGRAM} and origins
    return f"{count}: {', '.join(origins)}" if named else count


def _proofs() -> Iterator[Proof]:
    for folder, room in ((TESTS / "reference", "reference"), (TESTS / "property", "property")):
        for path in sorted(folder.rglob("test_*.py")):
            module = _loaded(path)
            if module is not None:
                yield from _proofs_of(module, law=room == "property")


def _loaded(path: Path) -> ModuleType | None:
    """Return a test file as a module, or None when it does not speak of the two rooms."""
    if not any(room in path.read_text(encoding="utf-8") for room in ROOMS):
        return None
    name = "evidence_" + "_".join(path.relative_to(TESTS).with_suffix("").parts)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _proofs_of(module: ModuleType, *, law: bool) -> Iterator[Proof]:
    for name, test in vars(module).items():
        if not name.startswith("test_") or not inspect.isfunction(test):
            continue
        sources = [Kind.LAW.value] if law else _sources(test)
        for method in sorted(_called(test, home=module, seen=set())):
            for source in sources:
                kind, origin = _read(source)
                yield Proof(method=method, kind=kind, origin=origin)


def _sources(test: Function) -> list[str]:
    marks = getattr(test, "pytestmark", [])
    return [mark.args[0] for mark in marks if mark.name == "source"]


def _read(source: str) -> tuple[Kind, str]:
    """Return the kind of a source, and its origin: the author, or the program and version."""
    for kind in Kind:
        if source.startswith(kind):
            rest = source.removeprefix(kind).removeprefix(":").strip()
            return kind, END_OF_ORIGIN.split(rest)[0]
    message = f"a source begins with one of {', '.join(Kind)}: {source!r}"
    raise ValueError(message)


def _called(value: object, *, home: ModuleType, seen: set[int]) -> set[str]:
    """Return the methods that a value of a test file calls or holds."""
    if id(value) in seen:
        return set()
    seen.add(id(value))
    if _is_method(value):
        return {f"{value.__module__}.{value.__name__}"}  # type: ignore[attr-defined]  # a function
    inner = _parts(value, home=home)
    return {method for part in inner for method in _called(part, home=home, seen=seen)}


def _parts(value: object, *, home: ModuleType) -> list[object]:
    """Return what a value is made of: names in its code, elements, the arguments of a partial."""
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    if isinstance(value, list | tuple | set | frozenset):
        return list(value)
    if isinstance(value, partial):
        return [value.func]
    law = getattr(getattr(value, "hypothesis", None), "inner_test", None)
    if law is not None:
        return [law]
    if inspect.isfunction(value) and value.__module__ == home.__name__:
        return [*_named(value.__code__, home=home), *_cases(value)]
    return []


def _cases(test: Function) -> list[object]:
    """Return the values a test is repeated over."""
    marks = getattr(test, "pytestmark", [])
    return [mark.args[1] for mark in marks if mark.name == "parametrize"]


def _named(code: CodeType, *, home: ModuleType) -> list[object]:
    known = vars(home)
    found = [known[name] for name in code.co_names if name in known]
    attributes = [
        vars(module)[name]
        for module in found
        if inspect.ismodule(module)
        for name in code.co_names
        if name in vars(module)
    ]
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return [*found, *attributes, *(part for each in inner for part in _named(each, home=home))]
