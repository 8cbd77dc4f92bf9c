"""In: a goal for one arm. Out: its size, its rules for stopping, and what they do, exactly.

Open `goal.py` first, then `simon.py`; rules for many looks are in `bop2.py` and
`predictive_probability_design.py`, times to an event in `one_sample_logrank_design.py`. What an
arm showed is read by `simon_inference` and `simon_interim`.
"""

from types import MappingProxyType

from equipoise.base.doors import opened
from equipoise.design.one_arm.bop2 import bop2_boundary, search_bop2
from equipoise.design.one_arm.bop2_joint import search_bop2_joint
from equipoise.design.one_arm.exact_single_stage import SizeConvention, size_exact_single_stage
from equipoise.design.one_arm.gate import gate_probability
from equipoise.design.one_arm.goal import SingleArmGoal
from equipoise.design.one_arm.one_sample_logrank_design import size_one_sample_logrank
from equipoise.design.one_arm.predictive_probability_design import size_predictive_probability
from equipoise.design.one_arm.toxicity_boundary import toxicity_boundary

__all__ = [
    "SingleArmGoal",
    "SizeConvention",
    "bop2_boundary",
    "gate_probability",
    "search_bop2",
    "search_bop2_joint",
    "size_exact_single_stage",
    "size_one_sample_logrank",
    "size_predictive_probability",
    "toxicity_boundary",
]

_COMPILED = MappingProxyType({"simon_design": "simon", "size_simon": "simon"})


def __getattr__(name: str) -> object:
    """Fetch what needs a compiler when it is first asked for."""
    return opened(__name__, name, behind=_COMPILED)


def __dir__() -> list[str]:
    """Name all that is offered, fetched or not."""
    return sorted({*globals(), *_COMPILED})
