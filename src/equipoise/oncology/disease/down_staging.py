"""Regional nodes in a specimen, and whether a stage after treatment lies below the one before."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.base.errors import bad_input
from equipoise.oncology.disease.staging import Nodes, Stage, StageGroup
from equipoise.oncology.exact import not_negative

ADEQUATE_NODES = 6
"""Nodes that AJCC 8 wants examined before N0 is trusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionalNodes:
    """N category of a specimen, and whether enough nodes stand behind it.

    Attributes
    ----------
    category : Nodes
        N1 with one positive node, N0 with none of those examined, NX without a node examined.
    adequate : bool | None
        Whether at least six were examined; None when they were not counted.
    explanation : str
        Why, in one sentence.
    """

    category: Nodes
    adequate: bool | None
    explanation: str

    @property
    def positive(self) -> bool | None:
        """Whether a node has metastasis; None for NX."""
        return None if self.category is Nodes.NX else self.category is Nodes.N1


def regional_nodes(*, examined: int | None, positive: int | None) -> RegionalNodes:
    """Return the N category from the numbers of nodes examined and positive.

    Raises
    ------
    BadInput
        For negative numbers, and more nodes with tumour than examined.

    Notes
    -----
    Fewer than six nodes leave N0 as it is (AJCC 8, chapter 23) and are told as not adequate.
    """
    looked, found = not_negative(examined or 0, where="examined"), positive or 0
    not_negative(found, where="positive")
    if examined is not None and found > looked:
        what = "more nodes with tumour than examined"
        raise bad_input(what, where="positive", got=f"{found} of {looked}", fix="count again")
    category = _category(examined, positive)
    adequate = None if examined is None else examined >= ADEQUATE_NODES
    known = "unknown number of" if positive is None else str(positive)
    of = "an unknown number" if examined is None else str(examined)
    doubt = f"; fewer than {ADEQUATE_NODES} examined" if adequate is False else ""
    nodes = "node" if positive == 1 else "nodes"
    words = f"{category}: {known} {nodes} with metastasis of {of} examined{doubt}."
    return RegionalNodes(category=category, adequate=adequate, explanation=words)


def _category(examined: int | None, positive: int | None) -> Nodes:
    if positive:
        return Nodes.N1
    if examined == 0 or positive is None:
        return Nodes.NX
    return Nodes.N0


@dataclass(frozen=True, slots=True, kw_only=True)
class DownStaging:
    """Whether the stage after treatment is lower than the one before.

    Attributes
    ----------
    lower : bool | None
        None when what is unknown could decide either way.
    explanation : str
        Why, in one sentence.
    """

    lower: bool | None
    explanation: str


def down_staging(before: StageGroup | None, *, after: Stage) -> DownStaging:
    """Tell whether a stage after treatment is lower than the clinical stage group before.

    Parameters
    ----------
    before : StageGroup | None
        Clinical group; None when unknown.
    after : Stage
        Stage of the specimen.

    Notes
    -----
    The order is 0, IA, IB, II, IIIA, IIIB, IV, and T0 N0 M0, which has no group, lies below all
    of them. NX, TX and an unknown M are carried as every group they can be: the answer is given
    when it is the same for all. T1a NX after IIIB may be IA or still IIIB, so it is open; T2 NX
    after II is II or IIIB, so it is not lower.
    """
    found = f"{after.prefix}{after.tumour} {after.prefix}{after.nodes}"
    if before is None:
        return DownStaging(lower=None, explanation="Not known: no clinical stage group.")
    answers = {group is None or group.rank < before.rank for group in after.possible}
    if len(answers) > 1:
        words = f"Not decided: {found} can lie below clinical stage {before} or not."
        return DownStaging(lower=None, explanation=words)
    lower = answers.pop()
    name = f"Stage {after.group}" if after.group else found
    words = f"{name} is {'' if lower else 'not '}below clinical stage {before}."
    return DownStaging(lower=lower, explanation=words)
